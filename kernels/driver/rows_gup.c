// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of GUP-fast: costs of walks and puts, and checks at boundaries.
 */
#include "ptbench.h"

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

static const struct ptb_row rows[] = {
	WALK_PTE(1), WALK_PTE(2), WALK_PTE(4), WALK_PTE(16), WALK_PTE(64), WALK_PTE(128),
	WALK_CROSS("pmd"), WALK_CROSS("pud"), WALK_CROSS("p4d"), WALK_CROSS("pgd"),
	WALK_SPAN(512), WALK_SPAN(4096),
	WALK_PMD(1), WALK_PMD(16), WALK_PMD(128), WALK_PMD(512),
	WALK(.leaf = PTB_PUD, .pages = 512, .cross = "none", .skip = PTB_NO_PUD_LEAF),

	PUT_PTE(1), PUT_PTE(2), PUT_PTE(4), PUT_PTE(16), PUT_PTE(64), PUT_PTE(128), PUT_PTE(512),
	PUT_PMD(1), PUT_PMD(16), PUT_PMD(128), PUT_PMD(512),

	SLOW(.pages = 1), SLOW(.pages = 16), SLOW(.pages = 128),

	ONLY("pmd"), ONLY("pud"), ONLY("p4d"), ONLY("pgd"),
	PTB_ARCH_CHECKS(CHECK)
};
const struct ptb_rows ptb_gup_rows = { rows, ARRAY_SIZE(rows) };

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
const struct ptb_rows ptb_gup_grown_rows = { grown, ARRAY_SIZE(grown) };
#else
const struct ptb_rows ptb_gup_grown_rows;
#endif
