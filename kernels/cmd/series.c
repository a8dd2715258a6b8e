// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench kernels series: its options, and the files that it leaves. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "outcome.h"
#include "series_run.h"

static const char usage[] =
	"usage: ptbench kernels series [OPTION]... [FOLDER#]BASE..HEAD SCENARIO|LIST...\n"
	"\n"
	"Builds each commit of HEAD that BASE has not, in the git tree FOLDER or KSRC, boots it, and judges\n"
	"it against its parent: which commit changed which cases, by how much, and in which functions; then\n"
	"the last kernel against the first. Commits are those along first parents, the oldest first: a merge\n"
	"is one commit, judged against its first parent, with all that it merges. A commit whose kernel is\n"
	"the same image as its parent's is not booted. One that does not build or boot is a row that says\n"
	"so, and the next is judged against the nearest one before it that has a kernel.\n"
	"\n"
	"A kernel is built in a tree that is kept for the commits of FOLDER, of which only what differs is\n"
	"compiled. What was measured is kept: after Ctrl-C the same command goes on where it was. Nothing\n"
	"is written to the git tree, its index, its refs, or its worktrees. The reference's rows are not\n"
	"run: no commit changes their code.\n"
	"\n"
	"Prints the table, and writes it to series.txt in a folder of its own in the folder of runs, whose\n"
	"path is printed. The guests' programs have to be there: make guests SCENARIOS=... builds them.\n"
	"\n"
	"  --format NAME       the table also as series.NAME: markdown, mail, json, junit, csv or github;\n"
	"                      may be repeated\n"
	"  --no-functions      do not boot kernels whose instructions changed once more to find the functions\n"
	"  --allow CASE[:PARAM=VALUE,...]:METRIC\n"
	"                      this row may change, as in ptbench compare; may be repeated\n"
	"  --policy FILE       what ptbench gate lets pass, this does, too (see its --help)\n"
	"  --out RUNS          the folder in which runs are made (default results/runs)\n"
	"  --only costs|events only the boots for costs; or only those for events\n"
	"  --timeout S         seconds that a boot may take (default 60; more on slow architectures)\n"
	"  -j N                boots at a time (default: the number of CPUs)\n"
	"  -h, --help          print this\n"
	"\n"
	"Exit status:\n"
	"  0    no commit is worse than its parent\n"
	"  1    a commit is worse than its parent, or counts other events; also where a later one mends it\n"
	"  2    bad input, found before anything is built\n"
	"  3    a commit could not be judged, or was skipped\n"
	"  4    a commit does not build or boot, a part failed, or something could not be written or printed\n"
	"  130  interrupted by Ctrl-C, SIGTERM or SIGHUP; what was measured is kept\n"
	"\n"
	"Environment:\n"
	"  KSRC           the git tree, where no FOLDER# is given\n"
	"  PTBENCH_CACHE  where sources, object files and kernels are kept; default: ~/.cache/ptbench\n"
	"  PTBENCH_BUILD  the folder with the guests' programs; default: the one that ptbench is in\n"
	"  PTBENCH_QEMU   a folder with another build of QEMU, run in place of the QEMU in PATH\n"
	"  TMPDIR         where the guests' archives are put while they boot; default: /tmp\n"
	"\n"
	"Example: ptbench kernels series ~/linux#v6.12..my-branch x86_64-stock\n";

enum { OPT_NO_FUNCTIONS = OPT_OTHERS };

static const struct option options[] = {
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "no-functions", no_argument, NULL, OPT_NO_FUNCTIONS },
	{ "allow", required_argument, NULL, OPT_ALLOW },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "out", required_argument, NULL, OPT_OUT },
	{ "only", required_argument, NULL, OPT_ONLY },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "append", required_argument, NULL, OPT_APPEND },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	stopped = sig;
}

/* ---- the table's files ---- */

struct file {
	const struct series_table *t;
	const char *format;
};

static void write_table(FILE *to, const void *arg)
{
	const struct file *file = arg;

	series_write(to, file->t, file->format);
}

/* What the table depends on beside the commits; malloc'ed. */
static char *question_of(const struct series_options *o, const struct series_table *t)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	fprintf(f, "%s %d%d %s %s", o->folder, o->ab.kernels.no_costs, o->ab.kernels.no_events,
		o->ab.kernels.append ? o->ab.kernels.append : "", o->ab.policy ? o->ab.policy : "");
	for (size_t i = 0; i < t->nr_names; i++)
		fprintf(f, " %s", t->names[i]);
	for (size_t i = 0; i < o->ab.nr_allow; i++)
		fprintf(f, " %s", o->ab.allow[i]);
	if (!fclose(f))
		return text;
	free(text);
	return NULL;
}

static int write_files(const struct series_options *o, const struct series_table *t)
{
	static const char command[] = "ptbench kernels series";
	char *question = question_of(o, t), *folder = NULL, name[64];
	int status = EXIT_PART_FAILED;

	if (question)
		folder = outcome_folder(command, o->ab.runs, "series", t->first, t->last, question);
	if (folder) {
		struct file file = { t, "text" };

		printf("\n");
		status = outcome_write(command, "series", folder, "series.txt", write_table, &file);
		for (size_t i = 0; i < o->ab.nr_formats; i++) {
			file.format = o->ab.formats[i];
			snprintf(name, sizeof(name), "series.%s", file.format);
			status = outcome_write(command, "series", folder, name, write_table, &file)
					 ?: status;
		}
	}
	free(folder);
	free(question);
	return status;
}

/* ---- all of it ---- */

static int run(struct series_options *o)
{
	struct series_table t = { .folder = o->folder, .command = o->ab.command };
	struct sigaction act = { .sa_handler = on_signal }, old[2];
	struct commit *v = NULL;
	size_t nr = 0;
	int status;

	stopped = 0;
	sigaction(SIGINT, &act, &old[0]);
	sigaction(SIGTERM, &act, &old[1]);
	status = series_run(o, &stopped, &v, &nr, &t);
	if (!status && series_conclude(&t)) {
		fputs("ptbench kernels series: no memory for the table\n", stderr);
		status = EXIT_PART_FAILED;
	}
	if (!status) {
		series_write_text(stdout, &t);
		status = write_files(o, &t);
		/* A regression stays one if a file of it could not be written. */
		status = t.status ? (int)t.status : status;
	} else if (status == EXIT_INTERRUPTED) {
		fputs("ptbench kernels series: interrupted; the same command goes on from here\n",
		      stderr);
	}
	series_free(&t);
	commits_free(v, nr);
	sigaction(SIGINT, &old[0], NULL);
	sigaction(SIGTERM, &old[1], NULL);
	return status;
}

/* BASE..HEAD: a side that is left out is HEAD. */
static int take_range(const char *command, const char *given, struct series_options *o,
		      char **folder, char **ids)
{
	const char *text, *dots;
	char *base;

	if (commits_folder(command, given, folder, &text))
		return -EINVAL;
	o->folder = *folder;
	dots = strstr(text, "..");
	if (!dots || dots[2] == '.') {
		fprintf(stderr, "%s: '%s': a range is BASE..HEAD\n", command, results_shown(text));
		return -EINVAL;
	}
	base = strndup(text, dots - text);
	ids[0] = base ? commits_id(command, *folder, *base ? base : "HEAD") : NULL;
	ids[1] = ids[0] ? commits_id(command, *folder, dots[2] ? dots + 2 : "HEAD") : NULL;
	free(base);
	o->ab.base = ids[0];
	o->ab.head = ids[1];
	return ids[1] ? 0 : -EINVAL;
}

/* 1: --help was given, and help is printed; -EINVAL, said on stderr. */
static int parse(int argc, char **argv, struct series_options *o)
{
	int c, err = 0;

	optind = 1;
	while (!err && (c = results_getopt(argc, argv, "hj:", options)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return 1;
		}
		if (c == OPT_NO_FUNCTIONS)
			o->no_symbols = true;
		else
			err = ab_take(argv[0], c, &o->ab);
	}
	if (err || argc - optind >= 2) {
		o->ab.kernels.scenarios = argv + optind + 1;
		o->ab.kernels.nr_scenarios = err ? 0 : argc - optind - 1;
		return err;
	}
	fprintf(stderr, "%s: %s is missing\nTry: %s --help\n", argv[0],
		argc == optind ? "the range" : "a scenario", argv[0]);
	return -EINVAL;
}

int series_cmd(int argc, char **argv, const struct kernels_options *o)
{
	struct series_options series = { .ab = { .kernels = *o, .command = o->command } };
	char runs[PATH_MAX], *folder = NULL, *ids[2] = { NULL, NULL };
	int ret;

	snprintf(runs, sizeof(runs), "%s/results/runs", o->root);
	series.ab.runs = runs;
	series.ab.allow = calloc(argc, sizeof(*series.ab.allow));
	series.ab.formats = calloc(argc, sizeof(*series.ab.formats));
	ret = series.ab.allow && series.ab.formats ? parse(argc, argv, &series) : -ENOMEM;
	if (!ret)
		ret = take_range(argv[0], argv[optind], &series, &folder, ids);
	if (ret)
		ret = ret > 0 ? EXIT_FINE : EXIT_USAGE;
	else
		ret = run(&series);
	free(ids[0]);
	free(ids[1]);
	free(folder);
	free(series.ab.formats);
	free(series.ab.allow);
	return ret;
}
