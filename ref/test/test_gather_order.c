// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The gather's numbers and its order, against include/asm-generic/tlb.h and mm/mmu_gather.c of
 * Linux 6.12: how much fits a batch, which architectures need an invalidation for tables, and that
 * nothing is freed before it is invalidated. The test judges the order from a log of events, and
 * shows the judge logs of the busted orders.
 */
#include <array_size.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/tap.h"
#include "../gather/gather_priv.h"

/* ---- a log: c an entry cleared, u a table unlinked, F invalidated, t a table freed, p a page
 * freed, r its rmap removed, l the PTE lock dropped ---- */

static struct {
	char event[4096];
	size_t nr;
	unsigned pages, tables;
} history;

static void note(char event)
{
	if (history.nr < sizeof(history.event) - 1)
		history.event[history.nr++] = event;
	history.event[history.nr] = '\0';
}

static void flushed(void *cookie)
{
	note('F');
}

static void table_freed(void *cookie, struct ref_page *table)
{
	history.tables++;
	note('t');
}

static void page_freed(void *cookie, struct ref_page *page, unsigned nr)
{
	history.pages += nr;
	note('p');
}

static void rmap_removed(void *cookie, struct ref_page *page, unsigned nr)
{
	note('r');
}

static const struct gather_page_ops page_ops = { page_freed, rmap_removed };

/* Whether nothing was freed, and no rmap removed, that was cleared or unlinked after the last
 * invalidation, and the tables of a flush were freed before its pages. The gather frees things in
 * the order in which they were added. */
static bool in_order(const char *log)
{
	size_t cleared = 0, unlinked = 0, pages = 0, tables = 0, rmaps = 0; /* so far */
	size_t may_pages = 0, may_tables = 0;				    /* be freed */

	for (; *log; log++) {
		cleared += *log == 'c';
		unlinked += *log == 'u';
		pages += *log == 'p';
		tables += *log == 't';
		rmaps += *log == 'r';
		if (*log == 'F') {
			may_pages = cleared;
			may_tables = unlinked;
		}
		if (pages > may_pages || tables > may_tables || rmaps > may_pages)
			return false;
		if (*log == 'p' && tables < may_tables)
			return false;
	}
	return true;
}

/* Whether each rmap was removed before the lock was dropped, and each page freed after its rmap was
 * removed. */
static bool rmaps_in_order(const char *log)
{
	size_t rmaps = 0, pages = 0;
	bool locked = true;

	for (; *log; log++) {
		rmaps += *log == 'r';
		pages += *log == 'p';
		if (*log == 'l')
			locked = false;
		if ((*log == 'r' && !locked) || pages > rmaps)
			return false;
	}
	return rmaps > 0;
}

static struct gather *create(const char *discipline, unsigned batch)
{
	struct gather *g;

	memset(&history, 0, sizeof(history));
	if (gather_create(gather_discipline_find(discipline), batch, table_freed, NULL, &g)) {
		diag("%s cannot be created", discipline);
		exit(1);
	}
	gather_set_page_ops(g, &page_ops, NULL);
	gather_set_log(g, flushed, NULL);
	return g;
}

static struct ref_page page[4], table[8];

static void clear_one(struct gather *g, unsigned i)
{
	note('c');
	gather_note_entry(g);
	gather_remove_page(g, &page[i]);
}

static void unlink_one(struct gather *g, unsigned i)
{
	note('u');
	gather_remove_table(g, &table[i]);
}

/* ---- numbers ---- */

static const struct gather_arch *arch(const char *name)
{
	const struct gather_arch *a = gather_arch_find(name);

	if (!a)
		exit(1);
	return a;
}

static void sizes(void)
{
	ok(gather_arch_max_tables(arch("x86_64")) == 509 &&
		   gather_arch_max_tables(arch("arm64")) == 509 && gather_max_batch() == 509,
	   "MAX_TABLE_BATCH: 509 in 4 KiB, behind an RCU header of 24 bytes");
	ok(gather_arch_max_tables(arch("no-rcu")) == 511, "511 without the RCU header");
	ok(gather_arch_max_tables(arch("arm64-64k")) == 8189 &&
		   gather_arch_max_tables(arch("ppc64-radix-64k")) == 8189 &&
		   GATHER_BATCH_LIMIT == 8189,
	   "8189 in 64 KiB");
	ok(GATHER_BUNDLE == 8 && gather_arch_max_pages(arch("x86_64")) == 510 &&
		   gather_arch_max_batches(arch("x86_64")) == 19,
	   "8 pages in the bundle, 510 in a batch, 19 batches");
	ok(!gather_arch_find("vax") && !gather_arch_at(gather_nr_archs()),
	   "an unknown architecture is not found");
}

/* Adds pages until the gather asks for a flush. Returns how many it took. */
static unsigned fill(struct gather *g, unsigned nr, bool delay)
{
	unsigned added = 0;

	do {
		added++;
	} while (!gather_add_page(g, &page[0], nr, delay));
	return added;
}

static void page_batches(void)
{
	struct gather *g = create("broadcast_no_wait", 1);

	/* The gather keeps one word of a batch free, which a pair of page and count would need: 7
	 * of 8, 509 of 510. */
	ok(fill(g, 1, false) == 7 + 19 * 509, "%d single pages until a flush is asked for",
	   7 + 19 * 509);
	gather_note_entry(g);
	gather_flush_mmu(g);
	ok(history.pages == 7 + 19 * 509, "and all of them are freed by it");
	ok(fill(g, 1, false) == 7 + 19 * 509, "a second round uses the same batches");
	gather_finish(g);
	ok(fill(g, 4, false) == 4 + 19 * 255, "%d pairs of a page and how many follow it",
	   4 + 19 * 255);
	history.pages = 0;
	gather_finish(g);
	ok(history.pages == 4 * (4 + 19 * 255), "each stands for so many pages");
	ok(fill(g, 1, true) == 7 + 509, "delayed rmaps: the bundle and one batch, no more");
	gather_flush_rmaps(g);
	gather_finish(g);
	gather_set_failing(g, 1, 0);
	ok(fill(g, 1, false) == 7, "without memory: the bundle alone");
	gather_finish(g);
	gather_set_failing(g, 2, 0);
	ok(fill(g, 1, false) == 7 + 509, "every second allocation failing: the bundle and a batch");
	gather_destroy(g);
}

/* ---- the order ---- */

static const char *run_order(const char *order, const char *discipline, bool with_tables)
{
	struct gather *g = create(discipline, 8);

	gather_set_order(g, gather_order_find(order));
	clear_one(g, 0);
	clear_one(g, 1);
	if (with_tables)
		unlink_one(g, 0);
	gather_finish(g);
	gather_destroy(g);
	return history.event;
}

static void order_is_kept(const char *discipline)
{
	const char *log = run_order("kernel", discipline, true);
	bool deferred = gather_discipline_find(discipline)->deferred;

	ok(!strcmp(log, deferred ? "ccuFppt" : "ccuFtpp"), "%s: entries, table, invalidation, %s",
	   discipline, deferred ? "pages, and the table when RCU says so" : "table, pages");
	log = run_order("kernel", discipline, false);
	ok(!strcmp(log, "ccFpp") && in_order(log), "%s: pages alone: %s", discipline, log);
}

static void busted_orders(void)
{
	const char *log;

	log = run_order("kernel", "ipi_signal", true);
	ok(in_order(log), "kernel's order: %s", log);
	log = run_order("pages_first", "ipi_signal", true);
	ok(gather_order_find("pages_first")->busted && !in_order(log),
	   "pages_first: caught in its log: %s", log);
	log = run_order("no_flush", "ipi_signal", false);
	ok(gather_order_find("no_flush")->busted && !in_order(log),
	   "no_flush: caught in its log: %s", log);
	log = run_order("no_flush", "ipi_signal", true);
	ok(in_order(log), "where tables are freed as well, their flush hides it: %s", log);
	ok(!in_order("cuFpt") && !in_order("utF") && !in_order("cp"),
	   "the judge wants tables before pages, and an invalidation before both");
}

static void nothing_to_flush(void)
{
	struct gather *g = create("ipi_signal", 2);

	gather_finish(g);
	ok(!history.nr, "nothing cleared, nothing flushed");
	unlink_one(g, 0);
	unlink_one(g, 1);
	ok(!strcmp(history.event, "uuFtt"), "a full batch is flushed at once: %s", history.event);
	gather_finish(g);
	ok(!strcmp(history.event, "uuFtt"), "and finish has nothing left to do");
	clear_one(g, 0);
	gather_flush_tlbonly(g);
	gather_flush_tlbonly(g);
	gather_finish(g);
	ok(!strcmp(history.event, "uuFttcFp"), "an invalidation is not repeated: %s",
	   history.event);
	gather_destroy(g);
}

/* ---- delayed rmap: zap_pte_range() and what it does before it drops the lock ---- */

static const char *zap(bool rmap_before_unlock)
{
	struct gather *g = create("ipi_signal", 1);

	for (unsigned i = 0; i < 3; i++) {
		note('c');
		gather_note_entry(g);
		gather_add_page(g, &page[i], 1, true);
	}
	if (rmap_before_unlock) {
		gather_flush_tlbonly(g);
		gather_flush_rmaps(g);
	}
	note('l');
	gather_flush_mmu(g);
	if (!rmap_before_unlock)
		gather_flush_rmaps(g);
	gather_destroy(g);
	return history.event;
}

static void delayed_rmap(void)
{
	struct gather *g;
	const char *log = zap(true);

	ok(!strcmp(log, "cccFrrrlppp") && in_order(log) && rmaps_in_order(log),
	   "delayed rmaps go between the invalidation and the unlock: %s", log);
	log = zap(false);
	ok(!rmaps_in_order(log), "those that do not are noticed: %s", log);
	ok(!rmaps_in_order("cFlrp") && !rmaps_in_order("cFplr") && !in_order("crFp"),
	   "as is one after the unlock, after the page, or before the invalidation");

	g = create("ipi_signal", 1);
	gather_note_entry(g);
	gather_add_page(g, &page[0], 3, true);
	gather_add_page(g, &page[1], 1, false);
	gather_add_page(g, &page[2], 1, true);
	gather_flush_tlbonly(g);
	gather_flush_rmaps(g);
	gather_flush_rmaps(g);
	ok(!strcmp(history.event, "Frr"), "only pages that asked for it, and once: %s",
	   history.event);
	gather_destroy(g);
	ok(history.pages == 5, "and all five pages are freed");
}

/* ---- architectures ---- */

static bool invalidates_for_tables(const char *name)
{
	struct gather *g = create("broadcast_rcu", 2);
	bool invalidated;

	if (gather_set_arch(g, arch(name)))
		exit(1);
	unlink_one(g, 0);
	unlink_one(g, 1); /* a full batch: tlb_table_flush() */
	invalidated = strchr(history.event, 'F');
	gather_set_failing(g, 1, 0);
	unlink_one(g, 2); /* and without memory: tlb_remove_table_one() */
	if (invalidated != !strcmp(history.event + strlen(history.event) - 2, "Ft") ||
	    invalidated != arch(name)->table_invalidate)
		exit(1);
	gather_destroy(g);
	return invalidated;
}

static void architectures(void)
{
	static const char *const yes[] = { "x86_64",	     "arm64",		"arm64-64k",
					   "ppc64-radix-4k", "ppc64-radix-64k", "riscv64",
					   "s390x" };
	static const char *const no[] = { "ppc64-hash-4k", "ppc64-hash-64k", "sparc64" };
	struct gather *g;
	size_t nr = 0;

	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		nr += invalidates_for_tables(yes[i]);
	ok(nr == ARRAY_SIZE(yes), "tlb_needs_table_invalidate(): true by default, and "
				  "for ppc's radix");
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		nr -= !invalidates_for_tables(no[i]);
	ok(nr == 4, "false for ppc's hash and for sparc64");

	g = create("ipi_signal", 1);
	ok(gather_set_arch(g, arch("sparc64")) && gather_set_arch(g, NULL) &&
		   gather_set_order(g, NULL) && gather_set_fallback(g, NULL),
	   "no invalidation for tables, and nothing else that waits: refused");
	ok(!gather_set_arch(g, arch("s390x")), "s390x does not gather pages");
	clear_one(g, 0);
	ok(!strcmp(history.event, "cFp"), "there, clearing an entry flushes it: %s", history.event);
	gather_destroy(g);
}

/* ---- what the TLB is flushed for ---- */

struct world {
	struct ref_mm *mm;
	struct gather *g;
	int turn; /* odd: the toucher has to act; -1: it has to end */
	int found;
	int stale; /* the TLB still gave access to a freed page */
	struct ref_page *freed;
	pthread_t thread;
};

static void touch(void *arg, struct ref_page *page_)
{
	struct world *w = arg;

	if (page_ == REF_READ_ONCE(w->freed))
		REF_WRITE_ONCE(w->stale, 1);
}

static void *toucher(void *arg)
{
	struct world *w = arg;
	int turn;

	if (gather_reader_online(w->g) || gather_tlb_attach(w->g))
		exit(1);
	for (;;) {
		ref_wait_until((turn = ref_load_acquire(&w->turn)) & 1);
		if (turn < 0)
			break;
		REF_WRITE_ONCE(w->found, gather_tlb_access(w->g, w->mm, 0x1000, touch, w));
		ref_store_release(&w->turn, turn + 1);
	}
	gather_reader_offline(w->g);
	return NULL;
}

static bool let_it_touch(struct world *w)
{
	int turn = w->turn + 1;

	ref_store_release(&w->turn, turn);
	ref_wait_until(ref_load_acquire(&w->turn) == turn + 1);
	return REF_READ_ONCE(w->found);
}

/* When the page is freed, the other CPU uses its address once more. */
static void freed_and_touched(void *cookie, struct ref_page *page_, unsigned nr)
{
	struct world *w = cookie;

	REF_WRITE_ONCE(w->freed, page_);
	let_it_touch(w);
}

static bool stale_use(const char *discipline, const char *order)
{
	static const struct gather_page_ops ops = { .free = freed_and_touched };
	struct pgt_opts opts = { .format = "x86_64-4k-48", .nr_frames = 64 };
	struct world w = { 0 };
	struct ref_page *mapped, *tab;
	uint64_t *mem;
	size_t size;

	w.g = create(discipline, 1);
	gather_set_page_ops(w.g, &ops, &w);
	gather_set_order(w.g, gather_order_find(order));
	if (ref_mm_create(&opts, &w.mm) || pgt_map(w.mm, 0x1000, PGT_PTE, true))
		exit(1);
	mapped = pgt_lookup(w.mm, 0x1000, true);
	tab = pgt_unlink_table(w.mm, 0x1000);
	mem = pgt_table_mem(w.mm, tab, &size);
	if (pgt_link_table(w.mm, 0x1000, tab))
		exit(1);
	pthread_create(&w.thread, NULL, toucher, &w);
	if (!let_it_touch(&w))
		exit(1);
	ref_store_release(&mem[1], 0);
	gather_note_entry(w.g);
	gather_remove_page(w.g, mapped);
	gather_finish(w.g);
	ref_store_release(&w.turn, -1);
	pthread_join(w.thread, NULL);
	gather_destroy(w.g);
	ref_mm_destroy(w.mm);
	return w.stale;
}

static void tlb(void)
{
	static const char *const ways[] = { "ipi_signal", "broadcast_rcu" };

	for (size_t i = 0; i < 2; i++) {
		ok(!stale_use(ways[i], "kernel"), "%s: a page is free when no TLB has it", ways[i]);
		ok(stale_use(ways[i], "pages_first"), "%s, pages_first: used after it was freed",
		   ways[i]);
		ok(stale_use(ways[i], "no_flush"), "%s, no_flush: used after it was freed",
		   ways[i]);
	}
}

int main(void)
{
	sizes();
	page_batches();
	order_is_kept("ipi_signal");
	order_is_kept("broadcast_no_wait");
	order_is_kept("broadcast_rcu");
	busted_orders();
	nothing_to_flush();
	delayed_rmap();
	architectures();
	tlb();
	return tap_done();
}
