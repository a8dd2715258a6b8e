// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Models of pins: GUP-fast judges a folio whose mapping is truncated and freed meanwhile, and pins
 * a page that KSM, migration or fork() is about to share.
 *
 * There is one small leaf, one walk of it, and one other task. The walk holds its page until the
 * end.
 */
#include <stdio.h>

#include <ref/mapping.h>

#include "../gup/share.h"
#include "../gup/walk.h"
#include "../pgtable/fmt_x86_64.h"
#include "models.h"

#define NO_FILE "no file that is written back is pinned for long and for writing"
#define NO_SECRET "no secretmem is returned"
#define TRUNCATED "no mapping is looked at where there is none"
#define NO_WARNING "nothing but a folio that the entry maps is judged"
#define EXCLUSIVE "a pinned page is this mm's alone"
#define BALANCED "references are what holders have"

#define AT 0x10000ULL
#define CHILD 0x20000ULL
#define SPARE 0x30000ULL
#define FRAMES 16

#define FIXED .design = GUP_OFFSET_LOCKLESS, .debug = true
GUP_WALKER(x86_64_4k_48, model_pin, FIXED)
GUP_WALKER(x86_64_4k_48, model_inverted, FIXED, .inverted = true)
GUP_WALKER(x86_64_4k_48, model_double_load, FIXED, .double_load = true)
GUP_WALKER(x86_64_4k_48, model_allowed_first, FIXED, .allowed_first = true)
GUP_WALKER(x86_64_4k_48, model_no_irq_save, .design = GUP_OFFSET_LOCKLESS,
	   .irq_save = GUP_STEP_REMOVED)
GUP_WALKER(x86_64_4k_48, model_relaxed, FIXED, .relaxed_get = true)
GUP_WALKER(x86_64_4k_48, model_pin_late, FIXED, .pin_after_recheck = true)
GUP_WALKER(x86_64_4k_48, model_no_unshare, FIXED, .unshare = GUP_STEP_REMOVED)
GUP_WALKER(x86_64_4k_48, model_no_seq, FIXED, .fork_seq = GUP_STEP_REMOVED)
GUP_WALKER(x86_64_4k_48, model_seq_once, FIXED, .fork_seq_once = true)

struct longterm_case {
	gup_fast_fn fast;
	unsigned flags;
	const struct ref_aops *a_ops; /* NULL: anonymous */
	bool read_only;		      /* the page is mapped read-only */
	void (*other)(void *arg);
	struct gup_share_variant share;
};

static struct {
	const struct longterm_case *c;
	struct ref_mm *mm;
	struct ref_mapping *mapping;
	struct ref_page *page;
	/* What the walker holds. */
	struct held {
		struct ref_page *page[1];
		unsigned long nr;
	} * held;
} l;

/* ---- tasks ---- */

static void walk(void *arg)
{
	struct ref_page *pages[1];
	unsigned long nr = l.c->fast(l.mm, AT, 1, l.c->flags, pages);

	if (nr) {
		if (l.c->a_ops == &ref_file_aops)
			explore_fail(NO_FILE, "the walk returned a page of such a file");
		if (l.c->a_ops == &ref_secretmem_aops)
			explore_fail(NO_SECRET, "the walk returned its page");
		REF_WRITE_ONCE(l.held->page[0], pages[0]);
	}
	REF_WRITE_ONCE(l.held->nr, nr);
}

/* Truncates the folio and leaves the entry: unmap_mapping_folio() ran before, or has not run yet.
 */
static void truncates(void *arg)
{
	ref_folio_truncate(l.page);
}

/* Truncates the folio, and then frees the inode. */
static void evicts(void *arg)
{
	ref_folio_truncate(l.page);
	ref_mapping_free(l.mapping);
}

static void evicts_at_once(void *arg)
{
	ref_folio_truncate(l.page);
	ref_mapping_free_now(l.mapping);
}

/* Unmaps the page; its frame becomes a slab page. */
static void reuses(void *arg)
{
	struct ref_page *slab;

	ref_spin_lock(&l.mm->page_table_lock);
	pgt_unmap(l.mm, AT);
	slab = __ref_folio_alloc(l.mm, 0, (char *)l.mapping, 0);
	if (slab)
		REF_WRITE_ONCE(slab->flags, REF_PG_SLAB);
	ref_spin_unlock(&l.mm->page_table_lock);
}

static void shares(void *arg)
{
	ref_spin_lock(&l.mm->page_table_lock);
	__gup_share(&l.c->share, l.mm, AT);
	ref_spin_unlock(&l.mm->page_table_lock);
}

static void forks(void *arg)
{
	__gup_seq_step(&l.c->share, l.mm);
	ref_spin_lock(&l.mm->page_table_lock);
	__gup_dup(&l.c->share, l.mm, AT, CHILD);
	ref_spin_unlock(&l.mm->page_table_lock);
	__gup_seq_step(&l.c->share, l.mm);
}

/* ---- invariants ---- */

static bool no_warning(void *arg, char *why, size_t size)
{
	if (!gup_warnings)
		return true;
	snprintf(why, size, "the kernel would warn of a slab page");
	return false;
}

static bool exclusive(void *arg, char *why, size_t size)
{
	struct ref_page *page = l.held->page[0];

	if (!l.held->nr || !(l.c->flags & GUP_PIN) || page->flags & REF_PG_ANON_EXCLUSIVE)
		return true;
	snprintf(why, size, "frame %zu is pinned and shared", ref_page_index(l.mm, page));
	return false;
}

/* Whether the count is one reference for each leaf, and one reference or pin for the walk. */
static bool balanced(void *arg, char *why, size_t size)
{
	int want = 0;

	for (int i = 0; i < 2; i++)
		want += pgt_lookup(l.mm, i ? CHILD : AT, false) == l.page;
	if (l.held->nr)
		want += l.c->flags & GUP_PIN ? GUP_PIN_BIAS : 1;
	if (l.page->refcount == want || l.page->flags & REF_PG_SLAB)
		return true;
	snprintf(why, size, "%d references, %d held", l.page->refcount, want);
	return false;
}

/* ---- setup ---- */

static int build(struct explore *e, const struct longterm_case *c)
{
	struct pgt_opts opts = { "x86_64-4k-48", 0, FRAMES };
	void *mapping;
	int err;

	err = ref_mm_create(&opts, &l.mm);
	if (err)
		return err;
	l.mapping->a_ops = c->a_ops;
	mapping = c->a_ops ? (char *)l.mapping : (char *)l.mm + REF_MAPPING_ANON;
	err = pgt_map_folio(l.mm, AT, PGT_PTE, !c->read_only, mapping,
			    c->a_ops ? 0 : REF_PG_ANON_EXCLUSIVE);
	if (err)
		return err;
	l.page = pgt_lookup(l.mm, AT, false);
	/* The builder writes these by plain stores. */
	explore_memory(e, l.mm, sizeof(*l.mm));
	explore_memory(e, l.mm->memmap, FRAMES * sizeof(*l.mm->memmap));
	explore_name(e, __pgt_entry(l.mm, AT, PGT_PTE), 8, 1, "pte");
	explore_name(e, __pgt_entry(l.mm, AT, PGT_PMD), 8, 1, "pmd");
	explore_name(e, __pgt_entry(l.mm, CHILD, PGT_PTE), 8, 1, "child pte");
	explore_name(e, &l.page->refcount, 4, 1, "folio->refcount");
	explore_name(e, &l.page->flags, 4, 1, "folio->flags");
	explore_name(e, &l.page->mapping, 8, 1, "folio->mapping");
	explore_name(e, &l.mm->write_protect_seq, 4, 1, "write_protect_seq");
	return 0;
}

static int setup(struct explore *e, const void *arg)
{
	int err;

	l.c = arg;
	l.held = explore_alloc(e, sizeof(*l.held));
	l.mapping = explore_alloc(e, sizeof(*l.mapping));
	if (!l.held || !l.mapping)
		return -ENOMEM;
	err = build(e, l.c);
	if (err)
		return err;
	explore_freed(NULL, sizeof(*l.mapping), TRUNCATED);
	explore_on_cpu(e, 0);
	explore_task(e, 0, "walk", walk, NULL);
	explore_task(e, 1, l.c->a_ops ? "inode" : "sharer", l.c->other, NULL);
	explore_invariant(e, NO_WARNING, no_warning, NULL, false);
	explore_invariant(e, BALANCED, balanced, NULL, true);
	if (!l.c->a_ops)
		explore_invariant(e, EXCLUSIVE, exclusive, NULL, true);
	return 0;
}

static void teardown(const void *arg)
{
	ref_mm_destroy(l.mm);
	l.mm = NULL;
}

/* ---- rows ---- */

#define PIN_WRITE (GUP_PIN | GUP_WRITE)
#define WORST (GUP_PIN | GUP_LONGTERM | GUP_WRITE)

#define ROW(name, is_busted, by, in_mode, asks, ...)                                               \
	{                                                                                          \
		.mechanism = "longterm", .variant = name, .summary = asks, .busted = is_busted,    \
		.caught_by = by, .mode = in_mode, .nr_cpus = 2, .setup = setup,                    \
		.teardown = teardown, .arg = &(const struct longterm_case){ __VA_ARGS__ },         \
	}
#define GOOD(name, asks, ...) ROW(name, false, NULL, EXPLORE_SC, asks, __VA_ARGS__)
#define GOOD_SB(name, asks, ...) ROW(name, false, NULL, EXPLORE_STORE_BUFFER, asks, __VA_ARGS__)
#define BUSTED(name, by, asks, ...) ROW(name, true, by, EXPLORE_SC, asks, __VA_ARGS__)
#define BUSTED_SB(name, by, asks, ...) ROW(name, true, by, EXPLORE_STORE_BUFFER, asks, __VA_ARGS__)
#define FAST(name) .fast = gup_fast_x86_64_4k_48_model_##name

const struct explore_model explore_longterm_models[] = {
	GOOD("folio_allowed",
	     "a long-term pin of shmem whose folio is truncated and inode freed by RCU", FAST(pin),
	     .flags = WORST, .a_ops = &ref_shmem_aops, .other = evicts),
	GOOD("folio_allowed_file",
	     "a long-term pin of a file that is written back: is it ever "
	     "returned",
	     FAST(pin), .flags = WORST, .a_ops = &ref_file_aops, .other = evicts),
	GOOD("folio_allowed_secretmem", "a plain reference on secretmem: is it ever returned",
	     FAST(pin), .flags = 0, .a_ops = &ref_secretmem_aops, .other = evicts),
	GOOD("folio_allowed_reuse",
	     "a frame that becomes a slab page between the load and the try-get", FAST(pin),
	     .flags = WORST, .a_ops = &ref_shmem_aops, .other = reuses),
	BUSTED("inverted", NO_FILE, "the judgement the wrong way round, as in v6 of the series",
	       FAST(inverted), .flags = WORST, .a_ops = &ref_file_aops, .other = truncates),
	BUSTED("double_load", TRUNCATED,
	       "folio->mapping is loaded twice, as a compiler may do without READ_ONCE() (v7)",
	       FAST(double_load), .flags = WORST, .a_ops = &ref_shmem_aops, .other = truncates),
	BUSTED("check_before_recheck", NO_WARNING,
	       "the folio is judged before the entry is read again (v8 moved it)",
	       FAST(allowed_first), .flags = WORST, .a_ops = &ref_shmem_aops, .other = reuses),
	BUSTED("rcu_less", "read of a freed inode", "the inode is freed without a grace period",
	       FAST(pin), .flags = WORST, .a_ops = &ref_shmem_aops, .other = evicts_at_once),
	BUSTED("no_irq_save", "read of a freed inode",
	       "the walk runs with interrupts on, which is no read-side section", FAST(no_irq_save),
	       .flags = WORST, .a_ops = &ref_shmem_aops, .other = evicts),

	GOOD_SB("pin_share", "a pin for writing against KSM's sharing, both with their barriers",
		FAST(pin), .flags = PIN_WRITE, .other = shares),
	GOOD_SB("pin_share_read_only",
		"a pin of a page mapped read-only against KSM's sharing: "
		"PageAnonExclusive decides",
		FAST(pin), .flags = GUP_PIN, .read_only = true, .other = shares),
	BUSTED_SB("pin_no_barrier", EXCLUSIVE,
		  "the pin orders nothing: the recheck may come before it", FAST(relaxed),
		  .flags = PIN_WRITE, .other = shares),
	BUSTED_SB("share_no_barrier", EXCLUSIVE,
		  "no barrier between clearing the entry and looking for pins", FAST(pin),
		  .flags = PIN_WRITE, .other = shares, .share.no_barrier = true),
	BUSTED("pin_after_recheck", EXCLUSIVE, "a reference, the recheck, and only then the pin",
	       FAST(pin_late), .flags = PIN_WRITE, .other = shares),
	BUSTED("no_unshare", EXCLUSIVE,
	       "a page mapped read-only is pinned without gup_must_unshare()", FAST(no_unshare),
	       .flags = GUP_PIN, .read_only = true, .other = shares),

	GOOD_SB("pin_fork",
		"a pin against fork(), which leaves the entry until it has shared the page",
		FAST(pin), .flags = PIN_WRITE, .other = forks),
	GOOD("pin_fork_read_only", "a pin of a page mapped read-only against fork()", FAST(pin),
	     .flags = GUP_PIN, .read_only = true, .other = forks),
	BUSTED("no_fork_seq", EXCLUSIVE, "the walk does not look at write_protect_seq",
	       FAST(no_seq), .flags = PIN_WRITE, .other = forks),
	BUSTED("fork_seq_once", EXCLUSIVE,
	       "the walk looks at write_protect_seq before it begins, not after its end",
	       FAST(seq_once), .flags = PIN_WRITE, .other = forks),
	BUSTED("fork_no_seq", EXCLUSIVE, "fork() does not raise write_protect_seq", FAST(pin),
	       .flags = PIN_WRITE, .other = forks, .share.no_seq = true),
	{ 0 },
};
