/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mips64: pages of 4, 16 and 64 KiB, each with and without CONFIG_MIPS_VA_BITS_48.
 *
 * Geometry, empty entries: arch/mips/include/asm/pgtable-64.h; bits: pgtable-bits.h, of an R2 CPU
 * or later with huge pages; tests: pgtable.h; TASK_SIZE64: processor.h (Linux 6.12).
 *
 * As on loongarch64, an entry that points to a table is the table's kernel virtual address, and an
 * empty entry is the address of an empty table in the kernel's image.
 */
#ifndef REF_PGTABLE_FMT_MIPS64_H
#define REF_PGTABLE_FMT_MIPS64_H

#include "format.h"

#define MIPS_PRESENT (1ULL << 0)
#define MIPS_WRITE (1ULL << 1)
#define MIPS_ACCESSED (1ULL << 2)
#define MIPS_MODIFIED (1ULL << 3)
#define MIPS_HUGE (1ULL << 4)
#define MIPS_SPECIAL (1ULL << 5)
#define MIPS_NO_EXEC (1ULL << 6)
#define MIPS_VALID (1ULL << 9)
#define MIPS_DIRTY (1ULL << 10)
#define MIPS_CACHED (3ULL << 11)
/* PFN_PTE_SHIFT: the frame number begins above the cache field, at PAGE_SHIFT + 2. */
#define MIPS_PFN_MASK(shift) (~0ULL << ((shift) + 2))
#define MIPS_LEAF_RO (MIPS_PRESENT | MIPS_ACCESSED | MIPS_NO_EXEC | MIPS_VALID | MIPS_CACHED)
#define MIPS_LEAF_RW (MIPS_LEAF_RO | MIPS_WRITE | MIPS_MODIFIED | MIPS_DIRTY)

#define MIPS_DIRECT_MAP 0x9800000000000000ULL
#define MIPS_INVALID_PTE_TABLE 0xffffffff80a10000ULL
#define MIPS_INVALID_PMD_TABLE 0xffffffff80a20000ULL
#define MIPS_INVALID_PUD_TABLE 0xffffffff80a30000ULL
#define MIPS_TABLE_MASK(page) ((1ULL << 48) - (1ULL << (page)))

/* clang-format off */
#define MIPS_LEAF_FIELDS(more, shift)                                           \
	.can_leaf = true, .leaf_origin = MIPS_PFN_MASK(shift), .leaf_shift = -2, \
	.leaf_ro = MIPS_LEAF_RO | (more), .leaf_rw = MIPS_LEAF_RW | (more),     \
	.need_read = MIPS_PRESENT, .need_write = MIPS_WRITE

#define MIPS_TABLE_FIELDS(page, shift_, invalid)                                 \
	.shift = (shift_), .empty = (invalid), .present_mask = ~0ULL, .absent = (invalid), \
	.table = MIPS_DIRECT_MAP, .table_origin = MIPS_TABLE_MASK(page)

#define MIPS_PTE(page)                                                             \
	[PGT_PTE] = { .shift = (page), .bits = (page) - 3, .present_mask = MIPS_PRESENT, \
		      MIPS_LEAF_FIELDS(0, page), .special = MIPS_SPECIAL }
#define MIPS_PMD(page, shift)                                                                \
	MIPS_TABLE_FIELDS(page, shift, MIPS_INVALID_PTE_TABLE), .leaf_mask = MIPS_HUGE,      \
	.leaf_set = MIPS_HUGE, .leaf_present = MIPS_PRESENT, MIPS_LEAF_FIELDS(MIPS_HUGE, shift)

/* pud_leaf() tests the huge bit too, but the kernel makes no such entry. */
#define MIPS_3LEVEL(page, pmd, pgdir, pgd_bits)                                    \
	MIPS_PTE(page),                                                            \
	[PGT_PMD] = { .bits = (page) - 3, MIPS_PMD(page, pmd) },                   \
	[PGT_PUD] = { .fold = PGT_FOLD_STATIC,                                     \
		      MIPS_TABLE_FIELDS(page, pgdir, MIPS_INVALID_PMD_TABLE) },    \
	[PGT_P4D] = { .fold = PGT_FOLD_STATIC,                                     \
		      MIPS_TABLE_FIELDS(page, pgdir, MIPS_INVALID_PMD_TABLE) },    \
	[PGT_PGD] = { .bits = (pgd_bits),                                          \
		      MIPS_TABLE_FIELDS(page, pgdir, MIPS_INVALID_PMD_TABLE) }

/* TASK_SIZE64 is 2^40 without VA_BITS_48, whatever the tables reach. */
#define MIPS_COMMON(page, va) .page_shift = (page), .task_size_max = 1ULL << (va)
/* clang-format on */

static const struct pgt_fmt pgt_fmt_mips64_4k_40 = {
	.name = "mips64-4k-40",
	MIPS_COMMON(12, 40),
	.level = { MIPS_3LEVEL(12, 21, 30, 10) },
};

static const struct pgt_fmt pgt_fmt_mips64_4k_48 = {
	.name = "mips64-4k-48",
	MIPS_COMMON(12, 48),
	.level = {
		MIPS_PTE(12),
		[PGT_PMD] = { .bits = 9, MIPS_PMD(12, 21) },
		[PGT_PUD] = { .bits = 9, MIPS_TABLE_FIELDS(12, 30, MIPS_INVALID_PMD_TABLE) },
		[PGT_P4D] = { .fold = PGT_FOLD_STATIC,
			      MIPS_TABLE_FIELDS(12, 39, MIPS_INVALID_PUD_TABLE) },
		[PGT_PGD] = { .bits = 9, MIPS_TABLE_FIELDS(12, 39, MIPS_INVALID_PUD_TABLE) },
	},
};

static const struct pgt_fmt pgt_fmt_mips64_16k_47 = {
	.name = "mips64-16k-47",
	MIPS_COMMON(14, 40),
	.level = { MIPS_3LEVEL(14, 25, 36, 11) },
};

static const struct pgt_fmt pgt_fmt_mips64_16k_48 = {
	.name = "mips64-16k-48",
	MIPS_COMMON(14, 48),
	.level = { MIPS_3LEVEL(14, 25, 36, 12) },
};

static const struct pgt_fmt pgt_fmt_mips64_64k_42 = {
	.name = "mips64-64k-42",
	MIPS_COMMON(16, 40),
	.level = {
		MIPS_PTE(16),
		[PGT_PMD] = { .fold = PGT_FOLD_STATIC, MIPS_PMD(16, 29) },
		[PGT_PUD] = { .fold = PGT_FOLD_STATIC,
			      MIPS_TABLE_FIELDS(16, 29, MIPS_INVALID_PTE_TABLE) },
		[PGT_P4D] = { .fold = PGT_FOLD_STATIC,
			      MIPS_TABLE_FIELDS(16, 29, MIPS_INVALID_PTE_TABLE) },
		[PGT_PGD] = { .bits = 13, MIPS_TABLE_FIELDS(16, 29, MIPS_INVALID_PTE_TABLE) },
	},
};

/* The tables reach 55 bits; users have 48. */
static const struct pgt_fmt pgt_fmt_mips64_64k_55 = {
	.name = "mips64-64k-55",
	MIPS_COMMON(16, 48),
	.level = { MIPS_3LEVEL(16, 29, 42, 13) },
};

#define PGT_FORMATS_mips64(X)                                                                      \
	X(mips64_4k_40)                                                                            \
	X(mips64_4k_48)                                                                            \
	X(mips64_16k_47)                                                                           \
	X(mips64_16k_48)                                                                           \
	X(mips64_64k_42)                                                                           \
	X(mips64_64k_55)

#endif
