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
/* Tables in the ring: more than a cache holds, and so many that a batch is long compared with the
 * untimed pause of liburcu's worker after it. A guest runs no deferred frees, and set-up takes
 * most of its time: fewer there. */
#ifdef BENCH_GUEST
#define RING_TABLES 512
#else
#define RING_TABLES 4096
#endif

struct ring_table {
	uint64_t *mem;		   /* its entries */
	uint64_t entry;		   /* the value of the first RING_ENTRIES while it is linked */
	struct ref_page *unlinked; /* NULL while it is linked */
};

extern struct ring_table free_ring[RING_TABLES];

/* Makes the mm and the ring at the first call, and maps tables for nr_readers readers. 0 or
 * -errno. */
int ring_get(unsigned nr_readers);
struct ref_mm *ring_mm(void);
size_t ring_slot_of(const struct ref_page *table);
/* Puts back the ring's first nr tables and their entries; false: one could not be linked. */
bool ring_put_back(size_t nr);

static inline uint64_t ring_addr(size_t slot)
{
	return RING_SPAN * (slot + 1);
}

/* Clears by atomic exchange, as ptep_get_and_clear(): another CPU may be setting the dirty bit. */
static inline void ring_clear_entries(struct ring_table *t)
{
	for (size_t i = 0; i < RING_ENTRIES; i++)
		(void)ref_xchg(&t->mem[i], 0);
}

#endif
