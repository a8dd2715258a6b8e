// SPDX-License-Identifier: GPL-2.0-or-later
// The range that a flush covers, counted in an unsigned long.
//
// Up to 6.12 __tlb_adjust_range() takes the size of what was unmapped as an unsigned int. When a
// shared PMD table of hugetlb memory goes, __unmap_hugepage_range() hands it PUD_SIZE (a4a118f2eead,
// "hugetlbfs: flush TLBs correctly after huge_pmd_unshare", v5.16), which is 64 GiB with arm64's
// pages of 16 KiB: that makes 0, an empty range, and no flush. This is no posted patch: it proves by
// the check table_free/unshare_flush what that width does.
//
// Changes: include/asm-generic/tlb.h 1

@@
identifier gather, address, size;
@@
 __tlb_adjust_range(struct mmu_gather *gather, unsigned long address,
-		   unsigned int size)
+		   unsigned long size)
 { ... }
