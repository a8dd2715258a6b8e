/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * s390x: 2 to 5 levels per mm; an entry's type bits say which level it belongs to.
 *
 * Bits, geometry, and present, leaf and permission tests: arch/s390/include/asm/pgtable.h; the
 * limit of an mm by its levels: mmu_context.h and mm/pgalloc.c of arch/s390 (Linux 6.12).
 */
#ifndef REF_PGTABLE_FMT_S390X_H
#define REF_PGTABLE_FMT_S390X_H

#include "format.h"

#define S390_TYPE_MASK 0x0cULL
#define S390_R1 0x0cULL
#define S390_R2 0x08ULL
#define S390_R3 0x04ULL
#define S390_LENGTH 0x03ULL /* the table below has its full 2048 entries */
#define S390_INVALID 0x20ULL
#define S390_PROTECT 0x200ULL
#define S390_LARGE 0x400ULL
#define S390_ORIGIN (~0xfffULL)
#define S390_PT_ORIGIN (~0x7ffULL) /* page tables are 2 KiB */

/* Software bits of a large segment or region-third entry. */
#define S390_STE_READ 0x0001ULL
#define S390_STE_WRITE 0x0002ULL
#define S390_STE_YOUNG 0x1000ULL
#define S390_STE_DIRTY 0x2000ULL
#define S390_STE_LEAF_RO (S390_LARGE | S390_STE_READ | S390_STE_YOUNG | S390_PROTECT)
#define S390_STE_LEAF_RW                                                                           \
	(S390_LARGE | S390_STE_READ | S390_STE_WRITE | S390_STE_YOUNG | S390_STE_DIRTY)

#define S390_PTE_PRESENT 0x001ULL
#define S390_PTE_YOUNG 0x004ULL
#define S390_PTE_DIRTY 0x008ULL
#define S390_PTE_READ 0x010ULL
#define S390_PTE_WRITE 0x020ULL
#define S390_PTE_SPECIAL 0x040ULL
#define S390_PTE_INVALID 0x400ULL
#define S390_PTE_LEAF_RO (S390_PTE_PRESENT | S390_PTE_READ | S390_PTE_YOUNG | S390_PROTECT)
#define S390_PTE_LEAF_RW                                                                           \
	(S390_PTE_PRESENT | S390_PTE_READ | S390_PTE_WRITE | S390_PTE_YOUNG | S390_PTE_DIRTY)

/* mk_swap_pte(): the types as in include/linux/swap.h without device memory. */
#define S390_SWP(type) (S390_PTE_INVALID | S390_PROTECT | (type) << 2)
#define S390_MIGRATION_READ S390_SWP(28ULL)
#define S390_MIGRATION_EXCLUSIVE S390_SWP(29ULL)
#define S390_MIGRATION_WRITE S390_SWP(30ULL)

static const struct pgt_fmt pgt_fmt_s390x = {
	.name = "s390x",
	.page_shift = 12,
	.task_size_max = -4096ULL,
	.has_offset_lockless = true,
	.type_mask = S390_TYPE_MASK,
	.type_shift = 2,
	.type_base_shift = 20,
	.type_bits = 11,
	.min_levels = 2,
	.max_levels = 5,
	.level = {
		[PGT_PTE] = {
			.shift = 12, .bits = 8, .empty = S390_PTE_INVALID,
			.present_mask = S390_PTE_PRESENT,
			.can_leaf = true, .leaf_origin = S390_ORIGIN,
			.leaf_ro = S390_PTE_LEAF_RO, .leaf_rw = S390_PTE_LEAF_RW,
			.need_read = S390_PTE_PRESENT, .need_write = S390_PTE_WRITE,
			.protnone_mask = S390_PTE_PRESENT | S390_PTE_READ,
			.protnone_set = S390_PTE_PRESENT,
			.special = S390_PTE_SPECIAL,
			.migration = S390_MIGRATION_READ,
			.migration_exclusive = S390_MIGRATION_EXCLUSIVE,
			.migration_write = S390_MIGRATION_WRITE,
		},
		[PGT_PMD] = {
			.shift = 20, .bits = 11, .empty = S390_INVALID,
			.present_mask = ~0ULL, .absent = S390_INVALID,
			.table_origin = S390_PT_ORIGIN,
			.can_leaf = true, .leaf_mask = S390_LARGE, .leaf_set = S390_LARGE,
			.leaf_origin = ~0xfffffULL,
			.leaf_ro = S390_STE_LEAF_RO, .leaf_rw = S390_STE_LEAF_RW,
			.need_write = S390_STE_WRITE,
			.protnone_mask = S390_LARGE | S390_STE_READ, .protnone_set = S390_LARGE,
			.invalid_set = S390_INVALID,
		},
		[PGT_PUD] = {
			.shift = 31, .bits = 11, .fold = PGT_FOLD_MM,
			.empty = S390_R3 | S390_INVALID, .present_mask = S390_ORIGIN,
			.table = S390_R3 | S390_LENGTH, .table_origin = S390_ORIGIN,
			.can_leaf = true, .leaf_mask = S390_TYPE_MASK | S390_LARGE,
			.leaf_set = S390_R3 | S390_LARGE, .leaf_origin = ~0x7fffffffULL,
			.leaf_ro = S390_R3 | S390_STE_LEAF_RO,
			.leaf_rw = S390_R3 | S390_STE_LEAF_RW,
			.need_write = S390_STE_WRITE,
		},
		[PGT_P4D] = {
			.shift = 42, .bits = 11, .fold = PGT_FOLD_MM,
			.empty = S390_R2 | S390_INVALID, .present_mask = S390_ORIGIN,
			.table = S390_R2 | S390_LENGTH, .table_origin = S390_ORIGIN,
		},
		[PGT_PGD] = {
			.shift = 53, .bits = 11, .fold = PGT_FOLD_MM,
			.empty = S390_R1 | S390_INVALID,
			/* pgd_none() tests the invalid bit. */
			.present_mask = S390_INVALID, .absent = S390_INVALID,
			.table = S390_R1 | S390_LENGTH, .table_origin = S390_ORIGIN,
		},
	},
};

#define PGT_FORMATS_s390x(X) X(s390x)

#endif
