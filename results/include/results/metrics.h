/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only list of metrics: name, unit, which direction is better, what it counts.
 *
 * Every measurement names one of these; the reader refuses any other. The list stands here, and
 * not beside the cases, because the guests' reader and the report need it too and neither may
 * depend on bench/.
 */
#ifndef RESULTS_METRICS_H
#define RESULTS_METRICS_H

/* X(identifier, name, unit, better: LOWER|HIGHER|NEITHER, meaning) */
#define RESULTS_METRICS(X)                                                                         \
	X(INSTRUCTIONS, "instructions", "instructions", LOWER,                                     \
	  "instructions executed until the call returns")                                          \
	X(INSTRUCTIONS_DEFERRED, "instructions_deferred", "instructions", LOWER,                   \
	  "instructions that RCU callbacks queued by the call execute later")                      \
	X(TIME, "time", "ns", LOWER, "time until the call returns")                                \
	X(TIME_DEFERRED, "time_deferred", "ns", LOWER,                                             \
	  "time from the call's return until everything it queued has been freed")                 \
	X(CODE_BYTES, "code_bytes", "bytes", LOWER, "bytes of machine code")                       \
	X(IRQS_OFF_INSTRUCTIONS, "irqs_off_instructions", "instructions", LOWER,                   \
	  "instructions executed with interrupts off")                                             \
	X(IRQS_OFF_TIME, "irqs_off_time", "ns", LOWER, "time spent with interrupts off")           \
	X(IPIS_SENT, "ipis_sent", "interrupts", NEITHER, "inter-processor interrupts sent")        \
	X(CPUS_INTERRUPTED, "cpus_interrupted", "CPUs", NEITHER, "CPUs that took an interrupt")    \
	X(TLB_FLUSHES, "tlb_flushes", "flushes", NEITHER, "TLB flush operations started")          \
	X(RCU_CALLBACKS, "rcu_callbacks", "callbacks", NEITHER,                                    \
	  "RCU callbacks that free page tables")                                                   \
	X(TABLES_FREED, "tables_freed", "tables", NEITHER, "page tables freed")                    \
	X(TABLES_PER_CALLBACK, "tables_per_callback", "tables", NEITHER,                           \
	  "page tables freed by one RCU callback")                                                 \
	X(TABLES_WAITING_PEAK, "tables_waiting_peak", "tables", LOWER,                             \
	  "most page tables unlinked and not yet free at any moment")                              \
	X(SLOTS_PEAK, "slots_peak", "slots", NEITHER,                                              \
	  "most temporary mappings of one CPU that were live at once")                             \
	X(LOCK_RETRIES, "lock_retries", "retries", LOWER,                                          \
	  "times that a lock was found to be another file's by now, and given up for the right one") \
	X(LOCK_WAITS, "lock_waits", "waits", NEITHER, "times slept for a locked entry")            \
	X(LOCK_MISSES, "lock_misses", "misses", NEITHER,                                           \
	  "pages found in no file, so that there was nothing to lock")                             \
	X(SPLIT_RETRIES, "split_retries", "retries", LOWER,                                        \
	  "times that a folio was held when it was to be split, and tried again")                  \
	X(READER_THROUGHPUT, "reader_throughput", "walks/s", HIGHER,                               \
	  "lockless walks per second and reader while tables are freed")                           \
	X(READER_LATENCY, "reader_latency", "ns", LOWER,                                           \
	  "longest single lockless walk while tables are freed")                                   \
	X(READER_LATENCY_P50, "reader_latency_p50", "ns", LOWER,                                   \
	  "median of single lockless walks while tables are freed")                                \
	X(READER_LATENCY_P99, "reader_latency_p99", "ns", LOWER,                                   \
	  "99th percentile of single lockless walks while tables are freed")                       \
	X(TABLES_UNBATCHED, "tables_unbatched", "tables", NEITHER,                                 \
	  "page tables freed by themselves, for want of memory for a batch")

#endif
