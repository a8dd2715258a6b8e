/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Google Benchmark from C: register, run, collect.
 *
 * A benchmark function asks once how many iterations it has to do, calls
 * gbench_keep_running_batch() with that number, does them in a C loop of its own, and calls it
 * again, which ends the timing and returns false. There is no call per iteration: one through a
 * C boundary costs about a nanosecond, more than many of the things measured here.
 *
 * The states are the library's own objects, seen through a pointer. No function throws.
 */
#ifndef BENCH_GBENCH_H
#define BENCH_GBENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct gbench_state;
typedef void (*gbench_fn)(struct gbench_state *gs, void *arg);

enum gbench_clock {
	GBENCH_CPU_TIME, /* of the main thread */
	GBENCH_REAL_TIME,
	GBENCH_MANUAL_TIME, /* the sum of gbench_set_manual_ns() */
};

#define GBENCH_MAX_ARGS 4

/* All zero: one thread, CPU time, the library's defaults. */
struct gbench_opts {
	enum gbench_clock clock;
	int threads;	    /* number of threads that run the function at the same time */
	int repetitions;    /* 0: the flag's */
	double min_time;    /* seconds; 0: the flag's */
	int64_t iterations; /* 0: as many as min_time needs */
	size_t nr_args;
	int64_t args[GBENCH_MAX_ARGS];
	const char *arg_names[GBENCH_MAX_ARGS]; /* appear in the name as name:value */
};

/* Reads the library's own flags and removes them from argv. --help and unknown --benchmark_ flags
 * end the process. */
void gbench_init(int *argc, char **argv);
/* name is copied. NULL opts: all zero. 0, or -ENOMEM, -EINVAL (duplicate name, too many args). */
int gbench_register(const char *name, gbench_fn fn, void *arg, const struct gbench_opts *opts);
/* Registers the library's idiomatic C++ loop with an empty body, to compare the shim with. */
int gbench_register_native_empty(const char *name, const struct gbench_opts *opts);
void gbench_unregister_all(void);
/* Adds a line to the context of the library's own output. */
void gbench_context(const char *key, const char *value);
/* The library's version, "1.7.1", from the file name of the library in use; or "unknown". */
const char *gbench_library_version(void);
bool gbench_library_is_debug(void);

/* ---- inside a benchmark function ---- */
int64_t gbench_max_iterations(const struct gbench_state *gs);
/* True: do n iterations now. Timing starts with the first true and ends with the false. */
bool gbench_keep_running_batch(struct gbench_state *gs, int64_t n);
void gbench_pause(struct gbench_state *gs);
void gbench_resume(struct gbench_state *gs);
/* GBENCH_MANUAL_TIME only: adds to the time of this call of the function. */
void gbench_set_manual_ns(struct gbench_state *gs, double ns);
/* This benchmark ends here, with `why` in place of a result; the function should return. */
void gbench_skip(struct gbench_state *gs, const char *why);
enum gbench_counter {
	GBENCH_TOTAL,	      /* shown as it is; threads add up */
	GBENCH_PER_ITERATION, /* shown divided by iterations */
	GBENCH_RATE,	      /* shown per second */
};
void gbench_counter(struct gbench_state *gs, const char *name, double value,
		    enum gbench_counter kind);
int gbench_thread(const struct gbench_state *gs);
int gbench_threads(const struct gbench_state *gs);
int64_t gbench_arg(const struct gbench_state *gs, size_t i);

/* ---- running ---- */
struct gbench_value {
	const char *name;
	double value; /* as shown: divided where the kind says so */
};
/* One repetition of one benchmark. Strings live until the callback returns. */
struct gbench_repetition {
	const char *name; /* as registered */
	void *arg;
	int64_t repetition;
	int64_t iterations; /* over all threads */
	double real_ns;	    /* of all iterations; with GBENCH_MANUAL_TIME the manual time */
	double cpu_ns;
	const char *skipped; /* gbench_skip()'s text, or NULL */
	const struct gbench_value *counters;
	size_t nr_counters;
};
/* Called with all repetitions of one benchmark, in order, after its last one. */
typedef void (*gbench_report_fn)(const struct gbench_repetition *runs, size_t nr, void *cookie);

/* How many benchmarks the flags select. */
size_t gbench_count(void);
/* Runs the benchmarks that the flags select and returns their number. report NULL: the library
 * prints as its flags say; otherwise it prints nothing on stdout and calls report. */
size_t gbench_run(gbench_report_fn report, void *cookie);

#ifdef __cplusplus
}
#endif
#endif
