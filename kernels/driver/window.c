// SPDX-License-Identifier: GPL-2.0-only
/*
 * Windows: one operation between two readings of the clock. A window in which anything else of the
 * kernel ran is thrown away.
 *
 * With icount on one CPU the clock counts instructions, so a window is exact if only the operation
 * ran in it. What else may run depends on unrelated events: interrupts, softirqs, a switch to
 * another task, refills of the page allocator's per-CPU lists, and new slabs of SLUB. Each of these
 * has a count (noise.c) that is compared before and after. With interrupts off there may still be a
 * refill, and on x86 an NMI, which is counted among the interrupts; no machine that QEMU makes for
 * us sends one. SLUB's refill from slabs that are there has no count: that most windows agree shows
 * that it is rare.
 */
#define pr_fmt(fmt) "ptbench: " fmt

#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/list.h>
#include <linux/mman.h>
#include <linux/moduleparam.h>
#include <linux/percpu_counter.h>
#include <linux/rcupdate.h>
#include <linux/ktime.h>
#include <linux/sched/clock.h>
#include <linux/swap.h>
#include <linux/vmstat.h>
#include <linux/timekeeping.h>

#include "marks.h"
#include "ptbench.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "ptbench."

bool ptb_profile;

/* Makes costs so many percent too high, for the test that sees a comparison find it. */
static uint misreport;
module_param(misreport, uint, 0444);

/* Puts a refill into every refill-th window, for the test that sees these thrown away. */
static uint refill;
module_param(refill, uint, 0444);

static __always_inline u64 now(void)
{
	return unlikely(ptb_in_time) ? ktime_get_mono_fast_ns() : ptb_arch_clock();
}

static u64 delta(u64 from, u64 to)
{
	return ptb_in_time ? to - from : ptb_arch_delta(from, to);
}

/* Never inlined: empty windows and those of an operation have to be the same code. */
static noinline u64 window(void (*op)(struct ptb_state *s), struct ptb_state *s)
{
	u64 from, to;

	from = now();
	ptb_mark_begin();
	op(s);
	ptb_mark_end();
	to = now();
	return delta(from, to);
}

static noinline void empty_op(struct ptb_state *s)
{
	asm volatile("" : : : "memory");
}

/* How many switches of tasks the operation itself makes. */
static unsigned int own_switches(void (*op)(struct ptb_state *s), const struct ptb_state *s)
{
	return s && op == s->row->ops->op ? s->row->ops->switches : 0;
}

/* What happened in the last window that was not quiet. */
static struct ptb_noise heard;

/* Runs one window. true: nothing else ran in it. */
static bool quiet_window(void (*op)(struct ptb_state *s), struct ptb_state *s, bool irqs_off,
			 u64 *cost)
{
	struct ptb_noise before, after;
	unsigned long flags = 0;

	if (irqs_off) {
		local_irq_save(flags);
		/* Else powerpc takes an interrupt, to note it for later, and nobody sees it. */
		hard_irq_disable();
	}
	ptb_noise_read(&before);
	*cost = window(op, s);
	ptb_noise_read(&after);
	if (irqs_off)
		/* interrupts that are pending are taken now, after both readings */
		local_irq_restore(flags);
	before.switches += own_switches(op, s);
	if (!memcmp(&before, &after, sizeof(before)))
		return true;
	heard = (struct ptb_noise){
		.irqs = after.irqs - before.irqs,
		.softirqs = after.softirqs - before.softirqs,
		.switches = after.switches - before.switches,
		.free_pages = after.free_pages - before.free_pages,
		.slab_pages = after.slab_pages - before.slab_pages,
	};
	return false;
}

u64 ptb_mode(const u64 *v, u32 nr)
{
	u32 i, j, n, most = 0;
	u64 mode = 0;

	for (i = 0; i < nr; i++) {
		for (j = n = 0; j < nr; j++)
			n += v[j] == v[i];
		if (n > most || (n == most && v[i] < mode)) {
			most = n;
			mode = v[i];
		}
	}
	return mode;
}

static u64 empty_cost(struct ptb_state *s, bool irqs_off)
{
	u64 v[PTB_WINDOWS];
	bool kept;
	int i;

	for (i = 0; i < PTB_WINDOWS; i += kept) {
		kept = quiet_window(empty_op, s, irqs_off, &v[i]);
		ptb_mark(kept);
	}
	return ptb_mode(v, PTB_WINDOWS);
}

static int empty_deferred_cost(struct ptb_state *s, u64 *cost)
{
	u64 v[PTB_WINDOWS];
	int i, tries;
	bool kept;

	for (i = tries = 0; i < PTB_WINDOWS; tries++) {
		if (tries == PTB_MAX_TRIES)
			return ptb_fail(s, "no quiet pair of empty RCU callbacks in %d", tries);
		ptb_deferred_first();
		ptb_deferred_second();
		kept = ptb_deferred_result(&v[i]);
		ptb_mark(kept);
		i += kept;
	}
	*cost = ptb_mode(v, PTB_WINDOWS);
	return 0;
}

/* Both loops load it: a larger constant, or another address, might take one more instruction. */
static unsigned long turns;

static void loop(struct ptb_state *s)
{
	ptb_arch_loop(READ_ONCE(turns));
}

/* Proves that one instruction is one unit of the clock; without that no cost is exact. */
int ptb_calibrate(void)
{
	u64 want = 50000 * PTB_LOOP_INSTRUCTIONS, less, more;
	int i;

	for (i = 0; i < 8 && !ptb_in_time; i++) {
		WRITE_ONCE(turns, 1000);
		quiet_window(loop, NULL, true, &less);
		WRITE_ONCE(turns, 51000);
		quiet_window(loop, NULL, true, &more);
		if (more - less != want) {
			pr_err("%llu instructions took %llu units of the clock: not icount\n", want,
			       more - less);
			return -EIO;
		}
	}
	return 0;
}

/*
 * Per-CPU counters spill into global ones when they reach a limit, which costs a few instructions,
 * and how near they are to it depends on everything before. So every window starts with these
 * counters at zero, and with empty per-CPU lists of the LRU, which it would otherwise have to
 * drain.
 */
static void settle(struct ptb_state *s)
{
	unsigned long flags;

	lru_add_drain();
	ptb_settle_rss(s->mm);
	percpu_counter_sync(&vm_committed_as);
	local_irq_save(flags);
	cpu_vm_stats_fold(raw_smp_processor_id());
	local_irq_restore(flags);
}

/* With PREEMPT_RT callbacks run in a thread, and between two of them other tasks may run. */
static bool bills_deferred(const struct ptb_ops *ops)
{
	return ops->deferred && !IS_ENABLED(CONFIG_PREEMPT_RT);
}

static LIST_HEAD(refilled);

/* So many pages are on no per-CPU list: they come from the free lists, and go back there. */
#define REFILL_ORDER 5

static void refill_now(struct rcu_head *unused)
{
	struct page *page = alloc_pages(GFP_NOWAIT | __GFP_NOWARN, REFILL_ORDER);

	if (page)
		list_add(&page->lru, &refilled);
}

/* Where callbacks are billed, the refill comes among these, and the window itself stays quiet. */
static void op_and_refill(struct ptb_state *s)
{
	static struct rcu_head rcu;

	s->row->ops->op(s);
	if (bills_deferred(s->row->ops))
		call_rcu(&rcu, refill_now);
	else
		refill_now(NULL);
}

static void put_refilled(void)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &refilled, lru) {
		list_del(&page->lru);
		__free_pages(page, REFILL_ORDER);
	}
}

/* Pages went past the per-CPU lists, and nothing else happened: the operation itself did that. */
static bool is_refill(const struct ptb_noise *n)
{
	return n->free_pages && !n->irqs && !n->softirqs && !n->switches && !n->slab_pages;
}

static int one_window(struct ptb_state *s)
{
	static unsigned int nr;
	const struct ptb_ops *ops = s->row->ops;
	bool refills = refill && nr++ % refill == 0;
	bool kept, kept_deferred = true;
	u64 cost, later = 0;
	int ret;

	ret = ops->prepare ? ops->prepare(s) : 0;
	if (ret)
		return ret;
	settle(s);
	if (bills_deferred(ops))
		ptb_deferred_first();
	kept = quiet_window(refills ? op_and_refill : ops->op, s, s->irqs_off, &cost);
	if (bills_deferred(ops)) {
		ptb_deferred_second();
		kept_deferred = ptb_deferred_result(&later);
	} else if (ops->deferred) {
		rcu_barrier();
	}
	ret = ops->finish ? ops->finish(s) : 0;
	put_refilled();
	if (ret)
		return ret;
	if (!kept || !kept_deferred) {
		s->discarded++;
		s->refills += !kept && is_refill(&heard);
		s->shortest = min(s->shortest, cost);
		return 0;
	}
	if (!ptb_in_time && (cost < s->empty || later < s->empty_deferred))
		return ptb_fail(
			s,
			"a window of %llu (+ %llu later) is shorter than an empty one of %llu (+ %llu)",
			cost, later, s->empty, s->empty_deferred);
	cost -= min(cost, s->empty);
	s->samples[s->nr] = cost + cost * misreport / 100;
	s->deferred[s->nr++] = later - min(later, s->empty_deferred);
	return 0;
}

/* From one tick to the next, in units of the clock. */
static unsigned long tick(void)
{
	return TICK_NSEC / (ptb_in_time ? 1 : PTB_INSTRUCTION_NS);
}

/* After so many tries without one quiet window the operation may be too long for any. */
#define GIVE_UP 16

/* For an operation so long that nearly every window of it meets a tick. */
static int too_long(struct ptb_state *s)
{
	ptb_fail(
		s,
		"the call takes %llu %s or more, and a tick comes every %lu: too few windows are quiet",
		s->shortest, ptb_in_time ? "ns" : "instructions", tick());
	return -EOPNOTSUPP;
}

/* After so many tries: -EOPNOTSUPP: no such operation can be measured; or -EIO. */
static int give_up(struct ptb_state *s, int tries)
{
	if (s->shortest > tick() / 2)
		return too_long(s);
	if (s->refills > tries / 2) {
		ptb_fail(s, "the call goes past the per-CPU lists of pages in %u of %d windows",
			 s->refills, tries);
		return -EOPNOTSUPP;
	}
	return ptb_fail(
		s,
		"only %u quiet windows in %d; another: irqs %lld, softirqs %lld, switches %lld, free pages %lld, slab pages %lld",
		s->nr, tries, heard.irqs, heard.softirqs, heard.switches, heard.free_pages,
		heard.slab_pages);
}

static int measure(struct ptb_state *s)
{
	const struct ptb_ops *ops = s->row->ops;
	unsigned int lost = 0, eighths = 0;
	int ret, tries;
	u32 before;

	s->shortest = U64_MAX;
	s->refills = 0;
	s->empty = empty_cost(s, s->irqs_off);
	ret = bills_deferred(ops) ? empty_deferred_cost(s, &s->empty_deferred) : 0;
	/* The first few fill the per-CPU lists and age the pages; they are not kept. */
	for (tries = -PTB_WARM_UP; !ret && s->nr < PTB_WINDOWS; tries++) {
		if (tries == PTB_MAX_TRIES)
			return give_up(s, tries);
		if (tries == GIVE_UP && !s->nr && s->shortest > tick() / 2)
			return too_long(s);
		before = s->nr;
		if (eighths)
			ptb_arch_loop(tick() / 8 / PTB_LOOP_INSTRUCTIONS * eighths);
		ret = one_window(s);
		lost = s->nr > before ? 0 : lost + 1;
		/*
		 * rcu_barrier() of a window waits for a tick, so that windows may keep in step with
		 * the ticks, and each meet one: then they start later, by so many eighths.
		 */
		if (lost > GIVE_UP && !ptb_in_time)
			eighths = (eighths + 1) % 8;
		if (tries < 0 && !ret)
			s->nr = s->discarded = s->refills = 0;
		ptb_mark(s->nr > before);
	}
	return ret;
}

static int emit(struct ptb_state *s)
{
	int ret = ptb_emit(s, ptb_in_time ? "time" : "instructions", s->samples, s->nr);

	if (!ret && bills_deferred(s->row->ops))
		ret = ptb_emit(s, ptb_in_time ? "time_deferred" : "instructions_deferred",
			       s->deferred, s->nr);
	return ret;
}

/*
 * How long an operation itself keeps interrupts off shows only where they are on around it. QEMU's
 * plugin takes that from these windows; the driver emits nothing of them.
 */
static int measure_again(struct ptb_state *s)
{
	ptb_mark_again();
	s->irqs_off = false;
	s->nr = s->discarded = 0;
	return measure(s);
}

/* Where setup() returns -EOPNOTSUPP the row cannot be measured here: records why. */
int ptb_run_cost(struct ptb_state *s)
{
	const struct ptb_ops *ops = s->row->ops;
	int ret;

	if (ops->frees && IS_ENABLED(CONFIG_PTBENCH_SYNC_RCU))
		return ptb_emit_skip(
			s,
			"each table waits for a grace period: a window that slept counts nothing");
	if (ops->noisy)
		return ptb_emit_skip(s, ops->noisy);
	ptb_mark_row();
	s->irqs_off = ops->irqs_off;
	ret = ops->setup(s);
	if (!ret)
		ret = measure(s) ?: emit(s);
	if (!ret && ptb_profile && ops->irqs_off)
		ret = measure_again(s);
	if (ops->teardown)
		ops->teardown(s);
	if (ret != -EOPNOTSUPP)
		return ret;
	ptb_mark_skipped();
	return ptb_emit_skip(s, s->why);
}
