// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The writer: one line per measurement and check, everything sorted, so that the same document is
 * the same bytes and two documents can be read side by side with diff.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "internal.h"

void results__put_number(FILE *f, double x)
{
	char text[40];

	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, x);
		if (strtod(text, NULL) == x)
			break;
	}
	/* Whole numbers below 2^53 stay integers; "%g" would turn those of 16 digits into 1e+15. */
	if (x <= RESULTS_MAX_INT && x == (double)(long long)x)
		snprintf(text, sizeof(text), "%lld", (long long)x);
	for (char *c = text; *c; c++)
		if (*c == ',') /* a locale's decimal comma */
			*c = '.';
	fputs(text, f);
}

static void put_params(FILE *f, const struct results_params *p)
{
	fputs("\"params\": {", f);
	for (size_t i = 0; i < p->nr; i++) {
		const struct results_param *v = &p->v[i];

		fprintf(f, "%s\"%s\": ", i ? ", " : "", v->key);
		if (v->str)
			results__json_string(f, v->str);
		else
			fprintf(f, "%lld", v->num);
	}
	fputs("}, ", f);
}

static int put_breakdown(FILE *f, const struct results_measurement *m)
{
	struct results_share *v = results__sorted_shares(m);

	if (!v)
		return -ENOMEM;
	fputs(", \"breakdown\": [", f);
	for (size_t i = 0; i < m->nr_breakdown; i++) {
		fputs(i ? ", {\"symbol\": " : "{\"symbol\": ", f);
		results__json_string(f, v[i].symbol);
		fprintf(f, ", \"instructions\": %lld}", v[i].instructions);
	}
	fputc(']', f);
	free(v);
	return 0;
}

static int put_measurement(FILE *f, const struct results_measurement *m)
{
	int err = 0;

	fprintf(f, "{\"case\": \"%s\", ", m->case_id);
	put_params(f, &m->params);
	fprintf(f, "\"subject\": \"%s\", ", results_subject_name(m->subject));
	if (m->skipped) {
		fputs("\"skipped\": ", f);
		results__json_string(f, m->skipped);
		fputc('}', f);
		return 0;
	}
	fprintf(f, "\"metric\": \"%s\", \"unit\": \"%s\", \"kind\": \"%s\", \"better\": \"%s\", ",
		m->metric->name, m->metric->unit, results_kind_name(m->kind),
		results_better_name(m->metric->better));
	fprintf(f, "\"nr_ops\": %lld, ", m->nr_ops);
	if (m->discarded)
		fprintf(f, "\"discarded\": %lld, ", m->discarded);
	fputs("\"samples\": [", f);
	for (size_t i = 0; i < m->nr_samples; i++) {
		if (i)
			fputs(", ", f);
		results__put_number(f, m->samples[i]);
	}
	fputc(']', f);
	if (m->nr_breakdown)
		err = put_breakdown(f, m);
	fputc('}', f);
	return err;
}

static void put_check(FILE *f, const struct results_check *c)
{
	fprintf(f, "{\"id\": \"%s\", ", c->id);
	put_params(f, &c->params);
	fputs("\"expect\": ", f);
	results__json_string(f, c->expect);
	fputs(", \"seen\": ", f);
	results__json_string(f, c->seen);
	fprintf(f, ", \"ok\": %s}", c->ok ? "true" : "false");
}

static int pair_ptr_cmp(const void *a, const void *b)
{
	return strcmp((*(const struct results_pair *const *)a)->key,
		      (*(const struct results_pair *const *)b)->key);
}

static int put_pairs(FILE *f, const char *name, const struct results_pairs *p)
{
	const struct results_pair **v = malloc((p->nr + 1) * sizeof(*v));

	if (!v)
		return -ENOMEM;
	for (size_t i = 0; i < p->nr; i++)
		v[i] = &p->v[i];
	qsort(v, p->nr, sizeof(*v), pair_ptr_cmp);
	fprintf(f, "    \"%s\": {", name);
	for (size_t i = 0; i < p->nr; i++) {
		fprintf(f, "%s\n      \"%s\": ", i ? "," : "", v[i]->key);
		results__json_string(f, v[i]->value);
	}
	fputs(p->nr ? "\n    }" : "}", f);
	free(v);
	return 0;
}

static int put_header(FILE *f, const struct results_doc *doc)
{
	int err;

	fprintf(f, "{\n  \"format\": \"%s\",\n  \"version\": %d,\n", RESULTS_FORMAT, doc->version);
	fprintf(f,
		"  \"part\": \"%s\",\n  \"mode\": \"%s\",\n  \"created\": \"%s\",\n  \"command\": ",
		doc->part, doc->mode, doc->created);
	results__json_string(f, doc->command);
	fputs(",\n  \"provenance\": {\n", f);
	err = put_pairs(f, "environment", &doc->environment);
	fputs(",\n", f);
	if (!err)
		err = put_pairs(f, "subject", &doc->subject);
	fputs("\n  },\n", f);
	return err;
}

/* Writes extra as one line, sorted and compact, whatever layout the caller gave it. */
static int put_extra(FILE *f, const char *extra, struct results_error *err)
{
	json_error_t problem;
	json_t *obj = json_loads(extra, JSON_REJECT_DUPLICATES, &problem);
	char *text = NULL;
	int ret = 0;

	if (!json_is_object(obj))
		ret = results__error(err, -EINVAL, NULL, ".extra", "is not a JSON object: %s",
				     obj ? "it is an array" : problem.text);
	else if (!(text = json_dumps(obj, JSON_SORT_KEYS)))
		ret = results__error(err, -ENOMEM, NULL, ".extra", "no memory to write it");
	else
		fprintf(f, ",\n  \"extra\": %s", text);
	free(text);
	json_decref(obj);
	return ret;
}

static int put_rows(FILE *f, const struct results_doc *doc, struct results_error *err)
{
	const struct results_measurement **m = results__sorted_measurements(doc, err);
	const struct results_check **c = m ? results__sorted_checks(doc, err) : NULL;
	int ret = 0;

	if (!c) {
		free(m);
		return -EINVAL;
	}
	fputs("  \"measurements\": [", f);
	for (size_t i = 0; i < doc->nr_measurements && !ret; i++) {
		fputs(i ? ",\n    " : "\n    ", f);
		ret = put_measurement(f, m[i]);
	}
	fputs(doc->nr_measurements ? "\n  ],\n" : "],\n", f);
	fputs("  \"checks\": [", f);
	for (size_t i = 0; i < doc->nr_checks; i++) {
		fputs(i ? ",\n    " : "\n    ", f);
		put_check(f, c[i]);
	}
	fputs(doc->nr_checks ? "\n  ]" : "]", f);
	free(m);
	free(c);
	return ret ? results__error(err, ret, NULL, "", "no memory to write it") : 0;
}

/* Callers can change the structs directly, so everything is checked again. */
static int check_all(const struct results_doc *doc, struct results_error *err)
{
	int ret = results__check_header(doc, err);

	for (size_t i = 0; i < doc->nr_measurements && !ret; i++) {
		ret = results__check_measurement(&doc->measurements[i], err);
		if (ret)
			results__error_prefix(err, ".measurements[%zu]", i);
	}
	for (size_t i = 0; i < doc->nr_checks && !ret; i++) {
		ret = results__check_check(&doc->checks[i], err);
		if (ret)
			results__error_prefix(err, ".checks[%zu]", i);
	}
	return ret ? ret : results__check_axes(doc, err);
}

static int put_doc(FILE *f, const struct results_doc *doc, struct results_error *err)
{
	int ret = check_all(doc, err);

	if (!ret && put_header(f, doc))
		ret = results__error(err, -ENOMEM, NULL, "", "no memory to write it");
	if (!ret && doc->version > 1 && results__put_axes(f, doc))
		ret = results__error(err, -ENOMEM, NULL, "", "no memory to write it");
	if (!ret)
		ret = put_rows(f, doc, err);
	if (!ret && doc->extra)
		ret = put_extra(f, doc->extra, err);
	fputs("\n}\n", f);
	return ret;
}

int results_doc_write(const struct results_doc *doc, const char *file, struct results_error *err)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int ret;

	if (!f)
		return results__error(err, -ENOMEM, file, "", "no memory to write it");
	ret = put_doc(f, doc, err);
	if (ret && err) {
		snprintf(err->file, sizeof(err->file), "%s", file);
		results__error_prefix(err, "$");
	}
	if (fclose(f) && !ret)
		ret = results__error(err, -ENOMEM, file, "", "no memory to write it");
	if (!ret && len > RESULTS_MAX_FILE)
		ret = results__error(
			err, -EFBIG, file, "",
			"would be larger than %lu MiB, which the reader refuses; split the part",
			RESULTS_MAX_FILE >> 20);
	if (!ret)
		ret = results__write_file(file, text, len, err);
	free(text);
	return ret;
}
