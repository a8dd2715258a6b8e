// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench compare: runs against a base. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static const char usage[] =
	"usage: ptbench compare --base RUN [--base RUN]... [OPTION]... RUN...\n"
	"\n"
	"Compares runs with those of a base, part by part, row by row and check by check. RUN is a run's\n"
	"folder, its run.json, or one document. Only parts of one name, one mode and one environment\n"
	"are compared (all keys but \"load\"); in what their subjects differ is printed, and whether they\n"
	"are the identical image. With several runs on a side, a row differs when the ranges of the two\n"
	"sides' values do not overlap.\n"
	"\n"
	"  -b, --base RUN     what to compare with\n"
	"      --allow CASE[:PARAM=VALUE,...]:METRIC\n"
	"                     this row may be worse or other; CASE as a shell has patterns; may be repeated.\n"
	"                     Until a gate's policy holds them\n"
	"  -e, --exact-equal  for repeats: any exact row that moved, stopped being exact, is missing\n"
	"                     or extra makes the exit status 1; prints the share of equal rows\n"
	"  -i, --ignore KEY   this key of the environment need not match; may be repeated\n"
	"  -a, --all          print every row and check, not only those that differ\n"
	"  -h, --help         print this\n"
	"\n"
	"How a row is judged, by its kind on both sides:\n"
	"  both exact         the values: other ones are WORSE or better. Of counts of events (interrupts,\n"
	"                     flushes, callbacks, tables) neither is better: one that CHANGED is a\n"
	"                     regression as well, unless --allow names it\n"
	"  both sampled       not judged, and counted: that takes statistics\n"
	"  any other pair     as what it now is: worse or better when all samples of one side lie above\n"
	"                     all of the other, else it OVERLAPS and cannot be judged. Deterministic on\n"
	"                     both sides, with the same mode and median and no sample beyond the base's in\n"
	"                     a direction that is not better: within its noise\n"
	"\n"
	"What the explorer found is compared where a run has its explore.json: a model that came out as\n"
	"claimed and does no longer is a regression; one that is missing, unfinished, or explored less\n"
	"(another mode, fewer CPUs, a smaller bound) cannot be judged.\n"
	"\n"
	"Exit status, and what it is for:\n"
	"  0  something was judged, and all that was is well; rows that are sampled or skipped on both\n"
	"     sides, parts that have no others or that both sides skipped, and extra rows, checks and\n"
	"     models of the new runs are counted in the last lines, not judged\n"
	"  1  a row is worse or CHANGED, a check or a model fails that did not or that the base has not\n"
	"  2  bad input or command line\n"
	"  3  inconclusive: a run is partial, a part failed, is empty or not in all runs, environments\n"
	"     differ, a row, check or model of the base is missing, a row overlaps, a check or model fails as\n"
	"     in the base, an exploration is missing or cut short, or nothing was judged at all\n"
	"Example: ptbench compare --base results/runs/OLD results/runs/latest\n";

struct arguments {
	const char **base;
	size_t nr_base;
	struct results__compare_options options;
};

enum { OPT_ALLOW = 256 };

static int add_allowance(struct results__compare_options *o, const char *text)
{
	struct results_error err;

	if (!results__allowance_parse(text, &o->allowed[o->nr_allowed], &err)) {
		o->nr_allowed++;
		return 0;
	}
	fputs("ptbench compare: ", stderr);
	results_error_print(stderr, &err);
	return -EINVAL;
}

/* -1: go on; otherwise the exit status. */
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
			if (add_allowance(&args->options, optarg))
				return 2;
			break;
		case 'e':
			args->options.exact_equal = true;
			break;
		case 'i':
			args->options.ignored[args->options.nr_ignored++] = optarg;
			break;
		case 'a':
			args->options.all = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			fputs("Try: ptbench compare --help\n", stderr);
			return 2;
		}
	}
	if (args->nr_base && optind < argc)
		return -1;
	fprintf(stderr, "ptbench compare: no %s given\n%s",
		args->nr_base ? "RUN to compare with the base" : "--base RUN", usage);
	return 2;
}

static int read_sources(const char **paths, size_t nr, struct results__source **out)
{
	struct results_error err;

	for (size_t i = 0; i < nr; i++) {
		if (!results__source_read(paths[i], &out[i], &err) &&
		    !results__source_explored(out[i], &err))
			continue;
		results_error_print(stderr, &err);
		return 2;
	}
	return 0;
}

int results_cmd_compare(int argc, char **argv)
{
	struct arguments args = {
		.base = calloc(argc, sizeof(*args.base)),
		.options.ignored = calloc(argc, sizeof(*args.options.ignored)),
		.options.allowed = calloc(argc, sizeof(*args.options.allowed)),
	};
	struct results__source **base = calloc(argc, sizeof(*base));
	struct results__source **new = calloc(argc, sizeof(*new));
	int ret = 2;

	if (!args.base || !args.options.ignored || !args.options.allowed || !base || !new) {
		fputs("ptbench compare: no memory\n", stderr);
		goto out;
	}
	ret = parse(argc, argv, &args);
	if (ret >= 0)
		goto out;
	ret = read_sources(args.base, args.nr_base, base);
	if (!ret)
		ret = read_sources((const char **)argv + optind, argc - optind, new);
	if (!ret)
		ret = results__compare(stdout, base, args.nr_base, new, argc - optind,
				       &args.options);
out:
	for (int i = 0; i < argc; i++) {
		if (base)
			results__source_free(base[i]);
		if (new)
			results__source_free(new[i]);
	}
	for (size_t i = 0; i < args.options.nr_allowed; i++)
		results__allowance_free(&args.options.allowed[i]);
	free(args.options.allowed);
	free(args.options.ignored);
	free(args.base);
	free(base);
	free(new);
	return ret;
}
