// SPDX-License-Identifier: GPL-2.0-or-later
// build/bench: every row of the table under Google Benchmark, written as a part of a run.

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <results/results.h>

#include "cases.h"
#include "code_bytes.h"
#include "environment.h"
#include "gbench.h"
#include "native.h"
#include "perf.h"

#define EXIT_USAGE 2
#define EXIT_PART_FAILED 4
#define EXIT_INTERRUPTED 130

/* The least that has a 95 % order-statistics interval of its median. */
#define MIN_REPETITIONS 6
#define MIN_SECONDS "0.004"
#define SKIPPED "skipped: "
#define FAILED "failed: "

static volatile sig_atomic_t interrupted;

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

/* ---- one instance: what Google Benchmark calls ---- */

/* n operations in as many batches as the case permits; the nanoseconds that count. */
static double run_batches(struct bench_state *s, uint64_t n)
{
	const struct bench_case *c = s->c;
	double ns = 0, start;

	s->manual_ns = 0;
	for (uint64_t left = n, batch; left && !s->fail[0]; left -= batch) {
		batch = s->max_batch && left > s->max_batch ? s->max_batch : left;
		if (c->before)
			c->before(s, batch);
		start = now_ns();
		c->run(s, batch);
		ns += now_ns() - start;
		if (c->after)
			c->after(s, batch);
	}
	return c->manual_time ? s->manual_ns : ns;
}

static void report_extras(struct gbench_state *gs, const struct bench_state *s)
{
	for (size_t i = 0; i < s->nr_extra; i++)
		gbench_counter(gs, s->extra[i].metric, s->extra[i].total, GBENCH_PER_ITERATION);
}

__attribute__((format(printf, 2, 3))) static void skip(struct gbench_state *gs, const char *fmt,
						       ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	gbench_skip(gs, text);
}

int native_setup(struct native_instance *in, struct bench_state *s)
{
	int err;

	*s = in->s;
	/* Whoever has threads places them; the others stay where they are. */
	if (!(bench_needs(s) & (BENCH_NEED_THREADS | BENCH_NEED_HOST | BENCH_NEED_URCU)))
		sched_setaffinity(0, sizeof(in->native->one_cpu), &in->native->one_cpu);
	err = s->c->setup ? s->c->setup(s) : 0;
	if (!err)
		return 0;
	if (!s->skip[0] && !s->fail[0])
		snprintf(s->fail, sizeof(s->fail), "setup: %s", strerror(-err));
	sched_setaffinity(0, sizeof(in->native->all_cpus), &in->native->all_cpus);
	return err;
}

void native_teardown(struct native_instance *in, struct bench_state *s)
{
	if (s->c->teardown)
		s->c->teardown(s);
	sched_setaffinity(0, sizeof(in->native->all_cpus), &in->native->all_cpus);
}

/* Every repetition after the first has the iterations that the first one's last try had. */
static void progress(struct native_instance *in, int64_t n)
{
	struct native *nat = in->native;
	double now = now_ns();

	if (n == in->last_n)
		nat->nr_repetitions_done++;
	in->last_n = n;
	if (!nat->progress || now < nat->next_progress)
		return;
	nat->next_progress = now + 1e9;
	fprintf(stderr, "bench: %zu of %zu cases done, %zu further repetitions, %.0f s\n",
		nat->nr_reported, nat->nr_instances, nat->nr_repetitions_done,
		(now - nat->started) / 1e9);
}

/* Everything but the timing, which is the library's. */
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

static int run_once(struct native_instance *in, struct bench_state *s, int64_t n, double *ns)
{
	int err = native_setup(in, s);

	if (err)
		return err;
	*ns = run_batches(s, n);
	native_teardown(in, s);
	return s->fail[0] ? -EIO : 0;
}

/*
 * All repetitions do as many operations as the first that lasted for the minimal time. A disturbance
 * must not make that few, so a count that is new and seems to be enough has to show it twice.
 */
static int run_timed(struct native_instance *in, struct bench_state *s, struct gbench_state *gs,
		     int64_t n)
{
	double ns = 0;
	int err = 0;

	while (gbench_keep_running_batch(gs, n)) {
		err = run_once(in, s, n, &ns);
		if (!err && in->native->min_ns && n != in->last_n && ns >= in->native->min_ns)
			err = run_once(in, s, n, &ns);
		if (err)
			return err;
	}
	gbench_set_manual_ns(gs, ns);
	report_extras(gs, s);
	return 0;
}

static void run_instance(struct gbench_state *gs, void *arg)
{
	int64_t n = gbench_max_iterations(gs);
	struct native_instance *in = arg;
	struct bench_state s;
	int err;

	if (interrupted) {
		skip(gs, "interrupted");
		return;
	}
	err = in->s.c->library_time ? run_untimed(in, &s, gs, n) : run_timed(in, &s, gs, n);
	if (err && s.skip[0])
		skip(gs, SKIPPED "%s", s.skip);
	else if (err)
		skip(gs, FAILED "%s", s.fail);
	progress(in, n);
}

/* ---- the instances of the table ---- */

static int add_instance(struct bench_state *s, void *arg)
{
	struct native *nat = arg;
	struct native_instance *in = calloc(1, sizeof(*in));
	struct gbench_opts opts = { .clock = GBENCH_MANUAL_TIME };

	if (!in)
		return -ENOMEM;
	if (s->c->library_time)
		opts.clock = GBENCH_REAL_TIME;
	in->native = nat;
	in->s = *s;
	bench_instance_name(s, in->name, sizeof(in->name));
	in->next = nat->instances;
	nat->instances = in;
	nat->nr_instances++;
	return gbench_register(in->name, run_instance, in, &opts);
}

/* The library's own loop: not a row of the table, for its function is the library's. */
static const struct bench_case shim_native = {
	.family = "shim",
	.name = "native",
	.summary = "the C++ library's own empty loop",
	.subject = BENCH_REF,
};

static int add_all(struct native *nat)
{
	struct gbench_opts opts = { .clock = GBENCH_REAL_TIME };
	int err = 0;

	for (size_t i = 0; bench_table[i] && !err; i++)
		err = bench_for_each_instance(bench_table[i], add_instance, nat);
	nat->shim_native.native = nat;
	nat->shim_native.s.c = &shim_native;
	if (!err)
		err = gbench_register_native_empty("shim/native", &opts);
	nat->nr_instances++;
	return err;
}

static void free_all(struct native *nat)
{
	struct native_instance *next;

	for (struct native_instance *in = nat->instances; in; in = next) {
		next = in->next;
		free(in);
	}
	gbench_unregister_all();
	results_doc_free(nat->doc);
}

/* ---- what came out ---- */

int native_params(const struct bench_state *s, struct results_params *params)
{
	int err = 0;

	for (size_t i = 0; i < s->nr_params && !err; i++) {
		const struct bench_value *v = &s->params[i];

		err = v->str ? results_params_set_str(params, v->key, v->str) :
			       results_params_set_int(params, v->key, v->num);
	}
	return err;
}

static enum results_subject subject_of(const struct bench_state *s)
{
	static const enum results_subject subjects[] = {
		[BENCH_REF] = RESULTS_REF,
		[BENCH_KERNEL] = RESULTS_KERNEL,
		[BENCH_LIBURCU] = RESULTS_LIBURCU,
	};

	return subjects[bench_subject(s)];
}

static void broken(struct native *nat, const char *what, const struct results_error *err)
{
	fprintf(stderr, "bench: %s: ", what);
	results_error_print(stderr, err);
	nat->failed = true;
}

void native_add(struct native_instance *in, const char *metric, const double *samples, size_t nr,
		long long nr_ops)
{
	struct results_measurement m = {
		.subject = subject_of(&in->s),
		.metric = results_metric_find(metric),
		.kind = RESULTS_SAMPLED,
		.nr_ops = nr_ops,
		.samples = (double *)samples,
		.nr_samples = nr,
	};
	struct results_error err = { 0 };
	char case_id[64];

	snprintf(case_id, sizeof(case_id), "%s/%s", in->s.c->family, in->s.c->name);
	m.case_id = case_id;
	if (native_params(&in->s, &m.params) || results_doc_add(in->native->doc, &m, &err))
		broken(in->native, in->name, &err);
	results_params_free(&m.params);
}

static void add_skipped(struct native_instance *in, const char *reason)
{
	struct results_params params = { 0 };
	struct results_error err = { 0 };
	char case_id[64];

	snprintf(case_id, sizeof(case_id), "%s/%s", in->s.c->family, in->s.c->name);
	if (native_params(&in->s, &params) ||
	    results_doc_add_skipped(in->native->doc, case_id, &params, subject_of(&in->s), reason,
				    &err))
		broken(in->native, in->name, &err);
	results_params_free(&params);
}

void native_add_check(struct native_instance *in, const char *id, const char *expect,
		      const char *seen, bool pass)
{
	struct results_params params = { 0 };
	struct results_error err = { 0 };

	if (native_params(&in->s, &params) ||
	    results_doc_add_check(in->native->doc, id, &params, expect, seen, pass, &err))
		broken(in->native, in->name, &err);
	results_params_free(&params);
	if (!pass) {
		fprintf(stderr, "bench: %s: %s: expected %s, saw %s\n", in->name, id, expect, seen);
		in->native->failed = true;
	}
}

/* Per operation in the report, so that its own output reads well; a total in a sample. */
static double total_of(const struct gbench_repetition *run, const char *name)
{
	for (size_t i = 0; i < run->nr_counters; i++)
		if (!strcmp(run->counters[i].name, name))
			return run->counters[i].value * run->iterations;
	return 0;
}

static void add_measurements(struct native_instance *in, const struct gbench_repetition *runs,
			     size_t nr)
{
	double samples[NATIVE_MAX_REPETITIONS];

	for (size_t i = 0; i < nr; i++)
		samples[i] = rint(runs[i].real_ns); /* the clock has no fractions */
	native_add(in, "time", samples, nr, runs[0].iterations);
	for (size_t m = 0; m < runs[0].nr_counters; m++) {
		const char *metric = runs[0].counters[m].name;

		for (size_t i = 0; i < nr; i++)
			samples[i] = total_of(&runs[i], metric);
		native_add(in, metric, samples, nr, runs[0].iterations);
	}
	in->measured = true;
	in->nr_ops = runs[0].iterations;
}

/* How many came before the first that was interrupted, or the one that says why there are none. */
static size_t complete(const struct gbench_repetition *runs, size_t nr, const char **why)
{
	for (size_t i = 0; i < nr; i++) {
		if (!runs[i].skipped)
			continue;
		*why = runs[i].skipped;
		return i;
	}
	return nr;
}

static void report(const struct gbench_repetition *runs, size_t nr, void *cookie)
{
	struct native *nat = cookie;
	struct native_instance *in = runs[0].arg ? runs[0].arg : &nat->shim_native;
	const char *why = "";
	size_t good;

	if (!in->name[0])
		snprintf(in->name, sizeof(in->name), "%s", runs[0].name);
	if (nr > NATIVE_MAX_REPETITIONS)
		nr = NATIVE_MAX_REPETITIONS;
	good = complete(runs, nr, &why);
	nat->nr_reported++;
	if (!strncmp(why, SKIPPED, strlen(SKIPPED)))
		add_skipped(in, why + strlen(SKIPPED));
	else if (!strncmp(why, FAILED, strlen(FAILED)))
		native_add_check(in, "case/runs", "n operations", why + strlen(FAILED), false);
	else if (good == nr || good >= MIN_REPETITIONS)
		add_measurements(in, runs, good);
}

/* ---- the program ---- */

struct options {
	const char *out, *codes, *objects, *min_time;
	bool quiet;
};

static const char usage[] =
	"usage: bench [--ptbench_out=FILE] [--ptbench_static=FILE] [--ptbench_quiet]\n"
	"             [--benchmark_...=...]\n"
	"  --ptbench_out=FILE     write the part `native` there; Google Benchmark prints nothing\n"
	"  --ptbench_static=FILE  write the part `ref.static` (code sizes) there\n"
	"  --ptbench_objects=FILE the archive whose code that is (default: libref.a beside bench)\n"
	"  --ptbench_quiet        no progress on stderr\n"
	"The flags of Google Benchmark work as ever (--benchmark_list_tests, --benchmark_filter=...).\n";

static bool take_value(const char *arg, const char *flag, const char **value)
{
	size_t len = strlen(flag);

	if (strncmp(arg, flag, len) || arg[len] != '=')
		return false;
	*value = arg + len + 1;
	return true;
}

/* Takes ours out of argv. */
static void parse(int *argc, char **argv, struct options *o)
{
	int kept = 1;

	o->min_time = MIN_SECONDS;
	for (int i = 1; i < *argc; i++) {
		take_value(argv[i], "--benchmark_min_time", &o->min_time); /* looked at, and left */
		if (!strcmp(argv[i], "--ptbench_quiet"))
			o->quiet = true;
		else if (!take_value(argv[i], "--ptbench_out", &o->out) &&
			 !take_value(argv[i], "--ptbench_objects", &o->objects) &&
			 !take_value(argv[i], "--ptbench_static", &o->codes))
			argv[kept++] = argv[i];
	}
	argv[kept] = NULL;
	*argc = kept;
}

/* Ours come first, so that the user's win. */
static char **with_defaults(int *argc, char **argv)
{
	static const char *const defaults[] = {
		"--benchmark_repetitions=9",
		"--benchmark_min_time=" MIN_SECONDS,
		"--benchmark_enable_random_interleaving=true",
	};
	size_t nr = sizeof(defaults) / sizeof(defaults[0]);
	char **args = calloc(*argc + nr + 1, sizeof(*args));

	if (!args)
		return NULL;
	args[0] = argv[0];
	memcpy(args + 1, defaults, sizeof(defaults));
	memcpy(args + 1 + nr, argv + 1, (*argc - 1) * sizeof(*args));
	*argc += nr;
	return args;
}

static void on_interrupt(int sig)
{
	interrupted = 1;
}

static char *command_line(int argc, char **argv)
{
	size_t size = 1, len = 0;
	char *text;

	for (int i = 0; i < argc; i++)
		size += strlen(argv[i]) + 1;
	text = malloc(size);
	for (int i = 0; text && i < argc; i++)
		len += snprintf(text + len, size - len, "%s%s", i ? " " : "", argv[i]);
	return text;
}

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

	perf_find_tracefs();
	if (!err)
		nat->doc->command = strdup(command);
	if (!err && nat->doc->command)
		err = bench_environment(&nat->doc->environment);
	return err ? err : bench_subject_pairs(&nat->doc->subject);
}

/* Google Benchmark's own output begins with the same facts. */
static int run_plainly(struct native *nat)
{
	const struct results_pairs *pairs[] = { &nat->doc->environment, &nat->doc->subject };

	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < pairs[i]->nr; j++)
			gbench_context(pairs[i]->v[j].key, pairs[i]->v[j].value);
	gbench_run(NULL, NULL);
	return 0;
}

static int run_part(struct native *nat, const struct options *o)
{
	/* The second one ends the process at once. */
	struct sigaction sa = { .sa_handler = on_interrupt, .sa_flags = SA_RESETHAND };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	nat->progress = !o->quiet;
	nat->min_ns = atof(o->min_time) * 1e9;
	nat->started = nat->next_progress = now_ns();
	nat->next_progress += 1e9;
	if (!gbench_run(report, nat)) {
		fprintf(stderr, "bench: no case matches the filter\n");
		return EXIT_USAGE;
	}
	for (struct native_instance *in = nat->instances; in && !interrupted; in = in->next)
		if (in->measured)
			native_count(in);
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

static int run(const struct options *o, const char *command)
{
	struct native nat = { 0 };
	int ret;

	native_init(&nat);
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
	struct options o = { 0 };
	char *command = command_line(argc, argv);
	char **args = argv;
	int ret;

	parse(&argc, argv, &o);
	if (o.out)
		args = with_defaults(&argc, argv);
	if (!args || !command)
		return EXIT_PART_FAILED;
	gbench_init(&argc, args);
	if (argc > 1) {
		fprintf(stderr, "bench: unknown argument %s\n%s", args[1], usage);
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
