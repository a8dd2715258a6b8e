// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A run or a document as test suites: one for the run, then one per part. A part's first test says
 * how the part ended; then come its skipped rows, its values, its checks; at last the models of the
 * explorer. A part that failed and a run that is partial have a test that is not well, whatever
 * their other tests say.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "format.h"
#include "suites.h"

static void add_end(struct results__suites *s, const struct results_part *p,
		    const struct results_doc *doc)
{
	static const enum results__outcome outcomes[] = {
		[RESULTS_PASSED] = RESULTS__OK,
		[RESULTS_FAILED] = RESULTS__ERROR,
		[RESULTS_SKIPPED] = RESULTS__SKIPPED,
	};
	enum results__outcome outcome = p ? outcomes[p->state] : RESULTS__OK;
	const char *why = p && p->reason ? p->reason : "";

	if (outcome == RESULTS__ERROR && !doc)
		outcome = RESULTS__NOT_RUN;
	if (outcome == RESULTS__OK && !doc->nr_measurements && !doc->nr_checks) {
		outcome = RESULTS__NOT_RUN;
		why = "its document has neither rows nor checks";
	}
	results__suites_add(s, outcome, strdup(p ? "part" : "document"), strdup(why));
}

static void add_row(struct results__suites *s, const struct results_measurement *m)
{
	struct results__test *t =
		results__suites_add(s, m->skipped ? RESULTS__SKIPPED : RESULTS__MEASURED,
				    results__row_name(m), strdup(m->skipped ? m->skipped : ""));
	struct results_stat stat;

	if (!t)
		return;
	t->m = m;
	if (m->skipped)
		return;
	results_stat(m, &stat);
	t->has_value = true;
	t->value = stat.value;
	if (stat.value != stat.value)
		s->err = -ENOMEM;
}

static void add_check(struct results__suites *s, const struct results_check *c)
{
	struct results__test *t;
	char *message = NULL;

	if (asprintf(&message, "%s seen, %s expected", c->seen, c->expect) < 0)
		message = NULL;
	t = results__suites_add(s, c->ok ? RESULTS__OK : RESULTS__FAILURE, results__check_name(c),
				message);
	if (t)
		t->check = c;
}

static void add_part(struct results__suites *s, const struct results_part *p,
		     const struct results_doc *doc, const struct results__selection *only)
{
	results__suites_begin(s, p ? p->name : doc->part, doc);
	add_end(s, p, doc);
	if (s->nr)
		s->v[s->nr - 1].failed = results__part_failed(p, doc);
	for (size_t i = 0; doc && i < doc->nr_measurements; i++)
		if (results__selects_row(only, &doc->measurements[i]))
			add_row(s, &doc->measurements[i]);
	for (size_t i = 0; doc && i < doc->nr_checks && !only->some_rows; i++)
		add_check(s, &doc->checks[i]);
}

static void add_model(struct results__suites *s, const struct results_explore_model *m)
{
	bool fine = results_explore_is_fine(m->verdict);
	enum results__outcome outcome = fine ? RESULTS__OK
					: m->verdict == RESULTS_EXPLORE_UNFINISHED
						? RESULTS__ERROR
						: RESULTS__FAILURE;
	char *name = NULL, *message = NULL, *text = results_model_text(m);

	if (asprintf(&name, "%s/%s", m->mechanism, m->variant) < 0)
		name = NULL;
	if (!text || asprintf(&message, "%s%s%s", text, m->failure ? ": " : "",
			      m->failure ? m->failure->invariant : "") < 0)
		message = NULL;
	free(text);
	results__suites_add(s, outcome, name, message);
}

static void add_explored(struct results__suites *s, const struct results_explore *e)
{
	results__suites_begin(s, "explorer", NULL);
	results__suites_add(s, e->complete ? RESULTS__OK : RESULTS__ERROR, strdup("complete"),
			    strdup(e->complete ? "" : "not every model was explored to its end"));
	for (size_t i = 0; i < e->nr_models; i++)
		add_model(s, &e->models[i]);
}

static void add_run(struct results__suites *s, const struct results_run *run)
{
	results__suites_begin(s, "run", NULL);
	results__suites_add(s, run->complete ? RESULTS__OK : RESULTS__ERROR, strdup("complete"),
			    strdup(run->complete ? ""
						 : "partial: it was interrupted, or still runs"));
	if (!run->nr_parts)
		results__suites_add(s, RESULTS__NOT_RUN, strdup("parts"), strdup("it has none"));
}

int results__suites_of_source(const struct results__source *source,
			      const struct results__selection *only, struct results__suites *s)
{
	const struct results_run *run = source->run;

	*s = (struct results__suites){ .id = results__source_id(source->path) };
	if (!s->id)
		s->err = -ENOMEM;
	if (run)
		add_run(s, run);
	for (size_t i = 0; i < source->nr_docs; i++) {
		const struct results_part *p = run ? &run->parts[i] : NULL;

		if (results__selects_part(only, p ? p->name : source->docs[i]->part))
			add_part(s, p, source->docs[i], only);
	}
	if (source->explored && !only->some)
		add_explored(s, source->explored);
	return s->err;
}
