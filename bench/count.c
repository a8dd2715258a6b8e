// SPDX-License-Identifier: GPL-2.0-or-later
/* Counts outside the timing: a case's own checks and events, and hardware counters. */

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "native.h"
#include "perf.h"

#define EVENT_OPERATIONS 100 /* in a sample: short, so that some samples are not disturbed */
#define EVENT_SAMPLES 15
#define EVENT_TRIES 60
#define COUNTED_SAMPLES 9
#define COUNTED_OPERATIONS 1000

static void run_check(struct native_instance *in, struct bench_state *s)
{
	struct bench_check check = { 0 };
	int err = s->c->check(s, &check);

	if (err)
		snprintf(check.seen, sizeof(check.seen), "failed: %s", strerror(-err));
	native_add_check(in, check.id, check.expect, check.seen, !err && check.ok);
}

/* A metric has no sample of a run whose count() set no value of it. */
struct events {
	struct counted {
		const char *metric;
		double samples[EVENT_SAMPLES];
		size_t nr;
	} counted[BENCH_MAX_EXTRA];
	size_t nr_metrics, nr; /* nr: runs that were kept */
};

static struct counted *counted_of(struct events *ev, const char *metric)
{
	size_t i = 0;

	while (i < ev->nr_metrics && strcmp(ev->counted[i].metric, metric))
		i++;
	if (i == BENCH_MAX_EXTRA)
		return NULL;
	ev->counted[i].metric = metric;
	ev->nr_metrics += i == ev->nr_metrics;
	return &ev->counted[i];
}

static int keep_events(struct events *ev, struct bench_state *s)
{
	for (size_t i = 0; i < s->nr_extra; i++) {
		const struct bench_extra *e = &s->extra[i];
		struct counted *c = counted_of(ev, e->metric);

		if (!c) {
			snprintf(s->fail, sizeof(s->fail),
				 "all samples together have more than %d metrics", BENCH_MAX_EXTRA);
			return -ENOSPC;
		}
		c->samples[c->nr++] = e->kind == BENCH_LEVEL ? e->value * EVENT_OPERATIONS
							     : e->value;
	}
	ev->nr++;
	return 0;
}

/* Events of a disturbed run may be caused by other work: such a run is not counted. */
static int count_undisturbed(struct bench_state *s, struct events *ev, bool any_load)
{
	int err = 0;

	for (int try = 0; try < EVENT_TRIES && ev->nr < EVENT_SAMPLES && !err; try++) {
		s->nr_extra = 0;
		s->disturbed[0] = '\0';
		err = s->c->count(s, EVENT_OPERATIONS);
		if (!err && s->fail[0])
			err = -EIO;
		if (!err && (!s->disturbed[0] || any_load))
			err = keep_events(ev, s);
	}
	return err;
}

static void run_count(struct native_instance *in, struct bench_state *s)
{
	struct events ev = { 0 };
	int err = count_undisturbed(s, &ev, in->native->any_load);

	if (err) {
		native_add_check(in, "case/counts", "events of n operations",
				 s->fail[0] ? s->fail : strerror(-err), false);
		return;
	}
	if (!ev.nr)
		fprintf(stderr, "bench: %s: no events: %s\n", in->name, s->disturbed);
	for (size_t i = 0; i < ev.nr_metrics; i++)
		native_add(in, ev.counted[i].metric, ev.counted[i].samples, ev.counted[i].nr,
			   EVENT_OPERATIONS);
}

/* Counts one sample of n operations, without before() and after(). */
static int count_instructions(struct bench_state *s, int fd, uint64_t n, double *total)
{
	uint64_t count;
	int err;

	if (s->c->before)
		s->c->before(s, n);
	err = perf_start(fd);
	s->c->run(s, n);
	if (!err)
		err = perf_stop(fd, &count);
	if (s->c->after)
		s->c->after(s, n);
	*total = count;
	return err;
}

/* Counts this thread's user mode. Not for cases with threads, for those that measure the kernel,
 * and for those with manual time, whose run() does more than the operation. */
static bool counts_instructions(const struct bench_state *s)
{
	return !s->c->manual_time && !(bench_needs(s) & (BENCH_NEED_THREADS | BENCH_NEED_HOST));
}

static void run_instructions(struct native_instance *in, struct bench_state *s)
{
	int fd = perf_open_self(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS), err = 0;
	bool fewer = s->max_batch && s->max_batch < COUNTED_OPERATIONS;
	uint64_t n = fewer ? s->max_batch : COUNTED_OPERATIONS;
	double samples[COUNTED_SAMPLES];

	if (fd < 0)
		return; /* the document's environment says why */
	if (s->max_batch && n > s->max_batch)
		n = s->max_batch;
	for (size_t i = 0; i < COUNTED_SAMPLES && !err; i++)
		err = count_instructions(s, fd, n, &samples[i]);
	close(fd);
	if (err || s->fail[0])
		native_add_check(in, "case/counts", "instructions of n operations",
				 err ? strerror(-err) : s->fail, false);
	else
		native_add(in, "instructions", samples, COUNTED_SAMPLES, n);
}

void native_count(struct native_instance *in)
{
	const struct bench_case *c = in->s.c;
	struct bench_state s;

	in->nr_thrown_away = 0; /* it counted those of the timing; none is thrown away here */
	if (native_setup(in, &s)) {
		native_add_check(in, "case/counts", "set up again", s.skip[0] ? s.skip : s.fail,
				 false);
		return;
	}
	if (c->check)
		run_check(in, &s);
	if (c->count)
		run_count(in, &s);
	if (counts_instructions(&s))
		run_instructions(in, &s);
	native_teardown(in, &s);
}
