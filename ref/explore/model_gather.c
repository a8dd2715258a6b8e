// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Models of gather: the gather itself and GUP-fast itself, in one mm of x86_64-4k-48.
 *
 * A table is freed under a walker, by every discipline and every fallback; a page is freed while a
 * TLB has it; a hugetlb table leaves an mm while a walker is in it. No task may access what the
 * free functions have freed, and a walk has to return pages that its mm had mapped.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <ref/gather.h>
#include <ref/gup.h>
#include <ref/port.h>

#include "../gather/gather_priv.h"
#include "../gup/walk.h"
#include "../pgtable/fmt_x86_64.h"
#include "models.h"

#define FORMAT "x86_64-4k-48"
#define PUD (1ULL << 30)
#define ADDR (3 * PUD)
#define NR_GATHERS 2

enum walker { WALK_IRQS_OFF, WALK_RCU };

struct gather_model {
	const char *discipline;
	const char *fallback; /* no memory for a batch; NULL: there is */
	const char *order;    /* NULL: the kernel's */
	const char *unshare;
	enum walker walker;
	bool unlocked;	 /* unshare: the owner may use the table before the flush */
	bool own_cpus;	 /* unshare: who leaves last interrupts the CPUs that ran its mm alone */
	bool leaves;	 /* the walker goes offline after its walk */
	bool rmap_early; /* the rmap goes when the entry is cleared, before the invalidation */
};

/* The state from which every schedule starts, and what tasks find. */
static struct {
	const struct gather_model *m;
	struct ref_mm *mm;
	struct gather *g[NR_GATHERS];
	struct ref_page *page;	/* mapped at ADDR */
	uint64_t *pte;		/* its entry */
	struct ref_page *table; /* the one that holds it */
	/* unshare: the mm that is left, and what another process has there. */
	struct ref_mm *other, *third;
	struct ref_page *foreign, *private_table;
	/* delayed rmap */
	struct ref_spinlock ptl;
	struct page_state {
		int mapcount, dirty, disk;
	} * page_state;
	int *frame; /* the page's memory */
	int *freed; /* tables, by gather */
} w;

/* ---- building ---- */

static void *table_mem(struct ref_page *table)
{
	size_t size;

	return pgt_table_mem(w.mm, table, &size);
}

static int build_mm(struct explore *e, size_t nr_frames)
{
	struct pgt_opts opts = { .format = FORMAT, .nr_frames = nr_frames };
	int err = ref_mm_create(&opts, &w.mm);

	if (!err)
		err = pgt_map(w.mm, ADDR, PGT_PTE, true);
	if (err)
		return err;
	w.page = pgt_lookup(w.mm, ADDR, true);
	w.frame = (int *)(w.mm->mem + ref_page_phys(w.mm, w.page));
	w.table = pgt_unlink_table(w.mm, ADDR);
	w.pte = table_mem(w.table);
	explore_name(e, w.mm->pgd, 8, 512, "pgd");
	explore_name(e, w.pte, 8, 512, "pte");
	explore_name(e, w.frame, 4096, 1, "page");
	explore_name(e, __pgt_entry(w.mm, 0, PGT_PUD), 8, 512, "pud");
	explore_name(e, __pgt_entry(w.mm, ADDR, PGT_PMD), 8, 512, "pmd");
	explore_name(e, &w.page->refcount, sizeof(int), 1, "page.refcount");
	return pgt_link_table(w.mm, ADDR, w.table);
}

/* No task may read a freed table. */
static void free_table(void *cookie, struct ref_page *table)
{
	ref_fetch_add(&w.freed[(uintptr_t)cookie], 1);
	REF_MEM_FREED(table_mem(table), 4096, "page table");
}

static void free_page(void *cookie, struct ref_page *page, unsigned nr)
{
	REF_MEM_FREED(w.mm->mem + ref_page_phys(w.mm, page), 4096, "page");
}

static void remove_rmap(void *cookie, struct ref_page *page, unsigned nr)
{
	ref_fetch_add(&w.page_state->mapcount, -(int)nr);
}

static int build_gather(struct explore *e, unsigned i, const struct gather_discipline *d)
{
	static const struct gather_page_ops ops = { free_page, remove_rmap };
	int err = gather_create(d, 1, free_table, (void *)(uintptr_t)i, &w.g[i]);
	struct gather *g = w.g[i];

	if (err)
		return err;
	explore_memory(e, g, sizeof(*g));
	gather_set_page_ops(g, &ops, NULL);
	if (w.m->fallback) {
		err = gather_set_fallback(g, gather_fallback_find(w.m->fallback));
		gather_set_failing(g, 1, 0);
	}
	if (!err && w.m->order)
		err = gather_set_order(g, gather_order_find(w.m->order));
	return err;
}

/* Makes the reader of CPU 1, in its state at the start of every schedule. */
static int build_reader(struct explore *e, unsigned i)
{
	struct gather_reader *r;
	int err;

	explore_on_cpu(e, 1);
	err = gather_reader_online(w.g[i]);
	if (err)
		return err;
	r = gather_my_reader(w.g[i]);
	explore_memory(e, r, sizeof(*r));
	explore_name(e, &r->req, sizeof(r->req), 1, "req");
	explore_name(e, &r->ack, sizeof(r->ack), 1, "ack");
	explore_name(e, &r->epoch, sizeof(r->epoch), 1, "epoch");
	return 0;
}

static int build(struct explore *e, const void *arg, size_t nr_frames,
		 const struct gather_discipline *d)
{
	int err;

	memset(&w, 0, sizeof(w));
	w.m = arg;
	w.freed = explore_alloc(e, NR_GATHERS * sizeof(*w.freed));
	w.page_state = explore_alloc(e, sizeof(*w.page_state));
	err = d && w.freed && w.page_state ? build_mm(e, nr_frames) : -ENOMEM;
	if (!err)
		err = build_gather(e, 0, d);
	return err ? err : build_reader(e, 0);
}

static void teardown(const void *arg)
{
	for (unsigned i = 0; i < NR_GATHERS; i++)
		gather_destroy(w.g[i]);
	gather_mm_put(w.other);
	gather_mm_put(w.third);
	ref_mm_destroy(w.mm);
	memset(&w, 0, sizeof(w));
}

/* ---- walking ---- */

static unsigned long rcu_walk(struct ref_mm *mm, uint64_t start, struct ref_page **pages)
{
	static const struct gup_variant variant = { .design = GUP_OFFSET_LOCKLESS,
						    .irq_save = GUP_STEP_REMOVED };
	unsigned long nr;

	ref_rcu_read_lock();
	nr = gup_fast_walk(&pgt_fmt_x86_64_4k_48, &variant, mm, start, 1, 0, pages);
	ref_rcu_read_unlock();
	return nr;
}

static void walk(void *arg)
{
	const struct gather_discipline *d = gather_discipline_of(w.g[0]);
	struct ref_page *page;
	unsigned long nr;

	gather_walk_begin(d, w.g[0]);
	if (w.m->walker == WALK_RCU)
		nr = rcu_walk(w.mm, ADDR, &page);
	else
		nr = gup_walker_find(FORMAT, "offset_lockless")->fast(w.mm, ADDR, 1, 0, &page);
	gather_walk_end(d, w.g[0]);
	if (nr && page != w.page)
		explore_fail("what a walk returns was mapped there", "it was not");
	if (nr)
		gup_put(&page, 1);
	if (w.m->leaves)
		gather_reader_offline(w.g[0]);
}

/* ---- freeing a table ---- */

static void free_the_table(void *arg)
{
	gather_remove_table(w.g[0], pgt_unlink_table(w.mm, ADDR));
	gather_finish(w.g[0]);
}

static bool each_is_freed(void *arg, char *why, size_t size)
{
	for (unsigned i = 0; i < NR_GATHERS; i++) {
		if (w.freed[i] == !!w.g[i])
			continue;
		snprintf(why, size, "a table was freed %d times", w.freed[i]);
		return false;
	}
	return true;
}

static int setup_with(struct explore *e, const void *arg, const struct gather_discipline *d)
{
	int err = build(e, arg, 64, d);

	explore_task(e, 0, "freer", free_the_table, NULL);
	explore_task(e, 1, "walker", walk, NULL);
	explore_invariant(e, "each table is freed once", each_is_freed, NULL, true);
	return err;
}

static int setup_table(struct explore *e, const void *arg)
{
	const struct gather_model *m = arg;

	return setup_with(e, arg, gather_discipline_find(m->discipline));
}

/* ---- acknowledgements ---- */

static const struct gather_discipline ask_late = {
	.name = "ask_late",
	.busted = true,
	.invalidate = gather_interrupt_before_asking,
	.free_batch = gather_free_batch,
};

static int setup_ask_late(struct explore *e, const void *arg)
{
	return setup_with(e, arg, &ask_late);
}

/* Frees a table that no walker reaches: it needs only the walker's acknowledgement. */
static void free_another(void *arg)
{
	gather_remove_table(w.g[1], w.private_table);
}

static int setup_two_freers(struct explore *e, const void *arg)
{
	const struct gather_discipline *d = gather_discipline_find("ipi_signal");
	int err = setup_with(e, arg, d);

	if (!err)
		err = pgt_map(w.mm, ADDR + PUD, PGT_PTE, true);
	if (!err)
		err = build_gather(e, 1, d);
	if (!err)
		err = build_reader(e, 1);
	if (!err)
		w.private_table = pgt_unlink_table(w.mm, ADDR + PUD);
	explore_task(e, 2, "other freer", free_another, NULL);
	return err;
}

/* ---- freeing a page that a TLB has ---- */

static void touch(void *arg, struct ref_page *page)
{
	REF_WRITE_ONCE(*w.frame, 2);
}

static void use_the_page(void *arg)
{
	gather_tlb_access(w.g[0], w.mm, ADDR, touch, NULL);
	gather_tlb_access(w.g[0], w.mm, ADDR, touch, NULL);
}

/* As zap_pte_range() with one entry. */
static void free_the_page(void *arg)
{
	struct gather *g = w.g[0];

	pgt_clear(w.mm->fmt, PGT_PTE, (struct pgt_entry *)w.pte);
	gather_note_entry(g);
	gather_remove_page(g, w.page);
	gather_finish(g);
}

static int setup_page(struct explore *e, const void *arg)
{
	const struct gather_model *m = arg;
	int err = build(e, arg, 64, gather_discipline_find(m->discipline));

	if (!err)
		err = gather_tlb_attach(w.g[0]);
	explore_task(e, 0, "freer", free_the_page, NULL);
	explore_task(e, 1, "program", use_the_page, NULL);
	return err;
}

/* ---- delayed rmap (5df397dec7c4) ---- */

/* This CPU has the page in its TLB, writable and dirty: the hardware walks no table when it writes
 * again. */
static void write_the_page(void *arg)
{
	gather_tlb_access(w.g[0], w.mm, ADDR, touch, NULL);
}

/* As zap_pte_range() with a dirty entry of a file's page. */
static void zap_the_page(void *arg)
{
	struct gather *g = w.g[0];

	ref_spin_lock(&w.ptl);
	pgt_clear(w.mm->fmt, PGT_PTE, (struct pgt_entry *)w.pte);
	gather_note_entry(g);
	REF_WRITE_ONCE(w.page_state->dirty, 1);
	gather_add_page(g, w.page, 1, !w.m->rmap_early);
	if (w.m->rmap_early)
		remove_rmap(NULL, w.page, 1);
	gather_flush_tlbonly(g);
	gather_flush_rmaps(g);
	ref_spin_unlock(&w.ptl);
}

/* As clear_page_dirty_for_io(): if the page is mapped, folio_mkclean() takes the PTE lock and finds
 * either an entry, which it write-protects, or none, and then all TLBs have been flushed. */
static void write_back(void *arg)
{
	if (!ref_xchg(&w.page_state->dirty, 0))
		return;
	if (REF_READ_ONCE(w.page_state->mapcount)) {
		ref_spin_lock(&w.ptl);
		ref_spin_unlock(&w.ptl);
	}
	REF_WRITE_ONCE(w.page_state->disk, REF_READ_ONCE(*w.frame));
}

static bool no_write_is_lost(void *arg, char *why, size_t size)
{
	if (w.page_state->dirty || w.page_state->disk == *w.frame)
		return true;
	snprintf(why, size, "the page is clean and holds %d, the disk %d", *w.frame,
		 w.page_state->disk);
	return false;
}

static int setup_rmap(struct explore *e, const void *arg)
{
	const struct gather_model *m = arg;
	int err = build(e, arg, 64, gather_discipline_find(m->discipline));

	if (!err)
		err = gather_tlb_attach(w.g[0]);
	if (err)
		return err;
	if (!gather_tlb_access(w.g[0], w.mm, ADDR, NULL, NULL))
		return -EINVAL;
	w.page_state->mapcount = 1;
	explore_name(e, w.page_state, sizeof(*w.page_state), 1, "page.state");
	explore_name(e, &w.ptl, sizeof(w.ptl), 1, "ptl");
	explore_task(e, 0, "zap", zap_the_page, NULL);
	explore_task(e, 1, "program", write_the_page, NULL);
	explore_task(e, 2, "writeback", write_back, NULL);
	explore_invariant(e, "no write is lost", no_write_is_lost, NULL, true);
	return err;
}

/* ---- a shared hugetlb table ---- */

#define SHARED PUD

static void reuse(void)
{
	pgt_unmap(w.mm, SHARED);
	pgt_link_table(w.mm, SHARED, w.private_table);
}

/* Takes the table out of the walker's mm; the owner then has it alone, and uses it. */
static void unshare_and_reuse(void *arg)
{
	const struct gather_unshare *u = gather_unshare_find(w.m->unshare);

	gather_unshare_pmd(w.g[0], u, w.other, SHARED);
	if (w.m->unlocked)
		reuse();
	gather_unshare_flush(w.g[0], u);
	if (!w.m->unlocked)
		reuse();
}

/* The same with a third mm that leaves last: the walker is in the one that left before, without an
 * interrupt. */
static void unshare_two_and_reuse(void *arg)
{
	const struct gather_unshare *u = gather_unshare_find(w.m->unshare);
	struct gather *last = w.g[w.m->own_cpus];

	gather_unshare_pmd(w.g[0], u, w.other, SHARED);
	gather_unshare_flush(w.g[0], u);
	gather_unshare_pmd(last, u, w.third, SHARED);
	gather_unshare_flush(last, u);
	reuse();
}

static void walk_shared(void *arg)
{
	struct ref_page *page;

	if (!gup_walker_find(FORMAT, "offset_lockless")->fast(w.other, SHARED, 1, 0, &page))
		return;
	if (page == w.foreign)
		explore_fail("no page of another process",
			     "GUP-fast returned what only the other mm has mapped");
	gup_put(&page, 1);
}

static int setup_unshare(struct explore *e, const void *arg)
{
	/* An invalidation that interrupts nobody, and no table that is freed. */
	int err = build(e, arg, 2048, gather_discipline_find("broadcast_rcu"));

	if (!err)
		err = pgt_map(w.mm, SHARED, PGT_PMD, true);
	if (!err)
		err = gather_mm_beside(w.mm, &w.other);
	if (!err)
		err = gather_share_pmd(w.mm, w.other, SHARED);
	if (err)
		return err;
	/* The page cache's reference: unmapping frees nothing. */
	(void)ref_count_add_unless_zero(&pgt_lookup(w.mm, SHARED, false)->refcount, 1);
	w.foreign = w.page;
	w.private_table = pgt_unlink_table(w.mm, ADDR);
	explore_name(e, w.other->pgd, 8, 512, "walker.pgd");
	explore_name(e, __pgt_entry(w.other, SHARED, PGT_PUD), 8, 512, "walker.pud");
	explore_name(e, __pgt_entry(w.mm, SHARED, PGT_PMD), 8, 512, "shared.pmd");
	return 0;
}

static int setup_unshare_one(struct explore *e, const void *arg)
{
	explore_task(e, 0, "owner", unshare_and_reuse, NULL);
	explore_task(e, 1, "walker", walk_shared, NULL);
	return setup_unshare(e, arg);
}

/* No CPU has run the third mm: the second gather has no reader. */
static int setup_unshare_two(struct explore *e, const void *arg)
{
	int err = setup_unshare(e, arg);

	explore_task(e, 0, "owner", unshare_two_and_reuse, NULL);
	explore_task(e, 1, "walker", walk_shared, NULL);
	if (!err)
		err = build_gather(e, 1, gather_discipline_find("broadcast_rcu"));
	if (!err)
		err = gather_mm_beside(w.mm, &w.third);
	return err ? err : gather_share_pmd(w.mm, w.third, SHARED);
}

/* ---- the rows ---- */

#define READ_OF_FREED "read of a freed page table"
#define GATHER_ROW(variant_, setup_, nr_, ...)                                                     \
	.mechanism = "gather", .variant = variant_, .nr_cpus = nr_, .setup = setup_,               \
	.teardown = teardown, .arg = &(const struct gather_model)                                  \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

#define GOOD(name, ...)                                                                            \
	{ GATHER_ROW(#name, setup_table, 2, .discipline = #name),                                  \
	  .summary = "is a table that is freed by " #name " never read by a walk" },
#define BUSTED(name, ...)                                                                          \
	{ GATHER_ROW(#name, setup_table, 2, .discipline = #name),                                  \
	  .summary = "is a table that is freed by " #name " never read by a walk", .busted = true, \
	  .caught_by = READ_OF_FREED },

const struct explore_model explore_gather_models[] = {
	GATHER_DISCIPLINES(GOOD, BUSTED)

		{ GATHER_ROW("ack_offline", setup_table, 2, .discipline = "ipi_signal",
			     .leaves = true),
		  .summary =
			  "is a reader that goes offline while it is asked waited for no longer" },
	{ GATHER_ROW("ack_two_freers", setup_two_freers, 3, .discipline = "ipi_signal"),
	  .summary = "are two freers that interrupt one walker both answered" },
	{ GATHER_ROW("ack_asked_late", setup_ask_late, 2, .discipline = NULL),
	  .summary = "is a request that is written behind the interrupt ever answered",
	  .busted = true, .caught_by = "deadlock" },

	{ GATHER_ROW("fallback_sync_ipi", setup_table, 2, .discipline = "broadcast_rcu",
		     .fallback = "sync_ipi"),
	  .summary =
		  "without a batch, does an interrupt wait for a walk with interrupts off (Linux "
		  "up to 6.18)" },
	{ GATHER_ROW("fallback_sync_rcu", setup_table, 2, .discipline = "broadcast_rcu",
		     .fallback = "sync_rcu"),
	  .summary = "without a batch, does synchronize_rcu() wait for a walk with interrupts off "
		     "(Linux 7.x)" },
	{ GATHER_ROW("fallback_rcu_per_table", setup_table, 2, .discipline = "broadcast_rcu",
		     .fallback = "rcu_per_table"),
	  .summary = "without a batch, does a callback for the table wait (PT_RECLAIM)" },
	{ GATHER_ROW("fallback_no_wait", setup_table, 2, .discipline = "broadcast_rcu",
		     .fallback = "no_wait"),
	  .summary = "without a batch, is a table safe that is freed at once", .busted = true,
	  .caught_by = READ_OF_FREED },
	{ GATHER_ROW("rcu_reader", setup_table, 2, .discipline = "broadcast_rcu",
		     .walker = WALK_RCU),
	  .summary = "is a walk under rcu_read_lock() alone safe from tables in batches" },
	{ GATHER_ROW("rcu_reader_ipi_fallback", setup_table, 2, .discipline = "broadcast_rcu",
		     .fallback = "sync_ipi", .walker = WALK_RCU),
	  .summary = "is a walk under rcu_read_lock() alone safe from a table that only "
		     "an interrupt was sent for",
	  .busted = true, .caught_by = READ_OF_FREED },
	{ GATHER_ROW("rcu_reader_sync_rcu", setup_table, 2, .discipline = "broadcast_rcu",
		     .fallback = "sync_rcu", .walker = WALK_RCU),
	  .summary = "is a walk under rcu_read_lock() alone safe from a table that "
		     "synchronize_rcu() was called for (1fb3d8c20bfa)" },
	{ GATHER_ROW("rcu_reader_per_table", setup_table, 2, .discipline = "broadcast_rcu",
		     .fallback = "rcu_per_table", .walker = WALK_RCU),
	  .summary = "is a walk under rcu_read_lock() alone safe from a table with a "
		     "callback of its own (718b13861d22)" },

	{ GATHER_ROW("order_ipi", setup_page, 2, .discipline = "ipi_signal"),
	  .summary =
		  "is a page whose entry was cleared not used once it is free: flush interrupt" },
	{ GATHER_ROW("order_broadcast", setup_page, 2, .discipline = "broadcast_rcu"),
	  .summary = "is a page whose entry was cleared not used once it is free: broadcast" },
	{ GATHER_ROW("order_pages_first", setup_page, 2, .discipline = "ipi_signal",
		     .order = "pages_first"),
	  .summary = "is a page whose entry was cleared not used once it is free: pages "
		     "freed before the invalidation",
	  .busted = true, .caught_by = "read of a freed page" },
	{ GATHER_ROW("order_no_flush", setup_page, 2, .discipline = "broadcast_rcu",
		     .order = "no_flush"),
	  .summary = "is a page whose entry was cleared not used once it is free: "
		     "invalidated for tables only",
	  .busted = true, .caught_by = "read of a freed page" },

	{ GATHER_ROW("rmap_delayed", setup_rmap, 3, .discipline = "ipi_signal"),
	  .summary = "does writeback see every write of a CPU whose TLB still has the page "
		     "(5df397dec7c4)" },
	{ GATHER_ROW("rmap_early", setup_rmap, 3, .discipline = "ipi_signal", .rmap_early = true),
	  .summary = "does writeback see every write where the rmap goes with the "
		     "entry, before the invalidation",
	  .busted = true, .caught_by = "no write is lost" },

	{ GATHER_ROW("unshare_ipi", setup_unshare_one, 2, .unshare = "unshare_ipi"),
	  .summary =
		  "does a walk stay out of a hugetlb table that has left its mm: an interrupt at "
		  "each unshare (1013af4f585f)" },
	{ GATHER_ROW("unshare_last_ipi", setup_unshare_one, 2, .unshare = "unshare_last_ipi"),
	  .summary = "does a walk stay out of a hugetlb table that has left its mm: one "
		     "interrupt per flush, for the last sharer only" },
	{ GATHER_ROW("unshare_two_leave", setup_unshare_two, 2, .unshare = "unshare_last_ipi"),
	  .summary = "is the last sharer's interrupt enough for a walk in the mm that left before, "
		     "without one (8ce720d5bd91)" },
	{ GATHER_ROW("unshare_own_cpus", setup_unshare_two, 2, .unshare = "unshare_last_ipi",
		     .own_cpus = true),
	  .summary = "is the last sharer's interrupt enough, sent to the CPUs alone that ran the "
		     "mm that leaves last",
	  .busted = true, .caught_by = "no page of another process" },
	{ GATHER_ROW("unshare_unlocked", setup_unshare_one, 2, .unshare = "unshare_last_ipi",
		     .unlocked = true),
	  .summary = "is the last sharer's interrupt enough, where the owner may use the table "
		     "before the flush (i_mmap_rwsem is dropped too early)",
	  .busted = true, .caught_by = "no page of another process" },
	{ GATHER_ROW("unshare_no_ipi", setup_unshare_one, 2, .unshare = "unshare_no_ipi"),
	  .summary = "does a walk stay out of a hugetlb table that has left its mm: no "
		     "interrupt",
	  .busted = true, .caught_by = "no page of another process" },
	{ 0 },
};
