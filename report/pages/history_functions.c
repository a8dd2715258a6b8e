// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A measure by function: which rows it is made of, by how much of each, and what the plugin counted
 * in these rows; and which functions of two kernels are the same.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "history_functions.h"

#define NOISE 1e-6 /* of sums of fractions, which depend on their order */
#define SAMPLES 31 /* of a row in instructions: as few as make it exact */

/* ---- of which rows a measure is made ---- */

/* A document with the rows of the measure's family, all of which count 0. */
struct probe {
	struct report_part part;
	const struct results_measurement **of; /* the row that each row stands for */
};

static bool same_family(const char *a, const char *b)
{
	size_t n = strcspn(a, "/") + 1;

	return !strncmp(a, b, n);
}

static int make_probe(struct model *m, const struct report_part *part, const struct measure *what,
		      struct probe *p)
{
	const char *release = results_pairs_get(&part->doc->subject, "release");
	double zero[SAMPLES] = { 0 };
	struct results_error err;
	struct results_doc *doc;
	int ret;

	p->part = *part;
	p->of = arena_alloc(m->arena, (part->doc->nr_measurements + 1) * sizeof(*p->of));
	ret = history_doc(m, part->doc->part, part->doc->mode, &doc);
	if (!ret && release)
		ret = results_pairs_set(&doc->subject, "release", release);
	for (size_t i = 0; i < part->doc->nr_measurements && !ret; i++) {
		struct results_measurement row = part->doc->measurements[i];

		if (row.skipped || row.subject != RESULTS_KERNEL ||
		    !same_family(row.case_id, what->case_id) ||
		    strcmp(row.metric->name, what->metric))
			continue;
		row.kind = RESULTS_EXACT;
		row.nr_ops = 1;
		row.samples = zero;
		row.nr_samples = SAMPLES;
		row.discarded = 0;
		row.breakdown = NULL;
		row.nr_breakdown = 0;
		p->of[doc->nr_measurements] = &part->doc->measurements[i];
		ret = results_doc_add(doc, &row, &err);
	}
	p->part.doc = doc;
	return ret;
}

static void set_row(struct results_measurement *row, double value)
{
	for (size_t i = 0; i < row->nr_samples; i++)
		row->samples[i] = value;
}

/* ---- what functions take of it ---- */

struct sum {
	struct names names;
	const char **symbols;
	double *v;
};

static void add(struct arena *a, struct sum *s, const char *symbol, double v)
{
	size_t known = s->names.nr, at = names_add(a, &s->names, symbol);

	if (at == known) {
		s->symbols = arena_grow(a, s->symbols, known, sizeof(*s->symbols));
		s->v = arena_grow(a, s->v, known, sizeof(*s->v));
		s->symbols[at] = symbol;
		s->v[at] = 0;
	}
	s->v[at] += v;
}

/* Adds a row, times factor, to the sum. Returns why it cannot: half a sentence; or NULL. */
static const char *add_row(struct arena *a, struct sum *s, const struct results_measurement *row,
			   double factor)
{
	struct rvalue v = rv_of(row);

	if (!row->nr_breakdown && v.v != 0)
		return arena_str(a, "%s (%s) was not counted by function", clean(a, row->case_id),
				 params_without(a, &row->params, NULL, 0));
	for (size_t i = 0; i < row->nr_breakdown; i++)
		add(a, s, clean(a, row->breakdown[i].symbol),
		    factor * row->breakdown[i].instructions / row->nr_ops);
	return NULL;
}

static const char *sum_up(struct model *m, const struct version_kernel *k,
			  const struct measure *what, struct sum *s)
{
	struct results_measurement *row;
	const char *why = NULL;
	struct probe p;
	struct rvalue v;

	if (make_probe(m, k->functions, what, &p))
		return "no memory";
	for (size_t i = 0; i < p.part.doc->nr_measurements && !why; i++) {
		row = &p.part.doc->measurements[i];
		set_row(row, 1);
		v = history_value_in(m->arena, &p.part, what);
		set_row(row, 0);
		if (rv_ok(&v) && v.v != 0)
			why = add_row(m->arena, s, p.of[i], v.v);
	}
	return why;
}

static long long hundredths(double v)
{
	return llround(100 * v);
}

struct function_shares function_shares(struct model *m, const struct version_kernel *k,
				       const struct measure *what)
{
	struct function_shares f = { .why = k->why_functions };
	struct sum s = { .v = NULL };
	double sum = 0;

	if (!k->functions)
		return f;
	f.value = history_value_in(m->arena, k->functions, what);
	f.of_costs = history_value(m->arena, k, what);
	f.why = rv_ok(&f.value) ? sum_up(m, k, what, &s) : f.value.why;
	if (f.why)
		return f;
	f.differs = rv_ok(&f.of_costs) && fabs(f.of_costs.v - f.value.v) > NOISE;
	f.total = hundredths(f.value.v);
	f.v = arena_alloc(m->arena, (s.names.nr + 1) * sizeof(*f.v));
	for (size_t i = 0; i < s.names.nr; i++) {
		f.v[f.nr++] = (struct function_share){ s.symbols[i], hundredths(s.v[i]) };
		sum += s.v[i];
	}
	if (fabs(sum - f.value.v) > NOISE)
		f.why = "its functions do not add up to it";
	return f;
}

void function_names(struct model *m, const struct version_kernel *k, struct function_names *to)
{
	const struct results_doc *doc = k->functions ? k->functions->doc : NULL;

	*to = (struct function_names){ .names.nr = 0 };
	for (size_t i = 0; doc && i < doc->nr_measurements; i++)
		for (size_t j = 0; j < doc->measurements[i].nr_breakdown; j++)
			names_add(m->arena, &to->names,
				  clean(m->arena, doc->measurements[i].breakdown[j].symbol));
}

/* ---- which are the same ---- */

/* By difference, the largest first; then by name. */
static int by_difference(const void *va, const void *vb)
{
	const struct function_change *a = va, *b = vb;
	long long x = llabs(a->new - a->old), y = llabs(b->new - b->old);

	if (x != y)
		return x < y ? 1 : -1;
	return strcmp(a->symbol, b->symbol);
}

/* Counts of which the smaller is at least two thirds of the larger. */
static bool are_close(long long a, long long b)
{
	long long x = llabs(a), y = llabs(b);

	return (a > 0) == (b > 0) && 3 * (x < y ? x : y) >= 2 * (x < y ? y : x);
}

/* Does the measure have the one in the older kernel alone, and is the other in the newer new? */
static bool may_replace(const struct function_change *gone, const struct function_change *fresh,
			const struct function_names *x)
{
	return gone->kind == FUNCTION_OLD && gone->symbol && fresh->kind == FUNCTION_NEW &&
	       names_find(&x->names, fresh->symbol) == NAMES_NOWHERE;
}

/* Is the one gone, so that no row of the newer kernel calls it, and is the other like it? */
static bool fits(const struct function_change *gone, const struct function_change *fresh,
		 const struct function_names *x, const struct function_names *y)
{
	return may_replace(gone, fresh, x) &&
	       names_find(&y->names, gone->symbol) == NAMES_NOWHERE && gone->old &&
	       are_close(gone->old, fresh->new) &&
	       function_names_are_like(gone->symbol, fresh->symbol);
}

static void join(struct function_change *old, struct function_change *new, const char *how)
{
	new->kind = FUNCTION_RENAMED;
	new->before = old->symbol;
	new->old = old->old;
	new->how = how;
	old->symbol = NULL; /* removed later */
}

static void join_known(struct arena *a, struct function_changes *c, const struct function_names *x)
{
	const char *how;

	for (size_t i = 0; i < c->nr; i++)
		for (size_t j = 0; c->v[i].kind == FUNCTION_OLD && j < c->nr; j++) {
			if (!may_replace(&c->v[i], &c->v[j], x))
				continue;
			how = function_known_rename(a, c->v[i].symbol, c->v[j].symbol);
			if (how)
				join(&c->v[i], &c->v[j], how);
		}
}

/* The only function that fits v[i]; NULL: none or several. */
static struct function_change *only(struct function_changes *c, size_t i,
				    const struct function_names *x, const struct function_names *y)
{
	struct function_change *found = NULL;

	for (size_t j = 0; j < c->nr; j++) {
		bool fit;

		if (!c->v[i].symbol || !c->v[j].symbol)
			continue;
		fit = c->v[i].kind == FUNCTION_OLD ? fits(&c->v[i], &c->v[j], x, y)
						   : fits(&c->v[j], &c->v[i], x, y);
		if (fit && found)
			return NULL;
		if (fit)
			found = &c->v[j];
	}
	return found;
}

static void join_like(struct function_changes *c, const struct function_names *x,
		      const struct function_names *y)
{
	struct function_change *new;

	for (size_t i = 0; i < c->nr; i++) {
		if (c->v[i].kind != FUNCTION_OLD || !c->v[i].symbol)
			continue;
		new = only(c, i, x, y);
		if (new &&only(c, (size_t)(new - c->v), x, y) == &c->v[i])
			join(&c->v[i], new,
			     "a guess: the one is gone and the other new, with like names and "
			     "counts");
	}
}

struct function_changes function_changes(struct model *m, const struct function_shares *old,
					 const struct function_shares *new,
					 const struct function_names *x,
					 const struct function_names *y)
{
	struct function_changes c = { .old = old->total, .new = new->total };
	struct names known = { 0 };
	size_t at, kept = 0;

	c.v = arena_alloc(m->arena, (old->nr + new->nr + 1) * sizeof(*c.v));
	for (size_t i = 0; i < old->nr; i++) {
		names_add(m->arena, &known, old->v[i].symbol);
		c.v[c.nr++] = (struct function_change){ .kind = FUNCTION_OLD,
							.symbol = old->v[i].symbol,
							.old = old->v[i].hundredths };
	}
	for (size_t i = 0; i < new->nr; i++) {
		at = names_find(&known, new->v[i].symbol);
		if (at == NAMES_NOWHERE) {
			c.v[c.nr++] = (struct function_change){ .kind = FUNCTION_NEW,
								.symbol = new->v[i].symbol,
								.new = new->v[i].hundredths };
			continue;
		}
		c.v[at].kind = FUNCTION_BOTH;
		c.v[at].new = new->v[i].hundredths;
	}
	join_known(m->arena, &c, x);
	join_like(&c, x, y);
	c.rounding = c.new - c.old;
	for (size_t i = 0; i < c.nr; i++) {
		if (!c.v[i].symbol || (!c.v[i].new && !c.v[i].old))
			continue;
		c.rounding -= c.v[i].new - c.v[i].old;
		c.v[kept++] = c.v[i];
	}
	c.nr = kept;
	if (c.nr)
		qsort(c.v, c.nr, sizeof(*c.v), by_difference);
	return c;
}
