/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of designs: the ways in which GUP-fast walks folded levels. To add one, add a row here
 * and its code in ref/gup/walk.h. The walkers of every format and their table, the benchmark's
 * axis and the axes of results are made from this list.
 *
 * ANY(a, name, constant, label, means): of every format. REAL(...), the same arguments: only of
 * architectures that define PGT_HAS_REAL_OFFSETS. `a` is the list's third argument, passed on to
 * each row. label: a few words, for a table; means: one sentence. No row says on which formats a
 * design returns wrong or too few pages: ref/gup/gup.c computes it, see struct gup_walker.
 */
#ifndef REF_GUP_DESIGNS_H
#define REF_GUP_DESIGNS_H

/* Oldest first. */
#define GUP_DESIGNS(ANY, REAL, a)                                                                     \
	ANY(a, static, GUP_STATIC, "static",                                                          \
	    "Constant pXd_addr_end() and pXd_offset(&value): v5.2 to v5.8, and since then "           \
	    "architectures without a pXd_offset_lockless() of their own.")                            \
	ANY(a, addr_end_folded, GUP_ADDR_END_FOLDED, "addr_end_folded (RFC v2, patch 1)",             \
	    "pgd and p4d clip by the entry's value, in GUP-fast alone, as posted in September 2020.") \
	ANY(a, addr_end_global, GUP_ADDR_END_GLOBAL, "addr_end_global (RFC v2, patches 2 and 3)",     \
	    "All of mm hands the entry's value to pXd_addr_end(), as posted in September 2020: "      \
	    "in GUP-fast the same clips as addr_end_folded.")                                         \
	ANY(a, offset_lockless, GUP_OFFSET_LOCKLESS, "offset_lockless (from 5.9)",                    \
	    "pXd_offset_lockless(pointer, value), as merged in d3f7b1bb2040.")                        \
	REAL(a, align_real, GUP_ALIGN_REAL, "align_real (arm64, 6.9 and 6.10)",                       \
	     "arm64's own pXd_offset_lockless() where a level folds at boot, as in v6.9 and v6.10.")  \
	REAL(a, reload_real, GUP_RELOAD_REAL, "reload_real (arm64, from 6.11)",                       \
	     "arm64's own pXd_offset_lockless() also where the P4D is folded when compiled: the "     \
	     "real pointer, since 36639013b346 of v6.11.")

#endif
