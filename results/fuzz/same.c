// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether two JSON texts are equal by the rules of the format. No code of the reader or the writer
 * is used, so that a loss in either of them is seen.
 */
#include <array_size.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "fuzz.h"

static bool same(const json_t *a, const json_t *b, const char *key);

/* Rows and axes of a document may stand in any order; the values of an axis may not. */
static bool any_order(const char *key)
{
	static const char *const keys[] = { "measurements", "checks", "breakdown", "axes",
					    "families" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(key, keys[i]))
			return true;
	return false;
}

static bool same_array(const json_t *a, const json_t *b, const char *key)
{
	size_t nr = json_array_size(a);
	bool *used, found = true;

	if (nr != json_array_size(b))
		return false;
	used = calloc(nr + 1, sizeof(*used));
	for (size_t i = 0; used && i < nr && found; i++) {
		found = false;
		for (size_t k = any_order(key) ? 0 : i; k < nr && !found; k++) {
			found = !used[k] && same(json_array_get(a, i), json_array_get(b, k), "");
			used[k] = used[k] || found;
			if (!any_order(key))
				break;
		}
	}
	free(used);
	return used && found;
}

/* A member, or its default if it is absent: "discarded" 0, "levels" empty. */
static const json_t *member(const json_t *o, const char *key, json_t *left_out)
{
	const json_t *v = json_object_get(o, key);

	return v ? v : json_object_get(left_out, key);
}

static bool has_all(const json_t *a, const json_t *b, json_t *left_out)
{
	void *it = json_object_iter((json_t *)a);

	for (; it; it = json_object_iter_next((json_t *)a, it)) {
		const char *key = json_object_iter_key(it);
		const json_t *other = member(b, key, left_out);

		if (!other || !same(json_object_iter_value(it), other, key))
			return false;
	}
	return true;
}

static bool same_object(const json_t *a, const json_t *b)
{
	json_t *left_out = json_pack("{s:i,s:[]}", "discarded", 0, "levels");
	bool ret = left_out && has_all(a, b, left_out) && has_all(b, a, left_out);

	json_decref(left_out);
	return ret;
}

static bool same(const json_t *a, const json_t *b, const char *key)
{
	if (json_is_integer(a) && json_is_integer(b))
		return json_integer_value(a) == json_integer_value(b);
	if (json_is_number(a) && json_is_number(b))
		return json_number_value(a) == json_number_value(b);
	if (json_typeof(a) != json_typeof(b))
		return false;
	if (json_is_object(a))
		return same_object(a, b);
	if (json_is_array(a))
		return same_array(a, b, key);
	return json_equal(a, b);
}

void fuzz_same_json(const char *what, const char *a, size_t size_a, const char *b, size_t size_b)
{
	json_error_t err;
	json_t *x = json_loadb(a, size_a, JSON_REJECT_DUPLICATES, &err);
	json_t *y = json_loadb(b, size_b, JSON_REJECT_DUPLICATES, &err);

	if (!x || !y)
		fuzz_fail("%s: what the reader took is no JSON: %s", what, err.text);
	if (!same(x, y, ""))
		fuzz_fail("%s: does not say what was read:\n%.*s", what, (int)size_b, b);
	json_decref(x);
	json_decref(y);
}

void fuzz_same_files(const char *text, size_t size, const char *first, const char *second)
{
	size_t nr_a, nr_b;
	char *a = fuzz_get(first, &nr_a), *b = fuzz_get(second, &nr_b);

	if (nr_a != nr_b || memcmp(a, b, nr_a))
		fuzz_fail("written again it is other bytes:\n%s\n%s", a, b);
	fuzz_same_json("the document", text, size, a, nr_a);
	free(a);
	free(b);
}
