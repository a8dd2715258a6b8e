// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Freeing by liburcu: shared by its disciplines.
 *
 * In a flavour with offline threads, the freer is online only around its calls: a freer that does
 * something else delays no grace period. liburcu's worker runs on the CPUs of the freer that was
 * last to create a gather: callbacks run where they were queued, as the kernel's do. The worker
 * sleeps 10 ms after each round: how long tables wait is a property of liburcu, not of kernel RCU.
 */
#include <sched.h>

#include "urcu.h"

static const struct gather_urcu *flavour(const struct gather *g)
{
	return g->d->data;
}

/* The caller's CPUs: elsewhere the worker would slow readers, or its time would not be measured. */
static void place_worker(pthread_t worker)
{
	cpu_set_t cpus;

	if (!sched_getaffinity(0, sizeof(cpus), &cpus))
		pthread_setaffinity_np(worker, sizeof(cpus), &cpus);
}

/* ---- threads ---- */

static void use(const struct gather_urcu *f)
{
	if (!f->self()->users++)
		f->register_thread();
}

static void unuse(const struct gather_urcu *f)
{
	if (!--f->self()->users)
		f->unregister_thread();
}

/* Brings a freer online, unless it is a reader too. */
static void freer_enters(const struct gather_urcu *f)
{
	if (f->thread_online && !f->self()->readers)
		f->thread_online();
}

static void freer_leaves(const struct gather_urcu *f)
{
	if (f->thread_offline && !f->self()->readers)
		f->thread_offline();
}

int gather_urcu_init(struct gather *g)
{
	const struct gather_urcu *f = flavour(g);

	place_worker(f->call_rcu_thread(f->default_call_rcu_data()));
	use(f);
	freer_leaves(f);
	return 0;
}

void gather_urcu_exit(struct gather *g)
{
	unuse(flavour(g));
}

int gather_urcu_online(struct gather *g)
{
	const struct gather_urcu *f = flavour(g);

	use(f);
	f->self()->readers++;
	if (f->thread_online)
		f->thread_online();
	return 0;
}

void gather_urcu_offline(struct gather *g)
{
	const struct gather_urcu *f = flavour(g);

	gather_hb_quiescent(g);
	f->self()->readers--;
	freer_leaves(f);
	unuse(f);
}

/* ---- callbacks: a thread of liburcu runs them after the grace period ---- */

static void batch_callback(struct rcu_head *head)
{
	struct gather_batch *batch = (struct gather_batch *)head;
	struct gather *g;

	(void)ref_load_acquire(&batch->published); /* pairs with the flush */
	g = batch->g;
	gather_hb_grace_period(g);
	gather_free_batch(g, batch);
	gather_callback_done(g);
}

void gather_urcu_free_batch(struct gather *g, struct gather_batch *batch)
{
	const struct gather_urcu *f = flavour(g);

	g->queued++;
	ref_store_release(&batch->published, 1);
	freer_enters(f);
	f->call((struct rcu_head *)batch->urcu, batch_callback);
	freer_leaves(f);
}

static void table_callback(struct rcu_head *head)
{
	struct ref_page *table = gather_head_table(head);
	struct gather *g = ref_load_acquire(&table->mapping); /* pairs with the flush */

	gather_hb_grace_period(g);
	REF_WRITE_ONCE(table->mapping, (void *)NULL);
	gather_free_table(g, table);
	gather_callback_done(g);
}

void gather_urcu_free_one(struct gather *g, struct ref_page *table)
{
	const struct gather_urcu *f = flavour(g);

	g->queued++;
	ref_store_release(&table->mapping, (void *)g);
	freer_enters(f);
	f->call((struct rcu_head *)gather_table_head(table), table_callback);
	freer_leaves(f);
}

void gather_urcu_synchronize(struct gather *g)
{
	flavour(g)->synchronize();
	gather_hb_grace_period(g);
}

/* An online reader that waits for a grace period would wait for itself. */
void gather_urcu_barrier(struct gather *g)
{
	const struct gather_urcu *f = flavour(g);
	bool reads = f->self()->readers && f->thread_offline;

	if (reads)
		f->thread_offline();
	gather_wait_callbacks(g);
	if (reads)
		f->thread_online();
}
