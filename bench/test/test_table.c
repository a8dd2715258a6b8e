// SPDX-License-Identifier: GPL-2.0-or-later
/* The table is well formed, and every row of the reference runs and leaves nothing behind. */

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <ref/gup.h>
#include <results/record.h>

#include "../../scripts/tap.h"
#include "../cases.h"

static bool is_word(const char *s)
{
	if (!islower((unsigned char)*s))
		return false;
	for (; *s; s++)
		if (!islower((unsigned char)*s) && !isdigit((unsigned char)*s) && *s != '_')
			return false;
	return true;
}

static int compare(const struct bench_case *a, const struct bench_case *b)
{
	int d = strcmp(a->family, b->family);

	return d ? d : strcmp(a->name, b->name);
}

static bool case_complete(const struct bench_case *c)
{
	return is_word(c->family) && is_word(c->name) && c->summary && c->run &&
	       (!c->setup || c->teardown) &&
	       !(c->library_time && (c->before || c->after || c->manual_time));
}

static bool axes_well_formed(const struct bench_case *c)
{
	for (size_t i = 0; i < BENCH_MAX_PARAMS && c->axes[i].key; i++) {
		const struct bench_axis *axis = &c->axes[i];

		if (!is_word(axis->key) || (i && strcmp(c->axes[i - 1].key, axis->key) >= 0) ||
		    !!axis->strs == !!axis->nums)
			return false;
		for (size_t v = 0; axis->strs && axis->strs[v]; v++)
			if (strpbrk(axis->strs[v], ",=/: "))
				return false;
	}
	return true;
}

static void test_cases(void)
{
	bool sorted = true, complete = true, axes = true;

	for (size_t i = 0; bench_table[i]; i++) {
		if (i && compare(bench_table[i - 1], bench_table[i]) > 0) {
			diag("%s/%s is out of order", bench_table[i]->family, bench_table[i]->name);
			sorted = false;
		}
		if (!case_complete(bench_table[i])) {
			diag("%s/%s lacks something", bench_table[i]->family, bench_table[i]->name);
			complete = false;
		}
		if (!axes_well_formed(bench_table[i])) {
			diag("%s/%s: its axes", bench_table[i]->family, bench_table[i]->name);
			axes = false;
		}
	}
	ok(sorted, "sorted by family and name");
	ok(complete,
	   "every case has words for names, a summary, run, and a teardown for its setup");
	ok(axes, "axes are sorted words with plain values");
}

/* ---- identities ---- */

struct names {
	char (*v)[BENCH_NAME_MAX];
	size_t nr;
	bool too_long, bad_needs;
};

static int collect(struct bench_state *s, void *arg)
{
	struct names *names = arg;
	char name[2 * BENCH_NAME_MAX], params[1024];
	struct ptb_record r;

	names->v = realloc(names->v, (names->nr + 1) * sizeof(*names->v));
	if (!names->v)
		return -ENOMEM;
	bench_instance_name(s, name, sizeof(name));
	bench_params_text(s, params, sizeof(params));
	if (strlen(name) + 3 > BENCH_NAME_MAX || strlen(params) >= sizeof(r.params) ||
	    strlen(s->c->family) + 1 + strlen(s->c->name) >= sizeof(r.case_id))
		names->too_long = true;
	if (bench_needs(s) && !bench_guest_lacks(bench_needs(s)))
		names->bad_needs = true;
	snprintf(names->v[names->nr++], BENCH_NAME_MAX, "%d %.*s", bench_subject(s),
		 BENCH_NAME_MAX - 4, name);
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void test_identities(void)
{
	struct names names = { 0 };
	size_t twice = 0;

	for (size_t i = 0; bench_table[i]; i++)
		bench_for_each_instance(bench_table[i], collect, &names);
	qsort(names.v, names.nr, sizeof(*names.v), compare_names);
	for (size_t i = 1; i < names.nr; i++)
		if (!strcmp(names.v[i - 1], names.v[i])) {
			diag("twice: %s", names.v[i]);
			twice++;
		}
	diag("%zu instances", names.nr);
	ok(names.nr > 100, "there are instances");
	ok(!twice, "no two of a subject have the same name and parameters");
	ok(!names.too_long, "names and parameters fit where guests put them");
	ok(!names.bad_needs, "every need has a reason that guests give");
	ok(!bench_guest_lacks(0), "a row without needs runs in guests");
	free(names.v);
}

/* ---- the shape of instances ---- */

static int count_instances(struct bench_state *s, void *arg)
{
	size_t *nr = arg;

	nr[bench_num(s, "n") == 7 && !*bench_str(s, "s") ? 1 : 0]++;
	nr[2] += s->nr_params;
	return 0;
}

static int stop_at_once(struct bench_state *s, void *arg)
{
	return 42;
}

static bool not_both(const struct bench_state *s)
{
	return strcmp(bench_str(s, "s"), "b") || bench_num(s, "n") != 7;
}

static void nothing(struct bench_state *s, uint64_t n)
{
}

static void test_instances(void)
{
	static const char *const strs[] = { "a", "b", NULL };
	static const long long nums[] = { BENCH_ABSENT, 7 };
	struct bench_case c = {
		.family = "x",
		.name = "y",
		.summary = "z",
		.run = nothing,
		.axes = { { .key = "n", .nums = nums, .nr_nums = 2 },
			  { .key = "s", .strs = strs } },
	};
	size_t nr[3] = { 0 };
	struct bench_state s = { .c = &c };
	char text[64];

	bench_for_each_instance(&c, count_instances, nr);
	ok(nr[0] == 4 && nr[2] == 6, "a value on each axis, and the absent one is no parameter");
	c.valid = not_both;
	memset(nr, 0, sizeof(nr));
	bench_for_each_instance(&c, count_instances, nr);
	ok(nr[0] == 3, "only the valid combinations");
	ok(bench_for_each_instance(&c, stop_at_once, NULL) == 42, "stops when told to");
	c.axes[0].nr_nums = 0;
	ok(!bench_for_each_instance(&c, stop_at_once, NULL), "an empty axis has no instances");
	s.params[0] = (struct bench_value){ .key = "k", .str = "v" };
	s.params[1] = (struct bench_value){ .key = "l", .num = -3 };
	s.nr_params = 2;
	bench_instance_name(&s, text, sizeof(text));
	ok(!strcmp(text, "x/y/k:v/l:-3"), "a name: %s", text);
	bench_params_text(&s, text, sizeof(text));
	ok(!strcmp(text, "k=v,l=-3"), "parameters: %s", text);
	bench_params_text(&s, text, 4);
	ok(!strcmp(text, "k=v"), "cut off, not overrun, where there is no room");
	ok(bench_num(&s, "k") == 0 && !*bench_str(&s, "l") && !*bench_str(&s, "m"),
	   "a parameter of the other type, or none, is empty");
}

/* ---- every row of the reference ---- */

struct walked {
	size_t ran, skipped, failed, asked;
	bool silent_skip, unbalanced;
};

static bool is_gup(const struct bench_state *s)
{
	return s->c == &bench_gup_fast_walk || s->c == &bench_gup_fast_put;
}

/* ---- run() must not look up its params: the lookup would be measured, too ---- */

#define KEYS_SIZE 4096
static char *keys; /* the running instance's keys, in a page whose reads fault */
static volatile sig_atomic_t asked;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	const char *at = info->si_addr;

	if (at < keys || at >= keys + KEYS_SIZE || mprotect(keys, KEYS_SIZE, PROT_READ))
		signal(sig, SIG_DFL); /* another fault: it faults again and ends the test */
	asked = 1;
}

static void watch_keys(void)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

	keys = mmap(NULL, KEYS_SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (keys == MAP_FAILED || sigaction(SIGSEGV, &action, NULL))
		abort();
}

/* Runs n operations; returns whether run() looked up a param. */
static bool run_and_watch(struct bench_state *s, uint64_t n)
{
	const char *before[BENCH_MAX_PARAMS];
	size_t at = 0;

	if (mprotect(keys, KEYS_SIZE, PROT_READ | PROT_WRITE))
		abort();
	for (size_t i = 0; i < s->nr_params; i++) {
		before[i] = s->params[i].key;
		s->params[i].key = strcpy(keys + at, before[i]);
		at += strlen(before[i]) + 1;
	}
	asked = 0;
	if (mprotect(keys, KEYS_SIZE, PROT_NONE))
		abort();
	s->c->run(s, n);
	for (size_t i = 0; i < s->nr_params; i++)
		s->params[i].key = before[i];
	return asked;
}

static void asks(struct bench_state *s, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		(void)bench_num(s, "pages");
}

static void test_watched(void)
{
	const struct bench_case bad = { .family = "bad", .name = "asks", .run = asks },
				good = { .family = "good", .name = "nothing", .run = nothing };
	struct bench_state s = { .c = &bad,
				 .params = { { .key = "pages", .num = 1 } },
				 .nr_params = 1 };

	ok(run_and_watch(&s, 1), "a run that asks for a param is noticed");
	s.c = &good;
	ok(!run_and_watch(&s, 1) && !strcmp(s.params[0].key, "pages"),
	   "one that does not is not, and keeps its params");
}

/* Runs three operations, or max_batch if that is less; returns whether run() looked up a param. */
static bool three_operations(struct bench_state *s)
{
	uint64_t n = s->max_batch && s->max_batch < 3 ? s->max_batch : 3;
	bool seen;

	if (s->c->before)
		s->c->before(s, n);
	seen = run_and_watch(s, n);
	if (s->c->after)
		s->c->after(s, n);
	return seen;
}

static int run_row(struct bench_state *s, void *arg)
{
	struct walked *w = arg;
	char name[BENCH_NAME_MAX];
	int err;

	if (bench_needs(s) & BENCH_NEED_HOST)
		return 0;
	bench_instance_name(s, name, sizeof(name));
	err = s->c->setup ? s->c->setup(s) : 0;
	if (err && s->skip[0]) {
		w->skipped++;
		return 0;
	}
	if (!err) {
		if (three_operations(s)) {
			diag("%s: asks for its params while it is timed", name);
			w->asked++;
		}
		if (is_gup(s) && !bench_gup_balanced(s)) {
			diag("%s: references are left", name);
			w->unbalanced = true;
		}
		if (s->c->teardown)
			s->c->teardown(s);
		w->ran++;
	}
	if (err || s->fail[0]) {
		diag("%s: %s", name, s->fail[0] ? s->fail : strerror(-err));
		w->failed++;
	}
	return 0;
}

static void test_rows(void)
{
	struct walked w = { 0 };

	for (size_t i = 0; bench_table[i]; i++)
		bench_for_each_instance(bench_table[i], run_row, &w);
	diag("%zu rows ran, %zu were skipped", w.ran, w.skipped);
	ok(w.ran > 100, "rows of the reference ran");
	ok(!w.failed, "none failed");
	ok(!w.asked, "no run asks for its params while it is timed: set-up does");
	ok(!w.unbalanced, "walks and puts leave each page with its mapping's reference alone");
}

/* ---- the checks above can fail ---- */

static int first_row(struct bench_state *s, void *arg)
{
	if (strcmp(bench_str(s, "cross"), "pmd") ||
	    strcmp(bench_str(s, "design"), "offset_lockless"))
		return 0;
	*(struct bench_state *)arg = *s;
	return 1;
}

static void test_noticed(void)
{
	struct bench_state s;

	bench_for_each_instance(&bench_gup_fast_walk, first_row, &s);
	if (!ok(!s.c->setup(&s), "a row is set up"))
		return;
	s.c->run(&s, 3);
	ok(!bench_gup_balanced(&s), "references that nobody dropped are noticed");
	s.c->after(&s, 3);
	ok(bench_gup_balanced(&s) && !s.fail[0], "and dropped by after()");
	s.c->run(&s, 2);
	s.c->after(&s, 3);
	ok(s.fail[0], "walks that did not happen, or found too little, are noticed: %s", s.fail);
	s.c->teardown(&s);
}

static int busted_row(struct bench_state *s, void *arg)
{
	size_t *nr = arg;

	if (strcmp(bench_str(s, "design"), "static") || strcmp(bench_str(s, "format"), "s390x") ||
	    bench_num(s, "levels") == 5 || bench_num(s, "pages") != 16)
		return 0;
	if (s->c->setup(s))
		nr[0] += !strncmp(s->skip, "busted", 6);
	else
		s->c->teardown(s);
	nr[1]++;
	return 0;
}

static void test_busted(void)
{
	size_t nr[2] = { 0 };

	bench_for_each_instance(&bench_gup_fast_walk, busted_row, nr);
	/* One row each with 2, 3 and 4 levels: it crosses within the topmost table that exists. */
	ok(nr[0] == 3 && nr[1] > 3, "%zu of %zu rows of the busted pair are not run", nr[0], nr[1]);
}

int main(void)
{
	test_cases();
	test_identities();
	test_instances();
	watch_keys();
	test_watched();
	test_rows();
	test_noticed();
	test_busted();
	return tap_done();
}
