/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares the same scenarios of two kernel trees; scenarios with images of one hash are not
 * run. */
#ifndef KERNELS_AB_H
#define KERNELS_AB_H

#include <results/compare.h>

#include "../kernels.h"

struct ab_options {
	struct kernels_options kernels;
	const char *base, *head; /* DIR, DIR#REF, or with KSRC=DIR a git ref of it */
	const char *runs;	 /* the folder in which the two runs are made */
	const char *command;	 /* what was typed, for the runs' records */
	bool no_report;
	const char **allow; /* wanted changes, in the syntax of compare's --allow */
	size_t nr_allow;
	const char *policy;   /* as of ptbench gate, or NULL */
	const char **formats; /* of compare's --format: one more file of each */
	size_t nr_formats;
};

/* Options that have no letter. --append, more words for the kernels, is for tests. */
enum {
	OPT_BASE = 256,
	OPT_HEAD,
	OPT_ALLOW,
	OPT_POLICY,
	OPT_FORMAT,
	OPT_NO_REPORT,
	OPT_OUT,
	OPT_ONLY,
	OPT_NO_REFERENCE,
	OPT_TIMEOUT,
	OPT_APPEND,
	OPT_FUNCTIONS,
	OPT_OTHERS, /* a command's own are this and more */
};
/*
 * Takes an option with optarg: one of the above, or 'j'; allow and formats have room for it.
 * -EINVAL: bad, or another option; said on stderr with the command's name.
 */
int ab_take(const char *command, int c, struct ab_options *ab);
/* Can the folder of runs be made, or written to? -errno, said on stderr: no. Does not make it. */
int ab_check_runs(const char *command, const char *runs);

/*
 * Prints the comparison on stdout. Returns ptbench's exit status: 1 when head is worse, 3 when some
 * row or scenario of a side could not be judged.
 */
int ab_run(struct ab_options *o);

/* ---- ab_judge.c ---- */
/*
 * Compares head with base, folders of runs, and prints the comparison to `to` as `ptbench compare`
 * does. Returns the exit status of compare and, in *out, the comparison, which the caller frees. 2:
 * a run cannot be read (said on stderr), and *out is NULL. 4: no memory to print.
 */
int ab_judge(FILE *to, const char *base, const char *head,
	     const struct results_compare_options *options, struct results_comparison **out);
/* Gives c the exit status of the whole, where that is another than of what was compared. */
void ab_overrule(struct results_comparison *c, int status);
/* Writes c to compared.FORMAT in the folder, and prints the file's name. An exit status. */
int ab_write(const struct results_comparison *c, const char *folder, const char *format,
	     const char *command);
/*
 * "CASE:PARAMS" of the kernel's exact row of the scenario's costs whose instructions changed by the
 * largest ratio: by difference, a row of many pages would hide the simplest one. malloc'ed; NULL:
 * no row changed.
 */
char *ab_most_changed(const struct results_comparison *c, const char *scenario);

#endif
