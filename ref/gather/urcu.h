/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two liburcu disciplines share. A program may hold both: each has its own flavour. */
#ifndef REF_GATHER_URCU_H
#define REF_GATHER_URCU_H

#include "gather_priv.h"

/* One flavour's standing of this thread: it may own gathers, and read under others. */
struct gather_urcu_thread {
	unsigned users;	  /* gathers it owns, and reads under: registered while not 0 */
	unsigned readers; /* of those, read under */
};

void gather_urcu_place_worker(pthread_t worker);

/* Runs when the grace period has ended, in a thread of liburcu's. */
static inline void gather_urcu_freed(struct gather_batch *batch)
{
	struct gather *g;

	(void)ref_load_acquire(&batch->published); /* pairs with the flush */
	g = batch->g;
	gather_hb_grace_period(g);
	__atomic_fetch_add(&g->callbacks, 1, __ATOMIC_RELAXED);
	gather_free_batch(batch);
}

extern const struct gather_discipline gather_rcu_qsbr;
extern const struct gather_discipline gather_rcu_memb;

#endif
