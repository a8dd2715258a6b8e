/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one source of the folio split: split_huge_page_to_list_to_order() to single pages, with its
 * can_split_folio(), __split_huge_page() and __split_huge_page_tail() (mm/huge_memory.c, 6.12).
 * Instantiated per variant, as ../gup/walk.h is.
 */
#ifndef REF_THP_SPLIT_H
#define REF_THP_SPLIT_H

#include <errno.h>

#include "thp_priv.h"

/* The hooks are for tests: they run between the steps. */
struct thp_split_variant {
	bool no_freeze;	  /* compares the count without freezing it */
	bool ignore_pins; /* clears PageAnonExclusive of pinned pages too */
	void (*before_unmap)(struct ref_page *folio);
	void (*before_freeze)(struct ref_page *folio);
	void (*frozen)(struct ref_page *folio);
	void (*before_remap)(struct ref_page *folio);
};

/* References that a cache holds: one per page. */
REF_ALWAYS_INLINE int thp_extra(const struct ref_page *folio, unsigned nr)
{
	bool cached = !thp_is_anon(folio) || REF_READ_ONCE(folio->flags) & REF_PG_SWAPCACHE;

	return cached ? (int)nr : 0;
}

/* can_split_folio(): only its leaves, its cache and the caller hold references. Racy: an early test
 * that avoids unmapping the folio in vain. */
REF_ALWAYS_INLINE bool thp_can_split(const struct ref_page *folio, int extra)
{
	return REF_READ_ONCE(folio->mapcount) == REF_READ_ONCE(folio->refcount) - extra - 1;
}

/* Makes a tail a folio. Its reference count, 0 so far, is stored last: a walker that took its
 * reference through the old head has the head's, and sees by `head` that it is not this page's. */
REF_ALWAYS_INLINE void thp_split_tail(struct ref_page *head, unsigned i, int extra)
{
	struct ref_page *tail = head + i;

	REF_WRITE_ONCE(tail->flags,
		       REF_READ_ONCE(head->flags) & (REF_PG_LOCKED | REF_PG_REFERENCED |
						     REF_PG_SWAPCACHE | REF_PG_MOVABLE));
	REF_WRITE_ONCE(tail->nr, 1);
	REF_WRITE_ONCE(tail->mapping, REF_READ_ONCE(head->mapping));
	tail->index = head->index + i;
	REF_WRITE_ONCE(tail->mapcount, 0);
	REF_WRITE_ONCE(tail->pincount, 0);
	ref_store_release(&tail->head, tail);		   /* clear_compound_head() */
	ref_count_set_release(&tail->refcount, 1 + extra); /* page_ref_unfreeze() */
	REF_STEP("thp: tail unfrozen");
}

REF_ALWAYS_INLINE void thp_split_pieces(const struct thp_split_variant *v, struct ref_page *head,
					unsigned nr, int extra, struct thp_file *file)
{
	int each = extra ? 1 : 0;

	for (unsigned i = nr - 1; i > 0; i--) {
		thp_split_tail(head, i, each);
		if (file)
			REF_WRITE_ONCE(file->pages[head->index + i], head + i);
	}
	REF_WRITE_ONCE(head->nr, 1); /* ClearPageCompound() */
	/* A frozen count is 0; without a freeze the count still has the caller's and the cache's
	 * references, and any others. */
	ref_fetch_add(&head->refcount, 1 + each - (v->no_freeze ? 1 + extra : 0));
}

REF_ALWAYS_INLINE bool thp_freeze(const struct thp_split_variant *v, struct ref_page *folio,
				  int expected)
{
	if (v->no_freeze)
		return REF_READ_ONCE(folio->refcount) == expected;
	return ref_count_freeze(&folio->refcount, expected);
}

/* The part with interrupts off. False: a reference too many or truncated, nothing was changed. */
REF_ALWAYS_INLINE bool thp_split_frozen(const struct thp_split_variant *v, struct ref_page *folio,
					unsigned nr, int extra, struct thp_file *file)
{
	int irq_flags = ref_irq_save();
	bool frozen = true;

	if (file) {
		ref_spin_lock(&file->lock);
		frozen = REF_READ_ONCE(file->pages[folio->index]) == folio; /* not truncated */
	}
	frozen = frozen && thp_freeze(v, folio, 1 + extra);
	if (frozen) {
		if (v->frozen)
			v->frozen(folio);
		thp_split_pieces(v, folio, nr, extra, file);
	}
	if (file)
		ref_spin_unlock(&file->lock);
	ref_irq_restore(irq_flags);
	return frozen;
}

/* Drops the new folios' locks and references, but for those of the caller's page. */
REF_ALWAYS_INLINE void thp_split_release(struct ref_page *head, unsigned nr, struct ref_page *page)
{
	for (unsigned i = 0; i < nr; i++) {
		if (head + i == page)
			continue;
		thp_unlock(head + i);
		ref_folio_put(head + i, 1);
	}
}

REF_ALWAYS_INLINE int thp_split_folio(const struct thp_split_variant *v, struct ref_page *page)
{
	struct ref_page *folio = ref_page_folio(page);
	struct ref_mm *mm = folio->mm;
	struct thp_file *file = NULL;
	unsigned nr = folio->nr;
	int extra, err = -EAGAIN;

	if (nr == 1)
		return -EINVAL;
	if (!thp_is_anon(folio)) {
		file = REF_READ_ONCE(folio->mapping);
		if (!file)
			return -EBUSY;
	}
	ref_spin_lock(&mm->rmap_lock);
	extra = thp_extra(folio, nr);
	if (!thp_can_split(folio, extra))
		goto out_unlock;
	if (v->before_unmap)
		v->before_unmap(folio);
	thp_unmap_folio(folio, v->ignore_pins);
	if (v->before_freeze)
		v->before_freeze(folio);
	if (thp_split_frozen(v, folio, nr, extra, file))
		err = 0;
	if (v->before_remap)
		v->before_remap(folio);
	thp_remap(folio, nr);
	if (!err)
		thp_split_release(folio, nr, page);
out_unlock:
	ref_spin_unlock(&mm->rmap_lock);
	return err;
}

#endif
