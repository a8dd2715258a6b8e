// SPDX-License-Identifier: GPL-2.0-or-later
/* Compares the documents of two versions of a kernel, and sorts and counts the rows that differ. */
#include <stdlib.h>
#include <string.h>

#include "compared.h"
#include "history_step.h"

void history_free(struct model *m)
{
	for (size_t i = 0; i < m->nr_steps; i++)
		results_comparison_free(m->steps[i]);
	for (size_t i = 0; i < m->nr_step_docs; i++)
		results_doc_free(m->step_docs[i]);
	m->nr_steps = m->nr_step_docs = 0;
}

static const char *why_not(struct model *m, const struct results_compared_part *p)
{
	const char *text = NULL;

	if (p->other_mode)
		return "modes differ";
	for (size_t i = 0; i < p->nr_differences; i++)
		if (p->differences[i].is_environment)
			text = arena_str(m->arena, "%s%s %s",
					 text ? text : "environments differ in", text ? "," : "",
					 p->differences[i].key);
	return text ? text : "not comparable";
}

static bool is_exact(const struct results_compared_row *r)
{
	return r->base && r->head && r->base->kind == RESULTS_EXACT &&
	       r->head->kind == RESULTS_EXACT;
}

bool history_rose(const struct results_compared_row *r)
{
	return r->judged == RESULTS_ROW_CHANGED &&
	       results_amount_change(&r->base_value, &r->head_value) > 0;
}

static void add_row(struct model *m, struct step *s, const struct results_compared_row *r)
{
	bool exact = is_exact(r), up = history_rose(r);

	if (r->m->subject != RESULTS_KERNEL) {
		s->nr_reference += r->verdict == RESULTS_ROW_WORSE ||
				   r->verdict == RESULTS_ROW_BETTER ||
				   r->verdict == RESULTS_ROW_CHANGED;
		return;
	}
	s->nr_exact += exact;
	s->nr_fewer += exact && r->verdict == RESULTS_ROW_BETTER;
	s->nr_fell += exact && r->verdict == RESULTS_ROW_CHANGED && !up;
	s->vague.more += !exact && r->verdict == RESULTS_ROW_WORSE;
	s->vague.fewer += !exact && r->verdict == RESULTS_ROW_BETTER;
	s->vague.rose += !exact && up;
	s->vague.fell += !exact && r->verdict == RESULTS_ROW_CHANGED && !up;
	s->nr_missing += r->verdict == RESULTS_ROW_MISSING;
	s->nr_extra += r->verdict == RESULTS_ROW_EXTRA;
	s->nr_unclear += r->verdict == RESULTS_ROW_UNCLEAR;
	if (exact && (r->verdict == RESULTS_ROW_WORSE || r->verdict == RESULTS_ROW_BETTER ||
		      r->verdict == RESULTS_ROW_CHANGED)) {
		s->moved = arena_grow(m->arena, s->moved, s->nr_moved, sizeof(*s->moved));
		s->moved[s->nr_moved++] = r;
	}
	if (exact && (r->verdict == RESULTS_ROW_WORSE || up)) {
		s->worse = arena_grow(m->arena, s->worse, s->nr_worse, sizeof(*s->worse));
		s->worse[s->nr_worse++] = r;
		s->nr_rose += up;
	} else if (results_row_stands_out(r)) {
		s->other = arena_grow(m->arena, s->other, s->nr_other, sizeof(*s->other));
		s->other[s->nr_other++] = r;
	}
}

static void compare_boot(struct model *m, struct step *s, int boot)
{
	const struct report_part *old = s->old->parts[boot], *new = s->new->parts[boot];
	struct results_comparison **c = &m->steps[m->nr_steps];
	struct results_error err = { 0 };
	const struct results_compared_part *p;
	const char *hidden[HISTORY_OWN_KEYS], *own;
	struct results_doc *docs[2];
	size_t nr;

	if (!old || !new) {
		s->why[boot] = old ? s->new->why[boot] : s->old->why[boot];
		return;
	}
	nr = history_hidden(m->arena, old->doc, new->doc, hidden);
	if (history_bare(m, old->doc, hidden, nr, &docs[0], &err) ||
	    history_bare(m, new->doc, hidden, nr, &docs[1], &err) ||
	    results_compare_docs(docs[0], docs[1], NULL, c, &err)) {
		s->why[boot] = err.reason[0] ? clean(m->arena, err.reason) : "no memory";
		return;
	}
	own = history_own_text(m->arena, old->doc, new->doc, hidden, nr);
	s->own = s->own ? s->own : own;
	m->nr_steps++;
	p = &(*c)->parts[0];
	if (p->verdict != RESULTS_PART_COMPARED) {
		s->why[boot] = why_not(m, p);
		return;
	}
	s->compared[boot] = true;
	s->nr_skipped += p->nr_skipped_kernel;
	for (size_t i = 0; i < p->nr_rows; i++)
		add_row(m, s, &p->rows[i]);
}

struct step history_compare(struct model *m, const struct series *series,
			    const struct version_kernel *old, const struct version_kernel *new)
{
	struct step s = { .series = series, .old = old, .new = new };

	for (int b = 0; b < HISTORY_BOOTS; b++)
		compare_boot(m, &s, b);
	if (s.nr_worse)
		qsort(s.worse, s.nr_worse, sizeof(*s.worse), compared_most_first);
	if (s.nr_moved)
		qsort(s.moved, s.nr_moved, sizeof(*s.moved), compared_most_first);
	if (s.nr_other)
		qsort(s.other, s.nr_other, sizeof(*s.other), compared_most_first);
	return s;
}
