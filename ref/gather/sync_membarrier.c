// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Discipline sync_membarrier: the kernel interrupts our readers' CPUs, by membarrier(2).
 *
 * membarrier(2) is a full barrier on every CPU that runs one of our threads, but it does not wait
 * for a walk to end: ref_irq_save() does not keep the kernel's interrupt out. The freer then waits
 * until it has seen each reader outside a walk.
 */
#include "gather_priv.h"

/*
 * A walk that set irqs_off before membarrier's barrier is seen here; a walk that sets it later
 * loads its entries after the barrier and sees the unlinking. Loading a clear irqs_off pairs with
 * the release in ref_irq_restore(). The lock keeps the reader's struct ref_cpu from going away.
 */
static void invalidate(struct gather *g)
{
	ref_membarrier();
	g->ipis_sent++;
	ref_spin_lock(&g->lock);
	for (struct gather_reader *r = gather_readers(g); r; r = r->next)
		if (REF_READ_ONCE(r->epoch) & 1)
			ref_wait_until(!ref_load_acquire(&r->cpu->irqs_off));
	ref_spin_unlock(&g->lock);
}

const struct gather_discipline gather_sync_membarrier = {
	.name = "sync_membarrier",
	.needs_membarrier = true,
	.invalidate = invalidate,
	.free_batch = gather_free_batch,
};
