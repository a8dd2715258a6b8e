// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A comparison as test suites: one for the comparison, then one per part with a test per row and
 * check, at last one for the explorer's models. What regressed is a failure. What could not be
 * judged is an error. What only the new side has, and what a policy lets pass, is skipped.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "suites.h"

static enum results__outcome outcome_of_row(const struct results_compared_row *r)
{
	switch (r->verdict) {
	case RESULTS_ROW_WORSE:
	case RESULTS_ROW_CHANGED:
		return RESULTS__FAILURE;
	case RESULTS_ROW_UNCLEAR:
		return RESULTS__ERROR;
	case RESULTS_ROW_MISSING:
		return RESULTS__NOT_RUN;
	case RESULTS_ROW_EXTRA:
		return RESULTS__SKIPPED;
	case RESULTS_ROW_UNGATED:
		return results_row_stands_out(r) ? RESULTS__SKIPPED : RESULTS__OK;
	default:
		return RESULTS__OK;
	}
}

static enum results__outcome outcome_of_check(const struct results_compared_check *check)
{
	switch (check->verdict) {
	case RESULTS_CHECK_LOST:
	case RESULTS_CHECK_NEW:
		return RESULTS__FAILURE;
	case RESULTS_CHECK_STILL:
		return RESULTS__ERROR;
	case RESULTS_CHECK_MISSING:
		return RESULTS__NOT_RUN;
	case RESULTS_CHECK_EXTRA:
		return RESULTS__SKIPPED;
	default:
		return RESULTS__OK;
	}
}

static void add_row(struct results__suites *s, const struct results_compared_row *r)
{
	struct results__row_words w;
	struct results__test *t;
	char *message = NULL;

	if (!results__row_words(r, &w) &&
	    asprintf(&message, "base %s, new %s%s%s: %s%s%s", w.base, w.head, *w.change ? ", " : "",
		     w.change, w.verdict, *w.moved ? "; " : "", w.moved) < 0)
		message = NULL;
	t = results__suites_add(s, outcome_of_row(r), w.name, message);
	w.name = NULL;
	results__row_words_free(&w);
	if (!t)
		return;
	t->m = r->head ? r->head : r->m;
	t->has_value = r->head;
	t->value = r->head ? results_amount_number(&r->head_value) : 0;
}

static void add_check(struct results__suites *s, const struct results_compared_check *check)
{
	struct results__check_words w;
	struct results__test *t;
	char *message = NULL;

	if (!results__check_words(check, &w) &&
	    asprintf(&message, "base %s, new %s: %s", results_check_base_text(check),
		     results_check_head_text(check), w.seen) < 0)
		message = NULL;
	t = results__suites_add(s, outcome_of_check(check), w.name, message);
	w.name = NULL;
	results__check_words_free(&w);
	if (t)
		t->check = check->head ? check->head : check->base;
}

/* Says why a part was not compared, or not with all of its runs. NULL: no memory. */
static char *trouble_text(const struct results_compared_part *p)
{
	static const char *const why[] = {
		[RESULTS_PART_COMPARED] = "compared",
		[RESULTS_PART_INCOMPARABLE] = "not comparable: modes or environments differ",
		[RESULTS_PART_MISSING] = "only in the base",
		[RESULTS_PART_EXTRA] = "only in the new runs",
		[RESULTS_PART_NOWHERE] = "no side has a document of it",
	};
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	bool lost;

	if (!f)
		return NULL;
	fputs(why[p->verdict], f);
	for (size_t i = 0; i < p->nr_differences; i++)
		if (p->differences[i].is_environment && !p->differences[i].ignored)
			fprintf(f, "\nenvironment %s differs", p->differences[i].key);
	for (size_t i = 0; i < p->nr_notes; i++) {
		const struct results_part *part = p->notes[i].part;

		fprintf(f, "\n%s %s: %s%s%s", p->notes[i].is_head ? "new" : "base", p->notes[i].run,
			part ? results_state_name(part->state) : "has no such part",
			part && part->reason ? ": " : "", part && part->reason ? part->reason : "");
	}
	lost = ferror(f);
	if (!fclose(f) && !lost)
		return text;
	free(text);
	return NULL;
}

static void add_part(struct results__suites *s, const struct results_compared_part *p)
{
	bool open = p->failed || p->one_sided || p->verdict == RESULTS_PART_INCOMPARABLE ||
		    p->verdict == RESULTS_PART_MISSING || p->base_empty || p->head_empty;

	results__suites_begin(s, p->name, p->nr_docs ? p->docs[p->nr_docs - 1] : NULL);
	if (open || p->verdict != RESULTS_PART_COMPARED)
		results__suites_add(s, open ? RESULTS__NOT_RUN : RESULTS__SKIPPED, strdup("part"),
				    trouble_text(p));
	for (size_t i = 0; i < p->nr_rows; i++)
		add_row(s, &p->rows[i]);
	for (size_t i = 0; i < p->nr_checks; i++)
		add_check(s, &p->checks[i]);
}

static void add_model(struct results__suites *s, const struct results_compared_model *m)
{
	static const enum results__outcome outcomes[RESULTS_NR_MODEL_VERDICTS] = {
		[RESULTS_MODEL_FINE] = RESULTS__OK,
		[RESULTS_MODEL_MENDED] = RESULTS__OK,
		[RESULTS_MODEL_LOST] = RESULTS__FAILURE,
		[RESULTS_MODEL_STILL] = RESULTS__ERROR,
		[RESULTS_MODEL_NEW] = RESULTS__FAILURE,
		[RESULTS_MODEL_EXTRA] = RESULTS__SKIPPED,
		[RESULTS_MODEL_MISSING] = RESULTS__NOT_RUN,
		[RESULTS_MODEL_LESS] = RESULTS__ERROR,
	};
	const struct results_explore_model *any = m->base ? m->base : m->head;
	char *base = results_model_text(m->base), *head = results_model_text(m->head);
	const char *broke = results_model_broke(m);
	char *name = NULL, *message = NULL;

	if (asprintf(&name, "%s/%s", any->mechanism, any->variant) < 0)
		name = NULL;
	if (!base || !head ||
	    asprintf(&message, "base %s, new %s: %s%s%s", base, head,
		     results_model_verdict_name(m->verdict), broke ? ": " : "",
		     broke ? broke : "") < 0)
		message = NULL;
	free(base);
	free(head);
	results__suites_add(s, outcomes[m->verdict], name, message);
}

/* The comparison as a test: what is not a row's or a check's fault shows here, too. */
static void add_all(struct results__suites *s, const struct results_comparison *c)
{
	static const enum results__outcome outcomes[] = {
		[EXIT_FINE] = RESULTS__OK,	     [EXIT_WORSE] = RESULTS__FAILURE,
		[EXIT_USAGE] = RESULTS__ERROR,	     [EXIT_INCONCLUSIVE] = RESULTS__ERROR,
		[EXIT_PART_FAILED] = RESULTS__ERROR,
	};

	results__suites_begin(s, "comparison", NULL);
	results__suites_add(s, outcomes[c->status], strdup("conclusion"), strdup(c->conclusion));
}

/* "BASE..NEW", or "BASE,BASE..NEW,NEW". */
static char *id_of(const struct results_comparison *c)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	bool lost = !f;

	for (size_t i = 0; i < c->nr_runs && f; i++) {
		char *id = results__source_id(c->runs[i].path);

		if (i)
			fputs(c->runs[i].is_head && !c->runs[i - 1].is_head ? ".." : ",", f);
		fputs(id ? id : "", f);
		lost = lost || !id;
		free(id);
	}
	lost = lost || ferror(f);
	if (f && !fclose(f) && !lost)
		return text;
	free(text);
	return NULL;
}

int results__suites_of_comparison(const struct results_comparison *c, struct results__suites *s)
{
	*s = (struct results__suites){ .id = id_of(c) };
	if (!s->id)
		s->err = -ENOMEM;
	add_all(s, c);
	for (size_t i = 0; i < c->nr_parts; i++)
		add_part(s, &c->parts[i]);
	if (c->nr_models)
		results__suites_begin(s, "explorer", NULL);
	for (size_t i = 0; i < c->nr_models; i++)
		add_model(s, &c->models[i]);
	return s->err;
}
