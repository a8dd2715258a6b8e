/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freeing page tables under lockless walkers: unlink, invalidate, wait, free.
 *
 * Order and names follow mm/mmu_gather.c and include/asm-generic/tlb.h (Linux 6.12). A discipline
 * says how the freer waits for walkers that may still hold a pointer to the table.
 */
#ifndef REF_GATHER_H
#define REF_GATHER_H

#include <ref/pgtable.h>

/* Called when a table is free for reuse, from whatever context the discipline frees in. */
typedef void (*gather_free_fn)(void *cookie, struct ref_page *table);

struct gather; /* one freer: a batch of unlinked tables, and its discipline */

struct gather_discipline {
	const char *name; /* ipi_signal | sync_membarrier | membarrier | rcu_qsbr | rcu_memb */
	const char *summary;
	bool busted;	 /* tables may be freed under a walker */
	bool needs_urcu; /* in an object file of its own, absent from guests */
	int (*init)(struct gather *g);
	void (*exit)(struct gather *g);
	void (*reader_online)(struct gather *g);  /* by each walking thread, before its first walk */
	void (*reader_offline)(struct gather *g); /* and after its last */
	void (*reader_quiescent)(struct gather *g); /* between walks (qsbr); else nothing */
	/* Waits, or arranges to wait, and hands every table of the batch to the free function. */
	void (*flush)(struct gather *g);
	void (*barrier)(struct gather *g); /* returns when all that was flushed has been freed */
};
size_t gather_nr_disciplines(void);
const struct gather_discipline *gather_discipline_at(size_t i);
const struct gather_discipline *gather_discipline_find(const char *name);

/* batch: tables per flush at most, 1..gather_max_batch() (509 with 4 KiB pages, as the kernel). */
int gather_create(const struct gather_discipline *d, unsigned batch, gather_free_fn free_fn,
		  void *cookie, struct gather **out);
void gather_destroy(struct gather *g);
/* As tlb_remove_table(): adds an unlinked table, flushing when the batch is full. */
void gather_remove_table(struct gather *g, struct ref_page *table);
/* As tlb_finish_mmu(): flushes what is left. */
void gather_finish(struct gather *g);
unsigned gather_max_batch(void);

struct gather_stats {
	uint64_t ipis_sent;	 /* signals sent, or membarrier calls */
	uint64_t callbacks;	 /* call_rcu callbacks run */
	uint64_t tables_freed;
	uint64_t waiting_peak;	 /* most tables unlinked and not yet free */
};
void gather_stats(struct gather *g, struct gather_stats *out);

#endif
