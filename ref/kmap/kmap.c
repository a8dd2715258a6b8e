// SPDX-License-Identifier: GPL-2.0-or-later
/* The kmap stacks of Linux and those proposed for it: each design in its layouts, over both
 * backends. */

#include <array_size.h>
#include <string.h>

#include <ref/kmap_designs.h>

#include "busted.h"
#include "rows.h"

static const struct kmap_design atomic_percpu = {
	.name = "atomic_percpu",
	.index = KMAP_INDEX_CPU,
	.how = KMAP_SWITCH_NEVER,
	.atomic = true,
};
static const struct kmap_design rfc_task_sweep = {
	.name = "rfc_task_sweep",
	.index = KMAP_INDEX_TASK,
	.how = KMAP_SWITCH_SWEEP,
	.pins = true,
};
static const struct kmap_design linus_pop_push = {
	.name = "linus_pop_push",
	.index = KMAP_INDEX_CPU,
	.how = KMAP_SWITCH_POP_PUSH,
	.pins = true,
};
static const struct kmap_design merged = {
	.name = "merged",
	.index = KMAP_INDEX_TASK,
	.how = KMAP_SWITCH_SPLIT,
	.pins = true,
};

/* Whether the list marks a stack as busted. */
#define IS_GOOD(name, ...) busted_##name = false,
#define IS_BUSTED(name, ...) busted_##name = true,
enum { KMAP_DESIGNS(IS_GOOD, IS_BUSTED) };

/* X(name of the functions, design, layout, backend) */
#define STACKS(X)                                                                                  \
	X(atomic_plain_memory, atomic_percpu, kmap_layout_atomic, memory)                          \
	X(atomic_plain_mappings, atomic_percpu, kmap_layout_atomic, mappings)                      \
	X(atomic_debug_memory, atomic_percpu, kmap_layout_atomic_debug, memory)                    \
	X(atomic_debug_mappings, atomic_percpu, kmap_layout_atomic_debug, mappings)                \
	X(rfc_plain_memory, rfc_task_sweep, kmap_layout_rfc, memory)                               \
	X(rfc_plain_mappings, rfc_task_sweep, kmap_layout_rfc, mappings)                           \
	X(rfc_debug_memory, rfc_task_sweep, kmap_layout_atomic_debug, memory)                      \
	X(rfc_debug_mappings, rfc_task_sweep, kmap_layout_atomic_debug, mappings)                  \
	X(linus_plain_memory, linus_pop_push, kmap_layout_rfc, memory)                             \
	X(linus_plain_mappings, linus_pop_push, kmap_layout_rfc, mappings)                         \
	X(linus_debug_memory, linus_pop_push, kmap_layout_atomic_debug, memory)                    \
	X(linus_debug_mappings, linus_pop_push, kmap_layout_atomic_debug, mappings)                \
	X(merged_plain_memory, merged, kmap_layout_plain, memory)                                  \
	X(merged_plain_tlb, merged, kmap_layout_plain, tlb)                                        \
	X(merged_plain_mappings, merged, kmap_layout_plain, mappings)                              \
	X(merged_debug_memory, merged, kmap_layout_debug, memory)                                  \
	X(merged_debug_mappings, merged, kmap_layout_debug, mappings)                              \
	X(merged_arm_memory, merged, kmap_layout_arm, memory)                                      \
	X(merged_arm_tlb, merged, kmap_layout_arm, tlb)                                            \
	X(merged_xtensa_memory, merged, kmap_layout_xtensa, memory)

#define FUNCTIONS(id, d, l, b) KMAP_STACK(id, d, l, kmap_backend_##b)
STACKS(FUNCTIONS)

#define ROW(id, d, l, b) KMAP_STACK_ROW(id, #d, l, #b, busted_##d),
static const struct kmap_stack stacks[] = { STACKS(ROW) };

size_t kmap_nr_stacks(void)
{
	return ARRAY_SIZE(stacks) + kmap_nr_busted;
}

const struct kmap_stack *kmap_stack_at(size_t i)
{
	if (i < ARRAY_SIZE(stacks))
		return &stacks[i];
	return i < kmap_nr_stacks() ? &kmap_busted[i - ARRAY_SIZE(stacks)] : NULL;
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
