// SPDX-License-Identifier: GPL-2.0-or-later
/* The oracle: sums up by brute force the references that a folio's count has to equal. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "thp_priv.h"

struct count {
	struct ref_mm *mm;
	int *expected; /* references per frame, counted at the folio's head */
	char *why;
	size_t size;
	bool wrong;
};

__attribute__((format(printf, 2, 3))) static void wrong(struct count *c, const char *fmt, ...)
{
	va_list ap;

	if (c->wrong)
		return;
	c->wrong = true;
	va_start(ap, fmt);
	vsnprintf(c->why, c->size, fmt, ap);
	va_end(ap);
}

static void count_page(struct count *c, const struct ref_page *page, const char *whose)
{
	size_t frame = ref_page_index(c->mm, page);
	const struct ref_page *head = page->head;

	if (!head || head->refcount <= 0)
		wrong(c, "frame %zu is %s and free", frame, whose);
	else
		c->expected[ref_page_index(c->mm, head)]++;
}

static void count_leaf(struct count *c, const struct pgt_real *r, uint64_t entry)
{
	struct ref_page *page = thp_entry_page(c->mm, r->level, entry);

	if (!thp_is_present(c->mm, r->level, entry)) {
		wrong(c, "a migration entry of frame %zu was left", ref_page_index(c->mm, page));
		return;
	}
	count_page(c, page, "mapped");
	for (size_t i = 1; i < (size_t)1 << (r->shift - c->mm->fmt->page_shift); i++)
		if (page[i].head != page->head)
			wrong(c, "frame %zu is mapped by another folio's leaf",
			      ref_page_index(c->mm, &page[i]));
}

static void count_table(struct count *c, const struct pgt_real *r, const struct ref_page *table)
{
	count_page(c, table, "a table");
	for (size_t i = 0; i < (size_t)1 << r->bits; i++) {
		uint64_t e = thp_read(c->mm, r->level, thp_entry_at(c->mm, r->level, table, i));

		if (thp_is_empty(c->mm, r->level, e))
			continue;
		if (r->level == PGT_PTE || thp_is_leaf(c->mm, r->level, e))
			count_leaf(c, r, e);
		else
			count_table(c, r + 1, thp_entry_table(c->mm, r->level, e));
	}
}

/* References that the page cache or the swap cache holds: one per page. */
static int cached(const struct ref_page *folio)
{
	const struct thp_file *file = folio->mapping;

	if (folio->flags & REF_PG_SWAPCACHE)
		return (int)folio->nr;
	if (!file || thp_is_anon(folio) || file->pages[folio->index] != folio)
		return 0;
	return (int)folio->nr;
}

static void compare(struct count *c, size_t frame)
{
	const struct ref_page *page = &c->mm->memmap[frame];

	if (page->head == page && page->refcount)
		c->expected[frame] += cached(page);
	if (page->refcount != c->expected[frame])
		wrong(c, "frame %zu has %d references, of which %d have a holder", frame,
		      page->refcount, c->expected[frame]);
}

bool thp_balanced(struct ref_mm *mm, struct ref_page *const *held, size_t nr_held, char *why,
		  size_t size)
{
	struct count c = { .mm = mm, .why = why, .size = size };

	c.expected = calloc(mm->nr_frames, sizeof(c.expected[0]));
	if (!c.expected) {
		snprintf(why, size, "no memory");
		return false;
	}
	count_table(&c, mm->real, mm->pgd_page);
	for (const struct ref_page *t = mm->deposited; t; t = t->next)
		count_page(&c, t, "a deposited table");
	for (size_t i = 0; i < nr_held; i++)
		count_page(&c, held[i], "held");
	for (size_t i = 0; i < mm->nr_frames; i++)
		compare(&c, i);
	free(c.expected);
	return !c.wrong;
}
