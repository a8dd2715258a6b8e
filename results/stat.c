// SPDX-License-Identifier: GPL-2.0-or-later
/* Statistics of one measurement: mode, median, and the median's exact order-statistics interval. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static int double_cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double *results__sorted(const double *samples, size_t nr)
{
	double *sorted = malloc(nr * sizeof(*sorted));

	if (!sorted)
		return NULL;
	memcpy(sorted, samples, nr * sizeof(*sorted));
	qsort(sorted, nr, sizeof(*sorted), double_cmp);
	return sorted;
}

double results__mode(const double *sorted, size_t nr, size_t *count)
{
	double mode = sorted[0];
	size_t same = 0;

	*count = 0;
	for (size_t i = 0; i < nr; i++) {
		same = i && sorted[i] == sorted[i - 1] ? same + 1 : 1;
		if (same > *count) {
			*count = same;
			mode = sorted[i];
		}
	}
	return mode;
}

bool results__is_exact(const struct results_metric *metric, size_t count, size_t nr,
		       long long discarded)
{
	if (metric->exact_samples == RESULTS_SAMPLES_EVENT && (count < nr || discarded))
		return false;
	return nr >= metric->exact_samples && count * 10 >= nr * 9;
}

/*
 * P(B <= k) for B binomial (nr, 1/2), k in 0..nr/2, from ratios of neighbouring terms, because
 * 2^-nr itself underflows. The sum of all terms is twice that of the lower half (and the middle).
 */
size_t results__median_rank(size_t nr)
{
	size_t half = nr / 2, rank = 0;
	double term = 1, total, below = 0;
	double *terms = malloc((half + 1) * sizeof(*terms));

	if (!terms)
		return 0;
	total = 0;
	for (size_t k = half + 1; k-- > 0;) {
		terms[k] = term;
		/* The middle term of an even nr stands alone, every other has a mirror image. */
		total += nr % 2 == 0 && k == half ? term : 2 * term;
		term *= (double)k / (double)(nr - k + 1);
	}
	for (size_t k = 0; k < half; k++) {
		below += terms[k];
		if (2 * below > 0.05 * total)
			break;
		rank = k + 1;
	}
	free(terms);
	return rank;
}

static void stat_sampled(const double *sorted, size_t n, struct results_stat *s)
{
	size_t rank = results__median_rank(n);

	s->value = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
	s->low = sorted[rank ? rank - 1 : 0];
	s->high = sorted[rank ? n - rank : n - 1];
}

void results_stat(const struct results_measurement *m, struct results_stat *s)
{
	double *sorted = results__sorted(m->samples, m->nr_samples);
	double ops = (double)m->nr_ops;
	size_t n = m->nr_samples, count;

	*s = (struct results_stat){ NAN, NAN, NAN, NAN, NAN, NAN, n };
	if (!sorted)
		return;
	s->agreement = 0;
	if (m->kind == RESULTS_SAMPLED) {
		stat_sampled(sorted, n, s);
	} else {
		s->value = results__mode(sorted, n, &count);
		s->agreement = (double)count / (double)n;
		s->low = sorted[0];
		s->high = sorted[n - 1];
	}
	s->value /= ops;
	s->low /= ops;
	s->high /= ops;
	s->min = sorted[0] / ops;
	s->max = sorted[n - 1] / ops;
	free(sorted);
}
