// SPDX-License-Identifier: GPL-2.0-or-later
// GUP-fast's descent as it was before v5.9: p?d_offset() of the walk's own copy of the entry.
//
// Undoes, for GUP-fast alone, commit d3f7b1bb2040 ("mm/gup: fix gup_fast with dynamic page table
// folding", v5.9), which brought p?d_offset_lockless(). Where an architecture folds a level at run
// time, p?d_offset() then returns the address of that copy, and the walk goes on past the end of a
// table that has one entry. Where an architecture has no p?d_offset_lockless() of its own, the
// generic one is the same call, and so is the code.
//
// Deviations: the commit's other caller, perf_get_page_size(), looks at one address and never goes
// on to a next entry; it stays as it is. So do the architectures' functions, which p?d_offset() is
// built on, and the walk's pointer arguments, which nothing reads then.
//
// Changes: mm/gup.c 3

@@
expression p, entry, addr;
@@
-p4d_offset_lockless(p, entry, addr)
+p4d_offset(&entry, addr)

@@
expression p, entry, addr;
@@
-pud_offset_lockless(p, entry, addr)
+pud_offset(&entry, addr)

@@
expression p, entry, addr;
@@
-pmd_offset_lockless(p, entry, addr)
+pmd_offset(&entry, addr)
