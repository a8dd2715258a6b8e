// SPDX-License-Identifier: GPL-2.0-or-later
/* The explorer's own proof: programs whose outcomes are known, tried on it. */
#include <stdio.h>

#include <ref/port.h>

#include "models.h"

struct litmus {
	int x, y, flag;
	int r[4];
	struct ref_spinlock lock;
	int plain;
};

static struct litmus *l;

static int litmus_setup(struct explore *e)
{
	l = explore_alloc(e, sizeof(*l));
	if (!l)
		return -12;
	explore_name(e, &l->x, sizeof(l->x), 1, "x");
	explore_name(e, &l->y, sizeof(l->y), 1, "y");
	explore_name(e, &l->flag, sizeof(l->flag), 1, "flag");
	explore_name(e, &l->lock, sizeof(l->lock), 1, "lock");
	return 0;
}

/* ---- lost update ---- */

static void add_in_two_steps(void *arg)
{
	int x = REF_READ_ONCE(l->x);

	REF_WRITE_ONCE(l->x, x + 1);
}

static void add_locked(void *arg)
{
	ref_spin_lock(&l->lock);
	l->plain++;
	add_in_two_steps(arg);
	ref_spin_unlock(&l->lock);
}

static void add_atomic(void *arg)
{
	ref_fetch_add(&l->x, 1);
}

static bool x_is_2(void *arg, char *why, size_t size)
{
	snprintf(why, size, "x is %d after two increments", REF_READ_ONCE(l->x));
	return REF_READ_ONCE(l->x) == 2;
}

static int setup_two(struct explore *e, const void *arg)
{
	void (*fn)(void *) = *(void (*const *)(void *))arg;
	int err = litmus_setup(e);

	explore_task(e, 0, "first", fn, NULL);
	explore_task(e, 1, "second", fn, NULL);
	explore_invariant(e, "no update is lost", x_is_2, NULL, true);
	return err;
}

static void (*const in_two_steps)(void *) = add_in_two_steps;
static void (*const locked)(void *) = add_locked;
static void (*const atomic)(void *) = add_atomic;

const struct explore_model explore_litmus_models[] = {
	{ .mechanism = "litmus", .variant = "lost_update", .busted = true,
	  .summary = "is an update lost when both tasks read before either writes",
	  .caught_by = "no update is lost", .nr_cpus = 2, .setup = setup_two,
	  .arg = &in_two_steps },
	{ .mechanism = "litmus", .variant = "update_locked",
	  .summary = "does a lock keep an update from being lost",
	  .nr_cpus = 2, .setup = setup_two, .arg = &locked },
	{ .mechanism = "litmus", .variant = "update_atomic",
	  .summary = "does an atomic operation keep an update from being lost",
	  .nr_cpus = 2, .setup = setup_two, .arg = &atomic },
	{ 0 },
};
