// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The page that compares the run with its base. results_compare() judges and counts rows, checks,
 * parts and models; this file prints its result.
 */
#include <stdlib.h>
#include <string.h>

#include "compared.h"
#include "pages.h"

/* ---- comparing ---- */

/* Words on a part whose file the report did not read, such as a link out of the folder; or NULL. */
static const char *unread_part(struct model *m, const struct report_input *in, const char *side)
{
	for (size_t i = 0; i < input_nr_all(in); i++)
		if (in->parts[i].part->file && !in->parts[i].doc)
			return arena_str(
				m->arena,
				"part %s of the %s has a result file that a report does not read",
				clean(m->arena, in->parts[i].part->name), side);
	return NULL;
}

static const char *error_text(struct model *m, const struct results_error *err)
{
	return arena_str(m->arena, "%s%s%s%s%s", clean(m->arena, err->file),
			 err->file[0] ? ": " : "", clean(m->arena, err->path),
			 err->path[0] ? ": " : "", clean(m->arena, err->reason));
}

void head_base_compare(struct model *m, const struct results_compare_options *options)
{
	const char *base = m->base->run->dir, *head = m->in->run->dir;
	const struct results_side sides[] = { { &base, 1 }, { &head, 1 } };
	struct results_error err = { 0 };

	if (results_compare(&sides[0], &sides[1], options, &m->compared, &err)) {
		m->not_compared = error_text(m, &err);
		return;
	}
	m->not_compared = unread_part(m, m->base, "base");
	if (!m->not_compared)
		m->not_compared = unread_part(m, m->in, "head");
}

void head_base_free(struct model *m)
{
	results_comparison_free(m->compared);
	free(m->held);
	m->compared = NULL;
	m->held = NULL;
}

/* ---- texts ---- */

static const char *number(struct model *m, size_t nr)
{
	return arena_str(m->arena, "%zu", nr);
}

static const char *first_line(struct model *m, const char *text)
{
	size_t n = strcspn(text, "\n");

	return clean(m->arena, arena_str(m->arena, "%.*s%s", (int)n, text, text[n] ? " ..." : ""));
}

/* A line of results_compare() as a sentence: "Regression: 1 row is worse." */
static const char *sentence(struct model *m, const char *line)
{
	char *text = arena_str(m->arena, " %s.", clean(m->arena, line));

	if (text[1] >= 'a' && text[1] <= 'z')
		text[1] += 'A' - 'a';
	return text;
}

static const char *side_name(bool is_head)
{
	return is_head ? "head" : "base";
}

/* The name of the run's folder: not that of a link to it, such as "latest". */
static const char *run_name(struct model *m, const char *dir)
{
	char *real = realpath(dir, NULL);
	const char *path = real ? real : dir, *slash = strrchr(path, '/');
	const char *name = clean(m->arena, slash && slash[1] ? slash + 1 : path);

	free(real);
	return name;
}

static const struct report_part *source_of(const struct model *m,
					   const struct results_compared_part *p)
{
	const struct report_part *head = input_part(m->in, p->name);

	return head ? head : input_part(m->base, p->name);
}

/* ---- rows ---- */

static bool has_moved(const struct results_compared_row *r)
{
	return r->verdict == RESULTS_ROW_WORSE || r->verdict == RESULTS_ROW_CHANGED ||
	       r->verdict == RESULTS_ROW_BETTER || r->verdict == RESULTS_ROW_ALLOWED;
}

static size_t rows_to_show(struct model *m, const struct results_compared_part *p,
			   const struct results_compared_row ***out)
{
	size_t nr = 0;

	*out = arena_alloc(m->arena, (p->nr_rows + 1) * sizeof(**out));
	for (size_t i = 0; i < p->nr_rows; i++)
		if (results_row_stands_out(&p->rows[i]))
			(*out)[nr++] = &p->rows[i];
	if (nr)
		qsort(*out, nr, sizeof(**out), compared_most_first);
	return nr;
}

static void row_value(struct model *m, struct table *t, const struct results_measurement *row)
{
	struct rvalue v = row ? rv_of(row) : rv_missing("—");

	table_value(m, t, &v);
}

static bool is_bad(enum results_verdict v)
{
	return v == RESULTS_ROW_WORSE || v == RESULTS_ROW_CHANGED || v == RESULTS_ROW_UNCLEAR ||
	       v == RESULTS_ROW_MISSING;
}

static void row_of_table(struct model *m, struct table *t, const struct results_compared_row *r)
{
	const char *verdict = compared_said(m, results_row_verdict_text(r));

	table_row(m, t);
	table_cell(t, "", clean(m->arena, r->m->case_id));
	table_cell(t, "", params_without(m->arena, &r->m->params, NULL, 0));
	table_cell(t, "",
		   arena_str(m->arena, "%s, %s", r->m->metric->name,
			     results_subject_name(r->m->subject)));
	row_value(m, t, r->base);
	row_value(m, t, r->head);
	table_seen(t, "num", compared_difference(m, r));
	table_seen(t, is_bad(r->verdict) ? "bad" : "", verdict);
}

static void rows_table(struct model *m, struct section *s,
		       const struct results_compared_row *const *rows, size_t nr)
{
	static const char *const columns[] = { "Case",	"Params",      "Metric",  "#Base",
					       "#Head", "#Difference", "Verdict", NULL };
	struct table *t = section_table(m, s,
					"Rows that are not the same, the largest relative "
					"change first",
					columns);

	for (size_t i = 0; i < nr; i++)
		row_of_table(m, t, rows[i]);
	t->folded = nr > 60;
}

/* "gup_fast/walk, pages=1: 400 in base, 403 in head (REGRESSED)" */
static const char *change_text(struct model *m, const struct results_compared_row *r)
{
	struct rvalue base = rv_of(r->base), head = rv_of(r->head);

	return arena_str(m->arena, "%s, %s: %s in base, " STRONG "%s" STRONG " in head (%s)",
			 clean(m->arena, r->m->case_id),
			 params_without(m->arena, &r->m->params, NULL, 0), rv_text(m->arena, &base),
			 rv_words(m->arena, &head), results_verdict_name(r->verdict));
}

/* ---- checks, models, provenance ---- */

static size_t nr_failing(const size_t count[RESULTS_NR_CHECK_VERDICTS])
{
	return count[RESULTS_CHECK_LOST] + count[RESULTS_CHECK_NEW] + count[RESULTS_CHECK_STILL];
}

static void check_of_table(struct model *m, struct table *t,
			   const struct results_compared_check *check)
{
	const struct results_check *c = check->head ? check->head : check->base;
	bool fails = check->head && !check->head->ok;
	bool bad = fails || check->verdict == RESULTS_CHECK_MISSING;

	table_row(m, t);
	table_cell(t, "", clean(m->arena, c->id));
	table_cell(t, "", params_without(m->arena, &c->params, NULL, 0));
	table_seen(t, "", results_check_base_text(check));
	table_seen(t, bad ? "bad" : "", results_check_head_text(check));
	table_seen(t, "prose", fails ? first_line(m, c->seen) : "");
	table_seen(t, "prose", fails ? first_line(m, c->expect) : "");
}

static size_t checks_to_show(const struct results_compared_part *p)
{
	return p->nr_checks - p->check_count[RESULTS_CHECK_FINE];
}

static void checks_table(struct model *m, struct section *s, const struct results_compared_part *p)
{
	static const char *const columns[] = { "Check", "Params",   "Base", "Head",
					       "Seen",	"Expected", NULL };
	struct table *t = section_table(m, s, "Checks that are not fine in both", columns);

	for (size_t i = 0; i < p->nr_checks; i++)
		if (p->checks[i].verdict != RESULTS_CHECK_FINE)
			check_of_table(m, t, &p->checks[i]);
}

static void differences_table(struct model *m, struct section *s,
			      const struct results_compared_part *p)
{
	static const char *const columns[] = { "Key", "Of", "Base", "Head", NULL };
	struct table *t = section_table(
		m, s, "Differences of the two documents beside their results", columns);

	for (size_t i = 0; i < p->nr_differences; i++) {
		const struct results_difference *d = &p->differences[i];

		table_row(m, t);
		table_cell(t, "", d->key);
		table_cell(t, "", d->is_environment ? "environment" : "subject");
		for (size_t k = 0; k < p->nr_docs; k++)
			table_seen(t, "prose",
				   d->values[k] ? clean(m->arena, d->values[k]) : "(not said)");
	}
	t->folded = true;
}

/* ---- a part ---- */

static const char *differing_keys(struct model *m, const struct results_compared_part *p)
{
	const char *text = "environments differ in";

	for (size_t i = 0; i < p->nr_differences; i++)
		if (p->differences[i].is_environment)
			text = arena_str(m->arena, "%s%s %s", text, i ? "," : "",
					 p->differences[i].key);
	return text;
}

static const char *verdict_of_part(struct model *m, const struct results_compared_part *p)
{
	const char *empty = "";

	switch (p->verdict) {
	case RESULTS_PART_INCOMPARABLE:
		if (p->other_mode)
			return arena_str(m->arena, "not comparable, modes differ: base %s, head %s",
					 clean(m->arena, p->docs[0]->mode),
					 clean(m->arena, p->other_mode));
		return arena_str(m->arena, "not comparable: %s", differing_keys(m, p));
	case RESULTS_PART_MISSING:
		return "MISSING: only in the base";
	case RESULTS_PART_EXTRA:
		return "extra: only in the head";
	case RESULTS_PART_NOWHERE:
		return "not compared: no side has a document of it";
	case RESULTS_PART_COMPARED:
		break;
	}
	if (p->base_empty || p->head_empty)
		empty = p->base_empty ? "the base’s document is empty; "
				      : "the head’s document is empty; ";
	return arena_str(m->arena, "%s%s%s", empty, compared_said(m, results_part_count_text(p)),
			 p->nr_identical ? "; the image is identical" : "");
}

/* The part's state and reason in each run, and the verdict on it. */
static const char *words_of_part(struct model *m, const struct results_compared_part *p)
{
	const char *text = "";

	for (size_t i = 0; i < p->nr_notes; i++) {
		const struct results_part_note *n = &p->notes[i];
		const char *reason = n->part && n->part->reason ? n->part->reason : NULL;

		text = arena_str(m->arena, "%s%s: %s%s%s; ", text, side_name(n->is_head),
				 n->part ? results_state_name(n->part->state) : "has no such part",
				 reason ? ": " : "", reason ? first_line(m, reason) : "");
	}
	return arena_str(m->arena, "%s%s", text, verdict_of_part(m, p));
}

static void count_cell(struct model *m, struct table *t, size_t nr, bool bad)
{
	table_seen(t, bad && nr ? "num bad" : "num", number(m, nr));
}

static void row_of_part(struct model *m, struct table *t, const struct results_compared_part *p)
{
	bool compared = p->verdict == RESULTS_PART_COMPARED;

	table_row(m, t);
	table_cell(t, "", clean(m->arena, p->name));
	for (size_t i = 2; !compared && i < t->nr_columns; i++)
		table_seen(t, "missing", "—");
	if (compared) {
		count_cell(m, t, p->nr_rows, false);
		count_cell(m, t, p->count[RESULTS_ROW_WORSE], true);
		count_cell(m, t, p->count[RESULTS_ROW_CHANGED], true);
		count_cell(m, t, p->count[RESULTS_ROW_ALLOWED], false);
		count_cell(m, t, p->count[RESULTS_ROW_BETTER], false);
		count_cell(m, t, p->count[RESULTS_ROW_UNCLEAR] + p->count[RESULTS_ROW_MISSING],
			   true);
		count_cell(m, t, nr_failing(p->check_count), true);
	}
	table_seen(t, p->failed ? "prose bad" : "prose", words_of_part(m, p));
}

/* Adds a section for a part if the table of all parts does not show everything about it. */
static void build_part(struct model *m, struct page *p, const struct results_compared_part *part)
{
	const char *name = clean(m->arena, part->name), *text;
	const struct results_compared_row **rows;
	size_t nr = rows_to_show(m, part, &rows);
	struct section *s;

	if (!nr && !checks_to_show(part) && !part->nr_differences)
		return;
	s = page_section(m, p, arena_str(m->arena, "part-%s", name), name);
	text = words_of_part(m, part);
	if (nr && has_moved(rows[0]))
		text = arena_str(m->arena, "%s. The most, relatively: %s", text,
				 change_text(m, rows[0]));
	section_answer(m, p, s, arena_str(m->arena, "What changed in %s?", name),
		       mode_words(m->arena, source_of(m, part)), arena_str(m->arena, "%s.", text));
	if (nr)
		rows_table(m, s, rows, nr);
	if (checks_to_show(part))
		checks_table(m, s, part);
	if (part->nr_differences)
		differences_table(m, s, part);
	if (nr)
		section_note(
			m, s,
			"By function: ptbench kernels profile --case CASE --base RUN SCENARIO with "
			"KSRC= of either side; ptbench kernels ab prints it for the row that changed "
			"most.");
	section_source(m, s, source_of(m, part));
}

/* ---- what the explorer found ---- */

static void row_of_model(struct model *m, struct table *t, const struct results_compared_model *c)
{
	const struct results_explore_model *any = c->base ? c->base : c->head;
	const char *broke = results_model_broke(c);
	bool fine = c->verdict == RESULTS_MODEL_MENDED || c->verdict == RESULTS_MODEL_EXTRA;

	table_row(m, t);
	table_cell(t, "",
		   arena_str(m->arena, "%s/%s", clean(m->arena, any->mechanism),
			     clean(m->arena, any->variant)));
	table_seen(t, "", compared_said(m, results_model_text(c->base)));
	table_seen(t, "", compared_said(m, results_model_text(c->head)));
	table_seen(t, fine ? "" : "bad",
		   arena_str(m->arena, "%s%s%s", results_model_verdict_name(c->verdict),
			     broke ? ": it broke " : "", broke ? first_line(m, broke) : ""));
}

/* Adds a note on each run whose exploration is missing or incomplete. */
static void note_explorations(struct model *m, struct section *s)
{
	for (size_t i = 0; i < m->compared->nr_runs; i++) {
		const struct results_compared_run *r = &m->compared->runs[i];

		if (!r->explored || r->half_explored)
			section_note(m, s,
				     arena_str(m->arena, "The %s %s.", side_name(r->is_head),
					       r->explored
						       ? "has an exploration that did not come to "
							 "its end"
						       : "has no exploration"));
	}
}

/* Adds a note if another program than ptbench explored: then no model is compared. */
static void note_explorers(struct model *m, struct section *s)
{
	const char *text = "Environments differ: stand_in:", *sep = "";

	for (size_t i = 0; i < m->compared->nr_runs; i++) {
		const struct results_compared_run *r = &m->compared->runs[i];

		if (!r->explored)
			continue;
		text = arena_str(m->arena, "%s%s %s %s", text, sep, side_name(r->is_head),
				 r->stand_in ? compared_line(m, r->stand_in) : "(not said)");
		sep = ",";
	}
	section_note(m, s, arena_str(m->arena, "%s. Not comparable.", text));
}

static void build_models(struct model *m, struct page *p)
{
	static const char *const columns[] = { "Model", "Base", "Head", "Verdict", NULL };
	const struct results_comparison *c = m->compared;
	const struct results_totals *sum = &c->totals;
	size_t nr = c->nr_models - sum->models[RESULTS_MODEL_FINE];
	struct section *s;
	struct table *t;

	if (!c->explored || !(nr || sum->unexplored || sum->half_explored || sum->other_explorers))
		return;
	s = page_section(m, p, "explorer", "What the explorer found");
	section_answer(m, p, s, "Which models are not as before?", "explorer",
		       c->nr_models ? arena_str(m->arena,
						STRONG "%zu" STRONG " of %zu that either "
						       "side has.",
						nr, c->nr_models)
				    : "Not known. No model was compared.");
	note_explorations(m, s);
	if (sum->other_explorers)
		note_explorers(m, s);
	if (!nr)
		return;
	t = section_table(m, s, "Models that are not fine in both", columns);
	for (size_t i = 0; i < c->nr_models; i++)
		if (c->models[i].verdict != RESULTS_MODEL_FINE)
			row_of_model(m, t, &c->models[i]);
}

/* ---- all of it ---- */

/* Words on the row that moved most, of all parts. */
static const char *most_text(struct model *m)
{
	const struct results_comparison *c = m->compared;
	const struct results_compared_row *most = NULL;
	const char *part = NULL;

	for (size_t i = 0; i < c->nr_parts; i++)
		for (size_t k = 0; k < c->parts[i].nr_rows; k++) {
			const struct results_compared_row *r = &c->parts[i].rows[k];

			if (!has_moved(r) ||
			    (most && results_row_distance(r) <= results_row_distance(most)))
				continue;
			most = r;
			part = c->parts[i].name;
		}
	return most ? arena_str(m->arena, " The largest relative change is in %s: %s.",
				clean(m->arena, part), change_text(m, most))
		    : "";
}

/* The answer, with the words and totals of `ptbench compare`. */
static const char *answer_text(struct model *m)
{
	const struct results_comparison *c = m->compared;
	const char *word, *text;
	size_t better, allowed;

	if (m->not_compared)
		return arena_str(m->arena, "Not known. The runs cannot be compared: %s.",
				 m->not_compared);
	better = c->totals.rows[RESULTS_ROW_BETTER];
	allowed = c->totals.rows[RESULTS_ROW_ALLOWED];
	word = c->status == 0 ? "No." : c->status == 1 ? "Yes." : "Not known.";
	text = arena_str(m->arena, "%s%s%s%s%s", word, sentence(m, c->conclusion),
			 sentence(m, c->judged), c->identical ? sentence(m, c->identical) : "",
			 c->not_judged ? sentence(m, c->not_judged) : "");
	if (better)
		text = arena_str(m->arena, "%s Improved: %zu row%s.", text, better,
				 better == 1 ? "" : "s");
	if (allowed)
		text = arena_str(m->arena, "%s Changed, allowed: %zu row%s.", text, allowed,
				 allowed == 1 ? "" : "s");
	return arena_str(m->arena, "%s%s", text, most_text(m));
}

static void note_runs(struct model *m, struct section *s)
{
	const struct results_comparison *c = m->compared;

	section_note(m, s,
		     arena_str(m->arena,
			       "Base: %s, started %s, suite %s. Its results are not part "
			       "of this folder.",
			       run_name(m, m->base->run->dir),
			       clean(m->arena, m->base->run->started),
			       clean(m->arena, m->base->run->revision)));
	if (m->not_compared)
		return;
	for (size_t i = 0; i < c->nr_runs; i++)
		if (c->runs[i].partial)
			section_note(m, s,
				     arena_str(m->arena,
					       "The %s is partial: it was interrupted, or "
					       "is still under way.",
					       side_name(c->runs[i].is_head)));
	for (size_t i = 0; i < c->nr_allowed; i++)
		section_note(m, s,
			     arena_str(m->arena, "%s: %s: %s.",
				       c->allowed[i].expired ? "Expired" : "Allowed",
				       clean(m->arena, c->allowed[i].text),
				       !c->allowed[i].used
					       ? "no row needs it"
					       : arena_str(m->arena, "%zu row%s",
							   c->allowed[i].used,
							   c->allowed[i].used == 1 ? "" : "s")));
}

void head_base_build(struct model *m)
{
	static const char *const columns[] = {
		"Part",	    "#Rows",	 "#Regressed",	      "#Changed",
		"#Allowed", "#Improved", "#Cannot be judged", "#Checks that fail",
		"In words", NULL
	};
	const struct results_comparison *c = m->compared;
	struct section *s;
	struct page *p;
	struct table *t;

	if (!m->base)
		return;
	p = model_page(m, "base-head.html", "Head against base", "Head against base",
		       "Two runs, part by part, row by row and check by check, as ptbench compare "
		       "judges them. Only parts of one name, mode and environment are compared.");
	s = page_section(m, p, "all", "Did it get worse?");
	section_answer(m, p, s, "Did it get worse?",
		       m->not_compared ? NULL : "rows, checks and parts", answer_text(m));
	note_runs(m, s);
	if (m->not_compared)
		return;
	t = section_table(m, s, "Parts of both runs", columns);
	for (size_t i = 0; i < c->nr_parts; i++)
		row_of_part(m, t, &c->parts[i]);
	for (size_t i = 0; i < c->nr_parts; i++)
		build_part(m, p, &c->parts[i]);
	build_models(m, p);
}
