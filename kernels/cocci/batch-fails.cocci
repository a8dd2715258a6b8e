// SPDX-License-Identifier: GPL-2.0-or-later
// Makes tlb_remove_table() never get a page for its batch: every table goes through the fallback.
//
// Without this patch the allocation, which must not wait (GFP_NOWAIT), fails only under memory
// pressure. The patch reads the batch's pointer again instead, which is NULL there, so that the
// code around it stays the same. Deviation: the instructions of an allocation that fails are
// missing.
//
// Changes: mm/mmu_gather.c 1

@@
expression batch, flags;
@@
-batch = (struct mmu_table_batch *)__get_free_page(flags);
+batch = READ_ONCE(batch);
