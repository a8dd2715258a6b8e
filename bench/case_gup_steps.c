// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gup_fast/steps: what each verification step of a lockless walk costs. Walks of 16 pages by the
 * whole walker (step none), by a walker without the step, and by one with an opaque no-op in the
 * step's place. The step's cost is the whole walker's less that of the walker with the no-op.
 *
 * A row walks 16 folios of its own, or one folio that a second thread walks and puts all the time.
 * Their struct pages are in the cache, or flushed from it before they are walked.
 */

#include <array_size.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ref/gup.h>
#include <ref/gup_steps.h>
#include <ref/mapping.h>
#include <ref/pgtable.h>
#include <ref/port.h>

#include "cases.h"
#include "free_readers.h"

#define PAGE 4096ULL
#define WALK_PAGES 16
#define WINDOWS 1024 /* sets of flushed pages: walks between two flushes */
#define NR_FRAMES (2 * WINDOWS * WALK_PAGES)
#define HOT 0x40000000ULL
#define SHARED 0x50000000ULL
#define COLD 0x60000000ULL
#define COLD_STRIDE 2053
#define READ_ONLY 0x70000000ULL /* range of rows that pin: writable pages need no unsharing check */

#ifdef BENCH_GUEST
static const bool in_guest = true;
#else
static const bool in_guest = false;
#endif

static const char *const flags[] = { "get", "pin", NULL };
static const char *const folios[] = { "private", "shared", NULL };
static const char *const formats[] = { "s390x", "x86_64-4k-48", NULL };
static const char *const frames[] = { "flushed", "hot", NULL };
static const char *const hows[] = { "opaque", "present", "removed", NULL };
static const long long levels[] = { BENCH_ABSENT, 3 };
#define NAME(a, name, ...) #name,
#define NOTHING(...)
static const char *const steps[] = { "none", GUP_STEPS(NAME, NAME, ) NULL };
static const char *const pin_steps[] = { GUP_STEPS(NOTHING, NAME, ) NULL };

static bool name_is(const struct bench_state *s, const char *key, const char *value)
{
	return !strcmp(bench_str(s, key), value);
}

/* ---- one simulated memory per format ---- */

struct memory {
	const char *format;
	struct ref_mm *mm;
	struct ref_page **cold; /* flushed pages in order of address; NULL until they are mapped */
};

static struct memory memories[] = { { .format = "s390x" }, { .format = "x86_64-4k-48" } };

static int map(struct ref_mm *mm, uint64_t addr, size_t nr, bool writable)
{
	int err = 0;

	for (size_t i = 0; i < nr && !err; i++)
		err = pgt_map(mm, addr + i * PAGE, PGT_PTE, writable);
	return err;
}

/* The same small folio at every address. */
static int map_shared(struct ref_mm *mm)
{
	struct ref_page *page;
	int err = map(mm, SHARED, 1, true);

	page = err ? NULL : pgt_lookup(mm, SHARED, true);
	for (unsigned i = 1; i < WALK_PAGES && !err; i++) {
		page->refcount++;
		err = pgt_map_page(mm, SHARED + i * PAGE, page, true);
	}
	return err;
}

/* Maps neighbouring addresses to frames that are no neighbours, or the hardware would prefetch
 * them: an odd stride through a power of two. */
static int map_cold(struct memory *m)
{
	const size_t nr = WINDOWS * WALK_PAGES;
	struct ref_page **cold;
	int err = 0;

	if (m->cold)
		return 0;
	for (size_t i = 0; i < nr && !err; i++)
		err = pgt_map(m->mm, COLD + i * COLD_STRIDE % nr * PAGE, PGT_PTE, true);
	cold = err ? NULL : calloc(nr, sizeof(*cold));
	for (size_t i = 0; i < nr && cold; i++)
		cold[i] = pgt_lookup(m->mm, COLD + i * PAGE, true);
	m->cold = cold;
	return err ? err : cold ? 0 : -ENOMEM;
}

static int memory_get(struct memory *m)
{
	struct pgt_opts opts = { .format = m->format,
				 .nr_frames = NR_FRAMES,
				 .levels = pgt_format_folds_per_mm(m->format) ? 3 : 0 };
	int err;

	if (m->mm)
		return 0;
	err = ref_mm_create(&opts, &m->mm);
	if (err)
		return err;
	err = map(m->mm, HOT, WALK_PAGES, true);
	if (!err)
		err = map(m->mm, READ_ONLY, WALK_PAGES, false);
	if (!err)
		err = map_shared(m->mm);
	if (!err)
		return 0;
	ref_mm_destroy(m->mm);
	m->mm = NULL;
	return err;
}

/* ---- which rows there are ---- */

static bool step_of_pins(const struct bench_state *s)
{
	for (size_t i = 0; pin_steps[i]; i++)
		if (name_is(s, "step", pin_steps[i]))
			return true;
	return false;
}

static bool step_valid(const struct bench_state *s)
{
	if (name_is(s, "step", "none") != name_is(s, "how", "present"))
		return false;
	return name_is(s, "step", "none") || name_is(s, "flags", "pin") == step_of_pins(s);
}

/* A guest counts instructions and has no cache to flush. */
static bool guest_valid(const struct bench_state *s)
{
	return name_is(s, "folio", "private") && name_is(s, "frames", "hot");
}

static bool valid(const struct bench_state *s)
{
	bool s390x = name_is(s, "format", "s390x");

	if (s390x != !!bench_num(s, "levels") || !step_valid(s))
		return false;
	if (in_guest)
		return guest_valid(s);
	if (s390x)
		return guest_valid(s) && name_is(s, "flags", "get") &&
		       !name_is(s, "how", "removed");
	if (name_is(s, "folio", "private") && name_is(s, "frames", "hot"))
		return true;
	if (name_is(s, "flags", "pin"))
		return false;
	return name_is(s, "folio", "private") || name_is(s, "frames", "hot");
}

static unsigned needs_of(const struct bench_state *s)
{
	return name_is(s, "folio", "shared") ? BENCH_NEED_THREADS : 0;
}

/* ---- a row ---- */

struct steps_row {
	gup_fast_fn fast;
	struct ref_mm *mm;
	unsigned flags;
	uint64_t start;
	bool flushed;
	uint64_t at; /* the next walk's place among the flushed ones */
	struct ref_page **cold;
	int refs;     /* references that one page of a walk adds to its folio */
	uint64_t got; /* pages that the last run() found */
	struct ref_page *pages[WALK_PAGES];
	cpu_set_t cpus;
	/* The second thread. */
	pthread_t thread;
	bool threaded;
	int stop;
	unsigned long turns;
};

static void put(const struct steps_row *r, struct ref_page *page)
{
	if (r->refs)
		(void)ref_fetch_add(&page->head->refcount, -r->refs);
}

static void *walker(void *arg)
{
	struct steps_row *r = arg;
	struct ref_page *pages[WALK_PAGES];

	while (!REF_READ_ONCE(r->stop)) {
		unsigned long nr = r->fast(r->mm, r->start, WALK_PAGES, r->flags, pages);

		for (unsigned long i = 0; i < nr; i++)
			put(r, pages[i]);
		REF_WRITE_ONCE(r->turns, r->turns + 1);
	}
	return NULL;
}

/* Binds the timed thread to the first CPU of the set, the second thread to the next. */
static int start_thread(struct bench_state *s, struct steps_row *r)
{
	pthread_attr_t attr;
	cpu_set_t cpu;
	int err;

	if (CPU_COUNT(&r->cpus) < 2) {
		snprintf(s->skip, sizeof(s->skip), "oversubscribed: two threads on one CPU");
		return -ENODEV;
	}
	CPU_ZERO(&cpu);
	CPU_SET(readers_nth_cpu(&r->cpus, 0), &cpu);
	if (sched_setaffinity(0, sizeof(cpu), &cpu))
		return -errno;
	CPU_ZERO(&cpu);
	CPU_SET(readers_nth_cpu(&r->cpus, 1), &cpu);
	pthread_attr_init(&attr);
	pthread_attr_setaffinity_np(&attr, sizeof(cpu), &cpu);
	err = -pthread_create(&r->thread, &attr, walker, r);
	pthread_attr_destroy(&attr);
	r->threaded = !err;
	while (!err && !REF_READ_ONCE(r->turns))
		sched_yield();
	return err;
}

static void row_teardown(struct bench_state *s)
{
	struct steps_row *r = s->priv;

	REF_WRITE_ONCE(r->stop, 1);
	if (r->threaded)
		pthread_join(r->thread, NULL);
	if (name_is(s, "folio", "shared"))
		sched_setaffinity(0, sizeof(r->cpus), &r->cpus);
	free(r);
	s->priv = NULL;
}

/* References that a walk takes on a page, less those of the step that is missing. */
static int refs_of(const struct bench_state *s, unsigned walk_flags)
{
	if (name_is(s, "step", "try_get"))
		return 0;
	return walk_flags & GUP_PIN && !name_is(s, "step", "pin_count") ? GUP_PIN_BIAS : 1;
}

static int place(struct bench_state *s, struct steps_row *r, struct memory *m)
{
	int err = memory_get(m);

	r->mm = m->mm;
	r->flags = name_is(s, "flags", "pin") ? GUP_PIN : GUP_WRITE;
	r->start = r->flags & GUP_PIN ? READ_ONLY : HOT;
	if (name_is(s, "folio", "shared"))
		r->start = SHARED;
	if (!name_is(s, "frames", "flushed") || err)
		return err;
	r->start = COLD;
	r->flushed = true;
	s->max_batch = WINDOWS;
	err = map_cold(m);
	r->cold = m->cold;
	return err;
}

/* Checks that the walk finds the mapped pages and takes refs_of() references on each: otherwise
 * the row would not measure the step that it names. */
static int verify(struct bench_state *s, struct steps_row *r)
{
	unsigned long got, wrong = 0;

	for (unsigned i = 0; i < WALK_PAGES; i++)
		r->pages[i] = NULL;
	got = r->fast(r->mm, r->start, WALK_PAGES, r->flags, r->pages);
	for (unsigned long i = 0; i < got; i++) {
		wrong += r->pages[i] != pgt_lookup(r->mm, r->start + i * PAGE, false);
		put(r, r->pages[i]);
	}
	for (unsigned long i = 0; i < got; i++)
		wrong += r->pages[i]->refcount != (r->start == SHARED ? WALK_PAGES : 1);
	if (got == WALK_PAGES && !wrong)
		return 0;
	snprintf(s->fail, sizeof(s->fail), "%lu of %d pages found, %lu wrong or miscounted", got,
		 WALK_PAGES, wrong);
	return -EIO;
}

static bool can_flush(void);

static int row_setup(struct bench_state *s)
{
	struct memory *m = memories;
	struct steps_row *r;
	int err;

	if (name_is(s, "frames", "flushed") && !can_flush()) {
		snprintf(s->skip, sizeof(s->skip), "no way to flush a cache line from user space");
		return -ENOSYS;
	}
	while (!name_is(s, "format", m->format))
		m++;
	r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	s->priv = r;
	s->max_batch = 1 << 16; /* every walk of a batch may add GUP_PIN_BIAS to a page */
	sched_getaffinity(0, sizeof(r->cpus), &r->cpus);
	r->fast = gup_step_walker_find(m->format, bench_str(s, "step"), bench_str(s, "how"));
	err = r->fast ? place(s, r, m) : -ENOENT;
	r->refs = refs_of(s, r->flags);
	if (!err)
		err = verify(s, r);
	if (!err && name_is(s, "folio", "shared"))
		err = start_thread(s, r);
	if (err)
		row_teardown(s);
	return err;
}

/* ---- operations ---- */

#if defined(__x86_64__)
static bool can_flush(void)
{
	return true;
}

static void flush(const void *p)
{
	__builtin_ia32_clflush(p);
}

static void flush_end(void)
{
	__builtin_ia32_mfence();
}
#elif defined(__aarch64__)
static bool can_flush(void)
{
	return true;
}

static void flush(const void *p)
{
	__asm__ volatile("dc civac, %0" : : "r"(p) : "memory");
}

static void flush_end(void)
{
	__asm__ volatile("dsb ish" : : : "memory");
}
#else
static bool can_flush(void)
{
	return false;
}

static void flush(const void *p)
{
}

static void flush_end(void)
{
}
#endif

/* Index of the first of the flushed pages that the i-th walk of a batch takes. */
static size_t cold_first(const struct steps_row *r, uint64_t i)
{
	return (r->at + i) % WINDOWS * WALK_PAGES;
}

static void steps_before(struct bench_state *s, uint64_t n)
{
	struct steps_row *r = s->priv;

	if (!r->flushed)
		return;
	for (uint64_t i = 0; i < n; i++)
		for (unsigned k = 0; k < WALK_PAGES; k++)
			flush(r->cold[cold_first(r, i) + k]);
	flush_end();
}

static uint64_t run_cold(struct steps_row *r, uint64_t n)
{
	uint64_t got = 0;

	for (uint64_t i = 0; i < n; i++)
		got += r->fast(r->mm, r->start + cold_first(r, i) * PAGE, WALK_PAGES, r->flags,
			       r->pages);
	return got;
}

static void steps_run(struct bench_state *s, uint64_t n)
{
	struct steps_row *r = s->priv;
	uint64_t got = 0;

	if (r->flushed) {
		r->got = run_cold(r, n);
		return;
	}
	for (uint64_t i = 0; i < n; i++)
		got += r->fast(r->mm, r->start, WALK_PAGES, r->flags, r->pages);
	r->got = got;
}

static void steps_after(struct bench_state *s, uint64_t n)
{
	struct steps_row *r = s->priv;

	if (r->got != n * WALK_PAGES)
		snprintf(s->fail, sizeof(s->fail), "%llu pages found in %llu walks",
			 (unsigned long long)r->got, (unsigned long long)n);
	for (unsigned k = 0; k < WALK_PAGES && !r->flushed; k++)
		(void)ref_fetch_add(&r->pages[k]->head->refcount, -r->refs * (int)n);
	for (uint64_t i = 0; i < n && r->flushed; i++)
		for (unsigned k = 0; k < WALK_PAGES; k++)
			r->cold[cold_first(r, i) + k]->refcount -= r->refs;
	r->at = (r->at + n) % WINDOWS;
}

const struct bench_case bench_gup_fast_steps = {
	.family = "gup_fast",
	.name = "steps",
	.summary = "a lockless walk of 16 pages without one of its verification steps",
	.subject = BENCH_REF,
	.needs_of = needs_of,
	.axes = {
		{ .key = "flags", .strs = flags },
		{ .key = "folio", .strs = folios },
		{ .key = "format", .strs = formats },
		{ .key = "frames", .strs = frames },
		{ .key = "how", .strs = hows },
		{ .key = "levels", .nums = levels, .nr_nums = ARRAY_SIZE(levels) },
		{ .key = "step", .strs = steps },
	},
	.valid = valid,
	.setup = row_setup,
	.run = steps_run,
	.before = steps_before,
	.after = steps_after,
	.teardown = row_teardown,
};
