// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The page on folding of documents whose designs, formats and scenarios nobody has heard of: they
 * have their rows, bars, words and sentences. And of the same documents without axes.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../scripts/tap.h"

#include "folding_world.h"

static char temp[] = "/tmp/ptbench-words-XXXXXX";

static const struct figure *figure_of(const struct bed *b, const char *id, const char *figure)
{
	const struct section *s = section_of(b, NULL, id);

	for (size_t i = 0; i < s->nr_figures; i++)
		if (!strcmp(s->figures[i]->id, figure))
			return s->figures[i];
	return NULL;
}

/* Cells of the columns from..to of all rows that begin with `first`, "a b c; ". */
static const char *cells(struct bed *b, const struct table *t, const char *first, size_t from,
			 size_t to)
{
	const char *text = "";

	for (size_t i = 0; t && i < t->nr_rows; i++) {
		if (strncmp(t->rows[i][0].text, first, strlen(first)))
			continue;
		for (size_t j = from; j <= to; j++)
			text = arena_str(&b->arena, "%s%s%s", text, t->rows[i][j].text,
					 j < to ? " " : "; ");
	}
	return text;
}

static void is(const char *seen, const char *expect, const char *what)
{
	if (!ok(!strcmp(seen, expect), "%s", what))
		diag("seen: %s, expected: %s", seen, expect);
}

/* Bars of a heading, "label colour; ". */
static const char *bars(struct bed *b, const struct figure *f, const char *heading)
{
	const char *text = "";

	for (size_t i = 0; f && i < f->nr_bars; i++)
		if (!strcmp(f->bars[i].heading, heading))
			text = arena_str(&b->arena, "%s%s %d; ", text, f->bars[i].label,
					 f->bars[i].series);
	return text;
}

static bool has_note(const struct bed *b, const char *id, const char *words)
{
	const struct section *s = section_of(b, NULL, id);

	for (size_t i = 0; i < s->nr_notes; i++)
		if (strstr(s->notes[i], words))
			return true;
	return false;
}

#define FURTHER                                                                                    \
	"s390x, further kernels: 16 pages across a boundary, fast walk against slow GUP page by page, its references held"
#define X86 "GUP-fast on x86_64 formats, instructions"
#define HEAD "GUP-fast on s390x with 3 levels, instructions"
#define ALL "GUP-fast on s390x with every number of levels, instructions"

static void test_instructions(struct bed *b)
{
	const struct table *t = table_of(section_of(b, NULL, "instructions"), HEAD);

	ok(section_says(b, "instructions",
			"with 3 levels: the kernel’s birch takes 140 for a call of one "
			"page and 20 for each further one, across a pmd boundary +8, across a "
			"pud boundary +12; walnut against it: +10 per call, 0 per page; across "
			"a pud boundary maple takes +12. In"),
	   "the last design of the axis is told in full, the first against it, and one between");
	ok(section_says(b, "instructions", "the reference’s birch takes 104 ") &&
		   section_says(b, "instructions",
				"; walnut against it: −4 per call, 0 per page; "
				"across a pud boundary cherry takes +12; across a pud boundary "
				"acacia takes +12."),
	   "and of the reference's, whose third is the second's code");
	is(cells(b, t, "zzz, 3 levels", 1, 4),
	   "kernel walnut anonymous memory 150; kernel maple anonymous memory 160; kernel birch anonymous "
	   "memory 140; reference walnut anonymous memory 100; reference cherry, maple (identical) "
	   "anonymous memory 101; reference acacia anonymous memory 103; reference birch anonymous memory "
	   "104; ",
	   "each has a row, in the order of the axis, and so has one kernel of each other design");
	is(cells(b, table_of(section_of(b, NULL, "instructions"), ALL), "zzz, 4 levels", 2, 2),
	   "walnut; cherry, maple (identical); acacia; birch; ", "also with other levels");
	is(bars(b, figure_of(b, "instructions", "q2-s390x"), "a call for one page"),
	   "walnut, kernel 4; maple, kernel 2; birch, kernel 5; walnut 4; cherry + 1 identical 5; "
	   "acacia 0; birch 5; ",
	   "colours are by place in the axis, and those beyond have one, as those that share a bar");
	is(bars(b, figure_of(b, "instructions", "q2-s390x-cross"),
		"across a p4d boundary (zzz, 4 levels)"),
	   "walnut 4; cherry + 1 identical 5; acacia 0; birch 5; ",
	   "a level has bars where it is the top");
	is(cells(b, t, "zzz, 3 levels", 6, 9),
	   "8 not run folded folded; 8 12 folded folded; 8 12 folded folded; 8 12 folded folded; "
	   "8 12 folded folded; 8 12 folded folded; 8 12 folded folded; ",
	   "levels that fold per mm are folded by the number of levels");
}

static void test_x86(struct bed *b)
{
	ok(section_says(
		   b, "x86",
		   "In instructions, the kernel’s walnut takes 180 for a call of one page "
		   "and 20 for each further one, across a pmd boundary +8, across a pud boundary "
		   "+12. The reference’s five designs compile to identical code on its "
		   "one format there."),
	   "a kernel's only design is told alone, and designs are counted");
	is(cells(b, table_of(section_of(b, NULL, "x86"), X86), "x86_64-new", 1, 2),
	   "kernel walnut; reference all five (identical); ",
	   "of those that are one code one has a row");
	is(cells(b, table_of(section_of(b, NULL, "x86"), X86), "x86_64-new", 8, 9),
	   "folded not run; folded not run; ",
	   "a level that folds at boot is folded, and no other");
}

static void test_time(struct bed *b, bool guests)
{
	const struct section *time = section_of(b, NULL, "time");
	const struct table *t = table_of(section_of(b, NULL, "time"),
					 "The reference’s GUP-fast, time, all formats");
	const char *heading = guests ? "zzz, 3 levels: a call for one page"
				     : "bbb-mixed, 3 levels: a call for one page";

	ok(section_says(b, "time",
			guests ? "On this host, the zzz format with 3 levels: the reference’s "
				 "birch takes 104 ns"
			       : "On this host, the bbb-mixed format with 3 levels: the reference"
				 "’s birch takes 104 ns"),
	   guests ? "time is of the s390x guest's format"
		  : "or of the first that folds per mm, with a level that it folds or not");
	ok(*bars(b, figure_of(b, "time", "q2-time"), heading) &&
		   *bars(b, figure_of(b, "time", "q2-time"), "x86_64-new: a call for one page"),
	   "and of %s", guests ? "x86_64's" : "the first of this host's architecture");
	ok(says(time->answers[time->nr_answers - 1],
		guests ? ": vmsplice of user pages into a pipe takes 20.0 ns "
		       : ": vmsplice of user pages into a pipe takes no longer for further "
			 "pages, as far as was seen (0 ns "),
	   "a page of vmsplice costs what was measured, or nothing that was seen");
	is(cells(b, t, "aaa-full", 8, 9),
	   "30.0 ns not run; 30.0 ns not run; 30.0 ns not run; "
	   "30.0 ns not run; 30.0 ns not run; ",
	   "a format without folded levels has none");
	is(cells(b, t, "bbb-mixed, 2 levels", 7, 9),
	   "folded folded folded; folded folded folded; folded folded folded; folded folded folded; "
	   "folded folded folded; ",
	   "a level that is folded when compiled is folded whatever the number");
	is(cells(b, t, "bbb-mixed, 3 levels", 8, 9),
	   "folded folded; folded folded; folded folded; folded folded; folded folded; ",
	   "as one above the levels that there are");
	is(cells(b, t, "bbb-mixed, 4 levels", 8, 9),
	   "folded not run; folded not run; folded not run; folded not run; folded not run; ",
	   "and is none of those that are counted");
}

static void test_correct(struct bed *b)
{
	ok(section_says(
		   b, "correct",
		   "The design walnut (busted) is wrong where levels fold per mm: on s390x, of 2 ranges "
		   "across a boundary, 1 came back with wrong pages (“wrong 8 of 16: of "
		   "nobody”), 0 stopped short, 1 were right. birch is right on 2 of 2 on "
		   "s390x. x86_64, which has no lockless override and folds for the machine: 2 of 2 "
		   "right. Other kernels: s390x-ebony.icount-1cpu: 2 of 2 right, "
		   "s390x-elm.icount-1cpu: 2 of 2 right, "
		   "s390x-fir.icount-1cpu: 2 of 2 right, s390x-rot.icount-1cpu (busted): 1 of 2 "
		   "right, s390x-teak.icount-1cpu: 2 of 2 right. "),
	   "checks are told by role: a busted variant, the stock kernels, and others");
	is(cells(b, table_of(section_of(b, NULL, "correct"), "What the designs are"), "", 0, 2),
	   "walnut walnut wood Of walnut.; cherry cherry wood Of cherry.; maple maple wood Of maple.; "
	   "acacia acacia wood Of acacia.; birch birch wood Of birch.; ",
	   "what the designs are is in a table");
	ok(section_of(b, NULL, "correct")->nr_tables == 4,
	   "once, beside those of two architectures");
	is(cells(b, table_of(section_of(b, NULL, "correct"), FURTHER), "", 4, 4), "right; right; ",
	   "of which one has a kernel more than a table has columns");
}

static void test_code(struct bed *b)
{
	is(cells(b, table_of(section_of(b, NULL, "code"), "Machine code of a walk"), "reference", 1,
		 2),
	   "bbb-mixed, gup_fast/walk acacia; zzz, gup_fast/walk acacia; bbb-mixed, gup_fast/walk birch; "
	   "zzz, gup_fast/walk birch; bbb-mixed, gup_fast/walk cherry; zzz, gup_fast/walk cherry, maple "
	   "(identical); bbb-mixed, gup_fast/walk maple; bbb-mixed, gup_fast/walk walnut; "
	   "x86_64-new, gup_fast/walk all five (identical); zzz, gup_fast/walk walnut; ",
	   "all designs of a format are compared, and those that were not are apart");
	is(bars(b, figure_of(b, "code", "q2-code"), "zzz, gup_fast/walk"),
	   "acacia 0; birch 5; cherry + 1 identical 5; walnut 4; ", "and have their bars");
}

/* Of a design that the axis calls busted nothing is told in full, and it has no colour of its
 * own. */
static void test_busted(void)
{
	const struct world w = { .axes = true, .busted = "birch" };
	struct bed b;

	folding_bed(&b, &w, temp);
	ok(section_says(&b, "time", "the reference’s acacia takes 103 ns"),
	   "a busted design is not the merged one");
	ok(section_says(&b, "time", "walnut against it") ||
		   section_says(&b, "time", "walnut is not told apart from it"),
	   "which the first is compared with");
	is(cells(&b,
		 table_of(section_of(&b, NULL, "time"),
			  "The reference’s GUP-fast, time, all formats"),
		 "aaa-full", 2, 2),
	   "walnut; cherry; maple; acacia; birch (busted); ", "it is marked in the table");
	is(bars(&b, figure_of(&b, "time", "q2-time"), "x86_64-new: a call for one page"),
	   "all five (identical; busted: birch) 5; ", "in the label of a bar that it shares");
	ok(strstr(bars(&b, figure_of(&b, "time", "q2-time"),
		       "bbb-mixed, 3 levels: a call for one page"),
		  "; birch (busted) 5; ") != NULL,
	   "in that of its own");
	ok(strstr(cells(&b, table_of(section_of(&b, NULL, "code"), "Machine code of a walk"),
			"reference", 2, 2),
		  "birch (busted); ") != NULL,
	   "and where bytes of code are");
	close_bed(&b);
}

/* The same of checks: by the role of the kernel, or by the axis. */
static void test_busted_checks(void)
{
	const struct world w = { .axes = true, .guests = true, .busted = "maple" };
	const struct table *t;
	struct bed b;

	folding_bed(&b, &w, temp);
	ok(section_says(&b, "correct", "s390x-elm.icount-1cpu (busted): 2 of 2 right") &&
		   section_says(&b, "correct", "s390x-rot.icount-1cpu (busted): 1 of 2 right"),
	   "a busted design and a busted kernel are marked among others");
	t = section_of(&b, NULL, "correct")->tables[0];
	is(arena_str(&b.arena, "%s; %s; %s; %s", t->columns[4], t->columns[5], t->columns[6],
		     t->columns[7]),
	   "s390x-ash (busted); s390x-ebony (busted); s390x-elm (busted); s390x-fir",
	   "and in the table's columns");
	is(cells(&b, table_of(section_of(&b, NULL, "instructions"), HEAD), "zzz, 3 levels", 2, 2),
	   "walnut; maple (busted); birch; walnut; cherry, maple (busted) (identical); acacia; birch; ",
	   "of identical designs each has its own mark");
	close_bed(&b);
}

/* Of two designs with the same code the first has no rows, or not all. */
static void test_no_spokesman(void)
{
	const struct world w = { .axes = true, .guests = true, .no_rows = "cherry" };
	const struct world half = { .axes = true, .guests = true, .half = "cherry" };
	struct bed b;

	folding_bed(&b, &w, temp);
	is(cells(&b, table_of(section_of(&b, NULL, "instructions"), HEAD), "zzz, 3 levels", 1, 4),
	   "kernel walnut anonymous memory 150; kernel maple anonymous memory 160; kernel birch anonymous "
	   "memory 140; reference walnut anonymous memory 100; reference maple, cherry (identical) "
	   "anonymous memory 102; reference acacia anonymous memory 103; reference birch anonymous memory "
	   "104; ",
	   "where the first of identical designs has no rows, the next one stands there");
	ok(strstr(cells(&b, table_of(section_of(&b, NULL, "code"), "Machine code of a walk"),
			"reference", 1, 3),
		  "zzz, gup_fast/walk maple, cherry (identical) 900; ") &&
		   strstr(cells(&b,
				table_of(section_of(&b, NULL, "code"), "Machine code of a walk"),
				"reference", 1, 3),
			  "zzz, gup_fast/walk cherry, maple (identical) no object; "),
	   "so it does with its bytes of code, and the first has the reason");
	close_bed(&b);
	folding_bed(&b, &half, temp);
	is(cells(&b, table_of(section_of(&b, NULL, "instructions"), HEAD), "zzz, 3 levels", 2, 7),
	   "walnut anonymous memory 150 20 8 not run; maple anonymous memory 160 20 8 12; birch anonymous "
	   "memory 140 20 8 12; walnut anonymous memory 100 20 8 12; cherry, maple (identical) anonymous "
	   "memory 101 20 not run not run; maple, cherry (identical) anonymous memory 102 20 8 12; acacia "
	   "anonymous memory 103 20 8 12; birch anonymous memory 104 20 8 12; ",
	   "where it has some, the next one has its row for the others");
	close_bed(&b);
}

/* All walks of a design, or of all of them, were skipped. */
static void test_skipped(void)
{
	const struct world w = { .axes = true, .guests = true, .skipped = "acacia" };
	const struct world all = { .axes = true, .skipped = "" };
	struct bed b;

	folding_bed(&b, &w, temp);
	is(cells(&b, table_of(section_of(&b, NULL, "instructions"), HEAD), "zzz, 3 levels", 2, 5),
	   "walnut anonymous memory 150 20; maple anonymous memory 160 20; birch anonymous memory 140 "
	   "20; walnut anonymous memory 100 20; cherry, maple (identical) anonymous memory 101 20; "
	   "acacia anonymous memory no such tables no such tables; birch anonymous memory 104 20; ",
	   "a design that was skipped has its row, with the reason");
	close_bed(&b);
	folding_bed(&b, &all, temp);
	ok(section_says(&b, "time", "Not measured here: no such tables.") &&
		   table_of(section_of(&b, NULL, "time"),
			    "GUP-fast’s walks, none of which was measured"),
	   "and so has each where all were, which the answer says");
	close_bed(&b);
}

/* The stock kernel's part failed: its variants do not answer in its name. */
static void test_failed_stock(void)
{
	const struct world w = { .axes = true, .guests = true, .failed = "s390x-oak" };
	struct bed b;

	folding_bed(&b, &w, temp);
	ok(section_says(&b, "instructions",
			"The stock kernel s390x-oak has no call for one page here: part "
			"s390x-oak.icount-1cpu: failed: the console says BUG; these are figures of "
			"its variants s390x-ash (busted), s390x-elm, s390x-fir. In instructions, "
			"with 3 levels: the kernel’s birch takes 170 "),
	   "where the stock kernel's part failed that is told, and which variants answer");
	close_bed(&b);
}

/* A kernel of which two designs were checked. */
static void test_second_design(void)
{
	const struct world w = { .axes = true, .guests = true, .second = "s390x-oak" };
	const struct table *t;
	struct bed b;

	folding_bed(&b, &w, temp);
	ok(section_says(&b, "correct",
			"birch is right on 2 of 2 on s390x. cherry is right on 1 of 2 on s390x. "),
	   "each design of a kernel is told");
	t = section_of(&b, NULL, "correct")->tables[0];
	is(arena_str(&b.arena, "%s; %s", t->columns[8], t->columns[9]),
	   "s390x-oak with birch; s390x-oak with cherry", "each has a column");
	is(cells(&b, t, "", 8, 9), "right right; right wrong 8 of 16: of nobody; ",
	   "with what it returned");
	close_bed(&b);
}

static void test_lost(void)
{
	const struct world w = { .axes = true, .lost = "s390x-oak.icount-1cpu" };
	const struct section *s;
	struct bed b;

	folding_bed(&b, &w, temp);
	s = section_of(&b, NULL, "instructions");
	ok(section_says(&b, "instructions",
			"Not measured here: part s390x-oak.icount-1cpu: failed: no QEMU.") &&
		   s->nr_sources == 1 &&
		   !strcmp(s->sources[0]->part->name, "s390x-oak.icount-1cpu"),
	   "a part that left no document is named, with the reason");
	close_bed(&b);
}

/* The same rows. Names are in the order of the alphabet, as documents are, and kernels have no
 * role. */
static void test_without_axes(void)
{
	const struct world w = { .guests = true };
	struct bed b;

	folding_bed(&b, &w, temp);
	is(cells(&b, table_of(section_of(&b, NULL, "instructions"), HEAD), "zzz, 3 levels", 1, 2),
	   "kernel acacia; kernel birch; kernel maple; kernel walnut; reference acacia; reference birch; "
	   "reference cherry, maple (identical); reference walnut; ",
	   "without axes each design has its row");
	is(cells(&b, table_of(section_of(&b, NULL, "instructions"), HEAD), "zzz, 3 levels", 8, 9),
	   "folded folded; folded folded; folded folded; folded folded; folded folded; folded folded; "
	   "folded folded; folded folded; ",
	   "levels at the top are folded where there are few");
	is(bars(&b, figure_of(&b, "instructions", "q2-s390x"), "a call for one page"),
	   "acacia, kernel 5; birch, kernel 5; maple, kernel 5; walnut, kernel 5; acacia 5; birch 5; "
	   "cherry + 1 identical 5; walnut 5; ",
	   "and its bar");
	ok(has_note(&b, "instructions", "No document of s390x says which is the stock kernel"),
	   "that roles are not known is said");
	is(cells(&b, table_of(section_of(&b, NULL, "x86"), X86), "x86_64-new", 1, 2),
	   "kernel walnut; reference all five (identical); ", "x86_64 has its rows");
	ok(has_note(&b, "x86", "No document of x86_64 says"), "with the same note");
	ok(section_says(&b, "correct",
			"Other kernels: s390x-ash.icount-1cpu: 1 of 2 right, "
			"s390x-ebony.icount-1cpu: 2 of 2 right, s390x-elm.icount-1cpu: 2 of 2 "
			"right, s390x-fir.icount-1cpu: 2 of 2 right, s390x-oak.icount-1cpu: 2 of "
			"2 right, s390x-rot.icount-1cpu: 1 of 2 right, s390x-teak.icount-1cpu: 2 "
			"of 2 right, x86_64-yew.icount-1cpu: 2 of 2 right. "),
	   "all checks are told");
	ok(!table_of(section_of(&b, NULL, "correct"), "What the designs are"),
	   "nothing says what the designs are");
	ok(section_says(&b, "time", "On this host, the bbb-mixed format with 2 levels: "),
	   "a format whose number of levels varies folds per mm");
	close_bed(&b);
}

int main(void)
{
	const struct world whole = { .axes = true, .guests = true }, host = { .axes = true };
	char command[64];
	struct bed b;

	if (!mkdtemp(temp))
		return 1;
	folding_bed(&b, &whole, temp);
	test_instructions(&b);
	test_x86(&b);
	test_time(&b, true);
	test_correct(&b);
	test_code(&b);
	ok(!has_note(&b, "instructions", "No document of") &&
		   !has_note(&b, "x86", "No document of"),
	   "where the stock kernels are known nothing denies it");
	close_bed(&b);
	folding_bed(&b, &host, temp);
	test_time(&b, false);
	ok(section_says(&b, "instructions",
			"Not measured here: no kernel of s390x is in this run.") &&
		   section_says(&b, "correct",
				"Not checked here: no kernel of s390x is in this run."),
	   "without guests that is said");
	close_bed(&b);
	test_busted();
	test_busted_checks();
	test_no_spokesman();
	test_second_design();
	test_failed_stock();
	test_skipped();
	test_lost();
	test_without_axes();
	snprintf(command, sizeof(command), "rm -r %s", temp);
	if (!getenv("KEEP") && system(command))
		return 1;
	return tap_done();
}
