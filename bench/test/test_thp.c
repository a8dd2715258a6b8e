// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * thp/split over the reference: each row leaves every page a folio of its own with every reference
 * in place, and fails if it did not; rows with readers count retries.
 */

#include <string.h>

#include "../../scripts/tap.h"
#include "../cases.h"

struct rows {
	size_t ran, beside, oversubscribed;
};

static void operations(struct bench_state *s, uint64_t n)
{
	s->c->before(s, n);
	s->c->run(s, n);
	s->c->after(s, n);
}

static int run_row(struct bench_state *s, void *arg)
{
	struct rows *rows = arg;
	bool beside = bench_num(s, "readers");
	char name[BENCH_NAME_MAX];

	bench_instance_name(s, name, sizeof(name));
	if (s->c->setup(s)) {
		rows->oversubscribed += !strncmp(s->skip, "oversubscribed", 14);
		ok(s->skip[0], "%s: skipped: %s", name, s->skip);
		return 0;
	}
	operations(s, s->max_batch);
	operations(s, 1);
	s->c->teardown(s);
	ok(!s->fail[0] && s->nr_extra == beside &&
		   !(bench_needs(s) & BENCH_NEED_THREADS) == !beside,
	   "%s%s%s", name, *s->fail ? ": " : "", s->fail);
	rows->ran++;
	rows->beside += beside;
	return 0;
}

/* Splits no folio: the row has to fail. */
static int run_wrongly(struct bench_state *s, void *arg)
{
	if (bench_num(s, "readers") || s->c->setup(s))
		return 0;
	s->c->before(s, 2);
	s->c->after(s, 2);
	ok(s->fail[0], "a folio that is left whole is noticed: %s", s->fail);
	s->c->teardown(s);
	return 1;
}

int main(void)
{
	struct rows rows = { 0 };

	bench_for_each_instance(&bench_thp_split, run_row, &rows);
	ok(rows.ran - rows.beside == 4, "alone %zu rows", rows.ran - rows.beside);
	ok(rows.beside || rows.oversubscribed,
	   "beside readers %zu rows, or there is no CPU for them", rows.beside);
	ok(bench_for_each_instance(&bench_thp_split, run_wrongly, NULL) == 1,
	   "a row was run wrongly");
	return tap_done();
}
