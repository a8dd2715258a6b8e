/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one source of the collapse: collapse_huge_page() with its __collapse_huge_page_isolate() and
 * __collapse_huge_page_copy() (mm/khugepaged.c, 6.12), instantiated per variant.
 *
 * The PTE table stays as it is while the pages are checked and copied; the cleared PMD keeps new
 * walkers out. A walker that had read the PMD before may still take references by the table's
 * entries, and notices when it reads the PMD again (70cbc3cc78a9). It may also still be reading the
 * table, so the collapser waits for it before the table is used again (2ba99c5e0881).
 */
#ifndef REF_THP_COLLAPSE_H
#define REF_THP_COLLAPSE_H

#include <errno.h>

#include "thp_priv.h"

/* The hooks are for tests: they run between the steps. */
struct thp_collapse_variant {
	bool no_sync; /* the collapser does not wait for walkers */
	/* The PMD is cleared by a plain store, and no barrier orders the store before the loads of
	 * the counts. The folio locks, which would order them on most machines, are taken before
	 * the store here; and the collapser does not wait for walkers. */
	bool unordered;
	unsigned copy_words; /* of each page; 0: all of it */
	void (*isolated)(struct ref_mm *mm);
	void (*copied)(struct ref_mm *mm);
};

/* One collapse. */
struct thp_collapse {
	struct ref_mm *mm;
	void *pmdp;
	uint64_t pmd; /* the entry before it was cleared */
	struct ref_page *table, *huge;
};

REF_ALWAYS_INLINE uint64_t thp_collapse_pte(const struct thp_collapse *c, unsigned i)
{
	return thp_read(c->mm, PGT_PTE, thp_entry_at(c->mm, PGT_PTE, c->table, i));
}

/* The folio of the i-th entry, if no earlier entry maps the same folio (a large folio's entries are
 * neighbours); otherwise, or if the entry is empty, NULL. */
REF_ALWAYS_INLINE struct ref_page *thp_collapse_folio(const struct thp_collapse *c, unsigned i)
{
	uint64_t pte = thp_collapse_pte(c, i), prev;
	struct ref_page *folio;

	if (thp_is_empty(c->mm, PGT_PTE, pte))
		return NULL;
	folio = ref_page_folio(thp_entry_page(c->mm, PGT_PTE, pte));
	prev = i ? thp_collapse_pte(c, i - 1) : 0;
	if (i && !thp_is_empty(c->mm, PGT_PTE, prev) &&
	    ref_page_folio(thp_entry_page(c->mm, PGT_PTE, prev)) == folio)
		return NULL;
	return folio;
}

/* Every entry is empty or a present anonymous page; at least one is writable (SCAN_PAGE_RO). */
REF_ALWAYS_INLINE bool thp_collapse_suits(const struct thp_collapse *c)
{
	bool writable = false;

	for (unsigned i = 0; i < thp_nr(c->mm); i++) {
		uint64_t pte = thp_collapse_pte(c, i);

		if (thp_is_empty(c->mm, PGT_PTE, pte))
			continue;
		if (!thp_is_present(c->mm, PGT_PTE, pte) ||
		    !thp_is_anon(ref_page_folio(thp_entry_page(c->mm, PGT_PTE, pte))))
			return false;
		writable |= thp_is_writable(c->mm, PGT_PTE, pte);
	}
	return writable;
}

/* Unlocks the folios of the first n entries; each entry still holds its reference. */
REF_ALWAYS_INLINE void thp_collapse_unlock(const struct thp_collapse *c, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct ref_page *folio = thp_collapse_folio(c, i);

		if (folio)
			thp_unlock(folio);
	}
}

REF_ALWAYS_INLINE bool thp_collapse_lock(const struct thp_collapse *c)
{
	for (unsigned i = 0; i < thp_nr(c->mm); i++) {
		struct ref_page *folio = thp_collapse_folio(c, i);

		if (!folio || thp_trylock(folio))
			continue;
		thp_collapse_unlock(c, i);
		return false;
	}
	return true;
}

/* is_refcount_suitable(): only its leaves and the swap cache hold references on the folio. */
REF_ALWAYS_INLINE bool thp_collapse_unheld(const struct thp_collapse *c)
{
	for (unsigned i = 0; i < thp_nr(c->mm); i++) {
		struct ref_page *folio = thp_collapse_folio(c, i);
		int expected;

		if (!folio)
			continue;
		expected = REF_READ_ONCE(folio->mapcount);
		if (REF_READ_ONCE(folio->flags) & REF_PG_SWAPCACHE)
			expected += (int)REF_READ_ONCE(folio->nr);
		if (REF_READ_ONCE(folio->refcount) != expected)
			return false;
	}
	return true;
}

/* __collapse_huge_page_isolate(): locks all folios, then checks all counts, where the kernel does
 * both in one loop; and there is no LRU list to isolate from. The order that matters is the same:
 * the PMD is cleared before. */
REF_ALWAYS_INLINE bool thp_collapse_isolate(const struct thp_collapse *c)
{
	if (!thp_collapse_suits(c) || !thp_collapse_lock(c))
		return false;
	if (thp_collapse_unheld(c))
		return true;
	thp_collapse_unlock(c, thp_nr(c->mm));
	return false;
}

/* copy_mc_user_highpage(), clear_user_highpage() */
REF_ALWAYS_INLINE void thp_collapse_copy(const struct thp_collapse_variant *v,
					 const struct thp_collapse *c)
{
	unsigned words = v->copy_words ? v->copy_words : 1u << (c->mm->fmt->page_shift - 3);

	for (unsigned i = 0; i < thp_nr(c->mm); i++) {
		uint64_t pte = thp_collapse_pte(c, i);
		bool none = thp_is_empty(c->mm, PGT_PTE, pte);
		const uint64_t *from = thp_page_mem(c->mm, thp_entry_page(c->mm, PGT_PTE, pte));
		uint64_t *to = thp_page_mem(c->mm, c->huge + i);

		for (unsigned w = 0; w < words; w++)
			REF_WRITE_ONCE(to[w], none ? 0 : REF_READ_ONCE(from[w]));
	}
}

/* __collapse_huge_page_copy_succeeded(): a folio is unlocked at its first entry and freed at its
 * last. */
REF_ALWAYS_INLINE void thp_collapse_drop(const struct thp_collapse *c)
{
	struct ref_page *unlocked = NULL;

	for (unsigned i = 0; i < thp_nr(c->mm); i++) {
		void *ptep = thp_entry_at(c->mm, PGT_PTE, c->table, i);
		uint64_t pte = thp_clear(c->mm, PGT_PTE, ptep);
		struct ref_page *folio;

		if (thp_is_empty(c->mm, PGT_PTE, pte))
			continue;
		folio = ref_page_folio(thp_entry_page(c->mm, PGT_PTE, pte));
		if (folio != unlocked)
			thp_unlock(folio);
		unlocked = folio;
		ref_fetch_add(&folio->mapcount, -1);
		ref_folio_put(folio, 1);
	}
}

/* set_pmd_at() of the new folio; deposits the old table for the next split. */
REF_ALWAYS_INLINE void thp_collapse_install(const struct thp_collapse *c)
{
	ref_spin_lock(&c->mm->page_table_lock);
	REF_WRITE_ONCE(c->huge->mapcount, 1);
	REF_WRITE_ONCE(c->huge->flags, REF_PG_ANON_EXCLUSIVE); /* folio_add_new_anon_rmap() */
	__thp_deposit(c->mm, c->table);
	/* Orders the stores to the contents and the folio before the leaf. */
	thp_publish(c->mm, PGT_PMD, c->pmdp, thp_leaf_entry(c->mm, PGT_PMD, c->huge, true));
	ref_spin_unlock(&c->mm->page_table_lock);
}

/*
 * pmdp_collapse_flush(), tlb_remove_table_sync_one(), isolate. Pairs with the walker, which takes
 * its reference, with a full barrier, and then reads the PMD again: at least one sees the other.
 */
REF_ALWAYS_INLINE bool thp_collapse_take(const struct thp_collapse_variant *v,
					 const struct thp_collapse *c, void (*sync_one)(void *arg),
					 void *arg)
{
	bool taken;

	ref_spin_lock(&c->mm->page_table_lock);
	thp_clear(c->mm, PGT_PMD, c->pmdp);
	ref_spin_unlock(&c->mm->page_table_lock);
	REF_STEP("thp: pmd cleared");
	if (!v->no_sync)
		(sync_one ? sync_one : thp_sync_rcu)(arg);
	ref_spin_lock(&c->mm->page_table_lock);
	taken = thp_collapse_isolate(c);
	ref_spin_unlock(&c->mm->page_table_lock);
	return taken;
}

REF_ALWAYS_INLINE bool thp_collapse_take_unordered(const struct thp_collapse *c)
{
	bool taken;

	ref_spin_lock(&c->mm->page_table_lock);
	taken = thp_collapse_suits(c) && thp_collapse_lock(c);
	if (taken) {
		thp_write(c->mm, PGT_PMD, c->pmdp, c->mm->fmt->level[PGT_PMD].empty);
		taken = thp_collapse_unheld(c);
		if (!taken)
			thp_collapse_unlock(c, thp_nr(c->mm));
	}
	ref_spin_unlock(&c->mm->page_table_lock);
	return taken;
}

REF_ALWAYS_INLINE int thp_collapse_begin(struct thp_collapse *c, uint64_t addr)
{
	int err = -ENOENT;

	ref_spin_lock(&c->mm->page_table_lock);
	c->pmdp = __pgt_entry(c->mm, addr, PGT_PMD);
	c->pmd = c->pmdp ? thp_read(c->mm, PGT_PMD, c->pmdp) : 0;
	if (!c->pmdp || thp_is_empty(c->mm, PGT_PMD, c->pmd))
		goto out_unlock;
	err = -EEXIST;
	if (thp_is_leaf(c->mm, PGT_PMD, c->pmd))
		goto out_unlock;
	c->table = thp_entry_table(c->mm, PGT_PMD, c->pmd);
	c->huge = __ref_folio_alloc(c->mm, c->mm->fmt->level[PGT_PTE].bits,
				    (char *)c->mm + REF_MAPPING_ANON,
				    thp_align(c->mm, addr) >> c->mm->fmt->page_shift);
	err = c->huge ? 0 : -ENOMEM;
out_unlock:
	ref_spin_unlock(&c->mm->page_table_lock);
	return err;
}

/* pmd_populate() of the old table: its entries have not changed. */
REF_ALWAYS_INLINE void thp_collapse_undo(const struct thp_collapse *c)
{
	ref_spin_lock(&c->mm->page_table_lock);
	thp_publish(c->mm, PGT_PMD, c->pmdp, c->pmd);
	ref_spin_unlock(&c->mm->page_table_lock);
	ref_folio_put(c->huge, 1);
}

REF_ALWAYS_INLINE int thp_collapse_range(const struct thp_collapse_variant *v, struct ref_mm *mm,
					 uint64_t addr, void (*sync_one)(void *arg), void *arg)
{
	struct thp_collapse c = { .mm = mm };
	int err = -EOPNOTSUPP;
	bool taken;

	if (!thp_supported(mm))
		return err;
	ref_spin_lock(&mm->rmap_lock);
	err = thp_collapse_begin(&c, addr);
	if (err)
		goto out_unlock;
	taken = v->unordered ? thp_collapse_take_unordered(&c)
			     : thp_collapse_take(v, &c, sync_one, arg);
	if (!taken) {
		thp_collapse_undo(&c);
		err = -EAGAIN;
		goto out_unlock;
	}
	if (v->isolated)
		v->isolated(mm);
	thp_collapse_copy(v, &c);
	if (v->copied)
		v->copied(mm);
	thp_collapse_drop(&c);
	thp_collapse_install(&c);
out_unlock:
	ref_spin_unlock(&mm->rmap_lock);
	return err;
}

#endif
