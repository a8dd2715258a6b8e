// SPDX-License-Identifier: GPL-2.0-or-later
// s390 without its p?d_offset_lockless(): GUP-fast as it was before v5.9.
//
// The three macros tell <linux/pgtable.h> that the architecture has these functions. Without them
// the generic p?d_offset_lockless() takes over, which is p?d_offset() of the caller's copy of the
// entry: where a level is folded at run time it returns the address of that copy, and the walk goes
// on past the end of a table that has one entry. Undoes commit d3f7b1bb2040 ("mm/gup: fix gup_fast
// with dynamic page table folding", v5.9). Deviation: the functions of the same names stay, as
// p?d_offset() is built on them; nothing else calls them then.
//
// Changes: arch/s390/include/asm/pgtable.h 3

@@
@@
-#define p4d_offset_lockless p4d_offset_lockless

@@
@@
-#define pud_offset_lockless pud_offset_lockless

@@
@@
-#define pmd_offset_lockless pmd_offset_lockless
