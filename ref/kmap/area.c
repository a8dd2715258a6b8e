// SPDX-License-Identifier: GPL-2.0-or-later
/* kmap: the area of slots, its software TLB, reports, and the calls around the stacks. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <ref/kmap.h>
#include <ref/port.h>

#include "window.h"

/* arm's FIXADDR_TOP; MEMORY_BEGIN entries of the fixmap come before kmap's first. */
#define MEMORY_TOP ((uintptr_t)0xffeff000u)
#define MEMORY_BEGIN 8
/* arm: a page holds 512 entries of Linux's own, then two hardware tables of 256 entries each. */
#define TABLE_SHIFT 21
#define TABLE_PTES 512
#define TABLE_ENTRIES (2 * TABLE_PTES)

#define ALIGN_UP(x, to) (((x) + (to)-1) / (to) * (to))

/* ---- layout ---- */

unsigned kmap_depth(const struct kmap_layout *l)
{
	return l->limit / l->incr;
}

/* Only for layouts that save maps per task; struct kmap_ctrl has an entry per slot of a CPU. */
size_t kmap_ctrl_size(const struct kmap_layout *l)
{
	size_t first = l->pte_bytes == 4 ? offsetof(union kmap_ctrl, narrow.pteval)
					 : offsetof(union kmap_ctrl, wide.pteval);

	return first + (size_t)l->nr_slots * l->pte_bytes;
}

uintptr_t kmap_fix_to_virt(const struct kmap_area *a, unsigned index)
{
	return a->top - ((uintptr_t)(a->begin + index) << a->page_shift);
}

void *kmap_virt_to_pte(const struct kmap_area *a, uintptr_t vaddr)
{
	uintptr_t highest = kmap_fix_to_virt(a, 0);

	if (!a->layout->non_linear)
		return a->base -
		       ((highest - vaddr + ((uintptr_t)1 << a->page_shift) - 1) >> a->page_shift) *
			       a->layout->pte_bytes;
	return a->ptes + (((vaddr >> TABLE_SHIFT) - a->first_table) * TABLE_ENTRIES +
			  (vaddr >> a->page_shift) % TABLE_PTES) *
				 a->layout->pte_bytes;
}

static uint64_t pte_value(const struct kmap_layout *l, const void *pte)
{
	return l->pte_bytes == 4 ? *(const uint32_t *)pte : *(const uint64_t *)pte;
}

uint64_t kmap_slot(const struct kmap_area *a, unsigned cpu, unsigned slot)
{
	unsigned index = slot + cpu * a->layout->nr_slots;

	return pte_value(a->layout, kmap_virt_to_pte(a, kmap_fix_to_virt(a, index)));
}

long kmap_leftover(const struct kmap_area *a)
{
	for (unsigned cpu = 0; cpu < a->nr_cpus; cpu++)
		for (unsigned slot = 0; slot < a->layout->nr_slots; slot++)
			if (kmap_slot(a, cpu, slot) != a->layout->pte_none)
				return (long)cpu * a->layout->nr_slots + slot;
	return -1;
}

/* ---- creation ---- */

/* Where each part of the one allocation starts. */
struct parts {
	size_t ptes, ptes_size, pages, tlbs, size;
	uintptr_t first_table;
};

static struct parts parts_of(const struct kmap_stack *st, const struct kmap_opts *o)
{
	unsigned nr_entries = st->layout->nr_slots * o->nr_cpus;
	uintptr_t lowest = MEMORY_TOP - ((uintptr_t)(MEMORY_BEGIN + nr_entries - 1) << 12);
	struct parts p = { .first_table = lowest >> TABLE_SHIFT };

	p.ptes = ALIGN_UP(sizeof(struct kmap_area) + o->nr_cpus * sizeof(struct kmap_cpu), 64);
	p.ptes_size = nr_entries * st->layout->pte_bytes;
	if (st->layout->non_linear)
		p.ptes_size = ((MEMORY_TOP >> TABLE_SHIFT) - p.first_table + 1) * TABLE_ENTRIES *
			      st->layout->pte_bytes;
	p.pages = ALIGN_UP(p.ptes + p.ptes_size, 64);
	p.tlbs = p.pages;
	if (strcmp(st->backend, "mappings"))
		p.tlbs += o->nr_pages * sizeof(uint64_t);
	p.size = p.tlbs;
	if (!strcmp(st->backend, "tlb"))
		p.size += (size_t)o->nr_cpus * nr_entries * sizeof(uint64_t);
	return p;
}

static void fill(struct kmap_area *a, const struct parts *p, bool tlb)
{
	const struct kmap_layout *l = a->layout;

	for (size_t off = 0; off < a->ptes_size; off += l->pte_bytes) {
		if (l->pte_bytes == 4)
			*(uint32_t *)(a->ptes + off) = (uint32_t)l->pte_none;
		else
			*(uint64_t *)(a->ptes + off) = l->pte_none;
	}
	for (unsigned i = 0; i < a->nr_cpus; i++) {
		a->cpu[i].area = a;
		a->cpu[i].id = i;
		if (tlb)
			a->cpu[i].tlb = (uint64_t *)((char *)a + p->tlbs) + i * a->nr_entries;
	}
	for (uint32_t pfn = 0; pfn < a->nr_pages; pfn++)
		*kmap_page_word(a, pfn) = pfn;
}

int kmap_area_create(const struct kmap_stack *st, const struct kmap_opts *o,
		     struct kmap_area **area)
{
	struct parts p = parts_of(st, o);
	struct kmap_area *a;
	int err = 0;

	if (!o->nr_cpus || !o->nr_pages || o->highstart > o->nr_pages ||
	    (st->layout->pte_bytes == 4 && o->nr_pages >= 1u << 20))
		return -EINVAL;
	a = ref_alloc(p.size + 64);
	if (!a)
		return -ENOMEM;
	a->layout = st->layout;
	a->size = p.size;
	a->nr_cpus = o->nr_cpus;
	a->nr_entries = st->layout->nr_slots * o->nr_cpus;
	a->page_shift = 12;
	a->nr_pages = o->nr_pages;
	a->highstart = o->highstart;
	a->top = MEMORY_TOP;
	a->begin = MEMORY_BEGIN;
	a->ptes = (char *)a + p.ptes;
	a->ptes_size = p.ptes_size;
	a->base = a->ptes + p.ptes_size - st->layout->pte_bytes;
	a->first_table = p.first_table;
	if (st->layout->non_linear) /* for stacks that use base[-index] all the same */
		a->base = kmap_virt_to_pte(a, kmap_fix_to_virt(a, 0));
	a->pages = (char *)a + p.pages;
	a->content_shift = 3;
	a->report = o->report;
	a->report_arg = o->report_arg;
	a->fd = -1;
	if (!strcmp(st->backend, "mappings"))
		err = kmap_window_create(a);
	if (err) {
		ref_free(a);
		return err;
	}
	fill(a, &p, !strcmp(st->backend, "tlb"));
	*area = a;
	return 0;
}

void kmap_area_destroy(struct kmap_area *a)
{
	if (a->window)
		kmap_window_destroy(a);
	ref_free(a);
}

uint64_t *kmap_page_word(struct kmap_area *a, uint32_t pfn)
{
	return (uint64_t *)(a->pages + ((size_t)pfn << a->content_shift));
}

/* ---- the software TLB: keeps a loaded entry until it is flushed ---- */

static uint64_t *tlb_entry(struct kmap_cpu *cpu, uintptr_t vaddr)
{
	return &cpu->tlb[(kmap_fix_to_virt(cpu->area, 0) - vaddr) >> cpu->area->page_shift];
}

void kmap_tlb_flush(struct kmap_cpu *cpu, uintptr_t vaddr)
{
	REF_WRITE_ONCE(*tlb_entry(cpu, vaddr), 0);
}

uint64_t kmap_tlb_load(struct kmap_cpu *cpu, uintptr_t vaddr)
{
	const struct kmap_layout *l = cpu->area->layout;
	uint64_t *entry = tlb_entry(cpu, vaddr), val = REF_READ_ONCE(*entry);
	void *pte;

	if (val)
		return val;
	pte = kmap_virt_to_pte(cpu->area, vaddr);
	val = l->pte_bytes == 4 ? REF_READ_ONCE(*(uint32_t *)pte) : REF_READ_ONCE(*(uint64_t *)pte);
	if (val != l->pte_none)
		REF_WRITE_ONCE(*entry, val);
	return val;
}

void kmap_tlb_evict(struct kmap_cpu *cpu)
{
	for (unsigned i = 0; cpu->tlb && i < cpu->area->nr_entries; i++)
		REF_WRITE_ONCE(cpu->tlb[i], 0);
}

/* ---- lowmem ---- */

static uintptr_t direct_address(struct kmap_area *a, uint32_t pfn)
{
	if (a->window)
		return (uintptr_t)a->pages + ((uintptr_t)pfn << a->page_shift);
	return KMAP_PAGE_OFFSET + ((uintptr_t)pfn << a->page_shift);
}

uint64_t kmap_direct_read(struct kmap_area *a, uintptr_t vaddr)
{
	uintptr_t first = direct_address(a, 0);

	if (vaddr < first || (vaddr - first) >> a->page_shift >= a->highstart)
		return KMAP_HOLE;
	return *kmap_page_word(a, (vaddr - first) >> a->page_shift);
}

uintptr_t kmap_local_page(const struct kmap_stack *stack, struct kmap_cpu *cpu, uint32_t pfn)
{
	if (pfn < cpu->area->highstart && !stack->layout->force_map)
		return direct_address(cpu->area, pfn);
	return stack->map(cpu, pfn);
}

void kunmap_local(const struct kmap_stack *stack, struct kmap_cpu *cpu, uintptr_t vaddr)
{
	if (!stack->layout->force_map && kmap_direct_read(cpu->area, vaddr) != KMAP_HOLE)
		return;
	stack->unmap(cpu, vaddr);
}

uintptr_t kmap_atomic(const struct kmap_stack *stack, struct kmap_cpu *cpu, uint32_t pfn)
{
	cpu->preempt_count++;
	cpu->current->pagefault_disabled++;
	ref_barrier();
	return kmap_local_page(stack, cpu, pfn);
}

void kunmap_atomic(const struct kmap_stack *stack, struct kmap_cpu *cpu, uintptr_t vaddr)
{
	kunmap_local(stack, cpu, vaddr);
	ref_barrier();
	cpu->current->pagefault_disabled--;
	cpu->preempt_count--;
}

/* ---- tasks and contexts ---- */

void kmap_local_fork(struct kmap_cpu *cpu, struct kmap_task *child)
{
	if (child->ctrl.idx) {
		kmap_violated(cpu, KMAP_FORK, child->ctrl.idx - 1, 0, 0, 0);
		memset(&child->ctrl, 0, sizeof(child->ctrl));
	}
	child->migrate_disabled = 0;
	child->pagefault_disabled = 0;
}

/* arch_exit_to_user_mode_prepare()'s kmap_assert_nomap(). */
void kmap_assert_nomap(const struct kmap_stack *stack, struct kmap_cpu *cpu)
{
	int idx = stack->index(cpu);

	if (idx)
		kmap_violated(cpu, KMAP_EXIT, idx - 1, 0, 0, 0);
}

int kmap_irq_enter(struct kmap_cpu *cpu)
{
	int flags = ref_irq_save();

	cpu->hardirq++;
	ref_barrier();
	return flags;
}

void kmap_irq_exit(struct kmap_cpu *cpu, int flags)
{
	ref_barrier();
	cpu->hardirq--;
	ref_irq_restore(flags);
}

bool kmap_fault_allowed(const struct kmap_cpu *cpu)
{
	return !cpu->current->pagefault_disabled;
}

bool kmap_may_migrate(const struct kmap_task *task)
{
	return !task->migrate_disabled;
}

/* ---- reports ---- */

static const struct {
	bool bug;
	const char *text;
} violations[] = {
	[KMAP_OVERFLOW] = { true, "stack overflow" },
	[KMAP_UNDERFLOW] = { true, "unmapped more than was mapped" },
	[KMAP_SLOT_BUSY] = { true, "the slot to map in is in use" },
	[KMAP_ORDER] = { false, "not unmapped in the reverse order of mapping" },
	[KMAP_GUARD] = { false, "a guard slot holds something" },
	[KMAP_EMPTY] = { false, "a live slot has nothing saved" },
	[KMAP_FOREIGN] = { false, "unmapped an address that no map returned" },
	[KMAP_IRQS_ON] = { false, "mapped in a hard interrupt with interrupts on" },
	[KMAP_FORK] = { false, "a task was copied with live maps" },
	[KMAP_EXIT] = { false, "return to user space with live maps" },
	[KMAP_SCHED_ATOMIC] = { true, "task switch in an atomic map" },
	[KMAP_REFUSED] = { true, "the system refused to change a mapping" },
};

__attribute__((noinline, cold)) void kmap_violated(struct kmap_cpu *cpu, enum kmap_violation what,
						   int slot, uintptr_t addr, uintptr_t expected,
						   uint64_t pteval)
{
	struct kmap_area *a = cpu->area;
	struct kmap_report r = { .what = what,
				 .bug = violations[what].bug,
				 .cpu = cpu->id,
				 .slot = slot,
				 .addr = addr,
				 .expected = expected,
				 .pteval = pteval };

	ref_fetch_add(&a->reported[what], 1);
	if (!r.bug && (ref_fetch_or(&a->warned, 1u << what) & 1u << what))
		return;
	if (a->report)
		a->report(a->report_arg, &r);
}

void kmap_report_text(const struct kmap_report *r, char *buf, size_t size)
{
	int n = snprintf(buf, size, "%s: kmap: %s: CPU %u", r->bug ? "BUG" : "WARNING",
			 violations[r->what].text, r->cpu);

	if (r->slot >= 0 && (size_t)n < size)
		n += snprintf(buf + n, size - n, " slot %d", r->slot);
	if (r->addr && (size_t)n < size)
		n += snprintf(buf + n, size - n, " address %#lx", (unsigned long)r->addr);
	if (r->expected && (size_t)n < size)
		n += snprintf(buf + n, size - n, " expected %#lx", (unsigned long)r->expected);
	if (r->pteval && (size_t)n < size)
		snprintf(buf + n, size - n, " entry %#llx", (unsigned long long)r->pteval);
}
