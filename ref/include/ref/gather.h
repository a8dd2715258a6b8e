/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freeing page tables, and the pages that they mapped, beside lockless walkers: unlink, invalidate,
 * wait, free.
 *
 * Order, names and sizes follow mm/mmu_gather.c and include/asm-generic/tlb.h (Linux 6.12). Three
 * things vary, and each is a row: the discipline (how invalidation reaches other CPUs, and how the
 * freer then waits for walkers that may still hold a pointer to the table), the fallback (what is
 * done with a table when there is no memory for a batch) and the architecture (batch sizes, whether
 * tables need an invalidation of their own).
 */
#ifndef REF_GATHER_H
#define REF_GATHER_H

#include <ref/gather_disciplines.h>
#include <ref/gather_reclaims.h>
#include <ref/pgtable.h>

/* Called when a table is free for reuse, in the context in which the discipline frees. */
typedef void (*gather_free_fn)(void *cookie, struct ref_page *table);

/*
 * One freer: the kernel's struct mmu_gather, kept from one operation to the next, and the mm's
 * list of its readers, the threads that walk in it. One thread, the freer, creates, uses and
 * destroys it; other threads call the gather_reader_*, gather_walk_* and gather_tlb_* functions
 * alone.
 */
struct gather;
struct gather_batch;  /* of tables: the kernel's struct mmu_table_batch */
struct gather_reader; /* a thread that walks, as one freer sees it */

/* Every operation may be NULL but free_batch. */
struct gather_discipline {
	const char *name;      /* as in gather_disciplines.h, which describes it */
	const void *data;      /* the discipline's own */
	bool busted;	       /* tables may be freed under a walker */
	bool deferred;	       /* tables are freed later than a flush returns; barrier() waits */
	bool needs_urcu;       /* in an object file of its own, absent from guests */
	bool needs_membarrier; /* gather_create() gives -ENOSYS where the kernel has none */
	int (*init)(struct gather *g);
	void (*exit)(struct gather *g);
	/* Called in each walking thread by gather_reader_online() and gather_reader_offline(). 0 or
	 * -errno. */
	int (*reader_online)(struct gather *g);
	void (*reader_offline)(struct gather *g);
	/* Called in the reader's interrupt handler, at each request of the freer, before it
	 * acknowledges. Async-signal-safe. */
	void (*reader_interrupted)(struct gather_reader *r);
	/* Called by each reader before, after and between walks. NULL: the walk's own
	 * ref_irq_save() is enough. */
	void (*reader_lock)(struct gather *g);
	void (*reader_unlock)(struct gather *g);
	void (*reader_quiescent)(struct gather *g);
	/*
	 * tlb_flush(): when it returns, no CPU uses an entry that was cleared before. One that
	 * sends interrupts and waits for their handlers has also waited for walks. NULL: a
	 * broadcast, which interrupts nobody.
	 */
	void (*invalidate)(struct gather *g);
	/* tlb_remove_table_free(), after the invalidation: frees now, or by a callback later. */
	void (*free_batch)(struct gather *g, struct gather_batch *batch);
	/* Used by the fallbacks, and set where tables are freed by RCU: free_one() queues a
	 * callback for this table alone, synchronize() waits for a grace period. */
	void (*free_one)(struct gather *g, struct ref_page *table);
	void (*synchronize)(struct gather *g);
	void (*barrier)(struct gather *g); /* waits until all tables flushed before are freed */
};
size_t gather_nr_disciplines(void);
const struct gather_discipline *gather_discipline_at(size_t i);
const struct gather_discipline *gather_discipline_find(const char *name);
/* Adds the rows of GATHER_URCU_DISCIPLINES. In library refurcu: programs that link it call this
 * before anything else here; programs without it have no such rows. */
void gather_register_urcu(void);

/*
 * An architecture's settings for freeing: Kconfig's MMU_GATHER_* and asm/tlb.h.
 */
struct gather_arch {
	const char *name; /* "x86_64", "ppc64-radix-64k" */
	unsigned page_shift;
	/* MMU_GATHER_RCU_TABLE_FREE: a batch of tables has an RCU header. */
	bool rcu_header;
	/* tlb_needs_table_invalidate(): hardware walks these tables, and may cache them. */
	bool table_invalidate;
	/* MMU_GATHER_NO_GATHER: clearing an entry flushes it, so pages are not gathered. */
	bool no_gather;
	const char *source;
};
size_t gather_nr_archs(void);
const struct gather_arch *gather_arch_at(size_t i);
const struct gather_arch *gather_arch_find(const char *name);
/* The architecture's MAX_TABLE_BATCH, MAX_GATHER_BATCH and MAX_GATHER_BATCH_COUNT, as on a 64-bit
 * machine. */
unsigned gather_arch_max_tables(const struct gather_arch *arch);
unsigned gather_arch_max_pages(const struct gather_arch *arch);
unsigned gather_arch_max_batches(const struct gather_arch *arch);
#define GATHER_BUNDLE 8 /* MMU_GATHER_BUNDLE: pages gathered without an allocation */

/* tlb_remove_table_one(): frees a single table when there is no memory for a batch of tables. */
struct gather_fallback {
	const char *name; /* none | no_wait | sync_ipi | sync_rcu | rcu_per_table */
	const char *summary;
	bool busted;	/* frees under walkers that the invalidation has not waited for */
	bool needs_rcu; /* only with disciplines that free by RCU */
	void (*remove_one)(struct gather *g, struct ref_page *table);
};
size_t gather_nr_fallbacks(void);
const struct gather_fallback *gather_fallback_at(size_t i);
const struct gather_fallback *gather_fallback_find(const char *name);

/* The order of tlb_flush_mmu(), as data, so that a test can show that a wrong order is wrong. */
struct gather_order {
	const char *name; /* kernel | pages_first | no_flush */
	const char *summary;
	bool busted;
	void (*step[3])(struct gather *g);
};
size_t gather_nr_orders(void);
const struct gather_order *gather_order_at(size_t i);
const struct gather_order *gather_order_find(const char *name);

/*
 * Creates a freer. batch: tables per batch at most, 1..GATHER_BATCH_LIMIT; the kernel's is
 * gather_max_batch(), 509 with 4 KiB pages. free_fn(cookie, table) is called for each freed table.
 * -EINVAL: no discipline, no free function, or batch out of range; -ENOMEM; -ENOSYS: the running
 * kernel lacks what the discipline needs.
 */
int gather_create(const struct gather_discipline *d, unsigned batch, gather_free_fn free_fn,
		  void *cookie, struct gather **out);
/* Flushes the tables and pages that are left and waits until they are free. Every reader is offline
 * by then. */
void gather_destroy(struct gather *g);
unsigned gather_max_batch(void);
#define GATHER_BATCH_LIMIT 8189 /* MAX_TABLE_BATCH with 64 KiB pages */

/* The three setters are called after gather_create(), before anything is removed. The default is
 * sync_rcu (Linux 7.x) with disciplines that free by RCU, else none. -EINVAL: NULL, or a fallback
 * that this discipline cannot have. */
int gather_set_fallback(struct gather *g, const struct gather_fallback *fallback);
/* The default is x86_64's. -EINVAL: NULL, or an architecture without table_invalidate for a
 * discipline that waits for walkers by the invalidation alone. */
int gather_set_arch(struct gather *g, const struct gather_arch *arch);
int gather_set_order(struct gather *g, const struct gather_order *order);
/*
 * Fault injection: every `every`-th allocation of a batch fails (0: none, 1: all), or, with a seed
 * that is not 0, one in `every` at random, the same allocations each time.
 */
void gather_set_failing(struct gather *g, unsigned every, uint64_t seed);
/* Has flushed(cookie) called after each invalidation. */
void gather_set_log(struct gather *g, void (*flushed)(void *cookie), void *cookie);

/* ---- tables ---- */

/* As pte_free_tlb(): notes that tables were freed and adds `table`, which the caller has unlinked,
 * to the batch, as tlb_remove_table(), which flushes when the batch is full. */
void gather_remove_table(struct gather *g, struct ref_page *table);
/* As rcu_barrier(): returns when every table flushed so far has been freed. */
void gather_barrier(struct gather *g);

/* ---- pages ---- */

struct gather_page_ops {
	/* free_pages_and_swap_cache(): drops nr references of the folio. */
	void (*free)(void *cookie, struct ref_page *page, unsigned nr);
	/* folio_remove_rmap_ptes(), for pages added with delay_rmap. */
	void (*remove_rmap)(void *cookie, struct ref_page *page, unsigned nr);
};
/* NULL, the default: references are dropped, and there is no rmap. */
void gather_set_page_ops(struct gather *g, const struct gather_page_ops *ops, void *cookie);
/* As tlb_remove_tlb_entry(): notes that the caller has cleared an entry, so the next flush
 * invalidates. */
void gather_note_entry(struct gather *g);
/*
 * As __tlb_remove_folio_pages(): adds nr pages of one folio. True: the batch has no room for
 * another, and the caller has to call gather_flush_mmu(). delay_rmap: false with an architecture
 * that has no_gather.
 */
bool gather_add_page(struct gather *g, struct ref_page *page, unsigned nr, bool delay_rmap);
/* As tlb_remove_page(): adds one page, and flushes when the batch is full. */
void gather_remove_page(struct gather *g, struct ref_page *page);
/* As tlb_flush_rmaps(): called after the invalidation, with the PTE lock still held. */
void gather_flush_rmaps(struct gather *g);

/* ---- flushing ---- */

void gather_flush_tlbonly(struct gather *g); /* tlb_flush_mmu_tlbonly(): if anything was noted */
void gather_flush_mmu(struct gather *g);     /* tlb_flush_mmu(): by struct gather_order */
void gather_finish(struct gather *g);	     /* tlb_finish_mmu(): flushes what is left */
/*
 * As tlb_remove_table_sync_one(): runs an empty function on every reader's CPU and waits for it.
 * Not a grace period: it waits for walkers that have interrupts off, and for nobody else.
 */
void gather_sync_one(struct gather *g);

/* ---- a hugetlb PMD table shared by two mms, and taken out of one ---- */

/* How huge_pmd_unshare() keeps walkers out of a table that becomes private to another process. */
struct gather_unshare {
	const char *name; /* unshare_ipi | unshare_last_ipi | unshare_no_ipi */
	const char *summary;
	bool busted;
	bool ipi_each; /* at each unshare: 1013af4f585f */
	bool ipi_last; /* once per flush, if an mm became the only owner of a table */
};
size_t gather_nr_unshares(void);
const struct gather_unshare *gather_unshare_at(size_t i);
const struct gather_unshare *gather_unshare_find(const char *name);

/* Makes another mm over mm's arena: with a top table of its own, nothing mapped, and no frames to
 * allocate from (pgt_map() gives -ENOMEM). gather_mm_put() destroys it, before mm. 0 or -errno. */
int gather_mm_beside(struct ref_mm *mm, struct ref_mm **out);
void gather_mm_put(struct ref_mm *beside);
/* As huge_pmd_share(): links owner's PMD table that covers addr into `to` as well. -ENOENT: owner
 * has no such table; -EEXIST: `to` has one; -ENOMEM. */
int gather_share_pmd(struct ref_mm *owner, struct ref_mm *to, uint64_t addr);
/* As huge_pmd_unshare(): takes the PMD table that covers addr out of mm, if it is shared. True: it
 * was. Callers exclude each other until gather_unshare_flush() has returned (i_mmap_rwsem). */
bool gather_unshare_pmd(struct gather *g, const struct gather_unshare *u, struct ref_mm *mm,
			uint64_t addr);
void gather_unshare_flush(struct gather *g, const struct gather_unshare *u);

/* ---- an empty PTE table, freed while its neighbours stay: CONFIG_PT_RECLAIM ---- */

/* How MADV_DONTNEED frees a table that it has emptied, and how a fault maps one. */
struct gather_reclaim {
	const char *name; /* as in gather_reclaims.h, which describes it */
	bool busted;
	bool keeps;	 /* the table stays */
	bool no_recheck; /* who locks a table does not read the PMD again */
	bool no_rcu;	 /* who maps a table is in no read-side section */
	bool no_rescan;	 /* a table is taken out without another look at its entries */
};
size_t gather_nr_reclaims(void);
const struct gather_reclaim *gather_reclaim_at(size_t i);
const struct gather_reclaim *gather_reclaim_find(const char *name);

/*
 * The next three may run beside each other and beside walkers, in threads that are online
 * (ref_thread_online()); formats whose PTE tables share a frame are not for them. addr's PMD table
 * is there, and stays. A PTE table's lock is in a field that is 0 in a new table.
 *
 * gather_dontneed(): as madvise(MADV_DONTNEED) of all that addr's PTE table maps. Clears the
 * entries, adds their pages and, where it could take the table out, the table to the gather, whose
 * owner calls gather_finish(). The gather's discipline has to free by RCU. resched: drops the
 * table's lock once, before that entry, as if need_resched() were true; 0: never. True: the table
 * is in the gather.
 */
bool gather_dontneed(struct gather *g, const struct gather_reclaim *u, struct ref_mm *mm,
		     uint64_t addr, unsigned resched);
/* Maps the page at addr by a writable leaf, which takes over the caller's reference: as
 * handle_pte_fault() and do_anonymous_page(). -ENOENT: there is no table; the caller installs one
 * and calls again; -EEXIST: a page is mapped there. */
int gather_fault(const struct gather_reclaim *u, struct ref_mm *mm, uint64_t addr,
		 struct ref_page *page);
/* As pmd_install(). -EEXIST: another was first. */
int gather_install_table(struct ref_mm *mm, uint64_t addr, struct ref_page *table);

/* ---- readers ---- */

/*
 * Called by each walking thread before its first walk and after its last: puts the thread into the
 * mm's CPU mask, so that the freer interrupts it and waits for it. 0, -ENOMEM, -ENOSYS.
 */
int gather_reader_online(struct gather *g);
void gather_reader_offline(struct gather *g);

/* Each reader calls them around each walk; the walk itself calls ref_irq_save(). */
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

/*
 * Gives the calling thread, which is online, a simulated TLB, so that tests can show what happens
 * without an invalidation. It has a few entries. An invalidation by interrupt drops them in the
 * thread's own handler; a broadcast drops them from the freer's thread. -ENOMEM; -ENOENT: offline.
 */
int gather_tlb_attach(struct gather *g);
/*
 * One memory access of a program in mm: translates addr by the TLB, or else by a hardware walk of
 * the tables, and calls use(arg, page). Like an instruction it is not interrupted, and a broadcast
 * invalidation waits for its end. False: a page fault.
 */
bool gather_tlb_access(struct gather *g, struct ref_mm *mm, uint64_t addr,
		       void (*use)(void *arg, struct ref_page *page), void *arg);

/* ---- numbers ---- */

struct gather_stats {
	uint64_t ipis_sent;	   /* interrupts to readers, or membarrier calls */
	uint64_t cpus_interrupted; /* handlers that ran in readers and found a request */
	uint64_t tlb_flushes;	   /* invalidations */
	uint64_t callbacks;	   /* RCU callbacks run */
	uint64_t fallbacks;	   /* tables for which there was no batch */
	uint64_t tables_freed;
	uint64_t pages_freed;
	uint64_t waiting_peak; /* most tables unlinked and not yet free */
};
void gather_stats(struct gather *g, struct gather_stats *out);
const struct gather_discipline *gather_discipline_of(const struct gather *g);

#endif
