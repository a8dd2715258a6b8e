// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Discipline global_asid_rcu on threads: how many interrupts a flush takes while an mm goes over to
 * broadcasts, and that a walk with interrupts off holds up the flushes before, and none after.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ref/gather.h>
#include <ref/port.h>

#include "../../scripts/tap.h"
#include "../gather/gather_priv.h"

#define MAX_READERS 5
#define PATIENCE_MS 5000
#define HOLD_US 50000

static struct world {
	struct gather *g;
	struct ref_page table[16];
	unsigned used;
	int freed, nr_online, stop;
	int walk, walking, leave; /* the first reader: asked to walk, does, may leave */
	int flushed;
} world;

static void free_table(void *cookie, struct ref_page *table)
{
	(void)ref_fetch_add(&world.freed, 1);
}

static bool wait_for(int *word, int value)
{
	for (int i = 0; i < PATIENCE_MS && ref_load_acquire(word) < value; i++)
		usleep(1000);
	return ref_load_acquire(word) >= value;
}

static void *reader(void *arg)
{
	struct world *w = &world;
	bool first = !arg;
	int flags;

	if (gather_reader_online(w->g))
		exit(1);
	(void)ref_fetch_add(&w->nr_online, 1);
	while (!REF_READ_ONCE(w->stop)) {
		if (first && REF_READ_ONCE(w->walk)) {
			REF_WRITE_ONCE(w->walk, 0);
			flags = ref_irq_save();
			ref_store_release(&w->walking, 1);
			ref_wait_until(REF_READ_ONCE(w->leave));
			ref_irq_restore(flags);
		}
		usleep(500);
	}
	gather_reader_offline(w->g);
	return NULL;
}

static void create(const struct gather_discipline *d)
{
	memset(&world, 0, sizeof(world));
	if (gather_create(d, 1, free_table, NULL, &world.g)) {
		diag("%s cannot be created", d->name);
		exit(1);
	}
}

static void start(pthread_t *thread, int from, int to)
{
	for (long i = from; i < to; i++)
		pthread_create(&thread[i], NULL, reader, (void *)i);
	if (!wait_for(&world.nr_online, to))
		exit(1);
}

static void finish(pthread_t *thread, int nr)
{
	REF_WRITE_ONCE(world.stop, 1);
	for (int i = 0; i < nr; i++)
		pthread_join(thread[i], NULL);
	gather_destroy(world.g);
}

static void flush(void)
{
	struct world *w = &world;

	gather_remove_table(w->g, &w->table[w->used++]);
	gather_finish(w->g);
}

/* Interrupts that one flush sends. */
static unsigned interrupts(void)
{
	struct gather_stats before, after;

	gather_stats(world.g, &before);
	flush();
	gather_stats(world.g, &after);
	return (unsigned)(after.ipis_sent - before.ipis_sent);
}

static void counts(void)
{
	pthread_t thread[MAX_READERS];

	create(gather_discipline_find("global_asid_rcu"));
	start(thread, 0, 2);
	ok(interrupts() == 2 && interrupts() == 2 && !world.g->asid,
	   "on three CPUs every flush interrupts the others");
	start(thread, 2, 4);
	ok(interrupts() == 4 && world.g->asid,
	   "on five the next flush does, and the mm gets a number");
	ok(interrupts() == 4, "a flush interrupts until every CPU uses it");
	ok(interrupts() == 0 && interrupts() == 0 && !world.g->in_asid_transition,
	   "and then no flush does");
	start(thread, 4, 5);
	ok(interrupts() == 0, "a CPU that takes the mm up then uses it at once");
	gather_barrier(world.g);
	ok(world.freed == (int)world.used, "each table was freed");
	finish(thread, MAX_READERS);
}

static void *flusher(void *arg)
{
	flush();
	ref_store_release(&world.flushed, 1);
	return NULL;
}

/* The gather's owner is whoever uses it: this thread waits meanwhile. */
static bool flush_returns(void)
{
	pthread_t thread;
	bool returns;

	REF_WRITE_ONCE(world.leave, 0);
	REF_WRITE_ONCE(world.flushed, 0);
	REF_WRITE_ONCE(world.walking, 0);
	REF_WRITE_ONCE(world.walk, 1);
	if (!wait_for(&world.walking, 1))
		exit(1);
	pthread_create(&thread, NULL, flusher, NULL);
	usleep(HOLD_US);
	returns = ref_load_acquire(&world.flushed);
	ref_store_release(&world.leave, 1);
	pthread_join(thread, NULL);
	return returns;
}

static void walks(void)
{
	static const struct gather_discipline no_rcu = {
		.name = "asid_no_rcu",
		.busted = true,
		.init = gather_asid_init,
		.reader_online = gather_asid_online,
		.reader_interrupted = gather_asid_interrupted,
		.invalidate = gather_asid_invalidate,
		.free_batch = gather_free_batch,
	};
	pthread_t thread[MAX_READERS];
	int freed;

	create(gather_discipline_find("global_asid_rcu"));
	start(thread, 0, 4);
	ok(!flush_returns(), "a walk with interrupts off holds up the flush that interrupts");
	flush();
	flush();
	freed = world.freed;
	ok(flush_returns() && world.freed == freed,
	   "it does not hold up a broadcast, and the table waits for a grace period");
	finish(thread, 4);

	create(&no_rcu);
	start(thread, 0, 4);
	ok(!flush_returns() && world.freed == 1,
	   "asid_no_rcu: a table that is freed after an interrupt has waited for the walk");
	flush();
	flush();
	ok(flush_returns() && world.freed == 4,
	   "asid_no_rcu: caught: after a broadcast it is free under the walk");
	finish(thread, 4);
}

int main(void)
{
	alarm(60);
	counts();
	walks();
	return tap_done();
}
