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

/*
 * One freer: a batch of unlinked tables, and its discipline. Created, used and destroyed by one
 * thread, the freer; only the reader_* operations are for other threads.
 */
struct gather;

struct gather_discipline {
	const char *name; /* ipi_signal | sync_membarrier | membarrier | rcu_qsbr | rcu_memb */
	const char *summary;
	bool busted;	 /* tables may be freed under a walker */
	bool deferred;	 /* tables are freed later than flush() returns; barrier() waits */
	bool needs_urcu; /* in an object file of its own, absent from guests */
	int (*init)(struct gather *g);
	void (*exit)(struct gather *g);
	/* By each walking thread before its first walk and after its last; -ENOMEM. */
	int (*reader_online)(struct gather *g);
	void (*reader_offline)(struct gather *g);
	/* Around each walk and between walks; NULL: the walk's own ref_irq_save() is enough.
	 * Callers use gather_walk_begin() and gather_walk_end() below. */
	void (*reader_lock)(struct gather *g);
	void (*reader_unlock)(struct gather *g);
	void (*reader_quiescent)(struct gather *g);
	/* Waits, or arranges to wait, and hands every table of the batch to the free function. */
	void (*flush)(struct gather *g);
	void (*barrier)(struct gather *g); /* returns when all that was flushed has been freed */
};
size_t gather_nr_disciplines(void);
const struct gather_discipline *gather_discipline_at(size_t i);
const struct gather_discipline *gather_discipline_find(const char *name);
/* Adds the rows rcu_qsbr and rcu_memb. In library refurcu: programs that link it call this first;
 * in the others those rows do not exist. */
void gather_register_urcu(void);

/*
 * batch: tables per flush at most, 1..gather_max_batch() (509 with 4 KiB pages, as the kernel).
 * -EINVAL: no discipline, no free function, or batch out of range; -ENOMEM; -ENOSYS: the running
 * kernel lacks what the discipline needs.
 */
int gather_create(const struct gather_discipline *d, unsigned batch, gather_free_fn free_fn,
		  void *cookie, struct gather **out);
/* Flushes what is left and waits until it is free. Every reader is offline by then. */
void gather_destroy(struct gather *g);
/* As tlb_remove_table(): adds an unlinked table, flushing when the batch is full. */
void gather_remove_table(struct gather *g, struct ref_page *table);
/* As tlb_finish_mmu(): flushes what is left. */
void gather_finish(struct gather *g);
/* As rcu_barrier(): returns when every table flushed so far has been freed. */
void gather_barrier(struct gather *g);
unsigned gather_max_batch(void);

struct gather_stats {
	uint64_t ipis_sent;	 /* signals sent, or membarrier calls */
	uint64_t callbacks;	 /* call_rcu callbacks run */
	uint64_t tables_freed;
	uint64_t waiting_peak;	 /* most tables unlinked and not yet free */
};
void gather_stats(struct gather *g, struct gather_stats *out);
const struct gather_discipline *gather_discipline_of(const struct gather *g);

/* What a reader does around each walk, besides the walk's own ref_irq_save(). */
static inline void gather_walk_begin(const struct gather_discipline *d, struct gather *g)
{
	if (d->reader_lock)
		d->reader_lock(g);
}

static inline void gather_walk_end(const struct gather_discipline *d, struct gather *g)
{
	if (d->reader_unlock)
		d->reader_unlock(g);
	if (d->reader_quiescent)
		d->reader_quiescent(g);
}

#endif
