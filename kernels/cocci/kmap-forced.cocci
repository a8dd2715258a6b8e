// SPDX-License-Identifier: GPL-2.0-or-later
// Makes kmap_local map even pages that have an address in the direct map, without debugging.
//
// DEBUG_KMAP_LOCAL_FORCE_MAP (14df32670291, "mm/highmem: Provide
// CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP", v5.11) selects DEBUG_KMAP_LOCAL, which leaves every other
// slot unused and checks it: no configuration has the mappings without these guards.
// PTBENCH_KMAP_FORCED of kernels/driver/Kconfig selects KMAP_LOCAL alone, and this patch makes the
// code ask for PTBENCH_KMAP_FORCED instead. Deviation: x86 gives the option's fixmap more page
// tables, which 4 CPUs do not need.
//
// Changes: mm/highmem.c 2 5.10:0

@@
@@
 __kmap_local_page_prot(...)
 {
 <...
-IS_ENABLED(CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP)
+IS_ENABLED(CONFIG_PTBENCH_KMAP_FORCED)
 ...>
 }

@@
@@
 kunmap_local_indexed(...)
 {
 <...
-IS_ENABLED(CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP)
+IS_ENABLED(CONFIG_PTBENCH_KMAP_FORCED)
 ...>
 }
