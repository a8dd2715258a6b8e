// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Faults of small leaves, as far as they matter to get_user_pages(): missing pages, copy on write,
 * unsharing; and the migration of folios that may not be pinned for long.
 *
 * Contents are not modelled: a copy is another frame.
 */
#include <errno.h>

#include "slow.h"

static void *anon_mapping(struct ref_mm *mm)
{
	return (char *)mm + REF_MAPPING_ANON;
}

/* Replaces the page mapped at addr by another frame. Allocates the new frame before it frees the
 * old one, so that they differ. */
static int __replace(struct ref_mm *mm, uint64_t addr, void *mapping, uint32_t flags, bool writable)
{
	struct ref_page *page;
	int err;

	page = __ref_folio_alloc(mm, 0, mapping, addr >> mm->fmt->page_shift);
	if (!page)
		return -ENOMEM;
	(void)ref_fetch_or(&page->flags, flags);
	err = pgt_unmap(mm, addr);
	if (!err)
		err = pgt_map_page(mm, addr, page, writable);
	if (err)
		ref_folio_put(page, 1);
	return err;
}

/* Maps the same page again, writable or not. */
static int __remap(struct ref_mm *mm, uint64_t addr, struct ref_page *page, bool writable)
{
	int err;

	(void)ref_fetch_add(&ref_page_folio(page)->refcount, 1);
	err = pgt_unmap(mm, addr);
	if (!err)
		err = pgt_map_page(mm, addr, page, writable);
	if (err)
		ref_folio_put(ref_page_folio(page), 1);
	return err;
}

static bool is_anon(const struct ref_page *folio)
{
	return (uintptr_t)REF_READ_ONCE(folio->mapping) & REF_MAPPING_ANON;
}

/* wp_can_reuse_anon_folio(): nobody else maps the folio or holds a reference on it. */
static bool can_reuse(const struct ref_page *folio)
{
	return (uintptr_t)REF_READ_ONCE(folio->mapping) % 4 == REF_MAPPING_ANON &&
	       REF_READ_ONCE(folio->refcount) == 1;
}

/* do_wp_page() on an anonymous page, or on a private file's, for a write or to unshare it. */
static int __copy_on_write(struct ref_mm *mm, uint64_t addr, struct ref_page *page, bool write)
{
	struct ref_page *folio = ref_page_folio(page);
	bool exclusive = REF_READ_ONCE(page->flags) & REF_PG_ANON_EXCLUSIVE;

	if (is_anon(folio) && (exclusive || can_reuse(folio))) {
		(void)ref_fetch_or(&page->flags, REF_PG_ANON_EXCLUSIVE);
		return write ? __remap(mm, addr, page, true) : 0;
	}
	return __replace(mm, addr, anon_mapping(mm), REF_PG_ANON_EXCLUSIVE, write);
}

int __gup_fault(struct ref_mm *mm, const struct ref_vma *vma, uint64_t addr, bool write,
		bool unshare)
{
	struct ref_page *page = pgt_lookup(mm, addr, false);

	if (!page) {
		if (vma->mapping && (vma->flags & REF_VM_SHARED || !write))
			return pgt_map_folio(mm, addr, PGT_PTE, write, vma->mapping, 0);
		return pgt_map_folio(mm, addr, PGT_PTE, write, anon_mapping(mm),
				     REF_PG_ANON_EXCLUSIVE);
	}
	if (!__pgt_entry(mm, addr, PGT_PTE)) /* huge: it would have to be split, see ref/thp.h */
		return -EFAULT;
	if (vma->flags & REF_VM_SHARED) /* do_shared_fault(), wp_page_shared() */
		return write ? __remap(mm, addr, page, true) : 0;
	return write || unshare ? __copy_on_write(mm, addr, page, write) : 0;
}

int gup_write_fault(struct ref_mm *mm, uint64_t addr)
{
	struct ref_page *page;
	int err = -EFAULT;

	ref_spin_lock(&mm->page_table_lock);
	page = pgt_lookup(mm, addr, false);
	if (page && __pgt_entry(mm, addr, PGT_PTE))
		err = pgt_lookup(mm, addr, true) ? 0 : __copy_on_write(mm, addr, page, true);
	ref_spin_unlock(&mm->page_table_lock);
	return err;
}

int __gup_migrate(struct ref_mm *mm, uint64_t addr)
{
	bool writable = pgt_lookup(mm, addr, true);
	struct ref_page *page = pgt_lookup(mm, addr, false), *folio;
	uint32_t flags;

	if (!page)
		return 0;
	folio = ref_page_folio(page);
	/* folio_migrate_mapping(): the one leaf has to hold the only reference. */
	if (gup_folio_large(folio) || REF_READ_ONCE(folio->refcount) != 1)
		return -EBUSY;
	flags = REF_READ_ONCE(folio->flags) & REF_PG_ANON_EXCLUSIVE;
	return __replace(mm, addr, REF_READ_ONCE(folio->mapping), flags, writable);
}
