// SPDX-License-Identifier: GPL-2.0-or-later
// The fallback of tlb_remove_table() waits for a grace period instead of interrupting every CPU.
//
// Follows, in idea, mainline commit 1fb3d8c20bfa ("mm/mmu_gather: replace IPI with
// synchronize_rcu() when batch allocation fails", 7.x). Deviations: the commit wraps the call in a
// function of its own, tlb_remove_table_sync_rcu(), and documents when it may be used.
//
// Changes: mm/mmu_gather.c 1

@@
identifier table;
@@
 static void tlb_remove_table_one(void *table)
 {
-	tlb_remove_table_sync_one();
+	synchronize_rcu();
 	...
 }
