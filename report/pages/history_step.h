/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two versions of a kernel, compared row by row. */
#ifndef REPORT_HISTORY_STEP_H
#define REPORT_HISTORY_STEP_H

#include "history.h"

/* Rows of the kernel in one step, both boots together. */
struct step {
	const struct series *series;
	const struct version_kernel *old, *new;
	const struct results_compared_row **worse; /* exact rows; counts that rose; sorted */
	const struct results_compared_row **other; /* all others that stand out; sorted */
	const struct results_compared_row **moved; /* exact rows that differ; sorted */
	size_t nr_worse, nr_rose, nr_other, nr_moved;
	size_t nr_exact; /* rows that are exact on both sides */
	size_t nr_fewer, nr_fell, nr_missing, nr_extra, nr_unclear, nr_skipped;
	struct vague {
		size_t more, fewer, rose, fell;
	} vague;	     /* rows that are not exact on both sides, and differ */
	const char *own;     /* properties of the kernel that differ, which rows name */
	size_t nr_reference; /* rows of the reference that moved */
	bool compared[HISTORY_BOOTS];
	const char *why[HISTORY_BOOTS]; /* why a boot was not compared */
};

/* Compares both boots of two kernels of the series. Pointers are good as long as the model. */
struct step history_compare(struct model *m, const struct series *series,
			    const struct version_kernel *old, const struct version_kernel *new);
/* A count of events that rose: such a metric has no better direction. */
bool history_rose(const struct results_compared_row *r);

#endif
