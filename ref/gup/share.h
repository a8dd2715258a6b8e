/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The other side of a pin: KSM, migration and fork() clear PageAnonExclusive of a page that a
 * walker may pin at the same moment. Order and pairing are those of __folio_try_share_anon_rmap()
 * and __folio_try_dup_anon_rmap() of include/linux/rmap.h and of copy_page_range() (Linux 6.12).
 */
#ifndef REF_GUP_SHARE_H
#define REF_GUP_SHARE_H

#include <errno.h>

#include "../thp/thp_priv.h"
#include "pin.h"

/* Busted variants, for models: each leaves one step out. */
struct gup_share_variant {
	bool no_barrier; /* between clearing the entry and looking for pins */
	bool no_seq;	 /* fork() does not raise write_protect_seq */
};

/* The small leaf at addr, if it is present. page_table_lock held. */
REF_ALWAYS_INLINE void *__gup_small_leaf(struct ref_mm *mm, uint64_t addr, uint64_t *entry)
{
	void *e = __pgt_entry(mm, addr, PGT_PTE);

	if (!e)
		return NULL;
	*entry = thp_read(mm, PGT_PTE, e);
	return thp_is_present(mm, PGT_PTE, *entry) ? e : NULL;
}

/*
 * The walker pins, has a full barrier, and reads the entry and the flag. The sharer clears the
 * entry, has a full barrier, looks for pins, clears the flag, and writes the entry anew: one of the
 * two sees the other. The atomic that clears the flag is the barrier between flag and entry.
 */
REF_ALWAYS_INLINE int __gup_share(const struct gup_share_variant *v, struct ref_mm *mm,
				  uint64_t addr)
{
	struct ref_page *page;
	uint64_t entry;
	void *e = __gup_small_leaf(mm, addr, &entry);
	int err = 0;

	if (!e)
		return -ENOENT;
	page = thp_entry_page(mm, PGT_PTE, entry);
	if (!(REF_READ_ONCE(page->flags) & REF_PG_ANON_EXCLUSIVE))
		return 0;
	thp_write(mm, PGT_PTE, e, mm->fmt->level[PGT_PTE].empty);
	REF_STEP("share: entry cleared");
	if (!v->no_barrier)
		ref_full_barrier();
	if (gup_maybe_pinned(ref_page_folio(page))) {
		err = -EBUSY;
	} else {
		REF_STEP("share: no pin seen");
		(void)ref_fetch_and(&page->flags, ~(uint32_t)REF_PG_ANON_EXCLUSIVE);
		entry = thp_leaf_entry(mm, PGT_PTE, page, false);
	}
	thp_publish(mm, PGT_PTE, e, entry);
	return err;
}

/* raw_write_seqcount_begin(): makes the count odd before fork() looks for pins. The lock that is
 * taken next orders this store before those loads, as the kernel's page-table lock does. */
REF_ALWAYS_INLINE void __gup_seq_step(const struct gup_share_variant *v, struct ref_mm *mm)
{
	if (!v->no_seq)
		ref_store_release(&mm->write_protect_seq, REF_READ_ONCE(mm->write_protect_seq) + 1);
}

/* folio_needs_cow_for_dma() */
REF_ALWAYS_INLINE bool gup_needs_copy(const struct ref_mm *mm, struct ref_page *folio)
{
	return REF_READ_ONCE(mm->flags) & REF_MM_HAS_PINNED && gup_maybe_pinned(folio);
}

/*
 * copy_present_pte(): unlike __gup_share(), clears the flag while the entry stays. Only
 * write_protect_seq tells a walker that ran meanwhile, so it has to read that after its pins.
 */
REF_ALWAYS_INLINE int __gup_dup(const struct gup_share_variant *v, struct ref_mm *mm, uint64_t addr,
				uint64_t child)
{
	struct ref_page *page, *folio;
	uint64_t entry;
	void *e = __gup_small_leaf(mm, addr, &entry);
	int err;

	if (!e)
		return -ENOENT;
	page = thp_entry_page(mm, PGT_PTE, entry);
	folio = ref_page_folio(page);
	if (gup_needs_copy(mm, folio))
		return pgt_map(mm, child, PGT_PTE, false);
	REF_STEP("fork: no pin seen");
	(void)ref_fetch_add(&folio->refcount, 1);
	(void)ref_fetch_and(&page->flags, ~(uint32_t)REF_PG_ANON_EXCLUSIVE);
	thp_publish(mm, PGT_PTE, e, thp_leaf_entry(mm, PGT_PTE, page, false));
	REF_STEP("fork: entry write-protected");
	err = pgt_map_page(mm, child, page, false);
	if (err)
		ref_folio_put(folio, 1);
	return err;
}

#endif
