// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The slow walk: one address at a time, through the tables that the mm really has.
 *
 * This is the oracle, so it shares only the format's numbers with the fast walker: it has no folded
 * level, no range and no clip.
 */
#include "mm.h"

/* An entry as a 64-bit number, by its bytes in memory. */
static uint64_t entry_at(const struct pgt_fmt *f, enum pgt_level level, const char *table,
			 uint64_t i)
{
	switch (f->level[level].entry) {
	case PGT_U32:
		return ref_load_acquire((const uint32_t *)table + i);
	case PGT_U32_PAIR:
		return ref_load_acquire((const uint32_t *)table + 2 * i);
	case PGT_U32X2: { /* no writer runs beside it: any order */
		uint64_t low = ref_load_acquire((const uint32_t *)table + 2 * i);

		return low | (uint64_t)ref_load_acquire((const uint32_t *)table + 2 * i + 1) << 32;
	}
	case PGT_U64:
		break;
	}
	if (f->big_endian && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
		return __builtin_bswap64(ref_load_acquire((const uint64_t *)table + i));
	return ref_load_acquire((const uint64_t *)table + i);
}

/* The offset in the simulated memory that an entry's address bits point to. */
static uint64_t offset_of(const struct pgt_fmt *f, uint64_t entry, uint64_t origin, int shift)
{
	uint64_t phys = entry & origin;

	for (; shift > 0; shift--)
		phys *= 2;
	for (; shift < 0; shift++)
		phys /= 2;
	/* 64 KiB pages of arm64: both fields have bits 49:48 (PTE_ADDR_LOW ends at 49). */
	return (phys | (entry & f->addr_high) << f->addr_high_shift) - f->phys_base;
}

struct ref_page *pgt_lookup(struct ref_mm *mm, uint64_t addr, bool write)
{
	const struct pgt_fmt *f = mm->fmt;
	const char *table = (const char *)mm->pgd;

	if (addr >= mm->limit)
		return NULL;
	for (unsigned i = 0; i < mm->nr_real; i++) {
		const struct pgt_real *r = &mm->real[i];
		const struct pgt_level_fmt *l = &f->level[r->level];
		uint64_t in_table = addr & ~(~0ULL << (r->shift + r->bits - 1) << 1);
		uint64_t entry = entry_at(f, r->level, table, in_table >> r->shift);
		uint64_t in_leaf = addr & ((1ULL << r->shift) - 1);
		size_t frame;

		if ((entry & l->present_mask) == l->absent)
			return NULL;
		if (!l->can_leaf || ((entry & l->leaf_mask) == l->leaf_set) == l->leaf_unless) {
			table = mm->mem + offset_of(f, entry, l->table_origin, l->table_shift);
			continue;
		}
		if (l->protnone_mask && (entry & l->protnone_mask) == l->protnone_set)
			return NULL;
		if (l->leaf_present && !(entry & l->leaf_present))
			return NULL;
		if (~entry & l->need_read || entry & (l->deny_read | l->special | l->devmap))
			return NULL;
		if (write && (~entry & l->need_write || entry & l->deny_write))
			return NULL;
		frame = (offset_of(f, entry, l->leaf_origin, l->leaf_shift) + in_leaf) >>
			f->page_shift;
		return frame < mm->nr_frames ? &mm->memmap[frame] : NULL;
	}
	return NULL; /* not reached: the last table holds leaves only */
}
