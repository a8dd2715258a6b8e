// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Discipline broadcast_no_wait: what x86 does without RCU, where nothing interrupts. Busted: the
 * race that RCU is for: a table freed, and used again, under a walker (mm/mmu_gather.c).
 */
#include "gather_priv.h"

const struct gather_discipline gather_broadcast_no_wait = {
	.name = "broadcast_no_wait",
	.busted = true,
	.free_batch = gather_free_batch,
};
