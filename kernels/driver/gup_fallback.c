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

static void put_some(struct ptb_state *s, long nr)
{
	while (nr-- > 0)
		put_page(s->pages[nr]);
}

/* The first page that is taken away. */
static long first_missing(struct ptb_state *s)
{
	enum ptb_stop stop = ptb_gup_of(s->row)->stop;

	return stop == PTB_STOP_ABSENT	    ? s->row->pages / 2
	       : stop == PTB_STOP_UNFAULTED ? 0
					    : s->row->pages;
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

/* Proves that the fast walk alone stops where the row says. */
static int stops(struct ptb_state *s)
{
	long want = first_missing(s);
	int ret = take_away(s);

	if (ret)
		return ret;
	s->got = get_user_pages_fast_only(s->addr, s->row->pages, FOLL_WRITE, s->pages);
	put_some(s, s->got);
	if (s->got == want)
		return 0;
	/* Whether that is a bug is for gup_fast/only to judge: a busted design may stop early. */
	ptb_fail(s, "the fast walk stops after %ld pages instead of %ld", s->got, want);
	return -EOPNOTSUPP;
}

static int setup(struct ptb_state *s)
{
	return ptb_gup_map(s) ?: stops(s) ?: ptb_gup_prove(s, get, put_some);
}

static int finish(struct ptb_state *s)
{
	int ret = ptb_gup_came(s, put_some);

	if (!ret)
		put_some(s, s->got);
	return ret;
}

static int is_refused(struct ptb_state *s)
{
	if (s->got < 0)
		return 0;
	unpin_user_pages(s->pages, s->got);
	return ptb_fail(s, "a long-term pin of this memory is not refused");
}

static int refused_setup(struct ptb_state *s)
{
	int ret = ptb_gup_map(s);

	if (ret)
		return ret;
	refused(s);
	return is_refused(s) ? -EOPNOTSUPP : 0;
}

const struct ptb_ops ptb_fallback = {
	.case_id = "gup_fast/fallback",
	.run = ptb_run_cost,
	.setup = setup,
	.prepare = take_away,
	.op = get,
	.finish = finish,
	.teardown = ptb_gup_unmap,
	.describe = ptb_gup_describe,
	.levels = true,
};

const struct ptb_ops ptb_refused = {
	.case_id = "gup_fast/fallback",
	.run = ptb_run_cost,
	.setup = refused_setup,
	.prepare = ptb_gup_fresh,
	.op = refused,
	.finish = is_refused,
	.teardown = ptb_gup_unmap,
	.describe = ptb_gup_describe,
	.levels = true,
};
