// SPDX-License-Identifier: GPL-2.0-or-later
// Busted on purpose: the checks kmap/layout and kmap/restored have to find it.
//
// The CPUs' parts of the window of mappings are in reverse order, and a task that is switched to
// does not get its mappings back (mm/highmem.c; the merged design, 5fbda3ecd14a, v5.11, restores
// them in finish_task_switch()).
//
// Changes: mm/highmem.c 2

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
