// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of wait queues, sleeping and waking; and the report of a bug. */
#include <stdio.h>
#include <stdlib.h>

#include "wait.h"

static struct dax_waitqueue wait_table[DAX_WAIT_TABLE_ENTRIES];

__thread struct dax_stats dax_stats;
void (*dax_bug_hook)(const char *what);
void (*dax_warn_hook)(const char *what);

void dax_bug(const char *what)
{
	if (dax_bug_hook) {
		dax_bug_hook(what);
		return;
	}
	fprintf(stderr, "dax: BUG: %s\n", what);
	abort();
}

/* hash_long() of a 64-bit kernel (include/linux/hash.h), of xarray ^ index. */
static unsigned key_hash(const struct dax_key *key)
{
	uint64_t val = (uint64_t)(uintptr_t)key->xa ^ key->start;

	return (unsigned)(val * 0x61C8864680B583EBULL >> (64 - DAX_WAIT_TABLE_BITS));
}

struct dax_waitqueue *dax_wait_table_at(const struct dax_key *key)
{
	return &wait_table[key_hash(key)];
}

void dax_prepare_to_wait(struct dax_waitqueue *wq, struct dax_waiter *waiter, bool exclusive)
{
	struct dax_waiter **p = &wq->first;
	int flags;

	waiter->exclusive = exclusive;
	waiter->waiting = 1;
	flags = ref_irq_save();
	ref_spin_lock(&wq->lock);
	/* Exclusive waiters go to the tail: a wake-up wakes all others before the first of them. */
	while (exclusive && *p)
		p = &(*p)->next;
	waiter->next = *p;
	REF_WRITE_ONCE(*p, waiter); /* wake-ups read wq->first without the lock */
	ref_spin_unlock(&wq->lock);
	ref_irq_restore(flags);
}

/* Acquire: pairs with the waker's store, its last access to the waiter. */
void dax_wait(struct dax_waiter *waiter)
{
	while (ref_load_acquire(&waiter->waiting))
		ref_sleep_while(&waiter->waiting, 1);
}

/* autoremove_wake_function(): takes the waiter off the queue first, because after the store it may
 * be gone. ref_wake() then uses only its address. */
static void wake(struct dax_waiter **p, struct dax_waiter *waiter)
{
	REF_WRITE_ONCE(*p, waiter->next);
	ref_store_release(&waiter->waiting, 0);
	ref_wake(&waiter->waiting);
}

void dax_wake_up(struct dax_waitqueue *wq, const struct dax_key *key, bool all)
{
	struct dax_waiter **p = &wq->first, *waiter;
	int flags = ref_irq_save();
	bool done = false;

	ref_spin_lock(&wq->lock);
	while (!done && (waiter = *p) != NULL) {
		/* wake_exceptional_entry_func() */
		if (waiter->key.xa != key->xa || waiter->key.start != key->start) {
			p = &waiter->next;
			continue;
		}
		done = waiter->exclusive && !all;
		wake(p, waiter);
	}
	ref_spin_unlock(&wq->lock);
	ref_irq_restore(flags);
}

unsigned dax_wait_table_index(const struct dax_mapping *mapping, uint64_t index, dax_entry_t entry)
{
	struct dax_key key = { mapping, index };

	if (entry & DAX_PMD)
		key.start &= ~((1ULL << mapping->dev->pmd_order) - 1);
	return key_hash(&key);
}

unsigned dax_nr_waiters(const struct dax_mapping *mapping, uint64_t index, dax_entry_t entry)
{
	struct dax_waitqueue *wq = &wait_table[dax_wait_table_index(mapping, index, entry)];
	unsigned nr = 0;
	int flags = ref_irq_save();

	ref_spin_lock(&wq->lock);
	for (struct dax_waiter *waiter = wq->first; waiter; waiter = waiter->next)
		nr += waiter->key.xa == mapping;
	ref_spin_unlock(&wq->lock);
	ref_irq_restore(flags);
	return nr;
}
