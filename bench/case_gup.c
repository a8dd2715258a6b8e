// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gup_fast/walk, gup_fast/put and pin_fast/walk over the reference: per call, per page, per
 * crossing of a level.
 *
 * A walk takes references. after() drops those of a whole batch at once, so that a walk's row holds
 * the walk alone; before() takes the references that a put's row drops. All rows of a format share
 * one simulated memory, laid out once: each kind of range has a place of its own in it.
 */

#include <array_size.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ref/gup.h>
#include <ref/gup_designs.h>
#include <ref/pgtable.h>

#include "cases.h"

#define CROSS_PAGES 16 /* half of them on each side of the boundary */
#define SPAN_PAGES 4096
#define NONE_PAGES 128 /* fits in one table of most formats */

#ifdef BENCH_GUEST
static const bool in_guest = true;
/* Every format of the kernels that the suite boots; a guest passes its own as --format. */
static const char *const formats[] = {
	"arm-4k-32-lpae",     "arm64-16k-47",	     "arm64-16k-52", "arm64-16k-52-folded",
	"arm64-4k-48",	      "arm64-4k-52",	     "arm64-64k-52", "i386-4k-32-pae",
	"loongarch64-16k-47", "mips64-4k-48",	     "ppc64-64k-52", "riscv64-4k-39",
	"riscv64-4k-48",      "riscv64-4k-57",	     "s390x",	     "x86_64-4k-48",
	"x86_64-4k-57",	      "x86_64-4k-57-folded", NULL,
};
#else
static const bool in_guest = false;
static const char *const formats[] = { "s390x", "x86_64-4k-48", "x86_64-4k-57",
				       "x86_64-4k-57-folded", NULL };
#endif
#define NAME(a, name, ...) #name,
static const char *const designs[] = { GUP_DESIGNS(NAME, NAME, ) NULL };
static const char *const crosses[] = { "none", "p4d", "pgd", "pmd", "pud", "span", NULL };
static const char *const leaves[] = { "pmd", "pte", "pud", NULL };
static const long long levels[] = { BENCH_ABSENT, 2, 3, 4, 5 };
static const long long pages[] = { 1, 2, 4, 16, 64, 128, 512, 4096 };
static const long long put_pages[] = { 1, 2, 4, 16, 64, 128, 512 };

#define NUMS(key_, array)                                                                          \
	{                                                                                          \
		.key = key_, .nums = array, .nr_nums = ARRAY_SIZE(array)                           \
	}

static bool name_is(const struct bench_state *s, const char *key, const char *value)
{
	return !strcmp(bench_str(s, key), value);
}

/* Returns PGT_NR_LEVELS if the name is of no level. */
static enum pgt_level level_named(const char *name)
{
	int l = PGT_PTE;

	while (l < PGT_NR_LEVELS && strcmp(name, pgt_level_name(l)))
		l++;
	return l;
}

/* ---- one simulated memory per format, and one more where a leaf needs a gigabyte of frames
 * ---- */

struct memory {
	const char *format;
	unsigned levels;
	bool pud_leaf;
	struct ref_mm *mm;
	struct pgt_shape shape;
	bool mapped;
};

static struct memory memories[64];

static size_t frames_needed(const struct memory *m)
{
	unsigned page_shift = m->shape.page_shift;

	/* A folio of 2^n frames starts at a multiple of 2^n. */
	if (m->pud_leaf)
		return (2ul << (m->shape.level[PGT_PUD].shift - page_shift)) + 64;
	return 4 * SPAN_PAGES + (2ul << (m->shape.level[PGT_PMD].shift - page_shift));
}

static int memory_create(struct memory *m, size_t nr_frames)
{
	struct pgt_opts opts = { .format = m->format, .levels = m->levels, .nr_frames = nr_frames };

	return ref_mm_create(&opts, &m->mm);
}

/* Fills the format's levels; its ranges are mapped when a row is first set up. */
static struct memory *memory_find(const char *format, unsigned nr_levels, bool pud_leaf)
{
	struct memory *m = memories, *end = memories + ARRAY_SIZE(memories);

	for (; m < end && m->format; m++)
		if (!strcmp(m->format, format) && m->levels == nr_levels && m->pud_leaf == pud_leaf)
			return m;
	if (m == end)
		return NULL;
	m->format = format;
	m->levels = nr_levels;
	m->pud_leaf = pud_leaf;
	if (pgt_format_shape(format, nr_levels, &m->shape)) {
		memset(m, 0, sizeof(*m));
		return NULL;
	}
	return m;
}

static struct memory *memory_of(const struct bench_state *s)
{
	return memory_find(bench_str(s, "format"), bench_num(s, "levels"),
			   name_is(s, "leaf", "pud"));
}

enum place { PLACE_CROSS, PLACE_NONE, PLACE_SPAN, PLACE_PMD_LEAF, PLACE_PUD_LEAF };

/* Address of a place; no two places share tables. level: used by PLACE_CROSS alone. */
static uint64_t place_addr(const struct memory *m, enum place place, enum pgt_level level)
{
	uint64_t pmd = 1ull << m->shape.level[PGT_PMD].shift, page = 1ull << m->shape.page_shift;
	uint64_t span = SPAN_PAGES * page;

	switch (place) {
	case PLACE_CROSS: /* the level's first boundary is no boundary of a level above */
		return (1ull << m->shape.level[level].boundary) - CROSS_PAGES / 2 * page;
	case PLACE_NONE:
		return 3 * pmd;
	case PLACE_SPAN:
		return 16 * pmd;
	case PLACE_PMD_LEAF: /* above the span, which may take many tables */
		return 16 * pmd + (span > 48 * pmd ? span : 48 * pmd);
	case PLACE_PUD_LEAF:
		return 2ull << m->shape.level[PGT_PUD].shift;
	}
	return 0;
}

static int map_range(struct memory *m, uint64_t addr, size_t nr, enum pgt_level leaf)
{
	int err = 0;

	for (size_t i = 0; i < nr && !err; i++)
		err = pgt_map(m->mm, addr + (i << m->shape.level[leaf].shift), leaf, true);
	return err;
}

static int map_everything(struct memory *m)
{
	unsigned top = 0;
	int err;

	if (m->pud_leaf)
		return map_range(m, place_addr(m, PLACE_PUD_LEAF, 0), 1, PGT_PUD);
	err = map_range(m, place_addr(m, PLACE_NONE, 0), NONE_PAGES, PGT_PTE);
	if (!err)
		err = map_range(m, place_addr(m, PLACE_SPAN, 0), SPAN_PAGES, PGT_PTE);
	if (!err && m->shape.level[PGT_PMD].can_leaf)
		err = map_range(m, place_addr(m, PLACE_PMD_LEAF, 0), 1, PGT_PMD);
	/* Two levels can have the same boundary. */
	for (int l = PGT_PMD; l < PGT_NR_LEVELS && !err; l++)
		if (m->shape.level[l].boundary > top) {
			top = m->shape.level[l].boundary;
			err = map_range(m, place_addr(m, PLACE_CROSS, l), CROSS_PAGES, PGT_PTE);
		}
	return err;
}

static int memory_map(struct memory *m)
{
	int err;

	if (m->mapped)
		return 0;
	ref_mm_destroy(m->mm); /* left by an earlier try that failed */
	m->mm = NULL;
	err = memory_create(m, frames_needed(m));
	if (!err)
		err = map_everything(m);
	m->mapped = !err;
	return err;
}

/* ---- which rows there are ---- */

static bool format_valid(const struct bench_state *s)
{
	return pgt_format_folds_per_mm(bench_str(s, "format")) == !!bench_num(s, "levels");
}

/* The ranges needed to tell the costs per call, per page and per crossing apart. */
static bool range_valid(const struct bench_state *s)
{
	long long nr = bench_num(s, "pages");

	if (name_is(s, "cross", "span"))
		return name_is(s, "leaf", "pte") && (nr == 512 || nr == SPAN_PAGES);
	if (!name_is(s, "cross", "none"))
		return name_is(s, "leaf", "pte") && nr == CROSS_PAGES;
	if (name_is(s, "leaf", "pte"))
		return nr <= NONE_PAGES;
	return nr == 1 || nr == 16 || nr == 128 || nr == 512;
}

static bool holds(const struct memory *m, enum pgt_level level, long long nr)
{
	return nr <= 1ll << (m->shape.level[level].shift - m->shape.page_shift);
}

/* The level exists in this format, and a range that crosses nothing fits one table or huge leaf. */
static bool level_valid(const struct bench_state *s)
{
	const struct memory *m = memory_of(s);
	enum pgt_level cross = level_named(bench_str(s, "cross"));
	enum pgt_level leaf = level_named(bench_str(s, "leaf"));

	if (!m)
		return true; /* setup reports why */
	if (cross < PGT_NR_LEVELS && !m->shape.level[cross].boundary)
		return false;
	if (leaf == PGT_PTE && !name_is(s, "cross", "none"))
		return true;
	if (leaf == PGT_PTE)
		return !m->shape.level[PGT_PMD].shift || holds(m, PGT_PMD, bench_num(s, "pages"));
	return m->shape.level[leaf].can_leaf && holds(m, leaf, bench_num(s, "pages"));
}

/* The design that mainline uses for the format: arm64 has one of its own. */
static const char *mainline(const char *format)
{
	return gup_walker_find(format, "reload_real") ? "reload_real" : "offset_lockless";
}

/*
 * All designs on crossings, where they can differ by level; the plain and the mainline design along
 * the other axes. In guests all designs also per call and page, to compare with the kernel's rows.
 */
static bool design_valid(const struct bench_state *s)
{
	const char *format = bench_str(s, "format"), *design = bench_str(s, "design");
	long long nr = bench_num(s, "pages");

	if (!gup_walker_find(format, design))
		return false;
	if (!strcmp(design, "static") || !strcmp(design, mainline(format)))
		return true;
	return name_is(s, "leaf", "pte") &&
	       (nr == CROSS_PAGES || (in_guest && (nr == 1 || nr == NONE_PAGES)));
}

static bool walk_valid(const struct bench_state *s)
{
	return format_valid(s) && range_valid(s) && design_valid(s) && level_valid(s);
}

/* The mainline design, and only ranges that give the costs per call, page and crossing. */
static bool pin_valid(const struct bench_state *s)
{
	long long nr = bench_num(s, "pages"), nr_levels = bench_num(s, "levels");

	if (strcmp(bench_str(s, "design"), mainline(bench_str(s, "format"))) ||
	    (nr_levels && nr_levels != 3))
		return false;
	if (!strncmp(bench_str(s, "format"), "x86_64-4k-57", 12))
		return false;
	if (name_is(s, "cross", "span") || (nr != 1 && nr != 16 && nr != 128))
		return false;
	return walk_valid(s) && !name_is(s, "leaf", "pud") &&
	       (name_is(s, "leaf", "pte") || nr != 128);
}

static bool put_valid(const struct bench_state *s)
{
	long long nr = bench_num(s, "pages");

	if (!format_valid(s) || !level_valid(s))
		return false;
	return name_is(s, "leaf", "pte") || nr == 1 || nr == 16 || nr == 128 || nr == 512;
}

/* ---- a row ---- */

struct gup_row {
	gup_fast_fn fast;
	unsigned flags;
	int refs; /* references that one page of a walk adds to its folio */
	struct ref_mm *mm;
	uint64_t start;
	unsigned long nr;
	uint64_t got; /* pages that the last run() found */
	struct ref_page *pages[];
};

static uint64_t row_start(const struct bench_state *s, const struct memory *m)
{
	enum pgt_level cross = level_named(bench_str(s, "cross"));

	if (name_is(s, "leaf", "pud"))
		return place_addr(m, PLACE_PUD_LEAF, 0);
	if (name_is(s, "leaf", "pmd"))
		return place_addr(m, PLACE_PMD_LEAF, 0);
	if (cross < PGT_NR_LEVELS)
		return place_addr(m, PLACE_CROSS, cross);
	return place_addr(m, bench_num(s, "pages") > NONE_PAGES ? PLACE_SPAN : PLACE_NONE, 0);
}

/* Does the row cross in the topmost table that exists? A busted design walks on in a copy there. */
static bool crosses_folded_top(const struct bench_state *s, const struct memory *m)
{
	enum pgt_level cross = name_is(s, "cross", "span") ? PGT_PMD
							   : level_named(bench_str(s, "cross"));

	if (cross >= PGT_PGD)
		return false;
	for (int l = cross + 1; l < PGT_NR_LEVELS; l++)
		if (m->shape.level[l].shift)
			return false;
	return true;
}

/* Compares one walk with the oracle: a fast walk over the wrong pages is no measurement. */
static int row_verify(struct bench_state *s, struct gup_row *r, unsigned page_shift)
{
	unsigned long got = r->fast(r->mm, r->start, r->nr, r->flags, r->pages);
	int err = 0;

	for (unsigned long i = 0; i < got && !err; i++) {
		if (r->pages[i] == pgt_lookup(r->mm, r->start + ((uint64_t)i << page_shift), true))
			continue;
		snprintf(s->fail, sizeof(s->fail), "page %lu of %lu is not the one mapped there", i,
			 r->nr);
		err = -EIO;
	}
	if (!err && got != r->nr) {
		snprintf(s->fail, sizeof(s->fail), "%lu of %lu pages found", got, r->nr);
		err = -EIO;
	}
	if (r->flags & GUP_PIN)
		gup_unpin(r->pages, got);
	else
		gup_put(r->pages, got);
	return err;
}

static int row_setup(struct bench_state *s, const char *design, unsigned flags)
{
	const struct gup_walker *walker = gup_walker_find(bench_str(s, "format"), design);
	struct memory *m = memory_of(s);
	struct gup_row *r;
	int err;

	if (!walker) {
		snprintf(s->skip, sizeof(s->skip), "the reference has no walker for this pair");
		return -ENOENT;
	}
	if (!m)
		return -ENOMEM;
	if (walker->busted &&
	    (!pgt_format_folds_per_mm(walker->format) || crosses_folded_top(s, m))) {
		snprintf(s->skip, sizeof(s->skip), "busted: reads past the entry copy");
		return -ENOTSUP;
	}
	err = memory_map(m);
	if (err)
		return err;
	r = calloc(1, sizeof(*r) + bench_num(s, "pages") * sizeof(r->pages[0]));
	if (!r)
		return -ENOMEM;
	r->fast = walker->fast;
	r->mm = m->mm;
	r->nr = bench_num(s, "pages");
	r->flags = flags;
	/* A large folio counts pins apart, one by one; a small one adds GUP_PIN_BIAS for each. */
	r->refs = flags & GUP_PIN && name_is(s, "leaf", "pte") ? GUP_PIN_BIAS : 1;
	r->start = row_start(s, m);
	/* All pages of a huge folio count on the head's refcount, which must not overflow. */
	s->max_batch = (1u << 30) / r->nr / r->refs;
	s->priv = r;
	err = row_verify(s, r, m->shape.page_shift);
	if (err) {
		free(r);
		s->priv = NULL;
	}
	return err;
}

static int walk_setup(struct bench_state *s)
{
	return row_setup(s, bench_str(s, "design"), GUP_WRITE);
}

static int pin_setup(struct bench_state *s)
{
	return row_setup(s, mainline(bench_str(s, "format")), GUP_WRITE | GUP_PIN);
}

static int put_setup(struct bench_state *s)
{
	/* row_setup() stores the pages; before() takes references on them. */
	return row_setup(s, mainline(bench_str(s, "format")), GUP_WRITE);
}

static void row_teardown(struct bench_state *s)
{
	free(s->priv);
	s->priv = NULL;
}

/* Adds n walks' references to every page, or drops -n; not atomic, for no other thread runs. */
static void add_references(struct gup_row *r, long long n)
{
	for (unsigned long i = 0; i < r->nr; i++) {
		r->pages[i]->head->refcount += n * r->refs;
		if (r->flags & GUP_PIN && r->refs == 1)
			r->pages[i]->head->pincount += n;
	}
}

static void walk_run(struct bench_state *s, uint64_t n)
{
	struct gup_row *r = s->priv;
	uint64_t got = 0;

	for (uint64_t i = 0; i < n; i++)
		got += r->fast(r->mm, r->start, r->nr, GUP_WRITE, r->pages);
	r->got = got;
}

static void pin_run(struct bench_state *s, uint64_t n)
{
	struct gup_row *r = s->priv;
	uint64_t got = 0;

	for (uint64_t i = 0; i < n; i++)
		got += r->fast(r->mm, r->start, r->nr, GUP_WRITE | GUP_PIN, r->pages);
	r->got = got;
}

static void walk_after(struct bench_state *s, uint64_t n)
{
	struct gup_row *r = s->priv;

	if (r->got == n * r->nr) {
		add_references(r, -(long long)n);
		return;
	}
	snprintf(s->fail, sizeof(s->fail), "%llu pages found in %llu walks of %lu",
		 (unsigned long long)r->got, (unsigned long long)n, r->nr);
}

static void put_before(struct bench_state *s, uint64_t n)
{
	add_references(s->priv, n);
}

static void put_run(struct bench_state *s, uint64_t n)
{
	struct gup_row *r = s->priv;

	for (uint64_t i = 0; i < n; i++)
		gup_put(r->pages, r->nr);
}

bool bench_gup_balanced(const struct bench_state *s)
{
	const struct gup_row *r = s->priv;

	for (unsigned long i = 0; i < r->nr; i++)
		if (r->pages[i]->head->refcount != 1 || r->pages[i]->head->pincount)
			return false;
	return true;
}

const struct bench_case bench_gup_fast_walk = {
	.family = "gup_fast",
	.name = "walk",
	.summary = "one lockless walk that takes a reference on each page",
	.subject = BENCH_REF,
	.axes = {
		{ .key = "cross", .strs = crosses },
		{ .key = "design", .strs = designs },
		{ .key = "format", .strs = formats },
		{ .key = "leaf", .strs = leaves },
		NUMS("levels", levels),
		NUMS("pages", pages),
	},
	.valid = walk_valid,
	.setup = walk_setup,
	.run = walk_run,
	.after = walk_after,
	.teardown = row_teardown,
};

const struct bench_case bench_gup_fast_put = {
	.family = "gup_fast",
	.name = "put",
	.summary = "dropping what one walk took, page by page",
	.subject = BENCH_REF,
	.axes = {
		{ .key = "format", .strs = formats },
		{ .key = "leaf", .strs = leaves },
		NUMS("levels", levels),
		NUMS("pages", put_pages),
	},
	.valid = put_valid,
	.setup = put_setup,
	.before = put_before,
	.run = put_run,
	.teardown = row_teardown,
};

const struct bench_case bench_pin_fast_walk = {
	.family = "pin_fast",
	.name = "walk",
	.summary = "one lockless walk that pins each page",
	.subject = BENCH_REF,
	.axes = {
		{ .key = "cross", .strs = crosses },
		{ .key = "design", .strs = designs },
		{ .key = "format", .strs = formats },
		{ .key = "leaf", .strs = leaves },
		NUMS("levels", levels),
		NUMS("pages", pages),
	},
	.valid = pin_valid,
	.setup = pin_setup,
	.run = pin_run,
	.after = walk_after,
	.teardown = row_teardown,
};
