// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dax/lock and dax/contended over the reference: what it costs to lock a page's entry by
 * speculation, what each of its two steps adds, and the cost beside threads at the same file.
 *
 * `lock` has the page, its slot and its inode in the cache and no other thread. A step is removed,
 * or replaced by an empty asm so that the compiler's other choices stay as they are. `contended`
 * has threads that lock the same page or other pages of the same file, or one thread that keeps
 * moving the page between two files. Under churn the lock function retries if the page's mapping
 * changed before it took that mapping's lock; if the page is in neither file at that moment, the
 * operation begins anew, until it has locked the page.
 */

#include <array_size.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ref/dax.h>

#include "cases.h"
#include "free_readers.h"

#define NR_PAGES 256 /* struct pages and slots of so many fit in the L1 cache */
#define THREADS_MAX 63
#define PMD_ORDER 9
#define FIRST_PFN 0x100000

static const char *const hows[] = { "opaque", "present", "removed", NULL };
static const char *const files[] = { "device", "file", NULL };
static const char *const parts[] = { "both", "lock", "unlock", NULL };
static const char *const steps[] = { "none", "rcu", "revalidate", NULL };
static const char *const loads[] = { "churn", "other", "same", NULL };
static const long long threads[] = { 1, 3, 7, 15, 31, THREADS_MAX };

#define NUMS(key_, array)                                                                          \
	{                                                                                          \
		.key = key_, .nums = array, .nr_nums = ARRAY_SIZE(array)                           \
	}

static bool name_is(const struct bench_state *s, const char *key, const char *value)
{
	return !strcmp(bench_str(s, key), value);
}

/* ---- a row ---- */

struct dax_row;

struct dax_thread {
	pthread_t thread;
	struct dax_row *r;
	struct ref_page *page;
	uint64_t turns __attribute__((aligned(128)));
} __attribute__((aligned(128)));

struct dax_row {
	struct ref_page page[NR_PAGES];
	struct dax_device dev;
	struct dax_inode *one, *two; /* two: only with load=churn */
	const struct dax_protocol *p;
	void (*half)(struct dax_row *r, uint64_t n); /* dax/lock: does n operations */
	dax_entry_t cookie[NR_PAGES];
	cpu_set_t cpus; /* the thread's affinity before the set-up */
	struct dax_thread *thread;
	unsigned nr_threads;
	int stop;
	/* Totals of the instance so far. */
	uint64_t misses;
	struct dax_stats begin;
};

/* Inserts page number `index` at that index of the file, as a fault would. */
static void insert_page(struct dax_row *r, struct dax_inode *inode, uint64_t index)
{
	struct dax_mapping *m = &inode->i_data;
	dax_entry_t entry = r->p->grab_entry(m, index, 0);

	entry = r->p->insert_entry(m, index, entry, FIRST_PFN + index, 0);
	r->p->unlock_entry(m, index, entry);
}

static const struct dax_protocol *protocol_of(const struct bench_state *s)
{
	char name[40];

	if (!*bench_str(s, "step") || name_is(s, "step", "none"))
		return dax_protocol_find("merged");
	snprintf(name, sizeof(name), "%s_%s", name_is(s, "how", "removed") ? "no" : "opaque",
		 bench_str(s, "step"));
	return dax_protocol_find(name);
}

static void row_destroy(struct bench_state *s)
{
	struct dax_row *r = s->priv;

	REF_WRITE_ONCE(r->stop, 1);
	for (unsigned i = 0; i < r->nr_threads; i++)
		pthread_join(r->thread[i].thread, NULL);
	sched_setaffinity(0, sizeof(r->cpus), &r->cpus);
	if (r->one)
		r->p->evict(r->one);
	if (r->two)
		r->p->evict(r->two);
	ref_rcu_barrier();
	free(r->thread);
	free(r);
	s->priv = NULL;
}

static int row_create(struct bench_state *s)
{
	struct dax_row *r = aligned_alloc(128, (sizeof(*r) + 127) & ~127ul);

	if (!r)
		return -ENOMEM;
	memset(r, 0, sizeof(*r));
	s->priv = r;
	r->p = protocol_of(s);
	sched_getaffinity(0, sizeof(r->cpus), &r->cpus);
	dax_device_init(&r->dev, dax_refs_find("1-is-idle"), r->page, FIRST_PFN, NR_PAGES,
			PMD_ORDER);
	r->one = dax_inode_create(&r->dev, 1, NR_PAGES);
	r->two = dax_inode_create(&r->dev, 2, NR_PAGES);
	if (!r->one || !r->two) {
		row_destroy(s);
		return -ENOMEM;
	}
	for (uint64_t i = 0; i < NR_PAGES; i++)
		insert_page(r, r->one, i);
	r->one->chardev = name_is(s, "page", "device");
	r->begin = dax_stats;
	return 0;
}

/* Checks that every entry is unlocked and that entry and page name each other. */
static void row_check(struct bench_state *s)
{
	struct dax_row *r = s->priv;

	for (uint64_t i = 0; i < NR_PAGES && !s->fail[0]; i++)
		if (r->one->i_data.slot[i] != dax_make_entry(FIRST_PFN + i, 0) ||
		    r->page[i].mapping != &r->one->i_data || r->page[i].index != i)
			snprintf(s->fail, sizeof(s->fail), "entry %llu is %#llx afterwards",
				 (unsigned long long)i, (unsigned long long)r->one->i_data.slot[i]);
}

/* ---- dax/lock ---- */

static void lock_all(struct dax_row *r, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		r->cookie[i] = r->p->lock_folio(&r->page[i]);
}

static void unlock_all(struct dax_row *r, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		r->p->unlock_folio(&r->page[i], r->cookie[i]);
}

static void lock_and_unlock(struct dax_row *r, uint64_t n)
{
	struct ref_page *page = &r->page[1];

	for (uint64_t i = 0; i < n; i++)
		r->p->unlock_folio(page, r->p->lock_folio(page));
}

/* Chooses r->half here: looking up a param takes more instructions than either half. */
static int lock_setup(struct bench_state *s)
{
	int err = row_create(s);
	struct dax_row *r = s->priv;

	if (err)
		return err;
	if (name_is(s, "part", "both")) {
		r->half = lock_and_unlock;
	} else {
		r->half = name_is(s, "part", "lock") ? lock_all : unlock_all;
		s->max_batch = NR_PAGES;
	}
	return 0;
}

static void lock_before(struct bench_state *s, uint64_t n)
{
	if (name_is(s, "part", "unlock"))
		lock_all(s->priv, n);
}

static void lock_run(struct bench_state *s, uint64_t n)
{
	struct dax_row *r = s->priv;

	r->half(r, n);
}

static void lock_after(struct bench_state *s, uint64_t n)
{
	if (name_is(s, "part", "lock"))
		unlock_all(s->priv, n);
	row_check(s);
}

/* Rows: each step by itself on a file's page, the device's shortcut, and the two halves. */
static bool lock_valid(const struct bench_state *s)
{
	bool file = name_is(s, "page", "file");

	if (name_is(s, "step", "none") != name_is(s, "how", "present"))
		return false;
	if (!name_is(s, "step", "none") || !name_is(s, "part", "both"))
		return file && (name_is(s, "step", "none") || name_is(s, "part", "both"));
	return true;
}

/* ---- dax/contended ---- */

static void *locker(void *arg)
{
	struct dax_thread *t = arg;
	const struct dax_protocol *p = t->r->p;

	while (!REF_READ_ONCE(t->r->stop)) {
		p->unlock_folio(t->page, p->lock_folio(t->page));
		REF_WRITE_ONCE(t->turns, t->turns + 1);
	}
	return NULL;
}

static void move_page(struct dax_row *r, struct dax_inode *from, struct dax_inode *to)
{
	r->p->delete_entry(&from->i_data, 1);
	insert_page(r, to, 1);
}

/* Moves the page there and back, so that it ends in the file where it began. */
static void *mover(void *arg)
{
	struct dax_thread *t = arg;

	while (!REF_READ_ONCE(t->r->stop)) {
		move_page(t->r, t->r->one, t->r->two);
		move_page(t->r, t->r->two, t->r->one);
		REF_WRITE_ONCE(t->turns, t->turns + 1);
	}
	return NULL;
}

static int start_thread(struct bench_state *s, unsigned i)
{
	struct dax_row *r = s->priv;
	struct dax_thread *t = &r->thread[i];
	pthread_attr_t attr;
	cpu_set_t cpu;
	int err;

	t->r = r;
	/* load=other: pages whose slots and structs lie in different cache lines. */
	t->page = &r->page[name_is(s, "load", "other") ? 1 + 4 * (i + 1) % NR_PAGES : 1];
	CPU_ZERO(&cpu);
	CPU_SET(readers_nth_cpu(&r->cpus, 1 + i), &cpu);
	pthread_attr_init(&attr);
	pthread_attr_setaffinity_np(&attr, sizeof(cpu), &cpu);
	err = -pthread_create(&t->thread, &attr, name_is(s, "load", "churn") ? mover : locker, t);
	pthread_attr_destroy(&attr);
	if (err)
		return err;
	r->nr_threads++;
	while (!REF_READ_ONCE(t->turns))
		sched_yield();
	return 0;
}

static int contended_setup(struct bench_state *s)
{
	unsigned nr = bench_num(s, "threads");
	int err = row_create(s);
	struct dax_row *r = s->priv;
	cpu_set_t cpu;

	if (err)
		return err;
	if (nr + 1 > (unsigned)CPU_COUNT(&r->cpus)) {
		snprintf(s->skip, sizeof(s->skip), "oversubscribed: %u threads on %d CPUs", nr + 1,
			 CPU_COUNT(&r->cpus));
		err = -ENODEV;
	}
	CPU_ZERO(&cpu);
	CPU_SET(readers_nth_cpu(&r->cpus, 0), &cpu);
	if (!err && sched_setaffinity(0, sizeof(cpu), &cpu))
		err = -errno;
	r->thread = err ? NULL : aligned_alloc(128, nr * sizeof(*r->thread));
	if (!err && !r->thread)
		err = -ENOMEM;
	if (!err)
		memset(r->thread, 0, nr * sizeof(*r->thread));
	for (unsigned i = 0; i < nr && !err; i++)
		err = start_thread(s, i);
	if (err)
		row_destroy(s);
	return err;
}

static void contended_run(struct bench_state *s, uint64_t n)
{
	struct dax_row *r = s->priv;
	struct ref_page *page = &r->page[1];
	uint64_t misses = 0;

	for (uint64_t i = 0; i < n; i++) {
		dax_entry_t cookie;

		while (!(cookie = r->p->lock_folio(page)))
			misses++;
		r->p->unlock_folio(page, cookie);
	}
	r->misses += misses;
}

static void contended_after(struct bench_state *s, uint64_t n)
{
	struct dax_row *r = s->priv;

	bench_set_extra(s, "lock_waits", BENCH_TOTAL, dax_stats.waits - r->begin.waits);
	if (!name_is(s, "load", "churn"))
		return;
	bench_set_extra(s, "lock_retries", BENCH_TOTAL, dax_stats.retries - r->begin.retries);
	bench_set_extra(s, "lock_misses", BENCH_TOTAL, r->misses);
}

/* Checks the entries when the other threads have stopped. */
static void contended_teardown(struct bench_state *s)
{
	struct dax_row *r = s->priv;

	REF_WRITE_ONCE(r->stop, 1);
	for (unsigned i = 0; i < r->nr_threads; i++)
		pthread_join(r->thread[i].thread, NULL);
	r->nr_threads = 0;
	row_check(s);
	row_destroy(s);
}

/* churn: one thread. Else as many threads as have a CPU each; threads=1 exists always, so that a
 * machine with one CPU reports a skipped row. */
static bool contended_valid(const struct bench_state *s)
{
	long long nr = bench_num(s, "threads");

	if (name_is(s, "load", "churn"))
		return nr == 1;
	return nr == 1 || nr < sysconf(_SC_NPROCESSORS_ONLN);
}

const struct bench_case bench_dax_contended = {
	.family = "dax",
	.name = "contended",
	.summary = "a page's entry locked and unlocked while other threads use the file",
	.subject = BENCH_REF,
	.needs = BENCH_NEED_THREADS,
	.axes = { { .key = "load", .strs = loads }, NUMS("threads", threads) },
	.valid = contended_valid,
	.setup = contended_setup,
	.run = contended_run,
	.after = contended_after,
	.teardown = contended_teardown,
};

const struct bench_case bench_dax_lock = {
	.family = "dax",
	.name = "lock",
	.summary = "a page's entry locked by speculation, and unlocked",
	.subject = BENCH_REF,
	.axes = { { .key = "how", .strs = hows },
		  { .key = "page", .strs = files },
		  { .key = "part", .strs = parts },
		  { .key = "step", .strs = steps } },
	.valid = lock_valid,
	.setup = lock_setup,
	.before = lock_before,
	.run = lock_run,
	.after = lock_after,
	.teardown = row_destroy,
};
