// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * GUP-fast against khugepaged's collapse, one interleaving at a time: which side wins, and which
 * errors a walker that does not read the PMD again (before 70cbc3cc78a9) and a collapse that does
 * not wait for walkers (before 2ba99c5e0881) make.
 */
#include <array_size.h>
#include <errno.h>

#include "../../scripts/tap.h"
#include "../gup/walk.h"
#include "../pgtable/fmt_s390x.h"
#include "../pgtable/fmt_x86_64.h"
#include "../thp/collapse.h"
#include "thp_script.h"

#define PAGE 4096ULL
#define NR 4 /* pages that are mapped */

/* The last page that a walker was about to reference. */
static struct ref_page *wanted;

static void at_table(uint64_t pmd)
{
	reach(READER, BEFORE_TABLE);
}

static void at_get(struct ref_page *page)
{
	wanted = page;
	reach(READER, BEFORE_GET);
}

static void at_recheck(struct ref_page *page)
{
	reach(READER, BEFORE_RECHECK);
}

#define STEPS                                                                                      \
	.design = GUP_OFFSET_LOCKLESS, .before_table = at_table, .before_get = at_get,             \
	.before_recheck = at_recheck
#define WALKERS(ident)                                                                             \
	GUP_WALKER(ident, steps, STEPS)                                                            \
	GUP_WALKER(ident, steps_no_pmd_recheck, STEPS, .pmd_recheck = GUP_STEP_REMOVED)
WALKERS(x86_64_4k_48)
WALKERS(s390x)

struct walkers {
	const char *format;
	unsigned levels;
	gup_fast_fn good, no_pmd_recheck;
};
static const struct walkers walkers[] = {
	{ "x86_64-4k-48", 0, gup_fast_x86_64_4k_48_steps,
	  gup_fast_x86_64_4k_48_steps_no_pmd_recheck },
	{ "s390x", 3, gup_fast_s390x_steps, gup_fast_s390x_steps_no_pmd_recheck },
};

static void at_isolated(struct ref_mm *mm)
{
	reach(WRITER, ISOLATED);
}

static void at_copied(struct ref_mm *mm)
{
	reach(WRITER, COPIED);
}

static void at_sync(void *arg)
{
	reach(WRITER, SYNCING);
}

#define COLLAPSE_STEPS .isolated = at_isolated, .copied = at_copied

static int collapse_steps(struct ref_mm *mm, uint64_t addr)
{
	static const struct thp_collapse_variant v = { COLLAPSE_STEPS };

	return thp_collapse_range(&v, mm, addr, at_sync, NULL);
}

static int collapse_steps_no_sync(struct ref_mm *mm, uint64_t addr)
{
	static const struct thp_collapse_variant v = { COLLAPSE_STEPS, .no_sync = true };

	return thp_collapse_range(&v, mm, addr, NULL, NULL);
}

/* ---- one interleaving ---- */

struct race {
	struct ref_mm *mm;
	uint64_t addr;
	gup_fast_fn fast;
	int (*collapse)(struct ref_mm *mm, uint64_t addr);
	bool zap; /* the writer unmaps the huge page at once */

	struct ref_page *page; /* what is mapped at addr */
	struct ref_page *got[1];
	unsigned long nr;
	int err;
	bool scripted, balanced;
	char why[128];
};

static void reader(void *arg)
{
	struct race *r = arg;

	r->nr = r->fast(r->mm, r->addr, 1, GUP_WRITE, r->got);
}

static void writer(void *arg)
{
	struct race *r = arg;

	r->err = r->collapse(r->mm, r->addr);
	if (!r->err && r->zap)
		thp_unmap(r->mm, r->addr, NULL, NULL);
}

static void race_begin(struct race *r, const struct walkers *w)
{
	struct pgt_opts opts = { w->format, w->levels, 4096 };

	*r = (struct race){ .fast = w->good, .collapse = collapse_steps_no_sync };
	wanted = NULL;
	if (ref_mm_create(&opts, &r->mm))
		return;
	r->addr = 4ULL << pgt_level_shift(r->mm, PGT_PMD);
	for (unsigned i = 0; i < NR; i++)
		pgt_map(r->mm, r->addr + i * PAGE, PGT_PTE, true);
	r->page = pgt_lookup(r->mm, r->addr, true);
	*thp_page_mem(r->mm, r->page) = 0x5eed;
}

static void race_run(struct race *r, const struct script_step *steps, unsigned nr)
{
	r->scripted = script_run(steps, nr, reader, writer, r);
	r->balanced = thp_balanced(r->mm, r->got, r->nr, r->why, sizeof(r->why));
	if (!r->scripted)
		diag("the script was not followed");
	if (!r->balanced)
		diag("%s", r->why);
}

#define RUN(r, ...)                                                                                \
	do {                                                                                       \
		static const struct script_step steps_[] = { __VA_ARGS__ };                        \
		race_run((r), steps_, ARRAY_SIZE(steps_));                                         \
	} while (0)

static bool race_end(struct race *r)
{
	char why[128];
	bool balanced;

	gup_put(r->got, r->nr);
	balanced = thp_balanced(r->mm, NULL, 0, why, sizeof(why));
	if (!balanced)
		diag("after the put: %s", why);
	ref_mm_destroy(r->mm);
	return balanced;
}

static bool collapsed(const struct race *r)
{
	struct ref_page *now = pgt_lookup(r->mm, r->addr, true);

	return !r->err && now && now->head->nr == thp_nr(r->mm) &&
	       *thp_page_mem(r->mm, now) == 0x5eed;
}

/* ---- the interleavings ---- */

static void test_alone(const struct walkers *w)
{
	struct race r;

	race_begin(&r, w);
	RUN(&r, { WRITER, END }, { READER, END });
	ok(r.scripted && collapsed(&r) && r.nr == 1 && r.got[0] == pgt_lookup(r.mm, r.addr, true) &&
		   r.balanced && race_end(&r),
	   "%s: a reader that comes later gets the huge page, with what was in the small one",
	   w->format);
	race_begin(&r, w);
	RUN(&r, { READER, END }, { WRITER, END });
	ok(r.scripted && r.err == -EAGAIN && r.nr == 1 && r.got[0] == r.page && r.balanced &&
		   pgt_lookup(r.mm, r.addr, true) == r.page && race_end(&r),
	   "%s: a page that is held is not collapsed", w->format);
}

static void test_pmd_recheck(const struct walkers *w)
{
	struct race r;

	race_begin(&r, w);
	RUN(&r, { READER, BEFORE_GET }, { WRITER, ISOLATED }, { READER, END }, { WRITER, END });
	ok(r.scripted && !r.nr && collapsed(&r) && r.balanced && race_end(&r),
	   "%s: the PMD is cleared, then comes the reference: the recheck of the PMD drops it",
	   w->format);
	race_begin(&r, w);
	RUN(&r, { READER, BEFORE_RECHECK }, { WRITER, END }, { READER, END });
	ok(r.scripted && r.err == -EAGAIN && r.nr == 1 && r.got[0] == r.page && r.balanced &&
		   race_end(&r),
	   "%s: first the reference: the collapse sees it and puts the table back", w->format);
	race_begin(&r, w);
	r.fast = w->no_pmd_recheck;
	RUN(&r, { READER, BEFORE_GET }, { WRITER, ISOLATED }, { READER, END }, { WRITER, END });
	ok(r.scripted && r.nr == 1 && collapsed(&r) && r.got[0] == r.page &&
		   r.got[0] != pgt_lookup(r.mm, r.addr, true),
	   "%s: no pmd recheck: the page is returned, and its address has a copy", w->format);
	race_end(&r);
	race_begin(&r, w);
	r.fast = w->no_pmd_recheck;
	r.collapse = collapse_steps;
	RUN(&r, { READER, BEFORE_GET }, { WRITER, SYNCING }, { READER, END }, { WRITER, END });
	ok(r.scripted && r.nr == 1 && r.err == -EAGAIN &&
		   r.got[0] == pgt_lookup(r.mm, r.addr, true) && r.balanced && race_end(&r),
	   "%s: no pmd recheck: harmless where the collapse waits for the walker", w->format);
}

/* ---- the table ---- */

static struct ref_page *victim;

/* Overwrites a freed table, as its new owner would. */
static void on_freed(void *p, size_t size, const char *what)
{
	struct ref_mm *mm = victim->mm;

	if (!what || what[0] != 't')
		return;
	for (size_t i = 0; i < size / 8; i++)
		thp_write(mm, PGT_PTE, (uint64_t *)p + i,
			  thp_leaf_entry(mm, PGT_PTE, victim, true));
}

static void test_table_reuse(const struct walkers *w)
{
	struct race r;

	for (int sync = 0; sync < 2; sync++) {
		race_begin(&r, w);
		pgt_map(r.mm, r.addr << 1, PGT_PTE, true);
		victim = pgt_lookup(r.mm, r.addr << 1, true);
		ref_mem_hook = on_freed;
		r.zap = true;
		if (sync)
			r.collapse = collapse_steps;
		if (sync)
			RUN(&r, { READER, BEFORE_TABLE }, { WRITER, SYNCING }, { READER, END },
			    { WRITER, END });
		else
			RUN(&r, { READER, BEFORE_TABLE }, { WRITER, END }, { READER, END });
		ref_mem_hook = NULL;
		if (sync)
			ok(r.scripted && wanted == r.page && !r.nr && !r.err && r.balanced &&
				   race_end(&r),
			   "%s: with the wait, the table lasts as long as the walk", w->format);
		else
			ok(r.scripted && wanted == victim && !r.err,
			   "%s: table reuse: the walker takes what was written there since for a PTE",
			   w->format);
		if (!sync)
			ref_mm_destroy(r.mm);
	}
}

/* ---- the rules ---- */

static void test_rules(const struct walkers *w)
{
	struct ref_page *tail, *head;
	struct race r;
	char why[128];
	int err;

	race_begin(&r, w);
	ok(thp_collapse(r.mm, r.addr << 2, NULL, NULL) == -ENOENT &&
		   !thp_collapse(r.mm, r.addr, NULL, NULL) &&
		   thp_collapse(r.mm, r.addr, NULL, NULL) == -EEXIST &&
		   thp_balanced(r.mm, NULL, 0, why, sizeof(why)),
	   "%s: no table, a table, a huge page", w->format);
	head = pgt_lookup(r.mm, r.addr, true);
	tail = pgt_lookup(r.mm, r.addr + NR * PAGE, true);
	ok(tail == head + NR && !*thp_page_mem(r.mm, tail) &&
		   !r.mm->memmap[ref_page_index(r.mm, r.page)].refcount,
	   "%s: what was not mapped is zeros, what was is free", w->format);
	ok(!thp_split_pmd(r.mm, r.addr) && head->mapcount == (int)thp_nr(r.mm) &&
		   !thp_collapse(r.mm, r.addr, NULL, NULL) && head->refcount == 0 &&
		   thp_balanced(r.mm, NULL, 0, why, sizeof(why)),
	   "%s: a huge page that is mapped by PTEs is collapsed as one", w->format);
	ref_mm_destroy(r.mm);

	race_begin(&r, w);
	thp_lock(r.page + 1);
	err = thp_collapse(r.mm, r.addr, NULL, NULL);
	thp_unlock(r.page + 1);
	ok(err == -EAGAIN && !(r.page->flags & REF_PG_LOCKED) &&
		   thp_balanced(r.mm, NULL, 0, why, sizeof(why)),
	   "%s: not while one of its pages is locked", w->format);
	ref_mm_destroy(r.mm);

	race_begin(&r, w);
	ref_fetch_or(&r.page->flags, REF_PG_SWAPCACHE);
	err = thp_collapse(r.mm, r.addr, NULL, NULL);
	ref_fetch_add(&r.page->refcount, 1);
	ok(err == -EAGAIN && !thp_collapse(r.mm, r.addr, NULL, NULL) && r.page->refcount == 1 &&
		   thp_balanced(r.mm, NULL, 0, why, sizeof(why)),
	   "%s: a page's place in the swap cache holds it too, and no more", w->format);
	ref_mm_destroy(r.mm);

	race_begin(&r, w);
	for (unsigned i = 0; i < NR; i++) {
		pgt_unmap(r.mm, r.addr + i * PAGE);
		pgt_map(r.mm, r.addr + i * PAGE, PGT_PTE, false);
	}
	ok(thp_collapse(r.mm, r.addr, NULL, NULL) == -EAGAIN &&
		   thp_balanced(r.mm, NULL, 0, why, sizeof(why)),
	   "%s: not where nothing is writable", w->format);
	ref_mm_destroy(r.mm);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(walkers); i++) {
		test_alone(&walkers[i]);
		test_pmd_recheck(&walkers[i]);
		test_table_reuse(&walkers[i]);
		test_rules(&walkers[i]);
	}
	for (size_t i = 0; i < thp_nr_collapsers(); i++) {
		const struct thp_collapser *c = thp_collapser_at(i);
		struct race r;

		race_begin(&r, &walkers[0]);
		ok(!c->collapse(r.mm, r.addr, NULL, NULL) && collapsed(&r) && race_end(&r),
		   "%s: alone, every collapser collapses", c->name);
	}
	return tap_done();
}
