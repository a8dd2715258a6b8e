// SPDX-License-Identifier: GPL-2.0-or-later
/* Inodes, and which pages belong to one. */
#include "file.h"

#include "../pgtable/mm.h"

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
		(struct dax_inode *)((char *)head - offsetof(struct dax_inode, rcu));

	REF_MEM_FREED(inode, dax_inode_size(inode->i_data.nr_slots), "inode");
	inode->free(inode);
}

static uint64_t nr_pages(const struct dax_mapping *mapping, dax_entry_t entry)
{
	return entry & (DAX_ZERO_PAGE | DAX_EMPTY) ? 0 : 1ULL << dax_entry_order(mapping, entry);
}

static struct ref_page *page_of(const struct dax_mapping *mapping, dax_entry_t entry)
{
	return mapping->dev->pages + (dax_to_pfn(entry) - mapping->dev->first_pfn);
}

void dax_associate_entry(struct dax_mapping *mapping, uint64_t index, dax_entry_t entry)
{
	struct ref_page *page = page_of(mapping, entry);

	if (entry & DAX_PMD)
		index &= ~dax_pmd_colour(mapping);
	for (uint64_t i = 0; i < nr_pages(mapping, entry); i++) {
		DAX_BUG_ON(REF_READ_ONCE(page[i].mapping));
		REF_WRITE_ONCE(page[i].index, index + i);
		/* Pairs with dax_lock_folio(), which follows it without a lock. */
		ref_store_release(&page[i].mapping, (void *)mapping);
	}
}

void dax_disassociate_entry(struct dax_mapping *mapping, dax_entry_t entry, bool trunc)
{
	struct ref_page *page = page_of(mapping, entry);

	for (uint64_t i = 0; i < nr_pages(mapping, entry); i++) {
		DAX_BUG_ON(REF_READ_ONCE(page[i].mapping) != mapping);
		REF_WRITE_ONCE(page[i].mapping, NULL);
		REF_WRITE_ONCE(page[i].index, 0);
	}
}
