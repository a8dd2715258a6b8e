/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that lives as long as one report.
 *
 * No function here returns NULL: without memory, it jumps to the setjmp(arena->oom) of the arena's
 * creator. So a caller may hold no other memory across these calls, unless its owner frees it after
 * the jump.
 */
#ifndef REPORT_ARENA_H
#define REPORT_ARENA_H

#include <setjmp.h>
#include <stddef.h>

struct arena {
	struct arena_block *blocks;
	jmp_buf oom;
};

void *arena_alloc(struct arena *a, size_t size); /* bytes; zeroed */
char *arena_str(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Makes room for one more element in an array of nr elements of `size` bytes. Returns the array,
 * which moves when nr is a power of two. */
void *arena_grow(struct arena *a, void *array, size_t nr, size_t size);
void arena_free(struct arena *a);

#endif
