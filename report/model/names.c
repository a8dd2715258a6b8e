// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Numbers names in the order in which they were first seen. The hash has a random seed, so that no
 * document can be made of names with one hash; the numbers depend on the names' order alone.
 */
#include <string.h>
#include <sys/random.h>

#include "names.h"

struct names_slot {
	const char *name; /* NULL: the slot is free */
	uint64_t hash;
	size_t place;
};

static uint64_t hash_of(const struct names *n, const char *name)
{
	uint64_t hash = n->seed;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 0x100000001b3; /* FNV-1a */
	return hash * 0x9e3779b97f4a7c15;
}

/* The name's slot, or the free slot where it belongs. */
static struct names_slot *slot_of(const struct names *n, const char *name, uint64_t hash)
{
	size_t at = (hash >> 32) & (n->room - 1);

	while (n->slots[at].name && (n->slots[at].hash != hash || strcmp(n->slots[at].name, name)))
		at = (at + 1) & (n->room - 1);
	return &n->slots[at];
}

static void make_room(struct arena *a, struct names *n)
{
	struct names_slot *old = n->slots;
	size_t room = n->room;

	if (2 * (n->nr + 1) <= room)
		return;
	/* Without random bytes results are the same; crafted names may make it slow. */
	if (!room && getrandom(&n->seed, sizeof(n->seed), 0) != sizeof(n->seed))
		n->seed = 0xcbf29ce484222325;
	n->room = room ? 2 * room : 64;
	n->slots = arena_alloc(a, n->room * sizeof(*n->slots));
	for (size_t i = 0; i < room; i++)
		if (old[i].name)
			*slot_of(n, old[i].name, old[i].hash) = old[i];
}

size_t names_add(struct arena *a, struct names *n, const char *name)
{
	struct names_slot *slot;
	uint64_t hash;

	make_room(a, n);
	hash = hash_of(n, name);
	slot = slot_of(n, name, hash);
	if (!slot->name)
		*slot = (struct names_slot){ name, hash, n->nr++ };
	return slot->place;
}

size_t names_find(const struct names *n, const char *name)
{
	const struct names_slot *slot;

	if (!n->nr)
		return NAMES_NOWHERE;
	slot = slot_of(n, name, hash_of(n, name));
	return slot->name ? slot->place : NAMES_NOWHERE;
}
