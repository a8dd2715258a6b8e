// SPDX-License-Identifier: GPL-2.0-or-later
/* The strict reader of what ptbench judge wrote. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <results/judge.h>

#include "json.h"

static const char *const share_keys[] = { "nr", "of", "low", "high", NULL };
static const char *const null_keys[] = { "comparisons", "with_false", "falsely_moved",
					 "inconclusive", NULL };
static const char *const same_keys[] = { "comparisons",	 "with_false", "falsely_moved",
					 "inconclusive", "processes",  "slowed_percent",
					 "tested",	 NULL };
static const char *const slowed_keys[] = { "processes",	  "slowed_percent",    "tested",
					   "comparisons", "estimated_percent", "found_all",
					   "found_alone", "alone_among",       "inconclusive",
					   NULL };
static const char *const keys[] = { "format",	       "version", "command",
				    "environment",     "sampled", "images",
				    "identical_pairs", "exact",	  "deterministic",
				    "one_more",	       NULL };

static int read_count(struct results__in *in, const json_t *obj, const char *key, size_t *out)
{
	long long n;
	int err = results__in_integer(in, obj, key, &n);

	if (!err && (n < 0 || n > RESULTS_MAX_INT))
		err = results__in_fail(in, key, "is %lld, must be 0 or more, below 2^53", n);
	*out = err ? 0 : (size_t)n;
	return err;
}

static int read_real(struct results__in *in, const json_t *obj, const char *key, double least,
		     double most, double *out)
{
	const json_t *value = json_object_get(obj, key);

	if (!json_is_number(value))
		return results__in_fail(in, key, "must be a number");
	*out = json_number_value(value);
	if (*out < least || *out > most)
		return results__in_fail(in, key, "is %g, must be from %g to %g", *out, least, most);
	return 0;
}

static int read_share(struct results__in *in, const json_t *root, const char *key,
		      struct results_judged_share *s)
{
	const json_t *obj = results__in_get(in, root, key, JSON_OBJECT);
	size_t len = results__in_push(in, ".%s", key);
	int err = obj ? results__in_object(in, obj, share_keys) : -EINVAL;

	if (!err)
		err = read_count(in, obj, "nr", &s->nr);
	if (!err)
		err = read_count(in, obj, "of", &s->of);
	if (!err)
		err = read_real(in, obj, "low", 0, 1, &s->low);
	if (!err)
		err = read_real(in, obj, "high", 0, 1, &s->high);
	if (!err && (s->nr > s->of || s->low > s->high))
		err = results__in_fail(in, NULL, "is no share: %zu of %zu, %g to %g", s->nr, s->of,
				       s->low, s->high);
	results__in_pop(in, len);
	return err;
}

/* Of an object whose keys were looked at. */
static int read_null(struct results__in *in, const json_t *obj, struct results_judged_null *n)
{
	int err = read_count(in, obj, "comparisons", &n->comparisons);

	if (!err)
		err = read_count(in, obj, "with_false", &n->with_false);
	if (!err)
		err = read_share(in, obj, "falsely_moved", &n->falsely_moved);
	if (!err)
		err = read_count(in, obj, "inconclusive", &n->inconclusive);
	if (!err && n->with_false > n->comparisons)
		err = results__in_fail(in, "with_false", "is %zu of %zu comparisons", n->with_false,
				       n->comparisons);
	return err;
}

static int read_null_of(struct results__in *in, const json_t *root, const char *key,
			struct results_judged_null *n)
{
	const json_t *obj = results__in_get(in, root, key, JSON_OBJECT);
	size_t len = results__in_push(in, ".%s", key);
	int err = obj ? results__in_object(in, obj, null_keys) : -EINVAL;

	if (!err)
		err = read_null(in, obj, n);
	results__in_pop(in, len);
	return err;
}

static int read_slowed(struct results__in *in, const json_t *obj, struct results_judged_sampled *s)
{
	int err = read_count(in, obj, "comparisons", &s->comparisons);

	s->estimated_percent = NAN;
	if (!err && !json_is_null(json_object_get(obj, "estimated_percent")))
		err = read_real(in, obj, "estimated_percent", -100, 1e9, &s->estimated_percent);
	if (!err)
		err = read_share(in, obj, "found_all", &s->found_all);
	if (!err)
		err = read_share(in, obj, "found_alone", &s->found_alone);
	if (!err)
		err = read_count(in, obj, "alone_among", &s->alone_among);
	if (!err)
		err = read_count(in, obj, "inconclusive", &s->inconclusive);
	return err;
}

static int read_sampled(struct results__in *in, const json_t *obj, struct results_judged_sampled *s)
{
	int err = json_is_object(obj) ? 0 : results__in_fail(in, NULL, "must be an object");

	if (!err)
		err = read_real(in, obj, "slowed_percent", 0, 1000, &s->slowed_percent);
	if (!err)
		err = results__in_object(in, obj, s->slowed_percent > 0 ? slowed_keys : same_keys);
	if (!err)
		err = read_count(in, obj, "processes", &s->processes);
	if (!err)
		err = read_count(in, obj, "tested", &s->tested);
	if (err)
		return err;
	return s->slowed_percent > 0 ? read_slowed(in, obj, s) : read_null(in, obj, &s->null);
}

static int read_all_sampled(struct results__in *in, const json_t *root, struct results_judged *j)
{
	const json_t *array = results__in_get(in, root, "sampled", JSON_ARRAY);
	int err = array ? 0 : -EINVAL;

	if (!err)
		j->sampled = calloc(json_array_size(array) + 1, sizeof(*j->sampled));
	if (!err && !j->sampled)
		err = results__in_fail(in, "sampled", "no memory to read it");
	for (size_t i = 0; !err && i < json_array_size(array); i++) {
		size_t len = results__in_push(in, ".sampled[%zu]", i);

		err = read_sampled(in, json_array_get(array, i), &j->sampled[j->nr_sampled++]);
		results__in_pop(in, len);
	}
	return err;
}

static int read_environment(struct results__in *in, const json_t *root, struct results_judged *j)
{
	json_t *obj = results__in_get(in, root, "environment", JSON_OBJECT);
	int err = obj ? 0 : -EINVAL;

	for (void *it = obj ? json_object_iter(obj) : NULL; it && !err;
	     it = json_object_iter_next(obj, it)) {
		const json_t *value = json_object_iter_value(it);

		if (!json_is_string(value) ||
		    results_pairs_set(&j->environment, json_object_iter_key(it),
				      json_string_value(value)))
			err = results__in_fail(in, "environment",
					       "has a key or a value that it cannot have: %.80s",
					       json_object_iter_key(it));
	}
	return err;
}

static int read_root(struct results__in *in, const json_t *root, struct results_judged *j)
{
	long long version;
	int err = results__in_format(in, root, "ptbench-judge", 1, &version);

	if (!err)
		err = results__in_object(in, root, keys);
	if (!err)
		err = results__in_string(in, root, "command", false, &j->command);
	if (!err)
		err = read_environment(in, root, j);
	if (!err)
		err = read_all_sampled(in, root, j);
	if (!err)
		err = read_count(in, root, "images", &j->images);
	if (!err)
		err = read_count(in, root, "identical_pairs", &j->identical_pairs);
	if (!err)
		err = read_null_of(in, root, "exact", &j->exact);
	if (!err)
		err = read_null_of(in, root, "deterministic", &j->deterministic);
	if (!err)
		err = read_share(in, root, "one_more", &j->one_more);
	return err;
}

int results_judged_read(const char *file, struct results_judged **out, struct results_error *err)
{
	struct results_error ignored;
	struct results__in in = { .file = file, .err = err ? err : &ignored, .path = "$" };
	struct results_judged *j;
	json_t *root;
	int ret = results__json_load(file, &root, err);

	*out = NULL;
	if (ret)
		return ret;
	j = calloc(1, sizeof(*j));
	if (!j)
		ret = results__error(err, -ENOMEM, file, "", "no memory to read it");
	else
		ret = read_root(&in, root, j);
	json_decref(root);
	if (ret)
		results_judged_free(j);
	else
		*out = j;
	return ret;
}

void results_judged_free(struct results_judged *j)
{
	if (!j)
		return;
	results_pairs_free(&j->environment);
	free(j->command);
	free(j->sampled);
	free(j);
}
