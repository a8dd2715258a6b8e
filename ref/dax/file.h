/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operations of a file on its entries: fault (grab, insert), truncate, evict. As in entry.h, they
 * are always-inline functions over a constant variant, after fs/dax.c.
 */
#ifndef REF_DAX_FILE_H
#define REF_DAX_FILE_H

#include "entry.h"

/* dax_associate_entry(), dax_disassociate_entry(): i_pages held. */
void dax_associate_entry(struct dax_mapping *mapping, uint64_t index, dax_entry_t entry,
			 bool shared);
void dax_disassociate_entry(struct dax_mapping *mapping, dax_entry_t entry, bool trunc);
/* dax_busy_page(): NULL when none of the entry's pages is in use. */
struct ref_page *dax_entry_busy_page(const struct dax_mapping *mapping, dax_entry_t entry);

/* Removes a zero or empty PMD entry, so that a PTE entry can be stored: i_pages held. Locks the PMD
 * entry meanwhile, because the kernel drops i_pages to unmap. */
REF_ALWAYS_INLINE void dax_downgrade_pmd(const struct dax_variant *v, struct dax_xas *xas,
					 dax_entry_t entry)
{
	dax_lock_entry(xas, entry);
	if (entry & DAX_ZERO_PAGE) {
		uint64_t first = xas->index & ~dax_pmd_colour(xas->xa);

		dax_xas_unlock(xas);
		dax_unmap_pages(xas->xa, first, 1ULL << xas->xa->dev->pmd_order);
		dax_xas_lock(xas);
	}
	dax_disassociate_entry(xas->xa, entry, false);
	dax_xas_store(xas, 0);
	/* Wakes all: they wait for the PMD entry, which many entries replace now. */
	dax_wake_entry(v, xas, entry, true);
	xas->xa->nrpages -= 1ULL << xas->xa->dev->pmd_order;
}

/* grab_mapping_entry() */
REF_ALWAYS_INLINE dax_entry_t __dax_grab_entry(const struct dax_variant *v,
					       struct dax_mapping *mapping, uint64_t index,
					       unsigned order)
{
	struct dax_xas xas = { .xa = mapping, .index = index };
	dax_entry_t entry;

	dax_xas_lock(&xas);
	entry = dax_get_unlocked_entry(v, &xas, order);
	if (entry == DAX_CONFLICT)
		goto out;
	if (!order && entry & DAX_PMD && entry & (DAX_ZERO_PAGE | DAX_EMPTY)) {
		dax_downgrade_pmd(v, &xas, entry);
		entry = 0;
	}
	if (!entry) {
		entry = DAX_EMPTY | (order ? DAX_PMD : 0);
		mapping->nrpages += 1ULL << order;
	}
	dax_lock_entry(&xas, entry);
out:
	dax_xas_unlock(&xas);
	return entry;
}

/*
 * dax_insert_entry(): replaces a zero-page or an empty entry, and leaves any other alone: so it may
 * return a PMD entry where the caller gives a page.
 */
REF_ALWAYS_INLINE dax_entry_t __dax_insert_entry(const struct dax_variant *v,
						 struct dax_mapping *mapping, uint64_t index,
						 dax_entry_t old, uint64_t pfn, uint64_t flags)
{
	struct dax_xas xas = { .xa = mapping, .index = index };
	dax_entry_t entry = dax_make_entry(pfn, flags & ~DAX_SHARED), seen;

	if (!(old & (DAX_ZERO_PAGE | DAX_EMPTY)))
		return old;
	if (old & DAX_ZERO_PAGE && !(flags & DAX_ZERO_PAGE))
		dax_unmap_pages(mapping, index, 1);
	dax_xas_lock(&xas);
	dax_disassociate_entry(mapping, old, false);
	dax_associate_entry(mapping, index, entry, flags & DAX_SHARED);
	seen = dax_lock_entry(&xas, entry);
	DAX_BUG_ON(seen != (old | DAX_LOCKED));
	dax_xas_unlock(&xas);
	return entry;
}

/* __dax_invalidate_entry() for truncation */
REF_ALWAYS_INLINE bool __dax_delete_entry(const struct dax_variant *v, struct dax_mapping *mapping,
					  uint64_t index)
{
	struct dax_xas xas = { .xa = mapping, .index = index };
	dax_entry_t entry;

	dax_xas_lock(&xas);
	entry = dax_get_unlocked_entry(v, &xas, 0);
	if (entry) {
		dax_disassociate_entry(mapping, entry, true);
		dax_xas_store(&xas, 0);
		mapping->nrpages -= 1ULL << dax_entry_order(mapping, entry);
	}
	/* Wakes all: with the entry gone, the first waiter would have nothing to unlock. */
	dax_put_unlocked_entry(v, &xas, entry, !v->wake_one_deleted);
	dax_xas_unlock(&xas);
	return entry != 0;
}

/*
 * dax_layout_busy_page_range(): unmaps first. A walker that found a page before has either taken a
 * reference, which the loop below sees, or sees in its recheck that the page is no longer mapped.
 */
REF_ALWAYS_INLINE struct ref_page *__dax_busy_page(const struct dax_variant *v,
						   struct dax_mapping *mapping, uint64_t start,
						   uint64_t end)
{
	struct dax_xas xas = { .xa = mapping, .index = start };
	bool scan_first = mapping->dev->refs->scan_first;
	struct ref_page *page = NULL;

	if (!scan_first)
		dax_unmap_pages(mapping, start, end - start);
	REF_STEP("dax: unmapped");
	dax_xas_lock(&xas);
	for (; xas.index < end && !page; xas.index++) {
		dax_entry_t entry = dax_xas_load(&xas);

		if (!entry)
			continue;
		if (entry & DAX_LOCKED)
			entry = dax_get_unlocked_entry(v, &xas, 0);
		page = dax_entry_busy_page(mapping, entry);
		dax_put_unlocked_entry(v, &xas, entry, false);
	}
	dax_xas_unlock(&xas);
	if (scan_first)
		dax_unmap_pages(mapping, start, end - start);
	return page;
}

void dax_inode_free_rcu(struct ref_rcu_head *head);

/* evict(): truncate_inode_pages_final(), clear_inode(), destroy_inode() */
REF_ALWAYS_INLINE void __dax_evict(const struct dax_variant *v, struct dax_inode *inode)
{
	struct dax_mapping *mapping = &inode->i_data;
	struct dax_xas xas = { .xa = mapping };

	for (uint64_t i = 0; i < mapping->nr_slots; i++)
		if (REF_READ_ONCE(mapping->slot[i]))
			__dax_delete_entry(v, mapping, i);
	/* A task that saw the last entry locked has queued and dropped i_pages once this has it. */
	dax_xas_lock(&xas);
	DAX_BUG_ON(mapping->nrpages);
	dax_xas_unlock(&xas);
	REF_STEP("dax: inode evicted");
	ref_call_rcu(&mapping->mapping.rcu, dax_inode_free_rcu);
}

#endif
