// SPDX-License-Identifier: GPL-2.0-or-later
/* Inodes, and the pages that belong to them. */
#include "file.h"

#include "../pgtable/mm.h"

static const struct ref_aops dax_aops = { .name = "dax", .can_writeback = true };

size_t dax_inode_size(uint64_t nr_slots)
{
	return sizeof(struct dax_inode) + nr_slots * sizeof(dax_entry_t);
}

void dax_inode_init(struct dax_inode *inode, const struct dax_device *dev, unsigned id,
		    uint64_t nr_slots, void (*free)(struct dax_inode *inode))
{
	struct dax_mapping *mapping = &inode->i_data;

	inode->id = id;
	inode->free = free;
	mapping->mapping.a_ops = &dax_aops;
	mapping->host = inode;
	mapping->dev = dev;
	mapping->nr_slots = nr_slots;
	mapping->slot = inode->slot;
	REF_WRITE_ONCE(mapping->dax, true);
}

static void free_alloced(struct dax_inode *inode)
{
	ref_free(inode);
}

struct dax_inode *dax_inode_create(const struct dax_device *dev, unsigned id, uint64_t nr_slots)
{
	struct dax_inode *inode = ref_alloc(dax_inode_size(nr_slots));

	if (inode)
		dax_inode_init(inode, dev, id, nr_slots, free_alloced);
	return inode;
}

void dax_inode_free_rcu(struct ref_rcu_head *head)
{
	struct dax_inode *inode =
		(struct dax_inode *)((char *)head - offsetof(struct dax_inode, i_data.mapping.rcu));

	void (*free)(struct dax_inode * inode) = inode->free;

	REF_MEM_FREED(inode, dax_inode_size(inode->i_data.nr_slots), "inode");
	free(inode);
}

static uint64_t nr_pages(const struct dax_mapping *mapping, dax_entry_t entry)
{
	return entry & (DAX_ZERO_PAGE | DAX_EMPTY) ? 0 : 1ULL << dax_entry_order(mapping, entry);
}

static struct ref_page *page_of(const struct dax_mapping *mapping, dax_entry_t entry)
{
	return mapping->dev->pages + (dax_to_pfn(entry) - mapping->dev->first_pfn);
}

/* Since v6.15 the pages of a PMD entry are one folio, for as long as the entry is in the file. */
static bool is_compound(const struct dax_mapping *mapping, dax_entry_t entry)
{
	return entry & DAX_PMD && mapping->dev->refs->mapped_counts;
}

/* prep_compound_page(), or the reverse. Nobody has a reference on the pages. */
static void set_compound(struct ref_page *head, uint64_t nr, bool compound)
{
	for (uint64_t i = 0; i < nr; i++)
		REF_WRITE_ONCE(head[i].head, compound ? head : &head[i]);
	head->nr = compound ? (uint32_t)nr : 1;
}

/* ---- pages that several files have ---- */

static bool is_shared(const struct ref_page *page)
{
	return !REF_READ_ONCE(page->mapping) && REF_READ_ONCE(page->index);
}

/* dax_associate_entry() of an extent that may be shared. False: no other file has the page. */
static bool associate_shared(const struct dax_mapping *mapping, struct ref_page *page)
{
	bool has_file = REF_READ_ONCE(page->mapping);

	if (!has_file && !is_shared(page))
		return false;
	if (mapping->dev->refs->share == DAX_SHARE_UNCOUNTED)
		return true;
	if (has_file) {
		REF_WRITE_ONCE(page->mapping, NULL);
		REF_WRITE_ONCE(page->index, 1);
	}
	REF_WRITE_ONCE(page->index, REF_READ_ONCE(page->index) + 1);
	return true;
}

/* dax_folio_put(): whether no other file has the page. */
static bool is_last_file(struct ref_page *page)
{
	uint64_t share;

	if (!is_shared(page))
		return true;
	share = REF_READ_ONCE(page->index) - 1;
	REF_WRITE_ONCE(page->index, share);
	return !share;
}

static struct ref_spinlock *share_lock(const struct dax_mapping *mapping)
{
	return mapping->dev->refs->share == DAX_SHARE_ONE_LOCK
		       ? (struct ref_spinlock *)&mapping->dev->share_lock
		       : NULL;
}

/* ---- of one file ---- */

static void associate(struct dax_mapping *mapping, uint64_t index, dax_entry_t entry)
{
	struct ref_page *page = page_of(mapping, entry);
	uint64_t nr = nr_pages(mapping, entry);

	if (entry & DAX_PMD)
		index &= ~dax_pmd_colour(mapping);
	if (nr && is_compound(mapping, entry)) {
		set_compound(page, nr, true);
		nr = 1;
	}
	for (uint64_t i = 0; i < nr; i++) {
		DAX_BUG_ON(REF_READ_ONCE(page[i].mapping));
		REF_WRITE_ONCE(page[i].index, index + i);
		/* Pairs with dax_lock_folio(), which follows the pointer without a lock. */
		ref_store_release(&page[i].mapping, (void *)mapping);
	}
}

void dax_associate_entry(struct dax_mapping *mapping, uint64_t index, dax_entry_t entry,
			 bool shared)
{
	struct ref_spinlock *lock = share_lock(mapping);

	if (lock)
		ref_spin_lock(lock);
	if (!shared || !nr_pages(mapping, entry) ||
	    !associate_shared(mapping, page_of(mapping, entry)))
		associate(mapping, index, entry);
	if (lock)
		ref_spin_unlock(lock);
}

/* Not always a bug: a walker whose recheck is about to fail has a reference, too. */
static void warn_busy(void)
{
	dax_stats.busy_truncated++;
	if (dax_warn_hook)
		dax_warn_hook("trunc && page_ref_count(page) > 1");
}

static void disassociate(struct dax_mapping *mapping, dax_entry_t entry, bool trunc)
{
	struct ref_page *page = page_of(mapping, entry);
	uint64_t nr = nr_pages(mapping, entry), all = nr;

	if (nr && is_compound(mapping, entry))
		nr = 1;
	for (uint64_t i = 0; i < nr; i++) {
		if (trunc && REF_READ_ONCE(page[i].refcount) > mapping->dev->refs->initial)
			warn_busy();
		DAX_BUG_ON(!mapping->dev->refs->share && REF_READ_ONCE(page[i].mapping) != mapping);
		REF_WRITE_ONCE(page[i].mapping, NULL);
		REF_WRITE_ONCE(page[i].index, 0);
	}
	if (nr != all)
		set_compound(page, all, false);
}

void dax_disassociate_entry(struct dax_mapping *mapping, dax_entry_t entry, bool trunc)
{
	struct ref_spinlock *lock = share_lock(mapping);

	if (lock)
		ref_spin_lock(lock);
	if (!nr_pages(mapping, entry) || !mapping->dev->refs->share ||
	    is_last_file(page_of(mapping, entry)))
		disassociate(mapping, entry, trunc);
	if (lock)
		ref_spin_unlock(lock);
}

struct ref_page *dax_entry_busy_page(const struct dax_mapping *mapping, dax_entry_t entry)
{
	struct ref_page *page = page_of(mapping, entry);
	uint64_t nr = nr_pages(mapping, entry);

	if (nr && is_compound(mapping, entry))
		nr = 1;
	for (uint64_t i = 0; i < nr; i++)
		if (dax_page_busy(mapping->dev->refs, &page[i]))
			return &page[i];
	return NULL;
}
