// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kmap stacks on real threads: each thread is a CPU that switches between tasks with live maps,
 * while signals interrupt it, as interrupts and as NMIs, and map on top. Tasks without maps migrate
 * between CPUs. A task or handler that maps a page has to see that page through its address until
 * it unmaps it.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <ref/kmap.h>
#include <ref/port.h>

#include "../../scripts/tap.h"

#define NR_CPUS 3
#define NR_TASKS 8
#define NR_PAGES 256
#define MAX_MAPS 6	 /* of a task; those of interrupts and NMIs come on top */
#define RUN_MS 220	 /* how long a good stack runs */
#define PATIENCE_MS 5000 /* how long a busted one may take to be caught */
#define NMI_SIGNAL (SIGRTMIN + 6)

struct stress_task {
	struct kmap_task t;
	uintptr_t addr[MAX_MAPS];
	uint32_t pfn[MAX_MAPS];
	unsigned nr;
	unsigned home; /* the CPU on which its maps are live */
	bool running;  /* under the lock */
};

struct stress_cpu {
	pthread_t thread;
	struct kmap_task idle;
	struct kmap_cpu *cpu;
	unsigned long random, irq_random; /* task and handlers draw from states of their own */
	unsigned long switches, maps, irqs, nmis;
	int id; /* 0: not up yet */
};

static struct {
	const struct kmap_stack *st;
	struct kmap_area *area;
	struct ref_spinlock lock; /* of `running` */
	struct stress_task task[NR_TASKS];
	struct stress_cpu cpu[NR_CPUS];
	bool hook_irqs_off; /* the task switch keeps interrupts out of prepare_task_switch() */
	bool nmis;
	int stop, wrong, reported;
	struct kmap_report report;
} w;

static __thread struct stress_cpu *me __attribute__((tls_model("local-exec")));

static unsigned long draw(unsigned long *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 8;
}

static void on_report(void *arg, const struct kmap_report *r)
{
	if (!ref_fetch_add(&w.reported, 1))
		w.report = *r;
	REF_WRITE_ONCE(w.stop, 1);
}

/* After an error nothing is read: with real mappings an unmapped slot would be SIGSEGV. */
static void look(uintptr_t addr, uint32_t pfn)
{
	if (REF_READ_ONCE(w.stop))
		return;
	if (w.st->read(me->cpu, addr) != pfn) {
		REF_WRITE_ONCE(w.wrong, 1);
		REF_WRITE_ONCE(w.stop, 1);
	}
}

/* ---- interrupts ---- */

static void map_on_top(void)
{
	uint32_t pfn = draw(&me->irq_random) % NR_PAGES;
	uintptr_t addr = w.st->map(me->cpu, pfn);

	if (!addr)
		return;
	look(addr, pfn);
	w.st->unmap(me->cpu, addr);
}

static void on_irq(struct ref_cpu *cpu)
{
	int flags;

	if (!me || REF_READ_ONCE(w.stop))
		return;
	flags = kmap_irq_enter(me->cpu);
	map_on_top();
	me->irqs++;
	kmap_irq_exit(me->cpu, flags);
}

/* An NMI lands anywhere, in an interrupt's handler too. */
static void on_nmi(int sig)
{
	if (!me || REF_READ_ONCE(w.stop))
		return;
	map_on_top();
	me->nmis++;
}

/* ---- a CPU ---- */

static void look_at_all(struct stress_task *t)
{
	for (unsigned i = 0; i < t->nr; i++)
		look(t->addr[i], t->pfn[i]);
}

static void map_one(struct stress_task *t)
{
	uint32_t pfn = draw(&me->random) % NR_PAGES;
	uintptr_t addr = w.st->map(me->cpu, pfn);

	if (!addr)
		return;
	t->addr[t->nr] = addr;
	t->pfn[t->nr++] = pfn;
	me->maps++;
}

static void unmap_one(struct stress_task *t)
{
	t->nr--;
	w.st->unmap(me->cpu, t->addr[t->nr]);
}

/* Maps, unmaps and looks; with kmap_atomic no map may stay over the switch. */
static void run_task(struct stress_task *t)
{
	unsigned turns = 4 + draw(&me->random) % 12;

	for (; turns && !REF_READ_ONCE(w.stop); turns--) {
		if (t->nr < MAX_MAPS && draw(&me->random) % 2)
			map_one(t);
		else if (t->nr && draw(&me->random) % 2)
			unmap_one(t);
		look_at_all(t);
	}
	while (t->nr && !strcmp(w.st->design, "atomic_percpu"))
		unmap_one(t);
}

static bool may_run(struct stress_task *t)
{
	return !t->running && (t->home == me->cpu->id || kmap_may_migrate(&t->t));
}

/* NULL: stay with the task that runs. */
static struct stress_task *pick(void)
{
	unsigned first = draw(&me->random) % NR_TASKS;
	struct stress_task *t = NULL;

	ref_spin_lock(&w.lock);
	for (unsigned i = 0; i < NR_TASKS && !t; i++)
		if (may_run(&w.task[(first + i) % NR_TASKS]))
			t = &w.task[(first + i) % NR_TASKS];
	if (t) {
		t->running = true;
		t->home = me->cpu->id;
	}
	ref_spin_unlock(&w.lock);
	return t;
}

/* prev may run elsewhere as soon as its slots are cleared, before next's are set. */
static void switch_to(struct kmap_task *next, struct stress_task *prev)
{
	int flags = 0;

	if (w.hook_irqs_off)
		flags = ref_irq_save();
	w.st->prepare_switch(me->cpu, next);
	REF_WRITE_ONCE(me->cpu->current, next);
	if (w.hook_irqs_off)
		ref_irq_restore(flags);
	if (prev) {
		ref_spin_lock(&w.lock);
		prev->running = false;
		ref_spin_unlock(&w.lock);
	}
	w.st->finish_switch(me->cpu);
	me->switches++;
}

static void interrupt_another(void)
{
	struct stress_cpu *to = &w.cpu[draw(&me->random) % NR_CPUS];

	/* Only now and then: with more NMIs than its handlers can take, a CPU does nothing else. */
	if (draw(&me->random) % 64 == 0 && to != me && REF_READ_ONCE(to->id))
		ref_ipi_send(REF_READ_ONCE(to->id));
}

static void *cpu_main(void *arg)
{
	struct stress_task *t = NULL, *next;
	sigset_t all, old;

	me = arg;
	me->cpu->current = &me->idle;
	if (ref_thread_online())
		return NULL;
	REF_WRITE_ONCE(me->id, ref_this_cpu()->id);
	while (!REF_READ_ONCE(w.stop)) {
		next = pick();
		if (next) {
			switch_to(&next->t, t);
			t = next;
		}
		if (t) {
			run_task(t);
			interrupt_another();
		} else {
			usleep(100); /* all tasks have maps on other CPUs */
		}
	}
	/* A thread that ends has no CPU any more: block the signals that are on their way to it. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	REF_WRITE_ONCE(me->id, 0);
	ref_thread_offline();
	me = NULL;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return NULL;
}

/* ---- a run ---- */

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void begin(const struct kmap_stack *st, bool hook_irqs_off, bool nmis)
{
	struct kmap_opts opts = { .nr_cpus = NR_CPUS, .nr_pages = NR_PAGES, .report = on_report };

	memset(&w, 0, sizeof(w));
	w.st = st;
	w.hook_irqs_off = hook_irqs_off;
	w.nmis = nmis;
	if (!st || kmap_area_create(st, &opts, &w.area)) {
		ok(false, "an area is created");
		exit(tap_done());
	}
	for (unsigned i = 0; i < NR_CPUS; i++) {
		w.cpu[i].cpu = &w.area->cpu[i];
		w.cpu[i].random = 88172645463325252ul * (i + 1);
		w.cpu[i].irq_random = w.cpu[i].random + 12345;
	}
	for (unsigned i = 0; i < NR_TASKS; i++)
		w.task[i].home = i % NR_CPUS;
	for (unsigned i = 0; i < NR_CPUS; i++) {
		if (pthread_create(&w.cpu[i].thread, NULL, cpu_main, &w.cpu[i]))
			exit(1);
	}
}

/* Interrupts every CPU until the time is over or an error was seen. */
static void interrupt_all(long ms)
{
	/* A handler over real mappings takes two system calls, and has to end before the next
	 * signal. */
	unsigned pause_us = strcmp(w.st->backend, "mappings") ? 50 : 400;
	long end = now_ms() + ms;

	while (!REF_READ_ONCE(w.stop) && now_ms() < end) {
		for (unsigned i = 0; i < NR_CPUS; i++) {
			if (!REF_READ_ONCE(w.cpu[i].id))
				continue;
			ref_ipi_send(REF_READ_ONCE(w.cpu[i].id));
			if (w.nmis)
				pthread_kill(w.cpu[i].thread, NMI_SIGNAL);
		}
		usleep(pause_us);
	}
	REF_WRITE_ONCE(w.stop, 1);
	for (unsigned i = 0; i < NR_CPUS; i++)
		pthread_join(w.cpu[i].thread, NULL);
}

static void total(struct stress_cpu *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (unsigned i = 0; i < NR_CPUS; i++) {
		sum->switches += w.cpu[i].switches;
		sum->maps += w.cpu[i].maps;
		sum->irqs += w.cpu[i].irqs;
		sum->nmis += w.cpu[i].nmis;
	}
}

static bool caught(void)
{
	return w.wrong || w.reported;
}

static void good(const char *design, const char *layout, const char *backend, bool hook_irqs_off)
{
	struct stress_cpu sum;
	char text[160] = "";

	begin(kmap_stack_find(design, layout, backend), hook_irqs_off, true);
	interrupt_all(RUN_MS);
	total(&sum);
	if (w.reported)
		kmap_report_text(&w.report, text, sizeof(text));
	diag("%lu switches, %lu maps, under %lu interrupts and %lu NMIs", sum.switches, sum.maps,
	     sum.irqs, sum.nmis);
	ok(!caught() && sum.switches && sum.maps && sum.irqs,
	   "%s %s %s: every map shows its page while it lives%s%s", design, layout, backend,
	   *text ? ": " : "", text);
	kmap_area_destroy(w.area);
}

static void busted(const char *design, const char *backend, bool hook_irqs_off, bool nmis,
		   const char *how)
{
	char text[160] = "a map shows another page";

	begin(kmap_stack_find(design, "plain", backend), hook_irqs_off, nmis);
	interrupt_all(PATIENCE_MS);
	if (w.reported)
		kmap_report_text(&w.report, text, sizeof(text));
	if (!caught())
		strcpy(text, "nothing was seen");
	ok(caught(), "%s %s, %s: caught", design, backend, how);
	diag("%s", text);
	kmap_area_destroy(w.area);
}

int main(void)
{
	struct sigaction sa = { .sa_handler = on_nmi, .sa_flags = SA_RESTART };

	alarm(60);
	sigemptyset(&sa.sa_mask);
	if (ref_ipi_init(on_irq) || sigaction(NMI_SIGNAL, &sa, NULL))
		return 1;
	good("merged", "plain", "memory", false);
	good("merged", "debug", "memory", true);
	good("merged", "plain", "mappings", false);
	good("linus_pop_push", "plain", "memory", false);
	good("linus_pop_push", "plain", "mappings", false);
	good("atomic_percpu", "debug", "memory", false);
	busted("rfc_task_sweep", "mappings", false, false, "interrupts on in the sweep");
	busted("rfc_task_sweep", "mappings", true, true, "interrupts off in the sweep, NMIs");
	busted("no_pin", "memory", false, false, "tasks move with their maps");
	return tap_done();
}
