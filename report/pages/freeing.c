// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What freeing a page table costs by IPI and by RCU, in the guests' kernels. freeing_events.c shows
 * the CPUs that it interrupts, freeing_host.c the host's own kernel, freeing_freers.c the
 * reference.
 */
#include <math.h>
#include <string.h>

#include "kernel_rows.h"
#include "freeing.h"

/* ---- what RCU costs: per munmap and per table, now and deferred ---- */

/* Both kernels' costs in one mode: instructions, or time if KVM works. */
struct freeing {
	const struct report_part *part[3];
	struct table_cost now[3], later[3];
	bool have[3];
};

static bool read_freeing(struct model *m, const char *setup, const char *now, const char *later,
			 struct freeing *f)
{
	const struct table_cost *plain;
	struct table_cost *list;
	size_t n;

	memset(f, 0, sizeof(*f));
	for (size_t i = 0; i < 3; i++) {
		f->part[i] = freeing_part(m->in, i, setup);
		if (!input_usable(f->part[i]))
			continue;
		n = table_costs(m->arena, f->part[i], RESULTS_KERNEL, now, &list);
		plain = table_plain(list, n);
		f->have[i] = plain != NULL;
		if (plain)
			f->now[i] = *plain;
		n = table_costs(m->arena, f->part[i], RESULTS_KERNEL, later, &list);
		plain = table_plain(list, n);
		if (plain)
			f->later[i] = *plain;
	}
	return f->have[0] && f->have[1];
}

enum cost_quantity { COST_FIRST, COST_FURTHER, COST_CONTROL };

static struct rvalue part_value(const struct freeing *f, int i, bool later, enum cost_quantity q)
{
	const struct table_cost *t = later ? &f->later[i] : &f->now[i];

	if (!t->rows.part)
		return rv_missing(later ? "not recorded" : "not measured");
	return q == COST_FIRST ? t->first : q == COST_FURTHER ? t->per_table : t->per_table_control;
}

static const struct sizes *part_sizes(const struct freeing *f, int i, bool later,
				      enum cost_quantity q)
{
	const struct table_cost *t = later ? &f->later[i] : &f->now[i];

	return q == COST_CONTROL ? &t->sizes_control : &t->sizes;
}

/* RCU minus IPI; missing unless both are over the same numbers of tables. */
static struct rvalue rcu_less_ipi(const struct freeing *f, bool later, enum cost_quantity q)
{
	const struct table_cost *x = later ? &f->later[0] : &f->now[0];
	const struct table_cost *y = later ? &f->later[1] : &f->now[1];
	const struct sizes *a = part_sizes(f, 0, later, q), *b = part_sizes(f, 1, later, q);
	bool same = q == COST_FIRST ? x->nr && y->nr && x->tables[0] == y->tables[0]
				    : a->nr == b->nr && a->from == b->from && a->to == b->to;
	struct rvalue d = rv_sub(part_value(f, 1, later, q), part_value(f, 0, later, q),
				 "forced RCU minus stock");

	return same || !rv_ok(&d) ? d : rv_missing("measured with other numbers of tables");
}

/* The slope over the most sizes: only two sizes share a kind of twin; all have the control. */
static enum cost_quantity widest(const struct freeing *f, bool later)
{
	struct rvalue d = rcu_less_ipi(f, later, COST_CONTROL);

	return rv_ok(&d) && part_sizes(f, 0, later, COST_CONTROL)->nr >
				       part_sizes(f, 0, later, COST_FURTHER)->nr
		       ? COST_CONTROL
		       : COST_FURTHER;
}

/* ", 306 to 360 between neighbouring sizes"; "" if those do not differ. */
static const char *range_text(struct model *m, const struct sizes *s)
{
	const char *least = rv_number(m->arena, &s->least), *most = rv_number(m->arena, &s->most);

	if (!rv_ok(&s->least) || rv_overlap(&s->least, &s->most) || !strcmp(least, most))
		return "";
	return arena_str(m->arena, ", %s to %s between neighbouring sizes", least, most);
}

/* "1 table", "1 to 128 tables" */
static const char *sizes_text(struct model *m, const struct sizes *s)
{
	struct arena *a = m->arena;

	if (s->nr < 2)
		return arena_str(a, "%s table%s", group_digits(a, s->from, 0),
				 s->from == 1 ? "" : "s");
	return arena_str(a, "%s to %s tables", group_digits(a, s->from, 0),
			 group_digits(a, s->to, 0));
}

static const char *less_what(enum cost_quantity q)
{
	return q == COST_CONTROL ? "munmap less MADV_DONTNEED of the same region"
				 : "munmap less its twin";
}

/* "first table"; "first 8 tables" if 8 is the smallest number measured. */
static const char *first_text(struct model *m, const struct freeing *f)
{
	double n = f->now[0].nr ? f->now[0].tables[0] : 1;

	return n == 1 ? "first table" : arena_str(m->arena, "first %.0f tables", n);
}

/* per: the beginning of the sentence, with the unit of its numbers. */
static const char *cost_sentence(struct model *m, const struct freeing *f, const char *per)
{
	struct arena *a = m->arena;
	enum cost_quantity each = widest(f, false);
	struct rvalue x = part_value(f, 0, false, each), y = part_value(f, 1, false, each);
	struct rvalue d = rcu_less_ipi(f, false, each);
	struct rvalue later = rcu_less_ipi(f, true, widest(f, true));
	struct rvalue first = rcu_less_ipi(f, false, COST_FIRST);
	struct rvalue last = rcu_less_ipi(f, true, COST_FIRST);
	const char *text;

	if (!rv_ok(&d))
		return arena_str(a, "The cost per table could not be derived: %s.", d.why);
	text = arena_str(a,
			 "%s further table freed, from %s (%s), munmap takes %s until it returns "
			 "under the flush IPI%s, and %s with RCU%s (%s)",
			 per, sizes_text(m, part_sizes(f, 0, false, each)), less_what(each),
			 rv_strong(a, &x), range_text(m, part_sizes(f, 0, false, each)),
			 rv_strong(a, &y), range_text(m, part_sizes(f, 1, false, each)),
			 rv_difference(a, &d));
	if (rv_ok(&later))
		text = arena_str(a, "%s; of what is deferred RCU has %s per table", text,
				 rv_difference(a, &later));
	if (rv_ok(&first))
		text = arena_str(a,
				 "%s. The %s of a munmap, with the batch page and call_rcu(), "
				 "differs by %s until it returns",
				 text, first_text(m, f), rv_difference(a, &first));
	return rv_ok(&first) && rv_ok(&last)
		       ? arena_str(a, "%s and %s later.", text, rv_difference(a, &last))
		       : arena_str(a, "%s.", text);
}

static void cost_row(struct model *m, struct table *t, const char *name, const struct rvalue v[3])
{
	struct rvalue d = rv_sub(v[1], v[0], "");

	table_row(m, t);
	table_cell(t, "", name);
	table_value(m, t, &v[0]);
	table_value(m, t, &v[1]);
	table_value(m, t, &d);
	table_value(m, t, &v[2]);
}

/* ", 1 to 128 tables": the sizes of the stock kernel's slope; "" without one. */
static const char *any_sizes(struct model *m, const struct freeing *f, enum cost_quantity q)
{
	const struct sizes *s = part_sizes(f, 0, false, q);

	return s->nr ? arena_str(m->arena, ", %s", sizes_text(m, s)) : "";
}

/* Adds rows: until munmap returns, deferred, and the sum. */
static void cost_rows(struct model *m, struct table *t, const struct freeing *f,
		      enum cost_quantity q, const char *name)
{
	static const char *const words[3] = { "until munmap returns", "deferred", "in all" };
	struct rvalue v[3][3];

	for (int j = 0; j < 3; j++) {
		v[0][j] = part_value(f, j, false, q);
		v[1][j] = part_value(f, j, true, q);
		v[2][j] =
			rv_linear((const struct rterm[]){ { v[0][j], 1 }, { v[1][j], 1 } }, 2, "");
	}
	for (int j = 0; j < 3; j++)
		cost_row(m, t, arena_str(m->arena, "%s: %s", name, words[j]), v[j]);
}

static void cost_table(struct model *m, struct section *s, const struct freeing *f,
		       const char *unit)
{
	const char *columns[] = { "Quantity", NULL, NULL, "#RCU − IPI", NULL, NULL };
	static const int at[NR_FREEING] = { 1, 2, 4 };
	struct rvalue least[3], most[3];
	struct table *t;

	for (int k = 0; k < NR_FREEING; k++)
		columns[at[k]] = arena_str(m->arena, "#%s", freeing_heading(m->in, k));
	t = section_table(m, s, arena_str(m->arena, "Cost of freeing page tables, %s", unit),
			  columns);
	cost_rows(m, t, f, COST_FIRST, arena_str(m->arena, "%s, by the twin", first_text(m, f)));
	cost_rows(m, t, f, COST_FURTHER,
		  arena_str(m->arena, "each further, by the twin%s",
			    any_sizes(m, f, COST_FURTHER)));
	cost_rows(m, t, f, COST_CONTROL,
		  arena_str(m->arena, "each further, by the control%s",
			    any_sizes(m, f, COST_CONTROL)));
	for (int j = 0; j < 3; j++) {
		least[j] = part_sizes(f, j, false, COST_CONTROL)->least;
		most[j] = part_sizes(f, j, false, COST_CONTROL)->most;
		if (!f->have[j])
			least[j] = most[j] = rv_missing("not measured");
	}
	cost_row(m, t, "the least of it between neighbouring sizes", least);
	cost_row(m, t, "the most of it between neighbouring sizes", most);
}

static void cost_points(struct model *m, struct section *s, const struct freeing *f)
{
	static const char *const columns[] = {
		"Kernel",	  "#Tables",
		"#munmap",	  "#minus twin",
		"#minus control", "#control, per table",
		"#deferred",	  NULL,
	};
	struct table *t = section_table(m, s, "Every point behind the slopes", columns);

	t->folded = true;
	for (int j = 0; j < 3; j++) {
		for (size_t i = 0; f->have[j] && i < f->now[j].nr; i++) {
			const struct table_cost *c = &f->now[j];
			struct rterm each = { c->control[i], 1 / fmax(1, c->tables[i]) };
			struct rvalue per = rv_linear(&each, 1, "");
			struct rvalue later = i < f->later[j].nr ? f->later[j].munmap[i]
								 : rv_missing("not recorded");

			table_row(m, t);
			table_cell(t, "", f->part[j]->scenario);
			table_cell(t, "num", group_digits(m->arena, c->tables[i], 0));
			table_value(m, t, &c->munmap[i]);
			table_value(m, t, &c->diff[i]);
			table_value(m, t, &c->control[i]);
			table_value(m, t, &per);
			table_value(m, t, &later);
		}
	}
}

static void cost_line(struct model *m, struct figure *fig, const struct freeing *f, int j,
		      bool later, const char *label, int series)
{
	struct line *l = figure_line(m, fig, label, series);

	for (size_t i = 0; i < f->now[j].nr; i++) {
		double tables = fmax(1, f->now[j].tables[i]);
		struct rterm terms[] = { { f->now[j].control[i], 1 / tables },
					 { rv_missing("not recorded"), 1 / tables } };
		struct rvalue v;

		if (later && i < f->later[j].nr)
			terms[1].value = f->later[j].diff[i];
		v = rv_linear(terms, later ? 2 : 1, "");
		line_point(m, l, tables, &v);
	}
}

static void cost_figure(struct model *m, struct section *s, const struct freeing *f,
			const char *setup, bool is_time)
{
	struct figure *fig = section_figure(
		m, s, FIGURE_LINES,
		arena_str(m->arena, "q1-freeing-%s", is_time ? "time" : "instructions"),
		"Cost per page table freed by one munmap, by number of tables");

	fig->xlabel = "page tables freed by one munmap";
	fig->ylabel = "munmap minus control, per table";
	fig->logscale = true;
	cost_line(m, fig, f, 0, false, "stock: flush IPI", 0);
	cost_line(m, fig, f, 1, false, "forced RCU, until munmap returns", 1);
	cost_line(m, fig, f, 1, true, "forced RCU, with the callback", 4);
	fig->desc = "Three lines over the number of tables: the stock kernel, forced RCU until the "
		    "call returns, and forced RCU with what its callback does later.";
	fig->caption = arena_str(m->arena,
				 "Mode %s, x86_64, %s. Over MADV_DONTNEED of the same region, "
				 "which scans the same tables and frees none. What a munmap costs "
				 "once is shared by its tables.",
				 mode_words(m->arena, f->part[0]), setup);
}

/* Whether both kernels were timed, which takes KVM. */
static bool has_time(struct model *m)
{
	const struct report_part *stock = freeing_part(m->in, BY_IPI, "kvm-1cpu");
	const struct report_part *forced = freeing_part(m->in, BY_RCU, "kvm-1cpu");

	return input_usable(stock) && input_usable(forced);
}

static void build_cost(struct model *m, struct page *p, const char *setup, bool is_time)
{
	const char *question = is_time ? "What does RCU cost, in time?" : "What does RCU cost?";
	const char *per = is_time	? "Per"
			  : has_time(m) ? "In instructions: per"
					: "Time not measured here; instructions: per";
	const char *now = is_time ? "time" : "instructions";
	const char *later = is_time ? "time_deferred" : "instructions_deferred";
	struct section *s = page_section(m, p, is_time ? "cost-time" : "cost",
					 is_time ? "What RCU costs on x86_64: time under KVM"
						 : "What RCU costs on x86_64: instructions");
	struct freeing f;

	if (!read_freeing(m, setup, now, later, &f)) {
		enum freeing_kernel missing = f.have[BY_IPI] ? BY_RCU : BY_IPI;
		bool any = f.have[0] || f.have[1] || f.have[2];

		section_answer(m, p, s, question, NULL,
			       arena_str(m->arena, "%s here: %s.",
					 any ? "Not compared" : "Not measured",
					 freeing_why(m->in, missing, setup)));
		if (any) {
			cost_table(m, s, &f, now);
			cost_points(m, s, &f);
		}
		return;
	}
	for (int i = 0; i < 3; i++)
		section_source(m, s, f.part[i]);
	section_answer(m, p, s, question, mode_words(m->arena, f.part[0]),
		       cost_sentence(m, &f, per));
	cost_figure(m, s, &f, is_time ? "medians" : "one-CPU boots: no interrupt is sent in them",
		    is_time);
	cost_table(m, s, &f, is_time ? "time" : "instructions");
	cost_points(m, s, &f);
	freeing_say_others(m, s, setup);
	if (!is_time && !freeing_part(m->in, BY_IPI, "kvm-1cpu"))
		section_note(m, s, "Time: this run has no part that measured it (mode kvm).");
	else if (!is_time && freeing_part(m->in, BY_IPI, "kvm-1cpu")->why)
		section_note(m, s,
			     arena_str(m->arena, "Time: %s.",
				       freeing_why(m->in, BY_IPI, "kvm-1cpu")));
	section_note(
		m, s,
		"The twin unmaps as many touched pages from tables that neighbours keep: its "
		"difference to munmap is the tables. It exists with the same VMA for 1 and 2 "
		"tables; beyond, its pages lie side by side and the difference would hold the "
		"scan of the other tables. The control, MADV_DONTNEED of the same region, "
		"scans the same tables and frees none before 6.14: its slope is over all sizes, and "
		"later kernels have none. Where what "
		"a table costs depends on how many there are, no slope is all of it: the least "
		"and the most between neighbouring sizes are in the table.");
	if (!is_time)
		section_note(m, s,
			     "With one CPU no flush interrupt is sent and "
			     "tlb_remove_table_sync_one() interrupts nobody: both are absent from "
			     "these instructions. What RCU defers runs in its callback, counted "
			     "apart.");
}

void freeing_build(struct model *m)
{
	struct page *p =
		model_page(m, "q1.html", "IPI or RCU", "Freeing page tables: by IPI, or by RCU",
			   "A table may be freed when no lockless walker can still hold a pointer "
			   "into it. Either the TLB-flush interrupt waits for walkers, which run "
			   "with interrupts off, or an RCU grace period does.");

	freeing_flush(m, p);
	if (has_time(m))
		build_cost(m, p, "kvm-1cpu", true);
	build_cost(m, p, "icount-1cpu", false);
	freeing_releases(m, p);
	freeing_broadcast(m, p);
	freeing_disciplines(m, p);
	freeing_host(m, p);
	families_freeing(m, p);
	explored_build(m, p, "gather", NULL);
	freeing_absent(m, p);
}
