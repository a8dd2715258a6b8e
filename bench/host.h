/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the cases about the running kernel share: a pinned peer, the kernel's own counts.
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
	int cpu, self; /* where it spins, and where the caller is pinned */
	int stop;
	int tid;
	long switches;	/* as its watch began */
	uint64_t turns; /* of its loop, by itself alone */
	pthread_t thread;
};
/*
 * Pins the caller to the first CPU it may run on; with param peer=spin also starts the peer, on
 * the second, and returns when it spins. -ENOTSUP with s->skip filled: only one CPU.
 */
int host_peer_start(struct host_peer *peer, struct bench_state *s);
void host_peer_stop(struct host_peer *peer);
/*
 * Returns when the peer is seen spinning: for just before an operation that queues work for other
 * threads of the kernel (a grace period's, after munmap), which then takes the peer's CPU now and
 * then. Not for inside a timing.
 */
void host_peer_meet(struct host_peer *peer);
/*
 * Between the two, was the peer there all the time? Else something took its CPU, and s->disturbed
 * says so. Its share of the time would not do: an operation that finds no peer is over so soon that
 * most of them can go by in a little of it. Not for inside a timing.
 */
void host_peer_watch(struct host_peer *peer);
void host_peer_watched(struct host_peer *peer, struct bench_state *s);

/* Page tables of this process in bytes, or -errno. */
long host_page_table_bytes(void);
/* Sum of a row of /proc/interrupts ("TLB", "CAL") over all CPUs but `except`; -ENOENT: no row. */
long long host_interrupts(const char *row, int except);
double host_now_ns(void);

/*
 * Events while something is counted, from tracepoints where those are to be had, else from
 * /proc/interrupts. begin() never fails: what cannot be counted is not reported by end().
 */
enum host_event { HOST_INTERRUPTED, HOST_FLUSHES, HOST_SENT, HOST_NR_EVENTS };
struct host_events {
	int self;
	const char *row; /* of /proc/interrupts */
	long long interrupts;
	double own[HOST_NR_EVENTS]; /* what starting and stopping alone counts */
};
void host_events_begin(struct host_events *e, int self, const char *row);
void host_events_end(struct host_events *e, struct bench_state *s);

#endif
