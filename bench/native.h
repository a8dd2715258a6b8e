/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The native runner's state. runner_native.c times, and calls count.c and native_report.c; all
 * three call native_instance.c.
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
 * The outcome of one call of a case, kept here since Google Benchmark knows only times, iterations
 * and the counters of its own output.
 */
struct native_outcome {
	enum native_end {
		NATIVE_DONE,
		NATIVE_SKIPPED, /* it cannot run here */
		NATIVE_FAILED,
		NATIVE_INTERRUPTED, /* by a signal, before it began */
	} end;
	enum native_disturbed {
		NATIVE_QUIET,
		NATIVE_BUSY,  /* other work took this thread's CPU, so the time is too long */
		NATIVE_FALSE, /* the case set s->disturbed: the run is invalid */
	} disturbed;
	double ns;		   /* measured time */
	char *why;		   /* why it was skipped, failed or disturbed; or NULL */
	struct bench_extra *extra; /* copies of the case's */
	size_t nr_extra;
};

struct native_instance {
	struct native_instance *next;
	struct native *native;
	struct bench_state s; /* params only: each run sets up a copy of it */
	char name[BENCH_NAME_MAX];
	int64_t last_n;
	int64_t like_n; /* operations of the only repetition; 0: as many as the library finds */
	bool measured;
	struct native_outcome *outcomes; /* one per call, in order */
	size_t nr_outcomes;
	size_t nr_thrown_away; /* repetitions that were disturbed */
	int64_t nr_ops;	       /* in one sample */
};

struct native {
	struct results_doc *doc;
	struct results_doc *like; /* the part whose rows are measured, and how; NULL: all rows */
	bool one_of_several;	  /* processes, with one repetition each */
	double slow;		  /* share by which each timed call is made longer */
	struct native_instance *instances;
	struct native_instance shim_native; /* the library's own loop, no row of the table */
	size_t nr_instances, nr_reported;
	size_t nr_busy; /* rows with too few undisturbed repetitions, or none */
	cpu_set_t all_cpus, one_cpu;
	struct progress progress;
	double every; /* seconds between lines of progress */
	bool quiet, any_load;
	bool failed;   /* a check or a case failed, and so does the part */
	double min_ns; /* least time of a repetition */
};

/* ---- native_instance.c ---- */

/* Sets up a copy of the instance: 0, or -errno with s->skip or s->fail filled. */
int native_setup(struct native_instance *in, struct bench_state *s);
void native_teardown(struct native_instance *in, struct bench_state *s);

/*
 * Looks the instance up in in->native->like. 1: the part has the row, with *n operations in a
 * sample, or 0 where it was skipped; 0: it has not; or -ENOMEM.
 */
int native_like(const struct native_instance *in, int64_t *n);

/* Appends a copy of *out, with the extra values of s, to the outcomes. 0 or -ENOMEM. */
int native_add_outcome(struct native_instance *in, const struct native_outcome *out,
		       const struct bench_state *s);
/*
 * The outcome of the ith of nr repetitions. The library calls the function once for each repetition
 * but the first, for which it searches the number of iterations; so the last nr outcomes are the
 * repetitions'. The library's own loop records none and is always NATIVE_DONE.
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

/* gbench_report_fn: adds the repetitions of one instance to the document; cookie: struct native. */
void native_report(const struct gbench_repetition *runs, size_t nr, void *cookie);

/* ---- count.c ---- */

/* Called after all timing: the instance's checks, counted events and hardware counters. */
void native_count(struct native_instance *in);

#endif
