/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the liburcu disciplines: all but the flavour's names and a reader's inline calls around
 * each walk. A program may hold all the disciplines: each has its own flavour.
 */
#ifndef REF_GATHER_URCU_H
#define REF_GATHER_URCU_H

#include <pthread.h>

#include "gather_priv.h"

struct rcu_head;
struct call_rcu_data;

/* A thread's state in one flavour: it may own gathers, and read under other gathers. */
struct gather_urcu_thread {
	unsigned users;	  /* gathers that it owns or reads under: registered while not 0 */
	unsigned readers; /* gathers that it reads under */
};

/* A flavour: its row's `data`. */
struct gather_urcu {
	void (*register_thread)(void);
	void (*unregister_thread)(void);
	/* NULL where threads outside a section delay no grace period. */
	void (*thread_online)(void);
	void (*thread_offline)(void);
	void (*call)(struct rcu_head *head, void (*fn)(struct rcu_head *head));
	void (*synchronize)(void);
	struct call_rcu_data *(*default_call_rcu_data)(void);
	pthread_t (*call_rcu_thread)(struct call_rcu_data *data);
	struct gather_urcu_thread *(*self)(void); /* the calling thread's */
};

int gather_urcu_init(struct gather *g);
void gather_urcu_exit(struct gather *g);
int gather_urcu_online(struct gather *g);
void gather_urcu_offline(struct gather *g);
void gather_urcu_free_batch(struct gather *g, struct gather_batch *batch);
void gather_urcu_free_one(struct gather *g, struct ref_page *table);
void gather_urcu_synchronize(struct gather *g);
void gather_urcu_barrier(struct gather *g);

/* The cold operations of a row. */
#define GATHER_URCU_OPS(flavour)                                                                   \
	.deferred = true, .needs_urcu = true, .init = gather_urcu_init, .exit = gather_urcu_exit,  \
	.reader_online = gather_urcu_online, .reader_offline = gather_urcu_offline,                \
	.free_batch = gather_urcu_free_batch, .free_one = gather_urcu_free_one,                    \
	.synchronize = gather_urcu_synchronize, .barrier = gather_urcu_barrier, .data = &(flavour)

#endif
