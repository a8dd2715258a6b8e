// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MADV_DONTNEED frees the PTE table that it has emptied: which way it takes, the forced schedules
 * in which a fault loses its page or the freer its table, and faults beside MADV_DONTNEED on
 * threads.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <ref/gather.h>
#include <ref/port.h>

/* A hook at the steps of reclaim.c parks one thread there. */
#undef REF_STEP
#define REF_STEP(site) reclaim_step(site)
static void reclaim_step(const char *site);

#include "../../scripts/tap.h"
#include "../gather/reclaim.c"

#define FORMAT "x86_64-4k-48"
#define PMD (1ULL << 21)
#define ADDR (1ULL << 30)
#define FAULT_ADDR (ADDR + 7 * 4096)
#define NR_TABLES 64
#define NR_THREADS 2 /* that fault, and as many that zap */
#define PATIENCE_MS 5000
#define HOLD_US 30000
#define STRESS_MS 300

static struct world {
	struct ref_mm *mm;
	struct gather *g;
	const struct gather_reclaim *u;
	struct ref_page *table, *page; /* of FAULT_ADDR */
	unsigned long zapped, freed;   /* pages and tables that came to an end; the freer's */
	const char *site;	       /* where the thread with `parks` stops */
	int parked, unpark, returned;
	int err; /* of the fault */
	/* stress */
	struct ref_page *spare[NR_TABLES], *pages[NR_THREADS];
	int nr_spare, stop;
	bool keeps_spare;
	struct ref_spinlock lock; /* of the tables that are spare */
} world;

static __thread bool parks;

static void reclaim_step(const char *site)
{
	struct world *w = &world;

	if (!parks || strcmp(site, w->site))
		return;
	parks = false;
	ref_store_release(&w->parked, 1);
	ref_wait_until(REF_READ_ONCE(w->unpark));
}

static bool wait_for(int *word)
{
	for (int i = 0; i < PATIENCE_MS && !ref_load_acquire(word); i++)
		usleep(1000);
	return ref_load_acquire(word);
}

static void free_table(void *cookie, struct ref_page *table)
{
	(void)ref_fetch_add(&world.freed, 1);
	/* A plain store, so that ThreadSanitizer sees a lock or a read that comes after it. */
	table->index = 0;
	if (!world.keeps_spare)
		return;
	ref_spin_lock(&world.lock);
	world.spare[world.nr_spare++] = table;
	ref_spin_unlock(&world.lock);
}

static void free_page(void *cookie, struct ref_page *page, unsigned nr)
{
	(void)ref_fetch_add(&world.zapped, 1);
}

static struct gather *create_gather(void)
{
	static const struct gather_page_ops ops = { .free = free_page };
	struct gather *g;

	if (gather_create(gather_discipline_find("broadcast_rcu"), gather_max_batch(), free_table,
			  NULL, &g)) {
		diag("cannot be created");
		exit(1);
	}
	gather_set_page_ops(g, &ops, NULL);
	return g;
}

/* Makes a page, and leaves its address as it was. */
static struct ref_page *new_page(struct world *w, uint64_t at)
{
	if (pgt_map(w->mm, at, PGT_PTE, true))
		exit(1);
	return pgt_unmap_page(w->mm, at);
}

static void create(struct world *w, const char *name)
{
	struct pgt_opts opts = { .format = FORMAT, .nr_frames = 8192 };

	memset(w, 0, sizeof(*w));
	w->u = gather_reclaim_find(name);
	if (!w->u || ref_mm_create(&opts, &w->mm))
		exit(1);
	w->page = new_page(w, FAULT_ADDR);
	w->table = pgt_unlink_table(w->mm, ADDR);
	if (pgt_link_table(w->mm, ADDR, w->table))
		exit(1);
	w->g = create_gather();
}

static void destroy(struct world *w)
{
	gather_destroy(w->g);
	ref_mm_destroy(w->mm);
}

static bool dontneed(struct world *w, unsigned resched)
{
	bool out = gather_dontneed(w->g, w->u, w->mm, ADDR, resched);

	gather_finish(w->g);
	return out;
}

/* ---- one thread ---- */

static void ways(void)
{
	struct world *w = &world;

	create(w, "reclaim");
	ok(!gather_fault(w->u, w->mm, FAULT_ADDR, w->page) &&
		   gather_fault(w->u, w->mm, FAULT_ADDR, w->page) == -EEXIST &&
		   pgt_lookup(w->mm, FAULT_ADDR, true) == w->page,
	   "a fault maps its page once");
	ok(dontneed(w, 0) && !pgt_lookup(w->mm, ADDR, false) && w->zapped == 1,
	   "MADV_DONTNEED takes the page and the table");
	gather_barrier(w->g);
	ok(w->freed == 1, "and the table is freed by RCU");
	ok(gather_fault(w->u, w->mm, FAULT_ADDR, w->page) == -ENOENT && !dontneed(w, 0),
	   "there is no table for a fault, and none to take");
	ok(!gather_install_table(w->mm, ADDR, w->table) &&
		   gather_install_table(w->mm, ADDR, w->table) == -EEXIST &&
		   !gather_fault(w->u, w->mm, FAULT_ADDR, w->page),
	   "a fault installs one");
	ok(dontneed(w, 3) && w->zapped == 2, "nor does a break in the middle keep the table");
	(void)gather_install_table(w->mm, ADDR, w->table);
	ref_spin_lock(&w->mm->page_table_lock);
	ok(!take_out(w->mm, __pgt_entry(w->mm, ADDR, PGT_PMD)),
	   "where the PMD's lock is taken, the fast way is not");
	ref_spin_unlock(&w->mm->page_table_lock);
	for (unsigned i = 0; i < 512; i++)
		if (gather_fault(w->u, w->mm, ADDR + i * 4096ULL, w->page))
			exit(1);
	gather_set_failing(w->g, 1, 0);
	ok(dontneed(w, 0) && w->zapped == 2 + 512,
	   "with no memory for more pages it flushes in between, and takes the table all the same");
	destroy(w);

	create(w, "reclaim_keep");
	ok(!gather_fault(w->u, w->mm, FAULT_ADDR, w->page) && !dontneed(w, 0) && w->zapped == 1 &&
		   !gather_fault(w->u, w->mm, FAULT_ADDR, w->page),
	   "reclaim_keep: the table stays for the next fault");
	destroy(w);
	ok(!gather_reclaim_find("") && !gather_reclaim_at(gather_nr_reclaims()),
	   "an unknown way is not found");
}

static void rows(void)
{
#define GOOD_ROW(name_, ...) { #name_, false },
#define BUSTED_ROW(name_, ...) { #name_, true },
	static const struct {
		const char *name;
		bool busted;
	} list[] = { GATHER_RECLAIMS(GOOD_ROW, BUSTED_ROW) };

	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		ok(!strcmp(gather_reclaim_at(i)->name, list[i].name) &&
			   gather_reclaim_at(i)->busted == list[i].busted,
		   "%s: %s", list[i].name, list[i].busted ? "busted" : "good");
}

/* ---- forced schedules ---- */

static void *parked_fault(void *arg)
{
	struct world *w = arg;

	if (ref_thread_online())
		exit(1);
	parks = true;
	w->err = gather_fault(w->u, w->mm, FAULT_ADDR, w->page);
	ref_store_release(&w->returned, 1);
	ref_thread_offline();
	return NULL;
}

/* The fault has read the PMD and is about to lock the table when MADV_DONTNEED takes it out. */
static void fault_parked(const char *name)
{
	struct world *w = &world;
	pthread_t thread;
	bool freed;

	create(w, name);
	w->site = "reclaim: pmd read";
	pthread_create(&thread, NULL, parked_fault, w);
	ok(wait_for(&w->parked), "%s: a fault has read the PMD", name);
	ok(dontneed(w, 0) && w->zapped == 0, "%s: the table is taken out", name);
	if (w->u->no_rcu) {
		gather_barrier(w->g);
		freed = w->freed == 1;
		ref_store_release(&w->unpark, 1);
		pthread_join(thread, NULL);
		ok(freed, "%s: caught: the table is free before the fault locks it", name);
	} else {
		ref_store_release(&w->unpark, 1);
		pthread_join(thread, NULL);
		if (w->u->no_recheck)
			ok(!w->err && !pgt_lookup(w->mm, FAULT_ADDR, false),
			   "%s: caught: the fault has mapped a page that nobody finds", name);
		else
			ok(w->err == -ENOENT, "%s: the fault reads the PMD again, and finds none",
			   name);
	}
	destroy(w);
}

static void *parked_dontneed(void *arg)
{
	struct world *w = arg;

	if (ref_thread_online())
		exit(1);
	parks = true;
	w->g = create_gather();
	w->err = dontneed(w, 1);
	ref_store_release(&w->returned, 1);
	gather_destroy(w->g);
	ref_thread_offline();
	return NULL;
}

/* MADV_DONTNEED has dropped the table's lock when the fault maps its page. */
static void dontneed_parked(const char *name)
{
	struct world *w = &world;
	pthread_t thread;

	create(w, name);
	gather_destroy(w->g);
	w->site = "reclaim: table unlocked";
	pthread_create(&thread, NULL, parked_dontneed, w);
	ok(wait_for(&w->parked), "%s: MADV_DONTNEED has dropped the lock", name);
	/* It has gone past the first entry; the fault fills that one. */
	ok(!gather_fault(w->u, w->mm, ADDR, w->page), "%s: a fault maps its page", name);
	ref_store_release(&w->unpark, 1);
	pthread_join(thread, NULL);
	if (w->u->no_rescan)
		ok(w->err && !w->zapped && !pgt_lookup(w->mm, ADDR, false),
		   "%s: caught: the table is taken out with the page in it", name);
	else
		ok(!w->err && pgt_lookup(w->mm, ADDR, false) == w->page,
		   "%s: the table is left, and the page in it", name);
	ref_mm_destroy(w->mm);
}

/* A grace period ends only when the fault has unlocked the table. */
static void table_waits(void)
{
	struct world *w = &world;
	pthread_t thread;
	struct gather_stats stats;

	create(w, "reclaim");
	w->site = "reclaim: pmd read";
	pthread_create(&thread, NULL, parked_fault, w);
	wait_for(&w->parked);
	dontneed(w, 0);
	usleep(HOLD_US);
	gather_stats(w->g, &stats);
	ok(!stats.tables_freed && !ref_load_acquire(&w->returned),
	   "the table waits for the fault that has read the PMD");
	ref_store_release(&w->unpark, 1);
	pthread_join(thread, NULL);
	gather_barrier(w->g);
	ok(w->freed == 1, "and is freed then");
	destroy(w);
}

/* ---- threads ---- */

struct thread {
	pthread_t thread;
	unsigned nr;
	unsigned long done;
};

static struct ref_page *take_spare(struct world *w)
{
	struct ref_page *table = NULL;

	ref_spin_lock(&w->lock);
	if (w->nr_spare)
		table = w->spare[--w->nr_spare];
	ref_spin_unlock(&w->lock);
	return table;
}

static void put_spare(struct world *w, struct ref_page *table)
{
	ref_spin_lock(&w->lock);
	w->spare[w->nr_spare++] = table;
	ref_spin_unlock(&w->lock);
}

static void *fault_main(void *arg)
{
	struct thread *t = arg;
	struct world *w = &world;
	uint64_t addr = ADDR + (1 + t->nr) * 4096ULL;

	if (ref_thread_online())
		exit(1);
	while (!REF_READ_ONCE(w->stop)) {
		int err = gather_fault(w->u, w->mm, addr, w->pages[t->nr]);
		struct ref_page *table = err == -ENOENT ? take_spare(w) : NULL;

		if (table && gather_install_table(w->mm, ADDR, table))
			put_spare(w, table);
		t->done += !err;
	}
	ref_thread_offline();
	return NULL;
}

static void *zap_main(void *arg)
{
	struct thread *t = arg;
	struct world *w = &world;
	struct gather *g = create_gather();
	unsigned i = 0;

	while (!REF_READ_ONCE(w->stop)) {
		t->done += gather_dontneed(g, w->u, w->mm, ADDR, i++ % 4);
		gather_finish(g);
		if (i % 16 == 0)
			gather_barrier(g);
	}
	gather_destroy(g);
	return NULL;
}

/* Every page that was mapped was zapped, or is mapped still. */
static void stress(const char *name)
{
	struct world *w = &world;
	struct thread faults[NR_THREADS], zaps[NR_THREADS];
	unsigned long faulted = 0, mapped = 0, taken = 0;

	create(w, name);
	w->keeps_spare = true;
	for (; w->nr_spare < NR_TABLES - 1; w->nr_spare++) {
		uint64_t at = ADDR + (1 + w->nr_spare) * PMD;

		(void)new_page(w, at);
		w->spare[w->nr_spare] = pgt_unlink_table(w->mm, at);
	}
	for (unsigned i = 0; i < NR_THREADS; i++)
		w->pages[i] = w->page;
	for (unsigned i = 0; i < NR_THREADS; i++) {
		faults[i] = (struct thread){ .nr = i };
		zaps[i] = (struct thread){ .nr = i };
		pthread_create(&faults[i].thread, NULL, fault_main, &faults[i]);
		pthread_create(&zaps[i].thread, NULL, zap_main, &zaps[i]);
	}
	usleep(STRESS_MS * 1000);
	REF_WRITE_ONCE(w->stop, 1);
	for (unsigned i = 0; i < NR_THREADS; i++) {
		pthread_join(faults[i].thread, NULL);
		pthread_join(zaps[i].thread, NULL);
		faulted += faults[i].done;
		taken += zaps[i].done;
	}
	for (unsigned i = 0; i < NR_THREADS; i++)
		mapped += !!pgt_lookup(w->mm, ADDR + (1 + i) * 4096ULL, false);
	ok(faulted == w->zapped + mapped && faulted,
	   "%s: no page that a fault mapped is lost (%lu faults, %lu tables, %lu zapped, %lu mapped)",
	   name, faulted, taken, w->zapped, mapped);
	ok(w->freed == taken, "%s: each table taken out was freed once", name);
	destroy(w);
}

int main(void)
{
	alarm(60);
	if (ref_thread_online())
		exit(1);
	rows();
	ways();
	fault_parked("reclaim");
	fault_parked("reclaim_no_recheck");
#ifdef __SANITIZE_THREAD__
	tap_skip("reclaim_no_rcu locks a freed table, which is a data race");
#else
	fault_parked("reclaim_no_rcu");
#endif
	dontneed_parked("reclaim");
	dontneed_parked("reclaim_no_rescan");
	table_waits();
	stress("reclaim");
	stress("reclaim_keep");
	ref_thread_offline();
	return tap_done();
}
