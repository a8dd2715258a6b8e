// SPDX-License-Identifier: GPL-2.0-or-later
// Makes x86 free page tables by RCU even where TLB flushes use interrupts ("6.12 + forced RCU").
//
// Follows mainline commit a37259732a7d ("x86/mm: Make MMU_GATHER_RCU_TABLE_FREE unconditional",
// v6.15; series by Rik van Riel), hunk by hunk:
//   arch/x86/Kconfig: "select MMU_GATHER_RCU_TABLE_FREE" loses its "if PARAVIRT". Deviation: Kconfig
//     is not C, so PTBENCH_FORCED_RCU of kernels/driver/Kconfig selects it instead; same result.
//   arch/x86/kernel/paravirt.c: native_tlb_remove_table() goes, tlb_remove_table() takes its place
//     in pv_ops. As in mainline; not compiled here, where PARAVIRT is off. 5.10 and 6.1 have a cast
//     of tlb_remove_page() in its place.
//   arch/x86/mm/pgtable.c: paravirt_tlb_remove_table() goes, its four callers call
//     tlb_remove_table(). Deviations: 6.12 passes a struct page where 6.14 had a struct ptdesc,
//     and destroys the table's lock before the call (pagetable_*_dtor()), where 6.14 does so when
//     the table is freed; both are left as 6.12 has them. The empty "#ifndef CONFIG_PARAVIRT" stays.
// Not taken, as later commits brought it: PT_RECLAIM, which 6.12 does not have.
//
// Changes: arch/x86/kernel/paravirt.c 2 5.10:1 6.1:1
// Changes: arch/x86/mm/pgtable.c 5

@@
identifier tlb, table;
@@
-static void native_tlb_remove_table(struct mmu_gather *tlb, void *table)
-{
-	tlb_remove_page(tlb, table);
-}

@@
@@
-native_tlb_remove_table
+tlb_remove_table

@disable drop_cast@
type T;
@@
-(T)tlb_remove_page
+tlb_remove_table

@@
identifier tlb, table;
@@
-static inline void paravirt_tlb_remove_table(struct mmu_gather *tlb, void *table)
-{
-	tlb_remove_page(tlb, table);
-}

@@
expression tlb, table;
@@
-paravirt_tlb_remove_table(tlb, table)
+tlb_remove_table(tlb, table)
