/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the cases about the running kernel: a pinned peer, the kernel's own counts.
 */
#ifndef BENCH_HOST_H
#define BENCH_HOST_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "case.h"

/* A thread that spins in user mode on a CPU of its own, in this process's memory. */
struct host_peer {
	bool wanted;
	int cpu, self; /* the peer's CPU, and the CPU that the caller is pinned to */
	int stop;
	int tid;
	long switches;	/* its involuntary context switches when the watch began */
	uint64_t turns; /* of its loop; only the peer writes it */
	pthread_t thread;
};
/*
 * Pins the caller to the first CPU it may run on. With param peer=spin also starts the peer on the
 * second CPU and returns when it spins. 0; -ENOTSUP with s->skip filled: only one CPU; or -errno.
 */
int host_peer_start(struct host_peer *peer, struct bench_state *s);
void host_peer_stop(struct host_peer *peer);
/*
 * Waits until the peer is seen to spin. Call it, outside the timing, before each operation that
 * queues work for kernel threads (a grace period's, after munmap): they take the peer's CPU now and
 * then.
 */
void host_peer_meet(struct host_peer *peer);
/*
 * host_peer_watched() fills s->disturbed if other work took the peer's CPU since host_peer_watch().
 * The peer's share of CPU time would not show that: an operation without a peer is so short that
 * most operations fit into a small part of the time. Call both outside the timing.
 */
void host_peer_watch(struct host_peer *peer);
void host_peer_watched(struct host_peer *peer, struct bench_state *s);

/* Page tables of this process in bytes, or -errno. */
long host_page_table_bytes(void);
/* Sum of a row of /proc/interrupts ("TLB", "CAL") over all CPUs but `except`; -ENOENT: no row. */
long long host_interrupts(const char *row, int except);
double host_now_ns(void);

/*
 * Counts events between begin() and end(): by tracepoints if this process may open them, else from
 * /proc/interrupts. begin() never fails; end() leaves out a metric that cannot be counted.
 */
enum host_event { HOST_INTERRUPTED, HOST_FLUSHES, HOST_SENT, HOST_NR_EVENTS };
struct host_events {
	int self;
	const char *row; /* of /proc/interrupts */
	long long interrupts;
	double own[HOST_NR_EVENTS]; /* events of starting and stopping alone */
};
void host_events_begin(struct host_events *e, int self, const char *row);
void host_events_end(struct host_events *e, struct bench_state *s);

#endif
