// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of temporary mappings: pairs by depth, switches by live maps.
 */
#include "kmap.h"

/* clang-format off */
#define ROW(kind, ...) \
	{ .ops = &ptb_kmap_##kind, .arg = &(const struct ptb_kmap_row){ __VA_ARGS__ } }
#define LOCAL(n) ROW(local_pair, .api = "kmap_local", .depth = n)
#define ATOMIC(n) ROW(atomic_pair, .api = "kmap_atomic", .depth = n)
#define KMAP(what) ROW(pair, .api = "kmap", .seen = what)
#define SWITCH(p, n) ROW(switch, .prev = p, .next = n)

static const struct ptb_row rows[] = {
	ROW(layout), ROW(owner), ROW(read), ROW(unmapped),
	ROW(restored, .prev = 15, .next = 1),
	LOCAL(1), LOCAL(2), LOCAL(3), LOCAL(4), LOCAL(5), LOCAL(6), LOCAL(7), LOCAL(8),
	LOCAL(9), LOCAL(10), LOCAL(11), LOCAL(12), LOCAL(13), LOCAL(14), LOCAL(15), LOCAL(16),
	ATOMIC(1), ATOMIC(2), ATOMIC(3), ATOMIC(4), ATOMIC(5), ATOMIC(6), ATOMIC(7), ATOMIC(8),
	ATOMIC(9), ATOMIC(10), ATOMIC(11), ATOMIC(12), ATOMIC(13), ATOMIC(14), ATOMIC(15),
	ATOMIC(16),
	/* the stacks up to 5.10: i386's, and its with DEBUG_HIGHMEM */
	ATOMIC(17), ATOMIC(18), ATOMIC(19), ATOMIC(20), ATOMIC(41),
	KMAP("before"), KMAP("new"),
	SWITCH(0, 0),
	SWITCH(1, 0), SWITCH(2, 0), SWITCH(4, 0), SWITCH(8, 0), SWITCH(15, 0),
	SWITCH(1, 1), SWITCH(4, 4), SWITCH(15, 15),
};
PTB_ROWS(costs, kmap, rows, false);
