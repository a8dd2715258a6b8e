// SPDX-License-Identifier: GPL-2.0-only
/*
 * gup_fast/walk, gup_fast/put, gup_slow/walk.
 *
 * The fast rows call get_user_pages_fast_only() with FOLL_WRITE: the walk of
 * get_user_pages_fast() without its fallback, so that a short walk shows instead of being
 * repaired.
 */
#include "gup.h"

const struct ptb_gup *ptb_gup_of(const struct ptb_row *row)
{
	static const struct ptb_gup plain;

	return row->arg ?: &plain;
}

void ptb_gup_describe(struct ptb_state *s)
{
	static const char *const stops[] = {
		[PTB_STOP_NONE] = "none",
		[PTB_STOP_ABSENT] = "absent",
		[PTB_STOP_UNFAULTED] = "unfaulted",
		[PTB_STOP_LONGTERM] = "longterm",
	};
	const struct ptb_gup *g = ptb_gup_of(s->row);

	if (g->mem)
		ptb_param(s, ",mem=%s", ptb_mem_name(g->mem));
	if (g->longterm)
		ptb_param(s, ",flags=longterm");
	if (g->flushed)
		ptb_param(s, ",frames=flushed");
	if (g->shared)
		ptb_param(s, ",folio=shared");
	if (g->stop)
		ptb_param(s, ",stop=%s", stops[g->stop]);
}

/* The pages of a row that straddles a boundary lie half on each side. */
static unsigned long first_page(const struct ptb_state *s)
{
	const struct ptb_row *row = s->row;
	bool straddles = row->cross && strcmp(row->cross, "none") && strcmp(row->cross, "span");

	return straddles ? s->at - row->pages / 2 * PAGE_SIZE : s->at;
}

int ptb_gup_map(struct ptb_state *s)
{
	const struct ptb_gup *g = ptb_gup_of(s->row);
	const char *why = NULL;

	if (g->flushed && !ptb_in_time)
		why = "caches are not modelled where instructions are counted";
	else if (g->flushed && PTB_NO_FLUSH)
		why = PTB_NO_FLUSH;
	else if (g->shared && !ptb_in_time)
		why = "what CPUs do to each other's caches is not modelled where instructions are counted";
	else if (g->shared)
		why = "this boot has one CPU: nobody shares the folio";
	if (why) {
		ptb_fail(s, "%s", why);
		return -EOPNOTSUPP;
	}
	s->addr = first_page(s);
	return ptb_memory_map(s, g->mem);
}

void ptb_gup_unmap(struct ptb_state *s)
{
	ptb_memory_unmap(s);
}

static void flush_frames(struct ptb_state *s)
{
	long i;

	for (i = 0; i < s->row->pages; i++)
		ptb_arch_flush(s->truth[i], sizeof(struct page));
}

/* Touches a file's pages, because writeback cleans and write-protects them. */
int ptb_gup_fresh(struct ptb_state *s)
{
	const struct ptb_gup *g = ptb_gup_of(s->row);
	int ret = 0;

	if (g->mem == PTB_FILE || g->mem == PTB_DAX)
		ret = ptb_touch(s, s->addr, s->row->pages);
	if (s->row->leaf == PTB_CONTPTE_UNFOLDED)
		ptb_unfold(s);
	if (g->flushed)
		flush_frames(s);
	return ret;
}

int ptb_gup_came(struct ptb_state *s, void (*drop)(struct ptb_state *s, long nr))
{
	if (s->got == s->row->pages)
		return 0;
	if (s->got < 0)
		return ptb_fail(s, "no page came: error %ld", s->got);
	drop(s, s->got);
	return ptb_fail(s, "%ld of %d pages came", s->got, s->row->pages);
}

/* A walk that returns wrong pages, or not all, must not be measured. */
int ptb_gup_prove(struct ptb_state *s, void (*take)(struct ptb_state *s),
		  void (*drop)(struct ptb_state *s, long nr))
{
	int i;

	take(s);
	if (ptb_gup_came(s, drop))
		return -EOPNOTSUPP;
	for (i = 0; i < s->row->pages; i++) {
		s->truth[i] = ptb_slow_page(s->addr + i * PAGE_SIZE);
		if (s->pages[i] != s->truth[i])
			break;
	}
	drop(s, s->row->pages);
	if (i < s->row->pages) {
		ptb_fail(s, "%s returns a wrong page at index %d", s->row->ops->case_id, i);
		return -EOPNOTSUPP;
	}
	return 0;
}

/* ---- the fast walk ---- */

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

static void put_some(struct ptb_state *s, long nr)
{
	while (nr-- > 0)
		put_page(s->pages[nr]);
}

static int fast_setup(struct ptb_state *s)
{
	return ptb_gup_map(s) ?: ptb_gup_prove(s, get_fast, put_some);
}

static int put_after(struct ptb_state *s)
{
	int ret = ptb_gup_came(s, put_some);

	if (!ret)
		put_all(s);
	return ret;
}

static int get_before(struct ptb_state *s)
{
	int ret = ptb_gup_fresh(s);

	if (ret)
		return ret;
	get_fast(s);
	return ptb_gup_came(s, put_some);
}

static void get_slow(struct ptb_state *s)
{
	s->got = ptb_get_user_pages(s->addr, s->row->pages, FOLL_WRITE, s->pages);
}

static void get_slow_locked(struct ptb_state *s)
{
	mmap_read_lock(current->mm);
	get_slow(s);
	mmap_read_unlock(current->mm);
}

static int slow_setup(struct ptb_state *s)
{
	return ptb_gup_map(s) ?: ptb_gup_prove(s, get_slow_locked, put_some);
}

/*
 * Slow GUP marks a page as accessed. A page on no LRU list then changes between two states, one
 * call to the next, which cost different code: have every window start from the first.
 */
static void forget_access(struct ptb_state *s)
{
	long i;

	for (i = 0; i < s->row->pages; i++)
		ptb_forget_access(s->truth[i]);
}

/* The lock is taken outside the window: in the kernel, too, callers of slow GUP take it. */
static int lock_mm(struct ptb_state *s)
{
	int ret = ptb_gup_fresh(s);

	if (ptb_gup_of(s->row)->mem == PTB_DAX)
		forget_access(s);
	if (!ret)
		mmap_read_lock(current->mm);
	return ret;
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
	.prepare = ptb_gup_fresh,
	.op = get_fast,
	.finish = put_after,
	.teardown = ptb_gup_unmap,
	.describe = ptb_gup_describe,
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
	.teardown = ptb_gup_unmap,
	.describe = ptb_gup_describe,
	.irqs_off = true,
	.levels = true,
};

const struct ptb_ops ptb_slow = {
	.case_id = "gup_slow/walk",
	.run = ptb_run_cost,
	.setup = slow_setup,
	.prepare = lock_mm,
	.op = get_slow,
	.finish = unlock_put,
	.teardown = ptb_gup_unmap,
	.describe = ptb_gup_describe,
};
