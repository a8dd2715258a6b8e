// SPDX-License-Identifier: GPL-2.0-or-later
/* The Mann-Whitney test, Hodges and Lehmann's intervals, and the control of false discoveries. */
#include <errno.h>
#include <float.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "twosample.h"

/* Sums of probabilities are compared with levels: they may differ by what was rounded. */
#define ROUNDED 1e-12

/* P(statistic <= k) for k from 0. */
struct distribution {
	size_t nr;
	double below[];
};

struct results__ranks {
	struct distribution *sum[RESULTS__EXACT_RANKS + 1][RESULTS__EXACT_RANKS + 1];
	struct distribution *sign[RESULTS__EXACT_RANKS + 1];
	unsigned *score; /* of all values of two tied samples */
	size_t nr_scores;
	double *room; /* for tied_above() */
	size_t nr_room;
};

struct results__ranks *results__ranks_new(void)
{
	return calloc(1, sizeof(struct results__ranks));
}

void results__ranks_free(struct results__ranks *r)
{
	if (!r)
		return;
	for (size_t m = 0; m <= RESULTS__EXACT_RANKS; m++) {
		for (size_t n = 0; n <= RESULTS__EXACT_RANKS; n++)
			free(r->sum[m][n]);
		free(r->sign[m]);
	}
	free(r->score);
	free(r->room);
	free(r);
}

/* ---- distributions without ties ---- */

static struct distribution *new_distribution(size_t nr)
{
	struct distribution *d = calloc(1, sizeof(*d) + nr * sizeof(d->below[0]));

	if (d)
		d->nr = nr;
	return d;
}

/* Adds up the probabilities in d. */
static void accumulate(struct distribution *d)
{
	for (size_t k = 1; k < d->nr; k++)
		d->below[k] += d->below[k - 1];
}

/*
 * Mann and Whitney's U of m and n values: the number of pairs in which the first is larger. Its
 * generating function is the product of (1 - q^(n+i)) / (1 - q^i) over i = 1..m, a polynomial after
 * each factor; the i-th is divided by the number of divisions of n + i values, (n + i) / i times as
 * many as before, so that the coefficients stay probabilities.
 */
static struct distribution *sum_distribution(size_t m, size_t n)
{
	struct distribution *d = new_distribution(m * n + 1);
	double *f;

	if (!d)
		return NULL;
	f = d->below;
	f[0] = 1;
	for (size_t i = 1; i <= m; i++) {
		for (size_t k = d->nr; k-- > n + i;)
			f[k] -= f[k - n - i];
		for (size_t k = i; k < d->nr; k++)
			f[k] += f[k - i];
		for (size_t k = 0; k < d->nr; k++)
			f[k] *= (double)i / (double)(n + i);
	}
	accumulate(d);
	return d;
}

/* Wilcoxon's V of n differences: the sum of the ranks of those above 0. */
static struct distribution *sign_distribution(size_t n)
{
	struct distribution *d = new_distribution(n * (n + 1) / 2 + 1);

	if (!d)
		return NULL;
	d->below[0] = 1;
	for (size_t rank = 1; rank <= n; rank++)
		for (size_t k = d->nr; k-- > 0;)
			d->below[k] = (d->below[k] + (k >= rank ? d->below[k - rank] : 0)) / 2;
	accumulate(d);
	return d;
}

static struct distribution *sum_of(struct results__ranks *r, size_t m, size_t n)
{
	struct distribution **d = &r->sum[m < n ? m : n][m < n ? n : m];

	if (!*d)
		*d = sum_distribution(m < n ? m : n, m < n ? n : m);
	return *d;
}

static struct distribution *sign_of(struct results__ranks *r, size_t n)
{
	if (!r->sign[n])
		r->sign[n] = sign_distribution(n);
	return r->sign[n];
}

/* ---- ranks ---- */

/* Ranks of two sorted samples. All are doubled, since values that tie share a mean rank. */
struct ranking {
	size_t sum;   /* of x's ranks */
	double cubes; /* sum of t^3 - t over groups of t values that tie */
	bool ties;
};

static void rank(struct results__ranks *r, const double *x, size_t m, const double *y, size_t n,
		 struct ranking *out)
{
	*out = (struct ranking){ .sum = 0 };
	for (size_t i = 0, j = 0, ti, tj; i < m || j < n; i += ti, j += tj) {
		double v = j == n || (i < m && x[i] < y[j]) ? x[i] : y[j];
		size_t both;

		for (ti = 0; i + ti < m && x[i + ti] == v; ti++)
			;
		for (tj = 0; j + tj < n && y[j + tj] == v; tj++)
			;
		both = ti + tj;
		for (size_t k = 0; k < both && r->score; k++)
			r->score[i + j + k] = 2 * (i + j) + both + 1;
		out->sum += ti * (2 * (i + j) + both + 1);
		out->ties |= both > 1;
		out->cubes += (double)both * both * both - both;
	}
}

/* ---- the test ---- */

static size_t least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Without ties U is symmetric. far: the doubled distance of the rank sum from the expected one. */
static int untied(struct results__ranks *r, size_t m, size_t n, size_t far, double *p)
{
	const struct distribution *d = sum_of(r, m, n);

	if (!d)
		return -ENOMEM;
	/* 2U = mn - far, where far and mn are both odd or both even. */
	*p = far ? 2 * d->below[(m * n - far) / 2] : 1;
	return 0;
}

static int reserve(struct results__ranks *r, size_t nr)
{
	double *room;

	if (nr <= r->nr_room)
		return 0;
	room = realloc(r->room, nr * sizeof(*room));
	if (!room)
		return -ENOMEM;
	r->room = room;
	r->nr_room = nr;
	return 0;
}

/*
 * Counts the divisions: ways[k][s] is the number of ways to choose k of the values seen so far with
 * the doubled rank sum s. Numbers of ways to choose up to 20 of 40 are integers below 2^53.
 */
static int tied(struct results__ranks *r, size_t m, size_t n, size_t far, double *p)
{
	size_t all = m + n, most = 0, centre = m * (all + 1);
	double *ways, good = 0, total = 0;

	for (size_t i = 0; i < m; i++)
		most += r->score[all - 1 - i];
	if (reserve(r, (m + 1) * (most + 1)))
		return -ENOMEM;
	ways = r->room;
	memset(ways, 0, (m + 1) * (most + 1) * sizeof(*ways));
	ways[0] = 1;
	for (size_t i = 0, sum = 0; i < all; i++) {
		const size_t score = r->score[i];

		sum = least_of(sum + score, most); /* no choice so far has more */
		for (size_t k = least_of(i + 1, m); k > 0; k--) {
			double *to = ways + k * (most + 1);
			const double *from = to - (most + 1);

			for (size_t s = score; s <= sum; s++)
				to[s] += from[s - score];
		}
	}
	for (size_t s = 0; s <= most; s++) {
		double w = ways[m * (most + 1) + s];

		total += w;
		if (s >= centre + far || s + far <= centre)
			good += w;
	}
	*p = good / total;
	return 0;
}

static void normal(size_t m, size_t n, size_t far, double cubes, double *p)
{
	double all = (double)m + (double)n, mn = (double)m * (double)n;
	double variance = mn / 12 * (all + 1 - cubes / (all * (all - 1)));
	double by = ((double)far - 1) / 2; /* half a rank for continuity */

	*p = by <= 0 || variance <= 0 ? 1 : 2 * gsl_cdf_ugaussian_Q(by / sqrt(variance));
	if (*p > 1)
		*p = 1;
}

static int reserve_scores(struct results__ranks *r, size_t nr)
{
	unsigned *score;

	if (nr <= r->nr_scores)
		return 0;
	score = realloc(r->score, nr * sizeof(*score));
	if (!score)
		return -ENOMEM;
	r->score = score;
	r->nr_scores = nr;
	return 0;
}

int results__rank_test(struct results__ranks *r, const double *x, size_t m, const double *y,
		       size_t n, struct results__rank_test *out)
{
	struct ranking k;
	size_t centre = m * (m + n + 1), far, limit;

	if (reserve_scores(r, m + n))
		return -ENOMEM;
	rank(r, x, m, y, n, &k);
	far = k.sum > centre ? k.sum - centre : centre - k.sum;
	limit = k.ties ? RESULTS__EXACT_TIES : RESULTS__EXACT_RANKS;
	out->exact = m <= limit && n <= limit;
	if (out->exact)
		return (k.ties ? tied : untied)(r, m, n, far, &out->p);
	normal(m, n, far, k.cubes, &out->p);
	return 0;
}

int results__rank_test_least(struct results__ranks *r, size_t m, size_t n, double *p)
{
	if (m <= RESULTS__EXACT_RANKS && n <= RESULTS__EXACT_RANKS)
		return untied(r, m, n, m * n, p);
	normal(m, n, m * n, 0, p);
	return 0;
}

/* ---- intervals ---- */

/* A set of numbers, too many to be stored, and how many of them are at most v. */
struct numbers {
	const double *x, *y;
	size_t m, n;
	size_t nr;
	size_t (*at_most)(const struct numbers *s, double v);
};

static size_t differences_at_most(const struct numbers *s, double v)
{
	size_t nr = 0;

	/* y[j] - x[i] grows with j and falls with i. */
	for (size_t i = 0, j = 0; i < s->m; i++) {
		while (j < s->n && s->y[j] - s->x[i] <= v)
			j++;
		nr += j;
	}
	return nr;
}

static double mean(double a, double b)
{
	return (a + b) / 2;
}

/* The means of x[i] and x[j], i <= j. */
static size_t means_at_most(const struct numbers *s, double v)
{
	size_t nr = 0;

	for (size_t i = 0, j = s->m; i < s->m; i++) {
		while (j > i && mean(s->x[i], s->x[j - 1]) > v)
			j--;
		if (j <= i)
			break;
		nr += j - i;
	}
	return nr;
}

/* Doubles as integers in the same order. */
static int64_t order_of(double v)
{
	int64_t bits;

	v += 0.0; /* not minus zero */
	memcpy(&bits, &v, sizeof(bits));
	return bits < 0 ? INT64_MIN - bits : bits;
}

static double double_of(int64_t order)
{
	int64_t bits = order < 0 ? INT64_MIN - order : order;
	double v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

/* The k-th smallest, from 1: the smallest double that k numbers are at most. */
static double kth(const struct numbers *s, size_t k, double least, double most)
{
	int64_t low = order_of(least), high = order_of(most);

	while (low < high) {
		int64_t mid = low + (int64_t)(((uint64_t)high - (uint64_t)low) / 2);

		if (s->at_most(s, double_of(mid)) >= k)
			high = mid;
		else
			low = mid + 1;
	}
	return double_of(low);
}

/* outside: how many numbers lie below the interval, or -1 for an infinite one. */
static void interval(const struct numbers *s, ptrdiff_t outside, double least, double most,
		     struct results__shift *out)
{
	size_t k = (size_t)outside + 1;
	double low = kth(s, (s->nr + 1) / 2, least, most);

	out->estimate = s->nr % 2 ? low : (low + kth(s, s->nr / 2 + 1, low, most)) / 2;
	out->low = outside < 0 ? -INFINITY : kth(s, k, least, low);
	out->high = outside < 0 ? INFINITY : kth(s, s->nr + 1 - k, low, most);
}

/* The largest k with P(statistic <= k) <= half the level, or -1. */
static ptrdiff_t quantile(const struct distribution *d, double level)
{
	ptrdiff_t k = -1;

	while (k + 1 < (ptrdiff_t)d->nr && d->below[k + 1] <= level / 2 * (1 + ROUNDED))
		k++;
	return k;
}

static ptrdiff_t normal_quantile(double centre, double variance, double level)
{
	double k = centre - 0.5 + gsl_cdf_ugaussian_Pinv(level / 2) * sqrt(variance);

	return k < 0 ? -1 : (ptrdiff_t)k;
}

int results__shift(struct results__ranks *r, const double *x, size_t m, const double *y, size_t n,
		   double level, struct results__shift *out)
{
	const struct numbers s = { x, y, m, n, m * n, differences_at_most };
	double mn = (double)m * (double)n;
	ptrdiff_t outside;

	if (m <= RESULTS__EXACT_RANKS && n <= RESULTS__EXACT_RANKS) {
		const struct distribution *d = sum_of(r, m, n);

		if (!d)
			return -ENOMEM;
		outside = quantile(d, level);
	} else {
		outside = normal_quantile(mn / 2, mn * ((double)m + (double)n + 1) / 12, level);
	}
	interval(&s, outside, y[0] - x[m - 1], y[n - 1] - x[0], out);
	return 0;
}

int results__shift_paired(struct results__ranks *r, const double *d, size_t n, double level,
			  struct results__shift *out)
{
	const struct numbers s = { d, NULL, n, 0, n * (n + 1) / 2, means_at_most };
	double nn = (double)n * ((double)n + 1);
	ptrdiff_t outside;

	if (n <= RESULTS__EXACT_RANKS) {
		const struct distribution *v = sign_of(r, n);

		if (!v)
			return -ENOMEM;
		outside = quantile(v, level);
	} else {
		outside = normal_quantile(nn / 4, nn * (2 * (double)n + 1) / 24, level);
	}
	interval(&s, outside, d[0], d[n - 1], out);
	return 0;
}

/* ---- false discoveries ---- */

struct p_value {
	double p;
	size_t at;
};

static int p_value_cmp(const void *a, const void *b)
{
	double x = ((const struct p_value *)a)->p, y = ((const struct p_value *)b)->p;

	return (x > y) - (x < y);
}

int results__adjust(double *p, size_t nr)
{
	struct p_value *v = malloc((nr + 1) * sizeof(*v));
	double least = 1;

	if (!v)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++)
		v[i] = (struct p_value){ p[i], i };
	qsort(v, nr, sizeof(*v), p_value_cmp);
	for (size_t i = nr; i-- > 0;) {
		least = fmin(least, v[i].p * (double)nr / (double)(i + 1));
		p[v[i].at] = least;
	}
	free(v);
	return 0;
}
