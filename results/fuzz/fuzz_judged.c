// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes what ptbench judge wrote: what is taken has only shares that are some, and each of its
 * numbers is the file's, which is found out here without the reader, by jansson.
 *
 * Covers: results/judge_read.c
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include <results/judge.h>

#include "../internal.h"
#include "fuzz.h"

static void same_share(const struct results_judged_share *s, const json_t *of, const char *what)
{
	if (!(s->nr <= s->of && s->low >= 0 && s->low <= s->high && s->high <= 1))
		fuzz_fail("%s: %zu of %zu, %g to %g was taken", what, s->nr, s->of, s->low,
			  s->high);
	if ((json_int_t)s->nr != json_integer_value(json_object_get(of, "nr")) ||
	    (json_int_t)s->of != json_integer_value(json_object_get(of, "of")) ||
	    s->low != json_number_value(json_object_get(of, "low")) ||
	    s->high != json_number_value(json_object_get(of, "high")))
		fuzz_fail("%s: other numbers than the file's", what);
}

static void same_null(const struct results_judged_null *n, const json_t *of, const char *what)
{
	same_share(&n->falsely_moved, json_object_get(of, "falsely_moved"), what);
	if (n->with_false > n->comparisons)
		fuzz_fail("%s: %zu of %zu comparisons", what, n->with_false, n->comparisons);
}

static void look(const struct results_judged *j, const json_t *root)
{
	const json_t *sampled = json_object_get(root, "sampled");

	same_null(&j->exact, json_object_get(root, "exact"), "exact");
	same_null(&j->deterministic, json_object_get(root, "deterministic"), "deterministic");
	same_share(&j->one_more, json_object_get(root, "one_more"), "one_more");
	if (j->nr_sampled != json_array_size(sampled))
		fuzz_fail("%zu samples of %zu", j->nr_sampled, json_array_size(sampled));
	for (size_t i = 0; i < j->nr_sampled; i++) {
		const struct results_judged_sampled *s = &j->sampled[i];
		const json_t *of = json_array_get(sampled, i);

		if (s->slowed_percent != json_number_value(json_object_get(of, "slowed_percent")))
			fuzz_fail("sample %zu: another slow-down", i);
		if (!(s->slowed_percent > 0)) {
			same_null(&s->null, of, "sampled");
			continue;
		}
		same_share(&s->found_all, json_object_get(of, "found_all"), "found_all");
		same_share(&s->found_alone, json_object_get(of, "found_alone"), "found_alone");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *path = fuzz_path("judged.json");
	struct results_error err = { .reason = "" };
	struct results_judged *j;

	fuzz_put("judged.json", data, size);
	if (!results_judged_read(path, &j, &err)) {
		json_t *root = json_load_file(path, 0, NULL);

		fuzz_accepted++;
		look(j, root);
		json_decref(root);
	} else if (j || !err.reason[0] || strcmp(err.file, path)) {
		fuzz_fail("refused, and it is not said why: %s: %s", err.file, err.reason);
	}
	results_judged_free(j);
	free(path);
	return 0;
}
