// SPDX-License-Identifier: GPL-2.0-or-later
/* Waiting, locks, interrupts and RCU, as simulated CPUs have them. */
#include <errno.h>
#include <string.h>

#include "engine.h"

void (*engine_ipi_handler)(struct ref_cpu *cpu);
/* The CPU of code that runs outside any schedule and setup. */
static struct ref_cpu outside;

struct ref_cpu *model_this_cpu(void)
{
	if (E.cur)
		return &E.ref_cpu[E.cur->cpu];
	return E.m ? &E.ref_cpu[E.setup_cpu] : &outside;
}

/* Before a step that goes into the kernel. */
static void full_barrier(struct engine_ctx *ctx)
{
	engine_point_full(ctx, NULL, 0);
	if (E.buffers)
		engine_drain_cpu(ctx->cpu);
}

void model_step_name(const char *site)
{
	if (E.cur)
		E.cur->step_name = site;
}

void model_point(const struct model_site *s)
{
	if (!E.cur)
		return;
	engine_point(E.cur);
	engine_learn(E.cur, 0);
	engine_trace(s, "%s", s->expr);
}

/* Without delayed stores a fence is no step. */
void model_fence(const struct model_site *s)
{
	struct engine_ctx *ctx = E.cur;

	if (!ctx || !E.cpu[ctx->cpu].nr_stores)
		return;
	engine_point_full(ctx, NULL, 0);
	engine_drain_cpu(ctx->cpu);
	engine_learn(ctx, 0);
	engine_trace(s, "full barrier");
}

/* ---- interrupts off ---- */

int model_irq_save(const struct model_site *s)
{
	struct engine_ctx *ctx = E.cur;
	struct ref_cpu *cpu = model_this_cpu();
	int flags;

	if (!ctx) {
		flags = cpu->irqs_off;
		cpu->irqs_off = 1;
		return flags;
	}
	engine_point(ctx);
	flags = E.cpu[ctx->cpu].irqs_off;
	E.cpu[ctx->cpu].irqs_off = 1;
	engine_learn(ctx, (unsigned)flags);
	engine_store(s, ctx, &cpu->irqs_off, sizeof(int), 1);
	engine_section_changed(ctx->cpu);
	engine_trace(s, "interrupts off");
	return flags;
}

void model_irq_restore(const struct model_site *s, int flags)
{
	struct engine_ctx *ctx = E.cur;
	struct ref_cpu *cpu = model_this_cpu();

	if (!ctx) {
		cpu->irqs_off = flags;
		return;
	}
	engine_point(ctx);
	E.cpu[ctx->cpu].irqs_off = flags;
	engine_learn(ctx, 0);
	engine_store(s, ctx, &cpu->irqs_off, sizeof(int), (unsigned)flags);
	engine_section_changed(ctx->cpu);
	engine_trace(s, flags ? "interrupts as they were: off" : "interrupts on");
}

int ref_ipi_init(void (*handler)(struct ref_cpu *cpu))
{
	engine_ipi_handler = handler;
	return 0;
}

void model_ipi_send(const struct model_site *s, int id)
{
	struct engine_ctx *ctx = E.cur;

	if (!ctx)
		return;
	full_barrier(ctx);
	engine_learn(ctx, 0);
	engine_trace(s, "interrupt to CPU %d", id);
	if (id < 0 || (unsigned)id >= E.nr_cpus || !engine_ipi_handler)
		return;
	if (!E.cpu[id].ipi_pending) {
		E.cpu[id].ipi_pending = true;
		E.nr_ipis++;
	}
}

/* ---- waiting ---- */

void model_wait_begin(const struct model_site *s)
{
	struct engine_ctx *ctx = E.cur;

	if (!ctx)
		return;
	ctx->waiting = true;
	ctx->nr_reads = 0;
	ctx->stores_seen = E.stores;
	ctx->history_before = ctx->history;
}

/*
 * The condition was false, and stays false until one of the values that it read changes: the state
 * is the same as before the evaluation. The first access of the next evaluation is part of the step
 * that ends the wait.
 */
void model_wait_block(const struct model_site *s)
{
	struct engine_ctx *ctx = E.cur;

	if (!ctx) {
		fputs("explore: ref_wait_until() outside a schedule would wait forever\n", stderr);
		explore_fail("deadlock", "a wait outside a schedule");
		return;
	}
	if (ctx->announced) { /* the condition read nothing */
		ctx->announced = false;
		engine_trace(s, "wait for %s", s->expr);
	}
	ctx->history = ctx->history_before;
	engine_block(ctx, BLOCK_WAIT);
	ctx->nr_reads = 0;
	ctx->stores_seen = E.stores;
	ctx->announced = true;
}

void model_wait_end(void)
{
	struct engine_ctx *ctx = E.cur;

	if (!ctx)
		return;
	ctx->waiting = false;
	ctx->announced = false;
	engine_learn(ctx, 1);
}

/* How often the lock was taken, which tells the order of writes to plain data under it. */
static unsigned lock_taken(const struct ref_spinlock *l)
{
	unsigned i;

	for (i = 0; i < E.nr_locks; i++)
		if (E.lock[i].l == l)
			return ++E.lock[i].taken;
	if (i == ENGINE_LOCKS)
		explore_fail("limit", "more than %d locks", ENGINE_LOCKS);
	E.lock[E.nr_locks++] = (struct engine_lock){ l, 1 };
	return 1;
}

static void note_wait(struct engine_ctx *ctx, const int *word)
{
	if (!ctx->waiting)
		return;
	if (ctx->nr_reads < ENGINE_READS)
		ctx->read[ctx->nr_reads] =
			(struct engine_read){ word, engine_view(ctx->cpu, word, sizeof(*word)),
					      sizeof(*word) };
	ctx->nr_reads++;
}

void model_spin_lock(const struct model_site *s, struct ref_spinlock *l)
{
	struct engine_ctx *ctx = E.cur;
	char what[96];

	if (!ctx) {
		l->locked = 1;
		return;
	}
	ctx->word = l;
	engine_block(ctx, BLOCK_LOCK);
	engine_check_freed(s, l, sizeof(*l));
	engine_drain_cpu(ctx->cpu);
	engine_log_store(&l->locked, sizeof(l->locked), 1);
	engine_learn(ctx, lock_taken(l));
	engine_trace(s, "lock %s", engine_what(s, l, what, sizeof(what)));
}

bool model_spin_trylock(const struct model_site *s, struct ref_spinlock *l)
{
	struct engine_ctx *ctx = E.cur;
	char what[96];
	bool busy = l->locked;

	if (!ctx) {
		l->locked = 1;
		return !busy;
	}
	engine_point_full(ctx, l, sizeof(*l));
	engine_check_freed(s, l, sizeof(*l));
	busy = engine_view(ctx->cpu, &l->locked, sizeof(l->locked));
	note_wait(ctx, &l->locked);
	if (!busy) {
		engine_drain_cpu(ctx->cpu);
		engine_log_store(&l->locked, sizeof(l->locked), 1);
	}
	engine_learn(ctx, busy ? 0 : lock_taken(l));
	engine_trace(s, "try to lock %s: %s", engine_what(s, l, what, sizeof(what)),
		     busy ? "busy" : "taken");
	return !busy;
}

void model_spin_unlock(const struct model_site *s, struct ref_spinlock *l)
{
	struct engine_ctx *ctx = E.cur;
	char what[96];

	if (!ctx) {
		l->locked = 0;
		return;
	}
	engine_point(ctx);
	engine_check_freed(s, l, sizeof(*l));
	if (!engine_view(ctx->cpu, &l->locked, sizeof(l->locked)))
		explore_fail("lock", "%s unlocked, which nobody holds", s->expr);
	engine_store(s, ctx, &l->locked, sizeof(l->locked), 0);
	engine_learn(ctx, 0);
	engine_trace(s, "unlock %s", engine_what(s, l, what, sizeof(what)));
}

/* Only ref_wake() wakes: a native sleep may end early, the model's ends as late as possible. */
void model_sleep_while(const struct model_site *s, int *word, int val)
{
	struct engine_ctx *ctx = E.cur;
	char what[96];
	int v;

	if (!ctx)
		return;
	full_barrier(ctx);
	engine_check_freed(s, word, sizeof(*word));
	v = (int)engine_peek(word, sizeof(*word));
	engine_learn(ctx, (unsigned)v);
	engine_what(s, word, what, sizeof(what));
	if (v != val) {
		engine_trace(s, "does not sleep, %s is %d", what, v);
		return;
	}
	engine_trace(s, "sleeps while %s is %d", what, v);
	ctx->word = word;
	ctx->woken = false;
	engine_block(ctx, BLOCK_SLEEP);
	engine_learn(ctx, 1);
	engine_trace(s, "woken");
}

void model_wake(const struct model_site *s, int *word)
{
	struct engine_ctx *ctx = E.cur;
	unsigned woken = 0;
	char what[96];

	if (!ctx)
		return;
	full_barrier(ctx);
	for (unsigned cpu = 0; cpu < E.nr_cpus; cpu++) {
		for (unsigned i = 0; i < E.cpu[cpu].depth; i++) {
			struct engine_ctx *c = &E.ctx[cpu][i];

			if (c->block == BLOCK_SLEEP && c->word == word && !c->woken) {
				c->woken = true;
				woken++;
			}
		}
	}
	engine_learn(ctx, 0);
	engine_trace(s, "wake %s: %u slept", engine_what(s, word, what, sizeof(what)), woken);
}

/* ---- RCU ---- */

void model_rcu_lock(const struct model_site *s, int change)
{
	struct engine_ctx *ctx = E.cur;
	struct ref_cpu *cpu = model_this_cpu();

	if (!ctx) {
		cpu->rcu_nesting += change;
		return;
	}
	engine_point(ctx);
	E.cpu[ctx->cpu].rcu_nesting += change;
	engine_learn(ctx, 0);
	engine_store(s, ctx, &cpu->rcu_nesting, sizeof(int), (unsigned)E.cpu[ctx->cpu].rcu_nesting);
	engine_section_changed(ctx->cpu);
	engine_trace(s, change > 0 ? "rcu_read_lock" : "rcu_read_unlock");
}

void model_synchronize_rcu(const struct model_site *s)
{
	struct engine_ctx *ctx = E.cur;

	if (!ctx)
		return;
	engine_point(ctx);
	engine_drain_all();
	ctx->grace_mask = engine_sections() & ~(1U << ctx->cpu);
	engine_learn(ctx, ctx->grace_mask);
	engine_trace(s, "synchronize_rcu");
	if (!ctx->grace_mask)
		return;
	engine_block(ctx, BLOCK_GRACE);
	engine_drain_all();
	engine_learn(ctx, 0);
	engine_trace(s, "the grace period has ended");
}

/* Waits for sections of the caller's CPU too: the callback may run as a softirq inside one. */
void model_call_rcu(const struct model_site *s, struct ref_rcu_head *head,
		    void (*fn)(struct ref_rcu_head *head))
{
	struct engine_ctx *ctx = E.cur;
	struct engine_cpu *c;
	char what[96];

	if (!ctx) {
		fn(head);
		return;
	}
	engine_point(ctx);
	engine_drain_all();
	c = &E.cpu[ctx->cpu];
	if (c->nr_callbacks == ENGINE_CALLBACKS)
		explore_fail("limit", "more than %d RCU callbacks on one CPU", ENGINE_CALLBACKS);
	head->fn = fn;
	c->callback[c->nr_callbacks++] = (struct engine_callback){ head, fn, engine_sections() };
	engine_learn(ctx, 0);
	engine_trace(s, "call_rcu %s", engine_what(s, head, what, sizeof(what)));
}

void model_rcu_barrier(const struct model_site *s)
{
	struct engine_ctx *ctx = E.cur;

	if (!ctx)
		return;
	engine_point(ctx);
	for (unsigned cpu = 0; cpu < E.nr_cpus; cpu++) {
		ctx->callbacks_target[cpu] = E.cpu[cpu].nr_callbacks;
		engine_learn(ctx, ctx->callbacks_target[cpu]);
	}
	engine_trace(s, "rcu_barrier");
	if (engine_callbacks_done(ctx))
		return;
	engine_block(ctx, BLOCK_CALLBACKS);
	engine_drain_all();
	engine_learn(ctx, 0);
	engine_trace(s, "the callbacks have run");
}

void model_membarrier(const struct model_site *s)
{
	struct engine_ctx *ctx = E.cur;

	if (!ctx)
		return;
	engine_point(ctx);
	engine_drain_all();
	engine_learn(ctx, 0);
	engine_trace(s, "membarrier");
}

void explore_faults(bool on)
{
	if (E.cur)
		E.cur->faults = on;
}

unsigned explore_cpu(void)
{
	return E.cur ? E.cur->cpu : E.setup_cpu;
}

enum explore_context explore_context(void)
{
	return E.cur ? E.cur->context : EXPLORE_TASK;
}
