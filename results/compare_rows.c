// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Comparing one part of two sides row by row. A side is one or more runs of it.
 *
 * An exact value is the mode of totals over nr_ops operations; values are compared as fractions, so
 * that sides which counted another number of operations still compare exactly. With several runs a
 * side is the range of its runs' values: sides differ when their ranges do not overlap. Where a
 * side is not exact, all its samples are its range, and those of the other side are that one's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

struct entry {
	const struct results_measurement *m;
	bool is_new;
};

static int entry_cmp(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = results__measurement_cmp(x->m, y->m);

	return c ? c : (int)x->is_new - (int)y->is_new;
}

/* ---- values ---- */

struct value {
	double total; /* over nr_ops operations */
	long long nr_ops;
};

static int value_cmp(struct value a, struct value b)
{
	long double x = (long double)a.total * b.nr_ops, y = (long double)b.total * a.nr_ops;

	if (a.total == (double)(long long)a.total && b.total == (double)(long long)b.total) {
		__int128 left = (__int128)a.total * b.nr_ops;
		__int128 right = (__int128)b.total * a.nr_ops;

		return (left > right) - (left < right);
	}
	return (x > y) - (x < y);
}

struct range {
	struct value low, high;
};

static void widen(struct range *r, struct value v, bool is_first)
{
	if (is_first || value_cmp(v, r->low) < 0)
		r->low = v;
	if (is_first || value_cmp(v, r->high) > 0)
		r->high = v;
}

static bool is_one_value(const struct range *a, const struct range *b)
{
	return !value_cmp(a->low, a->high) && !value_cmp(b->low, b->high) &&
	       !value_cmp(a->low, b->low);
}

struct side {
	const struct results_measurement *first, *lowest;
	enum results_kind kind; /* of several runs, the least exact */
	struct range modes, medians, samples;
	size_t nr;
};

static int side_add(struct side *s, const struct results_measurement *m)
{
	double *sorted = results__sorted(m->samples, m->nr_samples);
	bool is_first = !s->nr++;
	size_t count, n = m->nr_samples;
	struct value mode;

	if (!sorted)
		return -ENOMEM;
	mode = (struct value){ results__mode(sorted, n, &count), m->nr_ops };
	if (is_first)
		s->first = m;
	if (is_first || value_cmp(mode, s->modes.low) < 0)
		s->lowest = m;
	s->kind = is_first || m->kind > s->kind ? m->kind : s->kind;
	widen(&s->modes, mode, is_first);
	widen(&s->medians, (struct value){ sorted[n / 2], m->nr_ops }, is_first);
	widen(&s->samples, (struct value){ sorted[0], m->nr_ops }, is_first);
	widen(&s->samples, (struct value){ sorted[n - 1], m->nr_ops }, false);
	free(sorted);
	return 0;
}

/* ---- judging ---- */

static enum results__verdict direction(bool rose, enum results_better better)
{
	if (better == RESULTS_NEITHER)
		return RESULTS__CHANGED;
	return rose == (better == RESULTS_LOWER) ? RESULTS__WORSE : RESULTS__BETTER;
}

/* Whether they are apart, and then what that means. */
static bool are_apart(const struct range *base, const struct range *new,
		      enum results_better better, enum results__verdict *verdict)
{
	bool rose = value_cmp(new->low, base->high) > 0;
	bool fell = value_cmp(new->high, base->low) < 0;

	if (rose || fell)
		*verdict = direction(rose, better);
	return rose || fell;
}

/* Whether a new run lies beyond all of the base, in a direction that is not better. */
static bool sticks_out(const struct range *base, const struct range *new,
		       enum results_better better)
{
	return (better != RESULTS_HIGHER && value_cmp(new->high, base->high) > 0) ||
	       (better != RESULTS_LOWER && value_cmp(new->low, base->low) < 0);
}

static enum results__verdict judge_values(const struct side *base, const struct side *new)
{
	enum results_better better = base->first->metric->better;
	enum results__verdict verdict;

	if (is_one_value(&base->modes, &new->modes))
		return RESULTS__EQUAL;
	if (are_apart(&base->modes, &new->modes, better, &verdict))
		return verdict;
	return sticks_out(&base->modes, &new->modes, better) ? RESULTS__UNCLEAR : RESULTS__UNSTEADY;
}

static enum results__verdict judge_ranges(const struct side *base, const struct side *new)
{
	enum results__verdict verdict = RESULTS__UNCLEAR;

	are_apart(&base->samples, &new->samples, base->first->metric->better, &verdict);
	return verdict;
}

static enum results__verdict judge_noise(const struct side *base, const struct side *new)
{
	enum results__verdict verdict = judge_ranges(base, new);

	if (verdict == RESULTS__UNCLEAR &&
	    !sticks_out(&base->samples, &new->samples, base->first->metric->better) &&
	    is_one_value(&base->modes, &new->modes) &&
	    is_one_value(&base->medians, &new->medians))
		return RESULTS__NOISE;
	return verdict;
}

static enum results__verdict judge_not(const struct side *base, const struct side *new)
{
	return RESULTS__NOT_JUDGED;
}

/* By the kind of the base, then of the new side; what is no longer exact is judged as what it is. */
static const struct {
	enum results__verdict (*judge)(const struct side *base, const struct side *new);
	const char *why;
} how[3][3] = {
	[RESULTS_EXACT] = {
		[RESULTS_EXACT] = { judge_values, NULL },
		[RESULTS_DETERMINISTIC] = { judge_ranges, "no longer exact" },
		[RESULTS_SAMPLED] = { judge_ranges, "exact in the base, sampled now" },
	},
	[RESULTS_DETERMINISTIC] = {
		[RESULTS_EXACT] = { judge_ranges, "now exact" },
		[RESULTS_DETERMINISTIC] = { judge_noise, "not exact" },
		[RESULTS_SAMPLED] = { judge_ranges, "sampled now" },
	},
	[RESULTS_SAMPLED] = {
		[RESULTS_EXACT] = { judge_ranges, "sampled in the base, exact now" },
		[RESULTS_DETERMINISTIC] = { judge_ranges, "sampled in the base" },
		[RESULTS_SAMPLED] = { judge_not, "sampled" },
	},
};

bool results__is_judged(enum results__verdict v)
{
	return v < RESULTS__UNCLEAR;
}

/* skipped: why the base's and the new side's documents did not measure the row, or NULL. */
static void judge(const struct results__compared *c, const struct side *base,
		  const struct side *new, const char *const skipped[2],
		  struct results__compared_row *row)
{
	*row = (struct results__compared_row){
		.m = base->nr ? base->first : new->first,
		.base = base->lowest,
		.new = new->lowest,
	};
	if (!base->nr) {
		row->verdict = RESULTS__EXTRA;
		row->why = skipped[0];
	} else if (new->nr < c->nr_new) {
		row->verdict = RESULTS__MISSING;
		row->why = skipped[1] ? skipped[1] : new->nr ? "not in every new run" : NULL;
	} else if (base->nr < c->nr_base) {
		row->verdict = RESULTS__MISSING;
		row->why = skipped[0] ? skipped[0] : "not in every base run";
	} else {
		row->verdict = how[base->kind][new->kind].judge(base, new);
		row->why = how[base->kind][new->kind].why;
		if (!row->why && row->verdict == RESULTS__UNCLEAR)
			row->why = "runs of one side disagree";
	}
}

static void allow(struct results__compared_row *row, struct results__allowance *allowed,
		  size_t nr_allowed)
{
	bool may = false;

	if (row->verdict != RESULTS__WORSE && row->verdict != RESULTS__CHANGED)
		return;
	for (size_t i = 0; i < nr_allowed; i++) {
		if (!results__allows(&allowed[i], row->m))
			continue;
		allowed[i].used++;
		may = true;
	}
	if (may)
		row->verdict = RESULTS__ALLOWED;
}

/* ---- all rows ---- */

/* Every row of both sides, in order: those of one identity side by side, what is skipped first. */
static struct entry *collect(const struct results__compared *c, size_t *nr)
{
	size_t room = 1;
	struct entry *all;

	for (size_t d = 0; d < c->nr_base + c->nr_new; d++)
		room += (d < c->nr_base ? c->base[d] : c->new[d - c->nr_base])->nr_measurements;
	all = malloc(room * sizeof(*all));
	if (!all)
		return NULL;
	*nr = 0;
	for (size_t d = 0; d < c->nr_base + c->nr_new; d++) {
		bool is_new = d >= c->nr_base;
		const struct results_doc *doc = is_new ? c->new[d - c->nr_base] : c->base[d];

		for (size_t i = 0; i < doc->nr_measurements; i++)
			all[(*nr)++] = (struct entry){ &doc->measurements[i], is_new };
	}
	qsort(all, *nr, sizeof(*all), entry_cmp);
	return all;
}

static void count(struct results__compared *c, const struct results__compared_row *row)
{
	c->count[row->verdict]++;
	c->nr_exact += (row->base && row->base->kind == RESULTS_EXACT) ||
		       (row->new && row->new->kind == RESULTS_EXACT);
}

/* The entries all[0..nr) are of one row: its metrics, each with one verdict. */
static int compare_row(struct results__compared *c, const struct entry *all, size_t nr,
		       struct results__allowance *allowed, size_t nr_allowed)
{
	const char *skipped[2] = { NULL, NULL };
	size_t i = 0, next;
	int ret = 0;

	for (; i < nr && all[i].m->skipped; i++)
		skipped[all[i].is_new] = all[i].m->skipped;
	c->nr_skipped += i == nr;
	for (; i < nr && !ret; i = next) {
		struct side sides[2] = { { .nr = 0 } };
		struct results__compared_row *row = &c->rows[c->nr_rows];

		for (next = i; next < nr && all[next].m->metric == all[i].m->metric && !ret; next++)
			ret = side_add(&sides[all[next].is_new], all[next].m);
		judge(c, &sides[0], &sides[1], skipped, row);
		allow(row, allowed, nr_allowed);
		count(c, row);
		c->nr_rows++;
	}
	return ret;
}

int results__compare_rows(struct results__compared *c, struct results__allowance *allowed,
			  size_t nr_allowed)
{
	size_t nr, next;
	struct entry *all = collect(c, &nr);
	int ret = 0;

	if (!all)
		return -ENOMEM;
	c->rows = malloc((nr + 1) * sizeof(*c->rows));
	if (!c->rows)
		ret = -ENOMEM;
	for (size_t i = 0; i < nr && !ret; i = next) {
		for (next = i + 1; next < nr && !results__row_cmp(all[next].m, all[i].m); next++)
			;
		ret = compare_row(c, all + i, next - i, allowed, nr_allowed);
	}
	free(all);
	return ret;
}

void results__compared_free(struct results__compared *c)
{
	free(c->base);
	free(c->new);
	free(c->rows);
	free(c->checks);
	*c = (struct results__compared){ 0 };
}
