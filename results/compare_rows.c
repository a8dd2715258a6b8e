// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Comparing one part of two sides row by row: where two values become a verdict. A side is one or
 * more runs of the part.
 *
 * An exact value is the mode of totals over nr_ops operations; values are compared as fractions of
 * integers, so that sides with different numbers of operations still compare exactly. With several
 * runs a side is the range of its runs' values: sides differ when their ranges do not overlap. If
 * one side is not exact, the range of either side is that of all its samples. Rows that are sampled
 * on both sides are judged by compare_sampled.c.
 */
#include <errno.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "internal.h"
#include "policy.h"

struct range {
	struct results_amount low, high;
};

static void widen(struct range *r, struct results_amount v, bool is_first)
{
	if (is_first || results_amount_cmp(&v, &r->low) < 0)
		r->low = v;
	if (is_first || results_amount_cmp(&v, &r->high) > 0)
		r->high = v;
}

static bool is_one_value(const struct range *a, const struct range *b)
{
	return !results_amount_cmp(&a->low, &a->high) && !results_amount_cmp(&b->low, &b->high) &&
	       !results_amount_cmp(&a->low, &b->low);
}

struct side {
	const struct results_measurement *first, *lowest;
	struct results_amount shown; /* value of lowest */
	enum results_kind kind;	     /* the least exact of the runs' */
	struct range modes, medians, means, samples;
	size_t nr;
};

/* The value that is shown: the mode, or of a sampled row the median. */
static struct results_amount shown(const struct results_measurement *m, const double *sorted,
				   double mode)
{
	size_t n = m->nr_samples;

	if (m->kind == RESULTS_SAMPLED)
		mode = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
	return results__amount(mode, m->nr_ops);
}

static int side_add(struct side *s, const struct results_measurement *m)
{
	double *sorted = results__sorted(m->samples, m->nr_samples), most;
	bool is_first = !s->nr++;
	size_t count, n = m->nr_samples;
	struct results_amount mode;

	if (!sorted)
		return -ENOMEM;
	most = results__mode(sorted, n, &count);
	mode = results__amount(most, m->nr_ops);
	if (is_first)
		s->first = m;
	if (is_first || results_amount_cmp(&mode, &s->modes.low) < 0) {
		s->lowest = m;
		s->shown = shown(m, sorted, most);
	}
	s->kind = is_first || m->kind > s->kind ? m->kind : s->kind;
	widen(&s->modes, mode, is_first);
	widen(&s->medians, results__amount(sorted[n / 2], m->nr_ops), is_first);
	widen(&s->means, results__amount(gsl_stats_mean(sorted, 1, n), m->nr_ops), is_first);
	widen(&s->samples, results__amount(sorted[0], m->nr_ops), is_first);
	widen(&s->samples, results__amount(sorted[n - 1], m->nr_ops), false);
	free(sorted);
	return 0;
}

/* ---- judging ---- */

static enum results_verdict direction(bool rose, enum results_better better)
{
	if (better == RESULTS_NEITHER)
		return RESULTS_ROW_CHANGED;
	return rose == (better == RESULTS_LOWER) ? RESULTS_ROW_WORSE : RESULTS_ROW_BETTER;
}

/* Whether the ranges do not overlap; then *verdict is set. */
static bool are_apart(const struct range *base, const struct range *head,
		      enum results_better better, enum results_verdict *verdict)
{
	bool rose = results_amount_cmp(&head->low, &base->high) > 0;
	bool fell = results_amount_cmp(&head->high, &base->low) < 0;

	if (rose || fell)
		*verdict = direction(rose, better);
	return rose || fell;
}

/* Whether the head's range extends beyond the base's in a direction that is not better. */
static bool sticks_out(const struct range *base, const struct range *head,
		       enum results_better better)
{
	return (better != RESULTS_HIGHER && results_amount_cmp(&head->high, &base->high) > 0) ||
	       (better != RESULTS_LOWER && results_amount_cmp(&head->low, &base->low) < 0);
}

static enum results_verdict judge_values(const struct side *base, const struct side *head,
					 double effect)
{
	enum results_better better = base->first->metric->better;
	enum results_verdict verdict;

	if (is_one_value(&base->modes, &head->modes))
		return RESULTS_ROW_EQUAL;
	if (are_apart(&base->modes, &head->modes, better, &verdict))
		return verdict;
	return sticks_out(&base->modes, &head->modes, better) ? RESULTS_ROW_UNCLEAR
							      : RESULTS_ROW_UNSTEADY;
}

static enum results_verdict judge_ranges(const struct side *base, const struct side *head,
					 double effect)
{
	enum results_verdict verdict = RESULTS_ROW_UNCLEAR;

	are_apart(&base->samples, &head->samples, base->first->metric->better, &verdict);
	return verdict;
}

/* Whether all of head lies within effect, a share of the base, of all of base. */
static bool is_within(const struct range *base, const struct range *head, double effect)
{
	double low = results_amount_number(&base->low), high = results_amount_number(&base->high);

	return results_amount_number(&head->high) - low <= effect * fabs(low) &&
	       high - results_amount_number(&head->low) <= effect * fabs(high);
}

/*
 * Whether what moved is too little to count: the mode, the median, and the mean, which sees an
 * operation that now and then takes another path. Without an effect, as of a count of events, or
 * where less moved: mode and median are the same, the mean is not worse, and no sample is worse
 * than all of the base.
 */
static bool is_noise(const struct side *base, const struct side *head, double effect)
{
	const struct results_metric *metric = base->first->metric;

	if (effect > 0 && is_within(&base->modes, &head->modes, effect) &&
	    is_within(&base->medians, &head->medians, effect) &&
	    is_within(&base->means, &head->means, effect))
		return true;
	return is_one_value(&base->modes, &head->modes) &&
	       is_one_value(&base->medians, &head->medians) &&
	       !sticks_out(&base->means, &head->means, metric->better) &&
	       !sticks_out(&base->samples, &head->samples, metric->better);
}

static enum results_verdict judge_noise(const struct side *base, const struct side *head,
					double effect)
{
	return is_noise(base, head, effect) ? RESULTS_ROW_NOISE : judge_ranges(base, head, effect);
}

/* Until all rows are known. */
static enum results_verdict judge_later(const struct side *base, const struct side *head,
					double effect)
{
	return RESULTS_ROW_UNCLEAR;
}

/* Indexed by the kind of the base, then of the head. A row that is no longer exact is judged by the
 * head's kind. */
static const struct {
	enum results_verdict (*judge)(const struct side *base, const struct side *head,
				      double effect);
	const char *why;
} how[3][3] = {
	[RESULTS_EXACT] = {
		[RESULTS_EXACT] = { judge_values, NULL },
		[RESULTS_DETERMINISTIC] = { judge_ranges, "no longer exact" },
		[RESULTS_SAMPLED] = { judge_ranges, "exact in the base, sampled now" },
	},
	[RESULTS_DETERMINISTIC] = {
		[RESULTS_EXACT] = { judge_ranges, "now exact" },
		[RESULTS_DETERMINISTIC] = { judge_noise, NULL },
		[RESULTS_SAMPLED] = { judge_ranges, "sampled now" },
	},
	[RESULTS_SAMPLED] = {
		[RESULTS_EXACT] = { judge_ranges, "sampled in the base, exact now" },
		[RESULTS_DETERMINISTIC] = { judge_ranges, "sampled in the base" },
		[RESULTS_SAMPLED] = { judge_later, NULL },
	},
};

static double effect_of(const struct results__rule *rule, const struct results_metric *metric)
{
	return rule && rule->effect >= 0 ? rule->effect : metric->effect;
}

/* skipped: the reasons for which the base and the head skipped the row, or NULL. */
static void judge(const struct results_compared_part *p, const struct results__policy *policy,
		  const struct side *base, const struct side *head, const char *const skipped[2],
		  struct results_compared_row *row)
{
	*row = (struct results_compared_row){
		.m = base->nr ? base->first : head->first,
		.base = base->lowest,
		.head = head->lowest,
		.base_value = base->shown,
		.head_value = head->shown,
	};
	row->effect = effect_of(results__rule_of(policy, p->name, row->m), row->m->metric);
	if (!base->nr) {
		row->verdict = RESULTS_ROW_EXTRA;
		row->why = skipped[0];
	} else if (head->nr < p->nr_docs - p->nr_base) {
		row->verdict = RESULTS_ROW_MISSING;
		row->why = skipped[1] ? skipped[1] : head->nr ? "not in every new run" : NULL;
	} else if (base->nr < p->nr_base) {
		row->verdict = RESULTS_ROW_MISSING;
		row->why = skipped[0] ? skipped[0] : "not in every base run";
	} else {
		row->verdict = how[base->kind][head->kind].judge(base, head, row->effect);
		row->why = how[base->kind][head->kind].why;
		if (!row->why && row->verdict == RESULTS_ROW_UNCLEAR)
			row->why = base->kind == RESULTS_EXACT ? "runs of one side disagree"
							       : "the ranges overlap";
	}
}

/* ---- all rows ---- */

static int by_identity(const void *a, const void *b)
{
	return results__measurement_cmp(a, b);
}

static int by_row(const void *a, const void *b)
{
	return results__row_cmp(a, b);
}

static const struct results_measurement *row_at(const struct results__entries *e, size_t i)
{
	return e->v[i].of;
}

static bool is_sampled_twice(const struct results_compared_row *row, const struct side sides[2])
{
	return row->base && row->head && row->verdict == RESULTS_ROW_UNCLEAR &&
	       sides[0].kind == RESULTS_SAMPLED && sides[1].kind == RESULTS_SAMPLED;
}

/*
 * Entries i to end are of one row, skipped ones first. Judges the row once per metric; one that is
 * sampled on both sides later.
 */
static int compare_row(struct results_compared_part *p, const struct results__entries *e, size_t i,
		       size_t end, const struct results__policy *policy,
		       const struct results__sampling *sampling, struct results__ranks *r)
{
	const bool of_kernel = row_at(e, i)->subject == RESULTS_KERNEL;
	const char *skipped[2] = { NULL, NULL };
	size_t next;
	int err = 0;

	for (; i < end && row_at(e, i)->skipped; i++)
		skipped[e->v[i].is_head] = row_at(e, i)->skipped;
	p->nr_skipped += i == end;
	p->nr_skipped_kernel += i == end && of_kernel;
	for (; i < end && !err; i = next) {
		const struct results_metric *metric = row_at(e, i)->metric;
		struct side sides[2] = { { .nr = 0 } };
		struct results_compared_row *row = &p->rows[p->nr_rows];

		for (next = i; next < end && row_at(e, next)->metric == metric && !err; next++)
			err = side_add(&sides[e->v[next].is_head], row_at(e, next));
		judge(p, policy, &sides[0], &sides[1], skipped, row);
		if (!err && is_sampled_twice(row, sides))
			err = results__change(r, &e->v[i], next - i, sampling, row);
		p->nr_rows++;
	}
	return err;
}

/* Adds the rows that are selected. */
static int add_rows(struct results__entries *e, struct results_compared_part *p, size_t d,
		    const struct results__selection *only)
{
	const struct results_doc *doc = p->docs[d];
	int err = 0;

	for (size_t i = 0; i < doc->nr_measurements && !err; i++) {
		const struct results_measurement *m = &doc->measurements[i];

		if (results__selects_row(only, m))
			err = results__entries_add(e, m, 1, sizeof(*m), d >= p->nr_base);
		else
			p->nr_left_out++;
	}
	return err;
}

int results__compare_rows(struct results_compared_part *p, const struct results__selection *only,
			  const struct results__policy *policy, double level,
			  struct results__ranks *r)
{
	const struct results__sampling sampling = { results__is_by_process(p),
						    results__is_paired(p), level };
	struct results__entries e = { .nr = 0 };
	int err = 0;

	for (size_t d = 0; d < p->nr_docs && !err; d++)
		err = add_rows(&e, p, d, only);
	if (!err) {
		p->rows = malloc((e.nr + 1) * sizeof(*p->rows));
		err = p->rows ? 0 : -ENOMEM;
	}
	if (!err)
		results__entries_sort(&e, by_identity);
	for (size_t i = 0, next; i < e.nr && !err; i = next) {
		next = results__entries_next(&e, i, by_row);
		err = compare_row(p, &e, i, next, policy, &sampling, r);
	}
	free(e.v);
	return err;
}
