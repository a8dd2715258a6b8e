// SPDX-License-Identifier: GPL-2.0-or-later
/* The overhead of measuring: an empty loop through the shim, and one reading of the clock. */

#include <time.h>

#include "cases.h"

static void empty_run(struct bench_state *s, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		__asm__ volatile("" ::: "memory");
}

const struct bench_case bench_shim_empty = {
	.family = "shim",
	.name = "empty",
	.summary = "an empty C loop, timed through the shim; shim/native is its control",
	.subject = BENCH_REF,
	.library_time = true,
	.run = empty_run,
};

static void clock_run(struct bench_state *s, uint64_t n)
{
	struct timespec ts;

	for (uint64_t i = 0; i < n; i++)
		clock_gettime(CLOCK_MONOTONIC, &ts);
}

const struct bench_case bench_clock_read = {
	.family = "clock",
	.name = "read",
	.summary = "one reading of the clock: part of each operation that is timed on its own",
	.subject = BENCH_KERNEL,
	.needs = BENCH_NEED_HOST,
	.run = clock_run,
};
