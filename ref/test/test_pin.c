// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pins: how they count, which entries they refuse, how fork() and sharing treat pinned pages and
 * the reverse, and the slow path from the first page that the fast path does not return.
 */
#include <array_size.h>
#include <errno.h>
#include <string.h>

#include <ref/mapping.h>

#include "../../scripts/tap.h"
#include "../thp/thp_priv.h"
#include "pin_walkers.h"

#define PAGE 4096ULL
#define AT (16 * PAGE)
#define CHILD (1024 * PAGE)

static struct ref_mm *mm;

static struct ref_page *page_at(uint64_t addr)
{
	return pgt_lookup(mm, addr, false);
}

static bool exclusive(const struct ref_page *page)
{
	return page->flags & REF_PG_ANON_EXCLUSIVE;
}

/* ---- counting ---- */

static void test_small(const struct pin_walkers *w)
{
	struct ref_page *pages[8], *page;
	unsigned long got;

	mm = pin_mm(w);
	pgt_map(mm, AT, PGT_PTE, true);
	page = page_at(AT);
	got = w->good(mm, AT, 1, GUP_PIN | GUP_WRITE, pages);
	ok(got == 1 && GUP_PIN_BIAS == 1024 && page->refcount == 1 + 1024 && gup_maybe_pinned(page),
	   "%s: a pin of a small folio is 1024 references, and is seen", w->format);
	got = w->good(mm, AT, 1, GUP_PIN, pages + 1);
	ok(got == 1 && page->refcount == 1 + 2 * 1024, "%s: and so is the next", w->format);
	gup_unpin(pages, 2);
	ok(page->refcount == 1 && !gup_maybe_pinned(page) && !page->pincount,
	   "%s: unpinned it has its mapping's reference alone", w->format);
	for (int i = 0; i < 1022; i++)
		w->good(mm, AT, 1, 0, pages);
	ok(page->refcount == 1023 && !gup_maybe_pinned(page), "%s: 1023 references are no pin",
	   w->format);
	w->good(mm, AT, 1, 0, pages);
	ok(gup_maybe_pinned(page), "%s: 1024 references look like one", w->format);
	page->refcount = -5;
	ok(gup_maybe_pinned(page) && !w->good(mm, AT, 1, GUP_PIN, pages) && page->refcount == -5,
	   "%s: an overflown count is pinned, and is pinned no more", w->format);
	ref_mm_destroy(mm);
}

static void test_large(const struct pin_walkers *w)
{
	struct ref_page *pages[64], *head;
	uint64_t addr;
	unsigned long got;

	mm = pin_mm(w);
	addr = 2ULL << pgt_level_shift(mm, PGT_PMD);
	pgt_map(mm, addr, PGT_PMD, true);
	head = page_at(addr);
	for (int i = 0; i < 3000; i++)
		w->good(mm, addr + 3 * PAGE, 1, 0, pages);
	ok(head->refcount == 3001 && !head->pincount && !gup_maybe_pinned(head),
	   "%s: 3000 references of a large folio are no pin", w->format);
	got = w->good(mm, addr + 3 * PAGE, 64, GUP_PIN | GUP_WRITE | GUP_LONGTERM, pages);
	ok(got == 64 && head->refcount == 3065 && head->pincount == 64 && gup_maybe_pinned(head),
	   "%s: 64 pins of it are 64 references, and are counted", w->format);
	gup_unpin(pages, got);
	ok(head->refcount == 3001 && !head->pincount && !gup_maybe_pinned(head),
	   "%s: and are gone when unpinned", w->format);
	ref_mm_destroy(mm);
}

/* ---- what is refused ---- */

static void set_entry(uint64_t addr, enum pgt_level level, uint64_t clear, uint64_t set)
{
	void *e = __pgt_entry(mm, addr, level);

	thp_publish(mm, level, e, (thp_read(mm, level, e) & ~clear) | set);
}

/* Walks the page with every combination of flags. Returns how many walks returned it. */
static unsigned returned(const struct pin_walkers *w, uint64_t addr)
{
	struct ref_page *pages[1];
	unsigned nr = 0;

	for (unsigned flags = 0; flags < 8; flags++) {
		unsigned long got = w->good(mm, addr, 1, flags, pages);

		if (flags & GUP_PIN)
			gup_unpin(pages, got);
		else
			gup_put(pages, got);
		nr += got;
	}
	return nr;
}

static void test_entries(const struct pin_walkers *w)
{
	for (int level = PGT_PTE; level <= PGT_PMD; level++) {
		const struct pgt_level_fmt *l;
		struct ref_page *page;
		uint64_t addr;

		mm = pin_mm(w);
		l = &mm->fmt->level[level];
		addr = 2ULL << l->shift;
		pgt_map(mm, addr, (enum pgt_level)level, true);
		ok(returned(w, addr) == 8, "%s: a plain %s is returned, whatever the flags",
		   w->format, pgt_level_name((enum pgt_level)level));
		if (l->special) {
			set_entry(addr, (enum pgt_level)level, 0, l->special);
			ok(!returned(w, addr), "%s: a special %s never", w->format,
			   pgt_level_name((enum pgt_level)level));
			set_entry(addr, (enum pgt_level)level, l->special, 0);
		}
		if (l->devmap) {
			set_entry(addr, (enum pgt_level)level, 0, l->devmap);
			ok(!returned(w, addr), "%s: nor a %s of device memory", w->format,
			   pgt_level_name((enum pgt_level)level));
			set_entry(addr, (enum pgt_level)level, l->devmap, 0);
		}
		page = page_at(addr);
		set_entry(addr, (enum pgt_level)level, l->protnone_mask, l->protnone_set);
		ok(l->protnone_mask && !returned(w, addr), "%s: nor a %s that is PROT_NONE",
		   w->format, pgt_level_name((enum pgt_level)level));
		ok(page->refcount == 1 && !page->pincount, "%s: and none leaves a reference",
		   w->format);
		ref_mm_destroy(mm);
	}
}

static void test_unshare(const struct pin_walkers *w)
{
	struct ref_page *pages[1], *page;
	struct ref_mapping file = { .a_ops = &ref_file_aops };
	unsigned long short_term, long_term;
	uint64_t huge;

	mm = pin_mm(w);
	pgt_map(mm, AT, PGT_PTE, false);
	page = page_at(AT);
	ok(returned(w, AT) == 4, "%s: an exclusive page mapped read-only is pinned for reading",
	   w->format);
	page->flags &= ~(uint32_t)REF_PG_ANON_EXCLUSIVE;
	ok(!w->good(mm, AT, 1, GUP_PIN, pages) && page->refcount == 1 && returned(w, AT) == 2,
	   "%s: one that is not exclusive is not, and may be had by reference only", w->format);
	ok(w->no_unshare(mm, AT, 1, GUP_PIN, pages) == 1,
	   "%s: no_unshare: without the check a page that may be shared is pinned", w->format);
	page->refcount = 1;
	page->mapping = &file;
	short_term = w->good(mm, AT, 1, GUP_PIN, pages);
	gup_unpin(pages, short_term);
	long_term = w->good(mm, AT, 1, GUP_PIN | GUP_LONGTERM, pages);
	ok(short_term == 1 && !long_term,
	   "%s: a file's page is pinned for reading, but not for long without its VMA", w->format);
	huge = 2ULL << pgt_level_shift(mm, PGT_PMD);
	pgt_map(mm, huge, PGT_PMD, false);
	ok(w->good(mm, huge + 5 * PAGE, 1, GUP_PIN, pages) == 1,
	   "%s: of a huge leaf the head tells whether it is exclusive", w->format);
	gup_unpin(pages, 1);
	page_at(huge)->flags &= ~(uint32_t)REF_PG_ANON_EXCLUSIVE;
	ok(!w->good(mm, huge + 5 * PAGE, 1, GUP_PIN, pages) && page_at(huge)->refcount == 1 &&
		   !page_at(huge)->pincount,
	   "%s: and whether it is not", w->format);
	ref_mm_destroy(mm);
}

/* ---- against fork() and sharing ---- */

static void do_fork(struct ref_page *page)
{
	gup_fork_begin(mm);
	gup_fork_page(mm, AT, CHILD);
	gup_fork_end(mm);
}

static void do_share(struct ref_page *page)
{
	gup_share_anon(mm, AT);
}

/* Walks the page at AT while `fn` runs. Returns whether the page is then pinned and not exclusive.
 */
static bool pins_shared(const struct pin_walkers *w, gup_fast_fn fast, unsigned flags,
			enum pin_point point, void (*fn)(struct ref_page *), unsigned long *got)
{
	struct ref_page *pages[1];
	bool broken;

	mm = pin_mm(w);
	pgt_map(mm, AT, PGT_PTE, true);
	pin_hook_set(point, 0, fn);
	*got = fast(mm, AT, 1, flags, pages);
	broken = *got && flags & GUP_PIN && !exclusive(pages[0]);
	if (flags & GUP_PIN)
		gup_unpin(pages, *got);
	else
		gup_put(pages, *got);
	return broken;
}

static void test_fork(const struct pin_walkers *w)
{
	const unsigned pin = GUP_PIN | GUP_WRITE;
	struct ref_page *pages[1], *page;
	unsigned long got;
	bool broken;

	broken = pins_shared(w, w->good, pin, PIN_BEFORE_GET, do_fork, &got);
	page = page_at(AT);
	ok(!broken && !got && page->refcount == 2 && page_at(CHILD) == page && !exclusive(page) &&
		   !pgt_lookup(mm, AT, true),
	   "%s: a fork() during the walk shares the page, and the walk gives up", w->format);
	ok(!gup_write_fault(mm, AT) && page_at(AT) != page && exclusive(page_at(AT)),
	   "%s: the next write copies it", w->format);
	ref_mm_destroy(mm);
	broken = pins_shared(w, w->good, pin, PIN_BEFORE_MAPPING, do_fork, &got);
	ok(!broken && !got && exclusive(page_at(AT)) && page_at(CHILD) != page_at(AT) &&
		   page_at(AT)->refcount == 1,
	   "%s: one that sees the pin copies the page for the child, and the walk gives up",
	   w->format);
	ref_mm_destroy(mm);
	/* fork() changes the PTE late: these walks have read it twice before that. */
	for (int i = 0; i < 2; i++) {
		gup_fast_fn fast = i ? w->fork_seq_once : w->no_fork_seq;

		mm = pin_mm(w);
		pgt_map(mm, AT, PGT_PTE, false);
		got = fast(mm, AT, 1, GUP_PIN, pages);
		ok(got == 1, "%s: %s: pins where nobody forks", w->format,
		   i ? "fork_seq_once" : "no_fork_seq");
		gup_unpin(pages, got);
		gup_fork_begin(mm);
		got = fast(mm, AT, 1, GUP_PIN, pages);
		ok(i ? !got : got == 1, "%s: and %s where somebody does", w->format,
		   i ? "not" : "pins too");
		gup_unpin(pages, got);
		gup_fork_end(mm);
		ref_mm_destroy(mm);
	}
	mm = pin_mm(w);
	pgt_map(mm, AT, PGT_PTE, true);
	gup_fork_begin(mm);
	ok(!w->good(mm, AT, 1, pin, pages) && page_at(AT)->refcount == 1 &&
		   w->good(mm, AT, 1, GUP_WRITE, pages) == 1,
	   "%s: while somebody forks there are references, but no pins", w->format);
	ref_mm_destroy(mm);
}

static void test_fork_pinned(const struct pin_walkers *w)
{
	struct ref_page *pages[1], *page;

	mm = pin_mm(w);
	pgt_map(mm, AT, PGT_PTE, true);
	page = page_at(AT);
	for (int i = 0; i < 1100; i++)
		w->good(mm, AT, 1, 0, pages);
	do_fork(NULL);
	ok(page_at(CHILD) == page && !exclusive(page),
	   "%s: no mm that never pinned has its pages copied at fork(), whatever they count",
	   w->format);
	ref_mm_destroy(mm);
	mm = pin_mm(w);
	pgt_map(mm, AT, PGT_PTE, true);
	page = page_at(AT);
	w->good(mm, AT, 1, GUP_PIN | GUP_WRITE, pages);
	do_fork(NULL);
	ok(page_at(AT) == page && exclusive(page) && page_at(CHILD) && page_at(CHILD) != page,
	   "%s: a pinned page stays the parent's alone; the child has a copy", w->format);
	ok(gup_share_anon(mm, AT) == -EBUSY && exclusive(page) && pgt_lookup(mm, AT, true) == page,
	   "%s: nor is it shared, and its entry is what it was", w->format);
	gup_unpin(pages, 1);
	ok(!gup_share_anon(mm, AT) && !exclusive(page) && !pgt_lookup(mm, AT, true) &&
		   page_at(AT) == page,
	   "%s: until it is unpinned", w->format);
	ok(gup_share_anon(mm, AT + PAGE) == -ENOENT && gup_fork_page(mm, AT + PAGE, 0) == -ENOENT &&
		   gup_write_fault(mm, AT + PAGE) == -EFAULT,
	   "%s: where nothing is mapped, nothing is shared", w->format);
	ref_mm_destroy(mm);
}

static void test_share(const struct pin_walkers *w)
{
	const unsigned pin = GUP_PIN | GUP_WRITE;
	unsigned long got;
	bool broken;

	broken = pins_shared(w, w->good, pin, PIN_BEFORE_GET, do_share, &got);
	ok(!broken && !got, "%s: a page shared before it is pinned is seen to have changed",
	   w->format);
	ref_mm_destroy(mm);
	broken = pins_shared(w, w->good, pin, PIN_BEFORE_RECHECK, do_share, &got);
	ok(!broken && got == 1, "%s: after that it is not shared", w->format);
	ref_mm_destroy(mm);
	broken = pins_shared(w, w->good, pin, PIN_BEFORE_MAPPING, do_share, &got);
	ok(!broken && got == 1, "%s: nor after the recheck", w->format);
	ref_mm_destroy(mm);
	broken = pins_shared(w, w->after_recheck, pin, PIN_BEFORE_MAPPING, do_share, &got);
	ok(broken, "%s: pin_after_recheck: pinned after the recheck, it is shared in between",
	   w->format);
	ref_mm_destroy(mm);
}

/* ---- the slow path ---- */

static struct ref_mapping a_file = { .a_ops = &ref_file_aops };
static struct ref_mapping a_shmem = { .a_ops = &ref_shmem_aops };
static struct ref_mapping a_secret = { .a_ops = &ref_secretmem_aops };

static const struct slow_row {
	const char *what;
	unsigned vm_flags;
	struct ref_mapping *mapping;
	unsigned flags;
	long want;
} slow_rows[] = {
#define RW (REF_VM_READ | REF_VM_WRITE | REF_VM_MAYWRITE)
#define LONG_WRITE (GUP_PIN | GUP_LONGTERM | GUP_WRITE)
	{ "anonymous memory, for long and writing", RW, NULL, LONG_WRITE, 4 },
	{ "a shared file that is written back, for long and writing", RW | REF_VM_SHARED, &a_file,
	  LONG_WRITE, -EFAULT },
	{ "the same for long and reading", RW | REF_VM_SHARED, &a_file, GUP_PIN | GUP_LONGTERM, 4 },
	{ "the same not for long", RW | REF_VM_SHARED, &a_file, GUP_PIN | GUP_WRITE, 4 },
	{ "the same by reference", RW | REF_VM_SHARED, &a_file, GUP_WRITE, 4 },
	{ "the same private", RW, &a_file, LONG_WRITE, 4 },
	{ "shmem, for long and writing", RW | REF_VM_SHARED, &a_shmem, LONG_WRITE, 4 },
	{ "shmem whose driver wants to know of writes", RW | REF_VM_SHARED | REF_VM_NOTIFY,
	  &a_shmem, LONG_WRITE, -EFAULT },
	{ "secretmem", RW | REF_VM_SHARED, &a_secret, 0, -EFAULT },
	{ "FS-DAX for long", RW | REF_VM_SHARED | REF_VM_FSDAX, &a_file, GUP_PIN | GUP_LONGTERM,
	  -EOPNOTSUPP },
	{ "a device's registers", RW | REF_VM_IO, NULL, 0, -EFAULT },
	{ "frames without pages", RW | REF_VM_PFNMAP, NULL, 0, -EFAULT },
	{ "memory that may not be written", REF_VM_READ, NULL, GUP_WRITE, -EFAULT },
	{ "memory that may not be read", REF_VM_WRITE | REF_VM_MAYWRITE, NULL, GUP_PIN, -EFAULT },
	{ "flags that do not go together", RW, NULL, GUP_LONGTERM, -EINVAL },
	{ "flags that there are not", RW, NULL, 1u << 20, -EINVAL },
	{ "only what the fast path finds", RW, NULL, GUP_FAST_ONLY, 0 },
};

static void drop(struct ref_page **pages, long nr, unsigned flags)
{
	if (nr > 0 && flags & GUP_PIN)
		gup_unpin(pages, (unsigned long)nr);
	else if (nr > 0)
		gup_put(pages, (unsigned long)nr);
}

/* Nothing is mapped: all of it has to come from the slow path. */
static void test_slow_rows(const struct pin_walkers *w)
{
	for (size_t i = 0; i < ARRAY_SIZE(slow_rows); i++) {
		const struct slow_row *row = &slow_rows[i];
		struct ref_vma vma = { .start = AT,
				       .end = AT + 8 * PAGE,
				       .flags = row->vm_flags,
				       .mapping = row->mapping };
		struct ref_page *pages[4];
		bool right = true;
		long got;

		mm = pin_mm(w);
		ref_vma_add(mm, &vma);
		got = gup_pages_fast(w->good, mm, AT, 4, row->flags, pages);
		for (long k = 0; k < got; k++)
			right &= pages[k] == pgt_lookup(mm, AT + (uint64_t)k * PAGE,
							row->flags & GUP_WRITE) &&
				 gup_maybe_pinned(pages[k]) == !!(row->flags & GUP_PIN);
		ok(got == row->want && right, "%s: %s: %ld", w->format, row->what, got);
		drop(pages, got, row->flags);
		for (long k = 0; k < got; k++)
			right &= pages[k]->refcount == 1;
		ok(right, "%s: and nothing is left of it", w->format);
		ref_mm_destroy(mm);
	}
}

static void test_fallback(const struct pin_walkers *w)
{
	struct ref_vma vma = { .start = AT, .end = AT + 6 * PAGE, .flags = RW };
	struct ref_vma other = { .start = AT, .end = AT + PAGE, .flags = RW };
	struct ref_page *pages[8], *first;
	long got;

	mm = pin_mm(w);
	ok(!ref_vma_add(mm, &vma) && ref_vma_add(mm, &other) == -EEXIST, "%s: VMAs do not overlap",
	   w->format);
	for (unsigned i = 0; i < 3; i++)
		pgt_map(mm, AT + i * PAGE, PGT_PTE, i != 2);
	first = page_at(AT);
	got = gup_pages_fast(w->good, mm, AT, 6, GUP_PIN | GUP_WRITE, pages);
	ok(got == 6 && pages[0] == first && first->refcount == 1025 &&
		   pgt_lookup(mm, AT + 2 * PAGE, true),
	   "%s: the fast path pins two pages, the slow one the third, which it makes writable, and the rest",
	   w->format);
	drop(pages, got, GUP_PIN);
	got = gup_pages_fast(w->good, mm, AT + 4 * PAGE, 4, GUP_PIN, pages);
	ok(got == 2 && page_at(AT + 4 * PAGE)->refcount == 1025,
	   "%s: at the end of the VMA what was had so far is returned", w->format);
	drop(pages, got, GUP_PIN);
	ok(gup_pages_fast(w->good, mm, AT + 6 * PAGE, 1, GUP_PIN, pages) == -EFAULT,
	   "%s: and past it an error", w->format);
	ok(gup_pages_fast(w->good, mm, -PAGE, 2, 0, pages) == -EOVERFLOW &&
		   gup_pages_fast(w->good, mm, pgt_last_addr(mm) + 1, 1, 0, pages) == -EFAULT &&
		   !gup_pages_fast(w->good, mm, AT, 0, 0, pages),
	   "%s: ranges that wrap, are too high, or empty", w->format);
	ref_mm_destroy(mm);
}

/* The fast path stops at the middle one of five pages, and the VMA there refuses the slow path. */
static void test_partial(const struct pin_walkers *w)
{
	struct ref_vma anon = { .start = AT, .end = AT + 2 * PAGE, .flags = RW };
	struct ref_vma file = { .start = AT + 2 * PAGE,
				.end = AT + 5 * PAGE,
				.flags = RW | REF_VM_SHARED,
				.mapping = &a_file };
	struct ref_page *pages[5];
	long got;

	mm = pin_mm(w);
	ref_vma_add(mm, &anon);
	ref_vma_add(mm, &file);
	for (unsigned i = 0; i < 5; i++)
		pgt_map_folio(mm, AT + i * PAGE, PGT_PTE, true,
			      i < 2 ? (char *)mm + REF_MAPPING_ANON : (char *)&a_file,
			      i < 2 ? REF_PG_ANON_EXCLUSIVE : 0);
	got = gup_pages_fast(w->good, mm, AT, 5, LONG_WRITE, pages);
	ok(got == 2 && page_at(AT + 2 * PAGE)->refcount == 1,
	   "%s: an error of the slow path after pages of the fast one: the pages are returned",
	   w->format);
	drop(pages, got, GUP_PIN);
	got = gup_pages_fast(w->good, mm, AT + 2 * PAGE, 3, LONG_WRITE, pages);
	ok(got == -EFAULT, "%s: and with no pages the error", w->format);
	got = gup_pages_fast(w->good, mm, AT, 5, GUP_PIN | GUP_WRITE, pages);
	ok(got == 5, "%s: not for long, all of them are pinned", w->format);
	drop(pages, got, GUP_PIN);
	ref_mm_destroy(mm);
}

static void test_slow_unshare(const struct pin_walkers *w)
{
	struct ref_vma vma = { .start = AT, .end = AT + PAGE, .flags = RW };
	struct ref_vma file = {
		.start = AT + PAGE,
		.end = AT + 2 * PAGE,
		.flags = RW,
		.mapping = &a_file,
	};
	struct ref_page *pages[1], *page;
	long got;

	mm = pin_mm(w);
	ref_vma_add(mm, &vma);
	ref_vma_add(mm, &file);
	pgt_map(mm, AT, PGT_PTE, true);
	page = page_at(AT);
	do_fork(NULL);
	got = gup_pages_fast(w->good, mm, AT, 1, GUP_PIN, pages);
	ok(got == 1 && pages[0] != page && exclusive(pages[0]) && page->refcount == 1,
	   "%s: a page shared with a child is copied before it is pinned for reading", w->format);
	drop(pages, got, GUP_PIN);
	got = gup_pages_fast(w->good, mm, CHILD, 1, 0, pages);
	ok(got == 1 && pages[0] == page, "%s: and not for a reference", w->format);
	gup_put(pages, 1);
	pgt_map_folio(mm, AT + PAGE, PGT_PTE, false, &a_file, 0);
	page = page_at(AT + PAGE);
	got = gup_pages_fast(w->good, mm, AT + PAGE, 1, GUP_PIN | GUP_LONGTERM, pages);
	ok(got == 1 && pages[0] != page && exclusive(pages[0]),
	   "%s: a private file's page is copied early, when pinned for long", w->format);
	drop(pages, got, GUP_PIN);
	ref_mm_destroy(mm);
}

static void test_movable(const struct pin_walkers *w)
{
	const unsigned longterm = GUP_PIN | GUP_LONGTERM;
	struct ref_vma vma = { .start = AT, .end = AT + 2 * PAGE, .flags = RW };
	struct ref_page *pages[2], *held[1], *page;
	long got;

	mm = pin_mm(w);
	ref_vma_add(mm, &vma);
	pgt_map_folio(mm, AT, PGT_PTE, true, (char *)mm + REF_MAPPING_ANON,
		      REF_PG_ANON_EXCLUSIVE | REF_PG_MOVABLE);
	page = page_at(AT);
	ok(returned(w, AT) == 6 && page->refcount == 1 && !w->good(mm, AT, 1, longterm, pages),
	   "%s: a movable folio is pinned, but not for long", w->format);
	w->good(mm, AT, 1, 0, held);
	got = gup_pages_fast(w->good, mm, AT, 2, longterm | GUP_WRITE, pages);
	ok(got == -ENOMEM && page_at(AT) == page && page->refcount == 2 &&
		   page_at(AT + PAGE)->refcount == 1,
	   "%s: where somebody else holds it, it cannot be moved, and nothing stays pinned",
	   w->format);
	gup_put(held, 1);
	got = gup_pages_fast(w->good, mm, AT, 2, longterm | GUP_WRITE, pages);
	ok(got == 2 && pages[0] != page && page_at(AT) == pages[0] && !page->refcount &&
		   !(pages[0]->flags & REF_PG_MOVABLE) && exclusive(pages[0]),
	   "%s: else it is moved, and pinned where it is then", w->format);
	drop(pages, got, GUP_PIN);
	ref_mm_destroy(mm);
}

int main(void)
{
	for (size_t i = 0; i < PIN_NR_WALKERS; i++) {
		const struct pin_walkers *w = &pin_walkers[i];

		test_small(w);
		test_large(w);
		test_entries(w);
		test_unshare(w);
		test_fork(w);
		test_fork_pinned(w);
		test_share(w);
		test_slow_rows(w);
		test_fallback(w);
		test_partial(w);
		test_slow_unshare(w);
		test_movable(w);
	}
	return tap_done();
}
