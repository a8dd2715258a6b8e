/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of ref/thp: entries of a leaf, and the steps of a split. */
#ifndef REF_THP_PRIV_H
#define REF_THP_PRIV_H

#include <ref/thp.h>

#include "../pgtable/mm.h"

REF_ALWAYS_INLINE bool thp_is_anon(const struct ref_page *folio)
{
	return (uintptr_t)REF_READ_ONCE(folio->mapping) & REF_MAPPING_ANON;
}

/* ---- entries, in the format's own bits ---- */

/* The i-th entry of a table of the level: pte_offset_map(). */
REF_ALWAYS_INLINE void *thp_entry_at(const struct ref_mm *mm, enum pgt_level level,
				     const struct ref_page *table, size_t i)
{
	return pgt_entry_at(&mm->fmt->level[level], ref_page_mem(mm, table), i);
}

REF_ALWAYS_INLINE uint64_t thp_read(const struct ref_mm *mm, enum pgt_level level, void *e)
{
	return pgt_read(mm->fmt, level, e);
}

/* Orders nothing: for a table that is not published yet, and for entries that hold no page. */
REF_ALWAYS_INLINE void thp_write(const struct ref_mm *mm, enum pgt_level level, void *e,
				 uint64_t entry)
{
	pgt_write_relaxed(mm->fmt, level, e, entry);
}

/* Publishes a leaf or a table; pairs with the walkers' acquire. */
REF_ALWAYS_INLINE void thp_publish(const struct ref_mm *mm, enum pgt_level level, void *e,
				   uint64_t entry)
{
	pgt_write(mm->fmt, level, e, entry);
}

REF_ALWAYS_INLINE uint64_t thp_exchange(const struct ref_mm *mm, enum pgt_level level, void *e,
					uint64_t entry)
{
	return pgt_exchange(mm->fmt, level, e, entry);
}

/* ptep_get_and_clear(), pmdp_huge_get_and_clear() */
REF_ALWAYS_INLINE uint64_t thp_clear(const struct ref_mm *mm, enum pgt_level level, void *e)
{
	return thp_exchange(mm, level, e, mm->fmt->level[level].empty);
}

REF_ALWAYS_INLINE bool thp_is_empty(const struct ref_mm *mm, enum pgt_level level, uint64_t entry)
{
	return entry == mm->fmt->level[level].empty;
}

REF_ALWAYS_INLINE bool thp_is_leaf(const struct ref_mm *mm, enum pgt_level level, uint64_t entry)
{
	return pgt_leaf(mm->fmt, level, entry);
}

REF_ALWAYS_INLINE bool thp_is_present(const struct ref_mm *mm, enum pgt_level level, uint64_t entry)
{
	return pgt_present(mm->fmt, level, entry);
}

REF_ALWAYS_INLINE bool thp_is_writable(const struct ref_mm *mm, enum pgt_level level,
				       uint64_t entry)
{
	return pgt_writable(mm->fmt, level, entry);
}

/* The frame of a leaf or a migration entry of the level. */
REF_ALWAYS_INLINE struct ref_page *thp_entry_page(const struct ref_mm *mm, enum pgt_level level,
						  uint64_t entry)
{
	return ref_phys_page(mm, pgt_leaf_phys(mm->fmt, level, entry));
}

/* The table to which an entry of the level points. */
REF_ALWAYS_INLINE struct ref_page *thp_entry_table(const struct ref_mm *mm, enum pgt_level level,
						   uint64_t entry)
{
	return ref_phys_page(mm, pgt_table_phys(mm->fmt, level, entry));
}

REF_ALWAYS_INLINE uint64_t thp_leaf_entry(const struct ref_mm *mm, enum pgt_level level,
					  const struct ref_page *page, bool writable)
{
	return pgt_leaf_entry(mm->fmt, level, ref_page_phys(mm, page), writable);
}

REF_ALWAYS_INLINE uint64_t thp_table_entry(const struct ref_mm *mm, enum pgt_level level,
					   const struct ref_page *table)
{
	return pgt_table_entry(mm->fmt, level, ref_page_phys(mm, table));
}

/* The leaf's right to the page, which a migration entry keeps; a writable page is exclusive too. */
enum thp_right { THP_READ, THP_EXCLUSIVE, THP_WRITE, THP_NR_RIGHTS };

REF_ALWAYS_INLINE enum thp_right thp_right(bool writable, bool exclusive)
{
	return writable ? THP_WRITE : exclusive ? THP_EXCLUSIVE : THP_READ;
}

/* make_writable_migration_entry() and its likes */
REF_ALWAYS_INLINE uint64_t thp_migration_entry(const struct ref_mm *mm, const struct ref_page *page,
					       enum thp_right right)
{
	const struct pgt_level_fmt *l = &mm->fmt->level[PGT_PTE];
	uint64_t bits = right == THP_WRITE	 ? l->migration_write
			: right == THP_EXCLUSIVE ? l->migration_exclusive
						 : l->migration;

	return pgt_encode(mm->fmt, ref_page_phys(mm, page), l->leaf_origin, l->leaf_shift) | bits;
}

/* A frame's contents. */
REF_ALWAYS_INLINE uint64_t *thp_page_mem(const struct ref_mm *mm, const struct ref_page *page)
{
	return ref_page_mem(mm, page);
}

/* Pages of a huge (PMD) leaf. */
REF_ALWAYS_INLINE unsigned thp_nr(const struct ref_mm *mm)
{
	return 1u << mm->fmt->level[PGT_PTE].bits;
}

REF_ALWAYS_INLINE uint64_t thp_align(const struct ref_mm *mm, uint64_t addr)
{
	return addr & ~((1ULL << mm->fmt->level[PGT_PMD].shift) - 1);
}

/* ---- leaf.c ---- */
bool thp_supported(const struct ref_mm *mm);
/* pgtable_trans_huge_deposit(), pgtable_trans_huge_withdraw(): under page_table_lock. */
void __thp_deposit(struct ref_mm *mm, struct ref_page *table);
struct ref_page *__thp_withdraw(struct ref_mm *mm);
/*
 * unmap_folio(): removes every leaf of the folio, with its reference; an anonymous folio's leaves
 * become migration entries. A leaf of a pinned page stays (ignore_pins is busted). The caller holds
 * the folio lock and rmap_lock.
 */
void thp_unmap_folio(struct ref_page *folio, bool ignore_pins);
/* remap_page(): turns the nr pages' migration entries back into leaves. The caller holds the folio
 * locks and rmap_lock. */
void thp_remap(struct ref_page *head, unsigned nr);

/* ---- collapse.c ---- */
/* Waits for a grace period, so for every walk that has begun. */
void thp_sync_rcu(void *arg);

#endif
