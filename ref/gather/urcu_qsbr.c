// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Discipline rcu_qsbr: call_rcu() of the whole batch, as tlb_remove_table_free() does.
 *
 * Readers pay nothing inside a walk and report a quiescent state between walks, which is nearest to
 * a kernel whose read-side sections are regions with interrupts off. The freer is offline except
 * around call_rcu(), so that a freer that does something else holds up nobody.
 *
 * liburcu's worker runs where the last freer to create a gather may run: callbacks run where they
 * were queued, as the kernel's do. It sleeps 10 ms after each round of them: how long tables wait
 * is liburcu's property and not that of RCU in a kernel.
 */
#ifndef __SANITIZE_THREAD__ /* its inline functions use volatile where that wants atomics */
#define _LGPL_SOURCE
#endif
#include <urcu/urcu-qsbr.h>

#include "urcu.h"

static __thread struct gather_urcu_thread self;

_Static_assert(sizeof(struct rcu_head) <= sizeof(((struct gather_batch *)0)->rcu),
	       "the batch's header has to hold liburcu's");

static void use(void)
{
	if (!self.users++)
		urcu_qsbr_register_thread();
}

static void unuse(void)
{
	if (!--self.users)
		urcu_qsbr_unregister_thread();
}

static void freer_leaves(void)
{
	if (!self.readers)
		urcu_qsbr_thread_offline();
}

static int qsbr_init(struct gather *g)
{
	gather_urcu_place_worker(
		urcu_qsbr_get_call_rcu_thread(urcu_qsbr_get_default_call_rcu_data()));
	use();
	freer_leaves();
	return 0;
}

static void qsbr_exit(struct gather *g)
{
	unuse();
}

static int qsbr_reader_online(struct gather *g)
{
	use();
	self.readers++;
	urcu_qsbr_thread_online();
	return 0;
}

static void qsbr_reader_offline(struct gather *g)
{
	gather_hb_quiescent(g);
	if (!--self.readers)
		urcu_qsbr_thread_offline();
	unuse();
}

static void qsbr_reader_quiescent(struct gather *g)
{
	gather_hb_quiescent(g);
	urcu_qsbr_quiescent_state();
}

static void qsbr_callback(struct rcu_head *head)
{
	gather_urcu_freed((struct gather_batch *)head);
}

static void qsbr_flush(struct gather *g)
{
	struct gather_batch *batch = gather_take_batch(g);

	if (!self.readers)
		urcu_qsbr_thread_online();
	ref_store_release(&batch->published, 1);
	urcu_qsbr_call_rcu((struct rcu_head *)batch->rcu, qsbr_callback);
	freer_leaves();
}

static void qsbr_barrier(struct gather *g)
{
	/* An online reader that waits for a grace period would wait for itself. */
	if (self.readers)
		urcu_qsbr_thread_offline();
	gather_wait_callbacks(g);
	if (self.readers)
		urcu_qsbr_thread_online();
}

const struct gather_discipline gather_rcu_qsbr = {
	.name = "rcu_qsbr",
	.summary = "call_rcu() of the batch; readers report quiescent states between walks",
	.deferred = true,
	.needs_urcu = true,
	.init = qsbr_init,
	.exit = qsbr_exit,
	.reader_online = qsbr_reader_online,
	.reader_offline = qsbr_reader_offline,
	.reader_quiescent = qsbr_reader_quiescent,
	.flush = qsbr_flush,
	.barrier = qsbr_barrier,
};
