// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The entry protocol of ref/dax.h: its numbers, what locks what, and who is woken, step by step; and
 * each left-out step seen to break it.
 */
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>

#include "../../scripts/tap.h"
#include "../dax/protocol.h"

#define NR_PAGES 8
#define PMD_ORDER 2
#define FIRST_PFN 0x100

static struct ref_page pages[NR_PAGES];
static const struct dax_device dev = {
	.pages = pages, .first_pfn = FIRST_PFN, .nr = NR_PAGES, .pmd_order = PMD_ORDER,
};

static unsigned nr_bugs;

static void count_bug(const char *what)
{
	nr_bugs++;
}

/* A fault: pages[page] at index. */
static dax_entry_t map_page(const struct dax_protocol *p, struct dax_inode *inode, uint64_t index,
			    unsigned page)
{
	struct dax_mapping *m = &inode->i_data;
	dax_entry_t entry = p->grab_entry(m, index, 0);

	entry = p->insert_entry(m, index, entry, FIRST_PFN + page, 0);
	p->unlock_entry(m, index, entry);
	return entry;
}

static void test_numbers(void)
{
	const struct dax_device pmd_dev = { .pmd_order = 9 };
	struct dax_inode inode = { .i_data = { .dev = &pmd_dev } };
	const struct dax_mapping *m = &inode.i_data;
	unsigned in_use = 0, i;
	static bool seen[DAX_WAIT_TABLE_ENTRIES];

	ok(DAX_LOCKED == 1 && DAX_PMD == 2 && DAX_ZERO_PAGE == 4 && DAX_EMPTY == 8 &&
		   DAX_SHIFT == 4,
	   "LOCKED 1, PMD 2, ZERO 4, EMPTY 8, then the pfn");
	ok(dax_make_entry(0x1234, DAX_PMD | DAX_LOCKED) == 0x12343 && dax_to_pfn(0x12343) == 0x1234,
	   "pfn 0x1234, PMD, locked: 0x12343");
	ok(DAX_WAIT_TABLE_ENTRIES == 4096, "4096 wait queues");
	for (i = 0; i < 1 << 16; i++) {
		unsigned q = dax_wait_table_index(m, i, 0);

		in_use += q < DAX_WAIT_TABLE_ENTRIES && !seen[q];
		seen[q % DAX_WAIT_TABLE_ENTRIES] = true;
	}
	ok(in_use == 4096, "indices are hashed over all of them: %u in use", in_use);
	ok(dax_wait_table_index(m, 512, DAX_PMD) == dax_wait_table_index(m, 1023, DAX_PMD) &&
		   dax_wait_table_index(m, 1023, DAX_PMD) == dax_wait_table_index(m, 512, 0) &&
		   dax_wait_table_index(m, 512, 0) != dax_wait_table_index(m, 1023, 0),
	   "a PMD's queue is that of its first index: 1023 is 512's");
}

static void test_lock(void)
{
	const struct dax_protocol *p = dax_protocol_find("merged");
	struct dax_inode *inode = dax_inode_create(&dev, 1, NR_PAGES);
	struct dax_mapping *m = &inode->i_data;
	dax_entry_t entry = map_page(p, inode, 3, 5), cookie;

	ok(entry == dax_make_entry(FIRST_PFN + 5, 0) && m->slot[3] == entry, "inserted, unlocked");
	ok(pages[5].mapping == m && pages[5].index == 3, "the page belongs to the slot");
	cookie = p->lock_folio(&pages[5]);
	ok(cookie == entry && m->slot[3] == (entry | DAX_LOCKED),
	   "locked: the entry as it was comes back, and has the bit");
	p->unlock_folio(&pages[5], cookie);
	ok(m->slot[3] == entry, "unlocked");
	ok(p->lock_folio(&pages[4]) == 0, "a page of no file: 0");
	ok(p->delete_entry(m, 3) && !m->slot[3] && !pages[5].mapping && !m->nrpages,
	   "truncated: neither entry nor mapping");
	ok(!p->delete_entry(m, 3), "nothing to truncate");
	m->host->chardev = true;
	pages[5].mapping = m;
	ok(p->lock_folio(&pages[5]) == ~0ULL && !m->slot[0], "device-dax: ~0, and nothing locked");
	p->unlock_folio(&pages[5], ~0ULL);
	pages[5].mapping = NULL;
	m->dax = false;
	pages[5].mapping = m;
	ok(p->lock_folio(&pages[5]) == 0, "a mapping that is not DAX: 0");
	pages[5].mapping = NULL;
	p->evict(inode);
	ref_rcu_barrier();
}

static void test_pmd(void)
{
	const struct dax_protocol *p = dax_protocol_find("merged");
	struct dax_inode *inode = dax_inode_create(&dev, 1, NR_PAGES);
	struct dax_mapping *m = &inode->i_data;
	dax_entry_t entry = p->grab_entry(m, 5, PMD_ORDER), cookie;

	ok(entry == (DAX_EMPTY | DAX_PMD) && m->slot[4] == (entry | DAX_LOCKED) && m->nrpages == 4,
	   "an empty PMD entry, locked, at its first index");
	entry = p->insert_entry(m, 5, entry, FIRST_PFN + 4, DAX_PMD);
	p->unlock_entry(m, 5, entry);
	ok(entry == dax_make_entry(FIRST_PFN + 4, DAX_PMD) && pages[7].mapping == m &&
		   pages[7].index == 7,
	   "with pages: each has its own index");
	cookie = p->lock_folio(&pages[6]);
	ok(cookie == entry && m->slot[4] == (entry | DAX_LOCKED), "locked by any of them");
	p->unlock_folio(&pages[6], cookie);
	ok(p->grab_entry(m, 6, 0) == entry, "a PTE fault gets the PMD entry");
	ok(p->insert_entry(m, 6, entry, FIRST_PFN + 6, 0) == entry, "and leaves it");
	p->unlock_entry(m, 6, entry);
	p->delete_entry(m, 4);
	ok(!m->nrpages && !pages[4].mapping && !pages[7].mapping, "truncated at once");
	map_page(p, inode, 6, 6);
	ok(p->grab_entry(m, 4, PMD_ORDER) == DAX_CONFLICT, "a PMD fault over a PTE entry: conflict");
	p->delete_entry(m, 6);
	entry = p->grab_entry(m, 4, PMD_ORDER);
	entry = p->insert_entry(m, 4, entry, 0, DAX_PMD | DAX_ZERO_PAGE);
	p->unlock_entry(m, 4, entry);
	entry = p->grab_entry(m, 6, 0);
	ok(entry == DAX_EMPTY && !m->slot[4] && m->slot[6] == (DAX_EMPTY | DAX_LOCKED) &&
		   m->nrpages == 1,
	   "a PTE fault takes a zero PMD apart");
	p->unlock_entry(m, 6, entry);
	p->evict(inode);
	ref_rcu_barrier();
}

/* ---- a second thread that waits ---- */

struct task {
	pthread_t thread;
	void (*fn)(struct task *t);
	const struct dax_protocol *p;
	struct dax_inode *inode;
	struct ref_page *page;
	uint64_t index;
	dax_entry_t got;
	uint64_t waits;
	int done;
};

static void *task_main(void *arg)
{
	struct task *t = arg;

	ref_thread_online();
	t->fn(t);
	t->waits = dax_stats.waits;
	ref_thread_offline();
	ref_store_release(&t->done, 1);
	return NULL;
}

static void start(struct task *t)
{
	pthread_create(&t->thread, NULL, task_main, t);
}

static void pause_ms(long ms)
{
	struct timespec ts = { .tv_nsec = ms * 1000000 };

	nanosleep(&ts, NULL);
}

/* Until so many wait for the entry; false: not within 10 s. */
static bool wait_for_waiters(const struct dax_mapping *m, uint64_t index, unsigned nr)
{
	for (unsigned i = 0; i < 10000 && dax_nr_waiters(m, index, 0) != nr; i++)
		pause_ms(1);
	return dax_nr_waiters(m, index, 0) == nr;
}

static bool wait_done(const struct task *t, unsigned ms)
{
	for (unsigned i = 0; i < ms && !ref_load_acquire(&t->done); i++)
		pause_ms(1);
	return ref_load_acquire(&t->done);
}

static void do_lock_folio(struct task *t)
{
	t->got = t->p->lock_folio(t->page);
	if (t->got)
		t->p->unlock_folio(t->page, t->got);
}

static void do_delete(struct task *t)
{
	t->got = t->p->delete_entry(&t->inode->i_data, t->index);
}

static void test_wait(void)
{
	const struct dax_protocol *p = dax_protocol_find("merged");
	struct dax_inode *inode = dax_inode_create(&dev, 1, NR_PAGES);
	struct dax_mapping *m = &inode->i_data;
	dax_entry_t entry = map_page(p, inode, 2, 2), cookie;
	struct task t = { .fn = do_lock_folio, .p = p, .page = &pages[2] };
	struct task d = { .fn = do_delete, .p = p, .inode = inode, .index = 2 };

	cookie = p->lock_folio(&pages[2]);
	start(&t);
	ok(wait_for_waiters(m, 2, 1) && !t.done, "a second locker sleeps");
	start(&d);
	ok(wait_for_waiters(m, 2, 2) && !d.done && pages[2].mapping == m,
	   "truncation waits for the lock too");
	p->unlock_folio(&pages[2], cookie);
	ok(wait_done(&t, 10000) && wait_done(&d, 10000), "unlocking wakes both");
	pthread_join(t.thread, NULL);
	pthread_join(d.thread, NULL);
	ok((t.got == entry && t.waits) || !t.got, "the locker got the entry or found no file");
	ok(d.got && !pages[2].mapping && !dax_nr_waiters(m, 2, 0), "truncation got it");
	p->evict(inode);
	ref_rcu_barrier();
}

int main(void)
{
	dax_bug_hook = count_bug;
	ref_thread_online();
	test_numbers();
	test_lock();
	test_pmd();
	test_wait();
	ok(!nr_bugs, "and no bug seen");
	ref_thread_offline();
	return tap_done();
}
