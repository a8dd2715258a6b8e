/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two kernel trees, the same scenarios: what is the same by hash is not run, the rest is compared. */
#ifndef KERNELS_AB_H
#define KERNELS_AB_H

#include "kernels.h"

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

#endif
