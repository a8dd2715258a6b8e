// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The slow walk: one address at a time, through the tables that the mm really has.
 *
 * It is the oracle, so it shares nothing with the fast walker but the format's numbers: there is no
 * folded level here, no range and no clip.
 */
#include "mm.h"

struct ref_page *pgt_lookup(struct ref_mm *mm, uint64_t addr, bool write)
{
	const uint64_t *table = mm->pgd;

	if (addr >= mm->limit)
		return NULL;
	for (unsigned i = 0; i < mm->nr_real; i++) {
		const struct pgt_real *r = &mm->real[i];
		const struct pgt_level_fmt *l = &mm->fmt->level[r->level];
		uint64_t in_table = addr & ~(~0ULL << (r->shift + r->bits - 1) << 1);
		uint64_t entry = ref_load_acquire(&table[in_table >> r->shift]);
		uint64_t in_leaf = addr & ((1ULL << r->shift) - 1);
		size_t frame;

		if ((entry & l->present_mask) == l->absent)
			return NULL;
		if (!l->can_leaf || (entry & l->leaf_mask) != l->leaf_set) {
			table = (const uint64_t *)(mm->mem + (entry & l->table_origin));
			continue;
		}
		if (l->protnone_mask && (entry & l->protnone_mask) == l->protnone_set)
			return NULL;
		if (~entry & l->need_read || entry & (l->special | l->devmap))
			return NULL;
		if (write && ~entry & l->need_write)
			return NULL;
		frame = ((entry & l->leaf_origin) + in_leaf) >> mm->fmt->page_shift;
		return frame < mm->nr_frames ? &mm->memmap[frame] : NULL;
	}
	return NULL; /* not reached: the last table holds leaves only */
}
