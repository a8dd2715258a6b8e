// SPDX-License-Identifier: GPL-2.0-or-later
/* A table for test_native.c: one row for each way in which a row can go wrong. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../case.h"

static const char *const kinds[] = { "always_disturbed", "disturbed", "fine",	      "lacks_most",
				     "lacks_some",	 "run_fails", "setup_fails",  "setup_skips",
				     "skips_then_fails", "too_many",  "unrecordable", NULL };
static unsigned nr_setups, nr_skips, nr_most, nr_some;
static uint64_t done;	 /* operations since set-up */
static uint64_t pending; /* operations that before() announced and after() has not seen */

static bool is(const struct bench_state *s, const char *kind)
{
	return !strcmp(bench_str(s, "symbol"), kind);
}

static int setup(struct bench_state *s)
{
	s->max_batch = 500;
	done = 0;
	nr_setups += is(s, "disturbed");
	nr_most += is(s, "lacks_most");
	nr_some += is(s, "lacks_some");
	if (is(s, "setup_fails"))
		return -ENOMEM;
	if (!is(s, "setup_skips") && !(is(s, "skips_then_fails") && !nr_skips++))
		return 0;
	snprintf(s->skip, sizeof(s->skip), "not on this machine");
	return -ENOTSUP;
}

static void before(struct bench_state *s, uint64_t n)
{
	pending += n;
}

/* Sets one metric more than fit. */
static void set_too_many(struct bench_state *s)
{
	static const char name[] = "xxxxxxxxxxxxxxxx_too_many"; /* each of its ends is a metric */

	for (size_t i = 0; i <= BENCH_MAX_EXTRA; i++)
		bench_set_extra(s, name + BENCH_MAX_EXTRA - i, BENCH_TOTAL, 1);
}

/* Of each three repetitions lacks_most has one with the metric. lacks_some lacks each of three
 * metrics in one of them: whichever is the first, it lacks one. */
static void set_lacking(struct bench_state *s)
{
	static const char *const metrics[] = { "lock_misses", "lock_retries", "lock_waits" };

	if (is(s, "lacks_most") && nr_most % 3 == 0)
		bench_set_extra(s, "lock_misses", BENCH_LEVEL, 7);
	for (unsigned i = 0; is(s, "lacks_some") && i < 3; i++)
		if (nr_some % 3 != i)
			bench_set_extra(s, metrics[i], BENCH_LEVEL, 7);
}

static void run(struct bench_state *s, uint64_t n)
{
	for (volatile uint64_t i = 0; i < 10 * n; i++)
		;
	if (is(s, "run_fails") || is(s, "skips_then_fails") || pending != n || n > s->max_batch)
		snprintf(s->fail, sizeof(s->fail), "wrong result");
	/* Two runs in a row are disturbed, now and then, so that the repeated call is, too. */
	if (is(s, "always_disturbed") || (is(s, "disturbed") && nr_setups % 8 >= 6))
		snprintf(s->disturbed, sizeof(s->disturbed), "somebody else was here");
	done += n;
	s->nr_extra = 0;
	bench_set_extra(s, is(s, "unrecordable") ? "no_such_metric" : "tables_freed", BENCH_TOTAL,
			2.0 * done);
	bench_set_extra(s, "tables_waiting_peak", BENCH_LEVEL, 7);
	set_lacking(s);
	if (is(s, "too_many"))
		set_too_many(s);
}

static void after(struct bench_state *s, uint64_t n)
{
	pending -= n;
}

static void teardown(struct bench_state *s)
{
}

static const struct bench_case busted_mix = {
	.family = "busted",
	.name = "mix",
	.summary = "each kind of ending",
	.subject = BENCH_REF,
	.axes = { { .key = "symbol", .strs = kinds } }, /* a param of any value, in any family */
	.setup = setup,
	.before = before,
	.run = run,
	.after = after,
	.teardown = teardown,
};

static int check(struct bench_state *s, struct bench_check *c)
{
	c->id = "busted/holds";
	snprintf(c->expect, sizeof(c->expect), "yes");
	snprintf(c->seen, sizeof(c->seen), "no");
	return 0;
}

static int count(struct bench_state *s, uint64_t n)
{
	bench_set_extra(s, "ipis_sent", BENCH_TOTAL, 3.0 * n);
	bench_set_extra(s, "slots_peak", BENCH_LEVEL, 5);
	return 0;
}

static unsigned nr_counts;

/* Every second run counts the interrupted CPUs alone. */
static int count_sometimes(struct bench_state *s, uint64_t n)
{
	bench_set_extra(s, "cpus_interrupted", BENCH_TOTAL, 2.0 * n);
	if (nr_counts++ % 2)
		bench_set_extra(s, "ipis_sent", BENCH_TOTAL, 3.0 * n);
	return 0;
}

static int count_too_many(struct bench_state *s, uint64_t n)
{
	set_too_many(s);
	return 0;
}

static void spin(struct bench_state *s, uint64_t n)
{
	for (volatile uint64_t i = 0; i < n; i++)
		;
}

static const struct bench_case busted_check = {
	.family = "busted",
	.name = "check",
	.summary = "a check that fails",
	.subject = BENCH_KERNEL,
	.run = spin,
	.count = count,
	.check = check,
};

static const struct bench_case busted_count = {
	.family = "busted",
	.name = "count",
	.summary = "counts more metrics than fit",
	.subject = BENCH_KERNEL,
	.run = spin,
	.count = count_too_many,
};

static const struct bench_case busted_sometimes = {
	.family = "busted",
	.name = "sometimes",
	.summary = "counts a metric now and then",
	.subject = BENCH_KERNEL,
	.run = spin,
	.count = count_sometimes,
};

/* Reports 100 ns of manual time per operation, however long it takes. */
static void own_clock(struct bench_state *s, uint64_t n)
{
	spin(s, n);
	s->manual_ns += 100.0 * n;
}

static const struct bench_case busted_clock = {
	.family = "good",
	.name = "clock",
	.summary = "a clock of its own",
	.subject = BENCH_REF,
	.manual_time = true,
	.run = own_clock,
};

/* Long enough to be interrupted. */
static void slow(struct bench_state *s, uint64_t n)
{
	struct timespec ts = { .tv_nsec = 2000000 };

	while (n--)
		nanosleep(&ts, NULL);
}

static const struct bench_case busted_slow = {
	.family = "good",
	.name = "slow",
	.summary = "takes its time",
	.subject = BENCH_REF,
	.run = slow,
};

const struct bench_case *const bench_table[] = {
	&busted_check, &busted_count, &busted_mix, &busted_sometimes,
	&busted_clock, &busted_slow,  NULL,
};
