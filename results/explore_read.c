// SPDX-License-Identifier: GPL-2.0-or-later
/* The strict reader of ptbench-explore documents. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"
#include "json.h"

static int read_text(struct results__in *in, const json_t *obj, const char *key, bool nullable,
		     const char **out)
{
	char *text;
	int err;

	if (!json_object_get(obj, key))
		return results__in_fail(in, key, "is missing, must be a string%s",
					nullable ? " or null" : "");
	err = results__in_string(in, obj, key, nullable, &text);
	*out = text;
	return err;
}

static int read_unsigned(struct results__in *in, const json_t *obj, const char *key, unsigned *out)
{
	long long n;
	int err = results__in_integer(in, obj, key, &n);

	if (err)
		return err;
	if (n < 0 || n > INT_MAX)
		return results__in_fail(in, key, "is not from 0 to 2^31 - 1");
	*out = (unsigned)n;
	return 0;
}

static int read_bool(struct results__in *in, const json_t *obj, const char *key, bool *out)
{
	json_t *value = json_object_get(obj, key);

	if (!json_is_boolean(value))
		return results__in_fail(in, key,
					value ? "must be true or false"
					      : "is missing, must be true or false");
	*out = json_is_true(value);
	return 0;
}

static int read_word(struct results__in *in, const json_t *obj, const char *key,
		     const char *const *words, const char **out)
{
	int i, err = results__in_word(in, obj, key, words, &i);

	if (err)
		return err;
	*out = strdup(words[i]);
	return *out ? 0 : results__in_fail(in, key, "no memory to read it");
}

static int read_step(struct results__in *in, const json_t *obj, struct results_explore_step *s)
{
	static const char *const known[] = { "cpu", "context", "task", "site", "text", NULL };
	int err = results__in_object(in, obj, known);

	if (!err)
		err = read_unsigned(in, obj, "cpu", &s->cpu);
	if (!err)
		err = read_word(in, obj, "context", results__explore_contexts, &s->context);
	if (!err)
		err = read_text(in, obj, "task", false, &s->task);
	if (!err)
		err = read_text(in, obj, "site", false, &s->site);
	return err ? err : read_text(in, obj, "text", false, &s->text);
}

static int read_steps(struct results__in *in, const json_t *obj, struct results_explore_failure *f)
{
	json_t *array = results__in_get(in, obj, "steps", JSON_ARRAY), *value;
	struct results_explore_step *steps;
	long long nr;
	size_t i, len;
	int err;

	if (!array)
		return -EINVAL;
	err = results__in_integer(in, obj, "nr_steps", &nr);
	if (err)
		return err;
	if (nr < 0 || nr > RESULTS_MAX_INT)
		return results__in_fail(in, "nr_steps", "is not from 0 to 2^53 - 1");
	if (json_array_size(array) != results__explore_kept((size_t)nr))
		return results__in_fail(in, "steps",
					"has %zu steps, must have %zu: all, or the first %d",
					json_array_size(array), results__explore_kept((size_t)nr),
					RESULTS_EXPLORE_MAX_STEPS);
	steps = calloc(json_array_size(array) + 1, sizeof(*steps));
	if (!steps)
		return results__in_fail(in, "steps", "no memory to read them");
	f->steps = steps;
	f->nr_steps = (size_t)nr;
	json_array_foreach(array, i, value)
	{
		len = results__in_push(in, ".steps[%zu]", i);
		err = read_step(in, value, &steps[i]);
		if (err)
			return err;
		results__in_pop(in, len);
	}
	return 0;
}

static int read_failure(struct results__in *in, const json_t *obj, struct results_explore_model *m)
{
	static const char *const known[] = { "invariant", "why",   "schedule", "preemptions",
					     "nr_steps",  "steps", NULL };
	json_t *value = json_object_get(obj, "failure");
	struct results_explore_failure *f;
	size_t len;
	int err;

	if (!value)
		return results__in_fail(in, "failure", "is missing, must be an object or null");
	if (json_is_null(value))
		return 0;
	f = calloc(1, sizeof(*f));
	if (!f)
		return results__in_fail(in, "failure", "no memory to read it");
	m->failure = f;
	len = results__in_push(in, ".failure");
	err = results__in_object(in, value, known);
	if (!err)
		err = read_text(in, value, "invariant", false, &f->invariant);
	if (!err)
		err = read_text(in, value, "why", false, &f->why);
	if (!err)
		err = read_text(in, value, "schedule", false, &f->schedule);
	if (!err)
		err = read_unsigned(in, value, "preemptions", &f->preemptions);
	if (!err)
		err = read_steps(in, value, f);
	if (!err)
		results__in_pop(in, len);
	return err;
}

static int read_seconds(struct results__in *in, const json_t *obj, double *out)
{
	json_t *value = json_object_get(obj, "seconds");

	if (!json_is_number(value))
		return results__in_fail(
			in, "seconds", value ? "must be a number" : "is missing, must be a number");
	*out = json_number_value(value) + 0.0; /* no negative zero */
	return 0;
}

static int read_names(struct results__in *in, const json_t *obj, struct results_explore_model *m)
{
	int err = read_text(in, obj, "mechanism", false, &m->mechanism);

	if (!err)
		err = read_text(in, obj, "variant", false, &m->variant);
	if (!err)
		err = read_text(in, obj, "summary", false, &m->summary);
	if (!err)
		err = read_bool(in, obj, "busted", &m->busted);
	if (!err)
		err = read_text(in, obj, "caught_by", true, &m->caught_by);
	m->busted_code_said = json_object_get(obj, "busted_code") != NULL;
	if (!err && m->busted_code_said)
		err = read_text(in, obj, "busted_code", true, &m->busted_code);
	return err ? err : read_word(in, obj, "mode", results__explore_modes, &m->mode);
}

static int read_figures(struct results__in *in, const json_t *obj, struct results_explore_model *m)
{
	int err = read_unsigned(in, obj, "bound", &m->bound);

	if (!err)
		err = read_unsigned(in, obj, "nr_cpus", &m->nr_cpus);
	if (!err)
		err = results__in_integer(in, obj, "schedules", &m->schedules);
	if (!err)
		err = results__in_integer(in, obj, "steps", &m->steps);
	if (!err)
		err = results__in_integer(in, obj, "states", &m->states);
	if (!err)
		err = read_seconds(in, obj, &m->seconds);
	return err ? err : read_bool(in, obj, "complete", &m->complete);
}

static int read_model(struct results__in *in, const json_t *obj, struct results_explore_model *m)
{
	static const char *const known[] = { "mechanism",   "variant",	 "summary", "busted",
					     "caught_by",   "mode",	 "method",  "bound",
					     "nr_cpus",	    "schedules", "steps",   "states",
					     "seconds",	    "complete",	 "verdict", "failure",
					     "busted_code", NULL };
	int method, verdict, err = results__in_object(in, obj, known);

	if (!err)
		err = read_names(in, obj, m);
	if (!err)
		err = results__in_word(in, obj, "method", results__explore_methods, &method);
	if (!err)
		err = read_figures(in, obj, m);
	if (!err)
		err = results__in_word(in, obj, "verdict", results__explore_verdicts, &verdict);
	if (err)
		return err;
	m->method = method;
	m->verdict = verdict;
	return read_failure(in, obj, m);
}

static int read_models(struct results__in *in, const json_t *root, struct results_explore *doc)
{
	json_t *array = results__in_get(in, root, "models", JSON_ARRAY), *value;
	size_t i, len;
	int err;

	if (!array)
		return -EINVAL;
	if (json_array_size(array) > RESULTS_EXPLORE_MAX_MODELS)
		return results__in_fail(in, "models", "has more than %d models",
					RESULTS_EXPLORE_MAX_MODELS);
	doc->models = calloc(json_array_size(array) + 1, sizeof(*doc->models));
	if (!doc->models)
		return results__in_fail(in, "models", "no memory to read them");
	json_array_foreach(array, i, value)
	{
		len = results__in_push(in, ".models[%zu]", i);
		doc->nr_models++;
		err = read_model(in, value, &doc->models[i]);
		if (err)
			return err;
		results__in_pop(in, len);
	}
	return 0;
}

static int read_root(struct results__in *in, const json_t *root, struct results_explore *doc)
{
	static const char *const known[] = { "format", "version",  "revision", "command", "created",
					     "claim",  "stand_in", "complete", "models",  NULL };
	long long version;
	int ret;

	if (!json_is_object(root))
		return results__in_fail(in, NULL, "must be an object");
	ret = results__in_format(in, root, RESULTS_EXPLORE_FORMAT, RESULTS__EXPLORE_VERSION,
				 &version);
	if (!ret)
		ret = results__in_object(in, root, known);
	if (!ret)
		ret = read_text(in, root, "revision", false, &doc->revision);
	if (!ret)
		ret = read_text(in, root, "command", false, &doc->command);
	if (!ret)
		ret = read_text(in, root, "created", false, &doc->created);
	if (!ret)
		ret = read_text(in, root, "claim", false, &doc->claim);
	if (!ret && json_object_get(root, "stand_in"))
		ret = read_text(in, root, "stand_in", false, &doc->stand_in);
	if (!ret)
		ret = read_bool(in, root, "complete", &doc->complete);
	if (!ret)
		ret = read_models(in, root, doc);
	return ret ? ret : results__in_rule(in, results__explore_check(doc, in->err));
}

int results_explore_read(const char *file, struct results_explore **out, struct results_error *err)
{
	struct results_error ignored;
	struct results__in in = { .file = file, .err = err ? err : &ignored, .path = "$" };
	struct results_explore *doc;
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
		results_explore_free(doc);
	else
		*out = doc;
	return ret;
}
