// SPDX-License-Identifier: GPL-2.0-or-later
/* Axes: adding them, looking them up by family, and rows with values that no axis has. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <results/results.h>

#include "../../scripts/tap.h"

static struct results_error err;
static char file[] = "/tmp/ptbench-axes-XXXXXX";

static struct results_doc *new_doc(void)
{
	struct results_doc *doc;

	if (results_doc_new("native", "native", &doc))
		exit(1);
	doc->command = strdup("make bench");
	return doc;
}

static struct results_value gup[] = {
	{ .value = "offset_lockless", .label = "merged", .means = "as in 5.9" },
	{ .value = "static",
	  .label = "static",
	  .means = "as before",
	  .busted = true,
	  .of = "offset_lockless" },
};
static struct results_value kmap[] = { { .value = "merged", .label = "merged", .means = "5.11" } };
static char *gup_families[] = { "gup_fast", "pin_fast" }, *kmap_families[] = { "kmap" };
static const struct results_axis designs = { "design", gup_families, 2, "the walk", gup, 2 };
static const struct results_axis stacks = { "design", kmap_families, 1, "the stack", kmap, 1 };
static const struct results_axis pages = { "pages", NULL, 0, "how many", NULL, 0 };
static const struct results_axis any_design = { "design", NULL, 0, "any", NULL, 0 };

static int add(struct results_doc *doc, const char *case_id, const char *params)
{
	struct results_params p = { 0 };
	int ret = results_params_parse(&p, params)
			  ?: results_doc_add_skipped(doc, case_id, &p, RESULTS_REF, "no", &err);

	results_params_free(&p);
	return ret;
}

static void test_lookup(void)
{
	struct results_doc *doc = new_doc();
	const struct results_axis *walk, *stack;

	ok(!results_axis_of(doc, "design", "gup_fast/walk"),
	   "a document without axes says nothing");
	ok(!results_doc_add_axis(doc, &designs, &err) && !results_doc_add_axis(doc, &stacks, &err),
	   "one key, two axes of different families");
	walk = results_axis_of(doc, "design", "gup_fast/walk");
	stack = results_axis_of(doc, "design", "kmap/pair");
	ok(walk && !strcmp(walk->means, "the walk") && stack &&
		   !strcmp(stack->means, "the stack") &&
		   results_axis_of(doc, "design", "pin_fast/only") == walk,
	   "each family has its own");
	ok(!results_axis_of(doc, "design", "gup/walk") &&
		   !results_axis_of(doc, "design", "gup_fast2/walk") &&
		   !results_axis_of(doc, "designs", "kmap/pair"),
	   "and another family or key none");
	ok(results_value_of(walk, "static") == &walk->values[1] && walk->values[1].busted &&
		   !strcmp(walk->values[1].of, "offset_lockless") && walk->values != gup,
	   "values are copied whole, in their order");
	ok(!results_value_of(walk, "merged") && !results_value_of(NULL, "merged"),
	   "what an axis does not know is NULL");
	ok(results_doc_add_axis(doc, &designs, &err) == -EEXIST && strstr(err.reason, "gup_fast"),
	   "twice in one family: refused, naming it");
	ok(results_doc_add_axis(doc, &any_design, &err) == -EEXIST && doc->nr_axes == 2,
	   "an axis of all families beside them: refused");
	results_doc_free(doc);
}

static void test_wrong(void)
{
	struct results_value twice[] = { kmap[0], kmap[0] }, lone = gup[1], digits = kmap[0];
	struct results_value circle[] = { gup[0], gup[1] }, lines = kmap[0], leveled = kmap[0];
	struct results_level level = { "pmd", RESULTS_FOLD_NO };
	struct results_doc *doc = new_doc();
	struct results_axis axis = stacks;

	axis.values = twice;
	axis.nr_values = 2;
	ok(results_doc_add_axis(doc, &axis, &err) == -EINVAL &&
		   !strcmp(err.path, ".values[1].value"),
	   "a value twice: refused at the second");
	axis.values = &lone;
	axis.nr_values = 1;
	ok(results_doc_add_axis(doc, &axis, &err) == -EINVAL && !strcmp(err.path, ".values[0].of"),
	   "a variant of what is not there: refused");
	digits.value = "12";
	axis.values = &digits;
	ok(results_doc_add_axis(doc, &axis, &err) == -EINVAL &&
		   !strcmp(err.path, ".values[0].value"),
	   "a value that a param would have as an integer: refused");
	lines.label = "a\nb";
	axis.values = &lines;
	ok(results_doc_add_axis(doc, &axis, &err) == -EINVAL &&
		   !strcmp(err.path, ".values[0].label"),
	   "a label of two lines: refused");
	leveled.levels = &level;
	leveled.nr_levels = 1;
	axis.values = &leveled;
	ok(results_doc_add_axis(doc, &axis, &err) == -EINVAL &&
		   !strcmp(err.path, ".values[0].levels"),
	   "levels of what is no format: refused");
	circle[0].of = circle[1].value;
	axis.values = circle;
	axis.nr_values = 2;
	ok(results_doc_add_axis(doc, &axis, &err) == -EINVAL && !strcmp(err.path, ".values[0].of"),
	   "variants of each other: refused");
	axis = stacks;
	axis.means = NULL;
	ok(results_doc_add_axis(doc, &axis, &err) == -EINVAL && !strcmp(err.path, ".means"),
	   "an axis that says nothing: refused");
	ok(!doc->nr_axes, "and none of them is there");
	results_doc_free(doc);
}

static void test_rows(void)
{
	struct results_doc *doc = new_doc(), *again;

	add(doc, "gup_fast/walk", "design=static,pages=4");
	ok(!results_doc_add_axis(doc, &designs, &err) &&
		   results_doc_write(doc, file, &err) == -EINVAL &&
		   !strcmp(err.path, "$.measurements[0].params.pages") &&
		   strstr(err.reason, "no axis"),
	   "a row is not written of which no axis says what an integer means");
	ok(!results_doc_add_axis(doc, &pages, &err) && !results_doc_write(doc, file, &err),
	   "rows whose values are there are written");
	ok(!results_doc_read(file, &again, &err) && again->nr_axes == 2 &&
		   again->axes[0].values[1].busted,
	   "and read again with their axes");
	results_doc_free(again);
	add(doc, "kmap/pair", "design=merged");
	ok(results_doc_write(doc, file, &err) == -EINVAL &&
		   !strcmp(err.path, "$.measurements[1].params.design") &&
		   strstr(err.reason, "kmap/pair"),
	   "nor of a family of which no axis speaks");
	ok(!results_doc_add_axis(doc, &stacks, &err) && !results_doc_write(doc, file, &err),
	   "until one does");
	add(doc, "pin_fast/walk", "design=merged");
	ok(results_doc_write(doc, file, &err) == -EINVAL &&
		   !strcmp(err.path, "$.measurements[2].params.design") &&
		   strstr(err.reason, "merged"),
	   "a value that its axis lacks is not written");
	results_doc_free(doc);
	doc = new_doc();
	add(doc, "gup_fast/walk", "design=7");
	ok(!results_doc_add_axis(doc, &designs, &err) &&
		   results_doc_write(doc, file, &err) == -EINVAL &&
		   !strcmp(err.path, "$.measurements[0].params.design") &&
		   strstr(err.reason, "is the number 7"),
	   "nor a number where the axis lists values");
	doc->version = 1;
	ok(results_doc_write(doc, file, &err) == -EINVAL && !strcmp(err.path, "$.axes"),
	   "nor are axes in version 1");
	doc->version = RESULTS_VERSION + 1;
	ok(results_doc_write(doc, file, &err) == -EINVAL && !strcmp(err.path, "$.version"),
	   "and a version that there is not");
	results_doc_free(doc);
}

static struct results_value scenarios[] = {
	{ .value = "plain", .label = "plain", .means = "stock" },
	{ .value = "broken", .label = "broken", .means = "is wrong", .busted = true, .of = "plain" },
};
static const struct results_axis kernels = { "scenario", NULL, 0, "which", scenarios, 2 };

static void test_scenario(void)
{
	struct results_value busted = scenarios[0];
	struct results_axis axis = kernels;
	struct results_doc *doc = new_doc();

	busted.busted = true;
	axis.values = &busted;
	axis.nr_values = 1;
	ok(results_doc_add_axis(doc, &axis, &err) == -EINVAL &&
		   !strcmp(err.path, ".values[0].busted") && strstr(err.reason, "stock"),
	   "a stock scenario that is busted: refused");
	if (results_pairs_set(&doc->subject, "scenario", "broken"))
		exit(1);
	ok(results_doc_write(doc, file, &err) == -EINVAL && !strcmp(err.path, "$.axes") &&
		   strstr(err.reason, "`scenario`") && strstr(err.reason, "\"broken\""),
	   "a guest's document that does not say what its scenario is: not written");
	ok(!results_doc_add_axis(doc, &kernels, &err) && !results_doc_write(doc, file, &err),
	   "until it does");
	results_doc_free(doc);
}

static void test_labels_and_levels(void)
{
	struct results_level levels[] = { { "pmd", RESULTS_FOLD_NO }, { "pud", RESULTS_FOLD_NO } };
	struct results_value blank = kmap[0], turned = kmap[0];
	struct results_axis axis = stacks;
	struct results_doc *doc = new_doc();

	blank.label = " \t";
	axis.values = &blank;
	ok(results_doc_add_axis(doc, &axis, &err) == -EINVAL &&
		   !strcmp(err.path, ".values[0].label") && strstr(err.reason, "blank"),
	   "a label of blanks: refused");
	turned.levels = levels;
	turned.nr_levels = 2;
	axis.key = "format";
	axis.values = &turned;
	ok(results_doc_add_axis(doc, &axis, &err) == -EINVAL &&
		   !strcmp(err.path, ".values[0].levels[1].level") &&
		   strstr(err.reason, "\"pud\" stands below \"pmd\""),
	   "a level below one that it is above: refused");
	results_doc_free(doc);
}

int main(void)
{
	int fd = mkstemp(file);

	if (fd < 0)
		return 1;
	close(fd);
	test_lookup();
	test_wrong();
	test_scenario();
	test_labels_and_levels();
	test_rows();
	unlink(file);
	return tap_done();
}
