// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The context of Google Benchmark's JSON (src/json_reporter.cc of google/benchmark) as provenance.
 * What has to match goes to the environment: host, CPUs, caches, frequency scaling, the library.
 * All else that is text or a number goes to the subject, under its own key: what was measured (the
 * program), what its author adds, and the clock rate, which the library may measure anew each time.
 */
#include <array_size.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "import.h"

#define DIFFERS "differs between the files"

/* The context's keys that the environment has, under another name. */
static const struct {
	const char *from, *to;
} environment[] = {
	{ "host_name", "host" },
	{ "num_cpus", "cpus" },
	{ "cpu_scaling_enabled", "cpu_scaling" },
	{ "library_version", "libbenchmark" },
	{ "library_build_type", "libbenchmark_build" },
};

static const char *environment_key(const char *from)
{
	for (size_t i = 0; i < ARRAY_SIZE(environment); i++)
		if (!strcmp(environment[i].from, from))
			return environment[i].to;
	return NULL;
}

/* Text, or a number, true or false. */
static bool is_scalar(const json_t *v)
{
	return json_is_string(v) || json_is_number(v) || json_is_boolean(v);
}

/* What is_scalar() as text, malloc'ed; NULL without memory. */
static char *text_of(const json_t *v)
{
	if (json_is_string(v))
		return strdup(json_string_value(v));
	return json_dumps(v, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
}

/* ---- lists ---- */

static void put_number(FILE *f, const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	if (json_is_integer(v))
		fprintf(f, " %lld", (long long)json_integer_value(v));
}

/* "Data 1 49152 1, Unified 2 1048576 1": type, level, size, how many CPUs share it. */
static void put_caches(FILE *f, const json_t *caches)
{
	const json_t *cache;
	size_t i;

	json_array_foreach(caches, i, cache)
	{
		const char *type = json_string_value(json_object_get(cache, "type"));

		fprintf(f, "%s%s", i ? ", " : "", type ? type : "?");
		put_number(f, cache, "level");
		put_number(f, cache, "size");
		put_number(f, cache, "num_sharing");
	}
}

static void put_load(FILE *f, const json_t *loads)
{
	const json_t *load;
	size_t i;

	json_array_foreach(loads, i, load)
		fprintf(f, "%s%.2f", i ? " " : "", json_number_value(load));
}

static char *list_text(const json_t *list, void (*put)(FILE *f, const json_t *list))
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	bool lost;

	if (!f)
		return NULL;
	put(f, list);
	lost = ferror(f);
	if (!fclose(f) && !lost)
		return text;
	free(text);
	return NULL;
}

/* ---- time ---- */

static int two(const char *s)
{
	return (s[0] - '0') * 10 + s[1] - '0';
}

/* Whether s is the distance to UTC: Z, +01:00; in seconds to *by. */
static bool is_offset(const char *s, long *by)
{
	*by = 0;
	if (!strcmp(s, "Z"))
		return true;
	if ((*s != '+' && *s != '-') || strlen(s) != 6 || s[3] != ':' ||
	    strspn(s + 1, "0123456789") != 2 || strspn(s + 4, "0123456789") != 2)
		return false;
	*by = (two(s + 1) * 60L + two(s + 4)) * (*s == '-' ? -60 : 60);
	return two(s + 1) < 24 && two(s + 4) < 60;
}

/* "2026-01-31T23:59:59+01:00" in UTC, malloc'ed; NULL: it is no such time, or no memory. */
static char *utc(const char *date)
{
	struct tm tm = { 0 };
	char text[40];
	time_t at;
	long by;

	if (strlen(date) < 20 || !is_offset(date + 19, &by))
		return NULL;
	snprintf(text, sizeof(text), "%.19sZ", date);
	if (!results__is_time(text))
		return NULL;
	tm.tm_year = two(text) * 100 + two(text + 2) - 1900;
	tm.tm_mon = two(text + 5) - 1;
	tm.tm_mday = two(text + 8);
	tm.tm_hour = two(text + 11);
	tm.tm_min = two(text + 14);
	tm.tm_sec = two(text + 17);
	at = timegm(&tm) - by;
	if (!gmtime_r(&at, &tm) || !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) ||
	    !results__is_time(text))
		return NULL;
	return strdup(text);
}

/* The document is as old as its newest file. */
static int set_created(struct results__in *in, const json_t *context, bool first,
		       struct results_doc *doc)
{
	json_t *date = results__in_get(in, context, "date", JSON_STRING);
	char *created = date ? utc(json_string_value(date)) : NULL;

	if (!date)
		return -EINVAL;
	if (!created)
		return results__in_fail(in, "date",
					"\"%.80s\" is not a time such as 2026-01-31T23:59:59+01:00",
					json_string_value(date));
	if (!first && strcmp(created, doc->created) <= 0) {
		free(created);
		return 0;
	}
	free(doc->created);
	doc->created = created;
	return 0;
}

/* ---- keys ---- */

static int set(struct results__in *in, struct results_pairs *p, const char *from, const char *to,
	       const char *value)
{
	int ret = results_pairs_set(p, to, value);

	if (ret == -ENOMEM)
		return results__error(in->err, ret, in->file, "", "no memory to read it");
	return ret ? results__in_fail(in, from, "has more than %d characters", RESULTS_MAX_TEXT)
		   : 0;
}

/* Sets a key, or holds a further file's value against it; value NULL: no memory. Frees value. */
static int take(struct results__in *in, struct results_doc *doc, bool first, bool is_environment,
		const char *from, const char *to, char *value)
{
	struct results_pairs *p = is_environment ? &doc->environment : &doc->subject;
	const char *old = results_pairs_get(p, to);
	int ret = 0;

	if (!value)
		ret = results__error(in->err, -ENOMEM, in->file, "", "no memory to read it");
	else if (first)
		ret = set(in, p, from, to, value);
	else if (old && !strcmp(old, value))
		ret = 0;
	else if (!strcmp(to, "load"))
		ret = set(in, p, from, to, value);
	else if (is_environment || !strcmp(to, "executable"))
		ret = results__in_fail(
			in, from,
			"is \"%.80s\" and in the first file \"%.80s\"; processes of one run are of one program on one machine",
			value, old ? old : "not there");
	else
		ret = set(in, p, from, to, DIFFERS);
	free(value);
	return ret;
}

static int take_key(struct results__in *in, struct results_doc *doc, bool first, const char *key,
		    const json_t *v)
{
	const char *to = environment_key(key);

	if (!strcmp(key, "date"))
		return 0; /* set_created() */
	if (!strcmp(key, "caches") && json_is_array(v))
		return take(in, doc, first, true, key, key, list_text(v, put_caches));
	if (!strcmp(key, "load_avg") && json_is_array(v))
		return take(in, doc, first, true, key, "load", list_text(v, put_load));
	if (!is_scalar(v))
		return 0;
	if (to)
		return take(in, doc, first, true, key, to, text_of(v));
	/* A name that is no key of ours is the author's, and says nothing to us. */
	return results__is_key(key) ? take(in, doc, first, false, key, key, text_of(v)) : 0;
}

static int check_key(struct results__in *in, const json_t *context, const char *from,
		     const char *first)
{
	const json_t *v = json_object_get(context, from);
	bool there = !strcmp(from, "caches") ? json_is_array(v) : is_scalar(v);

	return !first || there
		       ? 0
		       : results__in_fail(in, from, "is missing, and the first file has it");
}

/* A further file has every key that has to match, if the first has. */
static int check_same_keys(struct results__in *in, const json_t *context,
			   const struct results_doc *doc)
{
	int ret = check_key(in, context, "executable",
			    results_pairs_get(&doc->subject, "executable"));

	for (size_t i = 0; i < ARRAY_SIZE(environment) && !ret; i++)
		ret = check_key(in, context, environment[i].from,
				results_pairs_get(&doc->environment, environment[i].to));
	return ret ? ret
		   : check_key(in, context, "caches",
			       results_pairs_get(&doc->environment, "caches"));
}

int results__import_context(struct results__in *in, const json_t *context, bool first,
			    struct results_doc *doc)
{
	void *it = json_object_iter((json_t *)context);
	size_t len = results__in_push(in, ".context");
	int ret = set_created(in, context, first, doc);

	for (; it && !ret; it = json_object_iter_next((json_t *)context, it))
		ret = take_key(in, doc, first, json_object_iter_key(it),
			       json_object_iter_value(it));
	if (!ret && !first)
		ret = check_same_keys(in, context, doc);
	results__in_pop(in, len);
	return ret;
}
