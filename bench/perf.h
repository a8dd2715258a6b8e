/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * perf_event_open(2): hardware counters of this thread, tracepoints of all CPUs.
 */
#ifndef BENCH_PERF_H
#define BENCH_PERF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Can instructions in user mode be counted here? false: why says "none: ..." with the reason. */
bool perf_hardware(char *why, size_t size);
/* Can tracepoints be counted on all CPUs? false: why says "none: ..." with the reason. */
bool perf_tracepoints(char *why, size_t size);

/* Opens a counter, disabled, of this thread's user mode; type, config as in perf_event_attr. fd or
 * -errno. */
int perf_open_self(uint32_t type, uint64_t config);
/* Opens a counter, disabled, of a tracepoint on one CPU, all tasks; filter as in tracefs, or NULL.
 * fd or -errno. */
int perf_open_tracepoint(const char *group, const char *event, const char *filter, int cpu);
/* Mounts tracefs for this process alone, if it is mounted nowhere and this process may mount it. */
void perf_find_tracefs(void);
int perf_start(int fd); /* resets to 0 and enables; 0 or -errno */
int perf_stop(int fd, uint64_t *count);

#endif
