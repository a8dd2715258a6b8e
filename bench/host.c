// SPDX-License-Identifier: GPL-2.0-or-later
/* Shared by the cases about the running kernel: a pinned peer, the kernel's own counts. */

#include <array_size.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host.h"
#include "perf.h"

double host_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

/* ---- the peer ---- */

static void *spin(void *arg)
{
	struct host_peer *peer = arg;

	__atomic_store_n(&peer->tid, gettid(), __ATOMIC_RELAXED);
	while (!__atomic_load_n(&peer->stop, __ATOMIC_RELAXED))
		__atomic_store_n(&peer->turns, peer->turns + 1, __ATOMIC_RELEASE);
	return NULL;
}

/* The nth CPU that this process may use, or -1. */
static int nth_cpu(const cpu_set_t *set, int n)
{
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, set) && n-- == 0)
			return cpu;
	return -1;
}

static int spawn(struct host_peer *peer)
{
	pthread_attr_t attr;
	cpu_set_t set;
	int err;

	CPU_ZERO(&set);
	CPU_SET(peer->cpu, &set);
	pthread_attr_init(&attr);
	pthread_attr_setaffinity_np(&attr, sizeof(set), &set);
	err = pthread_create(&peer->thread, &attr, spin, peer);
	pthread_attr_destroy(&attr);
	while (!err && !__atomic_load_n(&peer->turns, __ATOMIC_ACQUIRE))
		sched_yield();
	return -err;
}

int host_peer_start(struct host_peer *peer, struct bench_state *s)
{
	cpu_set_t allowed, one;

	memset(peer, 0, sizeof(*peer));
	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return -errno;
	peer->self = nth_cpu(&allowed, 0);
	peer->cpu = nth_cpu(&allowed, 1);
	peer->wanted = !strcmp(bench_str(s, "peer"), "spin");
	if (peer->wanted && peer->cpu < 0) {
		snprintf(s->skip, sizeof(s->skip),
			 "the peer needs a CPU of its own: this process "
			 "may use one");
		return -ENOTSUP;
	}
	CPU_ZERO(&one);
	CPU_SET(peer->self, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		return -errno;
	return peer->wanted ? spawn(peer) : 0;
}

void host_peer_stop(struct host_peer *peer)
{
	if (!peer->wanted)
		return;
	__atomic_store_n(&peer->stop, 1, __ATOMIC_RELAXED);
	pthread_join(peer->thread, NULL);
	peer->wanted = false;
}

/* How often the kernel preempted the peer for another task; -1: unknown. */
static long peer_switches(const struct host_peer *peer)
{
	static const char key[] = "nonvoluntary_ctxt_switches:";
	char name[64], line[256];
	long switches = -1;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/self/task/%d/status",
		 __atomic_load_n(&peer->tid, __ATOMIC_RELAXED));
	f = fopen(name, "re");
	while (f && switches < 0 && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, strlen(key)))
			switches = strtol(line + strlen(key), NULL, 10);
	if (f)
		fclose(f);
	return switches;
}

void host_peer_meet(struct host_peer *peer)
{
	uint64_t turns;

	if (!peer->wanted)
		return;
	turns = __atomic_load_n(&peer->turns, __ATOMIC_RELAXED);
	while (__atomic_load_n(&peer->turns, __ATOMIC_RELAXED) == turns)
		;
}

/* Reads the count of switches before the peer is seen to spin: a later equal count proves that it
 * has spun since. */
void host_peer_watch(struct host_peer *peer)
{
	if (!peer->wanted)
		return;
	peer->switches = peer_switches(peer);
	host_peer_meet(peer);
}

void host_peer_watched(struct host_peer *peer, struct bench_state *s)
{
	long more;

	if (!peer->wanted)
		return;
	more = peer_switches(peer) - peer->switches;
	if (more)
		snprintf(s->disturbed, sizeof(s->disturbed),
			 "other work took the peer's CPU away; "
			 "measure again when nothing else runs");
}

/* ---- /proc ---- */

/* Uses no heap: its growth between two calls could add page tables. */
long host_page_table_bytes(void)
{
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	char text[4096], *row;
	size_t len = 0;
	ssize_t n = 0;

	if (fd < 0)
		return -errno;
	while (len < sizeof(text) - 1 && (n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += n;
	close(fd);
	text[len] = '\0';
	row = strstr(text, "\nVmPTE:");
	return row ? strtol(row + 7, NULL, 10) * 1024 : -ENOENT;
}

/* Sums a row. Its columns are those of the header line, which names the CPUs that are online. */
static long long sum_row(char *row, const char *header, int except)
{
	long long sum = 0;
	char *p = row;

	for (const char *h = strstr(header, "CPU"); h; h = strstr(h + 3, "CPU")) {
		long long v = strtoll(p, &p, 10);

		if (atoi(h + 3) != except)
			sum += v;
	}
	return sum;
}

long long host_interrupts(const char *row, int except)
{
	FILE *f = fopen("/proc/interrupts", "re");
	char *header = NULL, *line = NULL;
	size_t header_size = 0, size = 0;
	long long sum = -ENOENT;

	if (!f)
		return -errno;
	if (getline(&header, &header_size, f) < 0)
		sum = -EIO;
	while (sum == -ENOENT && getline(&line, &size, f) > 0) {
		char *name = line + strspn(line, " ");

		if (!strncmp(name, row, strlen(row)) && name[strlen(row)] == ':')
			sum = sum_row(name + strlen(row) + 1, header, except);
	}
	free(header);
	free(line);
	fclose(f);
	return sum;
}

/* ---- events ---- */

/* Started in the order of enum host_event, stopped in reverse. */
static const struct {
	const char *metric, *group, *event, *filter;
	int kind;
	bool elsewhere; /* on all CPUs but this one */
} tracepoints[] = {
	/* TLB_LOCAL_SHOOTDOWN and TLB_LOCAL_MM_SHOOTDOWN: the flusher hits one of them per flush */
	{ "tlb_flushes", "tlb", "tlb_flush", "reason == 2 || reason == 3", HOST_FLUSHES, false },
	{ "ipis_sent", "ipi", "ipi_send_cpu", NULL, HOST_SENT, false },
	{ "ipis_sent", "ipi", "ipi_send_cpumask", NULL, HOST_SENT, false },
	{ "cpus_interrupted", "irq_vectors", "call_function_single_entry", NULL, HOST_INTERRUPTED,
	  true },
	{ "cpus_interrupted", "irq_vectors", "call_function_entry", NULL, HOST_INTERRUPTED, true },
};

/*
 * Tracepoints are opened once and kept open: opening or closing one patches the kernel's code and
 * takes tens of milliseconds. Therefore events are counted after all timing.
 */
static struct {
	bool open;
	int self;
	int fds[HOST_NR_EVENTS][64];
	size_t nr_fds[HOST_NR_EVENTS];
} counters;

static void close_kind(int kind)
{
	while (counters.nr_fds[kind])
		close(counters.fds[kind][--counters.nr_fds[kind]]);
}

static bool open_on(size_t t, int cpu)
{
	int kind = tracepoints[t].kind;
	int fd = perf_open_tracepoint(tracepoints[t].group, tracepoints[t].event,
				      tracepoints[t].filter, cpu);

	if (fd < 0)
		return false;
	if (counters.nr_fds[kind] == ARRAY_SIZE(counters.fds[kind])) {
		close(fd);
		return false;
	}
	counters.fds[kind][counters.nr_fds[kind]++] = fd;
	return true;
}

/* Opens every event of every metric on all its CPUs; if one fails, that metric is not counted. */
static void open_all(int self)
{
	long nr_cpus = sysconf(_SC_NPROCESSORS_CONF);
	bool whole[HOST_NR_EVENTS] = { true, true, true };

	for (int kind = 0; kind < HOST_NR_EVENTS; kind++)
		close_kind(kind);
	for (size_t t = 0; t < ARRAY_SIZE(tracepoints); t++)
		for (int cpu = 0; cpu < nr_cpus; cpu++)
			if (tracepoints[t].elsewhere == (cpu != self) && !open_on(t, cpu))
				whole[tracepoints[t].kind] = false;
	for (int kind = 0; kind < HOST_NR_EVENTS; kind++)
		if (!whole[kind])
			close_kind(kind);
	counters.open = true;
	counters.self = self;
}

static void start_all(void)
{
	for (int kind = 0; kind < HOST_NR_EVENTS; kind++)
		for (size_t i = 0; i < counters.nr_fds[kind]; i++)
			perf_start(counters.fds[kind][i]);
}

static const char *metric_of(int kind)
{
	for (size_t t = 0; t < ARRAY_SIZE(tracepoints); t++)
		if (tracepoints[t].kind == kind)
			return tracepoints[t].metric;
	return NULL;
}

/* Stops a metric's counters and returns their total; -1: one of them cannot be read. */
static double stop_kind(int kind)
{
	double total = 0;
	uint64_t count;

	for (size_t i = 0; i < counters.nr_fds[kind]; i++) {
		if (perf_stop(counters.fds[kind][i], &count))
			return -1;
		total += count;
	}
	return counters.nr_fds[kind] ? total : -1;
}

static void stop_all(double totals[HOST_NR_EVENTS])
{
	for (int kind = HOST_NR_EVENTS; kind-- > 0;)
		totals[kind] = stop_kind(kind);
}

void host_events_begin(struct host_events *e, int self, const char *row)
{
	e->self = self;
	e->row = row;
	if (!counters.open || counters.self != self)
		open_all(self);
	/* Stopping a counter of another CPU interrupts that CPU, and is counted there. */
	start_all();
	stop_all(e->own);
	e->interrupts = host_interrupts(row, self);
	start_all();
}

void host_events_end(struct host_events *e, struct bench_state *s)
{
	long long interrupts;
	double totals[HOST_NR_EVENTS];

	stop_all(totals);
	interrupts = host_interrupts(e->row, e->self);
	for (int kind = 0; kind < HOST_NR_EVENTS; kind++)
		if (totals[kind] >= 0 && e->own[kind] >= 0)
			totals[kind] = totals[kind] > e->own[kind] ? totals[kind] - e->own[kind]
								   : 0;
	if (totals[HOST_INTERRUPTED] < 0 && e->interrupts >= 0 && interrupts >= 0)
		totals[HOST_INTERRUPTED] = interrupts - e->interrupts;
	for (int kind = 0; kind < HOST_NR_EVENTS; kind++)
		if (totals[kind] >= 0)
			bench_set_extra(s, metric_of(kind), BENCH_TOTAL, totals[kind]);
}
