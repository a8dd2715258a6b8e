/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every check that a guest makes, and in which boots. The driver and PID 1 emit no other, and the
 * judge of a boot reads here in which boot an expectation has to be met. Userland includes this
 * file, too: it needs no header of the kernel.
 */
#ifndef PTBENCH_CHECKS_H
#define PTBENCH_CHECKS_H

/* Why a row was skipped whose case does not compile; the compiler's first error follows. */
#define PTB_ABSENT "the driver's case does not compile on this kernel: "

enum ptb_check_boot { PTB_CHECK_COSTS = 1, PTB_CHECK_EVENTS = 2, PTB_CHECK_BOTH = 3 };

/*
 * X(id, boots, row): row is 1 where the check is all that a row of a table is for, 0 where it comes
 * beside a row's measurements.
 */
#define PTB_CHECKS(X)                                                                              \
	X("dax/count", PTB_CHECK_COSTS, 1)                                                         \
	X("gup_fast/gup_test", PTB_CHECK_COSTS, 1)                                                 \
	X("gup_fast/longterm", PTB_CHECK_COSTS, 1)                                                 \
	X("gup_fast/only", PTB_CHECK_COSTS, 1)                                                     \
	X("gup_fast/recheck", PTB_CHECK_COSTS, 1)                                                  \
	X("kmap/layout", PTB_CHECK_COSTS, 1)                                                       \
	X("kmap/owner", PTB_CHECK_COSTS, 1)                                                        \
	X("kmap/read", PTB_CHECK_COSTS, 1)                                                         \
	X("kmap/restored", PTB_CHECK_COSTS, 1)                                                     \
	X("kmap/unmapped", PTB_CHECK_COSTS, 1)                                                     \
	X("pin_fast/only", PTB_CHECK_COSTS, 1)                                                     \
	X("table_free/collapse_interrupts", PTB_CHECK_EVENTS, 0)                                   \
	X("table_free/exit_interrupts", PTB_CHECK_EVENTS, 0)                                       \
	X("table_free/keep_interrupts", PTB_CHECK_EVENTS, 0)                                       \
	X("table_free/madvise_interrupts", PTB_CHECK_EVENTS, 0)                                    \
	X("table_free/munmap_interrupts", PTB_CHECK_EVENTS, 0)                                     \
	X("table_free/path", PTB_CHECK_COSTS, 1)                                                   \
	X("table_free/peer", PTB_CHECK_EVENTS, 0)                                                  \
	X("table_free/rcu_path", PTB_CHECK_EVENTS, 0)                                              \
	X("table_free/sync", PTB_CHECK_EVENTS, 0)                                                  \
	X("table_free/unshare_flush", PTB_CHECK_BOTH, 0)                                           \
	X("table_free/unshare_interrupts", PTB_CHECK_EVENTS, 0)

#endif
