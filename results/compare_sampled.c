// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rows that are sampled on both sides: what their values say of the change, and, once all rows of
 * the comparison are known, the verdict.
 *
 * The change is the ratio of the medians, by Hodges and Lehmann's interval on logarithms; where a
 * value is 0 there is no logarithm, and it is the difference. With the effect e that counts, the
 * ratio is a rise if the whole interval lies above 1 + e, a fall if it lies below 1 / (1 + e), no
 * change if it lies between, and inconclusive otherwise. A rise or a fall must also be one of the
 * discoveries at the level, by Benjamini and Hochberg's rule over all rows that have values enough,
 * of tests against a change by e. A row that could not be found, whatever it measured, takes
 * nothing from the others.
 */
#include <errno.h>
#include <float.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "twosample.h"

/* ---- values ---- */

bool results__is_by_process(const struct results_compared_part *p)
{
	if (p->nr_base != 1 || p->nr_docs != 2)
		return false;
	for (size_t d = 0; d < p->nr_docs; d++) {
		const char *sample = results_pairs_get(&p->docs[d]->environment, "sample");

		if (!sample || strcmp(sample, "process"))
			return false;
	}
	return true;
}

bool results__is_paired(const struct results_compared_part *p)
{
	const char *a, *b;

	if (!results__is_by_process(p))
		return false;
	a = results_pairs_get(&p->docs[0]->subject, "interleaved");
	b = results_pairs_get(&p->docs[1]->subject, "interleaved");
	return a && b && !strcmp(a, b);
}

/* The values of one side, per operation. */
struct values {
	double *v; /* free() it */
	size_t nr;
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median_of(const double *sorted, size_t nr)
{
	return gsl_stats_median_from_sorted_data(sorted, 1, nr);
}

static int add_median(struct values *to, const struct results_measurement *m)
{
	double *sorted = results__sorted(m->samples, m->nr_samples);

	if (!sorted)
		return -ENOMEM;
	to->v[to->nr++] = median_of(sorted, m->nr_samples) / (double)m->nr_ops;
	free(sorted);
	return 0;
}

static int take(struct values *to, const struct results__entry *e, size_t nr, bool is_head,
		bool by_process)
{
	size_t most = 0;
	int err = 0;

	for (size_t i = 0; i < nr; i++)
		most += ((const struct results_measurement *)e[i].of)->nr_samples;
	to->v = malloc((most + 1) * sizeof(*to->v));
	if (!to->v)
		return -ENOMEM;
	for (size_t i = 0; i < nr && !err; i++) {
		const struct results_measurement *m = e[i].of;

		if (e[i].is_head != is_head)
			continue;
		if (!by_process)
			err = add_median(to, m);
		for (size_t k = 0; by_process && k < m->nr_samples; k++)
			to->v[to->nr++] = m->samples[k] / (double)m->nr_ops;
	}
	return err;
}

/* ---- the shape of a sample ---- */

/* The level of the test for a drift. It only adds a remark. */
#define DRIFT_LEVEL 0.001
/* Smallest sample of which a shape is told; smallest cluster, in values and as a share of them. */
#define SHAPE_LEAST 8
#define CLUSTER_LEAST 3
#define CLUSTER_SHARE 4
/* How often the wider cluster fits in the gap between the two. */
#define GAP 2

/* Spearman's rank correlation with the order of measuring, by the t approximation. */
static bool drifts(const double *v, size_t nr, double effect)
{
	double *work = malloc(4 * nr * sizeof(*work)), *order = work ? work + 2 * nr : NULL;
	double *half = work ? work + 3 * nr : NULL, rho, t, first, second;
	bool so = false;

	if (!work)
		return false;
	for (size_t i = 0; i < nr; i++)
		order[i] = (double)i;
	rho = fabs(gsl_stats_spearman(order, 1, v, 1, nr, work));
	/* NaN: all values are equal. */
	t = isnan(rho) ? 0 : rho * sqrt((double)(nr - 2) / fmax(1 - rho * rho, DBL_EPSILON));
	if (2 * gsl_cdf_tdist_Q(t, (double)(nr - 2)) <= DRIFT_LEVEL) {
		memcpy(half, v, nr * sizeof(*half));
		qsort(half, nr / 2, sizeof(*half), by_value);
		qsort(half + nr / 2, nr - nr / 2, sizeof(*half), by_value);
		first = median_of(half, nr / 2);
		second = median_of(half + nr / 2, nr - nr / 2);
		so = fabs(second - first) > effect * fabs(first);
	}
	free(work);
	return so;
}

/* Two clusters: both are narrower than half the largest gap that has a quarter on either side. */
static bool is_bimodal(const double *sorted, size_t nr, double effect)
{
	size_t least = nr / CLUSTER_SHARE, at = 0;
	double gap = 0;

	if (least < CLUSTER_LEAST)
		least = CLUSTER_LEAST;
	for (size_t i = least; i + least <= nr; i++) {
		if (sorted[i] - sorted[i - 1] > gap) {
			gap = sorted[i] - sorted[i - 1];
			at = i;
		}
	}
	return at && gap > effect * fabs(sorted[0]) && gap > GAP * (sorted[at - 1] - sorted[0]) &&
	       gap > GAP * (sorted[nr - 1] - sorted[at]);
}

static unsigned shape_of(const struct values *in_order, const double *sorted, double effect)
{
	if (in_order->nr < SHAPE_LEAST)
		return 0;
	return (drifts(in_order->v, in_order->nr, effect) ? RESULTS_SHAPE_DRIFTS : 0) |
	       (is_bimodal(sorted, in_order->nr, effect) ? RESULTS_SHAPE_BIMODAL : 0);
}

/* ---- the change ---- */

/* Both sides sorted, as logarithms if is_ratio. */
struct sides {
	struct values in_order[2];
	double *sorted[2];
};

static void free_sides(struct sides *s)
{
	for (int i = 0; i < 2; i++) {
		free(s->in_order[i].v);
		free(s->sorted[i]);
	}
}

static void take_logarithms(double *v, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		v[i] = log(v[i]);
}

static int shift_of_pairs(struct results__ranks *r, const struct sides *s, bool is_ratio,
			  double level, struct results__shift *out)
{
	size_t nr = s->in_order[0].nr;
	const double *base = s->in_order[0].v, *head = s->in_order[1].v;
	double *d = malloc((nr + 1) * sizeof(*d));
	int err;

	if (!d)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++)
		d[i] = is_ratio ? log(head[i]) - log(base[i]) : head[i] - base[i];
	qsort(d, nr, sizeof(*d), by_value);
	err = results__shift_paired(r, d, nr, level, out);
	free(d);
	return err;
}

/* A total over one number of operations and one over another are not rounded alike. */
#define ROUNDING 1e-9

/* The smallest change that counts, in the scale of the shift: of logarithms, or of values. */
static double margin_of(const struct results_compared_row *row)
{
	double effect = row->effect > ROUNDING ? row->effect : ROUNDING;

	return row->change.is_ratio ? log1p(effect)
				    : effect * results_amount_number(&row->base_value);
}

/*
 * The probability of a change such as this one if the true one were the smallest that counts, in
 * its direction: the base is moved by that much. 1: the estimate is smaller. Only so are those that
 * are called moved the discoveries that Benjamini and Hochberg's rule speaks of.
 */
static int test_margin(struct results__ranks *r, const struct sides *s, double estimate,
		       double margin, struct results_change *c)
{
	size_t m = s->in_order[0].nr;
	double *moved = malloc((m + 1) * sizeof(*moved));
	struct results__rank_test test = { .p = 1, .exact = true };
	int err = moved ? 0 : -ENOMEM;

	for (size_t i = 0; i < m && !err; i++)
		moved[i] = s->sorted[0][i] + (estimate > 0 ? margin : -margin);
	if (!err && fabs(estimate) > margin)
		err = results__rank_test(r, moved, m, s->sorted[1], s->in_order[1].nr, &test);
	free(moved);
	c->p = test.p;
	c->exact = test.exact;
	return err;
}

static int compute(struct results__ranks *r, struct sides *s, double level,
		   struct results_compared_row *row)
{
	struct results_change *c = &row->change;
	size_t m = s->in_order[0].nr, n = s->in_order[1].nr;
	struct results__shift shift;
	int err;

	c->is_ratio = s->sorted[0][0] > 0 && s->sorted[1][0] > 0;
	if (c->is_ratio) {
		take_logarithms(s->sorted[0], m);
		take_logarithms(s->sorted[1], n);
	}
	if (c->paired)
		err = shift_of_pairs(r, s, c->is_ratio, level, &shift);
	else
		err = results__shift(r, s->sorted[0], m, s->sorted[1], n, level, &shift);
	if (!err)
		err = test_margin(r, s, shift.estimate, margin_of(row), c);
	if (err)
		return err;
	c->estimate = c->is_ratio ? expm1(shift.estimate) : shift.estimate;
	c->low = c->is_ratio && isfinite(shift.low) ? expm1(shift.low) : shift.low;
	c->high = c->is_ratio && isfinite(shift.high) ? expm1(shift.high) : shift.high;
	return 0;
}

int results__change(struct results__ranks *r, const struct results__entry *e, size_t nr,
		    const struct results__sampling *sampling, struct results_compared_row *row)
{
	struct results_change *c = &row->change;
	struct sides s = { .sorted = { NULL } };
	int err = 0;

	*c = (struct results_change){ .adjusted = NAN, .paired = sampling->paired };
	/* A pair of which one was disturbed is left out of both sides (bench/join.h). */
	for (size_t i = 1; i < nr; i++)
		c->paired &= ((const struct results_measurement *)e[i].of)->discarded ==
			     ((const struct results_measurement *)e[0].of)->discarded;
	for (int i = 0; i < 2 && !err; i++) {
		err = take(&s.in_order[i], e, nr, i, sampling->by_process);
		if (!err)
			s.sorted[i] = results__sorted(s.in_order[i].v, s.in_order[i].nr);
		if (!err && !s.sorted[i])
			err = -ENOMEM;
	}
	if (!err) {
		c->nr_base = s.in_order[0].nr;
		c->nr_head = s.in_order[1].nr;
		c->paired &= c->nr_base == c->nr_head;
		c->base_shape = shape_of(&s.in_order[0], s.sorted[0], row->effect);
		c->head_shape = shape_of(&s.in_order[1], s.sorted[1], row->effect);
		row->base_value = results__amount(median_of(s.sorted[0], c->nr_base), 1);
		row->head_value = results__amount(median_of(s.sorted[1], c->nr_head), 1);
		err = compute(r, &s, sampling->level, row);
	}
	free_sides(&s);
	return err;
}

/* ---- the verdict ---- */

static enum results_verdict moved(bool rose, enum results_better better)
{
	if (better == RESULTS_NEITHER)
		return RESULTS_ROW_CHANGED;
	return rose == (better == RESULTS_LOWER) ? RESULTS_ROW_WORSE : RESULTS_ROW_BETTER;
}

static void judge(struct results_compared_row *row, double level)
{
	const struct results_change *c = &row->change;
	double margin = margin_of(row);
	double most = c->is_ratio ? expm1(margin) : margin;
	double least = c->is_ratio ? expm1(-margin) : -margin;
	bool rose = c->low > most, fell = c->high < least;

	row->verdict = RESULTS_ROW_UNCLEAR;
	if (!isfinite(c->low)) {
		row->why = "too few values";
	} else if (c->low >= least && c->high <= most) {
		row->verdict = RESULTS_ROW_NOISE;
		row->why = NULL;
	} else if (!rose && !fell) {
		row->why = "too noisy";
	} else if (c->adjusted > level) {
		row->why = "not significant among all rows";
	} else {
		row->verdict = moved(rose, row->m->metric->better);
		row->why = NULL;
	}
}

static bool is_tested(const struct results_compared_row *row)
{
	return row->change.nr_base && isfinite(row->change.low);
}

/* Calls fn for each row of c that is sampled on both sides and compared by its values. */
static void for_each_sampled(struct results_comparison *c,
			     void (*fn)(struct results_compared_row *row, void *arg), void *arg)
{
	for (size_t i = 0; i < c->nr_parts; i++)
		for (size_t k = 0; k < c->parts[i].nr_rows; k++)
			if (c->parts[i].rows[k].change.nr_base)
				fn(&c->parts[i].rows[k], arg);
}

struct tested {
	double *p;
	size_t nr;
};

static void count_all(struct results_compared_row *row, void *arg)
{
	++*(size_t *)arg;
}

static void count_tested(struct results_compared_row *row, void *arg)
{
	((struct tested *)arg)->nr += is_tested(row);
}

static void put_p(struct results_compared_row *row, void *arg)
{
	struct tested *t = arg;

	if (is_tested(row))
		t->p[t->nr++] = row->change.p;
}

static void take_p(struct results_compared_row *row, void *arg)
{
	struct tested *t = arg;

	if (is_tested(row))
		row->change.adjusted = t->p[t->nr++];
}

static void judge_row(struct results_compared_row *row, void *arg)
{
	struct results_comparison *c = arg;
	size_t least = row->change.nr_base < row->change.nr_head ? row->change.nr_base
								 : row->change.nr_head;

	judge(row, c->level);
	c->totals.too_few += row->verdict == RESULTS_ROW_UNCLEAR && least < c->totals.needed;
}

int results__judge_sampled(struct results_comparison *c)
{
	struct tested t = { .nr = 0 };
	size_t all = 0;
	int err;

	for_each_sampled(c, count_all, &all);
	for_each_sampled(c, count_tested, &t);
	c->totals.tested = t.nr;
	t.p = malloc((t.nr + 1) * sizeof(*t.p));
	if (!t.p)
		return -ENOMEM;
	t.nr = 0;
	for_each_sampled(c, put_p, &t);
	err = results__adjust(t.p, t.nr);
	t.nr = 0;
	if (!err)
		for_each_sampled(c, take_p, &t);
	free(t.p);
	c->totals.needed = results__values_needed(all, c->level);
	if (!err)
		for_each_sampled(c, judge_row, c);
	return err;
}

size_t results__values_needed(size_t nr_rows, double level)
{
	struct results__ranks *r = results__ranks_new();
	double p = 1;
	size_t nr = 1;

	if (!r)
		return 0;
	while (!results__rank_test_least(r, nr, nr, &p) && nr_rows && p * (double)nr_rows > level)
		nr++;
	results__ranks_free(r);
	return nr;
}
