/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of disciplines. To add one, write ref/gather/NAME.c, which defines `const struct
 * gather_discipline gather_NAME`, and add a row here: GOOD or BUSTED with its name, its label (a
 * few words, for a table) and its description (one sentence: how it invalidates, how it waits).
 * The build takes every file of the folder; the library's table, the tests, the explorer's models,
 * the benchmark's axis and the axes of results are made from this list. The tests and the models
 * have to catch a BUSTED one.
 */
#ifndef REF_GATHER_DISCIPLINES_H
#define REF_GATHER_DISCIPLINES_H

/* Over port.h alone, sorted: in every program, and under the explorer. */
#define GATHER_DISCIPLINES(GOOD, BUSTED)                                                                 \
	BUSTED(broadcast_no_wait, "broadcast, no wait",                                                  \
	       "An invalidation that interrupts nobody, and no wait: frees under a walker, and is "      \
	       "measured for its price alone.")                                                          \
	GOOD(broadcast_rcu, "broadcast, RCU by the batch",                                               \
	     "An invalidation that interrupts nobody, and call_rcu() of the batch, as arm64 does; "      \
	     "waits by port.h's own RCU, membarrier(2) and then each reader seen outside its sections.") \
	GOOD(global_asid_rcu, "interrupts, then broadcast, RCU by the batch",                            \
	     "A signal to each reader while the mm runs on at most three CPUs; then a broadcast to a "   \
	     "number that all of them use, which interrupts nobody once they do, as x86 with INVLPGB "   \
	     "does since 6.15; call_rcu() of the batch, port.h's own RCU.")                              \
	GOOD(ipi_rcu, "interrupts, RCU by the batch",                                                    \
	     "A signal to each reader, waited for, and then call_rcu() of the batch, as x86 does "       \
	     "since 6.15; port.h's own RCU.")                                                            \
	GOOD(ipi_signal, "interrupts",                                                                   \
	     "A signal to each reader, for the kernel's flush interrupt: its handler acknowledges at "   \
	     "once outside a walk and at the walk's end inside one, and the freer waits for all.")       \
	BUSTED(membarrier, "membarrier, no wait",                                                        \
	       "membarrier(2) without waiting for walks to end: frees under a walker, and is "           \
	       "measured for its price alone.")                                                          \
	GOOD(rcu_per_table, "broadcast, RCU by the table",                                               \
	     "An invalidation that interrupts nobody, and call_rcu() of each table; port.h's own RCU.")  \
	GOOD(sync_membarrier, "membarrier, waited for",                                                  \
	     "membarrier(2), then the freer waits until each reader is outside a walk.")

/*
 * Over liburcu, in urcu_NAME.c: only in programs that link library refurcu. The first row is the
 * discipline whose readers do least; a report that names one liburcu discipline names the first.
 */
#define GATHER_URCU_DISCIPLINES(GOOD)                                                              \
	GOOD(rcu_qsbr, "liburcu QSBR",                                                             \
	     "call_rcu() of the batch; readers report quiescent states between walks, as a "       \
	     "kernel without preemption does.")                                                    \
	GOOD(rcu_memb, "liburcu memb",                                                             \
	     "call_rcu() of the batch; readers walk inside rcu_read_lock(), and a grace period "   \
	     "uses membarrier(2).")                                                                \
	GOOD(rcu_bp, "liburcu bp",                                                                 \
	     "call_rcu() of the batch; readers that never registered walk inside rcu_read_lock().")

#endif
