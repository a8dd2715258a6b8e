/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builds and boots the kernels of scenarios: the interface that the ptbench program uses.
 */
#ifndef KERNELS_KERNELS_H
#define KERNELS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <results/results.h>

struct image;

struct kernels_options {
	const char *root;     /* the checkout, with kernels/ in it */
	const char *build;    /* the folder of built programs, with guest-ARCH/ in it */
	const char *revision; /* of the suite */
	const char *command;  /* what was typed, for the run's record */
	char **scenarios;     /* names of scenarios or lists; none: the list BENCH */
	size_t nr_scenarios;
	bool no_costs, no_events; /* leave out the boots of costs, of events */
	bool no_times;		  /* leave out KVM's boots */
	bool no_reference;	  /* guests run the driver's rows alone */
	int timeout;		  /* seconds of real time per boot; 0: the architecture's, or 60 */
	int jobs;		  /* boots at a time */
	const char *append;	  /* more words for every kernel command line, or NULL */
	const char *profile;	  /* the case whose instructions are counted by symbol, or NULL */
	bool functions;		  /* boot for costs once more, counting instructions by symbol */
	const char *ksrc;	  /* the kernel source; NULL: KSRC of the environment */
	/* Images that are built already, one for each of the scenarios (no list); NULL: build. */
	const struct image *images;
	const char *plugin_args; /* more arguments for QEMU's counting plugin, or NULL */
};

/*
 * The defaults for a checkout and a revision of the suite: build is PTBENCH_BUILD or the folder
 * that this program is in, jobs the number of CPUs. The strings are not copied.
 */
struct kernels_options kernels_options(const char *root, const char *revision);

/*
 * Adds every axis, the meaning of the params of rows, to a document: 0, or -errno with err filled.
 * Call kernels_set_axes() once before anything is run: without it no part can be recorded.
 */
typedef int (*kernels_axes_fn)(struct results_doc *doc, struct results_error *err);
void kernels_set_axes(kernels_axes_fn fn);

/*
 * Prints what `ptbench kernels history` says of the runs (folders), and returns ptbench's exit
 * status. all: no table is cut short. Without kernels_set_history() the subcommand says that it has
 * nobody who reads runs.
 */
typedef int (*kernels_history_fn)(const char *const *runs, size_t nr, bool all, FILE *to);
void kernels_set_history(kernels_history_fn fn);

/* Reads the scenarios, and does no more. -errno: one cannot be used (said on stderr). */
int kernels_check(const struct kernels_options *o);

/*
 * Checks before a run is made what the run needs: the scenarios, the kernel source and the tools
 * that build it, the guests' programs, TMPDIR, and for a profile its case with the params, plugin
 * and QEMU. -errno: the run could not work (said on stderr). A scenario that this machine cannot
 * boot is no error: kernels_run() skips it.
 */
int kernels_ready(const struct kernels_options *o);

/*
 * Builds what is missing, boots each scenario as soon as it has its kernel, and records its parts
 * in the run, at the end in the order of the list: SCENARIO.icount-1cpu, SCENARIO.icount-2cpu,
 * SCENARIO.icount-functions if asked for, SCENARIO.kvm-1cpu where KVM works (after all else,
 * alone), and SCENARIO.static, whose reason also tells why the others are absent: the kernel could
 * not be built (failed), or this machine lacks its QEMU or compiler (skipped).
 * Returns an exit status: EXIT_USAGE for bad input (said on stderr, nothing was run);
 * EXIT_INCONCLUSIVE when nothing failed and every boot was skipped (said on stderr);
 * EXIT_PART_FAILED; EXIT_INTERRUPTED after SIGINT, SIGTERM or SIGHUP: finished parts are recorded,
 * every QEMU that was started is gone, and the caller's handler of the signal is called after that.
 */
int kernels_run(struct results_run *run, const struct kernels_options *o);

/*
 * Calls kernels_ready(), then kernels_run() in a new run in the folder runs (NULL: results/runs of
 * the checkout). *run, for results_run_free(), is NULL (EXIT_USAGE) when kernels_ready() refuses or
 * the run cannot be made.
 */
int kernels_run_in(const char *runs, const struct kernels_options *o, struct results_run **run);

/*
 * ptbench kernels SUBCOMMAND ...: argv[0] is "kernels". root, revision: as kernels_options() takes
 * them. Returns ptbench's exit status.
 */
int kernels_cmd(int argc, char **argv, const char *root, const char *revision);

#endif
