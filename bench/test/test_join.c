// SPDX-License-Identifier: GPL-2.0-or-later
/* Documents of several processes, joined: whose samples, of how many operations, what else. */

#include <array_size.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../join.h"

#include "../../scripts/tap.h"

#define NR 7

static struct results_error err;

static struct results_doc *new_doc(int i)
{
	static const struct results_axis n = { .key = "n", .means = "which" };
	struct results_doc *doc;

	if (results_doc_new("native", "native", &doc) || results_doc_add_axis(doc, &n, &err))
		exit(1);
	doc->command = strdup("c");
	results_pairs_setf(&doc->environment, "load", "%d", i);
	results_pairs_set(&doc->subject, "suite", "abc");
	return doc;
}

static void add(struct results_doc *doc, long long n, const char *metric, double sample,
		long long nr_ops, long long discarded)
{
	struct results_measurement m = {
		.case_id = (char *)"kmap/pair",
		.metric = results_metric_find(metric),
		.kind = RESULTS_SAMPLED,
		.nr_ops = nr_ops,
		.samples = &sample,
		.nr_samples = 1,
		.discarded = discarded,
	};

	if (results_params_set_int(&m.params, "n", n) || results_doc_add(doc, &m, &err))
		exit(1);
	results_params_free(&m.params);
}

static void skip(struct results_doc *doc, long long n, const char *why)
{
	struct results_params p = { 0 };

	if (results_params_set_int(&p, "n", n) ||
	    results_doc_add_skipped(doc, "kmap/pair", &p, RESULTS_REF, why, &err))
		exit(1);
	results_params_free(&p);
}

static void check(struct results_doc *doc, const char *id, const char *seen, bool good)
{
	struct results_params none = { 0 };

	if (results_doc_add_check(doc, id, &none, "fine", seen, good, &err))
		exit(1);
}

static const struct results_measurement *row(const struct results_doc *doc, long long n,
					     const char *metric)
{
	for (size_t i = 0; i < doc->nr_measurements; i++) {
		const struct results_measurement *m = &doc->measurements[i];

		if (results_params_int(&m->params, "n", -1) == n &&
		    (metric ? m->metric && !strcmp(m->metric->name, metric) : !m->metric))
			return m;
	}
	return NULL;
}

/*
 * Row 0: quiet; 1: one disturbed; 2: most are; 3: skipped in some; 4: in all; 5: other nr_ops;
 * 6: all disturbed.
 */
static struct results_doc *one(int i)
{
	struct results_doc *doc = new_doc(i);

	add(doc, 0, "time", 100 + i, 10, 0);
	add(doc, 0, "slots_peak", 30, 10, 0);
	add(doc, 1, "time", 200 + i, 10, i == 3);
	add(doc, 2, "time", 300 + i, 10, i > 2);
	if (i % 2)
		skip(doc, 3, i == 5 ? "newest" : "older");
	else
		add(doc, 3, "time", 400 + i, 10, 0);
	skip(doc, 4, i == NR - 1 ? "newest" : "older");
	add(doc, 5, "time", (500 + i) * (i ? 2 : 1), i ? 20 : 10, 0);
	add(doc, 6, "time", 606 - i, 10, 1);
	check(doc, "a", i == 4 ? "bad" : "good", i != 4);
	check(doc, "b", "good", true);
	return doc;
}

static bool has(const struct results_measurement *m, size_t nr, double first, double last,
		long long discarded)
{
	return m && m->nr_samples == nr && m->samples[0] == first && m->samples[nr - 1] == last &&
	       m->discarded == discarded && m->nr_ops == 10 && m->kind == RESULTS_SAMPLED;
}

/* Measured next to documents of another build, of which the second and the last were disturbed. */
static void in_pairs(struct results_doc *docs[NR])
{
	struct results_doc *partners[NR], *doc;
	size_t busy, rows;

	for (int i = 0; i < NR; i++) {
		partners[i] = new_doc(i);
		add(partners[i], 0, "time", 700 + i, 10, i == 1 || i == NR - 1);
		if (i != 2)
			add(partners[i], 1, "time", 800 + i, 10, 0);
	}
	if (ok(!join_documents(docs, partners, NR, &doc, &busy, &rows, &err),
	       "documents are joined in pairs")) {
		ok(has(row(doc, 0, "time"), NR - 2, 100, 105, 2) &&
			   row(doc, 0, "time")->samples[1] == 102,
		   "a sample whose partner was disturbed is left out");
		ok(has(row(doc, 1, "time"), NR - 2, 200, 206, 2),
		   "and one without a partner, or disturbed itself");
		ok(has(row(doc, 5, "time"), NR, 500, 506, 0),
		   "a row that the partners have not is joined as ever");
		results_doc_free(doc);
	}
	for (int i = 0; i < NR; i++)
		results_doc_free(partners[i]);
}

int main(void)
{
	struct results_doc *docs[NR], *doc;
	size_t busy, rows;

	for (int i = 0; i < NR; i++)
		docs[i] = one(i);
	if (!ok(!join_documents(docs, NULL, NR, &doc, &busy, &rows, &err),
		"seven documents are joined"))
		return tap_done();
	ok(!strcmp(results_pairs_get(&doc->environment, "sample"), "process") &&
		   !strcmp(results_pairs_get(&doc->environment, "load"), "0") &&
		   !strcmp(doc->command, "c") && doc->nr_axes == 1,
	   "the environment says so, and is otherwise the first's");
	ok(has(row(doc, 0, "time"), NR, 100, 106, 0), "a sample of each, in order");
	ok(has(row(doc, 0, "slots_peak"), NR, 30, 30, 0), "of each metric");
	ok(has(row(doc, 1, "time"), 6, 200, 206, 1), "one that was disturbed is left out");
	ok(has(row(doc, 2, "time"), 3, 300, 302, 4), "so are most, and few remain");
	ok(has(row(doc, 6, "time"), 1, 600, 600, 6), "if all were, the least is one sample");
	ok(busy == 2 && rows == 6, "which is counted: %zu of %zu rows", busy, rows);
	ok(has(row(doc, 3, "time"), 4, 400, 406, 3) && !row(doc, 3, NULL),
	   "a row that some skipped has the others' samples");
	ok(row(doc, 4, NULL) && !strcmp(row(doc, 4, NULL)->skipped, "newest"),
	   "one that all skipped has the newest reason");
	ok(has(row(doc, 5, "time"), NR, 500, 506, 0), "samples are of the first's operations");
	ok(doc->nr_checks == 2 && !doc->checks[0].ok && !strcmp(doc->checks[0].seen, "bad") &&
		   doc->checks[1].ok,
	   "a check fails if it failed in one");
	results_doc_free(doc);
	ok(!join_documents(docs, NULL, 1, &doc, &busy, &rows, &err) &&
		   has(row(doc, 0, "time"), 1, 100, 100, 0),
	   "one alone is joined, too");
	results_doc_free(doc);
	in_pairs(docs);
	for (int i = 0; i < NR; i++)
		results_doc_free(docs[i]);
	return tap_done();
}
