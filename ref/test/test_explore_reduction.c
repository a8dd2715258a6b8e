// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reduction loses nothing. Every model is explored with it and without it, on beyond failures
 * (`sweep`), and breaks the same invariants, each with as few preemptions; and the shortest failing
 * schedule is as short.
 *
 * Without the reduction the number of schedules grows exponentially with the bound. So the bound is
 * the largest up to 2 that is affordable.
 */
#include <limits.h>
#include <string.h>

#include <ref/explore.h>

#include "../../scripts/tap.h"

#define AFFORDABLE 30000

static const struct explore_broken *find(const struct explore_result *r, const char *invariant)
{
	for (size_t i = 0; i < r->nr_broken; i++)
		if (!strcmp(r->broken[i].invariant, invariant))
			return &r->broken[i];
	return NULL;
}

static bool same_broken(const struct explore_result *a, const struct explore_result *b)
{
	if (a->nr_broken != b->nr_broken)
		return false;
	for (size_t i = 0; i < a->nr_broken; i++) {
		const struct explore_broken *o = find(b, a->broken[i].invariant);

		if (!o || o->preemptions != a->broken[i].preemptions)
			return false;
	}
	return true;
}

static bool same(const struct explore_result *a, const struct explore_result *b)
{
	return a->complete && b->complete && a->failed == b->failed && same_broken(a, b) &&
	       a->nr_steps == b->nr_steps && a->preemptions == b->preemptions;
}

/* Each schedule of a livelock has 100,000 steps, and alternatives at each of them. */
static unsigned first_bound(const struct explore_model *m)
{
	return m->caught_by && !strcmp(m->caught_by, "livelock") ? 0 : 2;
}

/* A switch of the engine for this test: it compares states without the histories of their contexts.
 */
extern bool engine_forget_histories;

/* Shows that the comparison fails for a reduction that is unsound. */
static void test_unsound(void)
{
	unsigned differ = 0;

	for (size_t i = 0; i < explore_nr_models(); i++) {
		const struct explore_model *m = explore_model_at(i);
		struct explore_options o = { .bound = 2, .sweep = true };
		struct explore_result all, reduced;

		if (strcmp(m->mechanism, "litmus") || !m->busted || !first_bound(m))
			continue;
		o.no_reduction = true;
		explore_run(m, &o, &all);
		o.no_reduction = false;
		engine_forget_histories = true;
		explore_run(m, &o, &reduced);
		engine_forget_histories = false;
		differ += !same(&all, &reduced);
		explore_result_free(&all);
		explore_result_free(&reduced);
	}
	ok(differ >= 5, "a reduction that takes different states for one loses %u litmus failures",
	   differ);
}

static void test_model(const struct explore_model *m)
{
	struct explore_options o = { .sweep = true, .max_schedules = AFFORDABLE };
	struct explore_result all, reduced;

	for (o.bound = first_bound(m);; o.bound--) {
		o.no_reduction = true;
		if (explore_run(m, &o, &all))
			break;
		if (all.complete || !o.bound)
			break;
		explore_result_free(&all);
	}
	o.no_reduction = false;
	o.max_schedules = 0;
	if (explore_run(m, &o, &reduced))
		memset(&reduced, 0, sizeof(reduced));
	ok(same(&all, &reduced), "%s/%s to bound %u: %zu broken invariants, shortest %zu steps",
	   m->mechanism, m->variant, o.bound, reduced.nr_broken, reduced.nr_steps);
	diag("%lu schedules in %.3f s, %lu in %.3f s", all.schedules, all.seconds,
	     reduced.schedules, reduced.seconds);
	explore_result_free(&all);
	explore_result_free(&reduced);
}

int main(void)
{
	test_unsound();
	for (size_t i = 0; i < explore_nr_models(); i++)
		test_model(explore_model_at(i));
	return tap_done();
}
