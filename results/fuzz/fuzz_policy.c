// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes policies: one that is read lets two fixed documents pass only as it says. What it says is
 * found out here without its reader: by jansson, and by comparing texts.
 *
 * Covers: results/policy.c results/settle.c results/json.c
 */
#include <fnmatch.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../internal.h"
#include "fuzz.h"

#define PART "stock.icount-1cpu"
#define CASE "gup_fast/walk"
#define METRIC "instructions"
#define TODAY "2026-06-30"

/* A document with an exact row of so many instructions, without params. */
static struct results_doc *doc_of(double instructions)
{
	double samples[RESULTS_SAMPLES_COST];
	char case_id[] = CASE;
	struct results_measurement m = {
		.case_id = case_id,
		.metric = results_metric_find(METRIC),
		.nr_ops = 1,
		.samples = samples,
		.nr_samples = RESULTS_SAMPLES_COST,
	};
	struct results_doc *doc;

	for (size_t i = 0; i < RESULTS_SAMPLES_COST; i++)
		samples[i] = instructions;
	if (results_doc_new(PART, "icount", &doc) || results_doc_add(doc, &m, NULL))
		fuzz_fail("no memory");
	return doc;
}

static bool is_match(const json_t *entry, const char *key, const char *name)
{
	const char *pattern = json_string_value(json_object_get(entry, key));

	return !pattern || !fnmatch(pattern, name, 0);
}

/* Whether an entry of the policy is of the row, which has no params. */
static bool is_of_row(const json_t *entry)
{
	const char *kind = json_string_value(json_object_get(entry, "kind"));

	return is_match(entry, "part", PART) && is_match(entry, "case", CASE) &&
	       is_match(entry, "metric", METRIC) && !json_object_get(entry, "params") &&
	       (!kind || !strcmp(kind, "exact"));
}

/* Whether the policy lets the row get worse. */
static bool lets_pass(const json_t *policy)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(policy, "acknowledged"), i,
			   entry) if (is_of_row(entry) &&
				      strcmp(TODAY, json_string_value(json_object_get(
							    entry, "expires"))) <= 0) return true;
	json_array_foreach(
		json_object_get(policy, "rules"), i,
		entry) if (is_of_row(entry)) return json_is_false(json_object_get(entry, "gate"));
	return false;
}

static void judge(const char *path)
{
	const struct results_compare_options options = { .policy = path, .today = TODAY };
	struct results_doc *base = doc_of(500), *worse = doc_of(501);
	json_t *policy = json_load_file(path, 0, NULL);
	struct results_comparison *c;
	bool passes = lets_pass(policy);

	if (results_compare_docs(base, worse, &options, &c, NULL))
		fuzz_fail("the policy is read, and not used");
	if ((c->status == EXIT_WORSE) == passes)
		fuzz_fail("one instruction more: status %d, and the policy %s it", c->status,
			  passes ? "lets pass" : "does not let pass");
	if (c->status == EXIT_FINE && !c->totals.rows[RESULTS_ROW_ALLOWED])
		fuzz_fail("fine, although nothing was judged");
	if (results_comparison_print(fuzz_null(), c, true))
		fuzz_fail("no memory to print");
	results_comparison_free(c);
	if (results_compare_docs(base, base, &options, &c, NULL) || c->status != EXIT_FINE)
		fuzz_fail("the same is not fine");
	results_comparison_free(c);
	json_decref(policy);
	results_doc_free(worse);
	results_doc_free(base);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *path = fuzz_path("policy.json");
	struct results_error err = { .reason = "" };

	fuzz_put("policy.json", data, size);
	if (!results_policy_check(path, &err)) {
		fuzz_accepted++;
		judge(path);
	} else if (!err.reason[0] || strcmp(err.file, path)) {
		fuzz_fail("refused, and it is not said why: %s: %s", err.file, err.reason);
	}
	free(path);
	return 0;
}
