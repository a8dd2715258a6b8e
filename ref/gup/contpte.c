// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Contiguous ranges of arm64: 16 entries of 4 KiB, 128 of 16 KiB, 32 of 64 KiB, of which the
 * hardware may mark any one young or dirty for all.
 *
 * A range may be unfolded, changed and folded again while it is read; the entries that were read
 * belong together if all are of a range, of frames that follow each other, with the same bits but
 * for young and dirty. Order: arch/arm64/mm/contpte.c (Linux 6.12).
 */
#include "contpte.h"

/* The first entry of ptep's range; *i: the index of ptep in the range. */
static const struct pgt_entry *first_of(const struct pgt_fmt *f, const struct pgt_entry *ptep,
					unsigned *i)
{
	const struct pgt_level_fmt *l = &f->level[PGT_PTE];
	uintptr_t size = (uintptr_t)1 << (l->cont_bits + pgt_entry_shift(l));
	uintptr_t first = (uintptr_t)ptep & -size;

	*i = (unsigned)(((uintptr_t)ptep - first) >> pgt_entry_shift(l));
	return (const struct pgt_entry *)first;
}

static const struct pgt_entry *entry_of(const struct pgt_fmt *f, const struct pgt_entry *first,
					unsigned i)
{
	return pgt_entry_at(&f->level[PGT_PTE], (void *)(uintptr_t)first, i);
}

/* Is pte of one range with `orig`, the entry `distance` entries before it? */
static bool same_range(const struct pgt_fmt *f, uint64_t orig, uint64_t pte, int distance)
{
	uint64_t address = f->level[PGT_PTE].leaf_origin | f->addr_high;
	uint64_t phys =
		pgt_leaf_phys(f, PGT_PTE, orig) + ((uint64_t)(int64_t)distance << f->page_shift);

	return pgt_cont(f, pte) && pgt_leaf_phys(f, PGT_PTE, pte) == phys &&
	       !((pgt_old_clean(f, pte) ^ pgt_old_clean(f, orig)) & ~address);
}

uint64_t gup_contpte_get_lockless(const struct pgt_fmt *f, const struct gup_variant *v,
				  const struct pgt_entry *ptep)
{
	const struct pgt_level_fmt *l = &f->level[PGT_PTE];
	unsigned self, nr = 1u << l->cont_bits;
	const struct pgt_entry *first = first_of(f, ptep, &self);
	uint64_t orig, gathered, pte;

retry:
	orig = gathered = pgt_read_acquire(f, PGT_PTE, ptep);
	if (!pgt_cont(f, orig))
		return orig;
	for (unsigned i = 0; i < nr; i++) {
		if (v && v->in_gather)
			v->in_gather(i);
		pte = pgt_read_acquire(f, PGT_PTE, entry_of(f, first, i));
		/* A writer is changing the range: the entry that was read first, or the one that
		 * does not match it, will have changed when the writer is done. */
		if (!(v && v->gather_unchecked) && !same_range(f, orig, pte, (int)i - (int)self)) {
			ref_wait_until(pgt_read(f, PGT_PTE, ptep) != orig ||
				       pgt_read(f, PGT_PTE, entry_of(f, first, i)) != pte);
			goto retry;
		}
		gathered = pgt_gather(f, gathered, pte);
	}
	return gathered;
}

uint64_t gup_contpte_get(const struct pgt_fmt *f, const struct pgt_entry *ptep, uint64_t pte)
{
	unsigned self, nr = 1u << f->level[PGT_PTE].cont_bits;
	const struct pgt_entry *first = first_of(f, ptep, &self);

	for (unsigned i = 0; i < nr; i++)
		pte = pgt_gather(f, pte, pgt_read_acquire(f, PGT_PTE, entry_of(f, first, i)));
	return pte;
}
