// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Does the reference foretell what a change of design does to a kernel? The difference between two
 * designs, per call, page and crossing, in the reference and between the two kernels.
 */
#include <math.h>
#include <string.h>

#include "kernels.h"

/* Instructions: what the compiler makes of the same change in two programs. */
#define TOLERANCE 8.0

#define NR_WALK (Q_PGD + 1)

/* The reference's walk of that design in the stock kernel's guest; false: not measured. */
static bool reference_walk(struct model *m, const struct report_part *part, const char *design,
			   struct rvalue q[NR_WALK])
{
	const struct report_rows rows = { part, "gup_fast/walk", RESULTS_REF, "instructions" };
	struct gup_cost *list;
	size_t n = part ? gup_costs(m->arena, &rows, &list) : 0, i;
	int level;

	for (i = 0; i < n; i++) {
		const char *leaf = results_params_str(list[i].like, "leaf");

		if (strcmp(param_text(m->arena, list[i].like, "design", ""), design) != 0 ||
		    (leaf && strcmp(leaf, "pte") != 0))
			continue;
		q[Q_CALL] = list[i].call;
		q[Q_PAGE] = list[i].page;
		for (level = 0; level < NR_CROSS; level++)
			q[Q_PMD + level] = list[i].cross[level];
		return true;
	}
	return false;
}

struct tally {
	size_t compared, agree, opposite;
	const char *worst;
	double off;
};

static const char *judge(struct model *m, const struct kernel *k, int q, double kernel, double ref,
			 struct tally *sum, bool *bad)
{
	double off = fabs(kernel - ref);

	*bad = off > TOLERANCE || (kernel * ref < 0 && off > TOLERANCE / 2);
	sum->compared++;
	sum->agree += !*bad;
	sum->opposite += kernel * ref < 0 && *bad;
	if (*bad && off > sum->off) {
		sum->off = off;
		sum->worst = arena_str(m->arena, "%s, %s", k->scenario, quantity_names[q]);
	}
	return *bad ? arena_str(m->arena, "off by %s: ask ptbench kernels profile",
				group_digits(m->arena, off, 1))
		    : "agrees";
}

static void design_rows(struct model *m, struct table *t, const struct kernel *k, struct tally *sum)
{
	struct rvalue from[NR_WALK], to[NR_WALK];
	int q;

	if (!k->stock || k->stock == k || !k->stock->costs || !k->costs ||
	    strcmp(k->design, k->stock->design) == 0 ||
	    !reference_walk(m, k->stock->costs, k->stock->design, from) ||
	    !reference_walk(m, k->stock->costs, k->design, to))
		return;
	for (q = 0; q < NR_WALK; q++) {
		struct rvalue kernel = kernel_against_stock(k, q);
		struct rvalue ref = rv_sub(to[q], from[q], "one design less the other");
		const char *verdict;
		bool bad;

		if (!rv_ok(&kernel) || !rv_ok(&ref))
			continue;
		verdict = judge(m, k, q, kernel.v, ref.v, sum, &bad);
		table_row(m, t);
		table_cell(t, "", k->scenario);
		table_cell(t, "",
			   arena_str(m->arena, "%s instead of %s", k->design, k->stock->design));
		table_cell(t, "", quantity_names[q]);
		table_value(m, t, &kernel);
		table_value(m, t, &ref);
		table_cell(t, bad ? "bad" : "", verdict);
	}
}

void refdesign_build(struct model *m, struct page *p)
{
	static const char *const columns[] = {
		"Kernel",  "Change", "Quantity", "#In the kernel", "#In the reference",
		"Verdict", NULL
	};
	struct section *s = page_section(m, p, "designs", "A change of design, in both");
	struct kernels all = kernels_read(m);
	struct tally sum = { 0 };
	struct table *t = section_table(
		m, s, "Instructions that a design takes more than the stock kernel's", columns);
	size_t i;

	for (i = 0; i < all.nr; i++) {
		design_rows(m, t, &all.v[i], &sum);
		if (all.v[i].stock && all.v[i].stock != &all.v[i])
			section_source(m, s, all.v[i].costs);
	}
	section_answer(
		m, p, s, "Does the reference foretell a change of design?",
		sum.compared ? "icount, 1 CPU" : NULL,
		!sum.compared ? "No kernel of another design than its stock one was measured here."
			      : arena_str(m->arena,
					  "In " STRONG "%zu of %zu" STRONG " quantities kernel and "
					  "reference change by the same number of instructions, "
					  "give or take %.0f%s.",
					  sum.agree, sum.compared, TOLERANCE,
					  sum.worst ? arena_str(m->arena, "; the farthest is %s",
								sum.worst)
						    : ""));
	section_note(
		m, s,
		"Crossing means: 16 pages half on each side of a boundary, less 16 within one "
		"table. Where they are apart, the profile of the case says in which function.");
}
