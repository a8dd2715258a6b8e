// SPDX-License-Identifier: GPL-2.0-or-later
/* The gather's own memory, and fault injection into its allocations. */
#include "gather_priv.h"

void *gather_alloc(size_t size)
{
	char *raw = ref_alloc(size + GATHER_CACHE_LINE), *p;

	if (!raw)
		return NULL;
	/* At least one byte stays free in front of p: it holds the offset of p from raw. */
	p = (char *)(((uintptr_t)raw + GATHER_CACHE_LINE) & ~(uintptr_t)(GATHER_CACHE_LINE - 1));
	p[-1] = (char)(p - raw - 1);
	return p;
}

void gather_dealloc(void *p)
{
	if (p)
		ref_free((char *)p - (unsigned char)((char *)p)[-1] - 1);
}

/* xorshift64: the same seed fails the same allocations. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

bool gather_alloc_fails(struct gather *g)
{
	if (ref_likely(!g->fail_every))
		return false;
	if (g->fail_seed)
		return next_random(&g->fail_seed) % g->fail_every == 0;
	return ++g->allocations % g->fail_every == 0;
}

void gather_set_failing(struct gather *g, unsigned every, uint64_t seed)
{
	g->fail_every = every;
	g->fail_seed = seed;
	g->allocations = 0;
}
