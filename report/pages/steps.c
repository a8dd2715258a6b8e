// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What each verification step of GUP-fast costs, and what breaks without it.
 *
 * A step costs what lies between the whole walk and the walk with an opaque no-op in its place. The
 * walk from which it was removed stands beside it: what the compiler makes of that is no step's cost.
 */
#include <string.h>

#include "kernel_rows.h"

#define MAX_COLUMNS 6
#define WALK_PAGES 16 /* of an operation of gup_fast/steps */

static const struct {
	const char *name, *label;
	bool pin; /* of a walk that pins only */
} steps[] = {
	{ "irq_save", "interrupts off and on", false },
	{ "write_check", "write permission", false },
	{ "head_recheck", "head read again", false },
	{ "try_get", "try-get", false },
	{ "pmd_recheck", "pmd read again", false },
	{ "entry_recheck", "pte read again", false },
	{ "folio_allowed", "folio allowed", false },
	{ "set_referenced", "referenced bit", false },
	{ "pin_count", "pin bias", true },
	{ "unshare", "unsharing needed?", true },
	{ "fork_seq", "fork\xe2\x80\x99s sequence count", true },
};
#define NR_STEPS (sizeof(steps) / sizeof(*steps))

/* Which rows: x86_64's on the host are of every kind, a guest's of private hot frames. */
struct kind {
	const struct report_part *part;
	const char *metric, *format, *flags, *folio, *frames;
};

static struct rvalue step_at(struct model *m, const struct kind *k, const char *how,
			     const char *step)
{
	return rv_at(m->arena, k->part, RESULTS_REF, "gup_fast/steps", k->metric,
		     "flags=%s,folio=%s,format=%s,frames=%s,how=%s%s,step=%s", k->flags, k->folio,
		     k->format, k->frames, how, strcmp(k->format, "s390x") == 0 ? ",levels=3" : "",
		     step);
}

static struct rvalue whole_walk(struct model *m, const struct kind *k)
{
	return step_at(m, k, "present", "none");
}

static struct rvalue step_cost(struct model *m, const struct kind *k, const char *how, size_t i)
{
	return rv_sub(whole_walk(m, k), step_at(m, k, how, steps[i].name),
		      "the whole walk less one without the step");
}

/* ---- tables and figures ---- */

static void step_figure(struct model *m, struct section *s, const struct kind *k, const char *id,
			const char *title, const char *caption)
{
	struct figure *f = section_figure(m, s, FIGURE_BARS, id, title);
	size_t i;

	f->xlabel = arena_str(m->arena, "%s per walk of %d pages", k->metric, WALK_PAGES);
	for (i = 0; i < NR_STEPS; i++) {
		struct rvalue v = step_cost(m, k, "opaque", i);

		if (!steps[i].pin)
			figure_bar(m, f, NULL, steps[i].label, &v, 1);
	}
	f->desc = "One bar per step: the whole walk less the walk with an opaque no-op instead of the "
		  "step.";
	f->caption = caption;
}

static void step_table(struct model *m, struct section *s, const struct kind *kinds,
		       const char *const *columns, size_t nr, const char *caption)
{
	struct table *t = section_table(m, s, caption, columns);
	size_t i, k;

	table_row(m, t);
	table_cell(t, "", "the whole walk");
	for (k = 0; k < nr; k++) {
		struct rvalue v = whole_walk(m, &kinds[k / 2]);

		if (k % 2)
			table_seen(t, "num", "\xc2\xb7");
		else
			table_value(m, t, &v);
	}
	for (i = 0; i < NR_STEPS; i++) {
		struct rvalue v[MAX_COLUMNS];
		bool any = false;

		for (k = 0; k < nr; k++) {
			v[k] = step_cost(m, &kinds[k / 2], k % 2 ? "removed" : "opaque", i);
			any |= rv_ok(&v[k]);
		}
		if (!any)
			continue; /* a step of the other kind of walk */
		table_row(m, t);
		table_cell(t, "", steps[i].label);
		for (k = 0; k < nr; k++)
			table_value(m, t, &v[k]);
	}
}

static bool any_negative(struct model *m, const struct kind *kinds, size_t nr)
{
	static const char *const hows[] = { "opaque", "removed" };
	size_t i, k;

	for (i = 0; i < NR_STEPS; i++)
		for (k = 0; k < 2 * nr; k++) {
			struct rvalue v = step_cost(m, &kinds[k / 2], hows[k % 2], i);

			if (rv_ok(&v) && v.high < 0)
				return true;
		}
	return false;
}

/* Of the steps of a plain reference: how many there are, and how many are not told from nothing. */
struct seen {
	size_t nr, unseen, dearest;
	struct rvalue most;
};

static struct seen see_steps(struct model *m, const struct kind *k)
{
	struct seen s = { .most = rv_missing("none") };
	size_t i;

	for (i = 0; i < NR_STEPS; i++) {
		struct rvalue v = step_cost(m, k, "opaque", i);

		if (steps[i].pin || !rv_ok(&v))
			continue;
		s.nr++;
		s.unseen += v.low <= 0 && v.high >= 0;
		if (!rv_ok(&s.most) || v.v > s.most.v) {
			s.most = v;
			s.dearest = i;
		}
	}
	return s;
}

/* Another step whose cost may be as much; NULL: there is none. */
static const char *as_dear(struct model *m, const struct kind *k, const struct seen *s)
{
	size_t i;

	for (i = 0; i < NR_STEPS; i++) {
		struct rvalue v = step_cost(m, k, "opaque", i);

		if (!steps[i].pin && i != s->dearest && rv_ok(&v) && rv_overlap(&v, &s->most))
			return steps[i].label;
	}
	return NULL;
}

/* The dearest of the steps, if one is seen to cost anything. */
static const char *step_sentence(struct model *m, const struct kind *k)
{
	struct rvalue whole = whole_walk(m, k);
	struct seen s = see_steps(m, k);
	struct arena *a = m->arena;
	const char *text, *other;

	if (!rv_ok(&whole) || !s.nr)
		return NULL;
	text = arena_str(a, "a walk of %d pages takes %s", WALK_PAGES, rv_strong(a, &whole));
	if (s.most.low <= 0)
		return arena_str(a, "%s; none of its %zu steps is seen to cost anything", text, s.nr);
	text = arena_str(a, "%s; of its %zu steps the dearest is \xe2\x80\x9c%s\xe2\x80\x9d, %s", text,
			 s.nr, steps[s.dearest].label, rv_difference(a, &s.most));
	other = as_dear(m, k, &s);
	if (other)
		text = arena_str(a, "%s (\xe2\x80\x9c%s\xe2\x80\x9d is not told apart from it)", text, other);
	return whole.kind == RESULTS_SAMPLED && s.unseen
		       ? arena_str(a, "%s; %zu cannot be told from nothing", text, s.unseen)
		       : text;
}

/* ---- time ---- */

static void build_time(struct model *m, struct page *p, const struct report_part *part)
{
	static const char *const get_columns[] = {
		"Step", "#Hot", "#Hot, removed", "#Flushed", "#Flushed, removed", "#Shared folio",
		"#Shared, removed", NULL };
	const struct kind kinds[] = {
		{ part, "time", "x86_64-4k-48", "get", "private", "hot" },
		{ part, "time", "x86_64-4k-48", "get", "private", "flushed" },
		{ part, "time", "x86_64-4k-48", "get", "shared", "hot" },
	};
	static const char *const pin_columns[] = { "Step", "#Pinning", "#Removed", NULL };
	const struct kind pin = { part, "time", "x86_64-4k-48", "pin", "private", "hot" };
	struct section *s = page_section(m, p, "time", "Each step, in time");
	const char *question = "What does each verification step of GUP-fast cost?", *text = NULL;

	section_source(m, s, part);
	if (part && !part->why)
		text = step_sentence(m, &kinds[0]);
	if (!text) {
		section_answer(m, p, s, question, NULL,
			       unanswered(m, "native", "gup_fast/steps", whole_walk(m, &kinds[0]).why));
		if (!part || part->why)
			return;
	} else {
		section_answer(m, p, s, question, mode_words(m->arena, part),
			       arena_str(m->arena, "On this host %s.", text));
	}
	step_figure(m, s, &kinds[0], "q4-steps", "Each step: private folios, hot frames",
		    "Mode native, x86_64-4k-48; differences of medians, interval from both.");
	step_table(m, s, kinds, get_columns, 6,
		   "Each step of a walk of 16 pages that takes references, native time");
	step_table(m, s, &pin, pin_columns, 2, "Each step of a walk that pins, native time");
	section_load(m, s, part);
	section_note(m, s,
		     "Each column is the whole walk less the walk with an opaque no-op in the "
		     "step\xe2\x80\x99s place; \xe2\x80\x9cremoved\xe2\x80\x9d is less the walk without it, "
		     "in which the compiler may have arranged the rest otherwise. Flushed: the "
		     "pages\xe2\x80\x99 structs are flushed from every cache before the walk. Shared: a "
		     "second thread takes and drops references on the one folio all the time.");
}

/* ---- instructions ---- */

static void build_instructions(struct model *m, struct page *p)
{
	static const char *const columns[] = { "Step", "#x86_64", "#x86_64, removed", "#s390x",
					       "#s390x, removed", NULL };
	const struct kind kinds[] = {
		{ input_part(m->in, "x86_64-stock.icount-1cpu"), "instructions", "x86_64-4k-48",
		  "get", "private", "hot" },
		{ input_part(m->in, "s390x-stock.icount-1cpu"), "instructions", "s390x", "get",
		  "private", "hot" },
	};
	struct section *s = page_section(m, p, "instructions", "Each step, in instructions");
	static const char *const archs[] = { "x86_64", "s390x" };
	const char *question = "And in instructions?", *text = step_sentence(m, &kinds[0]);
	int k = text ? 0 : 1; /* the first that has an answer */

	section_source(m, s, kinds[0].part);
	section_source(m, s, kinds[1].part);
	text = text ? text : step_sentence(m, &kinds[1]);
	if (!text) {
		section_answer(m, p, s, question, NULL,
			       unanswered(m, "x86_64-stock.icount-1cpu", "gup_fast/steps",
					  whole_walk(m, &kinds[0]).why));
	} else {
		section_answer(m, p, s, question, mode_words(m->arena, kinds[k].part),
			       arena_str(m->arena,
					 "In an %s guest %s. A locked operation counts one, and costs "
					 "far more.", archs[k], text));
		step_figure(m, s, &kinds[k], "q4-instructions",
			    arena_str(m->arena, "Each step on %s: instructions", archs[k]),
			    arena_str(m->arena, "Mode %s.", mode_words(m->arena, kinds[k].part)));
	}
	step_table(m, s, kinds, columns, 4, "Each step of a walk of 16 pages, instructions");
	if (any_negative(m, kinds, 2))
		section_note(m, s,
			     "Where a number is negative the walk with the no-op, or without the step, "
			     "executes more than the whole one: the compiler has arranged the rest "
			     "otherwise, and the number is no cost of the step.");
}

/* ---- the split on the other side ---- */

static struct rvalue split_at(struct model *m, const struct report_part *part, const char *metric,
			      const char *kind, const char *leaf, int readers)
{
	return rv_at(m->arena, part, RESULTS_REF, "thp/split", metric,
		     "format=x86_64-4k-48,kind=%s,leaf=%s,readers=%d", kind, leaf, readers);
}

static void build_split(struct model *m, struct page *p, const struct report_part *part)
{
	static const char *const columns[] = { "Folio, leaf", "#Alone", "#One reader at it",
					       "#Retries beside it", NULL };
	static const char *const kinds[][2] = { { "anon", "pmd" }, { "anon", "pte" }, { "file", "pmd" } };
	struct section *s = page_section(m, p, "split", "The other side: splitting the folio");
	struct rvalue alone = split_at(m, part, "time", "anon", "pmd", 0);
	struct rvalue beside = split_at(m, part, "time", "anon", "pmd", 1);
	struct rvalue retries = split_at(m, part, "split_retries", "anon", "pmd", 1);
	const char *question = "What does a split cost, alone and beside a walker?", *text;
	struct arena *a = m->arena;
	struct table *t;
	size_t i;

	section_source(m, s, part);
	if (!rv_ok(&alone)) {
		section_answer(m, p, s, question, NULL,
			       unanswered(m, "native", "thp/split", alone.why));
		return;
	}
	text = arena_str(a, "An anonymous folio of 512 pages is split in %s", rv_strong(a, &alone));
	if (rv_ok(&beside))
		text = arena_str(a, "%s; beside a thread that walks it all the time, in %s", text,
				 rv_strong(a, &beside));
	if (rv_ok(&retries))
		text = arena_str(a, "%s, and gives up %s times first", text, rv_text(a, &retries));
	section_answer(m, p, s, question, mode_words(a, part), arena_str(a, "%s.", text));
	t = section_table(m, s, "One folio split, native", columns);
	for (i = 0; i < 3; i++) {
		struct rvalue v[] = {
			split_at(m, part, "time", kinds[i][0], kinds[i][1], 0),
			split_at(m, part, "time", kinds[i][0], kinds[i][1], 1),
			split_at(m, part, "split_retries", kinds[i][0], kinds[i][1], 1),
		};
		size_t k;

		table_row(m, t);
		table_cell(t, "", arena_str(a, "%s, %s", kinds[i][0], kinds[i][1]));
		for (k = 0; k < 3; k++)
			table_value(m, t, &v[k]);
	}
	section_load(m, s, part);
}

void steps_build(struct model *m)
{
	const struct report_part *part = input_part(m->in, "native");
	struct page *p = model_page(m, "q4.html", "Verification",
				    "GUP-fast: what each verification step costs, and what it is for",
				    "A lockless walk takes a reference on what it has read, and then "
				    "looks again whether it was right to: at the page\xe2\x80\x99s head, "
				    "the entry, the table above, the folio\xe2\x80\x99s mapping. Each look "
				    "was added after something broke.");

	build_time(m, p, part);
	build_instructions(m, p);
	build_split(m, p, part);
	families_steps(m, p);
	explored_build(m, p, "thp", "longterm");
}
