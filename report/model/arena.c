// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory that lives as long as one report.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

struct arena_block {
	struct arena_block *next;
	_Alignas(16) char bytes[];
};

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *block = calloc(1, sizeof(*block) + size);

	if (!block)
		longjmp(a->oom, 1);
	block->next = a->blocks;
	a->blocks = block;
	return block->bytes;
}

char *arena_str(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		longjmp(a->oom, 1);
	text = arena_alloc(a, (size_t)len + 1);
	va_start(ap, fmt);
	vsnprintf(text, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return text;
}

void *arena_grow(struct arena *a, void *array, size_t nr, size_t size)
{
	void *moved;

	if (nr & (nr - 1))
		return array;
	moved = arena_alloc(a, (nr ? 2 * nr : 1) * size);
	if (nr)
		memcpy(moved, array, nr * size);
	return moved;
}

void arena_free(struct arena *a)
{
	struct arena_block *next;

	for (struct arena_block *block = a->blocks; block; block = next) {
		next = block->next;
		free(block);
	}
	a->blocks = NULL;
}
