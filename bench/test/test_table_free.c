// SPDX-License-Identifier: GPL-2.0-or-later
/* table_free over the reference: compares each row's counts with those that the discipline must
 * have. */

#include <sched.h>
#include <string.h>

#include "../../scripts/tap.h"
#include "../cases.h"

#define NR_OPERATIONS 3

static cpu_set_t all_cpus; /* before a row binds the freer to one of them */

struct rows {
	size_t ran, with_readers, kept, oversubscribed, oversubscribed_ran, again;
};

static double extra(const struct bench_state *s, const char *metric)
{
	for (size_t i = 0; i < s->nr_extra; i++)
		if (!strcmp(s->extra[i].metric, metric))
			return s->extra[i].value;
	return -1;
}

static void operations(struct bench_state *s, uint64_t n)
{
	s->c->before(s, n);
	s->c->run(s, n);
	s->c->after(s, n);
}

/* Whether a discipline frees by call_rcu(), by its name; with "sync_" the freer itself waits. */
static bool frees_by_callback(const char *discipline)
{
	return strstr(discipline, "rcu") && !strstr(discipline, "sync_");
}

/* Callbacks of an operation, and *each: tables that each frees; 0: tables are freed at once. */
static long long callbacks(const struct bench_state *s, long long *each)
{
	const char *d = bench_str(s, "discipline"), *fallback = bench_str(s, "fallback");
	long long tables = bench_num(s, "tables"), batch = bench_num(s, "batch");

	*each = 0;
	if (!frees_by_callback(d))
		return 0;
	*each = batch ? batch : 509;
	if (!strcmp(d, "rcu_per_table"))
		*each = 1;
	*each = tables < *each ? tables : *each;
	if (bench_num(s, "failing") != 100)
		return (tables + *each - 1) / *each;
	*each = 1;
	return strcmp(fallback, "rcu_per_table") ? 0 : tables;
}

static long long nr_readers(const struct bench_state *s)
{
	if (s->c != &bench_table_free_oversubscribed)
		return bench_num(s, "readers");
	return CPU_COUNT(&all_cpus);
}

/* global_asid_rcu interrupts each reader on up to three CPUs, and with more of them no more after a
 * few flushes: how many is not checked. */
static bool goes_over(const struct bench_state *s)
{
	return !strcmp(bench_str(s, "discipline"), "global_asid_rcu") && nr_readers(s) + 1 > 3;
}

/* Interrupts of n operations: disciplines by IPI interrupt each reader once per invalidation; the
 * fallback by IPI interrupts each reader once more per table. */
static double interrupts(const struct bench_state *s, uint64_t n)
{
	const char *d = bench_str(s, "discipline");
	long long tables = bench_num(s, "tables"), batch = bench_num(s, "batch");
	bool flush = !strncmp(d, "ipi_", 4) || !strcmp(d, "global_asid_rcu");
	bool fallback = !strcmp(bench_str(s, "fallback"), "sync_ipi");
	long long flushes = (tables + (batch ? batch : 509) - 1) / (batch ? batch : 509);

	if (bench_num(s, "failing") == 100)
		return n * (flush + fallback) * tables * nr_readers(s);
	return n * flush * flushes * nr_readers(s);
}

/* failing=50: every second allocation fails, which is that for the first table of every second
 * operation; its other tables have a batch. Counts that differ by operation are not checked. */
static bool events_are_right(const struct bench_state *s, uint64_t n)
{
	const char *d = bench_str(s, "discipline");
	long long tables = bench_num(s, "tables"), each, nr = callbacks(s, &each);
	bool half = bench_num(s, "failing") == 50, all = bench_num(s, "failing") == 100;
	bool membarrier = strstr(d, "membarrier"), rcu = frees_by_callback(d);
	double peak = extra(s, "tables_waiting_peak"),
	       ipis = membarrier || goes_over(s) ? -1 : interrupts(s, n);
	double per = extra(s, "tables_per_callback"), lone = extra(s, "tables_unbatched");

	if (half)
		return extra(s, "tables_freed") == n * tables && lone >= 1 && lone <= 2 * n;
	if (extra(s, "tables_freed") != n * tables || extra(s, "rcu_callbacks") != n * nr ||
	    extra(s, "ipis_sent") != ipis || lone != (all ? n * tables : -1.))
		return false;
	/* Two IPIs may arrive as one interrupt. */
	if (extra(s, "cpus_interrupted") > ipis || (ipis > 0) != (extra(s, "cpus_interrupted") > 0))
		return false;
	if (nr ? per < each * .5 || per > each : per >= 0)
		return false;
	return (rcu && nr) ? extra(s, "time_deferred") > 0 && peak >= each && peak <= 4096
			   : extra(s, "time_deferred") >= 0 && peak >= 1 && peak <= tables;
}

static bool readers_are_seen(const struct bench_state *s)
{
	double p50 = extra(s, "reader_latency_p50"), p99 = extra(s, "reader_latency_p99");

	if (!bench_num(s, "readers") && s->c != &bench_table_free_oversubscribed)
		return extra(s, "reader_throughput") < 0 && extra(s, "reader_latency") < 0 &&
		       p50 < 0;
	/* A bucket's middle is within 3 % of its values. */
	return extra(s, "reader_throughput") >= 0 && p50 > 0 && p50 <= p99 &&
	       p99 <= 1.04 * extra(s, "reader_latency");
}

static int run_row(struct bench_state *s, void *arg)
{
	struct rows *rows = arg;
	bool keep = s->c == &bench_table_free_keep;
	char name[BENCH_NAME_MAX];
	int err = s->c->setup(s);
	uint64_t nr;

	bench_instance_name(s, name, sizeof(name));
	if (err) {
		rows->oversubscribed += !strncmp(s->skip, "oversubscribed", 14);
		ok(s->skip[0], "%s: skipped: %s", name, s->skip);
		return 0;
	}
	nr = s->max_batch < NR_OPERATIONS ? s->max_batch : NR_OPERATIONS;
	operations(s, nr);
	operations(s, 1);
	/* On a busy machine a reader may have got no CPU; then the row reports no latency. */
	if (!readers_are_seen(s) && rows->again++ < 8) {
		s->c->teardown(s);
		s->nr_extra = 0;
		return run_row(s, arg);
	}
	ok(!s->fail[0] && readers_are_seen(s) &&
		   (keep ? extra(s, "tables_freed") < 0 : events_are_right(s, nr + 1)),
	   "%s%s%s", name, *s->fail ? ": " : "", s->fail);
	rows->ran++;
	rows->kept += keep;
	rows->oversubscribed_ran += s->c == &bench_table_free_oversubscribed;
	rows->with_readers += bench_num(s, "readers") && extra(s, "reader_latency") > 0;
	s->c->teardown(s);
	return 0;
}

/* Runs the first instance with an operation too many: its own checks have to fail. */
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

	sched_getaffinity(0, sizeof(all_cpus), &all_cpus);
	bench_for_each_instance(&bench_table_free_munmap, run_row, &rows);
	bench_for_each_instance(&bench_table_free_keep, run_row, &rows);
	bench_for_each_instance(&bench_table_free_batch, run_row, &rows);
	bench_for_each_instance(&bench_table_free_no_memory, run_row, &rows);
	bench_for_each_instance(&bench_table_free_oversubscribed, run_row, &rows);
	ok(rows.oversubscribed_ran >= 5, "%zu rows had more threads than CPUs",
	   rows.oversubscribed_ran);
	ok(rows.ran >= 24 && rows.kept >= 4, "%zu rows ran, %zu of them keep their tables",
	   rows.ran, rows.kept);
	ok(rows.with_readers || rows.oversubscribed, "readers walked, or there is no CPU for them");
	ok(bench_for_each_instance(&bench_table_free_munmap, run_wrongly, NULL) == 1,
	   "a row was run wrongly");
	return tap_done();
}
