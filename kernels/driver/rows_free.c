// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of freeing page tables: costs, and events with a peer.
 */
#include "ptbench.h"

/* clang-format off */
#define TABLES(kind, ...) { .ops = &ptb_##kind, .at = PTB_AT_TABLES, __VA_ARGS__ }

#define COLLAPSE(n, ...) TABLES(collapse, .tables = 1, .pages = n, __VA_ARGS__)
#define UNSHARE(who, ...) TABLES(unshare, .arg = who, __VA_ARGS__)

#define EVENTS(n, who)                                                                             \
	TABLES(munmap, .tables = n, .peer = who),                                                  \
	TABLES(keep, .tables = n, .peer = who, .twin = n > 2 ? "packed" : "same"),                 \
	TABLES(madvise, .tables = n, .peer = who)

/* Tables that are taken out of use one at a time. */
#define ONE_EVENTS(who)                                                                            \
	COLLAPSE(1, .peer = who),                                                                  \
	COLLAPSE(1, .peer = who, .arg = "huge"),                                                   \
	UNSHARE("first", .peer = who),                                                             \
	UNSHARE("last", .peer = who),                                                              \
	UNSHARE("none", .peer = who)

#define EXIT_EVENTS(n, who, ...)                                                                   \
	TABLES(exit, .tables = n, .peer = who, __VA_ARGS__)

/* Why some rows of the events boot are skipped. */
#define NO_LATENCY "latencies of running peers are measured under KVM or natively"
#define NO_USER "an address space that exits has no user left who could run"

static const struct ptb_row costs[] = {
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
	TABLES(reuse, .tables = 1),
	TABLES(reuse, .tables = 8),
	COLLAPSE(1), COLLAPSE(PTB_PTRS_PER_PTE),
	COLLAPSE(1, .arg = "small"), COLLAPSE(1, .arg = "huge"),
	UNSHARE("first"), UNSHARE("last"), UNSHARE("none"),

#ifdef CONFIG_PREEMPT_RT
	{ .ops = &ptb_later,
	  .skip = "PREEMPT_RT runs RCU callbacks in a thread, among whatever else has waited" },
#endif
};
PTB_ROWS(costs, free, costs, false);

static const struct ptb_row events[] = {
#ifdef PTB_NO_FLUSHES
	{ .ops = &ptb_flushes, .skip = PTB_NO_FLUSHES },
#endif
#ifdef PTB_FIRMWARE_SENDS
	{ .ops = &ptb_sends, .skip = PTB_NO_SENDS },
#endif
	/* First, as an address space that has been on a CPU may stay in its mask for ever. */
	EVENTS(1, PTB_PEER_NONE), EVENTS(2, PTB_PEER_NONE), EVENTS(8, PTB_PEER_NONE),
	EVENTS(32, PTB_PEER_NONE),
	ONE_EVENTS(PTB_PEER_NONE),
	EXIT_EVENTS(1, PTB_PEER_NONE), EXIT_EVENTS(8, PTB_PEER_NONE),
	EXIT_EVENTS(1, PTB_PEER_IDLE), EXIT_EVENTS(8, PTB_PEER_IDLE),
	EXIT_EVENTS(1, PTB_PEER_SPIN, .skip = NO_USER),
	EXIT_EVENTS(1, PTB_PEER_KERNEL, .skip = NO_USER),
	EXIT_EVENTS(1, PTB_PEER_GUP, .skip = NO_USER),

	EVENTS(1, PTB_PEER_IDLE), EVENTS(8, PTB_PEER_IDLE),
	ONE_EVENTS(PTB_PEER_IDLE),
	/* No 32 here: on s390x every flushed page costs the running peer's turn. */
	EVENTS(1, PTB_PEER_SPIN), EVENTS(2, PTB_PEER_SPIN), EVENTS(8, PTB_PEER_SPIN),
	ONE_EVENTS(PTB_PEER_SPIN),
	EVENTS(1, PTB_PEER_KERNEL), EVENTS(8, PTB_PEER_KERNEL),
	ONE_EVENTS(PTB_PEER_KERNEL),
	EVENTS(1, PTB_PEER_GUP), EVENTS(8, PTB_PEER_GUP),
	ONE_EVENTS(PTB_PEER_GUP),
	{ .ops = &ptb_latency, .peer = PTB_PEER_GUP, .skip = NO_LATENCY },
};
PTB_ROWS(events, free, events, true);
