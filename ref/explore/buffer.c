// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Delayed stores, mode EXPLORE_STORE_BUFFER: what x86-TSO allows, and one thing more.
 *
 * Each CPU has a queue of stores that have not reached memory; only that CPU sees them. The oldest
 * store may reach memory at any time, as a step of its own that costs no preemption. The explorer
 * puts drains off: a CPU's stores are drained only before a step of another CPU, or when no
 * context can go on. Locked operations, full barriers, taking a lock, going into the kernel
 * (an interrupt, its return, a switch of tasks, futex, membarrier) drain the CPU's queue in the
 * same step; membarrier and grace periods drain every CPU's.
 *
 * The one thing more is the relaxed read-modify-write of weaker machines: atomic, but its store may
 * become visible after later loads of the same CPU. While the store waits, its location is held: no
 * other CPU can store to the location, other CPUs read the old value. The operation drains its
 * CPU's earlier stores, so that the held store is always the oldest and can always reach memory.
 * Not modelled: a store that becomes visible after a later read-modify-write, and the reordering of
 * loads with loads or of stores with stores.
 */
#include <string.h>

#include "engine.h"

static bool overlap(const struct engine_store *s, const volatile char *p, unsigned size)
{
	const volatile char *q = s->p;

	return p < q + s->size && q < p + size;
}

/* Whether another CPU than `cpu` holds the location p. */
static bool held(unsigned cpu, const volatile void *p, unsigned size)
{
	for (unsigned c = 0; c < E.nr_cpus; c++) {
		const struct engine_cpu *other = &E.cpu[c];

		if (c != cpu && other->nr_stores && other->store[0].held &&
		    overlap(&other->store[0], p, size))
			return true;
	}
	return false;
}

uint64_t engine_view_buffer(unsigned cpu, const volatile void *p, unsigned size)
{
	const struct engine_cpu *c = &E.cpu[cpu];
	unsigned char byte[8] = { 0 };
	uint64_t v = engine_peek(p, size);

	switch (size) { /* in memory's order, whichever end comes first */
	case 1:
		*byte = (unsigned char)v;
		break;
	case 2:
		memcpy(byte, &(uint16_t){ (uint16_t)v }, 2);
		break;
	case 4:
		memcpy(byte, &(uint32_t){ (uint32_t)v }, 4);
		break;
	default:
		memcpy(byte, &v, 8);
		break;
	}
	for (unsigned i = 0; i < c->nr_stores; i++) {
		const struct engine_store *s = &c->store[i];
		unsigned char stored[8];

		if (!overlap(s, p, size))
			continue;
		engine_poke(stored, s->size, s->value);
		for (unsigned b = 0; b < s->size; b++) {
			long at = (const volatile char *)s->p + b - (const volatile char *)p;

			if (at >= 0 && at < (long)size)
				byte[at] = stored[b];
		}
	}
	return engine_peek(byte, size);
}

void engine_store_buffer(const struct model_site *site, struct engine_ctx *ctx, volatile void *p,
			 unsigned size, uint64_t v, bool hold)
{
	struct engine_cpu *c = &E.cpu[ctx->cpu];

	if (c->nr_stores == ENGINE_STORES) {
		if (!engine_drainable(ctx->cpu))
			explore_fail("limit", "more than %d delayed stores", ENGINE_STORES);
		engine_drain_one(ctx->cpu, NULL, 0);
	}
	c->store[c->nr_stores++] = (struct engine_store){ p, v, site, size, hold };
}

bool engine_drainable(unsigned cpu)
{
	const struct engine_cpu *c = &E.cpu[cpu];

	return !c->nr_stores || !held(cpu, c->store[0].p, c->store[0].size);
}

/* Whether all stores of the CPU can reach memory, and no other CPU holds p (unless p is NULL). */
bool engine_all_drainable(unsigned cpu, const volatile void *p, unsigned size)
{
	const struct engine_cpu *c = &E.cpu[cpu];

	for (unsigned i = 0; i < c->nr_stores; i++)
		if (held(cpu, c->store[i].p, c->store[i].size))
			return false;
	return !p || !held(cpu, p, size);
}

void engine_drain_one(unsigned cpu, char *text, size_t size)
{
	struct engine_cpu *c = &E.cpu[cpu];
	struct engine_store s = c->store[0];
	char what[96], value[32];

	c->nr_stores--;
	memmove(&c->store[0], &c->store[1], c->nr_stores * sizeof(s));
	engine_log_store(s.p, s.size, s.value);
	if (!E.recording || !text)
		return;
	snprintf(text, size, "%s = %s", engine_what(s.site, s.p, what, sizeof(what)),
		 engine_value(s.site, s.size, engine_peek(s.p, s.size), value, sizeof(value)));
}

void engine_drain_cpu(unsigned cpu)
{
	while (E.cpu[cpu].nr_stores)
		engine_drain_one(cpu, NULL, 0);
}

/* Drains held stores first: nothing blocks them, and they may block other stores. */
void engine_drain_all(void)
{
	for (unsigned cpu = 0; cpu < E.nr_cpus; cpu++)
		if (E.cpu[cpu].nr_stores && E.cpu[cpu].store[0].held)
			engine_drain_one(cpu, NULL, 0);
	for (unsigned cpu = 0; cpu < E.nr_cpus; cpu++)
		engine_drain_cpu(cpu);
}

uint64_t engine_buffer_hash(const struct engine_cpu *c)
{
	uint64_t h = c->nr_stores;

	for (unsigned i = 0; i < c->nr_stores; i++)
		h = engine_mix(h + c->store[i].value, (uintptr_t)c->store[i].p + c->store[i].held);
	return h;
}
