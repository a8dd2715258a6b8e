/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers names in the order in which they were first seen, by hash: groups rows without comparing
 * each row with all groups.
 */
#ifndef REPORT_NAMES_H
#define REPORT_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"

struct names {
	struct names_slot *slots;
	size_t room; /* number of slots: a power of two, at least twice nr; 0: none yet */
	size_t nr;   /* names: their places are 0 .. nr - 1 */
	uint64_t seed;
};

#define NAMES_NOWHERE ((size_t)-1)

/* The place of the name. A new name, which is not copied, is added at the end: its place is the
 * former nr. */
size_t names_add(struct arena *a, struct names *n, const char *name);
/* The place of the name, or NAMES_NOWHERE. */
size_t names_find(const struct names *n, const char *name);

#endif
