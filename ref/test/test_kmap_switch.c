// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kmap stacks across task switches and under nested contexts: every pair of depths, what is
 * saved and reported, and how deep the stack gets.
 */
#include <array_size.h>

#include "kmap_suite.h"

static const unsigned depths[] = { 0, 1, 2, 4, 8, 15 };

/* ---- switches ---- */

static void map_all(struct kmap_test *t, uintptr_t *addr, unsigned nr, uint32_t pfn)
{
	for (unsigned i = 0; i < nr; i++)
		addr[i] = t->st->map(t->cpu, pfn + i);
}

static bool sees_all(struct kmap_test *t, const uintptr_t *addr, unsigned nr, uint32_t pfn)
{
	for (unsigned i = 0; i < nr; i++)
		if (t->st->read(t->cpu, addr[i]) != pfn + i)
			return false;
	return true;
}

static void unmap_all(struct kmap_test *t, const uintptr_t *addr, unsigned nr)
{
	while (nr--)
		t->st->unmap(t->cpu, addr[nr]);
}

static unsigned live_slots(struct kmap_test *t)
{
	unsigned nr = 0;

	for (unsigned slot = 0; slot < t->st->layout->nr_slots; slot++)
		nr += kmap_slot(t->area, 0, slot) != t->st->layout->pte_none;
	return nr;
}

/* As the scheduler calls it: prev's part with interrupts off, next's with them on. */
static void switch_to(struct kmap_test *t, struct kmap_task *next)
{
	int flags = ref_irq_save();

	t->st->prepare_switch(t->cpu, next);
	REF_WRITE_ONCE(t->cpu->current, next);
	ref_irq_restore(flags);
	t->st->finish_switch(t->cpu);
}

/* Whether each task sees its own pages whenever it runs, and no others are mapped. */
static bool pair_works(struct kmap_test *t, unsigned nr_a, unsigned nr_b)
{
	uintptr_t a[15], b[15];
	struct kmap_task other = { 0 };
	bool works;

	map_all(t, a, nr_a, 20);
	switch_to(t, &other);
	works = !live_slots(t) && !t->st->index(t->cpu);
	map_all(t, b, nr_b, 60);
	for (int i = 0; i < 3; i++) {
		works = works && sees_all(t, b, nr_b, 60) && live_slots(t) == nr_b;
		switch_to(t, &t->task);
		works = works && sees_all(t, a, nr_a, 20) && live_slots(t) == nr_a;
		t->st->switch_to(t->cpu, &other);
	}
	unmap_all(t, b, nr_b);
	switch_to(t, &t->task);
	works = works && sees_all(t, a, nr_a, 20);
	unmap_all(t, a, nr_a);
	return works && kmap_leftover(t->area) < 0 && !t->nr_reports && !t->st->index(t->cpu) &&
	       kmap_may_migrate(&t->task) && kmap_may_migrate(&other);
}

static void test_pairs(const struct kmap_stack *st)
{
	unsigned nr = 0;

	for (size_t i = 0; i < ARRAY_SIZE(depths); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(depths); j++) {
			struct kmap_test t;

			kmap_test_begin(&t, st, 1);
			nr += pair_works(&t, depths[i], depths[j]);
			if (t.nr_reports)
				diag("%s %u %u: %s", st->design, depths[i], depths[j], t.text);
			kmap_test_end(&t);
		}
	}
	ok(nr == ARRAY_SIZE(depths) * ARRAY_SIZE(depths),
	   "%s %s %s: %u of %zu pairs of depths switch", st->design, st->layout->name, st->backend,
	   nr, ARRAY_SIZE(depths) * ARRAY_SIZE(depths));
}

/* Nothing interrupts here: this shows only errors that need no interrupt. */
static bool switches_alone(const struct kmap_stack *st)
{
	return strcmp(st->design, "atomic_percpu") && strcmp(st->design, "no_flush") &&
	       strcmp(st->design, "guard_pte_none");
}

/* A task that is switched out without a flush leaves its page in the TLB, where the next task's map
 * finds it. */
static void test_stale(void)
{
	static const char *const designs[] = { "merged", "no_flush" };

	for (int i = 0; i < 2; i++) {
		struct kmap_task other = { 0 };
		struct kmap_test t;
		uintptr_t a, b;

		kmap_test_begin(&t, kmap_stack_find(designs[i], "plain", "tlb"), 1);
		a = t.st->map(t.cpu, 21);
		t.st->read(t.cpu, a);
		t.st->switch_to(t.cpu, &other);
		b = t.st->map(t.cpu, 61);
		ok(a == b && t.st->read(t.cpu, b) == (i ? 21 : 61),
		   "%s: the next task's first map shows %s page", designs[i],
		   i ? "the previous task's" : "its own");
		kmap_test_end(&t);
	}
}

/* ---- what a switch complains about ---- */

static void test_guards(void)
{
	struct kmap_task other = { 0 };
	struct kmap_test t;

	kmap_test_begin(&t, kmap_stack_find("merged", "xtensa", "memory"), 1);
	t.st->map(t.cpu, 21);
	t.st->switch_to(t.cpu, &other);
	t.st->switch_to(t.cpu, &t.task);
	ok(kmap_test_reported(&t, -1), "xtensa: guards that hold 0 are fine");
	t.task.ctrl.narrow.pteval[0] = 0x55063;
	t.st->switch_to(t.cpu, &other);
	ok(kmap_test_reported(&t, KMAP_GUARD) && t.last.slot == 0 && t.last.pteval == 0x55063 &&
		   !t.last.bug,
	   "a guard that was written to: %s", t.text);
	kmap_test_end(&t);

	kmap_test_begin(&t, kmap_stack_find("guard_pte_none", "xtensa", "memory"), 1);
	t.st->map(t.cpu, 21);
	t.st->switch_to(t.cpu, &other);
	ok(kmap_test_reported(&t, KMAP_GUARD) && t.last.pteval == 0,
	   "busted: pte_none(0) is false on xtensa, and the guard that holds 0 is warned of");
	kmap_test_end(&t);

	kmap_test_begin(&t, kmap_stack_find("merged", "plain", "memory"), 1);
	t.st->map(t.cpu, 21);
	t.st->map(t.cpu, 22);
	t.task.ctrl.narrow.pteval[0] = 0;
	t.st->switch_to(t.cpu, &other);
	ok(kmap_test_reported(&t, KMAP_EMPTY) && t.last.slot == 0, "nothing saved: %s", t.text);
	kmap_test_end(&t);
}

/* ---- contexts on top of one another ---- */

/* A copy from one page to another maps both. */
#define MAPS 2

enum { TASK, FAULT, SOFTIRQ, HARDIRQ, NMI, NR_CONTEXTS };

/* Each context maps, is interrupted by the next with its maps live, and finds them as they were. */
static bool nest(struct kmap_test *t, int context, unsigned maps, int *peak)
{
	uintptr_t addr[8];
	uint32_t pfn = 20 + 8 * context;
	int flags = 0;
	bool works;

	if (context == NR_CONTEXTS)
		return true;
	if (context == FAULT && !kmap_fault_allowed(t->cpu))
		return nest(t, context + 1, maps, peak);
	if (context >= HARDIRQ)
		flags = kmap_irq_enter(t->cpu);
	map_all(t, addr, maps, pfn);
	if (t->st->index(t->cpu) > *peak)
		*peak = t->st->index(t->cpu);
	works = nest(t, context + 1, maps, peak) && sees_all(t, addr, maps, pfn);
	unmap_all(t, addr, maps);
	if (context >= HARDIRQ)
		kmap_irq_exit(t->cpu, flags);
	return works;
}

static int peak_of(const struct kmap_stack *st, unsigned maps)
{
	struct kmap_test t;
	int peak = 0;

	kmap_test_begin(&t, st, 1);
	if (!nest(&t, TASK, maps, &peak) || t.nr_reports || kmap_leftover(t.area) >= 0)
		peak = -1;
	kmap_test_end(&t);
	return peak / st->layout->incr;
}

static void test_nesting(void)
{
	const struct kmap_stack *merged = kmap_stack_find("merged", "plain", "memory");
	const struct kmap_stack *debug = kmap_stack_find("merged", "debug", "memory");
	const struct kmap_stack *atomic = kmap_stack_find("atomic_percpu", "plain", "memory");

	ok(peak_of(merged, 1) == 5 && peak_of(debug, 1) == 5,
	   "a map in each of task, fault, softirq, interrupt and NMI: 5 slots");
	ok(peak_of(merged, MAPS) == 10 && peak_of(debug, MAPS) == 10,
	   "two in each, source and destination of a copy: 10 slots, and it fits");
	ok(peak_of(merged, 3) == 15 && peak_of(debug, 3) == 15, "three in each: 15, the limit");
	ok(peak_of(atomic, MAPS) == 8, "kmap_atomic takes no fault: 8");
}

/* A page fault may sleep: the task is switched out with its maps and the handler's, and back in. */
static void test_fault_sleeps(void)
{
	struct kmap_task other = { 0 };
	uintptr_t a, b, c;
	struct kmap_test t;
	bool works;

	kmap_test_begin(&t, kmap_stack_find("merged", "plain", "memory"), 1);
	a = t.st->map(t.cpu, 21);
	b = t.st->map(t.cpu, 22); /* the handler */
	t.st->switch_to(t.cpu, &other);
	c = t.st->map(t.cpu, 61);
	works = t.st->read(t.cpu, c) == 61;
	t.st->switch_to(t.cpu, &t.task);
	works = works && t.st->read(t.cpu, a) == 21 && t.st->read(t.cpu, b) == 22;
	ok(works && !kmap_may_migrate(&t.task),
	   "a fault taken under a map sleeps with both mapped, and both are there again");
	kmap_test_end(&t);
}

/* ---- another CPU ---- */

/* The address belongs to the CPU that mapped it. */
static bool sees_after_move(const struct kmap_stack *st)
{
	struct kmap_task idle[2] = { 0 };
	struct kmap_test t;
	uint64_t seen;
	uintptr_t a;

	kmap_test_begin(&t, st, 2);
	t.area->cpu[1].current = &idle[1];
	a = t.st->map(t.cpu, 21);
	t.st->switch_to(t.cpu, &idle[0]);
	if (kmap_may_migrate(&t.task)) {
		t.st->switch_to(&t.area->cpu[1], &t.task);
		seen = t.st->read(&t.area->cpu[1], a);
	} else {
		t.st->switch_to(t.cpu, &t.task);
		seen = t.st->read(t.cpu, a);
	}
	kmap_test_end(&t);
	return seen == 21;
}

int main(void)
{
	const struct kmap_stack *st;

	for (size_t i = 0; (st = kmap_stack_at(i)); i++)
		if (switches_alone(st))
			test_pairs(st);
	test_stale();
	test_guards();
	test_nesting();
	test_fault_sleeps();
	ok(sees_after_move(kmap_stack_find("merged", "plain", "memory")),
	   "merged: a task with live maps comes back to its CPU");
	ok(!sees_after_move(kmap_stack_find("no_pin", "plain", "memory")),
	   "busted: moved to another CPU, its address shows nothing");
	return tap_done();
}
