// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench compare: exact metrics of runs against a base. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static const char usage[] =
	"usage: ptbench compare --base RUN [--base RUN]... [OPTION]... RUN...\n"
	"\n"
	"Compares the exact metrics of runs with those of a base, part by part and row by row. RUN is a\n"
	"run's folder, its run.json, or one document. Only parts of one name, one mode and one\n"
	"environment are compared (all keys but \"load\"); in what their subjects differ is printed, and\n"
	"whether they are the identical image. With several runs on a side, a row differs when the\n"
	"ranges of the two sides' values do not overlap.\n"
	"\n"
	"  -b, --base RUN     what to compare with\n"
	"  -e, --exact-equal  for repeats: any exact row that moved, stopped being exact, is missing\n"
	"                     or extra makes the exit status 1; prints the share of equal rows\n"
	"  -i, --ignore KEY   this key of the environment need not match; may be repeated\n"
	"  -a, --all          print every row, not only those that differ\n"
	"  -h, --help         print this\n"
	"\n"
	"Sampled and deterministic rows need statistics or a threshold: they are counted, not judged.\n"
	"Where neither direction is better (events), a change is printed and is no regression.\n"
	"Exit status: 0 nothing is worse; 1 an exact row is worse or a check fails that did not;\n"
	"2 bad input or command line; 3 not comparable, or something of the base is missing.\n"
	"Example: ptbench compare --base results/runs/OLD results/runs/latest\n";

struct arguments {
	const char **base;
	size_t nr_base;
	struct results__compare_options options;
};

/* -1: go on; otherwise the exit status. */
static int parse(int argc, char **argv, struct arguments *args)
{
	static const struct option options[] = {
		{ "base", required_argument, NULL, 'b' },
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
		if (!results__source_read(paths[i], &out[i], &err))
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
	};
	struct results__source **base = calloc(argc, sizeof(*base));
	struct results__source **new = calloc(argc, sizeof(*new));
	int ret = 2;

	if (!args.base || !args.options.ignored || !base || !new) {
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
	free(args.options.ignored);
	free(args.base);
	free(base);
	free(new);
	return ret;
}
