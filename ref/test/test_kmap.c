// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kmap stacks on one CPU: how deep each is, which slots and addresses it uses, what it saves,
 * and what each violation gets. Every number is the fact sheet's.
 */
#include <array_size.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kmap_suite.h"

/* ---- depth, slots, addresses ---- */

static const struct depth {
	const char *design, *layout;
	unsigned depth, nr_slots, first, step;
} depths[] = {
	{ "merged", "plain", 15, 16, 0, 1 },
	{ "merged", "debug", 16, 33, 1, 2 }, /* 1, 3 .. 31 */
	{ "merged", "arm", 15, 16, 0, 1 },
	{ "merged", "xtensa", 16, 33, 1, 2 },
	{ "rfc_task_sweep", "plain", 20, 20, 0, 1 },
	{ "rfc_task_sweep", "debug", 41, 41, 0, 1 },
	{ "linus_pop_push", "plain", 20, 20, 0, 1 },
	{ "linus_pop_push", "debug", 41, 41, 0, 1 },
	{ "atomic_percpu", "plain", 20, 20, 0, 1 },
	{ "atomic_percpu", "debug", 41, 41, 0, 1 }, /* fences that fence nothing any more */
};

/* Checks, on the second of three CPUs, the slot of each depth, its address, and that it shows its
 * page. */
static bool fills_slots(struct kmap_test *t, const struct depth *d, uintptr_t *addr)
{
	struct kmap_cpu *cpu = &t->area->cpu[1];
	uintptr_t page = (uintptr_t)1 << t->area->page_shift;
	bool right = true;

	for (unsigned i = 0; i < d->depth; i++) {
		unsigned slot = d->first + i * d->step;

		addr[i] = t->st->map(cpu, 20 + i);
		right = right &&
			addr[i] == t->area->top - page * (t->area->begin + slot + d->nr_slots) &&
			t->st->read(cpu, addr[i]) == 20 + i &&
			kmap_slot(t->area, 1, slot) >> 12 == 20 + i;
	}
	for (unsigned slot = 0; slot < d->nr_slots; slot++)
		if (slot < d->first || (slot - d->first) % d->step ||
		    slot > d->first + (d->depth - 1) * d->step)
			right = right && kmap_slot(t->area, 1, slot) == t->area->layout->pte_none;
	return right;
}

static void test_depth(const struct depth *d, const char *backend)
{
	const struct kmap_stack *st = kmap_stack_find(d->design, d->layout, backend);
	uintptr_t addr[KMAP_MAX_SLOTS];
	struct kmap_test t;
	bool right;

	if (!st)
		return;
	kmap_test_begin(&t, st, 3);
	ok(kmap_depth(st->layout) == d->depth && st->layout->nr_slots == d->nr_slots,
	   "%s %s: %u maps of %u slots", d->design, d->layout, d->depth, d->nr_slots);
	ok(fills_slots(&t, d, addr) && kmap_test_reported(&t, -1),
	   "%s %s %s: each map is in its slot and shows its page", d->design, d->layout, backend);
	if (st->layout->checked) {
		right = !st->map(&t.area->cpu[1], 99) && kmap_test_reported(&t, KMAP_OVERFLOW) &&
			t.last.bug && t.last.cpu == 1;
		ok(right, "%s %s %s: one more is a BUG", d->design, d->layout, backend);
	}
	for (unsigned i = d->depth; i--;)
		st->unmap(&t.area->cpu[1], addr[i]);
	ok(kmap_leftover(t.area) < 0 && !st->index(&t.area->cpu[1]) && kmap_test_reported(&t, -1) &&
		   !t.task.migrate_disabled && !t.task.pagefault_disabled &&
		   !t.cpu[1].preempt_count,
	   "%s %s %s: unmapped in reverse, nothing is left", d->design, d->layout, backend);
	kmap_test_end(&t);
}

/* Without DEBUG_HIGHMEM nothing checks the depth: the 21st map of a CPU uses the next CPU's first
 * slot, and is a BUG only if that slot is in use. */
static void test_atomic_overrun(void)
{
	struct kmap_test t;
	uintptr_t addr;

	kmap_test_begin(&t, kmap_stack_find("atomic_percpu", "plain", "memory"), 2);
	for (int i = 0; i < 20; i++)
		t.st->map(t.cpu, 20 + i);
	addr = t.st->map(t.cpu, 50);
	ok(addr && kmap_test_reported(&t, -1) && kmap_slot(t.area, 1, 0) >> 12 == 50,
	   "atomic_percpu without debug: the 21st map is in the next CPU's first slot");
	ok(!t.st->map(&t.area->cpu[1], 51) && kmap_test_reported(&t, KMAP_SLOT_BUSY),
	   "which that CPU finds in use");
	for (int i = 21; i < 40; i++)
		t.st->map(t.cpu, 20);
	ok(!t.st->map(t.cpu, 20) && kmap_test_reported(&t, KMAP_OVERFLOW),
	   "behind the last CPU's slots there are no more");
	kmap_test_end(&t);
}

/* ---- struct kmap_ctrl ---- */

/* Whether a stack of any depth writes no byte of the task beyond the first `size`. */
static bool stays_within(const struct kmap_stack *st, size_t size)
{
	uintptr_t addr[KMAP_MAX_SLOTS];
	struct kmap_task next = { 0 };
	struct kmap_test t;
	bool within = true;
	unsigned n = 0;

	kmap_test_begin(&t, st, 1);
	memset((char *)&t.task.ctrl + size, 0xa5, sizeof(t.task.ctrl) - size);
	while ((addr[n] = st->map(t.cpu, 20 + n)))
		n++;
	st->switch_to(t.cpu, &next);
	st->switch_to(t.cpu, &t.task);
	for (size_t i = size; i < sizeof(t.task.ctrl); i++)
		within = within && ((unsigned char *)&t.task.ctrl)[i] == 0xa5;
	kmap_test_end(&t);
	return within && n == kmap_depth(st->layout);
}

static void test_ctrl(void)
{
	const struct kmap_stack *plain = kmap_stack_find("merged", "plain", "memory");
	const struct kmap_stack *debug = kmap_stack_find("merged", "debug", "memory");

	ok(kmap_ctrl_size(plain->layout) == 68, "struct kmap_ctrl: 68 bytes with 4-byte entries");
	ok(kmap_ctrl_size(debug->layout) == 272, "272 bytes with guards and 8-byte entries");
	ok(stays_within(plain, 68), "and a full stack writes nothing behind the 68");
	ok(stays_within(debug, 272), "nor behind the 272");
	ok(!stays_within(plain, 60), "which this would have seen");
}

/* ---- violations ---- */

static void test_order(void)
{
	struct kmap_test t;
	uintptr_t a, b;

	kmap_test_begin(&t, kmap_stack_find("merged", "plain", "tlb"), 1);
	a = t.st->map(t.cpu, 21);
	b = t.st->map(t.cpu, 22);
	t.st->read(t.cpu, a);
	t.st->read(t.cpu, b);
	t.st->unmap(t.cpu, a);
	ok(t.last.addr == a && t.last.expected == b && t.last.slot == 1 && !t.last.bug &&
		   !strncmp(t.text, "WARNING: kmap: not unmapped in the reverse order", 48) &&
		   kmap_test_reported(&t, KMAP_ORDER),
	   "out of order: %s", t.text);
	ok(!kmap_slot(t.area, 0, 1) && kmap_slot(t.area, 0, 0) >> 12 == 21,
	   "the entry of the map on top is gone, that of the address given stays");
	ok(t.st->read(t.cpu, b) == 22, "the TLB still shows the page that is no longer mapped");
	kmap_tlb_evict(t.cpu);
	ok(t.st->read(t.cpu, b) == KMAP_HOLE, "until it forgets: then a hole");
	b = t.st->map(t.cpu, 23);
	t.st->read(t.cpu, b);
	t.st->unmap(t.cpu, a);
	t.st->map(t.cpu, 24);
	ok(t.st->read(t.cpu, b) == 23, "or, once it is mapped anew, the wrong page");
	ok(kmap_test_reported(&t, -1) && t.area->reported[KMAP_ORDER] == 2,
	   "the second time nothing is said: it is warned of once");
	kmap_test_end(&t);

	kmap_test_begin(&t, kmap_stack_find("merged", "arm", "tlb"), 1);
	a = t.st->map(t.cpu, 21);
	b = t.st->map(t.cpu, 22);
	t.st->read(t.cpu, b);
	t.st->unmap(t.cpu, a);
	ok(kmap_test_reported(&t, KMAP_ORDER) && !kmap_slot(t.area, 0, 0) &&
		   kmap_slot(t.area, 0, 1) >> 12 == 22,
	   "arm, which finds entries by address: that of the address given is gone");
	ok(!t.st->map(t.cpu, 23) && kmap_test_reported(&t, KMAP_SLOT_BUSY),
	   "and the next map finds its slot in use");
	kmap_test_end(&t);
}

/* On arm a map flushes too, so that a slot with a stale TLB entry shows the right page. */
static void test_flush(void)
{
	static const char *const rows[][2] = { { "merged", "plain" },
					       { "merged", "arm" },
					       { "no_flush", "plain" } };
	struct kmap_test t;

	for (int i = 0; i < 3; i++) {
		uintptr_t a;

		kmap_test_begin(&t, kmap_stack_find(rows[i][0], rows[i][1], "tlb"), 1);
		a = t.st->map(t.cpu, 21);
		t.st->read(t.cpu, a);
		t.st->unmap(t.cpu, a);
		a = t.st->map(t.cpu, 22);
		ok((t.st->read(t.cpu, a) == 22) == !t.st->busted,
		   "%s %s: a slot used again shows %s page", rows[i][0], rows[i][1],
		   t.st->busted ? "the previous" : "its");
		kmap_test_end(&t);
	}
}

/* When a slot is mapped, x86 leaves the TLB entry of its address, and arm flushes it. */
static void test_flush_on_map(void)
{
	struct kmap_test t;

	for (int arm = 0; arm < 2; arm++) {
		kmap_test_begin(&t, kmap_stack_find("merged", arm ? "arm" : "plain", "tlb"), 1);
		t.cpu->tlb[0] = 23 << 12 | 1;
		ok(t.st->read(t.cpu, t.st->map(t.cpu, 21)) == (arm ? 21 : 23),
		   "merged %s: a map %s the TLB", t.st->layout->name, arm ? "flushes" : "trusts");
		kmap_test_end(&t);
	}
}

static void test_bugs(void)
{
	struct kmap_test t;
	uintptr_t a;
	int flags;

	kmap_test_begin(&t, kmap_stack_find("merged", "plain", "memory"), 1);
	a = t.st->map(t.cpu, 21);
	t.st->unmap(t.cpu, a);
	t.st->unmap(t.cpu, a);
	ok(kmap_test_reported(&t, KMAP_UNDERFLOW) && t.last.bug && !t.st->index(t.cpu), "twice: %s",
	   t.text);
	t.st->unmap(t.cpu, 4096);
	ok(kmap_test_reported(&t, KMAP_FOREIGN) && t.last.addr == 4096, "elsewhere: %s", t.text);
	*(uint32_t *)kmap_virt_to_pte(t.area, a) = 0x99063;
	ok(!t.st->map(t.cpu, 22) && kmap_test_reported(&t, KMAP_SLOT_BUSY) && t.last.bug &&
		   t.last.pteval == 0x99063 && t.last.addr == a && !t.st->index(t.cpu) &&
		   !t.task.migrate_disabled,
	   "a slot in use: %s", t.text);
	*(uint32_t *)kmap_virt_to_pte(t.area, a) = 0;

	t.cpu->hardirq++; /* a handler that turned interrupts on */
	a = t.st->map(t.cpu, 22);
	ok(kmap_test_reported(&t, KMAP_IRQS_ON) && a, "interrupts on: %s", t.text);
	t.st->unmap(t.cpu, a);
	t.cpu->hardirq--;
	flags = kmap_irq_enter(t.cpu);
	t.area->warned = 0;
	a = t.st->map(t.cpu, 22);
	t.st->unmap(t.cpu, a);
	kmap_irq_exit(t.cpu, flags);
	ok(kmap_test_reported(&t, -1), "in a handler with interrupts off: nothing to say");
	ok(kmap_leftover(t.area) < 0, "and nothing is left");
	kmap_test_end(&t);
}

static void test_fork_exit(void)
{
	struct kmap_task child;
	struct kmap_test t;
	uintptr_t a;

	kmap_test_begin(&t, kmap_stack_find("merged", "plain", "memory"), 1);
	child = t.task;
	kmap_local_fork(t.cpu, &child);
	kmap_assert_nomap(t.st, t.cpu);
	ok(kmap_test_reported(&t, -1), "fork and exit without maps");
	a = t.st->map(t.cpu, 21);
	child = t.task;
	kmap_local_fork(t.cpu, &child);
	ok(kmap_test_reported(&t, KMAP_FORK) && !child.ctrl.idx && !child.ctrl.narrow.pteval[0] &&
		   !child.migrate_disabled && t.task.ctrl.idx == 1,
	   "fork with one: %s, and the child has none", t.text);
	kmap_assert_nomap(t.st, t.cpu);
	ok(kmap_test_reported(&t, KMAP_EXIT) && kmap_leftover(t.area) == 0, "exit with one: %s",
	   t.text);
	t.st->unmap(t.cpu, a);
	kmap_test_end(&t);
}

/* ---- lowmem, and kmap_atomic on the same stack ---- */

static void test_lowmem(void)
{
	struct kmap_test t;
	uintptr_t low, high;

	kmap_test_begin(&t, kmap_stack_find("merged", "plain", "memory"), 1);
	low = kmap_local_page(t.st, t.cpu, 15);
	high = kmap_local_page(t.st, t.cpu, 16);
	ok(t.st->index(t.cpu) == 1 && t.st->read(t.cpu, low) == 15 && t.st->read(t.cpu, high) == 16,
	   "a lowmem page has an address and takes no slot");
	kunmap_local(t.st, t.cpu, low);
	kunmap_local(t.st, t.cpu, high);
	ok(!t.st->index(t.cpu) && kmap_test_reported(&t, -1), "both are unmapped, in any order");
	kmap_test_end(&t);

	kmap_test_begin(&t, kmap_stack_find("merged", "plain", "mappings"), 1);
	low = kmap_local_page(t.st, t.cpu, 15);
	kunmap_local(t.st, t.cpu, low);
	ok(low == (uintptr_t)kmap_page_word(t.area, 15) && t.st->read(t.cpu, low) == 15 &&
		   kmap_test_reported(&t, -1),
	   "nor where mappings are real");
	kmap_test_end(&t);

	kmap_test_begin(&t, kmap_stack_find("merged", "debug", "memory"), 1);
	low = kmap_local_page(t.st, t.cpu, 15);
	ok(t.st->index(t.cpu) == 2 && t.st->read(t.cpu, low) == 15, "forced, it takes one");
	kunmap_local(t.st, t.cpu, low);
	ok(!t.st->index(t.cpu) && kmap_test_reported(&t, -1), "and gives it back");
	kmap_test_end(&t);
}

static void test_atomic_call(void)
{
	struct kmap_task next = { 0 };
	struct kmap_test t;
	uintptr_t a, b;

	kmap_test_begin(&t, kmap_stack_find("merged", "plain", "memory"), 1);
	a = t.st->map(t.cpu, 21);
	b = kmap_atomic(t.st, t.cpu, 22);
	ok(b == a - ((uintptr_t)1 << t.area->page_shift) && !kmap_fault_allowed(t.cpu),
	   "kmap_atomic is the next slot of the same stack, with page faults off");
	t.st->switch_to(t.cpu, &next);
	ok(kmap_test_reported(&t, KMAP_SCHED_ATOMIC), "a switch under it: %s", t.text);
	t.cpu->preempt_count--;
	t.st->switch_to(t.cpu, &t.task);
	t.cpu->preempt_count++;
	kunmap_atomic(t.st, t.cpu, b);
	ok(kmap_fault_allowed(t.cpu) && !t.cpu->preempt_count, "and on again after it");
	t.st->unmap(t.cpu, a);
	ok(kmap_leftover(t.area) < 0, "nothing is left");
	kmap_test_end(&t);

	kmap_test_begin(&t, kmap_stack_find("atomic_percpu", "plain", "memory"), 1);
	a = t.st->map(t.cpu, 21);
	t.st->switch_to(t.cpu, &next);
	ok(kmap_test_reported(&t, KMAP_SCHED_ATOMIC) && a,
	   "atomic_percpu: no switch while anything is mapped");
	kmap_test_end(&t);
}

/* ---- arm's tables ---- */

/* 40 CPUs' slots reach over a table's first entry; behind that one lie hardware entries. */
static bool all_visible(const struct kmap_stack *st)
{
	struct kmap_task tasks[40] = { 0 };
	struct kmap_test t;
	bool all = true;

	kmap_test_begin(&t, st, 40);
	for (unsigned cpu = 0; cpu < 40; cpu++) {
		t.area->cpu[cpu].current = &tasks[cpu];
		for (unsigned i = 0; i < 15; i++)
			all = all && t.st->read(&t.area->cpu[cpu],
						t.st->map(&t.area->cpu[cpu], 20 + i)) == 20 + i;
	}
	kmap_test_end(&t);
	return all;
}

/* ---- what cannot be had ---- */

static int create(const char *backend, unsigned nr_cpus, uint32_t nr_pages)
{
	struct kmap_opts opts = { .nr_cpus = nr_cpus, .nr_pages = nr_pages };
	struct kmap_area *area;
	int err = kmap_area_create(kmap_stack_find("merged", "plain", backend), &opts, &area);

	if (!err)
		kmap_area_destroy(area);
	return err;
}

/* As create(), with the rlimit of `resource` set to `limit`. */
static int create_limited(int resource, rlim_t limit, unsigned nr_cpus, uint32_t nr_pages)
{
	struct rlimit old, low;
	int err;

	getrlimit(resource, &old);
	low = old;
	low.rlim_cur = limit;
	setrlimit(resource, &low);
	err = create("mappings", nr_cpus, nr_pages);
	setrlimit(resource, &old);
	return err;
}

#ifdef __SANITIZE_ADDRESS__
static void test_address_space(void)
{
	tap_skip("AddressSanitizer needs address space itself");
}
#else
/* The bytes of address space in use. */
static rlim_t address_space(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	if (f && fscanf(f, "%lu", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return (rlim_t)pages * sysconf(_SC_PAGESIZE);
}

static void test_address_space(void)
{
	ok(create_limited(RLIMIT_AS, address_space() + 65536, 1, 1024) == -ENOMEM &&
		   create_limited(RLIMIT_AS, address_space() + 1048576, 100, 1) == -ENOMEM,
	   "nor without address space, for the pages or for the window");
}
#endif

static void test_creation(void)
{
	ok(create("memory", 0, 1) == -EINVAL && create("memory", 1, 0) == -EINVAL &&
		   create("memory", 1, 1u << 20) == -EINVAL,
	   "no CPU, no page, more than an entry names");
	ok(!create("mappings", 1, 1), "a window of one CPU is had");
	ok(create_limited(RLIMIT_NOFILE, 0, 1, 1) == -EMFILE, "and not without a file");
	signal(SIGXFSZ, SIG_IGN);
	ok(create_limited(RLIMIT_FSIZE, 0, 1, 1) == -EFBIG, "nor where the file may have no pages");
}

static void test_refused(void)
{
	struct kmap_test t;

	kmap_test_begin(&t, kmap_stack_find("merged", "plain", "mappings"), 1);
	close(t.area->fd);
	t.area->fd = -1;
	t.st->unmap(t.cpu, t.st->map(t.cpu, 21));
	ok(kmap_test_reported(&t, KMAP_REFUSED) && t.last.bug && t.last.pteval == EBADF,
	   "a mapping that the system refuses: %s", t.text);
	kmap_test_end(&t);
}

int main(void)
{
	static const char *const backends[] = { "memory", "tlb", "mappings" };

	for (size_t i = 0; i < ARRAY_SIZE(depths); i++)
		for (int b = 0; b < 3; b++)
			test_depth(&depths[i], backends[b]);
	test_atomic_overrun();
	test_ctrl();
	test_order();
	test_flush();
	test_flush_on_map();
	test_bugs();
	test_fork_exit();
	test_lowmem();
	test_atomic_call();
	test_creation();
	test_address_space();
	test_refused();
	ok(all_visible(kmap_stack_find("merged", "arm", "memory")),
	   "arm: entries by address, over more than one table");
	ok(!all_visible(kmap_stack_find("linear", "arm", "memory")),
	   "busted: base[-index] is not the entry of that address on arm");
	return tap_done();
}
