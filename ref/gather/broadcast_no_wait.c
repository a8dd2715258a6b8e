// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Discipline broadcast_no_wait: frees at once, as x86 without RCU, but no IPI waits for walkers.
 * Busted: a table is freed and used again under a walker, the race of mm/mmu_gather.c.
 */
#include "gather_priv.h"

const struct gather_discipline gather_broadcast_no_wait = {
	.name = "broadcast_no_wait",
	.busted = true,
	.free_batch = gather_free_batch,
};
