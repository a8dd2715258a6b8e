// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests that each function of the shim over Google Benchmark works from C. */

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../scripts/tap.h"
#include "../gbench.h"

#define MAX_RUNS 64

static struct {
	struct gbench_repetition run;
	char name[64], skipped[64];
	double counter[3];
	size_t order; /* number of the callback that reported it */
} runs[MAX_RUNS];
static size_t nr_runs, nr_reports;

static double counter_of(const struct gbench_repetition *r, const char *name)
{
	for (size_t i = 0; i < r->nr_counters; i++)
		if (!strcmp(r->counters[i].name, name))
			return r->counters[i].value;
	return NAN;
}

static void keep(const struct gbench_repetition *r, size_t nr, void *cookie)
{
	*(int *)cookie += 1;
	for (size_t i = 0; i < nr && nr_runs < MAX_RUNS; i++, nr_runs++) {
		runs[nr_runs].run = r[i];
		runs[nr_runs].order = nr_reports;
		snprintf(runs[nr_runs].name, sizeof(runs[0].name), "%s", r[i].name);
		snprintf(runs[nr_runs].skipped, sizeof(runs[0].skipped), "%s",
			 r[i].skipped ? r[i].skipped : "");
		runs[nr_runs].counter[0] = counter_of(&r[i], "total");
		runs[nr_runs].counter[1] = counter_of(&r[i], "each");
		runs[nr_runs].counter[2] = counter_of(&r[i], "rate");
	}
	nr_reports++;
}

/* The nth repetition of a benchmark, or NULL. */
static struct gbench_repetition *find(const char *name, size_t nth)
{
	for (size_t i = 0; i < nr_runs; i++)
		if (!strcmp(runs[i].name, name) && !nth--)
			return &runs[i].run;
	return NULL;
}

static size_t index_of(const struct gbench_repetition *r)
{
	for (size_t i = 0; i < nr_runs; i++)
		if (&runs[i].run == r)
			return i;
	return 0;
}

static int64_t batches, operations;

static void batch(struct gbench_state *gs, void *arg)
{
	int64_t n = gbench_max_iterations(gs);

	while (gbench_keep_running_batch(gs, n)) {
		batches++;
		operations += n;
	}
}

static void skips(struct gbench_state *gs, void *arg)
{
	gbench_skip(gs, arg);
}

static void skips_inside(struct gbench_state *gs, void *arg)
{
	while (gbench_keep_running_batch(gs, gbench_max_iterations(gs)))
		gbench_skip(gs, arg);
}

/* Skips repetitions 2 and 3 of 4, as after an interruption. */
static void skips_later(struct gbench_state *gs, void *arg)
{
	static int calls;
	int64_t n = gbench_max_iterations(gs);

	if (++calls > 2) {
		gbench_skip(gs, arg);
		return;
	}
	while (gbench_keep_running_batch(gs, n))
		;
}

static void manual(struct gbench_state *gs, void *arg)
{
	int64_t n = gbench_max_iterations(gs);

	while (gbench_keep_running_batch(gs, n))
		gbench_set_manual_ns(gs, 250.0 * n);
}

static void counters(struct gbench_state *gs, void *arg)
{
	int64_t n = gbench_max_iterations(gs);

	while (gbench_keep_running_batch(gs, n))
		gbench_set_manual_ns(gs, 1000.0 * n);
	gbench_counter(gs, "total", 12, GBENCH_TOTAL);
	gbench_counter(gs, "each", 3.0 * n, GBENCH_PER_ITERATION);
}

static size_t nr_calls;

static void numbered(struct gbench_state *gs, void *arg)
{
	int64_t n = gbench_max_iterations(gs);

	while (gbench_keep_running_batch(gs, n))
		for (volatile int64_t i = 0; i < n; i++)
			;
	gbench_counter(gs, "total", nr_calls++, GBENCH_TOTAL);
}

static void threads(struct gbench_state *gs, void *arg)
{
	int *seen = arg;
	int64_t n = gbench_max_iterations(gs);

	while (gbench_keep_running_batch(gs, n))
		__atomic_fetch_or(seen, 1 << gbench_thread(gs), __ATOMIC_RELAXED);
	gbench_counter(gs, "total", gbench_threads(gs), GBENCH_TOTAL);
}

static void args(struct gbench_state *gs, void *arg)
{
	int64_t *got = arg;

	batch(gs, NULL);
	got[0] = gbench_arg(gs, 0);
	got[1] = gbench_arg(gs, 1);
}

/* Far longer than a thread waits for its CPU between two calls, even on a busy machine. */
#define PAUSE_NS 200000000L

static void paused(struct gbench_state *gs, void *arg)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	int64_t n = gbench_max_iterations(gs);

	while (gbench_keep_running_batch(gs, n)) {
		gbench_pause(gs);
		nanosleep(&pause, NULL);
		gbench_resume(gs);
	}
}

static int threads_seen;
static int64_t args_got[2];
static char reason[] = "no such thing here";

static void register_all(void)
{
	struct gbench_opts rep = { .repetitions = 4, .iterations = 1000 };
	struct gbench_opts long_enough = { .repetitions = 5 };
	struct gbench_opts man = { .clock = GBENCH_MANUAL_TIME, .iterations = 400 };
	struct gbench_opts two = { .threads = 2, .iterations = 10, .clock = GBENCH_REAL_TIME };
	struct gbench_opts arg = {
		.iterations = 5,
		.nr_args = 2,
		.args = { 7, -8 },
		.arg_names = { "pages", "tables" },
	};
	struct gbench_opts real = { .clock = GBENCH_REAL_TIME, .iterations = 1 };
	struct gbench_opts many = { .nr_args = GBENCH_MAX_ARGS + 1 };

	ok(!gbench_register("batch/a:1", batch, NULL, &rep), "registers with options");
	ok(!gbench_register("plain", batch, NULL, NULL), "registers without");
	ok(gbench_register("plain", batch, NULL, NULL) == -EINVAL, "not the same name twice");
	ok(gbench_register("", batch, NULL, NULL) == -EINVAL, "not without a name");
	ok(gbench_register("many", batch, NULL, &many) == -EINVAL, "not with too many arguments");
	gbench_register("skips", skips, reason, NULL);
	gbench_register("skips_inside", skips_inside, reason, NULL);
	gbench_register("skips_later", skips_later, reason, &rep);
	gbench_register("manual", manual, NULL, &man);
	gbench_register("counters", counters, NULL, &man);
	gbench_register("numbered", numbered, NULL, &long_enough);
	gbench_register("threads", threads, &threads_seen, &two);
	gbench_register("args", args, args_got, &arg);
	gbench_register("paused", paused, NULL, &real);
	gbench_register_native_empty("native", &rep);
}

/* Are the repetitions the last nr calls? native_outcome_of() relies on that. */
static bool are_last_calls(const char *name, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		const struct gbench_repetition *r = find(name, i);

		if (!r || runs[index_of(r)].counter[0] != nr_calls - nr + i)
			return false;
	}
	return true;
}

static void test_results(void)
{
	const struct gbench_repetition *r = find("batch/a:1", 0);

	ok(r && r->iterations == 1000 && r->real_ns > 0 && !r->skipped && find("batch/a:1", 3) &&
		   !find("batch/a:1", 4),
	   "every repetition comes once, with its iterations and time");
	ok(find("batch/a:1", 2)->repetition == 2, "numbered");
	r = find("plain", 0);
	ok(r && r->iterations > 1000, "as many iterations as the minimal time needs: %lld",
	   r ? (long long)r->iterations : 0);
	ok(!strcmp(runs[index_of(find("skips", 0))].skipped, reason), "skip with error: %s",
	   runs[index_of(find("skips", 0))].skipped);
	ok(!strcmp(runs[index_of(find("skips_inside", 0))].skipped, reason),
	   "and from inside the loop");
	ok(!*runs[index_of(find("skips_later", 1))].skipped &&
		   !strcmp(runs[index_of(find("skips_later", 3))].skipped, reason),
	   "repetitions before the one that skips are kept");
	r = find("manual", 0);
	ok(r && fabs(r->real_ns - 250.0 * 400) < 1, "manual time: %.0f ns", r ? r->real_ns : 0);
	r = find("counters", 0);
	ok(runs[index_of(r)].counter[0] == 12, "a counter is shown as it is");
	ok(runs[index_of(r)].counter[1] == 3, "or per iteration");
	ok(nr_calls > 5 && are_last_calls("numbered", 5),
	   "the repetitions of a benchmark are the last of its %zu calls", nr_calls);
	r = find("threads", 0);
	ok(threads_seen == 3 && r && r->iterations == 20 && runs[index_of(r)].counter[0] == 4,
	   "two threads run the function, and their counters add up");
	ok(args_got[0] == 7 && args_got[1] == -8, "arguments reach the function");
	r = find("paused", 0);
	ok(r && r->real_ns < PAUSE_NS / 2, "what is paused is not timed: %.0f ns",
	   r ? r->real_ns : 0);
	ok(find("native", 3) && !find("native", 0)->arg, "the native loop reports too");
	ok(find("args", 0) && find("args", 0)->arg == args_got, "the argument comes back");
}

int main(int argc, char **argv)
{
	char *flags[] = { argv[0], (char *)"--benchmark_min_time=0.001",
			  (char *)"--benchmark_enable_random_interleaving=true", NULL };
	int nr_flags = 3, cookie = 0;
	size_t nr;

	gbench_init(&nr_flags, flags);
	ok(nr_flags == 1, "the library takes its own flags");
	ok(strchr(gbench_library_version(), '.'), "its version is known: %s",
	   gbench_library_version());
	diag("built as %s", gbench_library_is_debug() ? "DEBUG" : "release");
	gbench_context("suite", "test");
	register_all();
	nr = gbench_run(keep, &cookie);
	ok(nr == 12 && cookie == 12, "%zu benchmarks ran, %d reports came", nr, cookie);
	ok(batches > 0 && operations > batches, "in batches: %lld for %lld operations",
	   (long long)batches, (long long)operations);
	test_results();
	gbench_unregister_all();
	ok(!gbench_register("plain", batch, NULL, NULL),
	   "after forgetting all, a name is free again");
	return tap_done();
}
