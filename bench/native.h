/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The native runner's state, shared by the timing (runner_native.c), the counting (count.c), and
 * what both use: runner_native.c uses count.c and native_report.c, and all of them
 * native_instance.c.
 */
#ifndef BENCH_NATIVE_H
#define BENCH_NATIVE_H

#include <sched.h>

#include <results/results.h>

#include "case.h"
#include "gbench.h"
#include "progress.h"

#define NATIVE_MAX_REPETITIONS 1000

/*
 * What one call of a case came to. It goes beside Google Benchmark, which knows times, iterations
 * and what its own output prints.
 */
struct native_outcome {
	enum native_end {
		NATIVE_DONE,
		NATIVE_SKIPPED, /* it cannot run here */
		NATIVE_FAILED,
		NATIVE_INTERRUPTED, /* before it began */
	} end;
	enum native_disturbed {
		NATIVE_QUIET,
		NATIVE_BUSY,  /* other work took this thread's CPU away, so that it took longer */
		NATIVE_FALSE, /* the run was not what the row says at all */
	} disturbed;
	double ns;		   /* that count */
	char *why;		   /* it was skipped, failed or disturbed; or NULL */
	struct bench_extra *extra; /* copies of the case's */
	size_t nr_extra;
};

struct native_instance {
	struct native_instance *next;
	struct native *native;
	struct bench_state s; /* params only: each run sets up a copy */
	char name[BENCH_NAME_MAX];
	int64_t last_n;
	bool measured;
	struct native_outcome *outcomes; /* of its calls, in their order */
	size_t nr_outcomes;
	size_t nr_thrown_away; /* repetitions that were disturbed */
	int64_t nr_ops;	       /* in one sample */
};

struct native {
	struct results_doc *doc;
	struct native_instance *instances;
	struct native_instance shim_native; /* the library's own loop: no row of the table */
	size_t nr_instances, nr_reported;
	size_t nr_busy; /* rows that have no undisturbed repetitions, or too few */
	cpu_set_t all_cpus, one_cpu;
	struct progress progress;
	double every; /* seconds between its lines */
	bool quiet, any_load;
	bool failed;   /* a check or a case: the part is a failed one */
	double min_ns; /* that a repetition has to last */
};

/* ---- native_instance.c ---- */

/* Sets up a copy of the instance: 0, or -errno with s->skip or s->fail filled. */
int native_setup(struct native_instance *in, struct bench_state *s);
void native_teardown(struct native_instance *in, struct bench_state *s);

/* Adds a copy, with the extra values of s. 0 or -ENOMEM. */
int native_add_outcome(struct native_instance *in, const struct native_outcome *out,
		       const struct bench_state *s);
/*
 * Of the ith of nr repetitions. The library calls a function once for each, but for the first,
 * where it looks for the number of iterations: the last call is the repetition. The library's own
 * loop, which is no case, is always done.
 */
const struct native_outcome *native_outcome_of(const struct native_instance *in, size_t i,
					       size_t nr);
void native_free_outcomes(struct native_instance *in);

/* ---- native_report.c ---- */

int native_params(const struct bench_state *s, struct results_params *params);
void native_add(struct native_instance *in, const char *metric, const double *samples, size_t nr,
		long long nr_ops);
void native_add_check(struct native_instance *in, const char *id, const char *expect,
		      const char *seen, bool pass);

/* The repetitions of one instance into its document; cookie is the struct native. */
void native_report(const struct gbench_repetition *runs, size_t nr, void *cookie);

/* ---- count.c ---- */

/* After the timing: checks, counted events, hardware counters. */
void native_count(struct native_instance *in);

#endif
