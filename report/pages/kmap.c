// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What each kmap stack costs, by depth and across a task switch with live maps.
 *
 * The answers are in time: the cost of a mapping is its TLB work, which counts as one instruction.
 */
#include <array_size.h>
#include <string.h>

#include "../model/words.h"
#include "kernel_rows.h"

#define NR_SLOTS 15 /* slots of the reference's stacks without guards */

static const char pair_id[] = "kmap/pair", switch_id[] = "kmap/switch", nest_id[] = "kmap/nest";

#define BUSTED_SERIES 5

/* The designs in the rows of a case, in the order of the axis. */
struct designs {
	const struct report_part *part;
	const char *case_id;
	const char *const *names;
	size_t nr;
};

/* The depths or live maps of a case's rows, sorted up. */
struct numbers {
	const long long *v;
	size_t nr;
};

static struct numbers numbers_of(struct model *m, const struct report_part *part,
				 const char *case_id, const char *key)
{
	struct numbers n;

	n.nr = numbers_used(m->arena, part, case_id, RESULTS_REF, key, &n.v);
	return n;
}

static struct designs designs_of(struct model *m, const struct report_part *part,
				 const char *case_id)
{
	struct designs d = { .part = part, .case_id = case_id };

	d.nr = words_used(m->arena, part, case_id, RESULTS_REF, "design", &d.names);
	return d;
}

static const char *label_of(struct model *m, const struct designs *d, size_t i)
{
	return word_label(m->arena, d->part, d->case_id, "design", d->names[i]);
}

static const char *marked(struct model *m, const struct designs *d, size_t i)
{
	return word_marked(m->arena, d->part, d->case_id, "design", d->names[i]);
}

static bool is_busted(const struct designs *d, size_t i)
{
	return word_is_busted(d->part, d->case_id, "design", d->names[i]);
}

/* Is the design in the axis and not busted? Sentences are only about those. */
static bool is_good(const struct designs *d, size_t i)
{
	return word_of(d->part, d->case_id, "design", d->names[i]) && !is_busted(d, i);
}

/* A colour by the place in the axis: it does not depend on the other designs measured. */
static int series_of(const struct designs *d, size_t i)
{
	static const int series[] = { 0, 3, 2, 1, 4 };
	bool known = word_of(d->part, d->case_id, "design", d->names[i]);
	size_t place = known ? word_place(d->part, d->case_id, "design", d->names[i]) : i;

	return is_busted(d, i) || place >= ARRAY_SIZE(series) ? BUSTED_SERIES : series[place];
}

static struct rvalue pair_at(struct model *m, const struct designs *d, size_t i,
			     const char *backend, long long debug, long long depth)
{
	const struct report_rows rows = { d->part, pair_id, RESULTS_REF, "time" };
	const struct report_cond conds[] = { { .key = "backend", .str = backend },
					     { .key = "debug", .num = debug },
					     { .key = "depth", .num = depth },
					     { .key = "design", .str = d->names[i] } };
	static const struct results_params nothing_else;

	return rv_find(m->arena, &rows, &nothing_else, conds, 4);
}

static struct rvalue switch_at(struct model *m, const struct designs *d, size_t i, long long prev,
			       long long next)
{
	const struct report_rows rows = { d->part, switch_id, RESULTS_REF, "time" };
	const struct report_cond conds[] = { { .key = "backend", .str = "memory" },
					     { .key = "debug", .num = 0 },
					     { .key = "design", .str = d->names[i] },
					     { .key = "next", .num = next },
					     { .key = "prev", .num = prev } };
	static const struct results_params nothing_else;

	return rv_find(m->arena, &rows, &nothing_else, conds, 5);
}

static struct rvalue nest_at(struct model *m, const struct designs *d, size_t i, long long maps)
{
	const struct report_rows rows = { d->part, nest_id, RESULTS_REF, "slots_peak" };
	const struct report_cond conds[] = { { .key = "design", .str = d->names[i] },
					     { .key = "maps", .num = maps } };
	static const struct results_params nothing_else;

	return rv_find(m->arena, &rows, &nothing_else, conds, 2);
}

typedef struct rvalue (*design_at)(struct model *m, const struct designs *d, size_t i);

struct chosen {
	size_t first, last;
};

/*
 * The designs that sentences compare: the first and the last measured ones that are in the axis and
 * not busted. The axis is in historical order, so the last is the newest. If none was measured,
 * both are the last such design, whose row has the reason; d->nr: there is no such design.
 */
static struct chosen choose(struct model *m, const struct designs *d, design_at at)
{
	struct chosen c = { d->nr, d->nr };
	size_t last = d->nr;

	for (size_t i = 0; i < d->nr; i++) {
		struct rvalue v = at(m, d, i);

		if (!is_good(d, i))
			continue;
		last = i;
		if (!rv_ok(&v))
			continue;
		c.first = c.last < d->nr ? c.first : i;
		c.last = i;
	}
	return c.last < d->nr ? c : (struct chosen){ last, last };
}

static struct rvalue chosen_at(struct model *m, const struct designs *d, size_t i, design_at at)
{
	return i < d->nr ? at(m, d, i) : rv_missing("not run");
}

/*
 * The sentence on a section without answer: its rows are missing, for the reason why, or the
 * document's axes have none of their designs.
 */
static const char *no_answer(struct model *m, const struct designs *d, const char *why)
{
	bool known = false;

	for (size_t i = 0; i < d->nr; i++)
		known |= word_of(d->part, d->case_id, "design", d->names[i]) != NULL;
	if (d->nr && !known && input_usable(d->part))
		return "The document does not say which of these designs a kernel has and which are "
		       "busted, as those of format version 2 do: the tables below have them all.";
	return unanswered(m, "native", d->case_id, why);
}

/* Adds an answer that gives only the reason, to a section without results. */
static void not_measured(struct model *m, struct page *p, struct section *s, const char *question)
{
	section_answer(m, p, s, question, NULL,
		       arena_str(m->arena, "Time not measured here: %s.",
				 input_why(m->in, "native")));
}

/* ---- map and unmap ---- */

static struct rvalue shallow(struct model *m, const struct designs *d, size_t i)
{
	return pair_at(m, d, i, "memory", 0, 1);
}

static void pair_answer(struct model *m, struct page *p, struct section *s, const struct designs *d,
			const struct numbers *depths)
{
	struct chosen c = choose(m, d, shallow);
	struct rvalue now = chosen_at(m, d, c.last, shallow);
	struct rvalue old = chosen_at(m, d, c.first, shallow), deep, real;
	struct arena *a = m->arena;
	size_t k = depths->nr;
	const char *text;

	if (!rv_ok(&now)) {
		section_answer(m, p, s, "What does a map and unmap cost?", NULL,
			       no_answer(m, d, now.why));
		return;
	}
	do
		deep = pair_at(m, d, c.last, "memory", 0, depths->v[--k]);
	while (!rv_ok(&deep)); /* ends at the depth of `now`, which was measured */
	real = pair_at(m, d, c.last, "mappings", 0, 1);
	text = arena_str(a, "The stack itself takes %s per map and unmap as “%s”",
			 rv_strong(a, &now), label_of(m, d, c.last));
	if (c.first != c.last)
		text = arena_str(a, "%s and %s as “%s”%s", text, rv_strong(a, &old),
				 label_of(m, d, c.first),
				 rv_overlap(&old, &now) ? " (not told apart)" : "");
	if (depths->v[k] > 1)
		text = arena_str(a, "%s; on top of %lld live map%s, %s%s", text, depths->v[k] - 1,
				 depths->v[k] == 2 ? "" : "s", rv_text(a, &deep),
				 rv_overlap(&deep, &now) ? " (not told apart)" : "");
	if (rv_ok(&real))
		text = arena_str(a,
				 "%s. With real mappings, whose every change is a system call and "
				 "flushes the TLB, a pair takes %s",
				 text, rv_strong(a, &real));
	section_answer(m, p, s, "What does a map and unmap cost?", mode_words(a, d->part),
		       arena_str(a, "%s.", text));
}

static void pair_figure(struct model *m, struct section *s, const struct designs *d,
			const struct numbers *depths)
{
	struct figure *f = section_figure(m, s, FIGURE_LINES, "q3-pair",
					  "Map and unmap on top of depth − 1 live maps");

	f->xlabel = "depth";
	f->ylabel = "time per pair";
	for (size_t i = 0; i < d->nr; i++) {
		struct line *l = figure_line(m, f, marked(m, d, i), series_of(d, i));

		for (size_t k = 0; k < depths->nr; k++) {
			struct rvalue v = pair_at(m, d, i, "memory", 0, depths->v[k]);

			line_point(m, l, (double)depths->v[k], &v);
		}
	}
	f->desc = "One line per design: median time of a map and its unmap, by depth of the stack.";
	f->caption = "Mode native, slots in memory: the stack’s own work, no TLB; "
		     "medians; the table has their intervals.";
}

static void pair_table(struct model *m, struct section *s, const struct designs *d)
{
	static const char *const columns[] = { "Slots",	   "Layout",	"Design", "#Depth 1",
					       "#Depth 8", "#Depth 15", NULL };
	static const struct {
		const char *backend, *words;
		int debug;
	} kinds[] = {
		{ "memory", "in memory", 0 },
		{ "memory", "in memory", 1 },
		{ "mappings", "real mappings", 0 },
	};
	struct table *t = section_table(m, s, "Map and unmap, native time per pair", columns);
	static const int three[] = { 1, 8, 15 };

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
		for (size_t i = 0; i < d->nr; i++) {
			struct rvalue v[ARRAY_SIZE(three)];
			bool any = false;

			for (size_t n = 0; n < ARRAY_SIZE(three); n++) {
				v[n] = pair_at(m, d, i, kinds[k].backend, kinds[k].debug, three[n]);
				any |= rv_ok(&v[n]);
			}
			if (k && !any)
				continue; /* only some designs are measured in such rows */
			table_row(m, t);
			table_cell(t, "", kinds[k].words);
			table_cell(t, "", kinds[k].debug ? "guards" : "plain");
			table_cell(t, is_busted(d, i) ? "bad" : "", marked(m, d, i));
			for (size_t n = 0; n < ARRAY_SIZE(three); n++)
				table_value(m, t, &v[n]);
		}
}

static void build_pairs(struct model *m, struct page *p, const struct report_part *part)
{
	struct section *s = page_section(m, p, "pair", "Map and unmap, by depth");
	struct designs d = designs_of(m, part, pair_id);
	struct numbers depths = numbers_of(m, part, pair_id, "depth");

	section_source(m, s, part);
	if (!input_usable(part)) {
		not_measured(m, p, s, "What does a map and unmap cost?");
		return;
	}
	pair_answer(m, p, s, &d, &depths);
	if (d.nr) {
		pair_figure(m, s, &d, &depths);
		pair_table(m, s, &d);
	}
	section_words(m, s, part, pair_id, "design", d.names, d.nr, "The designs, in words");
	section_load(m, s, part);
	section_note(
		m, s,
		"The two kinds of slots do not compare: memory shows what a design’s "
		"bookkeeping costs, and real mappings (pages of a memfd mapped into a reserved "
		"window, a system call each way) that the TLB’s share is larger. A "
		"kernel changes the entry itself, without a system call.");
}

/* ---- task switches ---- */

static struct rvalue without_maps(struct model *m, const struct designs *d, size_t i)
{
	return switch_at(m, d, i, 0, 0);
}

/* Appends the other designs' costs with `full` live maps each; new: the sentence's design. */
static const char *other_designs(struct model *m, const struct designs *d, size_t new,
				 long long full, const char *text)
{
	struct rvalue own = switch_at(m, d, new, full, full);

	for (size_t i = 0; i < d->nr; i++) {
		struct rvalue v = switch_at(m, d, i, full, full);

		if (i != new &&is_good(d, i) && rv_ok(&v))
			text = arena_str(m->arena, "%s; as “%s” that takes %s%s", text,
					 label_of(m, d, i), rv_strong(m->arena, &v),
					 rv_overlap(&v, &own) ? " (not told apart)" : "");
	}
	return text;
}

static void switch_answer(struct model *m, struct page *p, struct section *s,
			  const struct designs *d, const struct numbers *lives)
{
	const char *question = "What does a task switch with live maps cost?", *text;
	size_t new = choose(m, d, without_maps).last;
	struct rvalue none = chosen_at(m, d, new, without_maps), full, one;
	size_t k = lives->nr;
	long long most;
	struct arena *a = m->arena;

	if (!rv_ok(&none)) {
		section_answer(m, p, s, question, NULL, no_answer(m, d, none.why));
		return;
	}
	do {
		most = lives->v[--k];
		full = switch_at(m, d, new, most, most);
	} while (!rv_ok(&full)); /* ends at the number of `none`, which was measured */
	if (!most) {
		most = lives->v[lives->nr - 1];
		full = switch_at(m, d, new, most, most);
		section_answer(m, p, s, question, NULL, no_answer(m, d, full.why));
		return;
	}
	one = switch_at(m, d, new, 1, 1);
	text = arena_str(a,
			 "There and back between two tasks takes %s as “%s” when "
			 "neither has a map, and %s when each has %lld",
			 rv_strong(a, &none), label_of(m, d, new), rv_strong(a, &full), most);
	if (rv_ok(&one) && most > 1)
		text = arena_str(a, "%s (with one each, %s)", text, rv_text(a, &one));
	text = other_designs(m, d, new, most, text);
	section_answer(m, p, s, question, mode_words(a, d->part), arena_str(a, "%s.", text));
}

static void switch_figure(struct model *m, struct section *s, const struct designs *d,
			  const struct numbers *lives)
{
	struct figure *f = section_figure(m, s, FIGURE_LINES, "q3-switch",
					  "There and back between two tasks with n live maps each");

	f->xlabel = "live maps of each task";
	f->ylabel = "time, there and back";
	for (size_t i = 0; i < d->nr; i++) {
		struct line *l = figure_line(m, f, marked(m, d, i), series_of(d, i));

		for (size_t k = 0; k < lives->nr; k++) {
			struct rvalue v = switch_at(m, d, i, lives->v[k], lives->v[k]);

			line_point(m, l, (double)lives->v[k], &v);
		}
	}
	f->desc = "One line per design that can switch: median time of two switches, by live maps.";
	f->caption = "Mode native, slots in memory; medians; the table has their intervals.";
}

/* Adds a row, unless no design was measured with that pair of numbers. */
static void switch_row(struct model *m, struct table *t, const struct designs *d, long long prev,
		       long long next)
{
	struct rvalue *v = arena_alloc(m->arena, (d->nr + 1) * sizeof(*v));
	bool any = false;

	for (size_t i = 0; i < d->nr; i++) {
		v[i] = switch_at(m, d, i, prev, next);
		any |= rv_ok(&v[i]);
	}
	if (!any)
		return;
	table_row(m, t);
	table_cell(t, "", arena_str(m->arena, "%lld and %lld", prev, next));
	for (size_t i = 0; i < d->nr; i++)
		table_value(m, t, &v[i]);
}

static void switch_table(struct model *m, struct section *s, const struct designs *d,
			 const struct numbers *prevs)
{
	const char **columns = arena_alloc(m->arena, (d->nr + 2) * sizeof(*columns));
	struct numbers nexts = numbers_of(m, d->part, switch_id, "next");
	struct table *t;

	columns[0] = "Live maps";
	for (size_t i = 0; i < d->nr; i++)
		columns[i + 1] = arena_str(m->arena, "#%s", marked(m, d, i));
	t = section_table(m, s, "Two tasks, there and back, slots in memory, native time", columns);
	t->folded = true;
	for (size_t i = 0; i < prevs->nr; i++)
		for (size_t j = 0; j < nexts.nr; j++)
			switch_row(m, t, d, prevs->v[i], nexts.v[j]);
}

static bool any_busted(const struct designs *d)
{
	for (size_t i = 0; i < d->nr; i++)
		if (is_busted(d, i))
			return true;
	return false;
}

static void build_switches(struct model *m, struct page *p, const struct report_part *part)
{
	struct section *s = page_section(m, p, "switch", "Task switches with live maps");
	struct designs d = designs_of(m, part, switch_id);
	struct numbers prevs = numbers_of(m, part, switch_id, "prev");

	section_source(m, s, part);
	if (!input_usable(part)) {
		not_measured(m, p, s, "What does a task switch with live maps cost?");
		return;
	}
	switch_answer(m, p, s, &d, &prevs);
	if (d.nr) {
		switch_figure(m, s, &d, &prevs);
		switch_table(m, s, &d, &prevs);
	}
	section_load(m, s, part);
	if (any_busted(&d))
		section_note(
			m, s,
			"A busted design stands here for its price only: what it is, above, says "
			"what is wrong with it. ptbench explore kmap shows the schedule.");
}

/* ---- how deep it gets ---- */

static struct rvalue one_each(struct model *m, const struct designs *d, size_t i)
{
	return nest_at(m, d, i, 1);
}

static void depth_answer(struct model *m, struct page *p, struct section *s,
			 const struct designs *d)
{
	const char *question = "How deep does the stack get when every context maps?";
	size_t new = choose(m, d, one_each).last;
	struct rvalue one = chosen_at(m, d, new, one_each), three;

	three = rv_ok(&one) ? nest_at(m, d, new, 3) : one;
	if (!rv_ok(&three)) {
		section_answer(m, p, s, question, NULL, no_answer(m, d, three.why));
		return;
	}
	section_answer(
		m, p, s, question, mode_words(m->arena, d->part),
		arena_str(m->arena,
			  "A task, a page fault, a softirq, an interrupt and an NMI with one map "
			  "each reach %s slots, with three each %s; a stack has %d "
			  "(“%s”, without guards).",
			  rv_strong(m->arena, &one), rv_strong(m->arena, &three), NR_SLOTS,
			  label_of(m, d, new)));
}

static void build_depth(struct model *m, struct page *p, const struct report_part *part)
{
	static const char *const columns[] = { "Design", "#1 map each", "#2 maps each",
					       "#3 maps each", NULL };
	struct section *s = page_section(m, p, "nest", "How deep the stack gets");
	struct designs d = designs_of(m, part, nest_id);
	struct table *t;

	section_source(m, s, part);
	depth_answer(m, p, s, &d);
	if (!d.nr || !input_usable(part))
		return;
	t = section_table(m, s, "Most slots in use at once", columns);
	for (size_t i = 0; i < d.nr; i++) {
		table_row(m, t);
		table_cell(t, is_busted(&d, i) ? "bad" : "", marked(m, &d, i));
		for (int n = 1; n <= 3; n++) {
			struct rvalue v = nest_at(m, &d, i, n);

			table_value(m, t, &v);
		}
	}
	section_note(m, s,
		     "Where page faults are off from a map to its undoing, as with kmap_atomic, no "
		     "fault’s maps are on the stack.");
}

void kmap_build(struct model *m)
{
	const struct report_part *part = input_part(m->in, "native");
	struct page *p = model_page(
		m, "q3.html", "kmap stacks", "Temporary mappings: what each kmap stack costs",
		"A kernel maps highmem pages for a moment through a stack of slots. "
		"Before Linux 5.11 it was the CPU’s and forbade "
		"preemption; since then it is the task’s, and the "
		"scheduler carries live maps across a switch. The reference runs the "
		"designs that were argued about.");

	build_pairs(m, p, part);
	build_switches(m, p, part);
	build_depth(m, p, part);
	families_kmap(m, p);
	explored_build(m, p, "kmap", NULL);
}
