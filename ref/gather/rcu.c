// SPDX-License-Identifier: GPL-2.0-or-later
/* Freeing by port.h's RCU: shared by the disciplines that use it. */
#include "gather_priv.h"

static void batch_callback(struct ref_rcu_head *head)
{
	struct gather_batch *batch = (struct gather_batch *)head;
	struct gather *g = batch->g;

	gather_free_batch(g, batch);
	gather_callback_done(g);
}

/* tlb_remove_table_free() with RCU */
void gather_rcu_free_batch(struct gather *g, struct gather_batch *batch)
{
	g->queued++;
	ref_call_rcu(&batch->rcu, batch_callback);
}

static void table_callback(struct ref_rcu_head *head)
{
	struct ref_page *table = gather_head_table(head);
	struct gather *g = REF_READ_ONCE(table->mapping);

	REF_WRITE_ONCE(table->mapping, (void *)NULL);
	gather_free_table(g, table);
	gather_callback_done(g);
}

void gather_rcu_free_one(struct gather *g, struct ref_page *table)
{
	g->queued++;
	REF_WRITE_ONCE(table->mapping, (void *)g);
	ref_call_rcu(gather_table_head(table), table_callback);
}

void gather_rcu_free_each(struct gather *g, struct gather_batch *batch)
{
	for (unsigned i = 0; i < batch->nr; i++)
		gather_rcu_free_one(g, batch->tables[i]);
	gather_put_spare(g, batch);
}

void gather_rcu_synchronize(struct gather *g)
{
	ref_synchronize_rcu();
}

/* Natively another freer's ref_rcu_barrier() may be running our callbacks: waits for them too. */
void gather_rcu_barrier(struct gather *g)
{
	ref_rcu_barrier();
	gather_wait_callbacks(g);
}
