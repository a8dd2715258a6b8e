/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loongarch64: pages of 4, 16 and 64 KiB, with two to four levels.
 *
 * Geometry, tests: arch/loongarch/include/asm/pgtable.h; bits: pgtable-bits.h; TASK_SIZE:
 * processor.h, with a CPU of 48 bits; what an empty entry is: arch/loongarch/mm/pgtable.c
 * (Linux 6.12).
 *
 * An entry that points to a table is the table's kernel virtual address. An empty entry is the
 * address of a table in the kernel's image that is always empty, so `empty` is one of three
 * constants. No walk follows an empty entry.
 */
#ifndef REF_PGTABLE_FMT_LOONGARCH64_H
#define REF_PGTABLE_FMT_LOONGARCH64_H

#include "format.h"

#define LOONG_VALID (1ULL << 0) /* and accessed */
#define LOONG_DIRTY (1ULL << 1)
#define LOONG_USER (3ULL << 2)
#define LOONG_CACHED (1ULL << 4)
#define LOONG_HUGE (1ULL << 6)
#define LOONG_PRESENT (1ULL << 7)
#define LOONG_WRITE (1ULL << 8)
#define LOONG_MODIFIED (1ULL << 9)
#define LOONG_PROTNONE (1ULL << 10)
#define LOONG_SPECIAL (1ULL << 11)
#define LOONG_DEVMAP (1ULL << 59)
#define LOONG_PRESENT_INVALID (1ULL << 60)
#define LOONG_LEAF_RO (LOONG_PRESENT | LOONG_VALID | LOONG_USER | LOONG_CACHED)
#define LOONG_LEAF_RW (LOONG_LEAF_RO | LOONG_WRITE | LOONG_DIRTY | LOONG_MODIFIED)

#define LOONG_DIRECT_MAP 0x9000000000000000ULL
/* The addresses of the empty tables in a kernel's image, below the memory that it allocates
 * from. */
#define LOONG_INVALID_PTE_TABLE (LOONG_DIRECT_MAP + 0x210000)
#define LOONG_INVALID_PMD_TABLE (LOONG_DIRECT_MAP + 0x220000)
#define LOONG_INVALID_PUD_TABLE (LOONG_DIRECT_MAP + 0x230000)

#define LOONG_PFN_MASK(shift) ((1ULL << 48) - (1ULL << (shift)))

/* pte_access_permitted() is the generic one: pte_present(), true for protnone too, and the write
 * bit. */
/* clang-format off */
#define LOONG_LEAF_FIELDS(more, shift)                                                    \
	.can_leaf = true, .leaf_origin = LOONG_PFN_MASK(shift),                           \
	.leaf_ro = LOONG_LEAF_RO | (more), .leaf_rw = LOONG_LEAF_RW | (more),             \
	.permitted_present = true, .need_write = LOONG_WRITE,                             \
	.protnone_mask = LOONG_PROTNONE, .protnone_set = LOONG_PROTNONE, .devmap = LOONG_DEVMAP

#define LOONG_TABLE_FIELDS(page, shift_, invalid)                                \
	.shift = (shift_), .empty = (invalid), .present_mask = ~0ULL, .absent = (invalid), \
	.table = LOONG_DIRECT_MAP, .table_origin = LOONG_PFN_MASK(page)

#define LOONG_PTE(page)                                                                        \
	[PGT_PTE] = { .shift = (page), .bits = (page) - 3,                                     \
		      .present_mask = LOONG_PRESENT | LOONG_PROTNONE,                          \
		      LOONG_LEAF_FIELDS(0, page), .special = LOONG_SPECIAL }
#define LOONG_PMD(page, shift)                                                                 \
	LOONG_TABLE_FIELDS(page, shift, LOONG_INVALID_PTE_TABLE),                              \
	.leaf_mask = LOONG_HUGE, .leaf_set = LOONG_HUGE, LOONG_LEAF_FIELDS(LOONG_HUGE, shift), \
	.leaf_present = LOONG_PRESENT | LOONG_PROTNONE | LOONG_PRESENT_INVALID

/* pud_leaf() tests the huge bit too, but the kernel makes no such entry. */
#define LOONG_2LEVEL(page, pgdir)                                                     \
	LOONG_PTE(page),                                                              \
	[PGT_PMD] = { .fold = PGT_FOLD_STATIC, LOONG_PMD(page, pgdir) },              \
	[PGT_PUD] = { .fold = PGT_FOLD_STATIC,                                        \
		      LOONG_TABLE_FIELDS(page, pgdir, LOONG_INVALID_PTE_TABLE) },     \
	[PGT_P4D] = { .fold = PGT_FOLD_STATIC,                                        \
		      LOONG_TABLE_FIELDS(page, pgdir, LOONG_INVALID_PTE_TABLE) },     \
	[PGT_PGD] = { .bits = (page) - 3,                                             \
		      LOONG_TABLE_FIELDS(page, pgdir, LOONG_INVALID_PTE_TABLE) }

#define LOONG_3LEVEL(page, pmd, pgdir)                                                \
	LOONG_PTE(page),                                                              \
	[PGT_PMD] = { .bits = (page) - 3, LOONG_PMD(page, pmd) },                     \
	[PGT_PUD] = { .fold = PGT_FOLD_STATIC,                                        \
		      LOONG_TABLE_FIELDS(page, pgdir, LOONG_INVALID_PMD_TABLE) },     \
	[PGT_P4D] = { .fold = PGT_FOLD_STATIC,                                        \
		      LOONG_TABLE_FIELDS(page, pgdir, LOONG_INVALID_PMD_TABLE) },     \
	[PGT_PGD] = { .bits = (page) - 3,                                             \
		      LOONG_TABLE_FIELDS(page, pgdir, LOONG_INVALID_PMD_TABLE) }

/* Tables and pages come from memory above the kernel's image. */
#define LOONG_COMMON(page, va) .page_shift = (page), .task_size_max = 1ULL << (va), \
	.phys_base = 0x80000000ULL
/* clang-format on */

static const struct pgt_fmt pgt_fmt_loongarch64_4k_39 = {
	.name = "loongarch64-4k-39",
	LOONG_COMMON(12, 39),
	.level = { LOONG_3LEVEL(12, 21, 30) },
};

static const struct pgt_fmt pgt_fmt_loongarch64_4k_48 = {
	.name = "loongarch64-4k-48",
	LOONG_COMMON(12, 48),
	.level = {
		LOONG_PTE(12),
		[PGT_PMD] = { .bits = 9, LOONG_PMD(12, 21) },
		[PGT_PUD] = { .bits = 9, LOONG_TABLE_FIELDS(12, 30, LOONG_INVALID_PMD_TABLE) },
		[PGT_P4D] = { .fold = PGT_FOLD_STATIC,
			      LOONG_TABLE_FIELDS(12, 39, LOONG_INVALID_PUD_TABLE) },
		[PGT_PGD] = { .bits = 9, LOONG_TABLE_FIELDS(12, 39, LOONG_INVALID_PUD_TABLE) },
	},
};

static const struct pgt_fmt pgt_fmt_loongarch64_16k_36 = {
	.name = "loongarch64-16k-36",
	LOONG_COMMON(14, 36),
	.level = { LOONG_2LEVEL(14, 25) },
};

static const struct pgt_fmt pgt_fmt_loongarch64_16k_47 = {
	.name = "loongarch64-16k-47",
	LOONG_COMMON(14, 47),
	.level = { LOONG_3LEVEL(14, 25, 36) },
};

static const struct pgt_fmt pgt_fmt_loongarch64_64k_42 = {
	.name = "loongarch64-64k-42",
	LOONG_COMMON(16, 42),
	.level = { LOONG_2LEVEL(16, 29) },
};

/* The tables reach 55 bits; CPUs have 48. */
static const struct pgt_fmt pgt_fmt_loongarch64_64k_55 = {
	.name = "loongarch64-64k-55",
	LOONG_COMMON(16, 48),
	.level = { LOONG_3LEVEL(16, 29, 42) },
};

#define PGT_FORMATS_loongarch64(X)                                                                 \
	X(loongarch64_4k_39)                                                                       \
	X(loongarch64_4k_48)                                                                       \
	X(loongarch64_16k_36)                                                                      \
	X(loongarch64_16k_47)                                                                      \
	X(loongarch64_64k_42)                                                                      \
	X(loongarch64_64k_55)

#endif
