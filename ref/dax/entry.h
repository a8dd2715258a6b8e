/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one source of the entry protocol: always-inline functions over a constant variant.
 *
 * Steps and their order are those of fs/dax.c (Linux 6.12); each function names its counterpart.
 * A mapping's slots, and the pages that they point to, are written under its i_pages lock, which is
 * taken with interrupts off. Two reads go without it: dax_lock_folio() reads page->mapping, and
 * dax_truncate() whether a slot is empty.
 */
#ifndef REF_DAX_ENTRY_H
#define REF_DAX_ENTRY_H

#include <ref/dax.h>

#include "wait.h"

/*
 * A variant of the protocol; all false: mainline's. `no_` leaves a step out. `opaque_` leaves it
 * out behind the compiler's back: the difference is the cost of the step alone, without the gain
 * from what the compiler then makes of the rest.
 */
struct dax_variant {
	bool no_revalidate, opaque_revalidate; /* the read of folio->mapping under its lock */
	bool no_rcu, opaque_rcu;	       /* the section that keeps the inode */
	bool wait_after_unlock;		       /* the waiter queues after it drops i_pages */
	bool touch_after_sleep;		       /* the woken waiter reads the xarray again */
	/* lock_folio takes a wake-up that it may not pass on */
	bool exclusive_speculation;
	bool no_pass_on;       /* put_unlocked_entry() wakes nobody */
	bool wake_one_deleted; /* deletion wakes one: before 237388320def (v5.13) */
	bool pmd_not_rounded;  /* a PMD's waiters are told apart by index */
	/* Called between two steps, for tests that hold a window open. */
	void (*before_lock)(struct dax_mapping *mapping);
	void (*before_queue)(struct dax_mapping *mapping);
	void (*after_sleep)(struct dax_mapping *mapping);
};

/* As struct xa_state, with the interrupt flags, which the kernel need not keep. */
struct dax_xas {
	struct dax_mapping *xa;
	uint64_t index;
	uint64_t pmd_colour; /* known under the lock, needed after it */
	int irq_flags;
};

#define DAX_OPAQUE_STEP(x) __asm__ volatile("" : : "r"(x) : "memory")

#define DAX_BUG_ON(cond)                                                                           \
	do {                                                                                       \
		if (ref_unlikely(cond))                                                            \
			dax_bug(#cond);                                                            \
	} while (0)

/* ---- xarray ---- */

/* PG_PMD_COLOUR */
REF_ALWAYS_INLINE uint64_t dax_pmd_colour(const struct dax_mapping *mapping)
{
	return (1ULL << mapping->dev->pmd_order) - 1;
}

REF_ALWAYS_INLINE void dax_xas_lock(struct dax_xas *xas)
{
	xas->irq_flags = ref_irq_save();
	ref_spin_lock(&xas->xa->i_pages);
	xas->pmd_colour = dax_pmd_colour(xas->xa);
}

REF_ALWAYS_INLINE void dax_xas_unlock(struct dax_xas *xas)
{
	ref_spin_unlock(&xas->xa->i_pages);
	ref_irq_restore(xas->irq_flags);
}

REF_ALWAYS_INLINE unsigned dax_entry_order(const struct dax_mapping *mapping, dax_entry_t entry)
{
	return entry & DAX_PMD ? mapping->dev->pmd_order : 0;
}

/* The slot of an index: a PMD entry is at its first index. NULL: past the last slot. */
REF_ALWAYS_INLINE dax_entry_t *dax_slot(const struct dax_mapping *mapping, uint64_t index)
{
	dax_entry_t *first;

	if (ref_unlikely(index >= mapping->nr_slots))
		return NULL;
	first = &mapping->slot[index & ~dax_pmd_colour(mapping)];
	return *first & DAX_PMD ? first : &mapping->slot[index];
}

/* xas_load() */
REF_ALWAYS_INLINE dax_entry_t dax_xas_load(const struct dax_xas *xas)
{
	dax_entry_t *slot = dax_slot(xas->xa, xas->index);

	return ref_likely(slot) ? *slot : 0;
}

/* xas_store(): returns the old entry. */
REF_ALWAYS_INLINE dax_entry_t dax_xas_store(const struct dax_xas *xas, dax_entry_t entry)
{
	dax_entry_t *slot = dax_slot(xas->xa, xas->index), old;

	if (ref_unlikely(!slot))
		return 0;
	if (entry & DAX_PMD)
		slot = &xas->xa->slot[xas->index & ~dax_pmd_colour(xas->xa)];
	old = *slot;
	REF_WRITE_ONCE(*slot, entry);
	return old;
}

/* xas_find_conflict(): the first entry in the range that an entry of `order` would cover. */
REF_ALWAYS_INLINE dax_entry_t dax_xas_find_conflict(const struct dax_xas *xas, unsigned order)
{
	dax_entry_t entry = dax_xas_load(xas);
	uint64_t index = xas->index & ~((1ULL << order) - 1);

	if (!order || entry & DAX_PMD)
		return entry;
	for (uint64_t end = index + (1ULL << order); !entry && index < end; index++)
		if (index < xas->xa->nr_slots)
			entry = xas->xa->slot[index];
	return entry;
}

/* ---- waiting and waking ---- */

/* dax_entry_waitqueue(): all indices that a PMD entry covers are one lock. */
REF_ALWAYS_INLINE struct dax_waitqueue *dax_entry_waitqueue(const struct dax_variant *v,
							    const struct dax_xas *xas,
							    dax_entry_t entry, struct dax_key *key)
{
	key->xa = xas->xa;
	key->start = xas->index;
	if (entry & DAX_PMD && !v->pmd_not_rounded)
		key->start &= ~xas->pmd_colour;
	return dax_wait_table_at(key);
}

/*
 * dax_wake_entry(): a waiter queues while it holds the i_pages lock under which it saw the entry
 * locked; the caller has taken that lock since, so it sees every waiter. Of `entry` only the kind
 * is used, PMD or not: the slot may have another entry by now, and the mapping may be freed.
 */
REF_ALWAYS_INLINE void dax_wake_entry(const struct dax_variant *v, const struct dax_xas *xas,
				      dax_entry_t entry, bool all)
{
	struct dax_key key;
	struct dax_waitqueue *wq = dax_entry_waitqueue(v, xas, entry, &key);

	if (ref_unlikely(REF_READ_ONCE(wq->first)))
		dax_wake_up(wq, &key, all);
}

/*
 * get_unlocked_entry(): i_pages held, and dropped while asleep. The caller keeps the inode, and
 * then locks the entry or calls dax_put_unlocked_entry(), because its wake-up was the only one.
 */
REF_ALWAYS_INLINE dax_entry_t dax_get_unlocked_entry(const struct dax_variant *v,
						     struct dax_xas *xas, unsigned order)
{
	struct dax_waiter waiter;
	struct dax_waitqueue *wq;

	for (;;) {
		dax_entry_t entry = dax_xas_find_conflict(xas, order);

		if (!entry)
			return entry;
		if (dax_entry_order(xas->xa, entry) < order)
			return DAX_CONFLICT;
		if (!(entry & DAX_LOCKED))
			return entry;
		wq = dax_entry_waitqueue(v, xas, entry, &waiter.key);
		dax_prepare_to_wait(wq, &waiter, true);
		dax_xas_unlock(xas);
		dax_wait(&waiter);
		dax_xas_lock(xas);
	}
}

/* put_unlocked_entry() */
REF_ALWAYS_INLINE void dax_put_unlocked_entry(const struct dax_variant *v,
					      const struct dax_xas *xas, dax_entry_t entry,
					      bool all)
{
	if (v->no_pass_on)
		return;
	if (entry && entry != DAX_CONFLICT)
		dax_wake_entry(v, xas, entry, all);
}

/*
 * wait_entry_unlocked(): i_pages held, and nothing else keeps the inode. After its release the
 * mapping may be freed, so this touches only the queue, which belongs to no inode. The waiter is
 * not exclusive: there may be no entry left whose unlocking would pass the wake-up on.
 */
REF_ALWAYS_INLINE void dax_wait_entry_unlocked(const struct dax_variant *v, struct dax_xas *xas,
					       dax_entry_t entry)
{
	struct dax_waiter waiter;
	struct dax_waitqueue *wq = dax_entry_waitqueue(v, xas, entry, &waiter.key);

	if (v->wait_after_unlock)
		dax_xas_unlock(xas);
	if (v->before_queue)
		v->before_queue(xas->xa);
	dax_prepare_to_wait(wq, &waiter, v->exclusive_speculation);
	if (!v->wait_after_unlock)
		dax_xas_unlock(xas);
	REF_STEP("dax: waiting for the entry");
	dax_wait(&waiter);
	if (v->after_sleep)
		v->after_sleep(xas->xa);
	if (v->touch_after_sleep) {
		dax_xas_lock(xas);
		(void)dax_xas_load(xas);
		dax_xas_unlock(xas);
	}
}

/* ---- locking ---- */

/* dax_lock_entry(): i_pages held. */
REF_ALWAYS_INLINE dax_entry_t dax_lock_entry(const struct dax_xas *xas, dax_entry_t entry)
{
	return dax_xas_store(xas, entry | DAX_LOCKED);
}

/* dax_unlock_entry() */
REF_ALWAYS_INLINE void dax_unlock_entry(const struct dax_variant *v, struct dax_xas *xas,
					dax_entry_t entry)
{
	dax_entry_t old;

	DAX_BUG_ON(entry & DAX_LOCKED);
	dax_xas_lock(xas);
	old = dax_xas_store(xas, entry);
	dax_xas_unlock(xas);
	DAX_BUG_ON(!(old & DAX_LOCKED));
	REF_STEP("dax: entry unlocked");
	dax_wake_entry(v, xas, entry, false);
}

/* True: page->mapping is still the one whose i_pages the caller holds. */
REF_ALWAYS_INLINE bool dax_revalidate(const struct dax_variant *v, struct ref_page *folio,
				      struct dax_mapping *mapping)
{
	if (v->opaque_revalidate)
		DAX_OPAQUE_STEP(mapping);
	if (v->no_revalidate || v->opaque_revalidate)
		return true;
	return ref_likely(REF_READ_ONCE(folio->mapping) == mapping);
}

REF_ALWAYS_INLINE void dax_rcu_lock(const struct dax_variant *v)
{
	if (v->opaque_rcu)
		DAX_OPAQUE_STEP(0);
	else if (!v->no_rcu)
		ref_rcu_read_lock();
}

REF_ALWAYS_INLINE void dax_rcu_unlock(const struct dax_variant *v)
{
	if (v->opaque_rcu)
		DAX_OPAQUE_STEP(0);
	else if (!v->no_rcu)
		ref_rcu_read_unlock();
}

/* dax_lock_folio() */
REF_ALWAYS_INLINE dax_entry_t __dax_lock_folio(const struct dax_variant *v, struct ref_page *folio)
{
	dax_entry_t entry;

	/* Keeps the inode that folio->mapping is part of from being freed. */
	dax_rcu_lock(v);
	for (;;) {
		/* Acquire: pairs with dax_associate_entry(); the kernel has the dependency. */
		struct dax_mapping *mapping =
			ref_load_acquire((struct dax_mapping **)&folio->mapping);
		struct dax_xas xas = { .xa = mapping };

		REF_STEP("dax: mapping read");
		entry = 0;
		if (!mapping || !REF_READ_ONCE(mapping->dax))
			break;
		/* The caller's pin on the device is enough to keep the page. */
		entry = DAX_NO_LOCK;
		if (REF_READ_ONCE(REF_READ_ONCE(mapping->host)->chardev))
			break;
		if (v->before_lock)
			v->before_lock(mapping);
		dax_xas_lock(&xas);
		if (!dax_revalidate(v, folio, mapping)) {
			dax_xas_unlock(&xas);
			dax_stats.retries++;
			continue;
		}
		xas.index = REF_READ_ONCE(folio->index);
		entry = dax_xas_load(&xas);
		if (ref_unlikely(entry & DAX_LOCKED)) {
			/* From here on the i_pages lock alone keeps the inode: clear_inode() takes
			 * that lock before the inode is freed. */
			dax_rcu_unlock(v);
			dax_wait_entry_unlocked(v, &xas, entry);
			dax_stats.waits++;
			dax_rcu_lock(v);
			continue;
		}
		dax_lock_entry(&xas, entry);
		dax_xas_unlock(&xas);
		break;
	}
	dax_rcu_unlock(v);
	return entry;
}

/* dax_unlock_folio(): a locked entry keeps its page, and the page its mapping. */
REF_ALWAYS_INLINE void __dax_unlock_folio(const struct dax_variant *v, struct ref_page *folio,
					  dax_entry_t cookie)
{
	struct dax_mapping *mapping = REF_READ_ONCE(folio->mapping);
	struct dax_xas xas = { .xa = mapping };

	if (REF_READ_ONCE(REF_READ_ONCE(mapping->host)->chardev))
		return;
	xas.index = REF_READ_ONCE(folio->index);
	dax_unlock_entry(v, &xas, cookie);
}

#endif
