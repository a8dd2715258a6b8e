// SPDX-License-Identifier: GPL-2.0-or-later
// Gives p?d_addr_end() the value of the entry as an argument, everywhere in mm. To be applied after
// gup-static.cocci: the series was an alternative to p?d_offset_lockless().
//
// Follows patches 2 and 3 of the posted series "mm/gup: fix gup_fast with dynamic page table folding"
// (RFC v2, 7 Sep 2020; see addr_end_global.h): each caller passes the entry that its loop has
// come to. Deviations:
//   include/linux/pgtable.h, include/asm-generic/, arch/*/include/asm/: the functions are in
//     kernels/driver/addr_end_global.h, included by the files below, so that eight files are compiled
//     anew instead of the whole kernel. The macros of two arguments stay for all other files.
//   arch/*/mm/, arch/*/kernel/, mm/sparse-vmemmap.c, mm/kasan/init.c: not changed. They walk the
//     kernel's own tables, at boot, for memory hotplug and set_memory(), and never walked copies.
//   mm/ioremap.c, mm/mlock.c: have no such call any more. mm/vmscan.c and a place in mm/memory.c
//     (swap-in, 6.12) are younger than the series, and changed as it would have changed them.
//
// Changes: mm/gup.c 5
// Changes: mm/madvise.c 3
// Changes: mm/memory.c 22 5.10:21 6.1:21
// Changes: mm/mprotect.c 5
// Changes: mm/pagewalk.c 5
// Changes: mm/swapfile.c 5
// Changes: mm/vmalloc.c 13 5.10:9
// Changes: mm/vmscan.c 3 5.10:1

@include@
@@
 #include <linux/mm.h>
+#include "ptbench/addr_end_global.h"

@depends on !include@
@@
 #include <linux/pagewalk.h>
+#include "ptbench/addr_end_global.h"

// GUP-fast and mm/vmscan.c have read the entry once, into a variable.

@@
expression next, addr, end, from;
identifier entry;
@@
 pmd_t entry = from;
 ...
-next = pmd_addr_end(addr, end);
+next = pmd_addr_end(entry, addr, end);

@@
expression next, addr, end, from;
identifier entry;
@@
 pud_t entry = from;
 ...
-next = pud_addr_end(addr, end);
+next = pud_addr_end(entry, addr, end);

@@
expression next, addr, end, from;
identifier entry;
@@
 p4d_t entry = from;
 ...
-next = p4d_addr_end(addr, end);
+next = p4d_addr_end(entry, addr, end);

@@
expression next, addr, end, from;
identifier entry;
@@
 pgd_t entry = from;
 ...
-next = pgd_addr_end(addr, end);
+next = pgd_addr_end(entry, addr, end);

// Functions that are called with the entry.
@@
identifier f, pmd;
expression addr, end;
@@
 f(..., pmd_t *pmd, ...)
 {
 <...
-pmd_addr_end(addr, end)
+pmd_addr_end(*pmd, addr, end)
 ...>
 }

@@
identifier f, vmf;
expression addr, end;
@@
 f(struct vm_fault *vmf)
 {
 <...
-pmd_addr_end(addr, end)
+pmd_addr_end(*vmf->pmd, addr, end)
 ...>
 }

// All others dereference the pointer that their loop advances; in fork(), which copies, src_p?d.

@@
expression next, addr, end;
identifier at =~ "^src_pmd$";
@@
 pmd_t *at;
 ... when any
-next = pmd_addr_end(addr, end);
+next = pmd_addr_end(*at, addr, end);

@@
expression next, addr, end;
identifier at;
@@
 pmd_t *at;
 ... when any
-next = pmd_addr_end(addr, end);
+next = pmd_addr_end(*at, addr, end);

@@
expression next, addr, end;
identifier at =~ "^src_pud$";
@@
 pud_t *at;
 ... when any
-next = pud_addr_end(addr, end);
+next = pud_addr_end(*at, addr, end);

@@
expression next, addr, end;
identifier at;
@@
 pud_t *at;
 ... when any
-next = pud_addr_end(addr, end);
+next = pud_addr_end(*at, addr, end);

@@
expression next, addr, end;
identifier at =~ "^src_p4d$";
@@
 p4d_t *at;
 ... when any
-next = p4d_addr_end(addr, end);
+next = p4d_addr_end(*at, addr, end);

@@
expression next, addr, end;
identifier at;
@@
 p4d_t *at;
 ... when any
-next = p4d_addr_end(addr, end);
+next = p4d_addr_end(*at, addr, end);

@@
expression next, addr, end;
identifier at =~ "^src_pgd$";
@@
 pgd_t *at;
 ... when any
-next = pgd_addr_end(addr, end);
+next = pgd_addr_end(*at, addr, end);

@@
expression next, addr, end;
identifier at;
@@
 pgd_t *at;
 ... when any
-next = pgd_addr_end(addr, end);
+next = pgd_addr_end(*at, addr, end);
