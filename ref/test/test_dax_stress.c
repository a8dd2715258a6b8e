// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * DAX under load: threads fault, truncate, evict and free files, while other threads lock their
 * pages by speculation and take references by GUP-fast. A page is in one file at a time, is free
 * only when no thread holds it, and stays in its file as long as its entry is locked; a freed inode
 * is poisoned.
 *
 * The same with a step left out runs in a child, which exits as soon as it sees something wrong.
 */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <ref/gup.h>

#include "../../scripts/tap.h"
#include "../dax/protocol.h"
#include "gup_suite.h"

#define FORMAT "x86_64-4k-48"
#define PAGE 4096ULL
#define NR_PAGES 16
#define ORDER 4 /* of the device: log2 of its pages */
#define NR_FILES 2
#define NR_SLOTS 8
#define NR_INODES 8
#define POISON 0x6b6b6b6b6b6b6b6bULL
#define CAUGHT 42

struct file {
	pthread_rwlock_t open; /* held for writing: no other thread has the file open */
	struct dax_inode *inode;
	struct dax_vma vma;
	uint64_t block[NR_SLOTS]; /* pfn; 0: a hole. Under the entry's lock or invalidate_lock */
};

static struct world {
	const struct dax_protocol *p;
	struct ref_mm *mm;
	struct dax_device dev;
	gup_fast_fn gup_fast;
	struct file file[NR_FILES];
	struct dax_inode *inode[NR_INODES]; /* a ring of free ones, for the truncater */
	unsigned taken, given_back;
	struct dax_inode *all[NR_INODES];
	uint64_t free; /* a bit for each page in no file */
	int holders[NR_PAGES];
	uint64_t seed;
	int stop;
	/* Counts of errors, and of what the threads did. */
	unsigned long wrong, locks, retries, waits, gups, truncates, evicts, busy_truncated;
} w;

static bool in_child; /* a child exits at the first error */

static void wrong(void)
{
	if (in_child)
		_exit(CAUGHT);
	ref_fetch_add(&w.wrong, 1);
}

static void on_bug(const char *what)
{
	if (!in_child)
		diag("%s", what);
	wrong();
}

/* ---- the file system ---- */

static uint64_t get_block(struct dax_inode *inode, uint64_t index)
{
	struct file *f = &w.file[inode->id];
	uint64_t free = REF_READ_ONCE(w.free);

	while (!f->block[index] && free) {
		unsigned page = (unsigned)__builtin_ctzll(free);

		if (ref_try_cmpxchg(&w.free, &free, free & ~(1ULL << page)))
			f->block[index] = w.dev.first_pfn + page;
	}
	return f->block[index];
}

/* From here on another file may get the block. */
static void free_block(struct dax_inode *inode, uint64_t index)
{
	struct file *f = &w.file[inode->id];
	uint64_t page = f->block[index] - w.dev.first_pfn;

	if (!f->block[index])
		return;
	f->block[index] = 0;
	if (REF_READ_ONCE(w.holders[page]) || REF_READ_ONCE(w.dev.pages[page].mapping))
		wrong();
	(void)ref_fetch_or(&w.free, 1ULL << page);
}

static const struct dax_iomap_ops iomap_ops = { get_block, free_block };

/* Word by word: a concurrent reader must not follow a pointer that is half overwritten. */
static void fill(void *p, size_t size, uint64_t with)
{
	uint64_t *word = p;

	for (size_t i = 0; i < size / sizeof(*word); i++)
		REF_WRITE_ONCE(word[i], with);
}

static void poison(void *p, size_t size, const char *what)
{
	if (what)
		fill(p, size, POISON);
}

/* Puts the inode at the end of the ring of free ones. */
static void inode_gone(struct dax_inode *inode)
{
	w.inode[w.given_back++ % NR_INODES] = inode;
}

static uint64_t file_addr(const struct file *f)
{
	return (uint64_t)(f - w.file + 1) << 30;
}

/* The caller holds f->open for writing. */
static void new_inode(struct file *f)
{
	struct dax_inode *inode = w.inode[w.taken++ % NR_INODES];

	fill(inode, dax_inode_size(NR_SLOTS), 0);
	dax_inode_init(inode, &w.dev, (unsigned)(f - w.file), NR_SLOTS, inode_gone);
	inode->iomap = &iomap_ops;
	dax_mmap(&f->vma, w.mm, &inode->i_data, file_addr(f), 0, NR_SLOTS);
	f->inode = inode;
}

/* ---- who does what ---- */

/* Truncates a page or two; sometimes everything, and the inode with it. */
static void truncate_one(struct file *f, uint64_t *seed)
{
	uint64_t index = suite_rand(seed) % NR_SLOTS;

	if (suite_rand(seed) % 8) {
		pthread_rwlock_rdlock(&f->open);
		dax_truncate(w.p, &f->inode->i_data, index, 1 + index % 2);
		pthread_rwlock_unlock(&f->open);
		ref_fetch_add(&w.truncates, 1);
		return;
	}
	pthread_rwlock_wrlock(&f->open);
	dax_truncate(w.p, &f->inode->i_data, 0, NR_SLOTS);
	w.p->evict(f->inode);
	new_inode(f);
	pthread_rwlock_unlock(&f->open);
	ref_rcu_barrier(); /* poisons the old inode, and gives it back */
	ref_fetch_add(&w.evicts, 1);
}

static void fault_one(struct file *f, uint64_t *seed)
{
	pthread_rwlock_rdlock(&f->open);
	dax_fault(w.p, &f->vma, file_addr(f) + suite_rand(seed) % NR_SLOTS * PAGE, 0);
	pthread_rwlock_unlock(&f->open);
}

/* The locked slot is the page's own, and stays its own until it is unlocked. */
static void lock_one(uint64_t *seed)
{
	unsigned nr = (unsigned)(suite_rand(seed) % NR_PAGES);
	struct ref_page *page = &w.dev.pages[nr];
	dax_entry_t cookie = w.p->lock_folio(page);
	struct dax_mapping *m;
	uint64_t index;

	if (!cookie)
		return;
	m = REF_READ_ONCE(page->mapping);
	index = REF_READ_ONCE(page->index);
	if (dax_to_pfn(cookie) != w.dev.first_pfn + nr || !m ||
	    REF_READ_ONCE(m->slot[index]) != (cookie | DAX_LOCKED))
		wrong();
	if (suite_rand(seed) % 4 == 0)
		sched_yield();
	if (REF_READ_ONCE(page->mapping) != m || REF_READ_ONCE(page->index) != index)
		wrong();
	w.p->unlock_folio(page, cookie);
	ref_fetch_add(&w.locks, 1);
}

/* A page that GUP returns stays in its file until it is put. */
static void gup_one(struct file *f, uint64_t *seed)
{
	uint64_t addr = file_addr(f) + suite_rand(seed) % NR_SLOTS * PAGE;
	struct ref_page *page = NULL;
	unsigned nr;

	if (!w.gup_fast(w.mm, addr, 1, GUP_WRITE, &page)) {
		pthread_rwlock_rdlock(&f->open);
		page = dax_gup_slow(&f->vma, addr);
		pthread_rwlock_unlock(&f->open);
	}
	if (!page)
		return;
	nr = (unsigned)(page - w.dev.pages);
	ref_fetch_add(&w.holders[nr], 1);
	if (REF_READ_ONCE(w.free) & 1ULL << nr || !REF_READ_ONCE(page->mapping))
		wrong();
	if (suite_rand(seed) % 4 == 0)
		sched_yield();
	if (REF_READ_ONCE(w.free) & 1ULL << nr || !REF_READ_ONCE(page->mapping))
		wrong();
	ref_fetch_add(&w.holders[nr], -1);
	dax_put_page(page);
	ref_fetch_add(&w.gups, 1);
}

enum role { TRUNCATER, FAULTER, LOCKER, READER, NR_ROLES };

static void *thread_main(void *arg)
{
	enum role role = (enum role)(uintptr_t)arg;
	uint64_t seed = ref_fetch_add(&w.seed, 1);

	ref_thread_online();
	for (unsigned i = 0; !REF_READ_ONCE(w.stop); i++) {
		struct file *f = &w.file[i % NR_FILES];

		if (role == TRUNCATER)
			truncate_one(f, &seed);
		else if (role == FAULTER)
			fault_one(f, &seed);
		else if (role == LOCKER)
			lock_one(&seed);
		else
			gup_one(f, &seed);
	}
	ref_fetch_add(&w.retries, dax_stats.retries);
	ref_fetch_add(&w.waits, dax_stats.waits);
	ref_fetch_add(&w.busy_truncated, dax_stats.busy_truncated);
	ref_thread_offline();
	return NULL;
}

/* ---- runs ---- */

static bool begin(const struct dax_protocol *p, const char *refs)
{
	struct pgt_opts opts = { .format = FORMAT, .nr_frames = 64 };

	memset(&w, 0, sizeof(w));
	w.p = p;
	w.seed = suite_seed();
	w.free = (1ULL << NR_PAGES) - 1;
	w.gup_fast = gup_walker_find(FORMAT, "offset_lockless")->fast;
	if (ref_mm_create(&opts, &w.mm) ||
	    dax_device_create(&w.dev, dax_refs_find(refs), w.mm, ORDER, 1))
		return false;
	for (unsigned i = 0; i < NR_INODES; i++)
		inode_gone(w.all[i] = calloc(1, dax_inode_size(NR_SLOTS)));
	for (unsigned i = 0; i < NR_FILES; i++) {
		pthread_rwlock_init(&w.file[i].open, NULL);
		new_inode(&w.file[i]);
		fault_one(&w.file[i], &w.seed); /* makes its page tables */
	}
	return true;
}

/* An empty slot is never locked. A task that locked a foreign entry leaves such a slot, where the
 * next fault waits forever. */
static void look_at_slots(void)
{
	for (unsigned i = 0; i < NR_INODES; i++)
		for (unsigned slot = 0; slot < NR_SLOTS; slot++)
			if (REF_READ_ONCE(w.all[i]->slot[slot]) == DAX_LOCKED)
				wrong();
}

static bool enough(void)
{
	return REF_READ_ONCE(w.locks) > 100 && REF_READ_ONCE(w.gups) > 100 &&
	       REF_READ_ONCE(w.truncates) > 20 && REF_READ_ONCE(w.evicts) > 2;
}

/* Runs two threads of each role, but one truncater, which frees inodes. Runs for ms milliseconds;
 * 0: until enough was done. */
static void run(unsigned ms)
{
	struct timespec ts = { .tv_nsec = 1000000 };
	pthread_t thread[2 * NR_ROLES];
	unsigned nr = 0, patience = 10000;

	for (uintptr_t i = 0; i < 2 * NR_ROLES - 1; i++)
		pthread_create(&thread[nr++], NULL, thread_main, (void *)((i + 1) / 2));
	while (!REF_READ_ONCE(w.wrong) && (ms ? ms-- : !enough() && patience--)) {
		nanosleep(&ts, NULL);
		look_at_slots();
	}
	REF_WRITE_ONCE(w.stop, 1);
	while (nr)
		pthread_join(thread[--nr], NULL);
}

/* Truncates everything. Whether all pages are then free, and as they were at first. */
static bool all_idle(void)
{
	bool idle = true;

	for (unsigned i = 0; i < NR_FILES; i++) {
		dax_truncate(w.p, &w.file[i].inode->i_data, 0, NR_SLOTS);
		w.p->evict(w.file[i].inode);
	}
	ref_rcu_barrier();
	for (unsigned i = 0; i < NR_PAGES; i++)
		idle &= w.dev.pages[i].refcount == w.dev.refs->initial && !w.dev.pages[i].mapping &&
			!w.dev.pages[i].mapcount && !w.holders[i];
	return idle && w.free == (1ULL << NR_PAGES) - 1;
}

static void end(void)
{
	for (unsigned i = 0; i < NR_INODES; i++)
		free(w.all[i]);
	ref_mm_destroy(w.mm);
}

static void test_right(const struct dax_protocol *p, const char *refs, unsigned ms)
{
	bool idle;

	ok(begin(p, refs), "%s, %s: begun", p->summary, refs);
	run(ms);
	idle = all_idle();
	diag("%lu locks (%lu retries, %lu waits), %lu pages got, %lu truncations, %lu evictions",
	     w.locks, w.retries, w.waits, w.gups, w.truncates, w.evicts);
	diag("%lu pages truncated with a walker at them that gave up then", w.busy_truncated);
	ok(!w.wrong && idle && w.locks && w.gups && w.evicts,
	   "%s, %s: nothing went wrong, and all is idle at the end", p->summary, refs);
	end();
}

/* ---- with a step left out, and its window held open ---- */

static void hook_yield(struct dax_mapping *m)
{
	static __thread unsigned calls;

	if (calls++ % 4 == 0)
		sched_yield();
	if (REF_READ_ONCE(m->nr_slots) == POISON)
		wrong();
}

DAX_PROTOCOL(hooked, "merged, held up", false, .before_lock = hook_yield)
DAX_PROTOCOL(hooked_no_revalidate, "no_revalidate", true, .before_lock = hook_yield,
	     .no_revalidate = true)
DAX_PROTOCOL(hooked_no_rcu, "no_rcu", true, .before_lock = hook_yield, .no_rcu = true)

static bool caught(const struct dax_protocol *p, const char *refs)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		in_child = true;
		/* The race is wanted here: drop ThreadSanitizer's report of it. */
		if (!freopen("/dev/null", "w", stderr))
			_exit(1);
		alarm(12);
		ref_thread_online(); /* anew, in this process */
		if (begin(p, refs))
			run(8000);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == CAUGHT;
}

/* Tries again: a broken protocol may also leave its threads waiting for one another, and a child
 * that hangs shows nothing. */
static void test_busted(const struct dax_protocol *p, const char *refs, const char *what)
{
	int tries = 0;
	bool seen;

	do {
		seen = caught(p, refs);
	} while (!seen && ++tries < 5);
	ok(seen, "%s, %s: %s", p->summary, refs, what);
}

int main(void)
{
	dax_bug_hook = on_bug;
	ref_mem_hook = poison;
	/* The children run first: fork() needs a process with one thread. */
	test_busted(&dax_hooked_no_revalidate, "1-is-idle", "a foreign slot is locked");
	test_busted(&dax_hooked_no_rcu, "1-is-idle", "a freed inode is about to be locked");
	test_busted(dax_protocol_find("merged"), "idle_1_on_0_pages",
		    "a page is freed while referenced");
	ref_thread_online();
	test_right(dax_protocol_find("merged"), "1-is-idle", 500);
	test_right(dax_protocol_find("merged"), "0-is-idle_lock_kept", 500);
	test_right(&dax_hooked, "1-is-idle", 300);
	ref_thread_offline();
	return tap_done();
}
