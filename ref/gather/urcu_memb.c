// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Discipline rcu_memb: call_rcu() of the whole batch, readers inside rcu_read_lock().
 *
 * This flavour's grace period uses membarrier(2) itself, interrupts included, so that its readers
 * need no barrier. The discipline stands for RCU whose readers mark their sections.
 */
#ifndef __SANITIZE_THREAD__ /* liburcu's inline functions use volatile, TSan wants atomics */
#define _LGPL_SOURCE
#endif
#include <urcu/urcu-memb.h>

#include "urcu.h"

_Static_assert(sizeof(struct rcu_head) <= sizeof(((struct gather_batch *)0)->urcu) &&
		       sizeof(struct rcu_head) <= 2 * sizeof(void *),
	       "batches and tables have to hold it");

static struct gather_urcu_thread *self(void)
{
	static __thread struct gather_urcu_thread thread;

	return &thread;
}

static const struct gather_urcu memb = {
	.register_thread = urcu_memb_register_thread,
	.unregister_thread = urcu_memb_unregister_thread,
	.call = urcu_memb_call_rcu,
	.synchronize = urcu_memb_synchronize_rcu,
	.default_call_rcu_data = urcu_memb_get_default_call_rcu_data,
	.call_rcu_thread = urcu_memb_get_call_rcu_thread,
	.self = self,
};

static void reader_lock(struct gather *g)
{
	urcu_memb_read_lock();
}

static void reader_unlock(struct gather *g)
{
	gather_hb_quiescent(g);
	urcu_memb_read_unlock();
}

const struct gather_discipline gather_rcu_memb = {
	.name = "rcu_memb",
	GATHER_URCU_OPS(memb),
	.reader_lock = reader_lock,
	.reader_unlock = reader_unlock,
};
