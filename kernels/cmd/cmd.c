// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench kernels: the table of its subcommands. */
#include <array_size.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bisect.h"
#include "bytes.h"
#include "cmd.h"
#include "history.h"
#include "list.h"
#include "series.h"

/* Executes the script kernels/build, which has its own options and --help. */
static int build_cmd(int argc, char **argv, const struct kernels_options *o)
{
	static char *bench[] = { "build", "BENCH", NULL };
	char program[PATH_MAX];

	snprintf(program, sizeof(program), "%s/kernels/build", o->root);
	execv(program, argc > 1 ? argv : bench);
	fprintf(stderr, "%s: %s: %s\n", argv[0], results_shown(program), strerror(errno));
	return EXIT_USAGE;
}

static int sources_cmd(int argc, char **argv, const struct kernels_options *o)
{
	static char sources[] = "--sources", update[] = "--update";
	char program[PATH_MAX], *const args[] = { program, sources, argc > 1 ? update : NULL,
						  NULL };
	const bool help = argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"));

	if (argc > 2 || (argc == 2 && !help && strcmp(argv[1], update))) {
		fprintf(stderr, "%s: '%s': takes --update only; try --help\n", argv[0],
			results_shown(argv[argc > 2 ? 2 : 1]));
		return EXIT_USAGE;
	}
	if (help) {
		fputs("usage: ptbench kernels sources [--update]\n"
		      "Lists the kernel sources that the Debian mirror of this machine's apt has, the newest first, and\n"
		      "which of them are here: installed, unpacked in the cache, or its archive. KSRC=debian:VERSION and\n"
		      "SCENARIO@VERSION, such as x86_64-stock@7.3, take the installed package of a version, if there is\n"
		      "one, and else the newest;\n"
		      "KSRC=debian:VERSION=PACKAGE-VERSION takes that package. The lists are read once and kept.\n\n"
		      "  --update  read the mirror's lists again: from then on a version means its newest package of\n"
		      "            today, and is downloaded when a kernel is built\n\n"
		      "Exit status: 0 fine, 2 no mirror, or it cannot be read, 4 the output could not be written.\n",
		      stdout);
		return EXIT_FINE;
	}
	snprintf(program, sizeof(program), "%s/kernels/build", o->root);
	execv(program, args);
	fprintf(stderr, "%s: %s: %s\n", argv[0], results_shown(program), strerror(errno));
	return EXIT_USAGE;
}

static const struct subcommand {
	const char *name, *summary;
	int (*fn)(int argc, char **argv, const struct kernels_options *o);
} subcommands[] = {
	{ "list", "what there is to boot: scenarios, their formats and designs", list_cmd },
	{ "sources", "kernel sources that Debian's mirror has, and which of them are here",
	  sources_cmd },
	{ "build", "builds kernels, or finds them in the cache, and prints where they are",
	  build_cmd },
	{ "run", "builds what is missing, boots each kernel and makes a run of what it says",
	  run_cmd },
	{ "ab", "two kernel trees: what is the same, and what the rest costs in each", ab_cmd },
	{ "series", "each commit of a range against its parent: what it changed, and where",
	  series_cmd },
	{ "bisect", "the commits of a range at which an exact metric changed", bisect_cmd },
	{ "profile", "where the instructions of a case go, by kernel function", profile_cmd },
	{ "history", "what cases take on several versions of a kernel, and what got worse",
	  history_cmd },
	{ "bytes", "machine code by function, two kernels side by side", bytes_cmd },
};

static int usage(FILE *to)
{
	fputs("usage: ptbench kernels SUBCOMMAND [--help] [OPTION]... [SCENARIO|LIST]...\n\n", to);
	for (size_t i = 0; i < ARRAY_SIZE(subcommands); i++)
		fprintf(to, "  %-8s %s\n", subcommands[i].name, subcommands[i].summary);
	fputs("\nA scenario is a file of kernels/scenarios, a list one in capitals: BENCH is what make bench\n"
	      "boots, CI what .ci/run boots, LIST everything, HISTORY stock kernels on five versions.\n"
	      "SCENARIO@VERSION, such as x86_64-stock@7.3, is one with Debian's kernel of that version: the\n"
	      "installed package, if there is one, or else the newest. For the others KSRC=DIR,\n"
	      "KSRC=DIR#REF or KSRC=debian:VERSION in the environment names the kernel source; without it,\n"
	      "Debian's linux-source-6.12. Kernels are kept below PTBENCH_CACHE\n"
	      "(default ~/.cache/ptbench). Each subcommand has its own --help.\n"
	      "Exit status: 0 fine, 1 a head is worse than its base, 2 bad input, 3 nothing was booted, or\n"
	      "something could not be compared, 4 a part failed or something could not be written, 130\n"
	      "interrupted.\n",
	      to);
	return to == stderr ? EXIT_USAGE : EXIT_FINE;
}

int cmd_number(const char *command, const char *option, const char *text, int *to)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*text >= '0' && *text <= '9' && !*end && n >= 1 && n <= 100000) {
		*to = n;
		return 0;
	}
	fprintf(stderr, "%s: %s '%s' is not a number from 1 to 100000\n", command, option,
		results_shown(text));
	return -EINVAL;
}

static const struct subcommand *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(subcommands); i++)
		if (!strcmp(subcommands[i].name, name))
			return &subcommands[i];
	return NULL;
}

int kernels_cmd(int argc, char **argv, const char *root, const char *revision)
{
	struct kernels_options o = kernels_options(root, revision);
	const struct subcommand *s;
	char *command, name[64];
	int ret;

	if (argc < 2)
		return usage(stderr);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return usage(stdout);
	s = find(argv[1]);
	if (!s) {
		fprintf(stderr, "ptbench kernels: '%s' is not a subcommand\n",
			results_shown(argv[1]));
		return usage(stderr);
	}
	o.command = command = results_command(argc, argv);
	snprintf(name, sizeof(name), "ptbench kernels %s", s->name);
	/* SIGPIPE must not end a run of minutes whose output has lost its reader. */
	if (s->fn == run_cmd || s->fn == ab_cmd || s->fn == series_cmd || s->fn == bisect_cmd ||
	    s->fn == profile_cmd)
		results_stdout_outlive_reader();
	argv[1] = name; /* getopt() begins its messages with it */
	ret = command ? s->fn(argc - 1, argv + 1, &o) : 4;
	free(command);
	return ret;
}
