// SPDX-License-Identifier: GPL-2.0-only
/*
 * table_free/munmap, keep, madvise, reuse: what freeing page tables costs.
 *
 * munmap: one VMA over T page-table spans with one touched page in each. Neighbours in the spans
 * before and after keep the PMD table, so that exactly the T PTE tables are freed.
 * keep, the twin: as many touched pages and one munmap, but no table becomes free. For T <= 2 it
 * is the same VMA with the neighbours moved into the margins of its first and last span. For
 * T > 2 the spans in the middle would have no neighbour, so the pages lie side by side in one
 * span with a neighbour on each side: param twin says which it is.
 * madvise: MADV_DONTNEED over the munmap geometry frees pages, and no tables before 6.14. With
 * PT_RECLAIM it also frees those whose span it empties whole: all but the first and the last, in
 * which the neighbours are.
 * Unmapping reads every entry of a table that is there, so that T tables are scanned by munmap and
 * by madvise but only one by the packed twin: what a table costs is, for T <= 2, munmap less keep,
 * and beyond that the slope over T of munmap less madvise.
 * reuse: map, touch and unmap the munmap geometry, several times over in one window: what a cycle
 * costs when the tables of earlier ones wait for a grace period.
 * Neighbours are mapped read-only, so that they never merge with the region.
 */
#include <linux/mman.h>
#include <linux/moduleparam.h>

#include "ptbench.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "ptbench."

/* Leaves the neighbours out, for the test that sees the keep rows fail. */
static bool bust;
module_param(bust, bool, 0444);

#define MARGIN PAGE_SIZE
#define TOUCHED (5 * PAGE_SIZE) /* within a span: not in a margin */

static bool is_packed(const struct ptb_row *row)
{
	return row->twin && !strcmp(row->twin, "packed");
}

static bool keeps(const struct ptb_row *row)
{
	return row->twin;
}

/* Span 0 and span T + 1 belong to the neighbours of munmap, 1..T to the region. */
static unsigned long left_of(const struct ptb_row *row)
{
	return keeps(row) ? row->at + PMD_SIZE : row->at;
}

static unsigned long right_of(const struct ptb_state *s)
{
	const struct ptb_row *row = s->row;

	return keeps(row) ? s->addr + s->len : row->at + (row->tables + 1) * PMD_SIZE;
}

static int free_setup(struct ptb_state *s)
{
	const struct ptb_row *row = s->row;
	int ret;

	s->addr = row->at + PMD_SIZE + MARGIN;
	s->len = is_packed(row) ? row->tables * PAGE_SIZE : row->tables * PMD_SIZE - 2 * MARGIN;
	if (is_packed(row) && row->tables + 2 > PTRS_PER_PTE) {
		ptb_fail(s, "a table has %lu entries", (unsigned long)PTRS_PER_PTE);
		return -EOPNOTSUPP;
	}
	if (bust)
		return 0;
	ret = ptb_map(s, left_of(row), MARGIN, PROT_READ);
	return ret ?: ptb_map(s, right_of(s), MARGIN, PROT_READ);
}

static void free_teardown(struct ptb_state *s)
{
	ptb_unmap(s->row->at, (s->row->tables + 2) * PMD_SIZE);
}

static int touch_region(struct ptb_state *s)
{
	unsigned long span = s->row->at + PMD_SIZE + TOUCHED;
	int i, ret = 0;

	if (is_packed(s->row))
		ret = ptb_touch(s, s->addr, s->row->tables);
	else
		for (i = 0; i < s->row->tables && !ret; i++, span += PMD_SIZE)
			ret = ptb_touch(s, span, 1);
	s->tables_before = mm_pgtables_bytes(current->mm);
	return ret;
}

static int map_region(struct ptb_state *s)
{
	int ret = ptb_map(s, s->addr, s->len, PROT_READ | PROT_WRITE);

	if (!ret && IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE))
		do_madvise(current->mm, s->addr, s->len, MADV_NOHUGEPAGE);
	return ret ?: touch_region(s);
}

static void munmap_region(struct ptb_state *s)
{
	s->got = vm_munmap(s->addr, s->len);
}

static void zap_region(struct ptb_state *s)
{
	s->got = do_madvise(current->mm, s->addr, s->len, MADV_DONTNEED);
}

static int madvise_setup(struct ptb_state *s)
{
	return free_setup(s) ?: map_region(s);
}

/* A window in which another number of tables was freed must not be kept. */
static int freed(struct ptb_state *s, int tables)
{
	long bytes = s->tables_before - mm_pgtables_bytes(current->mm);
	long want = tables * (long)(PTRS_PER_PTE * sizeof(pte_t));

	s->freed = tables;
	if (s->got)
		return ptb_fail(s, "the call failed: %ld", s->got);
	if (bytes != want)
		return ptb_fail(s, "page tables went by %ld bytes instead of %ld", bytes, want);
	return 0;
}

static int freed_all(struct ptb_state *s)
{
	return freed(s, s->row->tables);
}

static int freed_none(struct ptb_state *s)
{
	return freed(s, 0);
}

static int freed_by_madvise(struct ptb_state *s)
{
	return freed(s, IS_ENABLED(CONFIG_PT_RECLAIM) ? max(s->row->tables - 2, 0) : 0);
}

const struct ptb_ops ptb_munmap = {
	.case_id = "table_free/munmap",
	.run = ptb_run_cost,
	.setup = free_setup,
	.prepare = map_region,
	.op = munmap_region,
	.finish = freed_all,
	.teardown = free_teardown,
	.deferred = true,
	.frees = true,
	.rcu_path = true,
};

const struct ptb_ops ptb_keep = {
	.case_id = "table_free/keep",
	.run = ptb_run_cost,
	.setup = free_setup,
	.prepare = map_region,
	.op = munmap_region,
	.finish = freed_none,
	.teardown = free_teardown,
	.deferred = true,
};

const struct ptb_ops ptb_madvise = {
	.case_id = "table_free/madvise",
	.run = ptb_run_cost,
	.setup = madvise_setup,
	.prepare = touch_region,
	.op = zap_region,
	.finish = freed_by_madvise,
	.teardown = free_teardown,
	.deferred = true,
};

#define CYCLES 8

static void reuse_describe(struct ptb_state *s)
{
	ptb_param(s, ",cycles=%d", CYCLES);
}

static int reuse_setup(struct ptb_state *s)
{
	s->nr_ops = CYCLES;
	ptb_forbid_thp(s->mm, true); /* instead of an madvise() in every cycle */
	return free_setup(s);
}

static void reuse_teardown(struct ptb_state *s)
{
	ptb_forbid_thp(s->mm, false);
	free_teardown(s);
}

static void cycle(struct ptb_state *s)
{
	s->got = ptb_map(s, s->addr, s->len, PROT_READ | PROT_WRITE) ?: touch_region(s) ?:
		 vm_munmap(s->addr, s->len);
}

/* Proves, by one cycle before the window, that each cycle frees the tables. */
static int reuse_prepare(struct ptb_state *s)
{
	cycle(s);
	return freed_all(s);
}

static void cycles(struct ptb_state *s)
{
	int i;

	s->got = 0;
	for (i = 0; i < CYCLES && !s->got; i++)
		cycle(s);
}

const struct ptb_ops ptb_reuse = {
	.case_id = "table_free/reuse",
	.run = ptb_run_cost,
	.describe = reuse_describe,
	.setup = reuse_setup,
	.prepare = reuse_prepare,
	.op = cycles,
	.finish = freed_all,
	.teardown = reuse_teardown,
	.deferred = true,
	.frees = true,
};
