// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmap/switch: two kernel threads wake each other in turn. A window of the first holds a whole
 * turn: it wakes the other, sleeps, and is woken by it, which takes two switches of tasks.
 *
 * Kernel threads have no address space, so nothing but the maps is switched. They are real-time
 * tasks, because what the fair class does at a wake-up depends on how long each has run before.
 * The row without maps says what the rest of the turn costs.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/stat.h>

#include "kmap.h"

static struct completion ping, pong, over;
static struct ptb_kmaps mine, theirs;
static bool stop;
static struct ptb_state *measured;
static int partner_error, result;

static const struct ptb_kmap_row *row_of(const struct ptb_state *s)
{
	return s->row->arg;
}

static void switch_describe(struct ptb_state *s)
{
	ptb_param(s, ",backend=%s,debug=%d,design=%s,next=%d,prev=%d",
		  ptb_kmap_backend("kmap_local"), PTB_KMAP_DEBUG, PTB_KMAP_DESIGN, row_of(s)->next,
		  row_of(s)->prev);
}

static int partner(void *arg)
{
	struct ptb_state *s = arg;

	partner_error = ptb_kmaps_fill(s, &theirs, row_of(s)->next);
	for (;;) {
		complete(&pong);
		wait_for_completion(&ping);
		if (stop)
			break;
	}
	ptb_kmaps_empty(&theirs);
	complete(&pong);
	return 0;
}

static void turn(struct ptb_state *s)
{
	complete(&ping);
	wait_for_completion(&pong);
}

/*
 * Lets other tasks that have become runnable run now: both threads are real-time tasks, which leave
 * them no time, and the scheduler executes more code in the window while others wait. The two turns
 * that follow make the time since the last switch, by which the scheduler's averages decay, the
 * same in every window.
 */
static int switch_prepare(struct ptb_state *s)
{
	int i;

	for (i = 0; i < 10 && nr_running() > 1; i++)
		schedule_timeout_uninterruptible(1);
	turn(s);
	turn(s);
	return 0;
}

static int start(int (*fn)(void *arg), struct ptb_state *s, const char *name)
{
	struct task_struct *task = kthread_create(fn, s, "ptbench_%s", name);

	if (IS_ERR(task)) {
		ptb_fail(s, "no kernel thread: error %ld", PTR_ERR(task));
		return PTR_ERR(task);
	}
	kthread_bind(task, raw_smp_processor_id());
	sched_set_fifo(task);
	wake_up_process(task);
	return 0;
}

static int switch_setup(struct ptb_state *s)
{
	int ret, nr = max(row_of(s)->prev, row_of(s)->next);

	stop = true;
	if (nr > PTB_KMAP_MAX) {
		ptb_fail(s, "the stack of this kernel ends at %d maps", PTB_KMAP_MAX);
		return -EOPNOTSUPP;
	}
	init_completion(&ping);
	init_completion(&pong);
	ret = ptb_kmaps_fill(s, &mine, row_of(s)->prev) ?: start(partner, s, "next");
	if (ret)
		return ret;
	stop = false;
	wait_for_completion(&pong);
	if (partner_error)
		return partner_error;
	turn(s);
	if (ptb_kmaps_shown(&mine, s->why, sizeof(s->why)))
		return 0;
	return -EOPNOTSUPP; /* a switch that loses maps must not be measured */
}

static void switch_teardown(struct ptb_state *s)
{
	if (!stop) {
		stop = true;
		turn(s);
	}
	ptb_kmaps_empty(&mine);
}

/*
 * Measures in a kernel thread: the caller's thread has an address space, which would be switched.
 */
static int measure(void *arg)
{
	result = measured->row->ops->setup ? ptb_run_cost(measured) : 0;
	complete(&over);
	return 0;
}

static int switch_run(struct ptb_state *s)
{
	int ret = row_of(s)->prev ? ptb_kmap_has_stack(s, "kmap_local") : 0;

	if (ret)
		return ptb_emit_skip(s, s->why);
	measured = s;
	init_completion(&over);
	ret = start(measure, s, "prev");
	if (ret)
		return ret;
	wait_for_completion(&over);
	return result;
}

const struct ptb_ops ptb_kmap_switch = {
	.case_id = "kmap/switch",
	.run = switch_run,
	.setup = switch_setup,
	.prepare = switch_prepare,
	.op = turn,
	.teardown = switch_teardown,
	.describe = switch_describe,
	.switches = 2,
};

/* ---- kmap/restored: after both tasks have run, are the maps what they were? ---- */

static int restored_run(struct ptb_state *s)
{
	char seen[sizeof(s->why)];
	int ret = ptb_kmap_has_stack(s, "kmap_local") ?: switch_setup(s);

	if (ret == -EOPNOTSUPP && strncmp(s->why, "wrong", 5))
		return ptb_emit_skip(s, s->why);
	if (ret && ret != -EOPNOTSUPP)
		return ret;
	strscpy(seen, ret ? s->why : "right", sizeof(seen));
	switch_teardown(s);
	return ptb_emit_check(s, s->row->ops->case_id, seen);
}

const struct ptb_ops ptb_kmap_restored = {
	.case_id = "kmap/restored",
	.run = restored_run,
	.describe = switch_describe,
};
