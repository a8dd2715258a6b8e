/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of steps that gup_fast/steps takes out of a walk, one at a time. To add one, add a row
 * here, a field of that name in struct gup_variant, and the test of that field in ref/gup/walk.h.
 * The walkers without a step, the benchmark's axis and the axes of results are made from this list.
 *
 * BOTH(a, name, label, means): of walks that get and of walks that pin; PIN(...), the same
 * arguments: only of walks that pin. `a` is the list's third argument, passed on to each row.
 * label: a few words, for a table; means: one sentence.
 */
#ifndef REF_GUP_STEPS_H
#define REF_GUP_STEPS_H

/* In the order in which a walk takes them. */
#define GUP_STEPS(BOTH, PIN, a)                                                                           \
	PIN(a, fork_seq, "fork’s sequence count",                                                         \
	    "write_protect_seq is read before the walk and again after it: no fork() went on meanwhile.") \
	BOTH(a, irq_save, "interrupts off and on",                                                        \
	     "Interrupts are off during the walk, so that whoever frees a table waits for its end.")      \
	BOTH(a, write_check, "write permission",                                                          \
	     "Each entry permits the access that is asked for.")                                          \
	BOTH(a, try_get, "try-get", "The folio's reference count goes up unless it is 0.")                \
	BOTH(a, head_recheck, "head read again",                                                          \
	     "After the reference is taken the page still belongs to that folio.")                        \
	PIN(a, pin_count, "pin bias",                                                                     \
	    "A pin counts 1024 references of a small folio, one and a pin of a large one.")               \
	BOTH(a, pmd_recheck, "pmd read again",                                                            \
	     "After the reference is taken the PTE table is still in its place.")                         \
	BOTH(a, entry_recheck, "pte read again",                                                          \
	     "After the reference is taken the entry is still what it was.")                              \
	BOTH(a, folio_allowed, "folio allowed",                                                           \
	     "The folio is of a kind that a lockless walk may take: by its mapping.")                     \
	PIN(a, unshare, "unsharing needed?",                                                              \
	    "An anonymous page of a read-only entry is this mm's alone before it is pinned.")             \
	BOTH(a, set_referenced, "referenced bit", "The folio is marked as referenced, for reclaim.")

#endif
