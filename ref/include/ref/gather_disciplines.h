/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of disciplines. Adding one is a file and a row: ref/gather/NAME.c, which defines
 * `const struct gather_discipline gather_NAME`, and X(NAME) here. The build takes every file of the
 * folder, the library's table, the tests, the benchmark's axis and the program's --list are made
 * from this list.
 */
#ifndef REF_GATHER_DISCIPLINES_H
#define REF_GATHER_DISCIPLINES_H

/* Over port.h alone, sorted: in every program, and under the explorer. */
#define GATHER_DISCIPLINES(X) \
	X(broadcast_no_wait)  \
	X(broadcast_rcu)      \
	X(ipi_rcu)            \
	X(ipi_signal)         \
	X(membarrier)         \
	X(rcu_per_table)      \
	X(sync_membarrier)

/* Over liburcu, in urcu_*.c: only in programs that link library refurcu. */
#define GATHER_URCU_DISCIPLINES(X) \
	X(rcu_bp)                  \
	X(rcu_memb)                \
	X(rcu_qsbr)

#endif
