// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Q1: what freeing a page table costs by IPI and by RCU. The kernels' part; the host's and the
 * reference's are in q1_host.c.
 */
#include <math.h>
#include <string.h>

#include "kernel_rows.h"
#include "q1.h"

#define STOCK "x86_64-stock"
#define FORCED "x86_64-forced-rcu"
#define S390X "s390x-stock"

/* ---- interrupts: stock against forced RCU, cell by cell ---- */

static struct rvalue event(struct model *m, const struct report_part *part,
			   const struct results_params *like, const char *metric)
{
	const struct report_rows rows = { part, "table_free/munmap", RESULTS_KERNEL, metric };
	const struct results_measurement *row;
	const char *why = "not run";

	row = part ? rows_find(m->arena, &rows, like, NULL, 0, &why) : NULL;
	return row ? rv_of(row) : rv_missing(why);
}

struct cells {
	size_t nr, differ;	      /* by CPUs interrupted */
	size_t sent_differ;	      /* by interrupts sent */
	const struct results_params *top; /* the spinning peer's with the most tables */
};

/* Calls are cells: one set of params that both parts counted interrupts for. */
static struct cells compare_cells(struct model *m, const struct report_part *a,
				  const struct report_part *b)
{
	struct cells c = { 0 };
	size_t i;

	for (i = 0; i < a->doc->nr_measurements; i++) {
		const struct results_measurement *row = &a->doc->measurements[i];
		const char *peer = results_params_str(&row->params, "peer");
		struct rvalue x, y;

		if (row->skipped || row->subject != RESULTS_KERNEL ||
		    strcmp(row->case_id, "table_free/munmap") != 0 ||
		    strcmp(row->metric->name, "ipis_sent") != 0)
			continue;
		x = event(m, a, &row->params, "cpus_interrupted");
		y = event(m, b, &row->params, "cpus_interrupted");
		if (!rv_ok(&x) || !rv_ok(&y))
			continue;
		c.nr++;
		c.differ += x.v != y.v;
		x = rv_of(row);
		y = event(m, b, &row->params, "ipis_sent");
		c.sent_differ += !rv_ok(&y) || x.v != y.v;
		if (peer && strcmp(peer, "spin") == 0 &&
		    (!c.top || results_params_int(&row->params, "tables", 0) >
				       results_params_int(c.top, "tables", 0)))
			c.top = &row->params;
	}
	return c;
}

static const char *cpus(struct arena *a, double v)
{
	return arena_str(a, STRONG "%s" STRONG " CPU%s", group_digits(a, v, v == floor(v) ? 0 : 1),
			 v == 1 ? "" : "s");
}

static const char *callbacks(struct arena *a, const struct rvalue *v)
{
	if (!rv_ok(v))
		return "callbacks not counted";
	if (v->v == 0)
		return "no RCU callback";
	return arena_str(a, "%s RCU callback%s", group_digits(a, v->v, 0), v->v == 1 ? "" : "s");
}

static const char *flush_sentence(struct model *m, const struct report_part *stock,
				  const struct report_part *forced)
{
	struct arena *a = m->arena;
	struct cells c = compare_cells(m, stock, forced);
	struct rvalue x, y, cx, cy;

	if (!c.top)
		return NULL;
	x = event(m, stock, c.top, "cpus_interrupted");
	y = event(m, forced, c.top, "cpus_interrupted");
	cx = event(m, stock, c.top, "rcu_callbacks");
	cy = event(m, forced, c.top, "rcu_callbacks");
	return arena_str(a,
			 "%s A munmap that frees %lld tables while a thread of the same process "
			 "spins on the other CPU interrupts %s on %s (%s) and %s on %s (%s); %zu "
			 "of %zu cells are equal. %s%s",
			 c.differ ? "Not the same in every cell."
				  : "No: the flush interrupts stay the same with RCU.",
			 results_params_int(c.top, "tables", 0), cpus(a, x.v), STOCK,
			 callbacks(a, &cx), cpus(a, y.v), FORCED, callbacks(a, &cy),
			 c.nr - c.differ, c.nr,
			 c.differ ? "The table shows where they differ."
				  : "The interrupt flushes the TLB. With RCU the "
				    "tables\xe2\x80\x99 safety no longer depends on it; the flush "
				    "still does.",
			 c.sent_differ ? arena_str(a,
						   " (Interrupts sent differ in %zu: none is sent "
						   "to a CPU whose call queue is not empty.)",
						   c.sent_differ)
				       : "");
}

static void event_row(struct model *m, struct table *t, const struct results_params *p,
		      const struct report_part *const *parts, size_t nr)
{
	static const char *const metrics[] = { "cpus_interrupted", "ipis_sent", "tlb_flushes",
					       "rcu_callbacks" };
	struct arena *a = m->arena;
	size_t i, j;

	table_row(m, t);
	table_cell(t, "", param_text(a, p, "peer", "none"));
	table_cell(t, "num", param_text(a, p, "tables", "?"));
	for (i = 0; i < sizeof(metrics) / sizeof(*metrics); i++)
		for (j = 0; j < nr; j++) {
			struct rvalue v = event(m, parts[j], p, metrics[i]);

			if (rv_ok(&v))
				table_value(m, t, &v);
			else
				table_cell(t, "num", "\xe2\x80\x94");
		}
}

static void event_rows(struct model *m, struct table *t, const struct report_part *const *parts,
		       size_t nr)
{
	const struct results_doc *doc = parts[0]->doc;
	size_t i;

	for (i = 0; doc && i < doc->nr_measurements; i++) {
		const struct results_measurement *row = &doc->measurements[i];

		if (!row->skipped && row->subject == RESULTS_KERNEL &&
		    strcmp(row->case_id, "table_free/munmap") == 0 &&
		    strcmp(row->metric->name, "ipis_sent") == 0)
			event_row(m, t, &row->params, parts, nr);
	}
}

static void flush_figure(struct model *m, struct section *s, const struct report_part *stock,
			 const struct report_part *forced)
{
	const struct report_part *parts[] = { stock, forced };
	struct figure *f = section_figure(m, s, FIGURE_BARS, "q1-interrupts",
					  "CPUs that one munmap interrupts, by tables freed");
	size_t i, j;

	f->xlabel = "CPUs interrupted per munmap";
	for (i = 0; i < stock->doc->nr_measurements; i++) {
		const struct results_measurement *row = &stock->doc->measurements[i];
		const char *peer = results_params_str(&row->params, "peer");
		const char *heading;

		if (row->skipped || strcmp(row->case_id, "table_free/munmap") != 0 || !peer ||
		    strcmp(peer, "spin") != 0 || strcmp(row->metric->name, "ipis_sent") != 0)
			continue;
		heading = arena_str(m->arena, "peer spinning, tables freed: %s",
				    param_text(m->arena, &row->params, "tables", "?"));
		for (j = 0; j < 2; j++) {
			struct rvalue v = event(m, parts[j], &row->params, "cpus_interrupted");

			figure_bar(m, f, heading, j ? "forced RCU" : "stock (IPI)", &v, (int)j);
		}
	}
	f->desc =
		arena_str(m->arena, "Bars in pairs, %s beside %s; the table below has the numbers.",
			  STOCK, FORCED);
	f->caption = arena_str(m->arena,
			       "Mode %s, x86_64, virtual interrupts: counted by probes in a boot "
			       "of their own, never timed.",
			       mode_words(m->arena, stock));
}

static void build_flush(struct model *m, struct page *p)
{
	static const char *const columns[] = {
		"Peer", "#Tables", "#CPUs interrupted: stock", "#RCU", "#IPIs sent: stock", "#RCU",
		"#Flushes: stock", "#RCU", "#Callbacks: stock", "#RCU", NULL,
	};
	const struct report_part *stock = input_guest(m->in, STOCK, "icount-2cpu");
	const struct report_part *forced = input_guest(m->in, FORCED, "icount-2cpu");
	struct section *s = page_section(m, p, "flush", "The flush interrupt on x86_64");
	const struct report_part *parts[] = { stock, forced };
	const char *question = "Does RCU save the flush interrupt on x86_64?", *text = NULL;
	bool have = stock && forced && !stock->why && !forced->why;

	section_source(m, s, stock);
	section_source(m, s, forced);
	if (have)
		text = flush_sentence(m, stock, forced);
	if (!text) {
		text = arena_str(m->arena, "Interrupts not counted here: %s.",
				 input_why(m->in, !stock || stock->why ? STOCK ".icount-2cpu"
								       : FORCED ".icount-2cpu"));
		section_answer(m, p, s, question, NULL, text);
		return;
	}
	section_answer(m, p, s, question,
		       arena_str(m->arena, "%s, virtual interrupts", mode_words(m->arena, stock)),
		       text);
	flush_figure(m, s, stock, forced);
	event_rows(m,
		   section_table(m, s, "Events of one munmap on x86_64, by peer and tables freed",
				 columns),
		   parts, 2);
	section_note(m, s,
		     "With two emulated CPUs that run in turns these are counts. What an interrupt "
		     "costs is not in them; the host\xe2\x80\x99s own kernel, below, says what it "
		     "costs here.");
}

/* ---- a machine that broadcasts ---- */

static const char *broadcast_sentence(struct model *m, const struct report_part *part)
{
	struct arena *a = m->arena;
	struct cells c = compare_cells(m, part, part);
	struct rvalue ipis, cbs, per;
	size_t windows = 0, held = 0, i, j;
	const char *seen;
	double most = 0;

	if (!c.top)
		return NULL;
	for (i = 0; i < part->doc->nr_measurements; i++) {
		const struct results_measurement *row = &part->doc->measurements[i];

		if (!row->skipped && strcmp(row->case_id, "table_free/munmap") == 0 &&
		    strcmp(row->metric->name, "ipis_sent") == 0)
			most = fmax(most, rv_of(row).v);
		else
			continue;
		for (j = 0; j < row->nr_samples; j++, windows++)
			held += row->samples[j] > 0;
	}
	seen = held ? arena_str(a, "; %zu of %zu windows held one all the same", held, windows)
		    : "";
	ipis = event(m, part, c.top, "cpus_interrupted");
	cbs = event(m, part, c.top, "rcu_callbacks");
	per = event(m, part, c.top, "tables_per_callback");
	if (most == 0)
		return arena_str(a,
				 "Freeing where no interrupt comes: s390x broadcasts the "
				 "invalidation in hardware, and in none of %zu cells does munmap "
				 "send an interrupt (" STRONG
				 "0" STRONG " with %lld tables and a peer spinning%s). There a "
					    "walker with interrupts off "
				 "holds nothing back; %s per munmap, for %s tables, is what makes "
				 "freeing safe.",
				 c.nr, results_params_int(c.top, "tables", 0), seen,
				 callbacks(a, &cbs), rv_text(a, &per));
	return arena_str(a,
			 "On s390x one munmap sends up to %s interrupts (%s CPUs interrupted with "
			 "%lld tables and a peer spinning), with %s per munmap.",
			 group_digits(a, most, 0), rv_text(a, &ipis),
			 results_params_int(c.top, "tables", 0), callbacks(a, &cbs));
}

static void build_broadcast(struct model *m, struct page *p)
{
	static const char *const columns[] = {
		"Peer", "#Tables", "#CPUs interrupted", "#IPIs sent", "#Flushes", "#Callbacks",
		NULL,
	};
	const struct report_part *part = input_guest(m->in, S390X, "icount-2cpu");
	struct section *s = page_section(m, p, "broadcast", "Where the hardware broadcasts");
	const char *question = "What does RCU buy?", *text = NULL;

	section_source(m, s, part);
	if (part && !part->why)
		text = broadcast_sentence(m, part);
	if (!text) {
		section_answer(m, p, s, question, NULL,
			       arena_str(m->arena, "Events on s390x not counted here: %s.",
					 input_why(m->in, S390X ".icount-2cpu")));
		return;
	}
	section_answer(m, p, s, question, mode_words(m->arena, part), text);
	event_rows(m, section_table(m, s, "Events of one munmap on s390x", columns), &part, 1);
	section_note(m, s,
		     "Flushes are inline IPTE and IDTE instructions there, so they are not "
		     "counted. The same holds for arm64\xe2\x80\x99s TLBI, for x86_64\xe2\x80\x99s "
		     "INVLPGB and for a hypervisor\xe2\x80\x99s remote flush: none is part of this "
		     "run.");
}

/* ---- what RCU costs: per munmap and per table, now and deferred ---- */

/* Both kernels' costs in one mode: instructions, or time where KVM works. */
struct freeing {
	const struct report_part *part[3];
	struct table_cost now[3], later[3];
	bool have[3];
};

static const char *const scenarios[3] = { STOCK, FORCED, S390X };

static bool read_freeing(struct model *m, const char *setup, const char *now, const char *later,
			 struct freeing *f)
{
	struct table_cost *list;
	size_t i;

	memset(f, 0, sizeof(*f));
	for (i = 0; i < 3; i++) {
		f->part[i] = input_guest(m->in, scenarios[i], setup);
		if (!f->part[i] || f->part[i]->why)
			continue;
		f->have[i] = table_costs(m->arena, f->part[i], RESULTS_KERNEL, now, &list) > 0;
		if (f->have[i])
			f->now[i] = list[0];
		if (table_costs(m->arena, f->part[i], RESULTS_KERNEL, later, &list) > 0)
			f->later[i] = list[0];
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

/* RCU minus IPI. */
static struct rvalue rcu_less_ipi(const struct freeing *f, bool later, enum cost_quantity q)
{
	return rv_sub(part_value(f, 1, later, q), part_value(f, 0, later, q),
		      "forced RCU minus stock");
}

/* per: how the sentence begins, with what its numbers are. */
static const char *cost_sentence(struct model *m, const struct freeing *f, const char *per)
{
	struct arena *a = m->arena;
	struct rvalue control = part_value(f, 0, false, COST_CONTROL);
	/* A sampled slope needs more than the twin's two sizes to show anything. */
	enum cost_quantity each = rv_ok(&control) && control.kind == RESULTS_SAMPLED ? COST_CONTROL
										      : COST_FURTHER;
	struct rvalue x = part_value(f, 0, false, each), y = part_value(f, 1, false, each);
	struct rvalue d = rcu_less_ipi(f, false, each);
	struct rvalue later = rcu_less_ipi(f, true, COST_FURTHER);
	struct rvalue first = rcu_less_ipi(f, false, COST_FIRST);
	struct rvalue last = rcu_less_ipi(f, true, COST_FIRST);
	const char *text;

	if (!rv_ok(&d))
		return arena_str(a, "The cost per table could not be derived: %s.", d.why);
	text = arena_str(a,
			 "%s further table freed, munmap takes %s until it returns under the flush "
			 "IPI and %s with RCU (%s)",
			 per,
			 rv_strong(a, &x), rv_strong(a, &y), rv_difference(a, &d));
	if (rv_ok(&later))
		text = arena_str(a, "%s; the callback takes %s more later", text,
				 rv_strong(a, &later));
	text = arena_str(a,
			 "%s. The first table of a munmap, with the batch page and call_rcu(), "
			 "differs by %s until it returns",
			 text, rv_difference(a, &first));
	return rv_ok(&last) ? arena_str(a, "%s and %s later.", text, rv_difference(a, &last))
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

static void cost_table(struct model *m, struct section *s, const struct freeing *f,
		       const char *unit)
{
	static const char *const columns[] = {
		"Quantity", "#x86_64 stock (IPI)", "#x86_64 forced RCU", "#RCU \xe2\x88\x92 IPI",
		"#s390x stock (RCU)", NULL,
	};
	static const char *const names[2][3] = {
		{ "first table: until munmap returns", "first table: deferred",
		  "first table: in all" },
		{ "each further: until munmap returns", "each further: deferred",
		  "each further: in all" },
	};
	struct table *t = section_table(
		m, s,
		arena_str(m->arena, "Cost of freeing page tables: munmap minus its twin, %s", unit),
		columns);
	struct rvalue v[3][3];
	int q, j;

	for (q = COST_FIRST; q <= COST_FURTHER; q++) {
		for (j = 0; j < 3; j++) {
			v[0][j] = part_value(f, j, false, (enum cost_quantity)q);
			v[1][j] = part_value(f, j, true, (enum cost_quantity)q);
			v[2][j] = rv_linear(
				(const struct rterm[]){ { v[0][j], 1 }, { v[1][j], 1 } }, 2, "");
		}
		for (j = 0; j < 3; j++)
			cost_row(m, t, names[q][j], v[j]);
	}
	for (j = 0; j < 3; j++)
		v[0][j] = part_value(f, j, false, COST_CONTROL);
	cost_row(m, t, "each further, by the control", v[0]);
}

static void cost_points(struct model *m, struct section *s, const struct freeing *f)
{
	static const char *const columns[] = {
		"Kernel", "#Tables", "#munmap", "#minus twin", "#minus control",
		"#control, per table", "#deferred", NULL,
	};
	struct table *t = section_table(m, s, "Every point behind the slopes", columns);
	size_t i;
	int j;

	t->folded = true;
	for (j = 0; j < 3; j++) {
		for (i = 0; f->have[j] && i < f->now[j].nr; i++) {
			const struct table_cost *c = &f->now[j];
			struct rterm each = { c->control[i], 1 / fmax(1, c->tables[i]) };
			struct rvalue per = rv_linear(&each, 1, "");
			struct rvalue later = i < f->later[j].nr ? f->later[j].munmap[i]
								 : rv_missing("not recorded");

			table_row(m, t);
			table_cell(t, "", scenarios[j]);
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
	size_t i;

	for (i = 0; i < f->now[j].nr; i++) {
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
				 "once is shared by its tables, so the lines fall.",
				 mode_words(m->arena, f->part[0]), setup);
}

/* Whether both kernels were timed: KVM worked. */
static bool has_time(struct model *m)
{
	const struct report_part *stock = input_guest(m->in, STOCK, "kvm-1cpu");
	const struct report_part *forced = input_guest(m->in, FORCED, "kvm-1cpu");

	return stock && forced && !stock->why && !forced->why;
}

static void build_cost(struct model *m, struct page *p, const char *setup, bool is_time)
{
	const char *question = is_time ? "What does RCU cost, in time?" : "What does RCU cost?";
	const char *per = is_time	   ? "Per"
			  : has_time(m) ? "In instructions: per"
					: "Time not measured here; instructions: per";
	const char *now = is_time ? "time" : "instructions";
	const char *later = is_time ? "time_deferred" : "instructions_deferred";
	struct section *s = page_section(m, p, is_time ? "cost-time" : "cost",
					 is_time ? "What RCU costs on x86_64: time under KVM"
						 : "What RCU costs on x86_64: instructions");
	struct freeing f;
	int i;

	if (!read_freeing(m, setup, now, later, &f)) {
		const char *missing = f.have[0] ? FORCED : STOCK;

		section_answer(
			m, p, s, question, NULL,
			arena_str(m->arena, "Not measured here: %s.",
				  input_why(m->in, arena_str(m->arena, "%s.%s", missing, setup))));
		return;
	}
	for (i = 0; i < 3; i++)
		section_source(m, s, f.part[i]);
	section_answer(m, p, s, question, mode_words(m->arena, f.part[0]),
		       cost_sentence(m, &f, per));
	cost_figure(m, s, &f, is_time ? "medians" : "one-CPU boots: no interrupt is sent in them",
		    is_time);
	cost_table(m, s, &f, is_time ? "time" : "instructions");
	cost_points(m, s, &f);
	if (!is_time && !input_guest(m->in, STOCK, "kvm-1cpu"))
		section_note(m, s, "Time: this run has no part that measured it (mode kvm).");
	else if (!is_time && input_guest(m->in, STOCK, "kvm-1cpu")->why)
		section_note(m, s,
			     arena_str(m->arena, "Time: %s.", input_why(m->in, STOCK ".kvm-1cpu")));
	section_note(m, s,
		     "The twin unmaps as many touched pages from tables that neighbours keep: its "
		     "difference to munmap is the tables. It exists with the same VMA for 1 and 2 "
		     "tables; beyond, its pages lie side by side and the difference would hold the "
		     "scan of the other tables. The control, MADV_DONTNEED of the same region, "
		     "scans the same tables and frees none, so its slope over all sizes checks the "
		     "twin\xe2\x80\x99s.");
	if (!is_time)
		section_note(m, s,
			     "With one CPU no flush interrupt is sent and "
			     "tlb_remove_table_sync_one() interrupts nobody: both are absent from "
			     "these instructions. What RCU defers runs in its callback, counted "
			     "apart.");
}

void q1_build(struct model *m)
{
	struct page *p =
		model_page(m, "q1.html", "IPI or RCU", "Freeing page tables: by IPI, or by RCU",
			   "A table may be freed when no lockless walker can still hold a pointer "
			   "into it. Either the TLB-flush interrupt waits for walkers, which run "
			   "with interrupts off, or an RCU grace period does.");

	build_flush(m, p);
	if (has_time(m))
		build_cost(m, p, "kvm-1cpu", true);
	build_cost(m, p, "icount-1cpu", false);
	build_broadcast(m, p);
	q1_disciplines(m, p);
	q1_host(m, p);
	families_q1(m, p);
	explored_build(m, p, "gather", NULL);
	q1_absent(m, p);
}
