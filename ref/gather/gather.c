// SPDX-License-Identifier: GPL-2.0-or-later
/* The gather: batches of unlinked tables, handed to the discipline in the kernel's order. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "gather_priv.h"

#define NR_DISCIPLINES_MAX 8

static const struct gather_discipline *disciplines[NR_DISCIPLINES_MAX] = {
	&gather_ipi_signal,
	&gather_sync_membarrier,
	&gather_membarrier,
};
static size_t nr_disciplines = 3;

void gather_register(const struct gather_discipline *d)
{
	if (!gather_discipline_find(d->name) && nr_disciplines < NR_DISCIPLINES_MAX)
		disciplines[nr_disciplines++] = d;
}

size_t gather_nr_disciplines(void)
{
	return nr_disciplines;
}

const struct gather_discipline *gather_discipline_at(size_t i)
{
	return i < nr_disciplines ? disciplines[i] : NULL;
}

const struct gather_discipline *gather_discipline_find(const char *name)
{
	for (size_t i = 0; i < nr_disciplines; i++)
		if (!strcmp(disciplines[i]->name, name))
			return disciplines[i];
	return NULL;
}

const struct gather_discipline *gather_discipline_of(const struct gather *g)
{
	return g->d;
}

unsigned gather_max_batch(void)
{
	return GATHER_MAX_BATCH;
}

/* While a batch is unused, its header links it. */
static struct gather_batch *next_spare(const struct gather_batch *batch)
{
	return batch->rcu[0];
}

/*
 * Pages for batches go round, as they do between the kernel and its per-CPU lists of free pages: an
 * allocator that gives them back to the system would have the freer pay a page fault for each.
 */
static void put_spare(struct gather *g, struct gather_batch *batch)
{
	if (!g->d->deferred) {
		batch->rcu[0] = g->spares;
		g->spares = batch;
		return;
	}
	/* Push only, and the freer takes the whole list: no ABA. */
	batch->rcu[0] = REF_READ_ONCE(g->returned);
	while (!ref_try_cmpxchg(&g->returned, (struct gather_batch **)&batch->rcu[0], batch))
		;
}

static struct gather_batch *take_spare(struct gather *g)
{
	struct gather_batch *batch;

	if (!g->spares && REF_READ_ONCE(g->returned))
		g->spares = ref_xchg(&g->returned, NULL);
	batch = g->spares;
	if (batch)
		g->spares = next_spare(batch);
	return batch;
}

static void release(struct gather *g)
{
	struct gather_reader *r, *next;
	struct gather_batch *batch;

	for (r = g->readers; r; r = next) {
		next = r->next;
		free(r);
	}
	while ((batch = take_spare(g)))
		free(batch);
	pthread_cond_destroy(&g->done);
	pthread_mutex_destroy(&g->done_lock);
	pthread_mutex_destroy(&g->lock);
	free(g);
}

int gather_create(const struct gather_discipline *d, unsigned batch, gather_free_fn free_fn,
		  void *cookie, struct gather **out)
{
	struct gather *g;
	int ret;

	*out = NULL;
	if (!d || !free_fn || !batch || batch > gather_max_batch())
		return -EINVAL;
	g = aligned_alloc(GATHER_CACHE_LINE, sizeof(*g));
	if (!g)
		return -ENOMEM;
	memset(g, 0, sizeof(*g));
	g->d = d;
	g->batch_max = batch;
	g->free_fn = free_fn;
	g->cookie = cookie;
	g->alloc = malloc;
	pthread_mutex_init(&g->lock, NULL);
	pthread_mutex_init(&g->done_lock, NULL);
	pthread_cond_init(&g->done, NULL);
	ret = d->init(g);
	if (ret)
		goto out_free;
	*out = g;
	return 0;

out_free:
	release(g);
	return ret;
}

void gather_destroy(struct gather *g)
{
	if (!g)
		return;
	gather_finish(g);
	gather_barrier(g);
	g->d->exit(g);
	release(g);
}

static struct gather_batch *new_batch(struct gather *g)
{
	struct gather_batch *batch = take_spare(g);

	if (!batch)
		batch = g->alloc(sizeof(*batch) + g->batch_max * sizeof(batch->tables[0]));
	if (batch) {
		batch->g = g;
		batch->nr = 0;
		batch->single = false;
	}
	return batch;
}

struct gather_batch *gather_take_batch(struct gather *g)
{
	struct gather_batch *batch = g->batch;

	g->batch = NULL;
	return batch;
}

/*
 * As tlb_table_flush(): invalidate, then wait and free as the discipline does. Nothing caches our
 * tables, so that of a broadcast invalidation (TLBI and DSB, IDTE) only its full barrier is left;
 * where the invalidation is an interrupt to each CPU, it is the discipline's own (ipi_signal).
 */
static void flush_batch(struct gather *g)
{
	REF_STEP("gather: unlinked");
	gather_full_barrier(g);
	REF_STEP("gather: invalidated");
	g->d->flush(g);
}

/*
 * No memory for a batch, as tlb_remove_table_one(): this one table is waited for now. The kernel
 * falls back to an interrupt even where it frees by RCU; here each discipline waits its own way, so
 * that readers need no second kind of protection (as the kernel does since 1fb3d8c20bfa).
 */
static void remove_one(struct gather *g, struct ref_page *table)
{
	static __thread union {
		struct gather_batch batch;
		char room[sizeof(struct gather_batch) + sizeof(struct ref_page *)];
	} one;

	memset(&one, 0, sizeof(one));
	one.batch.g = g;
	one.batch.single = true;
	one.batch.tables[0] = table;
	one.batch.nr = 1;
	g->batch = &one.batch;
	flush_batch(g);
	gather_barrier(g);
}

void gather_remove_table(struct gather *g, struct ref_page *table)
{
	/* One writer; whoever frees reads it for the peak. */
	REF_WRITE_ONCE(g->removed, g->removed + 1);
	if (!g->batch) {
		g->batch = new_batch(g);
		if (ref_unlikely(!g->batch)) {
			remove_one(g, table);
			return;
		}
	}
	g->batch->tables[g->batch->nr++] = table;
	if (g->batch->nr == g->batch_max)
		flush_batch(g);
}

void gather_finish(struct gather *g)
{
	if (g->batch)
		flush_batch(g);
}

void gather_barrier(struct gather *g)
{
	g->d->barrier(g);
}

/* The number waiting only falls where a batch is freed, so its peaks are there. */
static void note_peak(struct gather *g)
{
	uint64_t waiting = REF_READ_ONCE(g->removed) - REF_READ_ONCE(g->freed);
	uint64_t peak = REF_READ_ONCE(g->waiting_peak);

	while (waiting > peak && !ref_try_cmpxchg(&g->waiting_peak, &peak, waiting))
		;
}

void gather_free_batch(struct gather_batch *batch)
{
	struct gather *g = batch->g;
	unsigned nr = batch->nr;

	note_peak(g);
	for (unsigned i = 0; i < nr; i++)
		g->free_fn(g->cookie, batch->tables[i]);
	if (!batch->single)
		put_spare(g, batch);
	if (g->d->deferred) {
		/* Last: the gather may be destroyed as soon as the freer has seen it. */
		pthread_mutex_lock(&g->done_lock);
		__atomic_fetch_add(&g->freed, nr, __ATOMIC_RELEASE);
		pthread_cond_signal(&g->done);
		pthread_mutex_unlock(&g->done_lock);
	} else {
		REF_WRITE_ONCE(g->freed, g->freed + nr);
	}
}

/*
 * Narrower than rcu_barrier(): for this gather's callbacks, whose count it knows, and not for
 * everybody's.
 */
void gather_wait_callbacks(struct gather *g)
{
	uint64_t flushed = g->removed - (g->batch ? g->batch->nr : 0);

	pthread_mutex_lock(&g->done_lock);
	while (g->freed < flushed)
		pthread_cond_wait(&g->done, &g->done_lock);
	pthread_mutex_unlock(&g->done_lock);
}

void gather_stats(struct gather *g, struct gather_stats *out)
{
	note_peak(g);
	out->ipis_sent = g->ipis_sent;
	out->callbacks = REF_READ_ONCE(g->callbacks);
	out->tables_freed = ref_load_acquire(&g->freed);
	out->waiting_peak = REF_READ_ONCE(g->waiting_peak);
}

void gather_wait_turn(unsigned *turns)
{
	if (++*turns % 1024)
		ref_cpu_relax();
	else
		sched_yield();
}

void gather_no_exit(struct gather *g)
{
}

void gather_no_barrier(struct gather *g)
{
}
