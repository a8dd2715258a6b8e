// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading JSON strictly: the file as a whole, then values of the right type or an error. And a
 * string of it, written.
 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

/*
 * Limits the nesting of arrays and objects before the parser sees the text, with a message of our
 * own. Text that is not JSON is left for the parser to refuse.
 */
static int check_depth(const char *file, const char *text, size_t len, struct results_error *err)
{
	bool in_string = false;
	size_t line = 1;
	int depth = 0;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '\n')
			line++;
		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if ((c == '[' || c == '{') && ++depth > RESULTS_MAX_DEPTH) {
			return results__error(
				err, -EINVAL, file, "",
				"line %zu: is nested more than %d deep, which no result is", line,
				RESULTS_MAX_DEPTH);
		} else if (c == ']' || c == '}') {
			depth--;
		}
	}
	return 0;
}

static const char *advice(enum json_error_code code)
{
	switch (code) {
	case json_error_premature_end_of_input:
		return "was the file cut short? make it again";
	case json_error_duplicate_key:
		return "a key may stand once in an object; remove one";
	case json_error_invalid_utf8:
		return "the file must be UTF-8";
	case json_error_numeric_overflow:
		return "no number of a result is that large";
	default:
		return "the file must be one JSON object; make it again";
	}
}

int results__json_load(const char *file, json_t **out, struct results_error *err)
{
	json_error_t problem;
	const char *nul;
	size_t len;
	char *text;
	int ret = results__read_file(file, &text, &len, err);

	*out = NULL;
	if (ret)
		return ret;
	nul = memchr(text, '\0', len);
	if (nul)
		ret = results__error(err, -EINVAL, file, "",
				     "holds a NUL at byte %zu; is it a text file at all?",
				     (size_t)(nul - text));
	if (!ret)
		ret = check_depth(file, text, len, err);
	if (!ret) {
		*out = json_loadb(text, len, JSON_REJECT_DUPLICATES, &problem);
		if (!*out)
			ret = results__error(err, -EINVAL, file, "", "line %d, column %d: %s; %s",
					     problem.line, problem.column, problem.text,
					     advice(json_error_code(&problem)));
	}
	free(text);
	return ret;
}

size_t results__in_push(struct results__in *in, const char *fmt, ...)
{
	size_t len = strlen(in->path);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(in->path + len, sizeof(in->path) - len, fmt, ap);
	va_end(ap);
	return len;
}

void results__in_pop(struct results__in *in, size_t len)
{
	in->path[len] = '\0';
}

int results__in_fail(struct results__in *in, const char *key, const char *fmt, ...)
{
	char reason[sizeof(in->err->reason)];
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	len = key ? results__in_push(in, ".%.80s", key) : strlen(in->path);
	results__error(in->err, -EINVAL, in->file, in->path, "%s", reason);
	results__in_pop(in, len);
	return -EINVAL;
}

int results__in_rule(struct results__in *in, int ret)
{
	if (ret && in->err) {
		snprintf(in->err->file, sizeof(in->err->file), "%s", in->file);
		results__error_prefix(in->err, "%s", in->path);
	}
	return ret;
}

static const char *type_name(json_type type)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "an object",   [JSON_ARRAY] = "an array",
		[JSON_STRING] = "a string",    [JSON_INTEGER] = "an integer",
		[JSON_REAL] = "a real number", [JSON_TRUE] = "true",
		[JSON_FALSE] = "false",	       [JSON_NULL] = "null",
	};

	return names[type];
}

int results__in_object(struct results__in *in, const json_t *obj, const char *const *known)
{
	void *it;

	if (!json_is_object(obj))
		return results__in_fail(in, NULL, "is %s, must be an object",
					type_name(json_typeof(obj)));
	it = json_object_iter((json_t *)obj);
	for (; it; it = json_object_iter_next((json_t *)obj, it)) {
		const char *key = json_object_iter_key(it);
		size_t i = 0;

		while (known[i] && strcmp(known[i], key))
			i++;
		if (!known[i])
			return results__in_fail(
				in, key,
				"is not a key of this format; remove it or put it under $.extra");
	}
	return 0;
}

json_t *results__in_get(struct results__in *in, const json_t *obj, const char *key, json_type type)
{
	json_t *value = json_object_get(obj, key);

	if (!value)
		results__in_fail(in, key, "is missing, must be %s", type_name(type));
	else if (json_typeof(value) != type)
		results__in_fail(in, key, "is %s, must be %s", type_name(json_typeof(value)),
				 type_name(type));
	else
		return value;
	return NULL;
}

int results__in_string(struct results__in *in, const json_t *obj, const char *key, bool nullable,
		       char **out)
{
	json_t *value = json_object_get(obj, key);

	*out = NULL;
	if (nullable && json_is_null(value))
		return 0;
	value = results__in_get(in, obj, key, JSON_STRING);
	if (!value)
		return -EINVAL;
	*out = strdup(json_string_value(value));
	return *out ? 0 : results__in_fail(in, key, "no memory to read it");
}

int results__in_integer(struct results__in *in, const json_t *obj, const char *key, long long *out)
{
	json_t *value = results__in_get(in, obj, key, JSON_INTEGER);

	if (!value)
		return -EINVAL;
	*out = json_integer_value(value);
	return 0;
}

int results__in_word(struct results__in *in, const json_t *obj, const char *key,
		     const char *const *words, int *out)
{
	json_t *value = results__in_get(in, obj, key, JSON_STRING);
	char list[128] = "";
	size_t len = 0;

	if (!value)
		return -EINVAL;
	for (int i = 0; words[i]; i++) {
		if (!strcmp(words[i], json_string_value(value))) {
			*out = i;
			return 0;
		}
		len += snprintf(list + len, sizeof(list) - len, "%s%s", i ? ", " : "", words[i]);
	}
	return results__in_fail(in, key, "\"%.80s\" is none of %s", json_string_value(value), list);
}

int results__in_format(struct results__in *in, const json_t *root, const char *format,
		       long long newest, long long *version)
{
	json_t *value = results__in_get(in, root, "format", JSON_STRING);

	if (!value)
		return -EINVAL;
	if (strcmp(json_string_value(value), format))
		return results__in_fail(in, "format", "is \"%.80s\", must be \"%s\"",
					json_string_value(value), format);
	if (results__in_integer(in, root, "version", version))
		return -EINVAL;
	if (*version < 1 || *version > newest)
		return results__in_fail(
			in, "version",
			"is %lld, this ptbench reads versions up to %lld; use the ptbench that wrote it",
			*version, newest);
	return 0;
}

/* ---- writing ---- */

int results__json_string(FILE *f, const char *s)
{
	json_t *str = json_string(s);
	char *text = str ? json_dumps(str, JSON_ENCODE_ANY) : NULL;
	int err = text ? 0 : -EINVAL;

	if (text)
		fputs(text, f);
	free(text);
	json_decref(str);
	return err;
}

json_t *results__of_number(double v)
{
	if (!isfinite(v))
		return json_null();
	return v == (double)(json_int_t)v && fabs(v) <= RESULTS_MAX_INT
		       ? json_integer((json_int_t)v)
		       : json_real(v);
}

json_t *results__of_text(const char *s)
{
	json_t *v = s ? json_string(s) : json_null();

	return v ? v : json_string(results_shown(s));
}

json_t *results__of_params(const struct results_params *p)
{
	json_t *o = json_object();

	for (size_t i = 0; i < p->nr; i++)
		json_object_set_new(o, p->v[i].key,
				    p->v[i].str ? json_string(p->v[i].str)
						: json_integer(p->v[i].num));
	return o;
}
