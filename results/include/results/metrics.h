/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only list of metrics: name, unit, better direction, number of samples that an exact one
 * needs, smallest change that counts, meaning.
 *
 * Every measurement names one of these metrics; the reader refuses any other. The list stands here,
 * and not beside the cases, because the guests' reader and the report need it too and neither may
 * depend on bench/.
 *
 * Better: a count of events has no better direction. One interrupt more is a cost, one fewer may be
 * a missing flush; so every change of such a count is a regression until somebody allows it.
 *
 * Samples: a measurement with fewer is not exact, however well they agree. Costs take 31 windows
 * (PTB_WINDOWS of kernels/driver/ptbench.h, WINDOWS of bench/runner_guest.c), events 5
 * (PTB_EVENT_WINDOWS), and 90 % of 5 are all of them. Code is read off an object file, once.
 *
 * Effect: the smallest change that counts where values are not exact, in percent of the base; a
 * smaller one is no change, however surely it was seen. Instructions: by 2 % an unrelated change,
 * such as a longer command line, has moved rows that are not exact (docs/design.md). A latency is
 * read off buckets that are up to 3.1 % wide (bench/free_readers.c), and moves by some of them. Of
 * a count of events every change counts; how often locks collide is no such count.
 */
#ifndef RESULTS_METRICS_H
#define RESULTS_METRICS_H

#define RESULTS_SAMPLES_COST 31
#define RESULTS_SAMPLES_EVENT 5
#define RESULTS_SAMPLES_STATIC 1

/*
 * X(identifier, name, unit, better: LOWER|HIGHER|NEITHER, samples: COST|EVENT|STATIC, effect,
 *   meaning)
 */
#define RESULTS_METRICS(X)                                                                           \
	X(INSTRUCTIONS, "instructions", "instructions", LOWER, COST, 2,                              \
	  "instructions executed until the call returns")                                            \
	X(INSTRUCTIONS_DEFERRED, "instructions_deferred", "instructions", LOWER, COST, 2,            \
	  "instructions that RCU callbacks queued by the call execute later")                        \
	X(TIME, "time", "ns", LOWER, COST, 2, "time until the call returns")                         \
	X(TIME_DEFERRED, "time_deferred", "ns", LOWER, COST, 2,                                      \
	  "time from the call's return until everything it queued has been freed")                   \
	X(CODE_BYTES, "code_bytes", "bytes", LOWER, STATIC, 0, "bytes of machine code")              \
	X(IRQS_OFF_INSTRUCTIONS, "irqs_off_instructions", "instructions", LOWER, COST, 2,            \
	  "instructions executed with interrupts off")                                               \
	X(IRQS_OFF_TIME, "irqs_off_time", "ns", LOWER, COST, 2, "time spent with interrupts off")    \
	X(IPIS_SENT, "ipis_sent", "interrupts", NEITHER, EVENT, 0,                                   \
	  "inter-processor interrupts sent")                                                         \
	X(CPUS_INTERRUPTED, "cpus_interrupted", "CPUs", NEITHER, EVENT, 0,                           \
	  "CPUs that took an interrupt")                                                             \
	X(TLB_FLUSHES, "tlb_flushes", "flushes", NEITHER, EVENT, 0,                                  \
	  "TLB flush operations started")                                                            \
	X(RCU_CALLBACKS, "rcu_callbacks", "callbacks", NEITHER, EVENT, 0,                            \
	  "RCU callbacks that free page tables")                                                     \
	X(TABLES_FREED, "tables_freed", "tables", NEITHER, EVENT, 0, "page tables freed")            \
	X(TABLES_PER_CALLBACK, "tables_per_callback", "tables", NEITHER, EVENT, 0,                   \
	  "page tables freed by one RCU callback")                                                   \
	X(TABLES_WAITING_PEAK, "tables_waiting_peak", "tables", LOWER, COST, 5,                      \
	  "most page tables unlinked and not yet free at any moment")                                \
	X(SLOTS_PEAK, "slots_peak", "slots", NEITHER, COST, 0,                                       \
	  "most temporary mappings of one CPU that were live at once")                               \
	X(LOCK_RETRIES, "lock_retries", "retries", LOWER, COST, 5,                                   \
	  "times that a lock was found to be another file's by now, and given up for the right one") \
	X(LOCK_WAITS, "lock_waits", "waits", NEITHER, COST, 5, "times slept for a locked entry")     \
	X(LOCK_MISSES, "lock_misses", "misses", NEITHER, COST, 5,                                    \
	  "pages found in no file, so that there was nothing to lock")                               \
	X(SPLIT_RETRIES, "split_retries", "retries", LOWER, COST, 5,                                 \
	  "times that a folio was held when it was to be split, and tried again")                    \
	X(READER_THROUGHPUT, "reader_throughput", "walks/s", HIGHER, COST, 2,                        \
	  "lockless walks per second and reader while tables are freed")                             \
	X(READER_LATENCY, "reader_latency", "ns", LOWER, COST, 10,                                   \
	  "longest single lockless walk while tables are freed")                                     \
	X(READER_LATENCY_P50, "reader_latency_p50", "ns", LOWER, COST, 10,                           \
	  "median of single lockless walks while tables are freed")                                  \
	X(READER_LATENCY_P99, "reader_latency_p99", "ns", LOWER, COST, 10,                           \
	  "99th percentile of single lockless walks while tables are freed")                         \
	X(TABLES_UNBATCHED, "tables_unbatched", "tables", NEITHER, COST, 0,                          \
	  "page tables freed by themselves, for want of memory for a batch")

#endif
