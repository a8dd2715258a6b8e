// SPDX-License-Identifier: GPL-2.0-only
/*
 * gup_fast/walk, gup_fast/put, gup_slow/walk.
 *
 * The fast rows call get_user_pages_fast_only() with FOLL_WRITE: the walk of
 * get_user_pages_fast() without its fallback, so that a short walk shows instead of being
 * repaired.
 */
#include <linux/mman.h>

#include "ptbench.h"

/* The pages of a row that straddles a boundary lie half on each side. */
static unsigned long first_page(const struct ptb_state *s)
{
	const struct ptb_row *row = s->row;
	bool straddles = row->cross && strcmp(row->cross, "none") && strcmp(row->cross, "span");

	return straddles ? s->at - row->pages / 2 * PAGE_SIZE : s->at;
}

static int map_huge(struct ptb_state *s)
{
	struct page *page;
	int ret;

	if (!IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE) || !has_transparent_hugepage()) {
		ptb_fail(s, "this machine has no huge pages at this level");
		return -EOPNOTSUPP;
	}
	ret = ptb_map(s, s->addr, PMD_SIZE, PROT_READ | PROT_WRITE);
	if (ret)
		return ret;
	s->len = PMD_SIZE;
	ret = do_madvise(current->mm, s->addr, s->len, MADV_HUGEPAGE);
	if (!ret)
		ret = ptb_touch(s, s->addr, s->len >> PAGE_SHIFT);
	page = ret ? NULL : ptb_slow_page(s->addr);
	if (page && compound_order(compound_head(page)) != PMD_SHIFT - PAGE_SHIFT) {
		ptb_fail(s, "no transparent huge page was given");
		return -EOPNOTSUPP;
	}
	return ret;
}

static int map_pages(struct ptb_state *s)
{
	int ret;

	s->addr = first_page(s);
	if (s->row->leaf == PTB_PMD)
		return map_huge(s);
	ret = ptb_map(s, s->addr, s->row->pages * PAGE_SIZE, PROT_READ | PROT_WRITE);
	if (ret)
		return ret;
	s->len = s->row->pages * PAGE_SIZE;
	/* A huge page would be another row. */
	if (IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE))
		do_madvise(current->mm, s->addr, s->len, MADV_NOHUGEPAGE);
	return ptb_touch(s, s->addr, s->row->pages);
}

static void get_fast(struct ptb_state *s)
{
	s->got = get_user_pages_fast_only(s->addr, s->row->pages, FOLL_WRITE, s->pages);
}

static void put_all(struct ptb_state *s)
{
	struct page **pages = s->pages;
	long i;

	for (i = 0; i < s->row->pages; i++)
		put_page(pages[i]);
}

static int got_all(struct ptb_state *s)
{
	long got = s->got, i;

	if (got == s->row->pages)
		return 0;
	for (i = 0; i < got; i++)
		put_page(s->pages[i]);
	return ptb_fail(s, "%ld of %d pages came", got, s->row->pages);
}

/* The cost of a walk that returns the wrong pages, or not all, is no cost of this walk. */
static int fast_setup(struct ptb_state *s)
{
	int ret, i;

	ret = map_pages(s);
	if (ret)
		return ret;
	get_fast(s);
	if (got_all(s))
		return -EOPNOTSUPP;
	for (i = 0; i < s->row->pages; i++)
		if (s->pages[i] != ptb_slow_page(s->addr + i * PAGE_SIZE))
			break;
	put_all(s);
	if (i < s->row->pages) {
		ptb_fail(s, "get_user_pages_fast_only() returns a wrong page at index %d", i);
		return -EOPNOTSUPP;
	}
	return 0;
}

static void unmap_pages(struct ptb_state *s)
{
	if (s->len)
		ptb_unmap(s->addr, s->len);
}

static int put_after(struct ptb_state *s)
{
	int ret = got_all(s);

	if (!ret)
		put_all(s);
	return ret;
}

static int get_before(struct ptb_state *s)
{
	get_fast(s);
	return got_all(s);
}

static void get_slow(struct ptb_state *s)
{
	s->got = get_user_pages(s->addr, s->row->pages, FOLL_WRITE, s->pages);
}

/* The lock is the caller's business, as it is in the kernel: outside the window. */
static int lock_mm(struct ptb_state *s)
{
	mmap_read_lock(current->mm);
	return 0;
}

static int unlock_put(struct ptb_state *s)
{
	mmap_read_unlock(current->mm);
	return put_after(s);
}

const struct ptb_ops ptb_walk = {
	.case_id = "gup_fast/walk",
	.run = ptb_run_cost,
	.setup = fast_setup,
	.op = get_fast,
	.finish = put_after,
	.teardown = unmap_pages,
	.irqs_off = true,
	.design = true,
	.levels = true,
};

const struct ptb_ops ptb_put = {
	.case_id = "gup_fast/put",
	.run = ptb_run_cost,
	.setup = fast_setup,
	.prepare = get_before,
	.op = put_all,
	.teardown = unmap_pages,
	.irqs_off = true,
	.levels = true,
};

const struct ptb_ops ptb_slow = {
	.case_id = "gup_slow/walk",
	.run = ptb_run_cost,
	.setup = map_pages,
	.prepare = lock_mm,
	.op = get_slow,
	.finish = unlock_put,
	.teardown = unmap_pages,
};
