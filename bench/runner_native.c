// SPDX-License-Identifier: GPL-2.0-or-later
/* build/bench: times every row of the table by Google Benchmark and writes a part of a run. */

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <results/results.h>

#include "cases.h"
#include "code_bytes.h"
#include "environment.h"
#include "gbench.h"
#include "interrupt.h"
#include "native.h"
#include "native_options.h"
#include "perf.h"
#include "vocabulary.h"

#define LEAST_ON_CPU 0.9

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

/* ---- one instance: what Google Benchmark calls ---- */

/* This thread's CPU time, and how often the kernel preempted it. */
struct on_cpu {
	double ns, cpu_ns;
	long switches;
};

static void on_cpu_add(struct on_cpu *o, int sign)
{
	struct rusage usage;
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	getrusage(RUSAGE_THREAD, &usage);
	o->cpu_ns += sign * (ts.tv_sec * 1e9 + ts.tv_nsec);
	o->ns += sign * now_ns();
	o->switches += sign * usage.ru_nivcsw;
}

/* Time that the thread slept is part of the case; time that it waited for a CPU is not. */
static enum native_disturbed disturbance(const struct bench_state *s, const struct on_cpu *o)
{
	if (s->disturbed[0])
		return NATIVE_FALSE;
	if (s->c->crowded)
		return NATIVE_QUIET;
	return o->switches && o->cpu_ns < LEAST_ON_CPU * o->ns ? NATIVE_BUSY : NATIVE_QUIET;
}

/* What one reading of the clock takes: the least of many. */
static double clock_cost(void)
{
	static double least;

	if (least > 0)
		return least;
	least = 1e9;
	for (int i = 0; i < 1000; i++) {
		double from = now_ns(), by = now_ns() - from;

		if (by > 0 && by < least)
			least = by;
	}
	return least;
}

/*
 * Makes what took until now, from start, longer by its share `slow`: spins. *owed is what is left
 * to spin, below 0 if the clock's steps made it spin for too long; the next batch settles it.
 */
static void spin(double start, double slow, double *owed)
{
	double from = now_ns(), now = from;

	/* One reading more than without. */
	*owed += (from - start) * slow - clock_cost();
	while (now - from < *owed)
		now = now_ns();
	*owed -= now - from;
}

/* Does n operations, in batches of at most s->max_batch. slow: of --ptbench_slow, as a share. */
static struct native_outcome run_batches(struct bench_state *s, uint64_t n, double slow)
{
	const struct bench_case *c = s->c;
	struct native_outcome out = { .end = NATIVE_DONE };
	struct on_cpu o = { 0 };
	double start, owed = 0;

	s->manual_ns = 0;
	for (uint64_t left = n, batch; left && !s->fail[0]; left -= batch) {
		batch = s->max_batch && left > s->max_batch ? s->max_batch : left;
		if (c->before)
			c->before(s, batch);
		on_cpu_add(&o, -1);
		start = now_ns();
		c->run(s, batch);
		if (slow > 0)
			spin(start, slow, &owed);
		out.ns += now_ns() - start;
		on_cpu_add(&o, 1);
		if (c->after)
			c->after(s, batch);
	}
	if (c->manual_time)
		out.ns = s->manual_ns;
	out.disturbed = disturbance(s, &o);
	return out;
}

/* Adds the extra metrics to the library's own output; the part has them from elsewhere. */
static void print_extras(struct gbench_state *gs, const struct bench_state *s)
{
	for (size_t i = 0; i < s->nr_extra; i++)
		gbench_counter(gs, s->extra[i].metric, s->extra[i].value,
			       s->extra[i].kind == BENCH_LEVEL ? GBENCH_TOTAL
							       : GBENCH_PER_ITERATION);
}

/* Runs a case with library_time: Google Benchmark times it. */
static int run_untimed(struct native_instance *in, struct bench_state *s, struct gbench_state *gs,
		       int64_t n)
{
	int err = native_setup(in, s);

	if (err)
		return err;
	while (gbench_keep_running_batch(gs, n))
		s->c->run(s, n);
	native_teardown(in, s);
	return 0;
}

static int run_once(struct native_instance *in, struct bench_state *s, int64_t n,
		    struct native_outcome *out)
{
	int err = native_setup(in, s);

	if (err)
		return err;
	*out = run_batches(s, n, in->native->slow);
	native_teardown(in, s);
	return s->fail[0] ? -EIO : 0;
}

/*
 * Whether to repeat a call. All repetitions do as many operations as the first one that lasted
 * min_ns; since a disturbance may lengthen a call, a new count has to last min_ns twice. A
 * disturbed repetition is repeated once.
 */
static bool run_again(const struct native_instance *in, const struct native_outcome *out, int64_t n)
{
	if (!in->native->min_ns)
		return false;
	if (out->disturbed && !in->native->any_load)
		return true;
	return n != in->last_n && out->ns >= in->native->min_ns;
}

static int run_timed(struct native_instance *in, struct bench_state *s, struct gbench_state *gs,
		     int64_t n, struct native_outcome *out)
{
	int err = 0;

	while (gbench_keep_running_batch(gs, n)) {
		err = run_once(in, s, n, out);
		if (!err && run_again(in, out, n))
			err = run_once(in, s, n, out);
		if (err)
			return err;
	}
	gbench_set_manual_ns(gs, out->ns);
	print_extras(gs, s);
	if (!in->native->min_ns || in->native->any_load)
		out->disturbed = NATIVE_QUIET;
	else if (s->disturbed[0])
		out->why = s->disturbed;
	return 0;
}

/* Runs one call of a case. The outcome's `why` points into *s; s keeps the extra metrics. */
static struct native_outcome run_case(struct native_instance *in, struct bench_state *s,
				      struct gbench_state *gs)
{
	int64_t n = gbench_max_iterations(gs);
	struct native_outcome out = { .end = NATIVE_DONE };
	int err;

	progress_try(&in->native->progress, in, n, !in->last_n);
	if (in->like_n)
		in->last_n = n; /* only a disturbance makes it run again */
	err = in->s.c->library_time ? run_untimed(in, s, gs, n) : run_timed(in, s, gs, n, &out);
	in->last_n = n;
	if (err && s->skip[0])
		return (struct native_outcome){ .end = NATIVE_SKIPPED, .why = s->skip };
	if (err)
		return (struct native_outcome){ .end = NATIVE_FAILED, .why = s->fail };
	return out;
}

static void run_instance(struct gbench_state *gs, void *arg)
{
	struct native_outcome out = { .end = NATIVE_INTERRUPTED, .why = (char *)"interrupted" };
	struct native_instance *in = arg;
	struct bench_state s = { .nr_extra = 0 };

	if (!interrupted)
		out = run_case(in, &s, gs);
	if (out.end != NATIVE_DONE)
		gbench_skip(gs, out.why);
	if (native_add_outcome(in, &out, &s)) {
		fprintf(stderr, "bench: out of memory\n");
		exit(EXIT_PART_FAILED);
	}
}

/* ---- the instances of the table ---- */

static int add_instance(struct bench_state *s, void *arg)
{
	struct native *nat = arg;
	struct native_instance *in = calloc(1, sizeof(*in));
	struct gbench_opts opts = { .clock = GBENCH_MANUAL_TIME };
	int64_t n = 0;

	if (!in)
		return -ENOMEM;
	/* The spin would not be in a time that the case or the library takes. */
	if (nat->slow > 0 && (s->c->library_time || s->c->manual_time)) {
		free(in);
		return 0;
	}
	if (s->c->library_time)
		opts.clock = GBENCH_REAL_TIME;
	in->native = nat;
	in->s = *s;
	if (nat->like && native_like(in, &n) <= 0) {
		free(in);
		return 0;
	}
	in->like_n = opts.iterations = n;
	bench_instance_name(s, in->name, sizeof(in->name));
	in->next = nat->instances;
	nat->instances = in;
	nat->nr_instances++;
	return gbench_register(in->name, run_instance, in, &opts);
}

/* The library's own loop: no row of the table, since its function is the library's. */
static const struct bench_case shim_native = {
	.family = "shim",
	.name = "native",
	.summary = "the C++ library's own empty loop",
	.subject = BENCH_REF,
};

static int add_all(struct native *nat)
{
	struct gbench_opts opts = { .clock = GBENCH_REAL_TIME };
	bool has_shim = !nat->slow;
	int err = 0;

	for (size_t i = 0; bench_table[i] && !err; i++)
		err = bench_for_each_instance(bench_table[i], add_instance, nat);
	nat->shim_native.native = nat;
	nat->shim_native.s.c = &shim_native;
	if (nat->like && has_shim)
		has_shim = native_like(&nat->shim_native, &opts.iterations) > 0;
	if (!err && has_shim)
		err = gbench_register_native_empty("shim/native", &opts);
	nat->nr_instances += has_shim;
	return err;
}

static void free_all(struct native *nat)
{
	struct native_instance *next;

	for (struct native_instance *in = nat->instances; in; in = next) {
		next = in->next;
		native_free_outcomes(in);
		free(in);
	}
	gbench_unregister_all();
	results_doc_free(nat->doc);
	results_doc_free(nat->like);
}

/* ---- the program ---- */

static int write_part(struct native *nat, const char *file)
{
	struct results_error err = { 0 };

	if (results_doc_write(nat->doc, file, &err)) {
		results_error_print(stderr, &err);
		return EXIT_PART_FAILED;
	}
	if (interrupted)
		return EXIT_INTERRUPTED;
	return nat->failed ? EXIT_PART_FAILED : 0;
}

static int new_doc(struct native *nat, const char *command)
{
	int err = results_doc_new("native", "native", &nat->doc);
	struct results_error why = { .reason = "" };

	perf_find_tracefs();
	if (!err)
		nat->doc->command = strdup(command);
	if (!err && nat->doc->command)
		err = bench_environment(&nat->doc->environment);
	if (!err)
		err = bench_subject_pairs(&nat->doc->subject);
	if (!err && nat->slow > 0)
		err = results_pairs_setf(&nat->doc->subject, "slowed_percent", "%.17g",
					 nat->slow * 100);
	if (!err)
		err = bench_add_axes(nat->doc, &why);
	if (err && why.reason[0])
		results_error_print(stderr, &why);
	return err;
}

static int no_case(void)
{
	fprintf(stderr,
		"bench: no case matches the filter; --benchmark_list_tests prints all of them\n");
	return EXIT_USAGE;
}

/* Without --ptbench_out: the library prints, with the environment as its context. */
static int run_plainly(struct native *nat)
{
	const struct results_pairs *pairs[] = { &nat->doc->environment, &nat->doc->subject };

	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < pairs[i]->nr; j++)
			gbench_context(pairs[i]->v[j].key, pairs[i]->v[j].value);
	return gbench_run(NULL, NULL) ? 0 : no_case();
}

/* Records busy rows in the environment's load, which is shown and never compared. */
static void say_busy(struct native *nat)
{
	const char *load = results_pairs_get(&nat->doc->environment, "load");
	char text[160];

	snprintf(text, sizeof(text), "%s; other work took the CPU from %zu of %zu rows",
		 load ? load : "unknown", nat->nr_busy, nat->nr_reported);
	results_pairs_set(&nat->doc->environment, "load", text);
	fprintf(stderr,
		"bench: load %s: their times are too long; run again when nothing else runs\n",
		text);
}

/* Counts repetitions, since those of all cases are interleaved at random. */
static void start_progress(struct native *nat, const struct native_options *o)
{
	size_t nr = gbench_count(), repetitions = strtoul(o->repetitions, NULL, 10);

	nat->every = o->every ? strtod(o->every, NULL) : PROGRESS_DEFAULT;
	nat->quiet = o->quiet;
	progress_start(&nat->progress, nr * repetitions, repetitions ? nr : 0, nat->every, o->quiet,
		       "repetitions of %zu cases%s%s", nr, o->process ? ", process " : "",
		       o->process ? o->process : "");
}

static void count_all(struct native *nat)
{
	size_t nr = 0;

	for (struct native_instance *in = nat->instances; in; in = in->next)
		nr += in->measured;
	progress_start(&nat->progress, nr, 0, nat->every, nat->quiet, "cases counted and checked");
	for (struct native_instance *in = nat->instances; in && !interrupted; in = in->next) {
		if (!in->measured)
			continue;
		native_count(in);
		progress_done(&nat->progress, 1, 0);
	}
	progress_end(&nat->progress, !interrupted);
}

static int run_part(struct native *nat, const struct native_options *o)
{
	interrupt_catch();
	results_stdout_outlive_reader();
	nat->any_load = o->any_load;
	nat->one_of_several = o->process;
	nat->min_ns = atof(o->min_time) * 1e9;
	start_progress(nat, o);
	if (!gbench_run(native_report, nat))
		return no_case();
	progress_end(&nat->progress, !interrupted);
	if (!interrupted)
		count_all(nat);
	if (nat->nr_busy && !nat->one_of_several) /* else ptbench says it of all processes */
		say_busy(nat);
	return write_part(nat, o->out);
}

static void native_init(struct native *nat)
{
	sched_getaffinity(0, sizeof(nat->all_cpus), &nat->all_cpus);
	CPU_ZERO(&nat->one_cpu);
	for (int cpu = 0; cpu < CPU_SETSIZE && !CPU_COUNT(&nat->one_cpu); cpu++)
		if (CPU_ISSET(cpu, &nat->all_cpus))
			CPU_SET(cpu, &nat->one_cpu);
}

static int run(const struct native_options *o, const char *command)
{
	struct results_error err = { 0 };
	struct native nat = { 0 };
	int ret;

	native_init(&nat);
	nat.slow = o->slow ? atof(o->slow) / 100 : 0;
	if (o->like && results_doc_read(o->like, &nat.like, &err)) {
		results_error_print(stderr, &err);
		return EXIT_USAGE;
	}
	if (add_all(&nat) || new_doc(&nat, command)) {
		fprintf(stderr, "bench: out of memory\n");
		ret = EXIT_PART_FAILED;
	} else {
		ret = o->out ? run_part(&nat, o) : run_plainly(&nat);
	}
	free_all(&nat);
	return ret;
}

int main(int argc, char **argv)
{
	struct native_options o = { 0 };
	char *command = native_command(argc, argv);
	char **args = argv;
	int ret;

	results_stdout_check("bench");
	native_options_parse(&argc, argv, &o);
	if (native_options_check(&o))
		return EXIT_USAGE;
	if (native_asks_for_help(argv)) /* the library then prints its own help and exits */
		fputs(native_usage, stdout);
	if (o.out)
		args = native_with_defaults(&argc, argv, o.process);
	if (!args || !command)
		return EXIT_PART_FAILED;
	gbench_init(&argc, args);
	if (argc > 1) {
		fprintf(stderr, "bench: unknown argument %s\n%s", results_shown(args[1]),
			native_usage);
		return EXIT_USAGE;
	}
	ret = o.codes ? code_bytes_part(o.codes, o.objects, command) : 0;
	if (!ret && (o.out || !o.codes))
		ret = run(&o, command);
	if (args != argv)
		free(args);
	free(command);
	return ret;
}
