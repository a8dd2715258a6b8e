// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The formats' numbers: geometry, table sizes and limits as in the kernel's headers, and entries as
 * the kernel would write them. They are typed here, not derived from the formats.
 */
#include <array_size.h>
#include <errno.h>
#include <string.h>

#include "../../scripts/tap.h"
#include "../gup/walk.h"
#include "../pgtable/mm.h"
#include "gup_suite.h"

/* ---- geometry: page tables as the kernel's headers have them, typed from the fact sheet ---- */

enum { PMD = 1 << PGT_PMD, PUD = 1 << PGT_PUD, P4D = 1 << PGT_P4D };

/*
 * shift: pmd, pud, p4d, pgdir; 0: the level is folded when compiled, and has the shift of the level
 * above. bits: pte to pgd. Both as compiled, or, where the kernel has variables, as booted. real:
 * how many levels have tables of their own. boot: levels folded at boot; leaf: levels of huge
 * leaves. limit: log2 of the end of the users' range if that is a power of two; else `last` is the
 * last address.
 */
static const struct geometry {
	const char *format;
	unsigned page, shift[4], bits[5], va, real, boot, leaf, limit;
	uint64_t last;
} geometry[] = {
	{ "x86_64-4k-48",
	  12,
	  { 21, 30, 0, 39 },
	  { 9, 9, 9, 0, 9 },
	  48,
	  4,
	  0,
	  PMD | PUD,
	  0,
	  0x7fffffffefffULL },
	{ "x86_64-4k-57",
	  12,
	  { 21, 30, 39, 48 },
	  { 9, 9, 9, 9, 9 },
	  57,
	  5,
	  0,
	  PMD | PUD,
	  0,
	  0xffffffffffefffULL },
	{ "x86_64-4k-57-folded",
	  12,
	  { 21, 30, 39, 39 },
	  { 9, 9, 9, 0, 9 },
	  48,
	  4,
	  P4D,
	  PMD | PUD,
	  0,
	  0x7fffffffefffULL },
	{ "i386-4k-32", 12, { 0, 0, 0, 22 }, { 10, 0, 0, 0, 10 }, 32, 2, 0, PMD, 0, 0xbfffffffULL },
	{ "i386-4k-32-pae", 12, { 21, 0, 0, 30 }, { 9, 9, 0, 0, 2 }, 32, 3, 0, PMD, 0, 0xbfffffffULL },
	{ "arm-4k-32", 12, { 0, 0, 0, 21 }, { 9, 0, 0, 0, 11 }, 32, 2, 0, 0, 0, 0xbeffffffULL },
	{ "arm-4k-32-lpae", 12, { 21, 0, 0, 30 }, { 9, 9, 0, 0, 2 }, 32, 3, 0, PMD, 0, 0xbeffffffULL },
	{ "riscv64-4k-39",
	  12,
	  { 21, 30, 30, 30 },
	  { 9, 9, 9, 9, 9 },
	  39,
	  3,
	  PUD | P4D,
	  PMD | PUD,
	  38,
	  0 },
	{ "riscv64-4k-48", 12, { 21, 30, 39, 39 }, { 9, 9, 9, 9, 9 }, 48, 4, P4D, PMD | PUD, 47, 0 },
	{ "riscv64-4k-57", 12, { 21, 30, 39, 48 }, { 9, 9, 9, 9, 9 }, 57, 5, 0, PMD | PUD, 56, 0 },
	{ "ppc64-4k-52", 12, { 21, 30, 0, 39 }, { 9, 9, 9, 0, 13 }, 52, 4, 0, PMD | PUD, 46, 0 },
	{ "ppc64-64k-52", 16, { 21, 30, 0, 39 }, { 5, 9, 9, 0, 13 }, 52, 4, 0, PMD | PUD, 52, 0 },
	{ "ppc64-4k-46-hash", 12, { 21, 28, 0, 37 }, { 9, 7, 9, 0, 9 }, 46, 4, 0, PMD, 46, 0 },
	{ "ppc64-64k-52-hash",
	  16,
	  { 24, 34, 0, 44 },
	  { 8, 10, 10, 0, 8 },
	  52,
	  4,
	  0,
	  PMD | PUD,
	  52,
	  0 },
	{ "sparc64-8k-53", 13, { 23, 33, 0, 43 }, { 10, 10, 10, 0, 10 }, 53, 4, 0, PMD, 53, 0 },
	{ "loongarch64-4k-39", 12, { 21, 0, 0, 30 }, { 9, 9, 0, 0, 9 }, 39, 3, 0, PMD, 39, 0 },
	{ "loongarch64-4k-48", 12, { 21, 30, 0, 39 }, { 9, 9, 9, 0, 9 }, 48, 4, 0, PMD, 48, 0 },
	{ "loongarch64-16k-36", 14, { 0, 0, 0, 25 }, { 11, 0, 0, 0, 11 }, 36, 2, 0, PMD, 36, 0 },
	{ "loongarch64-16k-47", 14, { 25, 0, 0, 36 }, { 11, 11, 0, 0, 11 }, 47, 3, 0, PMD, 47, 0 },
	{ "loongarch64-64k-42", 16, { 0, 0, 0, 29 }, { 13, 0, 0, 0, 13 }, 42, 2, 0, PMD, 42, 0 },
	{ "loongarch64-64k-55", 16, { 29, 0, 0, 42 }, { 13, 13, 0, 0, 13 }, 55, 3, 0, PMD, 48, 0 },
	{ "mips64-4k-40", 12, { 21, 0, 0, 30 }, { 9, 9, 0, 0, 10 }, 40, 3, 0, PMD, 40, 0 },
	{ "mips64-4k-48", 12, { 21, 30, 0, 39 }, { 9, 9, 9, 0, 9 }, 48, 4, 0, PMD, 48, 0 },
	{ "mips64-16k-47", 14, { 25, 0, 0, 36 }, { 11, 11, 0, 0, 11 }, 47, 3, 0, PMD, 40, 0 },
	{ "mips64-16k-48", 14, { 25, 0, 0, 36 }, { 11, 11, 0, 0, 12 }, 48, 3, 0, PMD, 48, 0 },
	{ "mips64-64k-42", 16, { 0, 0, 0, 29 }, { 13, 0, 0, 0, 13 }, 42, 2, 0, PMD, 40, 0 },
	{ "mips64-64k-55", 16, { 29, 0, 0, 42 }, { 13, 13, 0, 0, 13 }, 55, 3, 0, PMD, 48, 0 },
	{ "arm64-4k-39", 12, { 21, 0, 0, 30 }, { 9, 9, 0, 0, 9 }, 39, 3, 0, PMD | PUD, 39, 0 },
	{ "arm64-4k-48", 12, { 21, 30, 0, 39 }, { 9, 9, 9, 0, 9 }, 48, 4, 0, PMD | PUD, 48, 0 },
	{ "arm64-4k-52", 12, { 21, 30, 39, 48 }, { 9, 9, 9, 9, 4 }, 52, 5, 0, PMD | PUD, 52, 0 },
	{ "arm64-4k-52-folded",
	  12,
	  { 21, 30, 39, 48 },
	  { 9, 9, 9, 9, 4 },
	  52,
	  4,
	  P4D,
	  PMD | PUD,
	  48,
	  0 },
	{ "arm64-16k-36", 14, { 0, 0, 0, 25 }, { 11, 0, 0, 0, 11 }, 36, 2, 0, PMD, 36, 0 },
	{ "arm64-16k-47", 14, { 25, 0, 0, 36 }, { 11, 11, 0, 0, 11 }, 47, 3, 0, PMD, 47, 0 },
	{ "arm64-16k-48", 14, { 25, 36, 0, 47 }, { 11, 11, 11, 0, 1 }, 48, 4, 0, PMD, 48, 0 },
	{ "arm64-16k-52", 14, { 25, 36, 0, 47 }, { 11, 11, 11, 0, 5 }, 52, 4, 0, PMD, 52, 0 },
	{ "arm64-16k-52-folded", 14, { 25, 36, 0, 47 }, { 11, 11, 11, 0, 5 }, 52, 3, PUD, PMD, 47, 0 },
	{ "arm64-64k-42", 16, { 0, 0, 0, 29 }, { 13, 0, 0, 0, 13 }, 42, 2, 0, PMD, 42, 0 },
	{ "arm64-64k-48", 16, { 29, 0, 0, 42 }, { 13, 13, 0, 0, 6 }, 48, 3, 0, PMD, 48, 0 },
	{ "arm64-64k-52", 16, { 29, 0, 0, 42 }, { 13, 13, 0, 0, 10 }, 52, 3, 0, PMD, 52, 0 },
};

/* Compares the kernel's PMD_SHIFT to PGDIR_SHIFT and PTRS_PER_PTE to PTRS_PER_PGD with what the
 * walker's own functions return. */
static unsigned differs_compiled(const struct geometry *g, const struct ref_mm *mm)
{
	const struct pgt_fmt *f = mm->fmt;
	struct gup_walk w = { .mm = mm };
	unsigned differs = f->page_shift != g->page || gup_shift(f, &w, PGT_PTE) != g->page;

	for (int l = PGT_PTE; l < PGT_NR_LEVELS; l++) {
		unsigned want = l == PGT_PTE ? g->page : g->shift[l - PGT_PMD];
		bool is_static = f->level[l].fold == PGT_FOLD_STATIC;

		differs += is_static != (want == 0);
		differs += gup_shift(f, &w, (enum pgt_level)l) !=
			   (want ? want : gup_shift(f, &w, (enum pgt_level)(l + 1)));
		differs += gup_index(f, &w, (enum pgt_level)l, ~0ULL) != (1ULL << g->bits[l]) - 1;
		differs += (f->level[l].fold == PGT_FOLD_MACHINE && f->level[l].folded) !=
			   !!(g->boot & 1 << l);
	}
	return differs + (gup_shift(f, &w, PGT_PGD) + g->bits[PGT_PGD] != g->va);
}

/* Compares which levels fold and how, and the shape that pgt_format_shape() gives without an mm. */
static unsigned differs_shape(const struct geometry *g, const struct ref_mm *mm)
{
	struct pgt_shape s;
	unsigned differs;

	if (pgt_format_shape(g->format, 0, &s))
		return 1;
	differs = s.page_shift != g->page || s.level[PGT_PTE].folded != PGT_NOT_FOLDED;
	for (int l = PGT_PTE; l < PGT_NR_LEVELS; l++) {
		enum pgt_decides want = l == PGT_PTE		 ? PGT_NOT_FOLDED
					: !g->shift[l - PGT_PMD] ? PGT_FOLDED_COMPILED
					: g->boot & 1 << l	 ? PGT_FOLDED_BOOT
								 : PGT_NOT_FOLDED;

		differs += s.level[l].folded != want ||
			   s.level[l].shift != pgt_level_shift(mm, (enum pgt_level)l) ||
			   s.level[l].boundary != pgt_boundary_shift(mm, (enum pgt_level)l) ||
			   s.level[l].can_leaf != pgt_level_can_leaf(mm, (enum pgt_level)l);
	}
	return differs;
}

static void test_geometry(const struct geometry *g)
{
	struct suite_shape s = { g->format, 0 };
	struct ref_mm *mm = suite_mm(&s);
	uint64_t last = g->limit ? (1ULL << g->limit) - 1 : g->last;
	unsigned differs = differs_compiled(g, mm) + (mm->nr_real != g->real);

	for (int l = PGT_PMD; l < PGT_NR_LEVELS; l++)
		differs += pgt_level_can_leaf(mm, (enum pgt_level)l) != !!(g->leaf & 1 << l);
	ok(!differs && pgt_last_addr(mm) == last && pgt_page_shift(mm) == g->page,
	   "%s: shifts, index bits, folds, leaves, and %u bits of addresses", g->format, g->va);
	ok(!differs_shape(g, mm), "%s: its shape without an mm, and who folds which level",
	   g->format);
	ref_mm_destroy(mm);
}

/* Compares arm64's levels with levels = (VA - 4) / (PAGE_SHIFT - 3), and the shifts that follow
 * from it. */
static void test_arm64_formula(const struct geometry *g)
{
	unsigned levels = (g->va - 4) / (g->page - 3), wrong = 0;

	for (unsigned n = 4 - levels, l = PGT_PGD; n < 4; n++, l--) {
		unsigned shift = (g->page - 3) * (4 - n) + 3;

		while (l > PGT_PMD && n > 4 - levels && !g->shift[l - PGT_PMD])
			l--;
		wrong += (n == 3 ? g->page : g->shift[l - PGT_PMD]) != shift;
		wrong += n == 4 - levels && g->bits[PGT_PGD] != g->va - shift;
		if (n == 2)
			break;
	}
	ok(!wrong && levels == g->real + !!g->boot, "%s: as arm64's formula has it", g->format);
}

/* Sizes in bytes of tables that are not a page, and of entries. */
static const struct {
	const char *format;
	enum pgt_level level;
	size_t entries, bytes;
} table_sizes[] = {
	{ "i386-4k-32", PGT_PMD, 1024, 4096 },	   { "i386-4k-32-pae", PGT_PUD, 4, 32 },
	{ "arm-4k-32", PGT_PMD, 2048, 16384 },	   { "arm-4k-32", PGT_PTE, 512, 2048 },
	{ "arm-4k-32-lpae", PGT_PUD, 4, 32 },	   { "ppc64-4k-52", PGT_PGD, 8192, 65536 },
	{ "ppc64-64k-52", PGT_PGD, 8192, 65536 },  { "ppc64-64k-52", PGT_PTE, 32, 256 },
	{ "ppc64-64k-52", PGT_PMD, 512, 4096 },	   { "mips64-4k-40", PGT_PUD, 1024, 8192 },
	{ "mips64-16k-48", PGT_PUD, 4096, 32768 }, { "arm64-4k-52", PGT_PGD, 16, 128 },
	{ "arm64-16k-48", PGT_PGD, 2, 16 },	   { "arm64-64k-48", PGT_PUD, 64, 512 },
};

static void test_table_sizes(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(table_sizes); i++) {
		struct suite_shape s = { table_sizes[i].format, 0 };
		struct ref_mm *mm = suite_mm(&s);
		size_t entries = 0, bytes = 0;

		for (unsigned r = 0; r < mm->nr_real; r++) {
			const struct pgt_real *real = &mm->real[r];

			if (real->level != table_sizes[i].level)
				continue;
			entries = (size_t)1 << real->bits;
			bytes = entries << pgt_entry_shift(&mm->fmt->level[real->level]);
		}
		ok(entries == table_sizes[i].entries && bytes == table_sizes[i].bytes,
		   "%s: a table of %zu entries in %zu bytes", s.format, entries, bytes);
		ref_mm_destroy(mm);
	}
}

/* Fragments: 256 PTE tables of ppc64-64k-52 share a page, 16 PMD tables do, and each counts. */
static void test_fragments(void)
{
	struct suite_shape s = { "ppc64-64k-52", 0 };
	struct ref_mm *mm = suite_mm(&s);
	size_t before, after, next;

	pgt_map(mm, 0, PGT_PTE, true);
	before = mm->frag_used[PGT_PTE];
	for (uint64_t i = 1; i < 255; i++)
		pgt_map(mm, i << 21, PGT_PTE, true);
	after = mm->frag_used[PGT_PTE];
	next = mm->frag[PGT_PTE] ? (size_t)mm->frag[PGT_PTE]->refcount : 0;
	pgt_map(mm, 255ULL << 21, PGT_PTE, true);
	ok(before == 256 && after == 255 * 256 && next == 255 && !mm->frag[PGT_PTE] &&
		   mm->frag_used[PGT_PMD] == 4096,
	   "ppc64-64k-52: 256 PTE tables fill one page of 64 KiB, a PMD table takes a sixteenth");
	pgt_map(mm, 256ULL << 21, PGT_PTE, true);
	ok(mm->frag[PGT_PTE] && mm->frag[PGT_PTE]->refcount == 1 &&
		   pgt_lookup(mm, 255ULL << 21, true)->index == 255ULL << 5,
	   "ppc64-64k-52: and the next takes another");
	ref_mm_destroy(mm);
}

/* asce_limit of each number of levels; the limits of TASK_SIZE there. */
static void test_s390x_limits(void)
{
	static const unsigned shift[] = { 12, 20, 31, 42, 53 }, bits[] = { 8, 11, 11, 11, 11 };
	static const uint64_t limit[] = { 1ULL << 31, 1ULL << 42, 1ULL << 53, -4096ULL };
	struct pgt_shape none;
	unsigned wrong = 0;

	for (unsigned levels = 2; levels <= 5; levels++) {
		struct suite_shape s = { "s390x", levels };
		struct ref_mm *mm = suite_mm(&s);
		struct pgt_shape told = { 0 };

		wrong += pgt_format_shape("s390x", levels, &told) != 0;
		for (unsigned l = PGT_PTE; l < PGT_NR_LEVELS; l++)
			wrong += told.level[l].shift != (l < levels ? shift[l] : 0) ||
				 (told.level[l].folded == PGT_FOLDED_MM) != (l >= PGT_PUD);

		wrong += mm->limit != limit[levels - 2] || mm->nr_real != levels;
		for (unsigned r = 0; r < mm->nr_real; r++) {
			unsigned l = levels - 1 - r;

			wrong += mm->real[r].level != l || mm->real[r].shift != shift[l];
			wrong += mm->real[r].bits != bits[l];
			wrong += pgt_level_can_leaf(mm, (enum pgt_level)l) != (l <= PGT_PUD);
		}
		ref_mm_destroy(mm);
	}
	wrong += pgt_format_shape("s390x", 1, &none) != -EINVAL ||
		 pgt_format_shape("s390x", 0, &none) != -EINVAL ||
		 pgt_format_shape("x86_64-4k-48", 4, &none) != -EINVAL ||
		 pgt_format_shape("none", 0, &none) != -EINVAL;
	ok(!wrong,
	   "s390x: levels, index bits and limits of 2 GiB, 4 TiB, 8 PiB and all but a page");
}

/* ---- codecs ---- */

/* Each bit of an address is the same after encoding into an entry and decoding, for tables and
 * leaves. */
static unsigned codec_differs(const struct pgt_fmt *f)
{
	unsigned top = f->level[PGT_PTE].entry == PGT_U32 ? 32 : f->addr_high ? 52 : 40, wrong = 0;

	for (unsigned bit = f->page_shift; bit < top; bit++) {
		uint64_t phys = 1ULL << bit, table = pgt_table_entry(f, PGT_PMD, phys);
		uint64_t leaf = pgt_leaf_entry(f, PGT_PTE, phys, true);

		wrong += pgt_table_phys(f, PGT_PMD, table) != phys;
		wrong += pgt_leaf_phys(f, PGT_PTE, leaf) != phys;
		wrong += !pgt_present(f, PGT_PMD, table) || pgt_leaf(f, PGT_PMD, table);
		wrong += !pgt_permitted(f, PGT_PTE, leaf, true);
		wrong += pgt_protnone(f, PGT_PTE, leaf);
		leaf = pgt_leaf_entry(f, PGT_PTE, phys, false);
		wrong += pgt_permitted(f, PGT_PTE, leaf, true) ||
			 !pgt_permitted(f, PGT_PTE, leaf, false);
	}
	for (int l = PGT_PTE; l <= PGT_PUD; l++)
		wrong += pgt_present(f, (enum pgt_level)l, f->level[l].empty);
	return wrong;
}

/* Entries that the kernel writes for the page or table at `phys`. */
static const struct {
	const char *format;
	enum pgt_level level;
	bool table, writable;
	uint64_t phys, entry;
} entries[] = {
	{ "x86_64-4k-48", PGT_PTE, false, true, 0x12345000, 0x8000000012345067ULL },
	{ "i386-4k-32", PGT_PTE, false, false, 0x12345000, 0x12345025ULL },
	{ "i386-4k-32-pae", PGT_PTE, false, true, 0x212345000ULL, 0x8000000212345067ULL },
	{ "i386-4k-32-pae", PGT_PUD, true, false, 0x212345000ULL, 0x212345001ULL },
	{ "arm-4k-32", PGT_PMD, true, false, 0x12345000, 0x12345831ULL },
	{ "arm-4k-32", PGT_PTE, false, true, 0x12345000, 0x1234575fULL },
	/* A frame number from bit 10: the address two bits to the right. */
	{ "riscv64-4k-48", PGT_PTE, false, true, 0x12345000, 0x048d14d7ULL },
	{ "riscv64-4k-48", PGT_PMD, true, false, 0x12345000, 0x048d1401ULL },
	/* 52 bits: 51:50 in 9:8 with 4 and 16 KiB pages, 51:48 in 15:12 with 64 KiB. */
	{ "arm64-64k-52", PGT_PMD, true, false, 0xa000012340000ULL, 0x080200001234a003ULL },
	{ "arm64-4k-52", PGT_PMD, true, false, 0xc000012345000ULL, 0x0800000012345303ULL },
	{ "arm64-16k-52", PGT_PMD, true, false, 0x8000012344000ULL, 0x0800000012344203ULL },
	{ "arm64-4k-48", PGT_PTE, false, true, 0x12345000, 0x00e8000012345f43ULL },
	/* The size of the table below in radix; two marks of the top bits. */
	{ "ppc64-64k-52", PGT_PMD, true, false, 0x12340100, 0x8000000012340105ULL },
	{ "ppc64-64k-52-hash", PGT_PMD, true, false, 0x12340000, 0x8000000012340000ULL },
	{ "ppc64-64k-52", PGT_PTE, false, true, 0x12340000, 0xc000000012340186ULL },
	{ "sparc64-8k-53", PGT_PMD, true, false, 0x12346000, 0x12346000ULL },
	{ "loongarch64-4k-48", PGT_PMD, true, false, 0x92345000, 0x9000000092345000ULL },
	{ "mips64-16k-47", PGT_PMD, true, false, 0x12344000, 0x9800000012344000ULL },
	/* A frame number from PAGE_SHIFT + 2. */
	{ "mips64-16k-47", PGT_PTE, false, false, 0x12344000, 0x48d11a45ULL },
};

static void test_codecs(void)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < pgt_nr_formats(); i++) {
		const struct pgt_fmt *f = pgt_format_at(i);
		unsigned n = codec_differs(f);

		if (n)
			diag("%s: %u", f->name, n);
		wrong += n;
	}
	ok(!wrong, "every bit of an address finds its way into an entry and back, in every format");
	wrong = 0;
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		const struct pgt_fmt *f = pgt_format_find(entries[i].format);
		uint64_t e = entries[i].table
				     ? pgt_table_entry(f, entries[i].level, entries[i].phys)
				     : pgt_leaf_entry(f, entries[i].level, entries[i].phys,
						      entries[i].writable);

		if (e == entries[i].entry)
			continue;
		wrong++;
		diag("%s: 0x%llx, expected 0x%llx", f->name, (unsigned long long)e,
		     (unsigned long long)entries[i].entry);
	}
	ok(!wrong, "entries are the ones that the kernel would have written");
}

/* powerpc's entries are big endian in memory, whatever the machine; others are the machine's. */
static void test_byte_order(void)
{
	struct suite_shape ppc = { "ppc64-4k-52", 0 }, x86 = { "x86_64-4k-48", 0 };
	struct ref_mm *a = suite_mm(&ppc), *b = suite_mm(&x86);

	pgt_map(a, 0, PGT_PTE, true);
	pgt_map(b, 0, PGT_PTE, true);
	ok(*(const unsigned char *)a->pgd == 0x80 && ((const unsigned char *)a->pgd)[7] == 0x09 &&
		   (pgt_read(b->fmt, PGT_PGD, b->pgd) == *(const uint64_t *)b->pgd),
	   "ppc64: an entry's first byte in memory is its highest");
	ref_mm_destroy(a);
	ref_mm_destroy(b);
}

int main(void)
{
	const size_t nr = ARRAY_SIZE(geometry);

	ok(nr + 1 == pgt_nr_formats(),
	   "every format but s390x, which folds per mm, has its row here");
	for (size_t i = 0; i < nr; i++) {
		test_geometry(&geometry[i]);
		if (!strncmp(geometry[i].format, "arm64-", 6))
			test_arm64_formula(&geometry[i]);
	}
	test_s390x_limits();
	test_table_sizes();
	test_fragments();
	test_codecs();
	test_byte_order();
	return tap_done();
}
