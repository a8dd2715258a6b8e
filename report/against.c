// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The run beside another that is its base: which exact rows changed, by how much, and for the worse
 * or the better. What `ptbench compare` says, as a page.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

struct changed {
	const struct results_measurement *row;
	struct rvalue base, head;
	double by; /* relative, so that a row of many pages does not stand above the simplest */
};

struct outcome {
	const struct report_part *base, *head;
	const char *why; /* not compared; NULL: it was */
	size_t exact, judged_not, worse, better, only_base, only_head;
	struct changed *v;
	size_t nr;
};

/* The key of the environment in which they differ, or NULL. */
static const char *env_differs(struct model *m, const struct results_doc *a,
			       const struct results_doc *b)
{
	size_t i;

	for (i = 0; i < a->environment.nr; i++) {
		const char *key = a->environment.v[i].key;
		const char *other = results_pairs_get(&b->environment, key);

		if (results_env_is_compared(key) &&
		    (!other || strcmp(other, a->environment.v[i].value) != 0))
			return clean(m->arena, key);
	}
	return a->environment.nr == b->environment.nr ? NULL : "the number of its keys";
}

static const char *not_comparable(struct model *m, const struct report_part *base,
				  const struct report_part *head)
{
	const char *key;

	if (head->why)
		return head->why;
	if (!base)
		return "the base has no such part";
	if (base->why)
		return arena_str(m->arena, "base: %s", base->why);
	if (strcmp(base->doc->mode, head->doc->mode) != 0)
		return "the modes differ";
	key = env_differs(m, base->doc, head->doc);
	return key ? arena_str(m->arena, "not comparable: the environments differ in %s", key)
		   : NULL;
}

static void add_changed(struct model *m, struct outcome *o, const struct results_measurement *row,
			struct rvalue base, struct rvalue head)
{
	double diff = head.v - base.v;
	enum results_better better = row->metric->better;

	if (diff == 0)
		return;
	o->worse += (better == RESULTS_LOWER && diff > 0) || (better == RESULTS_HIGHER && diff < 0);
	o->better += (better == RESULTS_LOWER && diff < 0) ||
		     (better == RESULTS_HIGHER && diff > 0);
	o->v = arena_grow(m->arena, o->v, o->nr, sizeof(*o->v));
	o->v[o->nr++] = (struct changed){ row, base, head,
					  base.v ? fabs(diff / base.v) : INFINITY };
}

static void compare_rows(struct model *m, struct outcome *o)
{
	struct results_doc *base = o->base->doc, *head = o->head->doc;
	size_t i;

	for (i = 0; i < head->nr_measurements; i++) {
		const struct results_measurement *row = &head->measurements[i], *twin;

		if (row->skipped)
			continue;
		twin = results_doc_find(base, row);
		if (!twin) {
			o->only_head++;
		} else if (row->kind != RESULTS_EXACT || twin->kind != RESULTS_EXACT) {
			o->judged_not++;
		} else {
			o->exact++;
			add_changed(m, o, row, rv_of(twin), rv_of(row));
		}
	}
	for (i = 0; i < base->nr_measurements; i++)
		o->only_base += !base->measurements[i].skipped &&
				!results_doc_find(head, &base->measurements[i]);
}

static int most_first(const void *va, const void *vb)
{
	const struct changed *a = va, *b = vb;

	if (a->by != b->by)
		return a->by < b->by ? 1 : -1;
	return a->row < b->row ? -1 : a->row > b->row; /* as the document has them */
}

static struct outcome compare_part(struct model *m, const struct report_part *head)
{
	struct outcome o = { .head = head, .base = input_part(m->base, head->part->name) };

	o.why = not_comparable(m, o.base, head);
	if (o.why)
		return o;
	compare_rows(m, &o);
	if (o.nr)
		qsort(o.v, o.nr, sizeof(*o.v), most_first);
	return o;
}

static const char *verdict_of(const struct changed *c)
{
	bool more = c->head.v > c->base.v;

	if (c->row->metric->better == RESULTS_NEITHER)
		return "changed";
	return more == (c->row->metric->better == RESULTS_LOWER) ? "worse" : "better";
}

static void row_of_change(struct model *m, struct table *t, const struct changed *c)
{
	const char *verdict = verdict_of(c);
	struct rvalue diff = rv_sub(c->head, c->base, NULL);

	table_row(m, t);
	table_cell(t, "", clean(m->arena, c->row->case_id));
	table_cell(t, "", params_without(m->arena, &c->row->params, NULL, 0));
	table_cell(t, "", arena_str(m->arena, "%s, %s", c->row->metric->name,
				    results_subject_name(c->row->subject)));
	table_value(m, t, &c->base);
	table_value(m, t, &c->head);
	table_cell(t, "num", rv_difference(m->arena, &diff));
	table_cell(t, strcmp(verdict, "worse") == 0 ? "bad" : "", verdict);
}

/* "gup_fast/walk, pages=1: 400 before, 403 now" */
static const char *change_text(struct model *m, const struct changed *c)
{
	return arena_str(m->arena, "%s, %s: %s in base, " STRONG "%s" STRONG " in head",
			 clean(m->arena, c->row->case_id),
			 params_without(m->arena, &c->row->params, NULL, 0),
			 rv_text(m->arena, &c->base), rv_words(m->arena, &c->head));
}

static void build_part(struct model *m, struct page *p, const struct outcome *o)
{
	static const char *const columns[] = { "Case",	"Params",      "Metric",  "#Base",
					       "#Head", "#Difference", "Verdict", NULL };
	const char *name = clean(m->arena, o->head->part->name);
	struct section *s;
	struct table *t;
	size_t i;

	if (o->why || (!o->nr && !o->only_base && !o->only_head))
		return;
	s = page_section(m, p, arena_str(m->arena, "part-%s", name), name);
	section_answer(m, p, s, arena_str(m->arena, "What changed in %s?", name),
		       mode_words(m->arena, o->head),
		       o->nr ? arena_str(m->arena,
					 STRONG "%zu of %zu" STRONG " exact rows: %zu worse, %zu "
						"better. The most, relatively: %s.",
					 o->nr, o->exact, o->worse, o->better,
					 change_text(m, &o->v[0]))
			     : arena_str(m->arena, "None of %zu exact rows.", o->exact));
	t = section_table(m, s, "Rows that changed, the largest relative change first", columns);
	for (i = 0; i < o->nr; i++)
		row_of_change(m, t, &o->v[i]);
	t->folded = o->nr > 60;
	if (o->only_base || o->only_head)
		section_note(m, s,
			     arena_str(m->arena,
				       "Measured in one of them only: %zu rows of base, %zu of "
				       "head.",
				       o->only_base, o->only_head));
	section_note(m, s,
		     "By function: ptbench kernels profile --case CASE --base RUN SCENARIO with KSRC= "
		     "of either side; ptbench kernels ab prints it for the row that changed most.");
	section_source(m, s, o->head);
}

static void part_row(struct model *m, struct table *t, const struct outcome *o)
{
	table_row(m, t);
	table_cell(t, "", clean(m->arena, o->head->part->name));
	if (o->why) {
		table_cell(t, "missing", "\xe2\x80\x94");
		table_cell(t, "missing", "\xe2\x80\x94");
		table_cell(t, "missing", "\xe2\x80\x94");
		table_cell(t, "prose", o->why);
		return;
	}
	table_cell(t, "num", arena_str(m->arena, "%zu", o->exact));
	table_cell(t, o->worse ? "num bad" : "num", arena_str(m->arena, "%zu", o->worse));
	table_cell(t, "num", arena_str(m->arena, "%zu", o->better));
	table_cell(t, "prose",
		   o->judged_not ? arena_str(m->arena, "%zu rows are not exact on both sides, and "
					     "not in this table", o->judged_not)
		   : o->nr	 ? "changed"
				 : "the same");
}

struct sums {
	size_t parts, exact, changed, worse, better;
	const struct outcome *most;
};

static void add_to(struct sums *sum, const struct outcome *o)
{
	if (o->why)
		return;
	sum->parts++;
	sum->exact += o->exact;
	sum->changed += o->nr;
	sum->worse += o->worse;
	sum->better += o->better;
	if (o->nr && (!sum->most || o->v[0].by > sum->most->v[0].by))
		sum->most = o;
}

static const char *counts_text(struct model *m, const struct sums *sum)
{
	if (!sum->exact)
		return "No exact row could be compared: the table says why.";
	if (!sum->changed)
		return arena_str(m->arena, "All %zu exact rows of %zu parts are equal.",
				 sum->exact, sum->parts);
	return arena_str(m->arena,
			 STRONG "%zu" STRONG " of %zu exact rows are worse, %zu better. The "
			 "largest relative change is in %s: %s.",
			 sum->worse, sum->exact, sum->better,
			 clean(m->arena, sum->most->head->part->name),
			 change_text(m, &sum->most->v[0]));
}

/* This page counts exact rows; whether it got worse compare says, of all rows and checks. */
static const char *sums_text(struct model *m, const struct sums *sum)
{
	char *said;
	int status = results_compare_runs(m->base->run->dir, m->in->run->dir, m->allow,
					  m->nr_allow, &said);
	const char *word = status == 0 ? "No." : status == 1 ? "Yes." : "Not known.";
	const char *text = arena_str(m->arena, "%s %s", word, counts_text(m, sum));

	for (size_t i = 0; i < m->nr_allow; i++)
		text = arena_str(m->arena, "%s Allowed to be: %s.", text,
				 clean(m->arena, m->allow[i]));
	if (status)
		text = arena_str(m->arena, "%s ptbench compare: %s.", text,
				 said ? clean(m->arena, said) : "one of the runs cannot be read");
	free(said);
	return text;
}

/* Parts of the base that the head does not have. */
static void lost_parts(struct model *m, struct table *t)
{
	size_t i;

	for (i = 0; i < m->base->nr_parts; i++) {
		const char *name = m->base->parts[i].part->name;
		struct outcome o = { .head = &m->base->parts[i],
				     .why = "in the base only: this run has no such part" };

		if (!input_part(m->in, name))
			part_row(m, t, &o);
	}
}

/* The last part of its path. */
static const char *run_name(const char *dir)
{
	const char *slash = strrchr(dir, '/');

	return slash && slash[1] ? slash + 1 : dir;
}

void against_build(struct model *m)
{
	static const char *const columns[] = { "Part",	  "#Exact rows", "#Worse",
					       "#Better", "What of it",	 NULL };
	struct outcome *o;
	struct sums sum = { 0 };
	struct section *s;
	struct page *p;
	struct table *t;
	size_t i;

	if (!m->base)
		return;
	p = model_page(m, "base-head.html", "Base and head", "Head against base",
		       "Two runs, part by part and row by row. Only parts of one name, mode and "
		       "environment are compared, and this page has their exact rows; ptbench "
		       "compare judges the others that it can, checks and missing parts, too.");
	s = page_section(m, p, "all", "All parts");
	t = section_table(m, s, "Parts of both runs", columns);
	o = arena_alloc(m->arena, (m->in->nr_parts + 1) * sizeof(*o));
	for (i = 0; i < m->in->nr_parts; i++) {
		o[i] = compare_part(m, &m->in->parts[i]);
		add_to(&sum, &o[i]);
		part_row(m, t, &o[i]);
	}
	lost_parts(m, t);
	section_note(m, s,
		     arena_str(m->arena, "Base: %s, started %s, suite %s. Its results are not part "
			       "of this folder.", clean(m->arena, run_name(m->base->run->dir)),
			       clean(m->arena, m->base->run->started),
			       clean(m->arena, m->base->run->revision)));
	section_answer(m, p, s, "Did it get worse?", sum.exact ? "exact rows" : NULL,
		       sums_text(m, &sum));
	for (i = 0; i < m->in->nr_parts; i++)
		build_part(m, p, &o[i]);
}
