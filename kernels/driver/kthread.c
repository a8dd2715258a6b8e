// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a function of a row in a kernel thread, which can take up address spaces and leave them
 * again, as an exiting or an execing process does.
 */
#include <linux/completion.h>
#include <linux/kthread.h>

#include "ptbench.h"

struct job {
	struct ptb_state *s;
	int (*fn)(struct ptb_state *s);
	struct completion done;
	int ret;
};

static int do_job(void *arg)
{
	struct job *job = arg;

	job->ret = job->fn(job->s);
	ptb_thread_ends(&job->done);
}

int ptb_in_kthread(int cpu, int (*fn)(struct ptb_state *s), struct ptb_state *s)
{
	struct job job = { .s = s, .fn = fn };
	struct task_struct *t;

	init_completion(&job.done);
	t = kthread_create(do_job, &job, "ptbench");
	if (IS_ERR(t))
		return ptb_fail(s, "no kernel thread: error %ld", PTR_ERR(t));
	kthread_bind(t, cpu);
	wake_up_process(t);
	wait_for_completion(&job.done);
	return job.ret;
}
