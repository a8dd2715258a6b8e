// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Models of gup: walks while entries and tables of more than one word change: PAE's two halves,
 * arm64's contiguous ranges, an s390x top table that grows, and the designs that read their own
 * copy of an entry again.
 *
 * The formats are the architectures', but with tables of a few entries, so that loops over a table
 * are short; PAE's tables have their full size.
 */
#include <errno.h>
#include <stdio.h>

#include "../gup/walk.h"
#include "../pgtable/fmt_arm64.h"
#include "../pgtable/fmt_i386.h"
#include "../pgtable/fmt_s390x.h"
#include "models.h"

#define MIXED "a frame that was never mapped there is never referenced"
#define OWN "a page returned is its address's"
#define STAYS "a page that stays mapped is returned"
#define COUNTED "no page is returned that its collapser has counted"

/* s390x: tables of two, a level for each type of entry. */
#define TINY_UPPER(level_, shift_, type)                                                           \
	[level_] = { .shift = (shift_),                                                            \
		     .bits = 1,                                                                    \
		     .fold = PGT_FOLD_MM,                                                          \
		     .empty = (type) | S390_INVALID,                                               \
		     .present_mask = S390_ORIGIN,                                                  \
		     .table = (type) | S390_LENGTH,                                                \
		     .table_origin = S390_ORIGIN }

static const struct pgt_fmt pgt_fmt_tiny_s390x = {
	.name = "tiny-s390x",
	.page_shift = 12,
	.task_size_max = 1ULL << 17,
	.has_offset_lockless = true,
	.type_mask = S390_TYPE_MASK,
	.type_shift = 2,
	.type_base_shift = 13,
	.type_bits = 1,
	.min_levels = 2,
	.max_levels = 5,
	.level = {
		[PGT_PTE] = { .shift = 12, .bits = 1, .empty = S390_PTE_INVALID,
			      .present_mask = S390_PTE_PRESENT, .can_leaf = true,
			      .leaf_origin = S390_ORIGIN, .leaf_ro = S390_PTE_LEAF_RO,
			      .leaf_rw = S390_PTE_LEAF_RW, .need_read = S390_PTE_PRESENT,
			      .need_write = S390_PTE_WRITE },
		[PGT_PMD] = { .shift = 13, .bits = 1, .empty = S390_INVALID,
			      .present_mask = ~0ULL, .absent = S390_INVALID,
			      .table_origin = S390_PT_ORIGIN },
		TINY_UPPER(PGT_PUD, 14, S390_R3),
		TINY_UPPER(PGT_P4D, 15, S390_R2),
		TINY_UPPER(PGT_PGD, 16, S390_R1),
	},
};

/* arm64: ranges of four. */
static const struct pgt_fmt pgt_fmt_tiny_arm64 = {
	.name = "tiny-arm64",
	.page_shift = 12,
	.task_size_max = 1ULL << 16,
	.fold_how = PGT_HOW_REINDEXED,
	.level = {
		[PGT_PTE] = { .shift = 12, .bits = 2, .present_mask = ARM64_PRESENT,
			      ARM64_LEAF_FIELDS(12, ARM64_SHARED | ARM64_TABLE_BIT, 12),
			      .cont = ARM64_VALID | ARM64_CONT, .cont_bits = 2, .young = ARM64_AF,
			      .dirty = ARM64_DIRTY, .rdonly = ARM64_RDONLY },
		[PGT_PMD] = { .bits = 1, .shift = 14, ARM64_TABLE_FIELDS(12, ARM64_PRESENT) },
		[PGT_PUD] = { ARM64_STATIC, ARM64_UPPER(12, 15) },
		[PGT_P4D] = { ARM64_STATIC, ARM64_UPPER(12, 15) },
		[PGT_PGD] = { .bits = 1, ARM64_UPPER(12, 15) },
	},
};

#define FIXED .design = GUP_OFFSET_LOCKLESS
GUP_WALKER(tiny_s390x, good, FIXED)
GUP_WALKER(tiny_s390x, addr_end_global, .design = GUP_ADDR_END_GLOBAL)
GUP_WALKER(tiny_arm64, good, FIXED)
GUP_WALKER(tiny_arm64, recheck_ungathered, FIXED, .recheck_ungathered = true)
GUP_WALKER(i386_4k_32_pae, model_good, FIXED)
GUP_WALKER(i386_4k_32_pae, model_torn, FIXED, .torn_load = true)

/* ---- what runs ---- */

struct outcome {
	struct ref_page *got;
	unsigned long nr;
	int collapsed; /* the collapser found no reference but the mapping's */
};

struct gup_case {
	const struct pgt_fmt *fmt;
	unsigned levels;
	size_t nr_frames;
	gup_fast_fn fast;
	uint64_t addr;
	int (*map)(void);
	void (*writer)(void *arg);
	const char *writer_name;
	bool flush, limit_first;
	/* What has to hold. */
	bool mixed, own, stays, counted;
};

static struct {
	const struct gup_case *c;
	struct ref_mm *mm;
	/* page is mapped at first, other later; mixed and mixed2 never. */
	struct ref_page *page, *other, *mixed, *mixed2;
	struct outcome *o;
} m;

static void reader(void *arg)
{
	struct ref_page *pages[1] = { NULL };
	unsigned long nr = m.c->fast(m.mm, m.c->addr, 1, GUP_WRITE, pages);

	m.o->got = pages[0];
	m.o->nr = nr;
}

/* ---- PAE ---- */

/* A frame with two references, so that no put frees it: the arena has not given it out. */
static struct ref_page *frame_at(size_t i)
{
	struct ref_page *page = &m.mm->memmap[i];

	page->head = page;
	page->nr = 1;
	page->mm = m.mm;
	page->mapping = (char *)m.mm + REF_MAPPING_ANON;
	page->refcount = 2;
	return page;
}

/* Makes frames on both sides of 4 GiB, and the two that have the low word of one and the high word
 * of the other. */
static int map_pae(void)
{
	m.page = frame_at((1 << 20) + 5);
	m.other = frame_at(7);
	m.mixed = frame_at(5);
	m.mixed2 = frame_at((1 << 20) + 7);
	return pgt_map_page(m.mm, m.c->addr, m.page, true);
}

static void to(struct ref_page *page)
{
	pgt_unmap(m.mm, m.c->addr);
	/* The load of the two words relies on this wait. */
	if (m.c->flush)
		ref_synchronize_rcu();
	(void)ref_fetch_add(&page->refcount, 1);
	pgt_map_page(m.mm, m.c->addr, page, true);
}

static void remapper(void *arg)
{
	to(m.other);
	to(m.page);
}

static bool mixed_is_alone(void *arg, char *why, size_t size)
{
	struct ref_page *page = m.mixed->refcount != 2 ? m.mixed : m.mixed2;

	if (page->refcount == 2)
		return true;
	snprintf(why, size, "frame %zu, of the one's low word and the other's high word, is",
		 ref_page_index(m.mm, page));
	return false;
}

/* ---- s390x ---- */

static int map_one(void)
{
	int err = pgt_map(m.mm, m.c->addr & 0x3fff, PGT_PTE, true);

	if (!err)
		m.page = pgt_lookup(m.mm, m.c->addr & 0x3fff, true);
	return err;
}

static void upgrader(void *arg)
{
	const struct pgt_upgrade_variant v = { .limit_first = m.c->limit_first };

	__pgt_upgrade(&v, m.mm);
}

/* As khugepaged: no new walker gets in, and a walker that is in has either been counted or will see
 * the change. */
static void collapser(void *arg)
{
	pgt_unlink_table(m.mm, m.c->addr);
	ref_full_barrier();
	if (REF_READ_ONCE(m.page->refcount) == 1)
		REF_WRITE_ONCE(m.o->collapsed, 1);
}

static bool not_counted(void *arg, char *why, size_t size)
{
	if (!m.o->nr || !m.o->collapsed)
		return true;
	snprintf(why, size, "the walker holds a page that was copied away");
	return false;
}

/* ---- arm64 ---- */

/* Maps a range of old and clean entries; the hardware marks the last one. */
static int map_range(void)
{
	const struct pgt_level_fmt *l = &m.c->fmt->level[PGT_PTE];
	int err = pgt_map_cont(m.mm, 0, true);

	for (unsigned i = 0; i < 4 && !err; i++) {
		struct pgt_entry *e = __pgt_entry(m.mm, i << 12, PGT_PTE);
		uint64_t pte = pgt_old_clean(m.c->fmt, pgt_read(m.c->fmt, PGT_PTE, e));

		pgt_write(m.c->fmt, PGT_PTE, e, i == 3 ? pte | l->young : pte);
	}
	m.page = pgt_lookup(m.mm, m.c->addr, true);
	return err;
}

static void unfolder(void *arg)
{
	pgt_unfold(m.mm, 0);
	pgt_unmap(m.mm, 2 << 12); /* a page of the range, but not the reader's */
}

/* ---- what has to hold ---- */

static bool own_page(void *arg, char *why, size_t size)
{
	const struct ref_page *want = m.c->writer == upgrader && m.c->addr >> 15 ? NULL : m.page;

	if (!m.o->nr || m.o->got == want)
		return true;
	snprintf(why, size, "it is that of page index %llu",
		 (unsigned long long)m.o->got->head->index);
	return false;
}

static bool page_returned(void *arg, char *why, size_t size)
{
	if (m.o->nr)
		return true;
	snprintf(why, size, "it was not");
	return false;
}

static void name_page(struct explore *e, struct ref_page *page, const char *what)
{
	explore_name(e, &page->refcount, sizeof(page->refcount), 1, "%s.refcount", what);
	explore_name(e, &page->mapcount, sizeof(page->mapcount), 1, "%s.mapcount", what);
	explore_name(e, &page->head, sizeof(page->head), 1, "%s.head", what);
	explore_name(e, &page->flags, sizeof(page->flags), 1, "%s.flags", what);
	explore_name(e, &page->mapping, sizeof(page->mapping), 1, "%s.mapping", what);
	explore_memory(e, page, sizeof(*page));
}

static void name_entry(struct explore *e, enum pgt_level level)
{
	void *entry = __pgt_entry(m.mm, m.c->addr, level);
	bool words = m.c->fmt->level[level].entry == PGT_U32X2;

	if (!entry)
		return;
	explore_name(e, entry, words ? 4 : 8, words ? 2 : 1, "%s", pgt_level_name(level));
}

static int setup(struct explore *e, const void *arg)
{
	const struct gup_case *c = arg;
	int err;

	m.c = c;
	m.other = m.mixed = m.mixed2 = NULL;
	err = ref_mm_create_fmt(c->fmt, c->levels, c->nr_frames, &m.mm);
	if (err)
		return err;
	err = c->map();
	m.o = explore_alloc(e, sizeof(*m.o));
	if (err || !m.o)
		return err ? err : -ENOMEM;
	explore_memory(e, m.mm, sizeof(*m.mm));
	if (!c->mixed)
		explore_memory(e, m.mm->memmap, c->nr_frames * sizeof(m.mm->memmap[0]));
	name_page(e, m.page, "page");
	if (m.other)
		name_page(e, m.other, "other");
	if (m.mixed) {
		name_page(e, m.mixed, "mixed");
		name_page(e, m.mixed2, "mixed2");
	}
	name_entry(e, PGT_PMD);
	name_entry(e, PGT_PTE);
	explore_task(e, 0, "walker", reader, NULL);
	if (c->writer)
		explore_task(e, 1, c->writer_name, c->writer, NULL);
	if (c->mixed)
		explore_invariant(e, MIXED, mixed_is_alone, NULL, false);
	if (c->own)
		explore_invariant(e, OWN, own_page, NULL, true);
	if (c->stays)
		explore_invariant(e, STAYS, page_returned, NULL, true);
	if (c->counted)
		explore_invariant(e, COUNTED, not_counted, NULL, true);
	return 0;
}

static void teardown(const void *arg)
{
	ref_mm_destroy(m.mm);
}

/* ---- the models ---- */

#define MODEL(variant_, summary_, busted_, by, ...)                                                \
	{                                                                                          \
		.mechanism = "gup", .variant = (variant_), .summary = (summary_),                  \
		.busted = (busted_), .caught_by = (by), .nr_cpus = 2, .setup = setup,              \
		.teardown = teardown, .arg = &(const struct gup_case){ __VA_ARGS__ },              \
	}
#define GOOD(variant_, summary_, ...) MODEL(variant_, summary_, false, NULL, __VA_ARGS__)
#define BUSTED(variant_, by, summary_, ...) MODEL(variant_, summary_, true, by, __VA_ARGS__)

#define PAE(walker)                                                                                \
	.fmt = &pgt_fmt_i386_4k_32_pae, .nr_frames = (1 << 20) + 64,                               \
	.fast = gup_fast_i386_4k_32_pae_##walker, .addr = 5 << 21, .map = map_pae,                 \
	.writer = remapper, .writer_name = "remapper", .mixed = true
#define S390X(walker, levels_, addr_)                                                              \
	.fmt = &pgt_fmt_tiny_s390x, .levels = (levels_), .nr_frames = 32,                          \
	.fast = gup_fast_tiny_s390x_##walker, .addr = (addr_), .map = map_one
#define UPGRADE .writer = upgrader, .writer_name = "upgrader", .own = true
#define COLLAPSE .writer = collapser, .writer_name = "collapser", .counted = true
#define CONT(walker)                                                                               \
	.fmt = &pgt_fmt_tiny_arm64, .nr_frames = 32, .fast = gup_fast_tiny_arm64_##walker,         \
	.addr = 1 << 12, .map = map_range, .own = true

const struct explore_model explore_gup_models[] = {
	GOOD("pae", "an entry of two words goes from a frame above 4 GiB to one below and back",
	     PAE(model_good), .flush = true),
	BUSTED("pae_torn_load", MIXED,
	       "the words of an entry are loaded, and the low one is not read again",
	       PAE(model_torn), .flush = true),
	BUSTED("pae_no_flush", MIXED,
	       "the old entry comes back while a walker reads it: the low word is what it was",
	       PAE(model_good)),

	GOOD("upgrade", "a walk in the old top table while the mm gets a fourth level",
	     S390X(good, 3, 0x1000), UPGRADE, .stays = true),
	GOOD("upgrade_above",
	     "a walk past the reach of the old top table while the mm gets a fourth level",
	     S390X(good, 3, 1 << 15 | 0x1000), UPGRADE),
	BUSTED("upgrade_limit_first", OWN,
	       "the limit is raised before the new top is there, and lets that walk in",
	       S390X(good, 3, 1 << 15 | 0x1000), UPGRADE, .limit_first = true),

	GOOD("recheck_real",
	     "the PMD above a collapse is in the top table, and is read again there",
	     S390X(good, 2, 0x1000), COLLAPSE),
	BUSTED("recheck_copy", COUNTED,
	       "the design has only a copy of that PMD, and compares it with itself",
	       S390X(addr_end_global, 2, 0x1000), COLLAPSE),

	GOOD("contpte",
	     "a contiguous range is unfolded, and one of its pages unmapped, while another "
	     "is walked",
	     CONT(good), .writer = unfolder, .writer_name = "unfolder"),
	GOOD("contpte_young", "the hardware has marked another entry of a contiguous range young",
	     CONT(good), .stays = true),
	BUSTED("contpte_recheck_ungathered", STAYS,
	       "one entry of the range is compared with the bits gathered from all of them",
	       CONT(recheck_ungathered), .stays = true),
	{ 0 },
};
