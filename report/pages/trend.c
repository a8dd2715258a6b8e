// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The page of many runs: at which of them a value changed its level. results_trend() finds the
 * steps and counts; this file prints its result.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compared.h"
#include "pages.h"

#define MOST_SECTIONS 60 /* what has more is for the command */
#define MOST_ROWS 200	 /* of a table */
#define MOST_LINES 4	 /* of a figure */
#define MOST_POINTS 400	 /* of a line */

/* Series with one axis: of one part, mode and environment, one family and one metric. */
struct topic {
	size_t group;
	const char *family; /* "gup_fast" */
	const struct results_metric *metric;
	size_t nr_series, with, shorts, nr_steps;
};

static const struct results_metric percent = { .name = "change",
					       .unit = "%",
					       .meaning = "change from the first level" };

static const char *family_of(struct model *m, const struct results_trend_series *s)
{
	return arena_str(m->arena, "%.*s", (int)strcspn(s->m->case_id, "/"), s->m->case_id);
}

static bool is_of(const struct topic *t, const struct results_trend_series *s)
{
	size_t len = strlen(t->family);

	return s->group == t->group && s->m->metric == t->metric &&
	       !strncmp(s->m->case_id, t->family, len) && s->m->case_id[len] == '/';
}

static const char *ending(size_t nr)
{
	return nr == 1 ? "" : "s";
}

/* ---- words ---- */

static const char *run_at(struct model *m, const struct results_trend_series *s, size_t at)
{
	return clean(m->arena, m->trend->runs[s->values[at].run].id);
}

static const char *change_words(struct model *m, const struct results_trend_step *step)
{
	const char *text = compared_said(m, results_trend_change_text(step));

	return *text == '-' ? arena_str(m->arena, "−%s", text + 1) : text;
}

static const char *series_words(struct model *m, const struct results_trend_series *s)
{
	const char *params = params_without(m->arena, &s->m->params, NULL, 0);

	return arena_str(m->arena, "%s%s%s", clean(m->arena, s->m->case_id), *params ? ", " : "",
			 params);
}

/* "gup_fast/walk, pages=1: 421 to 424 instructions (+0.71 %, worse), first in RUN" */
static const char *step_words(struct model *m, const struct results_trend_found *f)
{
	const struct results_metric *metric = f->series->m->metric;

	return arena_str(m->arena, "%s: %s of %s to " STRONG "%s" STRONG " (%s, %s), first in %s",
			 series_words(m, f->series), metric->name,
			 number_text(m->arena, metric, f->step->before),
			 number_text(m->arena, metric, f->step->after), change_words(m, f->step),
			 results_trend_direction(f->step), run_at(m, f->series, f->step->at));
}

/* ---- topics ---- */

static void count(struct model *m, struct topic *t)
{
	for (size_t i = 0; i < m->trend->nr_series; i++) {
		const struct results_trend_series *s = &m->trend->series[i];

		if (!is_of(t, s))
			continue;
		t->nr_series++;
		t->with += s->verdict == RESULTS_TREND_STEPS;
		t->shorts += s->verdict == RESULTS_TREND_SHORT;
		t->nr_steps += s->nr_steps;
	}
}

/* The topics that have steps, those of the newest one first; at most MOST_SECTIONS. */
static size_t topics_of(struct model *m, const struct results_trend_found *found,
			struct topic *topics)
{
	size_t nr = 0;

	for (size_t i = 0; i < m->trend->nr_steps; i++) {
		const struct results_trend_series *s = found[i].series;
		size_t k = 0;

		while (k < nr && !is_of(&topics[k], s))
			k++;
		if (k < nr)
			continue;
		if (nr == MOST_SECTIONS)
			break;
		topics[nr] = (struct topic){ s->group, family_of(m, s), s->m->metric, 0, 0, 0, 0 };
		count(m, &topics[nr++]);
	}
	return nr;
}

/* ---- a topic's figure ---- */

static double most_of(const struct results_trend_series *s)
{
	double most = 0;

	for (size_t i = 0; i < s->nr_steps; i++)
		most = fmax(most, fabs(s->steps[i].change));
	return most;
}

static int most_first(const void *va, const void *vb)
{
	const struct results_trend_series *a = *(const struct results_trend_series *const *)va;
	const struct results_trend_series *b = *(const struct results_trend_series *const *)vb;
	double x = most_of(a), y = most_of(b);

	if (x != y)
		return x > y ? -1 : 1;
	return a < b ? -1 : a > b; /* the order of the array of series */
}

/* Whether the first series' i-th param is the same in all nr. */
static bool is_shared(struct model *m, const struct results_trend_series *const *list, size_t nr,
		      const char *key)
{
	const char *first = param_text(m->arena, &list[0]->m->params, key, "");

	for (size_t i = 1; i < nr; i++)
		if (strcmp(param_text(m->arena, &list[i]->m->params, key, ""), first))
			return false;
	return true;
}

/* What tells the i-th of nr series of one family from the others: "walk, leaf=pud". */
static const char *label_of(struct model *m, const struct results_trend_series *const *list,
			    size_t nr, size_t i)
{
	const struct results_params *all = &list[0]->m->params;
	const char **keys = arena_alloc(m->arena, (all->nr + 1) * sizeof(*keys)), *rest;
	const char *name = strchr(list[i]->m->case_id, '/') + 1;
	size_t nr_keys = 0;

	for (size_t k = 0; k < all->nr && nr > 1; k++)
		if (is_shared(m, list, nr, all->v[k].key))
			keys[nr_keys++] = all->v[k].key;
	rest = params_without(m->arena, &list[i]->m->params, keys, nr_keys);
	return arena_str(m->arena, "%s%s%s", clean(m->arena, name), *rest ? ", " : "", rest);
}

/* Adds the line of a series: changes from its first level, which must not be 0. */
static void add_line(struct model *m, struct line *l, const struct results_trend_series *s,
		     size_t first)
{
	double level = s->steps[0].before;

	for (size_t i = 0; i < s->nr_values; i++) {
		struct results_amount v = results_trend_amount(&s->values[i]);
		double by = 100 * (results_amount_number(&v) / level - 1);
		struct rvalue y = { .metric = &percent, .v = by, .low = by, .high = by, .n = 1 };

		if (s->values[i].run >= first)
			line_point(m, l, (double)(s->values[i].run - first + 1), &y);
	}
}

static void add_figure(struct model *m, struct section *s, const struct topic *t, size_t nr)
{
	const struct results_trend *of = m->trend;
	const struct results_trend_series **list =
		arena_alloc(m->arena, (t->with + 1) * sizeof(*list));
	size_t first = of->nr_runs > MOST_POINTS ? of->nr_runs - MOST_POINTS : 0, n = 0, drawn;
	struct figure *f;

	for (size_t i = 0; i < of->nr_series; i++)
		if (is_of(t, &of->series[i]) && of->series[i].nr_steps &&
		    of->series[i].steps[0].before > 0)
			list[n++] = &of->series[i];
	if (!n)
		return; /* all began at 0: there is no share to draw */
	qsort(list, n, sizeof(*list), most_first);
	f = section_figure(m, s, FIGURE_LINES, arena_str(m->arena, "trend-%zu", nr),
			   arena_str(m->arena, "%s of %s, run by run", t->metric->name,
				     clean(m->arena, t->family)));
	f->xlabel =
		arena_str(m->arena, "run, counted from %s", clean(m->arena, of->runs[first].id));
	f->ylabel = arena_str(m->arena, "change of %s from the first level", t->metric->name);
	drawn = n < MOST_LINES ? n : MOST_LINES;
	for (size_t i = 0; i < drawn; i++)
		add_line(m, figure_line(m, f, label_of(m, list, drawn, i), (int)i), list[i], first);
	f->desc = "One line per series with a step: by how much the value of each run lies above "
		  "the series’ first level.";
	f->caption = arena_str(
		m->arena,
		"%s. Of the %zu series with steps the %zu with the largest changes are drawn%s.",
		clean(m->arena, of->groups[t->group].mode), t->with, drawn,
		first ? arena_str(m->arena, ", of the newest %d of %zu runs", MOST_POINTS,
				  of->nr_runs)
		      : "");
}

/* ---- a topic's table ---- */

static const char *note_words(struct model *m, const struct results_trend_found *f)
{
	const char *text = isnan(f->step->p) ? results_kind_name(f->series->kind)
					     : arena_str(m->arena, "p %.2g", f->step->p);

	if (f->series->wanders)
		text = arena_str(m->arena, "%s, wanders", text);
	return f->step->same_image ? arena_str(m->arena, "%s, the same image", text) : text;
}

static void add_row(struct model *m, struct table *t, const struct results_trend_found *f)
{
	const struct results_trend_series *s = f->series;
	const struct results_metric *metric = s->m->metric;

	table_row(m, t);
	table_cell(t, "",
		   arena_str(m->arena, "%s (%s)", series_words(m, s),
			     results_subject_name(s->m->subject)));
	table_seen(t, "", run_at(m, s, f->step->at));
	table_seen(t, "", run_at(m, s, f->step->at - 1));
	table_seen(t, "num", number_text(m->arena, metric, f->step->before));
	table_seen(t, "num", number_text(m->arena, metric, f->step->after));
	table_seen(t, "num", change_words(m, f->step));
	table_seen(t, f->step->verdict == RESULTS_ROW_BETTER ? "" : "bad",
		   results_trend_direction(f->step));
	table_seen(t, "", note_words(m, f));
}

static void add_table(struct model *m, struct section *s, const struct topic *t,
		      const struct results_trend_found *found)
{
	static const char *const columns[] = { "Series",    "First run", "Last before",
					       "#Before",   "#After",	 "#Change",
					       "Which way", "How sure",	 NULL };
	struct table *table = section_table(
		m, s,
		arena_str(m->arena, "Steps of %s, those of the newest run first", t->metric->name),
		columns);

	for (size_t i = 0; i < m->trend->nr_steps && table->nr_rows < MOST_ROWS; i++)
		if (is_of(t, found[i].series))
			add_row(m, table, &found[i]);
	table->folded = table->nr_rows > 60;
	if (t->nr_steps > table->nr_rows)
		section_note(m, s,
			     arena_str(m->arena, "The table has the newest %zu of %zu steps.",
				       table->nr_rows, t->nr_steps));
}

static void add_topic(struct model *m, struct page *p, const struct topic *t, size_t nr,
		      const struct results_trend_found *found)
{
	const struct results_trend_group *g = &m->trend->groups[t->group];
	const char *what = arena_str(m->arena, "%s of %s in %s", t->metric->name,
				     clean(m->arena, t->family), clean(m->arena, g->part));
	struct section *s = page_section(m, p, arena_str(m->arena, "steps-%zu", nr), what);
	const struct results_trend_found *newest = found;

	while (!is_of(t, newest->series))
		newest++;
	section_answer(
		m, p, s, arena_str(m->arena, "Where did %s change?", what),
		clean(m->arena, g->mode),
		arena_str(m->arena,
			  "%zu step%s in %zu of %zu series%s, runs %s to %s. The newest: %s.",
			  t->nr_steps, ending(t->nr_steps), t->with, t->nr_series,
			  t->shorts ? arena_str(m->arena, " (%zu too short to judge)", t->shorts)
				    : "",
			  clean(m->arena, m->trend->runs[g->first].id),
			  clean(m->arena, m->trend->runs[g->last].id), step_words(m, newest)));
	add_figure(m, s, t, nr);
	add_table(m, s, t, found);
}

/* ---- all of it ---- */

static void note_count(struct model *m, struct section *s, const struct results_trend_count *c,
		       const char *what)
{
	if (c->nr)
		section_note(m, s,
			     arena_str(m->arena, "%s: %zu; the first: %s", what, c->nr,
				       compared_line(m, c->first ? c->first : "")));
}

static void note_runs(struct model *m, struct section *s)
{
	const struct results_trend *t = m->trend;

	if (t->nr_runs)
		section_note(m, s,
			     arena_str(m->arena,
				       "%zu run%s from %s to %s, %zu document%s, %zu values.",
				       t->nr_runs, ending(t->nr_runs), t->runs[0].time,
				       t->runs[t->nr_runs - 1].time, t->nr_documents,
				       ending(t->nr_documents), t->nr_values));
	note_count(m, s, &t->unreadable, "Files that cannot be read, and are left out");
	note_count(m, s, &t->repeated, "Documents that are there twice, and used once");
	note_count(m, s, &t->partial, "Partial runs; what they have is used");
	note_count(m, s, &t->failed, "Failed parts; what they have is used");
	note_count(m, s, &t->skipped_parts, "Skipped parts");
	note_count(m, s, &t->skipped_rows, "Skipped rows");
	note_count(m, s, &t->ended, "Series without a value of the newest run of their part");
	if (t->nr_wandering)
		section_note(m, s,
			     arena_str(m->arena,
				       "In %zu series runs are like the run before: their steps "
				       "may be drift (“wanders”).",
				       t->nr_wandering));
	for (size_t i = 1; i < t->nr_groups; i++)
		if (!strcmp(t->groups[i].part, t->groups[i - 1].part))
			section_note(m, s,
				     arena_str(m->arena,
					       "Part %s has another environment from %s on: "
					       "new series.",
					       clean(m->arena, t->groups[i].part),
					       clean(m->arena, t->runs[t->groups[i].first].id)));
}

static const char *command_words(struct model *m)
{
	const char *const words[] = { "ptbench", "trend", m->trend->dir };

	return compared_said(m, results_shell_words(3, words));
}

static const char *answer_words(struct model *m, const struct results_trend_found *found)
{
	const struct results_trend *t = m->trend;
	const char *text = compared_said(m, results_trend_conclusion(t));

	text = arena_str(m->arena, "%s%s.", t->status == EXIT_FINE ? "" : "Not known: ", text);
	if (!t->nr_steps)
		return text;
	return arena_str(m->arena, "%s The newest, in %s: %s.", text,
			 clean(m->arena, t->groups[found[0].series->group].part),
			 step_words(m, &found[0]));
}

void trend_build(struct model *m)
{
	struct results_trend_found *found, *sorted;
	struct topic *topics;
	struct section *s;
	struct page *p;
	size_t nr, steps = 0;

	if (!m->trend)
		return;
	topics = arena_alloc(m->arena, MOST_SECTIONS * sizeof(*topics));
	found = arena_alloc(m->arena, (m->trend->nr_steps + 1) * sizeof(*found));
	if (results_trend_newest_first(m->trend, &sorted))
		longjmp(m->arena->oom, 1);
	memcpy(found, sorted, m->trend->nr_steps * sizeof(*found));
	free(sorted);
	p = model_page(m, "trend.html", "Over the runs", "Over the runs",
		       "Where a measured value changed its level, of all runs in a folder: exact "
		       "values by equality, times by statistics. docs/trend.md has the method.");
	s = page_section(m, p, "trend", "Where did a value change?");
	section_answer(m, p, s, "At which run did a value change?",
		       m->trend->status == EXIT_FINE ? "all runs of a folder" : NULL,
		       answer_words(m, found));
	note_runs(m, s);
	section_note(m, s, arena_str(m->arena, "Make it again: %s", command_words(m)));
	nr = topics_of(m, found, topics);
	for (size_t i = 0; i < nr; i++) {
		add_topic(m, p, &topics[i], i + 1, found);
		steps += topics[i].nr_steps;
	}
	if (steps < m->trend->nr_steps)
		section_note(
			m, s,
			arena_str(m->arena,
				  "This page has %zu of the %zu steps; the command prints all.",
				  steps, m->trend->nr_steps));
}

void trend_free(struct model *m)
{
	results_trend_free(m->trend);
	m->trend = NULL;
}
