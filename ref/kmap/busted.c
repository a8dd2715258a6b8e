// SPDX-License-Identifier: GPL-2.0-or-later
/* Busted kmap stacks, each with one fault, for the checks that have to catch them. */

#include <array_size.h>

#include "busted.h"
#include "rows.h"

/* The RFC as Torvalds read it, without the test that the slot is free: the handler maps over next's
 * entry and clears it, and the task `next` goes on without that entry. */
static const struct kmap_design rfc_unchecked = {
	.name = "rfc_unchecked",
	.index = KMAP_INDEX_TASK,
	.how = KMAP_SWITCH_SWEEP,
	.pins = true,
	.unchecked = true,
};
/* A handler between the entry and the index pushes over the entry. */
static const struct kmap_design index_late = {
	.name = "index_late",
	.index = KMAP_INDEX_TASK,
	.how = KMAP_SWITCH_SPLIT,
	.pins = true,
	.index_late = true,
};
/* A handler between the index and the entry finds a slot that is still in use. */
static const struct kmap_design index_early = {
	.name = "index_early",
	.index = KMAP_INDEX_TASK,
	.how = KMAP_SWITCH_SPLIT,
	.pins = true,
	.index_early = true,
};
/* The merged design whose sched_out does not leave prev's index up. */
static const struct kmap_design drops_index = {
	.name = "drops_index",
	.index = KMAP_INDEX_TASK,
	.how = KMAP_SWITCH_SPLIT,
	.pins = true,
	.drops_index = true,
};
/* The merged design without migrate_disable(): after a migration the address is another CPU's. */
static const struct kmap_design no_pin = {
	.name = "no_pin",
	.index = KMAP_INDEX_TASK,
	.how = KMAP_SWITCH_SPLIT,
};
/* Up to 5.18: a false warning at each switch of a task with live maps, on xtensa only. */
static const struct kmap_design guard_pte_none = {
	.name = "guard_pte_none",
	.index = KMAP_INDEX_TASK,
	.how = KMAP_SWITCH_SPLIT,
	.pins = true,
	.guard_pte_none = true,
};
/* Addresses arm's entries as an array. */
static const struct kmap_design linear = {
	.name = "linear",
	.index = KMAP_INDEX_TASK,
	.how = KMAP_SWITCH_SPLIT,
	.pins = true,
	.linear = true,
};
/* Clears an entry without a flush: the CPU may go on using the translation that it has loaded. */
static const struct kmap_design no_flush = {
	.name = "no_flush",
	.index = KMAP_INDEX_TASK,
	.how = KMAP_SWITCH_SPLIT,
	.pins = true,
};
static const struct kmap_layout layout_no_flush = {
	.name = "plain",
	.nr_slots = 16,
	.limit = 15,
	.incr = 1,
	.pte_bytes = 4,
	.checked = true,
};

/* X(design, layout, backend) */
#define STACKS(X)                                                                                  \
	X(rfc_unchecked, kmap_layout_rfc, memory)                                                  \
	X(index_late, kmap_layout_plain, memory)                                                   \
	X(index_early, kmap_layout_plain, memory)                                                  \
	X(drops_index, kmap_layout_plain, memory)                                                  \
	X(no_pin, kmap_layout_plain, memory)                                                       \
	X(guard_pte_none, kmap_layout_xtensa, memory)                                              \
	X(linear, kmap_layout_arm, memory)                                                         \
	X(no_flush, layout_no_flush, tlb)

#define FUNCTIONS(d, l, b) KMAP_STACK(d, d, l, kmap_backend_##b)
STACKS(FUNCTIONS)

#define ROW(d, l, b) KMAP_STACK_ROW(d, #d, l, #b, true),
const struct kmap_stack kmap_busted[] = { STACKS(ROW) };
const size_t kmap_nr_busted = ARRAY_SIZE(kmap_busted);
