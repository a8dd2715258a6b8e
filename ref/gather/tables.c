// SPDX-License-Identifier: GPL-2.0-or-later
/* Page tables: batches of unlinked tables, and the fallback without memory for a batch. */
#include <string.h>

#include "gather_priv.h"

/*
 * Memory of batches is reused, as the kernel's is through its per-CPU lists of free pages: with an
 * allocator that returns it to the system the freer would take a page fault for each batch.
 */
void gather_put_spare(struct gather *g, struct gather_batch *batch)
{
	struct gather_batch *old;

	if (!g->d->deferred) {
		batch->next = g->spares;
		g->spares = batch;
		return;
	}
	/* Push only, and the freer takes the whole list: no ABA. */
	old = REF_READ_ONCE(g->returned);
	do {
		REF_WRITE_ONCE(batch->next, old);
	} while (!ref_try_cmpxchg(&g->returned, &old, batch));
}

static struct gather_batch *take_spare(struct gather *g)
{
	struct gather_batch *batch;

	if (!g->spares && REF_READ_ONCE(g->returned))
		g->spares = ref_xchg(&g->returned, NULL);
	batch = g->spares;
	if (batch)
		g->spares = REF_READ_ONCE(batch->next);
	return batch;
}

void gather_tables_exit(struct gather *g)
{
	struct gather_batch *batch;

	while ((batch = take_spare(g)))
		ref_free(batch);
}

static struct gather_batch *new_batch(struct gather *g)
{
	struct gather_batch *batch;

	if (gather_alloc_fails(g))
		return NULL;
	batch = take_spare(g);
	if (!batch)
		batch = ref_alloc(sizeof(*batch) + g->batch_max * sizeof(batch->tables[0]));
	if (batch) {
		batch->g = g;
		batch->nr = 0;
	}
	return batch;
}

/* ---- adding and flushing ---- */

/* tlb_table_invalidate() */
static void table_invalidate(struct gather *g)
{
	if (g->arch->table_invalidate)
		gather_flush_tlbonly(g);
}

/* tlb_table_flush() */
void gather_table_flush(struct gather *g)
{
	struct gather_batch *batch = g->batch;

	if (!batch)
		return;
	table_invalidate(g);
	g->batch = NULL;
	g->d->free_batch(g, batch);
}

/* tlb_remove_table(), and the part of pte_free_tlb() before it. */
void gather_remove_table(struct gather *g, struct ref_page *table)
{
	/* Written here only; gather_note_peak() of the freeing thread reads it. */
	REF_WRITE_ONCE(g->removed, g->removed + 1);
	g->freed_tables = true;
	if (!g->batch) {
		g->batch = new_batch(g);
		if (ref_unlikely(!g->batch)) {
			table_invalidate(g);
			g->fallbacks++;
			g->fallback->remove_one(g, table);
			return;
		}
	}
	g->batch->tables[g->batch->nr++] = table;
	if (g->batch->nr == g->batch_max)
		gather_table_flush(g);
}

/* ---- the end of a table ---- */

/* The number of waiting tables only falls where tables are freed, so its peaks are there. */
void gather_note_peak(struct gather *g)
{
	uint64_t waiting = REF_READ_ONCE(g->removed) - REF_READ_ONCE(g->freed);
	uint64_t peak = REF_READ_ONCE(g->waiting_peak);

	while (waiting > peak && !ref_try_cmpxchg(&g->waiting_peak, &peak, waiting))
		;
}

static void freed(struct gather *g, unsigned nr)
{
	if (g->d->deferred)
		(void)ref_fetch_add(&g->freed, (uint64_t)nr);
	else
		REF_WRITE_ONCE(g->freed, g->freed + nr);
}

void gather_free_table(struct gather *g, struct ref_page *table)
{
	gather_note_peak(g);
	g->free_fn(g->cookie, table);
	freed(g, 1);
}

/* __tlb_remove_table_free() */
void gather_free_batch(struct gather *g, struct gather_batch *batch)
{
	unsigned nr = batch->nr;

	gather_note_peak(g);
	for (unsigned i = 0; i < nr; i++)
		g->free_fn(g->cookie, batch->tables[i]);
	gather_put_spare(g, batch);
	freed(g, nr);
}

void gather_callback_done(struct gather *g)
{
	int *done = &g->done;

	(void)ref_fetch_add(done, 1);
	/* The gather may be freed by now: only the address of its count is used. */
	ref_wake(done);
}

/*
 * Narrower than rcu_barrier(): waits for this gather's callbacks only, by their number
 * (g->queued).
 */
void gather_wait_callbacks(struct gather *g)
{
	int done;

	while ((done = ref_load_acquire(&g->done)) != g->queued)
		ref_sleep_while(&g->done, done);
}
