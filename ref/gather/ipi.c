// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interrupts readers and waits for their acknowledgements, as smp_call_function_many() with wait.
 *
 * A reader outside a walk acknowledges in its interrupt handler; one inside a walk has its
 * interrupts off, and acknowledges in ref_irq_restore(). No acknowledgement is lost: req is
 * released before the interrupt is sent, so the handler or restore that comes next sees req and
 * acknowledges every request so far. So two interrupts that arrive as one do no harm, nor does an
 * interrupt without a request.
 */
#include "gather_priv.h"

/* For every gather under which this thread reads. Async-signal-safe: loads and stores only. */
static void acknowledge(struct ref_cpu *cpu)
{
	for (struct gather_reader *r = REF_READ_ONCE(cpu->ipi); r;
	     r = REF_READ_ONCE(r->next_mine)) {
		/* Acquire: the next walk sees all unlinking done before the request. */
		unsigned req = ref_load_acquire(&r->req);

		if (req == REF_READ_ONCE(r->ack))
			continue;
		if (r->g->d->reader_interrupted)
			r->g->d->reader_interrupted(r);
		if (r->tlb)
			gather_tlb_flush_local(r->tlb);
		REF_WRITE_ONCE(r->interrupts, r->interrupts + 1);
		/* Release: the last walk's loads come before. Pairs with answered(). */
		ref_store_release(&r->ack, req);
	}
}

int gather_ipi_init(struct gather *g)
{
	return ref_ipi_init(acknowledge);
}

/* Whether to ask r: a reader that is offline is not in the mm, and gets no request. */
static bool choose(struct gather_reader *r)
{
	unsigned epoch = ref_load_acquire(&r->epoch);

	r->asked = epoch & 1 ? epoch : 0;
	return r->asked;
}

static void ask(struct gather *g, struct gather_reader *r)
{
	ref_store_release(&r->req, g->request);
}

static void interrupt(struct gather *g, struct gather_reader *r)
{
	g->ipis_sent++;
	ref_ipi_send(REF_READ_ONCE(r->id));
}

/* A reader that went offline has answered, even if another thread has its slot by now. */
static bool answered(struct gather *g, struct gather_reader *r)
{
	return ref_load_acquire(&r->ack) == g->request || ref_load_acquire(&r->epoch) != r->asked;
}

/* New readers are put in front of `first`, so both loops go through the same readers. */
static void wait_for_answers(struct gather *g, struct gather_reader *first)
{
	for (struct gather_reader *r = first; r; r = r->next)
		if (r->asked)
			ref_wait_until(answered(g, r));
}

void gather_interrupt_readers(struct gather *g)
{
	struct gather_reader *first = gather_readers(g);

	g->request++;
	for (struct gather_reader *r = first; r; r = r->next) {
		if (!choose(r))
			continue;
		ask(g, r);
		interrupt(g, r);
	}
	wait_for_answers(g, first);
}

void gather_interrupt_before_asking(struct gather *g)
{
	struct gather_reader *first = gather_readers(g);

	g->request++;
	for (struct gather_reader *r = first; r; r = r->next) {
		if (!choose(r))
			continue;
		interrupt(g, r);
		ask(g, r);
	}
	wait_for_answers(g, first);
}
