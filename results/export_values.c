// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Values as JSON for services that keep the history of benchmarks, and as comma-separated values.
 *
 * bencher: the Bencher Metric Format (https://bencher.dev/bmf.json). github-action-benchmark: what
 * its tools customSmallerIsBetter and customBiggerIsBetter read (BenchmarkResult in src/extract.ts
 * of benchmark-action/github-action-benchmark).
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "format.h"

static int dump(FILE *f, json_t *root, bool lost)
{
	int err = lost || json_dumpf(root, f, JSON_INDENT(1) | JSON_ENSURE_ASCII) ? -ENOMEM : 0;

	fputc('\n', f);
	json_decref(root);
	return !lost && ferror(f) ? 0 : err; /* the caller looks for errors of f */
}

/* A whole number without a fraction, as in the run's own JSON. */
static json_t *number(double v)
{
	return v == (double)(json_int_t)v && v <= RESULTS_MAX_INT ? json_integer((json_int_t)v)
								  : json_real(v);
}

/* ---- bencher ---- */

#define BENCHER_NAME 1024 /* characters that Bencher takes of a benchmark's name */

static size_t characters(const char *s)
{
	size_t nr = 0, len;

	for (bool harmful; (len = results_text_step(s, &harmful)); s += len)
		nr++;
	return nr;
}

/* The object of key in o, made if it is not there. NULL: no memory. */
static json_t *member(json_t *o, const char *key)
{
	json_t *v = json_object_get(o, key);

	if (v)
		return v;
	v = json_object();
	return json_object_set_new(o, key, v) ? NULL : v;
}

static int put_measure(json_t *benchmark, const struct results__value_row *row)
{
	char measure[128];

	/* The unit is a part of the measure's name, where the metric's does not say it. */
	if (strcmp(row->m->metric->name, row->m->metric->unit))
		snprintf(measure, sizeof(measure), "%s (%s)", row->m->metric->name,
			 row->m->metric->unit);
	else
		snprintf(measure, sizeof(measure), "%s", row->m->metric->name);
	return json_object_set_new(benchmark, measure,
				   json_pack("{s:o,s:o,s:o}", "value", number(row->stat.value),
					     "lower_value", number(row->stat.low), "upper_value",
					     number(row->stat.high)));
}

int results__export_bencher(FILE *f, const struct results__values *v, FILE *say)
{
	json_t *root = json_object();
	size_t long_names = 0;
	bool lost = !root;

	for (size_t i = 0; i < v->nr && !lost; i++) {
		char *name = results__is_value(&v->v[i]) ? results__series_name(&v->v[i], false)
							 : NULL;
		bool fits = name && characters(name) <= BENCHER_NAME;
		json_t *benchmark = fits ? member(root, name) : NULL;

		if (name && !fits)
			long_names++;
		else if (results__is_value(&v->v[i]))
			lost = !benchmark || put_measure(benchmark, &v->v[i]);
		free(name);
	}
	if (long_names)
		fprintf(say, "left out: %zu row%s with a name of more than %d characters\n",
			long_names, results__s(long_names), BENCHER_NAME);
	return dump(f, root, lost);
}

/* ---- github-action-benchmark ---- */

static json_t *entry_of(const struct results__value_row *row)
{
	char *name = results__series_name(row, true), *range = NULL, *extra = NULL;
	char low[32], high[32];
	json_t *o = NULL;

	results__number(low, sizeof(low), row->stat.low);
	results__number(high, sizeof(high), row->stat.high);
	if (asprintf(&range, "%s to %s", low, high) < 0)
		range = NULL;
	if (asprintf(&extra, "%s\nsamples: %zu\nmode: %s", results_kind_name(row->m->kind),
		     row->m->nr_samples, row->doc->mode) < 0)
		extra = NULL;
	if (name && range && extra)
		o = json_pack("{s:s,s:s,s:o,s:s,s:s}", "name", name, "unit", row->m->metric->unit,
			      "value", number(row->stat.value), "range", range, "extra", extra);
	free(name);
	free(range);
	free(extra);
	return o;
}

int results__export_github(FILE *f, const struct results__values *v, FILE *say)
{
	static const char *const words[] = {
		[RESULTS_LOWER] = "smaller",
		[RESULTS_HIGHER] = "bigger",
	};
	enum results_better other = v->better == RESULTS_LOWER ? RESULTS_HIGHER : RESULTS_LOWER;
	json_t *root = json_array();
	size_t of[RESULTS_NEITHER + 1] = { 0 };
	bool lost = !root;

	for (size_t i = 0; i < v->nr && !lost; i++) {
		const struct results__value_row *row = &v->v[i];

		if (!results__is_value(row))
			continue;
		of[row->m->metric->better]++;
		if (row->m->metric->better == v->better)
			lost = json_array_append_new(root, entry_of(row));
	}
	fprintf(say, "--better %s: %zu row%s; --better %s has %zu\n", words[v->better],
		of[v->better], results__s(of[v->better]), words[other], of[other]);
	if (of[RESULTS_NEITHER])
		fprintf(say,
			"left out: %zu row%s of which neither is better: the action would take every change for one or the other\n",
			of[RESULTS_NEITHER], results__s(of[RESULTS_NEITHER]));
	return dump(f, root, lost);
}

/* ---- csv ---- */

static void put_field(FILE *f, const char *s)
{
	fputc(',', f);
	results__csv_field(f, s);
}

static void put_number(FILE *f, double v)
{
	fputc(',', f);
	results__put_number(f, v);
}

static void put_measured(FILE *f, const struct results__value_row *row)
{
	const struct results_measurement *m = row->m;

	put_field(f, m->metric->name);
	put_field(f, m->metric->unit);
	put_field(f, results_better_name(m->metric->better));
	put_field(f, results_kind_name(m->kind));
	put_number(f, row->stat.value);
	put_number(f, row->stat.low);
	put_number(f, row->stat.high);
	fprintf(f, ",%zu,%lld,%lld,\n", m->nr_samples, m->nr_ops, m->discarded);
}

int results__export_csv(FILE *f, const struct results__values *v, FILE *say)
{
	(void)say; /* it has a place for everything */
	fputs("part,state,mode,case,params,subject,metric,unit,better,kind,value,low,high,samples,"
	      "nr_ops,discarded,skipped\n",
	      f);
	for (size_t i = 0; i < v->nr; i++) {
		const struct results__value_row *row = &v->v[i];
		char *params = results_params_text(&row->m->params);

		if (!params)
			return -ENOMEM;
		results__csv_field(f, row->doc->part);
		put_field(f, row->failed ? "failed" : "passed");
		put_field(f, row->doc->mode);
		put_field(f, row->m->case_id);
		put_field(f, params);
		put_field(f, results_subject_name(row->m->subject));
		free(params);
		if (!row->skipped) {
			put_measured(f, row);
			continue;
		}
		fputs(",,,,,,,,,,", f);
		put_field(f, row->m->skipped);
		fputc('\n', f);
	}
	return 0;
}
