/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arm: two levels of 32-bit entries, or, with LPAE, three of 64-bit entries.
 *
 * arch/arm/include/asm/pgtable-2level.h and pgtable-3level.h, with pgtable-2level-hwdef.h and
 * pgtable-3level-hwdef.h; common to both: pgtable.h; TASK_SIZE: memory.h, with the usual split of
 * 3 GiB (Linux 6.12).
 *
 * The classic hardware has 4096 entries of 1 MiB at the top, and tables of 256. Linux takes two of
 * each as one: 2048 entries of 8 bytes, of which it reads the first word, and tables of 512 in the
 * lower half of a page. The hardware's own copies in the upper half are not kept here, as no walker
 * of Linux reads them. Linux never walks these tables without a lock (HAVE_GUP_FAST needs LPAE).
 */
#ifndef REF_PGTABLE_FMT_ARM_H
#define REF_PGTABLE_FMT_ARM_H

#include "format.h"

#define ARM_TASK_SIZE (0xc0000000ULL - 0x01000000ULL)

/* ---- classic: L_PTE_* ---- */

#define ARM_PRESENT 0x001ULL
#define ARM_YOUNG 0x002ULL
#define ARM_WRITEALLOC 0x01cULL
#define ARM_DIRTY 0x040ULL
#define ARM_RDONLY 0x080ULL
#define ARM_USER 0x100ULL
#define ARM_XN 0x200ULL
#define ARM_SHARED 0x400ULL
#define ARM_LEAF (ARM_PRESENT | ARM_YOUNG | ARM_WRITEALLOC | ARM_USER | ARM_XN | ARM_SHARED)
/* _PAGE_USER_TABLE, and PTE_HWTABLE_OFF: the hardware's tables follow Linux's. */
#define ARM_TABLE (0x031ULL | 0x800ULL)

#define ARM_PGDIR                                                                                  \
	.shift = 21, .entry = PGT_U32_PAIR, .present_mask = ~0ULL, .table = ARM_TABLE,             \
	.table_origin = 0xfffff000ULL

static const struct pgt_fmt pgt_fmt_arm_4k_32 = {
	.name = "arm-4k-32",
	.page_shift = 12,
	.task_size_max = ARM_TASK_SIZE,
	.level = {
		[PGT_PTE] = { .shift = 12, .bits = 9, .entry = PGT_U32, .present_mask = ARM_PRESENT,
			      .can_leaf = true, .leaf_origin = 0xfffff000ULL,
			      .leaf_ro = ARM_LEAF | ARM_RDONLY, .leaf_rw = ARM_LEAF | ARM_DIRTY,
			      .need_read = ARM_PRESENT | ARM_USER, .deny_write = ARM_RDONLY },
		/* Only the kernel maps sections. pmd_addr_end() is the end, as at a folded
		 * level. */
		[PGT_PMD] = { .fold = PGT_FOLD_STATIC, ARM_PGDIR },
		[PGT_PUD] = { .fold = PGT_FOLD_STATIC, ARM_PGDIR },
		[PGT_P4D] = { .fold = PGT_FOLD_STATIC, ARM_PGDIR },
		[PGT_PGD] = { .bits = 11, ARM_PGDIR },
	},
};

/* ---- LPAE ---- */

#define LPAE_VALID (1ULL << 0)
#define LPAE_PAGE (3ULL << 0) /* also L_PTE_PRESENT */
#define LPAE_TABLE (3ULL << 0)
#define LPAE_SECT (1ULL << 0)
#define LPAE_WRITEALLOC (7ULL << 2)
#define LPAE_USER (1ULL << 6)
#define LPAE_AP2 (1ULL << 7) /* read only, to the hardware */
#define LPAE_SHARED (3ULL << 8)
#define LPAE_AF (1ULL << 10)
#define LPAE_NG (1ULL << 11)
#define LPAE_XN (1ULL << 54)
#define LPAE_DIRTY (1ULL << 55)
#define LPAE_SPECIAL (1ULL << 56)
#define LPAE_RDONLY (1ULL << 58)
#define LPAE_PHYS_MASK 0x000000fffffff000ULL
#define LPAE_LEAF (LPAE_WRITEALLOC | LPAE_USER | LPAE_SHARED | LPAE_AF | LPAE_NG | LPAE_XN)

#define LPAE_LEAF_FIELDS(type)                                                                     \
	.can_leaf = true, .leaf_ro = (type) | LPAE_LEAF | LPAE_RDONLY | LPAE_AP2,                  \
	.leaf_rw = (type) | LPAE_LEAF | LPAE_DIRTY, .deny_write = LPAE_RDONLY

#define LPAE_PGDIR                                                                                 \
	.shift = 30, .present_mask = ~0ULL, .table = LPAE_TABLE, .table_origin = LPAE_PHYS_MASK

static const struct pgt_fmt pgt_fmt_arm_4k_32_lpae = {
	.name = "arm-4k-32-lpae",
	.page_shift = 12,
	.task_size_max = ARM_TASK_SIZE,
	.level = {
		[PGT_PTE] = { .shift = 12, .bits = 9, .present_mask = LPAE_PAGE,
			      .leaf_origin = LPAE_PHYS_MASK, LPAE_LEAF_FIELDS(LPAE_PAGE),
			      .need_read = LPAE_PAGE | LPAE_USER, .special = LPAE_SPECIAL },
		[PGT_PMD] = { .shift = 21, .bits = 9, .present_mask = LPAE_VALID,
			      .table = LPAE_TABLE, .table_origin = LPAE_PHYS_MASK,
			      .leaf_mask = LPAE_TABLE, .leaf_set = LPAE_SECT,
			      .leaf_origin = LPAE_PHYS_MASK & ~0x1fffffULL,
			      LPAE_LEAF_FIELDS(LPAE_SECT), .need_read = LPAE_VALID },
		[PGT_PUD] = { .fold = PGT_FOLD_STATIC, LPAE_PGDIR },
		[PGT_P4D] = { .fold = PGT_FOLD_STATIC, LPAE_PGDIR },
		[PGT_PGD] = { .bits = 2, LPAE_PGDIR },
	},
};

#define PGT_FORMATS_arm(X) X(arm_4k_32) X(arm_4k_32_lpae)

#endif
