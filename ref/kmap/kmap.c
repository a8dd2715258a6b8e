// SPDX-License-Identifier: GPL-2.0-or-later
// The kmap stacks as they were, or might have been: each design in its layouts, over both backends.

#include <string.h>

#include "busted.h"
#include "rows.h"

static const struct kmap_design atomic_percpu = {
	.name = "atomic_percpu", .index = KMAP_INDEX_CPU, .how = KMAP_SWITCH_NEVER, .atomic = true,
};
static const struct kmap_design rfc_task_sweep = {
	.name = "rfc_task_sweep", .index = KMAP_INDEX_TASK, .how = KMAP_SWITCH_SWEEP, .pins = true,
};
static const struct kmap_design linus_pop_push = {
	.name = "linus_pop_push", .index = KMAP_INDEX_CPU, .how = KMAP_SWITCH_POP_PUSH,
	.pins = true,
};
static const struct kmap_design merged = {
	.name = "merged", .index = KMAP_INDEX_TASK, .how = KMAP_SWITCH_SPLIT, .pins = true,
};

/* X(name of the functions, design, layout, backend) */
#define STACKS(X)                                                                                  \
	X(atomic_plain_memory, atomic_percpu, kmap_layout_atomic, memory, false)                   \
	X(atomic_plain_mappings, atomic_percpu, kmap_layout_atomic, mappings, false)               \
	X(atomic_debug_memory, atomic_percpu, kmap_layout_atomic_debug, memory, false)             \
	X(atomic_debug_mappings, atomic_percpu, kmap_layout_atomic_debug, mappings,                \
	  false)                                                                                   \
	X(rfc_plain_memory, rfc_task_sweep, kmap_layout_rfc, memory, true)                         \
	X(rfc_plain_mappings, rfc_task_sweep, kmap_layout_rfc, mappings, true)                     \
	X(rfc_debug_memory, rfc_task_sweep, kmap_layout_atomic_debug, memory, true)                \
	X(rfc_debug_mappings, rfc_task_sweep, kmap_layout_atomic_debug, mappings, true)            \
	X(linus_plain_memory, linus_pop_push, kmap_layout_rfc, memory, false)                      \
	X(linus_plain_mappings, linus_pop_push, kmap_layout_rfc, mappings, false)                  \
	X(linus_debug_memory, linus_pop_push, kmap_layout_atomic_debug, memory, false)             \
	X(linus_debug_mappings, linus_pop_push, kmap_layout_atomic_debug, mappings,                \
	  false)                                                                                   \
	X(merged_plain_memory, merged, kmap_layout_plain, memory, false)                           \
	X(merged_plain_tlb, merged, kmap_layout_plain, tlb, false)                                 \
	X(merged_plain_mappings, merged, kmap_layout_plain, mappings, false)                       \
	X(merged_debug_memory, merged, kmap_layout_debug, memory, false)                           \
	X(merged_debug_mappings, merged, kmap_layout_debug, mappings, false)                       \
	X(merged_arm_memory, merged, kmap_layout_arm, memory, false)                               \
	X(merged_arm_tlb, merged, kmap_layout_arm, tlb, false)                                     \
	X(merged_xtensa_memory, merged, kmap_layout_xtensa, memory, false)

#define FUNCTIONS(id, d, l, b, busted) KMAP_STACK(id, d, l, kmap_backend_##b)
STACKS(FUNCTIONS)

#define ROW(id, d, l, b, busted) KMAP_STACK_ROW(id, #d, l, #b, busted),
static const struct kmap_stack stacks[] = { STACKS(ROW) };

#define NR_STACKS (sizeof(stacks) / sizeof(stacks[0]))

size_t kmap_nr_stacks(void)
{
	return NR_STACKS + kmap_nr_busted;
}

const struct kmap_stack *kmap_stack_at(size_t i)
{
	if (i < NR_STACKS)
		return &stacks[i];
	return i < kmap_nr_stacks() ? &kmap_busted[i - NR_STACKS] : NULL;
}

const struct kmap_stack *kmap_stack_find(const char *design, const char *layout,
					 const char *backend)
{
	const struct kmap_stack *s;

	for (size_t i = 0; (s = kmap_stack_at(i)); i++)
		if (!strcmp(s->design, design) && !strcmp(s->layout->name, layout) &&
		    !strcmp(s->backend, backend))
			return s;
	return NULL;
}
