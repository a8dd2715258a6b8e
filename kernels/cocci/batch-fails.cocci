// SPDX-License-Identifier: GPL-2.0-or-later
// No page is ever there for a batch of page tables: every table goes through the fallback.
//
// Stands for the allocation of tlb_remove_table() failing each time, which takes real memory
// pressure otherwise: deep inside mm it must not wait (GFP_NOWAIT). The batch's pointer is read
// again, which is known to be NULL there, so that the code around it stays as it is. Deviation:
// what an allocation executes until it fails is not there.
//
// Changes: mm/mmu_gather.c 1

@@
expression batch, flags;
@@
-batch = (struct mmu_table_batch *)__get_free_page(flags);
+batch = READ_ONCE(batch);
