// SPDX-License-Identifier: GPL-2.0-or-later
/* A trend as JSON (results/schema/ptbench-trend-1.schema.json) and as comma-separated values. */
#include <array_size.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "json.h"
#include "trend.h"

/* ---- JSON ---- */

static json_t *count(size_t nr)
{
	return json_integer((json_int_t)nr);
}

static json_t *differs_of(const struct results_pairs *a, const struct results_pairs *b)
{
	struct results__differs d[2 * RESULTS_MAX_PAIRS];
	size_t nr = results__trend_differs(a, b, d);
	json_t *o = json_object();

	for (size_t i = 0; i < nr; i++)
		json_object_set_new(o, d[i].key,
				    json_pack("[o,o]", results__of_text(d[i].before),
					      results__of_text(d[i].after)));
	return o;
}

static json_t *step_of(const struct results_trend *t, const struct results_trend_series *s,
		       const struct results_trend_step *step)
{
	const struct results_trend_value *v = &s->values[step->at];
	json_t *o = json_object();

	json_object_set_new(o, "last_before", results__of_text(t->runs[v[-1].run].id));
	json_object_set_new(o, "first_after", results__of_text(t->runs[v->run].id));
	json_object_set_new(o, "before", results__of_number(step->before));
	json_object_set_new(o, "after", results__of_number(step->after));
	json_object_set_new(o, "change", results__of_number(step->change));
	json_object_set_new(o, "direction", json_string(results_trend_direction(step)));
	json_object_set_new(o, "runs_before", count(step->at - step->from));
	json_object_set_new(o, "runs_after", count(step->to - step->at));
	json_object_set_new(o, "p", results__of_number(step->p));
	json_object_set_new(o, "same_image", json_boolean(step->same_image));
	json_object_set_new(o, "differs",
			    differs_of(&t->subjects[v[-1].subject], &t->subjects[v->subject]));
	return o;
}

static json_t *series_of(const struct results_trend *t, const struct results_trend_series *s)
{
	json_t *o = json_object(), *runs = json_array(), *values = json_array();
	json_t *steps = json_array();

	for (size_t i = 0; i < s->nr_values; i++) {
		struct results_amount v = results_trend_amount(&s->values[i]);

		json_array_append_new(runs, count(s->values[i].run));
		json_array_append_new(values, results__of_number(results_amount_number(&v)));
	}
	for (size_t i = 0; i < s->nr_steps; i++)
		json_array_append_new(steps, step_of(t, s, &s->steps[i]));
	json_object_set_new(o, "part", json_string(t->groups[s->group].part));
	json_object_set_new(o, "environment", count(s->group));
	json_object_set_new(o, "case", json_string(s->m->case_id));
	json_object_set_new(o, "params", results__of_params(&s->m->params));
	json_object_set_new(o, "subject", json_string(results_subject_name(s->m->subject)));
	json_object_set_new(o, "metric", json_string(s->m->metric->name));
	json_object_set_new(o, "unit", json_string(s->m->metric->unit));
	json_object_set_new(o, "better", json_string(results_better_name(s->m->metric->better)));
	json_object_set_new(o, "kind", json_string(results_kind_name(s->kind)));
	json_object_set_new(o, "verdict", json_string(results_trend_verdict_name(s->verdict)));
	json_object_set_new(o, "unclear", count(s->nr_unclear));
	json_object_set_new(o, "wanders", json_boolean(s->wanders));
	json_object_set_new(o, "runs", runs);
	json_object_set_new(o, "values", values);
	json_object_set_new(o, "steps", steps);
	return o;
}

static json_t *environment_of(const struct results_trend *t, const struct results_trend_group *g)
{
	json_t *o = json_object(), *pairs = json_object();

	for (size_t i = 0; i < g->environment.nr; i++)
		json_object_set_new(pairs, g->environment.v[i].key,
				    json_string(g->environment.v[i].value));
	json_object_set_new(o, "part", json_string(g->part));
	json_object_set_new(o, "mode", json_string(g->mode));
	json_object_set_new(o, "first", results__of_text(t->runs[g->first].id));
	json_object_set_new(o, "last", results__of_text(t->runs[g->last].id));
	json_object_set_new(o, "runs", count(g->nr_runs));
	json_object_set_new(o, "environment", pairs);
	return o;
}

static json_t *run_of(const struct results_trend_run *r)
{
	json_t *o = json_object();

	json_object_set_new(o, "id", results__of_text(r->id));
	json_object_set_new(o, "time", json_string(r->time));
	json_object_set_new(o, "suite", results__of_text(r->revision));
	json_object_set_new(o, "partial", json_boolean(r->partial));
	return o;
}

static json_t *counts_of(const struct results_trend *t)
{
	const struct {
		const char *name;
		const struct results_trend_count *c;
	} counts[] = {
		{ "unreadable", &t->unreadable },
		{ "repeated", &t->repeated },
		{ "partial", &t->partial },
		{ "failed", &t->failed },
		{ "skipped_parts", &t->skipped_parts },
		{ "skipped_rows", &t->skipped_rows },
		{ "ended", &t->ended },
		{ "links", &t->links },
		{ "others", &t->others },
		{ "left_out", &t->left_out },
	};
	json_t *o = json_object();

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		json_t *c = json_object();

		json_object_set_new(c, "nr", count(counts[i].c->nr));
		json_object_set_new(c, "first", results__of_text(counts[i].c->first));
		json_object_set_new(o, counts[i].name, c);
	}
	return o;
}

static int put_head(json_t *o, const struct results_trend *t, const char *command)
{
	char *conclusion = results_trend_conclusion(t);

	if (!conclusion)
		return -ENOMEM;
	json_object_set_new(o, "format", json_string("ptbench-trend"));
	json_object_set_new(o, "version", json_integer(1));
	json_object_set_new(o, "command", results__of_text(command));
	json_object_set_new(o, "status", json_integer(t->status));
	json_object_set_new(o, "conclusion", json_string(conclusion));
	json_object_set_new(o, "level", json_real(t->level));
	json_object_set_new(o, "tested", count(t->nr_tested));
	json_object_set_new(o, "threshold", json_real(t->threshold));
	json_object_set_new(o, "needed", count(t->needed));
	json_object_set_new(o, "nr_documents", count(t->nr_documents));
	json_object_set_new(o, "nr_series", count(t->nr_series));
	json_object_set_new(o, "nr_values", count(t->nr_values));
	json_object_set_new(o, "nr_steps", count(t->nr_steps));
	json_object_set_new(o, "nr_unclear", count(t->nr_unclear));
	json_object_set_new(o, "nr_wandering", count(t->nr_wandering));
	for (int v = 0; v <= RESULTS_TREND_SHORT; v++) {
		static const char *const names[] = { "with_steps", "without_step", "too_short" };

		json_object_set_new(o, names[v], count(t->verdicts[v]));
	}
	json_object_set_new(o, "counts", counts_of(t));
	free(conclusion);
	return 0;
}

int results__trend_json(FILE *f, const struct results_trend *t, bool all, const char *command)
{
	json_t *root = json_object(), *runs = json_array(), *series = json_array();
	json_t *environments = json_array();
	int err = put_head(root, t, command);

	for (size_t i = 0; i < t->nr_runs; i++)
		json_array_append_new(runs, run_of(&t->runs[i]));
	for (size_t i = 0; i < t->nr_groups; i++)
		json_array_append_new(environments, environment_of(t, &t->groups[i]));
	for (size_t i = 0; i < t->nr_series; i++)
		if (all || t->series[i].nr_steps)
			json_array_append_new(series, series_of(t, &t->series[i]));
	json_object_set_new(root, "runs", runs);
	json_object_set_new(root, "environments", environments);
	json_object_set_new(root, "series", series);
	if (!err)
		err = json_dumpf(root, f, JSON_INDENT(1)) && !ferror(f) ? -ENOMEM : 0;
	fputc('\n', f);
	json_decref(root);
	return err; /* the caller looks for errors of f */
}

/* ---- comma-separated values ---- */

static void put(FILE *f, const char *s)
{
	results__csv_field(f, s);
	fputc(',', f);
}

static void put_number(FILE *f, double v)
{
	if (isfinite(v))
		results__put_number(f, v);
	fputc(',', f);
}

/* A line of one step, or of a series without one. */
static int put_line(FILE *f, const struct results_trend *t, const struct results_trend_series *s,
		    const struct results_trend_step *step)
{
	const struct results_trend_group *g = &t->groups[s->group];
	const struct results_trend_value *v = step ? &s->values[step->at] : NULL;
	char *params = results_params_text(&s->m->params);

	if (!params)
		return -ENOMEM;
	put(f, g->part);
	put(f, g->mode);
	put_number(f, (double)s->group);
	put(f, s->m->case_id);
	put(f, params);
	put(f, results_subject_name(s->m->subject));
	put(f, s->m->metric->name);
	put(f, s->m->metric->unit);
	put(f, results_kind_name(s->kind));
	put_number(f, (double)s->nr_values);
	put(f, results_trend_verdict_name(s->verdict));
	put(f, v ? t->runs[v[-1].run].id : "");
	put(f, v ? t->runs[v->run].id : "");
	put_number(f, step ? step->before : NAN);
	put_number(f, step ? step->after : NAN);
	put_number(f, step ? step->change : NAN);
	put(f, step ? results_trend_direction(step) : "");
	put_number(f, step ? step->p : NAN);
	put(f, s->wanders ? "yes" : "no");
	fputs(!step ? "\n" : step->same_image ? "yes\n" : "no\n", f);
	free(params);
	return 0;
}

int results__trend_csv(FILE *f, const struct results_trend *t, bool all)
{
	struct results_trend_found *found;
	int err = results_trend_newest_first(t, &found);

	fputs("part,mode,environment,case,params,subject,metric,unit,kind,values,verdict,last_before,"
	      "first_after,before,after,change,direction,p,wanders,same_image\n",
	      f);
	for (size_t i = 0; i < t->nr_steps && !err; i++)
		err = put_line(f, t, found[i].series, found[i].step);
	for (size_t i = 0; all && i < t->nr_series && !err; i++)
		if (!t->series[i].nr_steps)
			err = put_line(f, t, &t->series[i], NULL);
	free(found);
	return err;
}

/* ---- by name ---- */

bool results_trend_has_format(const char *format)
{
	return !strcmp(format, "text") || !strcmp(format, "json") || !strcmp(format, "csv");
}

int results_trend_write(FILE *to, const struct results_trend *t, const char *format, bool all,
			const char *command)
{
	if (!strcmp(format, "text"))
		return results__trend_text(to, t, all);
	if (!strcmp(format, "json"))
		return results__trend_json(to, t, all, command);
	if (!strcmp(format, "csv"))
		return results__trend_csv(to, t, all);
	return -EINVAL;
}
