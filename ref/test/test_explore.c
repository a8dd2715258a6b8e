// SPDX-License-Identifier: GPL-2.0-or-later
/* The explorer: every model of the table is clean, or breaks exactly the invariant that it names.
 */
#include <limits.h>
#include <string.h>
#include <time.h>

#include <ref/explore.h>
#include "../../scripts/tap.h"

static unsigned long schedules;

static void test_model(const struct explore_model *m)
{
	struct explore_options o = { .bound = UINT_MAX };
	struct explore_result r;
	int err = explore_run(m, &o, &r);

	if (m->busted)
		ok(!err && r.failed && !strcmp(r.invariant, m->caught_by), "%s/%s is caught by: %s",
		   m->mechanism, m->variant, m->caught_by);
	else
		ok(!err && !r.failed && r.complete, "%s/%s is clean", m->mechanism, m->variant);
	diag("bound %u: %lu schedules, %lu states, %.3f s; %d %s", r.bound, r.schedules, r.states,
	     r.seconds, err, r.invariant ? r.invariant : "");
	if (r.failed != m->busted)
		explore_print_columns(stdout, &r, m->nr_cpus, 100);
	schedules += r.schedules;
	explore_result_free(&r);
}

static const struct explore_model *find(const char *mechanism, const char *variant)
{
	for (size_t i = 0; i < explore_nr_models(); i++) {
		const struct explore_model *m = explore_model_at(i);

		if (!strcmp(m->mechanism, mechanism) && !strcmp(m->variant, variant))
			return m;
	}
	return NULL;
}

/* A clean model that runs a busted variant's code, where it cannot break, names that variant. */
static void test_codes(void)
{
	size_t nr = 0, wrong = 0;

	for (size_t i = 0; i < explore_nr_models(); i++) {
		const struct explore_model *m = explore_model_at(i), *of;

		if (!m->busted_code)
			continue;
		of = find(m->mechanism, m->busted_code);
		nr++;
		if (of && of->busted && !m->busted && of->setup == m->setup)
			continue;
		diag("%s/%s: %s", m->mechanism, m->variant, m->busted_code);
		wrong++;
	}
	ok(nr && !wrong, "%zu good models run the code of a busted one of their mechanism", nr);
}

int main(void)
{
	double seconds;

	test_codes();
	for (size_t i = 0; i < explore_nr_models(); i++)
		test_model(explore_model_at(i));
	seconds = (double)clock() / CLOCKS_PER_SEC;
	diag("%lu schedules in %.2f s of this CPU: %.0f a second", schedules, seconds,
	     (double)schedules / seconds);
	return tap_done();
}
