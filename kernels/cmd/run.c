// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench kernels run, and ab, which makes two runs: parses their options. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ab.h"
#include "cmd.h"

static const char run_usage[] =
	"usage: ptbench kernels run [OPTION]... [SCENARIO|LIST]...\n"
	"\n"
	"Boots the kernel of each scenario (default: the list BENCH) under QEMU, twice: with one CPU for\n"
	"costs, with two for events; and under KVM for times, where it works. A kernel that is not in the\n"
	"cache is built, and boots as soon as it is. The guests' programs have to be there: make guests\n"
	"SCENARIOS=... builds them. Makes a run with one part for each boot, and prints the run's folder;\n"
	"ptbench show and ptbench report read it. ptbench kernels list prints the scenarios.\n"
	"\n"
	"A boot fails when the guest does not come to its end, or its kernel warns, or a check or a\n"
	"skipped row is not what the scenario expects. What this machine has no compiler or QEMU for is\n"
	"skipped, with the reason.\n"
	"\n"
	"  --functions         boot once more for costs, with a plugin of QEMU that counts each row's\n"
	"                      instructions by function; ptbench kernels history and the report compare\n"
	"                      these from version to version\n";
static const char ab_usage[] =
	"usage: ptbench kernels ab --base TREE --head TREE [OPTION]... [SCENARIO|LIST]...\n"
	"\n"
	"Builds the scenarios (default: the list BENCH) from two kernel trees, calls unchanged what is the\n"
	"same image, runs the rest of both, and prints and renders the comparison. TREE is a folder,\n"
	"FOLDER#REF, or with KSRC=FOLDER a git ref of it; nothing is written to it, nor to its index.\n"
	"What is printed of the comparison is also in compared.txt, in the folder of the head's run. The\n"
	"guests' programs have to be there: make guests SCENARIOS=... builds them.\n"
	"\n"
	"  --base TREE         what to compare with\n"
	"  --head TREE         what is compared\n"
	"  --allow CASE[:PARAM=VALUE,...]:METRIC\n"
	"                      this row may change, as in ptbench compare; may be repeated\n"
	"  --policy FILE       what ptbench gate lets pass, this does, too (see its --help)\n"
	"  --format NAME       the comparison also as compared.NAME, in the folder of the head's run:\n"
	"                      " RESULTS_COMPARISON_FORMATS ";\n"
	"                      may be repeated\n"
	"  --no-report         render nothing\n";
/* Of both, after what is above. */
static const char both_usage[] =
	"  --out RUNS          the folder in which a run is made (default results/runs)\n"
	"  --only costs|events only the boots for costs, and KVM's for times; or only those for events\n"
	"  --no-reference      the guests run the driver's rows alone, and not the reference's, whose\n"
	"                      code is the same under every kernel\n"
	"  --timeout S         seconds that a boot may take (default 60; more on slow architectures)\n"
	"  -j N                boots at a time (default: the number of CPUs)\n"
	"  -h, --help          print this\n"
	"\n";
static const char run_end[] =
	"Exit status:\n"
	"  0    no part failed, and a kernel was booted\n"
	"  2    bad input, found before a run is made\n"
	"  3    no part failed, but this machine can boot none of the kernels\n"
	"  4    a part failed, or something could not be written or printed\n"
	"  130  interrupted by Ctrl-C, SIGTERM or SIGHUP; the parts that were finished are kept\n"
	"\n"
	"Environment:\n"
	"  KSRC           the kernel source: the folder of a Linux tree, or FOLDER#REF, a git ref of it,\n"
	"                 or debian:VERSION, such as debian:7.3; default: Debian's package\n"
	"                 linux-source-6.12. SCENARIO@VERSION is SCENARIO with debian:VERSION\n"
	"  PTBENCH_CACHE  where sources, object files and kernels are kept; default: ~/.cache/ptbench\n"
	"  PTBENCH_BUILD  the folder with the guests' programs; default: the one that ptbench is in\n"
	"  PTBENCH_QEMU   a folder with another build of QEMU, run in place of the QEMU in PATH\n"
	"  TMPDIR         where the guests' archives are put while they boot; default: /tmp\n"
	"\n"
	"Example: ptbench kernels run --only costs s390x-stock s390x-static\n";
static const char ab_end[] =
	"Exit status; a scenario that both sides skip is printed with the reason and does not change it:\n"
	"  0    what was judged is well\n"
	"  1    head is worse, or counts other events\n"
	"  2    bad input, found before anything is built\n"
	"  3    something that one side has could not be judged, or nothing of both could (see\n"
	"       ptbench compare --help), or this machine can boot none of the kernels\n"
	"  4    a part failed, or something could not be written or printed\n"
	"  130  interrupted by Ctrl-C, SIGTERM or SIGHUP; the parts that were finished are kept\n"
	"\n"
	"Environment:\n"
	"  KSRC           the git checkout of which TREE may name a ref\n"
	"  PTBENCH_CACHE  where sources, object files and kernels are kept; default: ~/.cache/ptbench\n"
	"  PTBENCH_BUILD  the folder with the guests' programs; default: the one that ptbench is in\n"
	"  PTBENCH_QEMU   a folder with another build of QEMU, run in place of the QEMU in PATH\n"
	"  TMPDIR         where the guests' archives are put while they boot; default: /tmp\n"
	"\n"
	"Example: ptbench kernels ab --base ~/linux#v6.12 --head ~/linux#mine x86_64-stock\n";

/* clang-format off */
#define OF_BOTH                                             \
	{ "out", required_argument, NULL, OPT_OUT },         \
	{ "only", required_argument, NULL, OPT_ONLY },       \
	{ "no-reference", no_argument, NULL, OPT_NO_REFERENCE }, \
	{ "timeout", required_argument, NULL, OPT_TIMEOUT }, \
	{ "append", required_argument, NULL, OPT_APPEND },   \
	{ "help", no_argument, NULL, 'h' },                  \
	{ NULL, 0, NULL, 0 }
/* clang-format on */
static const struct option ab_options[] = {
	{ "base", required_argument, NULL, OPT_BASE },
	{ "head", required_argument, NULL, OPT_HEAD },
	{ "allow", required_argument, NULL, OPT_ALLOW },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "no-report", no_argument, NULL, OPT_NO_REPORT },
	OF_BOTH,
};
static const struct option run_options[] = {
	{ "functions", no_argument, NULL, OPT_FUNCTIONS },
	OF_BOTH,
};

static int only(const char *command, struct kernels_options *o, const char *kind)
{
	o->no_events = !strcmp(kind, "costs");
	o->no_costs = !strcmp(kind, "events");
	if (o->no_events || o->no_costs)
		return 0;
	fprintf(stderr, "%s: --only '%s' is neither costs nor events\n", command,
		results_shown(kind));
	return -EINVAL;
}

/* Adds an --allow for compare; its syntax is checked now, before any kernel is built. */
static int allow(const char *command, struct ab_options *ab, const char *text)
{
	struct results_error err;

	if (results_allow_check(text, &err)) {
		fprintf(stderr, "%s: ", command);
		results_error_print(stderr, &err);
		return -EINVAL;
	}
	ab->allow[ab->nr_allow++] = text;
	return 0;
}

/* A policy is checked now, too. */
static int policy(const char *command, struct ab_options *ab, const char *file)
{
	struct results_error err;

	ab->policy = file;
	if (!results_policy_check(file, &err))
		return 0;
	fprintf(stderr, "%s: ", command);
	results_error_print(stderr, &err);
	return -EINVAL;
}

static int format(const char *command, struct ab_options *ab, const char *name)
{
	if (!results_comparison_has_format(name) || !strcmp(name, "text")) {
		fprintf(stderr, "%s: --format %s: must be " RESULTS_COMPARISON_FORMATS "\n",
			command, results_shown(name));
		return -EINVAL;
	}
	ab->formats[ab->nr_formats++] = name;
	return 0;
}

int ab_take(const char *command, int c, struct ab_options *ab)
{
	struct kernels_options *o = &ab->kernels;

	switch (c) {
	case OPT_BASE:
		ab->base = optarg;
		return 0;
	case OPT_HEAD:
		ab->head = optarg;
		return 0;
	case OPT_ALLOW:
		return allow(command, ab, optarg);
	case OPT_POLICY:
		return policy(command, ab, optarg);
	case OPT_FORMAT:
		return format(command, ab, optarg);
	case OPT_NO_REPORT:
		ab->no_report = true;
		return 0;
	case OPT_OUT:
		ab->runs = optarg;
		return 0;
	case OPT_ONLY:
		return only(command, o, optarg);
	case OPT_NO_REFERENCE:
		o->no_reference = true;
		return 0;
	case OPT_TIMEOUT:
		return cmd_number(command, "--timeout", optarg, &o->timeout);
	case 'j':
		return cmd_number(command, "-j", optarg, &o->jobs);
	case OPT_APPEND:
		o->append = optarg;
		return 0;
	case OPT_FUNCTIONS:
		o->functions = true;
		return 0;
	default:
		fprintf(stderr, "Try: %s --help\n", command);
		return -EINVAL;
	}
}

/* Parses the options. 1: --help was given, and help is printed; -EINVAL, said on stderr. */
static int parse(int argc, char **argv, const struct option *of, const char *usage, const char *end,
		 struct ab_options *ab)
{
	int c, err = 0;

	optind = 1;
	while (!err && (c = results_getopt(argc, argv, "hj:", of)) != -1) {
		if (c == 'h') {
			printf("%s%s%s", usage, both_usage, end);
			return 1;
		}
		err = ab_take(argv[0], c, ab);
	}
	ab->kernels.scenarios = argv + optind;
	ab->kernels.nr_scenarios = argc - optind;
	return err;
}

int run_cmd(int argc, char **argv, const struct kernels_options *o)
{
	struct ab_options ab = { .kernels = *o };
	int ret = parse(argc, argv, run_options, run_usage, run_end, &ab);
	struct results_run *run;

	if (ret)
		return ret > 0 ? EXIT_FINE : EXIT_USAGE;
	if (ab.kernels.functions && ab.kernels.no_costs) {
		fprintf(stderr,
			"%s: --functions counts costs; leave out --only events\n"
			"Try: %s --help\n",
			argv[0], argv[0]);
		return EXIT_USAGE;
	}
	ret = kernels_run_in(ab.runs, &ab.kernels, &run);
	if (run)
		printf("%s\n", results_shown(run->dir));
	results_run_free(run);
	return ret;
}

int ab_cmd(int argc, char **argv, const struct kernels_options *o)
{
	struct ab_options ab = { .kernels = *o, .command = o->command };
	char runs[PATH_MAX];
	int ret;

	snprintf(runs, sizeof(runs), "%s/results/runs", o->root);
	ab.runs = runs;
	ab.allow = calloc(argc, sizeof(*ab.allow));
	ab.formats = calloc(argc, sizeof(*ab.formats));
	ret = ab.allow && ab.formats ? parse(argc, argv, ab_options, ab_usage, ab_end, &ab)
				     : -ENOMEM;
	if (ret) {
		ret = ret > 0 ? EXIT_FINE : EXIT_USAGE;
	} else if (ab.base && ab.head) {
		ret = ab_run(&ab);
	} else {
		fprintf(stderr, "%s: --%s is missing\nTry: %s --help\n", argv[0],
			ab.base ? "head" : "base", argv[0]);
		ret = EXIT_USAGE;
	}
	free(ab.formats);
	free(ab.allow);
	return ret;
}
