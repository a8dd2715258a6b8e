// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The entry protocol of ref/dax.h: its constants, which entries a lock covers, and which waiters
 * are woken, step by step.
 */
#include "../../scripts/tap.h"
#include "dax_suite.h"

#define NR_PAGES SUITE_PAGES
#define PMD_ORDER SUITE_PMD_ORDER
#define FIRST_PFN SUITE_FIRST_PFN

static void test_numbers(void)
{
	const struct dax_device pmd_dev = { .pmd_order = 9 };
	struct dax_inode inode = { .i_data = { .dev = &pmd_dev } };
	const struct dax_mapping *m = &inode.i_data;
	unsigned in_use = 0;
	static bool seen[DAX_WAIT_TABLE_ENTRIES];

	ok(DAX_LOCKED == 1 && DAX_PMD == 2 && DAX_ZERO_PAGE == 4 && DAX_EMPTY == 8 &&
		   DAX_SHIFT == 4,
	   "LOCKED 1, PMD 2, ZERO 4, EMPTY 8, then the pfn");
	ok(dax_make_entry(0x1234, DAX_PMD | DAX_LOCKED) == 0x12343 && dax_to_pfn(0x12343) == 0x1234,
	   "pfn 0x1234, PMD, locked: 0x12343");
	ok(DAX_WAIT_TABLE_ENTRIES == 4096, "4096 wait queues");
	for (unsigned i = 0; i < 1 << 16; i++) {
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
	struct dax_inode *inode = suite_inode(1);
	struct dax_mapping *m = &inode->i_data;
	dax_entry_t entry = suite_fault(p, inode, 3, &suite_page[5]), cookie;

	ok(entry == dax_make_entry(FIRST_PFN + 5, 0) && m->slot[3] == entry, "inserted, unlocked");
	ok(suite_page[5].mapping == m && suite_page[5].index == 3, "the page belongs to the slot");
	cookie = p->lock_folio(&suite_page[5]);
	ok(cookie == entry && m->slot[3] == (entry | DAX_LOCKED),
	   "locked: the entry as it was comes back, and has the bit");
	p->unlock_folio(&suite_page[5], cookie);
	ok(m->slot[3] == entry, "unlocked");
	ok(p->lock_folio(&suite_page[4]) == 0, "a page of no file: 0");
	ok(p->delete_entry(m, 3) && !m->slot[3] && !suite_page[5].mapping && !m->nrpages,
	   "truncated: neither entry nor mapping");
	ok(!p->delete_entry(m, 3), "nothing to truncate");
	m->host->chardev = true;
	suite_page[5].mapping = m;
	ok(p->lock_folio(&suite_page[5]) == ~0ULL && !m->slot[0],
	   "device-dax: ~0, and nothing locked");
	p->unlock_folio(&suite_page[5], ~0ULL);
	suite_page[5].mapping = NULL;
	m->dax = false;
	suite_page[5].mapping = m;
	ok(p->lock_folio(&suite_page[5]) == 0, "a mapping that is not DAX: 0");
	suite_page[5].mapping = NULL;
	p->evict(inode);
	ref_rcu_barrier();
}

static void test_pmd(void)
{
	const struct dax_protocol *p = dax_protocol_find("merged");
	struct dax_inode *inode = suite_inode(1);
	struct dax_mapping *m = &inode->i_data;
	dax_entry_t entry = p->grab_entry(m, 5, PMD_ORDER), cookie;

	ok(entry == (DAX_EMPTY | DAX_PMD) && m->slot[4] == (entry | DAX_LOCKED) && m->nrpages == 4,
	   "an empty PMD entry, locked, at its first index");
	entry = p->insert_entry(m, 5, entry, FIRST_PFN + 4, DAX_PMD);
	p->unlock_entry(m, 5, entry);
	ok(entry == dax_make_entry(FIRST_PFN + 4, DAX_PMD) && suite_page[7].mapping == m &&
		   suite_page[7].index == 7,
	   "with pages: each has its own index");
	cookie = p->lock_folio(&suite_page[6]);
	ok(cookie == entry && m->slot[4] == (entry | DAX_LOCKED), "locked by any of them");
	p->unlock_folio(&suite_page[6], cookie);
	ok(p->grab_entry(m, 6, 0) == entry, "a PTE fault gets the PMD entry");
	ok(p->insert_entry(m, 6, entry, FIRST_PFN + 6, 0) == entry, "and leaves it");
	p->unlock_entry(m, 6, entry);
	p->delete_entry(m, 4);
	ok(!m->nrpages && !suite_page[4].mapping && !suite_page[7].mapping, "truncated at once");
	suite_fault(p, inode, 6, &suite_page[6]);
	ok(p->grab_entry(m, 4, PMD_ORDER) == DAX_CONFLICT,
	   "a PMD fault over a PTE entry: conflict");
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

static void test_wait(void)
{
	const struct dax_protocol *p = dax_protocol_find("merged");
	struct dax_inode *inode = suite_inode(1);
	struct dax_mapping *m = &inode->i_data;
	dax_entry_t entry = suite_fault(p, inode, 2, &suite_page[2]), cookie;
	struct suite_task t = { .fn = suite_lock_folio, .p = p, .page = &suite_page[2] };
	struct suite_task d = { .fn = suite_delete, .p = p, .inode = inode, .index = 2 };

	cookie = p->lock_folio(&suite_page[2]);
	suite_start(&t);
	ok(suite_waiters(m, 2, 1) && !t.done, "a second locker sleeps");
	suite_start(&d);
	ok(suite_waiters(m, 2, 2) && !d.done && suite_page[2].mapping == m,
	   "truncation waits for the lock too");
	p->unlock_folio(&suite_page[2], cookie);
	ok(suite_done(&t, 10000) && suite_done(&d, 10000), "unlocking wakes both");
	suite_join(&t);
	suite_join(&d);
	ok((t.got == entry && t.stats.waits) || !t.got,
	   "the locker got the entry or found no file");
	ok(d.got && !suite_page[2].mapping && !dax_nr_waiters(m, 2, 0), "truncation got it");
	p->evict(inode);
	ref_rcu_barrier();
}

/* ---- two entries whose waiters stand in one queue ---- */

#define MANY_SLOTS (1 << 13) /* more than there are queues */

static bool find_pair(const struct dax_mapping *m, uint64_t *a, uint64_t *b)
{
	static uint64_t first[DAX_WAIT_TABLE_ENTRIES]; /* plus 1 */

	for (uint64_t i = 0; i < MANY_SLOTS; i++) {
		unsigned q = dax_wait_table_index(m, i, 0);

		if (first[q]) {
			*a = first[q] - 1;
			*b = i;
			return true;
		}
		first[q] = i + 1;
	}
	return false;
}

static void test_one_queue(void)
{
	const struct dax_protocol *p = dax_protocol_find("merged");
	struct dax_inode *inode = dax_inode_create(&suite_dev, 1, MANY_SLOTS);
	struct dax_mapping *m = &inode->i_data;
	struct suite_task t[2] = { { .fn = suite_grab, .p = p, .inode = inode },
				   { .fn = suite_grab, .p = p, .inode = inode } };

	ok(find_pair(m, &t[0].index, &t[1].index), "two of %d entries share a queue", MANY_SLOTS);
	for (unsigned i = 0; i < 2; i++) {
		p->grab_entry(m, t[i].index, 0);
		suite_start(&t[i]);
		suite_waiters(m, t[i].index, i + 1);
	}
	p->unlock_entry(m, t[1].index, DAX_EMPTY);
	ok(suite_done(&t[1], 10000) && !suite_done(&t[0], 20) && suite_waiters(m, t[0].index, 1),
	   "unlocking one wakes its waiter and not the other's, who is first");
	p->unlock_entry(m, t[0].index, DAX_EMPTY);
	suite_join(&t[0]);
	suite_join(&t[1]);
	p->evict(inode);
	ref_rcu_barrier();
}

/* A step that a protocol leaves out matters only beside other tasks: alone, each works. */
static void test_alone(void)
{
	for (size_t i = 0; i < dax_nr_protocols(); i++) {
		const struct dax_protocol *p = dax_protocol_at(i);
		struct dax_inode *inode = suite_inode(1);
		dax_entry_t entry = suite_fault(p, inode, 3, &suite_page[5]), cookie;

		cookie = p->lock_folio(&suite_page[5]);
		ok(cookie == entry && inode->i_data.slot[3] == (entry | DAX_LOCKED),
		   "%s: locks a page when it is alone", p->name);
		p->unlock_folio(&suite_page[5], cookie);
		p->evict(inode);
		ref_rcu_barrier();
	}
	ok(!dax_protocol_at(dax_nr_protocols()) && !dax_protocol_find("none"),
	   "and no more of them");
}

int main(void)
{
	suite_count_bugs();
	ref_thread_online();
	test_numbers();
	test_lock();
	test_pmd();
	test_wait();
	test_one_queue();
	test_alone();
	ok(!suite_bugs, "and no bug seen");
	ref_thread_offline();
	return tap_done();
}
