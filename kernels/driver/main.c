// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/ptbench: runs one row of the table at a time and hands its records to the reader.
 */
#define pr_fmt(fmt) "ptbench: " fmt

#include <linux/fs.h>
#include <linux/init.h>
#include <linux/miscdevice.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "checks.h"
#include "ptbench.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "ptbench."

static char *boot = "costs";
module_param(boot, charp, 0444);
static char *design = "static";
module_param(design, charp, 0444);
static char *format = "unknown";
module_param(format, charp, 0444);
/* For test_harm.t. "warn": warns; "params": makes params too long. PID 1 knows other values. */
static char *harm = "";
module_param(harm, charp, 0444);
module_param_named(profile, ptb_profile, bool, 0444);

static DEFINE_MUTEX(lock); /* one row at a time; guards everything below, and the records */
static struct ptb_state state;
static bool prepared;

static bool is_events_boot(void)
{
	return !strcmp(boot, "events");
}

/* nr, of the row in its boot, tells rows apart whose own params are not known. */
static void describe(struct ptb_state *s, u32 nr)
{
	const struct ptb_row *row = s->row;

	snprintf(s->params, sizeof(s->params), "format=%s", format);
	if (row->ops->design)
		ptb_param(s, ",design=%s", design);
	if (row->ops->levels && ptb_arch_levels(current->mm))
		ptb_param(s, ",levels=%d", row->levels ?: ptb_arch_levels(current->mm));
	if (row->leaf)
		ptb_param(s, ",leaf=%s", ptb_leaf_name(row->leaf));
	if (row->pages)
		ptb_param(s, ",pages=%d", row->pages);
	if (row->cross)
		ptb_param(s, ",cross=%s", row->cross);
	if (row->tables)
		ptb_param(s, ",tables=%d", row->tables);
	if (row->twin)
		ptb_param(s, ",twin=%s", row->twin);
	if (row->peer)
		ptb_param(s, ",peer=%s", ptb_peer_name(row->peer));
	if (row->ops->absent)
		ptb_param(s, ",row=%u", nr);
	else if (row->ops->describe)
		row->ops->describe(s);
	if (!strcmp(harm, "params"))
		ptb_param(s, ",pages=%0*d", (int)sizeof(s->params), 0);
}

/* Once per boot: if the clock or a probe does not count, no row can be measured. */
static int prepare_once(void)
{
	int ret;

	if (prepared)
		return 0;
	state.pages = kvcalloc(PTB_MAX_PAGES, sizeof(*state.pages), GFP_KERNEL);
	state.truth = kvcalloc(PTB_MAX_PAGES, sizeof(*state.truth), GFP_KERNEL);
	if (!state.pages || !state.truth)
		return -ENOMEM;
	ret = ptb_records_begin() ?: (is_events_boot() ? ptb_events_begin() : ptb_calibrate());
	prepared = !ret;
	return ret;
}

static int place(struct ptb_state *s)
{
	const struct ptb_row *row = s->row;

	s->at = row->at ?: PTB_AT;
	if (!row->cross || !strcmp(row->cross, "none") || !strcmp(row->cross, "span"))
		return 0;
	return row->at ? ptb_boundary_of(s, row->cross, row->at)
		       : ptb_boundary(s, row->cross, &s->at);
}

static int run_row(const struct ptb_row *row, u32 nr, u64 peer)
{
	struct page **pages = state.pages, **truth = state.truth;
	int (*run)(struct ptb_state * s);
	int ret = 0;

	memset(&state, 0, sizeof(state));
	state.pages = pages;
	state.truth = truth;
	state.row = row;
	state.mm = current->mm;
	state.peer = u64_to_user_ptr(peer);
	ptb_records_clear();
	if (!row->skip && !row->ops->absent)
		ret = ptb_want_levels(&state, row->levels) ?: place(&state);
	describe(&state, nr);
	if (!ptb_wanted(&state))
		return 0;
	if (row->ops->absent) {
		ptb_fail(&state, PTB_ABSENT "%s", row->ops->absent);
		return ptb_emit_skip(&state, state.why);
	}
	if (row->skip)
		return ptb_emit_skip(&state, row->skip);
	if (ret)
		return ptb_emit_skip(&state, state.why);
	run = is_events_boot() ? ptb_run_events : row->ops->run;
	ret = row->ops->kthread ? ptb_in_kthread(raw_smp_processor_id(), run, &state) : run(&state);
	if (ret)
		pr_err("%s %s: %s (%d)\n", row->ops->case_id, state.params, state.why, ret);
	return ret;
}

static long ptb_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct ptb_run __user *to = (void __user *)arg;
	const struct ptb_row *row;
	struct ptb_run run;
	long ret;

	if (cmd == PTB_IOC_PEER)
		return ptb_peer_enter(arg);
	if (copy_from_user(&run, to, sizeof(run)))
		return -EFAULT;
	row = ptb_row_nr(run.row, is_events_boot());
	if (!row)
		return -ENXIO;
	switch (cmd) {
	case PTB_IOC_INFO:
		run.needs = ptb_peer_needed(row) ? PTB_NEEDS_PEER : 0;
		return copy_to_user(to, &run, sizeof(run)) ? -EFAULT : 0;
	case PTB_IOC_RUN:
		mutex_lock(&lock);
		ret = prepare_once() ?: run_row(row, run.row, run.peer);
		mutex_unlock(&lock);
		return ret;
	}
	return -ENOTTY;
}

/* Whole records or nothing: a reader with too small a buffer is told so. */
static ssize_t ptb_read(struct file *file, char __user *to, size_t len, loff_t *pos)
{
	const struct ptb_record *r;
	ssize_t ret = 0;

	mutex_lock(&lock);
	r = ptb_records_next();
	if (r)
		ret = len < r->size ? -EMSGSIZE : copy_to_user(to, r, r->size) ? -EFAULT : r->size;
	if (ret > 0)
		ptb_records_take();
	mutex_unlock(&lock);
	return ret;
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = ptb_ioctl,
	.read = ptb_read,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "ptbench",
	.fops = &fops,
};

static int __init ptb_init(void)
{
	WARN(!strcmp(harm, "warn"), "ptbench.harm=warn\n");
	return misc_register(&device);
}
device_initcall(ptb_init);
