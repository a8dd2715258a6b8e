// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which folios GUP-fast may return: every combination of flags, folio and mapping against a table
 * typed from the rules, and mappings that change while the walk looks at them.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "../../scripts/tap.h"
#include "pin_walkers.h"

#define PAGE 4096ULL
#define SMALL_ADDR (2 * PAGE)

/* ---- the truth table ---- */

enum kind { NO_MAPPING, ANON, KSM, MOVABLE, A_FILE, SHMEM, SECRETMEM, HUGETLBFS, NR_KINDS };

/*
 * Whether a walk may return a folio of each kind. neither: the folio is large and not pinned for
 * long and for writing, so the walk asks nothing. secret: it is small, so that it might be
 * secretmem. reject: it is pinned for long and for writing, so that no file may write it back.
 * both: secret and reject.
 */
static const struct {
	const char *name;
	bool neither, secret, reject, both;
} table[NR_KINDS] = {
	[NO_MAPPING] = { "no mapping", true, false, false, false },
	[ANON] = { "anonymous", true, true, true, true },
	[KSM] = { "KSM", true, true, true, true },
	[MOVABLE] = { "a driver's movable page", true, false, false, false },
	[A_FILE] = { "a file that is written back", true, true, false, false },
	[SHMEM] = { "shmem", true, true, true, true },
	[SECRETMEM] = { "secretmem", true, false, false, false },
	[HUGETLBFS] = { "a file of hugetlbfs", true, true, false, false },
};

static struct ref_mapping mappings[NR_KINDS];

static void *mapping_of(enum kind kind)
{
	static const struct ref_aops *const ops[NR_KINDS] = {
		[A_FILE] = &ref_file_aops,
		[SHMEM] = &ref_shmem_aops,
		[SECRETMEM] = &ref_secretmem_aops,
		[HUGETLBFS] = &ref_hugetlb_aops,
	};
	char *m = (char *)&mappings[kind];

	mappings[kind].a_ops = ops[kind];
	switch (kind) {
	case NO_MAPPING:
		return NULL;
	case ANON:
		return m + REF_MAPPING_ANON;
	case MOVABLE:
		return m + REF_MAPPING_MOVABLE;
	case KSM:
		return m + (REF_MAPPING_ANON | REF_MAPPING_MOVABLE);
	default:
		return m;
	}
}

static bool may_return(enum kind kind, bool large, unsigned page_flags, unsigned flags)
{
	bool reject = flags & GUP_PIN && flags & GUP_LONGTERM && flags & GUP_WRITE;

	if (large && !reject)
		return table[kind].neither;
	if (page_flags & REF_PG_SLAB)
		return false;
	if (page_flags & REF_PG_HUGETLB)
		return true;
	return large ? table[kind].reject : reject ? table[kind].both : table[kind].secret;
}

static const unsigned page_flags_tried[] = { 0, REF_PG_SLAB, REF_PG_HUGETLB,
					     REF_PG_SLAB | REF_PG_HUGETLB };

struct verdict {
	unsigned asked, wrong, allowed;
	unsigned warned, may_warn; /* slab */
	bool counted;
	char first[120];
};

/* One folio, one set of flags. */
static void ask(struct ref_mm *mm, gup_fast_fn fast, struct ref_page *folio, uint64_t addr,
		enum kind kind, unsigned page_flags, unsigned flags, struct verdict *v)
{
	bool large = folio->nr > 1, want = may_return(kind, large, page_flags, flags);
	int warnings = gup_warnings, refs = folio->refcount;
	struct ref_page *pages[1];
	unsigned long got;

	folio->mapping = mapping_of(kind);
	folio->flags = page_flags | REF_PG_ANON_EXCLUSIVE;
	got = fast(mm, addr, 1, flags, pages);
	v->asked++;
	v->allowed += got == 1;
	v->warned += gup_warnings != warnings;
	v->may_warn += page_flags & REF_PG_SLAB && !want;
	if (got != want && !v->wrong++)
		snprintf(v->first, sizeof(v->first), "%s, %s, page flags 0x%x, flags %u: %s",
			 table[kind].name, large ? "large" : "small", page_flags, flags,
			 got ? "returned" : "refused");
	if (got && flags & GUP_PIN)
		gup_unpin(pages, got);
	else
		gup_put(pages, got);
	v->counted &= folio->refcount == refs && !folio->pincount;
}

static struct verdict whole_table(const struct pin_walkers *w, gup_fast_fn fast)
{
	struct verdict v = { .counted = true };
	struct ref_mm *mm = pin_mm(w);
	uint64_t large = 2ULL << pgt_level_shift(mm, PGT_PMD);

	pgt_map(mm, SMALL_ADDR, PGT_PTE, true);
	pgt_map(mm, large, PGT_PMD, true);
	for (int kind = 0; kind < NR_KINDS; kind++)
		for (unsigned p = 0; p < 4; p++)
			for (unsigned flags = 0; flags < 8; flags++) {
				ask(mm, fast, pgt_lookup(mm, SMALL_ADDR, true), SMALL_ADDR,
				    (enum kind)kind, page_flags_tried[p], flags, &v);
				ask(mm, fast, pgt_lookup(mm, large, true), large, (enum kind)kind,
				    page_flags_tried[p], flags, &v);
			}
	ref_mm_destroy(mm);
	return v;
}

static void test_table(const struct pin_walkers *w)
{
	struct verdict v = whole_table(w, w->good);

	ok(v.asked == NR_KINDS * 4 * 8 * 2 && !v.wrong && v.allowed && v.allowed < v.asked,
	   "%s: what may be returned is, and nothing else (%u of %u allowed)", w->format, v.allowed,
	   v.asked);
	if (v.wrong)
		diag("%u wrong; first: %s", v.wrong, v.first);
	ok(v.counted, "%s: and refusals leave no reference and no pin", w->format);
	ok(v.warned && v.warned == v.may_warn, "%s: a slab page that is refused is warned of",
	   w->format);
	v = whole_table(w, gup_walker_find(w->format, "offset_lockless")->fast);
	ok(!v.wrong, "%s: the same for the walker that is measured", w->format);
	v = whole_table(w, w->inverted);
	ok(v.wrong, "%s: inverted: the judgement the wrong way round fails the table (%u wrong)",
	   w->format, v.wrong);
	diag("first: %s", v.first);
	v = whole_table(w, w->no_allowed);
	ok(v.wrong, "%s: no_allowed: no judgement at all fails the table (%u wrong)", w->format,
	   v.wrong);
	v = whole_table(w, w->no_irq_save);
	ok(v.warned > v.may_warn,
	   "%s: no_irq_save: a mapping looked at with interrupts on is warned of", w->format);
}

/* ---- races over the mapping, one at a time ---- */

static struct {
	struct ref_mm *mm;
	struct ref_mapping *mapping;
	unsigned freed;
} r;

static void note_freed(void *p, size_t size, const char *what)
{
	r.freed += what && p == r.mapping && size == sizeof(*r.mapping);
}

static void truncate_folio(struct ref_page *folio)
{
	ref_folio_truncate(folio);
}

static void truncate_and_free(struct ref_page *folio)
{
	ref_folio_truncate(folio);
	ref_mapping_free(r.mapping);
}

static void truncate_and_free_now(struct ref_page *folio)
{
	ref_folio_truncate(folio);
	ref_mapping_free_now(r.mapping);
}

/* A page of a shmem file, pinned for long and for writing, while `fn` runs at `point`. */
static unsigned long raced_walk(const struct pin_walkers *w, gup_fast_fn fast, enum pin_point point,
				unsigned at, void (*fn)(struct ref_page *))
{
	struct ref_page *pages[1];
	unsigned long got;

	r.mm = pin_mm(w);
	r.mapping = ref_mapping_alloc(&ref_shmem_aops);
	r.freed = 0;
	ref_mem_hook = note_freed;
	pgt_map_folio(r.mm, SMALL_ADDR, PGT_PTE, true, r.mapping, 0);
	pin_hook_set(point, at, fn);
	got = fast(r.mm, SMALL_ADDR, 1, GUP_PIN | GUP_LONGTERM | GUP_WRITE, pages);
	gup_unpin(pages, got);
	return got;
}

/* Walks in a child, which may die of it. */
static bool survives(const struct pin_walkers *w, gup_fast_fn fast, enum pin_point point,
		     unsigned at, void (*fn)(struct ref_page *))
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (!freopen("/dev/null", "w", stderr)) /* drop a sanitizer's report */
			_exit(2);
		raced_walk(w, fast, point, at, fn);
		_exit(r.freed ? 3 : 0);
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

static void test_truncation(const struct pin_walkers *w)
{
	unsigned long got = raced_walk(w, w->good, PIN_BEFORE_MAPPING, 0, truncate_folio);

	ok(!got && pgt_lookup(r.mm, SMALL_ADDR, true)->refcount == 1,
	   "%s: a folio that is truncated before its mapping is loaded is left to the slow path",
	   w->format);
	ref_mapping_free_now(r.mapping);
	ref_mm_destroy(r.mm);
	got = raced_walk(w, w->good, PIN_BEFORE_MAPPING, 1, truncate_folio);
	ok(got == 1 && pin_hook.calls == 1, "%s: the mapping is loaded once, and judged by that",
	   w->format);
	ref_mapping_free_now(r.mapping);
	ref_mm_destroy(r.mm);
	ok(!survives(w, w->double_load, PIN_BEFORE_MAPPING, 1, truncate_folio),
	   "%s: double_load: truncated between two loads, nothing is dereferenced", w->format);
}

static void test_inode(const struct pin_walkers *w)
{
	unsigned long got = raced_walk(w, w->good, PIN_BEFORE_OPS, 0, truncate_and_free);

	ok(got == 1 && !r.freed, "%s: an inode freed by RCU outlives the walk that looks at it",
	   w->format);
	ref_rcu_barrier();
	ok(r.freed == 1, "%s: and is freed after it", w->format);
	ref_mm_destroy(r.mm);
	ok(!survives(w, w->good, PIN_BEFORE_OPS, 0, truncate_and_free_now),
	   "%s: rcu_less: an inode freed at once is read after that", w->format);
}

/* The page is unmapped, and its frame becomes a slab page, before the try-get. */
static void reuse_as_slab(struct ref_page *page)
{
	struct ref_page *slab;

	pgt_unmap(r.mm, SMALL_ADDR);
	for (unsigned i = 0; i < 64 && !page->refcount; i++) {
		slab = __ref_folio_alloc(r.mm, 0, (void *)0x5a5a5a5a, 0);
		slab->flags = REF_PG_SLAB;
	}
}

static void test_order(const struct pin_walkers *w)
{
	int warnings = gup_warnings;
	unsigned long got = raced_walk(w, w->good, PIN_BEFORE_GET, 0, reuse_as_slab);

	ok(!got && gup_warnings == warnings,
	   "%s: a frame that is somebody else's by now is left alone, unjudged", w->format);
	ref_mapping_free_now(r.mapping);
	ref_mm_destroy(r.mm);
	raced_walk(w, w->allowed_first, PIN_BEFORE_GET, 0, reuse_as_slab);
	ok(gup_warnings > warnings,
	   "%s: check_before_recheck: judged before the entry is read again, it is a slab page",
	   w->format);
	ref_mapping_free_now(r.mapping);
	ref_mm_destroy(r.mm);
}

int main(void)
{
	if (ref_thread_online()) {
		tap_skip("no membarrier here: RCU cannot be waited for");
		return tap_done();
	}
	for (size_t i = 0; i < PIN_NR_WALKERS; i++) {
		test_table(&pin_walkers[i]);
		test_truncation(&pin_walkers[i]);
		test_inode(&pin_walkers[i]);
		test_order(&pin_walkers[i]);
	}
	ref_thread_offline();
	return tap_done();
}
