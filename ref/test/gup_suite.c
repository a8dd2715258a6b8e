// SPDX-License-Identifier: GPL-2.0-or-later
/* Ranges and layouts for the walkers, and the verdict on each walk. */
#include "gup_suite.h"

#include <array_size.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../pgtable/mm.h"

#define HALF 4
#define WINDOW (2 * HALF)
#define MAX_NR 1024

size_t suite_shapes(struct suite_shape *shapes)
{
	size_t nr = 0;

	for (size_t i = 0; i < pgt_nr_formats(); i++) {
		const char *name = pgt_format_name(i);

		if (!pgt_format_folds_per_mm(name))
			shapes[nr++] = (struct suite_shape){ name, 0 };
		else
			for (unsigned l = 2; l <= 5; l++)
				shapes[nr++] = (struct suite_shape){ name, l };
	}
	return nr;
}

const char *suite_name(const struct suite_shape *s)
{
	static char name[64];

	snprintf(name, sizeof(name), s->levels ? "%s/%u" : "%s", s->format, s->levels);
	return name;
}

static struct ref_mm *mm_of(const struct suite_shape *s, size_t nr_frames)
{
	struct pgt_opts opts = { s->format, s->levels, nr_frames };
	struct ref_mm *mm;
	int err = ref_mm_create(&opts, &mm);

	if (err) {
		fprintf(stderr, "cannot make an mm of %s: %s\n", suite_name(s), strerror(-err));
		exit(1);
	}
	return mm;
}

/* An mm with room for two leaves beside each other, and for their tables. */
struct ref_mm *suite_mm_for(const struct suite_shape *s, enum pgt_level largest)
{
	struct ref_mm *mm = mm_of(s, 64);
	unsigned shift = pgt_level_shift(mm, largest), page_shift = pgt_page_shift(mm);

	ref_mm_destroy(mm);
	return mm_of(s, ((size_t)4 << (shift > page_shift ? shift - page_shift : 0)) + 8192);
}

struct ref_mm *suite_mm(const struct suite_shape *s)
{
	return suite_mm_for(s, PGT_PMD);
}

uint64_t suite_page(const struct ref_mm *mm)
{
	return 1ULL << pgt_page_shift(mm);
}

uint64_t suite_rand(uint64_t *seed)
{
	/* splitmix64: Steele, Lea and Flood, 2014 */
	uint64_t z = (*seed += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

uint64_t suite_seed(void)
{
	const char *env = getenv("PTBENCH_SEED");
	unsigned long long seed;
	struct timespec ts;
	char *end;

	if (env) {
		seed = strtoull(env, &end, 0);
		if (*env >= '0' && *env <= '9' && !*end)
			return seed;
		fprintf(stderr,
			"PTBENCH_SEED=%s: is not a number; unset it, or take the one that a "
			"failed run has printed\n",
			env);
		exit(2);
	}
	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

/* ---- one walk ---- */

static bool range_exists(struct ref_mm *mm, uint64_t start, unsigned long nr)
{
	uint64_t room = pgt_last_addr(mm) - start + 1;

	return start <= pgt_last_addr(mm) && nr <= room / suite_page(mm);
}

/* The number of pages that the walk has to return: the leading ones that are mapped, permitted and
 * not frozen. */
static unsigned long expected(struct ref_mm *mm, uint64_t start, unsigned long nr, unsigned flags,
			      struct ref_page **pages)
{
	unsigned long i;

	if (!range_exists(mm, start, nr))
		return 0;
	for (i = 0; i < nr; i++) {
		struct ref_page *p = pgt_lookup(mm, start + i * suite_page(mm), flags & GUP_WRITE);

		if (!p || !p->head->refcount)
			break;
		pages[i] = p;
	}
	return i;
}

/* At rest each mapped folio has one reference; n of its pages held make it 1 + n. */
static struct ref_page *miscounted(struct ref_page **pages, unsigned long nr, bool held)
{
	for (unsigned long i = 0, n; i < nr; i += n) {
		struct ref_page *head = pages[i]->head;

		for (n = 1; i + n < nr && pages[i + n]->head == head; n++)
			;
		if (head->refcount != 1 + (held ? (int)n : 0))
			return pages[i];
	}
	return NULL;
}

static void note(struct suite_tally *t, uint64_t start, unsigned long nr, unsigned flags,
		 const char *what, long long a, long long b)
{
	if (t->wrong++)
		return;
	snprintf(t->first, sizeof(t->first), "%lu pages from 0x%llx%s: %s %lld, expected %lld", nr,
		 (unsigned long long)start, flags & GUP_WRITE ? " for writing" : "", what, a, b);
}

static void one_walk(struct ref_mm *mm, struct suite_subject *s, uint64_t start, unsigned long nr,
		     unsigned flags, struct ref_page **want, unsigned long nr_want)
{
	static struct ref_page *got[MAX_NR + 1];
	struct ref_page *const canary = (struct ref_page *)&canary;
	struct suite_tally *t = &s->tally;
	struct ref_page *bad;
	unsigned long nr_got, i;

	got[nr] = canary;
	nr_got = s->fast(mm, start, nr, flags, got);
	t->walks++;
	t->pages += nr_got;
	for (i = 0; i < nr_got && i < nr_want && got[i] == want[i]; i++)
		;
	if (got[nr] != canary)
		note(t, start, nr, flags, "pages written past", 1, 0);
	else if (nr_got != nr_want)
		note(t, start, nr, flags, "pages returned", (long long)nr_got, (long long)nr_want);
	else if (i < nr_got)
		note(t, start, nr, flags, "frame", (long long)ref_page_index(mm, got[i]),
		     (long long)ref_page_index(mm, want[i]));
	else if ((bad = miscounted(got, nr_got, true)))
		note(t, start, nr, flags, "references held of its first such folio",
		     bad->head->refcount - 1, -1);
	gup_put(got, nr_got);
	bad = miscounted(want, nr_want, false);
	if (bad)
		note(t, start, nr, flags, "references after put", bad->head->refcount, 1);
}

void suite_walk(struct ref_mm *mm, struct suite_subject *s, size_t nr_subjects, uint64_t start,
		unsigned long nr, unsigned flags)
{
	static struct ref_page *want[MAX_NR + 1];
	unsigned long nr_want = expected(mm, start & -suite_page(mm), nr, flags, want);

	for (size_t i = 0; i < nr_subjects; i++)
		one_walk(mm, &s[i], start, nr, flags, want, nr_want);
}

/* ---- windows ---- */

enum state { HOLE, READ_ONLY, WRITABLE, FROZEN };

static void must_map(struct ref_mm *mm, uint64_t addr, enum pgt_level leaf, bool writable)
{
	int err = pgt_map(mm, addr, leaf, writable);

	if (err) {
		fprintf(stderr, "cannot map a %s leaf at 0x%llx: %s\n", pgt_level_name(leaf),
			(unsigned long long)addr, strerror(-err));
		exit(1);
	}
}

static void set_page(struct ref_mm *mm, uint64_t addr, enum state s)
{
	struct ref_page *page = pgt_lookup(mm, addr, false);

	if (page) {
		if (!page->refcount)
			page->refcount = 1;
		pgt_unmap(mm, addr);
	}
	if (s == HOLE || addr > pgt_last_addr(mm))
		return;
	must_map(mm, addr, PGT_PTE, s != READ_ONLY);
	if (s == FROZEN)
		ref_count_freeze(&pgt_lookup(mm, addr, false)->refcount, 1);
}

static void set_pages(struct ref_mm *mm, uint64_t base, enum state s)
{
	for (unsigned i = 0; i < WINDOW; i++)
		set_page(mm, base + i * suite_page(mm), s);
}

/* Ranges may end two pages past the window, in a hole or past the end of the address space. */
static void all_ranges(struct ref_mm *mm, struct suite_subject *s, size_t nr_subjects,
		       uint64_t base)
{
	for (unsigned first = 0; first < WINDOW; first++) {
		for (unsigned nr = 1; first + nr <= WINDOW + 2; nr++) {
			uint64_t start = base + first * suite_page(mm);

			suite_walk(mm, s, nr_subjects, start, nr, 0);
			suite_walk(mm, s, nr_subjects, start, nr, GUP_WRITE);
		}
	}
}

void suite_window(struct ref_mm *mm, struct suite_subject *s, size_t nr_subjects, uint64_t boundary,
		  uint64_t alias)
{
	static const enum state odd[] = { HOLE, READ_ONLY, FROZEN };
	uint64_t base = boundary - HALF * suite_page(mm);

	if (alias)
		set_pages(mm, base - alias, WRITABLE);
	set_pages(mm, base, READ_ONLY);
	all_ranges(mm, s, nr_subjects, base);
	set_pages(mm, base, WRITABLE);
	all_ranges(mm, s, nr_subjects, base);
	for (unsigned at = 0; at < WINDOW; at++) {
		for (unsigned i = 0; i < ARRAY_SIZE(odd); i++) {
			set_page(mm, base + at * suite_page(mm), odd[i]);
			all_ranges(mm, s, nr_subjects, base);
		}
		set_page(mm, base + at * suite_page(mm), WRITABLE);
	}
	set_pages(mm, base, HOLE);
	if (alias)
		set_pages(mm, base - alias, HOLE);
}

static uint64_t at_most(uint64_t most, uint64_t n)
{
	return n < most ? n : most;
}

/* Small address spaces have a handful of top entries, or, with arm64's 16 KiB and 48 bits, two. */
uint64_t suite_boundary(struct ref_mm *mm, enum pgt_level level)
{
	unsigned shift = pgt_level_shift(mm, level);
	uint64_t last = pgt_last_addr(mm);
	uint64_t addr = at_most(5, ((last >> shift) + 1) / 2) << shift;

	for (int l = level + 1; l < PGT_NR_LEVELS; l++) {
		shift = pgt_level_shift(mm, (enum pgt_level)l);
		if (shift)
			addr += at_most(3, (last >> shift) / 2) << shift;
	}
	return addr;
}

void suite_top(struct ref_mm *mm, struct suite_subject *s, size_t nr)
{
	uint64_t page = suite_page(mm), end = pgt_last_addr(mm) + 1;

	suite_window(mm, s, nr, end, 0);
	suite_window(mm, s, nr, end - HALF * page, 0);
	/* Lengths and ends that overflow are refused, even with pages mapped at the bottom. */
	set_pages(mm, 0, WRITABLE);
	for (unsigned p = 1; p < 4; p++)
		suite_walk(mm, s, nr, -(uint64_t)p * page, p + 2, 0);
	for (unsigned l = PGT_PMD; l < PGT_NR_LEVELS; l++) {
		unsigned shift = pgt_level_shift(mm, (enum pgt_level)l);

		for (unsigned bit = shift; shift && bit < 64; bit++)
			suite_walk(mm, s, nr, 1ULL << bit, 2, 0);
	}
	set_pages(mm, 0, HOLE);
}

/* ---- leaves ---- */

/* Maps a leaf, or small pages that fill the window, ending or beginning at addr. */
static void map_side(struct ref_mm *mm, uint64_t addr, enum pgt_level leaf, bool below,
		     bool writable)
{
	uint64_t size = 1ULL << pgt_level_shift(mm, leaf);
	unsigned nr = leaf == PGT_PTE ? HALF : 1;

	for (unsigned i = 0; i < nr; i++)
		must_map(mm, below ? addr - (i + 1) * size : addr + i * size, leaf, writable);
}

static void unmap_side(struct ref_mm *mm, uint64_t addr, enum pgt_level leaf, bool below)
{
	uint64_t size = 1ULL << pgt_level_shift(mm, leaf);

	for (unsigned i = 0; i < (leaf == PGT_PTE ? HALF : 1); i++)
		pgt_unmap(mm, below ? addr - (i + 1) * size : addr + i * size);
}

/* Walks ranges over the whole leaf and both its ends, if the leaf is short enough. */
static void whole_leaf(struct ref_mm *mm, struct suite_subject *s, size_t nr_subjects,
		       uint64_t addr, uint64_t size)
{
	uint64_t page = suite_page(mm);
	unsigned long nr = size / page;

	if (nr + 2 * HALF > MAX_NR)
		return;
	for (unsigned before = 0; before <= 2; before++)
		for (unsigned after = 0; after <= 2; after++)
			suite_walk(mm, s, nr_subjects, addr - before * page, nr + before + after,
				   GUP_WRITE);
}

/* how: 0: both writable, 1, 2: one is not, 3: frozen */
static void two_leaves(struct ref_mm *mm, struct suite_subject *s, size_t nr_subjects,
		       uint64_t boundary, enum pgt_level left, enum pgt_level right, unsigned how)
{
	uint64_t left_size = 1ULL << pgt_level_shift(mm, left);
	struct ref_page *head;

	map_side(mm, boundary, left, true, how != 1);
	map_side(mm, boundary, right, false, how != 2);
	head = pgt_lookup(mm, boundary, false)->head;
	if (how == 3)
		ref_count_freeze(&head->refcount, 1);
	all_ranges(mm, s, nr_subjects, boundary - HALF * suite_page(mm));
	if (left != PGT_PTE)
		whole_leaf(mm, s, nr_subjects, boundary - left_size, left_size);
	if (how == 3)
		head->refcount = 1;
	unmap_side(mm, boundary, left, true);
	unmap_side(mm, boundary, right, false);
}

/* Whether to test the pair: a leaf of a gigabyte has a quarter of a million struct ref_page to
 * write, so few pairs with one are. */
static bool worth_it(enum pgt_level left, enum pgt_level right, enum pgt_level level, unsigned how)
{
	if (left < PGT_PUD && right < PGT_PUD)
		return true;
	return level == PGT_PUD && left != PGT_PMD && right != PGT_PMD && (how == 0 || how == 3);
}

/* Tables stay where they are when they are empty, so each pair has an mm of its own. */
static size_t one_pair(const struct suite_shape *shape, struct suite_subject *s, size_t nr,
		       enum pgt_level level, enum pgt_level left, enum pgt_level right)
{
	struct ref_mm *mm = suite_mm_for(shape, left > right ? left : right);
	size_t leaked;

	for (unsigned how = 0; how < 4; how++)
		if (worth_it(left, right, level, how))
			two_leaves(mm, s, nr, suite_boundary(mm, level), left, right, how);
	leaked = suite_leaked(mm);
	ref_mm_destroy(mm);
	return leaked;
}

size_t suite_leaves(const struct suite_shape *shape, struct suite_subject *s, size_t nr,
		    enum pgt_level level)
{
	struct ref_mm *mm = suite_mm(shape);
	size_t leaked = 0;

	for (int left = PGT_PTE; left <= (int)level; left++)
		for (int right = PGT_PTE; right <= (int)level; right++)
			if (pgt_level_can_leaf(mm, (enum pgt_level)left) &&
			    pgt_level_can_leaf(mm, (enum pgt_level)right))
				leaked += one_pair(shape, s, nr, level, (enum pgt_level)left,
						   (enum pgt_level)right);
	ref_mm_destroy(mm);
	return leaked;
}

/* ---- random ---- */

#define SPAN 600 /* pages on each side of the middle: more than one table of 4 KiB maps */
#define RUN 200

static void random_map(struct ref_mm *mm, uint64_t base, uint64_t *seed)
{
	uint64_t page = suite_page(mm), addr = base + suite_rand(seed) % (2 * SPAN) * page;
	unsigned dice = (unsigned)(suite_rand(seed) % 16);

	if (dice == 0) {
		uint64_t pmd = 1ULL << pgt_level_shift(mm, PGT_PMD);

		if (pmd / page <= SPAN && addr + pmd - page <= pgt_last_addr(mm))
			pgt_map(mm, addr & -pmd, PGT_PMD, suite_rand(seed) % 4);
		return;
	}
	if (dice == 1) {
		pgt_unmap(mm, addr);
		return;
	}
	/* Maps a run of pages, so that long walks happen. Errors such as -EEXIST are ignored. */
	for (uint64_t n = suite_rand(seed) % RUN; n; n--, addr += page)
		pgt_map(mm, addr, PGT_PTE, dice > 2);
}

void suite_random(struct ref_mm *mm, struct suite_subject *s, size_t nr, uint64_t *seed,
		  unsigned rounds)
{
	uint64_t page = suite_page(mm);

	for (unsigned round = 0; round < rounds; round++) {
		enum pgt_level level = (enum pgt_level)(PGT_PMD + round % 4);
		uint64_t base;

		if (!pgt_level_shift(mm, level))
			level = PGT_PMD;
		base = suite_boundary(mm, level) - SPAN * page;
		/* Begins where earlier tests left no tables, if there is room. */
		if (base >> pgt_level_shift(mm, level) <
		    (pgt_last_addr(mm) >> pgt_level_shift(mm, level)) - 48)
			base += (8ULL + round % 32) << pgt_level_shift(mm, level);
		for (unsigned i = 0; i < 12; i++)
			random_map(mm, base, seed);
		for (unsigned i = 0; i < 24; i++) {
			/* Not always aligned: the walk has to round down. */
			uint64_t start = base + suite_rand(seed) % (2 * SPAN) * page + i * 8;
			unsigned long n = 1 + suite_rand(seed) % (i & 1 ? 16 : MAX_NR - 1);

			suite_walk(mm, s, nr, start, n, round & 1 ? GUP_WRITE : 0);
		}
		for (uint64_t a = base; a < base + (2 * SPAN + RUN) * page; a += page)
			pgt_unmap(mm, a);
	}
}

size_t suite_next_used(struct ref_mm *mm, size_t frame)
{
	while (frame < mm->nr_frames && mm->memmap[frame].flags & REF_PG_BUDDY)
		frame += (size_t)1 << mm->memmap[frame].index;
	return frame;
}

size_t suite_leaked(struct ref_mm *mm)
{
	size_t nr = 0;

	for (size_t i = suite_next_used(mm, 1); i < mm->nr_frames; i = suite_next_used(mm, i + 1))
		nr += mm->memmap[i].refcount && mm->memmap[i].mapping;
	return nr;
}
