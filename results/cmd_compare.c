// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench compare and gate: print the comparison of runs with a base by results_compare(). */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

static const char usage[] =
	"usage: ptbench compare --base RUN [--base RUN]... [OPTION]... RUN...\n"
	"\n"
	"Compares runs with those of a base, part by part, row by row and check by check. RUN is a run's\n"
	"folder, its run.json, or one document. Only parts of one name, one mode and one environment\n"
	"are compared (all keys but \"load\", \"qemu_folder\"). It prints in which keys their subjects differ, and whether\n"
	"both are the identical image.\n"
	"\n"
	"  -b, --base RUN     what to compare with\n"
	"      --allow CASE[:PARAM=VALUE,...]:METRIC\n"
	"                     this row may get worse or change; CASE is a pattern as in a shell; may be\n"
	"                     repeated. For a change that is wanted\n"
	"  -e, --exact-equal  for repeats: any exact row that moved, stopped being exact, is missing\n"
	"                     or extra makes the exit status 1; prints the share of equal rows\n"
	"  -i, --ignore KEY   this key of the environment, which a run has, need not match; may be repeated\n"
	"  -a, --all          print every row and check, not only those that changed\n"
	"  -f, --format NAME  text (default); markdown, for a summary or a comment; mail, plain text of 72\n"
	"                     columns to go under a patch; json (results/schema/); junit; ktap; kcidb;\n"
	"                     csv; github, workflow commands of GitHub Actions (docs/exports.md)\n"
	"      --origin NAME  of kcidb: the CI system that reports (default: ptbench)\n"
	"      --part PATTERN, --case PATTERN, --params KEY=VALUE,..., --metric NAME, --subject NAME\n"
	"                     compare only such parts and rows. Checks are compared only if all rows of a\n"
	"                     part are, and what the explorer found only if everything is\n"
	"  -h, --help         print this\n"
	"\n"
	"How a row is judged, by its kind on both sides:\n"
	"  both exact         by the values: another value is REGRESSED or improved. Of counts of events\n"
	"                     (interrupts, flushes, callbacks, tables) none is better: one that CHANGED is\n"
	"                     a regression as well, unless --allow names it. With several runs on a side,\n"
	"                     a row differs when the ranges of the two sides' values do not overlap\n"
	"  both sampled       by statistics (docs/judging.md): the interval of the change, at 99 %, lies\n"
	"                     beyond the smallest change that counts (time: 2 %), and the change is one of\n"
	"                     the discoveries of which at most 1 % are false: REGRESSED or improved; the\n"
	"                     interval lies within it: unchanged; else INCONCLUSIVE, as with too few values\n"
	"  both deterministic unchanged if mode, median and mean moved by less than counts (instructions:\n"
	"                     2 %; events: 0); else as any other pair\n"
	"  any other pair     by the samples: regressed or improved when all samples of one side lie above\n"
	"                     all of the other's, else the row is INCONCLUSIVE\n"
	"Rows of a kernel whose image is identical are unchanged, whatever was measured; it is counted how\n"
	"many of them moved.\n"
	"\n"
	"What the explorer found is compared where a run has its explore.json: a model that no longer\n"
	"comes out as claimed is a regression; one that is missing, unfinished, or explored less\n"
	"(another mode, fewer CPUs, a smaller bound) cannot be judged.\n"
	"\n"
	"Exit status:\n"
	"  0  something was judged, and all of that is well. The last lines count what was not judged: rows\n"
	"     that are skipped on both sides, parts with such rows only or that both sides skipped, what\n"
	"     filters left out, and rows, checks and models that only the new runs have\n"
	"  1  a row regressed or CHANGED; a check or a model fails that did not fail in the base, or that the\n"
	"     base lacks\n"
	"  2  bad input or command line\n"
	"  3  inconclusive: a run is partial; a part failed, is empty or not in all runs; environments\n"
	"     differ; a row, check or model of the base is missing; a row is inconclusive; a check or model\n"
	"     fails as in the base; an exploration is missing or cut short; or nothing was judged at all\n"
	"  4  not all could be printed\n"
	"Example: ptbench compare --base results/runs/OLD results/runs/latest\n";

static const char gate_usage[] =
	"usage: ptbench gate [--policy FILE] --base RUN [--base RUN]... [OPTION]... RUN...\n"
	"\n"
	"Compares runs with those of a base as `ptbench compare` does, and lets pass what a policy lets\n"
	"pass: for CI.\n"
	"\n"
	"  -p, --policy FILE  default: results/policy/default.json of the checkout. JSON, by\n"
	"                     results/schema/ptbench-policy-1.schema.json. Its rules say of which rows\n"
	"                     (patterns of part, case, params, metric) which change counts\n"
	"                     (\"effect_percent\"), whether they may be inconclusive (\"inconclusive\":\n"
	"                     \"pass\") and whether they count at all (\"gate\": false): the first rule that\n"
	"                     matches a row holds. \"acknowledged\" has changes that are wanted, with the\n"
	"                     reason and the last day\n"
	"      --today DATE   what has expired (2026-12-31; default: today, in UTC)\n"
	"Other options: those of ptbench compare --help.\n"
	"\n"
	"Exit status:\n"
	"  0  something was judged, and all that gates is well\n"
	"  1  a row that gates regressed or CHANGED, and is not acknowledged, or no longer; a check or a model\n"
	"     fails that did not fail in the base, or that the base lacks\n"
	"  2  bad input, policy or command line\n"
	"  3  inconclusive, as of ptbench compare: environments differ, runs are partial, what gates is\n"
	"     missing or inconclusive, nothing was judged\n"
	"  4  a part failed, and nothing regressed; or not all could be printed\n"
	"Example: ptbench gate --format=markdown --base results/runs/OLD results/runs/latest\n";

struct arguments {
	const char **base, **ignored, **allowed;
	size_t nr_base, nr_ignored, nr_allowed;
	bool exact_equal, all;
	struct results_filter only;
	const char *format, *command, *policy, *today, *origin;
};

/* The two subcommands: compare, and gate, which has a policy. */
struct subcommand {
	const char *name, *usage;
	const char *policy; /* its default; NULL: it has none */
};

enum {
	OPT_ALLOW = 256,
	OPT_TODAY,
	OPT_PART,
	OPT_CASE,
	OPT_PARAMS,
	OPT_METRIC,
	OPT_SUBJECT,
	OPT_ORIGIN
};

static int add_allowance(struct arguments *args, const char *text)
{
	struct results_error err;

	if (!results_allow_check(text, &err)) {
		args->allowed[args->nr_allowed++] = text;
		return 0;
	}
	fputs("ptbench: ", stderr);
	results_error_print(stderr, &err);
	return -EINVAL;
}

/* Returns -1 to go on, or the exit status. */
static int parse(int argc, char **argv, const struct subcommand *sub, struct arguments *args)
{
	static const struct option options[] = {
		{ "base", required_argument, NULL, 'b' },
		{ "allow", required_argument, NULL, OPT_ALLOW },
		{ "exact-equal", no_argument, NULL, 'e' },
		{ "ignore", required_argument, NULL, 'i' },
		{ "all", no_argument, NULL, 'a' },
		{ "format", required_argument, NULL, 'f' },
		{ "policy", required_argument, NULL, 'p' },
		{ "today", required_argument, NULL, OPT_TODAY },
		{ "part", required_argument, NULL, OPT_PART },
		{ "case", required_argument, NULL, OPT_CASE },
		{ "params", required_argument, NULL, OPT_PARAMS },
		{ "metric", required_argument, NULL, OPT_METRIC },
		{ "subject", required_argument, NULL, OPT_SUBJECT },
		{ "origin", required_argument, NULL, OPT_ORIGIN },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	optind = 0; /* the program may have parsed its own options before */
	while ((c = results_getopt(argc, argv, "b:ei:af:hp:", options)) != -1) {
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
		case 'p':
		case OPT_TODAY:
			if (!sub->policy) {
				fprintf(stderr, "ptbench %s: a policy is for ptbench gate\n",
					sub->name);
				return EXIT_USAGE;
			}
			*(c == 'p' ? &args->policy : &args->today) = optarg;
			break;
		case OPT_PART:
			args->only.part = optarg;
			break;
		case OPT_CASE:
			args->only.case_id = optarg;
			break;
		case OPT_PARAMS:
			args->only.params = optarg;
			break;
		case OPT_METRIC:
			args->only.metric = optarg;
			break;
		case OPT_SUBJECT:
			args->only.subject = optarg;
			break;
		case OPT_ORIGIN:
			if (!results__is_origin(optarg)) {
				fprintf(stderr,
					"ptbench %s: --origin %s: must be of a-z, 0-9 and _\n",
					sub->name, results_shown(optarg));
				return EXIT_USAGE;
			}
			args->origin = optarg;
			break;
		case 'f':
			if (!results_comparison_has_format(optarg)) {
				fprintf(stderr,
					"ptbench %s: --format %s: must be text, " RESULTS_COMPARISON_FORMATS
					"\n",
					sub->name, results_shown(optarg));
				return EXIT_USAGE;
			}
			args->format = optarg;
			break;
		case 'h':
			fputs(sub->usage, stdout);
			return EXIT_FINE;
		default:
			fprintf(stderr, "Try: ptbench %s --help\n", sub->name);
			return EXIT_USAGE;
		}
	}
	if (args->origin && strcmp(args->format, "kcidb")) {
		fprintf(stderr, "ptbench %s: --origin is for --format kcidb\n", sub->name);
		return EXIT_USAGE;
	}
	if (args->nr_base && optind < argc)
		return -1;
	fprintf(stderr, "ptbench %s: no %s given\n%s", sub->name,
		args->nr_base ? "RUN to compare with the base" : "--base RUN", sub->usage);
	return EXIT_USAGE;
}

/* Returns the exit status. */
static int compare(const struct arguments *args, const char *const *head, size_t nr_head)
{
	const struct results_side sides[] = { { args->base, args->nr_base }, { head, nr_head } };
	const struct results_compare_options options = {
		.exact_equal = args->exact_equal,
		.only = args->only,
		.ignored = args->ignored,
		.nr_ignored = args->nr_ignored,
		.allowed = args->allowed,
		.nr_allowed = args->nr_allowed,
		.policy = args->policy,
		.today = args->today,
	};
	const struct results_write_options how = {
		.all = args->all,
		.command = args->command,
		.origin = args->origin,
	};
	struct results_comparison *c;
	struct results_error err;
	int status;

	if (results_compare(&sides[0], &sides[1], &options, &c, &err)) {
		results_error_print(stderr, &err);
		return EXIT_USAGE;
	}
	/* For a gate that is another thing than a comparison that cannot be made. */
	if (args->policy && c->status == EXIT_INCONCLUSIVE && c->totals.failed)
		c->status = EXIT_PART_FAILED;
	status = c->status;
	if (results_comparison_write(stdout, c, args->format, &how)) {
		fputs("ptbench: no memory to compare\n", stderr);
		status = EXIT_USAGE;
	}
	results_comparison_free(c);
	return status;
}

/* "ptbench compare --base A B". malloc'ed; NULL without memory. */
static char *command_text(int argc, char **argv, const char *name)
{
	char *words = results_shell_words(argc - 1, (const char *const *)argv + 1), *text = NULL;

	if (words && asprintf(&text, "ptbench %s%s%s", name, *words ? " " : "", words) < 0)
		text = NULL;
	free(words);
	return text;
}

static int run(int argc, char **argv, const struct subcommand *sub)
{
	struct arguments args = {
		.base = calloc(argc, sizeof(*args.base)),
		.ignored = calloc(argc, sizeof(*args.ignored)),
		.allowed = calloc(argc, sizeof(*args.allowed)),
		.format = "text",
		.policy = sub->policy,
	};
	char *command = command_text(argc, argv, sub->name);
	int ret = EXIT_USAGE;

	args.command = command;
	if (!args.base || !args.ignored || !args.allowed || !command)
		fputs("ptbench: no memory to compare\n", stderr);
	else
		ret = parse(argc, argv, sub, &args);
	if (ret < 0)
		ret = compare(&args, (const char *const *)argv + optind, argc - optind);
	free(command);
	free(args.allowed);
	free(args.ignored);
	free(args.base);
	return ret;
}

int results_cmd_compare(int argc, char **argv)
{
	static const struct subcommand sub = { "compare", usage, NULL };

	return run(argc, argv, &sub);
}

int results_cmd_gate(int argc, char **argv, const char *policy)
{
	const struct subcommand sub = { "gate", gate_usage, policy };

	return run(argc, argv, &sub);
}
