/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page tables that table_free's freer takes out and puts back: a ring of PTE tables in one
 * simulated memory, laid out once and shared by all instances, with the tables of its readers.
 */
#ifndef BENCH_FREE_RING_H
#define BENCH_FREE_RING_H

#include <ref/pgtable.h>
#include <ref/port.h>

#include "free_readers.h"

#define RING_FORMAT "x86_64-4k-48"
#define RING_SPAN (1ULL << 21) /* of a table */
#define RING_ENTRIES 16	       /* cleared in a table */
/* Larger than a cache, and long enough to keep a liburcu worker's pause, which is not timed, from
 * taking the day. In a guest nobody defers, and set-up takes most of the time. */
#ifdef BENCH_GUEST
#define RING_TABLES 512
#else
#define RING_TABLES 4096
#endif

struct ring_table {
	uint64_t *mem;		   /* its entries */
	uint64_t entry;		   /* what the first RING_ENTRIES hold while it is in use */
	struct ref_page *unlinked; /* NULL while it is linked */
};

extern struct ring_table free_ring[RING_TABLES];

/* The mm, with tables for so many readers; 0 or -errno. */
int ring_get(unsigned nr_readers);
struct ref_mm *ring_mm(void);
size_t ring_slot_of(const struct ref_page *table);
/* Puts back the first nr tables, and their entries; false: one could not be linked. */
bool ring_put_back(size_t nr);

static inline uint64_t ring_addr(size_t slot)
{
	return RING_SPAN * (slot + 1);
}

/* As ptep_get_and_clear(): another CPU may be setting the dirty bit. */
static inline void ring_clear_entries(struct ring_table *t)
{
	for (size_t i = 0; i < RING_ENTRIES; i++)
		(void)ref_xchg(&t->mem[i], 0);
}

#endif
