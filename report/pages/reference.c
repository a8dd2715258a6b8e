// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reference against the kernel, measured in the same guest: get and put, per call, page and
 * crossing, with the factor between them and its explanation.
 */
#include <array_size.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "pages.h"

/* One quantity in kernel and reference. */
struct pair {
	const char *group, *quantity, *leaf, *words;
	struct rvalue kernel, ref;
	double factor; /* reference / kernel; 0: none */
	const struct explanation *why;
	size_t place; /* its index in the order of reading */
};

struct pairs {
	const struct report_part *part;
	const char *compiler; /* the kernel's, if not that of the explanations; else NULL */
	struct pair *v;
	size_t nr;
};

static double factor_of(const struct rvalue *kernel, const struct rvalue *ref)
{
	if (!rv_ok(kernel) || !rv_ok(ref) || kernel->v <= 0 || ref->v <= 0)
		return 0;
	return ref->v / kernel->v;
}

static bool is_far(double factor)
{
	return factor && (factor > FACTOR_LIMIT || factor < 1 / FACTOR_LIMIT);
}

static void add_pair(struct model *m, struct pairs *list, struct pair p, const char *quantity,
		     const char *words, struct rvalue kernel, struct rvalue ref)
{
	/* Measured in one of them only, it is no pair; other pages show the number. */
	if (!rv_ok(&kernel) || !rv_ok(&ref))
		return;
	p.quantity = quantity;
	p.words = words;
	p.kernel = kernel;
	p.ref = ref;
	p.factor = factor_of(&kernel, &ref);
	p.place = list->nr;
	if (is_far(p.factor))
		p.why = explanation_find(quantity, p.leaf, list->part->arch,
					 p.factor < 1 ? KERNEL_DOES_MORE : REFERENCE_DOES_MORE);
	list->v = arena_grow(m->arena, list->v, list->nr, sizeof(*list->v));
	list->v[list->nr++] = p;
}

static const char *leaf_of(const struct results_params *p)
{
	const char *leaf = results_params_str(p, "leaf");

	return leaf ? leaf : "pte";
}

/* Walks of other memory than anonymous, or with other flags: the reference has none. */
static bool is_special(struct model *m, const struct results_params *p)
{
	return *gup_kind(m->arena, p);
}

/* The reference's group with the same format, design, leaf and levels. No group is special. */
static const struct gup_cost *counterpart(const struct gup_cost *kernel, const struct gup_cost *ref,
					  size_t nr, long long levels)
{
	for (size_t i = 0; i < nr; i++) {
		const char *f = results_params_str(kernel->like, "format");
		const char *g = results_params_str(ref[i].like, "format");
		const char *d = results_params_str(kernel->like, "design");
		const char *e = results_params_str(ref[i].like, "design");

		if (!f || !g || strcmp(f, g) || (d && (!e || strcmp(d, e))))
			continue;
		if (!strcmp(leaf_of(kernel->like), leaf_of(ref[i].like)) &&
		    results_params_int(ref[i].like, "levels", 0) == levels)
			return &ref[i];
	}
	return NULL;
}

static size_t costs_of(struct model *m, const struct report_part *part, const char *case_id,
		       enum results_subject subject, struct gup_cost **out)
{
	const struct report_rows rows = { part, case_id, subject, "instructions" };

	return gup_costs(m->arena, &rows, out);
}

/* The reference's groups that are not special. */
static size_t plain_costs_of(struct model *m, const struct report_part *part, const char *case_id,
			     struct gup_cost **out)
{
	size_t n = costs_of(m, part, case_id, RESULTS_REF, out), nr = 0;

	for (size_t i = 0; i < n; i++)
		if (!is_special(m, (*out)[i].like))
			(*out)[nr++] = (*out)[i];
	return nr;
}

/* "get", "get, 4 levels", "put, pmd leaf": the heading of a group of quantities. */
static const char *group_name(struct arena *a, const char *what, const char *leaf, long long levels)
{
	if (levels)
		what = arena_str(a, "%s, %lld levels", what, levels);
	return !strcmp(leaf, "pte") ? what : arena_str(a, "%s, %s leaf", what, leaf);
}

static void add_gets(struct model *m, struct pairs *list, long long *usual)
{
	static const char *const cross_words[NR_CROSS] = {
		"across a pmd boundary",
		"across a pud boundary",
		"across a p4d boundary",
		"across a pgd boundary",
	};
	struct gup_cost *kernel, *ref;
	size_t nk = costs_of(m, list->part, "gup_fast/walk", RESULTS_KERNEL, &kernel);
	size_t nr = plain_costs_of(m, list->part, "gup_fast/walk", &ref);

	for (size_t i = 0; i < nk; i++) {
		const char *leaf = leaf_of(kernel[i].like);
		long long levels = results_params_int(kernel[i].like, "levels", 0);
		const struct gup_cost *r;
		struct pair p = { .group = group_name(m->arena, "get", leaf, levels),
				  .leaf = leaf };

		if (!i)
			*usual = levels;
		r = is_special(m, kernel[i].like) ? NULL : counterpart(&kernel[i], ref, nr, levels);
		if (!r)
			continue;
		add_pair(m, list, p, "get call", "one page", kernel[i].call, r->call);
		add_pair(m, list, p, "get page", "each further page", kernel[i].page, r->page);
		for (int level = 0; level < NR_CROSS; level++)
			add_pair(m, list, p, arena_str(m->arena, "get %s", cross_names[level]),
				 cross_words[level], kernel[i].cross[level], r->cross[level]);
	}
}

static void add_puts(struct model *m, struct pairs *list, long long levels)
{
	struct gup_cost *kernel, *ref;
	size_t nk = costs_of(m, list->part, "gup_fast/put", RESULTS_KERNEL, &kernel);
	size_t nr = plain_costs_of(m, list->part, "gup_fast/put", &ref);

	for (size_t i = 0; i < nk; i++) {
		const char *leaf = leaf_of(kernel[i].like);
		long long own = results_params_int(kernel[i].like, "levels", levels);
		const struct gup_cost *r;
		struct pair p = { .group = group_name(m->arena, "put", leaf,
						      own == levels ? 0 : own),
				  .leaf = leaf };

		r = is_special(m, kernel[i].like) ? NULL : counterpart(&kernel[i], ref, nr, own);
		if (!r)
			continue;
		add_pair(m, list, p, "put call", "one page", kernel[i].call, r->call);
		add_pair(m, list, p, "put page", "each further page", kernel[i].page, r->page);
	}
}

static int by_leaf(const void *va, const void *vb)
{
	const struct pair *a = va, *b = vb;
	int c = strcmp(b->leaf, a->leaf); /* reversed: "pte" comes before "pmd" */

	return c ? c : a->place < b->place ? -1 : a->place > b->place;
}

/* The kernel's compiler, if the explanations' numbers are not of its code; else NULL. */
static const char *other_compiler(struct model *m, const struct report_part *part)
{
	const char *compiler = results_pairs_get(&part->doc->environment, "compiler");

	return compiler && !strstr(compiler, " 12.2.") ? clean(m->arena, compiler) : NULL;
}

static struct pairs read_pairs(struct model *m, const struct report_part *part)
{
	struct pairs list = { .part = part };
	long long levels = 0;

	if (!input_usable(part))
		return list;
	list.compiler = other_compiler(m, part);
	add_gets(m, &list, &levels);
	add_puts(m, &list, levels);
	/* Small pages first; within each, the order of the rows. */
	if (list.nr)
		qsort(list.v, list.nr, sizeof(*list.v), by_leaf);
	return list;
}

static const char *reason_text(struct model *m, const struct pair *p, const char *compiler)
{
	if (!p->factor)
		return "no factor: one of them is not above zero";
	if (!is_far(p->factor))
		return arena_str(m->arena, "within %.1f", FACTOR_LIMIT);
	if (!p->why)
		return "unexplained";
	return compiler ? arena_str(m->arena,
				    "as " EXPLAINED_WITH " compiles both, not this compiler: %s",
				    p->why->text)
			: p->why->text;
}

static void pair_table(struct model *m, struct section *s, const struct pairs *list)
{
	static const char *const columns[] = {
		"Quantity",
		"#Kernel",
		"#Reference",
		"#Reference / kernel",
		"What the other does more",
		NULL,
	};
	struct table *t =
		section_table(m, s,
			      arena_str(m->arena, "%s: instructions of both in the same guest",
					list->part->scenario),
			      columns);

	for (size_t i = 0; i < list->nr; i++) {
		const struct pair *p = &list->v[i];
		bool far = is_far(p->factor);

		table_row(m, t);
		table_cell(t, "", arena_str(m->arena, "%s: %s", p->group, p->words));
		table_seen(t, "num", rv_text(m->arena, &p->kernel));
		table_seen(t, "num", rv_text(m->arena, &p->ref));
		table_cell(t, far && !p->why ? "num bad" : "num",
			   p->factor ? arena_str(m->arena, "%.2f×", p->factor) : "—");
		table_cell(t, far && !p->why ? "bad prose" : "prose",
			   reason_text(m, p, list->compiler));
	}
}

/* Architectures whose stock kernels come first, in sections named after the architecture. */
static const char *const first[] = { "x86_64", "s390x" };

/* The architecture in first[] whose stock scenario it is, or NULL. */
static const char *first_arch(struct model *m, const char *scenario)
{
	const char *stock;

	for (size_t i = 0; i < ARRAY_SIZE(first); i++) {
		stock = input_stock(m->in, first[i]);
		if (stock && !strcmp(stock, scenario))
			return first[i];
	}
	return NULL;
}

static const char *section_name(struct model *m, const char *scenario)
{
	const char *arch = first_arch(m, scenario);

	return arch ? arch : scenario;
}

static void pair_figure(struct model *m, struct section *s, const struct pairs *list)
{
	struct figure *f = section_figure(
		m, s, FIGURE_FACTORS,
		arena_str(m->arena, "factors-%s", section_name(m, list->part->scenario)),
		arena_str(m->arena, "%s: reference over kernel, instructions",
			  section_name(m, list->part->scenario)));

	f->xlabel = "reference / kernel (logarithmic)";
	for (size_t i = 0; i < list->nr; i++) {
		const struct pair *p = &list->v[i];
		struct rvalue v = p->kernel;

		if (!p->factor) {
			figure_undrawn(m, f, p->group, p->words);
			continue;
		}
		v.v = v.low = v.high = p->factor;
		figure_bar(m, f, p->group, p->words, &v, is_far(p->factor) ? p->why ? 1 : 4 : 0);
	}
	f->desc = "One dot per quantity: left of 1 the kernel executes more, right of 1 the "
		  "reference does.";
	f->caption = arena_str(m->arena,
			       "Mode %s, same guest. The band is a factor of %.1f either way; a "
			       "dot outside it is explained in the table, or is red.",
			       mode_words(m->arena, list->part), FACTOR_LIMIT);
}

static const char *pair_sentence(struct model *m, const struct pairs *list)
{
	const struct pair *worst = NULL;
	size_t near = 0, nr = 0, unexplained = 0;
	struct arena *a = m->arena;
	const char *without = "";

	for (size_t i = 0; i < list->nr; i++) {
		const struct pair *p = &list->v[i];

		if (!p->factor)
			continue;
		nr++;
		near += !is_far(p->factor);
		unexplained += is_far(p->factor) && !p->why;
		if (!worst || fabs(log(p->factor)) > fabs(log(worst->factor)))
			worst = p;
	}
	if (!worst)
		return NULL;
	if (nr < list->nr)
		without = arena_str(a, " %zu more %s no factor: one of the two is not above zero.",
				    list->nr - nr, list->nr - nr == 1 ? "has" : "have");
	return arena_str(
		a,
		"%s: " STRONG "%zu of %zu" STRONG " quantities are within a factor of "
		"%.1f of the kernel; "
		"the farthest is “%s: %s”, " STRONG "%.2f×" STRONG
		" (kernel %s, reference %s). %s%s",
		section_name(m, list->part->scenario), near, nr, FACTOR_LIMIT, worst->group,
		worst->words, worst->factor, rv_text(a, &worst->kernel), rv_words(a, &worst->ref),
		unexplained ? arena_str(a, "%zu factor%s unexplained.", unexplained,
					unexplained == 1 ? " is" : "s are")
		: nr > near && list->compiler
			? arena_str(
				  a,
				  "The table says what makes the others differ with " EXPLAINED_WITH
				  "; this kernel is of %s.",
				  list->compiler)
		: nr > near ? "The table says what makes the others differ."
			    : "",
		without);
}

/* name: the part's; called: the section's name. */
static void build_part(struct model *m, struct page *p, const char *name, const char *called)
{
	const struct report_part *part = input_part(m->in, name);
	struct section *s = page_section(m, p, called, called);
	const char *question =
		arena_str(m->arena, "How close is the reference to the kernel on %s?", called);
	struct pairs list = read_pairs(m, part);
	const char *text = pair_sentence(m, &list);

	section_source(m, s, part);
	if (!text) {
		section_answer(m, p, s, question, NULL,
			       unanswered(m, name, "gup_fast/walk,gup_fast/put",
					  list.nr ? "no quantity of both is above zero"
						  : "no quantity was counted in both"));
		return;
	}
	section_answer(m, p, s, question, mode_words(m->arena, part), text);
	pair_figure(m, s, &list);
	pair_table(m, s, &list);
	section_note(
		m, s,
		"What the other does more is said of Linux 6.12 as these scenarios configure it, "
		"counted in its disassembly, by " EXPLAINED_WITH
		". Of another kernel or compiler it may no "
		"longer hold.");
}

static bool is_further(struct model *m, const struct report_part *part)
{
	struct gup_cost *list;

	return part->scenario && input_usable(part) && !strcmp(part->setup, "icount-1cpu") &&
	       !first_arch(m, part->scenario) &&
	       costs_of(m, part, "gup_fast/walk", RESULTS_REF, &list) > 0;
}

void reference_build(struct model *m)
{
	struct page *p = model_page(m, "ref-kernel.html", "Reference and kernel",
				    "The reference against the kernel",
				    "The reference does the work of the kernel’s "
				    "GUP-fast, check for check, over page tables in user space. "
				    "What it says about a mechanism holds for a kernel as far as "
				    "the two agree, so both are counted in the same guest.");

	for (size_t i = 0; i < ARRAY_SIZE(first); i++)
		build_part(m, p, input_stock_name(m->in, first[i], "icount-1cpu"), first[i]);
	/* Then every other guest that ran both. */
	for (size_t i = 0; i < m->in->nr_parts; i++)
		if (is_further(m, &m->in->parts[i]))
			build_part(m, p, m->in->parts[i].part->name, m->in->parts[i].scenario);
}
