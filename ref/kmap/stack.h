/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one source of all kmap stacks. A design, a layout and a backend are constants of the caller
 * (rows.h), so that each instantiation keeps only its own instructions.
 *
 * A task and the handlers that interrupt it share the CPU's slots and index. A handler undoes its
 * maps before it returns, so an index that the task has read stays valid; only the order of the
 * stores matters. Counters that no other context reads are plain.
 */
#ifndef REF_KMAP_STACK_H
#define REF_KMAP_STACK_H

#include <ref/kmap.h>
#include <ref/port.h>

#include "window.h"

enum kmap_index { KMAP_INDEX_CPU, KMAP_INDEX_TASK };

enum kmap_switch {
	KMAP_SWITCH_NEVER,    /* kmap_atomic: no task is switched out with live maps */
	KMAP_SWITCH_SWEEP,    /* clears and sets all slots in prepare_task_switch() */
	KMAP_SWITCH_POP_PUSH, /* the same place, but the index follows each entry */
	KMAP_SWITCH_SPLIT,    /* clears in prepare_task_switch(), sets in finish_task_switch() */
};

struct kmap_design {
	const char *name;
	enum kmap_index index;
	enum kmap_switch how;
	bool atomic; /* map leaves preemption and page faults off */
	bool pins;   /* a task with live maps may not migrate */
	/* The faults of busted designs. */
	bool unchecked;	     /* map does not test that the slot is free */
	bool index_late;     /* map: the entry first, then the index */
	bool index_early;    /* unmap: the index first, then the entry */
	bool drops_index;    /* sched_out: the index goes down before the slots are cleared */
	bool guard_pte_none; /* takes a guard's saved 0 for an entry where pte_none(0) is false */
	bool linear;	     /* uses base[-index] even where the entries are not linear */
};

struct kmap_backend {
	const char *name;
	bool tlb;	     /* a software TLB, which shows a missing flush */
	bool mappings;	     /* maps real pages */
	unsigned page_shift; /* 0: the area's */
};

/* ---- entries ---- */

#define KMAP_PTE_SHIFT 12
#define KMAP_PTE_PROT 0x163 /* present, writable, accessed, dirty, global: x86's PAGE_KERNEL */

REF_ALWAYS_INLINE uint64_t kmap_pte_get(const struct kmap_layout *l, const void *pte)
{
	if (l->pte_bytes == 4)
		return REF_READ_ONCE(*(const uint32_t *)pte);
	return REF_READ_ONCE(*(const uint64_t *)pte);
}

REF_ALWAYS_INLINE void kmap_pte_set(const struct kmap_layout *l, void *pte, uint64_t val)
{
	if (l->pte_bytes == 4)
		REF_WRITE_ONCE(*(uint32_t *)pte, (uint32_t)val);
	else
		REF_WRITE_ONCE(*(uint64_t *)pte, val);
}

/* Where a task that does not run keeps the entry of its slot. */
REF_ALWAYS_INLINE void *kmap_saved(const struct kmap_layout *l, struct kmap_task *t, int slot)
{
	if (l->pte_bytes == 4)
		return &t->ctrl.narrow.pteval[slot];
	return &t->ctrl.wide.pteval[slot];
}

REF_ALWAYS_INLINE uintptr_t kmap_vaddr(const struct kmap_backend *b, const struct kmap_area *a,
				       unsigned index)
{
	return a->top - ((uintptr_t)(a->begin + index) << (b->page_shift ?: a->page_shift));
}

/* kmap_get_pte(): the entry by index, or by address where the entries are not linear. */
REF_ALWAYS_INLINE void *kmap_pte(const struct kmap_design *d, const struct kmap_layout *l,
				 const struct kmap_area *a, unsigned index, uintptr_t vaddr)
{
	if (l->non_linear && !d->linear)
		return kmap_virt_to_pte(a, vaddr);
	return a->base - (size_t)index * l->pte_bytes;
}

REF_ALWAYS_INLINE void kmap_flush(const struct kmap_backend *b, struct kmap_cpu *cpu,
				  uintptr_t vaddr)
{
	if (b->tlb)
		kmap_tlb_flush(cpu, vaddr);
}

/* ---- a slot ---- */

struct kmap_slot {
	unsigned index;
	uintptr_t vaddr;
	void *pte;
};

REF_ALWAYS_INLINE struct kmap_slot kmap_slot_of(const struct kmap_design *d,
						const struct kmap_layout *l,
						const struct kmap_backend *b,
						const struct kmap_cpu *cpu, int slot)
{
	struct kmap_slot s;

	s.index = slot + l->nr_slots * cpu->id;
	s.vaddr = kmap_vaddr(b, cpu->area, s.index);
	s.pte = kmap_pte(d, l, cpu->area, s.index, s.vaddr);
	return s;
}

REF_ALWAYS_INLINE void kmap_slot_set(const struct kmap_layout *l, const struct kmap_backend *b,
				     struct kmap_cpu *cpu, const struct kmap_slot *s, uint64_t val)
{
	kmap_pte_set(l, s->pte, val);
	if (b->mappings)
		kmap_window_map(cpu, s->vaddr, val >> KMAP_PTE_SHIFT);
	if (l->flush_on_map)
		kmap_flush(b, cpu, s->vaddr);
}

/* `flushed` is the address to flush: the caller's argument, which is not always this slot's. */
REF_ALWAYS_INLINE void kmap_slot_clear(const struct kmap_layout *l, const struct kmap_backend *b,
				       struct kmap_cpu *cpu, const struct kmap_slot *s,
				       uintptr_t flushed)
{
	kmap_pte_set(l, s->pte, l->pte_none);
	if (b->mappings)
		kmap_window_unmap(cpu, s->vaddr);
	if (l->flush_on_unmap)
		kmap_flush(b, cpu, flushed);
}

/* ---- map and unmap ---- */

REF_ALWAYS_INLINE int *kmap_index_of(const struct kmap_design *d, struct kmap_cpu *cpu,
				     struct kmap_task *current)
{
	return d->index == KMAP_INDEX_CPU ? &cpu->idx : &current->ctrl.idx;
}

/* Held from map to unmap. The counts are plain: only this CPU's contexts use them. */
REF_ALWAYS_INLINE void kmap_hold(const struct kmap_design *d, struct kmap_cpu *cpu,
				 struct kmap_task *current, int by)
{
	if (d->pins)
		current->migrate_disabled += by;
	if (d->atomic) {
		cpu->preempt_count += by;
		current->pagefault_disabled += by;
	}
	ref_barrier();
}

/* Preemption off within map and unmap, unless kmap_hold() has turned it off already. */
REF_ALWAYS_INLINE void kmap_preempt(const struct kmap_design *d, struct kmap_cpu *cpu, int by)
{
	ref_barrier();
	if (!d->atomic)
		cpu->preempt_count += by;
	ref_barrier();
}

/* The index goes up before the entry is written: a handler in between pushes above the slot. */
REF_ALWAYS_INLINE uintptr_t kmap_stack_map(const struct kmap_design *d, const struct kmap_layout *l,
					   const struct kmap_backend *b, struct kmap_cpu *cpu,
					   uint32_t pfn)
{
	uint64_t val = (uint64_t)pfn << KMAP_PTE_SHIFT | KMAP_PTE_PROT, old;
	struct kmap_task *current;
	struct kmap_slot s;
	int *idx, n;

	REF_STEP("kmap: map");
	current = REF_READ_ONCE(cpu->current);
	idx = kmap_index_of(d, cpu, current);
	n = REF_READ_ONCE(*idx) + l->incr;
	if (l->checked && ref_unlikely(cpu->hardirq && !ref_this_cpu()->irqs_off))
		kmap_violated(cpu, KMAP_IRQS_ON, n - 1, 0, 0, 0);
	s = kmap_slot_of(d, l, b, cpu, n - 1);
	if ((l->checked && ref_unlikely(n > l->limit)) || ref_unlikely(s.index >= kmap_end(cpu))) {
		kmap_violated(cpu, KMAP_OVERFLOW, n - 1, s.vaddr, 0, 0);
		return 0;
	}
	kmap_hold(d, cpu, current, 1);
	kmap_preempt(d, cpu, 1);
	if (!d->index_late)
		REF_WRITE_ONCE(*idx, n);
	old = d->unchecked ? l->pte_none : kmap_pte_get(l, s.pte);
	if (ref_unlikely(old != l->pte_none)) {
		kmap_violated(cpu, KMAP_SLOT_BUSY, n - 1, s.vaddr, 0, old);
		REF_WRITE_ONCE(*idx, n - l->incr);
		kmap_preempt(d, cpu, -1);
		kmap_hold(d, cpu, current, -1);
		return 0;
	}
	kmap_slot_set(l, b, cpu, &s, val);
	if (d->how == KMAP_SWITCH_SWEEP || d->how == KMAP_SWITCH_SPLIT)
		kmap_pte_set(l, kmap_saved(l, current, n - 1), val);
	if (d->index_late)
		REF_WRITE_ONCE(*idx, n);
	kmap_preempt(d, cpu, -1);
	return s.vaddr;
}

/*
 * Frees the top slot whatever the address, as kunmap_local_indexed(): after an unmap out of order
 * the entry of one map is cleared and the TLB entry of another is flushed. Where entries are found
 * by address it is the other way round.
 */
REF_ALWAYS_INLINE void kmap_stack_unmap(const struct kmap_design *d, const struct kmap_layout *l,
					const struct kmap_backend *b, struct kmap_cpu *cpu,
					uintptr_t vaddr)
{
	struct kmap_task *current;
	struct kmap_slot s;
	int *idx, n;

	REF_STEP("kmap: unmap");
	current = REF_READ_ONCE(cpu->current);
	idx = kmap_index_of(d, cpu, current);
	n = REF_READ_ONCE(*idx);
	vaddr &= -((uintptr_t)1 << (b->page_shift ?: cpu->area->page_shift));
	if (ref_unlikely(!kmap_is_ours(cpu->area, vaddr))) {
		kmap_violated(cpu, KMAP_FOREIGN, -1, vaddr, 0, 0);
		return;
	}
	if (ref_unlikely(n < l->incr)) {
		kmap_violated(cpu, KMAP_UNDERFLOW, -1, vaddr, 0, 0);
		return;
	}
	kmap_preempt(d, cpu, 1);
	s = kmap_slot_of(d, l, b, cpu, n - 1);
	if (l->checked && ref_unlikely(vaddr != s.vaddr))
		kmap_violated(cpu, KMAP_ORDER, n - 1, vaddr, s.vaddr, 0);
	if (l->non_linear && !d->linear)
		s.pte = kmap_virt_to_pte(cpu->area, vaddr);
	if (d->index_early)
		REF_WRITE_ONCE(*idx, n - l->incr);
	kmap_slot_clear(l, b, cpu, &s, vaddr);
	if (d->how == KMAP_SWITCH_SWEEP || d->how == KMAP_SWITCH_SPLIT)
		kmap_pte_set(l, kmap_saved(l, current, n - 1), 0);
	if (!d->index_early)
		REF_WRITE_ONCE(*idx, n - l->incr);
	kmap_preempt(d, cpu, -1);
	kmap_hold(d, cpu, current, -1);
}

/* ---- the task switch ---- */

/* Whether the switch has to clear or set slot `i` of a task; reports a value that is wrong. */
REF_ALWAYS_INLINE bool kmap_slot_saved(const struct kmap_design *d, const struct kmap_layout *l,
				       struct kmap_cpu *cpu, int i, uint64_t val)
{
	if (l->incr == 2 && !(i & 1)) {
		/* By value: pte_none(0) is false on xtensa (Linux 66f133ceab74). */
		if (ref_unlikely(d->guard_pte_none ? val != l->pte_none : val != 0))
			kmap_violated(cpu, KMAP_GUARD, i, 0, 0, val);
		return false;
	}
	if (ref_unlikely(val == l->pte_none)) {
		kmap_violated(cpu, KMAP_EMPTY, i, 0, 0, val);
		return false;
	}
	return true;
}

/* Clears bottom-up and leaves the index as it is: handlers push above all of the task's slots. */
REF_ALWAYS_INLINE void kmap_clear_all(const struct kmap_design *d, const struct kmap_layout *l,
				      const struct kmap_backend *b, struct kmap_cpu *cpu,
				      struct kmap_task *t)
{
	int n = REF_READ_ONCE(t->ctrl.idx);

	if (d->drops_index && n)
		REF_WRITE_ONCE(t->ctrl.idx, 0);
	for (int i = 0; i < n; i++) {
		struct kmap_slot s = kmap_slot_of(d, l, b, cpu, i);

		if (kmap_slot_saved(d, l, cpu, i, kmap_pte_get(l, kmap_saved(l, t, i))))
			kmap_slot_clear(l, b, cpu, &s, s.vaddr);
	}
	if (d->drops_index && n)
		REF_WRITE_ONCE(t->ctrl.idx, n);
}

REF_ALWAYS_INLINE void kmap_set_all(const struct kmap_design *d, const struct kmap_layout *l,
				    const struct kmap_backend *b, struct kmap_cpu *cpu,
				    struct kmap_task *t)
{
	int n = REF_READ_ONCE(t->ctrl.idx);

	for (int i = 0; i < n; i++) {
		struct kmap_slot s = kmap_slot_of(d, l, b, cpu, i);
		uint64_t val = kmap_pte_get(l, kmap_saved(l, t, i));

		if (kmap_slot_saved(d, l, cpu, i, val))
			kmap_slot_set(l, b, cpu, &s, val);
	}
}

/* The index follows each entry: down after the entry is cleared, up before it is set. Only the task
 * switch reads or writes a task's saved index and entries. */
REF_ALWAYS_INLINE void kmap_pop_all(const struct kmap_design *d, const struct kmap_layout *l,
				    const struct kmap_backend *b, struct kmap_cpu *cpu,
				    struct kmap_task *t)
{
	int depth = REF_READ_ONCE(cpu->idx);

	REF_WRITE_ONCE(t->ctrl.idx, depth);
	for (int n = depth; n > 0; n -= l->incr) {
		struct kmap_slot s = kmap_slot_of(d, l, b, cpu, n - 1);

		kmap_pte_set(l, kmap_saved(l, t, n - 1), kmap_pte_get(l, s.pte));
		kmap_slot_clear(l, b, cpu, &s, s.vaddr);
		REF_WRITE_ONCE(cpu->idx, n - l->incr);
	}
}

REF_ALWAYS_INLINE void kmap_push_all(const struct kmap_design *d, const struct kmap_layout *l,
				     const struct kmap_backend *b, struct kmap_cpu *cpu,
				     struct kmap_task *t)
{
	int depth = REF_READ_ONCE(t->ctrl.idx);

	for (int n = l->incr; n <= depth; n += l->incr) {
		struct kmap_slot s = kmap_slot_of(d, l, b, cpu, n - 1);

		REF_WRITE_ONCE(cpu->idx, n);
		kmap_slot_set(l, b, cpu, &s, kmap_pte_get(l, kmap_saved(l, t, n - 1)));
		kmap_pte_set(l, kmap_saved(l, t, n - 1), 0);
	}
	REF_WRITE_ONCE(t->ctrl.idx, 0);
}

REF_ALWAYS_INLINE void kmap_stack_prepare(const struct kmap_design *d, const struct kmap_layout *l,
					  const struct kmap_backend *b, struct kmap_cpu *cpu,
					  struct kmap_task *next)
{
	struct kmap_task *prev;

	REF_STEP("kmap: prepare_task_switch");
	prev = REF_READ_ONCE(cpu->current);
	if (ref_unlikely(cpu->preempt_count))
		kmap_violated(cpu, KMAP_SCHED_ATOMIC, -1, 0, 0, 0);
	if (d->how == KMAP_SWITCH_POP_PUSH) {
		kmap_pop_all(d, l, b, cpu, prev);
		kmap_push_all(d, l, b, cpu, next);
	}
	if (d->how == KMAP_SWITCH_SWEEP || d->how == KMAP_SWITCH_SPLIT)
		kmap_clear_all(d, l, b, cpu, prev);
	if (d->how == KMAP_SWITCH_SWEEP)
		kmap_set_all(d, l, b, cpu, next);
}

REF_ALWAYS_INLINE void kmap_stack_finish(const struct kmap_design *d, const struct kmap_layout *l,
					 const struct kmap_backend *b, struct kmap_cpu *cpu)
{
	REF_STEP("kmap: finish_task_switch");
	if (d->how == KMAP_SWITCH_SPLIT)
		kmap_set_all(d, l, b, cpu, REF_READ_ONCE(cpu->current));
}

/* ---- access through a map ---- */

REF_ALWAYS_INLINE uint64_t kmap_stack_read(const struct kmap_layout *l,
					   const struct kmap_backend *b, struct kmap_cpu *cpu,
					   uintptr_t vaddr)
{
	uint64_t pte;

	REF_STEP("kmap: access");
	if (b->mappings)
		return *(volatile uint64_t *)vaddr;
	if (!kmap_is_ours(cpu->area, vaddr))
		return kmap_direct_read(cpu->area, vaddr);
	/* Finds the entry by address, as the MMU does. */
	pte = b->tlb ? kmap_tlb_load(cpu, vaddr)
		     : kmap_pte_get(l, kmap_virt_to_pte(cpu->area, vaddr));
	if (ref_unlikely(pte == l->pte_none))
		return KMAP_HOLE;
	return *kmap_page_word(cpu->area, pte >> KMAP_PTE_SHIFT);
}

#endif
