// SPDX-License-Identifier: GPL-2.0-or-later
/* Discipline membarrier: sync_membarrier without its wait. Busted. */
#include "gather_priv.h"

static void invalidate(struct gather *g)
{
	ref_membarrier();
	g->ipis_sent++;
}

const struct gather_discipline gather_membarrier = {
	.name = "membarrier",
	.busted = true,
	.needs_membarrier = true,
	.invalidate = invalidate,
	.free_batch = gather_free_batch,
};
