/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ppc64 (Book3S): the radix MMU's tables, and those that Linux keeps for the hash MMU, with pages
 * of 4 and 64 KiB.
 *
 * arch/powerpc/include/asm/book3s/64/pgtable.h; geometry: radix-4k.h, radix-64k.h, hash-4k.h,
 * hash-64k.h there; marks of entries that point to tables: radix.h, hash.h; byte order:
 * asm/pgtable-be-types.h; TASK_SIZE: asm/task_size_64.h (Linux 6.12).
 *
 * One kernel has both MMUs, and chooses at boot: the sizes of the levels' indices, and so the
 * shifts that are their sums, are variables in memory. Protection keys are not modelled.
 */
#ifndef REF_PGTABLE_FMT_PPC64_H
#define REF_PGTABLE_FMT_PPC64_H

#include "format.h"

#define PPC_WRITE 0x002ULL
#define PPC_READ 0x004ULL
#define PPC_PRIVILEGED 0x008ULL
#define PPC_RWX 0x007ULL
#define PPC_DIRTY 0x080ULL
#define PPC_ACCESSED 0x100ULL
#define PPC_SPECIAL 0x400ULL
#define PPC_DEVMAP 0x800ULL
#define PPC_INVALID 0x2000000000000000ULL /* PRESENT clear: present to software, not to the MMU */
#define PPC_PTE 0x4000000000000000ULL	  /* a leaf, of any level */
#define PPC_PRESENT 0x8000000000000000ULL
#define PPC_RPN_MASK(shift) ((1ULL << 53) - (1ULL << (shift)))
#define PPC_LEAF_RO (PPC_PRESENT | PPC_PTE | PPC_READ | PPC_ACCESSED)
#define PPC_LEAF_RW (PPC_LEAF_RO | PPC_WRITE | PPC_DIRTY)
#define PPC_TABLE_ORIGIN (~0xc0000000000000ffULL) /* PMD_MASKED_BITS and the like */

#define PPC_LEAF_FIELDS(shift, need)                                                               \
	.leaf_origin = PPC_RPN_MASK(shift), .leaf_ro = PPC_LEAF_RO, .leaf_rw = PPC_LEAF_RW,        \
	.need_read = PPC_READ | (need), .need_write = PPC_WRITE, .deny_read = PPC_PRIVILEGED,      \
	.protnone_mask = PPC_PRESENT | PPC_PTE | PPC_RWX, .protnone_set = PPC_PRESENT | PPC_PTE,   \
	.special = PPC_SPECIAL, .devmap = PPC_DEVMAP

/* pmd_access_permitted() refuses a PMD that is being split, which is INVALID but not PRESENT. */
#define PPC_HUGE_FIELDS(shift, need)                                                               \
	.leaf_mask = PPC_PTE, .leaf_set = PPC_PTE, PPC_LEAF_FIELDS(shift, need)

/* Radix entries hold the size of the table below; hash entries hold only the mark. */
#define PPC_TABLE_FIELDS(present, below)                                                           \
	.present_mask = (present), .table = PPC_PRESENT | (below), .table_origin = PPC_TABLE_ORIGIN

#define PPC_FORMAT(page, pte, pmd, pud, pgd, mark_pte, mark_pmd, mark_pud, pud_leaf_)              \
	.page_shift = (page), .big_endian = true, .variable_geometry = true,                       \
	.task_size_max = (page) == 12 ? 1ULL << 46 : 1ULL << 52,                                   \
	.level = {                                                                                 \
		[PGT_PTE] = { .shift = (page),                                                     \
			      .bits = (pte),                                                       \
			      .fragments = (page) == 16,                                           \
			      .present_mask = PPC_PRESENT | PPC_INVALID,                           \
			      .can_leaf = true,                                                    \
			      .permitted_present = true,                                           \
			      PPC_LEAF_FIELDS(page, 0) },                                          \
		[PGT_PMD] = { .shift = (page) + (pte),                                             \
			      .bits = (pmd),                                                       \
			      .fragments = (page) == 16,                                           \
			      PPC_TABLE_FIELDS(PPC_PRESENT | PPC_INVALID, mark_pte),               \
			      .can_leaf = true,                                                    \
			      PPC_HUGE_FIELDS((page) + (pte), PPC_PRESENT) },                      \
		[PGT_PUD] = { .shift = (page) + (pte) + (pmd),                                     \
			      .bits = (pud),                                                       \
			      PPC_TABLE_FIELDS(PPC_PRESENT, mark_pmd),                             \
			      .can_leaf = (pud_leaf_),                                             \
			      PPC_HUGE_FIELDS((page) + (pte) + (pmd), PPC_PRESENT) },              \
		[PGT_P4D] = { .shift = (page) + (pte) + (pmd) + (pud),                             \
			      .fold = PGT_FOLD_STATIC,                                             \
			      PPC_TABLE_FIELDS(PPC_PRESENT, mark_pud) },                           \
		[PGT_PGD] = { .shift = (page) + (pte) + (pmd) + (pud),                             \
			      .bits = (pgd),                                                       \
			      PPC_TABLE_FIELDS(PPC_PRESENT, mark_pud) },                           \
	}

static const struct pgt_fmt pgt_fmt_ppc64_4k_52 = {
	.name = "ppc64-4k-52",
	PPC_FORMAT(12, 9, 9, 9, 13, 9, 9, 9, true),
};

static const struct pgt_fmt pgt_fmt_ppc64_64k_52 = {
	.name = "ppc64-64k-52",
	PPC_FORMAT(16, 5, 9, 9, 13, 5, 9, 9, true),
};

static const struct pgt_fmt pgt_fmt_ppc64_4k_46_hash = {
	.name = "ppc64-4k-46-hash",
	PPC_FORMAT(12, 9, 7, 9, 9, 0, 0, 0, false),
};

static const struct pgt_fmt pgt_fmt_ppc64_64k_52_hash = {
	.name = "ppc64-64k-52-hash",
	PPC_FORMAT(16, 8, 10, 10, 8, 0, 0, 0, true),
};

#define PGT_FORMATS_ppc64(X)                                                                       \
	X(ppc64_4k_52)                                                                             \
	X(ppc64_64k_52)                                                                            \
	X(ppc64_4k_46_hash)                                                                        \
	X(ppc64_64k_52_hash)

#endif
