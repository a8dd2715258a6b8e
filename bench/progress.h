/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far a long piece of work is, on standard error: a count that ends at its total, and the time
 * left. On a terminal one line that is written over, elsewhere a line now and then.
 */
#ifndef BENCH_PROGRESS_H
#define BENCH_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROGRESS_DEFAULT (-1.0) /* seconds between lines: 1 on a terminal, 10 elsewhere */

struct progress {
	char what[64]; /* is counted: "repetitions of 7 cases" */
	size_t total, done;
	bool silent, live;
	double started, next, every;
	const void *of; /* what runs, and how many operations of it: progress_try() */
	int64_t n;
};

void progress_start(struct progress *p, size_t total, double every, bool silent, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* nr more are done. */
void progress_done(struct progress *p, size_t nr);
/*
 * Of repetitions: one of `of` begins, or, if it is the first one, another try at it: Google Benchmark
 * makes the first longer and longer until it lasts. So a repetition has ended when another benchmark
 * begins, or the same one with as many operations.
 */
void progress_try(struct progress *p, const void *of, int64_t n);
/* All is done, and the last line says so; or not, and none does. */
void progress_end(struct progress *p, bool all);

#endif
