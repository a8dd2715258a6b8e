/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The native runner's state, shared by the timing (runner_native.c) and the counting (count.c).
 */
#ifndef BENCH_NATIVE_H
#define BENCH_NATIVE_H

#include <sched.h>

#include <results/results.h>

#include "case.h"
#include "gbench.h"
#include "progress.h"

#define NATIVE_MAX_REPETITIONS 1000

/* How run_instance() tells native_report() of a repetition that has no result. */
#define NATIVE_SKIPPED "skipped: "
#define NATIVE_FAILED "failed: "
/*
 * And the counter of repetitions that were disturbed. NATIVE_BUSY: other work took this thread's CPU
 * away, so that it took longer. NATIVE_FALSE: the run was not what the row says at all.
 */
#define NATIVE_DISTURBED "disturbed"
enum native_disturbed { NATIVE_QUIET, NATIVE_BUSY, NATIVE_FALSE };

struct native_instance {
	struct native_instance *next;
	struct native *native;
	struct bench_state s; /* params only: each run sets up a copy */
	char name[BENCH_NAME_MAX];
	int64_t last_n;
	bool measured;
	size_t nr_thrown_away;	/* repetitions that were disturbed */
	char disturbed[128];	/* by what, when the run was not what the row says */
	int64_t nr_ops; /* in one sample */
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
	bool failed; /* a check or a case: the part is a failed one */
	double min_ns; /* that a repetition has to last */
};

/* Sets up a copy of the instance: 0, or -errno with s->skip or s->fail filled. */
int native_setup(struct native_instance *in, struct bench_state *s);
void native_teardown(struct native_instance *in, struct bench_state *s);

int native_params(const struct bench_state *s, struct results_params *params);
void native_add(struct native_instance *in, const char *metric, const double *samples, size_t nr,
		long long nr_ops);
void native_add_check(struct native_instance *in, const char *id, const char *expect,
		      const char *seen, bool pass);

/* The repetitions of one instance into its document; cookie is the struct native. */
void native_report(const struct gbench_repetition *runs, size_t nr, void *cookie);

/* After the timing: checks, counted events, hardware counters. */
void native_count(struct native_instance *in);

#endif
