// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Discipline broadcast_rcu: arm64's way. TLBI reaches every CPU through the interconnect and
 * interrupts none, so it waits for no walker; only a grace period tells the freer that all walks
 * have ended.
 *
 * RCU is port.h's. Natively its grace period is membarrier(2) and a look at each thread, and
 * callbacks run in the thread that calls ref_rcu_barrier(): the freer's deferred time is real, but
 * the kernel would run the callbacks later and elsewhere.
 */
#include "gather_priv.h"

const struct gather_discipline gather_broadcast_rcu = {
	.name = "broadcast_rcu",
	.deferred = true,
	.needs_membarrier = true,
	.free_batch = gather_rcu_free_batch,
	.free_one = gather_rcu_free_one,
	.synchronize = gather_rcu_synchronize,
	.barrier = gather_rcu_barrier,
};
