// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One schedule: decides which CPU goes on, starts and ends the contexts, and says how it ended.
 *
 * Runs on the stack of the context that announces a step: if that context goes on, no stack is
 * switched. The root, the caller of explore_run(), only starts tasks and sees the end.
 */
#include <stdarg.h>
#include <string.h>

#include "engine.h"

struct explore E;

struct engine_ctx *engine_top(unsigned cpu)
{
	unsigned depth = E.cpu[cpu].depth;

	return depth ? &E.ctx[cpu][depth - 1] : NULL;
}

/* ---- ends ---- */

void engine_leave(enum engine_event event)
{
	struct engine_ctx *self = E.cur;

	E.event = event;
	E.left = self;
	E.cur = NULL;
	coro_switch(&self->coro, &E.root);
	__builtin_unreachable();
}

static void vfail(const char *invariant, const char *fmt, va_list ap)
{
	snprintf(E.broken, sizeof(E.broken), "%s", invariant);
	vsnprintf(E.why, sizeof(E.why), fmt, ap);
}

void engine_fail(const char *invariant, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfail(invariant, fmt, ap);
	va_end(ap);
}

void explore_fail(const char *invariant, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfail(invariant, fmt, ap);
	va_end(ap);
	if (E.cur)
		engine_leave(EVENT_FAILED);
	E.event = EVENT_FAILED; /* in setup, or in an invariant's function */
}

/* self is NULL when the root calls: there is no context to leave. */
static bool end(struct engine_ctx *self, enum engine_event event)
{
	if (self) {
		E.cur = self;
		engine_leave(event);
	}
	E.event = event;
	return false;
}

/* ---- sections, for RCU ---- */

static bool in_section(unsigned cpu)
{
	const struct engine_cpu *c = &E.cpu[cpu];

	if (c->irqs_off || c->rcu_nesting)
		return true;
	for (unsigned i = 1; i < c->depth; i++)
		if (E.ctx[cpu][i].context != EXPLORE_FAULT)
			return true;
	return c->depth && E.ctx[cpu][0].context != EXPLORE_TASK;
}

unsigned engine_sections(void)
{
	unsigned mask = 0;

	for (unsigned cpu = 0; cpu < E.nr_cpus; cpu++)
		mask |= (unsigned)E.cpu[cpu].in_section << cpu;
	return mask;
}

/* A section may have ended on the CPU: no grace period waits for it any more. */
void engine_section_changed(unsigned cpu)
{
	bool now = in_section(cpu);

	if (E.cpu[cpu].in_section && !now) {
		for (unsigned c = 0; c < E.nr_cpus; c++) {
			for (unsigned i = 0; i < E.cpu[c].depth; i++)
				E.ctx[c][i].grace_mask &= ~(1U << cpu);
			for (unsigned i = E.cpu[c].callbacks_run; i < E.cpu[c].nr_callbacks; i++)
				E.cpu[c].callback[i].grace_mask &= ~(1U << cpu);
		}
	}
	E.cpu[cpu].in_section = now;
}

/* ---- contexts ---- */

static void run_ctx(void *arg)
{
	struct engine_ctx *ctx = arg;

	ctx->fn(ctx->arg);
	engine_leave(EVENT_FINISHED);
}

static struct engine_ctx *push(unsigned cpu, enum explore_context context, const char *name,
			       void (*fn)(void *arg), void *arg)
{
	struct engine_cpu *c = &E.cpu[cpu];
	struct engine_ctx *ctx = &E.ctx[cpu][c->depth++];
	struct coro coro = ctx->coro;

	memset(ctx, 0, offsetof(struct engine_ctx, read));
	ctx->coro = coro;
	ctx->context = context;
	ctx->cpu = (unsigned char)cpu;
	ctx->name = name;
	ctx->fn = fn;
	ctx->arg = arg;
	ctx->history = engine_mix((uint64_t)context + 1, (uintptr_t)name);
	coro_start(&ctx->coro, run_ctx, ctx);
	engine_drain_cpu(cpu); /* as an interrupt does, and a switch of tasks */
	if (context == EXPLORE_IRQ || context == EXPLORE_NMI) {
		ctx->irqs_off_before = c->irqs_off;
		c->irqs_off = 1;
		E.ref_cpu[cpu].irqs_off = 1;
		E.stores++;
	}
	if (context != EXPLORE_TASK)
		engine_section_changed(cpu);
	return ctx;
}

static void pop(struct engine_ctx *ctx)
{
	struct engine_cpu *c = &E.cpu[ctx->cpu];

	if (ctx->context != EXPLORE_TASK)
		engine_drain_cpu(ctx->cpu); /* so does the return from one */
	c->depth--;
	c->done = engine_mix(c->done + 1, ctx->history);
	if (ctx->context == EXPLORE_IRQ || ctx->context == EXPLORE_NMI) {
		c->irqs_off = ctx->irqs_off_before;
		E.ref_cpu[ctx->cpu].irqs_off = ctx->irqs_off_before;
		E.stores++;
	}
	if (ctx->is_rcu)
		c->callbacks_run++;
	engine_section_changed(ctx->cpu);
	if (ctx->context == EXPLORE_TASK)
		E.last = NO_CPU; /* the next choice preempts no context */
}

/* Runs the CPU's next task up to its first step; a task without a step is followed by the next. */
static void start_tasks(unsigned cpu)
{
	struct engine_cpu *c = &E.cpu[cpu];

	while (!c->depth && E.tasks_of[cpu][c->next_task] != NO_CPU) {
		struct engine_task *t = &E.task[E.tasks_of[cpu][c->next_task++]];
		struct engine_ctx *ctx = push(cpu, EXPLORE_TASK, t->name, t->fn, t->arg);

		E.prologue = true;
		E.event = EVENT_NONE; /* stays so if the task comes to a step */
		E.cur = ctx;
		coro_switch(&E.root, &ctx->coro);
		E.cur = NULL;
		E.prologue = false;
		if (E.event != EVENT_FINISHED)
			return;
		pop(ctx);
	}
}

/* ---- deciding ---- */

/* Checks every invariant; called after each step. */
static bool invariants_hold(bool at_end)
{
	E.event = EVENT_NONE;
	for (unsigned i = 0; i < E.nr_invariants; i++) {
		const struct engine_invariant *inv = &E.invariant[i];

		if (inv->at_end != at_end)
			continue;
		E.why[0] = '\0';
		if (!inv->holds(inv->arg, E.why, sizeof(E.why))) {
			snprintf(E.broken, sizeof(E.broken), "%s", inv->name);
			return false;
		}
		if (E.event == EVENT_FAILED)
			return false;
	}
	return true;
}

static bool all_finished(void)
{
	for (unsigned cpu = 0; cpu < E.nr_cpus; cpu++)
		if (E.cpu[cpu].depth || E.cpu[cpu].nr_stores ||
		    E.cpu[cpu].callbacks_run < E.cpu[cpu].nr_callbacks)
			return false;
	return true;
}

static enum engine_event nobody_can_go_on(void)
{
	char who[160] = "";

	if (all_finished())
		return invariants_hold(true) ? EVENT_END : EVENT_FAILED;
	for (unsigned cpu = 0; cpu < E.nr_cpus; cpu++) {
		const struct engine_ctx *top = engine_top(cpu);
		size_t n = strlen(who);

		if (top)
			snprintf(who + n, sizeof(who) - n, "%s%s", n ? ", " : "", top->name);
	}
	engine_fail("deadlock", "nobody can go on, and these have not finished: %s",
		    who[0] ? who : "RCU's callbacks");
	return EVENT_FAILED;
}

/* False: the schedule ends here; E.event says how. Only seen by the root. */
static bool may_choose(struct engine_ctx *self, struct engine_choice *c)
{
	*c = engine_default();
	if (c->cpu == NO_CPU && E.picked != NO_CPU)
		return end(self, EVENT_CUT); /* the CPU for which stores were drained still waits */
	if (c->cpu == NO_CPU)
		return end(self, nobody_can_go_on());
	if (E.step >= ENGINE_MAX_STEPS) {
		engine_fail("livelock", "still going after %d steps", ENGINE_MAX_STEPS);
		return end(self, EVENT_FAILED);
	}
	return true;
}

/* The last CPU's step is over: leaving that CPU is free if it cannot go on. */
static void settle_last(void)
{
	if (E.last != NO_CPU && E.picked == NO_CPU && !engine_top_enabled(E.last) &&
	    !engine_ipi_ready(E.last))
		E.last = NO_CPU;
}

/*
 * Chooses past the deviations, where no schedule has been before. With no alternative left, a known
 * state saves only the rest of this schedule, so every fourth state is remembered.
 */
static bool choose_fresh(struct engine_ctx *self, struct engine_choice *c)
{
	bool forced = E.preemptions >= E.bound && E.last != NO_CPU && !E.buffers;
	bool look = E.reduction && (!forced || !(E.step & 3));
	uint64_t key = 0;

	if (look) {
		key = engine_state_hash();
		engine_seen_soon(key);
	}
	if (!invariants_hold(false))
		return end(self, EVENT_FAILED);
	if (!may_choose(self, c))
		return false;
	if (E.step >= E.shortest || (look && engine_seen(key)))
		return end(self, EVENT_CUT);
	if (!forced)
		engine_note_alternatives(*c);
	return true;
}

/* Chooses as the schedule's deviations say, else the default. */
static bool choose_known(struct engine_ctx *self, struct engine_choice *c)
{
	if ((E.recording || E.dry) && !invariants_hold(false))
		return end(self, EVENT_FAILED);
	if (!may_choose(self, c))
		return false;
	if (E.next_dev == E.nr_dev || E.dev[E.next_dev].step != E.step)
		return true;
	*c = E.dev[E.next_dev++].choice;
	if (E.recording) {
		if (engine_possible(*c))
			return true;
		snprintf(E.why, sizeof(E.why), "step %u: that cannot happen here", E.step);
		return end(self, EVENT_BAD_REPLAY);
	}
	E.fresh = E.next_dev == E.nr_dev;
	E.slow_at = E.fresh ? 0 : E.dev[E.next_dev].step;
	return true;
}

/* False: the schedule ends here; E.event says how. Only seen by the root. */
static bool choose(struct engine_ctx *self, struct engine_choice *c)
{
	settle_last();
	return E.fresh ? choose_fresh(self, c) : choose_known(self, c);
}

static struct engine_ctx *land(struct engine_choice c)
{
	struct engine_cpu *cpu = &E.cpu[c.cpu];
	struct engine_ctx *ctx;

	if (c.kind == CHOICE_LAND) {
		const struct engine_interrupt *i = &E.interrupt[c.arg];

		E.landed[c.arg]++;
		ctx = push(c.cpu, i->context, i->name, i->fn, i->arg);
	} else if (engine_ipi_ready(c.cpu)) {
		cpu->ipi_pending = false;
		E.nr_ipis--;
		ctx = push(c.cpu, EXPLORE_IRQ, "ipi", (void (*)(void *))engine_ipi_handler,
			   &E.ref_cpu[c.cpu]);
	} else {
		struct engine_callback *cb = &cpu->callback[cpu->callbacks_run];

		engine_drain_all();
		ctx = push(c.cpu, EXPLORE_SOFTIRQ, "rcu", (void (*)(void *))cb->fn, cb->head);
		ctx->is_rcu = true;
	}
	return ctx;
}

/* A store reaches memory, as a step; then the CPU for which it is drained (c.arg) goes on. */
static void drain(struct engine_choice c)
{
	char text[192];

	engine_drain_one(c.cpu, text, sizeof(text));
	if (E.recording)
		engine_trace_drain(c.cpu, text);
	E.picked = c.arg;
	if (c.arg != NO_CPU)
		E.last = c.arg;
}

/*
 * Returns when `self` may make its next step. From the root (NULL), when something has finished or
 * the schedule has ended.
 */
void engine_decide(struct engine_ctx *self)
{
	struct engine_ctx *next;
	struct engine_choice c;
	bool landed;

	if (self && self->announced) {
		self->announced = false;
		return;
	}
	E.cur = NULL;
	if (E.prologue) {
		coro_switch(&self->coro, &E.root);
		return;
	}
	for (;;) {
		if (!choose(self, &c))
			return;
		E.preemptions += engine_cost(c);
		E.step++;
		if (c.kind != CHOICE_DRAIN)
			break;
		drain(c);
	}
	E.last = c.cpu;
	E.picked = NO_CPU;
	landed = c.kind != CHOICE_RUN || engine_ipi_ready(c.cpu) || !engine_top_enabled(c.cpu);
	next = landed ? land(c) : engine_top(c.cpu);
	if (E.recording)
		engine_trace_step(next, landed);
	E.cur = next;
	if (next != self)
		coro_switch(self ? &self->coro : &E.root, &next->coro);
}

void engine_block(struct engine_ctx *self, enum engine_block block)
{
	self->block = (unsigned char)block;
	engine_decide(self);
	self->block = BLOCK_NONE;
}

static void reset(void)
{
	engine_memory_reset();
	for (unsigned cpu = 0; cpu < E.nr_cpus; cpu++) {
		memset(&E.cpu[cpu], 0, offsetof(struct engine_cpu, callback));
		E.ref_cpu[cpu] = E.ref_cpu_start[cpu];
		E.cpu[cpu].irqs_off = E.cpu_start[cpu].irqs_off;
		E.cpu[cpu].rcu_nesting = E.cpu_start[cpu].rcu_nesting;
		E.cpu[cpu].in_section = in_section(cpu);
	}
	memset(E.landed, 0, sizeof(E.landed));
	E.step = 0;
	E.nr_ipis = 0;
	E.last = NO_CPU;
	E.picked = NO_CPU;
	E.preemptions = 0;
	E.next_dev = 0;
	E.fresh = false;
	E.slow_at = 0;
	E.event = EVENT_NONE;
}

void engine_schedule(void)
{
	reset();
	for (unsigned cpu = 0; cpu < E.nr_cpus && E.event != EVENT_FAILED; cpu++)
		start_tasks(cpu);
	if (E.event == EVENT_FAILED)
		return;
	E.last = NO_CPU;
	E.fresh = !E.nr_dev && !E.recording && !E.dry;
	E.slow_at = E.nr_dev && !E.recording ? E.dev[0].step : 0;
	for (;;) {
		engine_decide(NULL);
		if (E.event != EVENT_FINISHED)
			return;
		pop(E.left);
		start_tasks(E.left->cpu);
		if (E.event == EVENT_FAILED)
			return;
	}
}
