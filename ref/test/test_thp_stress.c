// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reader threads run beside a splitter, and beside an owner of the address space that maps, unmaps,
 * splits PMDs, collapses and faults. The test goes in rounds: at the end of each all threads stop,
 * the readers still holding pages, and every reference has to have its holder.
 *
 * Freed memory is poisoned: a page that is held must not be poisoned, and a walker that reads a
 * freed table races with the poison, which ThreadSanitizer sees.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../scripts/tap.h"
#include "../gup/walk.h"
#include "../pgtable/fmt_x86_64.h"
#include "../thp/collapse.h"
#include "../thp/split.h"
#include "gup_suite.h"

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#else
#define SANITIZED false
#endif

#define PAGE 4096ULL
#define HUGE (512 * PAGE)
#define FIRST (4 * HUGE)
#define NR_RANGES 3 /* anonymous ranges; the range behind them is a file's */
#define NR_READERS 2
#define NR_HELD 24
#define NR_OPS 150 /* of each thread in a round */
#define NR_FRAMES 8192
#define POISON 0xf4eedf4eedf4eed0ULL /* taken as an entry, it is not present */

/* Yields between steps, to widen narrow windows. */
static void yield(struct ref_page *page)
{
	static __thread unsigned calls;

	if (calls++ % 8 == 0)
		sched_yield();
}

#define STEPS .design = GUP_OFFSET_LOCKLESS, .before_get = yield, .before_head = yield
GUP_WALKER(x86_64_4k_48, stress, STEPS)
GUP_WALKER(x86_64_4k_48, stress_get_after_recheck, STEPS, .get_after_recheck = true)

#define SPLIT_STEPS .before_freeze = yield, .frozen = yield, .before_remap = yield

static int split_good(struct ref_page *page)
{
	static const struct thp_split_variant v = { SPLIT_STEPS };

	return thp_split_folio(&v, page);
}

static int collapse(struct ref_mm *mm, uint64_t addr)
{
	static const struct thp_collapse_variant v = { .copy_words = 1 };

	return thp_collapse_range(&v, mm, addr, NULL, NULL);
}

/* ---- the threads ---- */

enum { SPLITTER = NR_READERS, OWNER, NR_THREADS };

struct worker {
	struct arena *a;
	pthread_t thread;
	uint64_t seed;
	struct ref_page *held[NR_HELD];
	uint32_t generation[NR_HELD];
	unsigned nr_held;
	/* What the thread has seen. */
	unsigned long done, busy, foreign, poisoned, freed;
};

struct arena {
	struct ref_mm *mm;
	struct thp_file *file;
	gup_fast_fn fast;
	thp_split_fn split;
	pthread_barrier_t begin, end;
	bool stop; /* before a round */
	struct worker w[NR_THREADS];
};

static uint64_t random_addr(struct worker *w)
{
	return FIRST + suite_rand(&w->seed) % ((NR_RANGES + 1) * 512) * PAGE;
}

/* Is this page, which we hold, one that is mapped at that address? */
static bool belongs(const struct arena *a, struct ref_page *page, uint64_t addr)
{
	struct ref_page *folio = ref_page_folio(page);
	void *mapping = REF_READ_ONCE(folio->mapping);
	uint64_t index = folio->index + (uint64_t)(page - folio);

	if (!mapping) /* truncated since */
		return addr >= a->file->addr;
	return index == (mapping == a->file ? addr - a->file->addr : addr) / PAGE;
}

static void look(struct worker *w, unsigned i)
{
	struct ref_page *page = w->held[i];

	w->poisoned += REF_READ_ONCE(*thp_page_mem(w->a->mm, page)) == POISON;
	w->freed += REF_READ_ONCE(page->generation) != w->generation[i] ||
		    REF_READ_ONCE(ref_page_folio(page)->refcount) <= 0;
}

static void put_some(struct worker *w, unsigned keep)
{
	while (w->nr_held > keep) {
		look(w, --w->nr_held);
		gup_put(&w->held[w->nr_held], 1);
	}
}

static void read_some(struct worker *w)
{
	uint64_t addr = random_addr(w);
	unsigned long nr;

	put_some(w, (unsigned)(suite_rand(&w->seed) % (NR_HELD - 8)));
	nr = w->a->fast(w->a->mm, addr, 1 + suite_rand(&w->seed) % 8, 0, w->held + w->nr_held);
	for (unsigned long i = 0; i < nr; i++) {
		struct ref_page *page = w->held[w->nr_held];

		w->foreign += !belongs(w->a, page, addr + i * PAGE);
		w->generation[w->nr_held] = REF_READ_ONCE(page->generation);
		look(w, w->nr_held++);
	}
	w->done += nr;
}

/* Splits a folio found through the page tables, with a reference and the lock as a caller of
 * split_huge_page(). */
static void split_some(struct worker *w)
{
	struct ref_page *page, *folio;
	int err;

	if (!w->a->fast(w->a->mm, random_addr(w), 1, 0, &page))
		return;
	folio = ref_page_folio(page);
	if (REF_READ_ONCE(folio->nr) > 1 && thp_trylock(folio)) {
		err = w->a->split(page);
		w->done += !err;
		w->busy += err == -EAGAIN;
		thp_unlock(ref_page_folio(page));
	}
	gup_put(&page, 1);
}

static void map_small(struct ref_mm *mm, uint64_t addr)
{
	ref_spin_lock(&mm->page_table_lock);
	pgt_map(mm, addr, PGT_PTE, true);
	ref_spin_unlock(&mm->page_table_lock);
}

static void own_some(struct worker *w)
{
	struct arena *a = w->a;
	uint64_t addr = random_addr(w), huge = addr & ~(HUGE - 1);
	int err;

	if (addr >= a->file->addr) {
		thp_file_fault(a->file, addr);
		return;
	}
	switch (suite_rand(&w->seed) % 8) {
	case 0:
		thp_map(a->mm, huge, true);
		break;
	case 1:
		thp_unmap(a->mm, addr, NULL, NULL);
		break;
	case 2:
		thp_split_pmd(a->mm, huge);
		break;
	case 3:
		map_small(a->mm, addr);
		break;
	default:
		err = collapse(a->mm, huge);
		w->done += !err;
		w->busy += err == -EAGAIN;
	}
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct arena *a = w->a;
	unsigned self = (unsigned)(w - a->w);

	ref_thread_online();
	for (;;) {
		pthread_barrier_wait(&a->begin);
		if (a->stop)
			break;
		for (unsigned i = 0; i < NR_OPS; i++) {
			if (self < NR_READERS)
				read_some(w);
			else if (self == SPLITTER)
				split_some(w);
			else
				own_some(w);
		}
		pthread_barrier_wait(&a->end);
	}
	ref_thread_offline();
	return NULL;
}

/* ---- rounds ---- */

static void on_memory(void *p, size_t size, const char *what)
{
	/* All words of a table, one word of a frame. */
	size_t step = what && what[0] == 't' ? 1 : PAGE / 8;

	for (size_t i = 0; i < size / 8; i += step)
		REF_WRITE_ONCE(((uint64_t *)p)[i], what ? POISON : 0);
}

static bool balanced(struct arena *a)
{
	struct ref_page *held[NR_READERS * NR_HELD];
	size_t nr = 0;
	char why[128];
	bool is;

	for (unsigned i = 0; i < NR_READERS; i++)
		for (unsigned n = 0; n < a->w[i].nr_held; n++)
			held[nr++] = a->w[i].held[n];
	is = thp_balanced(a->mm, held, nr, why, sizeof(why));
	if (!is)
		diag("%s", why);
	return is;
}

static unsigned long wrong(const struct arena *a)
{
	unsigned long n = 0;

	for (unsigned i = 0; i < NR_READERS; i++)
		n += a->w[i].foreign + a->w[i].poisoned + a->w[i].freed;
	return n;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static bool begin(struct arena *a, gup_fast_fn fast, thp_split_fn split)
{
	struct pgt_opts opts = { "x86_64-4k-48", 0, NR_FRAMES };
	uint64_t seed = suite_seed();

	*a = (struct arena){ .fast = fast, .split = split };
	if (ref_mm_create(&opts, &a->mm) ||
	    thp_file_create(a->mm, FIRST + NR_RANGES * HUGE, 512, &a->file))
		return false;
	for (unsigned i = 0; i < NR_RANGES; i++)
		thp_map(a->mm, FIRST + i * HUGE, true);
	pthread_barrier_init(&a->begin, NULL, NR_THREADS + 1);
	pthread_barrier_init(&a->end, NULL, NR_THREADS + 1);
	for (unsigned i = 0; i < NR_THREADS; i++) {
		a->w[i].a = a;
		a->w[i].seed = suite_rand(&seed);
		pthread_create(&a->w[i].thread, NULL, work, &a->w[i]);
	}
	return true;
}

/* Runs until an error is seen, or the time is over and all events have been seen. */
static bool run(struct arena *a, double seconds)
{
	double until = now() + seconds, limit = now() + 20;
	bool right = true;

	for (unsigned round = 1; right && now() < limit; round++) {
		const struct worker *w = a->w;

		pthread_barrier_wait(&a->begin);
		pthread_barrier_wait(&a->end);
		right = balanced(a) && !wrong(a);
		if (now() > until && w[0].done && w[SPLITTER].done && w[SPLITTER].busy &&
		    w[OWNER].done && w[OWNER].busy)
			break;
		if (round % 4 || !right)
			continue;
		/* Makes a new file; readers go on holding pages of the old one. */
		thp_file_destroy(a->file);
		if (thp_file_create(a->mm, FIRST + NR_RANGES * HUGE, 512, &a->file))
			right = false;
	}
	a->stop = true;
	pthread_barrier_wait(&a->begin);
	for (unsigned i = 0; i < NR_THREADS; i++)
		pthread_join(a->w[i].thread, NULL);
	return right;
}

static void end(struct arena *a, bool put)
{
	for (unsigned i = 0; put && i < NR_READERS; i++)
		put_some(&a->w[i], 0);
	diag("%lu pages read, %lu foreign, %lu poisoned, %lu freed; splits: %lu, %lu in vain; "
	     "collapses: %lu, %lu in vain",
	     a->w[0].done + a->w[1].done, a->w[0].foreign + a->w[1].foreign,
	     a->w[0].poisoned + a->w[1].poisoned, a->w[0].freed + a->w[1].freed,
	     a->w[SPLITTER].done, a->w[SPLITTER].busy, a->w[OWNER].done, a->w[OWNER].busy);
	if (put)
		thp_file_destroy(a->file);
	else
		ref_free(a->file);
	pthread_barrier_destroy(&a->begin);
	pthread_barrier_destroy(&a->end);
}

static void test_good(void)
{
	static struct arena a;
	bool right;

	if (!begin(&a, gup_fast_x86_64_4k_48_stress, split_good)) {
		ok(false, "no memory");
		return;
	}
	right = run(&a, 1.5);
	end(&a, true);
	ok(right && a.w[SPLITTER].done && a.w[SPLITTER].busy && a.w[OWNER].done && a.w[OWNER].busy,
	   "readers, a splitter and a collapser: every reference has a holder in every round, and "
	   "nothing held is freed");
	ok(balanced(&a), "and when all is put");
	ref_mm_destroy(a.mm);
}

/* Runs in a child: a wrong reference may kill it. */
static int busted_child(gup_fast_fn fast)
{
	static struct arena a;
	bool seen;

	if (ref_thread_online() || !begin(&a, fast, split_good))
		return 2;
	seen = !run(&a, 20);
	end(&a, false);
	fflush(stdout);
	return seen ? 0 : 1;
}

static void test_busted(const char *what, gup_fast_fn fast)
{
	int status = 0;
	pid_t pid;

	if (SANITIZED) {
		tap_skip("%s: its races would be reported", what);
		return;
	}
	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(busted_child(fast));
	waitpid(pid, &status, 0);
	ok(pid > 0 && (WIFSIGNALED(status) || WEXITSTATUS(status) == 0), "%s: seen", what);
}

int main(void)
{
	int err = ref_thread_online();

	if (err) {
		tap_skip("no membarrier");
		return tap_done();
	}
	ref_mem_hook = on_memory;
	test_good();
	ref_thread_offline();
	test_busted("reference after the recheck", gup_fast_x86_64_4k_48_stress_get_after_recheck);
	return tap_done();
}
