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

static const char pair_id[] = "kmap/pair", switch_id[] = "kmap/switch", nest_id[] = "kmap/nest";

#define BUSTED_SERIES 5

/* The designs in the rows of a case, in the order of the axis. */
struct designs {
	const struct report_part *part;
	const char *case_id;
	const char *const *names;
	size_t nr;
	long long least; /* of kmap/nest: the fewest maps of a context */
};

/* Slots and layout of a stack. */
struct kind {
	const char *backend, *words;
	long long debug;
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

static const struct kind plain = { "memory", NULL, 0 };

/* The kinds of stacks that rows of the case may have: *out is the arena's. */
static size_t kinds_of(struct model *m, const struct designs *d, const struct kind **out)
{
	struct numbers debugs = numbers_of(m, d->part, d->case_id, "debug");
	const char *const *backends;
	size_t n = words_used(m->arena, d->part, d->case_id, RESULTS_REF, "backend", &backends);
	struct kind *kinds = arena_alloc(m->arena, (n * debugs.nr + 1) * sizeof(*kinds));
	size_t nr = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < debugs.nr; k++)
			kinds[nr++] = (struct kind){ backends[i],
						     word_label(m->arena, d->part, d->case_id,
								"backend", backends[i]),
						     debugs.v[k] };
	*out = kinds;
	return nr;
}

static const char *layout_of(struct model *m, const struct kind *k)
{
	return k->debug == 0   ? "plain"
	       : k->debug == 1 ? "guards"
			       : arena_str(m->arena, "debug=%lld", k->debug);
}

/* Is there such a row, measured or skipped? */
static bool is_row(const struct rvalue *v)
{
	return rv_ok(v) || strcmp(v->why, "not run");
}

static struct rvalue pair_at(struct model *m, const struct designs *d, size_t i,
			     const struct kind *kind, long long depth)
{
	const struct report_rows rows = { d->part, pair_id, RESULTS_REF, "time" };
	const struct report_cond conds[] = { { .key = "backend", .str = kind->backend },
					     { .key = "debug", .num = kind->debug },
					     { .key = "depth", .num = depth },
					     { .key = "design", .str = d->names[i] } };
	static const struct results_params nothing_else;

	return rv_find(m->arena, &rows, &nothing_else, conds, 4);
}

static struct rvalue switch_at(struct model *m, const struct designs *d, size_t i,
			       const struct kind *kind, long long prev, long long next)
{
	const struct report_rows rows = { d->part, switch_id, RESULTS_REF, "time" };
	const struct report_cond conds[] = { { .key = "backend", .str = kind->backend },
					     { .key = "debug", .num = kind->debug },
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
 * The sentence on a section without answer: its rows are missing, for the reason why, or all of
 * its designs are busted, or the document's axes have none of them.
 */
static const char *no_answer(struct model *m, const struct designs *d, const char *why)
{
	size_t known = 0, good = 0;

	for (size_t i = 0; i < d->nr; i++) {
		known += word_of(d->part, d->case_id, "design", d->names[i]) != NULL;
		good += is_good(d, i);
	}
	if (d->nr && !known && input_usable(d->part))
		return "The document does not say which of these designs a kernel has and which are "
		       "busted, as those of format version 2 do: the tables below have them all.";
	if (known && !good && input_usable(d->part))
		return known == d->nr
			       ? "No answer here: every design in these rows is busted, which means "
				 "wrong on purpose; the tables below have them all."
			       : arena_str(
					 m->arena,
					 "No answer here: of the %zu designs in these rows %zu %s "
					 "busted, which means wrong on purpose, and the document "
					 "does not describe the others; the tables below have them "
					 "all.",
					 d->nr, known, known == 1 ? "is" : "are");
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
	return pair_at(m, d, i, &plain, 1);
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
		deep = pair_at(m, d, c.last, &plain, depths->v[--k]);
	while (!rv_ok(&deep)); /* ends at the depth of `now`, which was measured */
	real = pair_at(m, d, c.last, &(struct kind){ "mappings", NULL, 0 }, 1);
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
			struct rvalue v = pair_at(m, d, i, &plain, depths->v[k]);

			line_point(m, l, (double)depths->v[k], &v);
		}
	}
	f->desc = "One line per design: median time of a map and its unmap, by depth of the stack.";
	f->caption = "Mode native, slots in memory: the stack’s own work, no TLB; "
		     "medians; the table has their intervals.";
}

/* Adds a row of a kind of stack, unless no design has a row of it: slots, layout, `words`, and a
 * value of each design. */
static void kind_row(struct model *m, struct table *t, const struct designs *d,
		     const struct kind *kind, const char *words, const struct rvalue *v)
{
	bool any = false;

	for (size_t i = 0; i < d->nr; i++)
		any |= is_row(&v[i]);
	if (!any)
		return;
	table_row(m, t);
	table_cell(t, "", kind->words);
	table_cell(t, "", layout_of(m, kind));
	table_cell(t, "", words);
	for (size_t i = 0; i < d->nr; i++)
		table_value(m, t, &v[i]);
}

/* A table with a column per design. */
static struct table *designs_table(struct model *m, struct section *s, const struct designs *d,
				   const char *caption, const char *what)
{
	const char **columns = arena_alloc(m->arena, (d->nr + 4) * sizeof(*columns));

	columns[0] = "Slots";
	columns[1] = "Layout";
	columns[2] = what;
	for (size_t i = 0; i < d->nr; i++)
		columns[i + 3] = arena_str(m->arena, "#%s", marked(m, d, i));
	return section_table(m, s, caption, columns);
}

static void pair_table(struct model *m, struct section *s, const struct designs *d,
		       const struct numbers *depths)
{
	struct table *t = designs_table(m, s, d, "Map and unmap, native time per pair", "Depth");
	struct rvalue *v = arena_alloc(m->arena, (d->nr + 1) * sizeof(*v));
	const struct kind *kinds;
	size_t nr = kinds_of(m, d, &kinds);

	for (size_t k = 0; k < nr; k++)
		for (size_t n = 0; n < depths->nr; n++) {
			for (size_t i = 0; i < d->nr; i++)
				v[i] = pair_at(m, d, i, &kinds[k], depths->v[n]);
			kind_row(m, t, d, &kinds[k], arena_str(m->arena, "%lld", depths->v[n]), v);
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
		pair_table(m, s, &d, &depths);
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
	return switch_at(m, d, i, &plain, 0, 0);
}

/* Appends the other designs' costs with `full` live maps each; new: the sentence's design. */
static const char *other_designs(struct model *m, const struct designs *d, size_t new,
				 long long full, const char *text)
{
	struct rvalue own = switch_at(m, d, new, &plain, full, full);

	for (size_t i = 0; i < d->nr; i++) {
		struct rvalue v = switch_at(m, d, i, &plain, full, full);

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
		full = switch_at(m, d, new, &plain, most, most);
	} while (!rv_ok(&full)); /* ends at the number of `none`, which was measured */
	if (!most) {
		most = lives->v[lives->nr - 1];
		full = switch_at(m, d, new, &plain, most, most);
		section_answer(m, p, s, question, NULL, no_answer(m, d, full.why));
		return;
	}
	one = switch_at(m, d, new, &plain, 1, 1);
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
			struct rvalue v = switch_at(m, d, i, &plain, lives->v[k], lives->v[k]);

			line_point(m, l, (double)lives->v[k], &v);
		}
	}
	f->desc = "One line per design that can switch: median time of two switches, by live maps.";
	f->caption = "Mode native, slots in memory; medians; the table has their intervals.";
}

static void switch_table(struct model *m, struct section *s, const struct designs *d,
			 const struct numbers *prevs)
{
	struct table *t =
		designs_table(m, s, d, "Two tasks, there and back, native time", "Live maps");
	struct numbers nexts = numbers_of(m, d->part, switch_id, "next");
	struct rvalue *v = arena_alloc(m->arena, (d->nr + 1) * sizeof(*v));
	const struct kind *kinds;
	size_t nr = kinds_of(m, d, &kinds);

	t->folded = true;
	for (size_t k = 0; k < nr * prevs->nr * nexts.nr; k++) {
		const struct kind *kind = &kinds[k / (prevs->nr * nexts.nr)];
		long long prev = prevs->v[k / nexts.nr % prevs->nr], next = nexts.v[k % nexts.nr];

		for (size_t i = 0; i < d->nr; i++)
			v[i] = switch_at(m, d, i, kind, prev, next);
		kind_row(m, t, d, kind, arena_str(m->arena, "%lld and %lld", prev, next), v);
	}
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

static struct rvalue least_each(struct model *m, const struct designs *d, size_t i)
{
	return nest_at(m, d, i, d->least);
}

/* maps: sorted up. pairs: the depths of kmap/pair. */
static void depth_answer(struct model *m, struct page *p, struct section *s,
			 const struct designs *d, const struct numbers *maps,
			 const struct numbers *pairs)
{
	const char *question = "How deep does the stack get when every context maps?", *text;
	size_t new = choose(m, d, least_each).last, k = maps->nr;
	struct rvalue least = chosen_at(m, d, new, least_each), most;
	struct arena *a = m->arena;

	if (!rv_ok(&least)) {
		section_answer(m, p, s, question, NULL, no_answer(m, d, least.why));
		return;
	}
	do
		most = nest_at(m, d, new, maps->v[--k]);
	while (!rv_ok(&most)); /* ends at the number of `least`, which was measured */
	text = arena_str(a,
			 "A task, a page fault, a softirq, an interrupt and an NMI with %lld map%s "
			 "each reach %s slots",
			 d->least, d->least == 1 ? "" : "s", rv_strong(a, &least));
	if (k)
		text = arena_str(a, "%s, with %lld each %s", text, maps->v[k], rv_strong(a, &most));
	text = arena_str(a, "%s (“%s”)", text, label_of(m, d, new));
	if (pairs->nr)
		text = arena_str(a,
				 "%s; maps and unmaps of one stack were timed up to a depth of "
				 "%lld",
				 text, pairs->v[pairs->nr - 1]);
	section_answer(m, p, s, question, mode_words(a, d->part), arena_str(a, "%s.", text));
}

static void build_depth(struct model *m, struct page *p, const struct report_part *part)
{
	struct section *s = page_section(m, p, "nest", "How deep the stack gets");
	struct designs d = designs_of(m, part, nest_id);
	struct numbers maps = numbers_of(m, part, nest_id, "maps");
	struct numbers pairs = numbers_of(m, part, pair_id, "depth");
	const char **columns = arena_alloc(m->arena, (maps.nr + 2) * sizeof(*columns));
	struct table *t;

	section_source(m, s, part);
	d.least = maps.nr ? maps.v[0] : 1;
	depth_answer(m, p, s, &d, &maps, &pairs);
	if (!d.nr || !input_usable(part))
		return;
	columns[0] = "Design";
	for (size_t n = 0; n < maps.nr; n++)
		columns[n + 1] = arena_str(m->arena, "#%lld map%s each", maps.v[n],
					   maps.v[n] == 1 ? "" : "s");
	t = section_table(m, s, "Most slots in use at once", columns);
	for (size_t i = 0; i < d.nr; i++) {
		table_row(m, t);
		table_cell(t, is_busted(&d, i) ? "bad" : "", marked(m, &d, i));
		for (size_t n = 0; n < maps.nr; n++) {
			struct rvalue v = nest_at(m, &d, i, maps.v[n]);

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
