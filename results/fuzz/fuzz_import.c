// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes what is imported: one to three of Google Benchmark's files, a section each. What is taken
 * has the rows and samples that are found here without the importer, by jansson; it can be written,
 * and reads as it was written.
 *
 * Covers: results/import_google.c results/import_context.c
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../import.h"
#include "fuzz.h"

#define FILES 3

static json_t *roots[FILES];
static size_t nr_files;

static bool is_iteration(const json_t *row)
{
	const char *type = json_string_value(json_object_get(row, "run_type"));

	return type && !strcmp(type, "iteration");
}

static const char *name_of(const json_t *row)
{
	return json_string_value(json_object_get(row, "name"));
}

static bool is_skipped(const json_t *row)
{
	return json_is_true(json_object_get(row, "error_occurred")) ||
	       json_is_true(json_object_get(row, "skipped"));
}

static double ns_of(const json_t *row)
{
	const char *unit = json_string_value(json_object_get(row, "time_unit"));
	double time = json_number_value(json_object_get(row, "real_time"));

	return time * (!strcmp(unit, "ns")   ? 1
		       : !strcmp(unit, "us") ? 1000
		       : !strcmp(unit, "ms") ? 1000000
					     : 1000000000);
}

/* The name of a measurement's param, with %2c and the like read back. malloc'ed. */
static char *param_name(const struct results_measurement *m)
{
	const char *s = results_params_str(&m->params, "name");
	char *text = malloc(s ? strlen(s) + 1 : 1), *to = text;
	char hex[3] = "";

	if (!s || !text)
		fuzz_fail("a row has no name");
	for (; *s; s++) {
		if (*s != '%') {
			*to++ = *s;
			continue;
		}
		memcpy(hex, s + 1, 2);
		*to++ = (char)strtol(hex, NULL, 16);
		s += 2;
	}
	*to = '\0';
	return text;
}

static int double_cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The times of a benchmark in one file, sorted. Returns their number; SIZE_MAX: it was skipped. */
static size_t times_of(const json_t *root, const char *name, double *times, size_t room)
{
	const json_t *rows = json_object_get(root, "benchmarks"), *row;
	bool skipped = false;
	size_t i, nr = 0;

	json_array_foreach(rows, i, row)
	{
		if (!is_iteration(row) || strcmp(name_of(row), name))
			continue;
		skipped = skipped || is_skipped(row);
		if (!is_skipped(row) && nr < room)
			times[nr++] = ns_of(row);
	}
	qsort(times, nr, sizeof(*times), double_cmp);
	return skipped ? SIZE_MAX : nr;
}

#define ROOM 4096

static bool must_have(const struct results_measurement *m, double sample)
{
	for (size_t i = 0; i < m->nr_samples; i++)
		if (m->samples[i] == sample)
			return true;
	return false;
}

static void check_row(const struct results_measurement *m)
{
	static double times[ROOM];
	char *name = param_name(m);
	bool skipped = false;
	size_t nr_samples = 0;

	for (size_t i = 0; i < nr_files; i++) {
		size_t nr = times_of(roots[i], name, times, ROOM);

		skipped = skipped || nr == SIZE_MAX;
		if (nr == SIZE_MAX || !nr || m->skipped)
			continue;
		nr_samples += nr_files > 1 ? 1 : nr;
		if (nr_files > 1) {
			times[0] = (times[(nr - 1) / 2] + times[nr / 2]) / 2;
			nr = 1;
		}
		for (size_t k = 0; k < nr; k++)
			if (!must_have(m, times[k]))
				fuzz_fail("%s: has not the sample %g", name, times[k]);
	}
	if (skipped != !!m->skipped)
		fuzz_fail("%s: is %sskipped", name, skipped ? "not " : "");
	if (!skipped && (nr_samples != m->nr_samples || !nr_samples))
		fuzz_fail("%s: has %zu samples, must be %zu", name, m->nr_samples, nr_samples);
	if (m->subject != RESULTS_IMPORTED ||
	    (!m->skipped && (strcmp(m->metric->name, "time") || m->kind != RESULTS_SAMPLED)))
		fuzz_fail("%s: is something else", name);
	free(name);
}

/* Different names of all files. */
static size_t nr_names(void)
{
	json_t *names = json_object(), *row;
	size_t nr, k;

	for (size_t i = 0; i < nr_files; i++)
		json_array_foreach(json_object_get(roots[i], "benchmarks"), k, row)
		{
			if (is_iteration(row))
				json_object_set_new(names, name_of(row), json_true());
		}
	nr = json_object_size(names);
	json_decref(names);
	return nr;
}

static void check_contexts(void)
{
	static const char *const keys[] = { "host_name", "num_cpus", "executable",
					    "library_build_type" };

	for (size_t i = 1; i < nr_files; i++)
		for (size_t k = 0; k < 4; k++) {
			json_t *a = json_object_get(json_object_get(roots[0], "context"), keys[k]);
			json_t *b = json_object_get(json_object_get(roots[i], "context"), keys[k]);
			bool text = json_is_string(a) || json_is_string(b);

			if (text && (!a || !b || json_typeof(a) == json_typeof(b)) &&
			    !json_equal(a, b))
				fuzz_fail("files of two programs or machines: %s", keys[k]);
		}
}

static void check(const struct results_doc *doc)
{
	struct results_error err = { .reason = "" };
	char *first = fuzz_path("first.json"), *second = fuzz_path("second.json");
	struct results_doc *again;
	size_t len;
	char *text;

	if (doc->nr_measurements != nr_names())
		fuzz_fail("has %zu rows, must be %zu", doc->nr_measurements, nr_names());
	for (size_t i = 0; i < doc->nr_measurements; i++)
		check_row(&doc->measurements[i]);
	check_contexts();
	if (results_doc_write(doc, first, &err))
		fuzz_fail("cannot be written: %s: %s", err.path, err.reason);
	if (results_doc_read(first, &again, &err))
		fuzz_fail("cannot be read: %s: %s", err.path, err.reason);
	if (results_doc_write(again, second, &err))
		fuzz_fail("cannot be written again: %s: %s", err.path, err.reason);
	text = fuzz_get("first.json", &len);
	fuzz_same_files(text, len, "first.json", "second.json");
	free(text);
	results_doc_free(again);
	free(first);
	free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[FILES] = { "0.json", "1.json", "2.json" };
	struct fuzz_section v[FUZZ_MAX_SECTIONS];
	struct results__import_counts counts;
	struct results_error err = { .reason = "" };
	struct results_doc *doc;
	char *paths[FILES];

	nr_files = fuzz_sections(data, size, v);
	if (nr_files > FILES)
		nr_files = FILES;
	for (size_t i = 0; i < nr_files; i++) {
		paths[i] = fuzz_path(names[i]);
		fuzz_put(names[i], v[i].data, v[i].size);
	}
	if (!results__import_google((const char *const *)paths, nr_files, "ptbench import", &doc,
				    &counts, &err)) {
		fuzz_accepted++;
		for (size_t i = 0; i < nr_files; i++)
			roots[i] = json_loadb((const char *)v[i].data, v[i].size, 0, NULL);
		check(doc);
		for (size_t i = 0; i < nr_files; i++)
			json_decref(roots[i]);
		results_doc_free(doc);
	} else if (!err.reason[0] || !err.file[0]) {
		fuzz_fail("refused, and it is not said why: %s: %s", err.file, err.reason);
	}
	for (size_t i = 0; i < nr_files; i++)
		free(paths[i]);
	return 0;
}

static size_t change_json(uint8_t *piece, size_t size, size_t max, struct fuzz_random *r)
{
	return fuzz_mutate_json(piece, size, max, r);
}

static size_t keep_end(uint8_t *piece, size_t size, size_t max)
{
	(void)piece;
	(void)max;
	return size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	return fuzz_mutate_section(data, size, max, seed, change_json, keep_end);
}
