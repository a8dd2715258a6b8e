// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finds a document's rows and checks by hash: adding one or looking one up does not compare it with
 * all others. The hash has a random seed, so that nobody can make a document of rows of one hash.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "internal.h"

struct slot {
	uint64_t hash;
	size_t entry; /* number in the document's array, from 1; 0: the slot is free */
};

struct results__index {
	struct slot *slots;
	size_t room; /* a power of two, at least twice nr */
	size_t nr;   /* the first nr entries of the array are indexed */
	uint64_t seed;
};

static uint64_t add_bytes(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *b = bytes;

	while (len--)
		hash = (hash ^ *b++) * 0x100000001b3; /* FNV-1a */
	return hash;
}

/* With the NUL: otherwise "ab" + "c" and "a" + "bc" would have one hash. */
static uint64_t add_string(uint64_t hash, const char *s)
{
	return add_bytes(hash, s, strlen(s) + 1);
}

static uint64_t add_params(uint64_t hash, const struct results_params *p)
{
	for (size_t i = 0; i < p->nr; i++) {
		const struct results_param *v = &p->v[i];

		hash = add_string(hash, v->key);
		hash = v->str ? add_string(hash, v->str) : add_bytes(hash, &v->num, sizeof(v->num));
	}
	return hash;
}

uint64_t results__row_hash(const struct results__index *x, const struct results_measurement *m)
{
	uint64_t hash = add_params(add_string(x->seed, m->case_id), &m->params);

	return add_bytes(hash, &m->subject, sizeof(m->subject));
}

uint64_t results__check_hash(const struct results__index *x, const struct results_check *c)
{
	return add_params(add_string(x->seed, c->id), &c->params);
}

struct results__index *results__index_new(void)
{
	struct results__index *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->room = 64;
	x->slots = calloc(x->room, sizeof(*x->slots));
	if (!x->slots || getrandom(&x->seed, sizeof(x->seed), 0) != sizeof(x->seed)) {
		results__index_free(x);
		return NULL;
	}
	return x;
}

void results__index_free(struct results__index *x)
{
	if (!x)
		return;
	free(x->slots);
	free(x);
}

size_t results__index_nr(const struct results__index *x)
{
	return x->nr;
}

/* The upper bits of the product are mixed better than the lower ones. */
static size_t first_slot(const struct results__index *x, uint64_t hash)
{
	return (hash * 0x9e3779b97f4a7c15 >> 32) & (x->room - 1);
}

static void put(struct results__index *x, uint64_t hash, size_t entry)
{
	size_t at = first_slot(x, hash);

	while (x->slots[at].entry)
		at = (at + 1) & (x->room - 1);
	x->slots[at] = (struct slot){ hash, entry };
}

static int grow(struct results__index *x)
{
	struct slot *old = x->slots;
	size_t room = x->room;

	x->slots = calloc(2 * room, sizeof(*x->slots));
	if (!x->slots) {
		x->slots = old;
		return -ENOMEM;
	}
	x->room = 2 * room;
	for (size_t i = 0; i < room; i++)
		if (old[i].entry)
			put(x, old[i].hash, old[i].entry);
	free(old);
	return 0;
}

int results__index_add(struct results__index *x, uint64_t hash)
{
	if (2 * (x->nr + 1) > x->room && grow(x))
		return -ENOMEM;
	put(x, hash, ++x->nr);
	return 0;
}

size_t results__index_find(const struct results__index *x, uint64_t hash,
			   bool (*is_it)(const void *arg, size_t i), const void *arg)
{
	size_t at = first_slot(x, hash);

	for (; x->slots[at].entry; at = (at + 1) & (x->room - 1))
		if (x->slots[at].hash == hash && is_it(arg, x->slots[at].entry - 1))
			return x->slots[at].entry - 1;
	return RESULTS__NOWHERE;
}
