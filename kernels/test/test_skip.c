// SPDX-License-Identifier: GPL-2.0-or-later
/* Reasons to skip rows: of the kernel or of the reference, and families that need no measured
 * row. */
#include "scenario_dir.h"

static void test_skip_subject(void)
{
	struct scenario *s;

	put("common.expect", "skip-ref *_fast/* busted*\nskip *_fast/* no huge page\n");
	put("scenarios/s", "title t\narch a\nrole stock\ndesign d\n");
	if (!ok(!scenario_read(dir, "s", &s, why), "reasons for rows of the reference"))
		return;
	ok(may_skip_of(s, "gup_fast/walk", "", RESULTS_REF, "busted: reads"), "hold for those");
	ok(!may_skip(s, "gup_fast/walk", "", "busted: reads"), "not for the kernel's");
	ok(!may_skip_of(s, "gup_fast/walk", "", RESULTS_LIBURCU, "busted: reads"), "nor liburcu's");
	ok(may_skip(s, "gup_fast/walk", "", "no huge page") &&
		   !may_skip_of(s, "gup_fast/walk", "", RESULTS_REF, "no huge page"),
	   "and the kernel's for the kernel's alone");
	scenario_free(s);
	put("common.expect", "#\n");
}

static void test_skip_family(void)
{
	struct scenario *s;

	put("arch/a.expect", "skip-family kmap/* the direct map*\nskip dax/* no DAX\n");
	put("scenarios/s",
	    "title t\narch a\nrole stock\ndesign d\nskip-family table_free/* a grace period\n"
	    "expect table_free/path right\n");
	if (!ok(!scenario_read(dir, "s", &s, why), "families that may be skipped"))
		return;
	ok(scenario_may_skip_family(s, "kmap/pair", "the direct map of it") &&
		   may_skip(s, "kmap/pair", "a=1", "the direct map of it") &&
		   scenario_may_skip_family(s, "table_free/munmap", "a grace period"),
	   "where it is said");
	ok(!scenario_may_skip_family(s, "kmap/pair", "busted"), "not for another reason");
	ok(may_skip(s, "dax/fault", "", "no DAX") &&
		   !scenario_may_skip_family(s, "dax/fault", "no DAX"),
	   "not where that is said of each row");
	ok(!scenario_may_skip_family(s, "kmap_x/pair", "the direct map"), "not another family");
	scenario_free(s);
	put("scenarios/s", "title t\narch a\nrole stock\ndesign d\nexpect kmap/layout right\n");
	if (!ok(!scenario_read(dir, "s", &s, why), "a scenario that expects a check of the family"))
		return;
	ok(!scenario_may_skip_family(s, "kmap/pair", "the direct map"),
	   "has to measure some of it");
	scenario_free(s);
	put("arch/a.expect", "#\n");
	ok(refused("title t\nskip-family kmap/pair no\n", "is not a whole family") &&
		   refused("title t\nskip-family */* no\n", "is not a whole family") &&
		   refused("title t\nskip-family kmap/* a=1 no\n", "is not a whole family"),
	   "what is no whole family");
}

/* The rules of the real scenarios. */
static void test_tree(void)
{
	const char *reason = "cannot map 65536 bytes at 0x3ffffff8000: error -17";
	struct scenario *s;

	if (!ok(!scenario_read(PTBENCH_SOURCE "/kernels", "s390x-stock", &s, why),
		"a scenario of the tree: %s", why))
		return;
	ok(may_skip(s, "gup_fast/only", "boundary=0x40000000000,cross=p4d,levels=4", reason),
	   "PID 1's stack is in the way at the end of three levels");
	ok(!may_skip(s, "gup_fast/only", "boundary=0x80000000000,cross=p4d,levels=4", reason) &&
		   !may_skip(s, "gup_fast/only", "boundary=0x40000000000,cross=pud,levels=3",
			     reason),
	   "and nowhere else");
	ok(!may_skip(s, "gup_fast/only", "boundary=0x40000000000,cross=p4d,levels=4",
		     "cannot map 65536 bytes at 0x1000: error -17"),
	   "nor anything else there");
	scenario_free(s);
}

int main(void)
{
	if (!make_dir())
		return 1;
	test_skip_subject();
	test_skip_family();
	test_tree();
	remove_dir();
	return tap_done();
}
