// SPDX-License-Identifier: GPL-2.0-or-later
// arm64 without its p4d_offset_lockless() for a P4D that is folded when compiled ("align_real").
//
// Undoes commit 36639013b346 ("arm64: mm: Fix lockless walks with static and dynamic page-table
// folding", v6.11-rc1, 6.10.y), reported by Asahi Lina. The generic p4d_offset_lockless() takes over,
// which is p4d_offset() of GUP-fast's copy of the entry: an address on its stack. Where the PUD is
// folded at boot (52 bits on a CPU without LPA2), pud_offset_lockless() aligns that down to a page and
// reads the words it finds there as PUD entries. Deviation: the function of the commit stays; nothing
// calls it then.
//
// Changes: arch/arm64/include/asm/pgtable.h 1 6.1:0

@@
@@
-#define p4d_offset_lockless p4d_offset_lockless_folded
