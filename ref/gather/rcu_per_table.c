// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Discipline rcu_per_table: one callback for each table, its head in the table's own struct, as the
 * kernel with PT_RECLAIM does for single tables (718b13861d22). Freeing then allocates nothing.
 */
#include "gather_priv.h"

const struct gather_discipline gather_rcu_per_table = {
	.name = "rcu_per_table",
	.deferred = true,
	.needs_membarrier = true,
	.free_batch = gather_rcu_free_each,
	.free_one = gather_rcu_free_one,
	.synchronize = gather_rcu_synchronize,
	.barrier = gather_rcu_barrier,
};
