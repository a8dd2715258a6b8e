// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * thp/split over the reference: what it costs to split a huge folio into its pages, alone and
 * beside readers.
 *
 * One operation splits one folio: 512 pages with x86_64's 4 KiB tables, 256 with s390x's. The
 * folio has its caller's reference and lock before, as split_huge_page() asks for, and is mapped by
 * a PMD, or by the PTEs that a split of the PMD has left; a file's mappings are gone afterwards. A
 * batch has an address space of its own, in which nothing but the tables' and the folios' structs
 * has been touched.
 *
 * Readers (GUP-fast, 16 pages at a time) walk the folio that is being split all the time: if one
 * holds a reference when the split freezes the refcount, the split gives up and is tried again; the
 * row counts the retries.
 */

#include <array_size.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ref/gup.h>
#include <ref/thp.h>

#include "cases.h"
#include "free_readers.h"

#define MAX_BATCH 16
#define FIRST 4 /* the first folio's address, in huge pages */
#define NR_FRAMES ((size_t)(2 * MAX_BATCH + 4) * 512)
#define NR_PAGES 16 /* of a reader's walk */
#define MANY_TRIES 100000

static const char *const formats[] = { "s390x", "x86_64-4k-48", NULL };
static const char *const kinds[] = { "anon", "file", NULL };
static const char *const leaves[] = { "pmd", "pte", NULL };
static const long long levels[] = { BENCH_ABSENT, 3 };
static const long long readers[] = { 0, 1, 3, 7, 15, 31, READERS_MAX };

#define NUMS(key_, array)                                                                          \
	{                                                                                          \
		.key = key_, .nums = array, .nr_nums = ARRAY_SIZE(array)                           \
	}

static bool name_is(const struct bench_state *s, const char *key, const char *value)
{
	return !strcmp(bench_str(s, key), value);
}

struct thp_row;

struct thp_reader {
	pthread_t thread;
	struct thp_row *r;
	int at_work;				      /* in a walk, or about to begin one */
	uint64_t pages __attribute__((aligned(128))); /* that the reader has held */
} __attribute__((aligned(128)));

struct thp_row {
	struct ref_mm *mm; /* of a batch */
	struct thp_file *file;
	uint64_t nr; /* folios in it */
	struct ref_page *head[MAX_BATCH];
	unsigned huge_shift, page_shift;
	gup_fast_fn fast;
	cpu_set_t cpus; /* the thread's affinity before the set-up */
	struct thp_reader *reader;
	unsigned nr_readers;
	int stop, paused;
	uint64_t at; /* index of the folio that is being split */
	uint64_t retries;
};

/* ---- a batch ---- */

static uint64_t folio_addr(const struct thp_row *r, uint64_t i)
{
	return (FIRST + i) << r->huge_shift;
}

static int map_folios(struct bench_state *s, uint64_t n)
{
	struct thp_row *r = s->priv;
	bool by_pte = name_is(s, "leaf", "pte"), file = name_is(s, "kind", "file");
	int err = 0;

	if (file)
		err = thp_file_create(r->mm, folio_addr(r, 0), n << (r->huge_shift - r->page_shift),
				      &r->file);
	for (uint64_t i = 0; i < n && !err; i++) {
		uint64_t addr = folio_addr(r, i);

		err = file ? thp_file_fault(r->file, addr) : thp_map(r->mm, addr, true);
		if (!err && by_pte)
			err = thp_split_pmd(r->mm, addr);
		if (err)
			break;
		r->head[i] = pgt_lookup(r->mm, addr, true);
		ref_fetch_add(&r->head[i]->refcount, 1);
		thp_lock(r->head[i]);
	}
	r->nr = n;
	return err;
}

static void batch_end(struct thp_row *r)
{
	if (r->file)
		thp_file_destroy(r->file);
	ref_mm_destroy(r->mm);
	r->file = NULL;
	r->mm = NULL;
}

static int batch_begin(struct bench_state *s, uint64_t n)
{
	struct pgt_opts opts = { bench_str(s, "format"), (unsigned)bench_num(s, "levels"),
				 NR_FRAMES };
	struct thp_row *r = s->priv;
	int err = ref_mm_create(&opts, &r->mm);

	if (err)
		return err;
	r->huge_shift = pgt_level_shift(r->mm, PGT_PMD);
	r->page_shift = pgt_page_shift(r->mm);
	err = map_folios(s, n);
	if (err)
		batch_end(r);
	return err;
}

/* ---- readers ---- */

static void *read_folio(void *arg)
{
	struct thp_reader *t = arg;
	struct thp_row *r = t->r;
	struct ref_page *pages[NR_PAGES];
	unsigned long nr;

	while (!REF_READ_ONCE(r->stop)) {
		/* Store at_work before load of paused. Pairs with the xchg in pause_readers(). */
		(void)ref_xchg(&t->at_work, 1);
		if (ref_load_acquire(&r->paused)) {
			ref_store_release(&t->at_work, 0);
			sched_yield();
			continue;
		}
		nr = r->fast(r->mm, folio_addr(r, REF_READ_ONCE(r->at)), NR_PAGES, 0, pages);
		gup_put(pages, nr);
		REF_WRITE_ONCE(t->pages, t->pages + nr);
		ref_store_release(&t->at_work, 0);
	}
	return NULL;
}

static void pause_readers(struct thp_row *r)
{
	(void)ref_xchg(&r->paused, 1);
	for (unsigned i = 0; i < r->nr_readers; i++)
		ref_wait_until(!ref_load_acquire(&r->reader[i].at_work));
}

/* Returns when every reader has held pages of the folio, which is still whole. */
static void resume_readers(struct thp_row *r)
{
	uint64_t before[READERS_MAX];

	for (unsigned i = 0; i < r->nr_readers; i++)
		before[i] = REF_READ_ONCE(r->reader[i].pages);
	ref_store_release(&r->paused, 0);
	for (unsigned i = 0; i < r->nr_readers; i++)
		ref_wait_until(REF_READ_ONCE(r->reader[i].pages) != before[i]);
}

static int start_reader(struct thp_row *r, unsigned i)
{
	struct thp_reader *t = &r->reader[i];
	pthread_attr_t attr;
	cpu_set_t cpu;
	int err;

	t->r = r;
	CPU_ZERO(&cpu);
	CPU_SET(readers_nth_cpu(&r->cpus, 1 + i), &cpu);
	pthread_attr_init(&attr);
	pthread_attr_setaffinity_np(&attr, sizeof(cpu), &cpu);
	err = -pthread_create(&t->thread, &attr, read_folio, t);
	pthread_attr_destroy(&attr);
	if (!err)
		r->nr_readers++;
	return err;
}

static int start_readers(struct bench_state *s)
{
	unsigned nr = (unsigned)bench_num(s, "readers");
	struct thp_row *r = s->priv;
	cpu_set_t cpu;
	int err = 0;

	if (!nr)
		return 0;
	if (nr + 1 > (unsigned)CPU_COUNT(&r->cpus)) {
		snprintf(s->skip, sizeof(s->skip), "oversubscribed: %u threads on %d CPUs", nr + 1,
			 CPU_COUNT(&r->cpus));
		return -ENODEV;
	}
	r->reader = aligned_alloc(128, nr * sizeof(*r->reader));
	if (!r->reader)
		return -ENOMEM;
	memset(r->reader, 0, nr * sizeof(*r->reader));
	CPU_ZERO(&cpu);
	CPU_SET(readers_nth_cpu(&r->cpus, 0), &cpu);
	if (sched_setaffinity(0, sizeof(cpu), &cpu))
		return -errno;
	for (unsigned i = 0; i < nr && !err; i++)
		err = start_reader(r, i);
	return err;
}

/* ---- a row ---- */

static void split_teardown(struct bench_state *s)
{
	struct thp_row *r = s->priv;

	REF_WRITE_ONCE(r->stop, 1);
	for (unsigned i = 0; i < r->nr_readers; i++)
		pthread_join(r->reader[i].thread, NULL);
	if (r->nr_readers)
		sched_setaffinity(0, sizeof(r->cpus), &r->cpus);
	free(r->reader);
	free(r);
	s->priv = NULL;
}

static int split_setup(struct bench_state *s)
{
	const struct gup_walker *w = gup_walker_find(bench_str(s, "format"), "offset_lockless");
	struct thp_row *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	s->priv = r;
	s->max_batch = MAX_BATCH;
	r->fast = w->fast;
	r->paused = 1;
	sched_getaffinity(0, sizeof(r->cpus), &r->cpus);
	err = start_readers(s);
	if (err)
		split_teardown(s);
	return err;
}

static void split_before(struct bench_state *s, uint64_t n)
{
	struct thp_row *r = s->priv;
	int err = batch_begin(s, n);

	if (err) {
		snprintf(s->fail, sizeof(s->fail), "no folios to split: %s", strerror(-err));
		return;
	}
	REF_WRITE_ONCE(r->at, 0);
	resume_readers(r);
}

/* A reader that holds the folio for so long has lost its CPU: the row is marked disturbed. */
static void stuck(struct bench_state *s)
{
	snprintf(s->disturbed, sizeof(s->disturbed), "a reader held a folio for %d tries",
		 MANY_TRIES);
	sched_yield();
}

/* Retries a split that failed, as the shrinker's deferred_split_scan() does on its next scan. */
static void split_run(struct bench_state *s, uint64_t n)
{
	struct thp_row *r = s->priv;
	uint64_t retries = 0;

	if (!r->mm)
		return;
	for (uint64_t i = 0; i < n; i++) {
		unsigned tries = 1;

		REF_WRITE_ONCE(r->at, i);
		while (ref_unlikely(thp_split(r->head[i]) == -EAGAIN))
			if (++tries >= MANY_TRIES)
				stuck(s);
		retries += tries - 1;
	}
	r->retries += retries;
}

/* Checks that each page is a folio of its own with every reference in place. */
static void check(struct bench_state *s)
{
	struct thp_row *r = s->priv;
	char why[128];

	for (uint64_t i = 0; i < r->nr && !s->fail[0]; i++)
		if (r->head[i]->nr != 1)
			snprintf(s->fail, sizeof(s->fail), "folio %llu was not split",
				 (unsigned long long)i);
	if (!s->fail[0] && !thp_balanced(r->mm, r->head, r->nr, why, sizeof(why)))
		snprintf(s->fail, sizeof(s->fail), "%s", why);
}

static void split_after(struct bench_state *s, uint64_t n)
{
	struct thp_row *r = s->priv;

	if (!r->mm)
		return;
	pause_readers(r);
	check(s);
	for (uint64_t i = 0; i < r->nr; i++)
		thp_unlock(r->head[i]);
	gup_put(r->head, r->nr);
	batch_end(r);
	if (r->nr_readers)
		bench_set_extra(s, "split_retries", BENCH_TOTAL, r->retries);
}

/* A file's folio is mapped by a PMD only. s390x and rows with readers have anonymous folios mapped
 * by a PMD only. As many readers as have a CPU each; readers=1 exists always. */
static bool split_valid(const struct bench_state *s)
{
	long long nr = bench_num(s, "readers");
	bool x86 = name_is(s, "format", "x86_64-4k-48");

	if (pgt_format_folds_per_mm(bench_str(s, "format")) != !!bench_num(s, "levels"))
		return false;
	if (name_is(s, "kind", "file") && name_is(s, "leaf", "pte"))
		return false;
	if ((nr || !x86) && (!name_is(s, "kind", "anon") || name_is(s, "leaf", "pte")))
		return false;
	if (nr && !x86)
		return false;
	return nr <= 1 || nr < sysconf(_SC_NPROCESSORS_ONLN);
}

static unsigned split_needs(const struct bench_state *s)
{
	return bench_num(s, "readers") ? BENCH_NEED_THREADS : 0;
}

const struct bench_case bench_thp_split = {
	.family = "thp",
	.name = "split",
	.summary = "a huge folio split into its pages",
	.subject = BENCH_REF,
	.needs_of = split_needs,
	.axes = {
		{ .key = "format", .strs = formats },
		{ .key = "kind", .strs = kinds },
		{ .key = "leaf", .strs = leaves },
		NUMS("levels", levels),
		NUMS("readers", readers),
	},
	.valid = split_valid,
	.setup = split_setup,
	.before = split_before,
	.run = split_run,
	.after = split_after,
	.teardown = split_teardown,
};
