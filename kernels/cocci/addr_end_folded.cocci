// SPDX-License-Identifier: GPL-2.0-or-later
// Makes GUP-fast clip by p?d_addr_end_folded(), which gets the value of the entry. To be applied
// after gup-static.cocci: the series was an alternative to p?d_offset_lockless(), which came later.
//
// Follows patch 1 of the posted series "mm/gup: fix gup_fast with dynamic page table folding"
// (RFC v2, 7 Sep 2020; see addr_end_folded.h), hunk by hunk:
//   mm/gup.c: the four clips, as posted.
//   include/linux/pgtable.h, arch/s390/include/asm/pgtable.h: the helpers and the overrides of
//     s390. Deviation: they are in kernels/driver/addr_end_folded.h, included here alone, so
//     that one file is compiled anew instead of the whole kernel; the code is the same, as nothing
//     else calls them.
//
// Changes: mm/gup.c 5

@@
@@
 #include "internal.h"
+#include "ptbench/addr_end_folded.h"

@@
expression next, addr, end;
symbol pmd;
@@
-next = pmd_addr_end(addr, end);
+next = pmd_addr_end_folded(pmd, addr, end);

@@
expression next, addr, end;
symbol pud;
@@
-next = pud_addr_end(addr, end);
+next = pud_addr_end_folded(pud, addr, end);

@@
expression next, addr, end;
symbol p4d;
@@
-next = p4d_addr_end(addr, end);
+next = p4d_addr_end_folded(p4d, addr, end);

@@
expression next, addr, end;
symbol pgd;
@@
-next = pgd_addr_end(addr, end);
+next = pgd_addr_end_folded(pgd, addr, end);
