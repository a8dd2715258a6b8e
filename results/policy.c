// SPDX-License-Identifier: GPL-2.0-or-later
/* The strict reader of a policy, and which of its entries a row matches. */
#include <array_size.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "json.h"
#include "policy.h"

#define MAX_RULES 1024
#define MAX_ACKNOWLEDGED 4096
#define MAX_PATTERN 256
#define MAX_SENTENCE 1024

static bool is_date(const char *s)
{
	char with_time[32];

	if (strlen(s) != 10)
		return false;
	snprintf(with_time, sizeof(with_time), "%sT00:00:00Z", s);
	return results__is_time(with_time);
}

static int read_text(struct results__in *in, const json_t *obj, const char *key, size_t most,
		     char **out)
{
	int err;

	if (!json_object_get(obj, key))
		return 0;
	err = results__in_string(in, obj, key, false, out);
	if (!err && (!**out || strlen(*out) > most))
		err = results__in_fail(in, key, "is %s, must have 1 to %zu characters",
				       **out ? "too long" : "empty", most);
	return err;
}

/* A pattern that matches no metric is mistyped, and its rule would hold for no row. */
static int check_metric(struct results__in *in, const char *pattern)
{
	for (size_t i = 0; i < results_nr_metrics(); i++)
		if (!fnmatch(pattern, results_metric_at(i)->name, 0))
			return 0;
	return results__in_fail(
		in, "metric",
		"\"%.80s\" is no metric, and matches none; results/metrics.h lists them", pattern);
}

static int read_which(struct results__in *in, const json_t *obj, struct results__which *w)
{
	static const char *const kinds[] = { "exact", "deterministic", "sampled", NULL };
	char *params = NULL;
	int err = read_text(in, obj, "part", MAX_PATTERN, &w->part);

	w->kind = -1;
	if (!err && json_object_get(obj, "kind"))
		err = results__in_word(in, obj, "kind", kinds, &w->kind);

	if (!err)
		err = read_text(in, obj, "case", MAX_PATTERN, &w->case_id);
	if (!err)
		err = read_text(in, obj, "metric", MAX_PATTERN, &w->metric);
	if (!err && w->metric)
		err = check_metric(in, w->metric);
	if (!err)
		err = read_text(in, obj, "params", MAX_SENTENCE, &params);
	if (!err && params && results_params_parse(&w->params, params))
		err = results__in_fail(in, "params", "\"%.200s\" is not key=value,key=value",
				       params);
	free(params);
	return err;
}

static int read_bool(struct results__in *in, const json_t *obj, const char *key, bool *out)
{
	const json_t *value = json_object_get(obj, key);

	if (value && !json_is_boolean(value))
		return results__in_fail(in, key, "must be true or false");
	if (value)
		*out = json_is_true(value);
	return 0;
}

static int read_number(struct results__in *in, const json_t *obj, const char *key, double least,
		       double most, double *out)
{
	const json_t *value = json_object_get(obj, key);

	if (!value)
		return 0;
	if (!json_is_number(value) || json_number_value(value) < least ||
	    json_number_value(value) > most)
		return results__in_fail(in, key, "must be a number from %g to %g", least, most);
	*out = json_number_value(value);
	return 0;
}

static int read_rule(struct results__in *in, const json_t *obj, void *to)
{
	static const char *const known[] = { "part",   "case", "metric",	 "params",
					     "kind",   "gate", "effect_percent", "inconclusive",
					     "reason", NULL };
	static const char *const words[] = { "fail", "pass", NULL };
	struct results__rule *rule = to;
	double percent = -1;
	int word = 0, err = results__in_object(in, obj, known);

	rule->gate = true;
	if (!err)
		err = read_which(in, obj, &rule->which);
	if (!err)
		err = read_bool(in, obj, "gate", &rule->gate);
	if (!err)
		err = read_number(in, obj, "effect_percent", 0, 1000, &percent);
	if (!err && json_object_get(obj, "inconclusive"))
		err = results__in_word(in, obj, "inconclusive", words, &word);
	if (!err)
		err = read_text(in, obj, "reason", MAX_SENTENCE, &rule->reason);
	rule->effect = percent / 100;
	rule->pass_inconclusive = word;
	return err;
}

static int describe(struct results__in *in, struct results__acknowledged *a)
{
	char *params = results_params_text(&a->which.params);
	int ret = -1;

	if (params)
		ret = asprintf(&a->text, "%s%s%s%s%s:%s until %s: %s",
			       a->which.part ? a->which.part : "", a->which.part ? " " : "",
			       a->which.case_id, *params ? ":" : "", params, a->which.metric,
			       a->expires, a->reason);
	free(params);
	if (ret >= 0)
		return 0;
	a->text = NULL;
	return results__in_fail(in, NULL, "no memory to read it");
}

static int read_acknowledged(struct results__in *in, const json_t *obj, void *to)
{
	static const char *const known[] = { "part",   "case",	  "metric", "params",
					     "reason", "expires", NULL };
	static const char *const needed[] = { "case", "metric", "reason", "expires" };
	struct results__acknowledged *a = to;
	int err = results__in_object(in, obj, known);

	for (size_t i = 0; i < ARRAY_SIZE(needed) && !err; i++)
		err = results__in_get(in, obj, needed[i], JSON_STRING) ? 0 : -EINVAL;
	if (!err)
		err = read_which(in, obj, &a->which);
	if (!err)
		err = read_text(in, obj, "reason", MAX_SENTENCE, &a->reason);
	if (!err)
		err = read_text(in, obj, "expires", MAX_PATTERN, &a->expires);
	if (!err && !is_date(a->expires))
		err = results__in_fail(in, "expires", "\"%.40s\" is no date such as 2026-12-31",
				       a->expires);
	return err ? err : describe(in, a);
}

/* Reads the array's entries into *v, of size bytes each; *nr counts those that have to be freed. */
static int read_array(struct results__in *in, const json_t *root, const char *key, size_t most,
		      size_t size, int (*read)(struct results__in *in, const json_t *obj, void *to),
		      void **v, size_t *nr)
{
	json_t *array = results__in_get(in, root, key, JSON_ARRAY), *value;
	size_t i, len;
	int err = array ? 0 : -EINVAL;

	if (err)
		return err;
	if (json_array_size(array) > most)
		return results__in_fail(in, key, "has more than %zu entries", most);
	*v = calloc(json_array_size(array) + 1, size);
	if (!*v)
		return results__in_fail(in, key, "no memory to read it");
	json_array_foreach(array, i, value)
	{
		len = results__in_push(in, ".%s[%zu]", key, i);
		++*nr;
		err = read(in, value, (char *)*v + i * size);
		if (err)
			return err;
		results__in_pop(in, len);
	}
	return 0;
}

static int read_root(struct results__in *in, const json_t *root, struct results__policy *p)
{
	static const char *const known[] = { "format", "version",      "level",
					     "rules",  "acknowledged", NULL };
	long long version;
	int err;

	if (!json_is_object(root))
		return results__in_fail(in, NULL, "must be an object");
	err = results__in_format(in, root, RESULTS__POLICY_FORMAT, 1, &version);
	if (!err)
		err = results__in_object(in, root, known);
	if (!err)
		err = read_number(in, root, "level", 1e-9, 0.5, &p->level);
	if (!err)
		err = read_array(in, root, "rules", MAX_RULES, sizeof(*p->rules), read_rule,
				 (void **)&p->rules, &p->nr_rules);
	if (!err && json_object_get(root, "acknowledged"))
		err = read_array(in, root, "acknowledged", MAX_ACKNOWLEDGED,
				 sizeof(*p->acknowledged), read_acknowledged,
				 (void **)&p->acknowledged, &p->nr_acknowledged);
	return err;
}

int results__policy_read(const char *file, const char *today, struct results__policy **out,
			 struct results_error *err)
{
	struct results_error ignored;
	struct results__in in = { .file = file, .err = err ? err : &ignored, .path = "$" };
	struct results__policy *p = calloc(1, sizeof(*p));
	json_t *root = NULL;
	int ret;

	*out = NULL;
	if (!p)
		return results__error(err, -ENOMEM, file, "", "no memory to read it");
	if (!is_date(today))
		ret = results__error(err, -EINVAL, NULL, "",
				     "--today \"%.40s\" is no date such as 2026-12-31", today);
	else
		ret = results__json_load(file, &root, err);
	if (!ret)
		ret = read_root(&in, root, p);
	json_decref(root);
	for (size_t i = 0; i < p->nr_acknowledged && !ret; i++)
		p->acknowledged[i].expired = strcmp(today, p->acknowledged[i].expires) > 0;
	if (ret)
		results__policy_free(p);
	else
		*out = p;
	return ret;
}

int results_policy_check(const char *file, struct results_error *err)
{
	struct results__policy *p;
	int ret = results__policy_read(file, "2000-01-01", &p, err);

	if (!ret)
		results__policy_free(p);
	return ret;
}

static void free_which(struct results__which *w)
{
	free(w->part);
	free(w->case_id);
	free(w->metric);
	results_params_free(&w->params);
}

void results__policy_free(struct results__policy *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->nr_rules; i++) {
		free_which(&p->rules[i].which);
		free(p->rules[i].reason);
	}
	for (size_t i = 0; i < p->nr_acknowledged; i++) {
		free_which(&p->acknowledged[i].which);
		free(p->acknowledged[i].reason);
		free(p->acknowledged[i].expires);
		free(p->acknowledged[i].text);
	}
	free(p->rules);
	free(p->acknowledged);
	free(p);
}

/* ---- rows ---- */

static bool is_match(const char *pattern, const char *name)
{
	return !pattern || !fnmatch(pattern, name, 0);
}

bool results__matches(const struct results__which *w, const char *part,
		      const struct results_measurement *m)
{
	return is_match(w->part, part) && is_match(w->case_id, m->case_id) &&
	       (w->kind < 0 || (int)m->kind == w->kind) && is_match(w->metric, m->metric->name) &&
	       results_params_have(&m->params, &w->params);
}

const struct results__rule *results__rule_of(const struct results__policy *policy, const char *part,
					     const struct results_measurement *m)
{
	for (size_t i = 0; policy && i < policy->nr_rules; i++)
		if (results__matches(&policy->rules[i].which, part, m))
			return &policy->rules[i];
	return NULL;
}
