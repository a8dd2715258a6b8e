// SPDX-License-Identifier: GPL-2.0-only
/*
 * The peer: what the other CPU does while tables are freed. It is ordered before each window, and
 * proved just before the window starts.
 *
 * none: it never ran this address space. idle: it ran its user code, and idles now with it loaded
 * (lazy TLB). spin: it runs user code. kernel: it is in a system call, interrupts on. gup: it walks
 * by GUP-fast, again and again, interrupts off in each walk.
 * The peer is a thread of PID 1 (kernels/guest/init_peer.c) on CPU 1. When it is told to enter, it
 * calls PTB_IOC_PEER, and stays in ptb_peer_enter() until it is to run user code. A row that makes
 * an address space of its own (table_free_exit.c) uses no such thread.
 */
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/moduleparam.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "ptbench.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "ptbench."

/* Orders another state than the row's, for the test that sees every proof fail. */
static bool bust_peer;
module_param(bust_peer, bool, 0444);

enum place { ELSEWHERE, ASLEEP, IN_USER, IN_KERNEL, IN_GUP };

static DECLARE_WAIT_QUEUE_HEAD(orders);
static enum ptb_peer_state wanted = PTB_PEER_IDLE;
static enum place place;    /* where the peer is; only the peer writes it */
static unsigned long turns; /* of its loops in the kernel; likewise */

/* ---- the peer's side ---- */

/*
 * Under icount CPUs take turns, and a CPU that spins keeps its turn until the next timer of any CPU
 * is due. With the tick alone it would spin for some 10 million instructions before it takes an
 * interrupt that it is sent. So the peer has a timer of its own while it runs. Where timers are no
 * finer than the tick, ptb_arch_relax() ends its turn, but only now and then: each time it does,
 * the emulator changes CPUs.
 */
#define TURN (40 * NSEC_PER_USEC * PTB_INSTRUCTION_NS)

static struct hrtimer end_turn;

static enum hrtimer_restart on_end_turn(struct hrtimer *t)
{
	if (READ_ONCE(wanted) == PTB_PEER_IDLE)
		return HRTIMER_NORESTART;
	hrtimer_forward_now(t, TURN);
	return HRTIMER_RESTART;
}

static void start_turns(void)
{
	static bool prepared;

	if (!prepared)
		ptb_timer_init(&end_turn, on_end_turn, HRTIMER_MODE_REL_PINNED_HARD);
	prepared = true;
	hrtimer_start(&end_turn, TURN, HRTIMER_MODE_REL_PINNED_HARD);
}

/* One turn of a loop. Lets other tasks of this CPU run, as a long system call does. */
static void turn(unsigned int every)
{
	WRITE_ONCE(turns, turns + 1);
	if (turns % every == 0)
		ptb_arch_relax();
	cond_resched();
}

static void stay(void)
{
	WRITE_ONCE(place, IN_KERNEL);
	while (READ_ONCE(wanted) == PTB_PEER_KERNEL)
		turn(4096);
}

/* -EFAULT: the page at addr is not present. */
static int walk(unsigned long addr)
{
	struct page *page;

	WRITE_ONCE(place, IN_GUP);
	while (READ_ONCE(wanted) == PTB_PEER_GUP) {
		if (get_user_pages_fast_only(addr, 1, 0, &page) != 1)
			return -EFAULT;
		put_page(page);
		turn(128);
	}
	return 0;
}

/* Does what is ordered; returns when user code is to run. @addr: a page that is present. */
int ptb_peer_enter(unsigned long addr)
{
	int ret = 0;

	while (!ret && READ_ONCE(wanted) != PTB_PEER_SPIN) {
		switch (READ_ONCE(wanted)) {
		case PTB_PEER_KERNEL:
			stay();
			break;
		case PTB_PEER_GUP:
			ret = walk(addr);
			break;
		default:
			WRITE_ONCE(place, ASLEEP);
			wait_event(orders, READ_ONCE(wanted) != PTB_PEER_IDLE);
			start_turns();
		}
	}
	WRITE_ONCE(place, ret ? ELSEWHERE : IN_USER);
	return ret;
}

/* ---- the operator's side ---- */

const char *ptb_peer_name(enum ptb_peer_state state)
{
	static const char *const names[] = {
		[PTB_PEER_NONE] = "none",     [PTB_PEER_IDLE] = "idle", [PTB_PEER_SPIN] = "spin",
		[PTB_PEER_KERNEL] = "kernel", [PTB_PEER_GUP] = "gup",
	};

	return names[state];
}

/* PID 1 has to have started it. */
bool ptb_peer_needed(const struct ptb_row *row)
{
	return row->peer && !row->ops->kthread && (row->peer != PTB_PEER_NONE || bust_peer);
}

static int order(struct ptb_state *s, enum ptb_peer_state state)
{
	WRITE_ONCE(wanted, state);
	wake_up(&orders);
	if (s->peer && put_user(state != PTB_PEER_SPIN, &s->peer->enter))
		return ptb_fail(s, "the peer's orders cannot be written");
	return 0;
}

/* How often the peer's loops have turned, in user mode and in the kernel. */
static u64 peer_turns(struct ptb_state *s)
{
	u64 counter = 0;

	if (get_user(counter, &s->peer->counter))
		pr_err("the peer's counter cannot be read\n");
	return counter + READ_ONCE(turns);
}

static bool in_tlb(struct mm_struct *mm)
{
	return cpumask_test_cpu(PTB_PEER_CPU, mm_cpumask(mm));
}

/* Some architectures do not set in the mask which CPUs an address space has run on. */
static bool has_mask(void)
{
	return cpumask_test_cpu(raw_smp_processor_id(), mm_cpumask(current->active_mm));
}

static bool idles_with(struct mm_struct *mm)
{
	return idle_cpu(PTB_PEER_CPU) && READ_ONCE(idle_task(PTB_PEER_CPU)->active_mm) == mm &&
	       ptb_arch_lazy(PTB_PEER_CPU, mm);
}

static const char *place_is(enum place want, const char *otherwise)
{
	return READ_ONCE(place) == want ? NULL : otherwise;
}

/* NULL: CPU 1 is as the row wants it; else what is wrong. turns_move() sees if its loop turns. */
static const char *wrong_with_peer(struct ptb_state *s)
{
	if (s->row->peer == PTB_PEER_NONE)
		return in_tlb(s->mm) || idles_with(s->mm)
			       ? "another CPU has this address space in its TLB"
			       : NULL;
	if (has_mask() && !in_tlb(s->mm))
		return "CPU 1 does not have this address space in its TLB";
	switch (s->row->peer) {
	case PTB_PEER_IDLE:
		return idles_with(s->mm) ? NULL : "CPU 1 does not idle with this address space";
	case PTB_PEER_SPIN:
		return place_is(IN_USER, "the peer is not in user mode");
	case PTB_PEER_KERNEL:
		return place_is(IN_KERNEL, "the peer is not in the kernel");
	default:
		return place_is(IN_GUP, "the peer does not walk by GUP-fast");
	}
}

#define MAX_RELAX 500
#define MAX_TRIES (MAX_RELAX + 12)

/*
 * Gives the other CPU a turn before the @i-th look. Sleeping gives it one on every machine, but may
 * take until the next tick.
 */
static void give_turn(int i)
{
	if (i < MAX_RELAX)
		ptb_arch_relax();
	else
		usleep_range(50, 100);
}

static bool turns_move(struct ptb_state *s)
{
	u64 before = peer_turns(s);
	int i;

	for (i = 0; i < MAX_TRIES && peer_turns(s) == before; i++)
		give_turn(i);
	return i < MAX_TRIES;
}

static int await_peer(struct ptb_state *s)
{
	const char *wrong = wrong_with_peer(s);
	int i;

	for (i = 0; i < MAX_TRIES && wrong; i++) {
		give_turn(i);
		wrong = wrong_with_peer(s);
	}
	return wrong ? ptb_fail(s, "%s", wrong) : 0;
}

/* A peer that runs has to be seen moving, and after that to be still in its place. */
static int assert_peer(struct ptb_state *s)
{
	int ret = await_peer(s);

	if (ret || s->row->peer == PTB_PEER_NONE || s->row->peer == PTB_PEER_IDLE)
		return ret;
	if (!turns_move(s))
		return ptb_fail(s, "the peer stands still");
	return await_peer(s);
}

static enum ptb_peer_state state_to_order(const struct ptb_row *row)
{
	if (!bust_peer)
		return row->peer;
	return row->peer == PTB_PEER_SPIN ? PTB_PEER_KERNEL : PTB_PEER_SPIN;
}

/* A peer that is to idle runs user code of this address space first. */
static int order_row(struct ptb_state *s)
{
	enum ptb_peer_state state = state_to_order(s->row);
	int ret = 0;

	if (state == PTB_PEER_IDLE) {
		ret = order(s, PTB_PEER_SPIN);
		if (!ret && !turns_move(s))
			ret = ptb_fail(s, "the peer did not run before it was to idle");
	}
	return ret ?: order(s, state);
}

/* With a busted GUP-fast, which may not even find the peer's page, there is no peer=gup. */
bool ptb_peer_can(struct ptb_state *s)
{
	struct page *page;

	if (s->row->peer != PTB_PEER_GUP || !s->peer)
		return true;
	if (get_user_pages_fast_only((unsigned long)s->peer, 1, 0, &page) != 1) {
		ptb_fail(s, "GUP-fast does not find the peer's page: gup_fast/only says why");
		return false;
	}
	put_page(page);
	return true;
}

/* Brings the peer into the row's state. */
int ptb_peer_bring(struct ptb_state *s)
{
	int ret = 0;

	if (ptb_peer_needed(s->row)) {
		if (!s->peer)
			return ptb_fail(s, "no peer was started");
		ret = order_row(s);
	}
	return ret ?: assert_peer(s);
}

/* Puts the peer to sleep: grace periods take long while a CPU never sleeps. */
void ptb_peer_rest(struct ptb_state *s)
{
	if (s->peer && !s->row->ops->kthread)
		order(s, PTB_PEER_IDLE);
}

bool ptb_peer_busted(void)
{
	return bust_peer;
}
