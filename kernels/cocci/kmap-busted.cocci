// SPDX-License-Identifier: GPL-2.0-or-later
// Busted on purpose: the checks kmap/layout, kmap/owner, kmap/restored and kmap/unmapped have to find
// it.
//
// The CPUs' parts of the window of mappings are in reverse order, and a task that is switched to
// does not get its mappings back (mm/highmem.c; the merged design, 5fbda3ecd14a, v5.11, restores
// them in finish_task_switch()). A task with mappings takes no page faults, and what is undone leaves
// its entry.
//
// Changes: mm/highmem.c 6 5.10:0

@@
@@
 kmap_local_calc_idx(...)
 {
 <...
-smp_processor_id()
+(NR_CPUS - 1 - smp_processor_id())
 ...>
 }

@@
@@
 __kmap_local_sched_in(...)
 {
 <...
-set_pte_at(...);
 ...>
 }

@@
@@
 __kmap_local_pfn_prot(...)
 {
 <...
 migrate_disable();
+pagefault_disable();
 ...>
 }

@@
@@
 __kmap_local_pfn_prot(...)
 {
 <...
-BUG_ON(...);
 ...>
 }

@@
@@
 kunmap_local_indexed(...)
 {
 <...
-pte_clear(...);
 ...>
 }

@@
@@
 kunmap_local_indexed(...)
 {
 <...
+pagefault_enable();
 migrate_enable();
 ...>
 }
