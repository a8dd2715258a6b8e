// SPDX-License-Identifier: GPL-2.0-or-later
/* The invalidation: by the discipline's own function, or none. */
#include "gather_priv.h"

/*
 * As tlb_flush_mmu_tlbonly(): tlb_flush() if any entry was cleared or table freed, then all bits
 * are reset. A table unlinked after this belongs to the next flush.
 */
void gather_flush_tlbonly(struct gather *g)
{
	if (!(g->freed_tables || g->cleared_ptes || g->unshared_tables))
		return;
	REF_STEP("gather: unlinked");
	if (g->d->invalidate)
		g->d->invalidate(g);
	else
		gather_broadcast(g);
	REF_STEP("gather: invalidated");
	g->tlb_flushes++;
	g->freed_tables = g->cleared_ptes = g->unshared_tables = false;
	if (ref_unlikely(g->log))
		g->log(g->log_cookie);
}
