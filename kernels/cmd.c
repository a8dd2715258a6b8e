// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench kernels build|run|ab|profile|bytes. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ab.h"
#include "bytes.h"
#include "kernels.h"
#include "list.h"
#include "profile.h"

static int usage(FILE *to)
{
	fputs("usage: ptbench kernels list [SCENARIO|LIST]...\n"
	      "       ptbench kernels build [SCENARIO|LIST]...\n"
	      "       ptbench kernels run [OPTION]... [SCENARIO|LIST]...\n"
	      "       ptbench kernels ab --base TREE --head TREE [OPTION]... [SCENARIO|LIST]...\n"
	      "       ptbench kernels profile --case CASE [OPTION]... SCENARIO   (see its --help)\n"
	      "       ptbench kernels bytes --base SCENARIO SCENARIO             (see its --help)\n"
	      "The default is the list BENCH; scenarios are the files of kernels/scenarios.\n"
	      "  --out RUNS          the folder in which the run is made (default results/runs)\n"
	      "  --only costs|events only that kind of boot\n"
	      "  --timeout S         seconds that a boot may take (default 60)\n"
	      "  -j N                boots at a time (default: the number of CPUs)\n"
	      "ab builds the scenarios from two kernel trees, calls unchanged what is the same image,\n"
	      "runs the rest of both, and prints and renders the comparison. TREE is a folder, FOLDER#REF,\n"
	      "or with KSRC=FOLDER a git ref of it; nothing is written to it, nor to its index.\n"
	      "  --no-report         render nothing\n"
	      "Exit status: 0 fine, 1 head is worse, 2 bad input, 3 not comparable, 4 a part failed.\n",
	      to);
	return to == stderr ? 2 : 0;
}

static int build(char **names, const struct kernels_options *o)
{
	static char *bench[] = { "build", "BENCH", NULL };
	char program[PATH_MAX];

	snprintf(program, sizeof(program), "%s/kernels/build", o->root);
	names[0] = "build";
	execv(program, names[1] ? names : bench);
	fprintf(stderr, "ptbench kernels: %s: %s\n", program, strerror(errno));
	return 2;
}

static int positive(const char *text, const char *option)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*text && !*end && n > 0 && n <= 100000)
		return n;
	fprintf(stderr, "ptbench kernels: %s '%s' is not a number of 1 or more\n", option, text);
	return 0;
}

static int run(struct ab_options *o)
{
	struct results_error err;
	struct results_run *run;
	int status;

	if (results_run_create(o->runs, o->command, o->kernels.revision, &run, &err)) {
		results_error_print(stderr, &err);
		return 2;
	}
	status = kernels_run(run, &o->kernels);
	if (results_run_finish(run, status != KERNELS_INTERRUPTED && status != 2, &err)) {
		results_error_print(stderr, &err);
		status = 2;
	}
	printf("%s\n", run->dir);
	results_run_free(run);
	return status;
}

static int ab(struct ab_options *o)
{
	if (o->base && o->head)
		return ab_run(o);
	fprintf(stderr, "ptbench kernels ab: --%s is missing\n", o->base ? "head" : "base");
	return usage(stderr);
}

/* What was typed, for the run's record. */
static char *command_of(int argc, char **argv)
{
	size_t len = sizeof("ptbench");
	char *text;
	int i;

	for (i = 0; i < argc; i++)
		len += strlen(argv[i]) + 1;
	text = malloc(len);
	if (text)
		strcpy(text, "ptbench");
	for (i = 0; text && i < argc; i++)
		strcat(strcat(text, " "), argv[i]);
	return text;
}

enum { OPT_OUT = 256, OPT_ONLY, OPT_TIMEOUT, OPT_APPEND, OPT_BASE, OPT_HEAD, OPT_NO_REPORT };

static int only(struct kernels_options *o, const char *kind)
{
	o->no_events = !strcmp(kind, "costs");
	o->no_costs = !strcmp(kind, "events");
	if (o->no_events || o->no_costs)
		return 0;
	fprintf(stderr, "ptbench kernels: --only '%s' is neither costs nor events\n", kind);
	return -EINVAL;
}

static int parse(int argc, char **argv, struct ab_options *ab)
{
	struct kernels_options *o = &ab->kernels;
	/* --append, more words for the kernels, is for the test of exactness. */
	static const struct option options[] = {
		{ "out", required_argument, NULL, OPT_OUT },
		{ "only", required_argument, NULL, OPT_ONLY },
		{ "timeout", required_argument, NULL, OPT_TIMEOUT },
		{ "base", required_argument, NULL, OPT_BASE },
		{ "head", required_argument, NULL, OPT_HEAD },
		{ "no-report", no_argument, NULL, OPT_NO_REPORT },
		{ "append", required_argument, NULL, OPT_APPEND },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c, bad = 0;

	optind = 1;
	while (!bad && (c = getopt_long(argc, argv, "hj:", options, NULL)) != -1) {
		switch (c) {
		case OPT_OUT:
			ab->runs = optarg;
			break;
		case OPT_BASE:
			ab->base = optarg;
			break;
		case OPT_HEAD:
			ab->head = optarg;
			break;
		case OPT_NO_REPORT:
			ab->no_report = true;
			break;
		case OPT_ONLY:
			bad = only(o, optarg);
			break;
		case OPT_TIMEOUT:
			bad = !(o->timeout = positive(optarg, "--timeout"));
			break;
		case OPT_APPEND:
			o->append = optarg;
			break;
		case 'j':
			bad = !(o->jobs = positive(optarg, "-j"));
			break;
		case 'h':
			usage(stdout);
			return 1;
		default:
			bad = 1;
		}
	}
	o->scenarios = argv + optind;
	o->nr_scenarios = argc - optind;
	return bad ? -EINVAL : 0;
}

static int parse_and_run(int argc, char **argv, struct ab_options *o)
{
	bool is_ab = !strcmp(argv[0], "ab");
	char runs[PATH_MAX];
	int ret;

	snprintf(runs, sizeof(runs), "%s/results/runs", o->kernels.root);
	o->runs = runs;
	ret = parse(argc, argv, o);
	if (!ret && !is_ab && (o->base || o->head || o->no_report)) {
		fprintf(stderr, "ptbench kernels run: --base, --head and --no-report are ab's\n");
		ret = -EINVAL;
	}
	return ret > 0 ? 0 : ret ? 2 : is_ab ? ab(o) : run(o);
}

int kernels_cmd(int argc, char **argv)
{
	struct ab_options o = { .base = NULL };
	char *command;
	int ret;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return usage(stdout);
	if (argc < 2 || (strcmp(argv[1], "list") && strcmp(argv[1], "build") && strcmp(argv[1], "run") && strcmp(argv[1], "ab") &&
			 strcmp(argv[1], "profile") && strcmp(argv[1], "bytes")))
		return usage(stderr);
	if (kernels_options_init(&o.kernels))
		return 2;
	if (!strcmp(argv[1], "list"))
		return list_cmd(argc - 1, argv + 1, &o.kernels);
	if (!strcmp(argv[1], "build"))
		return build(argv + 1, &o.kernels);
	if (!strcmp(argv[1], "bytes"))
		return bytes_cmd(argc - 1, argv + 1, &o.kernels);
	o.command = command = command_of(argc, argv);
	if (!command)
		return 2;
	ret = !strcmp(argv[1], "profile") ?
		      profile_cmd(argc - 1, argv + 1, &o.kernels, command) :
		      parse_and_run(argc - 1, argv + 1, &o);
	free(command);
	return ret;
}
