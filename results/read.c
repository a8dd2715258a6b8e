// SPDX-License-Identifier: GPL-2.0-or-later
/* The strict reader of ptbench-result documents. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

static const char *const subjects[] = { "ref", "kernel", "liburcu", "imported", NULL };
static const char *const kinds[] = { "exact", "deterministic", "sampled", NULL };

static int read_param(struct results__in *in, const char *key, const json_t *value,
		      struct results_params *out)
{
	const char *problem = NULL;
	int err;

	if (!results__is_key(key))
		return results__in_fail(
			in, NULL, "\"%.80s\" is not a parameter's name, use [a-z][a-z0-9_]*", key);
	if (json_is_string(value))
		problem = results__value_problem(json_string_value(value));
	else if (!json_is_integer(value))
		problem = "must be a string or an integer";
	if (problem)
		return results__in_fail(in, key, "%s", problem);
	err = json_is_string(value) ? results_params_set_str(out, key, json_string_value(value))
				    : results_params_set_int(out, key, json_integer_value(value));
	if (err == -EINVAL)
		return results__in_fail(
			in, key, "is not between -2^53 and 2^53; write it as a string in hex");
	if (err == -E2BIG)
		return results__in_fail(in, NULL, "has more than %d parameters",
					RESULTS_MAX_PARAMS);
	return err ? results__in_fail(in, key, "no memory to read it") : 0;
}

static int read_params(struct results__in *in, const json_t *obj, struct results_params *out)
{
	json_t *params = results__in_get(in, obj, "params", JSON_OBJECT);
	size_t len;
	int err = 0;
	void *it;

	if (!params)
		return -EINVAL;
	len = results__in_push(in, ".params");
	for (it = json_object_iter(params); it && !err; it = json_object_iter_next(params, it))
		err = read_param(in, json_object_iter_key(it), json_object_iter_value(it), out);
	results__in_pop(in, len);
	return err;
}

/* Says what is wrong with the i-th sample: the key is put together only then. */
static int sample_fail(struct results__in *in, size_t i, const char *why)
{
	char key[32];

	snprintf(key, sizeof(key), "samples[%zu]", i);
	return results__in_fail(in, key, "%s", why);
}

static int read_samples(struct results__in *in, const json_t *obj, struct results_measurement *m)
{
	json_t *array = results__in_get(in, obj, "samples", JSON_ARRAY), *value;
	size_t i;

	if (!array)
		return -EINVAL;
	m->nr_samples = json_array_size(array);
	if (m->nr_samples > RESULTS_MAX_SAMPLES)
		return 0; /* results__check_measurement() refuses it */
	m->samples = calloc(m->nr_samples + 1, sizeof(*m->samples));
	if (!m->samples)
		return results__in_fail(in, "samples", "no memory to read them");
	json_array_foreach(array, i, value)
	{
		if (!json_is_number(value))
			return sample_fail(in, i, "must be a number");
		if (json_is_real(value) && m->kind != RESULTS_SAMPLED)
			return sample_fail(
				in, i,
				"is a real number, must be an integer; only sampled measurements may have fractions");
		if (json_is_integer(value) &&
		    (json_integer_value(value) > RESULTS_MAX_INT || json_integer_value(value) < 0))
			return sample_fail(in, i, "is not from 0 to 2^53 - 1");
		m->samples[i] = json_number_value(value) + 0.0; /* no negative zero */
	}
	return 0;
}

static int read_share(struct results__in *in, const json_t *obj, struct results_share *share)
{
	static const char *const known[] = { "symbol", "instructions", NULL };
	int err = results__in_object(in, obj, known);

	if (!err)
		err = results__in_string(in, obj, "symbol", false, &share->symbol);
	return err ? err : results__in_integer(in, obj, "instructions", &share->instructions);
}

static int read_breakdown(struct results__in *in, const json_t *obj, struct results_measurement *m)
{
	json_t *array, *value;
	size_t i, len;
	int err;

	if (!json_object_get(obj, "breakdown"))
		return 0;
	array = results__in_get(in, obj, "breakdown", JSON_ARRAY);
	if (!array)
		return -EINVAL;
	if (!json_array_size(array))
		return results__in_fail(in, "breakdown", "is empty; leave it out");
	m->breakdown = calloc(json_array_size(array), sizeof(*m->breakdown));
	if (!m->breakdown)
		return results__in_fail(in, "breakdown", "no memory to read it");
	json_array_foreach(array, i, value)
	{
		len = results__in_push(in, ".breakdown[%zu]", i);
		m->nr_breakdown++;
		err = read_share(in, value, &m->breakdown[i]);
		if (err)
			return err;
		results__in_pop(in, len);
	}
	return 0;
}

/* The document repeats a metric's fields; they must equal those of the list of metrics. */
static int read_metric(struct results__in *in, const json_t *obj, struct results_measurement *m)
{
	json_t *name = results__in_get(in, obj, "metric", JSON_STRING), *value;

	if (!name)
		return -EINVAL;
	m->metric = results_metric_find(json_string_value(name));
	if (!m->metric)
		return results__in_fail(in, "metric",
					"\"%.80s\" is not in the list of results/metrics.h",
					json_string_value(name));
	value = results__in_get(in, obj, "unit", JSON_STRING);
	if (!value)
		return -EINVAL;
	if (strcmp(json_string_value(value), m->metric->unit))
		return results__in_fail(in, "unit", "is \"%.80s\", must be \"%s\" for %s",
					json_string_value(value), m->metric->unit, m->metric->name);
	value = results__in_get(in, obj, "better", JSON_STRING);
	if (!value)
		return -EINVAL;
	if (strcmp(json_string_value(value), results_better_name(m->metric->better)))
		return results__in_fail(in, "better", "is \"%.80s\", must be \"%s\" for %s",
					json_string_value(value),
					results_better_name(m->metric->better), m->metric->name);
	return 0;
}

static int read_measured(struct results__in *in, const json_t *obj, struct results_measurement *m)
{
	static const char *const known[] = { "case",	"params",    "subject",	  "metric",
					     "unit",	"kind",	     "better",	  "nr_ops",
					     "samples", "discarded", "breakdown", NULL };
	int kind, err = results__in_object(in, obj, known);

	if (!err)
		err = read_metric(in, obj, m);
	if (!err)
		err = results__in_word(in, obj, "kind", kinds, &kind);
	if (err)
		return err;
	m->kind = kind;
	err = results__in_integer(in, obj, "nr_ops", &m->nr_ops);
	if (!err && json_object_get(obj, "discarded"))
		err = results__in_integer(in, obj, "discarded", &m->discarded);
	if (!err)
		err = read_samples(in, obj, m);
	return err ? err : read_breakdown(in, obj, m);
}

static int read_skipped(struct results__in *in, const json_t *obj, struct results_measurement *m)
{
	static const char *const known[] = { "case", "params", "subject", "skipped", NULL };
	int err = results__in_object(in, obj, known);

	return err ? err : results__in_string(in, obj, "skipped", false, &m->skipped);
}

static int read_measurement(struct results__in *in, const json_t *obj,
			    struct results_measurement *m)
{
	int subject, ret;

	if (json_object_get(obj, "skipped"))
		ret = read_skipped(in, obj, m);
	else
		ret = read_measured(in, obj, m);
	if (!ret)
		ret = results__in_string(in, obj, "case", false, &m->case_id);
	if (!ret)
		ret = results__in_word(in, obj, "subject", subjects, &subject);
	if (ret)
		return ret;
	m->subject = subject;
	ret = read_params(in, obj, &m->params);
	return ret ? ret : results__in_rule(in, results__check_measurement(m, in->err));
}

static int read_check(struct results__in *in, const json_t *obj, struct results_check *c)
{
	static const char *const known[] = { "id", "params", "expect", "seen", "ok", NULL };
	json_t *pass;
	int ret = results__in_object(in, obj, known);

	if (!ret)
		ret = results__in_string(in, obj, "id", false, &c->id);
	if (!ret)
		ret = read_params(in, obj, &c->params);
	if (!ret)
		ret = results__in_string(in, obj, "expect", false, &c->expect);
	if (!ret)
		ret = results__in_string(in, obj, "seen", false, &c->seen);
	if (ret)
		return ret;
	pass = json_object_get(obj, "ok");
	if (!json_is_boolean(pass))
		return results__in_fail(in, "ok",
					pass ? "must be true or false"
					     : "is missing, must be true or false");
	c->ok = json_is_true(pass);
	return results__in_rule(in, results__check_check(c, in->err));
}

static int read_measurements(struct results__in *in, const json_t *root, struct results_doc *doc)
{
	json_t *array = results__in_get(in, root, "measurements", JSON_ARRAY), *value;
	size_t i, len;
	int err;

	if (!array)
		return -EINVAL;
	doc->measurements =
		calloc(results__room(json_array_size(array)), sizeof(*doc->measurements));
	if (!doc->measurements)
		return results__in_fail(in, "measurements", "no memory to read them");
	json_array_foreach(array, i, value)
	{
		len = results__in_push(in, ".measurements[%zu]", i);
		doc->nr_measurements++;
		err = read_measurement(in, value, &doc->measurements[i]);
		if (err)
			return err;
		results__in_pop(in, len);
	}
	return 0;
}

static int read_checks(struct results__in *in, const json_t *root, struct results_doc *doc)
{
	json_t *array = results__in_get(in, root, "checks", JSON_ARRAY), *value;
	size_t i, len;
	int err;

	if (!array)
		return -EINVAL;
	doc->checks = calloc(results__room(json_array_size(array)), sizeof(*doc->checks));
	if (!doc->checks)
		return results__in_fail(in, "checks", "no memory to read them");
	json_array_foreach(array, i, value)
	{
		len = results__in_push(in, ".checks[%zu]", i);
		doc->nr_checks++;
		err = read_check(in, value, &doc->checks[i]);
		if (err)
			return err;
		results__in_pop(in, len);
	}
	return 0;
}

static int read_pairs(struct results__in *in, const json_t *obj, const char *name,
		      struct results_pairs *out)
{
	json_t *pairs = results__in_get(in, obj, name, JSON_OBJECT);
	size_t len;
	void *it;

	if (!pairs)
		return -EINVAL;
	len = results__in_push(in, ".%s", name);
	if (json_object_size(pairs) > RESULTS_MAX_PAIRS)
		return results__in_fail(in, NULL, "has more than %d keys", RESULTS_MAX_PAIRS);
	for (it = json_object_iter(pairs); it; it = json_object_iter_next(pairs, it)) {
		const char *key = json_object_iter_key(it);
		const json_t *value = json_object_iter_value(it);

		if (!results__is_key(key))
			return results__in_fail(in, NULL,
						"\"%.80s\" is not a key, use [a-z][a-z0-9_]*", key);
		if (!json_is_string(value))
			return results__in_fail(in, key, "must be a string");
		if (results__check_text(json_string_value(value), true, "", in->err)) {
			results__error_prefix(in->err, ".%s", key);
			return results__in_rule(in, -EINVAL);
		}
		if (results_pairs_set(out, key, json_string_value(value)))
			return results__in_fail(in, key, "no memory to read it");
	}
	results__in_pop(in, len);
	return 0;
}

static int read_provenance(struct results__in *in, const json_t *root, struct results_doc *doc)
{
	static const char *const known[] = { "environment", "subject", NULL };
	json_t *provenance = results__in_get(in, root, "provenance", JSON_OBJECT);
	size_t len;
	int err;

	if (!provenance)
		return -EINVAL;
	len = results__in_push(in, ".provenance");
	err = results__in_object(in, provenance, known);
	if (!err)
		err = read_pairs(in, provenance, "environment", &doc->environment);
	if (!err)
		err = read_pairs(in, provenance, "subject", &doc->subject);
	if (!err)
		results__in_pop(in, len);
	return err;
}

static int read_header(struct results__in *in, const json_t *root, struct results_doc *doc)
{
	int ret = results__in_string(in, root, "part", false, &doc->part);

	if (!ret)
		ret = results__in_string(in, root, "mode", false, &doc->mode);
	if (!ret)
		ret = results__in_string(in, root, "created", false, &doc->created);
	if (!ret)
		ret = results__in_string(in, root, "command", false, &doc->command);
	if (!ret)
		ret = read_provenance(in, root, doc);
	return ret ? ret : results__in_rule(in, results__check_header(doc, in->err));
}

static int read_extra(struct results__in *in, const json_t *root, struct results_doc *doc)
{
	json_t *extra = json_object_get(root, "extra");

	if (!extra)
		return 0;
	if (!json_is_object(extra))
		return results__in_fail(in, "extra", "must be an object");
	doc->extra = json_dumps(extra, JSON_SORT_KEYS);
	return doc->extra ? 0 : results__in_fail(in, "extra", "no memory to read it");
}

static int check_unique(struct results__in *in, const struct results_doc *doc)
{
	const struct results_measurement **m = results__sorted_measurements(doc, in->err);
	const struct results_check **c = m ? results__sorted_checks(doc, in->err) : NULL;
	int ret = c ? 0 : results__in_rule(in, -EINVAL);

	free(m);
	free(c);
	return ret;
}

static int read_root(struct results__in *in, const json_t *root, struct results_doc *doc)
{
	static const char *const known[] = { "axes", /* not in version 1 */
					     "format",	"version", "part",	 "mode",
					     "created", "command", "provenance", "measurements",
					     "checks",	"extra",   NULL };
	long long version;
	int ret;

	if (!json_is_object(root))
		return results__in_fail(in, NULL, "must be an object");
	/* Checked first: in a file of another format or version any key may be wrong. */
	ret = results__in_format(in, root, RESULTS_FORMAT, RESULTS_VERSION, &version);
	if (!ret) {
		doc->version = version;
		ret = results__in_object(in, root, known + (version == 1));
	}
	if (!ret)
		ret = read_header(in, root, doc);
	if (!ret)
		ret = read_measurements(in, root, doc);
	if (!ret)
		ret = read_checks(in, root, doc);
	if (!ret && version > 1)
		ret = results__read_axes(in, root, doc);
	if (!ret)
		ret = read_extra(in, root, doc);
	if (!ret)
		ret = results__in_rule(in, results__check_axes(doc, in->err));
	return ret ? ret : check_unique(in, doc);
}

int results_doc_read(const char *file, struct results_doc **out, struct results_error *err)
{
	struct results_error ignored;
	struct results__in in = { .file = file, .err = err ? err : &ignored, .path = "$" };
	struct results_doc *doc;
	json_t *root;
	int ret;

	*out = NULL;
	ret = results__json_load(file, &root, err);
	if (ret)
		return ret;
	doc = calloc(1, sizeof(*doc));
	ret = doc ? read_root(&in, root, doc)
		  : results__error(err, -ENOMEM, file, "", "no memory to read it");
	json_decref(root);
	if (ret)
		results_doc_free(doc);
	else
		*out = doc;
	return ret;
}
