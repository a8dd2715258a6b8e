// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Comparing one part of two sides row by row. A side is one or more runs of it.
 *
 * An exact value is the mode of totals over nr_ops operations; values are compared as fractions, so
 * that sides which counted another number of operations still compare exactly. With several runs a
 * side is the range of its runs' values: sides differ when their ranges do not overlap.
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

/* The mode's total; -1 without memory. */
static long long total(const struct results_measurement *m)
{
	double *sorted = results__sorted(m->samples, m->nr_samples), mode;
	size_t count;

	if (!sorted)
		return -1;
	mode = results__mode(sorted, m->nr_samples, &count);
	free(sorted);
	return (long long)mode;
}

/* The order of two exact values. */
static int value_cmp(const struct results_measurement *a, const struct results_measurement *b)
{
	__int128 x = (__int128)total(a) * b->nr_ops, y = (__int128)total(b) * a->nr_ops;

	return (x > y) - (x < y);
}

struct side {
	const struct results_measurement *first, *low, *high;
	size_t nr, nr_exact;
};

static void side_add(struct side *s, const struct results_measurement *m)
{
	s->nr++;
	if (!s->first)
		s->first = m;
	if (m->kind != RESULTS_EXACT)
		return;
	s->nr_exact++;
	if (!s->low || value_cmp(m, s->low) < 0)
		s->low = m;
	if (!s->high || value_cmp(m, s->high) > 0)
		s->high = m;
}

/* Both sides are exact throughout. */
static enum results__verdict judge_exact(const struct side *base, const struct side *new)
{
	bool rose = value_cmp(new->low, base->high) > 0;
	bool fell = value_cmp(new->high, base->low) < 0;
	enum results_better better = base->first->metric->better;

	if (!rose && !fell)
		return value_cmp(base->low, base->high) || value_cmp(new->low, new->high) ?
			       RESULTS__UNSTEADY :
			       RESULTS__EQUAL;
	if (better == RESULTS_NEITHER)
		return RESULTS__CHANGED;
	return rose == (better == RESULTS_LOWER) ? RESULTS__WORSE : RESULTS__BETTER;
}

/* Why the new side lacks the row: its documents may have skipped it. */
static const char *skip_reason(const struct results__compared *c,
			       const struct results_measurement *m)
{
	for (size_t d = 0; d < c->nr_new; d++) {
		for (size_t i = 0; i < c->new[d]->nr_measurements; i++) {
			const struct results_measurement *n = &c->new[d]->measurements[i];

			if (n->skipped && !strcmp(n->case_id, m->case_id) &&
			    n->subject == m->subject && !results_params_cmp(&n->params, &m->params))
				return n->skipped;
		}
	}
	return NULL;
}

static void judge(const struct results__compared *c, const struct side *base,
		  const struct side *new, struct results__compared_row *row)
{
	*row = (struct results__compared_row){
		.m = base->first ? base->first : new->first,
		.base = base->low ? base->low : base->first,
		.new = new->low ? new->low : new->first,
	};
	if (new->nr < c->nr_new && base->nr) {
		row->verdict = RESULTS__MISSING;
		row->why = skip_reason(c, row->m);
		if (!row->why && new->nr)
			row->why = "not in every new run";
	} else if (base->nr < c->nr_base) {
		row->verdict = RESULTS__EXTRA;
		row->why = base->nr ? "not in every base run" : NULL;
	} else if (base->nr_exact == base->nr && new->nr_exact == new->nr) {
		row->verdict = judge_exact(base, new);
	} else if (base->nr_exact == base->nr) {
		row->verdict = RESULTS__NOT_EXACT;
	} else if (new->nr_exact == new->nr) {
		row->verdict = RESULTS__NOW_EXACT;
	} else {
		row->verdict = RESULTS__NOT_JUDGED;
	}
}

/* Every measurement of both sides, in order; what was skipped is left out. */
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
			if (!doc->measurements[i].skipped)
				all[(*nr)++] = (struct entry){ &doc->measurements[i], is_new };
	}
	qsort(all, *nr, sizeof(*all), entry_cmp);
	return all;
}

int results__compare_rows(struct results__compared *c)
{
	size_t nr, next;
	struct entry *all = collect(c, &nr);

	if (!all)
		return -ENOMEM;
	c->rows = malloc((nr + 1) * sizeof(*c->rows));
	if (!c->rows) {
		free(all);
		return -ENOMEM;
	}
	for (size_t i = 0; i < nr; i = next) {
		struct side base = { 0 }, new = { 0 };

		for (next = i; next < nr; next++) {
			if (results__measurement_cmp(all[next].m, all[i].m))
				break;
			side_add(all[next].is_new ? &new : &base, all[next].m);
		}
		judge(c, &base, &new, &c->rows[c->nr_rows]);
		c->count[c->rows[c->nr_rows].verdict]++;
		c->nr_rows++;
	}
	free(all);
	return 0;
}

void results__compared_free(struct results__compared *c)
{
	free(c->base);
	free(c->new);
	free(c->rows);
	*c = (struct results__compared){ 0 };
}
