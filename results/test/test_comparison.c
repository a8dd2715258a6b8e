// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * results_compare() as its callers see it: its return values, ownership and errors, and values that
 * differ although their doubles are equal. test_compare.t tests the verdict on each pair of
 * documents.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <results/compare.h>

#include "../../scripts/tap.h"

static char dir[] = "/tmp/ptbench-comparison.XXXXXX";

static struct results_amount integer(long long total, long long nr_ops)
{
	return (struct results_amount){ .is_integer = true, .total = total, .nr_ops = nr_ops };
}

static struct results_amount real(double x, long long nr_ops)
{
	return (struct results_amount){ .real = x, .nr_ops = nr_ops };
}

static void test_values(void)
{
	const long long e15 = 1000000000000000LL, most = (1LL << 53) - 1;
	struct results_amount a = integer(e15 + 2, e15 + 1), b = integer(e15 + 1, e15);
	struct results_amount third = integer(1, 3), two = integer(2, 6), half = real(0.5, 1);
	struct results_amount low = integer(most - 1, most), high = integer(most, most - 1);

	ok(results_amount_number(&a) == results_amount_number(&b), "as doubles both are one value");
	ok(results_amount_cmp(&a, &b) < 0 && results_amount_cmp(&b, &a) > 0,
	   "as fractions they are not");
	ok(results_amount_change(&a, &b) > 0 && results_amount_change(&b, &a) < 0,
	   "nor is their difference 0");
	ok(!results_amount_cmp(&third, &two) && results_amount_change(&third, &two) == 0,
	   "1 of 3 is 2 of 6");
	ok(results_amount_cmp(&low, &high) < 0 && results_amount_change(&low, &high) > 0,
	   "the largest integers do not overflow");
	ok(results_amount_cmp(&third, &half) < 0 && results_amount_cmp(&half, &third) > 0 &&
		   results_amount_change(&third, &half) > 0.16,
	   "an integer and a sampled value are compared");
}

static void save(const char *name, long long cost, bool good, char path[64])
{
	double samples[31];
	struct results_measurement m = {
		.case_id = "gup_fast/walk",
		.subject = RESULTS_KERNEL,
		.nr_ops = 10,
		.metric = results_metric_find("instructions"),
		.samples = samples,
		.nr_samples = 31,
	};
	struct results_params none = { 0 };
	struct results_error err;
	struct results_doc *doc;

	for (int i = 0; i < 31; i++)
		samples[i] = cost;
	snprintf(path, 64, "%s/%s", dir, name);
	if (results_doc_new("stock.icount-1cpu", "icount", &doc) ||
	    results_doc_add(doc, &m, &err) ||
	    results_doc_add_check(doc, "gup_fast/only", &none, "0 wrong",
				  good ? "0 wrong" : "3 wrong", good, &err))
		exit(1);
	doc->command = strdup("c");
	results_pairs_set(&doc->environment, "qemu", "7.2");
	results_pairs_set(&doc->subject, "suite", name);
	if (results_doc_write(doc, path, &err))
		exit(1);
	results_doc_free(doc);
}

static void test_fields(const char *base, const char *head)
{
	const struct results_side sides[] = { { &base, 1 }, { &head, 1 } };
	const struct results_compared_part *p;
	const struct results_compared_row *r;
	struct results_comparison *c;
	char *text;

	if (results_compare(&sides[0], &sides[1], NULL, &c, NULL))
		exit(1);
	p = c->parts;
	r = p->rows;
	ok(c->status == 1 && c->nr_parts == 1 && p->nr_rows == 1 && p->nr_checks == 1 &&
		   p->nr_docs == 2 && p->nr_base == 1,
	   "one part, one row, one check: worse");
	ok(!strcmp(c->conclusion,
		   "regression: 1 row regressed, 1 check fails that passed in the base"),
	   "the conclusion in words");
	ok(!strcmp(c->judged, "judged: 1 row and 1 check of 1 part") && !c->not_judged && !c->equal,
	   "and the totals");
	ok(r->verdict == RESULTS_ROW_WORSE && r->judged == r->verdict && !r->why &&
		   r->base_value.is_integer && r->base_value.total == 500 &&
		   r->head_value.total == 501 && r->head_value.nr_ops == 10,
	   "the row has both values, as integers");
	ok(results_row_stands_out(r) && results_row_distance(r) > 0 &&
		   results_row_distance(r) < 0.01,
	   "it stands out");
	text = results_row_change_text(r);
	ok(text && !strcmp(text, "+0.1 (+0.20 %)"), "by how much it changed: %s", text);
	free(text);
	ok(p->checks->verdict == RESULTS_CHECK_LOST && p->checks->base->ok && !p->checks->head->ok,
	   "the check was lost");
	ok(p->nr_differences == 1 && !strcmp(p->differences->key, "suite") &&
		   !p->differences->is_environment && !strcmp(p->differences->values[1], "head"),
	   "in what the subjects differ");
	ok(c->totals.rows[RESULTS_ROW_WORSE] == 1 && c->totals.checks[RESULTS_CHECK_LOST] == 1 &&
		   c->totals.compared == 1 && c->totals.exact == 1,
	   "all of it is counted");
	results_comparison_free(c);
}

/* The strings of the options may be freed before the comparison is used. */
static void test_allowed(const char *base, const char *head)
{
	char *allow = strdup("gup_fast/*:instructions");
	const struct results_side sides[] = { { &base, 1 }, { &head, 1 } };
	struct results_compare_options options = {
		.allowed = (const char *const *)&allow,
		.nr_allowed = 1,
	};
	struct results_comparison *c;

	if (results_compare(&sides[0], &sides[1], &options, &c, NULL))
		exit(1);
	memset(allow, 'x', strlen(allow));
	free(allow);
	ok(c->nr_allowed == 1 && !strcmp(c->allowed->text, "gup_fast/*:instructions") &&
		   c->allowed->used == 1,
	   "an allowance that was used");
	ok(c->parts->rows->verdict == RESULTS_ROW_ALLOWED &&
		   c->parts->rows->judged == RESULTS_ROW_WORSE &&
		   !c->totals.rows[RESULTS_ROW_WORSE],
	   "the row would be worse, and is not counted so");
	ok(c->status == 1 &&
		   !strcmp(c->conclusion, "regression: 1 check fails that passed in the base"),
	   "what is left is the check");
	results_comparison_free(c);
}

/* Two documents in memory, of parts with two names: what compare would call missing and extra. */
static void test_docs(const char *base_file, const char *head_file)
{
	const struct results_compared_part *p;
	struct results_doc *base, *head;
	struct results_comparison *c;
	struct results_error err;

	if (results_doc_read(base_file, &base, &err) || results_doc_read(head_file, &head, &err))
		exit(1);
	free(head->part);
	head->part = strdup("stock@7.3.icount-1cpu");
	if (results_compare_docs(base, head, NULL, &c, &err))
		exit(1);
	p = c->parts;
	ok(c->nr_parts == 1 && p->verdict == RESULTS_PART_COMPARED && p->nr_rows == 1 &&
		   p->rows->verdict == RESULTS_ROW_WORSE && !strcmp(p->name, head->part),
	   "documents of two parts are compared row by row");
	ok(c->nr_runs == 2 && c->runs[0].is_document && c->runs[1].is_head && c->status == 1,
	   "as two documents that are no runs");
	results_comparison_free(c);
	results_pairs_set(&head->environment, "qemu", "8.0");
	if (results_compare_docs(base, head, NULL, &c, &err))
		exit(1);
	ok(c->parts->verdict == RESULTS_PART_INCOMPARABLE && c->status == 3,
	   "unless their environments differ");
	results_comparison_free(c);
	results_doc_free(base);
	results_doc_free(head);
}

static void test_errors(const char *base)
{
	const char *gone = "/nonexistent/run", *nonsense = "nonsense";
	const struct results_side sides[] = { { &base, 1 }, { &gone, 1 } };
	struct results_compare_options options = { .allowed = &nonsense, .nr_allowed = 1 };
	struct results_comparison *c = (void *)1;
	struct results_error err = { "", "", "" };

	ok(results_compare(&sides[0], &sides[1], NULL, &c, &err) == -ENOENT && !c &&
		   !strcmp(err.file, gone),
	   "a run that is not there: %s", err.reason);
	c = (void *)1;
	ok(results_compare(&sides[0], &sides[0], &options, &c, &err) == -EINVAL && !c &&
		   strstr(err.reason, "nonsense"),
	   "what no allowance is: %s", err.reason);
	results_comparison_free(NULL);
}

int main(void)
{
	char base[64], head[64];

	if (!mkdtemp(dir))
		return 1;
	test_values();
	save("base", 500, true, base);
	save("head", 501, false, head);
	test_fields(base, head);
	test_allowed(base, head);
	test_docs(base, head);
	test_errors(base);
	unlink(base);
	unlink(head);
	rmdir(dir);
	return tap_done();
}
