// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Single sentences against rows made to contradict them: counts that differ in one way to free
 * only, interrupts that did not come, a slope that is not one, a step that costs less than nothing,
 * broken code that stayed clean, a part that costs more than its whole.
 */
#include <array_size.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/tap.h"

#include "../pages/kernel_rows.h"
#include "../pages/kernels.h"
#include "bed.h"
#include "synth.h"

#define MUNMAP "table_free/munmap"

/* x86_64's kernel that frees by RCU, and the one that does not. */
static struct results_doc *forced(struct bed *b, const char *setup)
{
	struct report_part *p = add_kernel(b, "x86_64-forced-rcu", "x86_64", setup, "x86_64-stock");

	set_freeing(p, "rcu");
	return p->doc;
}

static struct results_doc *stock(struct bed *b, const char *setup)
{
	return add_kernel(b, "x86_64-stock", "x86_64", setup, NULL)->doc;
}

/* ---- interrupts of both x86_64 kernels ---- */

static void count_row(struct results_doc *doc, const char *case_id, const char *params,
		      const char *metric, double value)
{
	synth_row(doc, case_id, RESULTS_KERNEL, params, metric, RESULTS_EXACT, value);
}

/* 31 samples, of which so many are above and the rest below. */
static void varied_row(struct results_doc *doc, const char *case_id, const char *params,
		       const char *metric, double below, double above, size_t nr_above)
{
	struct results_measurement m = {
		.case_id = (char *)case_id,
		.subject = RESULTS_KERNEL,
		.metric = results_metric_find(metric),
		.kind = RESULTS_DETERMINISTIC,
		.nr_ops = 1,
		.nr_samples = 31,
	};
	struct results_error err;
	double samples[31];

	for (size_t i = 0; i < 31; i++)
		samples[i] = i < nr_above ? above : below;
	m.samples = samples;
	if (results_params_parse(&m.params, params) || results_doc_add(doc, &m, &err))
		abort();
	results_params_free(&m.params);
}

/* Munmap alike in both; collapse as given. */
static void flush_bed(struct bed *b, double munmap, double by_ipi, double by_rcu)
{
	struct results_doc *f, *s;

	open_bed(b);
	f = forced(b, "icount-2cpu");
	s = stock(b, "icount-2cpu");
	count_row(f, MUNMAP, "peer=spin,tables=8", "ipis_sent", munmap);
	count_row(s, MUNMAP, "peer=spin,tables=8", "ipis_sent", munmap);
	count_row(f, MUNMAP, "peer=spin,tables=8", "cpus_interrupted", munmap);
	count_row(s, MUNMAP, "peer=spin,tables=8", "cpus_interrupted", munmap);
	count_row(f, "table_free/collapse", "peer=idle,tables=1", "ipis_sent", by_rcu);
	count_row(s, "table_free/collapse", "peer=idle,tables=1", "ipis_sent", by_ipi);
	freeing_build(&b->model);
}

static void test_flush(void)
{
	const struct section *s;
	struct bed b;

	flush_bed(&b, 1, 1, 2);
	s = section_of(&b, "q1.html", "flush");
	ok(says(s->answers[0], "No, it adds some: of 3 counts") &&
		   says(s->answers[0], "fewer in 0 and more in 1, and 2 are equal") &&
		   says(s->answers[0],
			"interrupts sent are 2 instead of 1 in 1 (collapse (tables=1) "
			"with peer idle)"),
	   "one more interrupt by a collapse is told, though every munmap is alike");
	ok(s->tables[0]->nr_rows == 1 &&
		   !strcmp(s->tables[0]->rows[0][0].text, "table_free/collapse"),
	   "and has a table");
	close_bed(&b);
	flush_bed(&b, 1, 2, 1);
	ok(says(answer_of(&b, "q1.html", "flush"), "Yes, where the two differ"), "one fewer, too");
	close_bed(&b);
	flush_bed(&b, 1, 1, 1);
	ok(says(answer_of(&b, "q1.html", "flush"), "No: all 3 counts"), "and none");
	close_bed(&b);
	flush_bed(&b, 0, 0, 0);
	ok(says(answer_of(&b, "q1.html", "flush"), "Not seen here"),
	   "where nothing came, nothing is "
	   "answered");
	close_bed(&b);
}

/* Medians of 0 and 1, of windows that are 0 or 1 in both kernels; and a row that is apart, or
 * none. */
static void test_flush_overlap(bool apart)
{
	struct results_doc *f, *s;
	struct bed b;

	open_bed(&b);
	f = forced(&b, "icount-2cpu");
	s = stock(&b, "icount-2cpu");
	varied_row(f, "table_free/collapse", "peer=idle,tables=1", "ipis_sent", 0, 1, 25);
	varied_row(s, "table_free/collapse", "peer=idle,tables=1", "ipis_sent", 0, 1, 6);
	varied_row(f, "table_free/collapse", "peer=idle,tables=2", "ipis_sent", 2, 3,
		   apart ? 6 : 0);
	varied_row(s, "table_free/collapse", "peer=idle,tables=2", "ipis_sent", apart ? 0 : 2, 1,
		   apart ? 6 : 0);
	freeing_build(&b.model);
	if (apart)
		ok(says(answer_of(&b, "q1.html", "flush"),
			"fewer in 0 and more in 1, and 0 are equal; 1 are not told apart"),
		   "a row whose ranges overlap is not more, beside one that is");
	else
		ok(says(answer_of(&b, "q1.html", "flush"),
			"Not told apart here: of 2 counts of interrupts and flushes that both kernels "
			"have, 1 are equal, and 1 vary"),
		   "rows whose ranges overlap are not told apart");
	close_bed(&b);
}

/* ---- the host's interrupt ---- */

static void host_bed(struct bed *b, double spin, double interrupted)
{
	struct results_doc *doc;

	open_bed(b);
	doc = add_native(b);
	for (int peer = 0; peer < 2; peer++) {
		const char *p = peer ? "peer=spin,tables=1" : "peer=none,tables=1";

		synth_row(doc, MUNMAP, RESULTS_KERNEL, p, "time", RESULTS_SAMPLED,
			  peer ? spin : 1000);
		if (interrupted >= 0)
			synth_row(doc, MUNMAP, RESULTS_KERNEL, p, "cpus_interrupted",
				  RESULTS_SAMPLED, peer ? interrupted : 0);
	}
	synth_row(doc, MUNMAP, RESULTS_KERNEL, "peer=idle,tables=1", "time", RESULTS_SAMPLED, 77);
	freeing_build(&b->model);
}

static void test_host(void)
{
	static const struct {
		double spin, interrupted;
		const char *words;
		bool answered;
	} rows[] = {
		{ 9000, 1, "+8.00 µs [7.92, 8.08], with 1 CPU interrupted", true },
		{ 9000, 0,
		  "Not answered here: beside a spinning thread 1 operation interrupted no CPU.",
		  false },
		{ 1001, 1, "Not answered here: no difference was seen.", false },
		{ 9000, -1, "Not answered here: whom these operations interrupt was not counted.",
		  false },
	};
	struct bed b;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct answer *a;

		host_bed(&b, rows[i].spin, rows[i].interrupted);
		a = answer_of(&b, "q1.html", "host");
		ok(says(a, rows[i].words) && !!a->mode == rows[i].answered &&
			   says(a, "takes 1.00 µs") && !strstr(a->text, "mostly"),
		   "%.0f ns beside the peer, %.0f CPUs interrupted: %.40s...", rows[i].spin,
		   rows[i].interrupted, rows[i].words);
		close_bed(&b);
	}
}

static void test_host_seldom(void)
{
	struct results_doc *doc;
	struct bed b;

	open_bed(&b);
	doc = add_native(&b);
	synth_row(doc, MUNMAP, RESULTS_KERNEL, "peer=none,tables=1", "time", RESULTS_SAMPLED, 1000);
	synth_row(doc, MUNMAP, RESULTS_KERNEL, "peer=spin,tables=1", "time", RESULTS_SAMPLED, 9000);
	varied_row(doc, MUNMAP, "peer=spin,tables=1", "cpus_interrupted", 0, 1, 12);
	freeing_build(&b.model);
	ok(says(answer_of(&b, "q1.html", "host"), "and interrupted a CPU in 12 of 31 samples") &&
		   !strstr(answer_of(&b, "q1.html", "host")->text, "interrupted no"),
	   "a median of 0 is not nobody");
	close_bed(&b);
}

/* ---- a slope that is another one between other sizes ---- */

static void add_freeing(struct results_doc *doc, const double *munmap)
{
	static const int tables[] = { 1, 2, 8, 128 };
	char params[64];

	for (int i = 0; i < 4; i++) {
		snprintf(params, sizeof(params), "format=f,tables=%d", tables[i]);
		count_row(doc, MUNMAP, params, "instructions", 5000 * tables[i] + munmap[i]);
		count_row(doc, "table_free/madvise", params, "instructions", 5000 * tables[i]);
		if (i < 2) {
			snprintf(params, sizeof(params), "format=f,tables=%d,twin=same", tables[i]);
			count_row(doc, "table_free/keep", params, "instructions", 5000 * tables[i]);
		}
	}
}

static void test_slopes(void)
{
	/* 300 from 1 to 2, and 360 from there; 64, and 120: as a kernel has it. */
	static const double by_ipi[] = { 1000, 1300, 3460, 46660 },
			    by_rcu[] = { 1200, 1264, 1984, 16384 };
	const struct answer *a;
	struct bed b;

	open_bed(&b);
	add_freeing(forced(&b, "icount-1cpu"), by_rcu);
	add_freeing(stock(&b, "icount-1cpu"), by_ipi);
	freeing_build(&b.model);
	a = answer_of(&b, "q1.html", "cost");
	ok(says(a, "from 1 to 128 tables") && says(a, "300 to 360 between neighbouring sizes") &&
		   says(a, "64 to 120 between neighbouring sizes"),
	   "a slope is over all sizes, and says what it is between neighbours");
	ok(!strstr(a->text, "(−236)") && says(a, "(−240"), "and is not that of the first two");
	close_bed(&b);
}

/* ---- rows that answer, and rows that do not ---- */

static const struct row_family family = {
	.id = "f",
	.title = "t",
	.question = "q",
	.caption = "c",
	.setup = "icount-1cpu",
	.cases = (const char *const[]){ "kmap/pair", "kmap/switch" },
	.nr_cases = 2,
	.head_case = "kmap/pair",
	.head_params = "depth=1",
	.head_metric = "instructions",
	.head_words = "a pair",
};

static void family_bed(struct bed *b, const char *scenario, const char *measured,
		       const char *skipped)
{
	struct results_doc *doc;

	open_bed(b);
	doc = add_kernel(b, scenario, "a", "icount-1cpu",
			 strcmp(scenario, "a-stock") ? "a-stock" : NULL)
		      ->doc;
	if (measured)
		count_row(doc, "kmap/pair", measured, "instructions", 21);
	if (skipped)
		synth_skip(doc, "kmap/pair", RESULTS_KERNEL, skipped, "too deep");
	kernel_rows_build(&b->model, model_page(&b->model, "p", "n", "t", "l"), &family);
}

static void test_family(void)
{
	struct bed b;

	family_bed(&b, "a-stock", "depth=2", NULL);
	ok(says(answer_of(&b, "p", "f"),
		"the row depth=1 of kmap/pair was not measured; the table has 1 other "
		"row."),
	   "another row than the one that answers is not denied");
	close_bed(&b);
	family_bed(&b, "a-variant", "depth=1", NULL);
	ok(says(answer_of(&b, "p", "f"),
		"Other boots have 1 row, the first in part a-variant.icount-1cpu, which is "
		"not in it."),
	   "nor is one of a kernel without a column");
	close_bed(&b);
	family_bed(&b, "a-stock", NULL, "depth=1");
	ok(says(answer_of(&b, "p", "f"), "Not measured here: a-stock: too deep."),
	   "what was skipped says why");
	close_bed(&b);
	family_bed(&b, "a-stock", NULL, NULL);
	ok(says(answer_of(&b, "p", "f"),
		"No kernel of this run has a row of kmap/pair or kmap/switch."),
	   "and what is not there is not there");
	close_bed(&b);
}

/* Two depths of the address space in one kernel. */
static void test_own_keys(void)
{
	const struct table *t;
	struct results_doc *doc;
	struct bed b;

	open_bed(&b);
	doc = add_kernel(&b, "a-stock", "a", "icount-1cpu", NULL)->doc;
	count_row(doc, "kmap/pair", "depth=1,format=f,levels=3", "instructions", 21);
	count_row(doc, "kmap/pair", "depth=1,format=f,levels=4", "instructions", 22);
	kernel_rows_build(&b.model, model_page(&b.model, "p", "n", "t", "l"), &family);
	t = section_of(&b, "p", "f")->tables[0];
	ok(t->nr_rows == 2 && !strcmp(t->rows[0][1].text, "depth=1, levels=3") &&
		   !strcmp(t->rows[1][1].text, "depth=1, levels=4"),
	   "rows of one kernel that differ in its levels are two, with both named");
	close_bed(&b);
}

/* A crossing that the kernel has with other levels than those of its row. */
static void test_elsewhere(void)
{
	struct results_doc *doc;
	const struct section *s;
	struct bed b;
	size_t i;

	open_bed(&b);
	doc = add_kernel(&b, "s390x-stock", "s390x", "icount-1cpu", NULL)->doc;
	count_row(doc, "gup_fast/walk",
		  "cross=none,design=d,format=s390x,leaf=pte,levels=3,mem=file,pages=1",
		  "instructions", 365);
	count_row(doc, "gup_fast/walk",
		  "cross=none,design=d,format=s390x,leaf=pte,levels=3,pages=1", "instructions",
		  359);
	count_row(doc, "gup_fast/walk",
		  "cross=none,design=d,format=s390x,leaf=pte,levels=4,pages=16", "instructions",
		  1880);
	count_row(doc, "gup_fast/walk",
		  "cross=p4d,design=d,format=s390x,leaf=pte,levels=4,pages=16", "instructions",
		  1989);
	kernels_build(&b.model);
	s = section_of(&b, "kernels.html", "s390x");
	for (i = 0; i < s->nr_notes && !strstr(s->notes[i], "crossing a p4d"); i++)
		;
	ok(i < s->nr_notes && strstr(s->notes[i], "109 on s390x-stock with levels=4"),
	   "a crossing measured with other levels is not denied: %s",
	   i < s->nr_notes ? s->notes[i] : "");
	ok(says(s->answers[0], "359 instructions"), "a call is one of anonymous memory");
	close_bed(&b);
}

/* ---- a step that costs less than nothing ---- */

#define STEPS "flags=get,folio=private,format=x86_64-4k-48,frames=hot,"

static void test_negative(void)
{
	const struct figure *f;
	struct rvalue zero;
	struct results_doc *doc;
	struct bed b;
	size_t i;

	open_bed(&b);
	doc = stock(&b, "icount-1cpu");
	synth_row(doc, "gup_fast/steps", RESULTS_REF, STEPS "how=present,step=none", "instructions",
		  RESULTS_EXACT, 400);
	synth_row(doc, "gup_fast/steps", RESULTS_REF, STEPS "how=opaque,step=try_get",
		  "instructions", RESULTS_EXACT, 350);
	synth_row(doc, "gup_fast/steps", RESULTS_REF, STEPS "how=opaque,step=pmd_recheck",
		  "instructions", RESULTS_EXACT, 407);
	steps_build(&b.model);
	f = section_of(&b, "q4.html", "instructions")->figures[0];
	for (i = 0; i < f->nr_bars && f->bars[i].value.v != -7; i++)
		;
	ok(i < f->nr_bars, "a step that costs 7 less than nothing has its bar");
	f = section_figure(&b.model, page_section(&b.model, &b.model.pages[0], "x", "x"),
			   FIGURE_BARS, "x", "x");
	((struct figure *)f)->logscale = true;
	zero = (struct rvalue){ .metric = results_metric_find("time") };
	figure_bar(&b.model, (struct figure *)f, "group", "nothing", &zero, 0);
	ok(!f->nr_bars && f->undrawn && !strcmp(f->undrawn, "group: nothing"),
	   "what a logarithmic axis cannot show is named");
	close_bed(&b);
	open_bed(&b);
	doc = stock(&b, "icount-1cpu");
	synth_row(doc, "gup_fast/steps", RESULTS_REF, STEPS "how=present,step=none", "instructions",
		  RESULTS_EXACT, 400);
	synth_row(doc, "gup_fast/steps", RESULTS_REF, STEPS "how=opaque,step=try_get",
		  "instructions", RESULTS_EXACT, 400);
	steps_build(&b.model);
	ok(says(answer_of(&b, "q4.html", "instructions"),
		"none of its 1 steps is seen to cost anything"),
	   "no step is the dearest where none costs anything");
	close_bed(&b);
}

/* ---- busted code where it does no harm ---- */

/* code: the busted variant whose code it is, or NULL; "?": an old document, which does not say. */
static void explore(struct results_explore *doc, const char *variant, bool busted, const char *mode,
		    const char *code)
{
	bool said = !code || strcmp(code, "?");
	const struct results_explore_step step = { 0, "task", "reader", "walk.h:10", "read" };
	const struct results_explore_failure failure = {
		.invariant = "i",
		.why = "w",
		.schedule = "0",
		.steps = &step,
		.nr_steps = 1,
	};
	struct results_error err = { 0 };
	struct results_explore_model m = {
		.mechanism = "thp",
		.variant = variant,
		.summary = "s",
		.busted = busted,
		.caught_by = busted ? "i" : NULL,
		.busted_code_said = said,
		.busted_code = said ? code : NULL,
		.mode = mode,
		.method = RESULTS_EXPLORE_REDUCED,
		.bound = busted ? 0 : 3,
		.nr_cpus = 2,
		.schedules = 10,
		.steps = 100,
		.states = 50,
		.seconds = 1,
		.complete = !busted,
		.verdict = busted ? RESULTS_EXPLORE_CAUGHT : RESULTS_EXPLORE_CLEAN,
		.failure = busted ? &failure : NULL,
	};

	if (results_explore_add(doc, &m, &err)) {
		results_error_print(stderr, &err);
		abort();
	}
}

static void test_explored(void)
{
	const struct answer *a;
	struct bed b;

	open_bed(&b);
	if (results_explore_new("0", "ptbench explore", &b.in.explored))
		abort();
	explore(b.in.explored, "collapse_sync", false, "store-buffer", NULL);
	explore(b.in.explored, "collapse_sync_delayed", false, "store-buffer", NULL);
	explore(b.in.explored, "collapse_unordered", true, "store-buffer", NULL);
	explore(b.in.explored, "collapse_no_sync", false, "sc", "table_reuse");
	/* A name that begins with a busted one's says nothing. */
	explore(b.in.explored, "collapse_unordered_not", false, "sc", NULL);
	explored_build(&b.model, model_page(&b.model, "p", "n", "t", "l"), "thp", NULL);
	a = answer_of(&b, "p", "explored");
	ok(says(a, "3 explorations of code that has to be correct came out clean") &&
		   says(a, "each of 1 of busted code was caught") &&
		   says(a,
			"Not counted: 1 clean exploration of busted code where it does no harm, such "
			"as thp/collapse_no_sync, which runs the code of thp/table_reuse."),
	   "busted code that does no harm is no correct variant, whatever it is called");
	close_bed(&b);

	open_bed(&b);
	if (results_explore_new("0", "ptbench explore", &b.in.explored))
		abort();
	explore(b.in.explored, "collapse", false, "sc", "?");
	explore(b.in.explored, "collapse_unordered", true, "store-buffer", "?");
	explore(b.in.explored, "collapse_unordered_sc", false, "sc", "?");
	explored_build(&b.model, model_page(&b.model, "p", "n", "t", "l"), "thp", NULL);
	a = answer_of(&b, "p", "explored");
	ok(!says(a, "has to be correct came out clean") &&
		   says(a, "each of 1 of busted code was caught") &&
		   says(a,
			"Of 2 more that came out clean this run does not say whether their code is "
			"correct or busted"),
	   "of a document that does not say whose code it is nothing is counted as correct");
	close_bed(&b);
}

/* ---- a part that costs more than its whole ---- */

static void dax_bed(struct bed *b, double lock)
{
	struct results_doc *doc;

	open_bed(b);
	doc = stock(b, "icount-1cpu");
	synth_row(doc, "dax/lock", RESULTS_REF, "how=present,page=file,part=both,step=none",
		  "instructions", RESULTS_EXACT, 331);
	synth_row(doc, "dax/lock", RESULTS_REF, "how=present,page=file,part=lock,step=none",
		  "instructions", RESULTS_EXACT, lock);
	dax_build(&b->model);
}

static void test_parts(void)
{
	const struct table *t;
	struct bed b;

	dax_bed(&b, 394);
	t = section_of(&b, "q5.html", "instructions")->tables[0];
	ok(!strcmp(t->rows[1][1].kind, "missing") &&
		   !strcmp(t->rows[1][1].text,
			   "not believed: 394 for a part of what takes 331 as a whole"),
	   "a lock that costs more than lock and unlock is not published: %s", t->rows[1][1].text);
	close_bed(&b);
	dax_bed(&b, 200);
	t = section_of(&b, "q5.html", "instructions")->tables[0];
	ok(!strcmp(t->rows[1][1].text, "200"), "one that costs less is");
	close_bed(&b);
}

/* ---- explanations are of one compiler's code ---- */

static void compiler_bed(struct bed *b, const char *compiler)
{
	static const char *const params = "cross=none,design=static,format=f,leaf=pte,pages=1";
	struct results_doc *doc;

	open_bed(b);
	doc = stock(b, "icount-1cpu");
	results_pairs_set(&doc->environment, "compiler", compiler);
	synth_row(doc, "gup_fast/walk", RESULTS_KERNEL, params, "instructions", RESULTS_EXACT, 400);
	synth_row(doc, "gup_fast/walk", RESULTS_REF, params, "instructions", RESULTS_EXACT, 200);
	reference_build(&b->model);
}

static void test_compiler(void)
{
	struct bed b;

	compiler_bed(&b, "gcc (Debian 12.2.0-14) 12.2.0");
	ok(says(answer_of(&b, "ref-kernel.html", "x86_64"),
		"The table says what makes the others differ."),
	   "a factor is explained for the compiler that was read");
	close_bed(&b);
	compiler_bed(&b, "gcc (Debian 14.2.0-19) 14.2.0");
	ok(says(answer_of(&b, "ref-kernel.html", "x86_64"),
		"differ with gcc 12.2; this kernel is of gcc "
		"(Debian 14.2.0-19) 14.2.0."),
	   "and for another the sentence says so");
	close_bed(&b);
}

int main(void)
{
	test_compiler();
	test_flush();
	test_flush_overlap(false);
	test_flush_overlap(true);
	test_host();
	test_host_seldom();
	test_slopes();
	test_family();
	test_own_keys();
	test_elsewhere();
	test_negative();
	test_explored();
	test_parts();
	return tap_done();
}
