// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the RCU callbacks that an operation queues execute later.
 *
 * A marker callback is queued before the operation and another one after it. Callbacks of one
 * CPU run in the order they were queued, so the time between the two marks, less that of two
 * marks with nothing between them, is the cost of the callbacks in between and of dispatching
 * them. The grace period's own machinery is not billed: it is shared by all that wait for it.
 * A pair is thrown away unless both ran in one batch without an interrupt between.
 */
#include <linux/interrupt.h>
#include <linux/rcupdate.h>
#include <linux/timekeeping.h>

#include "marks.h"
#include "ptbench.h"

struct mark {
	struct rcu_head rcu;
	u64 clock, irqs, softirqs;
};

static struct mark first, second;

static void mark_fn(struct rcu_head *rcu)
{
	struct mark *m = container_of(rcu, struct mark, rcu);
	int cpu = raw_smp_processor_id();

	/* The clock last: then everything below it is the same code in both marks. */
	m->irqs = ptb_arch_irqs(cpu);
	m->softirqs = kstat_softirqs_cpu(RCU_SOFTIRQ, cpu);
	ptb_mark_clock();
	m->clock = ptb_in_time ? ktime_get_mono_fast_ns() : ptb_arch_clock();
}

void ptb_deferred_first(void)
{
	call_rcu(&first.rcu, mark_fn);
}

void ptb_deferred_second(void)
{
	call_rcu(&second.rcu, mark_fn);
}

/* Waits for both, and for everything else that was queued, so that the next window starts clean. */
bool ptb_deferred_result(u64 *cost)
{
	rcu_barrier();
	*cost = ptb_in_time ? second.clock - first.clock :
			      ptb_arch_delta(first.clock, second.clock);
	return first.irqs == second.irqs && first.softirqs == second.softirqs;
}
