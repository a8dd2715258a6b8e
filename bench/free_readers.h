/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads that walk and put pages all the time, beside a freer of page tables.
 *
 * Each reader walks tables of its own that nobody frees. It uses the mm, so the freer has to wait
 * for it or interrupt it; but every walk is the same work, so that throughput shows disturbance and
 * nothing else.
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

/* Maps the pages that reader number `reader` walks, far above all other mappings. Call it once per
 * reader and mm. 0 or -errno. */
int readers_map(struct ref_mm *mm, unsigned reader);
int readers_nth_cpu(const cpu_set_t *cpus, unsigned n);
/* Starts nr readers. rs: mm, walk, d and g filled, the rest 0. Reader i is bound to CPU 1 + i of
 * the set, modulo the set's size; all are online when this returns 0. -errno: none runs. */
int readers_start(struct readers *rs, unsigned nr, const cpu_set_t *cpus);
void readers_stop(struct readers *rs);
/* Complete walks so far, of all readers. */
uint64_t readers_walks(const struct readers *rs);
/* Turns the timing of walks on or off. Throughput is counted with it off: reading the clock takes
 * longer than the walks of some rows differ by. */
void readers_time_walks(struct readers *rs, bool on);
/* Timed walks of the reader with the fewest. */
uint64_t readers_timed_walks(const struct readers *rs);
uint64_t readers_worst_ns(const struct readers *rs);
/* The quantile `share` (0..1) of the timed walks of all readers, in ns, within 3 %. */
double readers_quantile_ns(const struct readers *rs, double share);

#endif
