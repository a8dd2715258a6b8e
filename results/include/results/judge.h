/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How often the judge is wrong, as `ptbench judge --out` wrote it
 * (results/schema/ptbench-judge-1.schema.json). No function here takes a lock or keeps state.
 */
#ifndef RESULTS_JUDGE_H
#define RESULTS_JUDGE_H

#include <results/results.h>

/* nr of `of` rows. low, high: the interval of that share, at 99 %, as if rows were independent. */
struct results_judged_share {
	size_t nr, of;
	double low, high; /* 0 to 1 */
};

/* Comparisons of what does not differ. */
struct results_judged_null {
	size_t comparisons;
	size_t with_false; /* of these, in how many a row was called moved */
	struct results_judged_share falsely_moved;
	size_t inconclusive; /* rows */
};

/* Comparisons of samples of so many processes a side. */
struct results_judged_sampled {
	size_t processes, tested; /* tested: rows with values enough, in the largest comparison */
	double slowed_percent;	  /* of the head; 0: `null` holds, else what follows it */
	struct results_judged_null null;
	size_t comparisons, inconclusive;
	double estimated_percent; /* the median of the estimated changes; NAN: none was */
	struct results_judged_share found_all, found_alone;
	size_t alone_among; /* found_alone: where no other of so many rows moved */
};

struct results_judged {
	char *command; /* that counted this */
	struct results_pairs environment;
	struct results_judged_sampled *sampled;
	size_t nr_sampled;
	size_t images, identical_pairs;
	struct results_judged_null exact, deterministic;
	struct results_judged_share one_more; /* rows that take one instruction more: found */
};

/* The strict reader. *out is complete or NULL; err says what is wrong, and where. */
int results_judged_read(const char *file, struct results_judged **out, struct results_error *err);
void results_judged_free(struct results_judged *j);

#endif
