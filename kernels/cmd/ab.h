/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two kernel trees, the same scenarios: what is the same by hash is not run, the rest is
 * compared. */
#ifndef KERNELS_AB_H
#define KERNELS_AB_H

#include <results/compare.h>

#include "../kernels.h"

struct ab_options {
	struct kernels_options kernels;
	const char *base, *head; /* DIR, DIR#REF, or with KSRC=DIR a git ref of it */
	const char *runs;	 /* the folder in which the two runs are made */
	const char *command;	 /* what was typed */
	bool no_report;
	const char **allow; /* changes that are wanted, as compare's --allow has them */
	size_t nr_allow;
};

/*
 * Prints the comparison on stdout. Returns ptbench's exit status: 1 when head is worse, 3 when that
 * could not be judged of all that one side has.
 */
int ab_run(struct ab_options *o);

/* ---- ab_judge.c ---- */
/*
 * Compares head with base, folders of runs, and prints that to `to` as `ptbench compare` does;
 * allow: as its --allow. Returns its exit status and the comparison, which the caller frees. 2: a
 * run cannot be read, which is said on stderr, and *out is NULL. 4: no memory to print.
 */
int ab_judge(FILE *to, const char *base, const char *head, const char *const *allow,
	     size_t nr_allow, struct results_comparison **out);
/*
 * "CASE:PARAMS" of the kernel's exact row of the scenario's costs whose instructions changed most,
 * in relation, so that a row of many pages does not hide the simplest one. malloc'ed; NULL: none
 * did.
 */
char *ab_most_changed(const struct results_comparison *c, const char *scenario);

#endif
