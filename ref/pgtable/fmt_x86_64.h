/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86_64, 4 KiB pages: 4 levels, 5 levels, and a 5-level kernel on a machine without LA57.
 *
 * Bits: arch/x86/include/asm/pgtable_types.h; geometry: pgtable_64_types.h; present, leaf and
 * permission tests: pgtable.h (Linux 6.12). Folding: include/asm-generic/pgtable-nop4d.h for the
 * 4-level kernel; pgtable_l5_enabled(), pgdir_shift and ptrs_per_p4d for the other.
 */
#ifndef REF_PGTABLE_FMT_X86_64_H
#define REF_PGTABLE_FMT_X86_64_H

#include "format.h"

#define X86_PRESENT 0x001ULL
#define X86_RW 0x002ULL
#define X86_USER 0x004ULL
#define X86_ACCESSED 0x020ULL
#define X86_DIRTY 0x040ULL
#define X86_PSE 0x080ULL
#define X86_PROTNONE 0x100ULL /* the global bit, where present is clear */
#define X86_SPECIAL 0x200ULL
#define X86_DEVMAP (1ULL << 57)
#define X86_NX (1ULL << 63)
#define X86_PFN_MASK 0x000ffffffffff000ULL
/* Swap entries: type in the top bits (pgtable_64.h); the frame is not inverted here. */
#define X86_SWP(type) ((uint64_t)(type) << 59)
#define X86_MIGRATION_READ X86_SWP(28) /* include/linux/swap.h without device memory */
#define X86_MIGRATION_EXCLUSIVE X86_SWP(29)
#define X86_MIGRATION_WRITE X86_SWP(30)
#define X86_TABLE (X86_PRESENT | X86_RW | X86_USER | X86_ACCESSED | X86_DIRTY)
#define X86_LEAF (X86_PRESENT | X86_USER | X86_ACCESSED | X86_NX)

#define X86_LEAF_FIELDS(large, origin)                                                             \
	.can_leaf = true, .leaf_mask = (large), .leaf_set = (large), .leaf_origin = (origin),      \
	.leaf_ro = X86_LEAF | (large), .leaf_rw = X86_LEAF | X86_RW | X86_DIRTY | (large),         \
	.need_read = X86_PRESENT | X86_USER, .need_write = X86_RW,                                 \
	.protnone_mask = X86_PRESENT | X86_PROTNONE, .protnone_set = X86_PROTNONE,                 \
	.special = X86_SPECIAL, .devmap = X86_DEVMAP

#define X86_TABLE_FIELDS(mask)                                                                     \
	.present_mask = (mask), .table = X86_TABLE, .table_origin = X86_PFN_MASK

/* The levels that all three share. pmd_present() also takes a PMD that is being split (PSE). */
#define X86_LOWER_LEVELS                                                                           \
	[PGT_PTE] = { .shift = 12,                                                                 \
		      .bits = 9,                                                                   \
		      .present_mask = X86_PRESENT | X86_PROTNONE,                                  \
		      X86_LEAF_FIELDS(0, X86_PFN_MASK),                                            \
		      .migration = X86_MIGRATION_READ,                                             \
		      .migration_exclusive = X86_MIGRATION_EXCLUSIVE,                              \
		      .migration_write = X86_MIGRATION_WRITE },                                    \
	[PGT_PMD] = { .shift = 21,                                                                 \
		      .bits = 9,                                                                   \
		      X86_TABLE_FIELDS(X86_PRESENT | X86_PROTNONE | X86_PSE),                      \
		      X86_LEAF_FIELDS(X86_PSE, X86_PFN_MASK & ~0x1fffffULL),                       \
		      .invalid_clear = X86_PRESENT | X86_PROTNONE },                               \
	[PGT_PUD] = { .shift = 30,                                                                 \
		      .bits = 9,                                                                   \
		      X86_TABLE_FIELDS(X86_PRESENT),                                               \
		      X86_LEAF_FIELDS(X86_PSE, X86_PFN_MASK & ~0x3fffffffULL) }

static const struct pgt_fmt pgt_fmt_x86_64_4k_48 = {
	.name = "x86_64-4k-48",
	.page_shift = 12,
	.task_size_max = (1ULL << 47) - 4096,
	.permitted_shift = 47,
	.level = {
		X86_LOWER_LEVELS,
		[PGT_P4D] = { .shift = 39, .fold = PGT_FOLD_STATIC, X86_TABLE_FIELDS(X86_PRESENT) },
		[PGT_PGD] = { .shift = 39, .bits = 9, X86_TABLE_FIELDS(X86_PRESENT) },
	},
};

static const struct pgt_fmt pgt_fmt_x86_64_4k_57 = {
	.name = "x86_64-4k-57",
	.page_shift = 12,
	.task_size_max = (1ULL << 56) - 4096,
	.permitted_shift = 56,
	.level = {
		X86_LOWER_LEVELS,
		[PGT_P4D] = { .shift = 39, .bits = 9, .fold = PGT_FOLD_MACHINE,
			      X86_TABLE_FIELDS(X86_PRESENT) },
		/* pgd_none() compares the whole entry. */
		[PGT_PGD] = { .shift = 48, .bits = 9, X86_TABLE_FIELDS(~0ULL) },
	},
};

static const struct pgt_fmt pgt_fmt_x86_64_4k_57_folded = {
	.name = "x86_64-4k-57-folded",
	.page_shift = 12,
	.task_size_max = (1ULL << 47) - 4096,
	.permitted_shift = 47,
	.level = {
		X86_LOWER_LEVELS,
		[PGT_P4D] = { .shift = 39, .bits = 9, .fold = PGT_FOLD_MACHINE,
			      .folded = true, X86_TABLE_FIELDS(X86_PRESENT) },
		[PGT_PGD] = { .shift = 39, .bits = 9, X86_TABLE_FIELDS(~0ULL) },
	},
};

#define PGT_FORMATS_x86_64(X)                                                                      \
	X(x86_64_4k_48)                                                                            \
	X(x86_64_4k_57)                                                                            \
	X(x86_64_4k_57_folded)

#endif
