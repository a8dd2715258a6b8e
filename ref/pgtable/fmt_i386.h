/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * i386: two levels of 32-bit entries, or, with PAE, three of 64-bit entries that are two words.
 *
 * Geometry: arch/x86/include/asm/pgtable-2level_types.h and pgtable-3level_types.h; bits:
 * pgtable_types.h; tests: pgtable.h; end of the users' range: page_32_types.h with the usual split
 * of 3 GiB (Linux 6.12). The upper levels fold by include/asm-generic/pgtable-nopmd.h and -nopud.h.
 */
#ifndef REF_PGTABLE_FMT_I386_H
#define REF_PGTABLE_FMT_I386_H

#include "format.h"

#define I386_PRESENT 0x001ULL
#define I386_RW 0x002ULL
#define I386_USER 0x004ULL
#define I386_ACCESSED 0x020ULL
#define I386_DIRTY 0x040ULL
#define I386_PSE 0x080ULL
#define I386_PROTNONE 0x100ULL
#define I386_SPECIAL 0x200ULL
#define I386_TABLE (I386_PRESENT | I386_RW | I386_USER | I386_ACCESSED | I386_DIRTY)
#define I386_LEAF (I386_PRESENT | I386_USER | I386_ACCESSED)
#define I386_TASK_SIZE 0xc0000000ULL
#define I386_PAE_NX (1ULL << 63)
/* The entry's address field; __PHYSICAL_MASK ends it at 2^44 with PAE, but so do no frames here. */
#define I386_PAE_PFN_MASK 0x00000ffffffff000ULL

#define I386_LEAF_FIELDS(large, origin, nx)                                                        \
	.can_leaf = true, .leaf_mask = (large), .leaf_set = (large), .leaf_origin = (origin),      \
	.leaf_ro = I386_LEAF | (large) | (nx),                                                     \
	.leaf_rw = I386_LEAF | I386_RW | I386_DIRTY | (large) | (nx),                              \
	.need_read = I386_PRESENT | I386_USER, .need_write = I386_RW,                              \
	.protnone_mask = I386_PRESENT | I386_PROTNONE, .protnone_set = I386_PROTNONE,              \
	.special = I386_SPECIAL

/* pmd_present() also takes a PMD that is being split (PSE). */
#define I386_PMD_PRESENT (I386_PRESENT | I386_PROTNONE | I386_PSE)

#define I386_PGDIR                                                                                 \
	.shift = 22, .entry = PGT_U32, .present_mask = I386_PRESENT, .table = I386_TABLE,          \
	.table_origin = 0xfffff000ULL
#define I386_PAE_PGDIR                                                                             \
	.shift = 30, .entry = PGT_U32X2, .present_mask = I386_PRESENT, .table = I386_PRESENT,      \
	.table_origin = I386_PAE_PFN_MASK

static const struct pgt_fmt pgt_fmt_i386_4k_32 = {
	.name = "i386-4k-32",
	.page_shift = 12,
	.task_size_max = I386_TASK_SIZE,
	.level = {
		[PGT_PTE] = { .shift = 12, .bits = 10, .entry = PGT_U32,
			      .present_mask = I386_PRESENT | I386_PROTNONE,
			      I386_LEAF_FIELDS(0, 0xfffff000ULL, 0) },
		[PGT_PMD] = { .shift = 22, .fold = PGT_FOLD_STATIC, .entry = PGT_U32,
			      .present_mask = I386_PMD_PRESENT,
			      .table = I386_TABLE, .table_origin = 0xfffff000ULL,
			      I386_LEAF_FIELDS(I386_PSE, 0xffc00000ULL, 0) },
		[PGT_PUD] = { .fold = PGT_FOLD_STATIC, I386_PGDIR },
		[PGT_P4D] = { .fold = PGT_FOLD_STATIC, I386_PGDIR },
		[PGT_PGD] = { .bits = 10, I386_PGDIR },
	},
};

static const struct pgt_fmt pgt_fmt_i386_4k_32_pae = {
	.name = "i386-4k-32-pae",
	.page_shift = 12,
	.task_size_max = I386_TASK_SIZE,
	/* Memory on both sides of 4 GiB, so that frames differ in both words of their entries. */
	.phys_base = 0xffe00000ULL,
	.level = {
		[PGT_PTE] = { .shift = 12, .bits = 9, .entry = PGT_U32X2,
			      .present_mask = I386_PRESENT | I386_PROTNONE,
			      I386_LEAF_FIELDS(0, I386_PAE_PFN_MASK, I386_PAE_NX) },
		[PGT_PMD] = { .shift = 21, .bits = 9, .entry = PGT_U32X2,
			      .present_mask = I386_PMD_PRESENT,
			      .table = I386_TABLE, .table_origin = I386_PAE_PFN_MASK,
			      I386_LEAF_FIELDS(I386_PSE, I386_PAE_PFN_MASK & ~0x1fffffULL,
					       I386_PAE_NX) },
		[PGT_PUD] = { .fold = PGT_FOLD_STATIC, I386_PAE_PGDIR },
		[PGT_P4D] = { .fold = PGT_FOLD_STATIC, I386_PAE_PGDIR },
		[PGT_PGD] = { .bits = 2, I386_PAE_PGDIR },
	},
};

#define PGT_FORMATS_i386(X) X(i386_4k_32) X(i386_4k_32_pae)

#endif
