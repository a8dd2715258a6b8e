// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What each verification step of GUP-fast costs, and what breaks without it.
 *
 * A step's cost is the whole walk's less that of the walk with an opaque no-op in the step's place.
 * The walk from which the step was removed is shown beside it; the compiler may change more there,
 * so that difference is no step's cost.
 */
#include <string.h>

#include "../model/words.h"
#include "kernel_rows.h"
#include "steps.h"

#define MAX_COLUMNS 6
#define WALK_PAGES 16 /* pages of an operation of gup_fast/steps */

static const char steps_id[] = "gup_fast/steps";

/* Selects rows: walks of one format over folios and frames of one kind, whole and without each
 * step. */
struct kind {
	const struct report_part *part;
	const char *metric;
	const struct results_params *like; /* params of one of its rows; NULL: it has no rows */
	const char *none; /* the whole walk's value of `step`; NULL: no such rows */
};

/* The keys in which the rows of a kind differ. */
static const char *const kind_keys[] = { "how", "step" };

struct step {
	const char *name, *label;
};

static struct kind kind_of(struct model *m, const struct report_part *part, const char *metric,
			   const char *flags, const char *folio, const char *frames)
{
	const char *format = steps_home_format(m, part, steps_id);
	const struct report_cond conds[] = {
		{ .key = "flags", .str = flags },   { .key = "folio", .str = folio },
		{ .key = "frames", .str = frames }, { .key = "how", .str = "present" },
		{ .key = "format", .str = format },
	};
	const struct results_measurement *row =
		format ? rows_plain(part, steps_id, RESULTS_REF, conds, 5) : NULL;

	return (struct kind){ part, metric, row ? &row->params : NULL,
			      row ? results_params_str(&row->params, "step") : NULL };
}

/* "x86_64-4k-48"; NULL: the kind has no rows. */
static const char *format_of(struct model *m, const struct kind *k)
{
	return k->like ? param_text(m->arena, k->like, "format", NULL) : NULL;
}

/* The value of the kind's walk with `step` treated so: "present", "opaque", "removed". */
static struct rvalue walk_at(struct model *m, const struct kind *k, const char *how,
			     const char *step)
{
	const struct report_rows rows = { k->part, steps_id, RESULTS_REF, k->metric };
	const struct report_cond conds[] = { { .key = "how", .str = how },
					     { .key = "step", .str = step } };

	return k->like && step ? rv_find(m->arena, &rows, k->like, conds, 2)
			       : rv_missing("not run");
}

static struct rvalue whole_walk(struct model *m, const struct kind *k)
{
	return walk_at(m, k, "present", k->none);
}

static struct rvalue step_cost(struct model *m, const struct kind *k, const char *how,
			       const struct step *step)
{
	struct rvalue whole = whole_walk(m, k), without = walk_at(m, k, how, step->name);

	if (!rv_ok(&whole) && rv_ok(&without))
		return rv_missing(arena_str(m->arena, "the whole walk: %s", whole.why));
	return rv_sub(whole, without, "the whole walk less one without the step");
}

/* Does the kind have rows of the step, measured or skipped? */
static bool has_step(struct model *m, const struct kind *k, const char *how,
		     const struct step *step)
{
	struct rvalue v = walk_at(m, k, how, step->name);

	return rv_ok(&v) || strcmp(v.why, "not run");
}

/*
 * The steps that some row of these kinds omits: in the order of the first kind's axis, then the
 * other kinds' further ones. The whole walk's value of `step` is no step.
 */
static size_t steps_of(struct model *m, const struct kind *kinds, size_t nr, struct step **out)
{
	struct names seen = { 0 };
	struct step *steps = NULL;
	size_t n = 0;

	for (size_t k = 0; k < nr; k++) {
		const char *none = kinds[k].none, *const * names;
		size_t used =
			words_used(m->arena, kinds[k].part, steps_id, RESULTS_REF, "step", &names);

		for (size_t i = 0; kinds[k].like && i < used; i++) {
			if ((none && !strcmp(names[i], none)) ||
			    names_find(&seen, names[i]) != NAMES_NOWHERE)
				continue;
			names_add(m->arena, &seen, names[i]);
			steps = arena_grow(m->arena, steps, n, sizeof(*steps));
			steps[n++] =
				(struct step){ names[i], word_label(m->arena, kinds[k].part,
								    steps_id, "step", names[i]) };
		}
	}
	*out = steps;
	return n;
}

/* ---- tables and figures ---- */

static void step_figure(struct model *m, struct section *s, const struct kind *k, const char *id,
			const char *title, const char *caption)
{
	struct figure *f = section_figure(m, s, FIGURE_BARS, id, title);
	struct step *steps;
	size_t nr = steps_of(m, k, 1, &steps);

	f->xlabel = arena_str(m->arena, "%s per walk of %d pages", k->metric, WALK_PAGES);
	for (size_t i = 0; i < nr; i++) {
		struct rvalue v = step_cost(m, k, "opaque", &steps[i]);

		figure_bar(m, f, NULL, steps[i].label, &v, 1);
	}
	f->desc =
		"One bar per step: the whole walk less the walk with an opaque no-op instead of the "
		"step.";
	f->caption = caption;
}

static void step_table(struct model *m, struct section *s, const struct kind *kinds,
		       const char *const *columns, size_t nr, const char *caption)
{
	struct table *t = section_table(m, s, caption, columns);
	struct step *steps;
	size_t nr_steps = steps_of(m, kinds, nr / 2, &steps);

	table_row(m, t);
	table_cell(t, "", "the whole walk");
	for (size_t k = 0; k < nr; k++) {
		struct rvalue v = whole_walk(m, &kinds[k / 2]);

		if (k % 2)
			table_seen(t, "num", "·");
		else
			table_value(m, t, &v);
	}
	for (size_t i = 0; i < nr_steps; i++) {
		struct rvalue v[MAX_COLUMNS];
		bool any = false;

		for (size_t k = 0; k < nr; k++) {
			const char *how = k % 2 ? "removed" : "opaque";

			v[k] = step_cost(m, &kinds[k / 2], how, &steps[i]);
			any |= has_step(m, &kinds[k / 2], how, &steps[i]);
		}
		if (!any)
			continue; /* the kind of walk does not have the step */
		table_row(m, t);
		table_cell(t, "", steps[i].label);
		for (size_t k = 0; k < nr; k++)
			table_value(m, t, &v[k]);
	}
}

static bool is_negative(const struct rvalue *v)
{
	return rv_ok(v) && v->high < 0;
}

static bool any_negative(struct model *m, const struct kind *kinds, size_t nr)
{
	static const char *const hows[] = { "opaque", "removed" };
	struct step *steps;
	size_t nr_steps = steps_of(m, kinds, nr, &steps);

	for (size_t i = 0; i < nr_steps; i++)
		for (size_t k = 0; k < 2 * nr; k++) {
			struct rvalue v = step_cost(m, &kinds[k / 2], hows[k % 2], &steps[i]);

			if (is_negative(&v))
				return true;
		}
	return false;
}

/* The steps of a kind of walk: their number, those whose cost may be 0, and the dearest. */
struct seen {
	size_t nr, unseen;
	const struct step *dearest;
	struct rvalue most;
};

static struct seen see_steps(struct model *m, const struct kind *k, const struct step *steps,
			     size_t nr)
{
	struct seen s = { .most = rv_missing("none") };

	for (size_t i = 0; i < nr; i++) {
		struct rvalue v = step_cost(m, k, "opaque", &steps[i]);

		if (!rv_ok(&v))
			continue;
		s.nr++;
		s.unseen += v.low <= 0 && v.high >= 0;
		if (!rv_ok(&s.most) || v.v > s.most.v) {
			s.most = v;
			s.dearest = &steps[i];
		}
	}
	return s;
}

/* Another step whose cost overlaps the dearest one's; NULL: there is none. */
static const char *as_dear(struct model *m, const struct kind *k, const struct seen *s,
			   const struct step *steps, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		struct rvalue v = step_cost(m, k, "opaque", &steps[i]);

		if (&steps[i] != s->dearest && rv_ok(&v) && rv_overlap(&v, &s->most))
			return steps[i].label;
	}
	return NULL;
}

/* The sentence on the dearest step, if any step's cost is above 0. */
static const char *step_sentence(struct model *m, const struct kind *k)
{
	struct rvalue whole = whole_walk(m, k);
	struct step *steps;
	size_t nr = steps_of(m, k, 1, &steps);
	struct seen s = see_steps(m, k, steps, nr);
	struct arena *a = m->arena;
	const char *text, *other;

	if (!rv_ok(&whole) || !s.nr)
		return NULL;
	text = arena_str(a, "a walk of %d pages takes %s", WALK_PAGES, rv_strong(a, &whole));
	if (s.most.low <= 0)
		return arena_str(a, "%s; none of its %zu steps is seen to cost anything", text,
				 s.nr);
	text = arena_str(a, "%s; of its %zu steps the dearest is “%s”, %s", text, s.nr,
			 s.dearest->label, rv_difference(a, &s.most));
	other = as_dear(m, k, &s, steps, nr);
	if (other)
		text = arena_str(a, "%s (“%s” is not told apart from it)", text, other);
	return whole.kind == RESULTS_SAMPLED && s.unseen
		       ? arena_str(a, "%s; the cost of %zu is not told apart from 0", text,
				   s.unseen)
		       : text;
}

static void step_words(struct model *m, struct section *s, const struct kind *k)
{
	struct step *steps;
	size_t nr = steps_of(m, k, 1, &steps);
	const char **names = arena_alloc(m->arena, (nr + 1) * sizeof(*names));

	for (size_t i = 0; i < nr; i++)
		names[i] = steps[i].name;
	section_words(m, s, k->part, steps_id, "step", names, nr, "The steps, in words");
}

/* ---- walks that no other table shows ---- */

static bool is_shown(const struct results_measurement *row, const struct report_part *part,
		     const struct kind *shown, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (shown[i].part == part && shown[i].like &&
		    params_alike(&row->params, shown[i].like, kind_keys, 2))
			return true;
	return false;
}

/* Adds a kind of walk to the table. Returns whether one of its numbers is negative. */
static bool other_walk(struct model *m, struct table *t, const struct kind *k,
		       const struct step *steps, size_t nr)
{
	const char *name = params_without(m->arena, k->like, kind_keys, 2);
	struct rvalue whole = whole_walk(m, k);
	bool negative = false;

	if (k->part->arch)
		name = arena_str(m->arena, "%s: %s", k->part->arch, name);
	table_row(m, t);
	table_cell(t, "", name);
	table_cell(t, "", "the whole walk");
	table_value(m, t, &whole);
	table_seen(t, "num", "·");
	for (size_t i = 0; i < nr; i++) {
		struct rvalue opaque = step_cost(m, k, "opaque", &steps[i]);
		struct rvalue removed = step_cost(m, k, "removed", &steps[i]);

		if (!has_step(m, k, "opaque", &steps[i]) && !has_step(m, k, "removed", &steps[i]))
			continue; /* the kind of walk does not have the step */
		table_row(m, t);
		table_cell(t, "", name);
		table_cell(t, "", steps[i].label);
		table_value(m, t, &opaque);
		table_value(m, t, &removed);
		negative |= is_negative(&opaque) || is_negative(&removed);
	}
	return negative;
}

/* What the part's whole walks name as their step; NULL: it has no row of a whole walk. */
static const char *whole_step(const struct report_part *part)
{
	static const struct report_cond present = { .key = "how", .str = "present" };
	const struct results_measurement *row =
		rows_plain(part, steps_id, RESULTS_REF, &present, 1);

	return row ? results_params_str(&row->params, "step") : NULL;
}

/*
 * Adds a folded table of all other walks of the kinds' parts: other formats, flags, folios, frames;
 * measured or skipped. Returns whether one of its numbers is negative.
 */
static bool other_walks(struct model *m, struct section *s, const struct kind *shown, size_t nr,
			const char *caption)
{
	static const char *const columns[] = { "Walk", "Step", "#Cost", "#Removed", NULL };
	struct table *t = NULL;
	bool negative = false;

	for (size_t i = 0; i < nr; i++) {
		const struct report_part *part = shown[i].part;
		struct kind k = { part, shown[i].metric, NULL, NULL };
		struct names seen = { 0 };
		struct step *steps = NULL;
		size_t nr_steps = 0, known;

		if (!input_usable(part) || (i && shown[i - 1].part == part))
			continue;
		k.none = whole_step(part);
		for (size_t j = 0; j < part->doc->nr_measurements; j++) {
			const struct results_measurement *row = &part->doc->measurements[j];

			if (row->subject != RESULTS_REF || strcmp(row->case_id, steps_id) ||
			    (row->metric && strcmp(row->metric->name, k.metric)) ||
			    is_shown(row, part, shown, nr))
				continue;
			known = seen.nr;
			if (names_add(m->arena, &seen,
				      params_id(m->arena, &row->params, kind_keys, 2)) < known)
				continue;
			t = t ? t : section_table(m, s, caption, columns);
			t->folded = true;
			k.like = &row->params;
			if (!steps)
				nr_steps = steps_of(m, &k, 1, &steps);
			negative |= other_walk(m, t, &k, steps, nr_steps);
		}
	}
	return negative;
}

/* ---- time ---- */

static void build_time(struct model *m, struct page *p, const struct report_part *part)
{
	static const char *const get_columns[] = { "Step",
						   "#Hot",
						   "#Hot, removed",
						   "#Flushed",
						   "#Flushed, removed",
						   "#Shared folio",
						   "#Shared, removed",
						   NULL };
	const struct kind kinds[] = {
		kind_of(m, part, "time", "get", "private", "hot"),
		kind_of(m, part, "time", "get", "private", "flushed"),
		kind_of(m, part, "time", "get", "shared", "hot"),
		kind_of(m, part, "time", "pin", "private", "hot"),
	};
	static const char *const pin_columns[] = { "Step", "#Pinning", "#Removed", NULL };
	const char *format = format_of(m, &kinds[0]);
	struct section *s = page_section(m, p, "time", "Each step, in time");
	const char *question = "What does each verification step of GUP-fast cost?", *text = NULL;

	section_source(m, s, part);
	if (input_usable(part))
		text = step_sentence(m, &kinds[0]);
	if (!text) {
		section_answer(m, p, s, question, NULL,
			       unanswered(m, "native", steps_id, whole_walk(m, &kinds[0]).why));
		if (!input_usable(part))
			return;
	} else {
		section_answer(m, p, s, question, mode_words(m->arena, part),
			       arena_str(m->arena, "On this host %s.", text));
	}
	step_figure(m, s, &kinds[0], "q4-steps", "Each step: private folios, hot frames",
		    arena_str(m->arena,
			      "Mode native%s%s; differences of medians, interval from both.",
			      format ? ", " : "", format ? format : ""));
	step_table(m, s, kinds, get_columns, 6,
		   "Each step of a walk of 16 pages that takes references, native time");
	step_table(m, s, &kinds[3], pin_columns, 2, "Each step of a walk that pins, native time");
	other_walks(m, s, kinds, 4, "Walks of other formats and kinds, native time");
	step_words(m, s, &kinds[0]);
	section_load(m, s, part);
	section_note(m, s,
		     "Each column is the whole walk less the walk with an opaque no-op in the "
		     "step’s place; “removed” is less the walk without it, "
		     "in which the compiler may have arranged the rest otherwise. Flushed: the "
		     "pages’ structs are flushed from every cache before the walk. Shared: a "
		     "second thread takes and drops references on the one folio all the time.");
}

/* ---- instructions ---- */

static void build_instructions(struct model *m, struct page *p)
{
	static const char *const columns[] = { "Step",	 "#x86_64",	    "#x86_64, removed",
					       "#s390x", "#s390x, removed", NULL };
	static const char *const archs[] = { "x86_64", "s390x" };
	const struct report_part *parts[] = { input_stock_part(m->in, archs[0], "icount-1cpu"),
					      input_stock_part(m->in, archs[1], "icount-1cpu") };
	const struct kind kinds[] = {
		kind_of(m, parts[0], "instructions", "get", "private", "hot"),
		kind_of(m, parts[1], "instructions", "get", "private", "hot"),
	};
	struct section *s = page_section(m, p, "instructions", "Each step, in instructions");
	const char *question = "What does each step cost in instructions?",
		   *text = step_sentence(m, &kinds[0]);
	int k = text ? 0 : 1; /* the first kind with an answer */

	section_source(m, s, kinds[0].part);
	section_source(m, s, kinds[1].part);
	text = text ? text : step_sentence(m, &kinds[1]);
	if (!text) {
		section_answer(m, p, s, question, NULL,
			       unanswered(m, input_stock_name(m->in, archs[0], "icount-1cpu"),
					  steps_id, whole_walk(m, &kinds[0]).why));
	} else {
		section_answer(
			m, p, s, question, mode_words(m->arena, kinds[k].part),
			arena_str(m->arena,
				  "In an %s guest %s. A locked operation counts one, and costs "
				  "far more.",
				  archs[k], text));
		step_figure(m, s, &kinds[k], "q4-instructions",
			    arena_str(m->arena, "Each step on %s: instructions", archs[k]),
			    arena_str(m->arena, "Mode %s.", mode_words(m->arena, kinds[k].part)));
	}
	step_table(m, s, kinds, columns, 4, "Each step of a walk of 16 pages, instructions");
	if (other_walks(m, s, kinds, 2, "Walks of other formats and kinds, instructions") ||
	    any_negative(m, kinds, 2))
		section_note(
			m, s,
			"Where a number is negative the walk with the no-op, or without the step, "
			"executes more than the whole one: the compiler has arranged the rest "
			"otherwise, and the number is no cost of the step.");
}

void steps_build(struct model *m)
{
	const struct report_part *part = input_part(m->in, "native");
	struct page *p =
		model_page(m, "q4.html", "Verification",
			   "GUP-fast: what each verification step costs, and what it is for",
			   "A lockless walk takes a reference on what it has read, and then "
			   "looks again whether it was right to: at the page’s head, "
			   "the entry, the table above, the folio’s mapping. Each look "
			   "was added after something broke.");

	build_time(m, p, part);
	build_instructions(m, p);
	steps_split(m, p, part);
	families_steps(m, p);
	explored_build(m, p, "thp", "longterm");
}
