// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs of many rows: the complete synthetic run, with many copies of the rows and checks of some
 * parts, which differ in a param.
 */
#include <stdlib.h>
#include <string.h>

#include "many.h"
#include "synth.h"

#define FORCED "forced-rcu.icount-2cpu"

const struct many_shape many_shapes[NR_MANY_SHAPES] = {
	{ "all parts", "", 4 },
	{ "events", "icount-2cpu", 32 },
	{ "native", "native", 4 },
	{ "ref.static", "ref.static", 64 },
};

static void die(const struct results_error *err)
{
	results_error_print(stderr, err);
	exit(1);
}

/*
 * Adds a copy of the i-th row, with param copy=n. more: added to its samples, per operation, so
 * that two kernels' counts differ.
 */
static void copy_row(struct results_doc *doc, size_t i, int n, int more)
{
	struct results_measurement m = doc->measurements[i];
	struct results_params params = { 0 };
	struct results_error err = { .reason = "out of memory" };
	double samples[64] = { 0 };
	int ret = results_params_copy(&params, &m.params);

	if (!ret)
		ret = results_params_set_int(&params, "copy", n);
	m.params = params;
	for (size_t k = 0; k < m.nr_samples && k < 64; k++)
		samples[k] = m.samples[k] + more * (double)m.nr_ops;
	m.samples = samples;
	if (!ret && m.skipped)
		ret = results_doc_add_skipped(doc, m.case_id, &params, m.subject, m.skipped, &err);
	else if (!ret)
		ret = results_doc_add(doc, &m, &err);
	if (ret)
		die(&err);
	results_params_free(&params);
}

static void copy_check(struct results_doc *doc, size_t i, int n)
{
	struct results_check c = doc->checks[i];
	struct results_params params = { 0 };
	struct results_error err = { .reason = "out of memory" };
	int ret = results_params_copy(&params, &c.params);

	if (!ret)
		ret = results_params_set_int(&params, "copy", n);
	if (!ret)
		ret = results_doc_add_check(doc, c.id, &params, c.expect, c.seen, c.ok, &err);
	if (ret)
		die(&err);
	results_params_free(&params);
}

/* Copies a part's rows `by` times; returns how many rows the part has then. */
static size_t multiply(const char *file, int by)
{
	static const struct results_axis copy = { .key = (char *)"copy",
						  .means = (char *)"Which copy." };
	struct results_error err;
	struct results_doc *doc;
	size_t rows, checks;

	if (results_doc_read(file, &doc, &err) ||
	    (!results_axis_of(doc, "copy", "") && results_doc_add_axis(doc, &copy, &err)))
		die(&err);
	rows = doc->nr_measurements;
	checks = doc->nr_checks;
	for (int n = 1; n < by; n++) {
		for (size_t i = 0; i < rows; i++)
			copy_row(doc, i, n, strstr(file, FORCED) ? 1 : 0);
		for (size_t i = 0; i < checks; i++)
			copy_check(doc, i, n);
	}
	rows = doc->nr_measurements + doc->nr_checks;
	if (results_doc_write(doc, file, &err))
		die(&err);
	results_doc_free(doc);
	return rows;
}

size_t many_rows(const char *folder, const char *parts, int by, char *dir)
{
	struct results_error err;
	struct results_run *run;
	char file[1200];
	size_t rows = 0;

	if (synth_run(folder, SYNTH_COMPLETE, folder, dir))
		exit(1);
	if (results_run_read(dir, &run, &err))
		die(&err);
	for (size_t i = 0; i < run->nr_parts; i++) {
		snprintf(file, sizeof(file), "%s/%s", dir, run->parts[i].file);
		rows += multiply(file, strstr(run->parts[i].name, parts) ? by : 1);
	}
	results_run_free(run);
	return rows;
}
