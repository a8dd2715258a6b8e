// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Does the reference predict the effect of a change of design on a kernel? Compares the difference
 * of two designs, per call, page and crossing, in the reference and between the two kernels.
 */
#include <array_size.h>
#include <math.h>
#include <string.h>

#include "../model/words.h"
#include "explain.h"
#include "kernels.h"

/* Instructions by which a compiler's code for the same change may differ in two programs. */
#define TOLERANCE 8.0

#define NR_WALK (Q_PGD + 1)

/* The walks of one part, by design and by the levels of the address space. */
struct walks {
	struct gup_cost *v;
	size_t nr;
};

struct change {
	const struct kernel *k;
	struct walks variant, stock, reference;
};

struct tally {
	const char *whys[26]; /* explanations, each listed once below the table */
	size_t nr_whys;
	size_t compared, agree, unmoved, explained, left;
	/* agree: near, with the same sign; unmoved: near, and 0 in one of the two or in both */
	const char *worst; /* the one furthest apart of those without explanation */
	double off;
};

static struct walks walks_of(struct model *m, const struct report_part *part,
			     enum results_subject subject)
{
	const struct report_rows rows = { part, "gup_fast/walk", subject, "instructions" };
	struct walks w = { 0 };

	w.nr = gup_costs(m->arena, &rows, &w.v);
	return w;
}

/* The plain walk of that design and number of levels; NULL: not measured. */
static const struct gup_cost *find_walk(const struct walks *w, const char *design, long long levels)
{
	for (size_t i = 0; i < w->nr; i++) {
		const struct results_params *p = w->v[i].like;
		const char *d = results_params_str(p, "design");

		if (d && !strcmp(d, design) && gup_is_plain(p) &&
		    results_params_int(p, "levels", 0) == levels)
			return &w->v[i];
	}
	return NULL;
}

static struct rvalue quantity_of(const struct gup_cost *c, int q)
{
	return q == Q_CALL ? c->call : q == Q_PAGE ? c->page : c->cross[q - Q_PMD];
}

static struct rvalue difference(const struct gup_cost *to, const struct gup_cost *from, int q)
{
	if (!to || !from)
		return rv_missing("not measured");
	return rv_sub(quantity_of(to, q), quantity_of(from, q), "one design less the other");
}

static const char *signed_text(struct model *m, const struct rvalue *v)
{
	return arena_str(m->arena, "%s%s", v->v > 0 ? "+" : "", rv_text(m->arena, v));
}

static const char *unexplained(struct model *m, const char *what, const struct rvalue *kernel,
			       const struct rvalue *ref, struct tally *sum)
{
	double off = fabs(kernel->v - ref->v);

	sum->left++;
	if (!sum->worst || off > sum->off) {
		sum->off = off;
		sum->worst = arena_str(m->arena, "%s: %s in the kernel, %s in the reference", what,
				       signed_text(m, kernel), signed_text(m, ref));
	}
	return kernel->v * ref->v < 0 ? "other sign, not explained" : "apart, not explained";
}

/* The explanation's letter; there are fewer explanations than letters. */
static char letter_of(struct tally *sum, const char *why)
{
	size_t i;

	for (i = 0; i < sum->nr_whys && strcmp(sum->whys[i], why); i++)
		;
	if (i == sum->nr_whys && i < ARRAY_SIZE(sum->whys))
		sum->whys[sum->nr_whys++] = why;
	return (char)('a' + i);
}

/* A difference of zero has no sign to compare. */
static bool is_zero(const struct rvalue *v)
{
	return fabs(v->v) < 0.05;
}

/* Words for differences that are near and not of opposite sign; NULL: they need an explanation. */
static const char *near_text(const struct rvalue *kernel, const struct rvalue *ref,
			     struct tally *sum)
{
	double off = fabs(kernel->v - ref->v);

	if (off > TOLERANCE)
		return NULL;
	if (is_zero(kernel) || is_zero(ref)) {
		sum->unmoved++;
		return is_zero(kernel) && is_zero(ref) ? "none in either"
		       : is_zero(kernel)	       ? "none in the kernel"
						       : "none in the reference";
	}
	if (kernel->v * ref->v < 0)
		return NULL;
	sum->agree++;
	return off < 0.05 ? "the same" : "agrees";
}

static const char *judge(struct model *m, const struct kernel *k, const char *what,
			 const struct rvalue *kernel, const struct rvalue *ref, struct tally *sum)
{
	bool small = fabs(kernel->v) <= TOLERANCE && fabs(ref->v) <= TOLERANCE;
	const char *near = near_text(kernel, ref, sum), *why;

	sum->compared++;
	if (near)
		return near;
	why = design_explanation_find(k->arch, small, kernel->v, ref->v);
	if (!why)
		return unexplained(m, arena_str(m->arena, "%s, %s", k->scenario, what), kernel, ref,
				   sum);
	sum->explained++;
	return arena_str(m->arena, "%s (%c)", small ? "other sign" : "apart", letter_of(sum, why));
}

/* Adds the row of one quantity in one address space. */
static void quantity_row(struct model *m, struct table *t, const struct change *c, long long levels,
			 int q, struct tally *sum)
{
	const char *to = c->k->design, *from = c->k->stock->design, *what = quantity_names[q];
	struct rvalue kernel = difference(find_walk(&c->variant, to, levels),
					  find_walk(&c->stock, from, levels), q);
	struct rvalue ref = difference(find_walk(&c->reference, to, levels),
				       find_walk(&c->reference, from, levels), q);
	size_t left = sum->left;
	const char *verdict;

	if (!rv_ok(&kernel) || !rv_ok(&ref))
		return;
	if (levels)
		what = arena_str(m->arena, "%s, %lld levels", what, levels);
	verdict = judge(m, c->k, what, &kernel, &ref, sum);
	table_row(m, t);
	table_cell(t, "", c->k->shown);
	table_cell(t, "",
		   word_is_busted(c->k->stock->costs, "gup_fast/walk", "design", from)
			   ? arena_str(m->arena, "%s (busted)", from)
			   : from);
	table_cell(t, "", what);
	table_seen(t, "num", signed_text(m, &kernel));
	table_seen(t, "num", signed_text(m, &ref));
	table_cell(t, sum->left > left ? "bad" : "", verdict);
}

static bool is_change(const struct kernel *k)
{
	return k->stock && k->stock != k && k->stock->costs && k->costs && *k->design &&
	       strcmp(k->design, k->stock->design);
}

/* Adds a kernel's rows; returns whether any quantity could be compared. */
static bool change_rows(struct model *m, struct table *t, const struct kernel *k, struct tally *sum)
{
	struct change c = {
		.k = k,
		.variant = walks_of(m, k->costs, RESULTS_KERNEL),
		.stock = walks_of(m, k->stock->costs, RESULTS_KERNEL),
		.reference = walks_of(m, k->stock->costs, RESULTS_REF),
	};
	size_t before = sum->compared;

	/* The variant's walks, one per depth of the address space. */
	for (size_t i = 0; i < c.variant.nr; i++) {
		const struct results_params *p = c.variant.v[i].like;
		long long levels = results_params_int(p, "levels", 0);

		if (find_walk(&c.variant, k->design, levels) != &c.variant.v[i])
			continue;
		for (int q = 0; q < NR_WALK; q++)
			quantity_row(m, t, &c, levels, q, sum);
	}
	return sum->compared > before;
}

/* none: the kernels of another design for which no quantity could be compared, or NULL. */
static const char *sentence(struct model *m, const struct tally *sum, const char *none,
			    size_t unknown)
{
	struct arena *a = m->arena;
	const char *text;

	if (!sum->compared)
		return none ? arena_str(a,
					"Nothing could be compared: of kernels of another design "
					"than their stock one this run has %s, and no quantity of "
					"theirs is in stock kernel and reference, too.",
					none)
		       : unknown
			       ? arena_str(
					 a,
					 "Not known here: no document says of %zu kernel%s of which "
					 "stock kernel %s.",
					 unknown, unknown == 1 ? "" : "s",
					 unknown == 1 ? "it is a variant" : "they are variants")
			       : "No kernel of another design than its stock one was measured here.";
	text = arena_str(a,
			 "In " STRONG "%zu of %zu" STRONG
			 " quantities a change of design makes the "
			 "same difference in kernel and reference: the same sign, and within %.0f "
			 "instructions.",
			 sum->agree, sum->compared, TOLERANCE);
	if (sum->unmoved)
		text = arena_str(a,
				 "%s In %zu more it makes none in one of them or in either, which "
				 "is no sign, and %.0f at most in the other.",
				 text, sum->unmoved, TOLERANCE);
	if (sum->explained)
		text = arena_str(a, "%s For %zu more the table says by symbol why not.", text,
				 sum->explained);
	if (sum->left)
		text = arena_str(a,
				 "%s " STRONG "%zu" STRONG " %s not explained, the farthest "
				 "apart %s.",
				 text, sum->left, sum->left == 1 ? "is" : "are", sum->worst);
	return text;
}

void reference_designs_build(struct model *m, struct page *p)
{
	static const char *const columns[] = {
		"Kernel", "Instead of", "Quantity", "#Kernel", "#Reference", "Verdict", NULL,
	};
	struct section *s = page_section(m, p, "designs", "A change of design, in both");
	struct kernels all = kernels_read(m);
	struct tally sum = { 0 };
	struct table *t = section_table(
		m, s, "Instructions more than the stock kernel’s design takes", columns);
	const char *none = NULL;
	size_t unknown = 0;

	for (size_t i = 0; i < all.nr; i++) {
		const struct kernel *k = &all.v[i];

		unknown += !k->stock_name;
		if (!is_change(k))
			continue;
		if (!change_rows(m, t, k, &sum))
			none = none ? arena_str(m->arena, "%s, %s", none, k->scenario)
				    : k->scenario;
		section_source(m, s, k->stock->costs);
		section_source(m, s, k->costs);
	}
	section_answer(m, p, s, "Does the reference foretell a change of design?",
		       sum.compared ? "icount, 1 CPU" : NULL, sentence(m, &sum, none, unknown));
	section_note(m, s,
		     "Crossing means: 16 pages half on each side of a boundary, less 16 within one "
		     "table. Both sides of the comparison were counted in guests of the stock "
		     "kernel’s architecture, the reference in the stock kernel’s.");
	for (size_t i = 0; i < sum.nr_whys; i++)
		section_note(m, s, arena_str(m->arena, "(%c) %s.", (char)('a' + i), sum.whys[i]));
	if (none)
		section_note(m, s,
			     arena_str(m->arena,
				       "Nothing to compare in %s: walks that find "
				       "nothing, or no such walk in the reference.",
				       none));
}
