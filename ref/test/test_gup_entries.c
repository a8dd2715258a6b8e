// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Entries of more than one word, and levels that are found from an entry's address: PAE's two
 * halves, arm64's contiguous ranges and its levels folded at boot, and s390x's top tables that
 * grow. This tests one interleaving at a time; the explorer runs them all
 * (ref/explore/model_gup.c).
 */
#include <array_size.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/tap.h"
#include "../pgtable/mm.h"
#include "gup_suite.h"
#include "gup_variants.h"

static struct ref_mm *mm;
static uint64_t addr;
static unsigned calls;

static struct ref_mm *mm_of(const char *format, unsigned levels, size_t nr_frames)
{
	struct pgt_opts opts = { format, levels, nr_frames };
	struct ref_mm *new;

	if (ref_mm_create(&opts, &new))
		exit(1);
	calls = 0;
	return new;
}

/* ---- two words ---- */

static struct ref_page *low_frame, *high_frame, *mixed_frame, *referenced;

/* A frame with one reference, not from the arena, which never hands out frames so high. */
static struct ref_page *frame_at(size_t i)
{
	struct ref_page *page = &mm->memmap[i];

	page->head = page;
	page->nr = 1;
	page->mm = mm;
	page->mapping = (char *)mm + REF_MAPPING_ANON;
	page->refcount = 1;
	return page;
}

/* Maps a frame on the other side of 4 GiB; in between the entry is not present. */
static void hook_remap(void)
{
	if (calls++ != 1) /* the first call is for the PMD */
		return;
	ref_count_set_release(&low_frame->refcount, 2);
	pgt_unmap(mm, addr);
	pgt_map_page(mm, addr, high_frame, true);
}

static void hook_note(struct ref_page *page)
{
	referenced = page;
}

static unsigned long walk_words(const char *variant)
{
	struct ref_page *pages[1];
	unsigned long nr;

	mm = mm_of("i386-4k-32-pae", 0, (1 << 20) + 64);
	addr = 5 << 21;
	/* 0xffe05000, 0x100007000; and 0x1ffe05000, which has the halves of both. */
	low_frame = frame_at(5);
	high_frame = frame_at(512 + 7);
	mixed_frame = frame_at((1 << 20) + 5);
	pgt_map_page(mm, addr, low_frame, true);
	gup_test_between_words = hook_remap;
	gup_test_before_recheck = hook_note;
	referenced = NULL;
	nr = gup_test_variant_find(variant, "i386-4k-32-pae")(mm, addr, 1, 0, pages);
	gup_test_between_words = NULL;
	gup_test_before_recheck = NULL;
	if (nr && pages[0] == mixed_frame)
		nr = 99;
	return nr;
}

static void test_words(void)
{
	unsigned long nr = walk_words("words");

	ok(nr <= 1 && referenced == high_frame && mixed_frame->refcount == 1,
	   "i386-4k-32-pae: an entry that changes between its words is read again, as it is then");
	ref_mm_destroy(mm);
	nr = walk_words("torn_load");
	ok(nr == 0 && referenced == mixed_frame,
	   "i386-4k-32-pae: the torn load references a frame that was never mapped there");
	ref_mm_destroy(mm);
}

/* The order in which words are written: a present low word never stands beside the high word of
 * another entry. */
static void test_word_order(void)
{
	const struct pgt_fmt *f = pgt_format_find("i386-4k-32-pae");
	uint32_t word[2] = { 0, 0 };
	struct pgt_entry *e = (struct pgt_entry *)word;
	uint64_t a = pgt_leaf_entry(f, PGT_PTE, 0x1ffe05000ULL, true);

	pgt_write(f, PGT_PTE, e, a);
	ok(word[0] == (uint32_t)a && word[1] == a >> 32 && pgt_read(f, PGT_PTE, e) == a,
	   "an entry's low word comes first in memory, as x86's do");
	ok(pgt_exchange(f, PGT_PTE, e, 0) == a && !word[0] && !word[1],
	   "and what is taken out is both of them");
}

/* ---- contiguous ranges ---- */

static struct pgt_entry *range;
static unsigned hook_at, hook_what;
enum { YOUNG, UNFOLD, REMAP };

static void set(unsigned i, uint64_t set_bits, uint64_t clear_bits)
{
	struct pgt_entry *e = pgt_entry_at(&mm->fmt->level[PGT_PTE], range, i);
	uint64_t pte = pgt_read(mm->fmt, PGT_PTE, e);

	pgt_write(mm->fmt, PGT_PTE, e, (pte | set_bits) & ~clear_bits);
}

/* Makes all entries clean and old, as after the kernel has looked for pages in use. */
static void clean(void)
{
	const struct pgt_level_fmt *l = &mm->fmt->level[PGT_PTE];

	for (unsigned i = 0; i < 1u << l->cont_bits; i++)
		set(i, l->rdonly, l->young | l->dirty);
}

static void hook_range(unsigned i)
{
	const struct pgt_level_fmt *l = &mm->fmt->level[PGT_PTE];

	if (i != hook_at || calls++)
		return;
	if (hook_what == YOUNG)
		set(1, l->young, 0);
	else
		pgt_unfold(mm, addr);
	if (hook_what == REMAP) {
		uint64_t next = addr + ((uint64_t)(hook_at + 1) << mm->fmt->page_shift);

		pgt_unmap(mm, next);
		pgt_map(mm, next, PGT_PTE, true);
	}
}

static void map_range(const char *format)
{
	mm = mm_of(format, 0, 4096);
	addr = 1ULL << pgt_level_shift(mm, PGT_PMD);
	if (pgt_map_cont(mm, addr, true))
		exit(1);
	range = __pgt_entry(mm, addr, PGT_PTE);
	clean();
}

static unsigned long walk_range(const char *variant, unsigned first, unsigned long nr)
{
	gup_fast_fn fast = gup_test_variant_find(variant, mm->fmt->name);
	struct ref_page *pages[16];
	unsigned long got =
		fast(mm, addr + ((uint64_t)first << mm->fmt->page_shift), nr, GUP_WRITE, pages);

	for (unsigned long i = 0; i < got; i++)
		if (pages[i] != pgt_lookup(mm, addr + ((first + i) << mm->fmt->page_shift), true))
			got = 99;
	if (got <= 16)
		gup_put(pages, got);
	return got;
}

static unsigned long walk_hooked(const char *format, const char *variant, unsigned what,
				 unsigned at)
{
	unsigned long nr;

	map_range(format);
	hook_what = what;
	hook_at = at;
	gup_test_in_gather = hook_range;
	nr = walk_range(variant, 1, 1);
	gup_test_in_gather = NULL;
	ref_mm_destroy(mm);
	return nr;
}

static void test_range(const char *format, unsigned entries)
{
	unsigned long gathered, ungathered;
	struct ref_page *head;

	map_range(format);
	head = pgt_lookup(mm, addr, true)->head;
	ok(1u << mm->fmt->level[PGT_PTE].cont_bits == entries && head->nr == entries &&
		   head->refcount == (int)entries,
	   "%s: a contiguous range is %u entries of one folio", format, entries);
	set(entries - 1, mm->fmt->level[PGT_PTE].young, 0);
	gathered = walk_range("gather", 0, 8);
	ungathered = walk_range("recheck_ungathered", 0, 8);
	ok(gathered == 8 && ungathered == 0,
	   "%s: a young bit in the last entry is the range's: a recheck that does not gather it fails",
	   format);
	ok(pgt_unmap(mm, addr + (2ULL << mm->fmt->page_shift)) == 0 &&
		   !pgt_cont(mm->fmt, pgt_read(mm->fmt, PGT_PTE, range)) &&
		   (pgt_read(mm->fmt, PGT_PTE, range) & mm->fmt->level[PGT_PTE].young) &&
		   walk_range("gather", 0, 8) == 2 && head->refcount == (int)entries - 1,
	   "%s: an entry that is unmapped unfolds it, and each keeps the bits of all", format);
	ok(pgt_unfold(mm, addr) == -ENOENT && pgt_map_cont(mm, addr, true) == -EEXIST &&
		   pgt_map_cont(mm, addr + (1ULL << mm->fmt->page_shift), true) == -EINVAL,
	   "%s: what is no range is not unfolded, and what is taken or askew not mapped", format);
	ref_mm_destroy(mm);

	ok(walk_hooked(format, "gather", YOUNG, 1) <= 1 &&
		   walk_hooked(format, "gather", YOUNG, 2) == 0,
	   "%s: a bit set behind the gather ends the walk, and no more than that", format);
	ok(walk_hooked(format, "gather", UNFOLD, 2) == 1,
	   "%s: a range unfolded under the gather is read again, as what it is then", format);
	ok(walk_hooked(format, "gather", REMAP, 2) == 1 && calls == 1,
	   "%s: and so is one of which an entry is another's", format);
	ok(walk_hooked(format, "gather_unchecked", REMAP, 2) == 0,
	   "%s: unchecked, the bits of the other's entry are taken for its own", format);
}

/* ---- levels folded at boot ---- */

/*
 * Fills the page of the entry copies like a top table whose entries are all moved up by one: a
 * walker that takes it for the table finds the pages of addresses one entry lower.
 */
static void fill_scratch(void)
{
	const struct pgt_real *top = &mm->real[0];
	const struct pgt_level_fmt *l = &mm->fmt->level[top->level];

	for (unsigned i = 1; i < 1u << top->bits; i++)
		pgt_write_local(mm->fmt, top->level, pgt_entry_at(l, gup_test_scratch, i),
				pgt_read(mm->fmt, top->level, pgt_entry_at(l, mm->pgd, i - 1)));
}

static bool returns_wrong_page(const char *format, const char *design)
{
	struct ref_page *page = NULL;
	char name[64];
	uint64_t size;
	bool wrong;

	snprintf(name, sizeof(name), "scratch_%s", design);
	mm = mm_of(format, 0, 4096);
	size = 1ULL << mm->real[0].shift;
	/* Also 16 KiB pages and 52 bits have an entry 20 (of 32); no copy lies there. */
	addr = 20 * size;
	if (addr > pgt_last_addr(mm))
		addr = 12 * size;
	pgt_map(mm, addr, PGT_PTE, true);
	pgt_map(mm, addr - size, PGT_PTE, true);
	fill_scratch();
	gup_test_variant_find(name, format)(mm, addr, 1, 0, &page);
	wrong = page != pgt_lookup(mm, addr, false);
	if (wrong)
		diag("%s %s: 0x%llx gave the page of 0x%llx", format, design,
		     (unsigned long long)addr,
		     page ? (unsigned long long)page->index << mm->fmt->page_shift : 0ULL);
	ref_mm_destroy(mm);
	return wrong;
}

static const char *const real_formats[] = { "arm64-16k-52", "arm64-16k-52-folded", "arm64-4k-52",
					    "arm64-4k-52-folded" };

/* Every design, and on which of these formats, in their order, it is wrong: typed from arm64's
 * history. */
static const struct real_design {
	const char *design;
	bool wrong[ARRAY_SIZE(real_formats)];
} real_designs[] = {
	{ "static", { false, true, false, true } },
	{ "addr_end_folded", { false, true, false, true } },
	{ "addr_end_global", { false, true, false, true } },
	{ "offset_lockless", { false, true, false, true } },
	{ "align_real", { false, true, false, false } }, /* v6.10 */
	{ "reload_real", { false, false, false, false } },
};

static void test_real_offsets(void)
{
	for (size_t d = 0; d < ARRAY_SIZE(real_designs); d++) {
		for (size_t f = 0; f < ARRAY_SIZE(real_formats); f++) {
			const char *design = real_designs[d].design;
			bool wrong = returns_wrong_page(real_formats[f], design);

			ok(wrong == real_designs[d].wrong[f] &&
				   gup_walker_find(real_formats[f], design)->busted == wrong,
			   "%s %s: %s, and is said to be", real_formats[f], design,
			   wrong ? "looks for the table around a copy on its stack" : "right");
		}
	}
}

/* Whether the walker has to be busted; -1: the design has no row above. */
static int want_busted(const struct gup_walker *w)
{
	const struct real_design *design = NULL;

	for (size_t d = 0; d < ARRAY_SIZE(real_designs); d++)
		if (!strcmp(w->design, real_designs[d].design))
			design = &real_designs[d];
	for (size_t f = 0; design && f < ARRAY_SIZE(real_formats); f++)
		if (!strcmp(w->format, real_formats[f]))
			return design->wrong[f];
	return design ? !strcmp(w->format, "s390x") && !strcmp(w->design, "static") : -1;
}

/* Compares which walkers of the whole table are busted. */
static void test_busted(void)
{
	unsigned wrong = 0, busted = 0;

	for (size_t i = 0; i < gup_nr_walkers(); i++) {
		const struct gup_walker *w = gup_walker_at(i);
		bool own = !strcmp(w->design, "align_real") || !strcmp(w->design, "reload_real");

		busted += w->busted;
		if (want_busted(w) < 0)
			diag("real_designs[] has no row of %s", w->design);
		wrong += (int)w->busted != want_busted(w) ||
			 (own && strncmp(w->format, "arm64-", 6));
	}
	ok(!wrong && busted == 1 + 4 + 5, "%u of %zu pairs of a format and a design are busted",
	   busted, gup_nr_walkers());
}

/* ---- a top that grows ---- */

static void test_upgrade(void)
{
	const gup_fast_fn fast = gup_walker_find("s390x", "offset_lockless")->fast;
	const uint64_t low = 0x12345000, mid = 1ULL << 42 | 0x1000, high = 1ULL << 53 | 0x2000;
	struct ref_page *pages[1], *page;
	struct pgt_entry *old;
	bool fine;

	mm = mm_of("s390x", 3, 4096);
	pgt_map(mm, low, PGT_PTE, true);
	page = pgt_lookup(mm, low, true);
	old = mm->pgd;
	ok(pgt_map(mm, mid, PGT_PTE, true) == -EINVAL && fast(mm, mid, 1, 0, pages) == 0,
	   "s390x/3: nothing is past 4 TiB");
	fine = !pgt_upgrade(mm) && pgt_lookup(mm, low, true) == page && mm->pgd != old &&
	       fast(mm, low, 1, 0, pages) == 1 && pages[0] == page && mm->limit == 1ULL << 53;
	gup_put(pages, fine);
	ok(fine &&
		   (pgt_read(mm->fmt, PGT_P4D, mm->pgd) & ~0xfffULL) ==
			   (uint64_t)((char *)old - mm->mem) &&
		   (pgt_read(mm->fmt, PGT_P4D, mm->pgd) & 0xfff) == 0x0b &&
		   ((const uint64_t *)mm->pgd)[1] == 0x28,
	   "s390x: from 3 to 4 levels: the old top is the first entry of the new, the others empty");
	fine = !pgt_map(mm, mid, PGT_PTE, true) && fast(mm, mid, 1, 0, pages) == 1;
	gup_put(pages, fine);
	fine = fine && !pgt_upgrade(mm) && !pgt_map(mm, high, PGT_PTE, true) &&
	       fast(mm, high, 1, 0, pages) == 1 && pages[0] == pgt_lookup(mm, high, true) &&
	       pgt_lookup(mm, low, true) == page;
	ok(fine && mm->limit == -4096ULL && pgt_upgrade(mm) == -EINVAL,
	   "s390x: and from 4 to 5, and no further");
	ref_mm_destroy(mm);
	mm = mm_of("s390x", 2, 64);
	ok(pgt_upgrade(mm) == -EINVAL, "s390x/2: 31-bit address spaces do not grow");
	ref_mm_destroy(mm);
}

int main(void)
{
	test_words();
	test_word_order();
	test_range("arm64-4k-48", 16);
	test_range("arm64-16k-47", 128);
	test_range("arm64-64k-52", 32);
	test_real_offsets();
	test_busted();
	test_upgrade();
	return tap_done();
}
