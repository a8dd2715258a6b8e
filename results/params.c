// SPDX-License-Identifier: GPL-2.0-or-later
/* Parameters of a case: few, sorted by key, each a string or an integer. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* The index of key, or the index at which to insert it (then *found is false). */
static size_t position(const struct results_params *p, const char *key, bool *found)
{
	*found = false;
	for (size_t i = 0; i < p->nr; i++) {
		int c = strcmp(p->v[i].key, key);

		if (c < 0)
			continue;
		*found = !c;
		return i;
	}
	return p->nr;
}

/* Owns str from here on, also on failure. */
static int set(struct results_params *p, const char *key, char *str, long long num)
{
	struct results_param *v;
	bool found;
	size_t i;
	char *k;

	if (!results__is_key(key)) {
		free(str);
		return -EINVAL;
	}
	i = position(p, key, &found);
	if (found) {
		free(p->v[i].str);
		p->v[i].str = str;
		p->v[i].num = num;
		return 0;
	}
	if (p->nr >= RESULTS_MAX_PARAMS) {
		free(str);
		return -E2BIG;
	}
	k = strdup(key);
	v = realloc(p->v, (p->nr + 1) * sizeof(*v));
	if (v)
		p->v = v;
	if (!k || !v) {
		free(k);
		free(str);
		return -ENOMEM;
	}
	memmove(v + i + 1, v + i, (p->nr - i) * sizeof(*v));
	v[i] = (struct results_param){ .key = k, .str = str, .num = num };
	p->nr++;
	return 0;
}

int results_params_set_int(struct results_params *p, const char *key, long long num)
{
	if (num > RESULTS_MAX_INT || num < -RESULTS_MAX_INT)
		return -EINVAL;
	return set(p, key, NULL, num);
}

int results_params_set_str(struct results_params *p, const char *key, const char *str)
{
	char *copy;

	if (results__value_problem(str))
		return -EINVAL;
	copy = strdup(str);
	return copy ? set(p, key, copy, 0) : -ENOMEM;
}

/* Is a number written as results_params_text() writes it? */
static bool is_canonical(const char *number)
{
	const char *digits = number + (*number == '-');

	return *digits != '0' || (!digits[1] && digits == number);
}

/* Parses one "key=value"; modifies text. */
static int parse_one(struct results_params *p, char *text)
{
	char *value = strchr(text, '=');
	long long num;

	if (!value)
		return -EINVAL;
	*value++ = '\0';
	if (results_params_get(p, text))
		return -EINVAL;
	if (!results__is_integer(value))
		return results_params_set_str(p, text, value);
	errno = 0;
	num = strtoll(value, NULL, 10);
	return errno || !is_canonical(value) ? -EINVAL : results_params_set_int(p, text, num);
}

int results_params_parse(struct results_params *p, const char *text)
{
	char *copy, *rest, *one;
	int err = 0;

	if (!*text)
		return 0;
	copy = rest = strdup(text);
	if (!copy)
		return -ENOMEM;
	while (!err && (one = strsep(&rest, ",")))
		err = parse_one(p, one);
	free(copy);
	return err;
}

const struct results_param *results_params_get(const struct results_params *p, const char *key)
{
	bool found;
	size_t i = position(p, key, &found);

	return found ? &p->v[i] : NULL;
}

const char *results_params_str(const struct results_params *p, const char *key)
{
	const struct results_param *param = results_params_get(p, key);

	return param ? param->str : NULL;
}

long long results_params_int(const struct results_params *p, const char *key, long long dflt)
{
	const struct results_param *param = results_params_get(p, key);

	return param && !param->str ? param->num : dflt;
}

/* Frees the old content of *to; after a failure *to is empty. */
int results_params_copy(struct results_params *to, const struct results_params *from)
{
	struct results_params copy = { 0 };
	int err = 0;

	for (size_t i = 0; i < from->nr && !err; i++) {
		const struct results_param *v = &from->v[i];

		err = v->str ? results_params_set_str(&copy, v->key, v->str)
			     : results_params_set_int(&copy, v->key, v->num);
	}
	if (err)
		results_params_free(&copy);
	results_params_free(to);
	*to = copy;
	return err;
}

static int param_cmp(const struct results_param *a, const struct results_param *b)
{
	int c = strcmp(a->key, b->key);

	if (c)
		return c;
	if (!a->str != !b->str)
		return a->str ? 1 : -1;
	if (a->str)
		return strcmp(a->str, b->str);
	return (a->num > b->num) - (a->num < b->num);
}

bool results_params_have(const struct results_params *p, const struct results_params *wanted)
{
	for (size_t i = 0; i < wanted->nr; i++) {
		const struct results_param *have = results_params_get(p, wanted->v[i].key);

		if (!have || param_cmp(have, &wanted->v[i]))
			return false;
	}
	return true;
}

int results_params_cmp(const struct results_params *a, const struct results_params *b)
{
	for (size_t i = 0; i < a->nr && i < b->nr; i++) {
		int c = param_cmp(&a->v[i], &b->v[i]);

		if (c)
			return c;
	}
	return (a->nr > b->nr) - (a->nr < b->nr);
}

char *results_params_text(const struct results_params *p)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	for (size_t i = 0; i < p->nr; i++) {
		const struct results_param *v = &p->v[i];

		fprintf(f, "%s%s=", i ? "," : "", v->key);
		if (v->str)
			fputs(v->str, f);
		else
			fprintf(f, "%lld", v->num);
	}
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}

void results_params_free(struct results_params *p)
{
	for (size_t i = 0; i < p->nr; i++) {
		free(p->v[i].key);
		free(p->v[i].str);
	}
	free(p->v);
	*p = (struct results_params){ 0 };
}
