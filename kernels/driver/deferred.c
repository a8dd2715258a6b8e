// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the RCU callbacks that an operation queues execute later.
 *
 * A marker callback is queued before the operation and another one after it. Callbacks of one
 * CPU run in the order they were queued, so the time between the two marks, less that of two
 * marks with nothing between them, is the cost of the callbacks in between and of dispatching
 * them. The grace period's own machinery is not billed: it is shared by all that wait for it.
 * A pair is thrown away unless both ran in one batch, with neither an interrupt nor a refill of an
 * allocator between them (noise.c), as a window is. Both marks read the same counts, so that what
 * reading them costs goes with the marks themselves.
 */
#include <linux/rcupdate.h>
#include <linux/ktime.h>
#include <linux/timekeeping.h>

#include "marks.h"
#include "ptbench.h"

struct mark {
	struct rcu_head rcu;
	struct ptb_noise noise;
	u64 clock;
};

static struct mark first, second;

static void mark_fn(struct rcu_head *rcu)
{
	struct mark *m = container_of(rcu, struct mark, rcu);

	/* The clock last: then everything below it is the same code in both marks. */
	ptb_noise_read(&m->noise);
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
	*cost = ptb_in_time ? second.clock - first.clock
			    : ptb_arch_delta(first.clock, second.clock);
	return !memcmp(&first.noise, &second.noise, sizeof(first.noise));
}
