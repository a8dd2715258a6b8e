// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Threads pin and reference pages while other threads map, unmap, truncate, free inodes, fork and
 * share. A page that is held is the one mapped at its address, and stays it; a pinned page is
 * exclusive; no page of a file that is written back is pinned for long and for writing; and no walk
 * looks at an inode that has been freed.
 */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../../scripts/tap.h"
#include "pin_walkers.h"

#define PAGE 4096ULL
#define NR 16 /* pages of each kind */
#define CHILD 0x40000000ULL
#define NR_FRAMES 4096
#define RUN_MS 1200
#define PATIENCE_MS 8000
#define MAX_QUARANTINE 65536

/* By address: a range of each kind, and two huge leaves. */
enum kind { ANON, SHMEM, A_FILE, SECRET, HUGE_ANON, NR_KINDS };

static struct {
	struct ref_mm *mm;
	struct ref_vma anon;
	struct {
		struct ref_page *folio; /* in the page cache, which has a reference */
		struct ref_mapping *inode;
	} cache[NR_KINDS][NR];
	bool rcu_less;
	int stop;
	int wrong, shared, forbidden, freed_inode; /* errors that were seen */
	unsigned long pins, refs, slow, forks, truncated;
	struct ref_mapping *quarantine[MAX_QUARANTINE]; /* freed inodes of the busted run */
	unsigned nr_quarantine;
} w;

static const struct ref_aops poison_aops = { .name = "poison" };

static uint64_t addr_of(enum kind kind, unsigned i)
{
	return ((uint64_t)kind + 1) * 0x400000 +
	       (kind == HUGE_ANON ? (uint64_t)i * 0x200000 : i * PAGE);
}

static unsigned next_random(unsigned long *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (unsigned)(*state >> 11);
}

/* ---- the walk held open between the load of a mapping and the look at what it points to ---- */

static __thread struct ref_mapping *loaded;
static __thread unsigned long turns;

static void hook_mapping(struct ref_page *folio)
{
	loaded = REF_READ_ONCE(folio->mapping);
}

static void hook_ops(struct ref_page *folio)
{
	if (++turns % 8 == 0)
		sched_yield();
	if (loaded && !((uintptr_t)loaded & REF_MAPPING_FLAGS) &&
	    REF_READ_ONCE(loaded->a_ops) == &poison_aops)
		REF_WRITE_ONCE(w.freed_inode, 1);
}

static void hook_yield(struct ref_page *page)
{
	if (++turns % 16 == 0)
		sched_yield();
}

GUP_WALKER(x86_64_4k_48, widened, .design = GUP_OFFSET_LOCKLESS, .before_get = hook_yield,
	   .before_mapping = hook_mapping, .before_ops = hook_ops)

/* ---- pinners ---- */

struct pinner {
	gup_fast_fn fast;
	bool slow; /* the whole of get_user_pages_fast(), over anonymous memory */
	unsigned long seed;
	pthread_t thread;
};

static bool belongs(const struct ref_page *page, uint64_t addr)
{
	const struct ref_page *head = page->head;

	return head->index + (uint64_t)(page - head) == addr / PAGE;
}

static void look(enum kind kind, struct ref_page *page, uint64_t addr, unsigned flags)
{
	const unsigned worst = GUP_PIN | GUP_LONGTERM | GUP_WRITE;
	struct ref_page *head = ref_page_folio(page);

	if (!belongs(page, addr) || REF_READ_ONCE(head->refcount) <= 0)
		REF_WRITE_ONCE(w.wrong, 1);
	if (kind == SECRET || (kind == A_FILE && (flags & worst) == worst))
		REF_WRITE_ONCE(w.forbidden, 1);
	if (flags & GUP_PIN && (kind == ANON || kind == HUGE_ANON) &&
	    !(REF_READ_ONCE(head->flags) & REF_PG_ANON_EXCLUSIVE))
		REF_WRITE_ONCE(w.shared, 1);
}

static void pin_once(struct pinner *p)
{
	static const unsigned flags_tried[] = {
		0,
		GUP_WRITE,
		GUP_PIN,
		GUP_PIN | GUP_WRITE,
		GUP_PIN | GUP_LONGTERM,
		GUP_PIN | GUP_LONGTERM | GUP_WRITE,
	};
	unsigned flags = flags_tried[next_random(&p->seed) % 6];
	enum kind kind = p->slow ? ANON : (enum kind)(next_random(&p->seed) % NR_KINDS);
	unsigned i = next_random(&p->seed) % (kind == HUGE_ANON ? 2 : NR - 3);
	unsigned long nr = 1 + next_random(&p->seed) % 3;
	uint64_t addr = addr_of(kind, i);
	struct ref_page *pages[4];
	long got;

	got = p->slow ? gup_pages_fast(p->fast, w.mm, addr, nr, flags, pages)
		      : (long)p->fast(w.mm, addr, nr, flags, pages);
	for (int turn = 0; turn < 2; turn++) {
		for (long k = 0; k < got; k++)
			look(kind, pages[k], addr + (uint64_t)k * PAGE, flags);
		sched_yield();
	}
	if (got <= 0)
		return;
	if (flags & GUP_PIN)
		gup_unpin(pages, (unsigned long)got);
	else
		gup_put(pages, (unsigned long)got);
	(void)ref_fetch_add(p->slow ? &w.slow : flags & GUP_PIN ? &w.pins : &w.refs, 1);
}

static void *pinner(void *arg)
{
	struct pinner *p = arg;

	if (ref_thread_online())
		return NULL;
	while (!REF_READ_ONCE(w.stop))
		pin_once(p);
	ref_thread_offline();
	return NULL;
}

/* ---- who maps, truncates and frees ---- */

static const struct ref_aops *const aops_of[NR_KINDS] = {
	[SHMEM] = &ref_shmem_aops,
	[A_FILE] = &ref_file_aops,
	[SECRET] = &ref_secretmem_aops,
};

static void on_freed(void *p, size_t size, const char *what)
{
	if (what && size == sizeof(struct ref_mapping))
		REF_WRITE_ONCE(((struct ref_mapping *)p)->a_ops, &poison_aops);
}

/* Keeps the inode's memory, so that a walk that looks at it does not crash. */
static void free_at_once(struct ref_mapping *inode)
{
	REF_WRITE_ONCE(inode->a_ops, &poison_aops);
	if (w.nr_quarantine < MAX_QUARANTINE)
		w.quarantine[w.nr_quarantine++] = inode;
}

static void map_file(enum kind kind, unsigned i)
{
	struct ref_mapping *inode = ref_mapping_alloc(aops_of[kind]);
	uint64_t addr = addr_of(kind, i);
	struct ref_page *folio;

	if (!inode || pgt_map_folio(w.mm, addr, PGT_PTE, true, inode, 0)) {
		ref_free(inode);
		return;
	}
	folio = pgt_lookup(w.mm, addr, true);
	(void)ref_fetch_add(&folio->refcount, 1);
	w.cache[kind][i].folio = folio;
	w.cache[kind][i].inode = inode;
}

/* Unmapped and truncated, in either order, and then the inode is gone. */
static void truncate_file(enum kind kind, unsigned i, bool unmap_first)
{
	struct ref_page *folio = w.cache[kind][i].folio;

	if (unmap_first)
		pgt_unmap(w.mm, addr_of(kind, i));
	ref_folio_truncate(folio);
	if (w.rcu_less)
		free_at_once(w.cache[kind][i].inode);
	else
		ref_mapping_free(w.cache[kind][i].inode);
	if (!unmap_first)
		pgt_unmap(w.mm, addr_of(kind, i));
	ref_folio_put(folio, 1);
	w.cache[kind][i].folio = NULL;
	w.truncated++;
}

static void change(unsigned long *seed)
{
	enum kind kind = (enum kind)(next_random(seed) % NR_KINDS);
	unsigned i = next_random(seed) % (kind == HUGE_ANON ? 2 : NR);

	ref_spin_lock(&w.mm->page_table_lock);
	if (kind == HUGE_ANON || kind == ANON) {
		if (pgt_unmap(w.mm, addr_of(kind, i)))
			pgt_map(w.mm, addr_of(kind, i), kind == ANON ? PGT_PTE : PGT_PMD,
				next_random(seed) % 4);
	} else if (w.cache[kind][i].folio) {
		truncate_file(kind, i, next_random(seed) % 2);
	} else {
		map_file(kind, i);
	}
	ref_spin_unlock(&w.mm->page_table_lock);
}

/* ---- who forks and shares ---- */

static void *forker(void *arg)
{
	unsigned long seed = *(unsigned long *)arg;

	if (ref_thread_online())
		return NULL;
	while (!REF_READ_ONCE(w.stop)) {
		uint64_t addr = addr_of(ANON, next_random(&seed) % NR);

		if (next_random(&seed) % 4 == 0) {
			gup_share_anon(w.mm, addr);
		} else {
			gup_fork_begin(w.mm);
			gup_fork_page(w.mm, addr, CHILD);
			gup_fork_end(w.mm);
			ref_spin_lock(&w.mm->page_table_lock);
			pgt_unmap(w.mm, CHILD);
			ref_spin_unlock(&w.mm->page_table_lock);
		}
		gup_write_fault(w.mm, addr);
		w.forks++;
		sched_yield();
	}
	ref_thread_offline();
	return NULL;
}

/* Runs RCU's callbacks, which run in a thread that waits for them. */
static void *rcu_thread(void *arg)
{
	if (ref_thread_online())
		return NULL;
	while (!REF_READ_ONCE(w.stop)) {
		ref_rcu_barrier();
		usleep(500);
	}
	ref_thread_offline();
	return NULL;
}

/* ---- a run ---- */

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool met(void)
{
	return REF_READ_ONCE(w.pins) > 200 && REF_READ_ONCE(w.refs) > 200 &&
	       REF_READ_ONCE(w.slow) > 100 && w.truncated > 200;
}

static void unmap_all(void)
{
	for (int kind = 0; kind < NR_KINDS; kind++)
		for (unsigned i = 0; i < NR; i++) {
			if (w.cache[kind][i].folio)
				truncate_file((enum kind)kind, i, true);
			else if (kind != HUGE_ANON || i < 2)
				pgt_unmap(w.mm, addr_of((enum kind)kind, i));
		}
	ref_rcu_barrier();
}

/* The number of frames with references after everything is unmapped and put. */
static size_t leaked(void)
{
	size_t nr = 0;

	for (size_t i = 0; i < w.mm->nr_frames; i++) {
		const struct ref_page *page = &w.mm->memmap[i];

		nr += page->refcount && !(page->flags & REF_PG_TABLE);
	}
	return nr;
}

static int create(bool rcu_less)
{
	struct pgt_opts opts = { "x86_64-4k-48", 0, NR_FRAMES };
	int err = ref_mm_create(&opts, &w.mm);

	w.rcu_less = rcu_less;
	w.stop = w.wrong = w.shared = w.forbidden = w.freed_inode = 0;
	w.pins = w.refs = w.slow = w.forks = w.truncated = 0;
	w.anon = (struct ref_vma){ .start = addr_of(ANON, 0),
				   .end = addr_of(ANON, NR),
				   .flags = REF_VM_READ | REF_VM_WRITE | REF_VM_MAYWRITE };
	return err ? err : ref_vma_add(w.mm, &w.anon);
}

static void run(unsigned long seed, bool rcu_less)
{
	struct pinner p[] = {
		{ .fast = gup_fast_x86_64_4k_48_widened, .seed = seed + 1 },
		{ .fast = gup_walker_find("x86_64-4k-48", "offset_lockless")->fast,
		  .seed = seed + 2 },
		{ .fast = gup_fast_x86_64_4k_48_widened, .slow = true, .seed = seed + 3 },
	};
	unsigned long fork_seed = seed + 4;
	pthread_t fork_thread, rcu;
	long start = now_ms(), ms = 0;

	for (unsigned i = 0; i < 3; i++)
		pthread_create(&p[i].thread, NULL, pinner, &p[i]);
	pthread_create(&fork_thread, NULL, forker, &fork_seed);
	pthread_create(&rcu, NULL, rcu_thread, NULL);
	while (rcu_less ? ms < PATIENCE_MS && !REF_READ_ONCE(w.freed_inode)
			: ms < RUN_MS || (ms < PATIENCE_MS && !met())) {
		for (unsigned i = 0; i < 64; i++)
			change(&seed);
		sched_yield();
		ms = now_ms() - start;
	}
	REF_WRITE_ONCE(w.stop, 1);
	for (unsigned i = 0; i < 3; i++)
		pthread_join(p[i].thread, NULL);
	pthread_join(fork_thread, NULL);
	pthread_join(rcu, NULL);
	unmap_all();
}

static void test_good(unsigned long seed)
{
	size_t left;

	run(seed, false);
	diag("%lu pins, %lu references, %lu by the slow path, %lu forks, %lu inodes freed", w.pins,
	     w.refs, w.slow, w.forks, w.truncated);
	ok(met(), "pinners, truncater and forker all got somewhere");
	ok(!w.wrong, "every page is its address's, and none is freed while it is held");
	ok(!w.shared, "no page is shared while it is pinned");
	ok(!w.forbidden, "no secretmem is returned, and no file pinned for long and for writing");
	ok(!w.freed_inode, "no walk looks at an inode that has been freed");
	left = leaked();
	ok(!left, "references and pins are what holders have: none is left (%zu)", left);
	ok(!gup_warnings, "nothing was warned of");
}

int main(int argc, char **argv)
{
	unsigned long seed = argc > 1 ? strtoul(argv[1], NULL, 0) : (unsigned long)time(NULL);

	alarm(120);
	diag("seed %lu", seed);
	if (ref_thread_online()) {
		tap_skip("no membarrier here: RCU cannot be waited for");
		return tap_done();
	}
	ref_mem_hook = on_freed;
	if (!ok(!create(false), "memory of %d frames", NR_FRAMES))
		return tap_done();
	test_good(seed | 1);
	ref_mm_destroy(w.mm);
	create(true);
	run(seed | 1, true);
	ok(w.freed_inode, "rcu_less: caught: a walk looks at an inode that was freed at once");
	while (w.nr_quarantine)
		ref_free(w.quarantine[--w.nr_quarantine]);
	ref_mm_destroy(w.mm);
	ref_thread_offline();
	return tap_done();
}
