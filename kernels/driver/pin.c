// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin_fast/walk, pin_fast/unpin; and pin_fast/only, the proof that these measure the fast walk
 * alone.
 *
 * pin_user_pages_fast() has no variant without the fallback (pin_user_pages_fast_only() was removed
 * in v6.4). A fast walk that stops short would be completed by slow GUP, and the cost of both be
 * taken for that of the fast walk. So the task has a SIGKILL pending while it walks: the fast walk
 * does not look at signals, but slow GUP looks before each page and gives up, and the call returns
 * too few pages.
 */
#include <linux/mman.h>
#include <linux/moduleparam.h>
#include <linux/sched/signal.h>

#include "gup.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "ptbench."

/* Does not block slow GUP, for the test that sees pin_fast/only fail. */
static bool repair;
module_param(repair, bool, 0444);

void ptb_gup_block_slow(bool blocked)
{
	if (repair)
		return;
	spin_lock_irq(&current->sighand->siglock);
	if (blocked) {
		sigaddset(&current->pending.signal, SIGKILL);
		set_tsk_thread_flag(current, TIF_SIGPENDING);
	} else {
		sigdelset(&current->pending.signal, SIGKILL);
		recalc_sigpending();
	}
	spin_unlock_irq(&current->sighand->siglock);
}

static void pin_walk(struct ptb_state *s)
{
	s->got = pin_user_pages_fast(s->addr, s->row->pages, FOLL_WRITE, s->pages);
}

static void pin_longterm(struct ptb_state *s)
{
	s->got = pin_user_pages_fast(s->addr, s->row->pages, FOLL_WRITE | FOLL_LONGTERM, s->pages);
}

static void pin(struct ptb_state *s)
{
	if (ptb_gup_of(s->row)->longterm)
		pin_longterm(s);
	else
		pin_walk(s);
}

static void pin_alone(struct ptb_state *s)
{
	ptb_gup_block_slow(true);
	pin(s);
	ptb_gup_block_slow(false);
}

static void unpin_some(struct ptb_state *s, long nr)
{
	if (nr > 0)
		unpin_user_pages(s->pages, nr);
}

static void unpin_all(struct ptb_state *s)
{
	unpin_user_pages(s->pages, s->row->pages);
}

static int pin_setup(struct ptb_state *s)
{
	int ret = ptb_gup_map(s) ?: ptb_gup_prove(s, pin_alone, unpin_some);

	if (ret == -EOPNOTSUPP && ptb_gup_of(s->row)->longterm && s->got < 0)
		ptb_fail(s, "FOLL_LONGTERM is refused here (error %ld); see gup_fast/fallback",
			 s->got);
	return ret;
}

static int pin_before(struct ptb_state *s)
{
	int ret = ptb_gup_fresh(s);

	if (!ret)
		ptb_gup_block_slow(true);
	return ret;
}

static int unpin_after(struct ptb_state *s)
{
	int ret;

	ptb_gup_block_slow(false);
	ret = ptb_gup_came(s, unpin_some);
	if (!ret)
		unpin_all(s);
	return ret;
}

static int unpin_before(struct ptb_state *s)
{
	int ret = ptb_gup_fresh(s);

	if (ret)
		return ret;
	pin_alone(s);
	return ptb_gup_came(s, unpin_some);
}

/* ---- the checks ---- */

/* A page in the middle is not there: the walk has to come back with what lies before it. */
static int run_only(struct ptb_state *s)
{
	unsigned long middle;
	int ret;

	ret = ptb_gup_map(s);
	if (ret)
		goto out;
	middle = s->addr + s->row->pages / 2 * PAGE_SIZE;
	ret = do_madvise(current->mm, middle, PAGE_SIZE, MADV_DONTNEED);
	if (ret) {
		ptb_fail(s, "cannot take the page at 0x%lx away: error %d", middle, ret);
		goto out;
	}
	pin_alone(s);
	snprintf(s->why, sizeof(s->why), "%ld of %d", s->got, s->row->pages);
	unpin_some(s, s->got);
out:
	ptb_gup_unmap(s);
	if (ret == -EOPNOTSUPP)
		return ptb_emit_skip(s, s->why);
	return ret
		       ?: ptb_emit_check(s, s->row->ops->case_id,
					 s->got == s->row->pages / 2 ? "right" : s->why);
}

/* What becomes of a long-term pin: the fast walk takes it, slow GUP does, or none. */
static void try_longterm(struct ptb_state *s)
{
	ptb_gup_block_slow(true);
	pin_longterm(s);
	ptb_gup_block_slow(false);
	unpin_some(s, s->got);
	if (s->got == s->row->pages) {
		strscpy(s->why, "allowed", sizeof(s->why));
		return;
	}
	pin_longterm(s);
	unpin_some(s, s->got);
	if (s->got == s->row->pages)
		strscpy(s->why, "fallback", sizeof(s->why));
	else if (s->got == -EFAULT || s->got == -EOPNOTSUPP)
		strscpy(s->why, s->got == -EFAULT ? "EFAULT" : "EOPNOTSUPP", sizeof(s->why));
	else
		snprintf(s->why, sizeof(s->why), "%ld of %d", s->got, s->row->pages);
}

static int run_longterm(struct ptb_state *s)
{
	int ret = ptb_gup_map(s);

	if (!ret)
		try_longterm(s);
	ptb_gup_unmap(s);
	if (ret == -EOPNOTSUPP)
		return ptb_emit_skip(s, s->why);
	return ret ?: ptb_emit_check(s, s->row->ops->case_id, s->why);
}

const struct ptb_ops ptb_pin = {
	.case_id = "pin_fast/walk",
	.run = ptb_run_cost,
	.setup = pin_setup,
	.prepare = pin_before,
	.op = pin_walk,
	.finish = unpin_after,
	.teardown = ptb_gup_unmap,
	.describe = ptb_gup_describe,
	.irqs_off = true,
	.design = true,
	.levels = true,
};

const struct ptb_ops ptb_pin_longterm = {
	.case_id = "pin_fast/walk",
	.run = ptb_run_cost,
	.setup = pin_setup,
	.prepare = pin_before,
	.op = pin_longterm,
	.finish = unpin_after,
	.teardown = ptb_gup_unmap,
	.describe = ptb_gup_describe,
	.irqs_off = true,
	.design = true,
	.levels = true,
};

const struct ptb_ops ptb_unpin = {
	.case_id = "pin_fast/unpin",
	.run = ptb_run_cost,
	.setup = pin_setup,
	.prepare = unpin_before,
	.op = unpin_all,
	.teardown = ptb_gup_unmap,
	.describe = ptb_gup_describe,
	.irqs_off = true,
	.levels = true,
};

const struct ptb_ops ptb_pin_only = {
	.case_id = "pin_fast/only",
	.run = run_only,
	.describe = ptb_gup_describe,
	.design = true,
	.levels = true,
};

const struct ptb_ops ptb_longterm = {
	.case_id = "gup_fast/longterm",
	.run = run_longterm,
	.describe = ptb_gup_describe,
};
