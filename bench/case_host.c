// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The running kernel, from outside: freeing page tables, membarrier, GUP-fast by vmsplice.
 *
 * table_free has the regions of the in-kernel driver (kernels/driver/table_free.c), so that their
 * rows can be compared; these rows measure the whole system call.
 */

#include <array_size.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "cases.h"
#include "host.h"

#define MAX_SPLICE 16 /* as many buffers as a pipe has */

#ifdef __s390x__
#define TABLE_ENTRIES 256
#define TABLE_BYTES 2048
#else
#define TABLE_ENTRIES (page_size() / 8)
#define TABLE_BYTES page_size()
#endif

static const char *const peers[] = { "none", "spin", NULL };
static const char *const twins[] = { "packed", "same", NULL };
static const long long tables[] = { 1, 2, 8 };
static const long long few_tables[] = { 1, 2 };
static const long long splice_pages[] = { 1, 2, 4, 8, MAX_SPLICE };

#define NUMS(key_, array)                                                                          \
	{                                                                                          \
		.key = key_, .nums = array, .nr_nums = ARRAY_SIZE(array)                           \
	}

static unsigned needs_of_peer(const struct bench_state *s)
{
	return strcmp(bench_str(s, "peer"), "spin") ? 0 : BENCH_NEED_THREADS;
}

static size_t page_size(void)
{
	static size_t size;

	if (!size)
		size = sysconf(_SC_PAGESIZE);
	return size;
}

static size_t span_size(void) /* what one page table covers */
{
	return TABLE_ENTRIES * page_size();
}

/* ---- table_free ---- */

struct region {
	struct host_peer peer;
	int tables;
	bool keep, packed;
	char *at;   /* first of tables + 2 spans that hold only the region and its neighbours */
	char *addr; /* the region itself */
	size_t len;
};

/* Far from all other mappings: one next to the region would keep its tables. */
static char *const places[] = { (char *)0x2000000000, (char *)0x300000000000 };

static bool map(char *addr, size_t len, int prot)
{
	void *p = mmap(addr, len, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (p != MAP_FAILED && p != addr)
		munmap(p, len); /* a kernel that does not know the flag maps elsewhere */
	return p == addr;
}

static char *find_place(size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (map(places[i], len, PROT_NONE)) {
			munmap(places[i], len);
			return places[i];
		}
	return NULL;
}

static void region_init(struct region *r, const struct bench_state *s)
{
	r->tables = bench_num(s, "tables");
	r->keep = !strcmp(s->c->name, "keep");
	r->packed = !strcmp(bench_str(s, "twin"), "packed");
	r->at = find_place((r->tables + 2) * span_size());
	r->addr = r->at + span_size() + page_size();
	r->len = r->packed ? r->tables * page_size() : r->tables * span_size() - 2 * page_size();
}

/* Maps neighbours, read-only so that they never merge with the region: in its first and last span
 * they keep its tables; one span further they keep only the table above. */
static bool map_neighbours(const struct region *r)
{
	char *left = r->keep ? r->at + span_size() : r->at;
	char *right = r->keep ? r->addr + r->len : r->at + (r->tables + 1) * span_size();

	return map(left, page_size(), PROT_READ) && map(right, page_size(), PROT_READ) &&
	       !*(volatile char *)left && !*(volatile char *)right;
}

static void touch(const struct region *r)
{
	size_t step = r->packed ? page_size() : span_size();
	char *p = r->packed ? r->addr : r->addr + 4 * page_size();

	for (int i = 0; i < r->tables; i++)
		*(volatile char *)(p + i * step) = 1;
}

/* MADV_NOHUGEPAGE: a span mapped by a huge page has no PTE table to free. */
static bool map_region(const struct region *r)
{
	if (!map(r->addr, r->len, PROT_READ | PROT_WRITE))
		return false;
	madvise(r->addr, r->len, MADV_NOHUGEPAGE);
	touch(r);
	return true;
}

static bool is_madvise(const struct bench_state *s)
{
	return !strcmp(s->c->name, "madvise");
}

static void free_teardown(struct bench_state *s)
{
	struct region *r = s->priv;

	munmap(r->at, (r->tables + 2) * span_size());
	host_peer_stop(&r->peer);
	free(r);
	s->priv = NULL;
}

static int free_setup(struct bench_state *s)
{
	struct region *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	err = host_peer_start(&r->peer, s);
	if (err) {
		free(r);
		return err;
	}
	s->priv = r;
	region_init(r, s);
	if (r->at && map_neighbours(r) && (!is_madvise(s) || map_region(r)))
		return 0;
	if (r->at)
		free_teardown(s);
	else
		snprintf(s->skip, sizeof(s->skip), "no unused address range for the region");
	return -ENOMEM;
}

static void one_munmap(struct bench_state *s)
{
	struct region *r = s->priv;
	double start;
	int err;

	if (!map_region(r)) {
		snprintf(s->fail, sizeof(s->fail), "mapping the region: %s", strerror(errno));
		return;
	}
	host_peer_meet(&r->peer);
	start = host_now_ns();
	err = munmap(r->addr, r->len);
	s->manual_ns += host_now_ns() - start;
	if (err)
		snprintf(s->fail, sizeof(s->fail), "munmap: %s", strerror(errno));
}

static void one_madvise(struct bench_state *s)
{
	struct region *r = s->priv;
	double start;
	int err;

	touch(r);
	host_peer_meet(&r->peer);
	start = host_now_ns();
	err = madvise(r->addr, r->len, MADV_DONTNEED);
	s->manual_ns += host_now_ns() - start;
	if (err)
		snprintf(s->fail, sizeof(s->fail), "madvise: %s", strerror(errno));
}

static void free_run(struct bench_state *s, uint64_t n)
{
	bool madvises = is_madvise(s);

	for (uint64_t i = 0; i < n && !s->fail[0]; i++)
		if (madvises)
			one_madvise(s);
		else
			one_munmap(s);
}

/* Checks how many page-table bytes (the kernel's own count) the call itself frees. */
static int free_check(struct bench_state *s, struct bench_check *check)
{
	struct region *r = s->priv;
	long before, after;

	check->id = is_madvise(s) ? "table_free/madvise_tables"
		    : r->keep	  ? "table_free/keep_tables"
				  : "table_free/munmap_tables";
	snprintf(check->expect, sizeof(check->expect), "%d tables",
		 r->keep || is_madvise(s) ? 0 : r->tables);
	if (is_madvise(s))
		touch(r);
	else if (!map_region(r))
		return -errno;
	before = host_page_table_bytes();
	if (is_madvise(s) ? madvise(r->addr, r->len, MADV_DONTNEED) : munmap(r->addr, r->len))
		return -errno;
	after = host_page_table_bytes();
	if (before < 0 || after < 0)
		return before < 0 ? before : after;
	snprintf(check->seen, sizeof(check->seen), "%ld tables",
		 (before - after) / (long)TABLE_BYTES);
	check->ok = !strcmp(check->expect, check->seen);
	return 0;
}

static int free_count(struct bench_state *s, uint64_t n)
{
	struct region *r = s->priv;
	struct host_events events;

	host_events_begin(&events, r->peer.self, "TLB");
	free_run(s, n);
	host_events_end(&events, s);
	return s->fail[0] ? -EIO : 0;
}

static bool keep_valid(const struct bench_state *s)
{
	/* twin=same only with 1 or 2 tables: no neighbour keeps the tables of spans in between. */
	return !strcmp(bench_str(s, "twin"), "same") == (bench_num(s, "tables") <= 2);
}

#define TABLE_FREE(ident, name_, summary_, ...)                                                    \
	const struct bench_case bench_host_##ident = { .family = "table_free",                     \
						       .name = name_,                              \
						       .summary = summary_,                        \
						       .subject = BENCH_KERNEL,                    \
						       .needs = BENCH_NEED_HOST,                   \
						       .needs_of = needs_of_peer,                  \
						       .manual_time = true,                        \
						       .setup = free_setup,                        \
						       .run = free_run,                            \
						       .teardown = free_teardown,                  \
						       .count = free_count,                        \
						       .check = free_check,                        \
						       __VA_ARGS__ }

TABLE_FREE(munmap, "munmap", "munmap of one touched page in each of T page tables, which it frees",
	   .axes = { { .key = "peer", .strs = peers }, NUMS("tables", tables) });
TABLE_FREE(keep, "keep", "the same munmap where neighbours keep the page tables",
	   .axes = { { .key = "peer", .strs = peers },
		     NUMS("tables", tables),
		     { .key = "twin", .strs = twins } },
	   .valid = keep_valid);
/* No row with 8 tables: it has whole spans, and since 6.14 MADV_DONTNEED frees their tables. */
TABLE_FREE(madvise, "madvise", "MADV_DONTNEED of the same pages: no table is freed",
	   .axes = { { .key = "peer", .strs = peers }, NUMS("tables", few_tables) });

/* ---- membarrier ---- */

static int sys_membarrier(int command)
{
	return syscall(SYS_membarrier, command, 0, 0);
}

static int membarrier_setup(struct bench_state *s)
{
	struct host_peer *peer;
	int err;

	if (sys_membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED)) {
		snprintf(s->skip, sizeof(s->skip), "membarrier: %s", strerror(errno));
		return -ENOTSUP;
	}
	peer = calloc(1, sizeof(*peer));
	if (!peer)
		return -ENOMEM;
	err = host_peer_start(peer, s);
	if (err)
		free(peer);
	else
		s->priv = peer;
	return err;
}

static void membarrier_run(struct bench_state *s, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		sys_membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}

static void membarrier_before(struct bench_state *s, uint64_t n)
{
	host_peer_watch(s->priv);
}

static void membarrier_after(struct bench_state *s, uint64_t n)
{
	host_peer_watched(s->priv, s);
}

static int membarrier_count(struct bench_state *s, uint64_t n)
{
	struct host_peer *peer = s->priv;
	struct host_events events;

	host_events_begin(&events, peer->self, "CAL");
	host_peer_watch(peer);
	membarrier_run(s, n);
	host_peer_watched(peer, s);
	host_events_end(&events, s);
	return 0;
}

static void membarrier_teardown(struct bench_state *s)
{
	host_peer_stop(s->priv);
	free(s->priv);
	s->priv = NULL;
}

const struct bench_case bench_host_membarrier = {
	.family = "membarrier",
	.name = "expedited",
	.summary = "one MEMBARRIER_CMD_PRIVATE_EXPEDITED",
	.subject = BENCH_KERNEL,
	.needs = BENCH_NEED_HOST | BENCH_NEED_MEMBARRIER,
	.needs_of = needs_of_peer,
	.axes = { { .key = "peer", .strs = peers } },
	.setup = membarrier_setup,
	.before = membarrier_before,
	.run = membarrier_run,
	.after = membarrier_after,
	.count = membarrier_count,
	.teardown = membarrier_teardown,
};

/* ---- vmsplice ---- */

struct splice {
	int pipe[2], null;
	struct iovec iov;
};

static void splice_teardown(struct bench_state *s)
{
	struct splice *sp = s->priv;

	close(sp->pipe[0]);
	close(sp->pipe[1]);
	close(sp->null);
	if (sp->iov.iov_base != MAP_FAILED)
		munmap(sp->iov.iov_base, MAX_SPLICE * page_size());
	free(sp);
	s->priv = NULL;
}

static int splice_open(struct splice *sp, size_t nr)
{
	sp->iov.iov_base = MAP_FAILED;
	sp->null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (sp->null < 0)
		return -errno;
	sp->iov.iov_base = mmap(NULL, MAX_SPLICE * page_size(), PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (sp->iov.iov_base == MAP_FAILED)
		return -errno;
	memset(sp->iov.iov_base, 1, MAX_SPLICE * page_size());
	sp->iov.iov_len = nr * page_size();
	return 0;
}

static int splice_setup(struct bench_state *s)
{
	struct splice *sp = calloc(1, sizeof(*sp));
	int err;

	if (!sp)
		return -ENOMEM;
	if (pipe2(sp->pipe, O_CLOEXEC)) {
		err = -errno;
		free(sp);
		return err;
	}
	s->priv = sp;
	err = splice_open(sp, bench_num(s, "pages"));
	if (err)
		splice_teardown(s);
	return err;
}

/* Times vmsplice() alone; the pipe is emptied outside the timing, without copying the pages. */
static void splice_run(struct bench_state *s, uint64_t n)
{
	struct splice *sp = s->priv;
	ssize_t want = sp->iov.iov_len, got = want, drained = want;

	for (uint64_t i = 0; i < n && got == want && drained == want; i++) {
		double start = host_now_ns();

		got = vmsplice(sp->pipe[1], &sp->iov, 1, SPLICE_F_NONBLOCK);
		s->manual_ns += host_now_ns() - start;
		drained = splice(sp->pipe[0], NULL, sp->null, NULL, want, SPLICE_F_NONBLOCK);
	}
	if (got != want || drained != want)
		snprintf(s->fail, sizeof(s->fail), "%zd of %zd bytes spliced in, %zd out: %s", got,
			 want, drained, strerror(errno));
}

const struct bench_case bench_host_vmsplice = {
	.family = "gup_fast",
	.name = "vmsplice",
	.summary = "vmsplice of present pages into an empty pipe: GUP-fast is its slope over pages",
	.subject = BENCH_KERNEL,
	.needs = BENCH_NEED_HOST,
	.manual_time = true,
	.axes = { NUMS("pages", splice_pages) },
	.setup = splice_setup,
	.run = splice_run,
	.teardown = splice_teardown,
};
