// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * GUP-fast against the slow walk: every format, number of levels and design, over ranges around
 * every level's boundary. Broken walkers show that the checks notice.
 */
#include <errno.h>
#include <string.h>

#include "../../scripts/tap.h"
#include "gup_suite.h"
#include "gup_variants.h"

#define PAGE 4096ULL
#define MAX_SUBJECTS 8

/* Collects the designs that have to be right for the shape. `static` is one where nothing folds per
 * mm; there it is tested also with its copies laid out in one object, which must not matter. */
static size_t good_subjects(const struct suite_shape *s, struct suite_subject *subjects)
{
	gup_fast_fn fast;
	size_t nr = 0;

	for (size_t i = 0; i < gup_nr_walkers(); i++) {
		const struct gup_walker *w = gup_walker_at(i);

		if (!strcmp(w->format, s->format) && !w->busted)
			subjects[nr++] = (struct suite_subject){ w->design, w->fast, { 0 } };
	}
	fast = gup_test_variant_find("one_object", s->format);
	if (fast && (s->levels == 0 || s->levels == 5))
		subjects[nr++] = (struct suite_subject){ "static", fast, { 0 } };
	return nr;
}

/* Runs all checks but leaves and random ranges, which have tests of their own. */
static void whole_suite(const struct suite_shape *s, struct suite_subject *subjects, size_t nr)
{
	struct ref_mm *mm = suite_mm(s);

	for (int l = PGT_PMD; l < PGT_NR_LEVELS; l++) {
		enum pgt_level level = (enum pgt_level)l;
		uint64_t size = 1ULL << pgt_level_shift(mm, level), boundary;

		if (!pgt_level_shift(mm, level))
			continue;
		boundary = suite_boundary(mm, level);
		suite_window(mm, subjects, nr, boundary, 0);
		if (boundary > size)
			suite_window(mm, subjects, nr, boundary, size);
	}
	suite_top(mm, subjects, nr);
	ref_mm_destroy(mm);
}

static unsigned long wrong(struct suite_subject *subjects, size_t nr)
{
	unsigned long sum = 0;

	for (size_t i = 0; i < nr; i++) {
		const struct suite_tally *t = &subjects[i].tally;

		sum += t->wrong + !t->pages;
		if (t->wrong)
			diag("%s: %lu wrong; first: %s", subjects[i].name, t->wrong, t->first);
	}
	return sum;
}

static void test_designs(const struct suite_shape *s)
{
	struct suite_subject subjects[MAX_SUBJECTS];
	size_t nr = good_subjects(s, subjects);

	whole_suite(s, subjects, nr);
	ok(!wrong(subjects, nr),
	   "%s: %zu designs right around every boundary and at the top (%lu walks each)",
	   suite_name(s), nr, subjects[0].tally.walks);
}

static void test_leaves(const struct suite_shape *s)
{
	struct suite_subject subjects[MAX_SUBJECTS];
	size_t nr = good_subjects(s, subjects), leaked = 0;
	struct ref_mm *mm = suite_mm(s);

	for (int l = PGT_PMD; l < PGT_NR_LEVELS; l++)
		if (pgt_level_shift(mm, (enum pgt_level)l))
			leaked += suite_leaves(s, subjects, nr, (enum pgt_level)l);
	ref_mm_destroy(mm);
	ok(!wrong(subjects, nr) && !leaked,
	   "%s: and around leaves of every size, of which none leaks (%lu walks each)",
	   suite_name(s), subjects[0].tally.walks);
}

static void test_random(const struct suite_shape *s, uint64_t *seed)
{
	struct suite_subject subjects[MAX_SUBJECTS];
	size_t nr = good_subjects(s, subjects);
	struct ref_mm *mm = suite_mm(s);

	suite_random(mm, subjects, nr, seed, 8);
	ok(!wrong(subjects, nr) && !suite_leaked(mm),
	   "%s: and on random ranges (%lu walks, %lu pages each)", suite_name(s),
	   subjects[0].tally.walks, subjects[0].tally.pages);
	ref_mm_destroy(mm);
}

/* ---- the bug of v5.2 to v5.8 ---- */

/*
 * Shows `static` around a boundary of s390x: two pages below and two above it, first with the pages
 * mapped that lie one entry's span lower, then without them.
 */
static void test_static(unsigned levels, enum pgt_level level, bool wrong)
{
	struct suite_shape s = { "s390x", levels };
	gup_fast_fn fast = gup_test_variant_find("one_object", "s390x");
	struct ref_mm *mm = suite_mm(&s);
	uint64_t size = 1ULL << pgt_level_shift(mm, level);
	uint64_t start = suite_boundary(mm, level) - 2 * PAGE;
	struct ref_page *pages[4], *real[4], *alias[4];
	unsigned long nr;

	for (unsigned i = 0; i < 4; i++) {
		pgt_map(mm, start + i * PAGE, PGT_PTE, true);
		pgt_map(mm, start + i * PAGE - size, PGT_PTE, true);
		real[i] = pgt_lookup(mm, start + i * PAGE, false);
		alias[i] = pgt_lookup(mm, start + i * PAGE - size, false);
	}
	nr = fast(mm, start, 4, GUP_WRITE, pages);
	ok(nr == 4 && pages[0] == real[0] && pages[1] == real[1] &&
		   pages[2] == (wrong ? alias : real)[2] && pages[3] == (wrong ? alias : real)[3],
	   "s390x/%u static: past 0x%llx it returns %s", levels,
	   (unsigned long long)(start + 2 * PAGE),
	   wrong ? "the pages mapped one entry lower" : "the right pages");
	if (wrong)
		diag("0x%llx gave the page of 0x%llx", (unsigned long long)(start + 2 * PAGE),
		     (unsigned long long)(start + 2 * PAGE - size));
	gup_put(pages, nr);
	for (unsigned i = 0; i < 4; i++)
		pgt_unmap(mm, start + i * PAGE - size);
	nr = fast(mm, start, 4, GUP_WRITE, pages);
	ok(nr == (wrong ? 2 : 4), "s390x/%u static: with nothing mapped there it returns %s pages",
	   levels, wrong ? "only the first two" : "all four");
	gup_put(pages, nr);
	ref_mm_destroy(mm);
}

/* The suite itself has to find `static` wrong, and only at folded levels. */
static void test_static_in_suite(unsigned levels)
{
	struct suite_shape s = { "s390x", levels };
	struct suite_subject subject = { "static",
					 gup_test_variant_find("one_object", "s390x"),
					 { 0 } };

	whole_suite(&s, &subject, 1);
	ok(subject.tally.wrong, "s390x/%u static: the suite finds it wrong (%lu of %lu walks)",
	   levels, subject.tally.wrong, subject.tally.walks);
	diag("first: %s", subject.tally.first);
}

static void test_addresses_of_the_report(void)
{
	/* 3 levels, the addresses of the s390 report of August 2020: one page on each side. */
	struct suite_shape s = { "s390x", 3 };
	gup_fast_fn fast = gup_test_variant_find("one_object", "s390x");
	const struct gup_walker *fixed = gup_walker_find("s390x", "offset_lockless");
	struct ref_mm *mm = suite_mm(&s);
	struct ref_page *pages[2];
	unsigned long nr;

	pgt_map(mm, 0x1007ffff000ULL, PGT_PTE, true);
	pgt_map(mm, 0x10080000000ULL, PGT_PTE, true);
	pgt_map(mm, 0x10000000000ULL, PGT_PTE, true);
	nr = fast(mm, 0x1007ffff000ULL, 2, 0, pages);
	ok(nr == 2 && pages[1] == pgt_lookup(mm, 0x10000000000ULL, false),
	   "s390x/3 static: 0x10080000000 gives the page of 0x10000000000, 2 GiB lower");
	gup_put(pages, nr);
	nr = fixed->fast(mm, 0x1007ffff000ULL, 2, 0, pages);
	ok(nr == 2 && pages[1] == pgt_lookup(mm, 0x10080000000ULL, false),
	   "s390x/3 offset_lockless: and there it gives its own");
	gup_put(pages, nr);
	ref_mm_destroy(mm);
}

/* ---- checks that can fail ---- */

/* except: the number of shapes with such a variant on which nothing can notice it. */
static void test_broken(const char *name, const char *why, size_t except)
{
	struct suite_shape shapes[SUITE_MAX_SHAPES];
	size_t nr = suite_shapes(shapes), seen = 0, tried = 0;

	for (size_t i = 0; i < nr; i++) {
		gup_fast_fn fast = gup_test_variant_find(name, shapes[i].format);
		struct suite_subject subject = { name, fast, { 0 } };

		if (!fast)
			continue;
		whole_suite(&shapes[i], &subject, 1);
		tried++;
		seen += subject.tally.wrong != 0;
		if (subject.tally.wrong)
			diag("%s %s: %s", suite_name(&shapes[i]), name, subject.tally.first);
	}
	ok(seen == tried - except, "a walker with %s fails the suite (on %zu of %zu shapes)", why,
	   seen, tried);
}

static size_t nr_shapes_with_variants(const struct suite_shape *shapes, size_t nr)
{
	size_t n = 0;

	for (size_t i = 0; i < nr; i++)
		n += gup_test_variant_find("no_clip", shapes[i].format) != NULL;
	return n;
}

/* Tests the clip where no format's range reaches: at an end of 0, the top of the space. */
static unsigned clip_differs(uint64_t (*clip)(uint64_t, uint64_t, uint64_t))
{
	unsigned differs = 0;

	/* Halves of a size up and down from 0: some addresses are at the top, and an end is 0. */
	for (unsigned i = 0; i < 64 * 16 * 16; i++) {
		uint64_t size = 1ULL << i % 64, half = size / 2;
		int64_t a = (int64_t)(i / 64 % 16) - 8, e = (int64_t)(i / 1024) - 8;
		uint64_t addr = (uint64_t)a * half & -PAGE, end = (uint64_t)e * half & -PAGE;
		__uint128_t top = end ? end : (__uint128_t)1 << 64;
		__uint128_t next = ((__uint128_t)addr / size + 1) * size;

		if (size < PAGE || addr >= top)
			continue;
		differs += clip(size, addr, end) != (uint64_t)(next < top ? next : top);
	}
	return differs;
}

int main(void)
{
	struct suite_shape shapes[SUITE_MAX_SHAPES];
	size_t nr = suite_shapes(shapes);
	uint64_t seed = suite_seed();

	for (size_t i = 0; i < nr; i++) {
		test_designs(&shapes[i]);
		test_leaves(&shapes[i]);
	}
	diag("PTBENCH_SEED=%llu", (unsigned long long)seed);
	for (size_t i = 0; i < nr; i++)
		test_random(&shapes[i], &seed);

	test_static(2, PGT_PMD, true);
	test_static(3, PGT_PUD, true);
	test_static(3, PGT_PMD, false);
	test_static(4, PGT_P4D, true);
	test_static(4, PGT_PUD, false);
	test_static(5, PGT_PGD, false);
	test_static(5, PGT_P4D, false);
	test_static(5, PGT_PUD, false);
	for (unsigned l = 2; l <= 4; l++)
		test_static_in_suite(l);
	test_addresses_of_the_report();

	test_broken("no_clip", "no clip", 0);
	/* With 5 levels on s390x any range past the limit wraps, and is refused for that. */
	test_broken("no_limit", "no limit", 1);
	test_broken("no_write_check", "no check of the write bit", 0);
	/* Only with 5 levels on s390x is the last boundary 0. */
	test_broken("clip_without_wrap", "a clip that does not know a wrapped boundary",
		    nr_shapes_with_variants(shapes, nr) - 1);
	ok(!clip_differs(gup_test_clip),
	   "the clip agrees with 128-bit arithmetic, an end of 0 too");
	ok(clip_differs(gup_test_clip_without_wrap), "the naive clip does not");
	return tap_done();
}
