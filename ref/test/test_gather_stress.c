// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * GUP-fast itself against a freer, under every discipline: a walk never loads a word with which a
 * freed page table was overwritten.
 *
 * The walker is the source of ref/gup/walk.h with hooks at its steps: they widen the window between
 * the loads of the PMD and the first PTE at random, and look at the page that each PTE names before
 * the walk uses it. Freed tables are filled with entries of one page that no address of the range
 * maps, and wait so in a queue before they are used again. Plain stores fill them, so that
 * ThreadSanitizer sees a free that nothing orders after the walk.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <ref/gather.h>
#include <ref/gup.h>
#include <ref/port.h>

#undef REF_STEP
#define REF_STEP(site) walk_step(site)
static void walk_step(const char *site);

#include "../../scripts/tap.h"
#include "../gup/walk.h"
#include "../pgtable/fmt_x86_64.h"

#define FORMAT "x86_64-4k-48"
#define PMD (1ULL << 21)
#define NR_SLOTS 16  /* regions of one table each, walked and freed */
#define NR_SPARES 64 /* further tables to put in their place */
#define NR_PAGES 16  /* mapped in each */
#define NR_READERS 2 /* one with the widened walk, one with the benchmarked walker */
#define RUN_MS 80    /* per discipline, number of readers and fallback */
#define PATIENCE_MS 5000
#define SENTINEL_ADDR (1ULL << 40)

struct world {
	struct ref_mm *mm;
	struct ref_page *pages[NR_SLOTS][NR_PAGES]; /* the pages that the range maps at all times */
	uint64_t entries[NR_SLOTS][NR_PAGES];
	struct ref_page *sentinel;
	uint64_t poison;

	pthread_mutex_t lock; /* of the queue, since the free function runs in any thread */
	struct ref_page *queue[NR_SPARES + NR_SLOTS];
	size_t head, nr_queued;

	const struct gather_discipline *d;
	struct gather *g;
	int stop;
	int caught; /* a walk read a freed table */
	int wrong;  /* a walk returned another page than is mapped */
	int errors;
	/* The forced schedule. */
	int park, parked, unpark;
};

static struct world world;
/* Only the widened walk has steps; 0 in threads that use the walker unchanged. */
static __thread unsigned long random_state;

static unsigned long next_random(unsigned long *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void walk_step(const char *site)
{
	unsigned long turns;

	if (!random_state || strcmp(site, "gup: pmd loaded"))
		return;
	if (REF_READ_ONCE(world.park)) {
		ref_store_release(&world.parked, 1);
		while (!REF_READ_ONCE(world.unpark))
			ref_cpu_relax();
		return;
	}
	turns = next_random(&random_state) % 64;
	if (turns == 63) /* now and then, long enough for the freer to finish */
		turns = 4000;
	while (turns--)
		ref_cpu_relax();
}

static void look_at(struct ref_page *page)
{
	if (page == world.sentinel)
		REF_WRITE_ONCE(world.caught, 1);
}

static unsigned long widened_walk(struct ref_mm *mm, uint64_t start, unsigned long nr,
				  unsigned flags, struct ref_page **pages)
{
	static const struct gup_variant variant = { .design = GUP_OFFSET_LOCKLESS,
						    .before_get = look_at };

	return gup_fast_walk(&pgt_fmt_x86_64_4k_48, &variant, mm, start, nr, flags, pages);
}

static uint64_t slot_addr(size_t slot)
{
	return PMD * (slot + 1);
}

/* ---- tables: quarantine, and back ---- */

static void fill(struct ref_page *table, const uint64_t *entries, uint64_t other)
{
	size_t size;
	uint64_t *mem = pgt_table_mem(world.mm, table, &size);

	for (size_t i = 0; i < size / sizeof(*mem); i++)
		mem[i] = entries && i < NR_PAGES ? entries[i] : other;
}

static void free_table(void *cookie, struct ref_page *table)
{
	struct world *w = cookie;

	fill(table, NULL, w->poison);
	table->generation++;
	pthread_mutex_lock(&w->lock);
	w->queue[(w->head + w->nr_queued++) % (NR_SPARES + NR_SLOTS)] = table;
	pthread_mutex_unlock(&w->lock);
}

/* Takes the table that was freed first. NULL: all still wait for their free function. */
static struct ref_page *take_table(struct world *w)
{
	struct ref_page *table = NULL;

	pthread_mutex_lock(&w->lock);
	if (w->nr_queued) {
		table = w->queue[w->head];
		w->head = (w->head + 1) % (NR_SPARES + NR_SLOTS);
		w->nr_queued--;
	}
	pthread_mutex_unlock(&w->lock);
	return table;
}

static void relink(struct world *w, size_t slot)
{
	struct ref_page *table = take_table(w);

	if (!table) {
		gather_barrier(w->g);
		table = take_table(w);
	}
	if (!table) {
		w->errors++;
		return;
	}
	fill(table, w->entries[slot], 0);
	if (pgt_link_table(w->mm, slot_addr(slot), table))
		w->errors++;
}

static int map_slot(struct world *w, size_t slot)
{
	struct ref_page *table;
	uint64_t *mem;
	size_t size;

	for (size_t i = 0; i < NR_PAGES; i++) {
		if (pgt_map(w->mm, slot_addr(slot) + i * 4096, PGT_PTE, true))
			return -1;
		w->pages[slot][i] = pgt_lookup(w->mm, slot_addr(slot) + i * 4096, true);
	}
	table = pgt_unlink_table(w->mm, slot_addr(slot));
	mem = pgt_table_mem(w->mm, table, &size);
	memcpy(w->entries[slot], mem, sizeof(w->entries[slot]));
	return pgt_link_table(w->mm, slot_addr(slot), table);
}

static int map_sentinel(struct world *w)
{
	struct ref_page *table;
	size_t size;

	if (pgt_map(w->mm, SENTINEL_ADDR, PGT_PTE, true))
		return -1;
	w->sentinel = pgt_lookup(w->mm, SENTINEL_ADDR, true);
	table = pgt_unlink_table(w->mm, SENTINEL_ADDR);
	w->poison = *(uint64_t *)pgt_table_mem(w->mm, table, &size);
	return pgt_link_table(w->mm, SENTINEL_ADDR, table);
}

static int world_create(struct world *w)
{
	struct pgt_opts opts = { .format = FORMAT, .nr_frames = 4096 };

	pthread_mutex_init(&w->lock, NULL);
	if (ref_mm_create(&opts, &w->mm) || map_sentinel(w))
		return -1;
	for (size_t slot = 0; slot < NR_SLOTS; slot++)
		if (map_slot(w, slot))
			return -1;
	/* Spare tables are taken from mappings elsewhere. */
	for (size_t i = 0; i < NR_SPARES; i++) {
		uint64_t addr = SENTINEL_ADDR + PMD * (i + 1);

		if (pgt_map(w->mm, addr, PGT_PTE, true))
			return -1;
		free_table(w, pgt_unlink_table(w->mm, addr));
	}
	return 0;
}

/* ---- the threads ---- */

struct reader {
	gup_fast_fn walk;
	unsigned long seed; /* 0: the walk has no steps */
	unsigned long walks, pages;
	pthread_t thread;
};

static void one_walk(struct reader *r, size_t slot)
{
	struct ref_page *pages[NR_PAGES];
	unsigned long nr;

	gather_walk_begin(world.d, world.g);
	nr = r->walk(world.mm, slot_addr(slot), NR_PAGES, 0, pages);
	gather_walk_end(world.d, world.g);
	for (unsigned long i = 0; i < nr; i++)
		if (pages[i] != world.pages[slot][i])
			REF_WRITE_ONCE(world.wrong, 1);
	gup_put(pages, nr);
	r->walks++;
	REF_WRITE_ONCE(r->pages, r->pages + nr);
}

static void *reader_main(void *arg)
{
	struct reader *r = arg;
	unsigned long slots = 88172645463325252UL + r->seed;

	random_state = r->seed;
	if (gather_reader_online(world.g)) {
		REF_WRITE_ONCE(world.errors, 1);
		return NULL;
	}
	while (!REF_READ_ONCE(world.stop))
		one_walk(r, next_random(&slots) % NR_SLOTS);
	gather_reader_offline(world.g);
	return NULL;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool got_somewhere(unsigned long freed, const struct reader *readers, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (REF_READ_ONCE(readers[i].pages) < 100)
			return false;
	return freed >= 10;
}

/* Frees one to four tables at a time and puts fresh ones in their place at once. */
static unsigned long freer(struct world *w, const struct reader *readers, size_t nr_readers,
			   unsigned long seed)
{
	unsigned long freed = 0;
	long start_ms = now_ms(), ms = 0;

	/* On a busy machine run longer: the threads have to meet. */
	while (ms < RUN_MS || (ms < PATIENCE_MS && !got_somewhere(freed, readers, nr_readers))) {
		size_t nr = 1 + next_random(&seed) % 4, first = next_random(&seed) % NR_SLOTS;

		for (size_t i = 0; i < nr; i++)
			gather_remove_table(
				w->g, pgt_unlink_table(w->mm, slot_addr((first + i) % NR_SLOTS)));
		gather_finish(w->g);
		for (size_t i = 0; i < nr; i++)
			relink(w, (first + i) % NR_SLOTS);
		freed += nr;
		ms = now_ms() - start_ms;
	}
	return freed;
}

static bool references_are_back(struct world *w)
{
	for (size_t slot = 0; slot < NR_SLOTS; slot++)
		for (size_t i = 0; i < NR_PAGES; i++)
			if (w->pages[slot][i]->refcount != 1)
				return false;
	return w->sentinel->refcount == 1;
}

static void start(struct world *w, const struct gather_discipline *d,
		  const struct gather_fallback *fallback, unsigned long seed)
{
	w->d = d;
	w->stop = w->caught = w->wrong = w->errors = 0;
	w->park = w->parked = w->unpark = 0;
	if (gather_create(d, gather_max_batch(), free_table, w, &w->g)) {
		diag("%s: cannot be created here", d->name);
		exit(1);
	}
	if (fallback && gather_set_fallback(w->g, fallback))
		w->errors++;
	gather_set_failing(w->g, fallback ? 2 : 0, seed);
}

/* With one reader no thread waits for a CPU, with two they may: the schedules differ. With a
 * fallback, half of the batches get no memory. */
static void stress(struct world *w, const struct gather_discipline *d, size_t nr_readers,
		   const struct gather_fallback *fallback, unsigned long seed)
{
	const char *how = fallback ? fallback->name : "with memory";
	struct reader readers[NR_READERS] = {
		{ .walk = widened_walk, .seed = seed },
		{ .walk = gup_walker_find(FORMAT, "offset_lockless")->fast },
	};
	struct gather_stats stats;
	unsigned long freed;

	start(w, d, fallback, seed);
	for (size_t i = 0; i < nr_readers; i++)
		pthread_create(&readers[i].thread, NULL, reader_main, &readers[i]);
	freed = freer(w, readers, nr_readers, seed);
	REF_WRITE_ONCE(w->stop, 1);
	for (size_t i = 0; i < nr_readers; i++)
		pthread_join(readers[i].thread, NULL);
	gather_barrier(w->g);
	gather_stats(w->g, &stats);
	gather_destroy(w->g);

	ok(!w->caught,
	   "%s, %zu readers, %s: no walk read a freed table (%lu tables freed, "
	   "%lu walks)",
	   d->name, nr_readers, how, freed, readers[0].walks + readers[1].walks);
	ok(!w->wrong && !w->errors, "%s: every page returned is the one mapped there", d->name);
	ok(got_somewhere(freed, readers, nr_readers), "%s: freer and readers both got somewhere",
	   d->name);
	/* On a busy machine there are only a few batches, which may all have had memory. */
	ok(stats.tables_freed == freed &&
		   (fallback ? stats.fallbacks || freed < 200 : !stats.fallbacks),
	   "%s: every table was freed once, %llu without a batch", d->name,
	   (unsigned long long)stats.fallbacks);
	ok(references_are_back(w), "%s: no reference was lost or left", d->name);
}

/* The widened walk, parked right after it loaded the PMD, while the freer goes through. */
static void detector_fires(struct world *w, const struct gather_discipline *d)
{
#ifdef __SANITIZE_THREAD__
	tap_skip("%s frees under a walker, which is a data race", d->name);
#else
	struct reader reader = { .walk = widened_walk, .seed = 1 };

	start(w, d, NULL, 0);
	w->park = 1;
	pthread_create(&reader.thread, NULL, reader_main, &reader);
	while (!ref_load_acquire(&w->parked))
		usleep(1000);
	for (size_t slot = 0; slot < NR_SLOTS; slot++)
		gather_remove_table(w->g, pgt_unlink_table(w->mm, slot_addr(slot)));
	gather_finish(w->g);
	ok(!w->caught, "%s: the freer went through while a walk was parked", d->name);
	REF_WRITE_ONCE(w->park, 0);
	REF_WRITE_ONCE(w->stop, 1);
	ref_store_release(&w->unpark, 1);
	pthread_join(reader.thread, NULL);
	ok(w->caught, "%s: caught: the walk then read a freed table", d->name);
	for (size_t slot = 0; slot < NR_SLOTS; slot++)
		relink(w, slot);
	gather_destroy(w->g);
	ok(references_are_back(w) && !w->errors, "%s: and everything is in place again", d->name);
#endif
}

static void all_ways(struct world *w, const struct gather_discipline *d, unsigned long seed)
{
	stress(w, d, 1, NULL, seed);
	if (!d->deferred)
		stress(w, d, NR_READERS, NULL, seed);
	for (size_t i = 0; i < gather_nr_fallbacks() && d->deferred; i++)
		if (gather_fallback_at(i)->needs_rcu && !gather_fallback_at(i)->busted)
			stress(w, d, NR_READERS, gather_fallback_at(i), seed);
}

int main(int argc, char **argv)
{
	unsigned long seed = argc > 1 ? strtoul(argv[1], NULL, 0) : (unsigned long)time(NULL);

	alarm(60); /* after a lost acknowledgement the freer would wait forever */
	diag("seed %lu", seed);
	gather_register_urcu();
	if (!ok(!world_create(&world), "a range of %d tables is mapped", NR_SLOTS))
		return tap_done();
	for (size_t i = 0; i < gather_nr_disciplines(); i++) {
		const struct gather_discipline *d = gather_discipline_at(i);

		if (d->busted)
			detector_fires(&world, d);
		else
			all_ways(&world, d, seed | 1);
	}
	ref_mm_destroy(world.mm);
	return tap_done();
}
