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
	BENCH_NEED_THREADS = 1 << 0, /* starts threads: cannot run in a one-CPU guest */
	BENCH_NEED_URCU = 1 << 1,    /* uses liburcu, which guests lack */
	BENCH_NEED_MEMBARRIER = 1 << 2,
	BENCH_NEED_PERF = 1 << 3,
	BENCH_NEED_HOST = 1 << 4, /* measures the running kernel: native only */
};

#define BENCH_MAX_PARAMS 8
#define BENCH_MAX_EXTRA 16 /* metrics of an instance in addition to its time */
/* In an axis' nums: an instance without this parameter, such as `levels` of a format whose number
 * of levels is fixed. */
#define BENCH_ABSENT INT64_MIN
#define BENCH_NAME_MAX 240

/* A parameter's axis: the values it takes. Either strs (NULL-terminated) or nums. */
struct bench_axis {
	const char *key;
	const char *const *strs;
	const long long *nums;
	size_t nr_nums;
};

struct bench_value {
	const char *key;
	const char *str; /* NULL: see num */
	long long num;
};

enum bench_subject { BENCH_REF, BENCH_KERNEL, BENCH_LIBURCU };

/* A further metric of an instance. */
struct bench_extra {
	const char *metric; /* by name of results/metrics.h */
	enum bench_extra_kind {
		BENCH_TOTAL, /* sum over all operations since setup: the runner divides by them */
		BENCH_LEVEL, /* a peak, a rate, a quantile: the runner does not divide it */
	} kind;
	double value;
};

/* One instance while it runs. */
struct bench_state {
	const struct bench_case *c;
	struct bench_value params[BENCH_MAX_PARAMS];
	size_t nr_params;
	void *priv;	/* the case's own data */
	char skip[160]; /* set by setup: why this instance cannot run here */
	/* With c->manual_time, run() adds the nanoseconds it measured here. */
	double manual_ns;
	struct bench_extra extra[BENCH_MAX_EXTRA]; /* bench_set_extra() */
	size_t nr_extra;
	/* Set by setup: most operations between before() and after(); 0: any number. */
	uint64_t max_batch;
	/* Set by run(), after() or count(): what was wrong with a result. The part fails. */
	char fail[160];
	/* Set by run() or after(): an event outside the case that made this run invalid. The
	 * runner drops the repetition, and skips the row if too few repetitions are left. */
	char disturbed[128];
};

/* A claim of a case about itself, checked outside the timing. */
struct bench_check {
	const char *id;
	char expect[96], seen[96];
	bool ok;
};

struct bench_case {
	const char *family, *name, *summary;
	enum bench_subject subject; /* subject_of() overrides it per instance when set */
	enum bench_subject (*subject_of)(const struct bench_state *s);
	unsigned needs;					   /* enum bench_need */
	unsigned (*needs_of)(const struct bench_state *s); /* per instance, ORed in; may be NULL */
	bool crowded; /* has more threads than CPUs: losing the CPU counts as no disturbance */
	bool manual_time;
	bool library_time; /* Google Benchmark times it; no before(), after(), manual_time */
	struct bench_axis axes[BENCH_MAX_PARAMS];   /* ends at key == NULL */
	bool (*valid)(const struct bench_state *s); /* which combinations exist; NULL: all */
	/* Returns 0; -errno with s->skip filled: the instance is reported as skipped; -errno
	 * alone: the part fails. */
	int (*setup)(struct bench_state *s);
	void (*run)(struct bench_state *s, uint64_t n); /* n operations, nothing else */
	void (*teardown)(struct bench_state *s);	/* after a setup that returned 0 */
	/* Untimed, around every run(): before() provides what n operations use up, after() cleans
	 * up what they leave behind. May be NULL. */
	void (*before)(struct bench_state *s, uint64_t n);
	void (*after)(struct bench_state *s, uint64_t n);
	/* Called once per instance, between setup and teardown and never while timing; may be NULL.
	 * count() does n operations and leaves the events it counted in s->extra; check() fills one
	 * check. */
	int (*count)(struct bench_state *s, uint64_t n);
	int (*check)(struct bench_state *s, struct bench_check *check);
};

/* The table: bench/rows.c, sorted by family and name. */
extern const struct bench_case *const bench_table[]; /* NULL-terminated */

/* The parameter's value; "" or 0 if the instance lacks it, or has it with the other type. */
const char *bench_str(const struct bench_state *s, const char *key);
long long bench_num(const struct bench_state *s, const char *key);
enum bench_subject bench_subject(const struct bench_state *s);
unsigned bench_needs(const struct bench_state *s);
/* Why a row with these needs (enum bench_need) cannot run in a one-CPU guest; NULL: it can. */
const char *bench_guest_lacks(unsigned needs);
/* "gup_fast/walk/cross:none/pages:16" */
void bench_instance_name(const struct bench_state *s, char *buf, size_t size);
/* "cross=none,pages=16" */
void bench_params_text(const struct bench_state *s, char *buf, size_t size);

/* Sets the instance's value of the metric, and replaces an earlier value. A metric more than
 * BENCH_MAX_EXTRA fails the instance: s->fail names the case and the metric. */
void bench_set_extra(struct bench_state *s, const char *metric, enum bench_extra_kind kind,
		     double value);

/* Calls fn for every valid instance of c (params filled, priv NULL) until fn returns != 0; returns
 * that, or 0. */
int bench_for_each_instance(const struct bench_case *c, int (*fn)(struct bench_state *s, void *arg),
			    void *arg);

#endif
