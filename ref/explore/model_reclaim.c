// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Models of gather: MADV_DONTNEED frees the PTE table that it has emptied, beside faults in the
 * same table, beside another MADV_DONTNEED and beside GUP-fast (CONFIG_PT_RECLAIM).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <ref/gather.h>
#include <ref/gup.h>
#include <ref/port.h>

#include "../gather/gather_priv.h"
#include "../pgtable/mm.h"
#include "models.h"

#define FORMAT "x86_64-4k-48"
#define ADDR (3ULL << 30)
#define FAULT_ADDR (ADDR + 4096) /* in the same table */
#define NR_FREERS 2
#define NR_TABLES 2

#define READ_OF_FREED "read of a freed page table"
#define NOT_LOST "a page that a fault maps is mapped, or zapped"
#define ONCE "each table is freed once"

struct reclaim_case {
	const char *reclaim;
	const char *discipline; /* NULL: broadcast_rcu */
	unsigned resched;	/* MADV_DONTNEED drops the table's lock before that entry */
	void (*other)(void *arg);
};

static struct {
	const struct reclaim_case *c;
	const struct gather_reclaim *u;
	struct ref_mm *mm;
	struct gather *g[NR_FREERS];
	struct ref_page *page;		   /* mapped at ADDR when a schedule starts */
	struct ref_page *table[NR_TABLES]; /* the one that maps it, and one that a fault installs */
	struct ref_page *fault_page;
	struct state {
		int faulted, zapped; /* fault_page */
		int freed[NR_TABLES];
	} * state;
} r;

/* ---- what has to hold ---- */

static bool is_not_lost(void *arg, char *why, size_t size)
{
	bool mapped = pgt_lookup(r.mm, FAULT_ADDR, false) == r.fault_page;

	if (r.state->faulted == mapped + r.state->zapped)
		return true;
	snprintf(why, size,
		 "the fault mapped it %d times, MADV_DONTNEED zapped it %d times, "
		 "and it is%s mapped",
		 r.state->faulted, r.state->zapped, mapped ? "" : " not");
	return false;
}

static bool are_freed_once(void *arg, char *why, size_t size)
{
	for (unsigned i = 0; i < NR_TABLES; i++) {
		if (r.state->freed[i] <= 1)
			continue;
		snprintf(why, size, "table %u was freed %d times", i, r.state->freed[i]);
		return false;
	}
	return true;
}

/* A table and its lock are nobody's any more. */
static void free_table(void *cookie, struct ref_page *table)
{
	(void)ref_fetch_add(&r.state->freed[table == r.table[1]], 1);
	REF_MEM_FREED(ref_page_mem(r.mm, table), 4096, "page table");
	REF_MEM_FREED(gather_ptl(table), sizeof(struct ref_spinlock), "page table");
}

static void free_page(void *cookie, struct ref_page *page, unsigned nr)
{
	if (page == r.fault_page)
		(void)ref_fetch_add(&r.state->zapped, 1);
}

/* ---- what tasks do ---- */

static void dontneed(void *arg)
{
	struct gather *g = arg;

	gather_dontneed(g, r.u, r.mm, ADDR, r.c->resched);
	gather_finish(g);
}

/* Without a table the fault comes again when it has installed one. */
static void fault(void *arg)
{
	int err;

	while ((err = gather_fault(r.u, r.mm, FAULT_ADDR, r.fault_page)) == -ENOENT)
		gather_install_table(r.mm, FAULT_ADDR, r.table[1]);
	if (err)
		explore_fail(NOT_LOST, "the fault found another page there");
	(void)ref_fetch_add(&r.state->faulted, 1);
}

static void walk(void *arg)
{
	struct ref_page *page;

	if (!gup_walker_find(FORMAT, "offset_lockless")->fast(r.mm, ADDR, 1, 0, &page))
		return;
	if (page != r.page)
		explore_fail("what a walk returns was mapped there", "it was not");
	gup_put(&page, 1);
}

static void dontneed_too(void *arg)
{
	dontneed(r.g[1]);
}

/* ---- setup ---- */

static int build_mm(struct explore *e)
{
	struct pgt_opts opts = { .format = FORMAT, .nr_frames = 64 };
	int err = ref_mm_create(&opts, &r.mm);

	/* The fault's page comes from elsewhere, and so does the table that it may install. */
	if (!err)
		err = pgt_map(r.mm, ADDR, PGT_PTE, true);
	if (!err)
		err = pgt_map(r.mm, ADDR + (1 << 21), PGT_PTE, true);
	if (err)
		return err;
	r.page = pgt_lookup(r.mm, ADDR, false);
	r.fault_page = pgt_unmap_page(r.mm, ADDR + (1 << 21));
	r.table[1] = pgt_unlink_table(r.mm, ADDR + (1 << 21));
	r.table[0] = pgt_unlink_table(r.mm, ADDR);
	for (unsigned i = 0; i < NR_TABLES; i++) {
		explore_name(e, ref_page_mem(r.mm, r.table[i]), 8, 512, "table%u", i);
		explore_name(e, gather_ptl(r.table[i]), sizeof(int), 1, "table%u.ptl", i);
	}
	explore_name(e, &r.mm->page_table_lock, sizeof(int), 1, "pmd.lock");
	explore_name(e, __pgt_entry(r.mm, ADDR, PGT_PMD), 8, 1, "pmd");
	return pgt_link_table(r.mm, ADDR, r.table[0]);
}

static int build_gather(struct explore *e, unsigned i)
{
	static const struct gather_page_ops ops = { .free = free_page };
	const struct gather_discipline *d =
		gather_discipline_find(r.c->discipline ?: "broadcast_rcu");
	int err = gather_create(d, 1, free_table, NULL, &r.g[i]);
	struct gather_reader *reader;

	if (err)
		return err;
	explore_memory(e, r.g[i], sizeof(*r.g[i]));
	gather_set_page_ops(r.g[i], &ops, NULL);
	explore_on_cpu(e, 1);
	err = gather_reader_online(r.g[i]);
	reader = gather_my_reader(r.g[i]);
	if (!err)
		explore_memory(e, reader, sizeof(*reader));
	explore_on_cpu(e, 0);
	return err;
}

static int setup(struct explore *e, const void *arg)
{
	int err;

	memset(&r, 0, sizeof(r));
	r.c = arg;
	r.u = gather_reclaim_find(r.c->reclaim);
	r.state = explore_alloc(e, sizeof(*r.state));
	err = r.u && r.state ? build_mm(e) : -ENOMEM;
	for (unsigned i = 0; i < NR_FREERS && !err; i++)
		err = build_gather(e, i);
	explore_task(e, 0, "dontneed", dontneed, r.g[0]);
	explore_task(e, 1,
		     r.c->other == fault  ? "fault"
		     : r.c->other == walk ? "walker"
					  : "other",
		     r.c->other, NULL);
	explore_invariant(e, NOT_LOST, is_not_lost, NULL, true);
	explore_invariant(e, ONCE, are_freed_once, NULL, false);
	return err;
}

static void teardown(const void *arg)
{
	for (unsigned i = 0; i < NR_FREERS; i++)
		gather_destroy(r.g[i]);
	ref_mm_destroy(r.mm);
	memset(&r, 0, sizeof(r));
}

/* ---- the rows ---- */

#define MODEL(variant_, summary_, ...)                                                             \
	.mechanism = "gather", .variant = variant_, .summary = summary_, .nr_cpus = 2,             \
	.setup = setup, .teardown = teardown, .arg = &(const struct reclaim_case)                  \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

const struct explore_model explore_reclaim_models[] = {
	{ MODEL("reclaim_keep", "does a fault find its table beside MADV_DONTNEED that frees none",
		.reclaim = "reclaim_keep", .other = fault) },
	{ MODEL("reclaim",
		"does a fault find its table, where the emptied one is freed (PT_RECLAIM, 6.14): the PMD read again",
		.reclaim = "reclaim", .other = fault) },
	{ MODEL("reclaim_rescan",
		"does a fault find its table, where MADV_DONTNEED drops the table's lock midway: the entries read again",
		.reclaim = "reclaim", .resched = 1, .other = fault) },
	{ MODEL("reclaim_no_recheck",
		"does a fault find its table, where it does not read the PMD again",
		.reclaim = "reclaim_no_recheck", .other = fault),
	  .busted = true, .caught_by = NOT_LOST },
	{ MODEL("reclaim_no_rcu",
		"does a fault find its table, where it is in no read-side section",
		.reclaim = "reclaim_no_rcu", .other = fault),
	  .busted = true, .caught_by = READ_OF_FREED },
	{ MODEL("reclaim_no_rescan",
		"does a fault find its table, where the lock was dropped and the entries are not read again",
		.reclaim = "reclaim_no_rescan", .resched = 1, .other = fault),
	  .busted = true, .caught_by = NOT_LOST },
	{ MODEL("reclaim_ipi",
		"does a fault find its table, where tables are freed after a flush interrupt, which waits for no "
		"rcu_read_lock(): why PT_RECLAIM needs MMU_GATHER_RCU_TABLE_FREE",
		.reclaim = "reclaim", .discipline = "ipi_signal", .other = fault),
	  .busted = true, .caught_by = READ_OF_FREED },
	{ MODEL("reclaim_gup", "is the table that MADV_DONTNEED frees never read by a walk",
		.reclaim = "reclaim", .other = walk) },
	{ MODEL("reclaim_twice", "do two MADV_DONTNEED of the same range free the table once",
		.reclaim = "reclaim", .resched = 1, .other = dontneed_too) },
	{ 0 },
};
