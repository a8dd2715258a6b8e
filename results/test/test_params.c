// SPDX-License-Identifier: GPL-2.0-or-later
/* Parameters, pairs, metrics and the words of the enums. */
#include <array_size.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <results/results.h>

#include "../../scripts/tap.h"

static void is_text(const struct results_params *p, const char *expect)
{
	char *text = results_params_text(p);

	if (!ok(text && !strcmp(text, expect), "params are \"%s\"", expect))
		diag("seen: %s", text);
	free(text);
}

static void test_set(void)
{
	struct results_params p = { 0 }, copy = { 0 };

	ok(!results_params_set_int(&p, "pages", 512) &&
		   !results_params_set_str(&p, "design", "static"),
	   "set an integer and a string");
	is_text(&p, "design=static,pages=512");
	ok(!results_params_set_int(&p, "a", -1) && !results_params_set_str(&p, "pages", "many"),
	   "add in front, replace an integer by a string");
	is_text(&p, "a=-1,design=static,pages=many");
	ok(results_params_int(&p, "a", 7) == -1 && results_params_int(&p, "design", 7) == 7 &&
		   results_params_int(&p, "none", 7) == 7,
	   "integers, and the default for others");
	ok(!strcmp(results_params_str(&p, "design"), "static") && !results_params_str(&p, "a") &&
		   !results_params_str(&p, "none"),
	   "strings, and NULL for others");
	ok(!results_params_copy(&copy, &p) && !results_params_cmp(&copy, &p), "a copy is equal");
	ok(!results_params_set_int(&copy, "a", 0) && results_params_cmp(&p, &copy) < 0 &&
		   results_params_cmp(&copy, &p) > 0,
	   "-1 is before 0");
	results_params_set_str(&copy, "a", "x");
	ok(results_params_cmp(&p, &copy) < 0, "an integer is before a string");
	results_params_free(&p);
	ok(results_params_cmp(&p, &copy) < 0 && p.nr == 0, "nothing is before something");
	is_text(&p, "");
	results_params_free(&copy);
}

static void test_refused(void)
{
	static const char *const keys[] = { "", "A", "1a", "_a", "a-b", "a b", "ä", "a\n" };
	static const char *const values[] = { "",     "12",   "-3",	  "a,b",
					      "a\nb", "\x7f", "\xff\xfe", "\xc0\xaf" };
	struct results_params p = { 0 };
	char longer[300], key[66];

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		ok(results_params_set_int(&p, keys[i], 1) == -EINVAL, "key %zu is refused", i);
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		ok(results_params_set_str(&p, "k", values[i]) == -EINVAL, "value %zu is refused",
		   i);
	memset(longer, 'x', sizeof(longer));
	longer[257] = '\0';
	ok(results_params_set_str(&p, "k", longer) == -EINVAL, "257 characters are refused");
	longer[256] = '\0';
	ok(!results_params_set_str(&p, "k", longer), "256 are not");
	memset(key, 'k', sizeof(key));
	key[65] = '\0';
	ok(results_params_set_int(&p, key, 1) == -EINVAL, "a key of 65 characters is refused");
	ok(results_params_set_int(&p, "n", 1LL << 53) == -EINVAL &&
		   results_params_set_int(&p, "n", -(1LL << 53)) == -EINVAL &&
		   !results_params_set_int(&p, "n", (1LL << 53) - 1),
	   "integers stay below 2^53");
	results_params_free(&p);
	for (int i = 0; i < 16; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		results_params_set_int(&p, key, i);
	}
	ok(results_params_set_int(&p, "one_more", 1) == -E2BIG && p.nr == 16, "16 at most");
	results_params_free(&p);
}

static void test_parse(void)
{
	static const char *const bad[] = { "a",
					   "=1",
					   "a=",
					   "a=1,",
					   ",a=1",
					   "a=1,,b=2",
					   "a=1,a=2",
					   "A=1",
					   "a=99999999999999999999",
					   "a=9007199254740992",
					   "a=01",
					   "a=00",
					   "a=-01",
					   "a=-0" };
	struct results_params p = { 0 };

	ok(!results_params_parse(&p, "") && !p.nr, "nothing parses to nothing");
	ok(!results_params_parse(&p, "z=-12,format=x86_64-4k-48,a=0x10,eq=a=b"), "a list parses");
	is_text(&p, "a=0x10,eq=a=b,format=x86_64-4k-48,z=-12");
	ok(results_params_get(&p, "z")->num == -12 && !results_params_get(&p, "z")->str &&
		   results_params_get(&p, "a")->str,
	   "digits alone are an integer, hex is a string");
	results_params_free(&p);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ok(results_params_parse(&p, bad[i]) == -EINVAL, "\"%s\" is refused", bad[i]);
		results_params_free(&p);
	}
}

static void test_have(void)
{
	static const struct {
		const char *wanted;
		bool has;
	} cases[] = {
		{ "", true },
		{ "leaf=pte", true },
		{ "pages=16", true },
		{ "pages=16,leaf=pte", true },
		{ "leaf=pmd", false },
		{ "pages=17", false },
		{ "pages=0x10", false },
		{ "leaf=16", false },
		{ "mem=dax", false },
		{ "leaf=pte,pages=17", false },
		{ "leaf=pmd,pages=16", false },
	};
	struct results_params p = { 0 }, wanted = { 0 };

	results_params_parse(&p, "cross=none,leaf=pte,pages=16");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		results_params_parse(&wanted, cases[i].wanted);
		ok(results_params_have(&p, &wanted) == cases[i].has, "\"%s\" is %sthere",
		   cases[i].wanted, cases[i].has ? "" : "not ");
		results_params_free(&wanted);
	}
	results_params_free(&p);
}

static void test_pairs(void)
{
	struct results_pairs p = { 0 };

	ok(!results_pairs_set(&p, "qemu", "7.2") && !results_pairs_setf(&p, "cpus", "%d", 2) &&
		   !results_pairs_set(&p, "qemu", "8"),
	   "pairs are set and replaced");
	ok(p.nr == 2 && !strcmp(results_pairs_get(&p, "qemu"), "8") &&
		   !strcmp(results_pairs_get(&p, "cpus"), "2") && !results_pairs_get(&p, "x"),
	   "and found");
	ok(results_pairs_set(&p, "Bad", "x") == -EINVAL &&
		   results_pairs_set(&p, "a", "\xff") == -EINVAL,
	   "a bad key and bad text are refused");
	ok(!results_pairs_set(&p, "patches", ""), "an empty value is fine");
	ok(!results_env_is_compared("load") && !results_env_is_compared("qemu_folder") &&
		   results_env_is_compared("cpus") && results_env_is_compared("qemu"),
	   "all of an environment is compared but the load, and where QEMU is installed");
	results_pairs_free(&p);
	ok(!p.nr && !results_pairs_get(&p, "qemu"), "freed pairs are empty");
}

static void test_metrics(void)
{
	bool unique = true;

	for (size_t i = 0; i < results_nr_metrics(); i++)
		unique &= results_metric_find(results_metric_at(i)->name) == results_metric_at(i);
	ok(unique && results_nr_metrics() >= 16, "every metric is found by its own name");
	ok(!results_metric_find("tme") && !results_metric_at(results_nr_metrics()), "no other is");
	ok(results_metric_find("reader_throughput")->better == RESULTS_HIGHER &&
		   results_metric_find("time")->better == RESULTS_LOWER &&
		   results_metric_find("ipis_sent")->better == RESULTS_NEITHER,
	   "directions");
	ok(!strcmp(results_subject_name(RESULTS_LIBURCU), "liburcu") &&
		   !strcmp(results_kind_name(RESULTS_DETERMINISTIC), "deterministic") &&
		   !strcmp(results_state_name(RESULTS_SKIPPED), "skipped") &&
		   !strcmp(results_better_name(RESULTS_NEITHER), "neither"),
	   "words");
}

int main(void)
{
	test_set();
	test_refused();
	test_parse();
	test_have();
	test_pairs();
	test_metrics();
	return tap_done();
}
