// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Models of kmap: a CPU that switches between two tasks with live maps while interrupts, softirqs,
 * NMIs and page faults map on top; and a task that two CPUs could run.
 *
 * Both tasks have their maps when a schedule starts. It runs the switches; every task and handler
 * reads its pages back through its own addresses, and unmaps them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <ref/kmap.h>
#include <ref/port.h>

#include "models.h"

#define LIVE "a live kmap slot never changes under its owner"
#define COVERED "the index is at or above every live slot"
#define NONE_LEFT "no kmap slot is left over"
#define QUIET "no BUG and no WARN of kmap"

#define MAX_MAPS 4
#define IRQ (1u << EXPLORE_IRQ)
#define SOFTIRQ (1u << EXPLORE_SOFTIRQ)
#define NMI (1u << EXPLORE_NMI)
#define FAULT (1u << EXPLORE_FAULT)

/* The first page of each context; pages are told apart by their numbers. */
enum {
	PREV_PFN = 1,
	NEXT_PFN = PREV_PFN + MAX_MAPS,
	HANDLER_PFN = NEXT_PFN + MAX_MAPS,
	NR_PFNS = HANDLER_PFN + EXPLORE_NR_CONTEXTS,
};

struct kmap_case {
	const char *design, *layout, *backend; /* layout NULL: plain; backend NULL: memory */
	unsigned prev, next; /* maps of the task that runs first, and of the other */
	unsigned contexts;   /* mask of contexts that land */
	unsigned times;	     /* how often each of them may land; 0: once */
	bool hook_irqs_off;  /* prepare_task_switch() as the scheduler calls it */
	bool covered;	     /* COVERED is checked after every step */
	void (*task)(void *arg);
	void (*other_cpu)(void *arg); /* NULL: one CPU */
	void (*fault)(void *arg);     /* NULL: handler(), as for the other contexts */
};

static struct {
	const struct kmap_case *c;
	const struct kmap_stack *st;
	struct kmap_area *area;
	struct kmap_task *prev, *next, *idle;		    /* idle: the task of the other CPU */
	uintptr_t prev_addr[MAX_MAPS], next_addr[MAX_MAPS]; /* of setup's maps */
	/* The run queue that two CPUs share. */
	struct queue {
		struct ref_spinlock lock;
		bool waits; /* prev waits for a CPU */
		bool mapped;
	} * queue;
} k;

static struct kmap_cpu *this_cpu(void)
{
	return &k.area->cpu[explore_cpu()];
}

/* ---- what tasks and handlers do ---- */

static void must_show(uintptr_t addr, uint32_t pfn)
{
	uint64_t seen = k.st->read(this_cpu(), addr);

	if (seen == pfn)
		return;
	if (seen == KMAP_HOLE)
		explore_fail(LIVE, "page %u is no longer mapped at %#lx", pfn, (unsigned long)addr);
	else
		explore_fail(LIVE, "page %llu instead of %u is mapped at %#lx",
			     (unsigned long long)seen, pfn, (unsigned long)addr);
}

/* Reads the pages back; the access itself may fault. */
static void look(const uintptr_t *addr, unsigned nr, uint32_t pfn)
{
	explore_faults(k.c->contexts & FAULT);
	for (unsigned i = 0; i < nr; i++)
		must_show(addr[i], pfn + i);
	explore_faults(false);
}

static void unmap(const uintptr_t *addr, unsigned nr)
{
	while (nr--)
		k.st->unmap(this_cpu(), addr[nr]);
}

static void schedule_to(struct kmap_task *to)
{
	struct kmap_cpu *cpu = this_cpu();
	int flags = 0;

	if (k.c->hook_irqs_off)
		flags = ref_irq_save();
	k.st->prepare_switch(cpu, to);
	REF_STEP("switch_to");
	REF_WRITE_ONCE(cpu->current, to);
	if (k.c->hook_irqs_off)
		ref_irq_restore(flags);
	k.st->finish_switch(cpu);
}

/* A handler that maps on top of the live maps. */
static void handler(void *arg)
{
	struct kmap_cpu *cpu = this_cpu();
	enum explore_context context = explore_context();
	uint32_t pfn = HANDLER_PFN + context;
	uintptr_t addr;
	int flags = 0;

	if (context == EXPLORE_FAULT && !kmap_fault_allowed(cpu))
		return;
	if (context == EXPLORE_IRQ)
		flags = kmap_irq_enter(cpu);
	addr = k.st->map(cpu, pfn);
	must_show(addr, pfn);
	k.st->unmap(cpu, addr);
	if (context == EXPLORE_IRQ)
		kmap_irq_exit(cpu, flags);
}

/* A fault that sleeps until its page is there: the task is switched out and in, with its own maps
 * and the handler's. */
static void fault_sleeps(void *arg)
{
	struct kmap_cpu *cpu = this_cpu();
	uint32_t pfn = HANDLER_PFN + EXPLORE_FAULT;
	uintptr_t addr;

	if (cpu->current != k.prev) /* the other task's faults do not sleep here */
		return;
	addr = k.st->map(cpu, pfn);
	schedule_to(k.next);
	if (REF_READ_ONCE(k.next->ctrl.idx)) /* it has not unmapped yet */
		must_show(k.next_addr[0], NEXT_PFN);
	schedule_to(k.prev);
	must_show(addr, pfn);
	k.st->unmap(cpu, addr);
}

/* Runs prev, next, prev until it has unmapped all, and next until it has unmapped all. */
static void switches(void *arg)
{
	schedule_to(k.next);
	look(k.next_addr, k.c->next, NEXT_PFN);
	schedule_to(k.prev);
	look(k.prev_addr, k.c->prev, PREV_PFN);
	unmap(k.prev_addr, k.c->prev);
	schedule_to(k.next);
	unmap(k.next_addr, k.c->next);
}

/* One switch, for stacks that every map and unmap is interrupted on. */
static void one_switch(void *arg)
{
	look(k.prev_addr, k.c->prev, PREV_PFN);
	schedule_to(k.next);
	look(k.next_addr, k.c->next, NEXT_PFN);
	unmap(k.next_addr, k.c->next);
	schedule_to(k.prev);
	look(k.prev_addr, k.c->prev, PREV_PFN);
	unmap(k.prev_addr, k.c->prev);
}

/* No task comes back: one switch, to next. */
static void one_way(void *arg)
{
	schedule_to(k.next);
	look(k.next_addr, k.c->next, NEXT_PFN);
	unmap(k.next_addr, k.c->next);
}

/* No switch: the task makes maps on top of those of setup. */
static void maps(void *arg)
{
	uintptr_t addr = k.st->map(this_cpu(), NEXT_PFN);

	look(&addr, 1, NEXT_PFN);
	look(k.prev_addr, k.c->prev, PREV_PFN);
	k.st->unmap(this_cpu(), addr);
	unmap(k.prev_addr, k.c->prev);
	kmap_assert_nomap(k.st, this_cpu());
}

static void unmaps_out_of_order(void *arg)
{
	for (unsigned i = 0; i < k.c->prev; i++)
		k.st->unmap(this_cpu(), k.prev_addr[i]);
}

static void never_unmaps(void *arg)
{
	look(k.prev_addr, k.c->prev, PREV_PFN);
}

static void exits_mapped(void *arg)
{
	kmap_assert_nomap(k.st, this_cpu());
	unmap(k.prev_addr, k.c->prev);
}

/* ---- two CPUs and one task ---- */

/* Switches from prev to the CPU's idle task; a CPU that may run prev can take it from then on. */
static void put_prev(struct kmap_task *idle)
{
	struct kmap_cpu *cpu = this_cpu();

	ref_spin_lock(&k.queue->lock);
	k.st->prepare_switch(cpu, idle);
	REF_WRITE_ONCE(cpu->current, idle);
	k.queue->waits = true;
	ref_spin_unlock(&k.queue->lock);
	k.st->finish_switch(cpu);
}

static bool take_prev(bool at_home)
{
	struct kmap_cpu *cpu = this_cpu();
	bool take;

	ref_spin_lock(&k.queue->lock);
	take = k.queue->waits && (at_home || kmap_may_migrate(k.prev));
	if (take) {
		k.queue->waits = false;
		k.st->prepare_switch(cpu, k.prev);
		REF_WRITE_ONCE(cpu->current, k.prev);
	}
	ref_spin_unlock(&k.queue->lock);
	if (take)
		k.st->finish_switch(cpu);
	return take;
}

/* Runs prev: it reads through the map that it had, or through a new one. */
static void run_prev(void)
{
	uintptr_t addr = k.prev_addr[0];
	uint32_t pfn = PREV_PFN;

	if (!k.queue->mapped) {
		pfn = NEXT_PFN;
		addr = k.st->map(this_cpu(), pfn);
	}
	must_show(addr, pfn);
	k.st->unmap(this_cpu(), addr);
	k.queue->mapped = false;
}

static void home_cpu(void *arg)
{
	put_prev(k.next);
	if (take_prev(true)) {
		run_prev();
		put_prev(k.next);
	}
}

static void other_cpu(void *arg)
{
	for (int i = 0; i < 2; i++) {
		if (take_prev(false)) {
			run_prev();
			put_prev(k.idle);
		}
	}
}

/* ---- invariants ---- */

static void on_report(void *arg, const struct kmap_report *r)
{
	char text[160];

	kmap_report_text(r, text, sizeof(text));
	explore_fail(QUIET, "%s", text);
}

static bool covered(void *arg, char *why, size_t size)
{
	const struct kmap_cpu *cpu = k.area->cpu;

	for (int slot = k.st->index(cpu); slot < 2 * MAX_MAPS; slot++) {
		if (kmap_slot(k.area, 0, slot) == k.area->layout->pte_none)
			continue;
		snprintf(why, size, "slot %d is live, the index %d", slot, k.st->index(cpu));
		return false;
	}
	return true;
}

static bool none_left(void *arg, char *why, size_t size)
{
	long slot = kmap_leftover(k.area);

	if (slot < 0)
		return true;
	snprintf(why, size, "slot %ld holds %#llx", slot,
		 (unsigned long long)kmap_slot(k.area, 0, slot));
	return false;
}

/* ---- setup ---- */

static void name_task(struct explore *e, struct kmap_task *t, const char *name)
{
	bool narrow = k.area->layout->pte_bytes == 4;

	explore_name(e, t, 1, 1, "%s", name);
	explore_name(e, &t->ctrl.idx, sizeof(int), 1, "%s.idx", name);
	explore_name(e, narrow ? (void *)t->ctrl.narrow.pteval : (void *)t->ctrl.wide.pteval,
		     k.area->layout->pte_bytes, 2 * MAX_MAPS, "%s.pteval", name);
}

static void name_all(struct explore *e)
{
	name_task(e, k.prev, "prev");
	name_task(e, k.next, "next");
	for (unsigned cpu = 0; cpu < k.area->nr_cpus; cpu++) {
		explore_name(e, &k.area->cpu[cpu].current, sizeof(void *), 1, "cpu%u.current", cpu);
		explore_name(e, &k.area->cpu[cpu].idx, sizeof(int), 1, "cpu%u.idx", cpu);
		for (unsigned slot = 0; slot < 2 * MAX_MAPS; slot++) {
			uintptr_t addr =
				kmap_fix_to_virt(k.area, slot + cpu * k.area->layout->nr_slots);

			explore_name(e, kmap_virt_to_pte(k.area, addr), k.area->layout->pte_bytes,
				     1, "cpu%u.slot[%u]", cpu, slot);
		}
	}
}

/* Sets up: prev runs on CPU 0 with its maps live; next does not run, and its maps are saved. */
static void map_both(void)
{
	struct kmap_cpu *cpu = k.area->cpu;

	cpu->current = k.next;
	for (unsigned i = 0; i < k.c->next; i++)
		k.next_addr[i] = k.st->map(cpu, NEXT_PFN + i);
	k.st->switch_to(cpu, k.prev);
	for (unsigned i = 0; i < k.c->prev; i++)
		k.prev_addr[i] = k.st->map(cpu, PREV_PFN + i);
}

static void add_interrupts(struct explore *e)
{
	for (enum explore_context x = EXPLORE_SOFTIRQ; x < EXPLORE_NR_CONTEXTS; x++)
		if (k.c->contexts & 1u << x)
			explore_interrupt(e, 0, x, explore_context_name(x),
					  x == EXPLORE_FAULT && k.c->fault ? k.c->fault : handler,
					  NULL, k.c->times ?: 1);
}

static int setup(struct explore *e, const void *arg)
{
	struct kmap_opts opts = { .nr_cpus = 1, .nr_pages = NR_PFNS, .report = on_report };
	struct kmap_task *tasks = explore_alloc(e, 3 * sizeof(*tasks));
	int err;

	memset(&k, 0, sizeof(k));
	k.c = arg;
	k.queue = explore_alloc(e, sizeof(*k.queue));
	k.st = kmap_stack_find(k.c->design, k.c->layout ?: "plain", k.c->backend ?: "memory");
	if (!k.st)
		return -ENOENT;
	if (!tasks || !k.queue)
		return -ENOMEM;
	opts.nr_cpus += !!k.c->other_cpu;
	err = kmap_area_create(k.st, &opts, &k.area);
	if (err)
		return err;
	k.prev = tasks;
	k.next = tasks + 1;
	k.idle = tasks + 2;
	if (k.c->other_cpu)
		k.area->cpu[1].current = k.idle;
	k.queue->mapped = true;
	map_both();
	k.area->warned = 0; /* a warning in setup must not hide the explorer's */
	explore_memory(e, k.area, k.area->size);
	name_all(e);
	explore_task(e, 0, "task", k.c->task, NULL);
	if (k.c->other_cpu)
		explore_task(e, 1, "balancer", k.c->other_cpu, NULL);
	add_interrupts(e);
	if (k.c->covered)
		explore_invariant(e, COVERED, covered, NULL, false);
	explore_invariant(e, NONE_LEFT, none_left, NULL, true);
	return 0;
}

static void teardown(const void *arg)
{
	if (k.area)
		kmap_area_destroy(k.area);
	k.area = NULL;
}

/* ---- the rows ---- */

#define CASE(...) (&(const struct kmap_case){ __VA_ARGS__ })
#define MODEL(variant_, summary_, nr_cpus_, ...)                                                   \
	{                                                                                          \
		.mechanism = "kmap", .variant = variant_, .summary = summary_,                     \
		.nr_cpus = nr_cpus_, .setup = setup, .teardown = teardown,                         \
		.arg = CASE(__VA_ARGS__)                                                           \
	}
/* Code of a busted variant, where it cannot break. */
#define HARMLESS(variant_, code_, summary_, nr_cpus_, ...)                                         \
	{                                                                                          \
		.mechanism = "kmap", .variant = variant_, .summary = summary_,                     \
		.nr_cpus = nr_cpus_, .busted_code = code_, .setup = setup, .teardown = teardown,   \
		.arg = CASE(__VA_ARGS__)                                                           \
	}
#define BUSTED(variant_, caught_by_, summary_, nr_cpus_, ...)                                      \
	{                                                                                          \
		.mechanism = "kmap", .variant = variant_, .summary = summary_,                     \
		.nr_cpus = nr_cpus_, .busted = true, .caught_by = caught_by_, .setup = setup,      \
		.teardown = teardown, .arg = CASE(__VA_ARGS__)                                     \
	}

const struct explore_model explore_kmap_models[] = {
	MODEL("atomic_percpu",
	      "do interrupts, softirqs, NMIs and faults nest on kmap_atomic's per-CPU index", 1,
	      .design = "atomic_percpu", .prev = 1, .contexts = IRQ | SOFTIRQ | NMI | FAULT,
	      .covered = true, .task = maps),
	BUSTED("rfc_task_sweep", QUIET,
	       "RFC of September 2020: does an interrupt hit next's slots when next's stack is deeper",
	       1, .design = "rfc_task_sweep", .prev = 1, .next = 2, .contexts = IRQ,
	       .task = switches),
	BUSTED("rfc_unchecked", LIVE,
	       "the RFC where nothing tests the slot: does next resume with a hole", 1,
	       .design = "rfc_unchecked", .prev = 1, .next = 2, .contexts = IRQ, .task = switches),
	BUSTED("rfc_task_sweep_nmi", QUIET,
	       "the RFC with interrupts off in the scheduler, as it was: does an NMI hit next's slots",
	       1, .design = "rfc_task_sweep", .prev = 1, .next = 2, .contexts = IRQ | NMI,
	       .hook_irqs_off = true, .task = switches),
	HARMLESS(
		"rfc_task_sweep_irqs_off", "rfc_task_sweep",
		"the RFC with interrupts off in the scheduler: is an interrupt kept out of the sweep",
		1, .design = "rfc_task_sweep", .prev = 1, .next = 2, .contexts = IRQ | SOFTIRQ,
		.hook_irqs_off = true, .task = switches),
	HARMLESS(
		"rfc_task_sweep_shallower", "rfc_task_sweep",
		"the RFC where prev's stack is at least as deep as next's: is the interrupt harmless",
		1, .design = "rfc_task_sweep", .prev = 2, .next = 2, .contexts = IRQ | NMI,
		.task = one_way),
	MODEL("linus_pop_push",
	      "Torvalds' answer to the RFC: pop prev's, push next's, the index always right", 1,
	      .design = "linus_pop_push", .prev = 1, .next = 2, .contexts = IRQ, .times = 3,
	      .covered = true, .task = switches),
	MODEL("linus_pop_push_nested",
	      "Torvalds' answer to the RFC under everything that can interrupt "
	      "at once",
	      1, .design = "linus_pop_push", .prev = 2, .next = 1,
	      .contexts = IRQ | SOFTIRQ | NMI | FAULT, .task = one_switch),
	MODEL("merged", "Linux 5.11: clear with current still prev, set with current already next",
	      1, .design = "merged", .prev = 1, .next = 2, .contexts = IRQ, .times = 3,
	      .covered = true, .task = switches),
	MODEL("merged_shallower", "Linux 5.11: a switch to a shallower stack", 1,
	      .design = "merged", .prev = 2, .next = 1, .contexts = IRQ | SOFTIRQ,
	      .task = switches),
	MODEL("merged_nested",
	      "the merged design under everything that can interrupt at once, at any instruction",
	      1, .design = "merged", .prev = 1, .next = 2, .contexts = IRQ | SOFTIRQ | NMI | FAULT,
	      .task = one_switch),
	MODEL("merged_scheduler",
	      "the merged design as the scheduler calls it: out with interrupts "
	      "off, in with them on",
	      1, .design = "merged", .prev = 1, .next = 2, .contexts = IRQ | NMI,
	      .hook_irqs_off = true, .task = switches),
	MODEL("merged_debug", "the merged design with guard slots between the maps", 1,
	      .design = "merged", .layout = "debug", .prev = 1, .next = 2, .contexts = IRQ,
	      .times = 2, .task = one_switch),
	MODEL("merged_fault_sleeps",
	      "a page fault under a map that maps itself and sleeps: are all maps there again", 1,
	      .design = "merged", .prev = 1, .next = 1, .contexts = FAULT | IRQ,
	      .fault = fault_sleeps, .task = one_switch),
	MODEL("merged_migrate",
	      "migrate_disable: is a task with live maps left to the CPU whose slots they are", 2,
	      .design = "merged", .prev = 1, .task = home_cpu, .other_cpu = other_cpu),
	{ .mechanism = "kmap",
	  .variant = "merged_migrate_delayed",
	  .summary = "migrate_disable with delayed stores: is a task with live maps "
		     "left to the CPU whose slots they are",
	  .nr_cpus = 2,
	  .mode = EXPLORE_STORE_BUFFER,
	  .setup = setup,
	  .teardown = teardown,
	  .arg = CASE(.design = "merged", .prev = 1, .task = home_cpu, .other_cpu = other_cpu) },
	BUSTED("no_pin", LIVE, "without migrate_disable: what does its address show on another CPU",
	       2, .design = "no_pin", .prev = 1, .task = home_cpu, .other_cpu = other_cpu),
	BUSTED("index_late", COVERED, "map writes the entry before it raises the index", 1,
	       .design = "index_late", .prev = 1, .covered = true, .task = maps),
	BUSTED("index_late_irq", QUIET,
	       "map writes the entry before it raises the index, and an interrupt "
	       "maps in between",
	       1, .design = "index_late", .prev = 1, .contexts = IRQ, .task = maps),
	BUSTED("index_early", QUIET, "unmap lowers the index before it clears the entry", 1,
	       .design = "index_early", .prev = 1, .contexts = IRQ, .task = maps),
	BUSTED("drops_index", QUIET, "sched_out lowers prev's index before it clears the slots", 1,
	       .design = "drops_index", .prev = 1, .next = 1, .contexts = IRQ, .task = one_switch),
	BUSTED("no_flush", LIVE, "entries are cleared and the TLB keeps them, across a switch", 1,
	       .design = "no_flush", .backend = "tlb", .prev = 1, .next = 1, .task = one_switch),
	BUSTED("guard_pte_none", QUIET,
	       "a guard's 0 taken for an entry, where pte_none(0) is false", 1,
	       .design = "guard_pte_none", .layout = "xtensa", .prev = 1, .next = 1,
	       .task = one_switch),
	BUSTED("unmap_out_of_order", QUIET, "the map made first is unmapped first", 1,
	       .design = "merged", .prev = 2, .task = unmaps_out_of_order),
	BUSTED("never_unmaps", NONE_LEFT, "a task ends with a live map", 1, .design = "merged",
	       .prev = 1, .task = never_unmaps),
	BUSTED("exits_mapped", QUIET, "a task returns to user space with a live map", 1,
	       .design = "merged", .prev = 1, .task = exits_mapped),
	{ 0 },
};
