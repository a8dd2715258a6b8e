// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The entry protocol with a step left out, and the same schedule with that step: each step is seen
 * to be necessary. Hooks hold the windows open, so that nothing depends on chance. A task that
 * sleeps forever, or spins on the lock of a freed inode, is released once the test has seen it do
 * so.
 */
#include <string.h>

#include "../../scripts/tap.h"
#include "../dax/protocol.h"
#include "dax_suite.h"

#define SHORT_MS 60 /* how long the test waits for an event that must not happen */
#define LONG_MS 10000
#define POISON 0x6b

static void hook_before_lock(struct dax_mapping *m);
static void hook_before_queue(struct dax_mapping *m);
static void hook_after_sleep(struct dax_mapping *m);

#define HOOKS                                                                                      \
	.before_lock = hook_before_lock, .before_queue = hook_before_queue,                        \
	.after_sleep = hook_after_sleep
DAX_PROTOCOL(hooked, "merged", false, HOOKS)
DAX_PROTOCOL(hooked_no_revalidate, "no_revalidate", true, HOOKS, .no_revalidate = true)
DAX_PROTOCOL(hooked_no_rcu, "no_rcu", true, HOOKS, .no_rcu = true)
DAX_PROTOCOL(hooked_wait_after_unlock, "wait_after_unlock", true, HOOKS, .wait_after_unlock = true)
DAX_PROTOCOL(hooked_touch_after_sleep, "touch_after_sleep", true, HOOKS, .touch_after_sleep = true)

/* What the hooks of the running schedule do, each once. */
static struct {
	void (*before_lock)(struct dax_mapping *m);
	void (*before_queue)(struct dax_mapping *m);
	void (*after_sleep)(struct dax_mapping *m);
	const struct dax_protocol *p;
	struct dax_inode *one, *two;
	struct suite_task helper;
	dax_entry_t cookie;
	unsigned window_ms; /* how long a helper has */
	bool in_time;	    /* the helper ended before the window closed */
} script;

/* Begins a schedule. happens: the helper must end within its window, which is then longer. */
static void begin(const struct dax_protocol *p, bool happens)
{
	memset(&script, 0, sizeof(script));
	script.p = p;
	script.window_ms = happens ? LONG_MS : SHORT_MS;
}

static void once(void (**fn)(struct dax_mapping *m), struct dax_mapping *m)
{
	void (*f)(struct dax_mapping *) = *fn;

	*fn = NULL;
	if (f)
		f(m);
}

static void hook_before_lock(struct dax_mapping *m)
{
	once(&script.before_lock, m);
}

static void hook_before_queue(struct dax_mapping *m)
{
	once(&script.before_queue, m);
}

static void hook_after_sleep(struct dax_mapping *m)
{
	once(&script.after_sleep, m);
}

/* ---- the page goes to another file between the load of its mapping and the lock ---- */

static void move_page(struct dax_mapping *m)
{
	script.p->delete_entry(m, 2);
	suite_fault(script.p, script.two, 5, &suite_page[1]);
	suite_fault(script.p, script.one, 5, &suite_page[2]); /* another page at that index */
}

static void test_moved(const struct dax_protocol *p, bool right)
{
	uint64_t retries = dax_stats.retries;
	dax_entry_t cookie, one, two;
	unsigned bugs = suite_bugs;

	begin(p, true);
	script.one = suite_inode(1);
	script.two = suite_inode(2);
	script.before_lock = move_page;
	suite_fault(p, script.one, 2, &suite_page[1]);
	cookie = p->lock_folio(&suite_page[1]);
	one = script.one->i_data.slot[5];
	two = script.two->i_data.slot[5];
	if (right) {
		ok(two & DAX_LOCKED && !(one & DAX_LOCKED) &&
			   dax_to_pfn(cookie) == dax_to_pfn(two) &&
			   dax_stats.retries == retries + 1,
		   "%s: the page moved to another file: tried again, and locked there", p->summary);
	} else {
		ok(one & DAX_LOCKED && !(two & DAX_LOCKED) &&
			   dax_to_pfn(cookie) == SUITE_FIRST_PFN + 2,
		   "%s: the page moved to another file: a foreign slot is locked", p->summary);
	}
	p->unlock_folio(&suite_page[1], cookie);
	ok((suite_bugs == bugs) == right, "%s: unlocking it %s", p->summary,
	   right ? "is quiet" : "hits a BUG_ON");
	if (!right)
		ok(script.two->i_data.slot[5] == dax_make_entry(SUITE_FIRST_PFN + 2, 0),
		   "%s: and leaves the page's own slot with another page", p->summary);
	/* Mend the slots by hand. */
	script.one->i_data.slot[5] = dax_make_entry(SUITE_FIRST_PFN + 2, 0);
	script.two->i_data.slot[5] = dax_make_entry(SUITE_FIRST_PFN + 1, 0);
	p->evict(script.one);
	p->evict(script.two);
	ref_rcu_barrier();
}

/* ---- inodes whose lock, once freed, is never free ---- */

static int nr_freed;

static void poison_inode(struct dax_inode *inode)
{
	REF_WRITE_ONCE(inode->i_data.i_pages.locked, POISON);
	ref_fetch_add(&nr_freed, 1);
}

static struct dax_inode *poisoned_inode(unsigned id)
{
	struct dax_inode *inode = ref_alloc(dax_inode_size(SUITE_PAGES));

	dax_inode_init(inode, &suite_dev, id, SUITE_PAGES, poison_inode);
	nr_freed = 0;
	return inode;
}

static void do_evict(struct suite_task *t)
{
	t->p->evict(t->inode);
	ref_rcu_barrier();
}

/* Starts a helper that evicts and frees the inode, waits for it for the window, and leaves it
 * running. */
static void free_inode(struct dax_mapping *m)
{
	script.helper = (struct suite_task){ .fn = do_evict, .p = script.p, .inode = script.one };
	suite_start(&script.helper);
	script.in_time = suite_done(&script.helper, script.window_ms);
}

/* The inode is freed, and the thread that locks is stuck on a lock that nobody holds. */
static bool stuck(const struct suite_task *t, struct dax_inode *inode)
{
	bool is;

	for (unsigned i = 0; i < LONG_MS && !ref_load_acquire(&nr_freed); i++)
		suite_pause(1);
	is = !suite_done(t, SHORT_MS) && REF_READ_ONCE(inode->i_data.i_pages.locked) == POISON;
	REF_WRITE_ONCE(inode->i_data.i_pages.locked, 0);
	return is;
}

static void test_freed(const struct dax_protocol *p, bool right)
{
	struct suite_task t = { .fn = suite_lock_folio, .p = p, .page = &suite_page[1] };
	bool was_stuck;

	begin(p, !right);
	script.one = poisoned_inode(1);
	script.before_lock = free_inode;
	suite_fault(p, script.one, 2, &suite_page[1]);
	suite_start(&t);
	was_stuck = !right && stuck(&t, script.one);
	suite_join(&t);
	suite_join(&script.helper);
	if (right)
		ok(!script.in_time && !t.got && nr_freed == 1,
		   "%s: the inode of a page is freed after the section that found it", p->summary);
	else
		ok(script.in_time && was_stuck, "%s: the lock taken is a freed inode's",
		   p->summary);
	ref_free(script.one);
}

/* ---- the entry is unlocked between the look at it and the queue ---- */

static void do_unlock_folio(struct suite_task *t)
{
	t->p->unlock_folio(t->page, t->got);
}

static void unlock_now(struct dax_mapping *m)
{
	script.helper = (struct suite_task){
		.fn = do_unlock_folio,
		.p = script.p,
		.page = &suite_page[1],
		.got = script.cookie,
	};
	suite_start(&script.helper);
	script.in_time = suite_done(&script.helper, script.window_ms);
}

static void test_queue(const struct dax_protocol *p, bool right)
{
	struct suite_task t = { .fn = suite_lock_folio, .p = p, .page = &suite_page[1] };
	struct dax_inode *inode = suite_inode(1);

	begin(p, !right);
	suite_fault(p, inode, 2, &suite_page[1]);
	script.cookie = p->lock_folio(&suite_page[1]);
	script.before_queue = unlock_now;
	suite_start(&t);
	if (right) {
		ok(suite_done(&t, LONG_MS) && !script.in_time && t.got == script.cookie,
		   "%s: who unlocks finds who looked", p->summary);
	} else {
		ok(suite_waiters(&inode->i_data, 2, 1) && !suite_done(&t, SHORT_MS) &&
			   script.in_time && !(REF_READ_ONCE(inode->i_data.slot[2]) & DAX_LOCKED),
		   "%s: asleep for an entry that is unlocked", p->summary);
		suite_rescue(&inode->i_data, 2);
	}
	suite_join(&t);
	suite_join(&script.helper);
	p->evict(inode);
	ref_rcu_barrier();
}

/* ---- the inode goes while somebody sleeps for its entry ---- */

static void test_slept(const struct dax_protocol *p, bool right)
{
	struct suite_task t = { .fn = suite_lock_folio, .p = p, .page = &suite_page[1] };
	dax_entry_t cookie;
	bool was_stuck;

	begin(p, true);
	script.one = poisoned_inode(1);
	suite_fault(p, script.one, 2, &suite_page[1]);
	cookie = p->lock_folio(&suite_page[1]);
	script.after_sleep = free_inode;
	suite_start(&t);
	suite_waiters(&script.one->i_data, 2, 1);
	p->unlock_folio(&suite_page[1], cookie);
	was_stuck = !right && stuck(&t, script.one);
	suite_join(&t);
	suite_join(&script.helper);
	ok(script.in_time && !t.got && was_stuck == !right, "%s: %s", p->summary,
	   right ? "the inode goes while one sleeps for its entry, who does not look back"
		 : "the lock taken after the sleep is a freed inode's");
	ref_free(script.one);
}

/* ---- who is woken, and by whom ---- */

/* The entry is locked; a deleter, and then another of kind fn, wait for it exclusively. */
static void test_pass_on(const char *name, void (*fn)(struct suite_task *t), unsigned nr,
			 bool right)
{
	const struct dax_protocol *p = dax_protocol_find(name);
	struct dax_inode *inode = suite_inode(1);
	struct suite_task t[3] = { { .fn = suite_delete } };
	dax_entry_t entry = suite_fault(p, inode, 2, &suite_page[1]);
	bool all = true;

	p->grab_entry(&inode->i_data, 2, 0);
	for (unsigned i = 0; i < nr; i++) {
		t[i].fn = i ? fn : suite_delete;
		t[i].p = p;
		t[i].inode = inode;
		t[i].index = 2;
		suite_start(&t[i]);
		suite_waiters(&inode->i_data, 2, i + 1);
	}
	p->unlock_entry(&inode->i_data, 2, entry);
	for (unsigned i = 0; i < nr; i++)
		all &= suite_done(&t[i], right || i + 1 < nr ? LONG_MS : SHORT_MS);
	if (right)
		ok(all, "%s: %u waited exclusively, and all are woken in turn", name, nr);
	else
		ok(!all && suite_done(&t[nr - 2], 0) && suite_waiters(&inode->i_data, 2, 1),
		   "%s: of %u that waited exclusively, the last is forgotten", name, nr);
	suite_rescue(&inode->i_data, 2);
	for (unsigned i = 0; i < nr; i++)
		suite_join(&t[i]);
	p->evict(inode);
	ref_rcu_barrier();
}

/* ---- a PMD entry is one lock, at whichever index it is waited for ---- */

static void test_pmd(const char *name, bool right)
{
	const struct dax_protocol *p = dax_protocol_find(name);
	struct dax_inode *inode = suite_inode(1);
	struct dax_mapping *m = &inode->i_data;
	struct suite_task t = { .fn = suite_lock_folio, .p = p, .page = &suite_page[7] };
	dax_entry_t entry = p->grab_entry(m, 4, SUITE_PMD_ORDER), cookie;

	entry = p->insert_entry(m, 4, entry, SUITE_FIRST_PFN + 4, DAX_PMD);
	p->unlock_entry(m, 4, entry);
	cookie = p->lock_folio(&suite_page[5]);
	suite_start(&t);
	ok(suite_waiters(m, right ? 4 : 7, 1), "%s: who locks index 7 waits at index %d", name,
	   right ? 4 : 7);
	p->unlock_folio(&suite_page[5], cookie);
	ok(suite_done(&t, right ? LONG_MS : SHORT_MS) == right,
	   "%s: who unlocks index 5 of the same PMD entry %s it", name,
	   right ? "wakes" : "does not wake");
	suite_rescue(m, right ? 4 : 7);
	suite_join(&t);
	p->evict(inode);
	ref_rcu_barrier();
}

int main(void)
{
	suite_count_bugs();
	ref_thread_online();
	test_moved(&dax_hooked, true);
	test_moved(&dax_hooked_no_revalidate, false);
	test_freed(&dax_hooked, true);
	test_freed(&dax_hooked_no_rcu, false);
	test_queue(&dax_hooked, true);
	test_queue(&dax_hooked_wait_after_unlock, false);
	test_slept(&dax_hooked, true);
	test_slept(&dax_hooked_touch_after_sleep, false);
	test_pass_on("merged", suite_grab, 2, true);
	test_pass_on("exclusive_no_pass_on", suite_grab, 2, false);
	test_pass_on("merged", suite_delete, 3, true);
	test_pass_on("wake_one_deleted", suite_delete, 3, false);
	test_pmd("merged", true);
	test_pmd("pmd_not_rounded", false);
	ref_thread_offline();
	return tap_done();
}
