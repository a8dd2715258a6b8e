// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmap/pair, kmap/switch and kmap/nest over the reference: what each stack of temporary mappings
 * costs by depth, when tasks switch with live maps, and when contexts nest.
 *
 * Backend memory has the stack's own work and no TLB; backend mappings changes real page tables by
 * a system call per slot. The designs of one backend compare with one another; the backends do not.
 */

#include <array_size.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ref/kmap.h>
#include <ref/kmap_designs.h>
#include <ref/port.h>

#include "cases.h"

#define MAX_DEPTH 15 /* of the shallowest stack */
#define NR_PAGES 64
#define NR_CONTEXTS 5 /* task, page fault, softirq, irq, NMI */
#define FIRST_IRQ 3

/* Guests count instructions, which are the same at every depth: one depth, few switches. */
#ifdef BENCH_GUEST
static const bool in_guest = true;
#else
static const bool in_guest;
#endif

static const char *const backends[] = { "mappings", "memory", NULL };
#define NAME(name, ...) #name,
static const char *const designs[] = { KMAP_DESIGNS(NAME, NAME) NULL };
static const long long debugs[] = { 0, 1 };
static const long long depths[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
static const long long lives[] = { 0, 1, 4, 15 };
static const long long each[] = { 1, 2, 3 };

#define NUMS(key_, array)                                                                          \
	{                                                                                          \
		.key = key_, .nums = array, .nr_nums = ARRAY_SIZE(array)                           \
	}

static bool name_is(const struct bench_state *s, const char *key, const char *value)
{
	return !strcmp(bench_str(s, key), value);
}

/* ---- which rows there are ---- */

static bool is_one_of(long long v, const long long *of, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (of[i] == v)
			return true;
	return false;
}

/* Every depth; with system calls (backend mappings) or guard pages, only few[]. */
static bool pair_valid(const struct bench_state *s)
{
	static const long long few[] = { 1, 8, MAX_DEPTH };
	long long depth = bench_num(s, "depth");
	bool debug = bench_num(s, "debug");

	if (in_guest)
		return depth == 1 && name_is(s, "backend", "memory") &&
		       (!debug || name_is(s, "design", "merged"));
	if (name_is(s, "backend", "memory") && !debug)
		return true;
	if (!name_is(s, "design", "merged") && !name_is(s, "design", "atomic_percpu"))
		return false;
	if (!is_one_of(depth, few, 3))
		return false;
	return name_is(s, "backend", "memory") ? debug : !debug;
}

/* An operation switches there and back, so the pair (next, prev) is run in one order only. */
static bool switch_valid(const struct bench_state *s)
{
	static const long long few[] = { 0, 1, MAX_DEPTH };
	long long next = bench_num(s, "next"), prev = bench_num(s, "prev");
	bool debug = bench_num(s, "debug"), memory = name_is(s, "backend", "memory");

	if (prev < next)
		return false;
	if (name_is(s, "design", "atomic_percpu")) /* no task switch with live maps */
		return !prev && memory && !debug;
	if (in_guest)
		return memory && !debug && next <= 1 && prev == 1;
	if (memory && !debug)
		return true;
	if (debug && !name_is(s, "design", "merged"))
		return false;
	return is_one_of(next, few, 3) && is_one_of(prev, few, 3) && memory == debug;
}

static bool nest_valid(const struct bench_state *s)
{
	return !in_guest;
}

/* ---- a row ---- */

struct kmap_row {
	const struct kmap_stack *st;
	struct kmap_area *area;
	struct kmap_cpu *cpu;
	struct kmap_task prev, next;
	uintptr_t addr[2 * MAX_DEPTH];
	unsigned nr_live; /* maps of prev that setup made */
	unsigned maps;	  /* maps in each context */
	int peak;
	char report[160]; /* the stack's last complaint; "": none */
};

static void on_report(void *arg, const struct kmap_report *r)
{
	kmap_report_text(r, arg, sizeof(((struct kmap_row *)0)->report));
}

static int row_create(struct bench_state *s, const char *backend, bool debug, struct kmap_row **row)
{
	struct kmap_opts opts = { .nr_cpus = 1, .nr_pages = NR_PAGES, .report = on_report };
	struct kmap_row *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	r->st = kmap_stack_find(bench_str(s, "design"), debug ? "debug" : "plain", backend);
	opts.report_arg = r->report;
	err = r->st ? kmap_area_create(r->st, &opts, &r->area) : -ENOENT;
	if (err) {
		if (r->st && !strcmp(backend, "mappings"))
			snprintf(s->skip, sizeof(s->skip), "no window of mappings: %s",
				 strerror(-err));
		free(r);
		return err;
	}
	r->cpu = r->area->cpu;
	r->cpu->current = &r->prev;
	s->priv = *row = r;
	return 0;
}

static void row_teardown(struct bench_state *s)
{
	struct kmap_row *r = s->priv;

	kmap_area_destroy(r->area);
	free(r);
	s->priv = NULL;
}

/* Makes nr maps, each of a page of its own, and checks each page through its map. */
static int map_live(struct bench_state *s, struct kmap_row *r, uintptr_t *addr, unsigned nr,
		    uint32_t pfn)
{
	for (unsigned i = 0; i < nr; i++) {
		addr[i] = r->st->map(r->cpu, pfn + i);
		if (addr[i] && r->st->read(r->cpu, addr[i]) == pfn + i)
			continue;
		snprintf(s->fail, sizeof(s->fail), "map %u does not show its page %.100s", i,
			 r->report);
		return -EIO;
	}
	return 0;
}

/* Checks that a run left only the slots that setup filled, and that the stack did not complain. */
static void row_after(struct bench_state *s, uint64_t n)
{
	struct kmap_row *r = s->priv;
	unsigned live = r->st->index(r->cpu) / r->st->layout->incr;
	bool seen = true;

	for (unsigned i = 0; i < r->nr_live && live == r->nr_live; i++)
		seen = seen && r->st->read(r->cpu, r->addr[i]) == i;
	if (*r->report)
		snprintf(s->fail, sizeof(s->fail), "%.150s", r->report);
	else if (live != r->nr_live || !seen)
		snprintf(s->fail, sizeof(s->fail), "%u maps are live, of %u%s", live, r->nr_live,
			 seen ? "" : ", and show other pages");
}

/* ---- kmap/pair: with depth - 1 maps live ---- */

static int pair_setup(struct bench_state *s)
{
	struct kmap_row *r;
	int err = row_create(s, bench_str(s, "backend"), bench_num(s, "debug"), &r);

	if (err)
		return err;
	r->nr_live = bench_num(s, "depth") - 1;
	err = map_live(s, r, r->addr, r->nr_live, 0);
	if (err)
		row_teardown(s);
	return err;
}

static void pair_run(struct bench_state *s, uint64_t n)
{
	struct kmap_row *r = s->priv;

	for (uint64_t i = 0; i < n; i++)
		r->st->unmap(r->cpu, r->st->map(r->cpu, MAX_DEPTH));
}

/* ---- kmap/switch: to the task with `next` maps, and back to the task with `prev` ---- */

static int switch_setup(struct bench_state *s)
{
	struct kmap_row *r;
	int err = row_create(s, bench_str(s, "backend"), bench_num(s, "debug"), &r);

	if (err)
		return err;
	r->nr_live = bench_num(s, "prev");
	r->cpu->current = &r->next;
	err = map_live(s, r, r->addr + MAX_DEPTH, bench_num(s, "next"), MAX_DEPTH);
	if (!err) {
		r->st->switch_to(r->cpu, &r->prev);
		err = map_live(s, r, r->addr, r->nr_live, 0);
	}
	if (err)
		row_teardown(s);
	return err;
}

static void switch_run(struct bench_state *s, uint64_t n)
{
	struct kmap_row *r = s->priv;

	for (uint64_t i = 0; i < n; i++) {
		r->st->switch_to(r->cpu, &r->next);
		r->st->switch_to(r->cpu, &r->prev);
	}
}

/* ---- kmap/nest: every context on top of the last, each with its own maps ---- */

static int nest_setup(struct bench_state *s)
{
	struct kmap_row *r;
	int err = row_create(s, "memory", false, &r);

	if (!err)
		r->maps = bench_num(s, "maps");
	return err;
}

static void nest(struct kmap_row *r, int context)
{
	uintptr_t addr[3];
	int flags = 0, depth;

	if (context == NR_CONTEXTS)
		return;
	if (context >= FIRST_IRQ)
		flags = kmap_irq_enter(r->cpu);
	if (context != 1 || kmap_fault_allowed(r->cpu)) {
		for (unsigned i = 0; i < r->maps; i++)
			addr[i] = r->st->map(r->cpu, 3 * context + i);
		depth = r->st->index(r->cpu);
		r->peak = depth > r->peak ? depth : r->peak;
		nest(r, context + 1);
		for (unsigned i = r->maps; i--;)
			r->st->unmap(r->cpu, addr[i]);
	} else {
		nest(r, context + 1);
	}
	if (context >= FIRST_IRQ)
		kmap_irq_exit(r->cpu, flags);
}

static void nest_run(struct bench_state *s, uint64_t n)
{
	struct kmap_row *r = s->priv;

	for (uint64_t i = 0; i < n; i++)
		nest(r, 0);
}

static int nest_count(struct bench_state *s, uint64_t n)
{
	struct kmap_row *r = s->priv;

	nest_run(s, n);
	bench_set_extra(s, "slots_peak", BENCH_LEVEL, r->peak);
	return 0;
}

const struct bench_case bench_kmap_nest = {
	.family = "kmap",
	.name = "nest",
	.summary = "maps in a task, and on top of them in a page fault, a softirq, an interrupt "
		   "and an NMI, and all of it undone",
	.subject = BENCH_REF,
	.axes = {
		{ .key = "design", .strs = designs },
		NUMS("maps", each),
	},
	.valid = nest_valid,
	.setup = nest_setup,
	.run = nest_run,
	.after = row_after,
	.count = nest_count,
	.teardown = row_teardown,
};

const struct bench_case bench_kmap_pair = {
	.family = "kmap",
	.name = "pair",
	.summary = "one page mapped and unmapped, on top of depth - 1 maps",
	.subject = BENCH_REF,
	.axes = {
		{ .key = "backend", .strs = backends },
		NUMS("debug", debugs),
		NUMS("depth", depths),
		{ .key = "design", .strs = designs },
	},
	.valid = pair_valid,
	.setup = pair_setup,
	.run = pair_run,
	.after = row_after,
	.teardown = row_teardown,
};

const struct bench_case bench_kmap_switch = {
	.family = "kmap",
	.name = "switch",
	.summary = "from a task with `prev` live maps to one with `next`, and back",
	.subject = BENCH_REF,
	.axes = {
		{ .key = "backend", .strs = backends },
		NUMS("debug", debugs),
		{ .key = "design", .strs = designs },
		NUMS("next", lives),
		NUMS("prev", lives),
	},
	.valid = switch_valid,
	.setup = switch_setup,
	.run = switch_run,
	.after = row_after,
	.teardown = row_teardown,
};
