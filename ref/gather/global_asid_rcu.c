// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Discipline global_asid_rcu: x86's since 6.15 on processors with INVLPGB (arch/x86/mm/tlb.c, read
 * in Linux 7.3.4).
 *
 * Each CPU numbers the mms that it runs by itself, so a broadcast would not know which number to
 * name: the flush is an interrupt, as in ipi_rcu. An mm that is active on more than three CPUs gets
 * a number that is the same on all of them (consider_global_asid()), and from then on a flush is
 * INVLPGB and TLBSYNC, which interrupt nobody (broadcast_tlb_flush()). In between, a CPU may run
 * the mm by its own number still, and the broadcast does not reach it: as long as one does, the
 * flush interrupts, and the handler changes the number (finish_asid_transition()). So arm64's
 * broadcast_rcu is where this ends, not where it begins.
 *
 * A walker with interrupts off holds up the flush before, and no flush after: tables have to be
 * freed by RCU, as they are on x86 since the same series (a37259732a7d).
 *
 * Left out: the kernel looks only once in a while whether the mm shall get a number, waits for a
 * CPU that is in the middle of switch_mm(), and takes a number back when the mm is gone.
 */
#include "gather_priv.h"

/* mm_active_cpus_exceeds(): the readers', and the freer's own. */
static bool active_cpus_exceed(struct gather *g, unsigned threshold)
{
	unsigned nr = 1;

	for (struct gather_reader *r = gather_readers(g); r; r = r->next)
		nr += REF_READ_ONCE(r->epoch) & 1;
	return nr > threshold;
}

void gather_assign_asid(struct gather *g)
{
	g->in_asid_transition = true;
	REF_WRITE_ONCE(g->asid, 1);
}

/* finish_asid_transition(): interrupts if a CPU uses another number; else nobody ever will. */
static void finish_transition(struct gather *g)
{
	for (struct gather_reader *r = gather_readers(g); r; r = r->next) {
		if (!(ref_load_acquire(&r->epoch) & 1) || REF_READ_ONCE(r->asid) == g->asid)
			continue;
		gather_interrupt_readers(g);
		return;
	}
	g->in_asid_transition = false;
}

/* flush_tlb_mm_range() */
void gather_asid_invalidate(struct gather *g)
{
	ref_full_barrier(); /* the unlinking, before the look for readers and for their numbers */
	if (!g->asid) {
		gather_interrupt_readers(g);
		if (active_cpus_exceed(g, g->asid_cpus))
			gather_assign_asid(g);
		return;
	}
	gather_broadcast_asid(g, g->asid);
	if (g->in_asid_transition)
		finish_transition(g);
}

/* In the handler: flush_tlb_func() calls switch_mm_irqs_off() if mm_needs_global_asid(). What the
 * TLB has of the former number is of no use any more; the handler drops it. */
void gather_asid_interrupted(struct gather_reader *r)
{
	REF_WRITE_ONCE(r->asid, REF_READ_ONCE(r->g->asid));
}

/* choose_new_asid() in switch_mm_irqs_off(). With interrupts on, the handler could come between the
 * load and the store, and the store would bring the former number back. */
int gather_asid_online(struct gather *g)
{
	int flags = ref_irq_save();

	gather_asid_interrupted(gather_my_reader(g));
	ref_irq_restore(flags);
	return 0;
}

int gather_asid_init(struct gather *g)
{
	g->asid_cpus = 3;
	return 0;
}

const struct gather_discipline gather_global_asid_rcu = {
	.name = "global_asid_rcu",
	.deferred = true,
	.needs_membarrier = true,
	.init = gather_asid_init,
	.reader_online = gather_asid_online,
	.reader_interrupted = gather_asid_interrupted,
	.invalidate = gather_asid_invalidate,
	.free_batch = gather_rcu_free_batch,
	.free_one = gather_rcu_free_one,
	.synchronize = gather_rcu_synchronize,
	.barrier = gather_rcu_barrier,
};
