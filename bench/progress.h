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

/* Work of one kind takes about as long as what was done of that kind. */
struct progress_kind {
	size_t total, done;
	double seconds;
};
enum { PROGRESS_FIRST, PROGRESS_FURTHER, PROGRESS_NR_KINDS };

struct progress {
	char what[64]; /* is counted: "repetitions of 7 cases" */
	size_t total, done;
	struct progress_kind kinds[PROGRESS_NR_KINDS];
	bool silent, live;
	double started, next, every, last;
	const void *of; /* what runs, and how many operations of it: progress_try() */
	int64_t n;
	bool first;
};

/* first: how many of the total are the first of their case. */
void progress_start(struct progress *p, size_t total, size_t first, double every, bool silent,
		    const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* nr more are done, of which `first` are their case's. */
void progress_done(struct progress *p, size_t nr, size_t first);
/*
 * Of repetitions: one of `of` begins, or, if it is the first one, another try at it: Google
 * Benchmark makes the first longer and longer until it lasts. So a repetition has ended when
 * another benchmark begins, or the same one with as many operations.
 */
void progress_try(struct progress *p, const void *of, int64_t n, bool first);
/* All is done, and the last line says so; or not, and none does. */
void progress_end(struct progress *p, bool all);

#endif
