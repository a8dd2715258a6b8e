// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Comparing the explorer's findings: the models of the runs of two sides. A model was fine in the
 * base if it was fine in one of the base's runs; it is fine in the head if it is fine in every run,
 * and no less of it was explored.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"

static int by_name(const void *va, const void *vb)
{
	const struct results_explore_model *a = va, *b = vb;
	int c = strcmp(a->mechanism, b->mechanism);

	return c ? c : strcmp(a->variant, b->variant);
}

struct side {
	const struct results_explore_model *fine, *bad, *unfinished; /* one of each, or NULL */
	const struct results_explore_model *first, *least; /* least: the least explored fine one */
	size_t nr;
};

/* Whether caught_by differs, or busted_code where both documents have it. */
static bool claims_otherwise(const struct results_explore_model *a,
			     const struct results_explore_model *b)
{
	if (strcmp(a->caught_by ?: "", b->caught_by ?: ""))
		return true;
	return a->busted_code_said && b->busted_code_said &&
	       strcmp(a->busted_code ?: "", b->busted_code ?: "");
}

/* Whether a explored less than b. The bound counts for clean models only: a busted variant that was
 * caught is caught at any bound. */
static bool is_less(const struct results_explore_model *a, const struct results_explore_model *b)
{
	if (claims_otherwise(a, b) || (a->verdict == RESULTS_EXPLORE_CLEAN && !a->schedules))
		return true;
	if (a->busted != b->busted || strcmp(a->mode, b->mode) || a->nr_cpus < b->nr_cpus)
		return true;
	if (a->verdict != b->verdict)
		return a->verdict == RESULTS_EXPLORE_HELD;
	return a->verdict == RESULTS_EXPLORE_CLEAN && a->bound < b->bound;
}

static void side_add(struct side *s, const struct results_explore_model *m)
{
	s->first = s->nr++ ? s->first : m;
	if (m->verdict == RESULTS_EXPLORE_UNFINISHED) {
		s->unfinished = m;
	} else if (!results_explore_is_fine(m->verdict)) {
		s->bad = m;
	} else {
		s->fine = s->fine ? s->fine : m;
		s->least = s->least && !is_less(m, s->least) ? s->least : m;
	}
}

static enum results_model_verdict judge(const struct side *base, const struct side *head,
					size_t nr_head)
{
	if (!base->nr)
		return head->bad ? RESULTS_MODEL_NEW : RESULTS_MODEL_EXTRA;
	if (head->bad)
		return base->fine ? RESULTS_MODEL_LOST : RESULTS_MODEL_STILL;
	if (head->nr < nr_head)
		return RESULTS_MODEL_MISSING;
	if (head->unfinished)
		return RESULTS_MODEL_LESS;
	if (base->fine && is_less(head->least, base->fine))
		return RESULTS_MODEL_LESS;
	return base->bad || base->unfinished ? RESULTS_MODEL_MENDED : RESULTS_MODEL_FINE;
}

/* Adds the models of one side's nr sources; *runs: how many of the sources have an exploration. */
static int collect(struct results__entries *e, struct results__source *const *s, size_t nr,
		   bool is_head, size_t *runs)
{
	int err = 0;

	*runs = 0;
	for (size_t i = 0; i < nr && !err; i++) {
		if (!s[i]->explored)
			continue;
		++*runs;
		err = results__entries_add(e, s[i]->explored->models, s[i]->explored->nr_models,
					   sizeof(*s[i]->explored->models), is_head);
	}
	return err;
}

static void count_runs(struct results_comparison *c)
{
	for (size_t i = 0; i < c->nr_runs; i++) {
		const struct results_compared_run *r = &c->runs[i];

		c->totals.unexplored += !r->is_document && !r->explored;
		c->totals.half_explored += r->half_explored;
	}
}

static bool same_program(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Counts explorations by another program than the first's: their findings are not comparable. */
static void count_explorers(struct results_comparison *c)
{
	const struct results_compared_run *first = NULL;

	for (size_t i = 0; i < c->nr_runs; i++) {
		const struct results_compared_run *r = &c->runs[i];

		if (!r->explored)
			continue;
		first = first ? first : r;
		c->totals.other_explorers += !same_program(first->stand_in, r->stand_in);
	}
}

static void compare_all(struct results_comparison *c, const struct results__entries *e,
			size_t nr_head)
{
	for (size_t i = 0, next; i < e->nr; i = next) {
		struct side sides[2] = { { .nr = 0 } }, *base = &sides[0], *head = &sides[1];
		struct results_compared_model *m = &c->models[c->nr_models++];

		next = results__entries_next(e, i, by_name);
		for (size_t k = i; k < next; k++)
			side_add(&sides[e->v[k].is_head], e->v[k].of);
		*m = (struct results_compared_model){
			.base = base->fine ? base->fine : base->first,
			.head = head->bad	   ? head->bad
				: head->unfinished ? head->unfinished
						   : head->least,
			.verdict = judge(base, head, nr_head),
		};
		c->totals.models[m->verdict]++;
	}
}

int results__compare_models(struct results_comparison *c, struct results__source *const *base,
			    size_t nr_base, struct results__source *const *head, size_t nr_head)
{
	struct results__entries e = { .nr = 0 };
	size_t base_runs, head_runs;
	int err = collect(&e, base, nr_base, false, &base_runs);

	if (!err)
		err = collect(&e, head, nr_head, true, &head_runs);
	if (!err && (base_runs || head_runs)) {
		c->explored = true;
		count_runs(c);
		count_explorers(c);
	}
	if (!err && base_runs && head_runs && !c->totals.other_explorers) {
		c->models = malloc((e.nr + 1) * sizeof(*c->models));
		err = c->models ? 0 : -ENOMEM;
		if (!err)
			results__entries_sort(&e, by_name);
		if (!err)
			compare_all(c, &e, head_runs);
	}
	free(e.v);
	return err;
}
