/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two samples: how probable their difference is by chance, and how large it is. No sample is
 * assumed to be normal, or to have any other shape.
 *
 * p-values are those of the Mann-Whitney test (Mann and Whitney 1947; Wilcoxon's rank sum), of
 * both sides: the probability that a random division of all values into two samples of these sizes
 * has a rank sum as far from the expected one. Intervals are Hodges and Lehmann's (1963): of the
 * shift between two samples, the order statistics of all differences between a value of one and a
 * value of the other; of the centre of pairs, those of the means of all two differences (Walsh's
 * averages). How many of the outer ones lie outside is the same test's quantile. With ties the
 * interval is wider than it has to be, never narrower.
 */
#ifndef RESULTS_TWOSAMPLE_H
#define RESULTS_TWOSAMPLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The largest samples whose p-value comes from the exact distribution: without ties it is computed
 * once per pair of sizes, with ties for each pair of samples. Larger ones: the normal
 * approximation, with the variance corrected for ties and the difference for continuity.
 */
#define RESULTS__EXACT_RANKS 50
#define RESULTS__EXACT_TIES 20

struct results__rank_test {
	double p;
	bool exact;
};

struct results__shift {
	double estimate, low, high; /* low and high infinite: too few values for the level */
};

/* Distributions that were computed, and memory to work in. One owner; not for two threads. */
struct results__ranks *results__ranks_new(void); /* NULL: no memory */
void results__ranks_free(struct results__ranks *r);

/*
 * x has m values and y n, sorted, none a NaN, m and n at least 1. Infinite values are ranked like
 * others. 0 or -ENOMEM.
 */
int results__rank_test(struct results__ranks *r, const double *x, size_t m, const double *y,
		       size_t n, struct results__rank_test *out);
/*
 * The smallest p-value that samples of m and n values can have, by results__rank_test() without
 * ties. 0 or -ENOMEM.
 */
int results__rank_test_least(struct results__ranks *r, size_t m, size_t n, double *p);
/*
 * By how much y lies above x. The interval holds the shift with a probability of at least 1 -
 * level, if y is distributed as x but for a shift. Values are sorted and finite. 0 or -ENOMEM.
 */
int results__shift(struct results__ranks *r, const double *x, size_t m, const double *y, size_t n,
		   double level, struct results__shift *out);
/* The centre of n sorted, finite differences of pairs, if their distribution is symmetric. */
int results__shift_paired(struct results__ranks *r, const double *d, size_t n, double level,
			  struct results__shift *out);
/*
 * Replaces nr p-values by Benjamini and Hochberg's (1995) adjusted ones: the smallest share of
 * false discoveries at which each would be one of the discoveries. 0 or -ENOMEM.
 */
int results__adjust(double *p, size_t nr);

#endif
