// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Discipline rcu_memb: call_rcu() of the whole batch, readers inside rcu_read_lock().
 *
 * This flavour's grace period uses membarrier(2) itself, interrupts included, so that its readers
 * need no barrier; it stands for RCU whose readers mark their sections. Its worker is placed and
 * sleeps as in urcu_qsbr.c.
 */
#ifndef __SANITIZE_THREAD__ /* its inline functions use volatile where that wants atomics */
#define _LGPL_SOURCE
#endif
#include <urcu/urcu-memb.h>

#include "urcu.h"

static __thread struct gather_urcu_thread self;

_Static_assert(sizeof(struct rcu_head) <= sizeof(((struct gather_batch *)0)->rcu),
	       "the batch's header has to hold liburcu's");

static void use(void)
{
	if (!self.users++)
		urcu_memb_register_thread();
}

static void unuse(void)
{
	if (!--self.users)
		urcu_memb_unregister_thread();
}

static int memb_init(struct gather *g)
{
	gather_urcu_place_worker(
		urcu_memb_get_call_rcu_thread(urcu_memb_get_default_call_rcu_data()));
	use();
	return 0;
}

static void memb_exit(struct gather *g)
{
	unuse();
}

static int memb_reader_online(struct gather *g)
{
	use();
	return 0;
}

static void memb_reader_offline(struct gather *g)
{
	gather_hb_quiescent(g);
	unuse();
}

static void memb_reader_lock(struct gather *g)
{
	urcu_memb_read_lock();
}

static void memb_reader_unlock(struct gather *g)
{
	gather_hb_quiescent(g);
	urcu_memb_read_unlock();
}

static void memb_callback(struct rcu_head *head)
{
	gather_urcu_freed((struct gather_batch *)head);
}

static void memb_flush(struct gather *g)
{
	struct gather_batch *batch = gather_take_batch(g);

	ref_store_release(&batch->published, 1);
	urcu_memb_call_rcu((struct rcu_head *)batch->rcu, memb_callback);
}

const struct gather_discipline gather_rcu_memb = {
	.name = "rcu_memb",
	.summary = "call_rcu() of the batch; readers walk inside rcu_read_lock()",
	.deferred = true,
	.needs_urcu = true,
	.init = memb_init,
	.exit = memb_exit,
	.reader_online = memb_reader_online,
	.reader_offline = memb_reader_offline,
	.reader_lock = memb_reader_lock,
	.reader_unlock = memb_reader_unlock,
	.flush = memb_flush,
	.barrier = gather_wait_callbacks,
};
