// SPDX-License-Identifier: GPL-2.0-or-later
/* The readers beside table_free's freer. */

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <ref/port.h>

#include "free_readers.h"

#define TABLE_SPAN (1ULL << 21)
#define READERS_BASE (1ULL << 40)

/* Latencies are counted in a histogram with 32 buckets per power of two. */
#define SUB_SHIFT 5
#define NR_BUCKETS ((36 << SUB_SHIFT) + (1 << SUB_SHIFT))

struct reader {
	pthread_t thread;
	struct readers *rs;
	unsigned index;
	int state; /* 0; 1 once the reader is online; or -errno */
	uint64_t walks __attribute__((aligned(128)));
	uint64_t timed, worst_ns;
	uint32_t bucket[NR_BUCKETS];
} __attribute__((aligned(128)));

static uint64_t reader_addr(unsigned reader, unsigned table)
{
	return READERS_BASE + TABLE_SPAN * (reader * READER_TABLES + table);
}

int readers_map(struct ref_mm *mm, unsigned reader)
{
	int err = 0;

	for (unsigned i = 0; i < READER_TABLES * READER_PAGES && !err; i++)
		err = pgt_map(mm, reader_addr(reader, i / READER_PAGES) + i % READER_PAGES * 4096,
			      PGT_PTE, true);
	return err;
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static unsigned long walk_once(struct reader *r, uint64_t addr, struct ref_page **pages)
{
	struct readers *rs = r->rs;
	unsigned long nr;

	gather_walk_begin(rs->d, rs->g);
	nr = rs->walk(rs->mm, addr, READER_PAGES, 0, pages);
	gather_walk_end(rs->d, rs->g);
	return nr;
}

static unsigned bucket_of(uint64_t ns)
{
	unsigned shift = ns >> (SUB_SHIFT + 1) ? 63 - SUB_SHIFT - __builtin_clzll(ns) : 0;
	unsigned bucket = (shift << SUB_SHIFT) + (unsigned)(ns >> shift);

	return bucket < NR_BUCKETS ? bucket : NR_BUCKETS - 1;
}

/* The middle of the bucket's range. */
static double bucket_ns(unsigned bucket)
{
	unsigned shift = bucket >> SUB_SHIFT ? (bucket >> SUB_SHIFT) - 1 : 0;
	uint64_t low = (uint64_t)(bucket - (shift << SUB_SHIFT)) << shift;

	return low + ((1ULL << shift) - 1) / 2.;
}

static unsigned long walk_timed(struct reader *r, uint64_t addr, struct ref_page **pages)
{
	uint64_t start = now_ns(), ns;
	unsigned long nr = walk_once(r, addr, pages);
	uint32_t *b;

	ns = now_ns() - start;
	b = &r->bucket[bucket_of(ns)];
	REF_WRITE_ONCE(*b, *b + 1);
	REF_WRITE_ONCE(r->timed, r->timed + 1);
	if (ns > r->worst_ns)
		REF_WRITE_ONCE(r->worst_ns, ns);
	return nr;
}

static void *reader_main(void *arg)
{
	struct reader *r = arg;
	struct readers *rs = r->rs;
	struct ref_page *pages[READER_PAGES];
	int err = rs->g ? gather_reader_online(rs->g) : 0;

	ref_store_release(&r->state, err ? err : 1);
	for (unsigned i = 0; !err && !REF_READ_ONCE(rs->stop); i++) {
		uint64_t addr = reader_addr(r->index, i % READER_TABLES);
		unsigned long nr = REF_READ_ONCE(rs->time_walks) ? walk_timed(r, addr, pages)
								 : walk_once(r, addr, pages);

		gup_put(pages, nr);
		REF_WRITE_ONCE(r->walks, r->walks + (nr == READER_PAGES));
	}
	if (!err && rs->g)
		gather_reader_offline(rs->g);
	return NULL;
}

int readers_nth_cpu(const cpu_set_t *cpus, unsigned n)
{
	int cpu = 0;

	while (cpu < CPU_SETSIZE && (!CPU_ISSET(cpu, cpus) || n--))
		cpu++;
	return cpu;
}

void readers_stop(struct readers *rs)
{
	REF_WRITE_ONCE(rs->stop, 1);
	for (unsigned i = 0; i < rs->nr; i++)
		pthread_join(rs->r[i].thread, NULL);
	free(rs->r);
	rs->r = NULL;
	rs->nr = 0;
}

static int start_one(struct readers *rs, unsigned i, const cpu_set_t *cpus)
{
	struct reader *r = &rs->r[i];
	pthread_attr_t attr;
	cpu_set_t cpu;
	int err;

	r->rs = rs;
	r->index = i;
	CPU_ZERO(&cpu);
	CPU_SET(readers_nth_cpu(cpus, (1 + i) % CPU_COUNT(cpus)), &cpu);
	pthread_attr_init(&attr);
	pthread_attr_setaffinity_np(&attr, sizeof(cpu), &cpu);
	err = -pthread_create(&r->thread, &attr, reader_main, r);
	pthread_attr_destroy(&attr);
	if (err)
		return err;
	rs->nr++;
	while (!ref_load_acquire(&r->state))
		sched_yield();
	return r->state < 0 ? r->state : 0;
}

int readers_start(struct readers *rs, unsigned nr, const cpu_set_t *cpus)
{
	int err = 0;

	if (!nr)
		return 0;
	rs->r = aligned_alloc(128, nr * sizeof(*rs->r));
	if (!rs->r)
		return -ENOMEM;
	memset(rs->r, 0, nr * sizeof(*rs->r));
	for (unsigned i = 0; i < nr && !err; i++)
		err = start_one(rs, i, cpus);
	if (err)
		readers_stop(rs);
	return err;
}

uint64_t readers_walks(const struct readers *rs)
{
	uint64_t walks = 0;

	for (unsigned i = 0; i < rs->nr; i++)
		walks += REF_READ_ONCE(rs->r[i].walks);
	return walks;
}

void readers_time_walks(struct readers *rs, bool on)
{
	REF_WRITE_ONCE(rs->time_walks, on);
}

uint64_t readers_timed_walks(const struct readers *rs)
{
	uint64_t least = UINT64_MAX, timed;

	for (unsigned i = 0; i < rs->nr; i++) {
		timed = REF_READ_ONCE(rs->r[i].timed);
		least = timed < least ? timed : least;
	}
	return least;
}

uint64_t readers_worst_ns(const struct readers *rs)
{
	uint64_t worst = 0, ns;

	for (unsigned i = 0; i < rs->nr; i++) {
		ns = REF_READ_ONCE(rs->r[i].worst_ns);
		worst = ns > worst ? ns : worst;
	}
	return worst;
}

double readers_quantile_ns(const struct readers *rs, double share)
{
	uint64_t nr = 0, seen = 0;
	unsigned bucket = 0;

	for (unsigned i = 0; i < rs->nr; i++)
		for (unsigned b = 0; b < NR_BUCKETS; b++)
			nr += REF_READ_ONCE(rs->r[i].bucket[b]);
	for (; bucket < NR_BUCKETS - 1; bucket++) {
		for (unsigned i = 0; i < rs->nr; i++)
			seen += REF_READ_ONCE(rs->r[i].bucket[bucket]);
		if (seen >= nr * share)
			break;
	}
	return bucket_ns(bucket);
}
