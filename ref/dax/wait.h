/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wait queues for entries: a table of them, shared by all entries there are, and a key that says
 * which one a waiter means. After wait_exceptional_entry_queue of fs/dax.c, and kernel/sched/wait.c.
 */
#ifndef REF_DAX_WAIT_H
#define REF_DAX_WAIT_H

#include <ref/dax.h>

struct dax_key {
	const struct dax_mapping *xa; /* compared, never followed */
	uint64_t start;		      /* index; of a PMD entry the first that it covers */
};

/* Stands on the sleeper's stack. It is taken off its queue by who wakes it and by nobody else. */
struct dax_waiter {
	struct dax_waiter *next; /* queue's lock */
	struct dax_key key;
	bool exclusive;
	int waiting; /* 1 while queued; what is slept on */
};

struct dax_waitqueue {
	struct ref_spinlock lock; /* interrupts are off; below i_pages */
	struct dax_waiter *first; /* others before exclusive ones, which keep their order */
};

struct dax_waitqueue *dax_wait_table_at(const struct dax_key *key);

/* Queues a waiter whose key is filled in: prepare_to_wait(), or prepare_to_wait_exclusive(). */
void dax_prepare_to_wait(struct dax_waitqueue *wq, struct dax_waiter *waiter, bool exclusive);
/* schedule() and finish_wait(): returns when the waiter has been woken, and is on no queue. */
void dax_wait(struct dax_waiter *waiter);
/* __wake_up(): every waiter of that key that is not exclusive, and the first that is, or all. */
void dax_wake_up(struct dax_waitqueue *wq, const struct dax_key *key, bool all);

void dax_bug(const char *what);

#endif
