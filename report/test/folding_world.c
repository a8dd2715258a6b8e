// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Documents whose designs, formats and scenarios nobody has heard of.
 */
#include <array_size.h>
#include <stdlib.h>
#include <string.h>

#include "../pages/pages.h"
#include "folding_world.h"
#include "synth_priv.h"

/* In the order of the axis, which is not that of their names. */
static const char *const designs[] = { "walnut", "cherry", "maple", "acacia", "birch" };
#define NR_DESIGNS ARRAY_SIZE(designs)

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
static void reference(struct results_doc *doc, const struct world *w, const char *format,
		      int nr_crosses)
{
	for (size_t i = 0; i < NR_DESIGNS; i++)
		if (w->skipped && (!*w->skipped || !strcmp(designs[i], w->skipped)))
			synth_skip(doc, "gup_fast/walk", RESULTS_REF,
				   synth_text("cross=none,design=%s,format=%s,pages=1", designs[i],
					      format),
				   "no such tables");
		else if (!w->no_rows || strcmp(designs[i], w->no_rows))
			walks(doc, RESULTS_REF, designs[i], format, 100 + (double)i,
			      w->half && !strcmp(designs[i], w->half) ? 0 : nr_crosses);
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
	if (w->second && !strcmp(k->scenario, w->second))
		checks(doc, "cherry", false);
	if (k->reference && *format == 'z') /* without a call for one page it is not told of */
		synth_row(doc, "gup_fast/walk", RESULTS_KERNEL,
			  synth_text("cross=none,design=%s,format=zzz,levels=2,pages=16",
				     k->design),
			  "instructions", RESULTS_EXACT, 500);
	if (k->reference)
		reference(doc, w, format, 2);
	if (k->reference && *format == 'z')
		reference(doc, w, "zzz,levels=4", 3);
	if (w->failed && !strcmp(k->scenario, w->failed))
		synth_part(run, doc, RESULTS_FAILED, "the console says BUG");
	else
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
			if (w->no_rows && !strcmp(designs[i], w->no_rows))
				synth_skip(doc, "gup_fast/walk", RESULTS_REF,
					   synth_text("design=%s,format=%s", designs[i],
						      formats[f]),
					   "no object");
			else
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

	reference(doc, w, "aaa-full", 3);
	reference(doc, w, "bbb-mixed,levels=2", 1);
	reference(doc, w, "bbb-mixed,levels=3", 2);
	reference(doc, w, "bbb-mixed,levels=4", 2);
	reference(doc, w, "x86_64-new", 2);
	reference(doc, w, "zzz,levels=3", 2);
	for (int pages = 1; pages <= 16; pages *= 2)
		synth_row(doc, "gup_fast/vmsplice", RESULTS_KERNEL, synth_text("pages=%d", pages),
			  "time", RESULTS_SAMPLED, 500 + (w->guests ? 20 * (pages - 1) : 0));
	synth_part(run, doc, RESULTS_PASSED, NULL);
}

void folding_bed(struct bed *b, const struct world *w, const char *runs)
{
	struct results_error err = { 0 };
	struct results_run *run;
	char dir[512];

	if (results_run_create(runs, "make bench", "0000000", &run, &err))
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
