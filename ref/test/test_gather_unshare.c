// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A hugetlb PMD table that several mms share is taken out of one mm while GUP-fast walks there:
 * which interrupts are sent, the forced schedule that returns another process's page, and the same
 * under load.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <ref/gup.h>
#include <ref/port.h>

/* A hook at the walker's steps parks it when it is in the PMD table. */
#undef REF_STEP
#define REF_STEP(site) walk_step(site)
static void walk_step(const char *site);

#include "../../scripts/tap.h"
#include "../gather/gather_priv.h"
#include "../gup/walk.h"
#include "../pgtable/fmt_x86_64.h"

#define FORMAT "x86_64-4k-48"
#define PUD (1ULL << 30)
#define PMD (1ULL << 21)
#define SHARED PUD	    /* address that the shared table maps, in each mm */
#define PRIVATE (512 * PUD) /* address from which the owner's private pages come */
#define PATIENCE_MS 5000
#define HOLD_US 50000
#define STRESS_MS 250

/* The mm of the walker, and the owner's, which keeps the table. */
struct world {
	struct ref_mm *owner, *walks;
	struct gather *g;
	const struct gather_unshare *u;
	struct ref_page *file;	  /* mapped in the shared table */
	struct ref_page *foreign; /* mapped in the owner's private table */
	struct ref_page *table;	  /* that private table */
	int parks, parked, unpark, stop;
	int flushed; /* the unshare is complete */
	unsigned long walks_done, got_file, got_foreign;
	pthread_t thread;
};

static struct world world;

static void create(struct world *w, const char *unshare)
{
	struct pgt_opts opts = { .format = FORMAT, .nr_frames = 8192 };

	memset(w, 0, sizeof(*w));
	w->u = gather_unshare_find(unshare);
	if (ref_mm_create(&opts, &w->owner) || gather_mm_beside(w->owner, &w->walks) ||
	    pgt_map(w->owner, SHARED, PGT_PMD, true) || pgt_map(w->owner, PRIVATE, PGT_PTE, true) ||
	    gather_share_pmd(w->owner, w->walks, SHARED))
		exit(1);
	w->file = pgt_lookup(w->owner, SHARED, true);
	w->foreign = pgt_lookup(w->owner, PRIVATE, true);
	w->table = pgt_unlink_table(w->owner, PRIVATE);
}

/* For gathers that free nothing. */
static void no_table(void *cookie, struct ref_page *table)
{
}

static struct gather *create_gather(const char *discipline)
{
	struct gather *g;

	if (gather_create(gather_discipline_find(discipline), 1, no_table, NULL, &g)) {
		diag("%s cannot be created", discipline);
		exit(1);
	}
	return g;
}

static void destroy(struct world *w)
{
	gather_destroy(w->g);
	gather_mm_put(w->walks);
	ref_mm_destroy(w->owner);
}

/* ---- the walker ---- */

static void walk_step(const char *site)
{
	struct world *w = &world;

	if (!REF_READ_ONCE(w->parks) || strcmp(site, "gup: pud loaded"))
		return;
	REF_WRITE_ONCE(w->parks, 0);
	ref_store_release(&w->parked, 1);
	ref_wait_until(REF_READ_ONCE(w->unpark));
}

static unsigned long walk(struct ref_mm *mm, uint64_t start, struct ref_page **pages)
{
	static const struct gup_variant variant = { .design = GUP_OFFSET_LOCKLESS };

	return gup_fast_walk(&pgt_fmt_x86_64_4k_48, &variant, mm, start, 1, 0, pages);
}

static void *walker(void *arg)
{
	struct world *w = arg;
	struct ref_page *page;

	if (gather_reader_online(w->g))
		exit(1);
	do {
		if (walk(w->walks, SHARED, &page)) {
			w->got_file += page == REF_READ_ONCE(w->file);
			w->got_foreign += page == w->foreign;
			gup_put(&page, 1);
		}
		REF_WRITE_ONCE(w->walks_done, w->walks_done + 1);
	} while (!REF_READ_ONCE(w->stop));
	gather_reader_offline(w->g);
	return NULL;
}

/* ---- the owner ---- */

static void unshare_table(struct world *w)
{
	if (!gather_unshare_pmd(w->g, w->u, w->walks, SHARED))
		exit(1);
	gather_unshare_flush(w->g, w->u);
	ref_store_release(&w->flushed, 1);
}

/* The owner makes the table private: it puts a table of small pages where the file's huge page was.
 */
static void reuse(struct world *w)
{
	if (pgt_unmap(w->owner, SHARED) || pgt_link_table(w->owner, SHARED, w->table))
		exit(1);
}

static void *owner_main(void *arg)
{
	unshare_table(arg);
	reuse(arg);
	return NULL;
}

/* ---- which interrupts ---- */

/* Three mms and two tables: the first unshare of a table leaves two sharers. */
static void interrupts(const char *name, unsigned first, unsigned second)
{
	struct world *w = &world;
	struct ref_mm *third;
	struct gather_stats stats;

	create(w, name);
	w->g = create_gather("broadcast_rcu");
	if (gather_mm_beside(w->owner, &third) || pgt_map(w->owner, SHARED + PUD, PGT_PMD, true) ||
	    gather_share_pmd(w->owner, w->walks, SHARED + PUD) ||
	    gather_share_pmd(w->owner, third, SHARED) ||
	    gather_share_pmd(w->owner, third, SHARED + PUD))
		exit(1);
	ok(!gather_reader_online(w->g) && gather_share_pmd(w->owner, third, SHARED) &&
		   gather_share_pmd(w->owner, third, SHARED + 4 * PUD),
	   "%s: shared once, and what there is", name);
	ok(gather_unshare_pmd(w->g, w->u, third, SHARED) &&
		   gather_unshare_pmd(w->g, w->u, third, SHARED + PUD),
	   "%s: two tables of three mms", name);
	gather_unshare_flush(w->g, w->u);
	gather_stats(w->g, &stats);
	ok(stats.ipis_sent == first && stats.tlb_flushes == 1, "%s: %u interrupts, one flush", name,
	   first);
	ok(gather_unshare_pmd(w->g, w->u, w->walks, SHARED) &&
		   gather_unshare_pmd(w->g, w->u, w->walks, SHARED + PUD),
	   "%s: the same of the second", name);
	gather_unshare_flush(w->g, w->u);
	gather_stats(w->g, &stats);
	ok(stats.ipis_sent == second && stats.tlb_flushes == 2 && stats.cpus_interrupted == second,
	   "%s: %u interrupts, one more flush", name, second);
	gather_unshare_flush(w->g, w->u);
	gather_stats(w->g, &stats);
	ok(!gather_unshare_pmd(w->g, w->u, w->owner, SHARED) && stats.ipis_sent == second &&
		   stats.tlb_flushes == 2 && !pgt_lookup(w->walks, SHARED, false) &&
		   pgt_lookup(w->owner, SHARED, false) == w->file,
	   "%s: the last owner shares it with nobody, and keeps it", name);
	gather_reader_offline(w->g);
	gather_mm_put(third);
	destroy(w);
}

/* ---- the schedule ---- */

static bool wait_for(int *word)
{
	for (int i = 0; i < PATIENCE_MS && !ref_load_acquire(word); i++)
		usleep(1000);
	return ref_load_acquire(word);
}

static void forced(const char *name)
{
	struct world *w = &world;
	pthread_t owner;

	create(w, name);
	w->g = create_gather("broadcast_no_wait"); /* broadcast, and no table is freed */
	w->parks = w->stop = 1;
	pthread_create(&w->thread, NULL, walker, w);
	ok(wait_for(&w->parked), "%s: a walker stands in the shared table", name);
	pthread_create(&owner, NULL, owner_main, w);
	if (w->u->busted) {
		ok(wait_for(&w->flushed), "%s: unshared under it", name);
		pthread_join(owner, NULL);
		ref_store_release(&w->unpark, 1);
		pthread_join(w->thread, NULL);
		ok(w->got_foreign == 1, "%s: caught: it returned another process's page", name);
	} else {
		usleep(HOLD_US);
		ok(!ref_load_acquire(&w->flushed), "%s: unsharing waits for it", name);
		ref_store_release(&w->unpark, 1);
		pthread_join(w->thread, NULL);
		pthread_join(owner, NULL);
		ok(!w->got_foreign && w->got_file == 1, "%s: it returned the file's page", name);
	}
	destroy(w);
}

/* ---- under load ---- */

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Shared, unshared, made private and put back, again and again. */
static void stress(const char *name)
{
	struct world *w = &world;
	unsigned long rounds = 0;

	create(w, name);
	w->g = create_gather("broadcast_no_wait");
	pthread_create(&w->thread, NULL, walker, w);
	for (long end = now_ms() + STRESS_MS; now_ms() < end || REF_READ_ONCE(w->walks_done) < 100;
	     rounds++) {
		unshare_table(w);
		reuse(w);
		if (pgt_unlink_table(w->owner, SHARED) != w->table ||
		    pgt_map(w->owner, SHARED, PGT_PMD, true))
			exit(1);
		REF_WRITE_ONCE(w->file, pgt_lookup(w->owner, SHARED, true));
		if (gather_share_pmd(w->owner, w->walks, SHARED))
			exit(1);
	}
	REF_WRITE_ONCE(w->stop, 1);
	pthread_join(w->thread, NULL);
	ok(!w->got_foreign, "%s: no walk returned another process's page (%lu walks, %lu rounds)",
	   name, w->walks_done, rounds);
	destroy(w);
}

int main(void)
{
	alarm(60);
	interrupts("unshare_ipi", 2, 4);
	interrupts("unshare_last_ipi", 0, 1);
	interrupts("unshare_no_ipi", 0, 0);
	ok(!gather_unshare_find("unshare") && !gather_unshare_at(gather_nr_unshares()),
	   "an unknown way is not found");
	for (size_t i = 0; i < gather_nr_unshares(); i++)
		forced(gather_unshare_at(i)->name);
	stress("unshare_ipi");
	stress("unshare_last_ipi");
	return tap_done();
}
