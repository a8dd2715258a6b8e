// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dax over the reference: each row leaves every entry unlocked and with its page, and fails if it
 * did not; rows with other threads count waits, retries and misses.
 */

#include <string.h>

#include "../../scripts/tap.h"
#include "../cases.h"

#define NR_OPERATIONS 64
#define BURST 2000 /* operations of rows with other threads */

struct rows {
	size_t ran, beside, oversubscribed;
};

static double extra(const struct bench_state *s, const char *metric)
{
	for (size_t i = 0; i < s->nr_extra; i++)
		if (!strcmp(s->extra[i].metric, metric))
			return s->extra[i].value;
	return -1;
}

static void operations(struct bench_state *s, uint64_t n)
{
	if (s->c->before)
		s->c->before(s, n);
	s->c->run(s, n);
	s->c->after(s, n);
}

/* Whether the row reports the events that can happen with its load, and no others. */
static bool extras_are_right(const struct bench_state *s)
{
	bool churn = !strcmp(bench_str(s, "load"), "churn");

	if (s->c == &bench_dax_lock)
		return !s->nr_extra;
	return extra(s, "lock_waits") >= 0 && (extra(s, "lock_retries") >= 0) == churn &&
	       (extra(s, "lock_misses") >= 0) == churn &&
	       (strcmp(bench_str(s, "load"), "other") || !extra(s, "lock_waits"));
}

static int run_row(struct bench_state *s, void *arg)
{
	struct rows *rows = arg;
	bool beside = s->c == &bench_dax_contended, right;
	char name[BENCH_NAME_MAX];

	bench_instance_name(s, name, sizeof(name));
	if (s->c->setup(s)) {
		rows->oversubscribed += !strncmp(s->skip, "oversubscribed", 14);
		ok(s->skip[0], "%s: skipped: %s", name, s->skip);
		return 0;
	}
	operations(s, beside ? BURST : NR_OPERATIONS);
	operations(s, 1);
	right = extras_are_right(s);
	s->c->teardown(s); /* checks the entries, in rows with other threads */
	ok(!s->fail[0] && right, "%s%s%s", name, *s->fail ? ": " : "", s->fail);
	rows->ran++;
	rows->beside += beside;
	return 0;
}

/* Leaves a locked entry: the row has to notice it. */
static int run_wrongly(struct bench_state *s, void *arg)
{
	if (strcmp(bench_str(s, "part"), "unlock") || s->c->setup(s))
		return 0;
	s->c->before(s, 1);
	s->c->after(s, 1);
	ok(s->fail[0], "an entry that is left locked is noticed: %s", s->fail);
	s->c->run(s, 1);
	s->c->teardown(s);
	return 1;
}

int main(void)
{
	struct rows rows = { 0 };

	bench_for_each_instance(&bench_dax_lock, run_row, &rows);
	ok(rows.ran == 8, "each half, each step removed and opaque, and the device: %zu rows",
	   rows.ran);
	bench_for_each_instance(&bench_dax_contended, run_row, &rows);
	ok(rows.beside >= 3 || rows.oversubscribed,
	   "beside others %zu rows, or there is no CPU for them", rows.beside);
	ok(bench_for_each_instance(&bench_dax_lock, run_wrongly, NULL) == 1,
	   "a row was run wrongly");
	return tap_done();
}
