// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Compares every count of interrupts and flushes that two kernels have: a sentence and a table of
 * the differences.
 */
#include <math.h>
#include <string.h>

#include "../model/names.h"
#include "freeing.h"
#include "freeing_flushes.h"

/* Limits of a sentence; the table has all. */
#define MAX_CHANGES 8
#define MAX_CELLS 24 /* per change */
#define MAX_PEERS 24 /* per cell */

static const struct {
	const char *metric, *words;
} flush_metrics[NR_FLUSH_METRICS] = {
	[FLUSH_IPIS_SENT] = { "ipis_sent", "interrupts sent" },
	[FLUSH_CPUS] = { "cpus_interrupted", "CPUs interrupted" },
	[FLUSH_TLB] = { "tlb_flushes", "TLB flushes" },
};

enum flush_metric flush_metric(const struct results_measurement *row)
{
	enum flush_metric i;

	for (i = 0; i < NR_FLUSH_METRICS; i++)
		if (!row->skipped && row->subject == RESULTS_KERNEL &&
		    !strcmp(row->metric->name, flush_metrics[i].metric))
			break;
	return i;
}

static const struct results_measurement *same_row(struct model *m, const struct report_part *part,
						  const struct results_measurement *row)
{
	const struct report_rows rows = { part, row->case_id, row->subject, row->metric->name };

	return rows_find(m->arena, &rows, &row->params, NULL, 0, NULL);
}

struct range {
	double low, high;
};

static struct range range_of(const struct results_measurement *row)
{
	double by = row->nr_ops ? (double)row->nr_ops : 1;
	struct range r = { 0 };

	for (size_t i = 0; i < row->nr_samples; i++) {
		r.low = i ? fmin(r.low, row->samples[i] / by) : row->samples[i] / by;
		r.high = i ? fmax(r.high, row->samples[i] / by) : row->samples[i] / by;
	}
	return r;
}

static void compare_row(struct model *m, const struct report_part *b,
			const struct results_measurement *row, size_t metric, struct flushes *f)
{
	const struct results_measurement *twin = same_row(m, b, row);
	struct apart a = { .row = row, .metric = metric, .stock = rv_of(row) };
	struct range x, y;

	if (!twin) {
		f->only_one++;
		return;
	}
	a.forced = rv_of(twin);
	f->nr++;
	x = range_of(row);
	y = range_of(twin);
	f->seen += x.high > 0 || y.high > 0;
	if (x.low <= y.high && y.low <= x.high) {
		f->unsure += x.low != y.low || x.high != y.high || a.stock.v != a.forced.v;
		return;
	}
	*(a.forced.v > a.stock.v ? &f->more : &f->fewer) += 1;
	f->v = arena_grow(m->arena, f->v, f->nr_apart, sizeof(*f->v));
	f->v[f->nr_apart++] = a;
}

static const char *const peer_key[] = { "format", "peer" };

struct chains {
	struct names names;
	size_t *last;
};

/* Appends row `at` to the chain `name`. Returns the previous row's place, or NAMES_NOWHERE. */
static size_t add_to_chain(struct arena *a, struct chains *c, const char *name, size_t at)
{
	size_t known = c->names.nr, place = names_add(a, &c->names, name), before = NAMES_NOWHERE;

	if (place == known)
		c->last = arena_grow(a, c->last, known, sizeof(*c->last));
	else
		before = c->last[place];
	c->last[place] = at;
	return before;
}

/*
 * Chains rows of one change (one metric, from x to y), and within it rows of one cell (one case,
 * and the same params but for the peer).
 */
static void chain_rows(struct arena *a, struct flushes *f)
{
	struct chains changes = { .last = NULL }, cells = { .last = NULL };
	const char *name;
	size_t before;

	for (size_t i = 0; i < f->nr_apart; i++) {
		struct apart *r = &f->v[i];

		name = arena_str(a, "%zu %a %a", r->metric, r->stock.v, r->forced.v);
		before = add_to_chain(a, &changes, name, i);
		r->change.first = before == NAMES_NOWHERE;
		if (!r->change.first)
			f->v[before].change.next = i;
		name = arena_str(a, "%s %s %s", name, r->row->case_id,
				 params_id(a, &r->row->params, peer_key, 2));
		before = add_to_chain(a, &cells, name, i);
		r->peers.first = before == NAMES_NOWHERE;
		if (!r->peers.first)
			f->v[before].peers.next = i;
	}
}

struct flushes flushes_compare(struct model *m, const struct report_part *a,
			       const struct report_part *b)
{
	struct flushes f = { 0 };

	for (size_t i = 0; i < a->doc->nr_measurements; i++) {
		const struct results_measurement *row = &a->doc->measurements[i];

		if (flush_metric(row) < NR_FLUSH_METRICS)
			compare_row(m, b, row, flush_metric(row), &f);
	}
	for (size_t i = 0; i < b->doc->nr_measurements; i++) {
		const struct results_measurement *row = &b->doc->measurements[i];

		f.only_one += flush_metric(row) < NR_FLUSH_METRICS && !same_row(m, a, row);
	}
	chain_rows(m->arena, &f);
	return f;
}

/* "unshare (mem=hugetlb, sharer=last) with peer gup, spin" */
static const char *peers_text(struct model *m, const struct flushes *f, size_t first)
{
	const struct apart *g = &f->v[first];
	const char *peers = NULL, *params, *name;
	struct arena *a = m->arena;
	size_t i = first, nr = 0;

	do {
		name = param_text(a, &f->v[i].row->params, "peer", "not named");
		if (nr++ < MAX_PEERS)
			peers = peers ? arena_str(a, "%s, %s", peers, name) : name;
	} while ((i = f->v[i].peers.next));
	if (nr > MAX_PEERS)
		peers = arena_str(a, "%s and %zu more", peers, nr - MAX_PEERS);
	params = params_without(a, &g->row->params, peer_key, 2);
	return arena_str(a, "%s%s%s%s with peer %s", freeing_case_word(m, g->row),
			 *params ? " (" : "", params, *params ? ")" : "", peers);
}

/* "2 interrupts sent instead of 1 in 7 (collapse ...; unshare ...)" */
static const char *change_text(struct model *m, const struct flushes *f, size_t first)
{
	const struct apart *g = &f->v[first];
	size_t i = first, nr = 0, cells = 0;
	const char *who = NULL;
	struct arena *a = m->arena;

	do {
		nr++;
		if (f->v[i].peers.first && cells++ < MAX_CELLS)
			who = who ? arena_str(a, "%s; %s", who, peers_text(m, f, i))
				  : peers_text(m, f, i);
	} while ((i = f->v[i].change.next));
	if (cells > MAX_CELLS)
		who = arena_str(a, "%s; and %zu more, which the table has", who, cells - MAX_CELLS);
	return arena_str(a,
			 "%s are " STRONG "%s" STRONG " instead of " STRONG "%s" STRONG
			 " in %zu (%s)",
			 flush_metrics[g->metric].words, rv_number(a, &g->forced),
			 rv_number(a, &g->stock), nr, who);
}

static const char *changes_text(struct model *m, const struct flushes *f)
{
	const char *text = NULL, *one;
	size_t told = 0, rest = 0;

	for (size_t i = 0; i < f->nr_apart; i++) {
		if (!f->v[i].change.first)
			continue;
		if (told++ >= MAX_CHANGES) {
			rest++;
			continue;
		}
		one = change_text(m, f, i);
		text = text ? arena_str(m->arena, "%s, %s", text, one) : one;
	}
	return rest ? arena_str(m->arena, "%s, and otherwise in %zu more ways", text, rest) : text;
}

const char *flushes_text(struct model *m, const struct flushes *f)
{
	struct arena *a = m->arena;
	const char *text;

	if (!f->seen)
		text = arena_str(a,
				 "Not seen here: of %zu counts of interrupts and flushes that both "
				 "kernels have, all are 0.",
				 f->nr);
	else if (!f->more && !f->fewer && f->unsure)
		text = arena_str(
			a,
			"Not told apart here: of %zu counts of interrupts and flushes that "
			"both kernels have, %zu are equal, and %zu vary, with ranges that "
			"overlap.",
			f->nr, f->nr - f->unsure, f->unsure);
	else if (!f->more && !f->fewer)
		text = arena_str(a,
				 "No: all " STRONG "%zu" STRONG " counts of interrupts and flushes "
				 "that both kernels have are equal.",
				 f->nr);
	else
		text = arena_str(a,
				 "%s: of %zu counts of interrupts and flushes that both kernels "
				 "have, RCU has fewer in " STRONG "%zu" STRONG
				 " and more in " STRONG "%zu" STRONG
				 ", and %zu are equal%s. With RCU, %s.",
				 !f->fewer ? "No, it adds some"
				 : f->more ? "In part"
					   : "Yes, where the two differ",
				 f->nr, f->fewer, f->more, f->nr - f->fewer - f->more - f->unsure,
				 f->unsure ? arena_str(a,
						       "; %zu are not told apart, for their ranges "
						       "overlap",
						       f->unsure)
					   : "",
				 changes_text(m, f));
	if (f->only_one)
		text = arena_str(a, "%s %zu more %s counted in one of them alone.", text,
				 f->only_one, f->only_one == 1 ? "was" : "were");
	return text;
}

void flushes_table(struct model *m, struct section *s, const struct flushes *f)
{
	static const char *const columns[] = { "Case",	       "Params",      "Metric",
					       "#Stock (IPI)", "#Forced RCU", NULL };
	struct table *t;

	if (!f->nr_apart)
		return;
	t = section_table(m, s, "Every count of interrupts and flushes in which the two differ",
			  columns);
	for (size_t i = 0; i < f->nr_apart; i++) {
		const struct apart *a = &f->v[i];

		table_row(m, t);
		table_cell(t, "", clean(m->arena, a->row->case_id));
		table_cell(t, "", params_without(m->arena, &a->row->params, NULL, 0));
		table_cell(t, "", a->row->metric->name);
		table_value(m, t, &a->stock);
		table_value(m, t, &a->forced);
	}
}
