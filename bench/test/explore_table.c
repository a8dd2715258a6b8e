// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ptbench explore with its own table of models for test_explore.t; some models claim what is false.
 * Compiled for the model backend, as the models of ref/explore are.
 */
#include <array_size.h>
#include <errno.h>
#include <stdio.h>

#include <ref/explore.h>
#include <ref/port.h>

#include "../explore.h"

struct shared {
	int x, y[4];
};
static struct shared *s;

static void add_in_two_steps(void *arg)
{
	REF_WRITE_ONCE(s->x, REF_READ_ONCE(s->x) + 1);
}

static void add_at_once(void *arg)
{
	ref_fetch_add(&s->x, 1);
}

static bool x_is_2(void *arg, char *why, size_t size)
{
	snprintf(why, size, "x is %d", s->x);
	return s->x == 2;
}

static int setup(struct explore *e, const void *arg)
{
	void (*fn)(void *) = arg ? add_at_once : add_in_two_steps;

	s = explore_alloc(e, sizeof(*s));
	if (!s)
		return -ENOMEM;
	explore_task(e, 0, "first", fn, NULL);
	explore_task(e, 1, "second", fn, NULL);
	explore_invariant(e, "no update is lost", x_is_2, NULL, true);
	return 0;
}

static int setup_fails(struct explore *e, const void *arg)
{
	return -ENODEV;
}

/* Has so many interleavings that the test interrupts it. */
static void many_steps(void *arg)
{
	for (int i = 0; i < 1000; i++)
		ref_fetch_add(&s->y[i % 4], i + (int)explore_cpu());
}

static int setup_long(struct explore *e, const void *arg)
{
	s = explore_alloc(e, sizeof(*s));
	for (unsigned cpu = 0; cpu < 3; cpu++)
		explore_task(e, cpu, "many", many_steps, NULL);
	return 0;
}

static const char at_once[] = "";

#define MODEL .mechanism = "table", .nr_cpus = 2, .setup = setup
static const struct explore_model models[] = {
	{ MODEL, .variant = "clean", .summary = "q?", .arg = at_once },
	{ MODEL, .variant = "caught", .summary = "q?", .busted = true,
	  .caught_by = "no update is lost" },
	{ MODEL, .variant = "caught-again", .summary = "q?", .busted = true, .bound = 5,
	  .caught_by = "no update is lost" },
	{ .mechanism = "mislabelled",
	  .nr_cpus = 2,
	  .setup = setup,
	  .variant = "good",
	  .summary = "q?" },
	{ .mechanism = "mislabelled",
	  .nr_cpus = 2,
	  .setup = setup,
	  .variant = "busted",
	  .summary = "q?",
	  .busted = true,
	  .caught_by = "no update is lost",
	  .arg = at_once },
	{ .mechanism = "mislabelled",
	  .nr_cpus = 2,
	  .setup = setup,
	  .variant = "other",
	  .summary = "q?",
	  .busted = true,
	  .caught_by = "deadlock" },
	{ .mechanism = "long",
	  .nr_cpus = 3,
	  .setup = setup_long,
	  .variant = "clean",
	  .summary = "q?",
	  .bound = 6 },
	{ .mechanism = "setup",
	  .nr_cpus = 1,
	  .setup = setup_fails,
	  .variant = "fails",
	  .summary = "q?" },
};

size_t explore_nr_models(void)
{
	return ARRAY_SIZE(models);
}

const struct explore_model *explore_model_at(size_t i)
{
	return i < explore_nr_models() ? &models[i] : NULL;
}

int main(int argc, char **argv)
{
	return bench_cmd_explore(argc, argv, "unknown");
}
