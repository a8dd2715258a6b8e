// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * GUP-fast against the split of a huge folio, one interleaving at a time.
 *
 * First the three cases of the message "Re: [PATCH v7 3/3] mm/gup: disallow FOLL_LONGTERM GUP-fast
 * writing to file-backed mappings" (Gunthorpe, 2 May 2023), and which side wins; then the walkers
 * and the splitter that leave out a step, each in an interleaving that shows it. The judge is
 * thp_balanced(): every reference has a holder, and no page that is held is free.
 */
#include <array_size.h>
#include <errno.h>

#include "../../scripts/tap.h"
#include "../gup/walk.h"
#include "../pgtable/fmt_s390x.h"
#include "../pgtable/fmt_x86_64.h"
#include "../thp/split.h"
#include "thp_script.h"

#define PAGE 4096ULL

static void at_get(struct ref_page *page)
{
	reach(READER, BEFORE_GET);
}

static void at_head(struct ref_page *page)
{
	reach(READER, BEFORE_HEAD);
}

static void at_recheck(struct ref_page *page)
{
	reach(READER, BEFORE_RECHECK);
}

#define STEPS                                                                                      \
	.design = GUP_OFFSET_LOCKLESS, .before_get = at_get, .before_head = at_head,               \
	.before_recheck = at_recheck
#define WALKERS(ident)                                                                             \
	GUP_WALKER(ident, steps, STEPS)                                                            \
	GUP_WALKER(ident, steps_no_entry_recheck, STEPS, .entry_recheck = GUP_STEP_REMOVED)        \
	GUP_WALKER(ident, steps_no_head_recheck, STEPS, .head_recheck = GUP_STEP_REMOVED)          \
	GUP_WALKER(ident, steps_get_after_recheck, STEPS, .get_after_recheck = true)
WALKERS(x86_64_4k_48)
WALKERS(s390x)

/* The walkers of one format. */
struct walkers {
	const char *format;
	unsigned levels;
	gup_fast_fn good, no_entry_recheck, no_head_recheck, get_after_recheck;
};
#define ROW(ident)                                                                                 \
	gup_fast_##ident##_steps, gup_fast_##ident##_steps_no_entry_recheck,                       \
		gup_fast_##ident##_steps_no_head_recheck,                                          \
		gup_fast_##ident##_steps_get_after_recheck
static const struct walkers walkers[] = {
	{ "x86_64-4k-48", 0, ROW(x86_64_4k_48) },
	{ "s390x", 3, ROW(s390x) },
};

static void at_unmap(struct ref_page *folio)
{
	reach(WRITER, BEFORE_UNMAP);
}

static void at_freeze(struct ref_page *folio)
{
	reach(WRITER, BEFORE_FREEZE);
}

static void at_frozen(struct ref_page *folio)
{
	reach(WRITER, FROZEN);
}

static void at_remap(struct ref_page *folio)
{
	reach(WRITER, BEFORE_REMAP);
}

#define SPLIT_STEPS                                                                                \
	.before_unmap = at_unmap, .before_freeze = at_freeze, .frozen = at_frozen,                 \
	.before_remap = at_remap

static int split_steps(struct ref_page *page)
{
	static const struct thp_split_variant v = { SPLIT_STEPS };

	return thp_split_folio(&v, page);
}

static int split_steps_no_freeze(struct ref_page *page)
{
	static const struct thp_split_variant v = { SPLIT_STEPS, .no_freeze = true };

	return thp_split_folio(&v, page);
}

/* ---- one interleaving ---- */

struct race {
	const struct walkers *w;
	struct ref_mm *mm;
	uint64_t addr;		 /* of the folio */
	struct ref_page *head;	 /* its first page */
	unsigned long first, nr; /* pages that the reader asks for */
	gup_fast_fn fast;
	thp_split_fn split;
	void (*writer)(struct race *r); /* NULL: split */

	/* Results. */
	struct ref_page *pages[512];
	unsigned long got;
	int err;
	bool scripted, balanced, whole;
	char why[128];
};

static void reader(void *arg)
{
	struct race *r = arg;

	r->got = r->fast(r->mm, r->addr + r->first * PAGE, r->nr, GUP_WRITE, r->pages);
}

/* Splits with a reference and the lock on the folio's head, as a caller in the kernel does. */
static void split(struct race *r)
{
	struct ref_page *page = r->head;

	ref_fetch_add(&page->refcount, 1);
	thp_lock(page);
	r->err = r->split(page);
	thp_unlock(page);
	ref_folio_put(page, 1);
}

static void writer(void *arg)
{
	struct race *r = arg;

	(r->writer ? r->writer : split)(r);
}

/* by_pte: the folio is mapped by PTEs, since its PMD has been split. */
static void race_begin(struct race *r, const struct walkers *w, bool by_pte)
{
	struct pgt_opts opts = { w->format, w->levels, 4096 };

	*r = (struct race){ .w = w, .fast = w->good, .split = split_steps, .nr = 1 };
	if (ref_mm_create(&opts, &r->mm))
		return;
	r->addr = 4ULL << pgt_level_shift(r->mm, PGT_PMD);
	thp_map(r->mm, r->addr, true);
	r->head = pgt_lookup(r->mm, r->addr, true);
	if (by_pte)
		thp_split_pmd(r->mm, r->addr);
}

static void race_run(struct race *r, const struct script_step *steps, unsigned nr)
{
	r->scripted = script_run(steps, nr, reader, writer, r);
	r->whole = r->head[1].head == r->head;
	r->balanced = thp_balanced(r->mm, r->pages, r->got, r->why, sizeof(r->why));
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

/* Puts the reader's pages. Returns whether every reference then has a holder. */
static bool race_end(struct race *r)
{
	char why[128];
	bool balanced;

	gup_put(r->pages, r->got);
	balanced = thp_balanced(r->mm, NULL, 0, why, sizeof(why));
	if (!balanced)
		diag("after the put: %s", why);
	ref_mm_destroy(r->mm);
	return balanced;
}

/* ---- the three interleavings ---- */

/* R takes its reference before the folio is frozen. */
static void test_case1(const struct walkers *w)
{
	unsigned nr;
	struct race r;

	race_begin(&r, w, false);
	r.nr = nr = thp_nr(r.mm);
	RUN(&r, { WRITER, BEFORE_UNMAP }, { READER, END }, { WRITER, END });
	ok(r.scripted && r.got == nr && r.err == -EAGAIN && r.whole && r.balanced && race_end(&r),
	   "%s: case 1: a reader that is through before the unmap keeps its pages; the split gives up",
	   w->format);
	race_begin(&r, w, false);
	r.nr = nr;
	RUN(&r, { READER, BEFORE_RECHECK }, { WRITER, END }, { READER, END });
	ok(r.scripted && r.got == nr && r.err == -EAGAIN && r.whole && r.balanced && race_end(&r),
	   "%s: case 1: referenced before the split looks: it leaves the leaf where it is",
	   w->format);
	race_begin(&r, w, false);
	r.nr = nr;
	RUN(&r, { WRITER, BEFORE_UNMAP }, { READER, BEFORE_RECHECK }, { WRITER, END },
	    { READER, END });
	ok(r.scripted && !r.got && r.err == -EAGAIN && r.whole && r.balanced && race_end(&r),
	   "%s: case 1: referenced before the unmap, read again after it: both give up", w->format);
	race_begin(&r, w, true);
	RUN(&r, { READER, BEFORE_GET }, { WRITER, BEFORE_FREEZE }, { READER, BEFORE_RECHECK },
	    { WRITER, BEFORE_REMAP }, { READER, END }, { WRITER, END });
	ok(r.scripted && !r.got && r.err == -EAGAIN && r.whole && r.balanced && race_end(&r),
	   "%s: case 1: the recheck before the remap sees a migration entry, and bails", w->format);
	race_begin(&r, w, true);
	RUN(&r, { READER, BEFORE_GET }, { WRITER, BEFORE_FREEZE }, { READER, BEFORE_RECHECK },
	    { WRITER, END }, { READER, END });
	ok(r.scripted && r.got == 1 && r.err == -EAGAIN && r.whole && r.balanced && race_end(&r),
	   "%s: case 1: the recheck after the remap sees the same leaf, and keeps", w->format);
}

/* The folio is frozen when R wants its reference. */
static void test_case2(const struct walkers *w)
{
	for (int by_pte = 0; by_pte < 2; by_pte++) {
		struct race r;

		race_begin(&r, w, by_pte);
		r.first = 1;
		RUN(&r, { READER, BEFORE_GET }, { WRITER, FROZEN }, { READER, END },
		    { WRITER, END });
		ok(r.scripted && !r.got && !r.err && !r.whole && r.balanced && race_end(&r),
		   "%s: case 2: frozen first, mapped by %s: the try-get fails, the split succeeds",
		   w->format, by_pte ? "ptes" : "a pmd");
	}
}

/* The whole split lies between R's read of the entry and its reference. */
static void test_case3(const struct walkers *w)
{
	unsigned nr;
	struct race r;

	race_begin(&r, w, false);
	r.nr = nr = thp_nr(r.mm);
	RUN(&r, { READER, BEFORE_GET }, { WRITER, END }, { READER, BEFORE_RECHECK });
	ok(r.scripted && !r.got && !r.err && !r.whole && r.balanced && race_end(&r),
	   "%s: case 3: %u references on what is a small folio by then are dropped", w->format, nr);
	race_begin(&r, w, false);
	RUN(&r, { READER, BEFORE_GET }, { WRITER, BEFORE_REMAP }, { READER, BEFORE_RECHECK },
	    { WRITER, END }, { READER, END });
	ok(r.scripted && !r.got && !r.err && r.balanced && race_end(&r),
	   "%s: case 3: and do no harm while they are there", w->format);
	race_begin(&r, w, true);
	r.first = 1;
	RUN(&r, { READER, BEFORE_HEAD }, { WRITER, END }, { READER, BEFORE_HEAD }, { READER, END });
	ok(r.scripted && r.got == 1 && r.pages[0] == r.head + 1 && !r.err && r.balanced &&
		   race_end(&r),
	   "%s: case 3: the recheck of the head finds the page's new folio, the leaf is the same",
	   w->format);
}

/* ---- without a step ---- */

/* Unmaps the folio, and maps others until one of them has its first frame. */
static void free_and_reuse(struct race *r)
{
	uint64_t other = r->addr + (8ULL << pgt_level_shift(r->mm, PGT_PMD));

	thp_unmap(r->mm, r->addr, NULL, NULL);
	for (unsigned i = 0; i < 32 && !r->head->refcount; i++)
		thp_map(r->mm, other + ((uint64_t)i << pgt_level_shift(r->mm, PGT_PMD)), true);
}

static void test_no_entry_recheck(const struct walkers *w)
{
	struct race r;
	unsigned nr;

	race_begin(&r, w, false);
	r.nr = nr = thp_nr(r.mm);
	r.fast = w->no_entry_recheck;
	RUN(&r, { READER, BEFORE_GET }, { WRITER, END }, { READER, END });
	ok(r.scripted && r.got == nr && !r.balanced,
	   "%s: no entry recheck: %u pages, and all their references on one: %s", w->format, nr,
	   r.why);
	ref_mm_destroy(r.mm);
	race_begin(&r, w, false);
	r.fast = w->no_entry_recheck;
	r.writer = free_and_reuse;
	RUN(&r, { READER, BEFORE_GET }, { WRITER, END }, { READER, END });
	ok(r.scripted && r.got == 1 && !pgt_lookup(r.mm, r.addr, true) &&
		   r.head->index << 12 != r.addr,
	   "%s: no entry recheck: a frame that was freed and is another address's is returned",
	   w->format);
	ref_mm_destroy(r.mm);
	race_begin(&r, w, false);
	r.writer = free_and_reuse;
	RUN(&r, { READER, BEFORE_GET }, { WRITER, END }, { READER, END });
	ok(r.scripted && !r.got && r.balanced && r.head->refcount == 1 && race_end(&r),
	   "%s: which the recheck finds: a reference on the next user's folio, and back",
	   w->format);
}

static void test_no_freeze(const struct walkers *w)
{
	struct race r;

	race_begin(&r, w, true);
	r.first = 1;
	r.split = split_steps_no_freeze;
	RUN(&r, { READER, BEFORE_GET }, { WRITER, FROZEN }, { READER, BEFORE_RECHECK },
	    { WRITER, END }, { READER, END });
	ok(r.scripted && r.got == 1 && !r.err && !r.balanced,
	   "%s: no freeze: the head has the reference of a page that is not its own: %s", w->format,
	   r.why);
	ok(!race_end(&r), "%s: no freeze: and the put takes another's", w->format);
	race_begin(&r, w, true);
	r.split = split_steps_no_freeze;
	RUN(&r, { READER, END }, { WRITER, END });
	ok(r.scripted && r.got == 1 && r.err == -EAGAIN && r.balanced && race_end(&r),
	   "%s: no freeze: one after the other there is nothing to see", w->format);
}

static void test_no_head_recheck(const struct walkers *w)
{
	struct race r;

	race_begin(&r, w, true);
	r.first = 1;
	r.fast = w->no_head_recheck;
	RUN(&r, { READER, BEFORE_HEAD }, { WRITER, END }, { READER, END });
	ok(r.scripted && r.got == 1 && !r.err && !r.balanced,
	   "%s: no head recheck: the reference is on the head's page, the leaf is the same: %s",
	   w->format, r.why);
	ok(!race_end(&r), "%s: no head recheck: and the put takes another's", w->format);
}

static void test_get_after_recheck(const struct walkers *w)
{
	struct race r;

	race_begin(&r, w, false);
	r.fast = w->get_after_recheck;
	r.writer = free_and_reuse;
	RUN(&r, { READER, BEFORE_GET }, { WRITER, END }, { READER, END });
	ok(r.scripted && r.got == 1 && !pgt_lookup(r.mm, r.addr, true) &&
		   r.head->index << 12 != r.addr,
	   "%s: reference after the recheck: another address's page is returned", w->format);
	ref_mm_destroy(r.mm);
	race_begin(&r, w, false);
	r.nr = 2;
	r.fast = w->get_after_recheck;
	RUN(&r, { READER, BEFORE_GET }, { WRITER, END }, { READER, END });
	ok(r.scripted && r.got == 2 && !r.err && !r.balanced,
	   "%s: reference after the recheck: two pages, and their references on one: %s", w->format,
	   r.why);
	ref_mm_destroy(r.mm);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(walkers); i++) {
		test_case1(&walkers[i]);
		test_case2(&walkers[i]);
		test_case3(&walkers[i]);
		test_no_entry_recheck(&walkers[i]);
		test_no_freeze(&walkers[i]);
		test_no_head_recheck(&walkers[i]);
		test_get_after_recheck(&walkers[i]);
	}
	return tap_done();
}
