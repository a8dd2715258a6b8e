// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * References on DAX pages by both conventions: how many a mapping and get_user_pages() take, which
 * page counts as busy, how truncation waits for it, and how the busy test of one convention judges
 * the other's pages.
 */
#include <errno.h>
#include <string.h>

#include <ref/gup.h>

#include "../../scripts/tap.h"
#include "dax_suite.h"

#define FORMAT "x86_64-4k-48"
#define PAGE 4096ULL
#define ADDR (1ULL << 30)
#define SHORT_MS 60
#define LONG_MS 10000

/* A file of a device in an mm that maps it. */
struct world {
	struct ref_mm *mm;
	struct dax_device dev;
	struct dax_inode *inode;
	struct dax_vma vma;
	const struct dax_protocol *p;
	const char *refs;
};

static struct world *world_create(const char *refs)
{
	static struct world world;
	struct world *w = &world;
	struct pgt_opts opts = { .format = FORMAT, .nr_frames = 64 };

	*w = (struct world){ .refs = refs, .p = dax_protocol_find("merged") };
	if (ref_mm_create(&opts, &w->mm) ||
	    dax_device_create(&w->dev, dax_refs_find(refs), w->mm, 3, SUITE_PMD_ORDER))
		return NULL;
	w->inode = dax_inode_create(&w->dev, 1, SUITE_PAGES);
	dax_mmap(&w->vma, w->mm, &w->inode->i_data, ADDR, 0, SUITE_PAGES);
	return w;
}

static void world_destroy(struct world *w)
{
	w->p->evict(w->inode);
	ref_rcu_barrier();
	ref_mm_destroy(w->mm);
}

/* Maps the device's page at the index of the same number. */
static struct ref_page *fault(struct world *w, unsigned index)
{
	int err = dax_fault(w->p, &w->vma, ADDR + index * PAGE, w->dev.first_pfn + index);

	return err ? NULL : &w->dev.pages[index];
}

static struct ref_page *gup_fast(struct world *w, unsigned index)
{
	struct ref_page *page = NULL;

	gup_walker_find(FORMAT, "offset_lockless")
		->fast(w->mm, ADDR + index * PAGE, 1, GUP_WRITE, &page);
	return page;
}

static void test_counts(const char *refs, int idle, int mapped)
{
	struct world *w = world_create(refs);
	struct dax_mapping *m = &w->inode->i_data;
	struct ref_page *page = &w->dev.pages[2];

	ok(page->refcount == idle && w->dev.refs->initial == idle && w->dev.refs->idle == idle,
	   "%s: a page begins with %d, and is idle with that", refs, idle);
	ok(fault(w, 2) == page && page->refcount == mapped && page->mapping == m,
	   "%s: mapped it has %d", refs, mapped);
	ok(!dax_page_busy(w->dev.refs, page), "%s: and is not busy", refs);
	ok(fault(w, 2) == page && page->refcount == mapped, "%s: another fault: no more", refs);
	ok(gup_fast(w, 2) == page && page->refcount == mapped + 1 &&
		   dax_page_busy(w->dev.refs, page),
	   "%s: GUP-fast takes one, and it is busy", refs);
	ok(dax_gup_slow(&w->vma, ADDR + 2 * PAGE) == page && page->refcount == mapped + 2,
	   "%s: and GUP by the slow way one", refs);
	dax_put_page(page);
	dax_put_page(page);
	ok(page->refcount == mapped && !dax_page_busy(w->dev.refs, page), "%s: all put", refs);
	ok(!w->p->busy_page(m, 0, SUITE_PAGES) && page->refcount == idle && !gup_fast(w, 2),
	   "%s: looking for a busy page unmaps: %d again, and no GUP-fast", refs, idle);
	ok(fault(w, 2) == page && dax_truncate(w->p, m, 0, SUITE_PAGES) == 1 && !page->mapping &&
		   !pgt_lookup(w->mm, ADDR + 2 * PAGE, false) && page->refcount == idle,
	   "%s: truncated", refs);
	world_destroy(w);
}

static void test_compound(const char *refs, bool compound)
{
	struct world *w = world_create(refs);
	struct dax_mapping *m = &w->inode->i_data;
	dax_entry_t entry = w->p->grab_entry(m, 4, SUITE_PMD_ORDER);
	struct ref_page *page = &w->dev.pages[4];

	entry = w->p->insert_entry(m, 4, entry, w->dev.first_pfn + 4, DAX_PMD);
	w->p->unlock_entry(m, 4, entry);
	ok((page[3].head == page && page->nr == 4) == compound && page->mapping == m,
	   "%s: what a PMD entry maps is %s", refs, compound ? "one folio" : "as many as pages");
	fault(w, 6);
	ok(pgt_lookup(w->mm, ADDR + 6 * PAGE, true) == &page[2] &&
		   page[2].head->refcount == (compound ? 1 : w->dev.refs->initial),
	   "%s: a PTE of it maps the page, whose folio %s", refs,
	   compound ? "has the reference" : "has no more references");
	dax_truncate(w->p, m, 0, SUITE_PAGES);
	ok(page[3].head == &page[3] && page->nr == 1 && !page->mapping && !page[3].mapping &&
		   page->refcount == w->dev.refs->initial,
	   "%s: truncated they are single pages", refs);
	world_destroy(w);
}

/* ---- truncation beside references ---- */

static struct world *world_of_truncate;

static void do_truncate(struct suite_task *t)
{
	struct world *w = world_of_truncate;

	t->got = dax_truncate(w->p, &w->inode->i_data, 0, SUITE_PAGES);
}

static void test_truncate(const char *refs)
{
	struct suite_task t = { .fn = do_truncate };
	struct world *w = world_of_truncate = world_create(refs);
	struct ref_page *page = fault(w, 2);

	gup_fast(w, 2);
	suite_start(&t);
	ok(!suite_done(&t, SHORT_MS) && REF_READ_ONCE(page->mapping) == &w->inode->i_data,
	   "%s: truncation waits for what GUP-fast has", refs);
	ok(!pgt_lookup(w->mm, ADDR + 2 * PAGE, false) && !gup_fast(w, 2),
	   "%s: and nobody gets more meanwhile", refs);
	dax_put_page(page);
	ok(suite_done(&t, LONG_MS) && t.got == 1 && !page->mapping, "%s: the last put wakes it",
	   refs);
	suite_join(&t);
	world_destroy(w);
}

/* The busy test of 1-is-idle on pages of 0-is-idle: it takes one reference for none, and at no
 * reference waits for one forever. */
static void test_one_on_zero(void)
{
	struct suite_task t = { .fn = do_truncate };
	struct world *w = world_of_truncate = world_create("idle_1_on_0_pages");
	struct ref_page *page = fault(w, 2);
	uint64_t busy = dax_stats.busy_truncated;

	gup_fast(w, 2);
	ok(dax_truncate(w->p, &w->inode->i_data, 0, SUITE_PAGES) == 1 && page->refcount == 1 &&
		   !page->mapping && dax_stats.busy_truncated == busy + 1,
	   "1-is-idle's test on 0-is-idle's page: freed while referenced");
	dax_put_page(page);
	fault(w, 2);
	gup_fast(w, 2);
	gup_fast(w, 2);
	suite_start(&t);
	suite_pause(SHORT_MS);
	dax_put_page(page);
	suite_pause(SHORT_MS);
	dax_put_page(page);
	ok(!suite_done(&t, SHORT_MS) && !REF_READ_ONCE(page->refcount),
	   "and with two references truncation hangs: with 0 it waits for 1");
	(void)ref_fetch_add(&page->refcount, 1);
	ref_wake(&page->refcount);
	suite_join(&t);
	(void)ref_fetch_add(&page->refcount, -1);
	world_destroy(w);
}

static void test_zero_on_one(void)
{
	struct suite_task t = { .fn = do_truncate };
	struct world *w = world_of_truncate = world_create("idle_0_on_1_pages");
	struct ref_page *page = fault(w, 2);

	suite_start(&t);
	ok(!suite_done(&t, SHORT_MS) && REF_READ_ONCE(page->refcount) == 1,
	   "0-is-idle's test on 1-is-idle's page: truncation of an idle page hangs");
	(void)ref_fetch_add(&page->refcount, -1);
	ref_wake(&page->refcount);
	suite_join(&t);
	ok(t.got == 1, "until somebody drops what nobody took");
	world_destroy(w);
}

static void put_in(struct world *w, struct dax_inode *inode, uint64_t index, uint64_t flags)
{
	dax_entry_t entry = w->p->grab_entry(&inode->i_data, index, 0);

	entry = w->p->insert_entry(&inode->i_data, index, entry, w->dev.first_pfn, flags);
	w->p->unlock_entry(&inode->i_data, index, entry);
}

/* A page that two files have in common, and their truncations one after the other. */
static void test_share(const char *refs, bool counts)
{
	struct world *w = world_create(refs);
	struct dax_inode *other = dax_inode_create(&w->dev, 2, SUITE_PAGES);
	struct ref_page *page = w->dev.pages;

	put_in(w, w->inode, 3, DAX_SHARED);
	ok(page->mapping == &w->inode->i_data && page->index == 3, "%s: of one file, at its index",
	   refs);
	put_in(w, other, 5, DAX_SHARED);
	if (counts)
		ok(!page->mapping && page->index == 2 && !w->p->lock_folio(page),
		   "%s: of two files, counted, and neither is found from the page", refs);
	else
		ok(page->mapping == &w->inode->i_data, "%s: the second leaves it to the first",
		   refs);
	w->p->delete_entry(&w->inode->i_data, 3);
	if (counts)
		ok(!page->mapping && page->index == 1, "%s: of the other still", refs);
	else
		ok(!page->mapping && !page->index && other->i_data.slot[5],
		   "%s: caught: free, and the other has it", refs);
	w->p->delete_entry(&other->i_data, 5);
	ok(!page->mapping && !page->index, "%s: free", refs);
	put_in(w, other, 1, 0);
	ok(page->mapping == &other->i_data && page->index == 1, "%s: and used again", refs);
	w->p->evict(other);
	world_destroy(w);
}

static uint64_t no_block(struct dax_inode *inode, uint64_t index)
{
	return 0;
}

static void test_edges(void)
{
	static const struct dax_iomap_ops full = { .begin = no_block };
	struct world *w = world_create("1-is-idle_flush_waits");
	struct dax_mapping *m = &w->inode->i_data;
	struct dax_device dev;
	dax_entry_t entry;

	ok(dax_device_create(&dev, dax_refs_find("1-is-idle"), w->mm, 10, 1) == -ENOMEM,
	   "a device that does not fit into the arena: -ENOMEM");
	fault(w, 7);
	ok(!dax_truncate(w->p, m, SUITE_PAGES, 1) && dax_truncate(w->p, m, 6, ~0ULL - 6) == 1,
	   "truncation ends with the file");
	entry = w->p->insert_entry(m, 1, w->p->grab_entry(m, 1, 0), 0, DAX_ZERO_PAGE);
	w->p->unlock_entry(m, 1, entry);
	ok(fault(w, 1) && m->slot[1] == dax_make_entry(w->dev.first_pfn + 1, 0),
	   "a fault puts a page where the zero page was");
	w->inode->iomap = &full;
	ok(dax_fault(w->p, &w->vma, ADDR, 0) == -ENOSPC && m->slot[0] == DAX_EMPTY,
	   "a fault without a block: -ENOSPC, and the entry unlocked");
	w->inode->iomap = NULL;
	world_destroy(w);
	for (size_t i = 0; i < dax_nr_refs(); i++)
		ok(dax_refs_find(dax_refs_at(i)->name) == dax_refs_at(i) &&
			   (dax_refs_at(i)->initial == 1 || dax_refs_at(i)->mapped_counts),
		   "%s: found by its name, and 1-based or counting mappings", dax_refs_at(i)->name);
	ok(!dax_refs_at(dax_nr_refs()) && !dax_refs_find("none"), "and no more of them");
}

int main(void)
{
	suite_count_bugs();
	ref_thread_online();
	test_counts("1-is-idle", 1, 1);
	test_counts("0-is-idle", 0, 1);
	test_compound("1-is-idle", false);
	test_compound("0-is-idle", true);
	test_truncate("1-is-idle");
	test_truncate("0-is-idle");
	test_one_on_zero();
	test_zero_on_one();
	test_share("share_one_lock", true);
	test_share("share_own_locks", true); /* one after the other it is right */
	test_share("share_uncounted", false);
	test_edges();
	ok(!suite_bugs, "and no bug seen: %s", suite_last_bug);
	ref_thread_offline();
	return tap_done();
}
