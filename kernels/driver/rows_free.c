// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of freeing page tables: costs, and events with a peer.
 */
#include "ptbench.h"

#define TABLES(kind, ...) { .ops = &ptb_##kind, .at = PTB_AT_TABLES, __VA_ARGS__ }

/* An exiting address space has no user left who could run, on any CPU. */
#define EXIT_EVENTS(n) \
	TABLES(exit, .events = true, .tables = n, .peer = PTB_PEER_NONE),                          \
	TABLES(exit, .events = true, .tables = n, .peer = PTB_PEER_IDLE)

#define EVENTS(n, who)                                                                             \
	TABLES(munmap, .events = true, .tables = n, .peer = who),                                  \
	TABLES(keep, .events = true, .tables = n, .peer = who,                                     \
	       .twin = n > 2 ? "packed" : "same"),                                                 \
	TABLES(madvise, .events = true, .tables = n, .peer = who)

static const struct ptb_row rows[] = {
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
	TABLES(exit, .tables = 1),
	TABLES(exit, .tables = 2),
	TABLES(exit, .tables = 8),
	TABLES(exit, .tables = 32),
	TABLES(exit, .tables = 128),
	TABLES(exit, .tables = 2, .twin = "packed"),
	TABLES(exit, .tables = 8, .twin = "packed"),
	TABLES(exit, .tables = 32, .twin = "packed"),
	TABLES(exit, .tables = 128, .twin = "packed"),
	TABLES(exec, .tables = 1),
	TABLES(exec, .tables = 8),
	TABLES(exec, .tables = 32),
	TABLES(exec, .tables = 8, .twin = "packed"),
	TABLES(exec, .tables = 32, .twin = "packed"),

#ifdef PTB_NO_FLUSHES
	{ .ops = &ptb_flushes, .events = true, .skip = PTB_NO_FLUSHES },
#endif
	EVENTS(1, PTB_PEER_NONE), EVENTS(2, PTB_PEER_NONE), EVENTS(8, PTB_PEER_NONE),
	EVENTS(32, PTB_PEER_NONE),
	/* No 32 here: on s390x every flushed page costs the spinning peer's whole time slice. */
	EVENTS(1, PTB_PEER_SPIN), EVENTS(2, PTB_PEER_SPIN), EVENTS(8, PTB_PEER_SPIN),
	EVENTS(1, PTB_PEER_IDLE), EVENTS(8, PTB_PEER_IDLE),
	EVENTS(1, PTB_PEER_KERNEL), EVENTS(8, PTB_PEER_KERNEL),
	EVENTS(1, PTB_PEER_GUP), EVENTS(8, PTB_PEER_GUP),
	EXIT_EVENTS(1), EXIT_EVENTS(8),
};
const struct ptb_rows ptb_free_rows = { rows, ARRAY_SIZE(rows) };
