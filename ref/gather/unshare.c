// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hugetlb's shared PMD tables: two mms share a table, and one of them unshares it while walkers of
 * that mm may be in the table.
 *
 * The table is not freed, so a wait before freeing does not help: the mm that keeps the table may
 * unmap from it and map into it at once, and a walker that came in from the other mm then returns
 * pages that were never mapped there. The kernel therefore interrupts every CPU: at first at each
 * unshare (1013af4f585f); later, because that was an interrupt for each table of a large mapping,
 * once per flush, and only if a table was left with a single user (fully_unshared_tables in
 * include/asm-generic/tlb.h, 8ce720d5bd91; read in Linux 7.3.4). Nobody may use the table until
 * that flush is done: the caller keeps i_mmap_rwsem.
 */
#include <array_size.h>
#include <errno.h>
#include <string.h>

#include "gather_priv.h"

#include "../pgtable/mm.h"

#define SHARED (1ULL << 32) /* set where share_count() holds a count, and no level */

static const struct gather_unshare unshares[] = {
	{ "unshare_ipi", "an interrupt to every CPU at each unshare", false, true, false },
	{ "unshare_last_ipi", "one interrupt to every CPU per flush, if a table has one owner left",
	  false, false, true },
	{ "unshare_no_ipi", "no interrupt: a walker goes on in another process's private table",
	  true, false, false },
};

size_t gather_nr_unshares(void)
{
	return ARRAY_SIZE(unshares);
}

const struct gather_unshare *gather_unshare_at(size_t i)
{
	return i < gather_nr_unshares() ? &unshares[i] : NULL;
}

const struct gather_unshare *gather_unshare_find(const char *name)
{
	for (size_t i = 0; i < gather_nr_unshares(); i++)
		if (!strcmp(unshares[i].name, name))
			return &unshares[i];
	return NULL;
}

/* ---- tables of two mms ---- */

int gather_mm_beside(struct ref_mm *mm, struct ref_mm **out)
{
	struct ref_mm *beside = gather_alloc(sizeof(*beside));

	*out = NULL;
	if (!beside)
		return -ENOMEM;
	memcpy(beside, mm, sizeof(*beside));
	for (unsigned o = 0; o <= PGT_MAX_ORDER; o++)
		beside->buddy[o].next = beside->buddy[o].prev = &beside->buddy[o];
	beside->freed = beside->deposited = NULL;
	beside->vmas = NULL;
	beside->pgd_page = __pgt_alloc_table(mm, mm->real[0].level);
	if (!beside->pgd_page) {
		gather_dealloc(beside);
		return -ENOMEM;
	}
	ref_store_release(&beside->pgd, ref_page_mem(mm, beside->pgd_page));
	*out = beside;
	return 0;
}

/* Frees the mm; its tables are freed with the arena. */
void gather_mm_put(struct ref_mm *beside)
{
	gather_dealloc(beside);
}

/* The entry of an mm for a PMD table, present or not. */
struct parent {
	struct pgt_entry *e; /* NULL: no table, or no memory for one */
	enum pgt_level level;
	uint64_t entry;
};

/* The parent of addr's PMD table; makes missing tables above it in the arena of `from`, if any. */
static struct parent pmd_parent(struct ref_mm *mm, uint64_t addr, struct ref_mm *from)
{
	const struct pgt_fmt *f = mm->fmt;
	void *table = mm->pgd;

	for (const struct pgt_real *r = mm->real;
	     addr < mm->limit && r + 1 < mm->real + mm->nr_real; r++) {
		uint64_t i = addr >> r->shift & ((1ULL << r->bits) - 1);
		struct parent p = { pgt_entry_at(&f->level[r->level], table, i), r->level, 0 };

		p.entry = pgt_read(f, r->level, p.e);
		if (r[1].level == PGT_PMD)
			return p;
		if (p.entry == f->level[r->level].empty) {
			struct ref_page *page = from ? __pgt_alloc_table(from, r[1].level) : NULL;

			if (!page)
				break;
			p.entry = pgt_table_entry(f, r->level, ref_page_phys(mm, page));
			pgt_write(f, r->level, p.e, p.entry);
		}
		table = mm->mem + (pgt_table_phys(f, r->level, p.entry) - f->phys_base);
	}
	return (struct parent){ NULL };
}

static bool has_no_table(const struct ref_mm *mm, const struct parent *p)
{
	return p->entry == mm->fmt->level[p->level].empty || pgt_leaf(mm->fmt, p->level, p->entry);
}

static struct ref_page *pmd_table_of(const struct ref_mm *mm, const struct parent *p)
{
	return ref_phys_page(mm, pgt_table_phys(mm->fmt, p->level, p->entry));
}

/* pt_share_count: the number of mms that share the table beside its first owner. In a field that a
 * frame in use leaves free, as in the kernel's ptdesc. */
static uint64_t *share_count(struct ref_page *table)
{
	return &table->index;
}

int gather_share_pmd(struct ref_mm *owner, struct ref_mm *to, uint64_t addr)
{
	struct parent from = pmd_parent(owner, addr, NULL), p;
	struct ref_page *table;

	if (!from.e || has_no_table(owner, &from))
		return -ENOENT;
	p = pmd_parent(to, addr, owner);
	if (!p.e)
		return -ENOMEM;
	if (!has_no_table(to, &p))
		return -EEXIST;
	table = pmd_table_of(owner, &from);
	/* A table that was never shared holds its level in this field. */
	if (!(*share_count(table) & SHARED))
		REF_WRITE_ONCE(*share_count(table), SHARED);
	(void)ref_fetch_add(share_count(table), 1);
	pgt_write(to->fmt, p.level, p.e, from.entry);
	return 0;
}

/* ---- unsharing ---- */

/* tlb_unshare_pmd_ptdesc() */
bool gather_unshare_pmd(struct gather *g, const struct gather_unshare *u, struct ref_mm *mm,
			uint64_t addr)
{
	struct parent p = pmd_parent(mm, addr, NULL);
	struct ref_page *table;

	if (!p.e || has_no_table(mm, &p))
		return false;
	table = pmd_table_of(mm, &p);
	if (REF_READ_ONCE(*share_count(table)) <= SHARED)
		return false;
	pgt_clear(mm->fmt, p.level, p.e);
	if (u->ipi_each)
		gather_sync_one(g);
	g->unshared_tables = true;
	if (ref_fetch_add(share_count(table), (uint64_t)-1) == SHARED + 1)
		g->fully_unshared_tables = true;
	return true;
}

/* tlb_flush_unshared_tables() */
void gather_unshare_flush(struct gather *g, const struct gather_unshare *u)
{
	if (g->unshared_tables)
		gather_flush_tlbonly(g);
	if (g->fully_unshared_tables && u->ipi_last)
		gather_sync_one(g);
	g->fully_unshared_tables = false;
}
