// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All kernels of a run side by side: what each takes, what it takes more than its stock kernel, in
 * instructions and bytes of code, and whether that holds in every configuration.
 */
#include <math.h>
#include <string.h>

#include "kernels.h"

/* ---- tables by architecture ---- */

static struct table *quantities_table(struct model *m, struct section *s, const char *caption,
				      enum quantity from, enum quantity to)
{
	const char *columns[NR_QUANTITIES + 3] = { "Kernel", "Config" };
	size_t n = 2;
	int q;

	for (q = from; q < (int)to; q++)
		columns[n++] = quantity_columns[q];
	columns[n] = NULL;
	return section_table(m, s, caption, columns);
}

static void kernel_row(struct model *m, struct table *t, const struct kernel *k)
{
	table_row(m, t);
	table_cell(t, "", k->scenario);
	table_cell(t, "", k->config);
}

static void cost_rows(struct model *m, struct table *t, const struct kernels *all, const char *arch)
{
	size_t i;
	int q;

	for (i = 0; i < all->nr; i++) {
		const struct kernel *k = &all->v[i];

		if (strcmp(k->arch, arch) != 0)
			continue;
		kernel_row(m, t, k);
		for (q = Q_CALL; q < Q_PATH; q++)
			table_value(m, t, &k->q[q]);
	}
}

/* "+12", "−3", "same": a difference that is measured is never shown without its sign. */
static void difference_cell(struct model *m, struct table *t, const struct rvalue *v)
{
	const char *text;

	if (!rv_ok(v)) {
		table_value(m, t, v);
		return;
	}
	text = fabs(v->v) < 0.05 ? "same" : rv_number(m->arena, v);
	table_cell(t, "num", v->v >= 0.05 ? arena_str(m->arena, "+%s", text) : text);
}

static void difference_rows(struct model *m, struct table *t, const struct kernels *all,
			    const char *arch, enum quantity from, enum quantity to)
{
	size_t i;
	int q;

	for (i = 0; i < all->nr; i++) {
		const struct kernel *k = &all->v[i];

		if (strcmp(k->arch, arch) != 0 || k->stock == k)
			continue;
		kernel_row(m, t, k);
		for (q = from; q < (int)to; q++) {
			struct rvalue v = kernel_against_stock(k, q);

			difference_cell(m, t, &v);
		}
	}
}

static void sources(struct model *m, struct section *s, const struct kernels *all, const char *arch,
		    bool code)
{
	size_t i;

	for (i = 0; i < all->nr; i++)
		if (strcmp(all->v[i].arch, arch) == 0)
			section_source(m, s, code ? all->v[i].code : all->v[i].costs);
}

static void build_arch(struct model *m, struct page *p, const struct kernels *all, const char *arch)
{
	struct section *s = page_section(m, p, arch, arch);
	const struct kernel *least = NULL, *most = NULL;
	size_t i, nr = 0, measured = 0;

	for (i = 0; i < all->nr; i++) {
		const struct kernel *k = &all->v[i];

		if (strcmp(k->arch, arch) != 0)
			continue;
		nr++;
		if (!rv_ok(&k->q[Q_CALL]))
			continue;
		measured++;
		if (!least || k->q[Q_CALL].v < least->q[Q_CALL].v)
			least = k;
		if (!most || k->q[Q_CALL].v > most->q[Q_CALL].v)
			most = k;
	}
	sources(m, s, all, arch, false);
	section_answer(
		m, p, s, arena_str(m->arena, "What do the kernels of %s take?", arch),
		least ? "icount, 1 CPU" : NULL,
		!least ? arena_str(m->arena, "None of %zu was measured in this run.", nr)
		       : arena_str(
				 m->arena,
				 "%zu of %zu were measured. get_user_pages_fast_only() of one page "
				 "takes " STRONG "%s" STRONG " on %s%s.",
				 measured, nr, rv_words(m->arena, &least->q[Q_CALL]),
				 least->scenario,
				 most == least ? ""
					       : arena_str(m->arena,
							   ", the fewest, and %s on %s, the most",
							   rv_text(m->arena, &most->q[Q_CALL]),
							   most->scenario)));
	cost_rows(m,
		  quantities_table(m, s,
				   "Instructions: GUP-fast's walk of present pages, and munmap's "
				   "tables (later: in RCU callbacks)",
				   Q_CALL, Q_PATH),
		  all, arch);
	if (nr > 1) {
		difference_rows(m,
				quantities_table(m, s,
						 "The same against the stock kernel of the same "
						 "configuration",
						 Q_CALL, Q_PATH),
				all, arch, Q_CALL, Q_PATH);
		difference_rows(m,
				quantities_table(m, s,
						 "Bytes of machine code against the stock kernel: "
						 "GUP-fast's path, and the whole text",
						 Q_PATH, NR_QUANTITIES),
				all, arch, Q_PATH, NR_QUANTITIES);
		sources(m, s, all, arch, true);
		section_note(m, s,
			     arena_str(m->arena,
				       "Function by function: ptbench kernels bytes --all --base "
				       "%s-stock SCENARIO. "
				       "Instruction by instruction: ptbench kernels profile.",
				       arch));
	}
}

/* ---- the same in every configuration? ---- */

static int sign_of(const struct rvalue *v)
{
	return fabs(v->v) < 0.05 ? 0 : v->v > 0 ? 1 : -1;
}

struct verdicts {
	size_t compared, same, opposite;
	const char *example;
};

static void config_row(struct model *m, struct table *t, const struct kernel *k,
		       const struct kernel *other, enum quantity q, struct verdicts *sum)
{
	struct rvalue a = kernel_against_stock(k, q), b = kernel_against_stock(other, q);
	int sa, sb;
	bool bad;

	if (!rv_ok(&a) || !rv_ok(&b))
		return;
	sa = sign_of(&a);
	sb = sign_of(&b);
	bad = sa * sb < 0;
	sum->compared++;
	sum->same += sa == sb;
	sum->opposite += bad;
	if (bad && !sum->example)
		sum->example = arena_str(m->arena, "%s, %s: %s in %s and %s in %s", k->stem,
					 quantity_names[q], rv_text(m->arena, &a), k->config,
					 rv_text(m->arena, &b), other->config);
	table_row(m, t);
	table_cell(t, "", k->stem);
	table_cell(t, "", quantity_names[q]);
	table_cell(t, "", arena_str(m->arena, "%s, %s", k->config, other->config));
	difference_cell(m, t, &a);
	difference_cell(m, t, &b);
	table_cell(t, bad ? "bad" : "",
		   bad	      ? "opposite sign"
		   : sa == sb ? "holds"
			      : "nothing in one of them");
}

static void build_configs(struct model *m, struct page *p, const struct kernels *all)
{
	static const char *const columns[] = {
		"Kernel", "Quantity, against stock", "Configs", "#First", "#Second", "Sign", NULL
	};
	struct section *s = page_section(m, p, "configs", "In every configuration?");
	struct table *t = section_table(m, s,
					"Differences from the stock kernel, measured in two "
					"configurations",
					columns);
	struct verdicts sum = { 0 };
	size_t i, j;
	int q;

	for (i = 0; i < all->nr; i++) {
		const struct kernel *k = &all->v[i];

		for (j = 0; j < all->nr; j++) {
			const struct kernel *o = &all->v[j];

			if (strcmp(k->config, "min") != 0 || o == k ||
			    strcmp(o->stem, k->stem) != 0)
				continue;
			for (q = 0; q < NR_QUANTITIES; q++)
				config_row(m, t, k, o, q, &sum);
		}
	}
	section_answer(
		m, p, s, "Does it hold beyond the minimal configuration?",
		sum.compared ? "icount, 1 CPU" : NULL,
		!sum.compared
			? "No variant and its stock kernel were both measured in two "
			  "configurations in this "
			  "run."
			: arena_str(
				  m->arena,
				  "Of %zu differences from the stock kernel that were measured in "
				  "two configurations, " STRONG "%zu" STRONG
				  " have the same sign in both, "
				  "%s.",
				  sum.compared, sum.same,
				  sum.opposite ? arena_str(m->arena,
							   "and " STRONG
							   "%zu the opposite one" STRONG " (%s)",
							   sum.opposite, sum.example)
					       : "and none the opposite one"));
	section_note(m, s,
		     "Configuration min is allnoconfig with what the cases need; distro adds what "
		     "distributions switch on: memory control groups, NUMA, many CPUs, "
		     "mitigations, dynamic "
		     "preemption. A conclusion whose sign differs between them is no conclusion.");
}

void kernels_build(struct model *m)
{
	struct page *p =
		model_page(m, "kernels.html", "Kernels", "All kernels of this run",
			   "Real kernels, booted in QEMU, instructions counted one by one. Each "
			   "variant stands beside the stock kernel of its architecture, geometry "
			   "and configuration.");
	struct kernels all = kernels_read(m);
	size_t i, j;

	for (i = 0; i < all.nr; i++) {
		for (j = 0; j < i && strcmp(all.v[j].arch, all.v[i].arch) != 0; j++)
			;
		if (j == i)
			build_arch(m, p, &all, all.v[i].arch);
	}
	build_configs(m, p, &all);
}
