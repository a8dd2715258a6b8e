/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sparc64: pages of 8 KiB, four levels, the entries of sun4v.
 *
 * arch/sparc/include/asm/pgtable_64.h (Linux 6.12); the upper level folds by
 * include/asm-generic/pgtable-nop4d.h. Users have the 53 bits that the tables reach here; the
 * kernel's TASK_SIZE lies above the hole in the address space, which the tables do not have.
 *
 * Linux has had no GUP-fast on sparc64 since 2019. Its pte_access_permitted() is left over and asks
 * for the privileged bit, which no user's page has; this format does not.
 */
#ifndef REF_PGTABLE_FMT_SPARC64_H
#define REF_PGTABLE_FMT_SPARC64_H

#include "format.h"

#define SPARC_VALID 0x8000000000000000ULL
#define SPARC_MODIFIED 0x2000000000000000ULL
#define SPARC_ACCESSED 0x1000000000000000ULL
#define SPARC_READ 0x0800000000000000ULL
#define SPARC_WRITE 0x0400000000000000ULL
#define SPARC_SPECIAL 0x0200000000000000ULL
#define SPARC_HUGE 0x0100000000000000ULL
#define SPARC_CACHED 0x0000000000000600ULL
#define SPARC_W 0x0000000000000040ULL
#define SPARC_PRESENT 0x0000000000000010ULL
#define SPARC_SZ4MB 0x0000000000000003ULL /* of a huge page, which is two of 4 MiB */
#define SPARC_PADDR(shift) ((1ULL << 56) - (1ULL << (shift)))
#define SPARC_LEAF_RO (SPARC_VALID | SPARC_ACCESSED | SPARC_READ | SPARC_CACHED | SPARC_PRESENT)
#define SPARC_LEAF_RW (SPARC_LEAF_RO | SPARC_WRITE | SPARC_MODIFIED | SPARC_W)

#define SPARC_LEAF_FIELDS(more, shift)                                                             \
	.can_leaf = true, .leaf_origin = SPARC_PADDR(shift), .leaf_ro = SPARC_LEAF_RO | (more),    \
	.leaf_rw = SPARC_LEAF_RW | (more), .need_read = SPARC_PRESENT, .need_write = SPARC_WRITE,  \
	.special = SPARC_SPECIAL

/* An entry that points to a table is the physical address alone. */
#define SPARC_TABLE_FIELDS(shift_)                                                                 \
	.shift = (shift_), .present_mask = ~0ULL, .table_origin = SPARC_PADDR(13)

static const struct pgt_fmt pgt_fmt_sparc64_8k_53 = {
	.name = "sparc64-8k-53",
	.page_shift = 13,
	.task_size_max = 1ULL << 53,
	.level = {
		[PGT_PTE] = { .shift = 13, .bits = 10, .present_mask = SPARC_PRESENT,
			      SPARC_LEAF_FIELDS(0, 13) },
		[PGT_PMD] = { .bits = 10, SPARC_TABLE_FIELDS(23), .leaf_mask = SPARC_HUGE,
			      .leaf_set = SPARC_HUGE,
			      SPARC_LEAF_FIELDS(SPARC_HUGE | SPARC_SZ4MB, 23) },
		/* hugetlb's leaves of 16 GiB, two entries of 8 GiB each, are not modelled. */
		[PGT_PUD] = { .bits = 10, SPARC_TABLE_FIELDS(33) },
		[PGT_P4D] = { .fold = PGT_FOLD_STATIC, SPARC_TABLE_FIELDS(43) },
		[PGT_PGD] = { .bits = 10, SPARC_TABLE_FIELDS(43) },
	},
};

#define PGT_FORMATS_sparc64(X) X(sparc64_8k_53)

#endif
