/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names and the places at which they were first seen, by hash: what puts rows into groups without a
 * look at all groups for each row.
 */
#ifndef REPORT_NAMES_H
#define REPORT_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"

struct names {
	struct names_slot *slots;
	size_t room; /* of slots: a power of two, at least twice nr; 0: none yet */
	size_t nr;   /* names: their places are 0 .. nr - 1 */
	uint64_t seed;
};

#define NAMES_NOWHERE ((size_t)-1)

/* The place of the name, which is added if it is new: then that is what nr was. It is not
 * copied. */
size_t names_add(struct arena *a, struct names *n, const char *name);
/* The place of the name, or NAMES_NOWHERE. */
size_t names_find(const struct names *n, const char *name);

#endif
