// SPDX-License-Identifier: GPL-2.0-or-later
// Lets MMU_GATHER_TABLE_FREE be used without MMU_GATHER_RCU_TABLE_FREE: page tables are gathered in
// a batch of their own and freed at once after the flush.
//
// The two options have been separate since commit 0d6e24d430ef ("asm-generic/tlb: provide
// MMU_GATHER_TABLE_FREE", v5.7), but tlb_needs_table_invalidate() has been defined for the second
// alone since 0758cd830494 (same series), so that a kernel with the first one alone does not
// compile. The patch uses the generic answer, true. It follows no posted patch.
//
// Changes: mm/mmu_gather.c 1

@@
@@
-tlb_needs_table_invalidate()
+true
