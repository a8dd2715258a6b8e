// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Forces the schedules that tell a discipline that waits from one that does not: a reader is parked
 * inside its walk, between loading the upper entry and reading the table, while a freer unlinks
 * that table, flushes, and poisons every table that the gather frees.
 *
 * The page table here is one upper entry and a few tables; the walk uses the primitives of
 * ref/port.h as GUP-fast does. test_gather_stress.c runs GUP-fast itself.
 */
#include <array_size.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../scripts/tap.h"
#include "../gather/gather_priv.h"
#include "gather_suite.h"

#define GOOD 0x600dUL
#define POISON 0x6b6b6b6b6b6b6b6bUL
#define PATIENCE_MS 10000 /* for an event that must happen */
#define HOLD_MS 60	  /* for one that must not: longer than liburcu's workers poll */

/* One table. When it is freed, plain stores overwrite its words, so that ThreadSanitizer is a
 * second detector. */
struct table {
	struct ref_page page; /* first: the gather hands this back */
	unsigned long words[8];
};

struct scene {
	const struct gather_discipline *d;
	/* Used without memory for a batch. NULL: there is memory. */
	const struct gather_fallback *fallback;
	bool rcu_walk;	     /* the reader has interrupts on, and is in a read-side section */
	struct table *entry; /* the upper entry */
	struct table table;
	struct gather_stats stats;
	int walks;		/* whether the reader walks at all, or stands outside */
	int stage;		/* the reader's, of the enum */
	int unpark;		/* tells the reader to go on */
	int flushing;		/* freer: about to flush */
	int returned;		/* freer: gather_finish() has returned */
	int freed;		/* the free function ran */
	int freed_under_walker; /* ...before the reader had read the table */
	int error;
};

enum { NOT_YET, PARKED, HAS_READ, GONE };

static void sleep_ms(long ms)
{
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

/* Waits until *word is at least value; false when that does not happen. */
static bool wait_for(int *word, int value)
{
	for (int ms = 0; ms < PATIENCE_MS; ms++) {
		if (__atomic_load_n(word, __ATOMIC_ACQUIRE) >= value)
			return true;
		sleep_ms(1);
	}
	return false;
}

static void set(int *word, int value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static int get(int *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void scene_free(void *cookie, struct ref_page *page)
{
	struct scene *s = cookie;
	struct table *t = (struct table *)page;

	/* Relaxed: the detector must not add the order that the discipline has to give. */
	if (REF_READ_ONCE(s->walks) && REF_READ_ONCE(s->stage) < HAS_READ)
		REF_WRITE_ONCE(s->freed_under_walker, 1);
	for (size_t i = 0; i < 8; i++)
		t->words[i] = POISON;
	page->generation++;
	REF_WRITE_ONCE(s->freed, 1);
}

struct reader_args {
	struct scene *s;
	struct gather *g;
	unsigned long seen;
};

/* A walk that stops between the two loads until it is told to go on. */
static void parked_walk(struct reader_args *a)
{
	struct scene *s = a->s;
	struct table *t;
	int flags;

	gather_walk_begin(s->d, a->g);
	flags = s->rcu_walk ? (ref_rcu_read_lock(), 0) : ref_irq_save();
	t = ref_load_acquire(&s->entry);
	set(&s->stage, PARKED);
	while (!REF_READ_ONCE(s->unpark))
		ref_cpu_relax();
	a->seen = t->words[3];
	REF_WRITE_ONCE(s->stage, HAS_READ);
	if (s->rcu_walk)
		ref_rcu_read_unlock();
	else
		ref_irq_restore(flags);
	gather_walk_end(s->d, a->g);
}

/* A reader that is online but between walks: a freer that waits for walks need not wait for it. */
static void idle_outside(struct reader_args *a)
{
	struct scene *s = a->s;

	set(&s->stage, PARKED);
	while (!REF_READ_ONCE(s->unpark)) {
		gather_walk_begin(s->d, a->g);
		gather_walk_end(s->d, a->g);
		ref_cpu_relax();
	}
}

static void *reader_main(void *arg)
{
	struct reader_args *a = arg;
	struct scene *s = a->s;

	if (gather_reader_online(a->g)) {
		set(&s->error, 1);
		return NULL;
	}
	if (s->walks)
		parked_walk(a);
	else
		idle_outside(a);
	gather_reader_offline(a->g);
	set(&s->stage, GONE);
	return NULL;
}

/* The freer's thread owns the gather from beginning to end, and the reader. */
static void *freer_main(void *arg)
{
	struct scene *s = arg;
	struct reader_args reader = { .s = s };
	struct gather *g;
	pthread_t thread;

	if (gather_create(s->d, 1 + gather_max_batch() / 2, scene_free, s, &g)) {
		set(&s->error, 1);
		return NULL;
	}
	reader.g = g;
	if (s->fallback && gather_set_fallback(g, s->fallback))
		set(&s->error, 1);
	gather_set_failing(g, s->fallback ? 1 : 0, 0);
	pthread_create(&thread, NULL, reader_main, &reader);
	if (!wait_for(&s->stage, PARKED))
		set(&s->error, 1);

	ref_store_release(&s->entry, NULL);
	set(&s->flushing, 1);
	gather_remove_table(g, &s->table.page);
	gather_finish(g);
	set(&s->returned, 1);

	/* Without a worker of liburcu, callbacks run in the thread that calls gather_barrier(), so
	 * call it at once. */
	if (!s->d->deferred || s->d->needs_urcu)
		wait_for(&s->unpark, 1);
	gather_barrier(g);
	if (!REF_READ_ONCE(s->freed))
		set(&s->error, 1);
	gather_stats(g, &s->stats);
	pthread_join(thread, NULL);
	if (s->walks && reader.seen != GOOD)
		set(&s->freed_under_walker, 1);
	gather_destroy(g);
	return NULL;
}

static void scene_init(struct scene *s, const struct gather_discipline *d, bool walks)
{
	memset(s, 0, sizeof(*s));
	s->d = d;
	s->walks = walks;
	for (size_t i = 0; i < 8; i++)
		s->table.words[i] = GOOD;
	s->entry = &s->table;
}

static bool sends(const struct gather_discipline *d)
{
	return d->invalidate;
}

static void good_waits(const struct gather_discipline *d)
{
	bool returns = d->deferred && !sends(d);
	struct scene s;
	pthread_t freer;

	scene_init(&s, d, true);
	pthread_create(&freer, NULL, freer_main, &s);
	ok(wait_for(&s.flushing, 1), "%s: reader parked inside its walk, freer flushes", d->name);
	sleep_ms(HOLD_MS);
	ok(!get(&s.freed), "%s: the table is not freed while the reader is parked", d->name);
	ok(returns ? wait_for(&s.returned, 1) : !get(&s.returned), "%s: the flush %s", d->name,
	   returns ? "returns and leaves the wait to a callback"
		   : "does not return while the reader is parked");
	set(&s.unpark, 1);
	ok(wait_for(&s.freed, 1), "%s: the table is freed once the reader has left", d->name);
	pthread_join(freer, NULL);
	ok(!s.freed_under_walker && !s.error, "%s: the reader never read a freed table", d->name);
	ok(s.stats.tables_freed == 1 && s.stats.waiting_peak == 1 &&
		   s.stats.callbacks == d->deferred && s.stats.ipis_sent == sends(d) &&
		   s.stats.tlb_flushes == 1,
	   "%s: one table, one flush, %u callback, %u interrupt", d->name, d->deferred, sends(d));
}

/*
 * Tests the suite's own detectors. ThreadSanitizer would rightly report the race as well, so this
 * runs only in builds without it.
 */
static void busted_is_caught(const struct gather_discipline *d)
{
#ifdef __SANITIZE_THREAD__
	tap_skip("%s frees under a walker, which is a data race", d->name);
#else
	struct scene s;
	pthread_t freer;

	scene_init(&s, d, true);
	pthread_create(&freer, NULL, freer_main, &s);
	ok(wait_for(&s.freed, 1), "%s: frees the table while the reader is parked", d->name);
	ok(get(&s.stage) == PARKED, "%s: the reader is still inside its walk", d->name);
	set(&s.unpark, 1);
	pthread_join(freer, NULL);
	ok(s.freed_under_walker && !s.error, "%s: caught: the reader read a freed table", d->name);
#endif
}

/*
 * Without memory for a batch: an interrupt waits for a walker that has interrupts off, a grace
 * period for a walker in either kind of section.
 */
static void fallback_waits(const struct gather_discipline *d, const struct gather_fallback *fb,
			   bool rcu_walk)
{
	const char *who = rcu_walk ? "a reader under rcu_read_lock()"
				   : "a walk with interrupts off";
	bool returns = !strcmp(fb->name, "rcu_per_table") && !(sends(d) && !rcu_walk);
	struct scene s;
	pthread_t freer;

	scene_init(&s, d, true);
	s.fallback = fb;
	s.rcu_walk = rcu_walk;
	pthread_create(&freer, NULL, freer_main, &s);
	ok(wait_for(&s.flushing, 1), "%s, %s: %s is parked", d->name, fb->name, who);
	sleep_ms(HOLD_MS);
	ok(!get(&s.freed) && (returns ? wait_for(&s.returned, 1) : !get(&s.returned)), "%s, %s: %s",
	   d->name, fb->name, returns ? "returns, and the table waits" : "waits");
	set(&s.unpark, 1);
	pthread_join(freer, NULL);
	ok(get(&s.freed) && !s.freed_under_walker && !s.error && s.stats.fallbacks == 1,
	   "%s, %s: the reader never read a freed table", d->name, fb->name);
}

/* A fallback that does not wait for that reader. */
static void fallback_frees_under(const struct gather_discipline *d,
				 const struct gather_fallback *fb, bool rcu_walk)
{
#ifdef __SANITIZE_THREAD__
	tap_skip("%s, %s frees under a reader, which is a data race", d->name, fb->name);
#else
	struct scene s;
	pthread_t freer;

	scene_init(&s, d, true);
	s.fallback = fb;
	s.rcu_walk = rcu_walk;
	pthread_create(&freer, NULL, freer_main, &s);
	ok(wait_for(&s.freed, 1) && get(&s.stage) == PARKED, "%s, %s: the table is freed under %s",
	   d->name, fb->name, rcu_walk ? "rcu_read_lock()" : "a walk with interrupts off");
	set(&s.unpark, 1);
	pthread_join(freer, NULL);
	ok(s.freed_under_walker && !s.error, "%s, %s: caught: the reader read a freed table",
	   d->name, fb->name);
#endif
}

/* Whether the freer waits for that reader. sync_ipi is tlb_remove_table_sync_one(), which waits for
 * interrupts alone, so that Linux up to 6.18 frees the table under rcu_read_lock(). */
static bool waits_for(const struct gather_discipline *d, const struct gather_fallback *fb,
		      bool rcu_walk)
{
	if (rcu_walk)
		return !fb->busted && strcmp(fb->name, "sync_ipi");
	return !fb->busted || sends(d);
}

static void fallbacks(const struct gather_discipline *d)
{
	for (size_t i = 0; i < gather_nr_fallbacks(); i++) {
		const struct gather_fallback *fb = gather_fallback_at(i);

		if (!fb->needs_rcu)
			continue;
		for (int rcu_walk = 0; rcu_walk < 2; rcu_walk++)
			if (waits_for(d, fb, rcu_walk))
				fallback_waits(d, fb, rcu_walk);
			else
				fallback_frees_under(d, fb, rcu_walk);
	}
}

/* The flush must not wait for a reader that is between walks. */
static void outside_is_not_waited_for(const struct gather_discipline *d)
{
	struct scene s;
	pthread_t freer;

	scene_init(&s, d, false);
	pthread_create(&freer, NULL, freer_main, &s);
	ok(wait_for(&s.freed, 1) && get(&s.stage) >= PARKED,
	   "%s: a reader outside a walk does not hold up the table", d->name);
	set(&s.unpark, 1);
	pthread_join(freer, NULL);
	ok(!s.error, "%s: and goes offline in peace", d->name);
}

struct counter {
	unsigned long freed;
	struct ref_page *last;
	bool in_order;
};

static void count_free(void *cookie, struct ref_page *page)
{
	struct counter *c = cookie;

	if (c->last && page != c->last + 1)
		c->in_order = false;
	c->last = page;
	__atomic_fetch_add(&c->freed, 1, __ATOMIC_RELEASE);
}

/* Every number that the report may show, without readers. */
static void batches(const struct gather_discipline *d)
{
	const unsigned max = gather_max_batch(), nr = 3 * max + 7;
	struct ref_page *pages = calloc(nr, sizeof(*pages));
	struct counter c = { .in_order = true };
	struct gather_stats stats;
	uint64_t callbacks;
	struct gather *g;

	if (!ok(!gather_create(d, max, count_free, &c, &g), "%s: created", d->name))
		goto out;
	for (unsigned i = 0; i < max - 1; i++)
		gather_remove_table(g, pages + i);
	gather_barrier(g);
	ok(c.freed == 0, "%s: nothing is freed before a batch of %u is full", d->name, max);
	for (unsigned i = max - 1; i < nr; i++)
		gather_remove_table(g, pages + i);
	gather_barrier(g);
	ok(c.freed == 3 * max, "%s: three full batches were flushed", d->name);
	gather_finish(g);
	gather_finish(g);
	gather_barrier(g);
	ok(c.freed == nr && c.in_order, "%s: finish flushes the rest, each table once", d->name);
	gather_stats(g, &stats);
	callbacks = !d->deferred ? 0 : !strcmp(d->name, "rcu_per_table") ? nr : 4;
	ok(stats.tables_freed == nr && stats.callbacks == callbacks && stats.tlb_flushes == 4,
	   "%s: stats: %llu tables, %llu callbacks", d->name,
	   (unsigned long long)stats.tables_freed, (unsigned long long)stats.callbacks);
	ok(d->deferred ? stats.waiting_peak >= max && stats.waiting_peak <= nr
		       : stats.waiting_peak == max,
	   "%s: stats: at most %llu waited", d->name, (unsigned long long)stats.waiting_peak);
	gather_destroy(g);
out:
	free(pages);
}

/* Without memory for a batch, the gather waits for that table at once, and then frees it. */
static void without_memory(const struct gather_discipline *d)
{
	struct ref_page pages[3] = { 0 };
	struct counter c = { .in_order = true };
	struct gather_stats stats;
	struct gather *g;

	if (!ok(!gather_create(d, 4, count_free, &c, &g), "%s: created", d->name))
		return;
	gather_set_failing(g, 1, 0);
	gather_remove_table(g, pages);
	ok(c.freed == 1, "%s: without a batch, a table is freed by itself at once", d->name);
	gather_remove_table(g, pages + 1);
	gather_set_failing(g, 0, 0);
	gather_remove_table(g, pages + 2);
	ok(c.freed == 2, "%s: with memory again, it waits for its batch", d->name);
	gather_finish(g);
	gather_barrier(g);
	gather_stats(g, &stats);
	ok(stats.tables_freed == 3 && c.in_order, "%s: each freed once", d->name);
	gather_destroy(g);
}

static unsigned long failed(unsigned every, uint64_t seed, uint64_t *pattern)
{
	static struct ref_page pages[64];
	struct counter c = { .in_order = true };
	struct gather_stats stats;
	uint64_t before = 0;
	struct gather *g;

	*pattern = 0;
	if (gather_create(gather_discipline_find("ipi_signal"), 1, count_free, &c, &g))
		return 0;
	gather_set_failing(g, every, seed);
	for (unsigned i = 0; i < 64; i++) {
		gather_remove_table(g, &pages[i]);
		gather_stats(g, &stats);
		*pattern = *pattern << 1 | (stats.fallbacks - before);
		before = stats.fallbacks;
	}
	gather_destroy(g);
	return c.freed == 64 ? stats.fallbacks : 0;
}

/* The same allocations fail each time. */
static void failing_allocations(void)
{
	uint64_t none, half, all, once, again, other;
	unsigned long nr = failed(0, 0, &none) + failed(1, 0, &all);

	ok(nr == 64 && !none && all == ~0ULL, "allocations fail not at all, or all of them");
	nr = failed(2, 0, &half);
	ok(nr == 32 && half == 0x5555555555555555ULL, "or every second one");
	nr = failed(3, 7, &once);
	failed(3, 7, &again);
	failed(3, 8, &other);
	ok(nr > 8 && nr < 40 && once == again && other != once,
	   "or one in three, %lu of 64, by a seed: %llx", nr, (unsigned long long)once);
}

static void errors(const struct gather_discipline *d)
{
	struct gather *g = (void *)1;

	ok(gather_create(NULL, 1, count_free, NULL, &g) == -EINVAL && !g, "no discipline: refused");
	ok(gather_create(d, 1, NULL, NULL, &g) == -EINVAL && !g, "no free function: refused");
	ok(gather_create(d, 0, count_free, NULL, &g) == -EINVAL && !g, "a batch of 0: refused");
	ok(gather_create(d, GATHER_BATCH_LIMIT + 1, count_free, NULL, &g) == -EINVAL && !g,
	   "more than a batch holds: refused");
	ok(!gather_discipline_find("no_such") && !gather_discipline_find("") &&
		   !gather_discipline_at(gather_nr_disciplines()),
	   "unknown disciplines are not found");
	gather_destroy(NULL);
	ok(gather_max_batch() == 4096 / sizeof(void *) - 3,
	   "a batch holds %u tables: a page less the three words of the kernel's header",
	   gather_max_batch());
}

/* Each row has the name, the mark and the place that the list gives it. */
static void rows(void)
{
	static const struct {
		const char *name, *means;
		bool busted;
	} list[] = {
#define IS_GOOD(name, label, means) { #name, means, false },
#define IS_BUSTED(name, label, means) { #name, means, true },
		GATHER_DISCIPLINES(IS_GOOD, IS_BUSTED)
	};

	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		const struct gather_discipline *d = gather_discipline_at(i);

		ok(!strcmp(d->name, list[i].name) && d->busted == list[i].busted &&
			   gather_discipline_find(d->name) == d,
		   "%s%s: %s", d->name, d->busted ? " (busted)" : "", list[i].means);
	}
}

/* membarrier(2) is an option of the kernel, and guests' are small. */
static bool available(const struct gather_discipline *d)
{
	struct gather *g;

	if (gather_create(d, 1, count_free, NULL, &g) == -ENOSYS) {
		tap_skip("%s: the kernel lacks what it needs", d->name);
		return false;
	}
	gather_destroy(g);
	return true;
}

void gather_suite_run(void)
{
	alarm(60); /* after a lost acknowledgement the freer would wait forever */
	errors(gather_discipline_find("ipi_signal"));
	rows();
	for (size_t i = 0; i < gather_nr_disciplines(); i++) {
		const struct gather_discipline *d = gather_discipline_at(i);

		if (!available(d))
			continue;
		batches(d);
		without_memory(d);
		if (d->busted)
			busted_is_caught(d);
		else
			good_waits(d);
		outside_is_not_waited_for(d);
		if (d->deferred)
			fallbacks(d);
	}
	failing_allocations();
}

int gather_suite_done(void)
{
	return tap_done();
}
