// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All kernels of a run side by side: the costs of each, the difference from its stock kernel, in
 * instructions and bytes of code, and whether that holds in every configuration.
 */
#include <math.h>
#include <string.h>

#include "kernels.h"
#include "whys.h"

/* ---- tables by architecture ---- */

/* An architecture's kernels: each stock kernel, followed by the kernels compared with it. */
struct family {
	const char *arch;
	const struct kernel **v;
	size_t nr;
	struct whys whys;
};

typedef struct rvalue (*value_fn)(const struct kernel *k, enum quantity q);

static struct rvalue own_value(const struct kernel *k, enum quantity q)
{
	return k->q[q];
}

/* Adds a difference as a cell, always with its sign: "+12", "-3", "same". */
static void difference_cell(struct model *m, struct table *t, const struct rvalue *v)
{
	if (!rv_ok(v))
		table_value(m, t, v);
	else if (fabs(v->v) < 0.05)
		table_seen(t, "num same", "same");
	else
		table_seen(t, "num",
			   arena_str(m->arena, "%s%s", v->v > 0 ? "+" : "",
				     rv_number(m->arena, v)));
}

static bool is_stock(const struct kernel *k)
{
	return k->stock == k || !k->stock;
}

/* Whether any kernel has the quantity; if none, *why is the last one's reason. */
static bool has_quantity(const struct family *f, bool variants, value_fn value, enum quantity q,
			 const char **why)
{
	for (size_t i = 0; i < f->nr; i++) {
		struct rvalue v;

		if (variants && f->v[i]->stock == f->v[i])
			continue;
		v = value(f->v[i], q);
		if (rv_ok(&v))
			return true;
		*why = v.why;
	}
	return false;
}

/* Adds a note on a column that is left out: why, or the other address spaces with the number. */
static void say_without(struct model *m, struct section *s, const struct family *f, enum quantity q,
			const char *why)
{
	const char *found = NULL;

	for (size_t i = 0; i < f->nr; i++) {
		const struct kernel *k = f->v[i];

		if (k->elsewhere[q])
			found = arena_str(m->arena, "%s%s%s", found ? found : "", found ? ", " : "",
					  k->elsewhere[q]);
	}
	section_note(m, s,
		     found ? arena_str(m->arena,
				       "There is no column for %s: no walk in the address space of "
				       "this table does it. Elsewhere: %s.",
				       quantity_names[q], found)
			   : arena_str(m->arena, "No kernel of %s has a number for %s: %s.",
				       f->arch, quantity_names[q], why));
}

/* A table with one row per kernel; a column without any number is replaced by a note. */
static void quantities_table(struct model *m, struct section *s, struct family *f,
			     const char *caption, value_fn value, enum quantity from,
			     enum quantity to)
{
	const char *columns[NR_QUANTITIES + 3] = { "Kernel", "Config" }, *why = "";
	bool variants = value != own_value, have[NR_QUANTITIES] = { false };
	size_t n = 2;
	struct table *t;

	for (int q = from; q < (int)to; q++) {
		have[q] = has_quantity(f, variants, value, q, &why);
		if (have[q])
			columns[n++] = quantity_columns[q];
		else if (!variants && *why)
			say_without(m, s, f, q, why);
	}
	if (n == 2)
		return;
	t = section_table(m, s, caption, columns);
	for (size_t i = 0; i < f->nr; i++) {
		if (variants && f->v[i]->stock == f->v[i])
			continue;
		table_row(m, t);
		table_cell(t, "", f->v[i]->shown);
		table_cell(t, "", f->v[i]->config);
		for (int q = from; q < (int)to; q++) {
			struct rvalue v = value(f->v[i], q);

			if (!have[q])
				continue;
			if (!rv_ok(&v))
				whys_cell(m, t, &f->whys, v.why);
			else if (variants)
				difference_cell(m, t, &v);
			else
				table_value(m, t, &v);
		}
	}
}

static bool is_in(const struct family *f, const struct kernel *k)
{
	for (size_t i = 0; i < f->nr; i++)
		if (f->v[i] == k)
			return true;
	return false;
}

static struct family family_of(struct model *m, const struct kernels *all, const char *arch)
{
	struct family f = { .arch = arch };

	f.v = arena_alloc(m->arena, (all->nr + 1) * sizeof(*f.v));
	for (size_t i = 0; i < all->nr; i++) {
		const struct kernel *stock = &all->v[i];

		if (strcmp(stock->arch, arch) || !is_stock(stock))
			continue;
		f.v[f.nr++] = stock;
		for (size_t j = 0; j < all->nr; j++)
			if (all->v[j].stock == stock && &all->v[j] != stock)
				f.v[f.nr++] = &all->v[j];
	}
	/* A variant whose stock kernel is none of this architecture has its row all the same. */
	for (size_t i = 0; i < all->nr; i++)
		if (!strcmp(all->v[i].arch, arch) && !is_in(&f, &all->v[i]))
			f.v[f.nr++] = &all->v[i];
	return f;
}

/* ---- the sentence at the beginning of an architecture's section ---- */

/* The first kernel with the greatest value per call, with sign -1 the least; value: own_value for
 * stock kernels, else variants. */
static const struct kernel *extreme(const struct family *f, value_fn value, double sign)
{
	const struct kernel *best = NULL;
	double most = 0;

	for (size_t i = 0; i < f->nr; i++) {
		const struct kernel *k = f->v[i];
		struct rvalue v;

		if ((value == own_value) != is_stock(k))
			continue;
		v = value(k, Q_CALL);
		if (!rv_ok(&v) || (best && sign * v.v <= most))
			continue;
		best = k;
		most = sign * v.v;
	}
	return best;
}

static const char *variants_text(struct model *m, const struct family *f)
{
	const struct kernel *least = extreme(f, kernel_against_stock, -1);
	const struct kernel *most = extreme(f, kernel_against_stock, 1);
	struct rvalue low, high;

	if (!least)
		return "";
	low = kernel_against_stock(least, Q_CALL);
	high = kernel_against_stock(most, Q_CALL);
	if (fabs(low.v) < 0.05 && fabs(high.v) < 0.05)
		return " No variant takes another number for it than its stock kernel.";
	if (least == most || fabs(low.v - high.v) < 0.05)
		return arena_str(m->arena, " Its variants differ from their stock kernel by %s.",
				 rv_difference(m->arena, &low));
	return arena_str(m->arena,
			 " Variants differ from their stock kernel by %s (%s) to %s (%s).",
			 rv_difference(m->arena, &low), least->shown,
			 rv_difference(m->arena, &high), most->shown);
}

static const char *arch_sentence(struct model *m, const struct family *f)
{
	const struct kernel *least = extreme(f, own_value, -1), *most = extreme(f, own_value, 1);
	const char *unmeasured = "";
	size_t nr = 0;

	for (size_t i = 0; i < f->nr; i++)
		nr += !rv_ok(&f->v[i]->q[Q_CALL]);
	if (nr == f->nr || !least)
		return NULL;
	if (nr)
		unmeasured =
			arena_str(m->arena, " %zu of %zu kernels have no such number.", nr, f->nr);
	return arena_str(
		m->arena,
		"get_user_pages_fast_only() of one page takes " STRONG "%s" STRONG " on %s%s.%s%s",
		rv_words(m->arena, &least->q[Q_CALL]), least->shown,
		least == most ? ""
			      : arena_str(m->arena, " and up to %s on %s",
					  rv_text(m->arena, &most->q[Q_CALL]), most->shown),
		variants_text(m, f), unmeasured);
}

/* Kernels of which no document says what they are stand alone, and that is said. */
static void say_unknown(struct model *m, struct section *s, const struct family *f)
{
	const char *unknown = NULL;

	for (size_t i = 0; i < f->nr; i++)
		if (!f->v[i]->stock_name)
			unknown =
				unknown ? arena_str(m->arena, "%s, %s", unknown, f->v[i]->scenario)
					: f->v[i]->scenario;
	if (unknown)
		section_note(
			m, s,
			arena_str(m->arena,
				  "No document says of which stock kernel these are variants, or "
				  "their documents contradict each other, and so they are compared "
				  "with none: %s.",
				  unknown));
}

static void build_arch(struct model *m, struct page *p, const struct kernels *all, const char *arch)
{
	struct section *s = page_section(m, p, arch, arch);
	struct family f = family_of(m, all, arch);
	const char *text = arch_sentence(m, &f);
	bool variants = false;

	for (size_t i = 0; i < f.nr; i++) {
		section_source(m, s, f.v[i]->costs);
		section_source(m, s, f.v[i]->code);
		variants |= f.v[i]->stock && !is_stock(f.v[i]);
	}
	section_answer(m, p, s, arena_str(m->arena, "What do the kernels of %s take?", arch),
		       text ? "icount, 1 CPU" : NULL,
		       text ? text
			    : arena_str(m->arena, "No number for a call of one page: of %s, %s.",
					f.v[0]->shown, f.v[0]->q[Q_CALL].why));
	quantities_table(m, s, &f,
			 "Instructions: GUP-fast’s walk of present pages, and "
			 "munmap’s tables (later: in RCU callbacks)",
			 own_value, Q_CALL, Q_PATH);
	if (variants) {
		quantities_table(
			m, s, &f,
			"Instructions more than the stock kernel of the same configuration takes",
			kernel_against_stock, Q_CALL, Q_PATH);
		quantities_table(m, s, &f,
				 "Bytes of machine code against the stock kernel: "
				 "GUP-fast’s path, and the whole text",
				 kernel_against_stock, Q_PATH, NR_QUANTITIES);
	}
	whys_say(m, s, &f.whys);
	say_unknown(m, s, &f);
	section_note(
		m, s,
		"First table: munmap of one less its twin whose tables a neighbour keeps. Per "
		"table: the slope of munmap less MADV_DONTNEED of the same range, which frees no "
		"table.");
	if (variants)
		section_note(m, s,
			     "Function by function: ptbench kernels bytes --all --base STOCK "
			     "SCENARIO, and ptbench kernels profile.");
}

/* ---- the same in every configuration? ---- */

static int sign_of(const struct rvalue *v)
{
	return fabs(v->v) < 0.05 ? 0 : v->v > 0 ? 1 : -1;
}

/* nothing: the difference is zero in one configuration or in both, so there is no sign. */
struct verdicts {
	size_t compared, same, opposite, nothing;
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
	sum->same += sa * sb > 0;
	sum->nothing += sa * sb == 0;
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
		   : sa && sb ? "holds"
		   : sa == sb ? "nothing in either"
			      : "nothing in one of them");
}

static const char *configs_sentence(struct model *m, const struct verdicts *sum)
{
	struct arena *a = m->arena;
	const char *text;

	if (!sum->compared)
		return "No variant and its stock kernel were both measured in two configurations in "
		       "this run.";
	text = arena_str(a,
			 "Of %zu differences from the stock kernel that were measured in two "
			 "configurations, " STRONG "%zu" STRONG " have the same sign in both, ",
			 sum->compared, sum->same);
	text = sum->opposite ? arena_str(a, "%sand " STRONG "%zu the opposite one" STRONG " (%s)",
					 text, sum->opposite, sum->example)
			     : arena_str(a, "%sand none the opposite one", text);
	return sum->nothing ? arena_str(a,
					"%s; %zu more %s nothing in one of them or in either, "
					"which is no sign.",
					text, sum->nothing, sum->nothing == 1 ? "is" : "are")
			    : arena_str(a, "%s.", text);
}

static void build_configs(struct model *m, struct page *p, const struct kernels *all)
{
	static const char *const columns[] = {
		"Kernel", "Quantity, against stock", "Configs", "#First", "#Second", "Sign", NULL,
	};
	struct section *s = page_section(m, p, "configs", "In every configuration?");
	struct table *t = section_table(m, s,
					"Differences from the stock kernel, measured in two "
					"configurations",
					columns);
	struct verdicts sum = { 0 };

	for (size_t i = 0; i < all->nr; i++) {
		const struct kernel *k = &all->v[i];

		for (size_t j = 0; j < all->nr; j++) {
			const struct kernel *o = &all->v[j];

			if (strcmp(k->config, "min") || o == k || strcmp(o->stem, k->stem))
				continue;
			for (int q = 0; q < NR_QUANTITIES; q++)
				config_row(m, t, k, o, q, &sum);
		}
	}
	section_answer(m, p, s, "Does it hold beyond the minimal configuration?",
		       sum.compared ? "icount, 1 CPU" : NULL, configs_sentence(m, &sum));
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
	size_t j;

	for (size_t i = 0; i < all.nr; i++) {
		for (j = 0; j < i && strcmp(all.v[j].arch, all.v[i].arch); j++)
			;
		if (j == i)
			build_arch(m, p, &all, all.v[i].arch);
	}
	build_configs(m, p, &all);
	reference_designs_build(m, p);
}
