// SPDX-License-Identifier: GPL-2.0-only
/*
 * gup_fast/fallback: the calls that fall back, on ranges where the fast walk has to stop.
 *
 * stop=none is the same call where nothing stops it: against gup_fast/walk it tells what offering
 * a fallback costs. Pages that are missing are faulted in by the call, that is part of its cost;
 * shmem's are still in its page cache. stop=longterm is a pin that both walks refuse.
 */
#include <linux/mman.h>

#include "gup.h"

static void get(struct ptb_state *s)
{
	s->got = get_user_pages_fast(s->addr, s->row->pages, FOLL_WRITE, s->pages);
}

static void refused(struct ptb_state *s)
{
	s->got = pin_user_pages_fast(s->addr, s->row->pages, FOLL_WRITE | FOLL_LONGTERM, s->pages);
}

static void call(struct ptb_state *s)
{
	if (ptb_gup_of(s->row)->stop == PTB_STOP_LONGTERM)
		refused(s);
	else
		get(s);
}

static void put_some(struct ptb_state *s, long nr)
{
	while (nr-- > 0)
		put_page(s->pages[nr]);
}

/* The first page that is taken away. */
static long first_missing(struct ptb_state *s)
{
	enum ptb_stop stop = ptb_gup_of(s->row)->stop;

	return stop == PTB_STOP_ABSENT ? s->row->pages / 2 : stop == PTB_STOP_UNFAULTED ? 0 :
							     s->row->pages;
}

static int take_away(struct ptb_state *s)
{
	bool one = ptb_gup_of(s->row)->stop == PTB_STOP_ABSENT;
	long first = first_missing(s), nr = one ? 1 : s->row->pages - first;
	int ret = ptb_gup_fresh(s);

	if (ret || !nr)
		return ret;
	ret = do_madvise(current->mm, s->addr + first * PAGE_SIZE, nr * PAGE_SIZE, MADV_DONTNEED);
	return ret ? ptb_fail(s, "cannot take pages away: error %d", ret) : 0;
}

/* The fast walk alone stops where it should, or the row would be of something else. */
static int stops(struct ptb_state *s)
{
	long want = first_missing(s);
	int ret = take_away(s);

	if (ret)
		return ret;
	s->got = get_user_pages_fast_only(s->addr, s->row->pages, FOLL_WRITE, s->pages);
	put_some(s, s->got);
	if (s->got != want)
		return ptb_fail(s, "the fast walk stops after %ld pages instead of %ld", s->got,
				want);
	return 0;
}

static int setup(struct ptb_state *s)
{
	enum ptb_stop stop = ptb_gup_of(s->row)->stop;
	int ret = ptb_gup_map(s);

	if (ret)
		return ret;
	if (stop != PTB_STOP_LONGTERM)
		return stops(s) ?: ptb_gup_prove(s, get, put_some);
	refused(s);
	if (s->got < 0)
		return 0;
	unpin_user_pages(s->pages, s->got);
	ptb_fail(s, "a long-term pin of this memory is not refused");
	return -EOPNOTSUPP;
}

static int finish(struct ptb_state *s)
{
	int ret;

	if (ptb_gup_of(s->row)->stop == PTB_STOP_LONGTERM)
		return s->got < 0 ? 0 : ptb_fail(s, "the pin was refused once, not always");
	ret = ptb_gup_came(s, put_some);
	if (!ret)
		put_some(s, s->got);
	return ret;
}

const struct ptb_ops ptb_fallback = {
	.case_id = "gup_fast/fallback",
	.run = ptb_run_cost,
	.setup = setup,
	.prepare = take_away,
	.op = call,
	.finish = finish,
	.teardown = ptb_gup_unmap,
	.describe = ptb_gup_describe,
	.levels = true,
};
