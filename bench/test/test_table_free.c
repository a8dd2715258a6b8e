// SPDX-License-Identifier: GPL-2.0-or-later
// table_free over the reference: what each row says of itself, against what the discipline must do.

#include <string.h>

#include "../../scripts/tap.h"
#include "../cases.h"

#define NR_OPERATIONS 3

struct rows {
	size_t ran, with_readers, kept, oversubscribed, again;
};

static double extra(const struct bench_state *s, const char *metric)
{
	for (size_t i = 0; i < s->nr_extra; i++)
		if (!strcmp(s->extra[i].metric, metric))
			return s->extra[i].total;
	return -1;
}

static void operations(struct bench_state *s, uint64_t n)
{
	s->c->before(s, n);
	s->c->run(s, n);
	s->c->after(s, n);
}

/* Of an instance without readers: numbers that do not depend on the machine. */
static bool events_are_right(const struct bench_state *s, uint64_t n)
{
	const char *d = bench_str(s, "discipline");
	long long tables = bench_num(s, "tables");
	bool rcu = !strncmp(d, "rcu_", 4), membarrier = strstr(d, "membarrier");
	double peak = extra(s, "tables_waiting_peak");

	return extra(s, "tables_freed") == n * tables &&
	       extra(s, "rcu_callbacks") == (rcu ? n : 0) &&
	       extra(s, "ipis_sent") == (membarrier ? -1. : rcu ? 0 : n * bench_num(s, "readers")) &&
	       (rcu ? extra(s, "time_deferred") > 0 && peak >= n * tables && peak <= n * 4096
		    : extra(s, "time_deferred") == 0 && peak == n * tables);
}

static bool readers_are_seen(const struct bench_state *s)
{
	if (!bench_num(s, "readers"))
		return extra(s, "reader_throughput") < 0 && extra(s, "reader_latency") < 0;
	return extra(s, "reader_throughput") >= 0 && extra(s, "reader_latency") > 0;
}

static int run_row(struct bench_state *s, void *arg)
{
	struct rows *rows = arg;
	bool keep = s->c == &bench_table_free_keep;
	char name[BENCH_NAME_MAX];
	int err = s->c->setup(s);

	bench_instance_name(s, name, sizeof(name));
	if (err) {
		rows->oversubscribed += !strncmp(s->skip, "oversubscribed", 14);
		ok(s->skip[0], "%s: skipped: %s", name, s->skip);
		return 0;
	}
	operations(s, NR_OPERATIONS);
	operations(s, 1);
	/* On a busy machine a reader may have got no CPU; then the row claims no latency. */
	if (bench_num(s, "readers") && extra(s, "reader_latency") < 0 && rows->again++ < 8) {
		s->c->teardown(s);
		s->nr_extra = 0;
		return run_row(s, arg);
	}
	ok(!s->fail[0] && readers_are_seen(s) &&
	   (keep ? extra(s, "tables_freed") < 0 : events_are_right(s, NR_OPERATIONS + 1)),
	   "%s%s%s", name, *s->fail ? ": " : "", s->fail);
	rows->ran++;
	rows->kept += keep;
	rows->with_readers += bench_num(s, "readers") && extra(s, "reader_latency") > 0;
	s->c->teardown(s);
	return 0;
}

/* The first instance, and what its own checks must say to an operation that was not done. */
static int run_wrongly(struct bench_state *s, void *arg)
{
	uint64_t too_many;

	if (s->c->setup(s))
		return 0;
	too_many = s->max_batch + 1;
	operations(s, too_many);
	ok(s->fail[0], "operations that do not fit are noticed: %s", s->fail);
	s->fail[0] = '\0';
	operations(s, s->max_batch);
	ok(s->fail[0], "and make the count of freed tables wrong for good: %s", s->fail);
	s->fail[0] = '\0';
	s->c->before(s, 1);
	s->c->after(s, 1);
	ok(s->fail[0], "an operation that was not done is noticed: %s", s->fail);
	s->c->teardown(s);
	return 1;
}

int main(void)
{
	struct rows rows = { 0 };

	bench_for_each_instance(&bench_table_free_munmap, run_row, &rows);
	bench_for_each_instance(&bench_table_free_keep, run_row, &rows);
	ok(rows.ran >= 24 && rows.kept >= 4, "%zu rows ran, %zu of them keep their tables",
	   rows.ran, rows.kept);
	ok(rows.with_readers || rows.oversubscribed, "readers walked, or there is no CPU for them");
	ok(bench_for_each_instance(&bench_table_free_munmap, run_wrongly, NULL) == 1,
	   "a row was run wrongly");
	return tap_done();
}
