// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An empty PTE table is freed while the tables around it stay in use: CONFIG_PT_RECLAIM.
 *
 * munmap() frees tables of a range that nobody can fault in. MADV_DONTNEED has the mmap lock for
 * reading at most, so that a fault, or another MADV_DONTNEED, may be about to lock the very table
 * that is taken out. Three rules keep them apart, after zap_pte_range(), zap_empty_pte_table() and
 * zap_pte_table_if_empty() of mm/memory.c, and __pte_offset_map() and pte_offset_map_lock() of
 * mm/pgtable-generic.c (Linux 7.3.4; the freeing is 6.14's, 6375e95f381e; the mapping 6.5's,
 * 0d940a9b270b). reclaim_no_rescan was a bug of the first (mail of 11 February 2025, "mm: pgtable:
 * fix incorrect reclaim of non-empty PTE pages"):
 *
 * - The table is taken out with its lock and the PMD's held, and all of its entries seen empty
 *   while the table's lock was held without a break; the PMD's is outside, and a trylock inside.
 * - Whoever locks a table reads the PMD again under the lock.
 * - From reading the PMD to unlocking the table is one RCU read-side section, and tables are freed
 *   by RCU: until then the table, its lock too, is there, though nothing leads to it any more.
 */
#include <array_size.h>
#include <errno.h>
#include <string.h>

#include "gather_priv.h"

#include "../pgtable/mm.h"

static const struct gather_reclaim gather_reclaim_keep = { .name = "reclaim_keep", .keeps = true };
static const struct gather_reclaim gather_reclaim = { .name = "reclaim" };
static const struct gather_reclaim gather_reclaim_no_recheck = {
	.name = "reclaim_no_recheck",
	.busted = true,
	.no_recheck = true,
};
static const struct gather_reclaim gather_reclaim_no_rcu = {
	.name = "reclaim_no_rcu",
	.busted = true,
	.no_rcu = true,
};
static const struct gather_reclaim gather_reclaim_no_rescan = {
	.name = "reclaim_no_rescan",
	.busted = true,
	.no_rescan = true,
};

#define ROW(name, ...) &gather_##name,
static const struct gather_reclaim *const reclaims[] = { GATHER_RECLAIMS(ROW, ROW) };

size_t gather_nr_reclaims(void)
{
	return ARRAY_SIZE(reclaims);
}

const struct gather_reclaim *gather_reclaim_at(size_t i)
{
	return i < gather_nr_reclaims() ? reclaims[i] : NULL;
}

const struct gather_reclaim *gather_reclaim_find(const char *name)
{
	for (size_t i = 0; i < gather_nr_reclaims(); i++)
		if (!strcmp(reclaims[i]->name, name))
			return reclaims[i];
	return NULL;
}

/* ---- a table and its entries ---- */

struct ref_spinlock *gather_ptl(struct ref_page *table)
{
	_Static_assert(sizeof(struct ref_spinlock) <= sizeof(table->index), "index holds it");
	return (struct ref_spinlock *)&table->index;
}

static struct pgt_entry *pte_of(struct ref_mm *mm, struct ref_page *table, unsigned i)
{
	return pgt_entry_at(&mm->fmt->level[PGT_PTE], ref_page_mem(mm, table), i);
}

static unsigned nr_ptes(const struct ref_mm *mm)
{
	return 1U << mm->real[mm->nr_real - 1].bits;
}

static unsigned pte_index(const struct ref_mm *mm, uint64_t addr)
{
	return addr >> mm->fmt->page_shift & (nr_ptes(mm) - 1);
}

/* pte_none(), with the table's lock held: whoever writes entries has it, so a plain load will do,
 * and the explorer need not stop at each entry of a table. */
static bool pte_none(const struct pgt_fmt *f, const struct pgt_entry *e)
{
	uint64_t empty = f->level[PGT_PTE].empty;

	if (f->level[PGT_PTE].entry == PGT_U64)
		return pgt_swap(f, *(const uint64_t *)e) == empty;
	return *(const uint32_t *)e == (uint32_t)empty;
}

/* ---- mapping a table ---- */

/* __pte_offset_map(): on success inside a read-side section. NULL: there is no table. */
static struct ref_page *map(const struct gather_reclaim *u, struct ref_mm *mm,
			    const struct pgt_entry *pmd, uint64_t *value)
{
	const struct pgt_fmt *f = mm->fmt;

	if (!u->no_rcu)
		ref_rcu_read_lock();
	*value = pgt_read_acquire(f, PGT_PMD, pmd);
	if (*value != f->level[PGT_PMD].empty && !pgt_leaf(f, PGT_PMD, *value))
		return ref_phys_page(mm, pgt_table_phys(f, PGT_PMD, *value));
	if (!u->no_rcu)
		ref_rcu_read_unlock();
	return NULL;
}

static void unmap(const struct gather_reclaim *u)
{
	if (!u->no_rcu)
		ref_rcu_read_unlock();
}

/* pte_offset_map_lock(). A table that was taken out after the PMD was read was empty, and stays so:
 * the loop looks for the one that is there now. */
static struct ref_page *map_lock(const struct gather_reclaim *u, struct ref_mm *mm,
				 const struct pgt_entry *pmd)
{
	struct ref_page *table;
	uint64_t value;

	while ((table = map(u, mm, pmd, &value)) != NULL) {
		REF_STEP("reclaim: pmd read");
		ref_spin_lock(gather_ptl(table));
		if (u->no_recheck || pgt_read(mm->fmt, PGT_PMD, pmd) == value)
			return table;
		ref_spin_unlock(gather_ptl(table));
		unmap(u);
	}
	return NULL;
}

static void unmap_unlock(const struct gather_reclaim *u, struct ref_page *table)
{
	ref_spin_unlock(gather_ptl(table));
	unmap(u);
}

/* ---- a fault ---- */

int gather_fault(const struct gather_reclaim *u, struct ref_mm *mm, uint64_t addr,
		 struct ref_page *page)
{
	const struct pgt_fmt *f = mm->fmt;
	const struct pgt_entry *pmd = __pgt_entry(mm, addr, PGT_PMD);
	unsigned i = pte_index(mm, addr);
	struct ref_page *table;
	uint64_t entry;
	bool none;

	/* handle_pte_fault(): looks without the lock, and keeps the entry but not the table. */
	table = pmd ? map(u, mm, pmd, &entry) : NULL;
	if (!table)
		return -ENOENT;
	entry = pgt_read(f, PGT_PTE, pte_of(mm, table, i));
	unmap(u);
	if (entry != f->level[PGT_PTE].empty)
		return -EEXIST;
	/* do_anonymous_page() */
	table = map_lock(u, mm, pmd);
	if (!table)
		return -ENOENT;
	none = pte_none(f, pte_of(mm, table, i));
	if (none)
		pgt_write(f, PGT_PTE, pte_of(mm, table, i),
			  pgt_leaf_entry(f, PGT_PTE, ref_page_phys(mm, page), true));
	unmap_unlock(u, table);
	return none ? 0 : -EEXIST;
}

/* pmd_install() */
int gather_install_table(struct ref_mm *mm, uint64_t addr, struct ref_page *table)
{
	int err;

	ref_spin_lock(&mm->page_table_lock);
	err = pgt_link_table(mm, addr, table);
	ref_spin_unlock(&mm->page_table_lock);
	return err;
}

/* ---- MADV_DONTNEED ---- */

/* Clears entries from the i-th on and returns the index of the first that is left. *full: the
 * gather has no room. */
static unsigned zap(struct gather *g, struct ref_mm *mm, struct ref_page *table, unsigned i,
		    unsigned end, bool *full)
{
	const struct pgt_fmt *f = mm->fmt;

	*full = false;
	for (; i < end && !*full; i++) {
		struct pgt_entry *e = pte_of(mm, table, i);
		struct ref_page *page;

		if (pte_none(f, e))
			continue;
		page = ref_phys_page(mm, pgt_leaf_phys(f, PGT_PTE, pgt_read(f, PGT_PTE, e)));
		pgt_clear(f, PGT_PTE, e);
		gather_note_entry(g);
		*full = gather_add_page(g, page, 1, false);
	}
	return i;
}

/* zap_empty_pte_table(): the table's lock is held, and has been since its first entry was seen
 * empty. That lock is inside the PMD's, hence the trylock. */
static bool take_out(struct ref_mm *mm, struct pgt_entry *pmd)
{
	if (!ref_spin_trylock(&mm->page_table_lock))
		return false;
	pgt_clear(mm->fmt, PGT_PMD, pmd);
	ref_spin_unlock(&mm->page_table_lock);
	return true;
}

/* zap_pte_table_if_empty(): both locks in their order, and every entry read again. NULL: no table,
 * or one that is in use again. */
static struct ref_page *take_out_if_empty(const struct gather_reclaim *u, struct ref_mm *mm,
					  struct pgt_entry *pmd)
{
	unsigned i = 0, nr = nr_ptes(mm);
	struct ref_page *table;
	uint64_t value;

	ref_spin_lock(&mm->page_table_lock);
	table = map(u, mm, pmd, &value);
	if (table) {
		ref_spin_lock(gather_ptl(table));
		while (i < nr && (u->no_rescan || pte_none(mm->fmt, pte_of(mm, table, i))))
			i++;
		if (i == nr)
			pgt_clear(mm->fmt, PGT_PMD, pmd);
		unmap_unlock(u, table);
	}
	ref_spin_unlock(&mm->page_table_lock);
	return i == nr ? table : NULL;
}

bool gather_dontneed(struct gather *g, const struct gather_reclaim *u, struct ref_mm *mm,
		     uint64_t addr, unsigned resched)
{
	struct pgt_entry *pmd = __pgt_entry(mm, addr, PGT_PMD);
	unsigned nr = nr_ptes(mm), i = 0, end = resched && resched < nr ? resched : nr;
	bool direct = true, full;
	struct ref_page *table = NULL;

	for (; i < nr; end = nr) {
		table = pmd ? map_lock(u, mm, pmd) : NULL;
		if (!table)
			return false;
		i = zap(g, mm, table, i, end, &full);
		/* The first round saw all entries under one lock. */
		direct = direct && i == nr && !u->keeps && take_out(mm, pmd);
		if (full)
			gather_flush_tlbonly(g);
		unmap_unlock(u, table);
		if (full)
			gather_flush_mmu(g);
		REF_STEP("reclaim: table unlocked");
	}
	if (u->keeps)
		return false;
	if (!direct)
		table = take_out_if_empty(u, mm, pmd);
	if (table)
		gather_remove_table(g, table);
	return table;
}
