// SPDX-License-Identifier: GPL-2.0-or-later
/* The formats, the builder, the arena and the slow walk: their promises, and the errors that they
 * return. */
#include <array_size.h>
#include <errno.h>
#include <string.h>

#include "../../scripts/tap.h"
#include "../pgtable/mm.h"
#include "gup_suite.h"

#define TOP_TYPE(levels) (((levels)-2) * 4U) /* s390x: type bits of the top table's entries */

static void test_create(void)
{
	static const struct {
		struct pgt_opts opts;
		int err;
		const char *what;
	} bad[] = {
		{ { "x86_64-4k-49", 0, 64 }, -EINVAL, "a format that does not exist" },
		{ { NULL, 0, 64 }, -EINVAL, "no format" },
		{ { "x86_64-4k-48", 4, 64 }, -EINVAL, "levels where the format has one shape" },
		{ { "s390x", 1, 64 }, -EINVAL, "one level" },
		{ { "s390x", 6, 64 }, -EINVAL, "six levels" },
		{ { "s390x", 0, 64 }, -EINVAL, "no levels where they have to be given" },
		{ { "s390x", 3, 4 }, -ENOMEM, "an arena too small for the top table" },
		{ { "x86_64-4k-48", 0, SIZE_MAX / 2 }, -ENOMEM, "an arena that no machine has" },
		{ { "x86_64-4k-48", 0, 0 }, -ENOMEM, "an empty arena" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct ref_mm *mm = (struct ref_mm *)&mm;
		int err = ref_mm_create(&bad[i].opts, &mm);

		ok(err == bad[i].err && !mm, "%s is refused", bad[i].what);
	}
	ref_mm_destroy(NULL);
	ok(!pgt_format_name(pgt_nr_formats()) && !pgt_format_folds_per_mm("none") &&
		   !strcmp(pgt_level_name(PGT_P4D), "p4d"),
	   "formats and levels have names, and what does not exist has none");
}

static void test_errors(const struct suite_shape *s)
{
	struct ref_mm *mm = suite_mm(s);
	uint64_t pmd = 1ULL << pgt_level_shift(mm, PGT_PMD), last = pgt_last_addr(mm);
	uint64_t page = suite_page(mm);
	bool fine = true, huge = pgt_level_can_leaf(mm, PGT_PMD);

	fine &= pgt_map(mm, page / 2, PGT_PTE, true) == -EINVAL; /* not aligned */
	fine &= pgt_map(mm, page, PGT_PMD, true) == -EINVAL;
	fine &= pgt_map(mm, 0, PGT_PGD, true) == -EINVAL; /* no leaf there */
	fine &= pgt_map(mm, 0, (enum pgt_level)9, true) == -EINVAL;
	fine &= pgt_map(mm, last + 1, PGT_PTE, true) == -EINVAL; /* past the end */
	if (pgt_level_can_leaf(mm, PGT_PUD) && (last + 1) % pmd)
		fine &= pgt_map(mm, (last + 1) & -pmd, PGT_PMD, true) == -EINVAL;
	fine &= pgt_unmap(mm, 0) == -ENOENT && pgt_unmap(mm, last + 1) == -ENOENT;
	fine &= pgt_map(mm, 0, PGT_PTE, true) == 0;
	fine &= pgt_map(mm, 0, PGT_PTE, true) == -EEXIST;
	if (huge) {
		fine &= pgt_map(mm, 0, PGT_PMD, true) == -EEXIST; /* a table is there */
		fine &= pgt_map(mm, pmd, PGT_PMD, true) == 0;
		fine &= pgt_map(mm, pmd + page, PGT_PTE, true) == -EEXIST; /* a leaf is above */
		fine &= !pgt_unlink_table(mm, pmd);			   /* no table there */
		fine &= pgt_unmap(mm, pmd + 3 * page) == 0 && !pgt_lookup(mm, pmd, false);
	} else {
		fine &= pgt_map(mm, 0, PGT_PMD, true) == -EINVAL;
	}
	fine &= !pgt_unlink_table(mm, 5 * pmd) && !pgt_unlink_table(mm, last + 1);
	fine &= pgt_map(mm, last + 1 - page, PGT_PTE, true) == 0; /* the last page */
	ok(fine, "%s: what cannot be mapped or unmapped is refused", suite_name(s));
	ref_mm_destroy(mm);
}

/* A frame's index tells the address for which it was mapped: the slow walk has to find that frame
 * there, and none at addresses that differ in one bit. */
static void test_lookup(const struct suite_shape *s)
{
	struct ref_mm *mm = suite_mm(s);
	uint64_t size = suite_page(mm);
	uint64_t addr[3] = { 0, suite_boundary(mm, PGT_PMD) + 7 * size,
			     pgt_last_addr(mm) + 1 - size };
	unsigned wrong = 0;

	for (unsigned i = 0; i < 3; i++)
		wrong += pgt_map(mm, addr[i], PGT_PTE, i != 1) != 0;
	for (unsigned i = 0; i < 3; i++) {
		struct ref_page *page = pgt_lookup(mm, addr[i] + 123, false);

		wrong += !page || page->index != addr[i] / size || page->refcount != 1;
		wrong += !page || pgt_lookup(mm, addr[i], true) != (i != 1 ? page : NULL);
		for (unsigned bit = pgt_page_shift(mm); bit < 64; bit++) {
			uint64_t other = addr[i] ^ 1ULL << bit;

			if (other == addr[0] || other == addr[1] || other == addr[2])
				continue;
			wrong += pgt_lookup(mm, other, false) != NULL;
		}
	}
	ok(!wrong, "%s: the slow walk finds what was mapped, and nothing one bit beside",
	   suite_name(s));
	ref_mm_destroy(mm);
}

static uint64_t leaf_of(struct ref_mm *mm, struct ref_page *page, bool writable)
{
	return pgt_leaf_entry(mm->fmt, PGT_PTE, ref_page_phys(mm, page), writable);
}

static void put(struct ref_mm *mm, struct pgt_entry *pte, uint64_t val)
{
	pgt_write(mm->fmt, PGT_PTE, pte, val);
}

/* The oracle reads the tables: change a word there, and its answer changes. */
static void test_lookup_mutated(const struct suite_shape *s)
{
	struct ref_mm *mm = suite_mm(s);
	uint64_t addr = suite_boundary(mm, PGT_PMD);
	struct ref_page *page;
	struct pgt_entry *pte;

	pgt_map(mm, addr, PGT_PTE, true);
	page = pgt_lookup(mm, addr, true);
	pte = __pgt_entry(mm, addr, PGT_PTE);
	put(mm, pte, leaf_of(mm, page + 1, true));
	ok(pgt_lookup(mm, addr, true) == page + 1,
	   "%s: another frame in the entry is another answer", suite_name(s));
	put(mm, pte, leaf_of(mm, page, false));
	ok(pgt_lookup(mm, addr, false) == page && !pgt_lookup(mm, addr, true),
	   "%s: a read-only entry is one", suite_name(s));
	put(mm, pte, leaf_of(mm, page, true) | mm->fmt->level[PGT_PTE].special);
	ok(!pgt_lookup(mm, addr, false) == !!mm->fmt->level[PGT_PTE].special,
	   "%s: a special entry has no page, where there is such a bit", suite_name(s));
	ref_mm_destroy(mm);
}

/* The bytes of a table: a page, but for these formats. */
static size_t table_bytes(const char *format, unsigned levels, uint64_t page_size)
{
	if (!strcmp(format, "ppc64-64k-52-hash") || !strcmp(format, "arm-4k-32") || levels)
		return 2048;
	return page_size;
}

static void test_tables(const struct suite_shape *s)
{
	struct ref_mm *mm = suite_mm(s);
	uint64_t addr = suite_boundary(mm, PGT_PMD);
	uint64_t other = addr + (1ULL << pgt_level_shift(mm, PGT_PMD));
	uint64_t page_size = suite_page(mm);
	struct ref_page *page, *table, *other_table;
	size_t size = 0;
	void *mem;
	bool fine;

	pgt_map(mm, addr + page_size, PGT_PTE, true);
	pgt_map(mm, other, PGT_PTE, true);
	page = pgt_lookup(mm, addr + page_size, false);
	table = pgt_unlink_table(mm, addr + 5 * page_size);
	if (!table) { /* fragments of a page, which test_formats tests */
		ref_mm_destroy(mm);
		return;
	}
	mem = pgt_table_mem(mm, table, &size);
	fine = table->refcount == 1 && !pgt_lookup(mm, addr + page_size, false) &&
	       page->refcount == 1 && pgt_lookup(mm, other, false);
	ok(fine && !pgt_unlink_table(mm, addr),
	   "%s: an unlinked table takes its pages out of sight", suite_name(s));
	ok(size == table_bytes(s->format, s->levels, page_size) &&
		   memcmp(mem, (char *)mem + size / 2, size / 2),
	   "%s: a PTE table is %zu bytes, and its leaves are still in it", suite_name(s), size);
	other_table = pgt_unlink_table(mm, other);
	ok(pgt_link_table(mm, addr, table) == 0 &&
		   pgt_lookup(mm, addr + page_size, false) == page &&
		   pgt_link_table(mm, addr, other_table) == -EEXIST &&
		   pgt_link_table(mm, pgt_last_addr(mm) + 1, other_table) == -ENOENT,
	   "%s: linked again it shows them, and a place that is taken is refused", suite_name(s));
	ref_mm_destroy(mm);
}

/* Empty entries keep their type bits, on which every s390x helper that folds relies. */
static void test_s390x_types(unsigned levels)
{
	struct suite_shape s = { "s390x", levels };
	struct ref_mm *mm = suite_mm(&s);
	const uint64_t *top = (const uint64_t *)mm->pgd;
	unsigned wrong = 0, linked;
	uint64_t entry, pmd;

	for (unsigned i = 0; i < 2048; i++)
		wrong += top[i] != (0x20 | TOP_TYPE(levels));
	ok(!wrong && mm->pgd_page->nr == 4,
	   "s390x/%u: a top table is 16 KiB of empty entries of type 0x%02x", levels,
	   TOP_TYPE(levels));
	pgt_map(mm, 0, PGT_PTE, true);
	entry = top[0];
	linked = levels > 2 ? 0x03 : 0;
	ok((entry & 0xfff) == (TOP_TYPE(levels) | linked) && entry & ~0xfffULL,
	   "s390x/%u: an entry that points to a table has its type%s", levels,
	   linked ? " and length" : "");
	pgt_unlink_table(mm, 0);
	for (unsigned l = levels; l > 2; l--) /* down the first entries to the segment table */
		entry = *(uint64_t *)(mm->mem + (entry & ~0xfffULL));
	pmd = levels > 2 ? entry : top[0];
	ok(pmd == 0x20, "s390x/%u: an unlinked page table leaves an empty segment entry", levels);
	ref_mm_destroy(mm);
}

static void test_arena(void)
{
	struct pgt_opts opts = { "x86_64-4k-48", 0, 2048 };
	const uint64_t pmd = 1ULL << 21;
	struct ref_page *first;
	uint64_t n, large = 0;
	uint32_t generation;
	struct ref_mm *mm;
	int err = 0;

	ref_mm_create(&opts, &mm);
	/* The tables first, so that they share one block of 512 frames, and the other three are
	 * free once the pages are. */
	for (uint64_t t = 0; t < 4; t++)
		pgt_map(mm, t * pmd, PGT_PTE, true);
	for (n = 0; err == 0 || err == -EEXIST; n++)
		err = pgt_map(mm, n * 4096, PGT_PTE, true);
	ok(err == -ENOMEM && n > 2000,
	   "an arena of 2048 frames holds %llu pages, then says -ENOMEM",
	   (unsigned long long)n - 1);
	first = pgt_lookup(mm, 0, false);
	generation = first->generation;
	for (uint64_t i = 0; i < 2048; i++)
		pgt_unmap(mm, i * 4096);
	ok(!suite_leaked(mm) && first->refcount == 0 && first->generation == generation + 1,
	   "unmapped, every frame is free and has changed its generation");
	while (!pgt_map(mm, (8 + large) * pmd, PGT_PMD, true))
		large++;
	ok(large == 3, "and free frames make large folios again: %llu of 2 MiB",
	   (unsigned long long)large);
	ref_mm_destroy(mm);
}

/*
 * PMD_SHIFT, PUD_SHIFT, P4D_SHIFT, PGDIR_SHIFT of Linux 6.12, which give each level's boundary its
 * name. The kernel's driver skips a boundary that also has the name of the level above, or that no
 * user address crosses.
 */
static void test_boundaries(void)
{
	static const struct {
		const char *format;
		unsigned levels, shift[4];
	} kernels[] = {
		{ "x86_64-4k-48", 0, { 21, 30, 0, 39 } },
		{ "x86_64-4k-57", 0, { 21, 30, 39, 48 } },
		{ "x86_64-4k-57-folded", 0, { 21, 30, 0, 39 } },
		{ "i386-4k-32", 0, { 0, 0, 0, 22 } },
		{ "i386-4k-32-pae", 0, { 21, 0, 0, 30 } },
		{ "arm-4k-32-lpae", 0, { 21, 0, 0, 30 } },
		{ "arm64-4k-48", 0, { 21, 30, 0, 39 } },
		{ "arm64-4k-52", 0, { 21, 30, 39, 48 } },
		{ "arm64-4k-52-folded", 0, { 21, 30, 39, 0 } },
		{ "arm64-16k-47", 0, { 25, 0, 0, 36 } },
		{ "arm64-16k-52", 0, { 25, 36, 0, 47 } },
		{ "arm64-16k-52-folded", 0, { 25, 36, 0, 0 } },
		{ "arm64-64k-52", 0, { 29, 0, 0, 42 } },
		{ "riscv64-4k-39", 0, { 21, 30, 0, 30 } },
		{ "riscv64-4k-48", 0, { 21, 30, 0, 39 } },
		{ "riscv64-4k-57", 0, { 21, 30, 39, 48 } },
		{ "ppc64-64k-52", 0, { 21, 30, 0, 39 } },
		{ "s390x", 2, { 20, 0, 0, 0 } },
		{ "s390x", 3, { 20, 31, 0, 0 } },
		{ "s390x", 4, { 20, 31, 42, 0 } },
		{ "s390x", 5, { 20, 31, 42, 53 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		struct pgt_opts opts = { kernels[i].format, kernels[i].levels, 64 };
		unsigned have[4] = { 99, 99, 99, 99 };
		struct ref_mm *mm;

		if (!ref_mm_create(&opts, &mm))
			for (int l = PGT_PMD; l <= PGT_PGD; l++)
				have[l - PGT_PMD] = pgt_boundary_shift(mm, l);
		ok(!memcmp(have, kernels[i].shift, sizeof(have)),
		   "%s, %u levels: boundaries as the kernel names them (%u %u %u %u)", opts.format,
		   opts.levels, have[0], have[1], have[2], have[3]);
		ok(mm && !pgt_boundary_shift(mm, PGT_PTE) && !pgt_boundary_shift(mm, PGT_NR_LEVELS),
		   "and none of other levels");
		ref_mm_destroy(mm);
	}
}

int main(void)
{
	struct suite_shape shapes[SUITE_MAX_SHAPES];
	size_t nr = suite_shapes(shapes);

	test_create();
	for (size_t i = 0; i < nr; i++) {
		test_errors(&shapes[i]);
		test_lookup(&shapes[i]);
		test_lookup_mutated(&shapes[i]);
		test_tables(&shapes[i]);
	}
	for (unsigned l = 2; l <= 5; l++)
		test_s390x_types(l);
	test_arena();
	test_boundaries();
	return tap_done();
}
