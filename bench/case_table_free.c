// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table_free/munmap and table_free/keep over the reference: what freeing page tables costs, by each
 * discipline of ref/gather.h, to the freer and to the readers beside it.
 *
 * One operation of `munmap` clears the entries of `tables` PTE tables, unlinks the tables and hands
 * them to the gather, up to and with gather_finish(); `keep` clears the same entries and leaves the
 * tables where they are, so that the difference of the two, over `tables`, is what freeing one
 * table costs. Operations follow each other without a pause until every table of the ring has been
 * used; putting entries and tables back is not timed.
 *
 * `batch` is `munmap` with a limit on the tables in a batch, which decides how many invalidations
 * and callbacks an operation takes. `no_memory` is `munmap` with a share of batch allocations
 * failing, for each fallback. `oversubscribed` has more threads than CPUs; it answers no question
 * of the report.
 *
 * Readers (free_readers.h) walk and put 16 pages at a time. Their throughput is measured during the
 * bursts of operations, when the freer is as busy with every discipline; the latency of their walks
 * is measured from a burst's beginning until its last table is free, grace period included. A
 * burst uses the ring once, so tables_waiting_peak is at most the ring; with liburcu, whose workers
 * sleep longer than a burst takes, it is the whole burst.
 */

#include <array_size.h>
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <ref/gather.h>
#include <ref/gup.h>
#include <ref/pgtable.h>
#include <ref/port.h>

#include "cases.h"
#include "free_readers.h"
#include "free_ring.h"

#define WARM_OPERATIONS 64
#define WINDOW_NS 20e6	    /* walks are timed for so long: more than a grace period */
#define SHORT_WINDOW_NS 5e6 /* in the rows beside those of the report */
#define TIMED_WALKS 1000    /* of each reader, at least */
#define PATIENCE_NS 200e6   /* then give up: a reader gets no CPU */

/* All disciplines of ref/gather.h: a new one has its rows without a change here. */
#define NAME(name, ...) #name,
static const char *const disciplines[] = { GATHER_DISCIPLINES(NAME, NAME)
						   GATHER_URCU_DISCIPLINES(NAME) NULL };
static const char *const urcu_disciplines[] = { GATHER_URCU_DISCIPLINES(NAME) NULL };
/* The disciplines with all rows, for the report's tables. */
static const char *const main_disciplines[] = { "ipi_signal", "membarrier",	 "rcu_memb",
						"rcu_qsbr",   "sync_membarrier", NULL };
static const char *const batch_disciplines[] = { "ipi_signal", "rcu_qsbr", NULL };
static const char *const memory_disciplines[] = { "broadcast_rcu", "ipi_signal", "rcu_qsbr", NULL };
static const char *const busy_disciplines[] = { "broadcast_rcu", "ipi_signal",	    "rcu_memb",
						"rcu_qsbr",	 "sync_membarrier", NULL };
static const char *const fallbacks[] = { "no_wait",  "none",	 "rcu_per_table",
					 "sync_ipi", "sync_rcu", NULL };
static const char *const formats[] = { RING_FORMAT, NULL };
static const long long readers[] = { 0, 1, 3, 7, 15, 31, READERS_MAX };
static const long long one_reader[] = { 1 };
static const long long tables[] = { 1, 64, 4096 };
static const long long some_tables[] = { 64 };
static const long long all_tables[] = { 4096 };
static const long long batches[] = { 1, 64, 509, 4096 };
static const long long failing[] = { 50, 100 }; /* percent */

#define NUMS(key_, array)                                                                          \
	{                                                                                          \
		.key = key_, .nums = array, .nr_nums = ARRAY_SIZE(array)                           \
	}

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(name, *names))
			return true;
	return false;
}

/* ---- an instance ---- */

struct freeing {
	const struct gather_discipline *d;
	struct gather *g; /* NULL: `keep`, which frees no table */
	size_t tables;	  /* of an operation */
	size_t next;	  /* place in the ring */
	cpu_set_t cpus;	  /* the thread's affinity before the set-up */
	struct readers readers;
	bool warm;
	bool waits; /* the fallback waits for a table that found no batch */
	/* Totals of the instance so far. */
	struct gather_stats stats;
	uint64_t operations, walks;
	double burst_ns, deferred_ns;
	/* Of the present batch of operations. */
	uint64_t first_walks;
	double start_ns;
	double freed_ns[RING_TABLES]; /* RCU: end of an operation, by its first slot */
	size_t left[RING_TABLES];     /* tables of that operation that are not free yet */
};

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

/* Callback of disciplines that free before gather_finish() returns: there is no time to record. */
static void freed_now(void *cookie, struct ref_page *table)
{
}

static void freed_later(void *cookie, struct ref_page *table)
{
	struct freeing *f = cookie;
	size_t slot = ring_slot_of(table);
	size_t first = slot - slot % f->tables;

	if (!--f->left[first])
		f->freed_ns[first] = now_ns();
}

/* ---- set-up ---- */

static const struct gather_discipline keep_discipline = { .name = "keep" };

__attribute__((format(printf, 3, 4))) static int skip(struct bench_state *s, int err,
						      const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->skip, sizeof(s->skip), fmt, ap);
	va_end(ap);
	return err;
}

static int create_gather(struct bench_state *s, struct freeing *f)
{
	const char *name = bench_str(s, "discipline"), *fallback = bench_str(s, "fallback");
	unsigned batch = bench_num(s, "batch");
	int err;

#ifndef BENCH_GUEST
	gather_register_urcu();
#endif
	f->d = *name ? gather_discipline_find(name) : &keep_discipline;
	if (!f->d)
		return skip(s, -ENODEV, "%s needs liburcu, which this program lacks", name);
	if (!*name)
		return 0;
	err = gather_create(f->d, batch ? batch : gather_max_batch(),
			    f->d->deferred ? freed_later : freed_now, f, &f->g);
	if (err == -ENOSYS)
		return skip(s, err, "the kernel has no membarrier(2), private expedited");
	f->waits = strcmp(fallback, "rcu_per_table");
	if (!err && *fallback)
		err = gather_set_fallback(f->g, gather_fallback_find(fallback));
	if (!err && bench_num(s, "failing"))
		gather_set_failing(f->g, 100 / bench_num(s, "failing"), 0);
	return err;
}

static bool oversubscribes(const struct bench_state *s)
{
	return !strcmp(s->c->name, "oversubscribed");
}

/* oversubscribed: a reader on every CPU, so that the freer shares its CPU with one. */
static unsigned nr_readers(const struct bench_state *s, const struct freeing *f)
{
	return oversubscribes(s) ? (unsigned)CPU_COUNT(&f->cpus) : bench_num(s, "readers");
}

/* Binds the freer and liburcu's worker to the first CPU of the set, readers to the next ones. */
static int place(struct bench_state *s, struct freeing *f)
{
	unsigned nr = bench_num(s, "readers");
	cpu_set_t cpu;

	if (sched_getaffinity(0, sizeof(f->cpus), &f->cpus))
		return -errno;
	if (!oversubscribes(s) && nr + 1 > (unsigned)CPU_COUNT(&f->cpus))
		return skip(s, -ENODEV, "oversubscribed: a freer and %u readers on %d CPUs", nr,
			    CPU_COUNT(&f->cpus));
	CPU_ZERO(&cpu);
	CPU_SET(readers_nth_cpu(&f->cpus, 0), &cpu);
	return sched_setaffinity(0, sizeof(cpu), &cpu) ? -errno : 0;
}

static int run_readers(struct freeing *f, unsigned nr)
{
	f->readers = (struct readers){
		.mm = ring_mm(),
		.walk = gup_walker_find(RING_FORMAT, "offset_lockless")->fast,
		.d = f->d,
		.g = f->g,
	};
	return readers_start(&f->readers, nr, &f->cpus);
}

static void teardown(struct bench_state *s)
{
	struct freeing *f = s->priv;

	readers_stop(&f->readers);
	gather_destroy(f->g);
	sched_setaffinity(0, sizeof(f->cpus), &f->cpus);
	free(f);
	s->priv = NULL;
}

static int setup(struct bench_state *s)
{
	struct freeing *f = calloc(1, sizeof(*f));
	int err;

	if (!f)
		return -ENOMEM;
	s->priv = f;
	f->tables = bench_num(s, "tables");
	s->max_batch = RING_TABLES / f->tables;
	err = place(s, f);
	if (!err)
		err = ring_get(nr_readers(s, f));
	if (!err)
		err = create_gather(s, f);
	if (!err)
		err = run_readers(f, nr_readers(s, f));
	if (err)
		teardown(s);
	return err;
}

/* ---- operations ---- */

static void run_munmap(struct bench_state *s, uint64_t n)
{
	struct freeing *f = s->priv;

	for (uint64_t op = 0; op < n && f->next + f->tables <= RING_TABLES; op++) {
		for (size_t end = f->next + f->tables; f->next < end; f->next++) {
			struct ring_table *t = &free_ring[f->next];

			ring_clear_entries(t);
			t->unlinked = pgt_unlink_table(ring_mm(), ring_addr(f->next));
			gather_remove_table(f->g, t->unlinked);
		}
		gather_finish(f->g);
	}
}

static void run_keep(struct bench_state *s, uint64_t n)
{
	struct freeing *f = s->priv;

	for (uint64_t op = 0; op < n && f->next + f->tables <= RING_TABLES; op++)
		for (size_t end = f->next + f->tables; f->next < end; f->next++)
			ring_clear_entries(&free_ring[f->next]);
}

/* Puts back the entries and tables that the operations of this batch took out. */
static void put_back(struct bench_state *s, struct freeing *f)
{
	if (!ring_put_back(f->next))
		snprintf(s->fail, sizeof(s->fail), "a table cannot be linked");
	f->next = 0;
}

static void start_batch(struct freeing *f)
{
	for (size_t slot = 0; f->d->deferred && slot < RING_TABLES; slot += f->tables)
		f->left[slot] = f->tables;
	f->first_walks = readers_walks(&f->readers);
	f->start_ns = now_ns();
}

/* Waits until every table is free; adds the batch to the totals of the instance. */
static void end_batch(struct freeing *f, uint64_t n)
{
	double burst_ns = now_ns() - f->start_ns, ns = burst_ns / n;

	f->walks += readers_walks(&f->readers) - f->first_walks;
	f->burst_ns += burst_ns;
	f->operations += n;
	if (f->g)
		gather_barrier(f->g);
	/* An operation's end is computed, not read from the clock, which would take time of the
	 * burst: operations take equally long, and little compared with a grace period. */
	for (uint64_t op = 0; f->d->deferred && op < n && op * f->tables < RING_TABLES; op++) {
		double deferred = f->freed_ns[op * f->tables] - (f->start_ns + (op + 1) * ns);

		f->deferred_ns += deferred > 0 ? deferred : 0;
	}
}

/* Tables that no callback freed: a fallback waited for them. */
static uint64_t unbatched_now(const struct freeing *f, const struct gather_stats *now)
{
	return f->waits ? now->fallbacks - f->stats.fallbacks : 0;
}

static void report_readers(struct bench_state *s, struct freeing *f)
{
	static const struct {
		const char *metric;
		double share;
	} quantiles[] = {
		{ "reader_latency_p50", 0.5 },
		{ "reader_latency_p99", 0.99 },
	};

	bench_set_extra(s, "reader_throughput", BENCH_LEVEL,
			f->walks / (f->burst_ns * 1e-9) / f->readers.nr);
	if (!readers_worst_ns(&f->readers))
		return;
	bench_set_extra(s, "reader_latency", BENCH_LEVEL, readers_worst_ns(&f->readers));
	for (size_t i = 0; i < 2; i++)
		bench_set_extra(s, quantiles[i].metric, BENCH_LEVEL,
				readers_quantile_ns(&f->readers, quantiles[i].share));
}

static void report(struct bench_state *s, struct freeing *f)
{
	struct gather_stats now;
	uint64_t freed, callbacks;

	if (f->readers.nr)
		report_readers(s, f);
	if (!f->g)
		return;
	gather_stats(f->g, &now);
	freed = now.tables_freed - f->stats.tables_freed;
	callbacks = now.callbacks - f->stats.callbacks;
	if (!s->fail[0] && freed != f->operations * f->tables)
		snprintf(s->fail, sizeof(s->fail), "%llu tables freed, not %llu",
			 (unsigned long long)freed,
			 (unsigned long long)(f->operations * f->tables));
	bench_set_extra(s, "time_deferred", BENCH_TOTAL, f->deferred_ns);
	bench_set_extra(s, "tables_freed", BENCH_TOTAL, freed);
	bench_set_extra(s, "tables_waiting_peak", BENCH_LEVEL, now.waiting_peak);
	/* The kernel decides which CPUs membarrier() interrupts: user space cannot count them. */
	if (!strstr(f->d->name, "membarrier")) {
		bench_set_extra(s, "ipis_sent", BENCH_TOTAL, now.ipis_sent - f->stats.ipis_sent);
		bench_set_extra(s, "cpus_interrupted", BENCH_TOTAL,
				now.cpus_interrupted - f->stats.cpus_interrupted);
	}
	bench_set_extra(s, "rcu_callbacks", BENCH_TOTAL, callbacks);
	if (callbacks)
		bench_set_extra(s, "tables_per_callback", BENCH_LEVEL,
				(double)(freed - unbatched_now(f, &now)) / callbacks);
	if (bench_num(s, "failing"))
		bench_set_extra(s, "tables_unbatched", BENCH_TOTAL,
				now.fallbacks - f->stats.fallbacks);
}

/* Runs a burst outside the timing, with timed walks. Returns the nanoseconds that it took. */
static double untimed_burst(struct bench_state *s, struct freeing *f, uint64_t n)
{
	double ns;

	start_batch(f);
	readers_time_walks(&f->readers, true);
	s->c->run(s, n);
	if (f->g)
		gather_barrier(f->g);
	readers_time_walks(&f->readers, false);
	ns = now_ns() - f->start_ns;
	put_back(s, f);
	return ns;
}

/* Every row of a case times walks for as long: the worst of many walks is worse than the worst of
 * few. */
static bool seen_enough(const struct bench_state *s, const struct freeing *f, double ns)
{
	bool main = s->c == &bench_table_free_munmap || s->c == &bench_table_free_keep;

	return !f->readers.nr || ns > PATIENCE_NS ||
	       (ns > (main ? WINDOW_NS : SHORT_WINDOW_NS) &&
		readers_timed_walks(&f->readers) > TIMED_WALKS);
}

/*
 * Runs the bursts in which walks are timed, once per instance and outside the timing. They also
 * fault in the gather's memory. A discipline that keeps its batches until a grace period ends needs
 * bursts of full length for that.
 */
static void warm_up(struct bench_state *s, struct freeing *f)
{
	uint64_t n = s->max_batch;
	double ns = 0;

	f->warm = true;
	if (!f->d->deferred && n > WARM_OPERATIONS)
		n = WARM_OPERATIONS;
	do {
		ns += untimed_burst(s, f, n);
	} while (!seen_enough(s, f, ns));
	if (f->g)
		gather_stats(f->g, &f->stats);
}

static void before(struct bench_state *s, uint64_t n)
{
	struct freeing *f = s->priv;

	if (!f->warm)
		warm_up(s, f);
	start_batch(f);
}

static void after(struct bench_state *s, uint64_t n)
{
	struct freeing *f = s->priv;

	end_batch(f, n);
	if (f->next != n * f->tables)
		snprintf(s->fail, sizeof(s->fail),
			 "at most %llu operations fit between before() and after(), not %llu",
			 (unsigned long long)s->max_batch, (unsigned long long)n);
	put_back(s, f);
	report(s, f);
}

/* ---- the rows ---- */

static enum bench_subject subject_of(const struct bench_state *s)
{
	return is_one_of(bench_str(s, "discipline"), urcu_disciplines) ? BENCH_LIBURCU : BENCH_REF;
}

static unsigned needs_of(const struct bench_state *s)
{
	unsigned needs = bench_num(s, "readers") || oversubscribes(s) ? BENCH_NEED_THREADS : 0;
	const struct gather_discipline *d = gather_discipline_find(bench_str(s, "discipline"));

	if (subject_of(s) == BENCH_LIBURCU)
		needs |= BENCH_NEED_URCU;
	else if (d && d->needs_membarrier)
		needs |= BENCH_NEED_MEMBARRIER;
	return needs;
}

/*
 * As many readers as have a CPU each; readers=1 exists always, so that a machine with one CPU
 * reports a skipped row. Other disciplines than the main ones have fewer rows; busted ones have
 * none, except for the one whose price is of interest.
 */
static bool valid(const struct bench_state *s)
{
	const char *name = bench_str(s, "discipline");
	const struct gather_discipline *d = gather_discipline_find(name);
	long long nr = bench_num(s, "tables");

	if (nr > RING_TABLES)
		return false;
	if (*name && !is_one_of(name, main_disciplines) &&
	    ((d && d->busted) || (nr != 1 && nr != 64)))
		return false;
	if (d && d->busted && nr == 4096)
		return false;
	return bench_num(s, "readers") <= 1 ||
	       bench_num(s, "readers") < sysconf(_SC_NPROCESSORS_ONLN);
}

static bool fallback_valid(const struct bench_state *s)
{
	const struct gather_fallback *fallback = gather_fallback_find(bench_str(s, "fallback"));
	bool rcu = strstr(bench_str(s, "discipline"), "rcu");

	/* liburcu has only failing=100: 50 shows nothing that the reference's RCU does not. */
	if (subject_of(s) == BENCH_LIBURCU && bench_num(s, "failing") != 100)
		return false;
	return fallback->needs_rcu == rcu;
}

static bool batch_valid(const struct bench_state *s)
{
	return bench_num(s, "tables") <= RING_TABLES;
}

#define ROW(name_, summary_, run_)                                                                 \
	.family = "table_free", .name = name_, .summary = summary_, .subject_of = subject_of,      \
	.needs_of = needs_of, .setup = setup, .before = before, .run = run_, .after = after,       \
	.teardown = teardown

const struct bench_case bench_table_free_munmap = {
	ROW("munmap", "clear, unlink and free page tables by a discipline", run_munmap),
	.axes = { { .key = "discipline", .strs = disciplines },
		  { .key = "format", .strs = formats },
		  NUMS("readers", readers),
		  NUMS("tables", tables) },
	.valid = valid,
};

const struct bench_case bench_table_free_keep = {
	ROW("keep", "clear the same page tables and keep them: the twin of munmap", run_keep),
	.axes = { { .key = "format", .strs = formats },
		  NUMS("readers", readers),
		  NUMS("tables", tables) },
	.valid = valid,
};

const struct bench_case bench_table_free_batch = {
	ROW("batch", "munmap of many tables, so many of them in a batch", run_munmap),
	.axes = { NUMS("batch", batches),
		  { .key = "discipline", .strs = batch_disciplines },
		  { .key = "format", .strs = formats },
		  NUMS("readers", one_reader),
		  NUMS("tables", all_tables) },
	.valid = batch_valid,
};

const struct bench_case bench_table_free_no_memory = {
	ROW("no_memory", "munmap where a share of the batches (percent) gets no memory",
	    run_munmap),
	.axes = { { .key = "discipline", .strs = memory_disciplines },
		  NUMS("failing", failing),
		  { .key = "fallback", .strs = fallbacks },
		  { .key = "format", .strs = formats },
		  NUMS("readers", one_reader),
		  NUMS("tables", some_tables) },
	.valid = fallback_valid,
};

const struct bench_case bench_table_free_oversubscribed = {
	ROW("oversubscribed", "munmap with a reader on every CPU, the freer's too", run_munmap),
	.crowded = true,
	.axes = { { .key = "discipline", .strs = busy_disciplines },
		  { .key = "format", .strs = formats },
		  NUMS("tables", some_tables) },
};
