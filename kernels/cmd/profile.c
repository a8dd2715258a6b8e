// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench kernels profile: one case's instructions by kernel symbol. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../boot/profiled.h"
#include "cmd.h"
#include "../kernels.h"
#include "../profile/profile.h"

static const char usage[] =
	"usage: ptbench kernels profile --case CASE[:KEY=VALUE,...] [OPTION]... SCENARIO\n"
	"\n"
	"Boots the scenario's kernel with a plugin of QEMU that counts executed instructions by\n"
	"function, and prints where those of a case went: every row of that case which has these\n"
	"params. Only these rows are run. What an operation leaves to RCU callbacks is printed apart\n"
	"(instructions_deferred), and so is the longest stretch that it keeps interrupts off.\n"
	"\n"
	"  --case CASE     such as gup_fast/walk, or gup_fast/walk:pages=16,cross=pud; ptbench show\n"
	"                  prints the rows of a run with their cases and params\n"
	"  --base BASE     another scenario: prints the difference to it, function by function; or\n"
	"                  (a path, with '/') the run of an earlier profile of this scenario\n"
	"  --out RUNS      the folder in which the run is made (default results/runs)\n"
	"  --timeout S     seconds that a boot may take (default 60; more on slow architectures)\n"
	"  -h, --help      print this\n"
	"\n"
	"The windows of an operation are those of which the driver takes its cost, and an empty window is\n"
	"subtracted. If the plugin's count of a window is not the driver's, the part fails. Counts are\n"
	"exact under icount and are not time. Parts of a function that the compiler split off (.cold,\n"
	".part.0) count with it. The run holds the breakdowns; ptbench show prints them again.\n"
	"\n"
	"Exit status:\n"
	"  0    printed\n"
	"  2    bad input, found before a run is made\n"
	"  3    nothing to print, because a boot was skipped\n"
	"  4    a boot failed, or something could not be written or printed\n"
	"  130  interrupted by Ctrl-C, SIGTERM or SIGHUP\n"
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
	"Examples:\n"
	"  ptbench kernels profile --case gup_fast/walk:pages=16 --base s390x-stock s390x-static\n"
	"  KSRC=~/linux#v6.12 ptbench kernels profile --case gup_fast/walk:pages=16 x86_64-stock\n"
	"  KSRC=~/linux#mine ptbench kernels profile --case gup_fast/walk:pages=16 \\\n"
	"    --base results/runs/latest/ x86_64-stock\n";

struct profile_options {
	struct kernels_options kernels;
	const char *runs;
	char *scenarios[2]; /* base, if it names a scenario, and the scenario */
	const char *base;
	struct results_doc *base_doc; /* of base, if it names a run */
	char words[512];
};

static struct results_doc *document(const struct results_run *run, const char *scenario)
{
	char name[128], file[PATH_MAX];
	struct results_error err;
	struct results_doc *doc;

	snprintf(name, sizeof(name), "%s.icount-1cpu", scenario);
	for (size_t i = 0; i < run->nr_parts; i++) {
		if (strcmp(run->parts[i].name, name) || run->parts[i].state != RESULTS_PASSED)
			continue;
		snprintf(file, sizeof(file), "%s/%s", run->dir, run->parts[i].file);
		if (!results_doc_read(file, &doc, &err))
			return doc;
		results_error_print(stderr, &err);
	}
	return NULL;
}

/* EXIT_INCONCLUSIVE: a profile is missing, because its boot failed or was skipped. */
static int print_all(const struct results_run *run, const struct profile_options *o)
{
	const char *scenario = o->scenarios[o->kernels.nr_scenarios - 1];
	struct results_doc *doc = document(run, scenario), *base = o->base_doc;
	bool there;

	if (o->base && !base)
		base = document(run, o->base);
	there = doc && (base || !o->base);
	if (there)
		profile_print(stdout, doc, base);
	else
		fprintf(stderr,
			"ptbench kernels profile: the run has no profile of %s, as its boot was "
			"skipped, failed or interrupted; ptbench show %s prints why\n",
			results_shown(doc ? o->base : scenario), results_shown(run->dir));
	if (!o->base_doc)
		results_doc_free(base);
	results_doc_free(doc);
	return there ? EXIT_FINE : EXIT_INCONCLUSIVE;
}

static int run_and_print(const struct profile_options *o)
{
	struct results_run *run;
	int status = kernels_run_in(o->runs, &o->kernels, &run), printed;

	if (run) {
		printed = print_all(run, o);
		status = status ? status : printed;
		printf("\n%s\n", results_shown(run->dir));
	}
	results_run_free(run);
	return status;
}

/* FAMILY/NAME[:KEY=VALUE,...], in characters that a kernel's command line leaves as they are. */
static bool is_case(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	size_t n = strspn(text, plain), m = n && text[n] == '/' ? strspn(text + n + 1, plain) : 0;
	struct results_params params = { .nr = 0 };
	bool ok;

	if (!m || strlen(text) > 300)
		return false;
	text += n + 1 + m;
	ok = !*text || (text[0] == ':' && text[1] && !strpbrk(text, " \t\n\"'\\") &&
			!results_params_parse(&params, text + 1));
	results_params_free(&params);
	return ok;
}

enum { OPT_CASE = 256, OPT_BASE, OPT_OUT, OPT_TIMEOUT, OPT_SKIP };

static int parse(int argc, char **argv, struct profile_options *o)
{
	/* --skip SYMBOL makes the plugin count wrong; a test checks that this is detected. */
	static const struct option options[] = {
		{ "case", required_argument, NULL, OPT_CASE },
		{ "base", required_argument, NULL, OPT_BASE },
		{ "out", required_argument, NULL, OPT_OUT },
		{ "timeout", required_argument, NULL, OPT_TIMEOUT },
		{ "skip", required_argument, NULL, OPT_SKIP },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static char skip[160];
	int c;

	optind = 1;
	while ((c = results_getopt(argc, argv, "h", options)) != -1) {
		switch (c) {
		case OPT_CASE:
			o->kernels.profile = optarg;
			break;
		case OPT_BASE:
			o->base = optarg;
			break;
		case OPT_OUT:
			o->runs = optarg;
			break;
		case OPT_TIMEOUT:
			if (cmd_number(argv[0], "--timeout", optarg, &o->kernels.timeout))
				return -EINVAL;
			break;
		case OPT_SKIP:
			snprintf(skip, sizeof(skip), "skip=%s", optarg);
			o->kernels.plugin_args = skip;
			break;
		case 'h':
			fputs(usage, stdout);
			return 1;
		default:
			fputs("Try: ptbench kernels profile --help\n", stderr);
			return -EINVAL;
		}
	}
	return 0;
}

static int refuse(const char *what, const char *value)
{
	fprintf(stderr, "ptbench kernels profile: %s%s%s%s; try --help\n", what, value ? " '" : "",
		value ? results_shown(value) : "", value ? "'" : "");
	return -EINVAL;
}

/* Has the document a breakdown? */
static bool is_profiled(const struct results_doc *doc)
{
	for (size_t i = 0; i < doc->nr_measurements; i++)
		if (doc->measurements[i].nr_breakdown)
			return true;
	return false;
}

/* Reads base before this command makes its own run, which the link "latest" will name. */
static int read_base(struct profile_options *o, const char *scenario)
{
	struct results_error err;
	struct results_run *run;

	if (results_run_read(o->base, &run, &err)) {
		results_error_print(stderr, &err);
		return -EINVAL;
	}
	o->base_doc = document(run, scenario);
	results_run_free(run);
	if (!o->base_doc)
		return refuse("no boot of this scenario has passed in the run", o->base);
	if (!is_profiled(o->base_doc))
		return refuse(
			"no row was counted by function, as by ptbench kernels profile, in the run",
			o->base);
	return 0;
}

static int check(int argc, char **argv, struct profile_options *o)
{
	struct kernels_options *k = &o->kernels;

	if (!k->profile)
		return refuse("--case is missing: name a case, as in --case gup_fast/walk:pages=16",
			      NULL);
	if (!is_case(k->profile))
		return refuse("--case has to be CASE or CASE:KEY=VALUE,...; it is", k->profile);
	if (optind != argc - 1)
		return refuse(optind == argc ? "no SCENARIO given"
					     : "more than one SCENARIO given; "
					       "--base takes the other",
			      NULL);
	if (scenario_is_list(argv[optind]) || (o->base && scenario_is_list(o->base)))
		return refuse("one scenario at a time, not the list",
			      scenario_is_list(argv[optind]) ? argv[optind] : o->base);
	if (o->base && !strcmp(o->base, argv[optind]))
		return refuse("base and scenario are both", argv[optind]);
	if (o->base && strchr(o->base, '/') && read_base(o, argv[optind]))
		return -EINVAL;
	if (o->base && !o->base_doc)
		o->scenarios[k->nr_scenarios++] = (char *)o->base;
	o->scenarios[k->nr_scenarios++] = argv[optind];
	k->scenarios = o->scenarios;
	k->no_events = true;
	profiled_words(o->words, sizeof(o->words), k->profile);
	k->append = o->words;
	return 0;
}

int profile_cmd(int argc, char **argv, const struct kernels_options *kernels)
{
	struct profile_options o = { .kernels = *kernels };
	int ret = parse(argc, argv, &o);

	if (ret)
		return ret > 0 ? EXIT_FINE : EXIT_USAGE;
	ret = check(argc, argv, &o) ? 2 : run_and_print(&o);
	results_doc_free(o.base_doc);
	return ret;
}
