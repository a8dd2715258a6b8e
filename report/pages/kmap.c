// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What each kmap stack costs, by depth and across a task switch with live maps.
 *
 * Time answers, for what a mapping costs is its TLB work, and that counts one instruction.
 */
#include <string.h>

#include "kernel_rows.h"

#define MAX_DEPTH 15

static const struct {
	const char *name, *label;
	int series;
	bool busted;
} designs[] = {
	{ "atomic_percpu", "atomic_percpu (to 5.10)", 0, false },
	{ "rfc_task_sweep", "rfc_task_sweep (busted)", 5, true },
	{ "linus_pop_push", "linus_pop_push", 2, false },
	{ "merged", "merged (from 5.11)", 1, false },
};
#define NR_DESIGNS (sizeof(designs) / sizeof(*designs))
enum { ATOMIC, RFC, POP_PUSH, MERGED };

static const int depths[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
static const int lives[] = { 0, 1, 4, 15 };
#define NR(array) (sizeof(array) / sizeof(*(array)))

static struct rvalue pair_at(struct model *m, const struct report_part *part, const char *metric,
			     const char *backend, int debug, size_t design, int depth)
{
	return rv_at(m->arena, part, RESULTS_REF, "kmap/pair", metric,
		     "backend=%s,debug=%d,depth=%d,design=%s", backend, debug, depth,
		     designs[design].name);
}

static struct rvalue switch_at(struct model *m, const struct report_part *part, const char *metric,
			       const char *backend, size_t design, int prev, int next)
{
	return rv_at(m->arena, part, RESULTS_REF, "kmap/switch", metric,
		     "backend=%s,debug=0,design=%s,next=%d,prev=%d", backend, designs[design].name,
		     next, prev);
}

/* A section that has nothing to say but why. */
static void not_measured(struct model *m, struct page *p, struct section *s, const char *question)
{
	section_answer(m, p, s, question, NULL,
		       arena_str(m->arena, "Time not measured here: %s.",
				 input_why(m->in, "native")));
}

/* ---- map and unmap ---- */

static void pair_answer(struct model *m, struct page *p, struct section *s,
			const struct report_part *part)
{
	struct rvalue old = pair_at(m, part, "time", "memory", 0, ATOMIC, 1);
	struct rvalue now = pair_at(m, part, "time", "memory", 0, MERGED, 1);
	struct rvalue deep = pair_at(m, part, "time", "memory", 0, MERGED, MAX_DEPTH);
	struct rvalue real = pair_at(m, part, "time", "mappings", 0, MERGED, 1);
	struct arena *a = m->arena;
	const char *text;

	if (!rv_ok(&now)) {
		section_answer(m, p, s, "What does a map and unmap cost?", NULL,
			       unanswered(m, "native", "kmap/pair", now.why));
		return;
	}
	text = arena_str(a, "The stack itself takes %s per map and unmap as merged", rv_strong(a, &now));
	if (rv_ok(&old))
		text = arena_str(a, "%s and %s with the per-CPU index before it%s", text,
				 rv_strong(a, &old), rv_overlap(&old, &now) ? " (not told apart)" : "");
	if (rv_ok(&deep))
		text = arena_str(a, "%s; on top of %d live maps, %s%s", text, MAX_DEPTH - 1,
				 rv_text(a, &deep),
				 rv_overlap(&deep, &now) ? " (not told apart)" : "");
	if (rv_ok(&real))
		text = arena_str(a,
				 "%s. With real mappings, whose every change is a system call and "
				 "flushes the TLB, a pair takes %s",
				 text, rv_strong(a, &real));
	section_answer(m, p, s, "What does a map and unmap cost?", mode_words(a, part),
		       arena_str(a, "%s.", text));
}

static void pair_figure(struct model *m, struct section *s, const struct report_part *part)
{
	struct figure *f = section_figure(m, s, FIGURE_LINES, "q3-pair",
					  "Map and unmap on top of depth \xe2\x88\x92 1 live maps");
	size_t d, i;

	f->xlabel = "depth";
	f->ylabel = "time per pair";
	for (d = 0; d < NR_DESIGNS; d++) {
		struct line *l = figure_line(m, f, designs[d].label, designs[d].series);

		for (i = 0; i < NR(depths); i++) {
			struct rvalue v = pair_at(m, part, "time", "memory", 0, d, depths[i]);

			line_point(m, l, depths[i], &v);
		}
	}
	f->desc = "One line per design: median time of a map and its unmap, by depth of the stack.";
	f->caption = "Mode native, slots in memory: the stack\xe2\x80\x99s own work, no TLB; "
		     "median with 95\xc2\xa0% interval.";
}

static void pair_table(struct model *m, struct section *s, const struct report_part *part)
{
	static const char *const columns[] = { "Slots", "Layout", "Design", "#Depth 1", "#Depth 8",
					       "#Depth 15", NULL };
	static const struct {
		const char *backend, *words;
		int debug;
	} kinds[] = {
		{ "memory", "in memory", 0 },
		{ "memory", "in memory", 1 },
		{ "mappings", "real mappings", 0 },
	};
	struct table *t = section_table(m, s, "Map and unmap, native time per pair", columns);
	static const int three[] = { 1, 8, MAX_DEPTH };
	size_t k, d, i;

	for (k = 0; k < NR(kinds); k++)
		for (d = 0; d < NR_DESIGNS; d++) {
			if (k && d != ATOMIC && d != MERGED)
				continue; /* the others do the same on a map and an unmap */
			table_row(m, t);
			table_cell(t, "", kinds[k].words);
			table_cell(t, "", kinds[k].debug ? "guards" : "plain");
			table_cell(t, designs[d].busted ? "bad" : "", designs[d].label);
			for (i = 0; i < NR(three); i++) {
				struct rvalue v = pair_at(m, part, "time", kinds[k].backend,
							  kinds[k].debug, d, three[i]);

				table_value(m, t, &v);
			}
		}
}

static void build_pairs(struct model *m, struct page *p, const struct report_part *part)
{
	struct section *s = page_section(m, p, "pair", "Map and unmap, by depth");

	section_source(m, s, part);
	if (!part || part->why) {
		not_measured(m, p, s, "What does a map and unmap cost?");
		return;
	}
	pair_answer(m, p, s, part);
	pair_figure(m, s, part);
	pair_table(m, s, part);
	section_load(m, s, part);
	section_note(m, s,
		     "The two kinds of slots do not compare: memory shows what a design\xe2\x80\x99s "
		     "bookkeeping costs, and real mappings (pages of a memfd mapped into a reserved "
		     "window, a system call each way) that the TLB\xe2\x80\x99s share is larger. A "
		     "kernel changes the entry itself, without a system call.");
}

/* ---- task switches ---- */

static void switch_answer(struct model *m, struct page *p, struct section *s,
			  const struct report_part *part)
{
	struct rvalue none = switch_at(m, part, "time", "memory", MERGED, 0, 0);
	struct rvalue full = switch_at(m, part, "time", "memory", MERGED, MAX_DEPTH, MAX_DEPTH);
	struct rvalue pop = switch_at(m, part, "time", "memory", POP_PUSH, MAX_DEPTH, MAX_DEPTH);
	struct rvalue one = switch_at(m, part, "time", "memory", MERGED, 1, 1);
	const char *question = "What does a task switch with live maps cost?", *text;
	struct arena *a = m->arena;

	if (!rv_ok(&none) || !rv_ok(&full)) {
		section_answer(m, p, s, question, NULL,
			       unanswered(m, "native", "kmap/switch",
					  rv_ok(&none) ? full.why : none.why));
		return;
	}
	text = arena_str(a, "There and back between two tasks takes %s as merged when neither has a "
			    "map, and %s when each has %d",
			 rv_strong(a, &none), rv_strong(a, &full), MAX_DEPTH);
	if (rv_ok(&one))
		text = arena_str(a, "%s (with one each, %s)", text, rv_text(a, &one));
	if (rv_ok(&pop))
		text = arena_str(a, "%s; popping and pushing entry by entry takes %s%s", text,
				 rv_strong(a, &pop),
				 rv_overlap(&pop, &full) ? " (not told apart)" : "");
	section_answer(m, p, s, question, mode_words(a, part), arena_str(a, "%s.", text));
}

static void switch_figure(struct model *m, struct section *s, const struct report_part *part)
{
	struct figure *f = section_figure(m, s, FIGURE_LINES, "q3-switch",
					  "There and back between two tasks with n live maps each");
	size_t d, i;

	f->xlabel = "live maps of each task";
	f->ylabel = "time, there and back";
	for (d = RFC; d < NR_DESIGNS; d++) {
		struct line *l = figure_line(m, f, designs[d].label, designs[d].series);

		for (i = 0; i < NR(lives); i++) {
			struct rvalue v =
				switch_at(m, part, "time", "memory", d, lives[i], lives[i]);

			line_point(m, l, lives[i], &v);
		}
	}
	f->desc = "One line per design that can switch: median time of two switches, by live maps.";
	f->caption = "Mode native, slots in memory; median with 95\xc2\xa0% interval. "
		     "atomic_percpu never switches with anything mapped.";
}

static void switch_table(struct model *m, struct section *s, const struct report_part *part)
{
	static const char *const columns[] = { "Live maps", "#rfc_task_sweep (busted)",
					       "#linus_pop_push", "#merged", NULL };
	struct table *t = section_table(
		m, s, "Two tasks, there and back, slots in memory, native time", columns);
	size_t i, j, d;

	t->folded = true;
	for (i = 0; i < NR(lives); i++)
		for (j = 0; j <= i; j++) {
			table_row(m, t);
			table_cell(t, "", arena_str(m->arena, "%d and %d", lives[i], lives[j]));
			for (d = RFC; d < NR_DESIGNS; d++) {
				struct rvalue v = switch_at(m, part, "time", "memory", d, lives[i],
							    lives[j]);

				table_value(m, t, &v);
			}
		}
}

static void build_switches(struct model *m, struct page *p, const struct report_part *part)
{
	struct section *s = page_section(m, p, "switch", "Task switches with live maps");

	section_source(m, s, part);
	if (!part || part->why) {
		not_measured(m, p, s, "What does a task switch with live maps cost?");
		return;
	}
	switch_answer(m, p, s, part);
	switch_figure(m, s, part);
	switch_table(m, s, part);
	section_load(m, s, part);
	section_note(m, s,
		     "rfc_task_sweep is busted, and stands here for its price only: a handler that "
		     "maps while the next task\xe2\x80\x99s deeper stack is swept in overwrites a live "
		     "slot. ptbench explore kmap shows the schedule.");
}

/* ---- how deep it gets ---- */

static void build_depth(struct model *m, struct page *p, const struct report_part *part)
{
	static const char *const columns[] = { "Design", "#1 map each", "#2 maps each",
					       "#3 maps each", NULL };
	struct section *s = page_section(m, p, "nest", "How deep the stack gets");
	struct rvalue one = rv_at(m->arena, part, RESULTS_REF, "kmap/nest", "slots_peak",
				  "design=merged,maps=1");
	struct rvalue three = rv_at(m->arena, part, RESULTS_REF, "kmap/nest", "slots_peak",
				    "design=merged,maps=3");
	const char *question = "How deep does the stack get when every context maps?";
	struct table *t;
	size_t d;
	int n;

	section_source(m, s, part);
	if (!rv_ok(&one) || !rv_ok(&three))
		section_answer(m, p, s, question, NULL,
			       unanswered(m, "native", "kmap/nest",
					  rv_ok(&one) ? three.why : one.why));
	else
		section_answer(m, p, s, question, mode_words(m->arena, part),
			       arena_str(m->arena,
					 "A task, a page fault, a softirq, an interrupt and an NMI with "
					 "one map each reach %s slots, with three each %s; a stack has %d "
					 "(merged, without guards).",
					 rv_strong(m->arena, &one), rv_strong(m->arena, &three),
					 MAX_DEPTH));
	if (!part || part->why)
		return;
	t = section_table(m, s, "Most slots in use at once", columns);
	for (d = 0; d < NR_DESIGNS; d++) {
		table_row(m, t);
		table_cell(t, designs[d].busted ? "bad" : "", designs[d].label);
		for (n = 1; n <= 3; n++) {
			struct rvalue v = rv_at(m->arena, part, RESULTS_REF, "kmap/nest",
						"slots_peak", "design=%s,maps=%d", designs[d].name, n);

			table_value(m, t, &v);
		}
	}
	section_note(m, s,
		     "Page faults are off between kmap_atomic and its undoing, so atomic_percpu has "
		     "no fault\xe2\x80\x99s maps on its stack.");
}

void kmap_build(struct model *m)
{
	const struct report_part *part = input_part(m->in, "native");
	struct page *p = model_page(m, "q3.html", "kmap stacks",
				    "Temporary mappings: what each kmap stack costs",
				    "A kernel maps highmem pages for a moment through a stack of slots. "
				    "Before Linux 5.11 it was the CPU\xe2\x80\x99s and forbade "
				    "preemption; since then it is the task\xe2\x80\x99s, and the "
				    "scheduler carries live maps across a switch. The reference runs the "
				    "designs that were argued about.");

	build_pairs(m, p, part);
	build_switches(m, p, part);
	build_depth(m, p, part);
	families_kmap(m, p);
	explored_build(m, p, "kmap", NULL);
}
