/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Temporary mappings of highmem pages: a stack of slots per CPU, in the designs that were argued
 * about, over slots in memory or over real mappings.
 *
 * A slot is a page-table entry of the fixmap: entry FIX_KMAP_BEGIN + slot + slots per CPU * cpu,
 * at FIXADDR_TOP less that many pages, so addresses descend. Mapping pushes: the index goes up,
 * and the slot below it is written; unmapping pops. Interrupts, softirqs and page faults push
 * above the slots of the code that they interrupted and pop before they return. Where the
 * scheduler may switch tasks with live maps, a switch has to swap the slots. The designs differ in
 * how it does:
 *
 *   atomic_percpu	up to Linux 5.10: the index is the CPU's, preemption and page faults are
 *			off from map to unmap, nothing is ever switched.
 *   rfc_task_sweep	the RFC of September 2020 (20200919091751.011116649@linutronix.de, its
 *			patch 14): the index is the task's; prepare_task_switch() clears prev's
 *			slots and sets next's in one sweep, with current still prev. Busted if an
 *			interrupt handler maps during the sweep and next's stack is deeper than
 *			prev's: the handler takes the slot at prev's index, which is next's already.
 *   linus_pop_push	the answer to the RFC (Torvalds, 20 September 2020): the CPU's index stays
 *			the only live index. The switch pops prev's entries one by one and pushes
 *			next's, so that the index is at or above every live slot at each
 *			instruction.
 *   merged		Linux 5.11 and later (mm/highmem.c, kernel/sched/core.c):
 *			prepare_task_switch() clears with current still prev and prev's index left
 *			up, and finish_task_switch() sets with current already next, whose index
 *			is up.
 *
 * A CPU here is a struct kmap_cpu, with its `current` in it; one thread (or simulated CPU) at a
 * time uses it. No function takes a lock. Where the kernel has BUG or WARN, area->report() gets a
 * struct kmap_report; after a BUG, which the kernel's caller does not survive, the call has done
 * nothing.
 */
#ifndef REF_KMAP_H
#define REF_KMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KMAP_MAX_SLOTS 41    /* per CPU, of any layout */
#define KMAP_CTRL_SLOTS 41   /* saved per task, of any layout */
#define KMAP_HOLE UINT64_MAX /* read() gives it where nothing is mapped; "mappings": SIGSEGV */

/* The kernel's struct kmap_ctrl: an index and the saved entries, of 4 or of 8 bytes. */
union kmap_ctrl {
	int idx;
	struct {
		int idx;
		uint32_t pteval[KMAP_CTRL_SLOTS];
	} narrow;
	struct {
		int idx;
		uint64_t pteval[KMAP_CTRL_SLOTS];
	} wide;
};

/* Set by the kernel's configuration and architecture. */
struct kmap_layout {
	const char *name;
	unsigned nr_slots; /* per CPU: KM_MAX_IDX, before 5.11 KM_TYPE_NR */
	int limit;	   /* the highest value the index may have */
	int incr;	   /* 2: every other slot is a guard */
	unsigned pte_bytes;
	uint64_t pte_none;   /* what pte_clear() writes; not 0 on xtensa */
	bool checked;	     /* false: depth and order are not checked (no DEBUG_HIGHMEM) */
	bool flush_on_map;   /* arm, mips, powerpc... */
	bool flush_on_unmap; /* all but a busted one */
	bool non_linear;     /* arm: entries are not in descending order behind one another */
	bool force_map;	     /* lowmem pages are mapped too (DEBUG_KMAP_LOCAL_FORCE_MAP) */
};

struct kmap_task {
	int migrate_disabled;	/* > 0: must run again on the CPU that has its maps */
	int pagefault_disabled; /* > 0: a fault is not handled but fails */
	union kmap_ctrl ctrl;
};

enum kmap_violation {
	KMAP_OVERFLOW,	   /* BUG: deeper than the layout allows */
	KMAP_UNDERFLOW,	   /* BUG: unmap with no map */
	KMAP_SLOT_BUSY,	   /* BUG: the slot to map in is not empty */
	KMAP_ORDER,	   /* WARN once: unmap of another address than the one mapped last */
	KMAP_GUARD,	   /* WARN once: an entry in a guard slot */
	KMAP_EMPTY,	   /* WARN once: a slot below the index without a saved entry */
	KMAP_FOREIGN,	   /* WARN once: an address outside the kmap slots */
	KMAP_IRQS_ON,	   /* WARN once: in a hard interrupt with interrupts on */
	KMAP_FORK,	   /* WARN once: a task with live maps was copied */
	KMAP_EXIT,	   /* WARN once: returns to user space with live maps */
	KMAP_SCHED_ATOMIC, /* BUG: task switch under kmap_atomic */
	KMAP_REFUSED,	   /* BUG: backend mappings, out of memory or of mappings */
	KMAP_NR_VIOLATIONS,
};

struct kmap_report {
	enum kmap_violation what;
	bool bug; /* false: a warning, and the call was carried out */
	unsigned cpu;
	int slot;	    /* on that CPU; -1: none */
	uintptr_t addr;	    /* that the caller gave */
	uintptr_t expected; /* the address of the slot on top */
	uint64_t pteval;    /* found in the slot, or saved for it */
};
/* One line, as the kernel's: "BUG: kmap: ..." or "WARNING: kmap: ...". */
void kmap_report_text(const struct kmap_report *r, char *buf, size_t size);

struct kmap_cpu {
	struct kmap_area *area;
	struct kmap_task *current;
	unsigned id;
	int idx; /* used by designs whose index is the CPU's */
	int preempt_count;
	int hardirq;
	uint64_t *tlb; /* backend tlb: per entry of the area, 0 or the entry loaded */
} __attribute__((aligned(64)));

/* The fixmap's part for kmap, of all CPUs, and the pages that can be mapped. */
struct kmap_area {
	const struct kmap_layout *layout;
	size_t size; /* of the one allocation that holds this and all behind it */
	unsigned nr_cpus;
	unsigned nr_entries; /* nr_slots * CPUs */
	unsigned page_shift;
	uint32_t nr_pages, highstart;
	uintptr_t top;	/* FIXADDR_TOP */
	unsigned begin; /* FIX_KMAP_BEGIN */
	char *base;	/* the entry of FIX_KMAP_BEGIN: base[-index] where linear */
	char *ptes;	/* all entries; non_linear: tables, the hardware's behind ours */
	size_t ptes_size;
	uintptr_t first_table; /* non_linear: address >> 21 of the first of them */
	char *pages;	       /* memory: a word each; mappings: all pages, mapped for good */
	unsigned content_shift;
	unsigned warned; /* bit per enum kmap_violation */
	int reported[KMAP_NR_VIOLATIONS];
	/* Called for each BUG, and the first of each WARN, in the caller's context. Or NULL. */
	void (*report)(void *arg, const struct kmap_report *r);
	void *report_arg;
	char *window; /* mappings: reserved, from the lowest address on */
	size_t window_size;
	int fd;
	struct kmap_cpu cpu[];
};

/* A design in a layout over a backend: "memory", "tlb" (memory, with a software TLB that keeps each
 * entry read until it is flushed), "mappings" (pages of a memfd mapped into a reserved window). */
struct kmap_stack {
	const char *design, *backend;
	bool busted;
	const struct kmap_layout *layout;
	/* Returns the address; 0 after a BUG. pfn < area->nr_pages. */
	uintptr_t (*map)(struct kmap_cpu *cpu, uint32_t pfn);
	void (*unmap)(struct kmap_cpu *cpu, uintptr_t vaddr);
	/* The scheduler calls prepare_switch() with current still prev, interrupts on or off; then
	 * stores cpu->current; then calls finish_switch() with interrupts on. */
	void (*prepare_switch)(struct kmap_cpu *cpu, struct kmap_task *next);
	void (*finish_switch)(struct kmap_cpu *cpu);
	/* All three steps, in the caller's interrupt state. */
	void (*switch_to)(struct kmap_cpu *cpu, struct kmap_task *next);
	/* Returns the first word of the page that this CPU sees at vaddr; or KMAP_HOLE. */
	uint64_t (*read)(struct kmap_cpu *cpu, uintptr_t vaddr);
	/* The live index: the CPU's or current's. */
	int (*index)(const struct kmap_cpu *cpu);
};

size_t kmap_nr_stacks(void);
const struct kmap_stack *kmap_stack_at(size_t i);
/* layout: "plain" | "debug" | "arm" | "xtensa"; NULL when there is none. */
const struct kmap_stack *kmap_stack_find(const char *design, const char *layout,
					 const char *backend);

struct kmap_opts {
	unsigned nr_cpus;
	uint32_t nr_pages;  /* page frames 0.. */
	uint32_t highstart; /* frames below it are lowmem: they have an address anyway */
	void (*report)(void *arg, const struct kmap_report *r);
	void *report_arg;
};

/* 0, -ENOMEM, -EINVAL, or for backend mappings any -errno of mmap(2) and memfd_create(2). Not
 * concurrent with anything. Every page's first word is its number. */
int kmap_area_create(const struct kmap_stack *stack, const struct kmap_opts *opts,
		     struct kmap_area **area);
void kmap_area_destroy(struct kmap_area *area);
/* The page's first word, reached without a kmap. */
uint64_t *kmap_page_word(struct kmap_area *area, uint32_t pfn);
/* How many maps can nest; bytes of union kmap_ctrl in this layout. */
unsigned kmap_depth(const struct kmap_layout *layout);
size_t kmap_ctrl_size(const struct kmap_layout *layout);
/* The address of entry `index` of the area; the entry of an address. */
uintptr_t kmap_fix_to_virt(const struct kmap_area *area, unsigned index);
void *kmap_virt_to_pte(const struct kmap_area *area, uintptr_t vaddr);
/* The entry in a slot. */
uint64_t kmap_slot(const struct kmap_area *area, unsigned cpu, unsigned slot);
/* The first slot of any CPU that is not empty, as cpu * nr_slots + slot; -1: none is left. */
long kmap_leftover(const struct kmap_area *area);
/* Backend tlb: empties the CPU's TLB, as hardware may at any time. */
void kmap_tlb_evict(struct kmap_cpu *cpu);

/* ---- the calls, by their kernel names ---- */

/* Returns the address of a page; maps it only if it is highmem or the layout has force_map. */
uintptr_t kmap_local_page(const struct kmap_stack *stack, struct kmap_cpu *cpu, uint32_t pfn);
void kunmap_local(const struct kmap_stack *stack, struct kmap_cpu *cpu, uintptr_t vaddr);
/* The same stack, with preemption and page faults off until kunmap_atomic(). */
uintptr_t kmap_atomic(const struct kmap_stack *stack, struct kmap_cpu *cpu, uint32_t pfn);
void kunmap_atomic(const struct kmap_stack *stack, struct kmap_cpu *cpu, uintptr_t vaddr);
/* Called with `child`, a copy of the running task: takes away the maps that it does not own. */
void kmap_local_fork(struct kmap_cpu *cpu, struct kmap_task *child);
/* Called on the way to user space: KMAP_EXIT if the task has live maps. */
void kmap_assert_nomap(const struct kmap_stack *stack, struct kmap_cpu *cpu);

/* Called around a hard interrupt's handler. Enter returns the flags for exit. */
int kmap_irq_enter(struct kmap_cpu *cpu);
void kmap_irq_exit(struct kmap_cpu *cpu, int flags);
/* May a page fault of the running task be handled? False: the access fails. */
bool kmap_fault_allowed(const struct kmap_cpu *cpu);
/* May the load balancer take the task, which does not run, to another CPU? */
bool kmap_may_migrate(const struct kmap_task *task);

#endif
