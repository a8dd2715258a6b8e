// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table: every case with every combination of params that this driver runs, in order.
 *
 * Rows that make the address space grow a level come last, because it never shrinks again.
 */
#include "ptbench.h"

#define WALK(...) { .ops = &ptb_walk, __VA_ARGS__ }
#define PUT(...) { .ops = &ptb_put, __VA_ARGS__ }
#define SLOW(...) { .ops = &ptb_slow, .leaf = PTB_PTE, .at = PTB_AT_NONE, __VA_ARGS__ }
#define TABLES(kind, ...) { .ops = &ptb_##kind, .at = PTB_AT_TABLES, __VA_ARGS__ }

#define WALK_PTE(n) WALK(.leaf = PTB_PTE, .pages = n, .cross = "none", .at = PTB_AT_NONE)
#define WALK_SPAN(n) WALK(.leaf = PTB_PTE, .pages = n, .cross = "span", .at = PTB_AT_NONE)
#define WALK_CROSS(level, where, ...) \
	WALK(.leaf = PTB_PTE, .pages = 16, .cross = level, .at = where, __VA_ARGS__)
#define WALK_PMD(n) \
	WALK(.leaf = PTB_PMD, .pages = n, .cross = "none", .at = PTB_AT_PUD, .skip = NO_PMD_LEAF)
#define PUT_PTE(n) PUT(.leaf = PTB_PTE, .pages = n, .at = PTB_AT_NONE)
#define PUT_PMD(n) PUT(.leaf = PTB_PMD, .pages = n, .at = PTB_AT_PUD, .skip = NO_PMD_LEAF)

/* The same boundary with nothing mapped one span below it, and with. */
#define ONLY(level, where, size, ...)                                                              \
	{ .ops = &ptb_only, .cross = level, .at = where, .span = size, .alias = 0, __VA_ARGS__ },  \
	{ .ops = &ptb_only, .cross = level, .at = where, .span = size, .alias = 1, __VA_ARGS__ }

#define EVENTS(n, who)                                                                             \
	TABLES(munmap, .events = true, .tables = n, .peer = who),                           \
	TABLES(keep, .events = true, .tables = n, .peer = who,                              \
	       .twin = n > 2 ? "packed" : "same"),                                                 \
	TABLES(madvise, .events = true, .tables = n, .peer = who)

#ifdef CONFIG_X86_64
#define NO_PMD_LEAF NULL
#define NO_PUD_LEAF "1 GiB pages have to be reserved at boot, from more memory than this guest has"
#define NO_P4D "the p4d level is folded into the pgd: no such boundary"
#define NO_PGD NULL
#else
#define NO_PMD_LEAF "QEMU's s390x CPU has no EDAT: no huge pages"
#define NO_PUD_LEAF "QEMU's s390x CPU has no EDAT: no huge pages"
#define NO_P4D "3 levels end at 4 TiB: no such boundary"
#define NO_PGD "3 levels end at 4 TiB: no such boundary"
#define NO_FLUSHES "flushes are inline IPTE and IDTE instructions that the machine broadcasts"
#endif

const struct ptb_row ptb_rows[] = {
	WALK_PTE(1), WALK_PTE(2), WALK_PTE(4), WALK_PTE(16), WALK_PTE(64), WALK_PTE(128),
	WALK_CROSS("pmd", PTB_AT_PMD),
	WALK_CROSS("pud", PTB_AT_PUD),
	WALK_CROSS("p4d", PTB_AT_P4D, .skip = NO_P4D),
	WALK_CROSS("pgd", PTB_AT_PGD, .skip = NO_PGD),
	WALK_SPAN(512), WALK_SPAN(4096),
	WALK_PMD(1), WALK_PMD(16), WALK_PMD(128), WALK_PMD(512),
	WALK(.leaf = PTB_PUD, .pages = 512, .cross = "none", .skip = NO_PUD_LEAF),

	PUT_PTE(1), PUT_PTE(2), PUT_PTE(4), PUT_PTE(16), PUT_PTE(64), PUT_PTE(128), PUT_PTE(512),
	PUT_PMD(1), PUT_PMD(16), PUT_PMD(128), PUT_PMD(512),

	SLOW(.pages = 1), SLOW(.pages = 16), SLOW(.pages = 128),

	TABLES(munmap, .tables = 1),
	TABLES(munmap, .tables = 2),
	TABLES(munmap, .tables = 8),
	TABLES(munmap, .tables = 32),
	TABLES(munmap, .tables = 128),
	TABLES(keep, .tables = 1, .twin = "same"),
	TABLES(keep, .tables = 2, .twin = "same"),
	TABLES(keep, .tables = 8, .twin = "packed"),
	TABLES(keep, .tables = 32, .twin = "packed"),
	TABLES(keep, .tables = 128, .twin = "packed"),
	TABLES(madvise, .tables = 1),
	TABLES(madvise, .tables = 2),
	TABLES(madvise, .tables = 8),
	TABLES(madvise, .tables = 32),
	TABLES(madvise, .tables = 128),

#ifdef CONFIG_X86_64
	ONLY("pmd", 0x1000200000, PMD_SIZE),
	ONLY("pud", 0x1040000000, PUD_SIZE),
	ONLY("pgd", 0x8000000000, PGDIR_SIZE),
	ONLY("pgd", 0x400000000000, PGDIR_SIZE),
#else
	ONLY("pmd", 0x40000000, PMD_SIZE, .levels = 3),
	ONLY("pud", 0x80000000, PUD_SIZE, .levels = 3),
	ONLY("pud", 0x100000000, PUD_SIZE, .levels = 3),
	ONLY("pud", 0x180000000, PUD_SIZE, .levels = 3),
	ONLY("pud", 0x8000000000, PUD_SIZE, .levels = 3),
	ONLY("pud", 0x10000000000, PUD_SIZE, .levels = 3),

	WALK_CROSS("none", PTB_AT_NONE, .levels = 4),
	WALK_CROSS("pmd", PTB_AT_PMD, .levels = 4),
	WALK_CROSS("pud", PTB_AT_PUD, .levels = 4),
	WALK_CROSS("p4d", PTB_AT_P4D, .levels = 4),
	ONLY("p4d", 0x40000000000, P4D_SIZE, .levels = 4),
	ONLY("p4d", 0x80000000000, P4D_SIZE, .levels = 4),
	ONLY("p4d", 0x800000000000, P4D_SIZE, .levels = 4),

	WALK_CROSS("none", PTB_AT_NONE, .levels = 5),
	WALK_CROSS("pmd", PTB_AT_PMD, .levels = 5),
	WALK_CROSS("pud", PTB_AT_PUD, .levels = 5),
	WALK_CROSS("p4d", PTB_AT_P4D, .levels = 5),
	WALK_CROSS("pgd", PTB_AT_PGD, .levels = 5),
#endif

#ifdef CONFIG_S390
	{ .ops = &ptb_flushes, .events = true, .skip = NO_FLUSHES },
#endif
	EVENTS(1, PTB_PEER_NONE), EVENTS(2, PTB_PEER_NONE), EVENTS(8, PTB_PEER_NONE),
	EVENTS(32, PTB_PEER_NONE),
	/* No 32 here: on s390x every flushed page costs the spinning peer's whole time slice. */
	EVENTS(1, PTB_PEER_SPIN), EVENTS(2, PTB_PEER_SPIN), EVENTS(8, PTB_PEER_SPIN),
};
const unsigned int ptb_nr_rows = ARRAY_SIZE(ptb_rows);
