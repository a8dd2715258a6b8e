// SPDX-License-Identifier: GPL-2.0-or-later
// tlb_remove_table_sync_one() that interrupts nobody, while tables are freed by RCU.
//
// The step of forced RCU that has nothing to do with freeing: with MMU_GATHER_RCU_TABLE_FREE the
// function, an empty stub otherwise (include/asm-generic/tlb.h), interrupts every CPU where a page
// table is kept but must not be walked any more (khugepaged, unsharing of hugetlb tables). Safe on
// x86 as long as every TLB flush is an interrupt; no step of any series. Deviation from the stub:
// it stays a function that is called and returns.
//
// Changes: mm/mmu_gather.c 1

@@
@@
-smp_call_function(tlb_remove_table_smp_sync, NULL, 1);
+(void)tlb_remove_table_smp_sync;
