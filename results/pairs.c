// SPDX-License-Identifier: GPL-2.0-or-later
/* The provenance blocks: string keys, string values. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static struct results_pair *find(const struct results_pairs *p, const char *key)
{
	for (size_t i = 0; i < p->nr; i++)
		if (!strcmp(p->v[i].key, key))
			return &p->v[i];
	return NULL;
}

int results_pairs_set(struct results_pairs *p, const char *key, const char *value)
{
	struct results_pair *pair, *v;
	char *k, *copy;

	if (!results__is_key(key) || results__check_text(value, true, "", NULL))
		return -EINVAL;
	copy = strdup(value);
	if (!copy)
		return -ENOMEM;
	pair = find(p, key);
	if (pair) {
		free(pair->value);
		pair->value = copy;
		return 0;
	}
	k = strdup(key);
	v = realloc(p->v, (p->nr + 1) * sizeof(*v));
	if (v)
		p->v = v;
	if (!k || !v) {
		free(k);
		free(copy);
		return -ENOMEM;
	}
	v[p->nr++] = (struct results_pair){ .key = k, .value = copy };
	return 0;
}

int results_pairs_setf(struct results_pairs *p, const char *key, const char *fmt, ...)
{
	char *value;
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = vasprintf(&value, fmt, ap);
	va_end(ap);
	if (ret < 0)
		return -ENOMEM;
	ret = results_pairs_set(p, key, value);
	free(value);
	return ret;
}

const char *results_pairs_get(const struct results_pairs *p, const char *key)
{
	const struct results_pair *pair = find(p, key);

	return pair ? pair->value : NULL;
}

bool results_env_is_compared(const char *key)
{
	return strcmp(key, "load") && strcmp(key, "qemu_folder");
}

void results_pairs_free(struct results_pairs *p)
{
	for (size_t i = 0; i < p->nr; i++) {
		free(p->v[i].key);
		free(p->v[i].value);
	}
	free(p->v);
	*p = (struct results_pairs){ 0 };
}

static int pair_cmp(const void *a, const void *b)
{
	const struct results_pair *x = a, *y = b;

	return strcmp(x->key, y->key);
}

void results__pairs_sort(struct results_pairs *p)
{
	if (p->nr)
		qsort(p->v, p->nr, sizeof(*p->v), pair_cmp);
}
