// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Walkers beside a builder that maps and unmaps all the time: a page that is held is the page of
 * its address, and stays so until it is put.
 */
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "../../scripts/tap.h"
#include "../pgtable/mm.h"
#include "gup_suite.h"
#include "gup_variants.h"

#define PAGE 4096ULL
#define SMALL 64 /* pages mapped one by one */
#define LARGE 3	 /* huge leaves */
#define NR_READERS 2

/* Two of the large leaves fit at once, so that their frames are the small pages' next. */
#define NR_FRAMES ((size_t)2048)

struct arena {
	struct ref_mm *mm;
	uint64_t small, large; /* where the small and the large mappings begin */
	gup_fast_fn fast;
	uint64_t seed;
	int stop;
	/* What the readers saw; each adds its counts when it ends. */
	unsigned long walks, pages, foreign, freed;
};

/* Widens the window between the load of an entry and the try-get. */
static void hook_yield(struct ref_page *page)
{
	static __thread unsigned calls;

	if (calls++ % 4 == 0)
		sched_yield();
}

/* Is this page, which we hold, mapped for that address? */
static bool belongs(const struct arena *a, const struct ref_page *page, uint64_t addr)
{
	const struct ref_page *head = page->head;

	return head->mapping == (char *)a->mm + REF_MAPPING_ANON &&
	       head->index + (uint64_t)(page - head) == addr / PAGE;
}

static void one_walk(struct arena *a, uint64_t *seed, unsigned long *nr_pages,
		     unsigned long *foreign, unsigned long *freed)
{
	struct ref_page *pages[SMALL];
	uint32_t generation[SMALL];
	unsigned long nr = 1 + suite_rand(seed) % 8;
	uint64_t start = a->small + suite_rand(seed) % (SMALL - 8) * PAGE;

	if (suite_rand(seed) % 4 == 0)
		start = a->large + suite_rand(seed) % (LARGE * 256) * PAGE;
	nr = a->fast(a->mm, start, nr, 0, pages);
	for (unsigned long i = 0; i < nr; i++) {
		*foreign += !belongs(a, pages[i], start + i * PAGE);
		generation[i] = REF_READ_ONCE(pages[i]->generation);
	}
	sched_yield();
	for (unsigned long i = 0; i < nr; i++)
		*freed += REF_READ_ONCE(pages[i]->generation) != generation[i] ||
			  REF_READ_ONCE(ref_page_folio(pages[i])->refcount) <= 0;
	*nr_pages += nr;
	gup_put(pages, nr);
}

static void *reader(void *arg)
{
	struct arena *a = arg;
	unsigned long walks = 0, pages = 0, foreign = 0, freed = 0;
	uint64_t seed = ref_fetch_add(&a->seed, 1);

	while (!REF_READ_ONCE(a->stop)) {
		one_walk(a, &seed, &pages, &foreign, &freed);
		walks++;
		/* Relaxed: the count must not order accesses that the walkers do not order. */
		__atomic_fetch_add(&a->pages, pages, __ATOMIC_RELAXED);
		pages = 0;
		if (foreign) /* one wrong page is enough */
			break;
	}
	ref_fetch_add(&a->walks, walks);
	ref_fetch_add(&a->foreign, foreign);
	ref_fetch_add(&a->freed, freed);
	return NULL;
}

static void build(struct arena *a, uint64_t *seed)
{
	uint64_t pmd = 1ULL << pgt_level_shift(a->mm, PGT_PMD);
	uint64_t addr = a->small + suite_rand(seed) % SMALL * PAGE;
	enum pgt_level leaf = PGT_PTE;

	if (suite_rand(seed) % 16 == 0) {
		addr = a->large + suite_rand(seed) % LARGE * pmd;
		leaf = PGT_PMD;
	}
	if (pgt_unmap(a->mm, addr))
		pgt_map(a->mm, addr, leaf, true);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Runs until a page was wrong, `pages` were held and as many changes made, or `seconds` are over.
 */
static void run(struct arena *a, const struct suite_shape *s, gup_fast_fn fast, unsigned long pages,
		double seconds)
{
	struct pgt_opts opts = { s->format, s->levels, NR_FRAMES };
	pthread_t threads[NR_READERS];
	unsigned long changes = 0;
	uint64_t seed;
	double end;

	*a = (struct arena){ .fast = fast, .seed = suite_seed() };
	if (ref_mm_create(&opts, &a->mm))
		return;
	a->small = suite_boundary(a->mm, PGT_PMD) - SMALL / 2 * PAGE;
	a->large = suite_boundary(a->mm, PGT_PMD) + (8ULL << pgt_level_shift(a->mm, PGT_PMD));
	seed = a->seed++;
	for (unsigned i = 0; i < NR_READERS; i++)
		pthread_create(&threads[i], NULL, reader, a);
	end = now() + seconds;
	while (now() < end && !REF_READ_ONCE(a->foreign) &&
	       (changes < pages || REF_READ_ONCE(a->pages) < pages)) {
		for (unsigned i = 0; i < 64; i++, changes++)
			build(a, &seed);
		sched_yield(); /* there may be only two CPUs */
	}
	REF_WRITE_ONCE(a->stop, 1);
	for (unsigned i = 0; i < NR_READERS; i++)
		pthread_join(threads[i], NULL);
	for (unsigned i = 0; i < SMALL; i++)
		pgt_unmap(a->mm, a->small + i * PAGE);
	for (unsigned i = 0; i < LARGE; i++)
		pgt_unmap(a->mm, a->large + ((uint64_t)i << pgt_level_shift(a->mm, PGT_PMD)));
}

static bool held_right(struct arena *a)
{
	size_t leaked = suite_leaked(a->mm);

	diag("%lu walks, %lu pages, %lu foreign, %lu freed while held, %zu leaked", a->walks,
	     a->pages, a->foreign, a->freed, leaked);
	return a->pages && !a->foreign && !a->freed && !leaked;
}

static void test_design(const struct suite_shape *s, const char *design)
{
	const struct gup_walker *w = gup_walker_find(s->format, design);
	struct arena a;

	run(&a, s, w->fast, 4000, 20);
	ok(held_right(&a), "%s %s: every page is its address's, and none is freed while it is held",
	   suite_name(s), design);
	ref_mm_destroy(a.mm);
}

static void test_recheck(const struct suite_shape *s)
{
	struct arena a;

	gup_test_before_get = hook_yield;
	run(&a, s, gup_test_variant_find("hooked", s->format), 4000, 20);
	ok(held_right(&a), "%s: nor with the window before the try-get held open", suite_name(s));
	ref_mm_destroy(a.mm);
	run(&a, s, gup_test_variant_find("hooked_no_entry_recheck", s->format), -1UL, 20);
	ok(a.foreign, "%s: without the entry recheck another address's page comes back",
	   suite_name(s));
	diag("after %lu walks", a.walks);
	ref_mm_destroy(a.mm);
	gup_test_before_get = NULL;
}

int main(void)
{
	struct suite_shape shapes[SUITE_MAX_SHAPES];
	size_t nr = suite_shapes(shapes);

	for (size_t i = 0; i < nr; i++) {
		/* Not on i386's two levels either: no design sees a huge leaf change there. */
		if (!gup_test_variant_find("hooked", shapes[i].format) ||
		    gup_walker_find(shapes[i].format, "offset_lockless")->rechecks_copy)
			continue;
		/* With 2 levels this design rechecks a copy: test_gup_recheck tests that. */
		if (shapes[i].levels != 2)
			test_design(&shapes[i], "addr_end_global");
		test_design(&shapes[i], "offset_lockless");
		test_recheck(&shapes[i]);
	}
	return tap_done();
}
