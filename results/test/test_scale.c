// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counts how often rows and checks are compared with one another: at most n log n times; comparing
 * each with all earlier ones would take n * n. Every comparison of two rows of one case calls
 * results_params_cmp(); the linker redirects these calls to the counter (--wrap).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../internal.h"

#include "../../scripts/tap.h"

#define NR 4096 /* skipped rows, measurements and checks of a document, each */

int __real_results_params_cmp(const struct results_params *a, const struct results_params *b);
int __wrap_results_params_cmp(const struct results_params *a, const struct results_params *b);

static size_t nr_compared;

int __wrap_results_params_cmp(const struct results_params *a, const struct results_params *b)
{
	nr_compared++;
	return __real_results_params_cmp(a, b);
}

static size_t log_of(size_t n)
{
	return n < 2 ? 1 : 1 + log_of(n / 2);
}

/* ok() if the comparisons for nr rows and checks are within the limit. */
static void within(const char *what, size_t nr)
{
	size_t most = 2 * nr * log_of(nr);

	ok(nr_compared <= most, "%s: %zu comparisons for %zu, at most %zu", what, nr_compared, nr,
	   most);
	nr_compared = 0;
}

/* Skipped rows of one case, checks of one name, measurements of another case. */
static struct results_doc *make(void)
{
	static const struct results_axis n = { .key = "n", .means = "which" };
	static double samples[31];
	struct results_measurement m = {
		.case_id = "kmap/pair",
		.metric = results_metric_find("instructions"),
		.nr_ops = 1,
		.samples = samples,
		.nr_samples = 31,
	};
	struct results_error err;
	struct results_doc *doc;

	if (results_doc_new("p", "icount", &doc))
		exit(1);
	doc->command = strdup("c");
	if (results_doc_add_axis(doc, &n, &err))
		exit(1);
	for (int i = 0; i < NR; i++) {
		results_params_set_int(&m.params, "n", i * 7919 % NR);
		if (results_doc_add_skipped(doc, "a/b", &m.params, RESULTS_REF, "no", &err) ||
		    results_doc_add_check(doc, "c", &m.params, "e", "s", true, &err) ||
		    results_doc_add(doc, &m, &err)) {
			results_error_print(stderr, &err);
			exit(1);
		}
	}
	results_params_free(&m.params);
	return doc;
}

static void test_find(struct results_doc *doc)
{
	struct results_measurement gone = doc->measurements[1];
	size_t found = 0;

	for (size_t i = 0; i < doc->nr_measurements; i++)
		found += doc->measurements[i].skipped ||
			 results_doc_find(doc, &doc->measurements[i]) == &doc->measurements[i];
	ok(found == 2 * NR, "every measurement is found");
	gone.metric = results_metric_find("time");
	ok(!results_doc_find(doc, &gone), "one of another metric is not");
	gone = doc->measurements[1];
	gone.subject = RESULTS_LIBURCU;
	ok(!results_doc_find(doc, &gone), "nor is one of another subject");
	within("finding", 2 * NR);
}

/* A caller may shrink the document's array: the index is then made anew. */
static void test_shrunk(struct results_doc *doc)
{
	struct results_measurement last = doc->measurements[doc->nr_measurements - 1];
	struct results_error err;

	doc->nr_measurements--;
	ok(!results_doc_find(doc, &last), "what was taken away is not found");
	ok(!results_doc_add(doc, &last, &err) && results_doc_add(doc, &last, &err) == -EEXIST,
	   "and may be added again, once");
	results__measurement_free(&last);
	nr_compared = 0;
}

static int compare(struct results_doc *a, struct results_doc *b)
{
	struct results__source base = { .path = "a", .docs = &a, .nr_docs = 1 }, *s = &base;
	struct results__source new = { .path = "b", .docs = &b, .nr_docs = 1 }, *n = &new;
	struct results_comparison *c;
	FILE *f = fopen("/dev/null", "w");
	int ret = 2;

	if (f && !results__compare(&s, 1, &n, 1, NULL, &c, NULL)) {
		ret = results_comparison_print(f, c, true) ? 2 : c->status;
		results_comparison_free(c);
	}
	if (f)
		fclose(f);
	return ret;
}

/* Every row of the base is missing, and compare looks for the reason of each. */
static void test_skipped(struct results_doc *base)
{
	struct results_error err;
	struct results_doc *new;

	if (results_doc_new("p", "icount", &new))
		exit(1);
	for (size_t i = 0; i < base->nr_measurements; i++)
		if (results_doc_add_skipped(new, base->measurements[i].case_id,
					    &base->measurements[i].params, RESULTS_REF, "no", &err))
			exit(1);
	nr_compared = 0;
	ok(compare(base, new) == 3, "with one that skips all of its rows, too");
	within("comparing with what was skipped", 5 * NR);
	results_doc_free(new);
}

int main(void)
{
	struct results_doc *doc = make(), *again;
	char file[] = "/tmp/ptbench-scale.XXXXXX";
	int fd = mkstemp(file);

	ok(doc->nr_measurements == 2 * NR && doc->nr_checks == NR, "rows and checks are added");
	within("adding", 3 * NR);
	test_find(doc);
	test_shrunk(doc);
	ok(fd >= 0 && !results_doc_write(doc, file, NULL), "they are written");
	ok(nr_compared > NR, "comparisons are counted: %zu", nr_compared);
	within("writing", 3 * NR);
	ok(!results_doc_read(file, &again, NULL), "and read");
	within("reading", 3 * NR);
	ok(!compare(again, again), "it is compared with itself");
	within("comparing", 6 * NR);
	test_skipped(again);
	results_doc_free(again);
	results_doc_free(doc);
	close(fd);
	unlink(file);
	return tap_done();
}
