// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ptbench kernels history: the versions of each scenario that runs have. The report's page of
 * history is the same; whoever makes the program hands its text over, for kernels/ may not
 * depend on report/.
 */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "history.h"

static kernels_history_fn print_history;

void kernels_set_history(kernels_history_fn fn)
{
	print_history = fn;
}

static const char usage[] =
	"usage: ptbench kernels history [--all] [RUN]...\n"
	"\n"
	"Prints what the kernels of runs (folders; default results/runs/latest) take, one scenario at a\n"
	"time, the oldest release first: GUP-fast, freeing page tables and whom that interrupts, faults and\n"
	"DAX, temporary mappings, bytes of code. Before that:\n"
	"  - what got worse from each release to the next, by exact rows, with known changes of the kernel in\n"
	"    between and the command that shows it function by function;\n"
	"  - point releases of one version (6.12.107, 6.12.111): what changed at all;\n"
	"  - of kernels that ptbench kernels run --functions booted, the functions that account for it;\n"
	"  - where a variant with one option of preemption is there, what of it another option did, and what\n"
	"    the code.\n"
	"Of a kernel that several runs have, the run named last counts. ptbench report shows the same of\n"
	"one run as the page history.html, with figures.\n"
	"\n"
	"  -a, --all   print each table whole; without it those that the page folds have 12 rows\n"
	"  -h, --help  print this\n"
	"\n"
	"A part whose file cannot be read is named on stderr, and is one without figures in the text.\n"
	"\n"
	"Exit status: 0 printed, whatever got worse (ptbench compare judges) and whatever part cannot be\n"
	"read; 2 bad input, or no run has a kernel; 4 not all could be printed.\n"
	"\n"
	"Examples:\n"
	"  ptbench kernels run --functions x86_64-stock@6.12 x86_64-stock@7.3\n"
	"  ptbench kernels history\n";

int history_cmd(int argc, char **argv, const struct kernels_options *o)
{
	static const struct option options[] = { { "all", no_argument, NULL, 'a' },
						 { "help", no_argument, NULL, 'h' },
						 { 0 } };
	char latest[PATH_MAX];
	const char *runs[] = { latest };
	bool all = false;
	int opt;

	optind = 1;
	while ((opt = results_getopt(argc, argv, "ah", options)) != -1) {
		if (opt == 'a') {
			all = true;
			continue;
		}
		fputs(usage, opt == 'h' ? stdout : stderr);
		return opt == 'h' ? EXIT_FINE : EXIT_USAGE;
	}
	if (!print_history) {
		fprintf(stderr, "%s: this program cannot read runs; ptbench can\n", argv[0]);
		return EXIT_USAGE;
	}
	if (optind < argc)
		return print_history((const char *const *)argv + optind, (size_t)(argc - optind),
				     all, stdout);
	snprintf(latest, sizeof(latest), "%s/results/runs/latest", o->root);
	return print_history(runs, 1, all, stdout);
}
