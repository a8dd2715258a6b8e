// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench trend: one metric over many runs, and where its level changed. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "trend.h"

static const char usage[] =
	"usage: ptbench trend [OPTION]... DIR\n"
	"\n"
	"Reads all runs in a folder, such as results/runs, and shows at which of them a measured value\n"
	"changed its level: the steps of each series. DIR holds runs' folders, or ptbench-result\n"
	"documents (*.json), each of which counts as a run. Links are not followed. A series has the\n"
	"values of one row of one part in one mode and environment, in the order of time (of a run: when\n"
	"it started; of a document: when it was made). Another environment begins new series, and is said.\n"
	"\n"
	"  -f, --format NAME  text (default), json (results/schema/), csv\n"
	"  -a, --all          also series without a step\n"
	"      --part PATTERN, --case PATTERN, --params KEY=VALUE,..., --metric NAME, --subject NAME\n"
	"                     only such parts and rows\n"
	"      --since TIME   only runs from then on: 2026-01-31, or 2026-01-31T12:00:00Z\n"
	"      --last N       only the newest N runs\n"
	"  -k, --keep-going   leave out files that cannot be read, and a second copy of a document, and\n"
	"                     say how many; else each is an error\n"
	"  -h, --help         print this\n"
	"\n"
	"What is a step, by the least exact of a series' values (docs/trend.md has the method):\n"
	"  exact          a value that is not the one before it. One that flips and returns is two steps\n"
	"  deterministic  a value all of whose samples lie beyond those that began the level, and that\n"
	"                 moved by more than counts for its metric (instructions: 2 %)\n"
	"  sampled        where the medians of the runs before and behind differ by more than counts and\n"
	"                 than chance: seeded binary segmentation, Mann-Whitney test, corrected for all\n"
	"                 places; of the series said to have steps at most 1 % are false, where runs do not\n"
	"                 depend on one another (docs/trend.md). One series needs 13 runs, several need\n"
	"                 more; with fewer it is too short, never without a step\n"
	"\n"
	"Steps are printed with the levels before and after, the first run with the new one, the last run\n"
	"before it, and in what their subjects differ. The last lines count what was read, what was left\n"
	"out or not wholly used, and what was judged.\n"
	"\n"
	"Exit status: 0 something was judged, whatever was found; 2 bad input or command line; 3 nothing\n"
	"could be judged; 4 not all could be printed.\n"
	"Example: ptbench trend --part native --metric time results/runs\n";

struct arguments {
	struct results_trend_options options;
	const char *format, *command;
	bool all;
};

enum { OPT_PART = 256, OPT_CASE, OPT_PARAMS, OPT_METRIC, OPT_SUBJECT, OPT_SINCE, OPT_LAST };

/* A day, or a time as in results. */
static bool is_since(const char *s)
{
	char day[sizeof("2026-01-31T00:00:00Z")];

	if (strlen(s) != strlen("2026-01-31"))
		return results__is_time(s);
	snprintf(day, sizeof(day), "%sT00:00:00Z", s);
	return results__is_time(day);
}

static int wrong(const char *option, const char *value, const char *rule)
{
	fprintf(stderr, "ptbench trend: %s %s: must be %s\n", option, results_shown(value), rule);
	return EXIT_USAGE;
}

/* An option that takes a value. Returns -1 to go on, or the exit status. */
static int take(struct arguments *args, int c)
{
	struct results_trend_options *o = &args->options;
	char *end;

	switch (c) {
	case OPT_PART:
		o->only.part = optarg;
		break;
	case OPT_CASE:
		o->only.case_id = optarg;
		break;
	case OPT_PARAMS:
		o->only.params = optarg;
		break;
	case OPT_METRIC:
		o->only.metric = optarg;
		break;
	case OPT_SUBJECT:
		o->only.subject = optarg;
		break;
	case OPT_SINCE:
		if (!is_since(optarg))
			return wrong("--since", optarg,
				     "a day (2026-01-31) or a time (2026-01-31T12:00:00Z)");
		o->since = optarg;
		break;
	case OPT_LAST:
		errno = 0;
		o->last = strtoul(optarg, &end, 10);
		if (*optarg < '1' || *optarg > '9' || *end || errno)
			return wrong("--last", optarg, "a number of runs, at least 1");
		break;
	case 'f':
		if (!results_trend_has_format(optarg))
			return wrong("--format", optarg, "text, json or csv");
		args->format = optarg;
		break;
	}
	return -1;
}

/* Returns -1 to go on, or the exit status. */
static int parse(int argc, char **argv, struct arguments *args)
{
	static const struct option options[] = {
		{ "format", required_argument, NULL, 'f' },
		{ "all", no_argument, NULL, 'a' },
		{ "part", required_argument, NULL, OPT_PART },
		{ "case", required_argument, NULL, OPT_CASE },
		{ "params", required_argument, NULL, OPT_PARAMS },
		{ "metric", required_argument, NULL, OPT_METRIC },
		{ "subject", required_argument, NULL, OPT_SUBJECT },
		{ "since", required_argument, NULL, OPT_SINCE },
		{ "last", required_argument, NULL, OPT_LAST },
		{ "keep-going", no_argument, NULL, 'k' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c, status = -1;

	optind = 0; /* the program may have parsed its own options before */
	while (status < 0 && (c = results_getopt(argc, argv, "f:akh", options)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return EXIT_FINE;
		}
		if (c == '?') {
			fputs("Try: ptbench trend --help\n", stderr);
			return EXIT_USAGE;
		}
		args->all |= c == 'a';
		args->options.keep_going |= c == 'k';
		status = take(args, c);
	}
	if (status >= 0 || argc - optind == 1)
		return status;
	fprintf(stderr, "ptbench trend: %s\n%s",
		argc > optind ? "more than one DIR given" : "no DIR given", usage);
	return EXIT_USAGE;
}

static int run(const struct arguments *args, const char *dir)
{
	struct results_trend *t;
	struct results_error err;
	int status;

	if (results_trend(dir, &args->options, &t, &err)) {
		results_error_print(stderr, &err);
		return EXIT_USAGE;
	}
	status = t->status;
	if (results_trend_write(stdout, t, args->format, args->all, args->command)) {
		fputs("ptbench: no memory to print the trend\n", stderr);
		status = EXIT_USAGE;
	}
	results_trend_free(t);
	return status;
}

int results_cmd_trend(int argc, char **argv)
{
	struct arguments args = { .format = "text" };
	char *words = results_shell_words(argc - 1, (const char *const *)argv + 1), *command = NULL;
	int status = EXIT_USAGE;

	if (!words || asprintf(&command, "ptbench trend%s%s", *words ? " " : "", words) < 0) {
		command = NULL;
		fputs("ptbench: no memory to make a trend\n", stderr);
	} else {
		args.command = command;
		status = parse(argc, argv, &args);
	}
	if (status < 0)
		status = run(&args, argv[optind]);
	free(command);
	free(words);
	return status;
}
