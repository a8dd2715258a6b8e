// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Discipline ipi_rcu: x86's since 6.15, and before that with PARAVIRT. The flush still interrupts
 * every CPU in the mm, and waits; tables are then freed by RCU all the same, because a hypervisor
 * may flush a preempted CPU without an interrupt (a37259732a7d).
 */
#include "gather_priv.h"

static void invalidate(struct gather *g)
{
	ref_full_barrier();
	gather_interrupt_readers(g);
}

const struct gather_discipline gather_ipi_rcu = {
	.name = "ipi_rcu",
	.deferred = true,
	.needs_membarrier = true,
	.invalidate = invalidate,
	.free_batch = gather_rcu_free_batch,
	.free_one = gather_rcu_free_one,
	.synchronize = gather_rcu_synchronize,
	.barrier = gather_rcu_barrier,
};
