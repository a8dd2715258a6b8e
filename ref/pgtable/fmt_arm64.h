/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arm64: pages of 4, 16 and 64 KiB, 36 to 52 bits.
 *
 * Geometry, and where an entry keeps address bits 51:48: arch/arm64/include/asm/pgtable-hwdef.h;
 * bits: pgtable-prot.h; tests, address conversion, folding: pgtable.h; TASK_SIZE: processor.h;
 * sizes of contiguous ranges: arch/arm64/Kconfig (Linux 6.12).
 *
 * Kernels of 52 bits with 4 and 16 KiB pages need LPA2. On a CPU without LPA2 they fold their top
 * level at boot, and the top table is one of the level below: the formats called folded. Here these
 * formats end the users' range where the tables end. The kernel's TASK_SIZE_MAX stays 2^52, so its
 * GUP-fast takes an address past the tables' end for its alias within the tables.
 */
#ifndef REF_PGTABLE_FMT_ARM64_H
#define REF_PGTABLE_FMT_ARM64_H

#include "format.h"

#define ARM64_VALID (1ULL << 0)
#define ARM64_TABLE_BIT (1ULL << 1)
#define ARM64_USER (1ULL << 6)
#define ARM64_RDONLY (1ULL << 7)
#define ARM64_SHARED (3ULL << 8)
#define ARM64_AF (1ULL << 10)
#define ARM64_NG (1ULL << 11) /* and, where not valid, still present: PTE_PRESENT_INVALID */
#define ARM64_WRITE (1ULL << 51)
#define ARM64_CONT (1ULL << 52)
#define ARM64_PXN (1ULL << 53)
#define ARM64_UXN (1ULL << 54)
#define ARM64_DIRTY (1ULL << 55)
#define ARM64_SPECIAL (1ULL << 56)
#define ARM64_DEVMAP (1ULL << 57)
#define ARM64_TABLE_PXN (1ULL << 59)
#define ARM64_PRESENT (ARM64_VALID | ARM64_NG)
#define ARM64_LEAF (ARM64_VALID | ARM64_USER | ARM64_AF | ARM64_NG | ARM64_PXN | ARM64_UXN)
#define ARM64_PROTNONE (ARM64_NG | ARM64_UXN)

/* PTE_ADDR_LOW, from the page or the leaf up. */
#define ARM64_ADDR(shift) ((1ULL << 50) - (1ULL << (shift)))

/* A level that has tables. Bits 9:8 are the shareability, or with LPA2 address bits 51:50. */
/* clang-format off */
#define ARM64_LEAF_FIELDS(page, more, shift)                                                 \
	.can_leaf = true, .leaf_origin = ARM64_ADDR(shift),                                  \
	.leaf_ro = ARM64_LEAF | (more) | ARM64_RDONLY,                                       \
	.leaf_rw = ARM64_LEAF | (more) | ARM64_WRITE | ARM64_DIRTY,                          \
	.need_read = ARM64_VALID | ARM64_USER, .need_write = ARM64_WRITE,                    \
	.protnone_mask = ARM64_PRESENT | ARM64_USER | ARM64_UXN, .protnone_set = ARM64_PROTNONE, \
	.special = ARM64_SPECIAL, .devmap = ARM64_DEVMAP

#define ARM64_TABLE_FIELDS(page, present)                                              \
	.present_mask = (present), .table = ARM64_VALID | ARM64_TABLE_BIT | ARM64_TABLE_PXN, \
	.table_origin = ARM64_ADDR(page)

#define ARM64_PTE(page, more, nr_cont)                                                       \
	[PGT_PTE] = { .shift = (page), .bits = (page) - 3, .present_mask = ARM64_PRESENT,    \
		      ARM64_LEAF_FIELDS(page, (more) | ARM64_TABLE_BIT, page),               \
		      .cont = ARM64_VALID | ARM64_CONT, .cont_bits = (nr_cont), .young = ARM64_AF,         \
		      .dirty = ARM64_DIRTY, .rdonly = ARM64_RDONLY }

/* pmd_leaf(), pud_leaf(): present, and no table. */
#define ARM64_HUGE(page, more, shift_)                                     \
	.shift = (shift_), ARM64_TABLE_FIELDS(page, ARM64_PRESENT),        \
	.leaf_mask = ARM64_TABLE_BIT, ARM64_LEAF_FIELDS(page, more, shift_)
#define ARM64_UPPER(page, shift_) .shift = (shift_), ARM64_TABLE_FIELDS(page, ~0ULL)
/* A PUD entry of a granule without PUD leaves. */
#define ARM64_PUD(page, shift_) .shift = (shift_), ARM64_TABLE_FIELDS(page, ARM64_PRESENT)

#define ARM64_STATIC .fold = PGT_FOLD_STATIC
/* clang-format on */
#define ARM64_MACHINE .fold = PGT_FOLD_MACHINE

#define ARM64_COMMON(page, va)                                                                     \
	.page_shift = (page), .task_size_max = 1ULL << (va), .fold_how = PGT_HOW_REINDEXED

/* ---- 4 KiB ---- */

static const struct pgt_fmt pgt_fmt_arm64_4k_39 = {
	.name = "arm64-4k-39",
	ARM64_COMMON(12, 39),
	.level = {
		ARM64_PTE(12, ARM64_SHARED, 4),
		[PGT_PMD] = { .bits = 9, ARM64_HUGE(12, ARM64_SHARED, 21) },
		[PGT_PUD] = { ARM64_STATIC, ARM64_HUGE(12, ARM64_SHARED, 30) },
		[PGT_P4D] = { ARM64_STATIC, ARM64_UPPER(12, 30) },
		[PGT_PGD] = { .bits = 9, ARM64_UPPER(12, 30) },
	},
};

static const struct pgt_fmt pgt_fmt_arm64_4k_48 = {
	.name = "arm64-4k-48",
	ARM64_COMMON(12, 48),
	.level = {
		ARM64_PTE(12, ARM64_SHARED, 4),
		[PGT_PMD] = { .bits = 9, ARM64_HUGE(12, ARM64_SHARED, 21) },
		[PGT_PUD] = { .bits = 9, ARM64_HUGE(12, ARM64_SHARED, 30) },
		[PGT_P4D] = { ARM64_STATIC, ARM64_UPPER(12, 39) },
		[PGT_PGD] = { .bits = 9, ARM64_UPPER(12, 39) },
	},
};

/* LPA2: PTE_ADDR_HIGH. The simulated memory is so high that tests see these bits matter. */
#define ARM64_LPA2 .addr_high = 3ULL << 8, .addr_high_shift = 42, .phys_base = 3ULL << 50

static const struct pgt_fmt pgt_fmt_arm64_4k_52 = {
	.name = "arm64-4k-52",
	ARM64_COMMON(12, 52),
	ARM64_LPA2,
	.level = {
		ARM64_PTE(12, 0, 4),
		[PGT_PMD] = { .bits = 9, ARM64_HUGE(12, 0, 21) },
		[PGT_PUD] = { .bits = 9, ARM64_HUGE(12, 0, 30) },
		[PGT_P4D] = { .bits = 9, ARM64_MACHINE, ARM64_UPPER(12, 39) },
		[PGT_PGD] = { .bits = 4, ARM64_UPPER(12, 48) },
	},
};

static const struct pgt_fmt pgt_fmt_arm64_4k_52_folded = {
	.name = "arm64-4k-52-folded",
	ARM64_COMMON(12, 48),
	.level = {
		ARM64_PTE(12, ARM64_SHARED, 4),
		[PGT_PMD] = { .bits = 9, ARM64_HUGE(12, ARM64_SHARED, 21) },
		[PGT_PUD] = { .bits = 9, ARM64_HUGE(12, ARM64_SHARED, 30) },
		[PGT_P4D] = { .bits = 9, ARM64_MACHINE, .folded = true, ARM64_UPPER(12, 39) },
		[PGT_PGD] = { .bits = 4, ARM64_UPPER(12, 48) },
	},
};

/* ---- 16 KiB: pud_sect_supported() is true for 4 KiB alone ---- */

#define ARM64_LOWER_16K(more)                                                                      \
	ARM64_PTE(14, more, 7), [PGT_PMD] = { .bits = 11, ARM64_HUGE(14, more, 25) }

static const struct pgt_fmt pgt_fmt_arm64_16k_36 = {
	.name = "arm64-16k-36",
	ARM64_COMMON(14, 36),
	.level = {
		ARM64_PTE(14, ARM64_SHARED, 7),
		[PGT_PMD] = { ARM64_STATIC, ARM64_HUGE(14, ARM64_SHARED, 25) },
		[PGT_PUD] = { ARM64_STATIC, ARM64_PUD(14, 25) },
		[PGT_P4D] = { ARM64_STATIC, ARM64_UPPER(14, 25) },
		[PGT_PGD] = { .bits = 11, ARM64_UPPER(14, 25) },
	},
};

static const struct pgt_fmt pgt_fmt_arm64_16k_47 = {
	.name = "arm64-16k-47",
	ARM64_COMMON(14, 47),
	.level = {
		ARM64_LOWER_16K(ARM64_SHARED),
		[PGT_PUD] = { ARM64_STATIC, ARM64_PUD(14, 36) },
		[PGT_P4D] = { ARM64_STATIC, ARM64_UPPER(14, 36) },
		[PGT_PGD] = { .bits = 11, ARM64_UPPER(14, 36) },
	},
};

static const struct pgt_fmt pgt_fmt_arm64_16k_48 = {
	.name = "arm64-16k-48",
	ARM64_COMMON(14, 48),
	.level = {
		ARM64_LOWER_16K(ARM64_SHARED),
		[PGT_PUD] = { .bits = 11, ARM64_PUD(14, 36) },
		[PGT_P4D] = { ARM64_STATIC, ARM64_UPPER(14, 47) },
		[PGT_PGD] = { .bits = 1, ARM64_UPPER(14, 47) },
	},
};

static const struct pgt_fmt pgt_fmt_arm64_16k_52 = {
	.name = "arm64-16k-52",
	ARM64_COMMON(14, 52),
	ARM64_LPA2,
	.level = {
		ARM64_LOWER_16K(0),
		[PGT_PUD] = { .bits = 11, ARM64_MACHINE, ARM64_PUD(14, 36) },
		[PGT_P4D] = { ARM64_STATIC, ARM64_UPPER(14, 47) },
		[PGT_PGD] = { .bits = 5, ARM64_UPPER(14, 47) },
	},
};

static const struct pgt_fmt pgt_fmt_arm64_16k_52_folded = {
	.name = "arm64-16k-52-folded",
	ARM64_COMMON(14, 47),
	.level = {
		ARM64_LOWER_16K(ARM64_SHARED),
		[PGT_PUD] = { .bits = 11, ARM64_MACHINE, .folded = true, ARM64_PUD(14, 36) },
		[PGT_P4D] = { ARM64_STATIC, ARM64_UPPER(14, 47) },
		[PGT_PGD] = { .bits = 5, ARM64_UPPER(14, 47) },
	},
};

/* ---- 64 KiB: a PUD is always a table ---- */

static const struct pgt_fmt pgt_fmt_arm64_64k_42 = {
	.name = "arm64-64k-42",
	ARM64_COMMON(16, 42),
	.level = {
		ARM64_PTE(16, ARM64_SHARED, 5),
		[PGT_PMD] = { ARM64_STATIC, ARM64_HUGE(16, ARM64_SHARED, 29) },
		[PGT_PUD] = { ARM64_STATIC, ARM64_PUD(16, 29) },
		[PGT_P4D] = { ARM64_STATIC, ARM64_UPPER(16, 29) },
		[PGT_PGD] = { .bits = 13, ARM64_UPPER(16, 29) },
	},
};

/* clang-format off */
#define ARM64_LOWER_64K ARM64_PTE(16, ARM64_SHARED, 5), \
	[PGT_PMD] = { .bits = 13, ARM64_HUGE(16, ARM64_SHARED, 29) }, \
	[PGT_PUD] = { ARM64_STATIC, ARM64_PUD(16, 42) }, \
	[PGT_P4D] = { ARM64_STATIC, ARM64_UPPER(16, 42) }
/* clang-format on */

static const struct pgt_fmt pgt_fmt_arm64_64k_48 = {
	.name = "arm64-64k-48",
	ARM64_COMMON(16, 48),
	.level = { ARM64_LOWER_64K, [PGT_PGD] = { .bits = 6, ARM64_UPPER(16, 42) } },
};

/* Address bits 51:48 in bits 15:12. */
static const struct pgt_fmt pgt_fmt_arm64_64k_52 = {
	.name = "arm64-64k-52",
	ARM64_COMMON(16, 52),
	.addr_high = 0xfULL << 12,
	.addr_high_shift = 36,
	.phys_base = 0xaULL << 48,
	.level = { ARM64_LOWER_64K, [PGT_PGD] = { .bits = 10, ARM64_UPPER(16, 42) } },
};

/* Designs align_real and reload_real exist here. */
#define PGT_HAS_REAL_OFFSETS

#define PGT_FORMATS_arm64(X)                                                                       \
	X(arm64_4k_39)                                                                             \
	X(arm64_4k_48)                                                                             \
	X(arm64_4k_52)                                                                             \
	X(arm64_4k_52_folded)                                                                      \
	X(arm64_16k_36)                                                                            \
	X(arm64_16k_47)                                                                            \
	X(arm64_16k_48)                                                                            \
	X(arm64_16k_52)                                                                            \
	X(arm64_16k_52_folded)                                                                     \
	X(arm64_64k_42)                                                                            \
	X(arm64_64k_48)                                                                            \
	X(arm64_64k_52)

#endif
