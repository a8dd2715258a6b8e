// SPDX-License-Identifier: GPL-2.0-or-later
/* Scenario files: values are read as they were written; errors are reported with file and line. */
#include <array_size.h>
#include <unistd.h>

#include "../boot/cpio.h"
#include "scenario_dir.h"

static void test_good(void)
{
	struct scenario *s;
	int ret;

	put("scenarios/s",
	    "# a comment\n\ntitle\tA title of words  \narch a\nrole stock\ndesign static\nconfig X=y\n"
	    "append one two\nexpect gup_fast/only cross=pud,alias=1 short* | wrong*\n"
	    "expect table_free/rcu_path rcu\nidentical other mm/gup.o\ndiffers other  !mm/*\n"
	    "expect-some gup_fast/only wrong*");
	ret = scenario_read(dir, "s", &s, why);
	ok(!ret, "a scenario is read");
	if (ret) {
		diag("%s", why);
		return;
	}
	ok(!strcmp(s->title, "A title of words") && !strcmp(s->append, "one two") &&
		   !strcmp(s->arch.machine, "m") && !strcmp(s->arch.qemu_args, "-a b") &&
		   !strcmp(s->arch.name, "a"),
	   "its values, and those of its architecture");
	ok(!s->image && !s->no_reference, "its own image, with the reference's rows");
	ok(s->nr_expects == 3 && s->expects[2].some && !s->expects[0].some &&
		   s->expects[0].params.nr == 2 && !s->expects[1].params.nr &&
		   strstr(s->expects[0].where, "scenarios/s:9"),
	   "its expectations, and where they stand");
	ok(s->nr_same == 2 && !strcmp(s->same[0].base, "other") && !s->same[0].differs &&
		   !strcmp(s->same[0].objects, "mm/gup.o") && s->same[1].differs &&
		   !strcmp(s->same[1].objects, "!mm/*"),
	   "objects that are identical, and that differ");
	scenario_free(s);
}

#define HEAD "title %s\narch a\ndesign d\n"
static void put_role(const char *name, const char *role_and_base)
{
	char file[64], text[256];

	snprintf(file, sizeof(file), "scenarios/%s", name);
	snprintf(text, sizeof(text), HEAD "role %s\n", name, role_and_base);
	put(file, text);
}

/* The scenario and those that it is a variant of: "NAME TITLE ROLE, " each. */
static const char *kin_of(const struct scenario *s)
{
	static char text[256];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < s->nr_kin; i++)
		used += snprintf(text + used, sizeof(text) - used, "%s %s %d, ", s->kin[i].name,
				 s->kin[i].title, s->kin[i].role);
	return text;
}

static void test_role(void)
{
	struct scenario *s;

	put_role("first", "stock");
	put_role("stock", "stock\nbase first");
	put_role("good", "variant\nbase stock");
	put_role("bad", "busted\nbase good");
	put_role("booted", "variant\nimage stock");
	put_role("round", "variant\nbase about");
	put_role("about", "variant\nbase round");
	put_role("lost", "variant\nbase nowhere");
	ok(!scenario_read(dir, "stock", &s, why) && s->role == SCENARIO_STOCK && !s->nr_kin &&
		   !strcmp(s->base, "first"),
	   "a stock scenario is a variant of none, whatever its base");
	scenario_free(s);
	ok(!scenario_read(dir, "bad", &s, why) && s->role == SCENARIO_BUSTED &&
		   !strcmp(kin_of(s), "good good 2, stock stock 1, "),
	   "one that is busted, of a variant, of a stock one");
	scenario_free(s);
	ok(!scenario_read(dir, "booted", &s, why) && s->role == SCENARIO_VARIANT &&
		   !strcmp(kin_of(s), "stock stock 1, "),
	   "of the one whose image it boots");
	scenario_free(s);
	ok(scenario_read(dir, "round", &s, why) && strstr(why, "nor form a circle"),
	   "a circle: refused");
	ok(scenario_read(dir, "lost", &s, why) &&
		   strstr(why, "scenarios/lost: its base 'nowhere' is no scenario"),
	   "of one that is not there: refused");
	put("arch/b.arch", ARCH);
	put("scenarios/other", "title t\narch b\ndesign d\nrole stock\n");
	put_role("lost", "variant\nbase other");
	ok(scenario_read(dir, "lost", &s, why) &&
		   strstr(why, "scenarios/lost: its base 'other' is of another architecture"),
	   "of one of another architecture: refused");
	ok(refused("title t\narch a\ndesign d\n", "scenarios/s: the key role is missing"),
	   "no role");
	ok(refused("title t\nrole odd\n",
		   "scenarios/s:2: 'role odd' is none of stock, variant, busted"),
	   "an unknown one");
	ok(refused("role stock\nrole stock\n", "scenarios/s:2: this key stands twice"), "two");
	ok(refused("title t\narch a\ndesign d\nrole busted\n",
		   "role busted needs a key base or image"),
	   "a busted one of none");
}

static void test_own(void)
{
	struct scenario *s;

	put("scenarios/s", "title t\narch a\nrole stock\ndesign d\nformat f\ncpu big\nmachine m2\n"
			   "memory 2G\nappend no5lvl\nimage first\nreference no\n");
	if (!ok(!scenario_read(dir, "s", &s, why), "a scenario with a machine of its own")) {
		diag("%s", why);
		return;
	}
	ok(!strcmp(s->arch.format, "f") && !strcmp(s->arch.cpu, "big") &&
		   !strcmp(s->arch.machine, "m2") && !strcmp(s->arch.memory, "2G"),
	   "format, cpu, machine and memory stand for the architecture's");
	ok(!strcmp(s->arch.qemu, "q") && !strcmp(s->arch.console, "ttyS0"), "the rest stays");
	ok(!strcmp(s->image, "first") && s->no_reference,
	   "another's image, no rows of the reference");
	scenario_free(s);
}

static bool judged(const struct scenario *s, const char *id, const char *params, const char *seen)
{
	struct results_params p = { 0 };
	const char *expect;
	bool fine;

	results_params_parse(&p, params);
	fine = scenario_judge(s, id, &p, seen, &expect);
	results_params_free(&p);
	return fine;
}

static void test_judge(void)
{
	struct scenario *s;

	put("scenarios/s", "title t\narch a\nrole stock\ndesign d\n"
			   "expect gup_fast/only cross=pud,alias=1 short* | wrong*\nexpect-some "
			   "gup_fast/only wrong*\n");
	if (!ok(!scenario_read(dir, "s", &s, why), "a scenario with expectations"))
		return;
	ok(judged(s, "gup_fast/only", "alias=1,cross=pud,levels=3", "wrong 8 of 16"),
	   "expected to be wrong, and is");
	ok(judged(s, "gup_fast/only", "alias=1,cross=pud", "short 8 of 16"), "or short");
	ok(!judged(s, "gup_fast/only", "alias=1,cross=pud", "right"), "but not right");
	ok(judged(s, "gup_fast/only", "alias=0,cross=pud", "right"),
	   "another param: right is expected");
	ok(!judged(s, "gup_fast/only", "alias=0,cross=pud", "wrong 8 of 16"), "and wrong is not");
	ok(!judged(s, "gup_fast/only", "cross=pud", "wrong 8 of 16"),
	   "a param that is not there does not fit");
	ok(!judged(s, "gup_fast/other", "alias=1,cross=pud", "wrong 8"),
	   "another check: right is expected");
	ok(!judged(s, "gup_fast/only", "alias=0,cross=pud", "rightly"),
	   "the whole text has to match");
	scenario_free(s);
}

static const struct scenario_expect *unmet(const struct scenario *s, const char *id,
					   const char *params, const char *seen)
{
	struct results_params p = { 0 };
	const struct scenario_expect *e;
	struct results_error err;
	struct results_doc *doc;

	if (results_doc_new("p", "icount", &doc))
		return NULL;
	results_params_parse(&p, params);
	results_doc_add_check(doc, id, &p, "x", seen, true, &err);
	e = scenario_unmet(s, doc);
	results_doc_free(doc);
	results_params_free(&p);
	return e;
}

static void test_unmet(void)
{
	struct scenario *s;

	put("scenarios/s",
	    "title t\narch a\nrole stock\ndesign d\n"
	    "expect gup_fast/only cross=pud right\nexpect-some gup_fast/only alias=1 wrong*\n");
	if (!ok(!scenario_read(dir, "s", &s, why), "a scenario with expect-some"))
		return;
	ok(!unmet(s, "gup_fast/only", "alias=1,cross=pud", "wrong 8"), "met by one check");
	ok(unmet(s, "gup_fast/only", "alias=1,cross=pud", "short 8") == &s->expects[1],
	   "unmet: not the outcome");
	ok(unmet(s, "gup_fast/only", "alias=0,cross=pud", "wrong 8") == &s->expects[1],
	   "unmet: not the param");
	ok(unmet(s, "gup_fast/only", "alias=1,cross=pmd", "wrong 8") == &s->expects[0],
	   "unmet: nothing that a rule fits");
	ok(!unmet(s, "table_free/rcu_path", "", "rcu"),
	   "a boot without such checks has nothing to meet");
	scenario_free(s);
}

static void test_common(void)
{
	struct scenario *s;

	put("common.expect", "expect gup_fast/longterm mem=file EFAULT\n"
			     "expect gup_fast/longterm allowed\n");
	put("scenarios/s", "title t\narch a\nrole stock\ndesign d\n"
			   "expect gup_fast/longterm mem=shmem fallback\n");
	if (!ok(!scenario_read(dir, "s", &s, why), "a scenario beside what all expect"))
		return;
	ok(judged(s, "gup_fast/longterm", "mem=shmem", "fallback"), "its own rule decides first");
	ok(judged(s, "gup_fast/longterm", "mem=file", "EFAULT") &&
		   !judged(s, "gup_fast/longterm", "mem=file", "allowed") &&
		   judged(s, "gup_fast/longterm", "", "allowed"),
	   "then what every scenario expects");
	ok(!unmet(s, "gup_fast/longterm", "mem=shmem", "fallback") &&
		   unmet(s, "gup_fast/longterm", "", "allowed") == &s->expects[0],
	   "which need not be met, as its own has to");
	scenario_free(s);
	put("common.expect", "title t\n");
	ok(scenario_read(dir, "s", &s, why) && strstr(why, "common.expect:1: unknown key"),
	   "nothing else stands there");
	put("common.expect", "#\n");
}

/* A document with one check and one row that was skipped. */
static struct results_doc *doc_of(const char *id, const char *params, const char *seen,
				  const char *skipped, const char *skipped_params,
				  const char *compiler)
{
	struct results_params p = { 0 };
	struct results_error err;
	struct results_doc *doc;

	if (results_doc_new("p", "icount", &doc) ||
	    results_pairs_set(&doc->environment, "compiler", compiler))
		exit(1);
	results_params_parse(&p, params);
	if (results_doc_add_check(doc, id, &p, "x", seen, true, &err))
		exit(1);
	results_params_free(&p);
	results_params_parse(&p, skipped_params);
	if (results_doc_add_skipped(doc, skipped, &p, RESULTS_KERNEL, "a reason", &err))
		exit(1);
	results_params_free(&p);
	return doc;
}

static const struct scenario_expect *missing(const struct scenario *s, const char *params,
					     const char *skipped, const char *skipped_params,
					     bool events)
{
	struct results_doc *doc =
		doc_of("gup_fast/longterm", params, "allowed", skipped, skipped_params, "gcc 12");
	const struct scenario_expect *e = scenario_missing(s, doc, events);

	results_doc_free(doc);
	return e;
}

static void test_missing(void)
{
	struct scenario *s;

	put("arch/a.expect", "expect gup_fast/longterm mem=dax EOPNOTSUPP\n");
	put("common.expect", "expect gup_fast/longterm mem=file EFAULT\n");
	put("scenarios/s",
	    "title t\narch a\nrole stock\ndesign d\nexpect gup_fast/longterm mem=shmem allowed\n"
	    "expect table_free/rcu_path rcu\n");
	if (!ok(!scenario_read(dir, "s", &s, why), "rules of a scenario, its architecture and all"))
		return;
	ok(s->nr_expects == 4 && !s->expects[1].common && s->expects[2].common &&
		   strstr(s->expects[2].where, "arch/a.expect:1") &&
		   strstr(s->expects[3].where, "common.expect:1"),
	   "in that order");
	ok(missing(s, "mem=anon", "gup_fast/put", "", false) == &s->expects[0],
	   "a rule whose check never ran, in the boot where it belongs");
	ok(missing(s, "mem=shmem", "gup_fast/put", "", false) == &s->expects[2],
	   "a shared rule: the check neither ran, nor was its row skipped");
	ok(missing(s, "mem=shmem", "gup_fast/longterm", "mem=dax", false) == &s->expects[3],
	   "its row was skipped, which another one's was not");
	ok(missing(s, "mem=anon", "gup_fast/longterm", "mem=shmem", false) == &s->expects[0],
	   "that does for shared rules alone: what a scenario expects has to be seen");
	ok(missing(s, "mem=shmem", "gup_fast/longterm", "mem=dax", true) == &s->expects[1],
	   "in a boot of events, the rule that belongs there");
	scenario_free(s);
	put("arch/a.expect", "#\n");
	put("common.expect", "#\n");
	ok(refused("title t\nexpect gup_fast/onyl right\n",
		   "scenarios/s:2: no guest makes a check"),
	   "a check that no guest makes");
}

static void test_skip(void)
{
	struct scenario *s;

	put("common.expect", "skip * cross=p4d the p4d level is folded*\n");
	put("scenarios/s", "title t\narch a\nrole stock\ndesign d\n"
			   "skip gup_*/* leaf=pmd no huge page | no * memory\n");
	if (!ok(!scenario_read(dir, "s", &s, why), "a scenario whose rows may be skipped"))
		return;
	ok(may_skip(s, "gup_fast/walk", "leaf=pmd,pages=1", "no huge page") &&
		   may_skip(s, "gup_slow/walk", "leaf=pmd", "no good memory") &&
		   may_skip(s, "dax/fault", "cross=p4d", "the p4d level is folded into the pgd"),
	   "for the reasons that it gives, or all do");
	ok(!may_skip(s, "gup_fast/walk", "leaf=pte", "no huge page"), "not with another param");
	ok(!may_skip(s, "pin_fast/walk", "leaf=pmd", "no huge page"), "not another case");
	ok(!may_skip(s, "gup_fast/walk", "leaf=pmd", "no huge pages"), "not for another reason");
	ok(judged(s, "gup_fast/only", "cross=p4d", "right") &&
		   !judged(s, "gup_fast/only", "cross=p4d", "the p4d level is folded"),
	   "a reason is no outcome of a check");
	scenario_free(s);
	put("common.expect", "#\n");
}

static void test_layout(void)
{
	static const char params[] = "alias=1,cross=pud",
			  twelve[] = "x-gcc (Debian 12.2.0) 12.2.0; GNU ld",
			  other[] = "x-gcc (Debian 14.2.0) 14.2.0; GNU ld";
	struct results_doc *doc, *as_other;
	struct results_params p = { 0 };
	const char *expect;
	struct scenario *s;

	ok(refused("title t\narch a\nrole stock\ndesign d\nexpect-layout gup_fast/only wrong*\n",
		   "needs a key layout"),
	   "a layout of no compiler");
	put("scenarios/s", "title t\narch a\nrole stock\ndesign d\nlayout *gcc *) 12.*\n"
			   "expect-layout gup_fast/only cross=pud wrong 8\n"
			   "expect-some-layout gup_fast/only alias=1 wrong 8\n"
			   "expect gup_fast/only cross=pud short* | wrong*\n");
	if (!ok(!scenario_read(dir, "s", &s, why), "a scenario that leans on a stack layout"))
		return;
	results_params_parse(&p, params);
	ok(!scenario_judge_by(s, twelve, "gup_fast/only", &p, "short 0", &expect) &&
		   !strcmp(expect, "wrong 8") &&
		   scenario_judge_by(s, twelve, "gup_fast/only", &p, "wrong 8", &expect),
	   "by the compiler of that layout the outcome has to be that one");
	ok(scenario_judge_by(s, other, "gup_fast/only", &p, "short 0", &expect) &&
		   !strcmp(expect, "short* | wrong*"),
	   "by another one it need not");
	ok(!scenario_judge_by(s, other, "gup_fast/only", &p, "right", &expect),
	   "but wrong it has to be");
	doc = doc_of("gup_fast/only", params, "short 0", "gup_fast/put", "", twelve);
	as_other = doc_of("gup_fast/only", params, "short 0", "gup_fast/put", "", other);
	ok(scenario_missing(s, doc, false) == &s->expects[1] && !scenario_not_judged(s, doc, false),
	   "what one check has to show");
	ok(!scenario_missing(s, as_other, false) &&
		   scenario_not_judged(s, as_other, false) == &s->expects[0],
	   "with another compiler it is said that it is not judged");
	ok(!scenario_not_judged(s, as_other, true), "in the boot where it belongs");
	results_doc_free(doc);
	results_doc_free(as_other);
	as_other = doc_of("gup_fast/only", params, "wrong 8", "gup_fast/put", "", other);
	ok(!scenario_not_judged(s, as_other, false),
	   "where it comes out so all the same nothing is said");
	results_doc_free(as_other);
	results_params_free(&p);
	scenario_free(s);
}

/* Names that a user types, or that another file holds. */
static void test_names(void)
{
	static const char *const bad[] = { "", ".", "../s", "a/b", "a b", ".hidden" };
	struct scenario *s;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ok(scenario_read(dir, bad[i], &s, why) && !s && strstr(why, "is not the name of"),
		   "'%s' is no scenario", bad[i]);
	mkdir(path("scenarios/folder"), 0755);
	ok(scenario_read(dir, "folder", &s, why) && strstr(why, "scenarios/folder: Is a directory"),
	   "a folder is none either: %s", why);
}

static void test_nul(void)
{
	static const char text[] = "title t\narch a\ndesign d\0\n";
	struct scenario *s;
	FILE *f = fopen(path("scenarios/s"), "w");

	fwrite(text, 1, sizeof(text) - 1, f);
	fclose(f);
	ok(scenario_read(dir, "s", &s, why) && strstr(why, "scenarios/s:3: a NUL byte"), "%s", why);
}

static void test_refused(void)
{
	/* Bad lines, each added to nine good lines of an architecture. */
	static const char *const arch[] = {
		"two_cpus 8.1",	  "two_cpus new enough", "two_cpus 8.x why",  "two_cpus -8.1 why",
		"irqs off fa",	  "irqs off fa/ffff",	 "irqs off fab/fff",  "irqs off /",
		"irqs off fa/xx", "irqs OFF fa/ff",	 "irqs off fa/ff/ff", "irqs unknown",
		"timeout 0",	  "timeout 5x",		 "timeout -5",	      "timeout 100000",
		"icount_shift x", "icount_shift -1",	 "icount_shift 11",   "icount_shift 0x4",
		"bootconfig no",
	};
	char line[6000];

	ok(refused("title t\narch a\nrole stock\ndesign d\ncolour red\n",
		   "scenarios/s:5: unknown key 'colour'"),
	   "an unknown key");
	ok(refused("title t\ntitle u\n", "scenarios/s:2: this key stands twice"), "a key twice");
	ok(refused("title\n", "scenarios/s:1: key 'title' has no value"), "no value");
	ok(refused("title t\n", "one of the keys title, arch, design is missing"),
	   "a key that is missing");
	ok(refused("title t\nrole stock\ndesign d\narch none\n", "arch/none.arch: No such file"),
	   "no such architecture");
	ok(refused("arch ../a\n", "scenarios/s:1: '../a' is not the name"),
	   "an architecture with a path");
	ok(refused("image ../s\n", "scenarios/s:1: '../s' is not the name"), "an image by a path");
	ok(refused("identical other\n", "scenarios/s:1: 'other' is not SCENARIO OBJECTS"),
	   "identical objects without saying which");
	ok(refused("needs-qemu 8.0\n", "scenarios/s:1: '8.0' is not the version of a QEMU"),
	   "a QEMU without a reason");
	ok(refused("reference maybe\n", "scenarios/s:1: 'reference maybe' is neither"),
	   "neither with nor without the reference");
	ok(refused("cpu a\nmemory 1G\ncpu b\n", "scenarios/s:3: this key stands twice"),
	   "two CPUs");
	ok(refused("expect gup_fast/only\n",
		   "scenarios/s:1: 'gup_fast/only': the outcome, or the reason, is missing"),
	   "an expectation of nothing");
	ok(refused("expect gup_fast/only cross=pud\n",
		   "scenarios/s:1: 'gup_fast/only': the outcome, or the reason, is missing"),
	   "params alone");
	ok(refused("expect gup_fast/only b=1,a=x right\nskip * no\n"
		   "expect gup_fast/only a=x,b=1 wrong\n",
		   "scenarios/s:3: an earlier rule"),
	   "a rule that would never decide");
	ok(refused("expect gup_fast/only right\nexpect gup_fast/only a=x wrong\n",
		   "scenarios/s:2: an earlier rule"),
	   "one behind a more general one");
	ok(refused("skip * a=1 no\nskip * a=1 never\nskip * a=1 no\n",
		   "scenarios/s:3: an earlier rule"),
	   "a reason twice");
	ok(refused("expect only right\n", "scenarios/s:1: 'only' is not a case id"), "no case id");
	ok(refused("expect a/b =x right\n", "scenarios/s:1: '=x' is not KEY=VALUE"),
	   "a param without a key");
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	ok(refused(line, "scenarios/s:1: line longer than"), "a line without end");
	for (size_t i = 0; i < ARRAY_SIZE(arch); i++) {
		snprintf(line, sizeof(line), ARCH "%s\n", arch[i]);
		put("arch/b.arch", line);
		ok(refused("title t\nrole stock\ndesign d\narch b\n", "arch/b.arch:10: "), "%s",
		   arch[i]);
	}
	put("arch/b.arch", "cross x-\n");
	ok(refused("title t\nrole stock\ndesign d\narch b\n", "arch/b.arch: one of the keys"),
	   "an architecture without QEMU");
	put("arch/b.arch", ARCH "speed high\n");
	ok(refused("title t\nrole stock\ndesign d\narch b\n",
		   "arch/b.arch:10: unknown key 'speed'"),
	   "an unknown key of an architecture");
}

static void test_lists(void)
{
	static const char *const bad[] = { "one\n../two\n", "one\ntwo three\n", "one\nBENCH" };
	char *asked[] = { "two", "LIST", "three" }, *missing[] = { "NONE" }, **names;
	size_t nr;

	put("scenarios/LIST", "# names\none\n two # the second\n\n");
	ok(!scenario_names(dir, asked, 3, &names, &nr, why) && nr == 3 &&
		   !strcmp(names[0], "two") && !strcmp(names[1], "one") &&
		   !strcmp(names[2], "three"),
	   "lists are replaced, each name once, in order");
	scenario_names_free(names, nr);
	ok(scenario_names(dir, missing, 1, &names, &nr, why) && strstr(why, "no such list"),
	   "no such list");
	put("scenarios/LIST", "# none\n\n");
	ok(scenario_names(dir, asked, 3, &names, &nr, why) && !names &&
		   strstr(why, "LIST: this list"),
	   "a list of nothing: %s", why);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		put("scenarios/LIST", bad[i]);
		ok(scenario_names(dir, asked, 3, &names, &nr, why) && !names &&
			   strstr(why, "LIST:2: '"),
		   "%s", why);
	}
}

static void test_cpio(void)
{
	const struct cpio_entry entries[] = {
		{ .name = "dev/console", .mode = S_IFCHR | 0600, .major = 5, .minor = 1 },
		{ .name = "init", .file = "/dev/null", .mode = S_IFREG | 0755 },
		{ .name = "gone", .file = "/nonesuch", .mode = S_IFREG | 0755 },
	};
	const struct cpio_entry *bad;
	char command[600];

	ok(!cpio_write(path("x.cpio"), entries, 2, &bad), "an archive is written");
	snprintf(command, sizeof(command),
		 "cd %s && [ \"$(cpio -tv --quiet <x.cpio | awk '{ print $1, $NF }')\" = "
		 "'crw------- dev/console\n-rwxr-xr-x init' ]",
		 dir);
	ok(!system(command), "cpio reads it");
	ok(cpio_write(path("y.cpio"), entries, 3, &bad) && bad == &entries[2],
	   "a file that is missing is named");
	ok(cpio_write("/nonesuch/z", entries, 1, &bad) && !bad,
	   "an archive that cannot be written");
}

int main(void)
{
	if (!make_dir())
		return 1;
	test_good();
	test_role();
	test_own();
	test_judge();
	test_unmet();
	test_common();
	test_missing();
	test_skip();
	test_layout();
	test_names();
	test_nul();
	test_refused();
	test_lists();
	test_cpio();
	remove_dir();
	return tap_done();
}
