/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints the progress of long work on standard error: a count that ends at its total, and the time
 * left. On a terminal it is one line, written over; elsewhere a line now and then.
 */
#ifndef BENCH_PROGRESS_H
#define BENCH_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROGRESS_DEFAULT (-1.0) /* seconds between lines: 1 on a terminal, 10 elsewhere */

/* Pieces of work of one kind take about equally long. */
struct progress_kind {
	size_t total, done;
	double seconds;
};
enum { PROGRESS_FIRST, PROGRESS_FURTHER, PROGRESS_NR_KINDS };

struct progress {
	char what[64]; /* what is counted: "repetitions of 7 cases" */
	size_t total, done;
	struct progress_kind kinds[PROGRESS_NR_KINDS];
	bool silent, live;
	double started, next, every, last;
	const void *of; /* progress_try(): the benchmark that runs, and its operations */
	int64_t n;
	bool first;
};

/* first: how many of the total are first repetitions of their case. every: seconds between lines,
 * or PROGRESS_DEFAULT. fmt: what is counted. */
void progress_start(struct progress *p, size_t total, size_t first, double every, bool silent,
		    const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* nr more are done; `first` of them are first repetitions of their case. */
void progress_done(struct progress *p, size_t nr, size_t first);
/*
 * Counts repetitions: Google Benchmark calls benchmark `of` with n operations. It repeats the first
 * repetition with growing n until that lasts long enough. So the previous repetition has ended when
 * another benchmark begins, or the same one with the same n.
 */
void progress_try(struct progress *p, const void *of, int64_t n, bool first);
/* all: the work is done; prints the last line. Else removes the line on a terminal. */
void progress_end(struct progress *p, bool all);

#endif
