// SPDX-License-Identifier: GPL-2.0-or-later
/* The leaves of a huge folio: maps them, splits them, makes them migration entries and back. */
#include <errno.h>

#include <ref/gup.h>

#include "thp_priv.h"

bool thp_supported(const struct ref_mm *mm)
{
	const struct pgt_level_fmt *l = &mm->fmt->level[PGT_PMD];

	return pgt_level_can_leaf(mm, PGT_PMD) && (l->invalid_clear | l->invalid_set) &&
	       mm->fmt->level[PGT_PTE].migration;
}

/* ---- the folio lock: a bit, as PG_locked ---- */

bool thp_trylock(struct ref_page *folio)
{
	return !(ref_fetch_or(&folio->flags, REF_PG_LOCKED) & REF_PG_LOCKED);
}

void thp_lock(struct ref_page *folio)
{
	ref_wait_until(!(REF_READ_ONCE(folio->flags) & REF_PG_LOCKED) && thp_trylock(folio));
}

void thp_unlock(struct ref_page *folio)
{
	ref_fetch_and(&folio->flags, ~(uint32_t)REF_PG_LOCKED);
}

/* ---- deposited tables: a PMD split may not fail for want of memory ---- */

void __thp_deposit(struct ref_mm *mm, struct ref_page *table)
{
	REF_WRITE_ONCE(table->next, mm->deposited);
	REF_WRITE_ONCE(mm->deposited, table);
}

struct ref_page *__thp_withdraw(struct ref_mm *mm)
{
	struct ref_page *table = REF_READ_ONCE(mm->deposited);

	if (table)
		REF_WRITE_ONCE(mm->deposited, REF_READ_ONCE(table->next));
	return table;
}

int thp_map(struct ref_mm *mm, uint64_t addr, bool writable)
{
	struct ref_page *table;
	int err = -ENOMEM;

	if (!thp_supported(mm))
		return -EOPNOTSUPP;
	ref_spin_lock(&mm->page_table_lock);
	table = __pgt_alloc_table(mm, PGT_PTE);
	if (!table)
		goto out_unlock;
	err = pgt_map(mm, addr, PGT_PMD, writable);
	if (err)
		ref_folio_put(table, 1);
	else
		__thp_deposit(mm, table);
out_unlock:
	ref_spin_unlock(&mm->page_table_lock);
	return err;
}

/* ---- removing leaves ---- */

/* folio_remove_rmap_pte() and _pmd(), and puts the leaf's reference. */
static void drop_leaf(struct ref_page *folio)
{
	ref_fetch_add(&folio->mapcount, -1);
	ref_folio_put(folio, 1);
}

/* The present leaf that covers addr, and its level; NULL: there is none. */
static void *__find_leaf(struct ref_mm *mm, uint64_t addr, enum pgt_level *level)
{
	void *e = __pgt_entry(mm, addr, *level = PGT_PMD);

	if (!e || !thp_is_leaf(mm, PGT_PMD, thp_read(mm, PGT_PMD, e)))
		e = __pgt_entry(mm, addr, *level = PGT_PTE);
	return e && thp_is_present(mm, *level, thp_read(mm, *level, e)) ? e : NULL;
}

int thp_unmap(struct ref_mm *mm, uint64_t addr, void (*flush)(void *arg), void *arg)
{
	struct ref_page *page, *table = NULL;
	enum pgt_level level;
	uint64_t old;
	void *e;

	ref_spin_lock(&mm->page_table_lock);
	e = __find_leaf(mm, addr, &level);
	if (!e) {
		ref_spin_unlock(&mm->page_table_lock);
		return -ENOENT;
	}
	old = thp_clear(mm, level, e);
	REF_STEP("thp: leaf cleared");
	page = thp_entry_page(mm, level, old);
	if (level == PGT_PMD && thp_is_anon(ref_page_folio(page)))
		table = __thp_withdraw(mm);
	ref_spin_unlock(&mm->page_table_lock);
	if (flush)
		flush(arg);
	drop_leaf(ref_page_folio(page));
	if (table)
		ref_folio_put(table, 1);
	return 0;
}

/* ---- PMD split ---- */

static void fill_table(struct ref_mm *mm, struct ref_page *table, struct ref_page *folio,
		       enum thp_right right, bool migration)
{
	for (unsigned i = 0; i < thp_nr(mm); i++)
		thp_write(mm, PGT_PTE, thp_entry_at(mm, PGT_PTE, table, i),
			  migration ? thp_migration_entry(mm, folio + i, right)
				    : thp_leaf_entry(mm, PGT_PTE, folio + i, right == THP_WRITE));
}

/*
 * folio_try_share_anon_rmap_pmd() and _pte(): clears PageAnonExclusive, or -EBUSY if a pin relies
 * on it. The caller has changed the leaf before, with a full barrier; a walker pins, with a full
 * barrier, and then reads the leaf again.
 */
static int try_share(struct ref_page *folio, struct ref_page *page, bool ignore_pins)
{
	if (!(REF_READ_ONCE(page->flags) & REF_PG_ANON_EXCLUSIVE))
		return 0;
	if (!ignore_pins && gup_maybe_pinned(folio))
		return -EBUSY;
	ref_fetch_and(&page->flags, ~(uint32_t)REF_PG_ANON_EXCLUSIVE);
	return 0;
}

/* Accounts nr small leaves in place of a large one: a reference and a mapping each, and
 * PageAnonExclusive if the large leaf had it. */
static void spread(struct ref_page *folio, unsigned nr, bool exclusive)
{
	ref_fetch_add(&folio->refcount, (int)nr - 1);
	ref_fetch_add(&folio->mapcount, (int)nr);
	for (unsigned i = 1; exclusive && i < nr; i++)
		ref_fetch_or(&folio[i].flags, REF_PG_ANON_EXCLUSIVE);
}

/*
 * __split_huge_pmd_locked(), of an anonymous folio. The leaf is made invalid first, so that no CPU
 * ever holds a large and a small translation of one address; it stays a leaf to software until the
 * table replaces it. migration: makes migration entries instead of small leaves; a pinned folio
 * gets leaves all the same.
 */
static int __split_pmd(struct ref_mm *mm, void *pmdp, bool migration, bool ignore_pins)
{
	const struct pgt_level_fmt *l = &mm->fmt->level[PGT_PMD];
	uint64_t pmd = thp_read(mm, PGT_PMD, pmdp);
	struct ref_page *table, *folio = ref_page_folio(thp_entry_page(mm, PGT_PMD, pmd));
	bool exclusive = REF_READ_ONCE(folio->flags) & REF_PG_ANON_EXCLUSIVE;

	table = __thp_withdraw(mm);
	if (!table)
		return -ENOMEM;
	/* pmdp_invalidate(): atomic, and a flush that waits for no walker. */
	thp_exchange(mm, PGT_PMD, pmdp, (pmd & ~l->invalid_clear) | l->invalid_set);
	REF_STEP("thp: pmd invalid");
	migration = migration && !try_share(folio, folio, ignore_pins);
	if (!migration)
		spread(folio, thp_nr(mm), exclusive);
	fill_table(mm, table, folio, thp_right(thp_is_writable(mm, PGT_PMD, pmd), exclusive),
		   migration);
	ref_fetch_add(&folio->mapcount, -1);
	if (migration)
		ref_folio_put(folio, 1);
	/* Orders the stores of the small entries before the pointer to their table. */
	thp_publish(mm, PGT_PMD, pmdp, thp_table_entry(mm, PGT_PMD, table));
	REF_STEP("thp: pmd split");
	return 0;
}

int thp_split_pmd(struct ref_mm *mm, uint64_t addr)
{
	int err = -ENOENT;
	void *pmdp;

	ref_spin_lock(&mm->page_table_lock);
	pmdp = __pgt_entry(mm, addr, PGT_PMD);
	if (pmdp && thp_is_leaf(mm, PGT_PMD, thp_read(mm, PGT_PMD, pmdp)))
		err = __split_pmd(mm, pmdp, false, false);
	ref_spin_unlock(&mm->page_table_lock);
	return err;
}

/* ---- unmap_folio() and remap_page() ---- */

/* The address of the folio's first page by the reverse map, whether or not the page is mapped. */
static uint64_t folio_addr(const struct ref_page *folio)
{
	const struct thp_file *file = REF_READ_ONCE(folio->mapping);
	uint64_t addr = folio->index << folio->mm->fmt->page_shift;

	return thp_is_anon(folio) ? addr : file->addr + addr;
}

/* try_to_migrate_one() and try_to_unmap_one() of one small leaf. */
static void __unmap_pte(struct ref_mm *mm, void *ptep, struct ref_page *folio, bool anon,
			bool ignore_pins)
{
	uint64_t pte = thp_read(mm, PGT_PTE, ptep);
	struct ref_page *page = thp_entry_page(mm, PGT_PTE, pte);
	enum thp_right right;

	if (!thp_is_present(mm, PGT_PTE, pte) || ref_page_folio(page) != folio)
		return;
	pte = thp_clear(mm, PGT_PTE, ptep);
	if (anon) {
		right = thp_right(thp_is_writable(mm, PGT_PTE, pte),
				  REF_READ_ONCE(page->flags) & REF_PG_ANON_EXCLUSIVE);
		if (try_share(folio, page, ignore_pins)) {
			thp_publish(mm, PGT_PTE, ptep, pte);
			return;
		}
		thp_write(mm, PGT_PTE, ptep, thp_migration_entry(mm, page, right));
	}
	drop_leaf(folio);
}

/* Another folio may be mapped there by now: page_vma_mapped_walk() compares too. */
static void __unmap_huge(struct ref_mm *mm, void *pmdp, struct ref_page *folio, bool anon,
			 bool ignore_pins)
{
	uint64_t pmd = thp_read(mm, PGT_PMD, pmdp);

	if (!thp_is_leaf(mm, PGT_PMD, pmd) || thp_entry_page(mm, PGT_PMD, pmd) != folio)
		return;
	if (anon) {
		/* Cannot fail: thp_map() has deposited a table. */
		__split_pmd(mm, pmdp, true, ignore_pins);
		return;
	}
	thp_clear(mm, PGT_PMD, pmdp);
	drop_leaf(folio);
}

void thp_unmap_folio(struct ref_page *folio, bool ignore_pins)
{
	struct ref_mm *mm = folio->mm;
	uint64_t addr = folio_addr(folio);
	bool anon = thp_is_anon(folio);
	void *e;

	ref_spin_lock(&mm->page_table_lock);
	e = __pgt_entry(mm, addr, PGT_PMD);
	if (e)
		__unmap_huge(mm, e, folio, anon, ignore_pins);
	for (unsigned i = 0; i < folio->nr && REF_READ_ONCE(folio->mapcount); i++) {
		e = __pgt_entry(mm, addr + ((uint64_t)i << mm->fmt->page_shift), PGT_PTE);
		if (e)
			__unmap_pte(mm, e, folio, anon, ignore_pins);
	}
	ref_spin_unlock(&mm->page_table_lock);
}

/* remove_migration_pte() */
static void __remap_pte(struct ref_mm *mm, void *ptep, struct ref_page *page)
{
	uint64_t pte = thp_read(mm, PGT_PTE, ptep);
	struct ref_page *folio = ref_page_folio(page);
	enum thp_right right = THP_READ;

	while (right < THP_NR_RIGHTS && pte != thp_migration_entry(mm, page, right))
		right++;
	if (right == THP_NR_RIGHTS)
		return;
	ref_fetch_add(&folio->refcount, 1);
	ref_fetch_add(&folio->mapcount, 1);
	if (right != THP_READ)
		ref_fetch_or(&page->flags, REF_PG_ANON_EXCLUSIVE);
	thp_publish(mm, PGT_PTE, ptep, thp_leaf_entry(mm, PGT_PTE, page, right == THP_WRITE));
}

void thp_remap(struct ref_page *head, unsigned nr)
{
	struct ref_mm *mm = head->mm;
	uint64_t addr;

	if (!thp_is_anon(head))
		return;
	addr = folio_addr(head);
	ref_spin_lock(&mm->page_table_lock);
	for (unsigned i = 0; i < nr; i++) {
		void *e = __pgt_entry(mm, addr + ((uint64_t)i << mm->fmt->page_shift), PGT_PTE);

		if (e)
			__remap_pte(mm, e, head + i);
	}
	ref_spin_unlock(&mm->page_table_lock);
}
