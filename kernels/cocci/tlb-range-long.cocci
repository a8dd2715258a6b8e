// SPDX-License-Identifier: GPL-2.0-or-later
// Makes __tlb_adjust_range() take the size of a range as an unsigned long.
//
// Up to 6.12 __tlb_adjust_range() takes the size of what was unmapped as an unsigned int. When a
// shared PMD table of hugetlb memory is unmapped, __unmap_hugepage_range() passes PUD_SIZE
// (a4a118f2eead, "hugetlbfs: flush TLBs correctly after huge_pmd_unshare", v5.16), which is 64 GiB
// with arm64's pages of 16 KiB: as an unsigned int that is 0, an empty range, and nothing is
// flushed. It follows no posted patch; with it the check table_free/unshare_flush proves that the
// width is the cause.
//
// Changes: include/asm-generic/tlb.h 1

@@
identifier gather, address, size;
@@
 __tlb_adjust_range(struct mmu_gather *gather, unsigned long address,
-		   unsigned int size)
+		   unsigned long size)
 { ... }
