// SPDX-License-Identifier: GPL-2.0-or-later
/* More litmus models: waiting, interrupts and where they may land, RCU. */
#include "litmus.h"

/* ---- waiting ---- */

static void wait_for_x(void *arg)
{
	ref_wait_until(REF_READ_ONCE(l->x));
}

static void spin_for_x(void *arg)
{
	while (!REF_READ_ONCE(l->x))
		ref_cpu_relax();
}

static void sleep_for_x(void *arg)
{
	while (!REF_READ_ONCE(l->x))
		ref_sleep_while(&l->x, 0);
}

/* The futex compares another word than the one that was tested: a wake-up in between is lost. */
static void sleep_without_looking(void *arg)
{
	if (!REF_READ_ONCE(l->x))
		ref_sleep_while(&l->y, 0);
}

static void set_x_wake(void *arg)
{
	REF_WRITE_ONCE(l->x, 1);
	ref_wake(&l->x);
}

static void set_x_wake_y(void *arg)
{
	REF_WRITE_ONCE(l->x, 1);
	ref_wake(&l->y);
}

/* ---- interrupts ---- */

static void add_locked_irqs_off(void *arg)
{
	int flags = ref_irq_save();

	litmus_add_locked(arg);
	ref_irq_restore(flags);
}

static void add_irqs_off(void *arg)
{
	int flags = ref_irq_save();

	litmus_add(arg);
	ref_irq_restore(flags);
}

/* The interrupt updates x and ends before any other step, and its landings are counted. */
static void tick(void *arg)
{
	l->landed++;
	litmus_add(arg);
}

static bool no_tick_lost(void *arg, char *why, size_t size)
{
	snprintf(why, size, "x is %d after %d increments", REF_READ_ONCE(l->x), l->landed + 1);
	return REF_READ_ONCE(l->x) == l->landed + 1;
}

static void nest(void *arg)
{
	unsigned depth = REF_READ_ONCE(l->depth) + 1;

	REF_WRITE_ONCE(l->depth, depth);
	if (depth > REF_READ_ONCE(l->deepest))
		REF_WRITE_ONCE(l->deepest, depth);
	REF_WRITE_ONCE(l->depth, depth - 1);
}

static void two_points(void *arg)
{
	REF_POINT("first");
	REF_POINT("second");
}

static bool not_nested_twice(void *arg, char *why, size_t size)
{
	snprintf(why, size, "%u handlers on top of each other", l->deepest);
	return l->deepest < 2;
}

static bool not_nested_thrice(void *arg, char *why, size_t size)
{
	snprintf(why, size, "%u handlers on top of each other", l->deepest);
	return l->deepest < 3;
}

static void add_faulting(void *arg)
{
	explore_faults(true);
	litmus_add(arg);
	explore_faults(false);
}

static void add_between_faults(void *arg)
{
	explore_faults(true);
	REF_POINT("may fault");
	explore_faults(false);
	litmus_add(arg);
}

/* ---- IPIs ---- */

static void acknowledge(struct ref_cpu *cpu)
{
	REF_WRITE_ONCE(l->acked, 1);
}

static void unlink_and_free(bool wait)
{
	ref_ipi_init(acknowledge);
	REF_WRITE_ONCE(l->object, NULL);
	ref_ipi_send(0);
	if (wait)
		ref_wait_until(REF_READ_ONCE(l->acked));
	REF_MEM_FREED(&l->memory, sizeof(l->memory), "object");
}

static void free_after_ipi(void *arg)
{
	unlink_and_free(true);
}

static void free_at_once(void *arg)
{
	unlink_and_free(false);
}

static void read_object(void)
{
	int *object = REF_READ_ONCE(l->object);

	if (object)
		l->r[0] = REF_READ_ONCE(*object);
}

static void read_irqs_off(void *arg)
{
	int flags = ref_irq_save();

	read_object();
	ref_irq_restore(flags);
}

static void read_irqs_on(void *arg)
{
	read_object();
}

/* ---- RCU ---- */

static void read_rcu(void *arg)
{
	ref_rcu_read_lock();
	read_object();
	ref_rcu_read_unlock();
}

static void free_synchronize(void *arg)
{
	REF_WRITE_ONCE(l->object, NULL);
	ref_synchronize_rcu();
	REF_MEM_FREED(&l->memory, sizeof(l->memory), "object");
}

static void free_object(struct ref_rcu_head *head)
{
	REF_POINT("callback");
	REF_MEM_FREED(&l->memory, sizeof(l->memory), "object");
}

static void free_call_rcu(void *arg)
{
	REF_WRITE_ONCE(l->object, NULL);
	ref_call_rcu(&l->rcu, free_object);
	ref_rcu_barrier();
}

/* The grace period began before the object could no longer be found. */
static void free_too_early(void *arg)
{
	ref_synchronize_rcu();
	REF_WRITE_ONCE(l->object, NULL);
	REF_MEM_FREED(&l->memory, sizeof(l->memory), "object");
}

static void free_call_too_early(void *arg)
{
	ref_call_rcu(&l->rcu, free_object);
	REF_WRITE_ONCE(l->object, NULL);
}

/* ---- rows ---- */

const struct explore_model explore_litmus_event_models[] = {
	GOOD("wait", 2, SC, "does a wait end when what it reads changes",
	     .task = ALL(wait_for_x, litmus_write_x)),
	GOOD("wait_delayed", 2, SB, "does a wait end when the store is delayed",
	     .task = ALL(wait_for_x, litmus_write_x)),
	BUSTED("wait_for_nobody", 2, SC, "deadlock", "a wait for a store that nobody does",
	       .task = ALL(wait_for_x, litmus_write_y)),
	BUSTED("spin", 2, SC, "livelock", "a loop that does not wait by ref_wait_until()",
	       .task = ALL(spin_for_x, litmus_write_x)),
	GOOD("sleep", 2, SC, "is no wake-up lost if the futex compares what was tested",
	     .task = ALL(sleep_for_x, set_x_wake)),
	BUSTED("sleep_lost_wakeup", 2, SC, "deadlock",
	       "is a wake-up lost if the futex compares another word",
	       .task = ALL(sleep_without_looking, set_x_wake_y)),

	BUSTED("irq", 1, SC, LOST, "does an irq land between two steps", .task = ALL(litmus_add),
	       .interrupt = ALL(tick), .context = ALL(EXPLORE_IRQ), HOLDS(no_tick_lost, LOST)),
	HARMLESS("irqs_off", "nmi_irqs_off", 1, SC,
		 "does an irq land between two steps with interrupts off",
		 .task = ALL(add_irqs_off), .interrupt = ALL(tick), .context = ALL(EXPLORE_IRQ),
		 HOLDS(no_tick_lost, LOST)),
	BUSTED("nmi_irqs_off", 1, SC, LOST,
	       "does an NMI land between two steps with interrupts off", .task = ALL(add_irqs_off),
	       .interrupt = ALL(tick), .context = ALL(EXPLORE_NMI), HOLDS(no_tick_lost, LOST)),
	HARMLESS("softirqs_off", "nmi_irqs_off", 1, SC,
		 "does a softirq land between two steps with interrupts off",
		 .task = ALL(add_irqs_off), .interrupt = ALL(tick), .context = ALL(EXPLORE_SOFTIRQ),
		 HOLDS(no_tick_lost, LOST)),
	BUSTED("lock_in_irq", 1, SC, "deadlock", "an irq takes the lock that its CPU holds",
	       .task = ALL(litmus_add_locked), .interrupt = ALL(litmus_add_locked),
	       .context = ALL(EXPLORE_IRQ)),
	GOOD("lock_irqs_off", 1, SC, "the lock is held with interrupts off",
	     .task = ALL(add_locked_irqs_off), .interrupt = ALL(litmus_add_locked),
	     .context = ALL(EXPLORE_IRQ)),
	BUSTED("fault", 1, SC, LOST, "does a fault land where one may be taken",
	       .task = ALL(add_faulting), .interrupt = ALL(tick), .context = ALL(EXPLORE_FAULT),
	       HOLDS(no_tick_lost, LOST)),
	GOOD("no_fault", 1, SC, "does a fault land where none may be taken",
	     .task = ALL(add_between_faults), .interrupt = ALL(tick), .context = ALL(EXPLORE_FAULT),
	     HOLDS(no_tick_lost, LOST)),
	GOOD("softirq_in_softirq", 1, SC, "does a softirq interrupt a softirq",
	     .task = ALL(two_points), .interrupt = ALL(nest, nest),
	     .context = ALL(EXPLORE_SOFTIRQ, EXPLORE_SOFTIRQ),
	     HOLDS(not_nested_twice, "one at a time")),
	GOOD("irq_in_irq", 1, SC, "does an irq interrupt an irq", .task = ALL(two_points),
	     .interrupt = ALL(nest, nest), .context = ALL(EXPLORE_IRQ, EXPLORE_IRQ),
	     HOLDS(not_nested_twice, "one at a time")),
	HARMLESS("softirq_in_irq", "nesting", 1, SC,
		 "does a softirq interrupt an irq, or an irq that interrupts a softirq",
		 .task = ALL(two_points), .interrupt = ALL(nest, nest, nest),
		 .context = ALL(EXPLORE_IRQ, EXPLORE_SOFTIRQ, EXPLORE_SOFTIRQ),
		 HOLDS(not_nested_thrice, "two at a time")),
	GOOD("nmi_in_nmi", 1, SC, "does an NMI interrupt an NMI", .task = ALL(two_points),
	     .interrupt = ALL(nest), .times = 3, .context = ALL(EXPLORE_NMI),
	     HOLDS(not_nested_twice, "one at a time")),
	BUSTED("nesting", 1, SC, "two at a time", "an NMI in an irq in a softirq",
	       .task = ALL(two_points), .interrupt = ALL(nest, nest, nest),
	       .context = ALL(EXPLORE_SOFTIRQ, EXPLORE_IRQ, EXPLORE_NMI),
	       HOLDS(not_nested_thrice, "two at a time")),

	GOOD("ipi_acknowledged", 2, SC, "an IPI waits for a section with interrupts off",
	     .task = ALL(read_irqs_off, free_after_ipi)),
	BUSTED("ipi_not_awaited", 2, SC, FREED, "an IPI that nobody waits for",
	       .task = ALL(read_irqs_off, free_at_once)),
	BUSTED("ipi_interrupts_on", 2, SC, FREED, "an IPI into a section with interrupts on",
	       .task = ALL(read_irqs_on, free_after_ipi)),
	GOOD("rcu_synchronize", 2, SC, "a grace period waits for a reader",
	     .task = ALL(read_rcu, free_synchronize)),
	GOOD("rcu_synchronize_irqs_off", 2, SC,
	     "a grace period waits for a section with interrupts off",
	     .task = ALL(read_irqs_off, free_synchronize)),
	GOOD("rcu_synchronize_delayed", 2, SB,
	     "a grace period waits for a reader with delayed stores",
	     .task = ALL(read_rcu, free_synchronize)),
	BUSTED("rcu_no_reader", 2, SC, FREED, "a reader without a read-side section",
	       .task = ALL(read_irqs_on, free_synchronize)),
	BUSTED("rcu_too_early", 2, SC, FREED, "a grace period before the object is unlinked",
	       .task = ALL(read_rcu, free_too_early)),
	GOOD("rcu_callback", 2, SC, "a callback runs after a grace period",
	     .task = ALL(read_rcu, free_call_rcu)),
	GOOD("rcu_callback_two_readers", 3, SC, "a callback waits for every reader",
	     .task = ALL(read_rcu, free_call_rcu, read_rcu)),
	BUSTED("rcu_callback_too_early", 2, SC, FREED, "a callback queued before the unlink",
	       .task = ALL(read_rcu, free_call_too_early)),
	{ 0 },
};
