// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Discipline rcu_bp: as rcu_memb, by the flavour whose readers need not register: each
 * rcu_read_lock() tests whether the thread is registered, which costs every walk.
 */
/* liburcu's inline functions use volatile where ThreadSanitizer wants atomics, and its allocator
 * does not align readers as their type demands. */
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define _LGPL_SOURCE
#endif
#include <urcu/urcu-bp.h>

#include "urcu.h"

_Static_assert(sizeof(struct rcu_head) <= sizeof(((struct gather_batch *)0)->urcu) &&
		       sizeof(struct rcu_head) <= 2 * sizeof(void *),
	       "batches and tables have to hold it");

static struct gather_urcu_thread *self(void)
{
	static __thread struct gather_urcu_thread thread;

	return &thread;
}

static const struct gather_urcu bp = {
	.register_thread = urcu_bp_register_thread,
	.unregister_thread = urcu_bp_unregister_thread,
	.call = urcu_bp_call_rcu,
	.synchronize = urcu_bp_synchronize_rcu,
	.default_call_rcu_data = urcu_bp_get_default_call_rcu_data,
	.call_rcu_thread = urcu_bp_get_call_rcu_thread,
	.self = self,
};

static void reader_lock(struct gather *g)
{
	urcu_bp_read_lock();
}

static void reader_unlock(struct gather *g)
{
	gather_hb_quiescent(g);
	urcu_bp_read_unlock();
}

const struct gather_discipline gather_rcu_bp = {
	.name = "rcu_bp",
	GATHER_URCU_OPS(bp),
	.reader_lock = reader_lock,
	.reader_unlock = reader_unlock,
};
