// SPDX-License-Identifier: GPL-2.0-only
/*
 * gup_fast/only: does GUP-fast return the pages that are mapped, across a boundary?
 *
 * The fast walk comes first and its references are held while slow GUP, page by page, tells the
 * truth: the other way round, slow GUP could repair what the fast walk stumbles over. With
 * alias=1 the pages one span below the boundary are mapped too; they are what a walk returns
 * that keeps the old upper entry and goes on with new lower indices.
 */
#include <linux/mman.h>

#include "ptbench.h"

#define PAGES 16
#define HALF (PAGES / 2 * PAGE_SIZE)

static const char *const levels[] = { "pmd", "pud", "p4d", "pgd" };

static int map_both(struct ptb_state *s)
{
	const struct ptb_row *row = s->row;
	unsigned long alias = s->at - ptb_level_span(row->cross);
	int ret;

	ret = ptb_map(s, s->at - HALF, 2 * HALF, PROT_READ | PROT_WRITE);
	if (ret)
		return ret;
	s->addr = s->at - HALF;
	ret = ptb_touch(s, s->addr, PAGES);
	if (ret || !row->alias)
		return ret;
	ret = ptb_map(s, alias, HALF, PROT_READ | PROT_WRITE);
	if (ret)
		return ret;
	s->len = HALF;
	return ptb_touch(s, alias, PAGES / 2);
}

static void unmap_both(struct ptb_state *s)
{
	if (s->len)
		ptb_unmap(s->at - ptb_level_span(s->row->cross), s->len);
	if (s->addr)
		ptb_unmap(s->addr, 2 * HALF);
}

/* How far below their address the wrong pages are mapped; 0: nowhere known. */
static unsigned long distance(struct ptb_state *s, long got)
{
	unsigned long span;
	int i, l;

	for (l = 0; l < ARRAY_SIZE(levels); l++) {
		span = ptb_level_span(levels[l]);
		for (i = 0; i < got; i++) {
			unsigned long addr = s->addr + i * PAGE_SIZE;

			if (s->pages[i] != s->truth[i] &&
			    (addr < span || ptb_slow_page(addr - span) != s->pages[i]))
				break;
		}
		if (i == got)
			return span;
	}
	return 0;
}

static void compare(struct ptb_state *s, char *seen, size_t size)
{
	unsigned long off;
	long got, i, wrong = 0;

	got = get_user_pages_fast_only(s->addr, PAGES, FOLL_WRITE, s->pages);
	for (i = 0; i < PAGES; i++)
		s->truth[i] = ptb_slow_page(s->addr + i * PAGE_SIZE);
	for (i = 0; i < got; i++)
		wrong += s->pages[i] != s->truth[i];
	off = wrong ? distance(s, got) : 0;
	if (wrong && off)
		snprintf(seen, size, "wrong %ld of %d: pages of address - 0x%lx", wrong, PAGES,
			 off);
	else if (wrong)
		snprintf(seen, size, "wrong %ld of %d: pages of no known address", wrong, PAGES);
	else if (got != PAGES)
		snprintf(seen, size, "short %ld of %d", got, PAGES);
	else
		strscpy(seen, "right", size);
	for (i = 0; i < got; i++)
		put_page(s->pages[i]);
}

static int run_check(struct ptb_state *s)
{
	char seen[sizeof(s->why)];
	int ret;

	ret = map_both(s);
	if (ret) {
		ret = ptb_emit_skip(s, s->why);
	} else {
		if (s->row->alias)
			ptb_arch_bait(s->at, s->at - ptb_level_span(s->row->cross));
		compare(s, seen, sizeof(seen));
		ptb_arch_bait(s->at, 0);
		ret = ptb_emit_check(s, s->row->ops->case_id, seen);
	}
	unmap_both(s);
	return ret;
}

static void describe(struct ptb_state *s)
{
	ptb_param(s, ",boundary=0x%lx,alias=%d", s->at, s->row->alias);
}

const struct ptb_ops ptb_only = {
	.case_id = "gup_fast/only",
	.run = run_check,
	.describe = describe,
	.design = true,
	.levels = true,
};
