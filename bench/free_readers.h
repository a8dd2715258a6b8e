/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads that walk and put pages all the time, beside a freer of page tables.
 *
 * Each walks tables of its own that nobody frees: it is in the mm and has to be waited for or
 * interrupted, but every walk is the same work, so that throughput shows disturbance and nothing
 * else.
 */
#ifndef BENCH_FREE_READERS_H
#define BENCH_FREE_READERS_H

#include <sched.h>
#include <stdint.h>

#include <ref/gather.h>
#include <ref/gup.h>

#define READERS_MAX 63
#define READER_TABLES 8
#define READER_PAGES 16 /* of a walk */
#define READERS_FRAMES (READERS_MAX * READER_TABLES * (READER_PAGES + 1))

struct reader;

struct readers {
	struct ref_mm *mm;
	gup_fast_fn walk;
	const struct gather_discipline *d; /* may lack every reader_* operation */
	struct gather *g;
	unsigned nr;
	struct reader *r;
	int stop, time_walks;
};

/* Maps what one reader walks, far above everything else. Once per reader number and mm. */
int readers_map(struct ref_mm *mm, unsigned reader);
int readers_nth_cpu(const cpu_set_t *cpus, unsigned n);
/* rs with mm, walk, d and g filled, the rest 0. Reader i is bound to CPU 1 + i of the set, from the
 * first on again where there are more of them, and all are online when this returns. 0 or -errno,
 * and then none runs. */
int readers_start(struct readers *rs, unsigned nr, const cpu_set_t *cpus);
void readers_stop(struct readers *rs);
/* Full walks so far, of all of them. */
uint64_t readers_walks(const struct readers *rs);
/* Walks are timed from now on, or no longer. Reading the clock takes longer than some of them
 * differ by, so throughput is counted without. */
void readers_time_walks(struct readers *rs, bool on);
/* Of the reader that has fewest. */
uint64_t readers_timed_walks(const struct readers *rs);
uint64_t readers_worst_ns(const struct readers *rs);
/* What that share of the timed walks of all of them did not take longer than, to 3 %. */
double readers_quantile_ns(const struct readers *rs, double share);

#endif
