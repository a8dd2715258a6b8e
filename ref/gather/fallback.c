// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The fallbacks: each frees one table when there is no memory for a batch. The table is unlinked
 * and invalidated already, and walkers may still be in it.
 */
#include <array_size.h>
#include <string.h>

#include "gather_priv.h"

/* For disciplines that free at once: the invalidation has waited for the walkers already. Where
 * tables are freed by RCU it may not have, and no_wait, which does the same there, is busted. */
static void remove_now(struct gather *g, struct ref_page *table)
{
	gather_free_table(g, table);
}

/* tlb_remove_table_sync_one(): the IPI's handler does nothing, the freer waits until it has run. */
void gather_sync_one(struct gather *g)
{
	ref_full_barrier(); /* the unlinking, before the interrupt */
	gather_interrupt_readers(g);
}

/* tlb_remove_table_one() of mm/mmu_gather.c, up to Linux 6.18. */
static void remove_sync_ipi(struct gather *g, struct ref_page *table)
{
	gather_sync_one(g);
	gather_free_table(g, table);
}

/* __tlb_remove_table_one() without PT_RECLAIM, since 1fb3d8c20bfa (7.x). */
static void remove_sync_rcu(struct gather *g, struct ref_page *table)
{
	g->d->synchronize(g);
	gather_free_table(g, table);
}

/* The same with PT_RECLAIM (718b13861d22): a callback by the table's own pt_rcu_head, and nobody
 * waits. */
static void remove_callback(struct gather *g, struct ref_page *table)
{
	g->d->free_one(g, table);
}

static const struct gather_fallback fallbacks[] = {
	{ "none", "nothing more: the invalidation has waited for every walker", false, false,
	  remove_now },
	{ "no_wait", "nothing, where the invalidation waits for nobody", true, true, remove_now },
	{ "sync_ipi",
	  "an interrupt to every CPU, waited for: bounds walkers with interrupts off "
	  "only (Linux up to 6.18)",
	  false, true, remove_sync_ipi },
	{ "sync_rcu", "synchronize_rcu() (Linux 7.x)", false, true, remove_sync_rcu },
	{ "rcu_per_table", "an RCU callback for this table alone (PT_RECLAIM)", false, true,
	  remove_callback },
};

size_t gather_nr_fallbacks(void)
{
	return ARRAY_SIZE(fallbacks);
}

const struct gather_fallback *gather_fallback_at(size_t i)
{
	return i < gather_nr_fallbacks() ? &fallbacks[i] : NULL;
}

const struct gather_fallback *gather_fallback_find(const char *name)
{
	for (size_t i = 0; i < gather_nr_fallbacks(); i++)
		if (!strcmp(fallbacks[i].name, name))
			return &fallbacks[i];
	return NULL;
}
