/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the gather's files share with each other, and with its tests. */
#ifndef REF_GATHER_PRIV_H
#define REF_GATHER_PRIV_H

#include <pthread.h>
#include <sys/types.h>

#include <ref/gather.h>
#include <ref/port.h>

#define GATHER_PAGE_SIZE 4096 /* of the pages that the kernel keeps its batches in */
#define GATHER_CACHE_LINE 128 /* two lines: the next one is prefetched along */

/*
 * struct mmu_table_batch of include/asm-generic/tlb.h as it is with an RCU header; how many tables
 * fit behind it in one page is MAX_TABLE_BATCH.
 */
struct gather_kernel_batch {
	void *rcu_next;
	void (*rcu_func)(void *head);
	unsigned nr;
	struct ref_page *tables[];
};
#define GATHER_MAX_BATCH                                                                           \
	((GATHER_PAGE_SIZE - sizeof(struct gather_kernel_batch)) / sizeof(struct ref_page *))

/* Ours; it also has to find its gather, so it is a little more than a page. */
struct gather_batch {
	void *rcu[2]; /* the flavour's struct rcu_head */
	struct gather *g;
	unsigned published; /* released by the freer, acquired by the callback */
	unsigned nr;
	bool single; /* not from the allocator: see remove_one() */
	struct ref_page *tables[];
};

/*
 * A thread that walks, as one freer sees it. Slots are never given back while the gather lives, so
 * that the freer may go through the list without a lock.
 */
struct gather_reader {
	struct gather_reader *next; /* the gather's list: written once, before it is published */
	struct gather_reader *next_mine; /* the thread's list, for its own signal handler */
	struct gather *g;
	struct ref_cpu *cpu; /* valid while online, under the gather's lock */
	pid_t tid;
	unsigned epoch; /* odd while online: tells the freer whom it asked */
	unsigned req;	/* written by the freer: acknowledge this number */
	unsigned asked; /* freer's own: the epoch that req was sent to, 0 for none */
	unsigned ack __attribute__((aligned(GATHER_CACHE_LINE))); /* written by the reader */
} __attribute__((aligned(GATHER_CACHE_LINE)));

struct gather {
	/* The freer's own. */
	const struct gather_discipline *d;
	gather_free_fn free_fn;
	void *cookie;
	struct gather_batch *batch;
	struct gather_batch *spares; /* unused ones */
	unsigned batch_max;
	unsigned request; /* last number written to a req */
	uint64_t ipis_sent;
	void *(*alloc)(size_t size); /* malloc; tests make it fail */
	void *priv;		     /* the discipline's */

	pthread_mutex_t lock; /* claiming and giving back of readers' slots */
	struct gather_reader *readers;

	/* Written by the freer, read by whoever frees. */
	uint64_t removed __attribute__((aligned(GATHER_CACHE_LINE)));
	unsigned full_barrier;
	/* Written by whoever frees: a callback's thread, with RCU. */
	uint64_t freed __attribute__((aligned(GATHER_CACHE_LINE)));
	struct gather_batch *returned; /* unused ones, from callbacks */
	uint64_t callbacks;
	uint64_t waiting_peak;
	pthread_mutex_t done_lock; /* of a deferred discipline: `freed` grows under it */
	pthread_cond_t done;
	unsigned quiesced; /* see gather_hb_quiescent() */
};

/* Hands the tables to the free function, and the batch back. */
void gather_free_batch(struct gather_batch *batch);
/* Takes the current batch away from the gather. */
struct gather_batch *gather_take_batch(struct gather *g);
/* barrier() of the deferred ones. A thread of RCU's readers must not stand in a walk. */
void gather_wait_callbacks(struct gather *g);
void gather_no_exit(struct gather *g);
void gather_no_barrier(struct gather *g);
void gather_register(const struct gather_discipline *d);

int gather_reader_claim(struct gather *g);
void gather_reader_release(struct gather *g);
/* First of the readers' list, to be followed by ->next. */
struct gather_reader *gather_readers(struct gather *g);

/* Unlinking before whatever the freer looks at next. Pairs with gather_reader_claim(). */
static inline void gather_full_barrier(struct gather *g)
{
	(void)ref_xchg(&g->full_barrier, 1);
}

/* One turn of a wait for another thread, which may have to be given the CPU first. */
void gather_wait_turn(unsigned *turns);

/*
 * liburcu is not built for ThreadSanitizer, which therefore sees neither that a grace period waits
 * for readers nor that call_rcu() hands a batch to another thread. The wrappers tell it exactly
 * that and no more: a reader releases when it leaves a walk, the callback acquires; a callback that
 * runs while a walk is going on is still a race.
 */
#ifdef __SANITIZE_THREAD__
#define gather_hb_quiescent(g) ((void)__atomic_fetch_add(&(g)->quiesced, 1, __ATOMIC_RELEASE))
#define gather_hb_grace_period(g) ((void)ref_load_acquire(&(g)->quiesced))
#else
#define gather_hb_quiescent(g) ((void)(g))
#define gather_hb_grace_period(g) ((void)(g))
#endif

extern const struct gather_discipline gather_ipi_signal;
extern const struct gather_discipline gather_sync_membarrier;
extern const struct gather_discipline gather_membarrier;

#endif
