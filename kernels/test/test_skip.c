// SPDX-License-Identifier: GPL-2.0-or-later
/* Reasons to skip rows: whose rows they are about, and which families need none that is measured. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../scenario.h"
#include "scripts/tap.h"

static char dir[] = "/tmp/ptbench-skip-XXXXXX";
static char why[SCENARIO_WHY];

static void put(const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	fputs(text, f);
	fclose(f);
}

static bool refused(const char *text, const char *reason)
{
	struct scenario *s;
	int ret;

	put("scenarios/s", text);
	ret = scenario_read(dir, "s", &s, why);
	scenario_free(s);
	if (ret && strstr(why, reason))
		return true;
	diag("returned %d: %s", ret, why);
	return false;
}

static bool may_skip_of(const struct scenario *s, const char *id, const char *params,
			enum results_subject subject, const char *reason)
{
	struct results_params p = {0};
	bool may;

	results_params_parse(&p, params);
	may = scenario_may_skip(s, id, &p, subject, reason);
	results_params_free(&p);
	return may;
}

static bool may_skip(const struct scenario *s, const char *id, const char *params, const char *reason)
{
	return may_skip_of(s, id, params, RESULTS_KERNEL, reason);
}

static void test_skip_subject(void)
{
	struct scenario *s;

	put("common.expect", "skip-ref *_fast/* busted*\nskip *_fast/* no huge page\n");
	put("scenarios/s", "title t\narch a\ndesign d\n");
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
	put("scenarios/s", "title t\narch a\ndesign d\nskip-family table_free/* a grace period\n"
			   "expect table_free/path right\n");
	if (!ok(!scenario_read(dir, "s", &s, why), "families that may be skipped"))
		return;
	ok(scenario_may_skip_family(s, "kmap/pair", "the direct map of it") &&
		   may_skip(s, "kmap/pair", "a=1", "the direct map of it") &&
		   scenario_may_skip_family(s, "table_free/munmap", "a grace period"), "where it is said");
	ok(!scenario_may_skip_family(s, "kmap/pair", "busted"), "not for another reason");
	ok(may_skip(s, "dax/fault", "", "no DAX") && !scenario_may_skip_family(s, "dax/fault", "no DAX"),
	   "not where that is said of each row");
	ok(!scenario_may_skip_family(s, "kmap_x/pair", "the direct map"), "not another family");
	scenario_free(s);
	put("scenarios/s", "title t\narch a\ndesign d\nexpect kmap/layout right\n");
	if (!ok(!scenario_read(dir, "s", &s, why), "a scenario that expects a check of the family"))
		return;
	ok(!scenario_may_skip_family(s, "kmap/pair", "the direct map"), "has to measure some of it");
	scenario_free(s);
	put("arch/a.expect", "#\n");
	ok(refused("title t\nskip-family kmap/pair no\n", "is not a whole family") &&
		   refused("title t\nskip-family */* no\n", "is not a whole family") &&
		   refused("title t\nskip-family kmap/* a=1 no\n", "is not a whole family"),
	   "what is no whole family");
}

/* The tree's own rules. */
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
		   !may_skip(s, "gup_fast/only", "boundary=0x40000000000,cross=pud,levels=3", reason),
	   "and nowhere else");
	ok(!may_skip(s, "gup_fast/only", "boundary=0x40000000000,cross=p4d,levels=4",
		     "cannot map 65536 bytes at 0x1000: error -17"), "nor anything else there");
	scenario_free(s);
}

int main(void)
{
	char command[64], sub[64];

	if (!mkdtemp(dir))
		return 1;
	snprintf(sub, sizeof(sub), "%s/scenarios", dir);
	mkdir(sub, 0755);
	snprintf(sub, sizeof(sub), "%s/arch", dir);
	mkdir(sub, 0755);
	put("arch/a.arch", "cross x-\nqemu q\nmachine m\ncpu c\nmemory 1G\nqemu_args -a b\n"
			   "console ttyS0\ndata /dev/d\nformat s390x\n");
	test_skip_subject();
	test_skip_family();
	test_tree();
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	ok(!system(command), "cleaned up");
	return tap_done();
}
