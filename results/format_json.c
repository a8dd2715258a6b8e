// SPDX-License-Identifier: GPL-2.0-or-later
/* A comparison as JSON (results/schema/ptbench-compare-1.schema.json), by jansson. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "format.h"
#include "json.h"

static json_t *count(size_t nr)
{
	return json_integer((json_int_t)nr);
}

static json_t *shape_of(unsigned shape)
{
	json_t *a = json_array();

	if (shape & RESULTS_SHAPE_DRIFTS)
		json_array_append_new(a, json_string("drifts"));
	if (shape & RESULTS_SHAPE_BIMODAL)
		json_array_append_new(a, json_string("bimodal"));
	return a;
}

static json_t *change_of(const struct results_change *c)
{
	json_t *o = json_object();

	json_object_set_new(o, "of", json_string(c->is_ratio ? "ratio" : "difference"));
	json_object_set_new(o, "estimate", results__of_number(c->estimate));
	json_object_set_new(o, "low", results__of_number(c->low));
	json_object_set_new(o, "high", results__of_number(c->high));
	json_object_set_new(o, "p", results__of_number(c->p));
	json_object_set_new(o, "adjusted", results__of_number(c->adjusted));
	json_object_set_new(o, "exact", json_boolean(c->exact));
	json_object_set_new(o, "paired", json_boolean(c->paired));
	json_object_set_new(o, "base_values", count(c->nr_base));
	json_object_set_new(o, "new_values", count(c->nr_head));
	json_object_set_new(o, "base_shape", shape_of(c->base_shape));
	json_object_set_new(o, "new_shape", shape_of(c->head_shape));
	return o;
}

static json_t *symbols_of(const struct results_compared_row *r)
{
	struct results__moved *v;
	ssize_t nr = results__moved(r, &v);
	json_t *o = nr < 0 ? NULL : json_object();

	for (ssize_t i = 0; i < nr; i++)
		json_object_set_new(o, v[i].symbol, results__of_number(v[i].by));
	free(v);
	return o;
}

static json_t *value_of(const struct results_measurement *m, const struct results_amount *v)
{
	return m ? results__of_number(results_amount_number(v)) : json_null();
}

static json_t *row_of(const struct results_compared_row *r)
{
	json_t *o = json_object();
	double by = r->base && r->head ? results_amount_change(&r->base_value, &r->head_value)
				       : NAN;

	json_object_set_new(o, "case", json_string(r->m->case_id));
	json_object_set_new(o, "params", results__of_params(&r->m->params));
	json_object_set_new(o, "subject", json_string(results_subject_name(r->m->subject)));
	json_object_set_new(o, "metric", json_string(r->m->metric->name));
	json_object_set_new(o, "unit", json_string(r->m->metric->unit));
	json_object_set_new(o, "better", json_string(results_better_name(r->m->metric->better)));
	json_object_set_new(o, "base", value_of(r->base, &r->base_value));
	json_object_set_new(o, "new", value_of(r->head, &r->head_value));
	json_object_set_new(o, "change", results__of_number(by));
	json_object_set_new(o, "verdict", json_string(results_verdict_name(r->verdict)));
	json_object_set_new(o, "by_values", json_string(results_verdict_name(r->judged)));
	json_object_set_new(o, "why", results__of_text(r->why));
	if (r->change.nr_base)
		json_object_set_new(o, "interval", change_of(&r->change));
	if (r->base && r->head && r->base->nr_breakdown && r->head->nr_breakdown)
		json_object_set_new(o, "symbols", symbols_of(r));
	return o;
}

static json_t *check_of(const struct results_compared_check *check)
{
	const struct results_check *c = check->head ? check->head : check->base;
	json_t *o = json_object();

	json_object_set_new(o, "id", json_string(c->id));
	json_object_set_new(o, "params", results__of_params(&c->params));
	json_object_set_new(o, "base", json_string(results_check_base_text(check)));
	json_object_set_new(o, "new", json_string(results_check_head_text(check)));
	json_object_set_new(o, "seen", results__of_text(check->head ? c->seen : NULL));
	json_object_set_new(o, "expect", results__of_text(check->head ? c->expect : NULL));
	return o;
}

static json_t *difference_of(const struct results_compared_part *p,
			     const struct results_difference *d)
{
	json_t *o = json_object(), *values = json_array();

	for (size_t i = 0; i < p->nr_docs; i++)
		json_array_append_new(values, results__of_text(d->values[i]));
	json_object_set_new(o, "key", json_string(d->key));
	json_object_set_new(o, "of", json_string(d->is_environment ? "environment" : "subject"));
	json_object_set_new(o, "ignored", json_boolean(d->ignored));
	json_object_set_new(o, "values", values);
	return o;
}

static json_t *note_of(const struct results_part_note *n)
{
	json_t *o = json_object();

	json_object_set_new(o, "run", results__of_text(n->run));
	json_object_set_new(o, "side", json_string(n->is_head ? "new" : "base"));
	json_object_set_new(o, "state",
			    json_string(n->part ? results_state_name(n->part->state) : "absent"));
	json_object_set_new(o, "reason", results__of_text(n->part ? n->part->reason : NULL));
	return o;
}

static json_t *verdicts_of(const size_t counts[RESULTS_NR_VERDICTS])
{
	json_t *o = json_object();

	for (int v = 0; v < RESULTS_NR_VERDICTS; v++) {
		const char *name = results_verdict_name(v);
		json_int_t nr = json_integer_value(json_object_get(o, name));

		if (counts[v])
			json_object_set_new(o, name, json_integer(nr + (json_int_t)counts[v]));
	}
	return o;
}

static json_t *part_of(const struct results_compared_part *p, bool all)
{
	static const char *const verdicts[] = {
		[RESULTS_PART_COMPARED] = "compared",
		[RESULTS_PART_INCOMPARABLE] = "not comparable",
		[RESULTS_PART_MISSING] = "missing",
		[RESULTS_PART_EXTRA] = "extra",
		[RESULTS_PART_NOWHERE] = "nowhere",
	};
	json_t *o = json_object(), *rows = json_array(), *checks = json_array();
	json_t *differences = json_array(), *notes = json_array();

	for (size_t i = 0; i < p->nr_rows; i++)
		if (all || results_row_stands_out(&p->rows[i]))
			json_array_append_new(rows, row_of(&p->rows[i]));
	for (size_t i = 0; i < p->nr_checks; i++)
		if (all || p->checks[i].verdict != RESULTS_CHECK_FINE)
			json_array_append_new(checks, check_of(&p->checks[i]));
	for (size_t i = 0; i < p->nr_differences; i++)
		json_array_append_new(differences, difference_of(p, &p->differences[i]));
	for (size_t i = 0; i < p->nr_notes; i++)
		json_array_append_new(notes, note_of(&p->notes[i]));
	json_object_set_new(o, "name", json_string(p->name));
	json_object_set_new(o, "verdict", json_string(verdicts[p->verdict]));
	json_object_set_new(o, "failed", json_boolean(p->failed));
	json_object_set_new(o, "image_sha256", results__of_text(p->image));
	json_object_set_new(o, "identical", count(p->nr_identical));
	json_object_set_new(o, "moved", count(p->nr_moved));
	json_object_set_new(o, "differences", differences);
	json_object_set_new(o, "notes", notes);
	json_object_set_new(o, "nr_rows", count(p->nr_rows));
	json_object_set_new(o, "nr_checks", count(p->nr_checks));
	json_object_set_new(o, "verdicts", verdicts_of(p->count));
	json_object_set_new(o, "rows", rows);
	json_object_set_new(o, "checks", checks);
	return o;
}

static json_t *model_of(const struct results_compared_model *m)
{
	const struct results_explore_model *any = m->base ? m->base : m->head;
	char *base = results_model_text(m->base), *head = results_model_text(m->head);
	json_t *o = json_object();

	json_object_set_new(o, "mechanism", json_string(any->mechanism));
	json_object_set_new(o, "variant", json_string(any->variant));
	json_object_set_new(o, "base", base ? json_string(base) : NULL);
	json_object_set_new(o, "new", head ? json_string(head) : NULL);
	json_object_set_new(o, "verdict", json_string(results_model_verdict_name(m->verdict)));
	json_object_set_new(o, "broke", results__of_text(results_model_broke(m)));
	free(base);
	free(head);
	return o;
}

static json_t *run_of(const struct results_compared_run *r)
{
	json_t *o = json_object();

	json_object_set_new(o, "path", results__of_text(r->path));
	json_object_set_new(o, "side", json_string(r->is_head ? "new" : "base"));
	json_object_set_new(o, "partial", json_boolean(r->partial));
	return o;
}

static json_t *family_of(const struct results_compared_family *f)
{
	json_t *o = json_object();

	json_object_set_new(o, "name", json_string(f->name));
	json_object_set_new(o, "nr_rows", count(f->nr_rows));
	json_object_set_new(o, "verdicts", verdicts_of(f->count));
	return o;
}

static json_t *allowed_of(const struct results_compared_allowance *a)
{
	json_t *o = json_object();

	json_object_set_new(o, "text", results__of_text(a->text));
	json_object_set_new(o, "expired", json_boolean(a->expired));
	json_object_set_new(o, "rows", count(a->used));
	return o;
}

static void put_head(json_t *o, const struct results_comparison *c, const char *command)
{
	json_object_set_new(o, "format", json_string("ptbench-compare"));
	json_object_set_new(o, "version", json_integer(1));
	json_object_set_new(o, "command", results__of_text(command));
	json_object_set_new(o, "status", json_integer(c->status));
	json_object_set_new(o, "level", json_real(c->level));
	json_object_set_new(o, "tested", count(c->totals.tested));
	json_object_set_new(o, "judged", results__of_text(c->judged));
	json_object_set_new(o, "identical", results__of_text(c->identical));
	json_object_set_new(o, "not_judged", results__of_text(c->not_judged));
	json_object_set_new(o, "equal", results__of_text(c->equal));
	json_object_set_new(o, "conclusion", results__of_text(c->conclusion));
}

int results__write_json(FILE *f, const struct results_comparison *c,
			const struct results_write_options *o)
{
	json_t *root = json_object(), *runs = json_array(), *parts = json_array();
	json_t *families = json_array(), *models = json_array(), *allowed = json_array();
	int err;

	put_head(root, c, o->command);
	for (size_t i = 0; i < c->nr_runs; i++)
		json_array_append_new(runs, run_of(&c->runs[i]));
	for (size_t i = 0; i < c->nr_parts; i++)
		json_array_append_new(parts, part_of(&c->parts[i], o->all));
	for (size_t i = 0; i < c->nr_families; i++)
		json_array_append_new(families, family_of(&c->families[i]));
	for (size_t i = 0; i < c->nr_models; i++)
		if (o->all || c->models[i].verdict != RESULTS_MODEL_FINE)
			json_array_append_new(models, model_of(&c->models[i]));
	for (size_t i = 0; i < c->nr_allowed; i++)
		json_array_append_new(allowed, allowed_of(&c->allowed[i]));
	json_object_set_new(root, "runs", runs);
	json_object_set_new(root, "parts", parts);
	json_object_set_new(root, "families", families);
	json_object_set_new(root, "models", models);
	json_object_set_new(root, "allowed", allowed);
	err = json_dumpf(root, f, JSON_INDENT(1));
	fputc('\n', f);
	json_decref(root);
	return err && !ferror(f) ? -ENOMEM : 0; /* the caller looks for errors of f */
}
