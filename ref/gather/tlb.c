// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A simulated TLB per thread: pages are not freed before their entries are invalidated in it.
 *
 * An entry is valid while its generation is the TLB's; one increment invalidates all entries. The
 * thread itself increments in its interrupt handler, or, where invalidations are broadcast, the
 * freer does: TLBI marks, and DSB waits for accesses that had begun (Arm ARM, D8.16: completion of
 * TLB maintenance).
 */
#include <errno.h>

#include "gather_priv.h"

#define NR_ENTRIES 4

struct gather_tlb {
	unsigned generation;
	int busy; /* an access is going on */
	struct {
		unsigned generation; /* the TLB's when the entry was filled, + 1; 0: never filled */
		uint64_t addr;
		struct ref_page *page;
	} entry[NR_ENTRIES];
};

int gather_tlb_attach(struct gather *g)
{
	struct gather_reader *r = gather_my_reader(g);
	struct gather_tlb *tlb;

	if (!r)
		return -ENOENT;
	tlb = gather_alloc(sizeof(*tlb));
	if (!tlb)
		return -ENOMEM;
	ref_spin_lock(&g->lock);
	REF_WRITE_ONCE(r->tlb, tlb);
	ref_spin_unlock(&g->lock);
	/* A full barrier before the first access: pairs with that of gather_broadcast(). */
	(void)ref_fetch_add(&g->nr_tlbs, 1);
	return 0;
}

void gather_tlb_flush_local(struct gather_tlb *tlb)
{
	(void)ref_fetch_add(&tlb->generation, 1);
}

static void broadcast_to(struct gather_tlb *tlb)
{
	gather_tlb_flush_local(tlb);
	/* Acquire: the access's use of the page comes before. */
	ref_wait_until(!ref_load_acquire(&tlb->busy));
}

/* The lock keeps a thread's TLB from being freed. asid: NULL, or only TLBs of threads that use that
 * number. */
static void broadcast(struct gather *g, const unsigned *asid)
{
	struct gather_tlb *tlb;

	ref_spin_lock(&g->lock);
	for (struct gather_reader *r = gather_readers(g); r; r = r->next) {
		tlb = REF_READ_ONCE(r->tlb);
		if (tlb && (!asid || REF_READ_ONCE(r->asid) == *asid))
			broadcast_to(tlb);
	}
	ref_spin_unlock(&g->lock);
}

/* Nothing but TLBs caches our tables, so without TLBs a broadcast is only the full barrier. */
void gather_broadcast(struct gather *g)
{
	ref_full_barrier();
	if (REF_READ_ONCE(g->nr_tlbs))
		broadcast(g, NULL);
}

/* A thread that changes its number has dropped its entries before it acknowledges, and walks anew:
 * whether this reaches its TLB, before or after, does not matter. */
void gather_broadcast_asid(struct gather *g, unsigned asid)
{
	ref_full_barrier();
	if (REF_READ_ONCE(g->nr_tlbs))
		broadcast(g, &asid);
}

/* Translates by the TLB, or by a walk. The walk's result gets the generation read before the walk:
 * if an invalidation comes in between, the new entry is invalid from the start. */
static struct ref_page *translate(struct gather_tlb *tlb, struct ref_mm *mm, uint64_t addr)
{
	unsigned valid = REF_READ_ONCE(tlb->generation) + 1;
	unsigned i = (addr >> pgt_page_shift(mm)) % NR_ENTRIES;
	struct ref_page *page;

	if (REF_READ_ONCE(tlb->entry[i].generation) == valid &&
	    REF_READ_ONCE(tlb->entry[i].addr) == addr)
		return REF_READ_ONCE(tlb->entry[i].page);
	page = pgt_lookup(mm, addr, false);
	if (page) {
		REF_WRITE_ONCE(tlb->entry[i].addr, addr);
		REF_WRITE_ONCE(tlb->entry[i].page, page);
		REF_WRITE_ONCE(tlb->entry[i].generation, valid);
	}
	return page;
}

bool gather_tlb_access(struct gather *g, struct ref_mm *mm, uint64_t addr,
		       void (*use)(void *arg, struct ref_page *page), void *arg)
{
	struct gather_tlb *tlb = gather_my_reader(g)->tlb;
	int flags = ref_irq_save(); /* interrupts come between instructions */
	struct ref_page *page;

	addr &= ~((1ULL << pgt_page_shift(mm)) - 1);
	/* Full barrier: the freer sees `busy`, or this access sees the invalidation. */
	(void)ref_xchg(&tlb->busy, 1);
	page = translate(tlb, mm, addr);
	if (page && use)
		use(arg, page);
	ref_store_release(&tlb->busy, 0);
	ref_irq_restore(flags);
	return page;
}
