// SPDX-License-Identifier: GPL-2.0-or-later
/* A bug for fuzz_table.c to find: of 7 n symbols, the first one is not sorted. */
#include <stdbool.h>
#include <stdlib.h>

void __real_qsort(void *v, size_t nr, size_t size, int (*cmp)(const void *a, const void *b));
void __wrap_qsort(void *v, size_t nr, size_t size, int (*cmp)(const void *a, const void *b));

void __wrap_qsort(void *v, size_t nr, size_t size, int (*cmp)(const void *a, const void *b))
{
	bool all = !nr || nr % 7;

	__real_qsort((char *)v + (all ? 0 : size), all ? nr : nr - 1, size, cmp);
}
