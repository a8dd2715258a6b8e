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
/* Can tracepoints be counted on all CPUs? */
bool perf_tracepoints(char *why, size_t size);

/* A counter, disabled, of this thread's user mode. fd or -errno. type, config: perf_event_attr. */
int perf_open_self(uint32_t type, uint64_t config);
/* A tracepoint on one CPU, all tasks; filter as in tracefs, or NULL. fd or -errno. */
int perf_open_tracepoint(const char *group, const char *event, const char *filter, int cpu);
/* Where tracefs is not mounted and this process may: mounts it for this process alone. */
void perf_find_tracefs(void);
int perf_start(int fd); /* from 0 */
int perf_stop(int fd, uint64_t *count);

#endif
