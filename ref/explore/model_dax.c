// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Models of dax: a task locks a page's entry by speculation while the page moves to another file,
 * while its inode is freed, and while other tasks wait for the entry; and truncation beside
 * get_user_pages().
 *
 * There are two files of two pages; page 0 is in the first slot of the first file when a schedule
 * starts. Models of the first kind have no page tables; those of truncation have the page mapped,
 * and a task that walks.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <ref/dax.h>
#include <ref/gup.h>

#include "../dax/wait.h"
#include "models.h"

#define BELONGS "a DAX slot belongs to its mapping"
#define FREED_INODE "read of a freed inode"
#define FREED_PAGE "page freed while referenced"
#define QUIET "no BUG of fs/dax.c"
#define DEADLOCK "deadlock"
#define NO_WARN "no WARN of fs/dax.c"
#define COUNTED "a page is counted as often as files have it"

#define NR_PAGES 2
#define PMD_ORDER 1
#define FIRST_PFN 0x10
#define FORMAT "x86_64-4k-48"
#define ADDR (1ULL << 30)
#define MAX_TASKS 4

struct dax_case {
	const char *protocol;
	const char *refs;  /* NULL: no page tables */
	const char *share; /* refs without page tables: files have page 0 in common */
	bool both;	   /* they do from the start */
	void (*task[MAX_TASKS])(void *arg); /* each on a CPU of its own */
	bool pmd;			    /* one entry for both pages */
	bool locked; /* page 0's entry is locked from the start; a task unlocks it */
	bool no_warn;
};

static struct {
	const struct dax_case *c;
	const struct dax_protocol *p;
	struct dax_device dev;
	struct dax_inode *file[2];
	struct ref_page *page;
	dax_entry_t entry; /* of page 0, unlocked */
	/* With page tables. */
	struct ref_mm *mm;
	struct dax_vma *vma;
	gup_fast_fn gup_fast;
	struct shared {
		int held;     /* GUP-fast's references on page 0 that have not been put */
		int freed[2]; /* files */
	} * shared;
} d;

/* ---- what has to hold ---- */

/* Looks only at files whose lock is free: no task is in the middle of a change. */
static bool slots_belong(void *arg, char *why, size_t size)
{
	for (unsigned f = 0; f < 2; f++) {
		struct dax_mapping *m = &d.file[f]->i_data;

		if (d.shared->freed[f] || m->i_pages.locked)
			continue;
		for (uint64_t i = 0; i < NR_PAGES; i++) {
			dax_entry_t e = m->slot[i];
			struct ref_page *page = &d.page[dax_to_pfn(e) - d.dev.first_pfn];

			if (!e || e & (DAX_EMPTY | DAX_ZERO_PAGE) ||
			    (dax_to_pfn(e) && page->mapping == m && page->index == i))
				continue;
			snprintf(why, size,
				 "slot %llu of file %u holds %#llx, whose page is not its",
				 (unsigned long long)i, f, (unsigned long long)e);
			return false;
		}
	}
	return true;
}

/* While no task is in the middle of a change: page 0 is of its one file, or of so many. */
static bool files_are_counted(void *arg, char *why, size_t size)
{
	uint64_t files = 0, counted;

	if (d.dev.share_lock.locked)
		return true;
	for (unsigned f = 0; f < 2; f++) {
		struct dax_mapping *m = &d.file[f]->i_data;

		if (m->i_pages.locked)
			return true;
		for (uint64_t i = 0; i < NR_PAGES; i++)
			files += m->slot[i] && !(m->slot[i] & DAX_EMPTY) &&
				 dax_to_pfn(m->slot[i]) == d.dev.first_pfn;
	}
	counted = d.page->mapping ? 1 : d.page->index;
	snprintf(why, size, "%llu files have page 0, and %llu are counted",
		 (unsigned long long)files, (unsigned long long)counted);
	return files == counted;
}

static bool nobody_holds_freed(void *arg, char *why, size_t size)
{
	if (!d.shared->held || d.page->mapping)
		return true;
	snprintf(why, size,
		 "page 0 is in no file any more, and has %d references that were got "
		 "while it was mapped",
		 d.shared->held);
	return false;
}

static void on_bug(const char *what)
{
	explore_fail(QUIET, "%s", what);
}

static void on_warn(const char *what)
{
	explore_fail(NO_WARN, "%s", what);
}

/* ---- what tasks do ---- */

static void put_in(unsigned file, uint64_t index, unsigned page)
{
	struct dax_mapping *m = &d.file[file]->i_data;
	dax_entry_t entry = d.p->grab_entry(m, index, 0);

	entry = d.p->insert_entry(m, index, entry, d.dev.first_pfn + page,
				  d.c->share ? DAX_SHARED : 0);
	d.p->unlock_entry(m, index, entry);
}

/* The same at index 0 and 1, by one PMD entry. */
static void put_in_pmd(void)
{
	struct dax_mapping *m = &d.file[0]->i_data;
	dax_entry_t entry = d.p->grab_entry(m, 0, PMD_ORDER);

	entry = d.p->insert_entry(m, 0, entry, d.dev.first_pfn, DAX_PMD);
	d.p->unlock_entry(m, 0, entry);
}

/* As memory_failure(): the locked slot is the page's own, in whichever file the page is by now. */
static void lock_page(void *arg)
{
	dax_entry_t cookie = d.p->lock_folio(d.page);
	struct dax_mapping *m;

	if (!cookie)
		return;
	m = d.page->mapping;
	if (dax_to_pfn(cookie) != d.dev.first_pfn || !m ||
	    m->slot[d.page->index] != (cookie | DAX_LOCKED))
		explore_fail(BELONGS,
			     "page 0's entry came back as %#llx, and is not locked in the "
			     "page's slot",
			     (unsigned long long)cookie);
	d.p->unlock_folio(d.page, cookie);
}

static void lock_neighbour(void *arg)
{
	dax_entry_t cookie = d.p->lock_folio(d.page + 1);

	if (cookie)
		d.p->unlock_folio(d.page + 1, cookie);
}

/* Truncates page 0 and gives it to the second file. */
static void move_page(void *arg)
{
	d.p->delete_entry(&d.file[0]->i_data, 0);
	put_in(1, 1, 0);
}

/* Then gives the first file another page at the new index. */
static void move_and_fill(void *arg)
{
	move_page(arg);
	put_in(0, 1, 1);
}

static void evict(void *arg)
{
	d.p->evict(d.file[0]);
}

static void delete (void *arg)
{
	d.p->delete_entry(&d.file[0]->i_data, 0);
}

/* A fault of the second file in an extent that it shares with the first. */
static void share(void *arg)
{
	put_in(1, 1, 0);
}

static void delete_other(void *arg)
{
	d.p->delete_entry(&d.file[1]->i_data, 1);
}

/* A write fault at index 0, whether an entry is there or not. */
static void fault(void *arg)
{
	dax_entry_t entry = d.p->grab_entry(&d.file[0]->i_data, 0, 0);

	d.p->unlock_entry(&d.file[0]->i_data, 0, entry);
}

static void unlock(void *arg)
{
	d.p->unlock_entry(&d.file[0]->i_data, 0, d.entry);
}

static void truncate_file(void *arg)
{
	dax_truncate(d.p, &d.file[0]->i_data, 0, 1);
}

static void fault_mapped(void *arg)
{
	if (dax_fault(d.p, d.vma, ADDR, d.dev.first_pfn))
		explore_fail("limit", "no memory for a page table");
}

static void get_and_put(void *arg)
{
	struct ref_page *page;

	if (!d.gup_fast(d.mm, ADDR, 1, GUP_WRITE, &page))
		return;
	(void)ref_fetch_add(&d.shared->held, 1);
	(void)ref_fetch_add(&d.shared->held, -1);
	dax_put_page(page);
}

/* ---- setup ---- */

static void freed(struct dax_inode *inode)
{
	REF_WRITE_ONCE(d.shared->freed[inode->id], 1);
}

static void name_all(struct explore *e)
{
	struct dax_key key = { &d.file[0]->i_data, 0 };

	for (unsigned f = 0; f < 2; f++) {
		struct dax_mapping *m = &d.file[f]->i_data;

		explore_name(e, m->slot, sizeof(*m->slot), NR_PAGES, "file%u.slot", f);
		explore_name(e, &m->i_pages, sizeof(m->i_pages), 1, "file%u.i_pages", f);
		explore_name(e, &m->invalidate_lock, sizeof(int), 1, "file%u.invalidate_lock", f);
	}
	for (unsigned i = 0; i < NR_PAGES; i++) {
		explore_name(e, &d.page[i].refcount, sizeof(int), 1, "page%u.refcount", i);
		explore_name(e, &d.page[i].mapping, sizeof(void *), 1, "page%u.mapping", i);
		explore_name(e, &d.page[i].index, sizeof(uint64_t), 1, "page%u.index", i);
	}
	explore_name(e, dax_wait_table_at(&key), sizeof(struct dax_waitqueue), 1, "queue");
}

static int make_device(struct explore *e)
{
	struct pgt_opts opts = { .format = FORMAT, .nr_frames = 16 };
	const struct dax_refs *refs = dax_refs_find(d.c->refs ?: d.c->share ?: "1-is-idle");
	int err;

	if (!d.c->refs) {
		d.page = explore_alloc(e, NR_PAGES * sizeof(*d.page));
		if (!d.page)
			return -ENOMEM;
		dax_device_init(&d.dev, refs, d.page, FIRST_PFN, NR_PAGES, PMD_ORDER);
		return 0;
	}
	err = ref_mm_create(&opts, &d.mm);
	if (err)
		return err;
	err = dax_device_create(&d.dev, refs, d.mm, PMD_ORDER, PMD_ORDER);
	d.page = d.dev.pages;
	d.gup_fast = gup_walker_find(FORMAT, "offset_lockless")->fast;
	return err;
}

static int make_files(struct explore *e)
{
	int err = 0;

	for (unsigned f = 0; f < 2; f++) {
		d.file[f] = explore_alloc(e, dax_inode_size(NR_PAGES));
		if (!d.file[f])
			return -ENOMEM;
		dax_inode_init(d.file[f], &d.dev, f, NR_PAGES, freed);
	}
	if (d.c->refs) {
		dax_mmap(d.vma, d.mm, &d.file[0]->i_data, ADDR, 0, NR_PAGES);
		err = dax_fault(d.p, d.vma, ADDR, d.dev.first_pfn);
	} else if (d.c->pmd) {
		put_in_pmd();
	} else {
		put_in(0, 0, 0);
	}
	if (d.c->both)
		put_in(1, 1, 0);
	d.entry = d.file[0]->i_data.slot[0];
	if (d.c->locked)
		d.p->grab_entry(&d.file[0]->i_data, 0, 0);
	return err;
}

static int setup(struct explore *e, const void *arg)
{
	char name[16];
	int err;

	memset(&d, 0, sizeof(d));
	d.c = arg;
	d.p = dax_protocol_find(d.c->protocol);
	d.shared = explore_alloc(e, sizeof(*d.shared));
	d.vma = explore_alloc(e, sizeof(*d.vma));
	if (!d.p || !d.shared || !d.vma)
		return -ENOMEM;
	dax_bug_hook = on_bug;
	dax_warn_hook = d.c->no_warn ? on_warn : NULL;
	err = make_device(e);
	if (!err)
		err = make_files(e);
	if (err)
		return err;
	name_all(e);
	for (unsigned i = 0; i < MAX_TASKS && d.c->task[i]; i++) {
		snprintf(name, sizeof(name), "task%u", i);
		explore_task(e, i, name, d.c->task[i], NULL);
	}
	if (d.c->share) {
		explore_name(e, &d.dev.share_lock, sizeof(int), 1, "share_lock");
		explore_invariant(e, COUNTED, files_are_counted, NULL, false);
	} else {
		explore_invariant(e, BELONGS, slots_belong, NULL, false);
	}
	if (d.c->refs)
		explore_invariant(e, FREED_PAGE, nobody_holds_freed, NULL, false);
	return 0;
}

static void teardown(const void *arg)
{
	dax_bug_hook = NULL;
	dax_warn_hook = NULL;
	ref_mm_destroy(d.mm);
	d.mm = NULL;
}

/* ---- the rows ---- */

#define CASE(...) (&(const struct dax_case){ __VA_ARGS__ })
#define MODEL(variant_, summary_, nr_cpus_, ...)                                                   \
	{                                                                                          \
		.mechanism = "dax", .variant = variant_, .summary = summary_, .nr_cpus = nr_cpus_, \
		.setup = setup, .teardown = teardown, .arg = CASE(__VA_ARGS__)                     \
	}
/* Code of a busted variant, where it cannot break. */
#define HARMLESS(variant_, code_, summary_, nr_cpus_, ...)                                         \
	{                                                                                          \
		.mechanism = "dax", .variant = variant_, .summary = summary_, .nr_cpus = nr_cpus_, \
		.busted_code = code_, .setup = setup, .teardown = teardown,                        \
		.arg = CASE(__VA_ARGS__)                                                           \
	}
#define BUSTED(variant_, caught_by_, summary_, nr_cpus_, ...)                                      \
	{                                                                                          \
		.mechanism = "dax", .variant = variant_, .summary = summary_, .nr_cpus = nr_cpus_, \
		.busted = true, .caught_by = caught_by_, .setup = setup, .teardown = teardown,     \
		.arg = CASE(__VA_ARGS__)                                                           \
	}

const struct explore_model explore_dax_models[] = {
	MODEL("merged_moved",
	      "is the right slot locked when the page moves to another file (dax_lock_folio)", 2,
	      .protocol = "merged", .task = { lock_page, move_and_fill }),
	BUSTED("no_revalidate", BELONGS,
	       "is the right slot locked where folio->mapping is not read again "
	       "under its lock",
	       2, .protocol = "no_revalidate", .task = { lock_page, move_and_fill }),

	MODEL("merged_evicted", "is the inode there as long as its lock is used", 2,
	      .protocol = "merged", .task = { lock_page, evict }),
	BUSTED("no_rcu", FREED_INODE,
	       "is the inode there as long as its lock is used, where RCU does "
	       "not wait for the task that found it",
	       2, .protocol = "no_rcu", .task = { lock_page, evict }),

	MODEL("merged_evicted_asleep", "may the inode go while somebody sleeps for its entry", 3,
	      .protocol = "merged", .locked = true, .task = { lock_page, unlock, evict }),
	BUSTED("touch_after_sleep", FREED_INODE,
	       "may the inode go while somebody sleeps for its entry and then "
	       "looks at the xarray again",
	       3, .protocol = "touch_after_sleep", .locked = true,
	       .task = { lock_page, unlock, evict }),

	MODEL("merged_pmd_evicted", "may the inode go as soon as a PMD entry of it is unlocked", 2,
	      .protocol = "merged", .pmd = true, .task = { lock_page, evict }),

	MODEL("merged_lockers", "is a task that waits for a locked entry always woken", 3,
	      .protocol = "merged", .task = { lock_page, lock_page, lock_page }),
	BUSTED("wait_after_unlock", DEADLOCK,
	       "is a waiter always woken that queues when it has dropped the "
	       "xarray's lock",
	       2, .protocol = "wait_after_unlock", .task = { lock_page, lock_page }),

	MODEL("merged_pmd", "is a task that waits at another index of a PMD entry always woken", 3,
	      .protocol = "merged", .pmd = true, .task = { lock_page, lock_neighbour, delete }),
	BUSTED("pmd_not_rounded", DEADLOCK,
	       "is who waits at another index of a PMD entry woken, where waiters "
	       "queue by their own index (23c84eb78375 mended a case)",
	       2, .protocol = "pmd_not_rounded", .pmd = true,
	       .task = { lock_page, lock_neighbour }),

	MODEL("merged_exclusive", "does an exclusive waiter that locks nothing wake the next", 3,
	      .protocol = "merged", .locked = true, .task = { delete, fault, unlock }),
	BUSTED("exclusive_no_pass_on", DEADLOCK,
	       "an exclusive waiter that locks nothing does not wake the next", 3,
	       .protocol = "exclusive_no_pass_on", .locked = true,
	       .task = { delete, fault, unlock }),
	MODEL("exclusive_speculation",
	      "is a wake-up lost when dax_lock_folio() waits exclusively (no longer: 237388320def)",
	      3, .protocol = "exclusive_speculation", .locked = true,
	      .task = { lock_page, unlock, delete }),
	MODEL("merged_deleted", "are all who wait for a deleted entry woken (237388320def)", 4,
	      .protocol = "merged", .locked = true, .task = { delete, delete, delete, unlock }),
	BUSTED("wake_one_deleted", DEADLOCK,
	       "deletion wakes one waiter, which finds nothing to pass on (before "
	       "237388320def)",
	       4, .protocol = "wake_one_deleted", .locked = true,
	       .task = { delete, delete, delete, unlock }),

	HARMLESS("1-is-idle", "1-is-idle_warns",
		 "does truncation wait for what GUP-fast has got (before v6.15)", 2,
		 .protocol = "merged", .refs = "1-is-idle", .task = { get_and_put, truncate_file }),
	HARMLESS("0-is-idle", "0-is-idle_refault",
		 "does truncation wait for what GUP-fast has got (38607c62b34b, v6.15)", 2,
		 .protocol = "merged", .refs = "0-is-idle", .task = { get_and_put, truncate_file }),
	HARMLESS("1-is-idle_refault", "1-is-idle_warns",
		 "does truncation wait for what GUP-fast has got, beside a fault "
		 "that maps the page again (before v6.15)",
		 3, .protocol = "merged", .refs = "1-is-idle",
		 .task = { get_and_put, truncate_file, fault_mapped }),
	BUSTED("0-is-idle_refault", DEADLOCK,
	       "truncation (v6.15) beside a fault that maps the page again: it "
	       "waits for the new mapping's reference, and has dropped the file's "
	       "lock",
	       3, .protocol = "merged", .refs = "0-is-idle",
	       .task = { get_and_put, truncate_file, fault_mapped }),
	MODEL("0-is-idle_lock_kept",
	      "does truncation (v6.15) wait for what GUP-fast has got, where "
	      "faults wait until it is done",
	      3, .protocol = "merged", .refs = "0-is-idle_lock_kept",
	      .task = { get_and_put, truncate_file, fault_mapped }),
	BUSTED("1-is-idle_warns", NO_WARN,
	       "is the count what truncation expects; a walker that is to give up is counted too",
	       2, .protocol = "merged", .refs = "1-is-idle", .no_warn = true,
	       .task = { get_and_put, truncate_file }),
	MODEL("1-is-idle_flush_waits",
	      "is the count what truncation expects, where the flush waits for "
	      "walkers (x86)",
	      2, .protocol = "merged", .refs = "1-is-idle_flush_waits", .no_warn = true,
	      .task = { get_and_put, truncate_file }),
	HARMLESS("0-is-idle_no_warn", "0-is-idle_refault",
		 "is the count what truncation expects with 0-is-idle: no walker "
		 "gets an unmapped page",
		 2, .protocol = "merged", .refs = "0-is-idle", .no_warn = true,
		 .task = { get_and_put, truncate_file }),
	BUSTED("scan_first", FREED_PAGE,
	       "1-is-idle, where busy pages are looked for before the pages are unmapped", 2,
	       .protocol = "merged", .refs = "scan_first", .task = { get_and_put, truncate_file }),
	BUSTED("idle_1_on_0_pages", FREED_PAGE,
	       "the busy test of 1-is-idle on pages of 0-is-idle: one reference goes unseen", 2,
	       .protocol = "merged", .refs = "idle_1_on_0_pages",
	       .task = { get_and_put, truncate_file }),
	BUSTED("idle_0_on_1_pages", DEADLOCK,
	       "the idle test of 0-is-idle on pages of 1-is-idle: it never fires", 2,
	       .protocol = "merged", .refs = "idle_0_on_1_pages",
	       .task = { get_and_put, truncate_file }),

	MODEL("share_one_lock",
	      "is a page kept for the file that takes it up while another drops it", 2,
	      .protocol = "merged", .share = "share_one_lock", .task = { share, delete }),
	MODEL("share_dropped", "is a page free when the files that had it have both dropped it", 2,
	      .protocol = "merged", .share = "share_one_lock", .both = true,
	      .task = { delete_other, delete }),
	BUSTED("share_own_locks", COUNTED,
	       "is a page free when the files that had it have both dropped it: counted under each "
	       "file's own lock, as fs/dax.c of 7.3.4 does, which holds only where the file system "
	       "keeps the two apart",
	       2, .protocol = "merged", .share = "share_own_locks", .task = { share, delete }),
	BUSTED("share_own_locks_dropped", COUNTED,
	       "is a page free when the files that had it have both dropped it, under own locks", 2,
	       .protocol = "merged", .share = "share_own_locks", .both = true,
	       .task = { delete_other, delete }),
	BUSTED("share_uncounted", COUNTED,
	       "is a page kept for the file that takes it up while another drops it, and leaves it to "
	       "that one",
	       2, .protocol = "merged", .share = "share_uncounted", .task = { share, delete }),
	{ 0 },
};
