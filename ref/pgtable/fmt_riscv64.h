/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * riscv64: one kernel of five levels, which finds out at boot how many the CPU has: Sv39, Sv48,
 * Sv57.
 *
 * Geometry, folding, and the tests of the upper levels: arch/riscv/include/asm/pgtable-64.h; bits:
 * pgtable-bits.h; the other tests, and TASK_SIZE: pgtable.h; p4d_offset(), pud_offset():
 * arch/riscv/mm/pgtable.c (Linux 6.12). There is no pXd_offset_lockless() of its own.
 */
#ifndef REF_PGTABLE_FMT_RISCV64_H
#define REF_PGTABLE_FMT_RISCV64_H

#include "format.h"

#define RISCV_PRESENT 0x001ULL
#define RISCV_READ 0x002ULL
#define RISCV_WRITE 0x004ULL
#define RISCV_EXEC 0x008ULL
#define RISCV_USER 0x010ULL
#define RISCV_PROTNONE 0x020ULL /* the global bit, where present is clear */
#define RISCV_ACCESSED 0x040ULL
#define RISCV_DIRTY 0x080ULL
#define RISCV_SPECIAL 0x100ULL
#define RISCV_DEVMAP 0x200ULL
#define RISCV_ANY_LEAF (RISCV_READ | RISCV_WRITE | RISCV_EXEC)
/* Bits 53..10 are the frame number: an address is two bits further left than in its entry. */
#define RISCV_PFN_MASK 0x003ffffffffffc00ULL
#define RISCV_LEAF_RO (RISCV_PRESENT | RISCV_READ | RISCV_USER | RISCV_ACCESSED)
#define RISCV_LEAF_RW (RISCV_LEAF_RO | RISCV_WRITE | RISCV_DIRTY)

/* clang-format off */
#define RISCV_LEAF_FIELDS(shift)                                                    \
	.can_leaf = true, .leaf_origin = RISCV_PFN_MASK & ~((1ULL << ((shift) - 2)) - 1), \
	.leaf_shift = 2, .leaf_ro = RISCV_LEAF_RO, .leaf_rw = RISCV_LEAF_RW,        \
	.need_write = RISCV_WRITE

/* pXd_leaf(): any of the three is set. */
#define RISCV_HUGE_FIELDS(shift) \
	.leaf_mask = RISCV_ANY_LEAF, .leaf_unless = true, RISCV_LEAF_FIELDS(shift)

#define RISCV_TABLE_FIELDS(present) .present_mask = (present), \
	.table = RISCV_PRESENT, .table_origin = RISCV_PFN_MASK, .table_shift = 2

#define RISCV_PROTNONE_FIELDS \
	.protnone_mask = RISCV_PRESENT | RISCV_PROTNONE, .protnone_set = RISCV_PROTNONE

#define RISCV_FORMAT(va, no_pud, no_p4d)                                                   \
	.page_shift = 12,                                                                  \
	.task_size_max = 1ULL << ((va) - 1),                                               \
	.fold_how = PGT_HOW_VARIABLE,                                                      \
	.level = {                                                                         \
		[PGT_PTE] = { .shift = 12, .bits = 9,                                      \
			      .present_mask = RISCV_PRESENT | RISCV_PROTNONE,              \
			      RISCV_LEAF_FIELDS(12), RISCV_PROTNONE_FIELDS,                \
			      .need_read = RISCV_PRESENT,                                  \
			      .special = RISCV_SPECIAL, .devmap = RISCV_DEVMAP },          \
		[PGT_PMD] = { .shift = 21, .bits = 9,                                      \
			      RISCV_TABLE_FIELDS(RISCV_PRESENT | RISCV_PROTNONE |          \
						 RISCV_ANY_LEAF),                          \
			      RISCV_HUGE_FIELDS(21), RISCV_PROTNONE_FIELDS,                \
			      .devmap = RISCV_DEVMAP },                                    \
		[PGT_PUD] = { .shift = 30, .bits = 9, .fold = PGT_FOLD_MACHINE,            \
			      .folded = (no_pud), RISCV_TABLE_FIELDS(RISCV_PRESENT),       \
			      RISCV_HUGE_FIELDS(30) },                                     \
		[PGT_P4D] = { .shift = 39, .bits = 9, .fold = PGT_FOLD_MACHINE,            \
			      .folded = (no_p4d), RISCV_TABLE_FIELDS(RISCV_PRESENT) },     \
		/* pgd_none() compares the whole entry. */                                 \
		[PGT_PGD] = { .shift = 48, .bits = 9, RISCV_TABLE_FIELDS(~0ULL) },         \
	}
/* clang-format on */

static const struct pgt_fmt pgt_fmt_riscv64_4k_39 = {
	.name = "riscv64-4k-39",
	RISCV_FORMAT(39, true, true),
};

static const struct pgt_fmt pgt_fmt_riscv64_4k_48 = {
	.name = "riscv64-4k-48",
	RISCV_FORMAT(48, false, true),
};

static const struct pgt_fmt pgt_fmt_riscv64_4k_57 = {
	.name = "riscv64-4k-57",
	RISCV_FORMAT(57, false, false),
};

#define PGT_FORMATS_riscv64(X)                                                                     \
	X(riscv64_4k_39)                                                                           \
	X(riscv64_4k_48)                                                                           \
	X(riscv64_4k_57)

#endif
