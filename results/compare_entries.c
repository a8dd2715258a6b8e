// SPDX-License-Identifier: GPL-2.0-or-later
/* The entries of all documents of both sides, sorted: those of one identity are adjacent. */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

int results__entries_add(struct results__entries *e, const void *array, size_t nr, size_t size,
			 bool is_head)
{
	if (e->nr + nr > e->room) {
		size_t room = 2 * e->room > e->nr + nr ? 2 * e->room : e->nr + nr;
		struct results__entry *v = realloc(e->v, room * sizeof(*v));

		if (!v)
			return -ENOMEM;
		e->v = v;
		e->room = room;
	}
	for (size_t i = 0; i < nr; i++, e->nr++)
		e->v[e->nr] =
			(struct results__entry){ (const char *)array + i * size, is_head, e->nr };
	return 0;
}

static int entry_cmp(const void *a, const void *b, void *arg)
{
	int (*const *cmp)(const void *, const void *) = arg;
	const struct results__entry *x = a, *y = b;
	int c = (*cmp)(x->of, y->of);

	if (c || x->is_head != y->is_head)
		return c ? c : (int)x->is_head - (int)y->is_head;
	return (x->order > y->order) - (x->order < y->order);
}

void results__entries_sort(struct results__entries *e, int (*cmp)(const void *a, const void *b))
{
	if (e->nr)
		qsort_r(e->v, e->nr, sizeof(*e->v), entry_cmp, &cmp);
}

size_t results__entries_next(const struct results__entries *e, size_t i,
			     int (*cmp)(const void *a, const void *b))
{
	size_t next = i + 1;

	while (next < e->nr && !cmp(e->v[next].of, e->v[i].of))
		next++;
	return next;
}
