/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The area's side of the stacks: bounds, TLB, real mappings, reports. */
#ifndef REF_KMAP_WINDOW_H
#define REF_KMAP_WINDOW_H

#include <ref/kmap.h>
#include <ref/port.h>

/* A lowmem page's address in the memory backends: PAGE_OFFSET of a 32-bit kernel. */
#define KMAP_PAGE_OFFSET ((uintptr_t)0xc0000000u)

void kmap_violated(struct kmap_cpu *cpu, enum kmap_violation what, int slot, uintptr_t addr,
		   uintptr_t expected, uint64_t pteval);
void kmap_tlb_flush(struct kmap_cpu *cpu, uintptr_t vaddr);
uint64_t kmap_tlb_load(struct kmap_cpu *cpu, uintptr_t vaddr);
/* A lowmem page by its own address, or KMAP_HOLE. */
uint64_t kmap_direct_read(struct kmap_area *area, uintptr_t vaddr);

/* Backend mappings. Map and unmap are one system call each, async-signal-safe, that changes the
 * page table and shoots the TLB down; a failure is reported as KMAP_REFUSED, errno as the entry. */
int kmap_window_create(struct kmap_area *area);
void kmap_window_destroy(struct kmap_area *area);
void kmap_window_map(struct kmap_cpu *cpu, uintptr_t vaddr, uint32_t pfn);
void kmap_window_unmap(struct kmap_cpu *cpu, uintptr_t vaddr);

REF_ALWAYS_INLINE unsigned kmap_end(const struct kmap_cpu *cpu)
{
	return cpu->area->nr_entries;
}

/* FIX_KMAP_END..FIX_KMAP_BEGIN */
REF_ALWAYS_INLINE bool kmap_is_ours(const struct kmap_area *a, uintptr_t vaddr)
{
	uintptr_t highest = a->top - ((uintptr_t)a->begin << a->page_shift);
	uintptr_t last = highest + ((uintptr_t)1 << a->page_shift) - 1;

	return vaddr <= last && (last - vaddr) >> a->page_shift < a->nr_entries;
}

#endif
