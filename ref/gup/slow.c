// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * get_user_pages_fast() as a whole: the lockless walk, and the slow path for the pages after it.
 *
 * Steps and their order are those of mm/gup.c (Linux 6.12); each function names its counterpart.
 * page_table_lock stands for all the locks of the kernel's faults.
 */
#include <errno.h>

#include "slow.h"

/* ---- VMAs ---- */

int ref_vma_add(struct ref_mm *mm, struct ref_vma *vma)
{
	int err = 0;

	if (vma->start >= vma->end || vma->end > mm->limit)
		return -EINVAL;
	ref_spin_lock(&mm->mmap_lock);
	for (const struct ref_vma *v = mm->vmas; v; v = v->next)
		if (vma->start < v->end && v->start < vma->end)
			err = -EEXIST;
	if (!err) {
		vma->next = mm->vmas;
		mm->vmas = vma;
	}
	ref_spin_unlock(&mm->mmap_lock);
	return err;
}

/* vma_lookup() */
static struct ref_vma *__find_vma(struct ref_mm *mm, uint64_t addr)
{
	struct ref_vma *vma = mm->vmas;

	while (vma && (addr < vma->start || addr >= vma->end))
		vma = vma->next;
	return vma;
}

bool ref_vma_needs_dirty_tracking(const struct ref_vma *vma)
{
	const unsigned shared_writable = REF_VM_WRITE | REF_VM_SHARED;

	if ((vma->flags & shared_writable) != shared_writable)
		return false;
	if (vma->flags & REF_VM_NOTIFY)
		return true;
	/* vma_fs_can_writeback() */
	return !(vma->flags & REF_VM_PFNMAP) && vma->mapping && vma->mapping->a_ops->can_writeback;
}

/* writable_file_mapping_allowed(): a long-term pin would write behind the file system's back. */
static bool writable_file_allowed(const struct ref_vma *vma, unsigned flags)
{
	const unsigned longterm = GUP_PIN | GUP_LONGTERM;

	return (flags & longterm) != longterm || !ref_vma_needs_dirty_tracking(vma);
}

/* check_vma_flags() */
static int check_vma(const struct ref_vma *vma, unsigned flags)
{
	if (vma->flags & (REF_VM_IO | REF_VM_PFNMAP))
		return -EFAULT;
	if (flags & GUP_LONGTERM && vma->flags & REF_VM_FSDAX)
		return -EOPNOTSUPP;
	if (vma->mapping && vma->mapping->a_ops == &ref_secretmem_aops)
		return -EFAULT;
	if (!(flags & GUP_WRITE))
		return vma->flags & REF_VM_READ ? 0 : -EFAULT;
	if (vma->mapping && !writable_file_allowed(vma, flags))
		return -EFAULT;
	return vma->flags & REF_VM_WRITE ? 0 : -EFAULT;
}

/* ---- one page ---- */

/* try_grab_folio(): cannot fail: the lock keeps the entry, and the entry has a reference. */
static void __grab(struct ref_page *folio, unsigned flags)
{
	bool large = gup_folio_large(folio);

	(void)ref_fetch_add(&folio->refcount, flags & GUP_PIN && !large ? GUP_PIN_BIAS : 1);
	if (flags & GUP_PIN && large)
		(void)ref_fetch_add(&folio->pincount, 1);
}

/* follow_page_mask(). NULL: not mapped, not writable, or (*unshare) to be unshared before a pin. */
static struct ref_page *__follow(struct ref_mm *mm, const struct ref_vma *vma, uint64_t addr,
				 unsigned flags, bool *unshare)
{
	struct ref_page *page = pgt_lookup(mm, addr, flags & GUP_WRITE), *folio;

	*unshare = false;
	if (!page)
		return NULL;
	folio = ref_page_folio(page);
	/* The head has the flag of a huge entry. */
	if (!pgt_lookup(mm, addr, true))
		*unshare = gup_must_unshare(__pgt_entry(mm, addr, PGT_PTE) ? page : folio, folio,
					    flags, gup_cow_mapping(vma));
	if (*unshare)
		return NULL;
	__grab(folio, flags);
	return page;
}

/* One turn of __get_user_pages()'s loop, for one address. */
static int __get_page(struct ref_mm *mm, const struct ref_vma *vma, uint64_t addr, unsigned flags,
		      struct ref_page **page)
{
	bool unshare;
	int err = 0;

	ref_spin_lock(&mm->page_table_lock);
	while (!(*page = __follow(mm, vma, addr, flags, &unshare)) && !err)
		err = __gup_fault(mm, vma, addr, flags & GUP_WRITE, unshare);
	ref_spin_unlock(&mm->page_table_lock);
	if (*page)
		return 0;
	return err == -ENOMEM ? err : -EFAULT;
}

/* ---- the slow path ---- */

/* __get_user_pages() */
static long get_pages(struct ref_mm *mm, uint64_t start, unsigned long nr, unsigned flags,
		      struct ref_page **pages)
{
	unsigned long i;
	int err = 0;

	ref_spin_lock(&mm->mmap_lock);
	for (i = 0; i < nr && !err; i += !err) {
		uint64_t addr = start + ((uint64_t)i << mm->fmt->page_shift);
		const struct ref_vma *vma = __find_vma(mm, addr);

		err = vma ? check_vma(vma, flags) : -EFAULT;
		if (!err)
			err = __get_page(mm, vma, addr, flags, &pages[i]);
	}
	ref_spin_unlock(&mm->mmap_lock);
	return i ? (long)i : err;
}

/* check_and_migrate_movable_pages(): 0: all pages may stay. Else it has unpinned all pages;
 * -EAGAIN: it moved some, the caller pins again; -ENOMEM: some could not be moved. */
static long migrate_unpinnable(struct ref_mm *mm, uint64_t start, unsigned long nr,
			       struct ref_page **pages)
{
	bool movable = false;
	long err = -EAGAIN;

	for (unsigned long i = 0; i < nr; i++)
		movable |= !gup_longterm_pinnable(ref_page_folio(pages[i]));
	if (!movable)
		return 0;
	gup_unpin(pages, nr);
	ref_spin_lock(&mm->page_table_lock);
	for (unsigned long i = 0; i < nr; i++) {
		uint64_t addr = start + ((uint64_t)i << mm->fmt->page_shift);
		struct ref_page *page = pgt_lookup(mm, addr, false);

		if (page && !gup_longterm_pinnable(ref_page_folio(page)) && __gup_migrate(mm, addr))
			err = -ENOMEM;
	}
	ref_spin_unlock(&mm->page_table_lock);
	return err;
}

/* __gup_longterm_locked() */
static long get_pages_slow(struct ref_mm *mm, uint64_t start, unsigned long nr, unsigned flags,
			   struct ref_page **pages)
{
	long got, err;

	do {
		err = 0;
		got = get_pages(mm, start, nr, flags, pages);
		if (got > 0 && flags & GUP_LONGTERM)
			err = migrate_unpinnable(mm, start, (unsigned long)got, pages);
	} while (err == -EAGAIN);
	return err ? err : got;
}

/* is_valid_gup_args() and gup_fast_fallback() */
long gup_pages_fast(gup_fast_fn fast, struct ref_mm *mm, uint64_t start, unsigned long nr,
		    unsigned flags, struct ref_page **pages)
{
	uint64_t page_size = 1ULL << mm->fmt->page_shift, end;
	unsigned long got;
	long more;

	if (flags & ~(GUP_WRITE | GUP_PIN | GUP_LONGTERM | GUP_FAST_ONLY) ||
	    (flags & (GUP_PIN | GUP_LONGTERM)) == GUP_LONGTERM)
		return -EINVAL;
	start &= ~(page_size - 1);
	if (nr > UINT64_MAX / page_size ||
	    __builtin_add_overflow(start, (uint64_t)nr * page_size, &end))
		return -EOVERFLOW;
	if (end > mm->fmt->task_size_max)
		return -EFAULT;
	got = fast(mm, start, nr, flags, pages);
	if (got == nr || flags & GUP_FAST_ONLY)
		return (long)got;
	more = get_pages_slow(mm, start + got * page_size, nr - got, flags, pages + got);
	/* The caller has to put the pages that it got, so it gets their number, not the error. */
	return more >= 0 ? more + (long)got : got ? (long)got : more;
}
