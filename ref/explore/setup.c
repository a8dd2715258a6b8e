// SPDX-License-Identifier: GPL-2.0-or-later
/* Set-up of a model before its first schedule, and tear-down. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine.h"

const char *explore_context_name(enum explore_context context)
{
	static const char *const names[] = { "task", "softirq", "irq", "nmi", "fault" };

	return (unsigned)context < EXPLORE_NR_CONTEXTS ? names[context] : "?";
}

const char *explore_mode_name(enum explore_mode mode)
{
	return mode == EXPLORE_STORE_BUFFER ? "store-buffer" : "sc";
}

static void add_area(struct explore *e, void *p, size_t size, bool ours)
{
	struct engine_area *area = realloc(e->area, (e->nr_areas + 1) * sizeof(*area));

	if (!area) {
		e->setup_error = -ENOMEM;
		return;
	}
	e->area = area;
	e->area[e->nr_areas++] = (struct engine_area){ p, NULL, size, ours };
}

void *explore_alloc(struct explore *e, size_t size)
{
	/* Whole cache lines: no other memory shares a word with it. */
	size_t whole = (size + 63) & ~(size_t)63;
	void *p = aligned_alloc(64, whole ? whole : 64);

	if (!p) {
		e->setup_error = -ENOMEM;
		return NULL;
	}
	memset(p, 0, whole);
	add_area(e, p, whole, true);
	return p;
}

void explore_memory(struct explore *e, void *p, size_t size)
{
	add_area(e, p, size, false);
}

void explore_name(struct explore *e, const void *p, size_t size, size_t nr, const char *fmt, ...)
{
	struct engine_name *name = realloc(e->name, (e->nr_names + 1) * sizeof(*name));
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (!name || n < 0) {
		e->name = name ? name : e->name;
		e->setup_error = -ENOMEM;
		return;
	}
	e->name = name;
	e->name[e->nr_names++] = (struct engine_name){ p, size ? size : 1, nr, text };
}

void explore_on_cpu(struct explore *e, unsigned cpu)
{
	if (cpu < e->nr_cpus)
		e->setup_cpu = cpu;
	else
		e->setup_error = -EINVAL;
}

static char *copy_name(struct explore *e, const char *name)
{
	char *copy = strdup(name);

	if (!copy)
		e->setup_error = -ENOMEM;
	return copy;
}

void explore_task(struct explore *e, unsigned cpu, const char *name, void (*fn)(void *arg),
		  void *arg)
{
	unsigned n = 0;

	if (cpu >= e->nr_cpus || e->nr_tasks == ENGINE_TASKS) {
		e->setup_error = -EINVAL;
		return;
	}
	while (e->tasks_of[cpu][n] != NO_CPU)
		n++;
	e->tasks_of[cpu][n] = (unsigned char)e->nr_tasks;
	e->tasks_of[cpu][n + 1] = NO_CPU;
	e->task[e->nr_tasks++] = (struct engine_task){ cpu, copy_name(e, name), fn, arg };
}

void explore_interrupt(struct explore *e, unsigned cpu, enum explore_context context,
		       const char *name, void (*fn)(void *arg), void *arg, unsigned times)
{
	if (cpu >= e->nr_cpus || e->nr_interrupts == ENGINE_INTERRUPTS || context == EXPLORE_TASK ||
	    (unsigned)context >= EXPLORE_NR_CONTEXTS) {
		e->setup_error = -EINVAL;
		return;
	}
	e->interrupt[e->nr_interrupts++] = (struct engine_interrupt){
		cpu, context, copy_name(e, name), fn, arg, times,
	};
}

void explore_invariant(struct explore *e, const char *name,
		       bool (*holds)(void *arg, char *why, size_t size), void *arg, bool at_end)
{
	if (e->nr_invariants == ENGINE_INVARIANTS) {
		e->setup_error = -EINVAL;
		return;
	}
	e->invariant[e->nr_invariants++] =
		(struct engine_invariant){ copy_name(e, name), holds, arg, at_end };
}

/* ---- the exploration's own memory ---- */

static void *reserve(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static int make_cpus(void)
{
	for (unsigned cpu = 0; cpu < E.nr_cpus; cpu++) {
		E.tasks_of[cpu][0] = NO_CPU;
		E.ref_cpu[cpu].id = (int)cpu;
		E.arena[cpu] = reserve(ENGINE_ARENA);
		if (!E.arena[cpu])
			return -ENOMEM;
		for (unsigned i = 0; i < ENGINE_NEST; i++)
			if (coro_create(&E.ctx[cpu][i].coro, ENGINE_STACK))
				return -ENOMEM;
	}
	return 0;
}

static int save_areas(void)
{
	for (size_t i = 0; i < E.nr_areas; i++) {
		struct engine_area *a = &E.area[i];

		a->copy = malloc(a->size ? a->size : 1);
		if (!a->copy)
			return -ENOMEM;
		memcpy(a->copy, a->p, a->size);
	}
	E.saved = true;
	return 0;
}

/* Runs the model's setup; every schedule starts from the memory and CPUs that setup leaves. */
int engine_setup(const struct explore_model *m)
{
	int err;

	memset(&E, 0, sizeof(E));
	if (!m->nr_cpus || m->nr_cpus > ENGINE_CPUS)
		return -EINVAL;
	E.m = m;
	E.nr_cpus = m->nr_cpus;
	E.buffers = m->mode == EXPLORE_STORE_BUFFER;
	err = make_cpus();
	if (!err)
		err = m->setup(&E, m->arg);
	if (!err)
		err = E.setup_error;
	if (!err)
		err = save_areas();
	memcpy(E.ref_cpu_start, E.ref_cpu, sizeof(E.ref_cpu));
	for (unsigned cpu = 0; cpu < E.nr_cpus; cpu++) {
		E.cpu_start[cpu].irqs_off = E.ref_cpu[cpu].irqs_off;
		E.cpu_start[cpu].rcu_nesting = E.ref_cpu[cpu].rcu_nesting;
	}
	E.nr_freed_start = E.nr_freed;
	E.setup_cpu = 0;
	return err;
}

void engine_teardown(void)
{
	if (E.saved)
		engine_memory_reset();
	if (E.m && E.m->teardown)
		E.m->teardown(E.m->arg);
	for (size_t i = 0; i < E.nr_areas; i++) {
		free(E.area[i].copy);
		if (E.area[i].ours)
			free(E.area[i].p);
	}
	for (size_t i = 0; i < E.nr_names; i++)
		free(E.name[i].name);
	for (unsigned i = 0; i < E.nr_tasks; i++)
		free(E.task[i].name);
	for (unsigned i = 0; i < E.nr_interrupts; i++)
		free(E.interrupt[i].name);
	for (unsigned i = 0; i < E.nr_invariants; i++)
		free(E.invariant[i].name);
	for (unsigned cpu = 0; cpu < E.nr_cpus; cpu++) {
		if (E.arena[cpu])
			munmap(E.arena[cpu], ENGINE_ARENA);
		for (unsigned i = 0; i < ENGINE_NEST; i++)
			coro_destroy(&E.ctx[cpu][i].coro);
	}
	for (unsigned i = 0; E.bucket && i <= E.bound; i++)
		free(E.bucket[i].node);
	free(E.bucket);
	free(E.area);
	free(E.name);
	free(E.undo);
	free(E.node);
	free(E.seen);
	free(E.reached);
	memset(&E, 0, sizeof(E));
}
