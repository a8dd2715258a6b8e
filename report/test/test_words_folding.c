// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The page on folding of documents whose designs, formats and scenarios nobody has heard of: they
 * have their rows, bars, words and sentences. And of the same documents without axes.
 */
#include <array_size.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../scripts/tap.h"

#include "../pages/pages.h"
#include "bed.h"
#include "synth_priv.h"

static char temp[] = "/tmp/ptbench-words-XXXXXX";

/* ---- documents ---- */

/* In the order of the axis, which is not that of their names. */
static const char *const designs[] = { "walnut", "cherry", "maple", "acacia", "birch" };
#define NR_DESIGNS ARRAY_SIZE(designs)

struct world {
	bool axes;	    /* the documents say what params mean, and what their scenarios are */
	const char *busted; /* a design that the axis calls so, or NULL */
	bool guests;
	const char *lost; /* a part that failed and left no document, or NULL */
};

#define LEVEL(name_, fold_)                                                                        \
	{                                                                                          \
		.name = (char *)(name_), .fold = RESULTS_FOLD_##fold_,                             \
	}

static struct results_level folded_mm[] = { LEVEL("pgd", MM), LEVEL("p4d", MM), LEVEL("pud", MM),
					    LEVEL("pmd", NO), LEVEL("pte", NO) };
static struct results_level folded_boot[] = { LEVEL("pgd", NO), LEVEL("p4d", BOOT),
					      LEVEL("pud", NO), LEVEL("pmd", NO),
					      LEVEL("pte", NO) };
static struct results_level folded_mixed[] = { LEVEL("pgd", MM), LEVEL("p4d", COMPILED),
					       LEVEL("pud", MM), LEVEL("pmd", NO),
					       LEVEL("pte", NO) };
static struct results_level never_folded[] = { LEVEL("pgd", NO), LEVEL("p4d", NO), LEVEL("pud", NO),
					       LEVEL("pmd", NO), LEVEL("pte", NO) };

#define FORMAT(name, levels_)                                                                      \
	{                                                                                          \
		.value = (char *)(name), .label = (char *)"a format",                              \
		.means = (char *)"A format.", .levels = (levels_), .nr_levels = 5,                 \
	}

static void say_what_they_mean(struct results_doc *doc, const struct world *w)
{
	struct results_value formats[] = {
		FORMAT("aaa-full", never_folded),
		FORMAT("bbb-mixed", folded_mixed),
		FORMAT("x86_64-new", folded_boot),
		FORMAT("zzz", folded_mm),
	};
	struct results_value values[NR_DESIGNS] = { { NULL } };
	struct results_axis axes[] = {
		{ .key = (char *)"design",
		  .means = (char *)"How it walks.",
		  .values = values,
		  .nr_values = NR_DESIGNS,
		  .families = (char *[]){ (char *)"gup_fast" },
		  .nr_families = 1 },
		{ .key = (char *)"format",
		  .means = (char *)"Which tables.",
		  .values = formats,
		  .nr_values = ARRAY_SIZE(formats) },
	};
	struct results_error err = { 0 };

	for (size_t i = 0; i < NR_DESIGNS; i++)
		values[i] = (struct results_value){
			.value = (char *)designs[i],
			.label = (char *)synth_text("%s wood", designs[i]),
			.means = (char *)synth_text("Of %s.", designs[i]),
			.busted = w->busted && !strcmp(designs[i], w->busted),
		};
	for (size_t i = 0; i < ARRAY_SIZE(axes); i++)
		synth_check(results_doc_add_axis(doc, &axes[i], &err), &err);
}

static struct results_doc *new_doc(const struct world *w, const char *part, const char *mode)
{
	struct results_doc *doc = synth_bare_doc(part, mode);

	if (!doc)
		exit(1);
	if (w->axes) {
		say_what_they_mean(doc, w);
		synth_open_words(doc);
	} else {
		doc->version = 1;
	}
	return doc;
}

/* The call, 20 a page, and crossings of pmd 8, pud 12 and p4d 30, of which so many were
 * measured. */
static void walks(struct results_doc *doc, enum results_subject subject, const char *design,
		  const char *format, double call, int nr_crosses)
{
	static const char *const crosses[] = { "pmd", "pud", "p4d" };
	static const int pages[] = { 1, 16, 128 }, adds[] = { 8, 12, 30 };
	const char *metric = !strcmp(doc->mode, "native") ? "time" : "instructions";
	enum results_kind kind = !strcmp(doc->mode, "native") ? RESULTS_SAMPLED : RESULTS_EXACT;

	for (int i = 0; i < 3; i++)
		synth_row(doc, "gup_fast/walk", subject,
			  synth_text("cross=none,design=%s,format=%s,pages=%d", design, format,
				     pages[i]),
			  metric, kind, call + 20 * (pages[i] - 1));
	for (int i = 0; i < nr_crosses; i++)
		synth_row(doc, "gup_fast/walk", subject,
			  synth_text("cross=%s,design=%s,format=%s,pages=16", crosses[i], design,
				     format),
			  metric, kind, call + 300 + adds[i]);
}

/* Calls of the reference's designs take 100, 101, ... */
static void reference(struct results_doc *doc, const char *format, int nr_crosses)
{
	for (size_t i = 0; i < NR_DESIGNS; i++)
		walks(doc, RESULTS_REF, designs[i], format, 100 + (double)i, nr_crosses);
}

/* Two ranges across a boundary: both right, or the second not. */
static void checks(struct results_doc *doc, const char *design, bool good)
{
	struct results_error err = { 0 };

	for (int i = 0; i < 2; i++) {
		const char *seen = good || !i ? "right" : "wrong 8 of 16: of nobody";
		struct results_params p = { 0 };

		synth_check(results_params_parse(&p, synth_text("boundary=0x%d000,design=%s", i + 1,
								design)),
			    &err);
		synth_check(results_doc_add_check(doc, "gup_fast/only", &p, seen, seen, true, &err),
			    &err);
		results_params_free(&p);
	}
}

static const struct kernel {
	const char *scenario, *of, *design;
	double call;
	bool busted, reference; /* reference: it runs beside this kernel */
	const char *why;	/* the part failed */
} kernels[] = {
	{ "s390x-oak", NULL, "birch", 140, false, true, NULL },
	{ "s390x-ash", "s390x-oak", "walnut", 150, true, false, NULL },
	{ "s390x-ebony", "s390x-oak", "maple", 190, false, false, "panic" },
	{ "s390x-elm", "s390x-oak", "maple", 160, false, false, NULL },
	{ "s390x-fir", "s390x-oak", "birch", 170, false, true, NULL },
	/* of another stock kernel */
	{ "s390x-rot", "s390x-pine", "acacia", 200, true, false, NULL },
	{ "s390x-teak", "s390x-oak", "birch", 210, false, false, NULL },
	{ "x86_64-yew", NULL, "walnut", 180, false, true, NULL },
};

static void kernel(struct results_run *run, const struct world *w, const struct kernel *k)
{
	const char *format = !strncmp(k->scenario, "x86_64", 6) ? "x86_64-new" : "zzz,levels=3";
	struct results_doc *doc = new_doc(w, synth_text("%s.icount-1cpu", k->scenario), "icount");

	if (w->axes)
		synth_scenario(doc, k->scenario, k->of, k->busted);
	walks(doc, RESULTS_KERNEL, k->design, format, k->call, k->busted ? 1 : 2);
	checks(doc, k->design, !k->busted);
	if (k->reference && *format == 'z') /* without a call for one page it is not told of */
		synth_row(doc, "gup_fast/walk", RESULTS_KERNEL,
			  synth_text("cross=none,design=%s,format=zzz,levels=2,pages=16",
				     k->design),
			  "instructions", RESULTS_EXACT, 500);
	if (k->reference)
		reference(doc, format, 2);
	if (k->reference && *format == 'z')
		reference(doc, "zzz,levels=4", 3);
	synth_part(run, doc, k->why ? RESULTS_FAILED : RESULTS_PASSED, k->why);
}

static void pair(struct results_doc *doc, const char *format, const char *a, const char *b,
		 bool same)
{
	const char *seen = same ? "identical" : "different";
	struct results_params p = { 0 };
	struct results_error err = { 0 };

	synth_check(results_params_parse(&p, synth_text("a=%s,b=%s,format=%s", a, b, format)),
		    &err);
	synth_check(results_doc_add_check(doc, "gup_fast/identical", &p, seen, seen, true, &err),
		    &err);
	results_params_free(&p);
}

/*
 * All of x86_64-new are one code; of zzz the second and the third are; bbb-mixed's pairs are not
 * known. A pair that is the same stands there both ways.
 */
static void ref_static(struct results_run *run, const struct world *w)
{
	static const char *const formats[] = { "bbb-mixed", "x86_64-new", "zzz" };
	struct results_doc *doc = new_doc(w, "ref.static", "static");

	for (size_t f = 0; f < 3; f++)
		for (size_t i = 0; i < NR_DESIGNS; i++) {
			synth_row(doc, "gup_fast/walk", RESULTS_REF,
				  synth_text("design=%s,format=%s", designs[i], formats[f]),
				  "code_bytes", RESULTS_EXACT, 900);
			for (size_t j = i + 1; f && j < NR_DESIGNS; j++) {
				bool same = f == 1 || (i == 1 && j == 2);

				pair(doc, formats[f], designs[i], designs[j], same);
				if (same)
					pair(doc, formats[f], designs[j], designs[i], same);
			}
		}
	synth_part(run, doc, RESULTS_PASSED, NULL);
}

static void native(struct results_run *run, const struct world *w)
{
	struct results_doc *doc = new_doc(w, "native", "native");

	reference(doc, "aaa-full", 3);
	reference(doc, "bbb-mixed,levels=2", 1);
	reference(doc, "bbb-mixed,levels=3", 2);
	reference(doc, "bbb-mixed,levels=4", 2);
	reference(doc, "x86_64-new", 2);
	reference(doc, "zzz,levels=3", 2);
	for (int pages = 1; pages <= 16; pages *= 2)
		synth_row(doc, "gup_fast/vmsplice", RESULTS_KERNEL, synth_text("pages=%d", pages),
			  "time", RESULTS_SAMPLED, 500 + (w->guests ? 20 * (pages - 1) : 0));
	synth_part(run, doc, RESULTS_PASSED, NULL);
}

/* ---- pages ---- */

static void folding_bed(struct bed *b, const struct world *w)
{
	struct results_error err = { 0 };
	struct results_run *run;
	char dir[512];

	if (results_run_create(temp, "make bench", "0000000", &run, &err))
		exit(1);
	for (size_t i = 0; w->guests && i < ARRAY_SIZE(kernels); i++)
		kernel(run, w, &kernels[i]);
	if (w->lost)
		synth_check(results_run_part(run, w->lost, NULL, RESULTS_FAILED, "no QEMU", &err),
			    &err);
	ref_static(run, w);
	native(run, w);
	synth_check(results_run_finish(run, true, &err), &err);
	snprintf(dir, sizeof(dir), "%s", run->dir);
	results_run_free(run);
	open_bed_of_run(b, dir);
	folding_build(&b->model);
}

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
		   "The design walnut is wrong where levels fold per mm: on s390x, of 2 ranges "
		   "across a boundary, 1 came back with wrong pages (“wrong 8 of 16: of "
		   "nobody”), 0 stopped short, 1 were right. birch is right on 2 of 2 on "
		   "s390x. x86_64, which has no lockless override and folds for the machine: 2 of 2 "
		   "right. Other kernels: s390x-ebony.icount-1cpu: 2 of 2 right, "
		   "s390x-elm.icount-1cpu: 2 of 2 right, "
		   "s390x-fir.icount-1cpu: 2 of 2 right, s390x-rot.icount-1cpu: 1 of 2 right, "
		   "s390x-teak.icount-1cpu: 2 of 2 right. "),
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

	folding_bed(&b, &w);
	ok(section_says(&b, "time", "the reference’s acacia takes 103 ns"),
	   "a busted design is not the merged one");
	ok(section_says(&b, "time", "walnut against it") ||
		   section_says(&b, "time", "walnut is not told apart from it"),
	   "which the first is compared with");
	close_bed(&b);
}

static void test_lost(void)
{
	const struct world w = { .axes = true, .lost = "s390x-oak.icount-1cpu" };
	const struct section *s;
	struct bed b;

	folding_bed(&b, &w);
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

	folding_bed(&b, &w);
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
	folding_bed(&b, &whole);
	test_instructions(&b);
	test_x86(&b);
	test_time(&b, true);
	test_correct(&b);
	test_code(&b);
	ok(!has_note(&b, "instructions", "No document of") &&
		   !has_note(&b, "x86", "No document of"),
	   "where the stock kernels are known nothing denies it");
	close_bed(&b);
	folding_bed(&b, &host);
	test_time(&b, false);
	ok(section_says(&b, "instructions",
			"Not measured here: no kernel of s390x is in this run.") &&
		   section_says(&b, "correct",
				"Not checked here: no kernel of s390x is in this run."),
	   "without guests that is said");
	close_bed(&b);
	test_busted();
	test_lost();
	test_without_axes();
	snprintf(command, sizeof(command), "rm -r %s", temp);
	if (!getenv("KEEP") && system(command))
		return 1;
	return tap_done();
}
