/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of ref/dax share: a small device, a fault, and threads that sleep. */
#ifndef REF_TEST_DAX_SUITE_H
#define REF_TEST_DAX_SUITE_H

#include <pthread.h>

#include <ref/dax.h>

#define SUITE_PAGES 8
#define SUITE_PMD_ORDER 2
#define SUITE_FIRST_PFN 0x100

extern struct ref_page suite_page[SUITE_PAGES];
extern struct dax_device suite_dev;
void suite_init(const char *refs); /* without a call: "1-is-idle" */

/* An inode of SUITE_PAGES pages. */
struct dax_inode *suite_inode(unsigned id);
/* A fault: the page at that index, through grab, insert and unlock. */
dax_entry_t suite_fault(const struct dax_protocol *p, struct dax_inode *inode, uint64_t index,
			struct ref_page *page);

/* dax_bug() calls since the program began; the last of them. */
extern unsigned suite_bugs;
extern const char *suite_last_bug;
void suite_count_bugs(void);

/* A thread that runs fn(t), online. */
struct suite_task {
	void (*fn)(struct suite_task *t);
	const struct dax_protocol *p;
	struct dax_inode *inode;
	struct ref_page *page;
	uint64_t index;
	dax_entry_t got;
	struct dax_stats stats; /* at its end */
	pthread_t thread;
	int done;
};
void suite_start(struct suite_task *t);
/* Waits for the end of the task. False: it has not ended within ms milliseconds. */
bool suite_done(const struct suite_task *t, unsigned ms);
void suite_join(struct suite_task *t);
void suite_pause(unsigned ms);
/* Waits until nr tasks wait for the entry. False: they do not within 10 s. */
bool suite_waiters(const struct dax_mapping *m, uint64_t index, unsigned nr);
/* Wakes every waiter of the entry, so that the test can go on after a lost wake-up. */
void suite_rescue(const struct dax_mapping *m, uint64_t index);

/* For suite_task.fn: lock and unlock the page; delete the entry; grab it and unlock it; evict. */
void suite_lock_folio(struct suite_task *t);
void suite_delete(struct suite_task *t);
void suite_grab(struct suite_task *t);

#endif
