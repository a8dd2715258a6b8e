// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests of the explorer itself: small programs with known outcomes. If the memory model allows an
 * outcome, the row is busted, for the explorer has to find it; if not, the row is good.
 *
 * The outcomes of the memory litmus tests are those of Owens, Sarkar and Sewell's x86-TSO; names
 * such as R are from tools/memory-model/Documentation/litmus-tests.txt.
 */
#include <errno.h>
#include "litmus.h"

struct litmus *l;

int litmus_setup(struct explore *e, const void *arg)
{
	static const char *const names[] = { "first", "second", "third", "fourth" };
	static const char *const interrupts[] = { "tick", "timer", "alarm" };
	const struct program *p = arg;

	l = explore_alloc(e, sizeof(*l));
	if (!l)
		return -ENOMEM;
	l->object = &l->memory;
	explore_name(e, &l->x, sizeof(l->x), 1, "x");
	explore_name(e, &l->y, sizeof(l->y), 1, "y");
	explore_name(e, &l->lock, sizeof(l->lock), 1, "lock");
	explore_name(e, &l->other, sizeof(l->other), 1, "other lock");
	explore_name(e, &l->rcu, sizeof(l->rcu), 1, "object");
	explore_name(e, &l->memory, sizeof(l->memory), 1, "object");
	for (unsigned cpu = 0; cpu < 4 && p->task[cpu]; cpu++)
		explore_task(e, cpu, names[cpu], p->task[cpu], NULL);
	for (unsigned i = 0; i < 3 && p->interrupt[i]; i++)
		explore_interrupt(e, 0, p->context[i], interrupts[i], p->interrupt[i], NULL,
				  p->times ? p->times : 1);
	if (p->holds)
		explore_invariant(e, p->invariant, p->holds, NULL, true);
	return 0;
}

/* ---- memory ---- */

static void write_x_read_y(void *arg)
{
	REF_WRITE_ONCE(l->x, 1);
	l->r[0] = REF_READ_ONCE(l->y);
}

static void write_y_read_x(void *arg)
{
	REF_WRITE_ONCE(l->y, 1);
	l->r[1] = REF_READ_ONCE(l->x);
}

static void write_x_mb_read_y(void *arg)
{
	REF_WRITE_ONCE(l->x, 1);
	ref_full_barrier();
	l->r[0] = REF_READ_ONCE(l->y);
}

static void write_y_mb_read_x(void *arg)
{
	REF_WRITE_ONCE(l->y, 1);
	ref_full_barrier();
	l->r[1] = REF_READ_ONCE(l->x);
}

static void write_y_membarrier_read_x(void *arg)
{
	REF_WRITE_ONCE(l->y, 1);
	ref_membarrier();
	l->r[1] = REF_READ_ONCE(l->x);
}

static void swap_x_read_y(void *arg)
{
	ref_xchg(&l->x, 1);
	l->r[0] = REF_READ_ONCE(l->y);
}

static void swap_y_read_x(void *arg)
{
	ref_xchg(&l->y, 1);
	l->r[1] = REF_READ_ONCE(l->x);
}

static bool somebody_saw(void *arg, char *why, size_t size)
{
	snprintf(why, size, "both read 0");
	return l->r[0] || l->r[1];
}

static void publish(void *arg)
{
	REF_WRITE_ONCE(l->x, 1);
	ref_store_release(&l->y, 1);
}

static void consume(void *arg)
{
	l->r[0] = ref_load_acquire(&l->y);
	l->r[1] = REF_READ_ONCE(l->x);
}

static bool message_whole(void *arg, char *why, size_t size)
{
	snprintf(why, size, "the flag was seen, and not what it announces");
	return !l->r[0] || l->r[1];
}

static void read_x_write_y(void *arg)
{
	l->r[0] = REF_READ_ONCE(l->x);
	REF_WRITE_ONCE(l->y, 1);
}

static void read_y_write_x(void *arg)
{
	l->r[1] = REF_READ_ONCE(l->y);
	REF_WRITE_ONCE(l->x, 1);
}

static bool not_from_the_future(void *arg, char *why, size_t size)
{
	snprintf(why, size, "both read what the other wrote afterwards");
	return !l->r[0] || !l->r[1];
}

static void write_x1_y2(void *arg)
{
	REF_WRITE_ONCE(l->x, 1);
	REF_WRITE_ONCE(l->y, 2);
}

static void write_y1_x2(void *arg)
{
	REF_WRITE_ONCE(l->y, 1);
	REF_WRITE_ONCE(l->x, 2);
}

static bool not_both_first(void *arg, char *why, size_t size)
{
	snprintf(why, size, "both first stores came last");
	return REF_READ_ONCE(l->x) != 1 || REF_READ_ONCE(l->y) != 1;
}

void litmus_write_x(void *arg)
{
	REF_WRITE_ONCE(l->x, 1);
}

void litmus_write_y(void *arg)
{
	REF_WRITE_ONCE(l->y, 1);
}

static void read_xy(void *arg)
{
	l->r[0] = REF_READ_ONCE(l->x);
	l->r[1] = REF_READ_ONCE(l->y);
}

static void read_yx(void *arg)
{
	l->r[2] = REF_READ_ONCE(l->y);
	l->r[3] = REF_READ_ONCE(l->x);
}

static bool one_order(void *arg, char *why, size_t size)
{
	snprintf(why, size, "two readers saw two stores in different orders");
	return !(l->r[0] && !l->r[1] && l->r[2] && !l->r[3]);
}

static void write_y2_read_x(void *arg)
{
	REF_WRITE_ONCE(l->y, 2);
	l->r[0] = REF_READ_ONCE(l->x);
}

static void write_x1_y1(void *arg)
{
	REF_WRITE_ONCE(l->x, 1);
	REF_WRITE_ONCE(l->y, 1);
}

static bool last_writer_saw(void *arg, char *why, size_t size)
{
	snprintf(why, size, "y is 2 last, and x was read as 0");
	return REF_READ_ONCE(l->y) != 2 || l->r[0];
}

/* Store forwarding, twice: each reads its own store early, and the other's not yet. */
static void forward_x(void *arg)
{
	REF_WRITE_ONCE(l->x, 1);
	l->r[0] = REF_READ_ONCE(l->x);
	l->r[1] = REF_READ_ONCE(l->y);
}

static void forward_y(void *arg)
{
	REF_WRITE_ONCE(l->y, 1);
	l->r[2] = REF_READ_ONCE(l->y);
	l->r[3] = REF_READ_ONCE(l->x);
}

static bool own_not_early(void *arg, char *why, size_t size)
{
	snprintf(why, size, "both saw their own store and not the other's");
	return !(l->r[0] && !l->r[1] && l->r[2] && !l->r[3]);
}

static bool own_seen(void *arg, char *why, size_t size)
{
	snprintf(why, size, "a CPU did not see its own store");
	return l->r[0] && l->r[2];
}

/* A speculative reference: one side takes it and then looks at a word again; the other side changes
 * that word and then looks at the count. So do GUP-fast's recheck and a task that clears an entry.
 */
static void get_then_look(void *arg)
{
	l->got = ref_count_add_unless_zero(&l->y, 1);
	l->r[0] = REF_READ_ONCE(l->x);
}

static void get_relaxed_then_look(void *arg)
{
	l->got = ref_count_add_unless_zero_relaxed(&l->y, 1);
	l->r[0] = REF_READ_ONCE(l->x);
}

static void clear_then_count(void *arg)
{
	REF_WRITE_ONCE(l->x, 1);
	ref_full_barrier();
	l->r[1] = REF_READ_ONCE(l->y);
}

static bool one_side_notices(void *arg, char *why, size_t size)
{
	snprintf(why, size, "a reference was taken, x not seen, and the reference not either");
	return !l->got || l->r[0] || l->r[1] != 1;
}

static void get_relaxed(void *arg)
{
	ref_count_add_unless_zero_relaxed(&l->y, 1);
}

static bool both_counted(void *arg, char *why, size_t size)
{
	snprintf(why, size, "y is %d", REF_READ_ONCE(l->y));
	return REF_READ_ONCE(l->y) == 3;
}

static int setup_count(struct explore *e, const void *arg)
{
	int err = litmus_setup(e, arg);

	if (!err)
		l->y = 1;
	return err;
}

/* ---- updates, and locks ---- */

void litmus_add(void *arg)
{
	int x = REF_READ_ONCE(l->x);

	REF_WRITE_ONCE(l->x, x + 1);
}

void litmus_add_locked(void *arg)
{
	ref_spin_lock(&l->lock);
	litmus_add(arg);
	ref_spin_unlock(&l->lock);
}

/* Plain data under a lock: no access to it is a step, and none may get lost. */
static void add_plain(void *arg)
{
	ref_spin_lock(&l->lock);
	l->r[0]++;
	ref_spin_unlock(&l->lock);
	REF_POINT("between");
	ref_spin_lock(&l->lock);
	REF_WRITE_ONCE(l->x, l->r[0]);
	ref_spin_unlock(&l->lock);
}

static void add_atomic(void *arg)
{
	ref_fetch_add(&l->x, 1);
}

static void add_trying(void *arg)
{
	ref_wait_until(ref_spin_trylock(&l->lock));
	litmus_add(arg);
	ref_spin_unlock(&l->lock);
}

static bool x_is_2(void *arg, char *why, size_t size)
{
	snprintf(why, size, "x is %d after two increments", REF_READ_ONCE(l->x));
	return REF_READ_ONCE(l->x) == 2;
}

static void lock_both(void *arg)
{
	ref_spin_lock(&l->lock);
	ref_spin_lock(&l->other);
	ref_spin_unlock(&l->other);
	ref_spin_unlock(&l->lock);
}

static void lock_both_inverted(void *arg)
{
	ref_spin_lock(&l->other);
	ref_spin_lock(&l->lock);
	ref_spin_unlock(&l->lock);
	ref_spin_unlock(&l->other);
}

/* ---- rows ---- */

const struct explore_model explore_litmus_models[] = {
	HARMLESS("store_buffering", "store_buffering_delayed", 2, SC,
		 "SB: may both read 0, where nothing is delayed",
		 .task = ALL(write_x_read_y, write_y_read_x), HOLDS(somebody_saw, SAW)),
	BUSTED("store_buffering_delayed", 2, SB, SAW, "SB: may both read 0, without barriers",
	       .task = ALL(write_x_read_y, write_y_read_x), HOLDS(somebody_saw, SAW)),
	BUSTED("store_buffering_one_mb", 2, SB, SAW, "SB: is one full barrier enough",
	       .task = ALL(write_x_mb_read_y, write_y_read_x), HOLDS(somebody_saw, SAW)),
	GOOD("store_buffering_mb", 2, SB, "SB: are two full barriers enough",
	     .task = ALL(write_x_mb_read_y, write_y_mb_read_x), HOLDS(somebody_saw, SAW)),
	GOOD("store_buffering_xchg", 2, SB, "SB: is a locked operation a full barrier",
	     .task = ALL(swap_x_read_y, swap_y_read_x), HOLDS(somebody_saw, SAW)),
	GOOD("store_buffering_membarrier", 2, SB,
	     "SB: is a membarrier a full barrier for both sides",
	     .task = ALL(write_x_read_y, write_y_membarrier_read_x), HOLDS(somebody_saw, SAW)),
	GOOD("message_passing", 2, SC, "MP: may the flag be seen without the message",
	     .task = ALL(publish, consume), HOLDS(message_whole, "a message is whole")),
	GOOD("message_passing_delayed", 2, SB, "MP: the same with delayed stores",
	     .task = ALL(publish, consume), HOLDS(message_whole, "a message is whole")),
	GOOD("load_buffering", 2, SC, "LB: may both loads see the stores after them",
	     .task = ALL(read_x_write_y, read_y_write_x), HOLDS(not_from_the_future, "time")),
	GOOD("load_buffering_delayed", 2, SB, "LB: the same with delayed stores",
	     .task = ALL(read_x_write_y, read_y_write_x), HOLDS(not_from_the_future, "time")),
	GOOD("2_plus_2w", 2, SB, "2+2W: may both first stores be the last in memory",
	     .task = ALL(write_x1_y2, write_y1_x2), HOLDS(not_both_first, "store order")),
	GOOD("iriw", 4, SB, "IRIW: may two readers see two stores in different orders",
	     .task = ALL(litmus_write_x, litmus_write_y, read_xy, read_yx),
	     HOLDS(one_order, "one order")),
	BUSTED("r", 2, SB, "the last writer sees x", "R: may the last of two writers miss x",
	       .task = ALL(write_x1_y1, write_y2_read_x),
	       HOLDS(last_writer_saw, "the last writer sees x")),
	HARMLESS("r_sc", "r", 2, SC,
		 "R: may the last of two writers miss x where nothing is delayed",
		 .task = ALL(write_x1_y1, write_y2_read_x),
		 HOLDS(last_writer_saw, "the last writer sees x")),
	BUSTED("forwarding", 2, SB, "own stores are not seen early",
	       "SB+rfi: does a CPU see its own store before others do",
	       .task = ALL(forward_x, forward_y),
	       HOLDS(own_not_early, "own stores are not seen early")),
	HARMLESS("forwarding_coherent", "forwarding", 2, SB, "does a CPU always see its own store",
		 .task = ALL(forward_x, forward_y), HOLDS(own_seen, "own stores are seen")),
	{ .mechanism = "litmus",
	  .variant = "try_get",
	  .mode = SB,
	  .nr_cpus = 2,
	  .summary =
		  "one side gets a reference and looks again, the other changes and looks at the count",
	  .setup = setup_count,
	  .arg = P(.task = ALL(get_then_look, clear_then_count),
		   HOLDS(one_side_notices, "one of the two notices the other")) },
	{ .mechanism = "litmus",
	  .variant = "try_get_relaxed",
	  .mode = SB,
	  .nr_cpus = 2,
	  .summary = "a try-get that orders nothing, then look again, against change, "
		     "then look at the count",
	  .busted = true,
	  .caught_by = "one of the two notices the other",
	  .setup = setup_count,
	  .arg = P(.task = ALL(get_relaxed_then_look, clear_then_count),
		   HOLDS(one_side_notices, "one of the two notices the other")) },
	{ .mechanism = "litmus",
	  .variant = "relaxed_atomic",
	  .mode = SB,
	  .nr_cpus = 2,
	  .summary = "is a relaxed try-get atomic, delayed or not",
	  .setup = setup_count,
	  .arg = P(.task = ALL(get_relaxed, get_relaxed), HOLDS(both_counted, LOST)) },

	BUSTED("lost_update", 2, SC, LOST, "is an update lost when both read before either writes",
	       .task = ALL(litmus_add, litmus_add), HOLDS(x_is_2, LOST)),
	GOOD("update_locked", 2, SC, "does a lock keep an update from being lost",
	     .task = ALL(litmus_add_locked, litmus_add_locked), HOLDS(x_is_2, LOST)),
	GOOD("update_locked_delayed", 2, SB,
	     "does a lock keep an update from being lost with delayed stores",
	     .task = ALL(litmus_add_locked, litmus_add_locked), HOLDS(x_is_2, LOST)),
	GOOD("update_plain", 2, SC, "does a lock keep an update of plain data from being lost",
	     .task = ALL(add_plain, add_plain), HOLDS(x_is_2, LOST)),
	GOOD("update_atomic", 2, SC, "does an atomic operation keep an update from being lost",
	     .task = ALL(add_atomic, add_atomic), HOLDS(x_is_2, LOST)),
	GOOD("update_trylock", 2, SC, "does a try-lock in a loop keep an update from being lost",
	     .task = ALL(add_trying, add_trying), HOLDS(x_is_2, LOST)),
	BUSTED("lock_inversion", 2, SC, "deadlock", "two locks taken in both orders",
	       .task = ALL(lock_both, lock_both_inverted)),
	GOOD("lock_order", 2, SC, "two locks taken in one order",
	     .task = ALL(lock_both, lock_both)),
	{ 0 },
};
