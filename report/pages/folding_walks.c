// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Selects the walks that the page on folding compares: rows, kernels and address spaces.
 */
#include <stdlib.h>
#include <string.h>

#include "../model/names.h"
#include "folding.h"

/* ---- rows ---- */

static bool is_kernel(const struct walk *w)
{
	return w->cost.rows.subject == RESULTS_KERNEL;
}

/* Fills the walk. False: it is of huge pages. */
static bool read_one(struct model *m, struct walk *w)
{
	const struct report_part *part = w->cost.rows.part;
	const struct results_params *p = w->cost.like;
	const char *leaf = results_params_str(p, "leaf");

	if (leaf && strcmp(leaf, "pte"))
		return false;
	w->who = is_kernel(w) ? "kernel" : "reference";
	w->design = param_text(m->arena, p, "design", "?");
	w->label = w->marked = folding_marked(m, part, w->design);
	w->bar = arena_str(m->arena, "%s, kernel", w->marked);
	w->format = param_text(m->arena, p, "format", "?");
	w->levels = param_text(m->arena, p, "levels", NULL);
	if (!is_kernel(w)) {
		w->label = folding_label(m, part, w->format, w->design);
		w->bar = folding_bar_label(m, part, w->format, w->design);
		w->nr_identical = folding_nr_identical(m, w->format, w->design);
	}
	w->space = w->format;
	if (w->levels)
		w->space = arena_str(m->arena, "%s, %s levels", w->format, w->levels);
	w->kind = gup_kind(m->arena, p);
	w->word = word_of(part, FOLDING_CASE, "format", w->format);
	w->place = word_place(part, FOLDING_CASE, "design", w->design);
	w->busted = word_is_busted(part, FOLDING_CASE, "design", w->design);
	w->series = folding_series(m, part, w->label, w->design);
	return true;
}

static void add_walk(struct model *m, struct walks *list, const struct walk *w)
{
	list->v = arena_grow(m->arena, list->v, list->nr, sizeof(*list->v));
	list->v[list->nr++] = *w;
}

/* The walks of one part by their params but for pages and crossing, and by design. */
static const char *series_name(struct model *m, const struct walk *w, const char *design)
{
	static const char *const keys[] = { "design", "pages", "cross" };

	return arena_str(m->arena, "%s\n%s", params_id(m->arena, w->cost.like, keys, 3), design);
}

/* Has `a` every figure that `b` has? */
static bool has_all(const struct gup_cost *a, const struct gup_cost *b)
{
	bool all = (rv_ok(&a->call) || !rv_ok(&b->call)) && (rv_ok(&a->page) || !rv_ok(&b->page));

	for (int level = 0; level < NR_CROSS; level++)
		all = all && (rv_ok(&a->cross[level]) || !rv_ok(&b->cross[level]));
	return all;
}

/*
 * Does an earlier design with the same code show all of this walk's figures? One that shows some
 * may stand for all designs of the format: then this walk gets a label of its own.
 */
static bool is_told(struct model *m, const struct walks *list, const struct names *series,
		    struct walk *w)
{
	const char *const *before;
	size_t nr = folding_before(m, w->format, w->design, &before), at;

	for (size_t i = 0; !is_kernel(w) && i < nr; i++) {
		at = names_find(series, series_name(m, w, before[i]));
		if (at == NAMES_NOWHERE)
			continue;
		if (has_all(&list->v[at].cost, &w->cost))
			return true;
		if (w->nr_identical)
			w->label = w->bar = arena_str(m->arena, "%s, one of %s (identical)",
						      w->marked,
						      folding_number(m, w->nr_identical));
	}
	return false;
}

size_t walks_read(struct model *m, struct walks *list, const struct report_part *part,
		  enum results_subject subject, const char *metric)
{
	const struct report_rows rows = { part, FOLDING_CASE, subject, metric };
	struct gup_cost *costs;
	size_t nr = gup_costs_all(m->arena, &rows, &costs), before = list->nr;
	struct walks all = { 0 };
	struct names series = { 0 };

	for (size_t i = 0; i < nr; i++) {
		struct walk w = { .cost = costs[i] };

		if (!read_one(m, &w))
			continue;
		add_walk(m, &all, &w);
		names_add(m->arena, &series, series_name(m, &w, w.design));
	}
	for (size_t i = 0; i < all.nr; i++)
		if (!is_told(m, &all, &series, &all.v[i]))
			add_walk(m, list, &all.v[i]);
	return list->nr - before;
}

bool walks_measured(const struct walks *list)
{
	for (size_t i = 0; i < list->nr; i++) {
		const struct gup_cost *c = &list->v[i].cost;
		bool any = rv_ok(&c->call) || rv_ok(&c->page);

		for (int level = 0; level < NR_CROSS; level++)
			any |= rv_ok(&c->cross[level]);
		if (any)
			return true;
	}
	return false;
}

static int by_space(const void *va, const void *vb)
{
	const struct walk *a = va, *b = vb;
	int c = strcmp(a->space, b->space);

	if (!c)
		c = strcmp(a->who, b->who);
	if (!c)
		c = (a->place > b->place) - (a->place < b->place);
	if (!c)
		c = strcmp(a->design, b->design);
	return c ? c : strcmp(a->kind, b->kind);
}

void walks_sort(struct walks *list)
{
	if (list->nr)
		qsort(list->v, list->nr, sizeof(*list->v), by_space);
}

struct walks walks_in(struct model *m, const struct walks *list, const char *space)
{
	struct walks out = { 0 };

	for (size_t i = 0; i < list->nr; i++)
		if (!strcmp(list->v[i].space, space))
			add_walk(m, &out, &list->v[i]);
	return out;
}

struct walks walks_of_format(struct model *m, const struct walks *list, const char *format)
{
	struct walks out = { 0 };

	for (size_t i = 0; i < list->nr; i++)
		if (!strcmp(list->v[i].format, format))
			add_walk(m, &out, &list->v[i]);
	return out;
}

/* A format's name is <arch>-<page>-<va>[-folded], or the architecture's name. */
static bool is_of_arch(const struct walk *w, const char *arch)
{
	size_t n = strlen(arch);

	return !strncmp(w->format, arch, n) && (!w->format[n] || w->format[n] == '-');
}

struct walks walks_of_arch(struct model *m, const struct walks *list, const char *arch)
{
	struct walks out = { 0 };
	struct names own = { 0 };

	for (size_t i = 0; i < list->nr; i++)
		if (is_kernel(&list->v[i]))
			names_add(m->arena, &own, list->v[i].format);
	for (size_t i = 0; i < list->nr; i++)
		if (is_of_arch(&list->v[i], arch) ||
		    names_find(&own, list->v[i].format) != NAMES_NOWHERE)
			add_walk(m, &out, &list->v[i]);
	return out;
}

/* ---- levels ---- */

static bool has_shape(const struct walk *w)
{
	return w->word && w->word->nr_levels;
}

static long long nr_levels(const struct walk *w)
{
	return results_params_int(w->cost.like, "levels", 0);
}

bool walk_is_folded(const struct walk *w, int level)
{
	long long levels = nr_levels(w), at = 0;

	/* No axis has the format: assume that the levels above the lowest `levels` are folded. */
	if (!has_shape(w))
		return levels && level + 2 > levels;
	for (size_t i = w->word->nr_levels; i-- > 0;) {
		const struct results_level *l = &w->word->levels[i];
		bool here = !strcmp(l->name, cross_names[level]);

		if (l->fold == RESULTS_FOLD_COMPILED || l->fold == RESULTS_FOLD_BOOT) {
			if (here)
				return true;
			continue;
		}
		at++;
		if (here)
			return l->fold == RESULTS_FOLD_MM && levels && at > levels;
	}
	return false;
}

static bool folds_per_mm(const struct walk *w)
{
	if (!has_shape(w))
		return w->levels;
	for (size_t i = 0; i < w->word->nr_levels; i++)
		if (w->word->levels[i].fold == RESULTS_FOLD_MM)
			return true;
	return false;
}

/* Whether a level that can fold per mm is not folded in this address space. */
static bool has_unfolded(const struct walk *w)
{
	long long at = 0;

	for (size_t i = w->word ? w->word->nr_levels : 0; i-- > 0;) {
		enum results_fold fold = w->word->levels[i].fold;

		at += fold == RESULTS_FOLD_NO || fold == RESULTS_FOLD_MM;
		if (fold == RESULTS_FOLD_MM && at <= nr_levels(w))
			return true;
	}
	return false;
}

/* ---- the address space that a sentence is about ---- */

/*
 * Kernel walks rank above the reference's, for a kernel's first is in the address space that a
 * process starts with; then walks with a cost per call; then, of the reference, those in which
 * folding makes a difference: a level that can fold per mm is not folded.
 */
static int rank(const struct walk *w)
{
	return (is_kernel(w) ? 4 : 0) + (rv_ok(&w->cost.call) ? 2 : 0) +
	       (!is_kernel(w) && has_unfolded(w));
}

const struct walk *walks_head(struct model *m, const struct walks *list, enum walks_fold fold,
			      const char *arch)
{
	const struct walk *best = NULL;
	struct walk *copy;

	for (size_t i = 0; i < list->nr; i++) {
		const struct walk *w = &list->v[i];

		if (*w->kind || (fold != WALKS_ANY && folds_per_mm(w) != (fold == WALKS_PER_MM)) ||
		    (arch && !is_of_arch(w, arch)))
			continue;
		if (!best || rank(w) > rank(best))
			best = w;
	}
	if (!best)
		return NULL;
	copy = arena_alloc(m->arena, sizeof(*copy)); /* the caller may sort the list */
	*copy = *best;
	return copy;
}

/* ---- kernels ---- */

/* The design of the part's first walk of that subject, or NULL. */
static const char *first_design(struct model *m, const struct report_part *part,
				enum results_subject subject)
{
	const struct results_doc *doc = part->doc;

	for (size_t i = 0; doc && i < doc->nr_measurements; i++) {
		const struct results_measurement *row = &doc->measurements[i];
		const char *design = param_text(m->arena, &row->params, "design", NULL);

		if (design && row->subject == subject && !strcmp(row->case_id, FOLDING_CASE))
			return design;
	}
	return NULL;
}

const char *folding_row_design(struct model *m, const struct report_part *part)
{
	return first_design(m, part, RESULTS_KERNEL);
}

/* Adds the part to the list if no part there has its design. */
static void add_kernel(struct model *m, const struct report_part ***list, size_t *nr,
		       struct names *designs, const struct report_part *part)
{
	const char *design = folding_row_design(m, part);
	size_t known = designs->nr;

	if (!design || names_add(m->arena, designs, design) < known)
		return;
	*list = arena_grow(m->arena, *list, *nr, sizeof(**list));
	(*list)[(*nr)++] = part;
}

/* 0: the reference ran beside this kernel; 1: it did not; 2: no figure of the part is used. */
static int kernel_class(struct model *m, const struct report_part *part)
{
	if (!input_usable(part))
		return 2;
	return first_design(m, part, RESULTS_REF) ? 0 : 1;
}

size_t folding_kernels(struct model *m, const char *arch, const struct report_part ***out)
{
	const char *stock = input_stock(m->in, arch);
	const struct report_part *own = input_stock_part(m->in, arch, FOLDING_SETUP);
	struct names designs = { 0 };
	size_t nr = 0;

	*out = NULL;
	if (input_usable(own))
		add_kernel(m, out, &nr, &designs, own);
	for (int class = 0; class < 3; class ++)
		for (size_t i = 0; i < m->in->nr_parts; i++) {
			const struct report_part *part = &m->in->parts[i];

			if (part->arch && !strcmp(part->arch, arch) &&
			    !strcmp(part->setup, FOLDING_SETUP) &&
			    (!stock || (part->has_role && !strcmp(part->stock_of, stock))) &&
			    kernel_class(m, part) == class)
				add_kernel(m, out, &nr, &designs, part);
		}
	return nr;
}
