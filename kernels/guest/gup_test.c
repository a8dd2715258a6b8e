// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gup_fast/gup_test: does the kernel's own gup_test (mm/gup_test.c) agree with the driver?
 *
 * gup_test times a loop of calls over a range, in whole microseconds; the driver counts one call.
 * The overhead of a turn of gup_test's loop, less the overhead in a window of the driver, does not
 * depend on a call's pages. It is taken from calls of 1 page, where it must be small; then calls of
 * more pages have to agree but for the time of its readings of the clock, 200 instructions at most,
 * and half a microsecond. gup_test falls back to slow GUP: it does not notice
 * a fast walk that comes back short.
 */
#include <array_size.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../driver/ioctl.h"
#include "gup_test.h"

#define CASE GUP_TEST_CASE
#define MAX_BYTES (128ul << 20)
#define MAX_PAGES 4096
/*
 * A tick makes one time longer, and what it leaves behind, such as RCU's work, the next ones: on
 * riscv64 the first three were seen to be 6, 1 and 3 us above the least of all.
 */
#define REPEATS 10
/* Half of the shortest time between two ticks of a guest: half of REPEATS have no tick in them. */
#define MAX_US 5000
/*
 * Limits of the difference of overheads, in instructions times their time: a turn of the loop has
 * some 30, a window some 12. Above them the driver counts too little, below them too much.
 */
#define MIN_LOOP (-16 * PTB_INSTRUCTION_NS)
#define MAX_LOOP (64 * PTB_INSTRUCTION_NS)
/* gup_test's readings of the clock: their part that lies in the time between the two readings. */
#define CLOCK_NS (200 * PTB_INSTRUCTION_NS)
/*
 * A pin adds to a per-CPU counter, which spills into the node's every 13 pages or so, in a few
 * instructions. A window of the driver starts with an empty counter, so that a call of gup_test has
 * at most one spill more or less.
 */
#define SPILL_NS (24 * PTB_INSTRUCTION_NS)

/* mm/gup_test.h is not installed with the kernel's headers. */
struct gup_test_args {
	uint64_t get_us, put_us, addr, size;
	uint32_t pages_per_call, gup_flags, test_flags, which_pages[8];
};
/* Until 5.10 it was mm/gup_benchmark.c, whose arguments begin alike. */
struct gup_benchmark_args {
	uint64_t get_us, put_us, addr, size;
	uint32_t pages_per_call, gup_flags;
	uint64_t unused[10];
};
#define GUP_WRITE 1u

enum { GET, PIN, NR_KINDS };
enum { NR_SIZES = 3 };
_Static_assert(NR_KINDS *NR_SIZES == GUP_TEST_ROWS, "what judges the boot counts them");

static const struct {
	const char *flags, *case_id;
} kinds[NR_KINDS] = {
	[GET] = { "get", "gup_fast/walk" },
	[PIN] = { "pin", "pin_fast/walk" },
};
/* The kernel's interface: the file, and the command of each kind. */
struct gup_interface {
	const char *file;
	unsigned long commands[NR_KINDS];
};
static const struct gup_interface interfaces[] = {
	{ "/debug/gup_test",
	  { _IOWR('g', 1, struct gup_test_args), _IOWR('g', 2, struct gup_test_args) } },
	{ "/debug/gup_benchmark",
	  { _IOWR('g', 1, struct gup_benchmark_args), _IOWR('g', 3, struct gup_benchmark_args) } },
};
static const unsigned sizes[NR_SIZES] = { 1, 128, 512 };

static uint64_t us[NR_KINDS][NR_SIZES], instructions[NR_KINDS][NR_SIZES];
static unsigned long taken[NR_KINDS][NR_SIZES]; /* pages, in us */
static unsigned long nr_pages;
static char why_not[128] = "gup_test was not run";

static bool could_not(const char *what)
{
	snprintf(why_not, sizeof(why_not), "%s: %s", what, strerror(errno));
	return false;
}

/* ---- gup_test ---- */

/* The least time of REPEATS: what comes between can only make one longer. */
static bool time_calls(int fd, const struct gup_test_args *range, unsigned long command, unsigned n,
		       uint64_t *least)
{
	union {
		struct gup_test_args args;
		struct gup_benchmark_args older;
	} u;

	*least = UINT64_MAX;
	for (int i = 0; i < REPEATS; i++) {
		memset(&u, 0, sizeof(u));
		u.args = *range;
		u.args.pages_per_call = n;
		if (ioctl(fd, command, &u))
			return could_not("gup_test");
		if (u.args.size != range->size) {
			errno = EFAULT;
			return could_not("gup_test came back short");
		}
		*least = u.args.get_us < *least ? u.args.get_us : *least;
	}
	return true;
}

/* Takes half of the pages, and half of these, until it is done in MAX_US. */
static bool time_size(int fd, const struct gup_interface *gup, const struct gup_test_args *all,
		      int k, int i)
{
	struct gup_test_args range = *all;

	for (taken[k][i] = nr_pages;; taken[k][i] /= 2) {
		range.size = all->size / nr_pages * taken[k][i];
		if (!time_calls(fd, &range, gup->commands[k], sizes[i], &us[k][i]))
			return false;
		if (us[k][i] <= MAX_US || taken[k][i] / 2 < sizes[i])
			return true;
	}
}

static bool time_all(int fd, const struct gup_interface *gup, const struct gup_test_args *all)
{
	for (int k = 0; k < NR_KINDS; k++)
		for (int i = 0; i < NR_SIZES; i++)
			if (!time_size(fd, gup, all, k, i))
				return false;
	why_not[0] = 0;
	return true;
}

/* On pages that were written to, so that no call faults; from a boundary of most tables on. */
static bool run_on_range(int fd, const struct gup_interface *gup)
{
	unsigned long page = sysconf(_SC_PAGESIZE), align = page * 512;
	struct gup_test_args range = { .gup_flags = GUP_WRITE };
	char *all, *at;
	bool ok;

	nr_pages = MAX_BYTES / page < MAX_PAGES ? MAX_BYTES / page : MAX_PAGES;
	range.size = nr_pages * page;
	all = mmap(NULL, range.size + align, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		   -1, 0);
	if (all == MAP_FAILED)
		return could_not("memory for gup_test");
	at = all + (align - (uintptr_t)all % align) % align;
	madvise(all, range.size + align, MADV_NOHUGEPAGE); /* EINVAL: no THP in this kernel */
	for (unsigned long i = 0; i < nr_pages; i++)
		at[i * page] = 1;
	range.addr = (uintptr_t)at;
	ok = time_all(fd, gup, &range);
	munmap(all, range.size + align);
	return ok;
}

void gup_test_run(void)
{
	int fd;

	mkdir("/debug", 0755);
	if (mount("debugfs", "/debug", "debugfs", 0, NULL)) {
		could_not("mounting debugfs");
		return;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(interfaces); i++) {
		fd = open(interfaces[i].file, O_RDWR);
		if (fd < 0)
			continue;
		run_on_range(fd, &interfaces[i]);
		close(fd);
		return;
	}
	could_not("/debug/gup_test");
}

/* ---- the driver's ---- */

static bool has(const char *params, const char *param)
{
	return ptb_params_have(params, param, strlen(param));
}

/* Is it a walk of small anonymous pages that starts with a table? gup_test_note() takes the first
 * such row: rows of grown address spaces come later. */
static bool compared(const char *params)
{
	return has(params, "leaf=pte") &&
	       (has(params, "cross=none") || has(params, "cross=span")) && !has(params, "mem=") &&
	       !has(params, "flags=") && !has(params, "frames=") && !has(params, "folio=");
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static uint64_t median(const struct ptb_record *r)
{
	uint64_t v[PTB_RECORD_MAX_SAMPLES];

	for (unsigned i = 0; i < r->nr_samples; i++)
		v[i] = r->samples[i];
	qsort(v, r->nr_samples, sizeof(v[0]), by_value);
	return v[r->nr_samples / 2] / r->nr_ops;
}

void gup_test_note(const struct ptb_record *r)
{
	char pages[24];

	if (r->type != PTB_RECORD_MEASUREMENT || strcmp(r->metric, "instructions") ||
	    !compared(r->params))
		return;
	for (int k = 0; k < NR_KINDS; k++) {
		for (int i = 0; i < NR_SIZES; i++) {
			snprintf(pages, sizeof(pages), "pages=%u", sizes[i]);
			if (!strcmp(r->case_id, kinds[k].case_id) && has(r->params, pages) &&
			    !instructions[k][i])
				instructions[k][i] = median(r);
		}
	}
}

/* ---- the comparison ---- */

static bool agree(int k, int i, char *seen, size_t size)
{
	uint64_t calls = taken[k][i] / sizes[i], counted = calls * instructions[k][i];
	int64_t counted_ns = counted * PTB_INSTRUCTION_NS;
	/* The difference of overheads per 1,000 calls, from calls of one page; 500 ns make up for
	 * the mean of rounding down to a microsecond. */
	int64_t ones = taken[k][0];
	int64_t loop = ((int64_t)(us[k][0] * 1000 + 500) -
			ones * (int64_t)instructions[k][0] * PTB_INSTRUCTION_NS) *
		       1000 / ones;
	int64_t off = (int64_t)(us[k][i] * 1000 + 500) - counted_ns - loop * (int64_t)calls / 1000;
	int64_t may = 500 + CLOCK_NS + (k == PIN ? SPILL_NS * (int64_t)calls : 0);
	bool ok = i ? llabs(off) <= may : loop >= MIN_LOOP * 1000 && loop <= MAX_LOOP * 1000;

	printf("init: gup_test: %s, %" PRIu64 " calls of %u pages: %" PRIu64 " us; counted %" PRIu64
	       ", loop %" PRId64 "/1000 a call, off by %" PRId64 " ns\n",
	       kinds[k].flags, calls, sizes[i], us[k][i], counted, loop, off);
	snprintf(seen, size,
		 ok ? "right"
		    : "gup_test %" PRIu64 " us, the driver %" PRIu64 " instructions in %" PRIu64
		      " calls",
		 us[k][i], counted, calls);
	return ok;
}

static int write_one(const char *format, int k, int i, int (*write)(const struct ptb_record *r))
{
	struct ptb_record r = {
		.magic = PTB_RECORD_MAGIC,
		.type = PTB_RECORD_CHECK,
		.size = sizeof(r),
		.subject = PTB_SUBJECT_KERNEL,
		.case_id = CASE,
	};

	snprintf(r.params, sizeof(r.params), "format=%s,flags=%s,pages=%u", format, kinds[k].flags,
		 sizes[i]);
	if (!why_not[0] && instructions[k][0] && instructions[k][i]) {
		agree(k, i, r.text, sizeof(r.text));
		return write(&r);
	}
	r.type = PTB_RECORD_SKIPPED;
	if (why_not[0])
		strcpy(r.text, why_not);
	else
		snprintf(r.text, sizeof(r.text),
			 "the driver counted no instructions of %s of %u pages", kinds[k].case_id,
			 sizes[instructions[k][0] ? i : 0]);
	return write(&r);
}

int gup_test_checks(const char *format, int (*write)(const struct ptb_record *r))
{
	int err = 0;

	for (int k = 0; k < NR_KINDS; k++)
		for (int i = 0; i < NR_SIZES && !err; i++)
			err = write_one(format, k, i, write);
	return err;
}
