/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part `native`, measured by several processes of build/bench, one after the other. */
#ifndef BENCH_PROCESSES_H
#define BENCH_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>

#include <results/results.h>

/*
 * Makes <run>/native.json by nr processes of <build>/bench, joined by join.h. One that fails fails
 * the part; the others' samples are kept. Returns an exit status.
 */
int processes_native(struct results_run *run, const char *build, size_t nr);

/* Two builds that are measured in turn. */
struct processes_pair {
	struct results_run *run[2]; /* of the base, and of the head */
	const char *build[2], *revision[2];
	const char *filter;  /* --benchmark_filter of both; NULL: all rows */
	const char *slow;    /* --ptbench_slow of the head; NULL: none */
	const char *id;	     /* of this pair of runs */
	const char *command; /* that makes both */
	size_t nr;	     /* processes of each */
	bool layouts;	     /* the kth process runs <build>/layouts/<k>, not <build>/bench */
};

/*
 * Makes native.json of both runs: base, head, head, base, base, head... What drifts while they run
 * reaches both alike. The base's rows are measured, on both sides with as many operations as in the
 * base's first process: an operation may cost another amount where fewer follow one another. The
 * subject key `interleaved` of both is the id. With layouts, code lies elsewhere in each process,
 * and its environment has another size (environment key `code_layout`). Returns the worse exit
 * status of both.
 */
int processes_pair(const struct processes_pair *pair);

#endif
