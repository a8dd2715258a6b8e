// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench import: results of another program as a run or a document. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "import.h"

static const char usage[] =
	"usage: ptbench import --format google-benchmark [--out RUNS | -o FILE] FILE...\n"
	"\n"
	"Makes a run of what Google Benchmark wrote (--benchmark_format=json), for ptbench validate, show,\n"
	"compare, gate and export. docs/exports.md says what becomes what.\n"
	"\n"
	"  -f, --format NAME  google-benchmark\n"
	"      --out RUNS     the folder in which a run is made (default: results/runs)\n"
	"  -o, --output FILE  write the document alone, and make no run; an older document is replaced\n"
	"  -h, --help         print this\n"
	"\n"
	"A benchmark is a row, with subject \"imported\" and its name as the param `name`. Its real_time is\n"
	"the metric `time`; a row whose program said that it failed or was skipped is skipped, with the\n"
	"message. Aggregates, cpu_time and the program's own counters are not taken; it is said how many.\n"
	"\n"
	"With one FILE each repetition is a sample: samples of one process, which say nothing of the next\n"
	"one's, so that two such runs compare as inconclusive. With several, each of a process of one\n"
	"program on one machine, a FILE is one sample, the median of its repetitions; 12 on each side can\n"
	"be judged (docs/judging.md).\n"
	"Exit status: 0 fine, 2 bad input or command line, and nothing is made, 4 it could not be written.\n"
	"Example: for i in $(seq 12); do ./mybench --benchmark_format=json >$i.json; done\n"
	"         ptbench import --format google-benchmark *.json\n";

struct arguments {
	const char *runs, *file, *revision;
	const char *const *files;
	size_t nr;
	bool has_format;
};

enum { OPT_OUT = 256 };

static int refuse(const char *what)
{
	fprintf(stderr, "ptbench import: %s\n%s", what, usage);
	return EXIT_USAGE;
}

/* Returns -1 to go on, or the exit status. */
static int parse(int argc, char **argv, struct arguments *args)
{
	static const struct option options[] = {
		{ "format", required_argument, NULL, 'f' },
		{ "out", required_argument, NULL, OPT_OUT },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	bool is_run = false;
	int c;

	optind = 0; /* the program may have parsed its own options before */
	while ((c = results_getopt(argc, argv, "f:o:h", options)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return EXIT_FINE;
		}
		if (c == '?') {
			fputs("Try: ptbench import --help\n", stderr);
			return EXIT_USAGE;
		}
		if (c == 'f' && strcmp(optarg, "google-benchmark")) {
			fprintf(stderr, "ptbench import: --format %s: must be google-benchmark\n",
				results_shown(optarg));
			return EXIT_USAGE;
		}
		args->has_format = args->has_format || c == 'f';
		is_run = is_run || c == OPT_OUT;
		if (c == 'o')
			args->file = optarg;
		else if (c == OPT_OUT)
			args->runs = optarg;
	}
	args->files = (const char *const *)argv + optind;
	args->nr = argc - optind;
	if (!args->has_format)
		return refuse("no --format given");
	if (is_run && args->file)
		return refuse("--out makes a run, and -o a document: give one of them");
	return args->nr ? -1 : refuse("no FILE given");
}

static void say_counts(const struct results__import_counts *c)
{
	fprintf(stderr, "taken: %zu row%s, %zu of them skipped\n", c->rows, results__s(c->rows),
		c->skipped);
	if (c->aggregates)
		fprintf(stderr, "left out: %zu aggregate%s\n", c->aggregates,
			results__s(c->aggregates));
	if (c->counters)
		fprintf(stderr, "left out: %zu counter%s of the program: %s\n", c->counters,
			results__s(c->counters), c->names);
	if (c->elsewhere)
		fprintf(stderr, "%zu row%s not in all files\n", c->elsewhere,
			c->elsewhere == 1 ? " is" : "s are");
}

/* Makes a run with the document as its only part. Returns 0 or -errno. */
static int make_run(const struct arguments *args, const struct results_doc *doc,
		    struct results_error *err)
{
	static const char file[] = RESULTS__IMPORTED_PART ".json";
	struct results_run *run;
	char *path = NULL;
	int ret = results_run_create(args->runs, doc->command, args->revision, &run, err);

	if (ret)
		return ret;
	if (asprintf(&path, "%s/%s", run->dir, file) < 0)
		ret = results__error(err, -1, run->dir, "", "no memory to write to it");
	else
		ret = results_doc_write(doc, path, err);
	if (!ret)
		ret = results_run_part(run, doc->part, file, RESULTS_PASSED, NULL, err);
	if (!ret)
		ret = results_run_finish(run, true, err);
	if (!ret)
		printf("run: %s\n", results_shown(run->dir));
	free(path);
	results_run_free(run);
	return ret;
}

/* Whether the output may be replaced: `-o new-*.json` would name an input as that. */
static bool may_write(const char *file)
{
	struct results_error err;

	if (access(file, F_OK) || results__kind(file, &err) == RESULTS__DOC)
		return true;
	fprintf(stderr, "%s: is there and is no ptbench-result; name another file with -o\n",
		results_shown(file));
	return false;
}

static int import(const struct arguments *args, const char *command)
{
	struct results__import_counts counts;
	struct results_error err;
	struct results_doc *doc;
	int ret;

	if (args->file && !may_write(args->file))
		return EXIT_USAGE;
	if (results__import_google(args->files, args->nr, command, &doc, &counts, &err)) {
		results_error_print(stderr, &err);
		return EXIT_USAGE;
	}
	ret = args->file ? results_doc_write(doc, args->file, &err) : make_run(args, doc, &err);
	results_doc_free(doc);
	if (ret) {
		results_error_print(stderr, &err);
		return EXIT_PART_FAILED;
	}
	say_counts(&counts);
	return EXIT_FINE;
}

int results_cmd_import(int argc, char **argv, const char *runs, const char *revision)
{
	struct arguments args = { .runs = runs, .revision = revision };
	int status = parse(argc, argv, &args);
	char *command;

	if (status >= 0)
		return status;
	command = results_command(argc, argv);
	if (!command) {
		fputs("ptbench import: no memory to read the command line\n", stderr);
		return EXIT_USAGE;
	}
	status = import(&args, command);
	free(command);
	return status;
}
