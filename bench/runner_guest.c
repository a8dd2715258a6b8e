// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench-guest: measures the table's rows in a guest, in windows; writes records (results/record.h)
 * to stdout.
 *
 * A window is n operations between two readings of a clock. Under icount the clock counts
 * instructions and n is 1: a window is shorter than a tick, so that most windows hold no interrupt.
 * The cost of an empty window is subtracted. All samples are written to the record; their agreement
 * decides whether the result is called exact, deterministic or sampled.
 */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <ref/pgtable.h>
#include <results/record.h>
#include <results/status.h>

#include "cases.h"
#include "guest_clock.h"

#define WINDOWS 31
#define WARM_UP 2	       /* windows that fault in and fill caches; not recorded */
#define MIN_WINDOW_NS 20000    /* with --time */
#define CALIBRATION_SHORT 1000 /* turns of the calibration loop */
#define CALIBRATION_LONG 51000

struct guest {
	bool in_time;
	const char *format; /* NULL: all */
	unsigned levels;    /* bit n: rows with n levels; 0: all */
	uint64_t nr_records;
	uint64_t empty; /* cost of a window with no operation, for n = 1 */
};

/* ---- records ---- */

static int write_all(const void *from, size_t size)
{
	const char *p = from;

	while (size) {
		ssize_t n = write(STDOUT_FILENO, p, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			fprintf(stderr, "bench-guest: writing a record: %s\n", strerror(errno));
			return -errno;
		}
		p += n;
		size -= n;
	}
	return 0;
}

static void set(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text);
}

static const enum ptb_record_subject subjects[] = {
	[BENCH_REF] = PTB_SUBJECT_REF,
	[BENCH_KERNEL] = PTB_SUBJECT_KERNEL,
	[BENCH_LIBURCU] = PTB_SUBJECT_LIBURCU,
};

static void init_record(struct ptb_record *r, enum ptb_record_type type,
			const struct bench_state *s)
{
	memset(r, 0, sizeof(*r));
	r->magic = PTB_RECORD_MAGIC;
	r->type = type;
	r->size = sizeof(*r);
	r->nr_ops = 1;
	if (!s)
		return;
	r->subject = subjects[bench_subject(s)];
	snprintf(r->case_id, sizeof(r->case_id), "%s/%s", s->c->family, s->c->name);
	bench_params_text(s, r->params, sizeof(r->params));
}

static int emit(struct guest *g, const struct ptb_record *r, const uint64_t *samples)
{
	int err = write_all(r, sizeof(*r));

	if (!err && r->nr_samples)
		err = write_all(samples, r->nr_samples * sizeof(*samples));
	g->nr_records++;
	return err;
}

static int emit_skipped(struct guest *g, const struct bench_state *s, const char *reason)
{
	struct ptb_record r;

	init_record(&r, PTB_RECORD_SKIPPED, s);
	set(r.text, sizeof(r.text), reason);
	return emit(g, &r, NULL);
}

static int emit_samples(struct guest *g, const struct bench_state *s, const uint64_t *samples,
			uint64_t nr_ops)
{
	struct ptb_record r;

	init_record(&r, PTB_RECORD_MEASUREMENT, s);
	set(r.metric, sizeof(r.metric), g->in_time ? "time" : "instructions");
	r.nr_ops = nr_ops;
	r.nr_samples = WINDOWS;
	r.size += WINDOWS * sizeof(*samples);
	return emit(g, &r, samples);
}

static int emit_end(struct guest *g)
{
	struct ptb_record r;

	init_record(&r, PTB_RECORD_END, NULL);
	r.nr_ops = g->nr_records;
	return emit(g, &r, NULL);
}

/* ---- windows ---- */

static uint64_t time_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* noinline: the window with no operation has to run the same code. */
__attribute__((noinline)) static uint64_t window(const struct guest *g,
						 void (*run)(struct bench_state *, uint64_t),
						 struct bench_state *s, uint64_t n)
{
	uint64_t from, to;

	if (g->in_time) {
		from = time_ns();
		run(s, n);
		return time_ns() - from;
	}
	from = guest_clock();
	run(s, n);
	to = guest_clock();
	return guest_delta(from, to);
}

/* The loop of every run(), with an empty body. */
__attribute__((noinline)) static void run_nothing(struct bench_state *s, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		__asm__ volatile("" ::: "memory");
}

static uint64_t mode_of(const uint64_t *v, size_t nr)
{
	size_t most = 0;
	uint64_t mode = 0;

	for (size_t i = 0; i < nr; i++) {
		size_t same = 0;

		for (size_t j = 0; j < nr; j++)
			same += v[j] == v[i];
		if (same > most || (same == most && v[i] < mode)) {
			most = same;
			mode = v[i];
		}
	}
	return mode;
}

static uint64_t cost_of_nothing(const struct guest *g, uint64_t n)
{
	uint64_t v[WINDOWS];

	for (size_t i = 0; i < WARM_UP; i++)
		window(g, run_nothing, NULL, n);
	for (size_t i = 0; i < WINDOWS; i++)
		v[i] = window(g, run_nothing, NULL, n);
	return mode_of(v, WINDOWS);
}

static void run_loop(struct bench_state *s, uint64_t n)
{
	guest_loop(n);
}

/* Checks that one instruction is one unit of the clock; otherwise every number would be wrong. */
static bool calibrated(const struct guest *g)
{
	uint64_t expect =
		(uint64_t)(CALIBRATION_LONG - CALIBRATION_SHORT) * GUEST_LOOP_INSTRUCTIONS;
	uint64_t v[WINDOWS], seen;

	for (size_t i = 0; i < WINDOWS; i++) {
		uint64_t less = window(g, run_loop, NULL, CALIBRATION_SHORT);

		v[i] = window(g, run_loop, NULL, CALIBRATION_LONG) - less;
	}
	seen = mode_of(v, WINDOWS);
	if (GUEST_COUNTS_INSTRUCTIONS && seen == expect)
		return true;
	fprintf(stderr,
		"bench-guest: calibration: a loop of %llu instructions took %llu units of the clock; "
		"boot with -icount shift=0,sleep=off, or measure with --time\n",
		(unsigned long long)expect, (unsigned long long)seen);
	return false;
}

static uint64_t one_window(const struct guest *g, struct bench_state *s, uint64_t n)
{
	uint64_t cost;

	if (s->c->before)
		s->c->before(s, n);
	cost = window(g, s->c->run, s, n);
	if (s->c->after)
		s->c->after(s, n);
	return cost;
}

/* Operations in a window: one suffices to count instructions; time needs many. */
static uint64_t window_size(const struct guest *g, struct bench_state *s)
{
	uint64_t n = 1;

	while (g->in_time && one_window(g, s, n) < MIN_WINDOW_NS && !s->fail[0] &&
	       (!s->max_batch || 2 * n <= s->max_batch))
		n *= 2;
	return n;
}

static int measure(struct guest *g, struct bench_state *s)
{
	uint64_t samples[WINDOWS], n = window_size(g, s), empty;

	empty = n == 1 ? g->empty : cost_of_nothing(g, n);
	for (size_t i = 0; i < WARM_UP; i++)
		one_window(g, s, n);
	for (size_t i = 0; i < WINDOWS && !s->fail[0]; i++) {
		samples[i] = one_window(g, s, n);
		if (samples[i] < empty && !g->in_time)
			snprintf(s->fail, sizeof(s->fail),
				 "a window of %llu is shorter than an "
				 "empty one of %llu",
				 (unsigned long long)samples[i], (unsigned long long)empty);
		samples[i] -= samples[i] < empty ? samples[i] : empty;
	}
	if (s->fail[0])
		return -EIO;
	return emit_samples(g, s, samples, n);
}

/* ---- rows ---- */

static bool selected(const struct guest *g, const struct bench_state *s)
{
	const char *format = bench_str(s, "format");
	long long levels = bench_num(s, "levels");

	if (g->format && *format && strcmp(format, g->format))
		return false;
	return !g->levels || !levels || (g->levels & 1u << levels);
}

static int run_row(struct bench_state *s, void *arg)
{
	struct guest *g = arg;
	const char *reason = bench_guest_lacks(bench_needs(s));
	int err;

	if (!selected(g, s))
		return 0;
	if (reason)
		return emit_skipped(g, s, reason);
	err = s->c->setup ? s->c->setup(s) : 0;
	if (err && s->skip[0])
		return emit_skipped(g, s, s->skip);
	if (!err) {
		err = measure(g, s);
		if (s->c->teardown)
			s->c->teardown(s);
	}
	if (err) {
		char name[BENCH_NAME_MAX];

		bench_instance_name(s, name, sizeof(name));
		fprintf(stderr, "bench-guest: %s: %s\n", name,
			s->fail[0] ? s->fail : strerror(-err));
	}
	return err;
}

/* Writes one record, not one per row, for a case none of whose rows can run here. */
static int run_case(struct guest *g, const struct bench_case *c)
{
	struct bench_state whole = { .c = c };
	const char *reason = bench_guest_lacks(c->needs);

	if (reason && !c->subject_of)
		return selected(g, &whole) ? emit_skipped(g, &whole, reason) : 0;
	return bench_for_each_instance(c, run_row, g);
}

static int run_table(struct guest *g)
{
	int err = 0;

	g->empty = cost_of_nothing(g, 1);
	for (size_t i = 0; bench_table[i] && !err; i++)
		err = run_case(g, bench_table[i]);
	return err;
}

/* ---- the rows expected of a guest: kernels/boot/rows.c compares its records with them ---- */

struct count {
	const struct guest *g;
	size_t nr;
};

static int count_row(struct bench_state *s, void *arg)
{
	struct count *count = arg;

	count->nr += selected(count->g, s) && !bench_guest_lacks(bench_needs(s));
	return 0;
}

/* Prints "rows FORMAT CASE NR" for each format: rows that can run in a guest. */
static void print_rows(const char *format)
{
	const struct guest g = { .format = format };

	for (size_t i = 0; bench_table[i]; i++) {
		struct count count = { .g = &g };

		if (!bench_guest_lacks(bench_table[i]->needs))
			bench_for_each_instance(bench_table[i], count_row, &count);
		if (count.nr)
			printf("rows %s %s/%s %zu\n", format, bench_table[i]->family,
			       bench_table[i]->name, count.nr);
	}
}

static int print_all_rows(void)
{
	for (unsigned need = 1; need <= BENCH_NEED_HOST; need <<= 1)
		if (bench_guest_lacks(need))
			printf("lacks %s\n", bench_guest_lacks(need));
	for (size_t i = 0; i < pgt_nr_formats(); i++)
		print_rows(pgt_format_name(i));
	return fflush(stdout) || ferror(stdout) ? EXIT_PART_FAILED : 0;
}

static int usage(void)
{
	fprintf(stderr,
		"usage: bench-guest [--time] [--format FORMAT] [--levels N[,N]...] > RECORDS\n"
		"       bench-guest --rows > COUNTS\n"
		"  --time    the clock is time, not instructions (no icount)\n"
		"  --format  run only rows of this page-table format, and rows without a format\n"
		"  --levels  of formats that fold per mm, run only rows with these numbers of levels\n"
		"  --rows    measure nothing; print how many rows each case has for each format\n");
	return EXIT_USAGE;
}

static bool parse_levels(const char *text, unsigned *levels)
{
	for (const char *p = text; *p; p += *p == ',') {
		char *end;
		unsigned long n = strtoul(p, &end, 10);

		if (end == p || (*end && *end != ',') || !n || n > 9)
			return false;
		*levels |= 1u << n;
		p = end;
	}
	return *levels;
}

static bool parse(int argc, char **argv, struct guest *g)
{
	static const struct option options[] = {
		{ "time", no_argument, NULL, 't' },
		{ "format", required_argument, NULL, 'f' },
		{ "levels", required_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 },
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 't')
			g->in_time = true;
		else if (opt == 'f')
			g->format = optarg;
		else if (opt != 'l' || !parse_levels(optarg, &g->levels))
			return false;
	}
	return optind == argc;
}

static bool format_exists(const char *format)
{
	for (size_t i = 0; i < pgt_nr_formats(); i++)
		if (!strcmp(format, pgt_format_name(i)))
			return true;
	fprintf(stderr, "bench-guest: --format %s: no such format; there are:", format);
	for (size_t i = 0; i < pgt_nr_formats(); i++)
		fprintf(stderr, " %s", pgt_format_name(i));
	fprintf(stderr, "\n");
	return false;
}

int main(int argc, char **argv)
{
	struct guest g = { 0 };

	if (argc == 2 && !strcmp(argv[1], "--rows"))
		return print_all_rows();
	if (!parse(argc, argv, &g) || isatty(STDOUT_FILENO))
		return usage();
	if (g.format && !format_exists(g.format))
		return EXIT_USAGE;
	if (!g.in_time && !calibrated(&g))
		return EXIT_PART_FAILED;
	if (run_table(&g) || emit_end(&g))
		return EXIT_PART_FAILED;
	return 0;
}
