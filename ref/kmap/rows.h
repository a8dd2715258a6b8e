/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layouts and backends of the stacks, and the macro that instantiates a stack. */
#ifndef REF_KMAP_ROWS_H
#define REF_KMAP_ROWS_H

#include "stack.h"

/*
 * include/asm-generic/kmap_size.h: KM_MAX_IDX is 16, or with DEBUG_KMAP_LOCAL 33, of which the odd
 * slots are used. The index may not reach KM_MAX_IDX, so that one slot stays unused: 15 can be
 * used without DEBUG_KMAP_LOCAL and 16 with it. The debug layout is x86-64's, which maps lowmem
 * too, with entries of eight bytes.
 */
static const struct kmap_layout kmap_layout_plain = {
	.name = "plain",
	.nr_slots = 16,
	.limit = 15,
	.incr = 1,
	.pte_bytes = 4,
	.checked = true,
	.flush_on_unmap = true,
};
static const struct kmap_layout kmap_layout_debug = {
	.name = "debug",
	.nr_slots = 33,
	.limit = 32,
	.incr = 2,
	.pte_bytes = 8,
	.checked = true,
	.flush_on_unmap = true,
	.force_map = true,
};

/*
 * include/asm-generic/kmap_types.h up to 5.10: KM_TYPE_NR is 20, or 41 with DEBUG_HIGHMEM, whose
 * extra slots had once been guards. Only DEBUG_HIGHMEM checks the depth; the RFC always does.
 */
static const struct kmap_layout kmap_layout_atomic = {
	.name = "plain",
	.nr_slots = 20,
	.limit = 20,
	.incr = 1,
	.pte_bytes = 4,
	.flush_on_unmap = true,
};
static const struct kmap_layout kmap_layout_atomic_debug = {
	.name = "debug",
	.nr_slots = 41,
	.limit = 41,
	.incr = 1,
	.pte_bytes = 4,
	.checked = true,
	.flush_on_unmap = true,
};
static const struct kmap_layout kmap_layout_rfc = {
	.name = "plain",
	.nr_slots = 20,
	.limit = 20,
	.incr = 1,
	.pte_bytes = 4,
	.checked = true,
	.flush_on_unmap = true,
};

/* arch/arm: KMAP_LOCAL_NON_LINEAR_PTE_ARRAY, and flushes both ways. */
static const struct kmap_layout kmap_layout_arm = {
	.name = "arm",
	.nr_slots = 16,
	.limit = 15,
	.incr = 1,
	.pte_bytes = 4,
	.checked = true,
	.flush_on_map = true,
	.flush_on_unmap = true,
	.non_linear = true,
};

/* arch/xtensa/include/asm/pgtable.h: _PAGE_CA_INVALID | _PAGE_USER is what pte_none() tests for. */
static const struct kmap_layout kmap_layout_xtensa = {
	.name = "xtensa",
	.nr_slots = 33,
	.limit = 32,
	.incr = 2,
	.pte_bytes = 4,
	.pte_none = 3 << 2 | 1 << 4,
	.checked = true,
	.flush_on_unmap = true,
};

static const struct kmap_backend kmap_backend_memory = { .name = "memory", .page_shift = 12 };
static const struct kmap_backend kmap_backend_tlb = { .name = "tlb",
						      .tlb = true,
						      .page_shift = 12 };
static const struct kmap_backend kmap_backend_mappings = { .name = "mappings", .mappings = true };

/* The functions of one stack, and its row: KMAP_STACK_ROW in an array of struct kmap_stack. */
#define KMAP_STACK(id, d, l, b)                                                                    \
	static uintptr_t id##_map(struct kmap_cpu *cpu, uint32_t pfn)                              \
	{                                                                                          \
		return kmap_stack_map(&d, &l, &b, cpu, pfn);                                       \
	}                                                                                          \
	static void id##_unmap(struct kmap_cpu *cpu, uintptr_t vaddr)                              \
	{                                                                                          \
		kmap_stack_unmap(&d, &l, &b, cpu, vaddr);                                          \
	}                                                                                          \
	static void id##_prepare(struct kmap_cpu *cpu, struct kmap_task *next)                     \
	{                                                                                          \
		kmap_stack_prepare(&d, &l, &b, cpu, next);                                         \
	}                                                                                          \
	static void id##_finish(struct kmap_cpu *cpu)                                              \
	{                                                                                          \
		kmap_stack_finish(&d, &l, &b, cpu);                                                \
	}                                                                                          \
	static void id##_switch(struct kmap_cpu *cpu, struct kmap_task *next)                      \
	{                                                                                          \
		kmap_stack_prepare(&d, &l, &b, cpu, next);                                         \
		REF_WRITE_ONCE(cpu->current, next);                                                \
		kmap_stack_finish(&d, &l, &b, cpu);                                                \
	}                                                                                          \
	static uint64_t id##_read(struct kmap_cpu *cpu, uintptr_t vaddr)                           \
	{                                                                                          \
		return kmap_stack_read(&l, &b, cpu, vaddr);                                        \
	}                                                                                          \
	static int id##_index(const struct kmap_cpu *cpu)                                          \
	{                                                                                          \
		return d.index == KMAP_INDEX_CPU ? cpu->idx : cpu->current->ctrl.idx;              \
	}

#define KMAP_STACK_ROW(id, called, l, b, is_busted)                                                \
	{                                                                                          \
		.design = called, .backend = b, .busted = is_busted, .layout = &l,                 \
		.map = id##_map, .unmap = id##_unmap, .prepare_switch = id##_prepare,              \
		.finish_switch = id##_finish, .switch_to = id##_switch, .read = id##_read,         \
		.index = id##_index,                                                               \
	}

#endif
