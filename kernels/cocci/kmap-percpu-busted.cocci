// SPDX-License-Identifier: GPL-2.0-or-later
// Busted on purpose: the checks kmap/layout, kmap/owner and kmap/unmapped have to find it.
//
// The stacks of mappings that CPUs had until 5.10 (arch/x86/mm/highmem_32.c; 5fbda3ecd14a, v5.11, gave
// tasks their own): a mapping takes two slots, and its undoing flushes the TLB and leaves the entry.
// What maps still reads its own page.
//
// Changes: arch/x86/mm/highmem_32.c 3 6.1:0 6.12:0 7.2:0 7.3:0

@@
identifier type;
@@
 kmap_atomic_high_prot(...)
 {
 <...
+kmap_atomic_idx_push();
 type = kmap_atomic_idx_push();
 ...>
 }

@@
@@
 kmap_atomic_high_prot(...)
 {
 <...
-BUG_ON(...);
 ...>
 }

@@
expression pte, vaddr;
@@
 kunmap_atomic_high(...)
 {
 <...
-kpte_clear_flush(pte, vaddr);
+flush_tlb_one_kernel(vaddr);
 kmap_atomic_idx_pop();
+kmap_atomic_idx_pop();
 ...>
 }
