// SPDX-License-Identifier: GPL-2.0-or-later
/* Versions of kernels, lines of a scenario that are for some of them, and SCENARIO@VERSION. */
#include <array_size.h>

#include "../boot/scenario_range.h"
#include "../driver/checks.h"
#include "scenario_dir.h"

static struct scenario_version version_of(const char *text)
{
	struct scenario_version v;

	if (scenario_version_parse(text, &v))
		ok(false, "'%s' is a version", text);
	return v;
}

/* "since 6.1 until 6.12", either or both. */
static struct scenario_range range_of(const char *since, const char *until)
{
	struct scenario_range r = { .since.nr = 0 };

	if (since)
		r.since = version_of(since);
	if (until)
		r.until = version_of(until);
	return r;
}

/* The table that test_readers.t holds kernels/lib.sh to. */
static void test_table(void)
{
	char line[256], kernel[32], word[8], version[32], holds[4];
	FILE *f = fopen(PTBENCH_SOURCE "/kernels/test/ranges", "r");
	unsigned nr = 0;

	while (f && fgets(line, sizeof(line), f)) {
		struct scenario_version k;
		struct scenario_range r;
		bool since;

		if (*line == '#' ||
		    sscanf(line, "%31s %7s %31s %3s", kernel, word, version, holds) != 4)
			continue;
		k = version_of(kernel);
		since = !strcmp(word, "since");
		r = range_of(since ? version : NULL, since ? NULL : version);
		ok(scenario_range_holds(&r, &k) == !strcmp(holds, "yes"), "%s %s %s: %s", kernel,
		   word, version, holds);
		nr++;
	}
	ok(nr >= 30, "the table has rows");
	if (f)
		fclose(f);
}

static void test_versions(void)
{
	static const char *const bad[] = {
		"",	 "6",	  "6.",	     "6.12.",	".12",	    "6..12",
		"06.12", "6.012", "6.12.01", "1.2.3.4", "6.12-rc1", " 6.12",
		"6.12 ", "-6.1",  "+6.1",    "6.x",	"12345.1",  "6.99999999999"
	};
	struct scenario_version v;
	struct scenario_range none = { .since.nr = 0 }, both = range_of("6.1", "6.12");

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ok(scenario_version_parse(bad[i], &v) && !v.nr, "'%s' is no version", bad[i]);
	ok(!scenario_version_parse("6.0.0", &v) && v.nr == 3 && v.v[0] == 6 && !v.v[2],
	   "6.0.0 has three numbers");
	ok(scenario_version_of_release("6.12.0-rc1+", &v) && v.nr == 3 && v.v[1] == 12,
	   "a release goes on behind its version");
	ok(scenario_version_of_release("7.3-next", &v) && v.nr == 2 && v.v[1] == 3,
	   "behind two numbers, too");
	ok(!scenario_version_of_release("next-2026", &v) && !v.nr &&
		   !scenario_version_of_release("", &v),
	   "a release without a version");
	ok(scenario_range_holds(&none, &v) && scenario_range_holds(&both, &v),
	   "a kernel without one is in every range");
	v = version_of("6.12.9");
	ok(scenario_range_holds(&both, &v), "since 6.1 until 6.12 holds up to 6.12.9");
	v = version_of("6.13");
	ok(!scenario_range_holds(&both, &v) && scenario_range_holds(&none, &v), "and not for 6.13");
}

static void test_covers(void)
{
	static const struct {
		const char *a[2], *b[2];
		bool covers;
	} rows[] = {
		{ { NULL, NULL }, { NULL, NULL }, true },
		{ { NULL, NULL }, { "6.1", "6.2" }, true },
		{ { "6.1", NULL }, { NULL, NULL }, false },
		{ { NULL, "6.2" }, { NULL, NULL }, false },
		{ { "6.1", NULL }, { "6.1", NULL }, true },
		{ { "6.1", NULL }, { "6.1.5", NULL }, true },
		{ { "6.1.5", NULL }, { "6.1", NULL }, false },
		{ { NULL, "6.12" }, { NULL, "6.12.117" }, true },
		{ { NULL, "6.12.117" }, { NULL, "6.12" }, false },
		{ { NULL, "6.12" }, { NULL, "6.13" }, false },
		{ { NULL, "6.14" }, { "6.15", NULL }, false },
		{ { "6.1", "6.12" }, { "6.2", "6.11" }, true },
		{ { "6.2", "6.11" }, { "6.1", "6.12" }, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct scenario_range a = range_of(rows[i].a[0], rows[i].a[1]),
					    b = range_of(rows[i].b[0], rows[i].b[1]);

		ok(scenario_range_covers(&a, &b) == rows[i].covers, "range %zu of the table", i);
	}
}

#define GOOD "arch a\nrole stock\ndesign d\n"
static void test_refused_ranges(void)
{
	static const char *const bad[][2] = {
		{ "since x title t\n", "'x' is not the version of a kernel" },
		{ "since 6.012 title t\n", "'6.012' is not the version of a kernel" },
		{ "since 1.2.3.4 title t\n", "'1.2.3.4' is not the version of a kernel" },
		{ "until 6.12\n", "nothing stands behind the version 6.12" },
		{ "since 6.1 since 6.2 title t\n", "'since' stands twice" },
		{ "since 6.1 until 6.2 until 6.3 title t\n", "'until' stands twice" },
		{ "since 6.1 role stock\n", "'role' cannot stand behind since or until" },
		{ "since 6.1 base s\n", "'base' cannot stand behind since or until" },
		{ "until 6.1 colour red\n", "unknown key 'colour'" },
		{ "since 6.1 title\n", "key 'title' has no value" },
		{ "since\n", "key 'since' has no value" },
		{ "expect gup_fast/only right\nsince 6.1 expect gup_fast/only wrong\n",
		  "an earlier rule" },
		{ "until 6.12 expect gup_fast/only right\nuntil 6.11 expect gup_fast/only wrong\n",
		  "an earlier rule" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ok(refused(bad[i][0], bad[i][1]), "%s", why);
	ok(refused("since 6.1 title t\n" GOOD, "one of the keys title, arch, design is missing"),
	   "a title that some kernels lack: %s", why);
}

static struct scenario *read_for(const char *name, const char *release)
{
	struct scenario *s;

	if (scenario_read(dir, name, &s, why)) {
		ok(false, "%s is read: %s", name, why);
		exit(tap_done());
	}
	scenario_for_release(s, release);
	return s;
}

static bool judged_rcu(const struct scenario *s, const char *seen)
{
	struct results_params none = { .nr = 0 };
	const char *expect;

	return scenario_judge(s, "table_free/rcu_path", &none, seen, &expect);
}

static void test_values(void)
{
	struct scenario *s;

	put("scenarios/s",
	    "title %v of old\nsince 6.15 title %v of new\n" GOOD
	    "since 6.17 format f57\nuntil 6.1 memory 2G\nsince 6.15 append late\n"
	    "until 6.14 expect table_free/rcu_path immediate\n"
	    "since 6.15 expect table_free/rcu_path rcu\n"
	    "until 6.14 identical x mm/gup.o\nsince 6.15 config A=y\nuntil 5.9 absent why\n");
	s = read_for("s", "6.14.9-custom");
	ok(!strcmp(s->title, "6.14 of old") && !strcmp(s->arch.format, "s390x") && !s->append &&
		   !strcmp(s->arch.memory, "1G") && s->nr_same == 1,
	   "before a range: the plain values");
	ok(s->nr_expects == 1 && judged_rcu(s, "immediate") && !judged_rcu(s, "rcu"),
	   "an old kernel is judged by the expectation until 6.14");
	scenario_free(s);
	s = read_for("s", "6.15.0-rc1");
	ok(!strcmp(s->title, "6.15 of new") && s->append && !strcmp(s->append, "late") &&
		   !strcmp(s->arch.format, "s390x") && !s->nr_same,
	   "in it: those of the range in the place of the plain ones");
	ok(s->nr_expects == 1 && judged_rcu(s, "rcu") && !judged_rcu(s, "immediate"),
	   "a new one by that since 6.15");
	scenario_free(s);
	s = read_for("s", "6.17");
	ok(!strcmp(s->arch.format, "f57"), "the machine's own values, too");
	scenario_free(s);
	s = read_for("s", "5.10.3");
	ok(!strcmp(s->arch.memory, "2G"), "and those until a version");
	scenario_free(s);
	s = read_for("s", "unknown");
	ok(!strcmp(s->title, "Linux of old") && s->nr_expects == 2 && !s->append,
	   "a release without a version: plain values, and Linux in the title");
	scenario_free(s);
}

static void test_at(void)
{
	static const char *const bad[] = { "s@",	"s@x",	     "s@7",    "s@7.03",
					   "s@7.3.4.5", "s@7.3@7.3", "s@../x", "@7.3",
					   "s@7.3 ",	"s@7.3=1",   ".s@7.3", "../s@7.3",
					   "LIST@7.3" };
	static const char *const bad_lines[] = { "s@x\n", "s@7.3 s\n", "NEWER\n", "@7.3\n" };
	char *asked[] = { "NEWER", "s@7.3" }, **names;
	struct scenario *s;
	size_t nr;

	put("scenarios/stock", "title %v stock\n" GOOD);
	put("scenarios/s", "title %v variant\narch a\nrole variant\nbase stock\ndesign d\n"
			   "since 7.3 format new\nidentical stock mm/gup.o\n");
	put("scenarios/boots", "title t\narch a\nrole variant\nimage stock\ndesign d\n");
	put("scenarios/NEWER", "# of two versions\ns@7.3 # one\ns@6.1\ns\n");
	put("scenarios/LIST", "s\n");
	if (!ok(!scenario_read(dir, "s@7.3", &s, why), "SCENARIO@VERSION is read"))
		return;
	ok(!strcmp(s->name, "s@7.3") && !strcmp(s->base, "stock@7.3") &&
		   !strcmp(s->same[0].base, "stock@7.3"),
	   "the scenarios that it names are of the same version");
	ok(!strcmp(s->title, "7.3 variant") && s->nr_kin == 1 &&
		   !strcmp(s->kin[0].title, "7.3 stock") && !strcmp(s->kin[0].name, "stock@7.3"),
	   "so are those that it is a variant of, and both titles");
	ok(!strcmp(s->arch.format, "new"), "a value for that version is known before it is built");
	scenario_free(s);
	ok(!scenario_read(dir, "boots@6.1", &s, why) && !strcmp(s->image, "stock@6.1"),
	   "the one whose image it boots, too");
	scenario_free(s);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ok(scenario_read(dir, bad[i], &s, why) && !s, "'%s' is none: %s", bad[i], why);
	ok(!scenario_names(dir, asked, 2, &names, &nr, why) && nr == 3 &&
		   !strcmp(names[0], "s@7.3") && !strcmp(names[1], "s@6.1") &&
		   !strcmp(names[2], "s"),
	   "lists have such names, each once");
	scenario_names_free(names, nr);
	for (size_t i = 0; i < ARRAY_SIZE(bad_lines); i++) {
		put("scenarios/NEWER", bad_lines[i]);
		ok(scenario_names(dir, asked, 1, &names, &nr, why) && !names, "a list: %s", why);
	}
}

static const struct scenario_expect *missing(const struct scenario *s, const char *reason)
{
	const struct scenario_expect *e;
	struct results_params none = { .nr = 0 };
	struct results_error err;
	struct results_doc *doc;

	if (results_doc_new("p", "icount", &doc) ||
	    results_pairs_set(&doc->environment, "compiler", "gcc") ||
	    results_doc_add_skipped(doc, "gup_fast/walk", &none, RESULTS_KERNEL, reason, &err))
		exit(1);
	e = scenario_missing(s, doc, false);
	results_doc_free(doc);
	return e;
}

/* Rows whose case does not compile on this kernel. */
static void test_absent(void)
{
	static const char gone[] = PTB_ABSENT "mm/ptbench/gup.c:1:1: error: gone";
	struct scenario *s;

	put("common.expect", "skip * " PTB_ABSENT "*\nskip-family gup_fast/* " PTB_ABSENT "*\n"
			     "skip-family gup_fast/* a common reason\n");
	put("scenarios/s", "title t\n" GOOD "expect gup_fast/only right\n");
	s = read_for("s", "7.3");
	ok(may_skip(s, "gup_fast/walk", "row=3", gone) &&
		   scenario_may_skip_family(s, "gup_fast/walk", gone),
	   "may be skipped, all of a family, though the scenario expects a check of it");
	ok(!scenario_may_skip_family(s, "gup_fast/walk", "a common reason") &&
		   !may_skip(s, "gup_fast/walk", "row=3", "gone"),
	   "which another reason may not");
	ok(!missing(s, gone), "a check of that family may be missing");
	ok(missing(s, "a common reason") == &s->expects[0], "which it may not for another reason");
	scenario_free(s);
	put("scenarios/s", "title t\n" GOOD "expect pin_fast/only right\n");
	s = read_for("s", "7.3");
	ok(missing(s, gone) == &s->expects[0], "nor may one of another family");
	scenario_free(s);
	put("common.expect", "#\n");
}

int main(void)
{
	if (!make_dir())
		return 1;
	test_table();
	test_versions();
	test_covers();
	test_refused_ranges();
	test_values();
	test_at();
	test_absent();
	remove_dir();
	return tap_done();
}
