// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table_free/reclaim over the reference: what it costs that MADV_DONTNEED frees the page table that
 * it has emptied (PT_RECLAIM), and what the steps cost by which a fault finds the table.
 *
 * One operation faults `pages` pages in, all in one table, and zaps that table by
 * gather_dontneed(), up to and with gather_finish(). Where the table is freed, the next operation's
 * first fault installs another, from a list that the grace period after the batch fills again.
 */

#include <array_size.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ref/gather.h>
#include <ref/pgtable.h>

#include "cases.h"

#define FORMAT "x86_64-4k-48"
#define PMD (1ULL << 21)
#define ADDR (1ULL << 30)
#define NR_TABLES 256

#define NAME(name, ...) #name,
static const char *const reclaims[] = { GATHER_RECLAIMS(NAME, NAME) NULL };
static const char *const formats[] = { FORMAT, NULL };
static const long long pages[] = { 1, 64, 512 };

struct reclaim_row {
	struct ref_mm *mm;
	struct gather *g;
	const struct gather_reclaim *u;
	uint64_t nr; /* pages */
	struct ref_page *page;
	struct ref_page *spare[NR_TABLES];
	unsigned nr_spare;
	uint64_t faulted, zapped, freed; /* pages; tables that this batch freed */
};

static void free_table(void *cookie, struct ref_page *table)
{
	struct reclaim_row *r = cookie;

	r->spare[r->nr_spare++] = table;
	r->freed++;
}

/* Every entry maps the same page. */
static void free_page(void *cookie, struct ref_page *page, unsigned nr)
{
	struct reclaim_row *r = cookie;

	r->zapped += nr;
}

static void reclaim_teardown(struct bench_state *s)
{
	struct reclaim_row *r = s->priv;

	gather_destroy(r->g);
	ref_mm_destroy(r->mm);
	free(r);
	s->priv = NULL;
}

static int make_tables(struct reclaim_row *r)
{
	int err = 0;

	for (unsigned i = 0; i < NR_TABLES && !err; i++) {
		err = pgt_map(r->mm, ADDR + i * PMD, PGT_PTE, true);
		if (err)
			break;
		r->page = pgt_unmap_page(r->mm, ADDR + i * PMD);
		r->spare[r->nr_spare++] = pgt_unlink_table(r->mm, ADDR + i * PMD);
	}
	return err;
}

static int reclaim_setup(struct bench_state *s)
{
	static const struct gather_page_ops ops = { .free = free_page };
	struct pgt_opts opts = { .format = FORMAT, .nr_frames = 4096 };
	struct reclaim_row *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	s->priv = r;
	s->max_batch = NR_TABLES - 1;
	r->u = gather_reclaim_find(bench_str(s, "reclaim"));
	r->nr = bench_num(s, "pages");
	err = ref_mm_create(&opts, &r->mm);
	if (!err)
		err = make_tables(r);
	if (!err)
		err = gather_create(gather_discipline_find("broadcast_rcu"), gather_max_batch(),
				    free_table, r, &r->g);
	if (err == -ENOSYS)
		snprintf(s->skip, sizeof(s->skip),
			 "the kernel has no membarrier(2), private expedited");
	if (err)
		reclaim_teardown(s);
	else
		gather_set_page_ops(r->g, &ops, r);
	return err;
}

static void reclaim_run(struct bench_state *s, uint64_t n)
{
	struct reclaim_row *r = s->priv;

	for (uint64_t op = 0; op < n; op++) {
		for (uint64_t i = 0; i < r->nr; i++) {
			uint64_t addr = ADDR + (i << 12);
			int err = gather_fault(r->u, r->mm, addr, r->page);

			if (err == -ENOENT && r->nr_spare) {
				gather_install_table(r->mm, addr, r->spare[--r->nr_spare]);
				err = gather_fault(r->u, r->mm, addr, r->page);
			}
			r->faulted += !err;
		}
		gather_dontneed(r->g, r->u, r->mm, ADDR, 0);
		gather_finish(r->g);
	}
}

/* Waits for the grace period, and looks whether every page came back, and every table. */
static void reclaim_after(struct bench_state *s, uint64_t n)
{
	struct reclaim_row *r = s->priv;
	uint64_t tables = r->u->keeps ? 0 : n;
	struct gather_stats now;

	gather_barrier(r->g);
	gather_stats(r->g, &now);
	if (r->faulted != n * r->nr || r->zapped != r->faulted || r->freed != tables)
		snprintf(s->fail, sizeof(s->fail),
			 "%llu faults and %llu pages zapped, %llu tables freed, in %llu operations",
			 (unsigned long long)r->faulted, (unsigned long long)r->zapped,
			 (unsigned long long)r->freed, (unsigned long long)n);
	r->faulted = r->zapped = r->freed = 0;
	bench_set_extra(s, "tables_freed", BENCH_TOTAL, (double)now.tables_freed);
	bench_set_extra(s, "rcu_callbacks", BENCH_TOTAL, (double)now.callbacks);
}

/* reclaim_no_rescan differs where the lock is dropped in between, which nothing here does. */
static bool reclaim_valid(const struct bench_state *s)
{
	return strcmp(bench_str(s, "reclaim"), "reclaim_no_rescan");
}

const struct bench_case bench_table_free_reclaim = {
	.family = "table_free",
	.name = "reclaim",
	.summary = "fault pages in, and zap them and the page table that they leave empty",
	.subject = BENCH_REF,
	.needs = BENCH_NEED_MEMBARRIER,
	.axes = {
		{ .key = "format", .strs = formats },
		{ .key = "pages", .nums = pages, .nr_nums = ARRAY_SIZE(pages) },
		{ .key = "reclaim", .strs = reclaims },
	},
	.valid = reclaim_valid,
	.setup = reclaim_setup,
	.run = reclaim_run,
	.after = reclaim_after,
	.teardown = reclaim_teardown,
};
