// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The explorer itself: schedules counted by hand, the shortest failing one, replay from text,
 * hostile text, limits, and equal results of two runs.
 */
#include <array_size.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define REF_MODEL /* the test has models of its own */
#include <ref/explore.h>
#include <ref/port.h>

#include "../../scripts/tap.h"

/* ---- two tasks that have nothing to do with each other ---- */

struct steps {
	unsigned n[3];
	unsigned nr_tasks;
	unsigned ticks; /* times that an interrupt of one step may land on CPU 0 */
};

static int *word;

static void take_steps(void *arg)
{
	unsigned cpu = explore_cpu(), n = *(unsigned *)arg;

	for (unsigned i = 0; i < n; i++)
		REF_WRITE_ONCE(word[cpu], (int)i + 1);
}

static void tick(void *arg)
{
	REF_WRITE_ONCE(word[4], word[4] + 1);
}

static int setup_steps(struct explore *e, const void *arg)
{
	struct steps *s = (struct steps *)(uintptr_t)arg;
	static const char *const names[] = { "a", "b", "c" };

	word = explore_alloc(e, 64);
	if (!word)
		return -ENOMEM;
	explore_name(e, word, sizeof(int), 16, "word");
	for (unsigned i = 0; i < s->nr_tasks; i++)
		explore_task(e, i, names[i], take_steps, &s->n[i]);
	if (s->ticks)
		explore_interrupt(e, 0, EXPLORE_IRQ, "tick", tick, NULL, s->ticks);
	return 0;
}

static struct explore_result run(const struct explore_model *m, struct explore_options o)
{
	struct explore_result r;
	int err = explore_run(m, &o, &r);

	if (err && err != -EINVAL)
		diag("%s: error %d", m->variant, err);
	return r;
}

static unsigned long schedules(const struct steps *s, unsigned bound)
{
	struct explore_model m = { .mechanism = "test",
				   .variant = "steps",
				   .nr_cpus = 3,
				   .setup = setup_steps,
				   .arg = s };
	struct explore_result r =
		run(&m, (struct explore_options){ .bound = bound, .no_reduction = true });
	unsigned long n = r.failed || !r.complete ? 0 : r.schedules;

	explore_result_free(&r);
	return n;
}

/* Counts schedules by brute force over which task takes each step. Leaving a task that has steps
 * left is a preemption. */
static unsigned long count(const unsigned *left, unsigned nr, int last, unsigned bound)
{
	unsigned long total = 0;
	bool any = false;

	for (unsigned i = 0; i < nr; i++) {
		unsigned rest[3] = { left[0], left[1], left[2] };
		bool preempts = last >= 0 && left[last] && (int)i != last;

		if (!left[i])
			continue;
		any = true;
		if (preempts && !bound)
			continue;
		rest[i]--;
		total += count(rest, nr, (int)i, bound - preempts);
	}
	return any ? total : 1;
}

static void test_counts(void)
{
	struct steps two = { { 2, 2 }, 2, 0 };
	static const struct steps all[] = {
		{ { 1, 1 }, 2, 0 },
		{ { 3, 4 }, 2, 0 },
		{ { 5, 3 }, 2, 0 },
		{ { 2, 3, 2 }, 3, 0 },
	};
	struct steps one = { { 3 }, 1, 1 };

	/* aabb bbaa | abba baab | abab baba */
	ok(schedules(&two, 0) == 2 && schedules(&two, 1) == 4 && schedules(&two, 2) == 6 &&
		   schedules(&two, 9) == 6,
	   "2 and 2 steps: 2 schedules, 4 with a preemption, 6 in all");
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		const struct steps *s = &all[i];
		bool same = true;

		for (unsigned bound = 0; bound < 8; bound++)
			same &= schedules(s, bound) == count(s->n, s->nr_tasks, -1, bound);
		ok(same,
		   "%u, %u and %u steps: as many schedules as brute force counts, bounds 0..7",
		   s->n[0], s->n[1], s->n[2]);
	}
	/* It lands before each of 3 steps, or not: once the task has finished all is over. */
	ok(schedules(&one, 0) == 1 && schedules(&one, 1) == 4 && schedules(&one, 5) == 4,
	   "an interrupt into 3 steps: 4 schedules");
	one.ticks = 2;
	/* Two interrupts: 6 more schedules, two of 3 places with repetition. None lands in the
	 * other. */
	ok(schedules(&one, 2) == 10, "two interrupts into 3 steps: 10 schedules");
}

/* ---- a failure ---- */

static bool never_2_1(void *arg, char *why, size_t size)
{
	snprintf(why, size, "word[0] is 2 and word[1] is 1");
	return word[0] != 2 || word[1] != 1;
}

static int setup_failing(struct explore *e, const void *arg)
{
	int err = setup_steps(e, arg);

	if (!err)
		explore_invariant(e, "not 2 and 1", never_2_1, NULL, false);
	return err;
}

static const struct steps failing_steps = { { 3, 2 }, 2, 0 };
static const struct explore_model failing = {
	.mechanism = "test",
	.variant = "failing",
	.nr_cpus = 2,
	.setup = setup_failing,
	.arg = &failing_steps,
};

static bool same_steps(const struct explore_result *a, const struct explore_result *b)
{
	if (a->nr_steps != b->nr_steps)
		return false;
	for (size_t i = 0; i < a->nr_steps; i++)
		if (a->step[i].cpu != b->step[i].cpu || a->step[i].context != b->step[i].context ||
		    strcmp(a->step[i].task, b->step[i].task) ||
		    strcmp(a->step[i].text, b->step[i].text) ||
		    strcmp(a->step[i].site, b->step[i].site))
			return false;
	return true;
}

static void test_failure(void)
{
	struct explore_result a = run(&failing, (struct explore_options){ .bound = 5 });
	struct explore_result b = run(&failing, (struct explore_options){ .bound = 5 }), c;

	/* b's first step is a preemption of neither: a a b, or b a a; 3 steps, 1 preemption. */
	ok(a.failed && a.preemptions == 1 && a.bound == 1 && a.nr_steps == 3,
	   "the fewest preemptions, and the shortest schedule with those");
	ok(!strcmp(a.invariant, "not 2 and 1") && strstr(a.why, "word[1] is 1"),
	   "the invariant and why");
	ok(!strcmp(a.schedule, b.schedule) && a.schedules == b.schedules && a.steps == b.steps &&
		   a.states == b.states && same_steps(&a, &b),
	   "two runs are the same");
	c = run(&failing, (struct explore_options){ .bound = 5, .replay = a.schedule });
	ok(c.failed && same_steps(&a, &c) && !strcmp(a.invariant, c.invariant) &&
		   !strcmp(a.why, c.why) && !strcmp(a.schedule, c.schedule) &&
		   a.preemptions == c.preemptions,
	   "replayed from '%s': the same steps, the same end", a.schedule);
	explore_result_free(&c);
	c = run(&failing, (struct explore_options){ .bound = 0, .replay = "-" });
	ok(!c.failed && c.nr_steps == 5, "a replay that does not fail: the default schedule");
	ok(!strcmp(c.step[0].text, "write word[0] = 1"), "a step's text: %s", c.step[0].text);
	ok(strstr(c.step[0].site, "take_steps test_explore_engine.c:"), "its site: %s",
	   c.step[0].site);
	explore_result_free(&a);
	explore_result_free(&b);
	explore_result_free(&c);
}

static void test_hostile(void)
{
	static const char *const bad[] = {
		"",
		".",
		"1",
		"c1",
		"1x1",
		"1c",
		"1c1.",
		"1c1..2c0",
		"2c1.1c0",
		"1c1.1c0",
		"1c9",
		"1c255",
		"1c256",
		"99999999999999999999c1",
		"1c99999999999999999999",
		"0c1.999999c0",
		"1i0",
		"1i200",
		"1r0",
		"1m0",
		"1m0>1",
		"1m0>",
		"1m0>300",
		"1c1 ",
		" 1c1",
		"--",
		"-1c1",
		"1c1\n",
		"\xff\xfe",
		"1c1;rm",
		"1C1",
		"0x1c1",
		"1c1.2c1.3c1.4c1.5c0.6c1",
	};
	char *longest = malloc(200001);
	struct explore_result r;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct explore_options o = { .bound = 3, .replay = bad[i] };
		int err = explore_run(&failing, &o, &r);

		ok(err == -EINVAL && r.why && *r.why, "schedule '%s' is refused: %s", bad[i],
		   r.why ? r.why : "");
		explore_result_free(&r);
	}
	for (unsigned i = 0; i < 200000; i++)
		longest[i] = "1c1."[i % 4];
	longest[200000] = '\0';
	ok(explore_run(&failing, &(struct explore_options){ .replay = longest }, &r) == -EINVAL,
	   "and one of 200,000 characters");
	explore_result_free(&r);
	free(longest);
}

/* ---- what setup may get wrong, and limits ---- */

static int counter;

static void count_runs(void *arg)
{
	REF_WRITE_ONCE(word[0], ++counter);
}

static int setup_forgetful(struct explore *e, const void *arg)
{
	word = explore_alloc(e, 64);
	explore_task(e, 0, "task", count_runs, NULL);
	return word ? 0 : -ENOMEM;
}

static int setup_remembering(struct explore *e, const void *arg)
{
	explore_memory(e, &counter, sizeof(counter));
	return setup_forgetful(e, arg);
}

static int setup_fails(struct explore *e, const void *arg)
{
	return -ENODEV;
}

static int setup_too_many(struct explore *e, const void *arg)
{
	explore_task(e, 7, "nowhere", count_runs, NULL);
	return 0;
}

static void unlock_nothing(void *arg)
{
	ref_spin_unlock((struct ref_spinlock *)word);
}

static int setup_unlock(struct explore *e, const void *arg)
{
	word = explore_alloc(e, 64);
	explore_task(e, 0, "task", unlock_nothing, NULL);
	return word ? 0 : -ENOMEM;
}

static void deep(void *arg)
{
	struct ref_rcu_head *p = ref_alloc(sizeof(*p)), *q = ref_alloc(sizeof(*q));

	if (!p || !q || p == q || p->next || q->fn)
		explore_fail("arena", "not two zeroed blocks");
	REF_WRITE_ONCE(p->next, q);
	ref_free(q);
	ref_free(p);
}

static int setup_alloc(struct explore *e, const void *arg)
{
	explore_task(e, 0, "one", deep, NULL);
	explore_task(e, 0, "two", deep, NULL);
	explore_task(e, 1, "three", deep, NULL);
	return 0;
}

static int outcome(int (*setup)(struct explore *, const void *), struct explore_result *r)
{
	struct explore_model m = {
		.mechanism = "test",
		.variant = "setup",
		.nr_cpus = 2,
		.setup = setup,
	};

	return explore_run(&m, &(struct explore_options){ .bound = 3 }, r);
}

static void test_setup(void)
{
	struct explore_result r;

	ok(!outcome(setup_forgetful, &r) && r.failed && !strcmp(r.invariant, "deterministic"),
	   "plain data that is not given back is noticed");
	explore_result_free(&r);
	ok(!outcome(setup_remembering, &r) && !r.failed, "and none with explore_memory()");
	explore_result_free(&r);
	ok(outcome(setup_fails, &r) == -ENODEV, "an error of setup comes back");
	explore_result_free(&r);
	ok(outcome(setup_too_many, &r) == -EINVAL, "a task on a CPU that is not there");
	explore_result_free(&r);
	ok(!outcome(setup_unlock, &r) && r.failed && !strcmp(r.invariant, "lock"),
	   "unlocking what nobody holds");
	explore_result_free(&r);
	ok(!outcome(setup_alloc, &r) && !r.failed, "ref_alloc() in schedules");
	explore_result_free(&r);
}

static bool stop(void *arg, const struct explore_model *m, unsigned bound, unsigned long n)
{
	return ++*(unsigned *)arg == 2;
}

static void test_limits(void)
{
	static const struct steps many = { { 40, 40, 40 }, 3, 0 };
	struct explore_model m = { .mechanism = "test",
				   .variant = "steps",
				   .nr_cpus = 3,
				   .setup = setup_steps,
				   .arg = &many };
	struct explore_result r;
	unsigned asked = 0;

	r = run(&m,
		(struct explore_options){ .bound = 9, .max_schedules = 100, .no_reduction = true });
	ok(!r.complete && r.schedules == 100, "max_schedules ends it, incomplete");
	explore_result_free(&r);
	r = run(&m, (struct explore_options){ .bound = 9,
					      .no_reduction = true,
					      .progress = stop,
					      .progress_arg = &asked });
	ok(!r.complete && asked == 2 && r.seconds < 5, "so does progress(), after 2 calls");
	explore_result_free(&r);
}

static void test_columns(void)
{
	struct explore_result r = run(&failing, (struct explore_options){ .bound = 5 });
	size_t size, longest = 0, lines = 0;
	char *text;
	FILE *out = open_memstream(&text, &size);

	explore_print_columns(out, &r, 2, 60);
	fclose(out);
	ok(strstr(text, "CPU 0: a") && strstr(text, "CPU 1: b") && strstr(text, "not 2 and 1") &&
		   strstr(text, "word[1] is 1"),
	   "columns: the CPUs, their tasks, the invariant and why");
	for (char *p = text; *p; p = strchr(p, '\n') + 1, lines++)
		if (strcspn(p, "\n") > longest)
			longest = strcspn(p, "\n");
	ok(longest <= 60, "columns: no line is longer than the width: %zu", longest);
	ok(lines >= 5, "columns: a line per step at least: %zu", lines);
	free(text);
	explore_result_free(&r);
}

int main(void)
{
	test_counts();
	test_failure();
	test_hostile();
	test_setup();
	test_limits();
	test_columns();
	return tap_done();
}
