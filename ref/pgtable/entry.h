/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A page-table entry in memory, and what a format says about its value: constant-folded where the
 * format is a constant, as in a walker, and decided at run time in the builder.
 */
#ifndef REF_PGTABLE_ENTRY_H
#define REF_PGTABLE_ENTRY_H

#include <ref/port.h>

#include "format.h"

/* Never defined: the size of an entry and the order of its words belong to its format. */
struct pgt_entry;

REF_ALWAYS_INLINE unsigned pgt_entry_shift(const struct pgt_level_fmt *l)
{
	return l->entry == PGT_U32 ? 2 : 3;
}

REF_ALWAYS_INLINE struct pgt_entry *pgt_entry_at(const struct pgt_level_fmt *l, void *table,
						 uint64_t index)
{
	return (struct pgt_entry *)((char *)table + (index << pgt_entry_shift(l)));
}

/* Between a value and its bytes in memory: the same operation both ways. */
REF_ALWAYS_INLINE uint64_t pgt_swap(const struct pgt_fmt *f, uint64_t word)
{
	return f->big_endian && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap64(word)
									  : word;
}

/* READ_ONCE(*e). An entry of two words takes two loads, as in the kernel. */
REF_ALWAYS_INLINE uint64_t pgt_read(const struct pgt_fmt *f, enum pgt_level level,
				    const struct pgt_entry *e)
{
	const uint32_t *word = (const uint32_t *)e;

	switch (f->level[level].entry) {
	case PGT_U32:
	case PGT_U32_PAIR:
		return REF_READ_ONCE(word[0]);
	case PGT_U32X2:
		return REF_READ_ONCE(word[0]) | (uint64_t)REF_READ_ONCE(word[1]) << 32;
	case PGT_U64:
		break;
	}
	return pgt_swap(f, REF_READ_ONCE(*(const uint64_t *)e));
}

/* The same, acquired: pairs with the releases of pgt_write(). */
REF_ALWAYS_INLINE uint64_t pgt_read_acquire(const struct pgt_fmt *f, enum pgt_level level,
					    const struct pgt_entry *e)
{
	const uint32_t *word = (const uint32_t *)e;

	switch (f->level[level].entry) {
	case PGT_U32:
	case PGT_U32_PAIR:
		return ref_load_acquire(&word[0]);
	case PGT_U32X2: {
		uint64_t low = ref_load_acquire(&word[0]);

		return low | (uint64_t)ref_load_acquire(&word[1]) << 32;
	}
	case PGT_U64:
		break;
	}
	return pgt_swap(f, ref_load_acquire((const uint64_t *)e));
}

/*
 * set_pte(), set_pmd(), ...: whoever loads the entry with acquire sees all stores before this. Of
 * two words the half with the present bit is written last (native_set_pte() in
 * arch/x86/include/asm/pgtable-3level.h).
 */
REF_ALWAYS_INLINE void pgt_write(const struct pgt_fmt *f, enum pgt_level level, struct pgt_entry *e,
				 uint64_t val)
{
	uint32_t *word = (uint32_t *)e;

	switch (f->level[level].entry) {
	case PGT_U32:
		ref_store_release(&word[0], (uint32_t)val);
		return;
	case PGT_U32_PAIR: /* the other half of the table below: see fmt_arm.h */
		REF_WRITE_ONCE(word[1], val ? (uint32_t)val + 256 * 4 : 0);
		ref_store_release(&word[0], (uint32_t)val);
		return;
	case PGT_U32X2:
		REF_WRITE_ONCE(word[1], (uint32_t)(val >> 32));
		ref_store_release(&word[0], (uint32_t)val);
		return;
	case PGT_U64:
		break;
	}
	ref_store_release((uint64_t *)e, pgt_swap(f, val));
}

/* WRITE_ONCE(*e, val): orders nothing; for a table that no walker can reach yet. */
REF_ALWAYS_INLINE void pgt_write_relaxed(const struct pgt_fmt *f, enum pgt_level level,
					 struct pgt_entry *e, uint64_t val)
{
	uint32_t *word = (uint32_t *)e;

	if (f->level[level].entry == PGT_U64) {
		REF_WRITE_ONCE(*(uint64_t *)e, pgt_swap(f, val));
		return;
	}
	if (f->level[level].entry != PGT_U32)
		REF_WRITE_ONCE(word[1], (uint32_t)(val >> 32));
	REF_WRITE_ONCE(word[0], (uint32_t)val);
}

/* *e = val, for an entry that no other thread can reach. */
REF_ALWAYS_INLINE void pgt_write_local(const struct pgt_fmt *f, enum pgt_level level,
				       struct pgt_entry *e, uint64_t val)
{
	uint32_t *word = (uint32_t *)e;

	if (f->level[level].entry == PGT_U64) {
		*(uint64_t *)e = pgt_swap(f, val);
		return;
	}
	word[0] = (uint32_t)val;
	if (f->level[level].entry != PGT_U32)
		word[1] = (uint32_t)(val >> 32);
}

/* pte_clear(), pmd_clear(): of two words the half with the present bit is cleared first. */
REF_ALWAYS_INLINE void pgt_clear(const struct pgt_fmt *f, enum pgt_level level, struct pgt_entry *e)
{
	uint32_t *word = (uint32_t *)e;

	if (f->level[level].entry != PGT_U32X2) {
		pgt_write(f, level, e, f->level[level].empty);
		return;
	}
	ref_store_release(&word[0], 0);
	ref_store_release(&word[1], 0);
}

/*
 * xchg() of an entry: fully ordered. Two words are exchanged one after the other, which
 * pmdp_establish() of pgtable-3level.h allows where the new entry is not present: readers see that
 * in the low word.
 */
REF_ALWAYS_INLINE uint64_t pgt_exchange(const struct pgt_fmt *f, enum pgt_level level,
					struct pgt_entry *e, uint64_t val)
{
	uint32_t *word = (uint32_t *)e;
	uint64_t old;

	switch (f->level[level].entry) {
	case PGT_U32:
	case PGT_U32_PAIR:
		return ref_xchg(&word[0], (uint32_t)val);
	case PGT_U32X2:
		old = ref_xchg(&word[0], (uint32_t)val);
		old |= (uint64_t)REF_READ_ONCE(word[1]) << 32;
		REF_WRITE_ONCE(word[1], (uint32_t)(val >> 32));
		return old;
	case PGT_U64:
		break;
	}
	return pgt_swap(f, ref_xchg((uint64_t *)e, pgt_swap(f, val)));
}

/* ---- addresses in entries ---- */

/* __pte_to_phys() and the like: the physical address in an entry. */
REF_ALWAYS_INLINE uint64_t pgt_decode(const struct pgt_fmt *f, uint64_t entry, uint64_t origin,
				      int shift)
{
	uint64_t phys = shift < 0 ? (entry & origin) >> -shift : (entry & origin) << shift;

	return f->addr_high ? phys | (entry & f->addr_high) << f->addr_high_shift : phys;
}

REF_ALWAYS_INLINE uint64_t pgt_encode(const struct pgt_fmt *f, uint64_t phys, uint64_t origin,
				      int shift)
{
	uint64_t entry = (shift < 0 ? phys << -shift : phys >> shift) & origin;

	return f->addr_high ? entry | (phys >> f->addr_high_shift & f->addr_high) : entry;
}

REF_ALWAYS_INLINE uint64_t pgt_table_phys(const struct pgt_fmt *f, enum pgt_level level,
					  uint64_t entry)
{
	return pgt_decode(f, entry, f->level[level].table_origin, f->level[level].table_shift);
}

REF_ALWAYS_INLINE uint64_t pgt_table_entry(const struct pgt_fmt *f, enum pgt_level level,
					   uint64_t phys)
{
	const struct pgt_level_fmt *l = &f->level[level];

	return pgt_encode(f, phys, l->table_origin, l->table_shift) | l->table;
}

REF_ALWAYS_INLINE uint64_t pgt_leaf_phys(const struct pgt_fmt *f, enum pgt_level level,
					 uint64_t entry)
{
	return pgt_decode(f, entry, f->level[level].leaf_origin, f->level[level].leaf_shift);
}

REF_ALWAYS_INLINE uint64_t pgt_leaf_entry(const struct pgt_fmt *f, enum pgt_level level,
					  uint64_t phys, bool writable)
{
	const struct pgt_level_fmt *l = &f->level[level];

	return pgt_encode(f, phys, l->leaf_origin, l->leaf_shift) |
	       (writable ? l->leaf_rw : l->leaf_ro);
}

/* ---- what an entry is ---- */

/* pXd_leaf(), of an entry that is present */
REF_ALWAYS_INLINE bool pgt_leaf(const struct pgt_fmt *f, enum pgt_level level, uint64_t entry)
{
	const struct pgt_level_fmt *l = &f->level[level];

	return l->can_leaf && ((entry & l->leaf_mask) == l->leaf_set) != l->leaf_unless;
}

/* pXd_present() */
REF_ALWAYS_INLINE bool pgt_present(const struct pgt_fmt *f, enum pgt_level level, uint64_t entry)
{
	const struct pgt_level_fmt *l = &f->level[level];

	if (l->leaf_present && pgt_leaf(f, level, entry))
		return entry & l->leaf_present;
	return (entry & l->present_mask) != l->absent;
}

/* pte_valid_cont() */
REF_ALWAYS_INLINE bool pgt_cont(const struct pgt_fmt *f, uint64_t pte)
{
	return (pte & f->level[PGT_PTE].cont) == f->level[PGT_PTE].cont;
}

/* Returns pte with the young and dirty bits of `from` added: pte_mkyoung(), pte_mkdirty(). */
REF_ALWAYS_INLINE uint64_t pgt_gather(const struct pgt_fmt *f, uint64_t pte, uint64_t from)
{
	const struct pgt_level_fmt *l = &f->level[PGT_PTE];

	if (from & l->dirty || (from & (l->need_write | l->rdonly)) == l->need_write) {
		pte |= l->dirty;
		if (pte & l->need_write)
			pte &= ~l->rdonly;
	}
	return pte | (from & l->young);
}

/* pte_mkold(pte_mkclean(pte)) */
REF_ALWAYS_INLINE uint64_t pgt_old_clean(const struct pgt_fmt *f, uint64_t pte)
{
	const struct pgt_level_fmt *l = &f->level[PGT_PTE];

	return (pte & ~(l->young | l->dirty)) | l->rdonly;
}

/* pXd_write() */
REF_ALWAYS_INLINE bool pgt_writable(const struct pgt_fmt *f, enum pgt_level level, uint64_t entry)
{
	const struct pgt_level_fmt *l = &f->level[level];

	return (entry & (l->need_write | l->deny_write)) == l->need_write;
}

/* pXd_protnone() */
REF_ALWAYS_INLINE bool pgt_protnone(const struct pgt_fmt *f, enum pgt_level level, uint64_t entry)
{
	const struct pgt_level_fmt *l = &f->level[level];

	return l->protnone_mask && (entry & l->protnone_mask) == l->protnone_set;
}

/* pXd_access_permitted() */
REF_ALWAYS_INLINE bool pgt_permitted(const struct pgt_fmt *f, enum pgt_level level, uint64_t entry,
				     bool write)
{
	const struct pgt_level_fmt *l = &f->level[level];
	uint64_t need = l->need_read | (write ? l->need_write : 0);
	uint64_t deny = l->deny_read | (write ? l->deny_write : 0);

	if (l->permitted_present && !pgt_present(f, level, entry))
		return false;
	return (entry & (need | deny)) == need;
}

#endif
