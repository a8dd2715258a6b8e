/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wait queues for entries: a table of queues that all entries share, and a key that says for which
 * entry a waiter waits. After wait_exceptional_entry_queue of fs/dax.c, and kernel/sched/wait.c.
 */
#ifndef REF_DAX_WAIT_H
#define REF_DAX_WAIT_H

#include <ref/dax.h>

struct dax_key {
	const struct dax_mapping *xa; /* compared, never followed */
	uint64_t start;		      /* index; for a PMD entry, its first index */
};

/* On the sleeper's stack. The waker takes it off its queue, and nobody else does. */
struct dax_waiter {
	struct dax_waiter *next; /* under the queue's lock */
	struct dax_key key;
	bool exclusive;
	int waiting; /* 1 while queued; the sleeper sleeps on this word */
};

struct dax_waitqueue {
	struct ref_spinlock lock; /* taken with interrupts off, inside i_pages */
	struct dax_waiter *first; /* exclusive waiters last, oldest of them first */
};

struct dax_waitqueue *dax_wait_table_at(const struct dax_key *key);

/* Queues a waiter whose key is filled in: prepare_to_wait(), or prepare_to_wait_exclusive(). */
void dax_prepare_to_wait(struct dax_waitqueue *wq, struct dax_waiter *waiter, bool exclusive);
/* schedule() and finish_wait(): returns when the waiter has been woken, and is on no queue. */
void dax_wait(struct dax_waiter *waiter);
/* __wake_up(): wakes all waiters of that key, or (not all) only the first of the exclusive ones. */
void dax_wake_up(struct dax_waitqueue *wq, const struct dax_key *key, bool all);

void dax_bug(const char *what);

#endif
