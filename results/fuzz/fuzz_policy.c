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

/* Whether the first rule of the row says that it does not gate. */
static bool is_ungated(const json_t *policy)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(
		json_object_get(policy, "rules"), i,
		entry) if (is_of_row(entry)) return json_is_false(json_object_get(entry, "gate"));
	return false;
}

/* Whether the row may get worse, today. */
static bool is_known(const json_t *policy)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(policy, "acknowledged"), i,
			   entry) if (is_of_row(entry) &&
				      strcmp(TODAY, json_string_value(json_object_get(
							    entry, "expires"))) <= 0) return true;
	return false;
}

static void judge(const char *path)
{
	const struct results_compare_options options = { .policy = path, .today = TODAY };
	struct results_doc *base = doc_of(500), *worse = doc_of(501);
	json_t *policy = json_load_file(path, 0, NULL);
	struct results_comparison *c;
	int same = is_ungated(policy) ? EXIT_INCONCLUSIVE : EXIT_FINE;
	int must = same == EXIT_FINE && !is_known(policy) ? EXIT_WORSE : same;

	if (results_compare_docs(base, worse, &options, &c, NULL))
		fuzz_fail("the policy is read, and not used");
	if ((int)c->status != must)
		fuzz_fail("one instruction more: status %d, must be %d", c->status, must);
	if (results_comparison_print(fuzz_null(), c, true))
		fuzz_fail("no memory to print");
	results_comparison_free(c);
	if (results_compare_docs(base, base, &options, &c, NULL) || (int)c->status != same)
		fuzz_fail("the same: status %d, must be %d", c->status, same);
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
