// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Discipline rcu_qsbr: call_rcu() of the whole batch, as tlb_remove_table_free() does.
 *
 * Readers pay nothing inside a walk and report a quiescent state between walks, which is nearest to
 * a kernel whose read-side sections are regions with interrupts off.
 */
#ifndef __SANITIZE_THREAD__ /* liburcu's inline functions use volatile, TSan wants atomics */
#define _LGPL_SOURCE
#endif
#include <urcu/urcu-qsbr.h>

#include "urcu.h"

_Static_assert(sizeof(struct rcu_head) <= sizeof(((struct gather_batch *)0)->urcu) &&
		       sizeof(struct rcu_head) <= 2 * sizeof(void *),
	       "batches and tables have to hold it");

static struct gather_urcu_thread *self(void)
{
	static __thread struct gather_urcu_thread thread;

	return &thread;
}

static const struct gather_urcu qsbr = {
	.register_thread = urcu_qsbr_register_thread,
	.unregister_thread = urcu_qsbr_unregister_thread,
	.thread_online = urcu_qsbr_thread_online,
	.thread_offline = urcu_qsbr_thread_offline,
	.call = urcu_qsbr_call_rcu,
	.synchronize = urcu_qsbr_synchronize_rcu,
	.default_call_rcu_data = urcu_qsbr_get_default_call_rcu_data,
	.call_rcu_thread = urcu_qsbr_get_call_rcu_thread,
	.self = self,
};

static void reader_quiescent(struct gather *g)
{
	gather_hb_quiescent(g);
	urcu_qsbr_quiescent_state();
}

const struct gather_discipline gather_rcu_qsbr = {
	.name = "rcu_qsbr",
	GATHER_URCU_OPS(qsbr),
	.reader_quiescent = reader_quiescent,
};
