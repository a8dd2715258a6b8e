// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench kernels bisect: its options, its range, and the files that it leaves. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../boot/scenario.h"
#include "ab.h"
#include "bisect.h"
#include "outcome.h"

#define COMMAND "ptbench kernels bisect"

static const char usage[] =
	"usage: ptbench kernels bisect --good REF --bad REF --case CASE[:PARAMS] [OPTION]... SCENARIO\n"
	"\n"
	"Finds the commits from good to bad at which an exact metric of a case changed, in the git tree\n"
	"KSRC or FOLDER of FOLDER#REF: builds and boots the ends and, where the ends of an interval differ,\n"
	"the commit in its middle. So of 64 commits with one change it builds at most 8, and of several\n"
	"changes it finds each. Where the ends of an interval are the same, nothing is built: a change in it\n"
	"that a later commit undoes is not seen, which is said. Commits are those along first parents; a\n"
	"merge is one change. Good and bad are words: the change may be for the better.\n"
	"\n"
	"A commit that does not build or boot is skipped, as by git bisect skip; if the change can only be\n"
	"told to be among skipped commits, these are named. For each change it prints the log that git\n"
	"bisect log would, which git bisect replay takes. What was measured is kept: after Ctrl-C the same\n"
	"command goes on where it was, and what ptbench kernels series has measured is not measured again.\n"
	"Nothing is written to the git tree, its index, its refs, or its worktrees.\n"
	"\n"
	"  --good REF          the older end: FOLDER#REF, or a ref of KSRC\n"
	"  --bad REF           the newer end, of the same folder\n"
	"  --case CASE[:KEY=VALUE,...]\n"
	"                      the case, such as gup_fast/walk; with params, its rows that have these\n"
	"  --metric NAME       the metric (default instructions)\n"
	"  --every             build and boot every commit: also finds what a later commit undoes\n"
	"  --no-functions      do not boot the kernels beside a change once more to find the functions\n"
	"  --out RUNS          the folder in which runs are made (default results/runs)\n"
	"  --only costs|events only the boots for costs; or only those for events\n"
	"  --timeout S         seconds that a boot may take (default 60; more on slow architectures)\n"
	"  -j N                boots at a time (default: the number of CPUs)\n"
	"  -h, --help          print this\n"
	"\n"
	"Exit status:\n"
	"  0    each change that was found is one commit's\n"
	"  2    bad input, or the kernel has no such row\n"
	"  3    the ends have the same values, the metric is not exact, or a change can only be told to be\n"
	"       among skipped commits\n"
	"  4    an end does not build or boot, or something could not be written or printed\n"
	"  130  interrupted by Ctrl-C, SIGTERM or SIGHUP; what was measured is kept\n"
	"\n"
	"Environment: KSRC, PTBENCH_CACHE, PTBENCH_BUILD, PTBENCH_QEMU and TMPDIR, as for ptbench kernels\n"
	"series (see its --help).\n"
	"\n"
	"Example: ptbench kernels bisect --good ~/linux#v6.12 --bad ~/linux#mine --case gup_fast/walk:pages=1 \\\n"
	"             x86_64-stock\n";

enum { OPT_GOOD = OPT_OTHERS, OPT_BAD, OPT_CASE, OPT_METRIC, OPT_EVERY, OPT_NO_FUNCTIONS };

static const struct option options[] = {
	{ "good", required_argument, NULL, OPT_GOOD },
	{ "bad", required_argument, NULL, OPT_BAD },
	{ "case", required_argument, NULL, OPT_CASE },
	{ "metric", required_argument, NULL, OPT_METRIC },
	{ "every", no_argument, NULL, OPT_EVERY },
	{ "no-functions", no_argument, NULL, OPT_NO_FUNCTIONS },
	{ "out", required_argument, NULL, OPT_OUT },
	{ "only", required_argument, NULL, OPT_ONLY },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "append", required_argument, NULL, OPT_APPEND },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

struct asked {
	struct ab_options ab;
	struct bisect_options o;
	const char *good, *bad;
	char *case_text; /* of --case, cut at its colon */
};

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	stopped = sig;
}

/* ---- options ---- */

/* FAMILY/NAME[:KEY=VALUE,...]: neither has characters of a pattern. */
static int take_case(struct asked *a, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	size_t family = strspn(text, plain), name = 0;
	struct results_params params = { .nr = 0 };
	const char *end;
	int err = -EINVAL;

	if (family && text[family] == '/')
		name = strspn(text + family + 1, plain);
	end = text + family + 1 + name;
	if (name && !*end)
		err = 0;
	else if (name && *end == ':' && end[1])
		err = results_params_parse(&params, end + 1);
	results_params_free(&params);
	if (err) {
		fprintf(stderr, COMMAND ": --case '%s': must be FAMILY/NAME[:KEY=VALUE,...]\n",
			results_shown(text));
		return err;
	}
	free(a->case_text);
	a->case_text = strdup(text);
	if (!a->case_text)
		return -ENOMEM;
	a->o.case_id = a->case_text;
	a->o.params = *end ? a->case_text + (end - text) + 1 : NULL;
	a->case_text[end - text] = '\0';
	return 0;
}

static int take_metric(struct asked *a, const char *name)
{
	a->o.metric = name;
	if (results_metric_find(name))
		return 0;
	fprintf(stderr, COMMAND ": --metric %s: no such metric; there are", results_shown(name));
	for (size_t i = 0; i < results_nr_metrics(); i++)
		fprintf(stderr, " %s", results_metric_at(i)->name);
	fputc('\n', stderr);
	return -EINVAL;
}

static int take(struct asked *a, int c)
{
	switch (c) {
	case OPT_GOOD:
		a->good = optarg;
		return 0;
	case OPT_BAD:
		a->bad = optarg;
		return 0;
	case OPT_CASE:
		return take_case(a, optarg);
	case OPT_METRIC:
		return take_metric(a, optarg);
	case OPT_EVERY:
		a->o.every = true;
		return 0;
	case OPT_NO_FUNCTIONS:
		a->o.no_functions = true;
		return 0;
	default:
		return ab_take(COMMAND, c, &a->ab);
	}
}

static int check_scenario(struct asked *a, char **argv, int nr)
{
	const char *missing = !a->good	      ? "--good"
			      : !a->bad	      ? "--bad"
			      : !a->o.case_id ? "--case"
			      : nr < 1	      ? "the scenario"
					      : NULL;

	if (missing)
		fprintf(stderr, COMMAND ": %s is missing\nTry: " COMMAND " --help\n", missing);
	else if (nr > 1)
		fprintf(stderr, COMMAND ": %s: takes one scenario\n", results_shown(argv[1]));
	else if (scenario_is_list(argv[0]) || strchr(argv[0], '@'))
		fprintf(stderr, COMMAND ": %s: takes one scenario, no list and no @VERSION\n",
			results_shown(argv[0]));
	else
		return 0;
	return -EINVAL;
}

/* 1: --help was given, and help is printed; -EINVAL, said on stderr. */
static int parse(int argc, char **argv, struct asked *a)
{
	int c, err = 0;

	optind = 1;
	while (!err && (c = results_getopt(argc, argv, "hj:", options)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return 1;
		}
		err = take(a, c);
	}
	if (!err)
		err = check_scenario(a, argv + optind, argc - optind);
	a->o.scenario = argv[optind];
	a->ab.kernels.scenarios = argv + optind;
	a->ab.kernels.nr_scenarios = 1;
	return err;
}

/* ---- the range ---- */

/* Says why the range from good to bad is none. */
static int refuse_range(const char *folder, const char *good, const char *bad,
			const struct commit *v, size_t nr)
{
	char *base = commits_merge_base(folder, good, bad);

	if (!strcmp(good, bad))
		fprintf(stderr, COMMAND ": --good and --bad are one commit, %.*s\n", COMMIT_SHORT,
			good);
	else if (!nr)
		fprintf(stderr,
			COMMAND
			": --good %.*s has all commits of --bad %.*s: swap them; a change is "
			"found whichever way it goes\n",
			COMMIT_SHORT, good, COMMIT_SHORT, bad);
	else if (!base)
		fprintf(stderr, COMMAND ": --good %.*s and --bad %.*s have no commit in common\n",
			COMMIT_SHORT, good, COMMIT_SHORT, bad);
	else
		fprintf(stderr,
			COMMAND
			": --good %.*s is not on the line of first parents that leads to --bad "
			"%.*s; name one that is, such as %.*s\n",
			COMMIT_SHORT, good, COMMIT_SHORT, bad, COMMIT_SHORT,
			v[0].parent ? v[0].parent : v[0].id);
	free(base);
	return -EINVAL;
}

/* Reads the commits from good to bad, both among them. */
static int read_range(const struct asked *a, char **folder, struct commit **out, size_t *nr)
{
	const char *good, *bad, *other = a->bad;
	char *ids[2] = { NULL, NULL }, *bad_folder = NULL;
	struct commit *v = NULL, *more = NULL;
	size_t n = 0;
	int err = commits_folder(COMMAND, a->good, folder, &good);

	bad = a->bad;
	if (!err && strchr(other, '#')) {
		err = commits_folder(COMMAND, other, &bad_folder, &bad);
		if (!err && strcmp(bad_folder, *folder)) {
			fprintf(stderr, COMMAND ": --bad %s is of another folder than --good\n",
				results_shown(other));
			err = -EINVAL;
		}
	}
	if (!err) {
		ids[0] = commits_id(COMMAND, *folder, good);
		ids[1] = ids[0] ? commits_id(COMMAND, *folder, bad) : NULL;
		err = ids[1] ? commits_read(COMMAND, *folder, ids[0], ids[1], &v, &n) : -EINVAL;
	}
	if (!err && (!n || !v[0].parent || strcmp(v[0].parent, ids[0])))
		err = refuse_range(*folder, ids[0], ids[1], v, n);
	if (!err) {
		more = realloc(v, (n + 1) * sizeof(*v));
		err = more ? 0 : -ENOMEM;
		v = more ? more : v;
	}
	if (!err) {
		memmove(v + 1, v, n++ * sizeof(*v));
		v[0] = (struct commit){ .id = NULL };
		err = commits_read_one(COMMAND, *folder, ids[0], &v[0]);
	}
	*out = v;
	*nr = n;
	free(bad_folder);
	free(ids[0]);
	free(ids[1]);
	return err;
}

/* ---- what is left ---- */

static void write_text(FILE *to, const void *arg)
{
	bisect_print(to, arg);
}

struct log {
	const struct bisect *b;
	const struct bisect_change *change;
};

static void write_log(FILE *to, const void *arg)
{
	const struct log *log = arg;

	bisect_print_log(to, log->b, log->change);
}

static int leave(const struct bisect *b)
{
	const struct bisect_options *o = b->o;
	char *question, *folder = NULL, name[64];
	int status = EXIT_PART_FAILED;

	if (asprintf(&question, "%s %s %s:%s %s %d %d%d", b->m.folder, o->scenario, o->case_id,
		     o->params ? o->params : "", o->metric, o->every, b->m.kernels.no_costs,
		     b->m.kernels.no_events) < 0)
		return status;
	for (size_t i = 0; i < b->nr_changes; i++) {
		printf("\nthe log of git bisect that leads to %.*s:\n\n", COMMIT_SHORT,
		       b->points[b->changes[i].bad].commit->id);
		bisect_print_log(stdout, b, &b->changes[i]);
	}
	folder = outcome_folder(COMMAND, b->m.runs, "bisect", b->points[0].commit,
				b->points[b->nr - 1].commit, question);
	free(question);
	if (!folder)
		return status;
	printf("\n");
	status = outcome_write(COMMAND, "bisect", folder, "bisect.txt", write_text, b);
	for (size_t i = 0; i < b->nr_changes; i++) {
		const struct log log = { b, &b->changes[i] };

		snprintf(name, sizeof(name), "bisect-%zu.log", i + 1);
		status = outcome_write(COMMAND, "log", folder, name, write_log, &log) ?: status;
	}
	free(folder);
	return status;
}

/* Is there a change, and each of one commit? */
static int judge(const struct bisect *b)
{
	for (size_t i = 0; i < b->nr_changes; i++)
		if (b->changes[i].bad - b->changes[i].good > 1)
			return EXIT_INCONCLUSIVE;
	return b->nr_changes ? EXIT_FINE : EXIT_INCONCLUSIVE;
}

static int check(const struct bisect *b)
{
	struct kernels_options k = b->m.kernels;
	char *ksrc = measured_source(&b->m, b->points[b->nr - 1].commit);
	int status = EXIT_USAGE;

	k.ksrc = ksrc;
	k.no_reference = true;
	if (ksrc && !ab_check_runs(COMMAND, b->m.runs) && !kernels_ready(&k))
		status = 0;
	free(ksrc);
	return status;
}

static int run(const struct asked *a, const char *folder, const struct commit *v, size_t nr)
{
	struct bisect b = {
		.o = &a->o,
		.m = { .kernels = a->ab.kernels,
		       .runs = a->ab.runs,
		       .command = a->ab.command,
		       .folder = folder,
		       .stopped = &stopped },
		.points = calloc(nr, sizeof(*b.points)),
		.nr = nr,
	};
	int status = b.points ? 0 : EXIT_PART_FAILED;

	for (size_t i = 0; i < nr && !status; i++)
		b.points[i].commit = &v[i];
	status = status ?: check(&b) ?: bisect_search(&b) ?: bisect_explain(&b);
	if (!status) {
		bisect_print(stdout, &b);
		status = leave(&b) ?: judge(&b);
	} else if (status == EXIT_INTERRUPTED) {
		fputs(COMMAND ": interrupted; the same command goes on from here\n", stderr);
	}
	bisect_free(&b);
	return status;
}

int bisect_cmd(int argc, char **argv, const struct kernels_options *o)
{
	struct asked a = {
		.ab = { .kernels = *o, .command = o->command },
		.o = { .metric = "instructions" },
	};
	struct sigaction act = { .sa_handler = on_signal }, old[2];
	struct commit *v = NULL;
	char runs[PATH_MAX], *folder = NULL;
	size_t nr = 0;
	int ret;

	snprintf(runs, sizeof(runs), "%s/results/runs", o->root);
	a.ab.runs = runs;
	ret = parse(argc, argv, &a) ?: read_range(&a, &folder, &v, &nr);
	if (ret) {
		ret = ret > 0 ? EXIT_FINE : EXIT_USAGE;
	} else {
		stopped = 0;
		sigaction(SIGINT, &act, &old[0]);
		sigaction(SIGTERM, &act, &old[1]);
		ret = run(&a, folder, v, nr);
		sigaction(SIGINT, &old[0], NULL);
		sigaction(SIGTERM, &old[1], NULL);
	}
	commits_free(v, nr);
	free(folder);
	free(a.case_text);
	return ret;
}
