/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of ways to free a PTE table that MADV_DONTNEED has emptied, beside faults that look at
 * it (struct gather_reclaim in ref/gather.h). To add one, write its row in ref/gather/reclaim.c and
 * a line here, GOOD or BUSTED with name, label and description. The explorer's models, the
 * benchmark's axis and the axes of results are made from this list; something has to catch a BUSTED
 * one.
 */
#ifndef REF_GATHER_RECLAIMS_H
#define REF_GATHER_RECLAIMS_H

#define GATHER_RECLAIMS(GOOD, BUSTED)                                                                \
	GOOD(reclaim_keep, "table kept",                                                             \
	     "MADV_DONTNEED leaves the empty table where it is: Linux up to 6.13, and without "      \
	     "PT_RECLAIM.")                                                                          \
	GOOD(reclaim, "table freed",                                                                 \
	     "The empty table is taken out under the PMD's lock and its own, and freed by RCU; a "   \
	     "fault maps it under rcu_read_lock() and reads the PMD again under the table's lock.")  \
	BUSTED(reclaim_no_recheck, "PMD not read again",                                             \
	       "The same, where a fault that has got the table's lock does not read the PMD again: " \
	       "it writes into a table that nothing leads to.")                                      \
	BUSTED(reclaim_no_rcu, "no rcu_read_lock()",                                                 \
	       "The same, where a fault maps the table outside a read-side section: the table is "   \
	       "free under it.")                                                                     \
	BUSTED(reclaim_no_rescan, "entries not read again",                                          \
	       "The same, where MADV_DONTNEED has dropped the table's lock and does not read the "   \
	       "entries again, as in 6.14's release candidates: it takes out a table that a fault "  \
	       "has filled.")

#endif
