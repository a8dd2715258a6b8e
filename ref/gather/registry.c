// SPDX-License-Identifier: GPL-2.0-or-later
/* The threads that walk under a gather, as mm_cpumask() lists CPUs for the kernel's flush. */
#include <errno.h>

#include "gather_priv.h"

struct gather_reader *gather_readers(struct gather *g)
{
	return ref_load_acquire(&g->readers);
}

struct gather_reader *gather_my_reader(struct gather *g)
{
	struct gather_reader *r = ref_this_cpu()->ipi;

	while (r && r->g != g)
		r = r->next_mine;
	return r;
}

/* A slot in which no thread is online. Called with the lock held. */
static struct gather_reader *__free_slot(struct gather *g)
{
	struct gather_reader *r;

	for (r = g->readers; r; r = r->next)
		if (!(r->epoch & 1))
			return r;
	r = gather_alloc(sizeof(*r));
	if (!r)
		return NULL;
	r->g = g;
	r->next = g->readers;
	ref_store_release(&g->readers, r);
	return r;
}

/*
 * Going online is a full barrier, and the freer has one between unlinking and looking for readers:
 * either the freer sees this reader, or this reader's walks see the unlinking.
 */
int gather_reader_claim(struct gather *g)
{
	struct ref_cpu *cpu = ref_this_cpu();
	struct gather_reader *r;

	ref_spin_lock(&g->lock);
	r = __free_slot(g);
	if (r) {
		r->cpu = cpu;
		REF_WRITE_ONCE(r->id, cpu->id);
		/* The handler runs through this list at any instruction: one store publishes. */
		REF_WRITE_ONCE(r->next_mine, (struct gather_reader *)cpu->ipi);
		ref_barrier();
		REF_WRITE_ONCE(cpu->ipi, (void *)r);
		(void)ref_xchg(&r->epoch, r->epoch + 1);
	}
	ref_spin_unlock(&g->lock);
	return r ? 0 : -ENOMEM;
}

/* Called outside a walk. Going offline answers every request of the freer to this thread. */
void gather_reader_release(struct gather *g)
{
	struct ref_cpu *cpu = ref_this_cpu();
	struct gather_reader *r, *prev = NULL;

	for (r = cpu->ipi; r && r->g != g; r = r->next_mine)
		prev = r;
	if (!r)
		return;
	ref_spin_lock(&g->lock);
	if (prev)
		REF_WRITE_ONCE(prev->next_mine, r->next_mine);
	else
		REF_WRITE_ONCE(cpu->ipi, (void *)r->next_mine);
	ref_barrier();
	gather_dealloc(r->tlb);
	r->tlb = NULL;
	/* Full barrier: the last walk's loads before it. Pairs with the freer's acquire. */
	(void)ref_xchg(&r->epoch, r->epoch + 1);
	ref_spin_unlock(&g->lock);
}

int gather_reader_online(struct gather *g)
{
	int err = ref_thread_online();

	if (err && (err != -ENOSYS || g->d->needs_membarrier))
		return err;
	err = gather_reader_claim(g);
	if (err)
		goto out_offline;
	if (g->d->reader_online)
		err = g->d->reader_online(g);
	if (!err)
		return 0;
	gather_reader_release(g);
out_offline:
	ref_thread_offline();
	return err;
}

void gather_reader_offline(struct gather *g)
{
	if (g->d->reader_offline)
		g->d->reader_offline(g);
	gather_reader_release(g);
	ref_thread_offline();
}
