// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Models of gather: an mm goes over from flush interrupts to broadcasts to a number that is the
 * same on all CPUs (global_asid_rcu), while a TLB has a page that is freed, and while GUP-fast is
 * in a table that is freed.
 */
#include <errno.h>
#include <string.h>

#include <ref/gather.h>
#include <ref/gup.h>
#include <ref/port.h>

#include "../gather/gather_priv.h"
#include "../pgtable/mm.h"
#include "models.h"

#define FORMAT "x86_64-4k-48"
#define ADDR (3ULL << 30)

#define READ_OF_FREED "read of a freed page table"
#define USE_OF_FREED "read of a freed page"

/* How far the mm has come when a schedule starts. */
enum stage {
	OWN,	   /* each CPU has a number of its own */
	ASSIGNED,  /* the mm has one for all, and the reader's CPU does not use it yet */
	GONE_OVER, /* all CPUs use it, and the freer knows */
};

struct asid_case {
	const struct gather_discipline *d; /* NULL: global_asid_rcu */
	enum stage stage;
	bool page;  /* a page is freed that the reader's TLB has; else a table under a walk */
	bool joins; /* the reader goes online beside the freer */
};

static struct {
	const struct asid_case *c;
	struct ref_mm *mm;
	struct gather *g;
	struct ref_page *page, *table; /* mapped at ADDR; the one that maps it */
	struct pgt_entry *pte;
	int *frame; /* the page's memory */
} a;

/* ---- disciplines that leave something out ---- */

/* Takes every CPU for one that uses the common number. */
static void no_stragglers(struct gather *g)
{
	ref_full_barrier();
	gather_broadcast_asid(g, g->asid);
}

static const struct gather_discipline asid_no_stragglers = {
	.name = "asid_no_stragglers",
	.busted = true,
	.deferred = true,
	.init = gather_asid_init,
	.reader_online = gather_asid_online,
	.reader_interrupted = gather_asid_interrupted,
	.invalidate = no_stragglers,
	.free_batch = gather_rcu_free_batch,
	.barrier = gather_rcu_barrier,
};

/* A CPU that takes the mm up keeps to a number of its own. */
static const struct gather_discipline asid_not_taken = {
	.name = "asid_not_taken",
	.busted = true,
	.deferred = true,
	.init = gather_asid_init,
	.reader_interrupted = gather_asid_interrupted,
	.invalidate = gather_asid_invalidate,
	.free_batch = gather_rcu_free_batch,
	.barrier = gather_rcu_barrier,
};

/* ipi_signal, which frees when the flush is back, on a processor that broadcasts. */
static const struct gather_discipline asid_no_rcu = {
	.name = "asid_no_rcu",
	.busted = true,
	.init = gather_asid_init,
	.reader_online = gather_asid_online,
	.reader_interrupted = gather_asid_interrupted,
	.invalidate = gather_asid_invalidate,
	.free_batch = gather_free_batch,
};

/* ---- what tasks do ---- */

static void free_table(void *cookie, struct ref_page *table)
{
	REF_MEM_FREED(ref_page_mem(a.mm, table), 4096, "page table");
}

static void free_page(void *cookie, struct ref_page *page, unsigned nr)
{
	REF_MEM_FREED(ref_page_mem(a.mm, page), 4096, "page");
}

static void free_the_table(void *arg)
{
	gather_remove_table(a.g, pgt_unlink_table(a.mm, ADDR));
	gather_finish(a.g);
}

/* As zap_pte_range() with one entry, twice: the second flush is the first that may interrupt
 * nobody. */
static void free_the_page(void *arg)
{
	pgt_clear(a.mm->fmt, PGT_PTE, a.pte);
	gather_note_entry(a.g);
	gather_remove_page(a.g, a.page);
	gather_finish(a.g);
	gather_note_entry(a.g);
	gather_finish(a.g);
}

static void walk(void *arg)
{
	struct ref_page *page;

	if (!gup_walker_find(FORMAT, "offset_lockless")->fast(a.mm, ADDR, 1, 0, &page))
		return;
	if (page != a.page)
		explore_fail("what a walk returns was mapped there", "it was not");
	gup_put(&page, 1);
}

static void touch(void *arg, struct ref_page *page)
{
	REF_WRITE_ONCE(*a.frame, 2);
}

static void use_the_page(void *arg)
{
	if (a.c->joins && (gather_reader_online(a.g) || gather_tlb_attach(a.g)))
		explore_fail("limit", "no memory for a reader");
	gather_tlb_access(a.g, a.mm, ADDR, touch, NULL);
	gather_tlb_access(a.g, a.mm, ADDR, touch, NULL);
}

/* ---- setup ---- */

static int build_mm(struct explore *e)
{
	struct pgt_opts opts = { .format = FORMAT, .nr_frames = 64 };
	int err = ref_mm_create(&opts, &a.mm);

	if (!err)
		err = pgt_map(a.mm, ADDR, PGT_PTE, true);
	if (err)
		return err;
	a.page = pgt_lookup(a.mm, ADDR, true);
	a.frame = ref_page_mem(a.mm, a.page);
	a.table = pgt_unlink_table(a.mm, ADDR);
	a.pte = ref_page_mem(a.mm, a.table);
	explore_name(e, a.pte, 8, 512, "pte");
	explore_name(e, a.frame, 4096, 1, "page");
	explore_name(e, __pgt_entry(a.mm, ADDR, PGT_PMD), 8, 512, "pmd");
	return pgt_link_table(a.mm, ADDR, a.table);
}

static int build_reader(struct explore *e)
{
	struct gather_reader *r;
	int err;

	explore_on_cpu(e, 1);
	err = gather_reader_online(a.g);
	if (err)
		return err;
	r = gather_my_reader(a.g);
	explore_memory(e, r, sizeof(*r));
	explore_name(e, &r->asid, sizeof(r->asid), 1, "cpu1.asid");
	if (a.c->page) {
		err = gather_tlb_attach(a.g);
		if (!err && !gather_tlb_access(a.g, a.mm, ADDR, NULL, NULL))
			err = -EINVAL;
	}
	if (a.c->stage == GONE_OVER)
		gather_asid_online(a.g);
	if (a.c->joins) {
		gather_reader_offline(a.g);
		r->asid = 0;
	}
	return err;
}

static int setup(struct explore *e, const void *arg)
{
	static const struct gather_page_ops ops = { .free = free_page };
	int err;

	memset(&a, 0, sizeof(a));
	a.c = arg;
	err = build_mm(e);
	if (!err)
		err = gather_create(a.c->d ?: gather_discipline_find("global_asid_rcu"), 1,
				    free_table, NULL, &a.g);
	if (err)
		return err;
	explore_memory(e, a.g, sizeof(*a.g));
	gather_set_page_ops(a.g, &ops, NULL);
	a.g->asid_cpus = 1; /* two CPUs are enough here */
	explore_name(e, &a.g->asid, sizeof(a.g->asid), 1, "mm.asid");
	if (a.c->stage == ASSIGNED) {
		err = build_reader(e);
		gather_assign_asid(a.g);
	} else {
		if (a.c->stage == GONE_OVER)
			gather_assign_asid(a.g);
		err = build_reader(e);
		a.g->in_asid_transition = false;
	}
	explore_task(e, 0, "freer", a.c->page ? free_the_page : free_the_table, NULL);
	explore_task(e, 1, a.c->page ? "program" : "walker", a.c->page ? use_the_page : walk, NULL);
	return err;
}

static void teardown(const void *arg)
{
	gather_destroy(a.g);
	ref_mm_destroy(a.mm);
	memset(&a, 0, sizeof(a));
}

/* ---- the rows ---- */

#define MODEL(variant_, summary_, ...)                                                             \
	.mechanism = "gather", .variant = variant_, .summary = summary_, .nr_cpus = 2,             \
	.setup = setup, .teardown = teardown, .arg = &(const struct asid_case)                     \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

const struct explore_model explore_asid_models[] = {
	{ MODEL("asid_own",
		"is a page whose entry was cleared not used once it is free, while the "
		"mm gets a number for broadcasts (INVLPGB)",
		.page = true, .stage = OWN) },
	{ MODEL("asid_transition",
		"INVLPGB: is a page not used once it is free, where a CPU still uses a number of its own, and is interrupted",
		.page = true, .stage = ASSIGNED) },
	{ MODEL("asid_joins",
		"INVLPGB: is a page not used once it is free, where a CPU takes up the mm during the change",
		.page = true, .stage = ASSIGNED, .joins = true) },
	{ MODEL("asid_joins_late",
		"INVLPGB: is a page not used once it is free, where a CPU takes up the mm when all have gone over",
		.page = true, .stage = GONE_OVER, .joins = true) },
	{ MODEL("asid_not_taken",
		"INVLPGB: is a page not used once it is free, where a CPU takes up the mm when all have gone over, and uses a number of its own",
		.page = true, .stage = GONE_OVER, .joins = true, .d = &asid_not_taken),
	  .busted = true, .caught_by = USE_OF_FREED },
	{ MODEL("asid_broadcast",
		"INVLPGB: is a page not used once it is free, where all CPUs have gone over",
		.page = true, .stage = GONE_OVER) },
	{ MODEL("asid_no_stragglers",
		"INVLPGB: is a page not used once it is free, where nobody looks which number a CPU uses",
		.page = true, .stage = ASSIGNED, .d = &asid_no_stragglers),
	  .busted = true, .caught_by = USE_OF_FREED },
	{ MODEL("asid_walk",
		"is a table that is freed by RCU never read by a walk that no flush waits for",
		.stage = GONE_OVER) },
	{ MODEL("asid_no_rcu",
		"is a table that is freed when the flush is back never read by a walk that no flush waits for",
		.stage = GONE_OVER, .d = &asid_no_rcu),
	  .busted = true, .caught_by = READ_OF_FREED },
	{ MODEL("asid_no_rcu_before",
		"is a table that is freed when the flush is back never read while the flush is an interrupt",
		.stage = OWN, .d = &asid_no_rcu),
	  .busted_code = "asid_no_rcu" },
	{ 0 },
};
