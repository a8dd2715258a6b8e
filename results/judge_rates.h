/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often the judge is wrong: comparisons whose truth is known, counted. */
#ifndef RESULTS_JUDGE_RATES_H
#define RESULTS_JUDGE_RATES_H

#include "internal.h"

/* Of comparisons of one truth. A row that cannot gate, or that one side lacks, is in no number. */
struct results__rate {
	size_t comparisons;
	size_t with_false; /* comparisons in which a row moved that had not */
	size_t rows;	   /* judged, or inconclusive */
	size_t moved;	   /* called regressed, improved or changed */
	size_t right;	   /* of these, in the true direction (and by the true amount, if exact) */
	size_t inconclusive;
	/*
	 * Of rows that had moved: those that would be found if no other row of the comparison had.
	 * By Benjamini and Hochberg's rule that is the hardest case.
	 */
	size_t right_alone;
};

/* A pair of runs, measured in turn, compared in samples of `size` processes. */
struct results__sampled_rate {
	size_t size;
	double slowed_percent; /* of the head; 0: nothing had moved */
	size_t tested;	       /* rows that were tested, in the largest comparison */
	struct results__rate rate;
	/* Of rows that are slowed: the change that was estimated of each, as a share. free() it. */
	double *estimates;
	size_t nr_estimates;
};

/*
 * Adds comparisons of base and head, both with samples of a process each, in disjoint pieces of
 * `size` processes, as many as the runs have. A row that lost samples to other work has so many
 * less in each piece, as it would in a run of that size. rows: among how many rows each is tested
 * (0: those of the comparison). policy: a file, or NULL. Only rows in `time` count if the head is
 * slowed. 0, or -errno with err filled; out->estimates is to be freed all the same.
 */
int results__rate_sampled(struct results__source *base, struct results__source *head, size_t size,
			  size_t rows, const char *policy, struct results__sampled_rate *out,
			  struct results_error *err);

/* How many processes measured the source's part `native`; 0: it has none. */
size_t results__rate_processes(const struct results__source *s);

/* Exact rows, and deterministic ones, of images that differ by a change without a meaning; no sizes
 * of code, which such a change may well move. */
struct results__image_rates {
	struct results__rate exact, deterministic;
	size_t identical; /* pairs that are one image after all: in no other number */
};
/* Adds the comparison of two images. -EINVAL: they have no part that can be compared. */
int results__rate_images(struct results__source *base, struct results__source *head,
			 const char *policy, struct results__image_rates *out,
			 struct results_error *err);
/*
 * Adds the comparison of two images, of which the head executes `more` instructions more per
 * operation of the cases that match the pattern: rows of `instructions` of the kernel.
 */
int results__rate_more(struct results__source *base, struct results__source *head,
		       const char *pattern, long long more, const char *policy,
		       struct results__rate *out, struct results_error *err);

/* The interval of a share of n, by Clopper and Pearson, at 99 %. n 0: 0 to 1. */
void results__rate_interval(size_t k, size_t n, double *low, double *high);

#endif
