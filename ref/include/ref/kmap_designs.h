/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of kmap stacks' designs that are measured. To add one, add a row here, a struct
 * kmap_design of that name, and its stacks in ref/kmap/kmap.c. The benchmark's axis, the stacks'
 * `busted` and the axes of results are made from this list; the designs of ref/kmap/busted.c are
 * for tests alone.
 *
 * GOOD or BUSTED(name, label, means): label: a few words, for a table; means: one sentence.
 */
#ifndef REF_KMAP_DESIGNS_H
#define REF_KMAP_DESIGNS_H

/* Oldest first. */
#define KMAP_DESIGNS(GOOD, BUSTED)                                                                          \
	GOOD(atomic_percpu, "atomic_percpu (to 5.10)",                                                      \
	     "kmap_atomic() up to 5.10: slots of the CPU, preemption and page faults off while mapped, so " \
	     "that no task switches with anything mapped.")                                                 \
	BUSTED(rfc_task_sweep, "rfc_task_sweep",                                                            \
	       "The RFC: slots of the task, all swapped in prepare_task_switch(), where a handler that "    \
	       "maps while a deeper stack is swept in overwrites a live slot.")                             \
	GOOD(linus_pop_push, "linus_pop_push",                                                              \
	     "Torvalds' answer: a switch pops the slots of the one task and pushes the other's, the "       \
	     "index with each entry.")                                                                      \
	GOOD(merged, "merged (from 5.11)",                                                                  \
	     "kmap_local as merged in 5.11: out in prepare_task_switch(), in in finish_task_switch().")

#endif
