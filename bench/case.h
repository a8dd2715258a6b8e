/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A case is one row: what it is called, what it varies, what it needs, and n operations in a loop.
 *
 * Cases know nothing of the runner that times them: the native one (Google Benchmark) and the
 * guests' one (instruction windows) run the same rows.
 */
#ifndef BENCH_CASE_H
#define BENCH_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum bench_need {
	BENCH_NEED_THREADS = 1 << 0,	/* starts threads: not in a one-CPU guest */
	BENCH_NEED_URCU = 1 << 1,	/* liburcu: not in guests */
	BENCH_NEED_MEMBARRIER = 1 << 2,
	BENCH_NEED_PERF = 1 << 3,
	BENCH_NEED_HOST = 1 << 4,	/* measures the running kernel: native only */
};

#define BENCH_MAX_PARAMS 8

/* A parameter's axis: the values it takes. Either strs (NULL-terminated) or nums. */
struct bench_axis {
	const char *key;
	const char *const *strs;
	const long long *nums;
	size_t nr_nums;
};

struct bench_value {
	const char *key;
	const char *str; /* NULL: num */
	long long num;
};

enum bench_subject { BENCH_REF, BENCH_KERNEL, BENCH_LIBURCU };

/* One instance while it runs. */
struct bench_state {
	const struct bench_case *c;
	struct bench_value params[BENCH_MAX_PARAMS];
	size_t nr_params;
	void *priv;		/* of the case */
	char skip[160];		/* set by setup: why this instance cannot run here */
	/* Manual time: when c->manual_time, run() adds the nanoseconds that count. */
	double manual_ns;
	/* Further metrics of this instance, by name of results/metrics.h: totals over the n
	 * operations of the last run(). */
	struct { const char *metric; double total; } extra[8];
	size_t nr_extra;
};

struct bench_case {
	const char *family, *name, *summary;
	enum bench_subject subject; /* subject_of() overrides it per instance when set */
	enum bench_subject (*subject_of)(const struct bench_state *s);
	unsigned needs; /* enum bench_need */
	unsigned (*needs_of)(const struct bench_state *s); /* per instance, ORed in; may be NULL */
	bool manual_time;
	struct bench_axis axes[BENCH_MAX_PARAMS]; /* ends at key == NULL */
	bool (*valid)(const struct bench_state *s); /* which combinations exist; NULL: all */
	/* 0, or -errno with s->skip filled (the instance is reported as skipped), or -errno alone
	 * (the part fails). */
	int (*setup)(struct bench_state *s);
	void (*run)(struct bench_state *s, uint64_t n); /* n operations, nothing else */
	void (*teardown)(struct bench_state *s);
};

/* The table: bench/table.c, sorted by family and name. */
extern const struct bench_case *const bench_table[]; /* NULL-terminated */

const char *bench_str(const struct bench_state *s, const char *key);
long long bench_num(const struct bench_state *s, const char *key);

/* Calls fn for every valid instance of c (params filled, priv NULL). Stops when fn returns != 0. */
int bench_for_each_instance(const struct bench_case *c,
			    int (*fn)(struct bench_state *s, void *arg), void *arg);

#endif
