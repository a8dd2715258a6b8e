// SPDX-License-Identifier: GPL-2.0-or-later
// Makes tlb_remove_table_sync_one() interrupt nobody, while tables are freed by RCU.
//
// Takes from forced RCU what has nothing to do with freeing: with MMU_GATHER_RCU_TABLE_FREE this
// function interrupts every CPU when a page table is kept but must not be walked any more
// (khugepaged, unsharing of hugetlb tables); otherwise it is an empty stub
// (include/asm-generic/tlb.h). To leave the interrupt out is safe on x86 as long as every TLB flush
// is an interrupt. It is no step of any series. Deviation from the stub: the function is still called.
//
// Changes: mm/mmu_gather.c 1

@@
@@
-smp_call_function(tlb_remove_table_smp_sync, NULL, 1);
+(void)tlb_remove_table_smp_sync;
