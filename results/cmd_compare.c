// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench compare: prints the comparison of runs with a base by results_compare(). */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

#include "internal.h"

static const char usage[] =
	"usage: ptbench compare --base RUN [--base RUN]... [OPTION]... RUN...\n"
	"\n"
	"Compares runs with those of a base, part by part, row by row and check by check. RUN is a run's\n"
	"folder, its run.json, or one document. Only parts of one name, one mode and one environment\n"
	"are compared (all keys but \"load\"). It prints in which keys their subjects differ, and whether\n"
	"both are the identical image. With several runs on a side, a row differs when the ranges of the\n"
	"two sides' values do not overlap.\n"
	"\n"
	"  -b, --base RUN     what to compare with\n"
	"      --allow CASE[:PARAM=VALUE,...]:METRIC\n"
	"                     this row may get worse or change; CASE is a pattern as in a shell; may be\n"
	"                     repeated. For a change that is wanted\n"
	"  -e, --exact-equal  for repeats: any exact row that moved, stopped being exact, is missing\n"
	"                     or extra makes the exit status 1; prints the share of equal rows\n"
	"  -i, --ignore KEY   this key of the environment, which a run has, need not match; may be repeated\n"
	"  -a, --all          print every row and check, not only those that differ\n"
	"  -h, --help         print this\n"
	"\n"
	"How a row is judged, by its kind on both sides:\n"
	"  both exact         by the values: another value is WORSE or better. Of counts of events\n"
	"                     (interrupts, flushes, callbacks, tables) none is better: one that CHANGED is\n"
	"                     a regression as well, unless --allow names it\n"
	"  both sampled       not judged, only counted: that takes statistics\n"
	"  any other pair     by the samples: worse or better when all samples of one side lie above all\n"
	"                     of the other's, else the row OVERLAPS and cannot be judged. A row that is\n"
	"                     deterministic on both sides is within its noise when mode and median are the\n"
	"                     same and no sample lies beyond the base's in a direction that is not better\n"
	"\n"
	"What the explorer found is compared where a run has its explore.json: a model that no longer\n"
	"comes out as claimed is a regression; one that is missing, unfinished, or explored less\n"
	"(another mode, fewer CPUs, a smaller bound) cannot be judged.\n"
	"\n"
	"Exit status:\n"
	"  0  something was judged, and all of that is well. The last lines count what was not judged: rows\n"
	"     that are sampled or skipped on both sides, parts with such rows only or that both sides\n"
	"     skipped, and rows, checks and models that only the new runs have\n"
	"  1  a row is worse or CHANGED; a check or a model fails that did not fail in the base, or that the\n"
	"     base lacks\n"
	"  2  bad input or command line\n"
	"  3  inconclusive: a run is partial; a part failed, is empty or not in all runs; environments\n"
	"     differ; a row, check or model of the base is missing; a row overlaps; a check or model fails as\n"
	"     in the base; an exploration is missing or cut short; or nothing was judged at all\n"
	"  4  not all could be printed\n"
	"Example: ptbench compare --base results/runs/OLD results/runs/latest\n";

struct arguments {
	const char **base, **ignored, **allowed;
	size_t nr_base, nr_ignored, nr_allowed;
	bool exact_equal, all;
};

enum { OPT_ALLOW = 256 };

static int add_allowance(struct arguments *args, const char *text)
{
	struct results_error err;

	if (!results_allow_check(text, &err)) {
		args->allowed[args->nr_allowed++] = text;
		return 0;
	}
	fputs("ptbench compare: ", stderr);
	results_error_print(stderr, &err);
	return -EINVAL;
}

/* Returns -1 to go on, or the exit status. */
static int parse(int argc, char **argv, struct arguments *args)
{
	static const struct option options[] = {
		{ "base", required_argument, NULL, 'b' },
		{ "allow", required_argument, NULL, OPT_ALLOW },
		{ "exact-equal", no_argument, NULL, 'e' },
		{ "ignore", required_argument, NULL, 'i' },
		{ "all", no_argument, NULL, 'a' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	optind = 0; /* the program may have parsed its own options before */
	while ((c = results_getopt(argc, argv, "b:ei:ah", options)) != -1) {
		switch (c) {
		case 'b':
			args->base[args->nr_base++] = optarg;
			break;
		case OPT_ALLOW:
			if (add_allowance(args, optarg))
				return EXIT_USAGE;
			break;
		case 'e':
			args->exact_equal = true;
			break;
		case 'i':
			args->ignored[args->nr_ignored++] = optarg;
			break;
		case 'a':
			args->all = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return EXIT_FINE;
		default:
			fputs("Try: ptbench compare --help\n", stderr);
			return EXIT_USAGE;
		}
	}
	if (args->nr_base && optind < argc)
		return -1;
	fprintf(stderr, "ptbench compare: no %s given\n%s",
		args->nr_base ? "RUN to compare with the base" : "--base RUN", usage);
	return EXIT_USAGE;
}

/* Returns the exit status. */
static int compare(const struct arguments *args, const char *const *head, size_t nr_head)
{
	const struct results_side sides[] = { { args->base, args->nr_base }, { head, nr_head } };
	const struct results_compare_options options = {
		.exact_equal = args->exact_equal,
		.ignored = args->ignored,
		.nr_ignored = args->nr_ignored,
		.allowed = args->allowed,
		.nr_allowed = args->nr_allowed,
	};
	struct results_comparison *c;
	struct results_error err;
	int status;

	if (results_compare(&sides[0], &sides[1], &options, &c, &err)) {
		results_error_print(stderr, &err);
		return EXIT_USAGE;
	}
	status = c->status;
	if (results_comparison_print(stdout, c, args->all)) {
		fputs("ptbench compare: no memory\n", stderr);
		status = EXIT_USAGE;
	}
	results_comparison_free(c);
	return status;
}

int results_cmd_compare(int argc, char **argv)
{
	struct arguments args = {
		.base = calloc(argc, sizeof(*args.base)),
		.ignored = calloc(argc, sizeof(*args.ignored)),
		.allowed = calloc(argc, sizeof(*args.allowed)),
	};
	int ret = EXIT_USAGE;

	if (!args.base || !args.ignored || !args.allowed)
		fputs("ptbench compare: no memory\n", stderr);
	else
		ret = parse(argc, argv, &args);
	if (ret < 0)
		ret = compare(&args, (const char *const *)argv + optind, argc - optind);
	free(args.allowed);
	free(args.ignored);
	free(args.base);
	return ret;
}
