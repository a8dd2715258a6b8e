// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Contiguous ranges and top tables that grow: changes of tables by more than one entry.
 * Order of arch/arm64/mm/contpte.c and arch/s390/mm/pgalloc.c (Linux 6.12).
 */
#include <errno.h>

#include "mm.h"

static struct pgt_entry *nth(const struct ref_mm *mm, struct pgt_entry *first, unsigned i)
{
	return pgt_entry_at(&mm->fmt->level[PGT_PTE], first, i);
}

/* Takes a reference per page, as the same number of small leaves has. */
int pgt_map_cont(struct ref_mm *mm, uint64_t addr, bool writable)
{
	const struct pgt_level_fmt *l = &mm->fmt->level[PGT_PTE];
	unsigned nr = 1u << l->cont_bits;
	struct pgt_entry *first;
	struct ref_page *page;

	if (!l->cont || addr & (((uint64_t)nr << l->shift) - 1) || addr >= mm->limit)
		return -EINVAL;
	first = __pgt_make_entry(mm, addr, PGT_PTE);
	if (!first)
		return -ENOMEM;
	for (unsigned i = 0; i < nr; i++)
		if (pgt_read(mm->fmt, PGT_PTE, nth(mm, first, i)) != l->empty)
			return -EEXIST;
	page = __ref_folio_alloc(mm, l->cont_bits, (char *)mm + REF_MAPPING_ANON,
				 addr >> mm->fmt->page_shift);
	if (!page)
		return -ENOMEM;
	(void)ref_fetch_add(&page->refcount, (int)nr - 1);
	(void)ref_fetch_add(&page->mapcount, (int)nr);
	for (unsigned i = 0; i < nr; i++)
		pgt_write(mm->fmt, PGT_PTE, nth(mm, first, i),
			  pgt_leaf_entry(mm->fmt, PGT_PTE, ref_page_phys(mm, page + i), writable) |
				  l->cont);
	return 0;
}

/*
 * contpte_convert(): clears all entries and collects their young and dirty bits, then writes all
 * entries without the mark, each with all of those bits. The kernel flushes between the two.
 */
int pgt_unfold(struct ref_mm *mm, uint64_t addr)
{
	const struct pgt_level_fmt *l = &mm->fmt->level[PGT_PTE];
	uint64_t size = (1ULL << l->cont_bits) << l->shift, bits = 0, phys = 0;
	struct pgt_entry *first;

	if (!l->cont)
		return -EINVAL;
	first = addr < mm->limit ? __pgt_entry(mm, addr & -size, PGT_PTE) : NULL;
	if (!first || !pgt_cont(mm->fmt, pgt_read(mm->fmt, PGT_PTE, first)))
		return -ENOENT;
	for (unsigned i = 0; i < 1u << l->cont_bits; i++) {
		uint64_t pte = pgt_exchange(mm->fmt, PGT_PTE, nth(mm, first, i), l->empty);

		if (!i) {
			phys = pgt_leaf_phys(mm->fmt, PGT_PTE, pte);
			bits = pte;
		}
		bits = pgt_gather(mm->fmt, bits, pte);
	}
	bits &= ~(l->leaf_origin | mm->fmt->addr_high);
	bits &= ~(l->cont & ~l->need_read);
	for (unsigned i = 0; i < 1u << l->cont_bits; i++)
		pgt_write(mm->fmt, PGT_PTE, nth(mm, first, i),
			  pgt_encode(mm->fmt, phys + ((uint64_t)i << l->shift), l->leaf_origin,
				     l->leaf_shift) |
				  bits);
	return 0;
}

/*
 * crst_table_upgrade(): a new top table, of the next type, gets the old top as its first entry.
 * Then mm->pgd is stored, then mm->limit: a walker that the new limit lets in finds the new top,
 * and a walker that has the old top goes on in a table that is now a lower one.
 */
int __pgt_upgrade(const struct pgt_upgrade_variant *v, struct ref_mm *mm)
{
	struct pgt_real real = { mm->real[0].level + 1, 0, 0 };
	struct ref_page *page;
	struct pgt_entry *top;
	uint64_t limit;

	if (!mm->fmt->max_levels || mm->nr_real < 3 || mm->nr_real >= mm->fmt->max_levels)
		return -EINVAL;
	real.shift = mm->fmt->level[real.level].shift;
	real.bits = mm->fmt->level[real.level].bits;
	page = __pgt_alloc_table_at(mm, &real);
	if (!page)
		return -ENOMEM;
	top = ref_page_mem(mm, page);
	limit = real.shift + real.bits < 64 ? 1ULL << (real.shift + real.bits)
					    : mm->fmt->task_size_max;
	pgt_write(mm->fmt, real.level, top,
		  pgt_table_entry(mm->fmt, real.level, ref_page_phys(mm, mm->pgd_page)));
	if (v->limit_first)
		ref_store_release(&mm->limit, limit);
	ref_store_release(&mm->pgd, top);
	if (!v->limit_first)
		ref_store_release(&mm->limit, limit);
	for (unsigned i = mm->nr_real++; i > 0; i--)
		mm->real[i] = mm->real[i - 1];
	mm->real[0] = real;
	mm->pgd_page = page;
	return 0;
}

int pgt_upgrade(struct ref_mm *mm)
{
	static const struct pgt_upgrade_variant v;

	return __pgt_upgrade(&v, mm);
}
