// SPDX-License-Identifier: GPL-2.0-only
/*
 * The events boot: interrupts, flushes and RCU callbacks of one operation, counted by kprobes.
 *
 * Where a function cannot be probed the architecture says what else to watch (arch.h). Probes
 * change the code they count, so they exist in this boot only and costs in the other.
 * An interrupt counts when the operating CPU sends it, or another CPU takes it, from the call
 * until it returns; callbacks count until everything the call queued has run.
 */
#define pr_fmt(fmt) "ptbench: " fmt

#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/math64.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/swap.h>

#include <asm/tlb.h>

#include "ptbench.h"

enum event { SENT, TAKEN, FLUSHES, CALLBACKS, BATCHED, NR_EVENTS };

static atomic_t count[NR_EVENTS];
static struct task_struct *counting; /* whose call is being counted; NULL: nobody's */
static bool counting_callbacks;
static cpumask_t interrupted;

/* By the call itself, rather than by a tick or a softirq that came in the middle of it. */
static bool by_the_call(bool irqs_off)
{
	return READ_ONCE(counting) == current && !irqs_off && !in_serving_softirq();
}

static void count_sent(struct pt_regs *regs)
{
	if (ptb_arch_sends_call(regs) && by_the_call(ptb_arch_irqs_off(regs)))
		atomic_inc(&count[SENT]);
}

static void count_watched(void)
{
	if (by_the_call(irqs_disabled()))
		atomic_inc(&count[SENT]);
}

/* An interrupt that was taken without one having been sent by the call is someone else's. */
static void count_taken(struct pt_regs *regs)
{
	struct task_struct *who = READ_ONCE(counting);

	if (!who || task_cpu(who) == raw_smp_processor_id())
		return;
	atomic_inc(&count[TAKEN]);
	if (atomic_read(&count[SENT]))
		cpumask_set_cpu(raw_smp_processor_id(), &interrupted);
}

static void count_flush(struct pt_regs *regs)
{
	if (by_the_call(ptb_arch_irqs_off(regs)))
		atomic_inc(&count[FLUSHES]);
}

#ifdef CONFIG_MMU_GATHER_RCU_TABLE_FREE
static unsigned int tables_in(struct rcu_head *head)
{
	return container_of(head, struct mmu_table_batch, rcu)->nr;
}
#else
static unsigned int tables_in(struct rcu_head *head)
{
	return 0;
}
#endif

static void count_callback(struct pt_regs *regs)
{
	if (!READ_ONCE(counting_callbacks))
		return;
	atomic_inc(&count[CALLBACKS]);
	atomic_add(tables_in((void *)ptb_argument(regs, 0)), &count[BATCHED]);
}

/* A table with a callback of its own: of a collapse (pte_free_defer()), or without a batch. */
static void count_table(struct pt_regs *regs)
{
	if (!READ_ONCE(counting_callbacks))
		return;
	atomic_inc(&count[CALLBACKS]);
	atomic_inc(&count[BATCHED]);
}

const struct ptb_ops ptb_latency = { .case_id = "table_free/reader_latency" };
const struct ptb_ops ptb_later = { .case_id = "table_free/deferred" };
const struct ptb_ops ptb_flushes = { .case_id = "table_free/tlb_flushes" };
const struct ptb_ops ptb_sends = { .case_id = "table_free/ipis_sent" };

struct probe {
	struct kprobe kp;
	const char *symbol; /* NULL: this architecture has none */
	void (*hit)(struct pt_regs *regs);
	bool optional; /* its absence means that the event cannot happen */
	bool there;
};

static struct probe probes[] = {
	{ .symbol = PTB_SYM_SEND_MASK, .hit = count_sent },
	{ .symbol = PTB_SYM_SEND_ONE, .hit = count_sent },
	{ .symbol = "generic_smp_call_function_single_interrupt", .hit = count_taken },
	{ .symbol = PTB_SYM_FLUSH, .hit = count_flush, .optional = true },
	{ .symbol = "tlb_remove_table_rcu", .hit = count_callback, .optional = true },
	/* Where there was no memory for a batch; kernels with PT_RECLAIM have it. */
	{ .symbol = "__tlb_remove_table_one_rcu", .hit = count_table, .optional = true },
	{ .symbol = "pte_free_now", .hit = count_table, .optional = true },
};
#define FLUSH_PROBE (&probes[3])
#define CALLBACK_PROBE (&probes[4])

static int on_probe(struct kprobe *kp, struct pt_regs *regs)
{
	container_of(kp, struct probe, kp)->hit(regs);
	return 0;
}

static void nothing(void *arg)
{
}

static void count_from(struct task_struct *who)
{
	int i;

	for (i = 0; i < NR_EVENTS; i++)
		atomic_set(&count[i], 0);
	cpumask_clear(&interrupted);
	WRITE_ONCE(counting_callbacks, true);
	smp_store_release(&counting, who);
}

static bool one_was_counted(int cpu)
{
	/* What waits in that CPU's queue would take the second call along, without an interrupt. */
	smp_call_function_single(cpu, nothing, NULL, 1);
	count_from(current);
	smp_call_function_single(cpu, nothing, NULL, 1);
	WRITE_ONCE(counting, NULL);
	return atomic_read(&count[SENT]) == 1 && atomic_read(&count[TAKEN]) == 1 &&
	       cpumask_test_cpu(cpu, &interrupted);
}

/*
 * A probe that never fires would report zeroes for ever: let one known interrupt be counted. Others
 * may call that CPU meanwhile, but not every time.
 */
static int prove(void)
{
	int cpu = cpumask_any_but(cpu_online_mask, raw_smp_processor_id());
	int tries = 8;

	if (cpu >= nr_cpu_ids) {
		pr_err("the events boot needs two CPUs\n");
		return -ENXIO;
	}
	while (tries--)
		if (one_was_counted(cpu))
			return 0;
	pr_err("one interrupt was counted as %d sent, %d taken\n", atomic_read(&count[SENT]),
	       atomic_read(&count[TAKEN]));
	return -EIO;
}

static int hook(void)
{
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		struct probe *p = &probes[i];

		if (!p->symbol)
			continue;
		if (!kallsyms_lookup_name(p->symbol) && p->optional)
			continue;
		p->kp.symbol_name = p->symbol;
		p->kp.pre_handler = on_probe;
		ret = register_kprobe(&p->kp);
		if (ret) {
			pr_err("cannot count at %s(): error %d\n", p->symbol, ret);
			return ret;
		}
		p->there = true;
	}
	return 0;
}

/*
 * s390 patches text under stop_machine(), where one CPU spins with interrupts off while it waits
 * for the other. Under icount it spins until the next timer is due, and QEMU 7.2 then lets the
 * other CPU run for the time that is left until that timer: none. Unless that CPU had got far
 * enough before, the guest hangs. So there probes are placed before the second CPU starts. (On arm
 * the spinning CPU yields, see arch_arm.c; on arm64 there is no memory for probes at that time.)
 */
static int hooked = 1;

static int __init hook_early(void)
{
	if (PTB_PROBES_EARLY && num_present_cpus() > 1)
		hooked = hook();
	return 0;
}
early_initcall(hook_early);

int ptb_events_begin(void)
{
	int ret = hooked > 0 ? hook() : hooked;

	if (ret)
		return ret;
	/* The function has to exist exactly if the config says so. */
	if (CALLBACK_PROBE->there != IS_ENABLED(CONFIG_MMU_GATHER_RCU_TABLE_FREE)) {
		pr_err("tlb_remove_table_rcu() and the config disagree\n");
		return -EIO;
	}
	ptb_arch_watch_sends(count_watched);
	return prove();
}

struct seen {
	u64 sent[PTB_EVENT_WINDOWS], cpus[PTB_EVENT_WINDOWS], flushes[PTB_EVENT_WINDOWS];
	u64 callbacks[PTB_EVENT_WINDOWS], freed[PTB_EVENT_WINDOWS], batched[PTB_EVENT_WINDOWS];
	u64 taken, own_count; /* over all windows: by probe, and by the architecture's count */
};

static int one_event_window(struct ptb_state *s, struct seen *seen, int i)
{
	const struct ptb_ops *ops = s->row->ops;
	s64 irqs;
	int ret;

	ret = ops->prepare(s);
	if (ret)
		return ret;
	lru_add_drain();
	/* Callbacks that others have queued, such as PID 1's children as they end. */
	rcu_barrier();
	/*
	 * Has the other CPU work off its queue of calls: a call that is queued behind another one
	 * sends no interrupt of its own. This comes before ptb_peer_bring(), which sleeps until
	 * just after a tick, so that the next tick is far from the window.
	 */
	smp_call_function(nothing, NULL, 1);
	ret = ptb_peer_bring(s);
	if (ret)
		return ret;
	irqs = ptb_arch_call_irqs(1);
	count_from(current);
	ops->op(s);
	smp_store_release(&counting, NULL);
	seen->own_count += ptb_arch_call_irqs(1) - irqs;
	seen->taken += atomic_read(&count[TAKEN]);
	ptb_peer_rest(s);
	rcu_barrier();
	WRITE_ONCE(counting_callbacks, false);
	seen->sent[i] = atomic_read(&count[SENT]);
	cpumask_clear_cpu(raw_smp_processor_id(), &interrupted);
	seen->cpus[i] = cpumask_weight(&interrupted);
	seen->flushes[i] = atomic_read(&count[FLUSHES]);
	seen->callbacks[i] = atomic_read(&count[CALLBACKS]);
	seen->batched[i] = atomic_read(&count[BATCHED]);
	ret = ops->finish(s);
	seen->freed[i] = s->freed;
	return ret;
}

/* "rcu": every table went through a callback; "immediate": none did. */
static const char *path_of(const struct seen *seen)
{
	bool all = true, none = true;
	int i;

	for (i = 0; i < PTB_EVENT_WINDOWS; i++) {
		all = all && seen->callbacks[i] && seen->batched[i] == seen->freed[i];
		none = none && !seen->callbacks[i];
	}
	return all ? "rcu" : none ? "immediate" : "mixed";
}

static int emit_batches(struct ptb_state *s, const struct seen *seen)
{
	u64 per[PTB_EVENT_WINDOWS], rest = 0;
	int i;

	for (i = 0; i < PTB_EVENT_WINDOWS; i++) {
		if (seen->callbacks[i])
			per[i] = div64_u64_rem(seen->batched[i], seen->callbacks[i], &rest);
		if (!seen->callbacks[i] || rest)
			return 0; /* no callback, or no whole number: nothing to say */
	}
	return ptb_emit(s, "tables_per_callback", per, PTB_EVENT_WINDOWS);
}

/*
 * For an operation that takes a table out of use and does not free it: it has to wait for walkers
 * by tlb_remove_table_sync_one().
 *
 * Without RCU freeing that is an empty function, as the interrupt of the flush is enough. With RCU
 * freeing it interrupts every other CPU, whether or not that CPU has ever run this address space.
 */
static int emit_sync(struct ptb_state *s, const struct seen *seen)
{
	u64 want = IS_ENABLED(CONFIG_MMU_GATHER_RCU_TABLE_FREE);
	char text[sizeof(s->why)] = "right";
	int i;

	for (i = 0; i < PTB_EVENT_WINDOWS; i++)
		if (!seen->sent[i] && want)
			strscpy(text, "silent", sizeof(text));
		else if (seen->sent[i] != want)
			snprintf(text, sizeof(text), "%llu interrupts", seen->sent[i]);
	return ptb_emit_check(s, "table_free/sync", text);
}

static int emit_checks(struct ptb_state *s, const struct seen *seen)
{
	const struct ptb_ops *ops = s->row->ops;
	char text[sizeof(s->why)], id[48];
	int ret = 0;

	if (ops->rcu_path)
		ret = ptb_emit_check(s, "table_free/rcu_path", path_of(seen));
	if (!ret && ops->waits_for_walkers && ops->waits_for_walkers(s->row) &&
	    s->row->peer == PTB_PEER_NONE)
		ret = emit_sync(s, seen);
	if (ret || ptb_arch_call_irqs(1) < 0)
		return ret;
	snprintf(id, sizeof(id), "%s_interrupts", ops->case_id);
	snprintf(text, sizeof(text), "%llu by probe, %llu by irq_stat", seen->taken,
		 seen->own_count);
	return ptb_emit_check(s, id, seen->taken == seen->own_count ? "right" : text);
}

/* Where firmware sends the interrupts of flushes, the kernel's own are only a part of them. */
static int emit_interrupts(struct ptb_state *s, const struct seen *seen)
{
	if (PTB_NO_SENDS)
		return 0;
	return ptb_emit(s, "ipis_sent", seen->sent, PTB_EVENT_WINDOWS)
		       ?: ptb_emit(s, "cpus_interrupted", seen->cpus, PTB_EVENT_WINDOWS);
}

static int emit_events(struct ptb_state *s, const struct seen *seen)
{
	const u32 nr = PTB_EVENT_WINDOWS;

	return emit_interrupts(s, seen) ?:
	       (FLUSH_PROBE->there ? ptb_emit(s, "tlb_flushes", seen->flushes, nr) : 0) ?:
	       ptb_emit(s, "rcu_callbacks", seen->callbacks, nr) ?:
	       ptb_emit(s, "tables_freed", seen->freed, nr) ?:
	       emit_batches(s, seen) ?: emit_checks(s, seen);
}

int ptb_run_events(struct ptb_state *s)
{
	const struct ptb_ops *ops = s->row->ops;
	struct seen seen = {};
	int i = -1, ret; /* the first window is not kept */

	if (ops->frees && IS_ENABLED(CONFIG_PTBENCH_SYNC_RCU) && s->row->peer > PTB_PEER_IDLE)
		return ptb_emit_skip(
			s,
			"each table waits for a grace period, which a peer that runs would spend spinning");
	if (!ptb_peer_can(s))
		return ptb_emit_skip(s, s->why);
	ret = ops->setup(s);
	for (; !ret && i < PTB_EVENT_WINDOWS; i++)
		ret = one_event_window(s, &seen, max(i, 0));
	if (ops->teardown)
		ops->teardown(s);
	ptb_peer_rest(s);
	if (ret && ptb_peer_busted())
		return ptb_emit_check(s, "table_free/peer", s->why);
	if (ret == -EOPNOTSUPP)
		return ptb_emit_skip(s, s->why);
	return ret ?: emit_events(s, &seen);
}
