// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From one version of a kernel to the next: results_compare_docs() judges, row by row, and what got
 * worse is listed first.
 */
#include <array_size.h>
#include <string.h>

#include "compared.h"
#include "history_step.h"

static const char *one_of(struct model *m, const char *text)
{
	size_t n = strcspn(text, "\n");

	return clean(m->arena, arena_str(m->arena, "%.*s%s", (int)n, text, text[n] ? " ..." : ""));
}

/* ---- sentences ---- */

static const char *plural(size_t nr)
{
	return nr == 1 ? "" : "s";
}

static const char *row_name(struct model *m, const struct results_compared_row *r)
{
	const char *params = params_without(m->arena, &r->m->params, NULL, 0);

	return arena_str(m->arena, "%s%s%s%s, %s", clean(m->arena, r->m->case_id),
			 *params ? " (" : "", params, *params ? ")" : "", r->m->metric->name);
}

/* The commits of what is known to have changed; each once. NULL: nothing known fits. */
static const char *known_commits(struct model *m, const struct step *s,
				 const struct results_compared_row *r)
{
	const struct known_change *k;
	const char *text = NULL;
	size_t from = 0;

	while ((k = history_known(s->old->release, s->new->release, s->series->arch, r->m, &from)))
		text = text ? arena_str(m->arena, "%s, %s", text, k->commits) : k->commits;
	return text;
}

/* Says what each known change is that a row of the step may show. */
static void say_known(struct model *m, struct section *sec, const struct step *s)
{
	const struct known_change **said = NULL, *k;
	const char *text = NULL;
	size_t nr = 0, from, j;

	for (size_t i = 0; i < s->nr_worse + s->nr_other; i++) {
		const struct results_compared_row *r = i < s->nr_worse ? s->worse[i]
								       : s->other[i - s->nr_worse];

		from = 0;
		while ((k = history_known(s->old->release, s->new->release, s->series->arch, r->m,
					  &from))) {
			for (j = 0; j < nr && strcmp(said[j]->commits, k->commits); j++)
				;
			if (j < nr)
				continue;
			said = arena_grow(m->arena, said, nr, sizeof(*said));
			said[nr++] = k;
			text = arena_str(m->arena, "%s%s%s (%s)", text ? text : "",
					 text ? "; " : "", k->text, k->commits);
		}
	}
	if (text)
		section_note(m, sec,
			     arena_str(m->arena, "Known change%s in between, %s to %s: %s.",
				       plural(nr), s->old->scenario, s->new->scenario, text));
}

/* The worst row that is a count of events, or that is none; NULL: there is none. */
static const struct results_compared_row *worst(const struct step *s, bool count)
{
	for (size_t i = 0; i < s->nr_worse; i++)
		if (history_rose(s->worse[i]) == count)
			return s->worse[i];
	return NULL;
}

static const char *most_text(struct model *m, const struct step *s,
			     const struct results_compared_row *r)
{
	const char *known = known_commits(m, s, r);
	struct rvalue old = rv_of(r->base), new = rv_of(r->head);

	return arena_str(m->arena, "the most, relatively, %s: %s, then %s%s%s", row_name(m, r),
			 rv_text(m->arena, &old), rv_text(m->arena, &new),
			 known ? strchr(known, ',') ? "; known changes in between: "
						    : "; known change in between: "
			       : "",
			 known ? known : "");
}

/* all: also of exact rows that take fewer, and counts that fell. */
static const char *rest_text(struct model *m, const struct step *s, bool all)
{
	const struct {
		size_t nr;
		const char *one, *many;
	} v[] = {
		{ s->vague.more, "1 row that is not exact takes more",
		  "rows that are not exact take more" },
		{ s->vague.rose, "1 count that is not exact rose",
		  "counts that are not exact rose" },
		{ all ? s->nr_fewer : 0, "1 row takes fewer", "rows take fewer" },
		{ all ? s->nr_fell : 0, "1 count fell", "counts fell" },
		{ s->vague.fewer, "1 row that is not exact takes fewer",
		  "rows that are not exact take fewer" },
		{ s->vague.fell, "1 count that is not exact fell",
		  "counts that are not exact fell" },
		{ s->nr_missing, "1 row is missing in the newer", "rows are missing in the newer" },
		{ s->nr_extra, "1 row is new", "rows are new" },
		{ s->nr_unclear, "1 row cannot be judged", "rows cannot be judged" },
		{ s->nr_skipped, "1 is measured in neither", "are measured in neither" },
	};
	const char *text = "";

	for (size_t i = 0; i < ARRAY_SIZE(v); i++)
		if (v[i].nr == 1)
			text = arena_str(m->arena, "%s; %s", text, v[i].one);
		else if (v[i].nr)
			text = arena_str(m->arena, "%s; %zu %s", text, v[i].nr, v[i].many);
	return text;
}

static const char *not_compared(struct model *m, const struct step *s)
{
	const char *text = "";

	for (int b = 0; b < HISTORY_BOOTS; b++)
		if (!s->compared[b])
			text = arena_str(m->arena, "%s; %s not compared: %s", text,
					 b == HISTORY_EVENTS ? "events" : "costs",
					 one_of(m, s->why[b]));
	return text;
}

static const char *step_text(struct model *m, const struct step *s)
{
	size_t more = s->nr_worse - s->nr_rose;
	const char *text = arena_str(m->arena, "From %s to %s ", history_name(m->arena, s->old),
				     history_name(m->arena, s->new));

	if (!s->compared[HISTORY_COSTS] && !s->compared[HISTORY_EVENTS])
		return arena_str(m->arena, "%snothing is compared%s.", text, not_compared(m, s));
	if (!s->nr_exact)
		return arena_str(m->arena, "%sno row is exact in both%s%s.", text,
				 rest_text(m, s, true), not_compared(m, s));
	text = arena_str(m->arena, "%s" STRONG "%zu" STRONG " of %zu exact row%s got worse", text,
			 s->nr_worse, s->nr_exact, plural(s->nr_exact));
	if (more)
		text = arena_str(m->arena, "%s: %zu take%s more (%s)", text, more,
				 more == 1 ? "s" : "", most_text(m, s, worst(s, false)));
	if (s->nr_rose)
		text = arena_str(m->arena, "%s%s %zu count%s of events rose (%s)", text,
				 more ? ", and" : ":", s->nr_rose, plural(s->nr_rose),
				 most_text(m, s, worst(s, true)));
	return arena_str(m->arena, "%s%s%s.", text, rest_text(m, s, true), not_compared(m, s));
}

/* ---- tables ---- */

static void value_cell(struct model *m, struct table *t, const struct results_measurement *row)
{
	struct rvalue v = row ? rv_of(row) : rv_missing("—");

	table_value(m, t, &v);
}

static void table_of_step(struct model *m, struct section *sec, const struct step *s,
			  const struct results_compared_row *const *rows, size_t nr,
			  const char *what, bool folded)
{
	const char *const columns[] = { "Case",
					"Params",
					"Metric",
					arena_str(m->arena, "#%s", history_name(m->arena, s->old)),
					arena_str(m->arena, "#%s", history_name(m->arena, s->new)),
					"#Difference",
					"Verdict",
					"Known change in between",
					NULL };
	struct table *t = section_table(m, sec,
					arena_str(m->arena, "%s, from %s to %s", what,
						  s->old->scenario, s->new->scenario),
					columns);

	for (size_t i = 0; i < nr; i++) {
		const struct results_compared_row *r = rows[i];
		const char *known = known_commits(m, s, r);
		bool bad = r->verdict == RESULTS_ROW_WORSE || history_rose(r);

		table_row(m, t);
		table_cell(t, "", clean(m->arena, r->m->case_id));
		table_cell(t, "", params_without(m->arena, &r->m->params, NULL, 0));
		table_cell(t, "", r->m->metric->name);
		value_cell(m, t, r->base);
		value_cell(m, t, r->head);
		table_seen(t, "num", compared_difference(m, r));
		table_seen(t, bad ? "bad" : "", compared_said(m, results_row_verdict_text(r)));
		table_seen(t, "", known ? known : "—");
	}
	t->folded = folded;
}

#define MOST 12 /* rows that got worse and are shown without being opened */

/* The costs among the rows that got worse, or the counts of events. */
static void tables_of_worse(struct model *m, struct section *sec, const struct step *s, bool counts,
			    const char *what)
{
	const struct results_compared_row **rows =
		arena_alloc(m->arena, (s->nr_worse + 1) * sizeof(const void *));
	size_t nr = 0, most;

	for (size_t i = 0; i < s->nr_worse; i++)
		if (history_rose(s->worse[i]) == counts)
			rows[nr++] = s->worse[i];
	most = nr < MOST ? nr : MOST;
	if (most)
		table_of_step(m, sec, s, rows, most,
			      most < nr ? arena_str(m->arena, "%s, the most first", what) : what,
			      false);
	if (most < nr)
		table_of_step(m, sec, s, rows + most, nr - most,
			      arena_str(m->arena, "%s, further rows", what), true);
}

static void tables_of_step(struct model *m, struct section *sec, const struct step *s)
{
	tables_of_worse(m, sec, s, false, "Exact rows that take more");
	tables_of_worse(m, sec, s, true, "Counts of events that rose");
	if (s->nr_other)
		table_of_step(m, sec, s, s->other, s->nr_other, "Other rows that are not the same",
			      true);
}

/* The command for the worst row that is a cost: profiles count instructions. */
static void say_command(struct model *m, struct section *sec, const struct step *s)
{
	const struct results_compared_row *r = worst(s, false);
	const char *which, *words[7];

	if (!r) {
		if (s->nr_rose)
			section_note(m, sec,
				     arena_str(m->arena,
					       "From %s to %s only counts of events rose; "
					       "ptbench kernels profile counts instructions.",
					       s->old->scenario, s->new->scenario));
		return;
	}
	which = compared_said(m, results_params_text(&r->m->params));
	which = arena_str(m->arena, "%s%s%s", clean(m->arena, r->m->case_id), *which ? ":" : "",
			  which);
	words[0] = "ptbench";
	words[1] = "kernels";
	words[2] = "profile";
	words[3] = "--case";
	words[4] = which;
	words[5] = "--base";
	words[6] = history_named(m->arena, s->old);
	which = history_command(m->arena, s->old, s->new,
				compared_said(m, results_shell_words(7, words)));
	section_note(m, sec,
		     arena_str(m->arena,
			       "Function by function, the cost that got worse the most: %s %s",
			       which, history_named(m->arena, s->new)));
}

/* NULL: its documents do not say it. */
static const char *suite_of(struct model *m, const struct version_kernel *k)
{
	const char *v = NULL;

	for (int b = 0; b < HISTORY_BOOTS && !v; b++)
		if (k->parts[b])
			v = results_pairs_get(&k->parts[b]->doc->subject, "suite");
	return v ? clean(m->arena, v) : NULL;
}

/* Rows of the reference are of the guest's program: the same code, if the suite is the same. */
static void say_reference(struct model *m, struct section *sec, const struct step *s)
{
	const char *old = suite_of(m, s->old), *new = suite_of(m, s->new);
	const char *why = !old || !new ? "which suite each is of is not known"
			  : strcmp(old, new)
				  ? arena_str(m->arena,
					      "its own code may have changed (suite %s, then %s)",
					      old, new)
				  : "whose code is the same in both guests: as much may be the "
				    "guest’s in the kernel’s rows";

	section_note(m, sec,
		     arena_str(m->arena,
			       "From %s to %s %zu row%s of the reference moved, too%s %s.",
			       s->old->scenario, s->new->scenario, s->nr_reference,
			       plural(s->nr_reference), old && new && !strcmp(old, new) ? "," : ":",
			       why));
}

static void build_step(struct model *m, struct section *sec, const struct step *s)
{
	tables_of_step(m, sec, s);
	say_command(m, sec, s);
	say_known(m, sec, s);
	if (s->own)
		section_note(m, sec,
			     arena_str(m->arena,
				       "From %s to %s rows are compared without what they say of "
				       "their kernel; that differs in %s.",
				       s->old->scenario, s->new->scenario, s->own));
	if (s->nr_reference)
		say_reference(m, sec, s);
}

/* Compares each version that has figures with the one before that has; names those without. */
static void build_series(struct model *m, struct page *p, struct section *sec,
			 const struct series *series)
{
	const struct version_kernel *old = NULL;
	const char *text = NULL, *one;
	bool compared = false;

	for (size_t i = 0; i < series->nr; i++) {
		const struct version_kernel *new = &series->v[i];
		struct step s;

		if (!history_has_figures(new)) {
			one = arena_str(m->arena, "%s has no figures: %s.",
					history_name(m->arena, new),
					one_of(m, history_no_figures(new)));
		} else if (!old) {
			old = new;
			continue;
		} else {
			s = history_compare(m, series, old, new);
			one = step_text(m, &s);
			compared |= s.compared[HISTORY_COSTS] || s.compared[HISTORY_EVENTS];
			build_step(m, sec, &s);
			old = new;
		}
		text = text ? arena_str(m->arena, "%s %s", text, one) : one;
	}
	section_answer(m, p, sec,
		       arena_str(m->arena, "What got worse on %s, release by release?",
				 series->stem),
		       compared ? "icount" : NULL,
		       text ? text : "Only one of its versions has figures: nothing to compare.");
}

/* ---- point releases ---- */

static const char *points_text(struct model *m, const struct step *s)
{
	const char *text = arena_str(m->arena, "From %s to %s ", history_name(m->arena, s->old),
				     history_name(m->arena, s->new));

	if (!s->compared[HISTORY_COSTS] && !s->compared[HISTORY_EVENTS])
		return arena_str(m->arena, "%snothing is compared%s.", text, not_compared(m, s));
	if (!s->nr_exact)
		return arena_str(m->arena, "%sno row is exact in both%s%s.", text,
				 rest_text(m, s, false), not_compared(m, s));
	if (!s->nr_moved)
		return arena_str(m->arena, "%sno row of " STRONG "%zu" STRONG " changed%s%s.", text,
				 s->nr_exact, rest_text(m, s, false), not_compared(m, s));
	return arena_str(m->arena,
			 "%s" STRONG "%zu" STRONG " of %zu exact row%s changed: %zu got worse, %zu "
			 "take%s fewer, %zu count%s fell%s%s. Of all these changed %s.",
			 text, s->nr_moved, s->nr_exact, plural(s->nr_exact), s->nr_worse,
			 s->nr_fewer, s->nr_fewer == 1 ? "s" : "", s->nr_fell, plural(s->nr_fell),
			 rest_text(m, s, false), not_compared(m, s), most_text(m, s, s->moved[0]));
}

static void build_points(struct model *m, struct page *p, struct section *sec,
			 const struct series *series)
{
	const struct version_kernel *old = NULL;
	const char *text = NULL, *one;
	bool compared = false;

	for (size_t i = 0; i < series->nr; i++) {
		const struct version_kernel *new = &series->v[i];
		struct step s;

		if (!history_has_figures(new)) {
			one = arena_str(m->arena, "%s has no figures: %s.",
					history_name(m->arena, new),
					one_of(m, history_no_figures(new)));
		} else if (!old) {
			old = new;
			continue;
		} else {
			s = history_compare(m, series, old, new);
			one = points_text(m, &s);
			compared |= s.compared[HISTORY_COSTS] || s.compared[HISTORY_EVENTS];
			if (s.nr_moved)
				table_of_step(m, sec, &s, s.moved, s.nr_moved,
					      "Exact rows that changed", s.nr_moved > MOST);
			say_command(m, sec, &s);
			old = new;
		}
		text = text ? arena_str(m->arena, "%s %s", text, one) : one;
	}
	section_answer(m, p, sec,
		       arena_str(m->arena,
				 "What changed at all between point releases of %s on %s?",
				 series->version, series->stem),
		       compared ? "icount" : NULL,
		       text ? text : "Only one of them has figures: nothing to compare.");
}

void history_points(struct model *m, struct page *p, const struct history *h)
{
	struct section *sec;

	if (!h->nr_points)
		return;
	sec = page_section(m, p, "points", "Point releases");
	for (size_t i = 0; i < h->nr_points; i++)
		build_points(m, p, sec, &h->points[i]);
	section_note(m, sec,
		     "Of each version the other sections have one: that whose name has no point "
		     "release, or else the newest.");
}

static size_t max_steps(const struct history *h)
{
	size_t nr = 0;

	for (size_t i = 0; i < h->nr; i++)
		nr += (h->v[i].nr - 1) * HISTORY_BOOTS;
	for (size_t i = 0; i < h->nr_points; i++)
		nr += (h->points[i].nr - 1) * HISTORY_BOOTS;
	return nr;
}

static bool has_points(const struct history *h, const struct series *s)
{
	for (size_t i = 0; i < h->nr_points; i++)
		if (!strcmp(h->points[i].stem, s->stem))
			return true;
	return false;
}

/* Kernels of which there is one version. */
static void say_singles(struct model *m, struct page *p, struct section *sec,
			const struct history *h)
{
	const char *text = NULL;

	for (size_t i = 0; i < h->nr; i++)
		if (h->v[i].nr == 1 && history_has_figures(&h->v[i].v[0]))
			text = arena_str(m->arena, "%s%s%s%s", text ? text : "", text ? ", " : "",
					 history_name(m->arena, &h->v[i].v[0]),
					 has_points(h, &h->v[i]) ? ", of whose point releases the "
								   "next section tells"
								 : "");
	if (text)
		section_answer(m, p, sec, "Of which kernels is there one version alone?", NULL,
			       arena_str(m->arena,
					 "There is one version alone, and nothing to "
					 "compare with, of %s.",
					 text));
}

void history_steps(struct model *m, struct page *p, const struct history *h)
{
	struct section *sec = page_section(m, p, "worse", "What got worse from one to the next");

	m->steps = arena_alloc(m->arena, (max_steps(h) + 1) * sizeof(*m->steps));
	for (size_t i = 0; i < h->nr; i++)
		if (h->v[i].nr > 1 || !history_has_figures(&h->v[i].v[0]))
			build_series(m, p, sec, &h->v[i]);
	say_singles(m, p, sec, h);
	section_note(m, sec,
		     "Two releases are compared row by row as ptbench compare does. Exact rows of "
		     "the kernel alone count as worse here: a cost that takes more, or a count of "
		     "events that rose. A known change lies between the two releases and touches "
		     "the case; that it is the cause has not been shown.");
}
