/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of disciplines. Adding one is a file and a row: ref/gather/NAME.c, which defines
 * `const struct gather_discipline gather_NAME`, and GOOD(NAME) or BUSTED(NAME) here. The build
 * takes every file of the folder; the library's table, the tests, the explorer's models and the
 * benchmark's axis are made from this list. A BUSTED one has to be caught by each of them.
 */
#ifndef REF_GATHER_DISCIPLINES_H
#define REF_GATHER_DISCIPLINES_H

/* Over port.h alone, sorted: in every program, and under the explorer. */
#define GATHER_DISCIPLINES(GOOD, BUSTED) \
	BUSTED(broadcast_no_wait)        \
	GOOD(broadcast_rcu)              \
	GOOD(ipi_rcu)                    \
	GOOD(ipi_signal)                 \
	BUSTED(membarrier)               \
	GOOD(rcu_per_table)              \
	GOOD(sync_membarrier)

/* Over liburcu, in urcu_NAME.c, sorted: only in programs that link library refurcu. */
#define GATHER_URCU_DISCIPLINES(GOOD) \
	GOOD(rcu_bp)                  \
	GOOD(rcu_memb)                \
	GOOD(rcu_qsbr)

#endif
