// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What GUP-fast verifies after it has taken a reference, one interleaving at a time: the builder
 * runs between two steps of the walk, and a walker without the check returns a page that it must
 * not return.
 */
#include <array_size.h>

#include "../../scripts/tap.h"
#include "../pgtable/mm.h"
#include "gup_suite.h"
#include "gup_variants.h"

#define PAGE 4096ULL

/* What the hooks change, and on which of their calls. */
static struct {
	struct ref_mm *mm;
	uint64_t addr, other;
	unsigned at, calls;
	enum pgt_level leaf;
	struct ref_page *head, *tail;
} h;

static void hook_remap(struct ref_page *page)
{
	if (h.calls++ != h.at)
		return;
	pgt_unmap(h.mm, h.addr);
	pgt_map(h.mm, h.addr, h.leaf, true);
}

static void hook_unmap(struct ref_page *page)
{
	if (h.calls++ == h.at)
		pgt_unmap(h.mm, h.addr);
}

/* Maps other addresses until the freed frame is used again. */
static void hook_reuse(struct ref_page *page)
{
	uint64_t size = 1ULL << pgt_level_shift(h.mm, h.leaf);

	if (h.calls++ != h.at)
		return;
	pgt_unmap(h.mm, h.addr);
	for (unsigned i = 0; i < 16 && !page->refcount; i++)
		pgt_map(h.mm, h.other + i * size, h.leaf, true);
}

static void hook_unlink(struct ref_page *page)
{
	if (h.calls++ == h.at)
		pgt_unlink_table(h.mm, h.addr);
}

static void no_hooks(void)
{
	gup_test_before_get = gup_test_before_recheck = gup_test_before_head = NULL;
}

struct outcome {
	unsigned long nr;
	bool as_mapped; /* each page is the one mapped when it was walked */
	bool counted;	/* after the put no reference is too many or missing */
};

static bool one_reference_each(struct ref_mm *mm)
{
	for (size_t i = suite_next_used(mm, 1); i < mm->nr_frames; i = suite_next_used(mm, i + 1))
		if (mm->memmap[i].mapping && mm->memmap[i].refcount != 1)
			return false;
	return true;
}

/* Walks four pages. The hook acts on the third, or in a huge leaf on the first. */
static struct outcome walk4(const struct suite_shape *s, const char *variant, enum pgt_level leaf,
			    void (**where)(struct ref_page *), void (*hook)(struct ref_page *))
{
	gup_fast_fn fast = gup_test_variant_find(variant, s->format);
	struct outcome o = { .as_mapped = true };
	struct pgt_opts opts = { s->format, s->levels, (size_t)1 << (leaf == PGT_PUD ? 20 : 13) };
	struct ref_page *pages[4], *was[4];
	struct ref_mm *mm;
	uint64_t start;

	ref_mm_create(&opts, &mm);
	start = suite_boundary(mm, leaf == PGT_PTE ? PGT_PMD : leaf);
	for (unsigned i = 0; i < (leaf == PGT_PTE ? 4 : 1); i++)
		pgt_map(mm, start + i * PAGE, leaf, true);
	for (unsigned i = 0; i < 4; i++)
		was[i] = pgt_lookup(mm, start + i * PAGE, true);
	h.mm = mm;
	h.at = leaf == PGT_PTE ? 2 : 0;
	h.calls = 0;
	h.leaf = leaf;
	h.addr = start + h.at * PAGE;
	h.other = start + (64ULL << pgt_level_shift(mm, leaf));
	*where = hook;
	o.nr = fast(mm, start, 4, GUP_WRITE, pages);
	no_hooks();
	for (unsigned i = 0; i < o.nr; i++) {
		if (i >= h.at)
			was[i] = pgt_lookup(mm, start + i * PAGE, true);
		o.as_mapped &= pages[i] == was[i];
	}
	gup_put(pages, o.nr);
	o.counted = one_reference_each(mm);
	ref_mm_destroy(mm);
	return o;
}

static const struct race {
	const char *what;
	void (**where)(struct ref_page *);
	void (*hook)(struct ref_page *);
	const char *broken; /* the variant that misses the race; NULL: the try-get catches it */
	bool huge;	    /* for huge leaves too */
} races[] = {
	{ "is mapped to another frame after the try-get", &gup_test_before_recheck, hook_remap,
	  "hooked_no_entry_recheck", true },
	{ "is unmapped after the try-get", &gup_test_before_recheck, hook_unmap,
	  "hooked_no_entry_recheck", true },
	{ "is unmapped before the try-get, its frame free", &gup_test_before_get, hook_unmap, NULL,
	  true },
	{ "is unmapped before the try-get, its frame mapped elsewhere", &gup_test_before_get,
	  hook_reuse, "hooked_no_entry_recheck", true },
	{ "loses its page table after the try-get", &gup_test_before_recheck, hook_unlink,
	  "hooked_no_pmd_recheck", false },
};

/* Whether the entry at that level is in the top table, of which some walkers have only a copy. */
static bool in_top(const struct suite_shape *s, enum pgt_level level)
{
	struct ref_mm *mm = suite_mm(s);
	bool top = mm->real[0].level == level;

	ref_mm_destroy(mm);
	return top;
}

/* With two levels, of which the upper folds when compiled, no design sees the PMD change. */
static bool is_blind(const struct suite_shape *s, enum pgt_level leaf, const struct race *r)
{
	enum pgt_level changed = r->hook == hook_unlink ? PGT_PMD : leaf;

	return gup_walker_find(s->format, "offset_lockless")->rechecks_copy && in_top(s, changed);
}

static void test_races(const struct suite_shape *s, enum pgt_level leaf)
{
	unsigned long want = leaf == PGT_PTE ? 2 : 0;

	for (size_t i = 0; i < ARRAY_SIZE(races); i++) {
		const struct race *r = &races[i];
		struct outcome o;

		if (leaf != PGT_PTE && !r->huge)
			continue;
		o = walk4(s, "hooked", leaf, r->where, r->hook);
		if (is_blind(s, leaf, r) && r->broken) {
			ok(o.nr > want && !o.as_mapped,
			   "%s: a %s that %s is returned: 6.12's own recheck "
			   "is of a copy there",
			   suite_name(s), pgt_level_name(leaf), r->what);
			continue;
		}
		ok(o.nr == want && o.as_mapped && o.counted,
		   "%s: a %s that %s ends the walk before it", suite_name(s), pgt_level_name(leaf),
		   r->what);
		if (!r->broken)
			continue;
		o = walk4(s, r->broken, leaf, r->where, r->hook);
		ok(o.nr > want && !o.as_mapped, "%s: and %s returns it", suite_name(s), r->broken);
	}
}

/*
 * The designs that hold a copy of the top table's entry: they are right about everything below it,
 * and blind when the entry to be read again is in the top table itself.
 */
static void test_copies(const struct suite_shape *s, enum pgt_level leaf)
{
	static const char *const designs[] = { "static", "addr_end_folded", "addr_end_global" };
	/* The entry that is changed: the leaf, or the PMD above the PTE. */
	enum pgt_level changed = leaf == PGT_PTE ? PGT_PMD : leaf;
	const struct race *r = &races[leaf == PGT_PTE ? 4 : 0];
	bool top = in_top(s, changed);
	unsigned long want = leaf == PGT_PTE ? 2 : 0;

	for (size_t i = 0; i < ARRAY_SIZE(designs); i++) {
		const struct gup_walker *w = gup_walker_find(s->format, designs[i]);
		char name[64];
		struct outcome o;

		snprintf(name, sizeof(name), "hooked_%s", designs[i]);
		o = walk4(s, name, leaf, r->where, r->hook);
		ok((o.nr > want && !o.as_mapped) == (top && w->rechecks_copy) &&
			   (o.nr == want || top),
		   "%s %s: %s a %s that %s", suite_name(s), designs[i],
		   top ? "rechecks its copy, and returns" : "does not return", pgt_level_name(leaf),
		   r->what);
	}
}

/* ---- the head recheck ---- */

/* Frees a large folio and hands its frames out one by one, until head and tail belong to other
 * folios. */
static void hook_split(struct ref_page *page)
{
	if (h.calls++)
		return;
	pgt_unmap(h.mm, h.addr);
	while (!h.head->refcount || !h.tail->refcount)
		if (!__ref_folio_alloc(h.mm, 0, (void *)REF_MAPPING_ANON, 0))
			break;
}

static struct ref_page *get_tail(struct ref_page *(*get)(struct ref_page *, int))
{
	struct pgt_opts opts = { "x86_64-4k-48", 0, 2048 };
	struct ref_page *folio;

	ref_mm_create(&opts, &h.mm);
	h.addr = 0;
	h.calls = 0;
	pgt_map(h.mm, 0, PGT_PMD, true);
	h.head = pgt_lookup(h.mm, 0, false);
	h.tail = h.head + 77;
	gup_test_before_head = hook_split;
	folio = get(h.tail, 3);
	no_hooks();
	return folio;
}

static void test_head_recheck(void)
{
	struct ref_page *folio = get_tail(gup_test_try_get);

	ok(folio == h.tail && h.tail->refcount == 4 && h.head->refcount == 1,
	   "a tail whose folio was freed under the try-get: the reference is on its new folio");
	ref_mm_destroy(h.mm);
	folio = get_tail(gup_test_try_get_no_head_recheck);
	ok(folio == h.head && h.head->refcount == 4 && h.tail->refcount == 1,
	   "without the recheck of the head it is on a folio that has nothing to do with it");
	ref_mm_destroy(h.mm);
}

/* ---- what a folio may be ---- */

static void test_folio_allowed(const struct suite_shape *s)
{
	const struct gup_walker *w = gup_walker_find(s->format, "offset_lockless");
	struct ref_mm *mm = suite_mm(s);
	struct ref_page *page, *pages[1];
	unsigned long truncated, slab, hugetlb, negative;
	void *mapping;

	pgt_map(mm, 0, PGT_PTE, true);
	page = pgt_lookup(mm, 0, true);
	mapping = page->mapping;
	page->mapping = NULL;
	truncated = w->fast(mm, 0, 1, 0, pages);
	page->flags = REF_PG_HUGETLB;
	hugetlb = w->fast(mm, 0, 1, 0, pages);
	gup_put(pages, hugetlb);
	page->mapping = mapping;
	page->flags = REF_PG_SLAB;
	slab = w->fast(mm, 0, 1, 0, pages);
	page->flags = 0;
	page->refcount = -5;
	negative = w->fast(mm, 0, 1, 0, pages);
	ok(!truncated && !slab && hugetlb == 1 && !negative && page->refcount == -5,
	   "%s: truncated, slab and overflown pages are refused, hugetlb is not", suite_name(s));
	page->refcount = 1;
	gup_put(pages, w->fast(mm, 0, 1, 0, pages));
	ok(page->refcount == 1 && page->flags == REF_PG_REFERENCED,
	   "%s: a page that was returned is marked referenced", suite_name(s));
	ref_mm_destroy(mm);
}

/* ---- interrupts ---- */

static int seen_off, runs;

static void hook_interrupt(struct ref_page *page)
{
	seen_off = ref_this_cpu()->irqs_off;
	ref_this_cpu()->pending = 1;
}

static void on_pending(struct ref_cpu *cpu)
{
	runs += cpu == ref_this_cpu() && !cpu->irqs_off && !cpu->pending;
}

static void test_interrupts(const struct suite_shape *s)
{
	gup_fast_fn fast = gup_test_variant_find("hooked", s->format);
	struct ref_mm *mm = suite_mm(s);
	struct ref_page *pages[1];
	int flags, nested;

	pgt_map(mm, 0, PGT_PTE, true);
	ref_irq_pending_hook = on_pending;
	runs = seen_off = 0;
	gup_test_before_get = hook_interrupt;
	gup_put(pages, fast(mm, 0, 1, 0, pages));
	ok(seen_off && runs == 1 && !ref_this_cpu()->irqs_off,
	   "%s: the walk runs with interrupts off, and takes what was pending when it ends",
	   suite_name(s));
	flags = ref_irq_save();
	gup_put(pages, fast(mm, 0, 1, 0, pages));
	nested = runs;
	ref_irq_restore(flags);
	ok(nested == 1 && runs == 2 && !ref_this_cpu()->pending,
	   "%s: within a section of its caller's it waits for that to end", suite_name(s));
	no_hooks();
	ref_irq_pending_hook = NULL;
	ref_mm_destroy(mm);
}

int main(void)
{
	struct suite_shape shapes[SUITE_MAX_SHAPES];
	size_t nr = suite_shapes(shapes);

	for (size_t i = 0; i < nr; i++) {
		struct ref_mm *mm;

		if (!gup_test_variant_find("hooked", shapes[i].format))
			continue;
		mm = suite_mm(&shapes[i]);
		for (unsigned leaf = PGT_PTE; leaf <= PGT_PUD; leaf++) {
			if (!pgt_level_can_leaf(mm, (enum pgt_level)leaf))
				continue;
			test_races(&shapes[i], (enum pgt_level)leaf);
			test_copies(&shapes[i], (enum pgt_level)leaf);
		}
		test_folio_allowed(&shapes[i]);
		test_interrupts(&shapes[i]);
		ref_mm_destroy(mm);
	}
	test_head_recheck();
	return tap_done();
}
