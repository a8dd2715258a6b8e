// SPDX-License-Identifier: GPL-2.0-or-later
/* Joins the parts of all runs by name, with or without a document, by sorting. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static const char *name_of(const struct results__holder *h)
{
	if (h->source->as)
		return h->source->as;
	return h->part ? h->part->name : h->doc->part;
}

static int holder_cmp(const void *a, const void *b)
{
	const struct results__holder *x = a, *y = b;
	int c = strcmp(name_of(x), name_of(y));

	return c ? c : (x->order > y->order) - (x->order < y->order);
}

/* By the place of the part's first holder. */
static int part_cmp(const void *a, const void *b)
{
	const struct results__joined_part *x = a, *y = b;

	return (x->holders->order > y->holders->order) - (x->holders->order < y->holders->order);
}

static void hold(struct results__joined *j, const struct results__source *s, bool is_head,
		 size_t *nr)
{
	for (size_t i = 0; i < s->nr_docs; i++, (*nr)++)
		j->holders[*nr] = (struct results__holder){
			.source = s,
			.is_head = is_head,
			.part = s->run ? &s->run->parts[i] : NULL,
			.doc = s->docs[i],
			.order = *nr,
		};
}

int results__join(struct results__source *const *base, size_t nr_base,
		  struct results__source *const *head, size_t nr_head, struct results__joined *j)
{
	size_t nr = 0, room = 1, next;

	*j = (struct results__joined){ 0 };
	for (size_t i = 0; i < nr_base + nr_head; i++)
		room += (i < nr_base ? base[i] : head[i - nr_base])->nr_docs;
	j->holders = malloc(room * sizeof(*j->holders));
	j->parts = malloc(room * sizeof(*j->parts));
	if (!j->holders || !j->parts) {
		results__joined_free(j);
		return -ENOMEM;
	}
	for (size_t i = 0; i < nr_base + nr_head; i++)
		hold(j, i < nr_base ? base[i] : head[i - nr_base], i >= nr_base, &nr);
	qsort(j->holders, nr, sizeof(*j->holders), holder_cmp);
	for (size_t i = 0; i < nr; i = next) {
		const struct results__holder *first = &j->holders[i];

		for (next = i + 1; next < nr; next++)
			if (strcmp(name_of(&j->holders[next]), name_of(first)))
				break;
		j->parts[j->nr++] = (struct results__joined_part){
			name_of(first),
			first,
			next - i,
		};
	}
	qsort(j->parts, j->nr, sizeof(*j->parts), part_cmp);
	return 0;
}

void results__joined_free(struct results__joined *j)
{
	free(j->holders);
	free(j->parts);
	*j = (struct results__joined){ 0 };
}
