// SPDX-License-Identifier: GPL-2.0-or-later
// Busted: a page table of an address space with a single user is freed at once, before the flush.
//
// The shortcut that tlb_remove_table() had from its beginning, 267239116987 ("mm, powerpc: move the
// RCU page-table freeing into generic code", v3.5), until a6f572084fbe ("mm/tlb: Remove
// tlb_remove_table() non-concurrent condition", Peter Zijlstra, v4.19, posted 22 Aug 2018,
// <20180822154046.772017055@infradead.org>): mm_users says nothing of CPUs that still hold the
// address space lazily and walk its tables in hardware, whose TLB is flushed only later. Undoes
// that commit; 4.18 also set need_flush here, which is implied today.
//
// Changes: mm/mmu_gather.c 1

@@
identifier tlb, table;
@@
 void tlb_remove_table(struct mmu_gather *tlb, void *table)
 {
 	struct mmu_table_batch **batch = &tlb->batch;
+
+	if (atomic_read(&tlb->mm->mm_users) < 2) {
+		__tlb_remove_table(table);
+		return;
+	}
 	...
 }
