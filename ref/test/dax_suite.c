// SPDX-License-Identifier: GPL-2.0-or-later
/* What the tests of ref/dax share. */
#include <time.h>

#include "../dax/wait.h"
#include "dax_suite.h"

struct ref_page suite_page[SUITE_PAGES];
struct dax_device suite_dev;
unsigned suite_bugs;
const char *suite_last_bug = "";

void suite_init(const char *refs)
{
	dax_device_init(&suite_dev, dax_refs_find(refs), suite_page, SUITE_FIRST_PFN, SUITE_PAGES,
			SUITE_PMD_ORDER);
}

struct dax_inode *suite_inode(unsigned id)
{
	if (!suite_dev.pages)
		suite_init("1-is-idle");
	return dax_inode_create(&suite_dev, id, SUITE_PAGES);
}

dax_entry_t suite_fault(const struct dax_protocol *p, struct dax_inode *inode, uint64_t index,
			struct ref_page *page)
{
	struct dax_mapping *m = &inode->i_data;
	uint64_t pfn = SUITE_FIRST_PFN + (uint64_t)(page - suite_page);
	dax_entry_t entry = p->grab_entry(m, index, 0);

	entry = p->insert_entry(m, index, entry, pfn, 0);
	p->unlock_entry(m, index, entry);
	return entry;
}

static void count_bug(const char *what)
{
	REF_WRITE_ONCE(suite_last_bug, what);
	ref_fetch_add(&suite_bugs, 1);
}

void suite_count_bugs(void)
{
	dax_bug_hook = count_bug;
}

static void *task_main(void *arg)
{
	struct suite_task *t = arg;

	ref_thread_online();
	t->fn(t);
	t->stats = dax_stats;
	ref_thread_offline();
	ref_store_release(&t->done, 1);
	return NULL;
}

void suite_start(struct suite_task *t)
{
	pthread_create(&t->thread, NULL, task_main, t);
}

void suite_pause(unsigned ms)
{
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	nanosleep(&ts, NULL);
}

bool suite_done(const struct suite_task *t, unsigned ms)
{
	for (unsigned i = 0; i < ms && !ref_load_acquire(&t->done); i++)
		suite_pause(1);
	return ref_load_acquire(&t->done);
}

void suite_join(struct suite_task *t)
{
	pthread_join(t->thread, NULL);
}

bool suite_waiters(const struct dax_mapping *m, uint64_t index, unsigned nr)
{
	for (unsigned i = 0; i < 10000 && dax_nr_waiters(m, index, 0) != nr; i++)
		suite_pause(1);
	return dax_nr_waiters(m, index, 0) == nr;
}

void suite_rescue(const struct dax_mapping *m, uint64_t index)
{
	struct dax_key key = { m, index };

	dax_wake_up(dax_wait_table_at(&key), &key, true);
}

void suite_lock_folio(struct suite_task *t)
{
	t->got = t->p->lock_folio(t->page);
	if (t->got)
		t->p->unlock_folio(t->page, t->got);
}

void suite_delete(struct suite_task *t)
{
	t->got = t->p->delete_entry(&t->inode->i_data, t->index);
}

void suite_grab(struct suite_task *t)
{
	t->got = t->p->grab_entry(&t->inode->i_data, t->index, 0);
	t->p->unlock_entry(&t->inode->i_data, t->index, t->got);
}
