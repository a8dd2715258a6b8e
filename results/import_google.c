// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Google Benchmark's JSON (src/json_reporter.cc of google/benchmark) as a document. A benchmark is
 * a row: its case is the function's name in ptbench's letters, its param `name` the whole name, so
 * that no two benchmarks become one row. Taken is real_time, as the metric `time`.
 */
#include <array_size.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

/* A repetition of a benchmark in a file. */
struct repetition {
	const char *name; /* in the file's JSON */
	size_t file;
	long long index, of;
	size_t row; /* in the file, to say where */
	double ns;
	const char *skipped; /* NULL: it was measured */
};

struct import {
	const char *const *files;
	size_t nr_files;
	json_t **roots; /* of the files */
	struct repetition *v;
	size_t nr, room;
	json_t *counters; /* an object with their names */
	struct results__import_counts *counts;
	struct results_doc *doc;
	struct results_error *err;
};

static int no_memory(const struct import *im)
{
	return results__error(im->err, -ENOMEM, im->files[0], "", "no memory to read it");
}

/* ---- rows of a file ---- */

double results__import_ns(const char *unit)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (!strcmp(units[i].name, unit))
			return units[i].ns;
	return 0;
}

/* The row's own keys; every other number is a counter of the user's program. */
static bool is_own(const char *key)
{
	static const char *const keys[] = {
		"family_index", "per_family_instance_index",
		"repetitions",	"repetition_index",
		"threads",	"iterations",
		"real_time",	"cpu_time",
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i], key))
			return true;
	return false;
}

static int note_counters(struct import *im, const json_t *row)
{
	void *it = json_object_iter((json_t *)row);
	int ret = 0;

	for (; it && !ret; it = json_object_iter_next((json_t *)row, it))
		if (json_is_number(json_object_iter_value(it)) && !is_own(json_object_iter_key(it)))
			ret = json_object_set_new(im->counters, json_object_iter_key(it),
						  json_true());
	return ret ? no_memory(im) : 0;
}

/* Why the row was not measured; NULL: it was. Older versions know errors alone. */
static const char *skipped_of(const json_t *row)
{
	const char *why = NULL;

	if (json_is_true(json_object_get(row, "error_occurred")))
		why = json_string_value(json_object_get(row, "error_message"));
	else if (json_is_true(json_object_get(row, "skipped")))
		why = json_string_value(json_object_get(row, "skip_message"));
	else
		return NULL;
	return why && *why ? why : "its program does not say why";
}

static int time_of(struct results__in *in, const json_t *row, double *ns)
{
	json_t *time = json_object_get(row, "real_time"), *unit;
	double factor;

	if (!json_is_number(time))
		return results__in_fail(in, "real_time", "is %s, must be a number",
					time ? "something else" : "missing");
	unit = results__in_get(in, row, "time_unit", JSON_STRING);
	if (!unit)
		return -EINVAL;
	factor = results__import_ns(json_string_value(unit));
	if (!factor)
		return results__in_fail(in, "time_unit", "\"%.80s\" is none of ns, us, ms, s",
					json_string_value(unit));
	*ns = json_number_value(time) * factor;
	if (!(*ns >= 0 && *ns <= RESULTS_MAX_INT))
		return results__in_fail(
			in, "real_time",
			"is not from 0 to 2^53 ns; a time is neither negative nor months long");
	*ns += 0.0; /* no negative zero */
	return 0;
}

static int add_row(struct import *im, struct results__in *in, const json_t *row, size_t file,
		   size_t nr)
{
	struct repetition r = { .file = file, .row = nr };
	json_t *name = results__in_get(in, row, "name", JSON_STRING);
	int ret = name ? results__in_integer(in, row, "repetition_index", &r.index) : -EINVAL;

	if (!ret)
		ret = results__in_integer(in, row, "repetitions", &r.of);
	if (ret)
		return ret;
	r.name = json_string_value(name);
	r.skipped = skipped_of(row);
	if (!r.skipped)
		ret = time_of(in, row, &r.ns);
	if (!ret)
		ret = note_counters(im, row);
	if (ret)
		return ret;
	if (im->nr == im->room) {
		size_t room = im->room ? 2 * im->room : 256;
		struct repetition *bigger = realloc(im->v, room * sizeof(*bigger));

		if (!bigger)
			return no_memory(im);
		im->v = bigger;
		im->room = room;
	}
	im->v[im->nr++] = r;
	return 0;
}

static int read_rows(struct import *im, struct results__in *in, const json_t *root, size_t file)
{
	static const char *const types[] = { "iteration", "aggregate", NULL };
	json_t *rows = results__in_get(in, root, "benchmarks", JSON_ARRAY), *row;
	int ret = rows ? 0 : -EINVAL, type = 0;
	size_t i;

	for (i = 0; !ret && i < json_array_size(rows); i++) {
		size_t len = results__in_push(in, ".benchmarks[%zu]", i);

		row = json_array_get(rows, i);
		if (!json_is_object(row))
			ret = results__in_fail(in, NULL, "must be an object");
		if (!ret) /* no file of before 1.5 has it, and aggregates look as all else there */
			ret = results__in_word(in, row, "run_type", types, &type);
		if (!ret && type)
			im->counts->aggregates++;
		else if (!ret)
			ret = add_row(im, in, row, file, i);
		results__in_pop(in, len);
	}
	return ret;
}

static int read_file(struct import *im, size_t file)
{
	struct results__in in = { .file = im->files[file], .err = im->err, .path = "$" };
	json_t *root, *context;
	int ret = results__json_load(im->files[file], &im->roots[file], im->err);

	if (ret)
		return ret;
	root = im->roots[file];
	if (!json_is_object(root))
		return results__in_fail(&in, NULL, "must be an object");
	context = results__in_get(&in, root, "context", JSON_OBJECT);
	if (!context)
		return -EINVAL;
	for (size_t i = 0; i < file; i++)
		if (json_equal(json_object_get(im->roots[i], "benchmarks"),
			       json_object_get(root, "benchmarks")))
			return results__in_fail(
				&in, "benchmarks",
				"is that of %.200s: no two processes take the same times",
				results_shown(im->files[i]));
	ret = results__import_context(&in, context, !file, im->doc);
	return ret ? ret : read_rows(im, &in, root, file);
}

/* ---- names ---- */

/* The function of "BM_Sort<int>/8" as a case: "google_benchmark/bm_sort". */
static void case_of(const char *name, char *out, size_t size)
{
	size_t n = snprintf(out, size, RESULTS__IMPORTED_FAMILY "/");

	if (size > RESULTS_MAX_NAME + 1)
		size = RESULTS_MAX_NAME + 1;
	for (; *name && *name != '/' && *name != '<' && n + 3 < size; name++) {
		char c = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
		bool letter = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';

		if (!letter && out[n - 1] == '/')
			out[n++] = 'b'; /* a name begins with a letter */
		if (letter || digit)
			out[n++] = c;
		else if (out[n - 1] != '_')
			out[n++] = '_';
	}
	if (out[n - 1] == '/')
		out[n++] = 'b';
	out[n] = '\0';
}

/*
 * The whole name as a param: what a param cannot hold stands as in a URL (%2c), and so does the
 * sign that this takes. malloc'ed; NULL without memory.
 */
static char *param_of(const char *name)
{
	bool integer = results__is_integer(name);
	char *text = malloc(3 * strlen(name) + 1), *to = text;

	for (size_t i = 0; text && name[i]; i++) {
		unsigned char c = (unsigned char)name[i];

		if (c < ' ' || c == 0x7f || c == ',' || c == '%' || (integer && !i))
			to += sprintf(to, "%%%02x", c);
		else
			*to++ = (char)c;
	}
	if (text)
		*to = '\0';
	return text;
}

/* ---- rows of the document ---- */

static int by_name(const void *a, const void *b)
{
	const struct repetition *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	if (!c)
		c = (x->file > y->file) - (x->file < y->file);
	return c ? c : (x->index > y->index) - (x->index < y->index);
}

static int fail_at(const struct import *im, const struct repetition *r, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static int fail_at(const struct import *im, const struct repetition *r, const char *fmt, ...)
{
	char path[48], reason[sizeof(im->err->reason)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	snprintf(path, sizeof(path), "$.benchmarks[%zu]", r->row);
	return results__error(im->err, -EINVAL, im->files[r->file], path, "\"%.80s\" %.400s",
			      results_shown(r->name), reason);
}

/* The repetitions of one benchmark in one file: their number, and the median. */
static int read_one(const struct import *im, const struct repetition *r, size_t nr, double *median)
{
	double *sorted, *ns = malloc(nr * sizeof(*ns));
	int ret = 0;

	for (size_t i = 1; i < nr && !ret; i++)
		if (r[i].index == r[i - 1].index)
			ret = fail_at(im, &r[i], "has repetition %lld twice", r[i].index);
	if (!ret && r->of > (long long)nr)
		ret = fail_at(im, r, "should have %lld repetitions, and has %zu; was the file cut?",
			      r->of, nr);
	for (size_t i = 0; ns && i < nr; i++)
		ns[i] = r[i].ns;
	sorted = ns ? results__sorted(ns, nr) : NULL;
	if (!sorted && !ret)
		ret = no_memory(im);
	if (!ret)
		*median = (sorted[(nr - 1) / 2] + sorted[nr / 2]) / 2;
	free(sorted);
	free(ns);
	return ret;
}

/* Fills samples, room for nr, from the nr repetitions of one benchmark. Returns 0 or an error. */
static int sample(const struct import *im, const struct repetition *r, size_t nr, double *samples,
		  size_t *nr_samples)
{
	int ret = 0;

	*nr_samples = 0;
	for (size_t i = 0, next; i < nr && !ret; i = next) {
		double median = 0;

		for (next = i + 1; next < nr && r[next].file == r[i].file; next++)
			;
		ret = read_one(im, &r[i], next - i, &median);
		if (im->nr_files > 1) {
			samples[(*nr_samples)++] = median;
			continue;
		}
		for (size_t k = i; k < next; k++)
			samples[(*nr_samples)++] = r[k].ns;
	}
	return ret;
}

static int add_measured(struct import *im, const struct repetition *r, size_t nr,
			struct results_measurement *m)
{
	double *samples = malloc(nr * sizeof(*samples));
	int ret = samples ? sample(im, r, nr, samples, &m->nr_samples) : no_memory(im);

	m->metric = results_metric_find("time");
	m->kind = RESULTS_SAMPLED;
	m->nr_ops = 1; /* a time is told per operation */
	m->samples = samples;
	if (!ret)
		ret = results_doc_add(im->doc, m, im->err);
	if (!ret && im->nr_files > 1 && m->nr_samples < im->nr_files)
		im->counts->elsewhere++;
	free(samples);
	return ret;
}

/* Names the file and the benchmark in an error of the document's rules. */
static int explain(const struct import *im, const struct repetition *r, int ret)
{
	char reason[sizeof(im->err->reason)];

	if (!ret || im->err->file[0])
		return ret;
	snprintf(reason, sizeof(reason), "%s", im->err->reason);
	return fail_at(im, r, "%s", reason);
}

static int add_benchmark(struct import *im, const struct repetition *r, size_t nr)
{
	const struct repetition *skipped = NULL;
	struct results_measurement m = { .subject = RESULTS_IMPORTED };
	char case_id[RESULTS_MAX_NAME + 1], *param = param_of(r->name);
	int ret = param ? results_params_set_str(&m.params, "name", param) : -ENOMEM;

	free(param);
	if (ret == -ENOMEM) {
		results_params_free(&m.params);
		return no_memory(im);
	}
	if (ret)
		ret = fail_at(im, r, "is no name of 1 to %d characters", RESULTS_MAX_VALUE);
	case_of(r->name, case_id, sizeof(case_id));
	m.case_id = case_id;
	for (size_t i = 0; i < nr && !skipped; i++)
		skipped = r[i].skipped ? &r[i] : NULL;
	if (!ret && skipped)
		ret = results_doc_add_skipped(im->doc, case_id, &m.params, m.subject,
					      skipped->skipped, im->err);
	else if (!ret)
		ret = add_measured(im, r, nr, &m);
	im->counts->skipped += skipped != NULL;
	im->counts->rows++;
	results_params_free(&m.params);
	return explain(im, skipped ? skipped : r, ret);
}

static int add_benchmarks(struct import *im)
{
	int ret = 0;

	if (!im->nr)
		return results__error(
			im->err, -EINVAL, im->files[0], "$.benchmarks",
			im->counts->aggregates
				? "has aggregates alone; make it without --benchmark_report_aggregates_only"
				: "is empty; does the filter of names match one?");
	qsort(im->v, im->nr, sizeof(*im->v), by_name);
	for (size_t i = 0, next; i < im->nr && !ret; i = next) {
		for (next = i + 1; next < im->nr && !strcmp(im->v[next].name, im->v[i].name);
		     next++)
			;
		ret = add_benchmark(im, &im->v[i], next - i);
	}
	return ret;
}

/* ---- all of it ---- */

static int add_axis(struct import *im)
{
	char key[] = "name", family[] = RESULTS__IMPORTED_FAMILY;
	char means[] = "the benchmark, as its program calls it; %2c stands for a comma";
	char *families[] = { family };
	const struct results_axis axis = {
		.key = key,
		.families = families,
		.nr_families = 1,
		.means = means,
	};

	return results_doc_add_axis(im->doc, &axis, im->err);
}

static int name_ptr_cmp(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The first counters by name: a JSON object has its own order. */
static int name_counters(struct import *im)
{
	size_t nr = json_object_size(im->counters), len = 0, k = 0;
	const char **names = malloc((nr + 1) * sizeof(*names));
	struct results__import_counts *c = im->counts;
	void *it = json_object_iter(im->counters);

	if (!names)
		return no_memory(im);
	for (; it; it = json_object_iter_next(im->counters, it))
		names[k++] = json_object_iter_key(it);
	if (nr)
		qsort(names, nr, sizeof(*names), name_ptr_cmp);
	for (k = 0; k < nr && k < 3; k++)
		len += snprintf(c->names + len, sizeof(c->names) - len, "%s%.40s", k ? ", " : "",
				results_shown(names[k]));
	if (nr > 3)
		snprintf(c->names + len, sizeof(c->names) - len, ", ...");
	c->counters = nr;
	free(names);
	return 0;
}

static int import(struct import *im, const char *command)
{
	int ret = 0;

	im->doc->command = strdup(command);
	if (!im->doc->command || !im->roots || !im->counters)
		return no_memory(im);
	for (size_t i = 0; i < im->nr_files && !ret; i++)
		ret = read_file(im, i);
	if (!ret && im->nr_files > 1 &&
	    results_pairs_set(&im->doc->environment, "sample", "process"))
		ret = no_memory(im);
	if (!ret)
		ret = add_axis(im);
	if (!ret)
		ret = add_benchmarks(im);
	if (!ret)
		ret = name_counters(im);
	if (!ret)
		ret = results__check_header(im->doc, im->err);
	if (ret && !im->err->file[0])
		snprintf(im->err->file, sizeof(im->err->file), "%s", im->files[0]);
	return ret;
}

int results__import_google(const char *const *files, size_t nr, const char *command,
			   struct results_doc **out, struct results__import_counts *counts,
			   struct results_error *err)
{
	struct import im = {
		.files = files,
		.nr_files = nr,
		.roots = calloc(nr, sizeof(*im.roots)),
		.counters = json_object(),
		.counts = counts,
		.err = err,
	};
	int ret = results_doc_new(RESULTS__IMPORTED_PART, "native", &im.doc);

	*out = NULL;
	*err = (struct results_error){ .reason = "" };
	*counts = (struct results__import_counts){ .rows = 0 };
	ret = ret ? no_memory(&im) : import(&im, command);
	for (size_t i = 0; im.roots && i < nr; i++)
		json_decref(im.roots[i]);
	free(im.roots);
	free(im.v);
	json_decref(im.counters);
	if (ret)
		results_doc_free(im.doc);
	else
		*out = im.doc;
	return ret;
}
