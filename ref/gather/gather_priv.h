/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the gather's files and its tests. */
#ifndef REF_GATHER_PRIV_H
#define REF_GATHER_PRIV_H

#include <ref/gather.h>
#include <ref/port.h>

#define GATHER_CACHE_LINE 128 /* two lines: the CPU prefetches the next one too */

/* struct mmu_table_batch and a pointer to the gather: a little more than a page. */
struct gather_batch {
	union {
		struct ref_rcu_head rcu;
		void *urcu[2];		   /* liburcu's struct rcu_head */
		struct gather_batch *next; /* while the batch is unused */
	};
	struct gather *g;
	unsigned published; /* released by the freer, acquired by liburcu's callback */
	unsigned nr;
	struct ref_page *tables[];
};

/* struct mmu_gather_batch: pages as encoded words, see pages.c. */
struct gather_pages {
	struct gather_pages *next;
	unsigned nr, max;
	uintptr_t *encoded;
};

struct gather_tlb;

/*
 * A thread that walks, as one freer sees it. No slot is freed while the gather lives, so that the
 * freer may go through the list without a lock.
 */
struct gather_reader {
	struct gather_reader *next;	 /* the gather's list: written once, before publication */
	struct gather_reader *next_mine; /* the thread's list, for its own signal handler */
	struct gather *g;
	struct ref_cpu *cpu;	/* valid while online, under the gather's lock */
	struct gather_tlb *tlb; /* NULL: the thread has none */
	int id;			/* for ref_ipi_send() */
	unsigned epoch;		/* odd while online; changes whenever the slot changes hands */
	unsigned req;		/* written by the freer: the number to acknowledge */
	unsigned asked;		/* freer's own: the epoch that req was sent to, 0 for none */
	unsigned ack __attribute__((aligned(GATHER_CACHE_LINE))); /* written by the reader */
	unsigned interrupts;					  /* counted by the handler */
	unsigned asid; /* global_asid_rcu: the mm's number on this CPU; 0: one of its own */
} __attribute__((aligned(GATHER_CACHE_LINE)));

struct gather {
	/* The freer's own. */
	const struct gather_discipline *d;
	const struct gather_arch *arch;
	const struct gather_fallback *fallback;
	const struct gather_order *order;
	gather_free_fn free_fn;
	void *cookie;
	struct gather_batch *batch;
	struct gather_batch *spares; /* unused batches */
	unsigned batch_max;
	unsigned request; /* last number written to a req */
	int queued;	  /* callbacks queued so far */
	uint64_t ipis_sent, tlb_flushes, fallbacks, pages_freed;
	/* What to flush, and whether rmaps wait for the flush: the kernel's bits of these names. */
	bool freed_tables, cleared_ptes, unshared_tables, fully_unshared_tables, delayed_rmap;
	/* global_asid_rcu: the mm's number on all CPUs, 0: none; the mm gets one when it is active
	 * on more CPUs than that; and whether a CPU may use another still. */
	unsigned asid, asid_cpus;
	bool in_asid_transition;
	/* Pages: the first batch, which needs no allocation, and the batch that is being filled. */
	struct gather_pages local, *active;
	uintptr_t bundle[GATHER_BUNDLE];
	unsigned batch_count;
	const struct gather_page_ops *page_ops;
	void *page_cookie;
	unsigned fail_every;
	uint64_t fail_seed, allocations;
	void (*log)(void *cookie);
	void *log_cookie;

	struct ref_spinlock lock; /* for claiming and releasing readers' slots */
	struct gather_reader *readers;
	int nr_tlbs; /* TLBs ever attached */

	/* Written by the freer, read by the thread that frees. */
	uint64_t removed __attribute__((aligned(GATHER_CACHE_LINE)));
	/* Written by the thread that frees: a callback's thread, with RCU. */
	uint64_t freed __attribute__((aligned(GATHER_CACHE_LINE)));
	struct gather_batch *returned; /* unused batches, from callbacks */
	uint64_t waiting_peak;
	int done;	   /* how many of the `queued` callbacks have run */
	unsigned quiesced; /* see gather_hb_quiescent() */
};

/* ---- alloc.c ---- */
/* Zeroed memory on a cache line of its own; NULL: no memory. Freed by gather_dealloc(). */
void *gather_alloc(size_t size);
void gather_dealloc(void *p);
/* Fault injection: whether this allocation is to fail. */
bool gather_alloc_fails(struct gather *g);

/* ---- tables.c ---- */
/* Passes the tables to the free function and puts the batch back: free_batch() without RCU. */
void gather_free_batch(struct gather *g, struct gather_batch *batch);
void gather_free_table(struct gather *g, struct ref_page *table);
void gather_put_spare(struct gather *g, struct gather_batch *batch);
void gather_table_flush(struct gather *g);
void gather_tables_exit(struct gather *g);
void gather_note_peak(struct gather *g);
/* Counts a callback as run; the freer waits for g->queued of them. The callback's last action: the
 * gather may be destroyed as soon as the freer has seen the count. */
void gather_callback_done(struct gather *g);
/* Sleeps until all callbacks have run. The caller must not be in a walk. */
void gather_wait_callbacks(struct gather *g);

/* ---- pages.c ---- */
void gather_pages_init(struct gather *g);
void gather_pages_flush(struct gather *g);
void gather_pages_list_free(struct gather *g);

/* ---- reclaim.c ---- */
/* pte_lockptr(): the PTE table's own lock, as ptdesc's ptl. */
struct ref_spinlock *gather_ptl(struct ref_page *table);

/* ---- ipi.c ---- */
int gather_ipi_init(struct gather *g);
/* Interrupts every online reader and waits until each has acknowledged. */
void gather_interrupt_readers(struct gather *g);
/* Busted: writes the request after sending the interrupt. The reader may have handled the interrupt
 * already and found no request; it does not look again, and the freer waits for ever. */
void gather_interrupt_before_asking(struct gather *g);

/* ---- global_asid_rcu.c: for models and tests of what it leaves out ---- */
int gather_asid_init(struct gather *g);
int gather_asid_online(struct gather *g);
void gather_asid_interrupted(struct gather_reader *r);
void gather_asid_invalidate(struct gather *g);
/* use_global_asid() */
void gather_assign_asid(struct gather *g);

/* ---- rcu.c: over port.h's RCU, which waits for walks with interrupts off too ---- */
void gather_rcu_free_batch(struct gather *g, struct gather_batch *batch);
void gather_rcu_free_one(struct gather *g, struct ref_page *table);
/* Queues a callback for each table of the batch. */
void gather_rcu_free_each(struct gather *g, struct gather_batch *batch);
void gather_rcu_synchronize(struct gather *g);
void gather_rcu_barrier(struct gather *g);

/* ---- disciplines.c ---- */
void gather_register(const struct gather_discipline *const *list, size_t nr);

/* ---- registry.c ---- */
int gather_reader_claim(struct gather *g);
void gather_reader_release(struct gather *g);
/* The calling thread's slot, or NULL. */
struct gather_reader *gather_my_reader(struct gather *g);
/* The first of the list of readers; ->next leads to the others. */
struct gather_reader *gather_readers(struct gather *g);

/* ---- tlb.c ---- */
/* Invalidates the calling CPU's own TLB, from its interrupt handler. */
void gather_tlb_flush_local(struct gather_tlb *tlb);
/* Invalidates every TLB without an interrupt: a full barrier, and the effect of TLBI with DSB. */
void gather_broadcast(struct gather *g);
/* The same, of what is in a TLB under that number: INVLPGB and TLBSYNC. */
void gather_broadcast_asid(struct gather *g, unsigned asid);

/* The RCU head of a table that is a callback's only one: in fields that a frame in use leaves free,
 * as pt_rcu_head in the kernel's ptdesc. `mapping` holds the gather. */
static inline struct ref_rcu_head *gather_table_head(struct ref_page *table)
{
	_Static_assert(sizeof(struct ref_rcu_head) <= 2 * sizeof(void *), "next and prev hold it");
	return (struct ref_rcu_head *)&table->next;
}

static inline struct ref_page *gather_head_table(void *head)
{
	return (struct ref_page *)((char *)head - offsetof(struct ref_page, next));
}

/*
 * ThreadSanitizer cannot see how a grace period orders the readers before the callback: liburcu is
 * not instrumented, and relies on membarrier(2) together with program order. These annotations
 * state that order and no more: a reader releases when it leaves a walk, the callback acquires; a
 * callback that runs during a walk is still a race.
 */
#ifdef __SANITIZE_THREAD__
#define gather_hb_quiescent(g) ((void)__atomic_fetch_add(&(g)->quiesced, 1, __ATOMIC_RELEASE))
#define gather_hb_grace_period(g) ((void)ref_load_acquire(&(g)->quiesced))
#else
#define gather_hb_quiescent(g) ((void)(g))
#define gather_hb_grace_period(g) ((void)(g))
#endif

#define GATHER_DECLARE(name, ...) extern const struct gather_discipline gather_##name;
GATHER_DISCIPLINES(GATHER_DECLARE, GATHER_DECLARE)
GATHER_URCU_DISCIPLINES(GATHER_DECLARE)

#endif
