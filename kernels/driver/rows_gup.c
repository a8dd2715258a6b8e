// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of GUP-fast: costs of walks and puts, and checks at boundaries.
 */
#include "gup.h"

/* clang-format off */
#define WALK(...) { .ops = &ptb_walk, __VA_ARGS__ }
#define PUT(...) { .ops = &ptb_put, __VA_ARGS__ }
#define SLOW(...) { .ops = &ptb_slow, .leaf = PTB_PTE, __VA_ARGS__ }

#define WALK_PTE(n) WALK(.leaf = PTB_PTE, .pages = n, .cross = "none")
#define WALK_SPAN(n) WALK(.leaf = PTB_PTE, .pages = n, .cross = "span")
#define WALK_CROSS(level, ...) WALK(.leaf = PTB_PTE, .pages = 16, .cross = level, __VA_ARGS__)
#define WALK_PMD(n) WALK(.leaf = PTB_PMD, .pages = n, .cross = "none", .skip = PTB_NO_PMD_LEAF)
#define PUT_PTE(n) PUT(.leaf = PTB_PTE, .pages = n)
#define PUT_PMD(n) PUT(.leaf = PTB_PMD, .pages = n, .skip = PTB_NO_PMD_LEAF)

/* The same boundary with nothing mapped one span below it, and with. */
#define ONLY(level, ...)                                                                           \
	{ .ops = &ptb_only, .cross = level, .alias = 0, __VA_ARGS__ },                             \
	{ .ops = &ptb_only, .cross = level, .alias = 1, __VA_ARGS__ }
#define CHECK(level, boundary) ONLY(level, .at = boundary),

/* Memory of other kinds: enough pages for the cost of a call, of a page, of a larger folio. */
#define OF(...) .arg = &(const struct ptb_gup){ __VA_ARGS__ }
#define WALK_OF(leaf_, n, ...) WALK(.leaf = leaf_, .pages = n, .cross = "none", __VA_ARGS__)
#define PIN(leaf_, n, ...)                                                                         \
	{ .ops = &ptb_pin, .leaf = leaf_, .pages = n, .cross = "none", __VA_ARGS__ }
#define UNPIN(leaf_, n, ...) { .ops = &ptb_unpin, .leaf = leaf_, .pages = n, __VA_ARGS__ }
#define LONGTERM(...)                                                                              \
	{ .ops = &ptb_longterm, __VA_ARGS__ },                                                     \
	{ .ops = &ptb_pin_longterm, .cross = "none", __VA_ARGS__ }
#define REFUSED(what)                                                                              \
	{ .ops = &ptb_refused, .leaf = PTB_PTE, .pages = 16,                                       \
	  OF(.stop = PTB_STOP_LONGTERM, .mem = what) }
#define FALLBACK(...) { .ops = &ptb_fallback, .leaf = PTB_PTE, .pages = 16, __VA_ARGS__ }
/* A large folio is made of a transparent huge page, split in the page table alone. */
#define NO_LARGE PTB_NO_PMD_LEAF

static const struct ptb_row rows[] = {
	WALK_PTE(1), WALK_PTE(2), WALK_PTE(4), WALK_PTE(16), WALK_PTE(64), WALK_PTE(128),
	WALK_CROSS("pmd"), WALK_CROSS("pud"), WALK_CROSS("p4d"), WALK_CROSS("pgd"),
	WALK_SPAN(512), WALK_SPAN(4096),
	WALK_PMD(1), WALK_PMD(16), WALK_PMD(128), WALK_PMD(512),
	WALK_OF(PTB_PTE_FOLIO, 1, .skip = NO_LARGE), WALK_OF(PTB_PTE_FOLIO, 16, .skip = NO_LARGE),
	WALK_OF(PTB_PTE_FOLIO, 128, .skip = NO_LARGE),
	WALK_OF(PTB_CONTPTE, 1, .skip = PTB_NO_CONTPTE),
	WALK_OF(PTB_CONTPTE, 16, .skip = PTB_NO_CONTPTE),
	WALK_OF(PTB_CONTPTE, 128, .skip = PTB_NO_CONTPTE),
	WALK_OF(PTB_CONTPTE_UNFOLDED, 16, .skip = PTB_NO_CONTPTE),
	WALK_OF(PTB_CONTPTE_UNFOLDED, 128, .skip = PTB_NO_CONTPTE),
	WALK_OF(PTB_PTE, 1, OF(.mem = PTB_SHMEM)), WALK_OF(PTB_PTE, 16, OF(.mem = PTB_SHMEM)),
	WALK_OF(PTB_PTE, 128, OF(.mem = PTB_SHMEM)),
	WALK_OF(PTB_PMD, 1, OF(.mem = PTB_SHMEM), .skip = PTB_NO_PMD_LEAF),
	WALK_OF(PTB_PMD, 512, OF(.mem = PTB_SHMEM), .skip = PTB_NO_PMD_LEAF),
	WALK_OF(PTB_PMD, 1, OF(.mem = PTB_HUGETLB), .skip = PTB_NO_PMD_LEAF),
	WALK_OF(PTB_PMD, 512, OF(.mem = PTB_HUGETLB), .skip = PTB_NO_PMD_LEAF),
	WALK_OF(PTB_PUD, 1, OF(.mem = PTB_HUGETLB), .skip = PTB_NO_PUD_LEAF),
	WALK_OF(PTB_PUD, 512, OF(.mem = PTB_HUGETLB), .skip = PTB_NO_PUD_LEAF),
	WALK_OF(PTB_PUD, 4096, OF(.mem = PTB_HUGETLB), .skip = PTB_NO_PUD_LEAF),
	WALK_OF(PTB_PTE, 1, OF(.mem = PTB_FILE)), WALK_OF(PTB_PTE, 16, OF(.mem = PTB_FILE)),
	WALK_OF(PTB_PTE, 128, OF(.mem = PTB_FILE)),
	WALK_OF(PTB_PTE, 1, OF(.mem = PTB_DAX)), WALK_OF(PTB_PTE, 16, OF(.mem = PTB_DAX)),
	WALK_OF(PTB_PTE, 128, OF(.mem = PTB_DAX)),
	WALK_OF(PTB_PMD, 1, OF(.mem = PTB_DAX), .skip = PTB_NO_PMD_LEAF),
	WALK_OF(PTB_PMD, 512, OF(.mem = PTB_DAX), .skip = PTB_NO_PMD_LEAF),
	WALK_OF(PTB_PTE, 16, OF(.flushed = true)),
	WALK_OF(PTB_PTE, 16, OF(.shared = true)),

	PUT_PTE(1), PUT_PTE(2), PUT_PTE(4), PUT_PTE(16), PUT_PTE(64), PUT_PTE(128), PUT_PTE(512),
	PUT_PMD(1), PUT_PMD(16), PUT_PMD(128), PUT_PMD(512),

	PUT(.leaf = PTB_PTE_FOLIO, .pages = 128, .skip = NO_LARGE),
	PUT(.leaf = PTB_PMD, .pages = 512, OF(.mem = PTB_HUGETLB), .skip = PTB_NO_PMD_LEAF),

	SLOW(.pages = 1), SLOW(.pages = 16), SLOW(.pages = 128),
	SLOW(.pages = 16, OF(.mem = PTB_SHMEM)), SLOW(.pages = 16, OF(.mem = PTB_FILE)),
	SLOW(.pages = 16, OF(.mem = PTB_DAX)),

	PIN(PTB_PTE, 1), PIN(PTB_PTE, 16), PIN(PTB_PTE, 128),
	PIN(PTB_PMD, 1, .skip = PTB_NO_PMD_LEAF), PIN(PTB_PMD, 16, .skip = PTB_NO_PMD_LEAF),
	{ .ops = &ptb_pin, .leaf = PTB_PTE, .pages = 16, .cross = "pmd" },
	{ .ops = &ptb_pin, .leaf = PTB_PTE, .pages = 16, .cross = "pud" },
	{ .ops = &ptb_pin, .leaf = PTB_PTE, .pages = 512, .cross = "span" },
	PIN(PTB_PTE_FOLIO, 16, .skip = NO_LARGE), PIN(PTB_PTE_FOLIO, 128, .skip = NO_LARGE),
	PIN(PTB_PTE, 16, OF(.mem = PTB_SHMEM)), PIN(PTB_PTE, 16, OF(.mem = PTB_FILE)),
	PIN(PTB_PTE, 16, OF(.mem = PTB_DAX)),
	UNPIN(PTB_PTE, 1), UNPIN(PTB_PTE, 16), UNPIN(PTB_PTE, 128),
	UNPIN(PTB_PTE_FOLIO, 128, .skip = NO_LARGE), UNPIN(PTB_PMD, 512, .skip = PTB_NO_PMD_LEAF),

	{ .ops = &ptb_pin_only, .leaf = PTB_PTE, .pages = 16 },
	LONGTERM(.leaf = PTB_PTE, .pages = 16, OF(.longterm = true)),
	LONGTERM(.leaf = PTB_PTE, .pages = 16, OF(.longterm = true, .mem = PTB_SHMEM)),
	LONGTERM(.leaf = PTB_PMD, .pages = 16, OF(.longterm = true, .mem = PTB_HUGETLB),
		 .skip = PTB_NO_PMD_LEAF),
	LONGTERM(.leaf = PTB_PTE, .pages = 16, OF(.longterm = true, .mem = PTB_FILE)),
	LONGTERM(.leaf = PTB_PTE, .pages = 16, OF(.longterm = true, .mem = PTB_DAX)),

	FALLBACK(OF(.stop = PTB_STOP_NONE)), FALLBACK(OF(.stop = PTB_STOP_ABSENT)),
	FALLBACK(OF(.stop = PTB_STOP_ABSENT, .mem = PTB_SHMEM)),
	FALLBACK(OF(.stop = PTB_STOP_UNFAULTED)),
	FALLBACK(OF(.stop = PTB_STOP_UNFAULTED, .mem = PTB_SHMEM)),
	REFUSED(PTB_FILE), REFUSED(PTB_DAX),

	ONLY("pmd"), ONLY("pud"), ONLY("p4d"), ONLY("pgd"),
	PTB_ARCH_CHECKS(CHECK)
};
PTB_ROWS(costs, gup, rows, false);

#if PTB_GROWS
#define GROWN(level, boundary, nr) ONLY(level, .at = boundary, .levels = nr),

/* Last of all rows, as an address space never shrinks again. */
static const struct ptb_row grown[] = {
	WALK_CROSS("none", .levels = 4), WALK_CROSS("pmd", .levels = 4),
	WALK_CROSS("pud", .levels = 4), WALK_CROSS("p4d", .levels = 4),
	PTB_ARCH_LEVELS(GROWN)
	WALK_CROSS("none", .levels = 5), WALK_CROSS("pmd", .levels = 5),
	WALK_CROSS("pud", .levels = 5), WALK_CROSS("p4d", .levels = 5),
	WALK_CROSS("pgd", .levels = 5),
};
PTB_ROWS(costs, grown, grown, false);
#endif
