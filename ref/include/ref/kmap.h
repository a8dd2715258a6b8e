/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Temporary mappings of highmem pages: a stack of slots per CPU, in the designs that were argued
 * about, over slots in memory or over real mappings.
 *
 * A slot is a page-table entry of the fixmap: entry FIX_KMAP_BEGIN + slot + slots per CPU * cpu,
 * at FIXADDR_TOP less that many pages, so addresses descend. Mapping pushes: the index goes up, and
 * the slot below it is written; unmapping pops. Interrupts, softirqs and page faults push on top of
 * what they interrupted and pop before they return. When the scheduler may switch tasks with live
 * maps, the slots have to change hands, and the designs differ in how:
 *
 *   atomic_percpu	up to Linux 5.10: the index is the CPU's, preemption and page faults are
 *			off from map to unmap, nothing is ever switched.
 *   rfc_task_sweep	the RFC of September 2020 (20200919091751.011116649@linutronix.de, its
 *			patch 14): the index is the task's; prepare_task_switch() clears prev's
 *			slots and sets next's in one sweep, with current still prev. Busted where
 *			a handler that maps lands in it, and next's stack is deeper than prev's:
 *			the handler takes the slot at prev's index, which is next's already.
 *   linus_pop_push	the answer to it (Torvalds, 20 September 2020): the CPU's index stays the
 *			only live one. The switch pops prev's entries one by one and pushes
 *			next's, so that the index is at or above every live slot at each
 *			instruction.
 *   merged		Linux 5.11 and later (mm/highmem.c, kernel/sched/core.c):
 *			prepare_task_switch() clears with current still prev and prev's index left
 *			up, and finish_task_switch() sets with current already next, whose index
 *			is up.
 *
 * A CPU here is a struct kmap_cpu, and `current` is what it holds; one thread (or simulated CPU) at
 * a time uses it. Nothing takes a lock. What the kernel answers to a violation with BUG or WARN
 * comes as a struct kmap_report; after a BUG, which the kernel's caller does not survive, the call
 * has done nothing.
 */
#ifndef REF_KMAP_H
#define REF_KMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KMAP_MAX_SLOTS 41      /* per CPU, of any layout */
#define KMAP_CTRL_SLOTS 41     /* saved per task, of any layout */
#define KMAP_HOLE UINT64_MAX   /* read where nothing is mapped; natively a real one is SIGSEGV */

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

/* What the configuration and the architecture decide. */
struct kmap_layout {
	const char *name;
	unsigned nr_slots;	/* per CPU: KM_MAX_IDX, before 5.11 KM_TYPE_NR */
	int limit;		/* the highest value the index may have */
	int incr;		/* 2: every other slot is a guard */
	unsigned pte_bytes;
	uint64_t pte_none;	/* what pte_clear() writes; not 0 on xtensa */
	bool checked;		/* false: depth and order are not looked at (no DEBUG_HIGHMEM) */
	bool flush_on_map;	/* arm, mips, powerpc... */
	bool flush_on_unmap;	/* all but a busted one */
	bool non_linear;	/* arm: entries are not in descending order behind one another */
	bool force_map;		/* lowmem pages are mapped too (DEBUG_KMAP_LOCAL_FORCE_MAP) */
};

struct kmap_task {
	int migrate_disabled;	/* > 0: has to come back to the CPU where its maps are */
	int pagefault_disabled; /* > 0: a fault is not handled but fails */
	union kmap_ctrl ctrl;
};

enum kmap_violation {
	KMAP_OVERFLOW,	     /* BUG: deeper than the layout allows */
	KMAP_UNDERFLOW,	     /* BUG: unmapped what is not mapped */
	KMAP_SLOT_BUSY,	     /* BUG: the slot to map in holds something */
	KMAP_ORDER,	     /* WARN once: not the address mapped last */
	KMAP_GUARD,	     /* WARN once: something in a guard slot */
	KMAP_EMPTY,	     /* WARN once: a slot below the index with nothing saved for it */
	KMAP_FOREIGN,	     /* WARN once: no address of ours */
	KMAP_IRQS_ON,	     /* WARN once: in a hard interrupt with interrupts on */
	KMAP_FORK,	     /* WARN once: a task with live maps was copied */
	KMAP_EXIT,	     /* WARN once: returns to user space with live maps */
	KMAP_SCHED_ATOMIC,   /* BUG: task switch under kmap_atomic */
	KMAP_REFUSED,	     /* BUG: backend mappings, out of memory or of mappings */
	KMAP_NR_VIOLATIONS
};

struct kmap_report {
	enum kmap_violation what;
	bool bug;	    /* false: a warning, and what was asked for has been done */
	unsigned cpu;
	int slot;	    /* on that CPU; -1: none */
	uintptr_t addr;	    /* given */
	uintptr_t expected; /* the address of the slot on top */
	uint64_t pteval;    /* found in the slot, or saved for it */
};
/* One line, as the kernel's: "BUG: kmap: ..." or "WARNING: kmap: ...". */
void kmap_report_text(const struct kmap_report *r, char *buf, size_t size);

struct kmap_cpu {
	struct kmap_area *area;
	struct kmap_task *current;
	unsigned id;
	int idx;	   /* of the designs whose index is the CPU's */
	int preempt_count;
	int hardirq;
	uint64_t *tlb;	   /* of backend tlb: per entry of the area, 0 or what was loaded */
} __attribute__((aligned(64)));

/* The fixmap's part for kmap, of all CPUs, and the pages that can be mapped. */
struct kmap_area {
	const struct kmap_layout *layout;
	size_t size;		/* of this and all behind it, which is one allocation */
	unsigned nr_cpus;
	unsigned nr_entries;	/* nr_slots * CPUs */
	unsigned page_shift;
	uint32_t nr_pages, highstart;
	uintptr_t top;		/* FIXADDR_TOP */
	unsigned begin;		/* FIX_KMAP_BEGIN */
	char *base;		/* the entry of FIX_KMAP_BEGIN: base[-index] where linear */
	char *ptes;		/* all entries; non_linear: tables, the hardware's behind ours */
	size_t ptes_size;
	uintptr_t first_table;	/* non_linear: address >> 21 of the first of them */
	char *pages;		/* memory: a word each; mappings: all pages, mapped for good */
	unsigned content_shift;
	unsigned warned;	/* bit per enum kmap_violation */
	int reported[KMAP_NR_VIOLATIONS];
	/* Called for each BUG, and the first of each WARN, in the context that maps. Or NULL. */
	void (*report)(void *arg, const struct kmap_report *r);
	void *report_arg;
	char *window;		/* mappings: reserved, from the lowest address on */
	size_t window_size;
	int fd;
	struct kmap_cpu cpu[];
};

/* A design in a layout over a backend: "memory", "tlb" (memory, with a software TLB that keeps what
 * was read until it is flushed), "mappings" (pages of a memfd mapped into a reserved window). */
struct kmap_stack {
	const char *design, *backend;
	bool busted;
	const struct kmap_layout *layout;
	/* The address; 0 after a BUG. pfn < area->nr_pages. */
	uintptr_t (*map)(struct kmap_cpu *cpu, uint32_t pfn);
	void (*unmap)(struct kmap_cpu *cpu, uintptr_t vaddr);
	/* The scheduler's: prepare() with interrupts as the caller wants them and current still
	 * prev; then cpu->current is stored; then finish(), with interrupts on. */
	void (*prepare_switch)(struct kmap_cpu *cpu, struct kmap_task *next);
	void (*finish_switch)(struct kmap_cpu *cpu);
	/* All three, in the caller's interrupt state. */
	void (*switch_to)(struct kmap_cpu *cpu, struct kmap_task *next);
	/* The first word of the page seen at vaddr, as this CPU sees it; or KMAP_HOLE. */
	uint64_t (*read)(struct kmap_cpu *cpu, uintptr_t vaddr);
	/* The index that counts for the code that runs now. */
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
	uint32_t highstart; /* those below it have an address anyway */
	void (*report)(void *arg, const struct kmap_report *r);
	void *report_arg;
};

/* 0, -ENOMEM, -EINVAL, or for backend mappings any -errno of mmap(2) and memfd_create(2). Not
 * concurrent with anything. Every page's first word is its number. */
int kmap_area_create(const struct kmap_stack *stack, const struct kmap_opts *opts,
		     struct kmap_area **area);
void kmap_area_destroy(struct kmap_area *area);
/* The page's first word, without mapping it. */
uint64_t *kmap_page_word(struct kmap_area *area, uint32_t pfn);
/* How many maps can nest; bytes of struct kmap_ctrl in this layout. */
unsigned kmap_depth(const struct kmap_layout *layout);
size_t kmap_ctrl_size(const struct kmap_layout *layout);
/* Of entry `index` of the area; where the entry of an address is. */
uintptr_t kmap_fix_to_virt(const struct kmap_area *area, unsigned index);
void *kmap_virt_to_pte(const struct kmap_area *area, uintptr_t vaddr);
/* What stands in a slot. */
uint64_t kmap_slot(const struct kmap_area *area, unsigned cpu, unsigned slot);
/* The first slot of any CPU that is not empty, as cpu * nr_slots + slot; -1: none is left. */
long kmap_leftover(const struct kmap_area *area);
/* Backend tlb: the CPU forgets what it had loaded, as it may at any time. */
void kmap_tlb_evict(struct kmap_cpu *cpu);

/* ---- the calls, by their kernel names ---- */

/* A lowmem page has an address; it is mapped only where the layout forces it. */
uintptr_t kmap_local_page(const struct kmap_stack *stack, struct kmap_cpu *cpu, uint32_t pfn);
void kunmap_local(const struct kmap_stack *stack, struct kmap_cpu *cpu, uintptr_t vaddr);
/* The same stack, with preemption and page faults off until kunmap_atomic(). */
uintptr_t kmap_atomic(const struct kmap_stack *stack, struct kmap_cpu *cpu, uint32_t pfn);
void kunmap_atomic(const struct kmap_stack *stack, struct kmap_cpu *cpu, uintptr_t vaddr);
/* `child` is a copy of the running task: it owns none of its maps. */
void kmap_local_fork(struct kmap_cpu *cpu, struct kmap_task *child);
/* On the way to user space nothing may be mapped. */
void kmap_assert_nomap(const struct kmap_stack *stack, struct kmap_cpu *cpu);

/* Around a hard interrupt's handler. Returns what the exit takes. */
int kmap_irq_enter(struct kmap_cpu *cpu);
void kmap_irq_exit(struct kmap_cpu *cpu, int flags);
/* A page fault of the running task may be handled (else the access fails). */
bool kmap_fault_allowed(const struct kmap_cpu *cpu);
/* The load balancer may take the task, which does not run, to another CPU. */
bool kmap_may_migrate(const struct kmap_task *task);

#endif
