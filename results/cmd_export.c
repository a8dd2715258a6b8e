// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench export: one run's values and tests in the formats of other programs. */
#include <array_size.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "suites.h"

static const char usage[] =
	"usage: ptbench export --format NAME [OPTION]... RUN\n"
	"\n"
	"Prints one run in the format of another program. RUN is a run's folder, its run.json, or one\n"
	"document. Every value is per operation, in the metric's unit: of exact and deterministic rows the\n"
	"most frequent one and the range of all, of sampled rows the median and its 95 % interval.\n"
	"docs/exports.md says what becomes what.\n"
	"\n"
	"  -f, --format NAME  values:\n"
	"                       bencher                  JSON for bencher run --adapter json\n"
	"                       github-action-benchmark  JSON for its tools customSmallerIsBetter and\n"
	"                                                customBiggerIsBetter\n"
	"                       openmetrics              text for Prometheus and the like\n"
	"                       csv                      a line per row, also of skipped and failed ones\n"
	"                     tests (parts, checks, skipped rows, the explorer's models):\n"
	"                       ktap                     KTAP version 1\n"
	"                       junit                    JUnit's XML\n"
	"                       kcidb                    JSON of kcidb 5.0; also the values\n"
	"  -o, --output FILE  write it there, at once and whole (default: standard output)\n"
	"      --better smaller|bigger\n"
	"                     of github-action-benchmark: the rows of which less is better (default), or\n"
	"                     more; each is a file for a tool of its own\n"
	"      --origin NAME  of kcidb: the CI system that reports, of a-z, 0-9 and _ (default: ptbench)\n"
	"      --part PATTERN, --case PATTERN, --params KEY=VALUE,..., --metric NAME, --subject NAME\n"
	"                     only such parts and rows. Checks are there only if all rows of a part are,\n"
	"                     and models only if everything is\n"
	"  -h, --help         print this\n"
	"\n"
	"Of a part that failed, or in which a check did, the values are left out, but of csv, which says\n"
	"so; its tests are there, and at least one is not well. What is left out is counted on standard\n"
	"error.\n"
	"Exit status: 0 fine, 2 bad input or command line, 4 a part failed or the run is partial, and the\n"
	"rest was written; or not all could be written.\n"
	"Example: ptbench export --format junit -o junit.xml results/runs/latest\n";

enum { OPT_BETTER = 256, OPT_ORIGIN, OPT_PART, OPT_CASE, OPT_PARAMS, OPT_METRIC, OPT_SUBJECT };

struct format {
	const char *name;
	/* One of these. */
	int (*values)(FILE *f, const struct results__values *v, FILE *say);
	int (*suites)(FILE *f, const struct results__suites *s, const char *origin);
};

struct arguments {
	const struct format *format;
	const char *file, *origin, *better, *run;
	struct results_filter only;
};

static int put_ktap(FILE *f, const struct results__suites *s, const char *origin)
{
	(void)origin;
	return results__suites_ktap(f, s);
}

static int put_junit(FILE *f, const struct results__suites *s, const char *origin)
{
	(void)origin;
	return results__suites_junit(f, s);
}

static const struct format *format_of(const char *name)
{
	static const struct format formats[] = {
		{ "bencher", results__export_bencher, NULL },
		{ "github-action-benchmark", results__export_github, NULL },
		{ "openmetrics", results__export_openmetrics, NULL },
		{ "csv", results__export_csv, NULL },
		{ "ktap", NULL, put_ktap },
		{ "junit", NULL, put_junit },
		{ "kcidb", NULL, results__suites_kcidb },
	};

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}

/* ---- the command line ---- */

static int refuse(const char *option, const char *value, const char *must)
{
	fprintf(stderr, "ptbench export: %s %s: must be %s\n", option, results_shown(value), must);
	return EXIT_USAGE;
}

/* An option with a value. Returns -1 to go on, or the exit status. */
static int take(int c, const char *value, struct arguments *args)
{
	const char **const filters[] = {
		[OPT_PART - OPT_PART] = &args->only.part,
		[OPT_CASE - OPT_PART] = &args->only.case_id,
		[OPT_PARAMS - OPT_PART] = &args->only.params,
		[OPT_METRIC - OPT_PART] = &args->only.metric,
		[OPT_SUBJECT - OPT_PART] = &args->only.subject,
	};

	if (c >= OPT_PART && c <= OPT_SUBJECT) {
		*filters[c - OPT_PART] = value;
	} else if (c == 'o') {
		args->file = value;
	} else if (c == 'f') {
		args->format = format_of(value);
		if (!args->format)
			return refuse("--format", value,
				      "bencher, github-action-benchmark, openmetrics, csv, ktap, "
				      "junit or kcidb");
	} else if (c == OPT_ORIGIN) {
		args->origin = value;
		if (!results__is_origin(value))
			return refuse("--origin", value, "of a-z, 0-9 and _");
	} else {
		args->better = value;
		if (strcmp(value, "smaller") && strcmp(value, "bigger"))
			return refuse("--better", value, "smaller or bigger");
	}
	return -1;
}

/* Returns -1 to go on, or the exit status. */
static int parse(int argc, char **argv, struct arguments *args)
{
	static const struct option options[] = {
		{ "format", required_argument, NULL, 'f' },
		{ "output", required_argument, NULL, 'o' },
		{ "better", required_argument, NULL, OPT_BETTER },
		{ "origin", required_argument, NULL, OPT_ORIGIN },
		{ "part", required_argument, NULL, OPT_PART },
		{ "case", required_argument, NULL, OPT_CASE },
		{ "params", required_argument, NULL, OPT_PARAMS },
		{ "metric", required_argument, NULL, OPT_METRIC },
		{ "subject", required_argument, NULL, OPT_SUBJECT },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c, ret;

	optind = 0; /* the program may have parsed its own options before */
	while ((c = results_getopt(argc, argv, "f:o:h", options)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return EXIT_FINE;
		}
		if (c == '?') {
			fputs("Try: ptbench export --help\n", stderr);
			return EXIT_USAGE;
		}
		ret = take(c, optarg, args);
		if (ret >= 0)
			return ret;
	}
	if (args->format && args->better && args->format->values != results__export_github)
		return refuse("--format", args->format->name,
			      "github-action-benchmark with --better");
	if (args->format && args->origin && args->format->suites != results__suites_kcidb)
		return refuse("--format", args->format->name, "kcidb with --origin");
	if (args->format && argc - optind == 1) {
		args->run = argv[optind];
		return -1;
	}
	fprintf(stderr, "ptbench export: %s\n%s",
		!args->format	 ? "no --format given"
		: argc == optind ? "no RUN given"
				 : "more than one RUN given",
		usage);
	return EXIT_USAGE;
}

/* ---- writing ---- */

/* Whether the filters leave a row, or without filters of rows a part; says so on standard error. */
static bool is_something(const struct arguments *args, const struct results__source *s,
			 const struct results__selection *only, const struct results__values *v)
{
	if (!only->some || v->nr)
		return true;
	for (size_t i = 0; i < s->nr_docs && !only->some_rows; i++)
		if (results__selects_part(only, s->run ? s->run->parts[i].name : s->docs[i]->part))
			return true;
	fprintf(stderr, "%s: no row of it has that; ptbench show lists them\n",
		results_shown(args->run));
	return false;
}

/* Says what failed, and what is left out. Returns the exit status. */
static int say_failed(const struct arguments *args, const struct results__source *s,
		      const struct results__selection *only, const struct results__values *v)
{
	bool values = args->format->values && args->format->values != results__export_csv;
	int status = EXIT_FINE;

	if (s->run && !s->run->complete) {
		fputs("the run is partial\n", stderr);
		status = EXIT_PART_FAILED;
	}
	for (size_t i = 0; i < s->nr_docs; i++) {
		const struct results_part *p = s->run ? &s->run->parts[i] : NULL;
		const char *name = p ? p->name : s->docs[i]->part;

		if (!results__selects_part(only, name) || (p && p->state == RESULTS_SKIPPED) ||
		    !results__part_failed(p, s->docs[i]))
			continue;
		fprintf(stderr, "part %s failed\n", results_shown(name));
		status = EXIT_PART_FAILED;
	}
	if (values && v->nr_failed)
		fprintf(stderr, "left out: %zu value%s of failed parts\n", v->nr_failed,
			results__s(v->nr_failed));
	if (values && v->nr_skipped)
		fprintf(stderr, "left out: %zu row%s that %s skipped\n", v->nr_skipped,
			results__s(v->nr_skipped), v->nr_skipped == 1 ? "was" : "were");
	return status;
}

static int put(FILE *f, const struct arguments *args, const struct results__source *s,
	       const struct results__selection *only, const struct results__values *v)
{
	struct results__suites suites;
	int err;

	if (args->format->values)
		return args->format->values(f, v, stderr);
	err = results__suites_of_source(s, only, &suites);
	if (!err)
		err = args->format->suites(f, &suites,
					   args->origin ? args->origin : RESULTS__ORIGIN);
	results__suites_free(&suites);
	return err;
}

static int no_memory(const struct arguments *args)
{
	fprintf(stderr, "%s: no memory to export it\n", results_shown(args->run));
	return EXIT_USAGE;
}

/* It is put together in memory: what cannot be finished is not begun. Returns the exit status. */
static int write_out(const struct arguments *args, const struct results__source *s,
		     const struct results__selection *only, const struct results__values *v)
{
	struct results_error err;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int status = EXIT_FINE, lost = f ? put(f, args, s, only, v) : -ENOMEM;

	if (f)
		lost = ferror(f) || lost;
	if (f)
		lost = fclose(f) || lost;
	if (lost) {
		status = no_memory(args);
	} else if (!args->file) {
		fwrite(text, 1, len, stdout); /* results_stdout_check() tells of errors */
	} else if (results__write_file(args->file, text, len, &err)) {
		results_error_print(stderr, &err);
		status = EXIT_PART_FAILED;
	}
	free(text);
	return status;
}

static int export(const struct arguments *args, const struct results__source *s)
{
	struct results__selection only;
	struct results__values v = { 0 };
	struct results_error err;
	int status = EXIT_USAGE;

	if (results__selection_init(&only, &args->only, &err)) {
		fputs("ptbench export: ", stderr);
		results_error_print(stderr, &err);
	} else if (results__values_of(s, &only, &v)) {
		status = no_memory(args);
	} else if (is_something(args, s, &only, &v)) {
		v.better = args->better && !strcmp(args->better, "bigger") ? RESULTS_HIGHER
									   : RESULTS_LOWER;
		status = write_out(args, s, &only, &v);
		if (!status)
			status = say_failed(args, s, &only, &v);
	}
	results__values_free(&v);
	results__selection_free(&only);
	return status;
}

int results_cmd_export(int argc, char **argv)
{
	struct arguments args = { 0 };
	struct results__source *s;
	struct results_error err;
	int status = parse(argc, argv, &args);

	if (status >= 0)
		return status;
	if (results__source_read(args.run, &s, &err)) {
		results_error_print(stderr, &err);
		return EXIT_USAGE;
	}
	if (results__source_explored(s, &err)) {
		results_error_print(stderr, &err);
		status = EXIT_USAGE;
	} else {
		status = export(&args, s);
	}
	results__source_free(s);
	return status;
}
