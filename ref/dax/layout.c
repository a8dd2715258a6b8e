// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pages of a file in page tables, and taking them away: fault, unmap, and the break of a layout.
 * After dax_iomap_fault(), unmap_mapping_pages() and ext4_break_layouts() of Linux 6.12.
 */
#include <errno.h>

#include "../pgtable/mm.h"
#include "file.h"

/* ---- filemap_invalidate_lock() ---- */

static void read_lock(struct dax_rwsem *sem)
{
	int old = REF_READ_ONCE(sem->count);

	for (;;) {
		if (old < 0) {
			ref_sleep_while(&sem->count, old);
			old = REF_READ_ONCE(sem->count);
		} else if (ref_try_cmpxchg(&sem->count, &old, old + 1)) {
			return;
		}
	}
}

static void read_unlock(struct dax_rwsem *sem)
{
	if (ref_fetch_add(&sem->count, -1) == 1)
		ref_wake(&sem->count);
}

static void write_lock(struct dax_rwsem *sem)
{
	int old = 0;

	while (!ref_try_cmpxchg(&sem->count, &old, -1)) {
		ref_sleep_while(&sem->count, old);
		old = 0;
	}
}

static void write_unlock(struct dax_rwsem *sem)
{
	(void)ref_xchg(&sem->count, 0);
	ref_wake(&sem->count);
}

/* ---- page tables ---- */

void dax_mmap(struct dax_vma *vma, struct ref_mm *mm, struct dax_mapping *mapping, uint64_t addr,
	      uint64_t pgoff, uint64_t nr)
{
	*vma = (struct dax_vma){ .mm = mm,
				 .mapping = mapping,
				 .addr = addr,
				 .pgoff = pgoff,
				 .nr = nr,
				 .next = mapping->i_mmap };
	mapping->i_mmap = vma;
}

/* insert_page(), or before v6.15 insert_pfn(): -EEXIST: another thread's fault was first. */
static int map_page(const struct dax_refs *refs, struct dax_vma *vma, uint64_t addr,
		    struct ref_page *page)
{
	int err;

	ref_spin_lock(&vma->ptl);
	if (refs->mapped_counts)
		(void)ref_fetch_add(&ref_page_folio(page)->refcount, 1);
	err = pgt_map_page(vma->mm, addr, page, true);
	if (err && refs->mapped_counts)
		dax_put_page(page);
	ref_spin_unlock(&vma->ptl);
	return err == -EEXIST ? 0 : err;
}

/* zap_pte_range(): drops the reference after the place of the kernel's flush. */
static void unmap_page(const struct dax_refs *refs, struct dax_vma *vma, uint64_t addr)
{
	struct ref_page *page;

	ref_spin_lock(&vma->ptl);
	page = pgt_unmap_page(vma->mm, addr);
	ref_spin_unlock(&vma->ptl);
	if (page && refs->mapped_counts)
		dax_put_page(page);
}

void dax_unmap_pages(struct dax_mapping *mapping, uint64_t start, uint64_t nr)
{
	for (struct dax_vma *vma = mapping->i_mmap; vma; vma = vma->next)
		for (uint64_t i = 0; i < vma->nr; i++)
			if (vma->pgoff + i - start < nr)
				unmap_page(mapping->dev->refs, vma,
					   vma->addr + (i << pgt_page_shift(vma->mm)));
	/* Stands for the flush interrupt: waits for every walk that has begun. */
	if (mapping->dev->refs->flush_waits)
		ref_synchronize_rcu();
}

int dax_fault(const struct dax_protocol *p, struct dax_vma *vma, uint64_t addr, uint64_t pfn)
{
	struct dax_mapping *mapping = vma->mapping;
	const struct dax_device *dev = mapping->dev;
	uint64_t index = vma->pgoff + ((addr - vma->addr) >> pgt_page_shift(vma->mm));
	dax_entry_t entry;
	int err;

	read_lock(&mapping->invalidate_lock);
	entry = p->grab_entry(mapping, index, 0);
	if (mapping->host->iomap)
		pfn = mapping->host->iomap->begin(mapping->host, index);
	if (!pfn) {
		err = -ENOSPC;
		goto out;
	}
	entry = p->insert_entry(mapping, index, entry, pfn, 0);
	pfn = dax_to_pfn(entry);
	if (entry & DAX_PMD)
		pfn += index & ((1ULL << dev->pmd_order) - 1);
	err = map_page(dev->refs, vma, addr, dev->pages + (pfn - dev->first_pfn));
out:
	p->unlock_entry(mapping, index, entry);
	read_unlock(&mapping->invalidate_lock);
	return err;
}

struct ref_page *dax_gup_slow(struct dax_vma *vma, uint64_t addr)
{
	struct ref_page *page;

	ref_spin_lock(&vma->ptl);
	page = pgt_lookup(vma->mm, addr, true);
	if (page)
		(void)ref_fetch_add(&ref_page_folio(page)->refcount, 1);
	ref_spin_unlock(&vma->ptl);
	return page;
}

/* ---- truncation ---- */

/*
 * dax_break_layouts(): invalidate_lock held, and dropped while asleep. A fault may then map the
 * page anew; where a mapping has a reference, the count cannot reach 0 until somebody unmaps the
 * page, and this loop unmaps it again only after the count has been 0.
 */
static void break_layouts(const struct dax_protocol *p, struct dax_mapping *mapping, uint64_t start,
			  uint64_t nr)
{
	const struct dax_refs *refs = mapping->dev->refs;
	int count;
	struct ref_page *page;

	while ((page = p->busy_page(mapping, start, start + nr)) != NULL) {
		/* ___wait_var_event() on the page's count; the last put wakes it. */
		while ((count = REF_READ_ONCE(page->refcount)) != refs->idle) {
			REF_STEP("dax: waiting for an idle page");
			if (!refs->keep_lock)
				write_unlock(&mapping->invalidate_lock);
			ref_sleep_while(&page->refcount, count);
			if (!refs->keep_lock)
				write_lock(&mapping->invalidate_lock);
		}
	}
}

uint64_t dax_truncate(const struct dax_protocol *p, struct dax_mapping *mapping, uint64_t start,
		      uint64_t nr)
{
	uint64_t deleted = 0;

	if (start >= mapping->nr_slots)
		return 0;
	if (nr > mapping->nr_slots - start)
		nr = mapping->nr_slots - start;
	write_lock(&mapping->invalidate_lock);
	break_layouts(p, mapping, start, nr);
	REF_STEP("dax: layout broken");
	for (uint64_t index = start; index < start + nr; index++) {
		if (REF_READ_ONCE(mapping->slot[index]))
			deleted += p->delete_entry(mapping, index);
		if (mapping->host->iomap)
			mapping->host->iomap->free(mapping->host, index);
	}
	write_unlock(&mapping->invalidate_lock);
	return deleted;
}
