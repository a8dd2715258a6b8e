// SPDX-License-Identifier: GPL-2.0-or-later
/* The possible next steps: contexts that can go on, interrupts that may land, stores to drain. */
#include "engine.h"

static bool may_land(unsigned cpu, enum explore_context context)
{
	const struct engine_ctx *top = engine_top(cpu);
	bool on = !E.cpu[cpu].irqs_off;

	if (E.buffers && !engine_all_drainable(cpu, NULL, 0))
		return false;
	switch (context) {
	case EXPLORE_FAULT:
		return top && top->context == EXPLORE_TASK && top->faults;
	case EXPLORE_SOFTIRQ:
		return on &&
		       (!top || top->context == EXPLORE_TASK || top->context == EXPLORE_FAULT);
	case EXPLORE_IRQ:
		return on && (!top || (top->context != EXPLORE_IRQ && top->context != EXPLORE_NMI));
	case EXPLORE_NMI:
		return !top || top->context != EXPLORE_NMI;
	default:
		return false;
	}
}

/* Whether all callbacks that were queued when ctx called rcu_barrier() have run. */
bool engine_callbacks_done(const struct engine_ctx *ctx)
{
	for (unsigned cpu = 0; cpu < E.nr_cpus; cpu++)
		if (E.cpu[cpu].callbacks_run < ctx->callbacks_target[cpu])
			return false;
	return true;
}

static bool ctx_enabled(const struct engine_ctx *ctx)
{
	switch (ctx->block) {
	case BLOCK_LOCK:
		return !engine_view(ctx->cpu, ctx->word, sizeof(int)) &&
		       (!E.buffers || engine_all_drainable(ctx->cpu, ctx->word, sizeof(int)));
	case BLOCK_DRAIN:
		return engine_all_drainable(ctx->cpu, ctx->word, ctx->word_size);
	case BLOCK_WAIT:
		if (!ctx->nr_reads || ctx->nr_reads > ENGINE_READS)
			return E.stores != ctx->stores_seen;
		for (unsigned i = 0; i < ctx->nr_reads; i++)
			if (engine_view(ctx->cpu, ctx->read[i].p, ctx->read[i].size) !=
			    ctx->read[i].value)
				return true;
		return false;
	case BLOCK_SLEEP:
		return ctx->woken;
	case BLOCK_GRACE:
		return !ctx->grace_mask;
	case BLOCK_CALLBACKS:
		return engine_callbacks_done(ctx);
	}
	return true;
}

static bool callback_ready(unsigned cpu)
{
	const struct engine_cpu *c = &E.cpu[cpu];

	return c->callbacks_run < c->nr_callbacks && !c->callback[c->callbacks_run].grace_mask &&
	       may_land(cpu, EXPLORE_SOFTIRQ);
}

bool engine_ipi_ready(unsigned cpu)
{
	return E.cpu[cpu].ipi_pending && may_land(cpu, EXPLORE_IRQ);
}

bool engine_top_enabled(unsigned cpu)
{
	const struct engine_ctx *top = engine_top(cpu);

	return top && ctx_enabled(top);
}

/* Whether the CPU has a next step: an IPI that was sent to it, its context's step, or, if the
 * context waits or there is none, a callback. */
static bool cpu_enabled(unsigned cpu)
{
	return engine_ipi_ready(cpu) || engine_top_enabled(cpu) || callback_ready(cpu);
}

static bool drain_possible(struct engine_choice c)
{
	if (c.arg == c.cpu || !E.cpu[c.cpu].nr_stores || !engine_drainable(c.cpu))
		return false;
	/* A CPU sees its own stores anyway; and a CPU without a context cannot go on. */
	return c.arg == NO_CPU ? E.picked == NO_CPU : c.arg < E.nr_cpus && E.cpu[c.arg].depth;
}

bool engine_possible(struct engine_choice c)
{
	if (c.cpu >= E.nr_cpus)
		return false;
	if (E.picked != NO_CPU && E.picked != (c.kind == CHOICE_DRAIN ? c.arg : c.cpu))
		return false;
	switch (c.kind) {
	case CHOICE_RUN:
		return cpu_enabled(c.cpu);
	case CHOICE_CALLBACK:
		return callback_ready(c.cpu) && engine_top_enabled(c.cpu) &&
		       !engine_ipi_ready(c.cpu);
	case CHOICE_LAND:
		return c.arg < E.nr_interrupts && E.interrupt[c.arg].cpu == c.cpu &&
		       E.landed[c.arg] < E.interrupt[c.arg].times &&
		       may_land(c.cpu, E.interrupt[c.arg].context);
	case CHOICE_DRAIN:
		return drain_possible(c);
	}
	return false;
}

/* Leaving a CPU that could go on costs a preemption, and so does an interrupt; a drain costs as
 * much as going on with the CPU for which it is made. */
unsigned engine_cost(struct engine_choice c)
{
	unsigned cpu = c.kind == CHOICE_DRAIN ? c.arg : c.cpu;

	return (cpu != NO_CPU && E.last != NO_CPU && cpu != E.last) +
	       (c.kind == CHOICE_LAND || c.kind == CHOICE_CALLBACK);
}

static void note(struct engine_choice c, struct engine_choice chosen)
{
	unsigned cost = engine_cost(c);

	if (E.preemptions + cost <= E.bound && engine_possible(c) &&
	    (c.kind != chosen.kind || c.cpu != chosen.cpu || c.arg != chosen.arg))
		engine_note(c, cost);
}

static void note_drains(unsigned char cpu, struct engine_choice chosen)
{
	for (unsigned then = 0; then < E.nr_cpus; then++)
		note((struct engine_choice){ CHOICE_DRAIN, cpu, (unsigned char)then }, chosen);
	if (chosen.kind == CHOICE_DRAIN)
		note((struct engine_choice){ CHOICE_DRAIN, cpu, NO_CPU }, chosen);
}

void engine_note_alternatives(struct engine_choice chosen)
{
	for (unsigned char cpu = 0; cpu < E.nr_cpus; cpu++) {
		note((struct engine_choice){ CHOICE_RUN, cpu, 0 }, chosen);
		if (E.cpu[cpu].callbacks_run < E.cpu[cpu].nr_callbacks)
			note((struct engine_choice){ CHOICE_CALLBACK, cpu, 0 }, chosen);
		if (E.cpu[cpu].nr_stores)
			note_drains(cpu, chosen);
	}
	for (unsigned i = 0; E.preemptions < E.bound && i < E.nr_interrupts; i++)
		note((struct engine_choice){ CHOICE_LAND, (unsigned char)E.interrupt[i].cpu,
					     (unsigned char)i },
		     chosen);
}

/* The drain to make when no context can go on. */
static struct engine_choice default_drain(void)
{
	struct engine_choice c = { CHOICE_DRAIN, 0, (unsigned char)E.picked };

	for (; c.cpu < E.nr_cpus; c.cpu++)
		if (engine_possible(c))
			return c;
	return (struct engine_choice){ CHOICE_RUN, NO_CPU, 0 };
}

/* CHOICE_RUN with NO_CPU: no context can go on. */
struct engine_choice engine_default(void)
{
	unsigned first = E.picked != NO_CPU ? E.picked : E.last;
	struct engine_choice c = { CHOICE_RUN, (unsigned char)first, 0 };

	if (first != NO_CPU && cpu_enabled(first))
		return c;
	for (c.cpu = 0; E.picked == NO_CPU && c.cpu < E.nr_cpus; c.cpu++)
		if (cpu_enabled(c.cpu))
			return c;
	return default_drain();
}
