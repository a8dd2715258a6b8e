// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests that the cases about the running kernel run, and that their checks can pass and fail. */

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../scripts/tap.h"
#include "../cases.h"
#include "../host.h"
#include "../perf.h"

static int run_row(struct bench_state *s, void *arg)
{
	struct bench_check check = { 0 };
	char name[BENCH_NAME_MAX];
	int err;

	bench_instance_name(s, name, sizeof(name));
	err = s->c->setup ? s->c->setup(s) : 0;
	if (err && s->skip[0]) {
		tap_skip("%s: %s", name, s->skip);
		return 0;
	}
	if (!ok(!err, "%s is set up", name))
		return 0;
	s->c->run(s, 3);
	ok(!s->fail[0] && (!s->c->manual_time || s->manual_ns > 0), "%s runs %s", name, s->fail);
	if (s->c->check) {
		err = s->c->check(s, &check);
		ok(!err && check.ok, "%s: %s: %s", name, check.id, check.seen);
	}
	if (s->c->count)
		ok(!s->c->count(s, 3) && !s->fail[0], "%s counts %zu metrics", name, s->nr_extra);
	s->c->teardown(s);
	return 0;
}

static int take_first(struct bench_state *s, void *arg)
{
	*(struct bench_state *)arg = *s;
	return 1;
}

/* A neighbour in the region's own span keeps a table: the check has to fail. */
static void test_check_fails(void)
{
	struct bench_check check = { 0 };
	struct bench_state s;
	size_t page = sysconf(_SC_PAGESIZE);
	char *at = (char *)0x2000000000 + page * (page / 8), *p;

	bench_for_each_instance(&bench_host_munmap, take_first, &s);
	if (s.c->setup(&s)) {
		tap_skip("no region here: %s", s.skip);
		return;
	}
	p = mmap(at, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (p != at || *(volatile char *)p)
		tap_skip("the region is elsewhere here");
	else
		ok(!s.c->check(&s, &check) && !check.ok,
		   "a table that is kept is not taken for freed: "
		   "%s instead of %s",
		   check.seen, check.expect);
	s.c->teardown(&s);
}

static void test_counts(void)
{
	long bytes = host_page_table_bytes();
	long long cal = host_interrupts("CAL", -1), most = host_interrupts("CAL", 0);

	ok(bytes > 0, "this process's page tables take %ld bytes", bytes);
	ok(host_interrupts("NOSUCHROW", -1) == -ENOENT, "a row that /proc/interrupts lacks");
	if (cal == -ENOENT)
		tap_skip("no CAL row on this architecture");
	else
		ok(cal >= most && most >= 0, "a CPU's interrupts can be left out");
}

static volatile unsigned sink;

static void test_perf(void)
{
	int fd = perf_open_self(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK);
	uint64_t count = 0, more = 0;
	char why[256] = "";

	if (fd < 0) {
		tap_skip("perf_event_open: %s", strerror(-fd));
	} else {
		perf_start(fd);
		for (unsigned i = 0; i < 1000000; i++)
			sink = i;
		ok(!perf_stop(fd, &count) && count > 0, "a counter counts");
		perf_start(fd);
		ok(!perf_stop(fd, &more) && more < count, "from 0 each time");
		close(fd);
	}
	ok(perf_hardware(why, sizeof(why)) || !strncmp(why, "none: ", 6), "hardware counters: %s",
	   why[0] ? why : "available");
	why[0] = '\0';
	ok(perf_tracepoints(why, sizeof(why)) || !strncmp(why, "none: ", 6), "tracepoints: %s",
	   why[0] ? why : "available");
	ok(perf_open_tracepoint("nosuch", "event", NULL, 0) < 0,
	   "a tracepoint that does not exist");
}

int main(void)
{
	perf_find_tracefs();
	for (size_t i = 0; bench_table[i]; i++)
		if (bench_table[i]->needs & BENCH_NEED_HOST && bench_table[i]->teardown)
			bench_for_each_instance(bench_table[i], run_row, NULL);
	test_check_fails();
	test_counts();
	test_perf();
	return tap_done();
}
