// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The page of all kernels: which kernel is whose stock kernel, differences worked out by hand, a
 * sign that differs between configurations, kernels whose parts are missing, and changes of design
 * beside the reference's.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/tap.h"

#include "../pages/explain.h"
#include "../pages/kernel_rows.h"
#include "../pages/kernels.h"
#include "bed.h"
#include "synth.h"

/*
 * NULL: it is one. "x86_64-5level-stock" is that of "x86_64-5level-nola57", and "a-stock-rt" that
 * of "a-new-rt".
 */
static const char *stock_of(const char *scenario, const char *arch)
{
	static const char *const geometries[] = { "-5level", "-long", "" };
	static const char *const configs[] = { "-distro", "-rt", "" };
	static char names[16][64];
	static unsigned next;
	char *name = names[next++ % 16];
	size_t g = 0, c = 0, n;

	if (strstr(scenario, "-stock"))
		return NULL;
	while (*geometries[g] &&
	       strncmp(scenario + strlen(arch), geometries[g], strlen(geometries[g])))
		g++;
	n = strlen(scenario);
	while (*configs[c] &&
	       (n < strlen(configs[c]) || strcmp(scenario + n - strlen(configs[c]), configs[c])))
		c++;
	snprintf(name, 64, "%s%s-stock%s", arch, geometries[g], configs[c]);
	return name;
}

static struct results_doc *kernel(struct bed *b, const char *scenario, const char *arch,
				  const char *setup, const char *config)
{
	struct results_doc *doc =
		add_kernel(b, scenario, arch, setup, stock_of(scenario, arch))->doc;

	if (config && results_pairs_set(&doc->subject, "config", config))
		abort();
	return doc;
}

static void walk(struct results_doc *doc, const char *design, int call, int page, int pud)
{
	static const int pages[] = { 1, 16, 128 };
	char params[160];

	for (int i = 0; i < 3; i++) {
		snprintf(params, sizeof(params), "cross=none,design=%s,format=f,leaf=pte,pages=%d",
			 design, pages[i]);
		synth_row(doc, "gup_fast/walk", RESULTS_KERNEL, params, "instructions",
			  RESULTS_EXACT, call + (pages[i] - 1) * page);
	}
	snprintf(params, sizeof(params), "cross=pud,design=%s,format=f,leaf=pte,pages=16", design);
	synth_row(doc, "gup_fast/walk", RESULTS_KERNEL, params, "instructions", RESULTS_EXACT,
		  call + 15 * page + pud);
}

static void code(struct results_doc *doc, int path, int text)
{
	synth_row(doc, "gup_fast/walk", RESULTS_KERNEL, "design=static,format=f,symbol=all",
		  "code_bytes", RESULTS_EXACT, path);
	synth_row(doc, "kernel/text", RESULTS_KERNEL, "design=static,format=f", "code_bytes",
		  RESULTS_EXACT, text);
}

static void fill(struct bed *b, int distro_page)
{
	open_bed(b);
	walk(kernel(b, "x86_64-5level-nola57", "x86_64", "icount-1cpu", "min"), "static", 212, 100,
	     55);
	walk(kernel(b, "x86_64-5level-stock", "x86_64", "icount-1cpu", "min"), "static", 210, 100,
	     50);
	walk(kernel(b, "x86_64-slow", "x86_64", "icount-1cpu", NULL), "addr_end", 205, 103, 40);
	code(kernel(b, "x86_64-slow", "x86_64", "static", NULL), 1010, 50020);
	walk(kernel(b, "x86_64-slow-distro", "x86_64", "icount-1cpu", "distro"), "addr_end", 309,
	     distro_page, 40);
	walk(kernel(b, "x86_64-stock", "x86_64", "icount-1cpu", "min"), "static", 200, 100, 40);
	code(kernel(b, "x86_64-stock", "x86_64", "static", "min"), 1000, 50000);
	walk(kernel(b, "x86_64-stock-distro", "x86_64", "icount-1cpu", "distro"), "static", 300,
	     120, 40);
	walk(kernel(b, "zz-other", "zz", "icount-1cpu", "min"), "static", 1, 1, 1);
}

static bool is(struct rvalue v, double want)
{
	if (rv_ok(&v) && fabs(v.v - want) < 1e-9)
		return true;
	diag("%s, not %g", rv_ok(&v) ? "another value" : v.why, want);
	return false;
}

static void test_read(void)
{
	struct bed b;
	struct kernels all;
	const struct kernel *slow, *distro, *nola57, *other;

	fill(&b, 124);
	all = kernels_read(&b.model);
	ok(all.nr == 7, "a kernel for each scenario, however many parts it has: %zu", all.nr);
	slow = kernels_find(&all, "x86_64-slow", "min");
	distro = kernels_find(&all, "x86_64-slow", "distro");
	nola57 = kernels_find(&all, "x86_64-5level-nola57", "min");
	other = kernels_find(&all, "zz-other", "min");
	ok(slow && distro && nola57 && other, "found by what they are without their configuration");
	ok(!strcmp(slow->stock->scenario, "x86_64-stock"), "a variant has its stock kernel");
	ok(!strcmp(distro->stock->scenario, "x86_64-stock-distro"), "of the same configuration");
	ok(!strcmp(nola57->stock->scenario, "x86_64-5level-stock"), "and of the same geometry");
	ok(!other->stock, "or none, where it was not run");
	ok(is(slow->q[Q_CALL], 205) && is(slow->q[Q_PAGE], 103) && is(slow->q[Q_PUD], 40) &&
		   is(slow->q[Q_TEXT], 50020),
	   "quantities");
	ok(is(kernel_against_stock(slow, Q_CALL), 5) && is(kernel_against_stock(slow, Q_PAGE), 3) &&
		   is(kernel_against_stock(nola57, Q_PUD), 5) &&
		   is(kernel_against_stock(slow, Q_PATH), 10),
	   "differences");
	ok(!rv_ok(&slow->q[Q_TABLE]), "what was not measured is missing");
	{
		struct rvalue v = kernel_against_stock(other, Q_CALL);

		ok(!rv_ok(&v) && strstr(v.why, "not part of this run"),
		   "and so is its difference: %s", v.why);
	}
	close_bed(&b);
}

static const struct section *configs_of(struct bed *b)
{
	struct page *p;

	kernels_build(&b->model);
	p = &b->model.pages[b->model.nr_pages - 1];
	return p->sections[p->nr_sections - 2]; /* the last is that of designs */
}

static size_t opposite(const struct section *s)
{
	const struct table *t = s->tables[0];
	size_t n = 0;

	for (size_t i = 0; i < t->nr_rows; i++)
		n += !strcmp(t->rows[i][t->nr_columns - 1].text, "opposite sign");
	return n;
}

static void test_configs(void)
{
	const struct section *s;
	struct bed b;

	fill(&b, 124);
	s = configs_of(&b);
	ok(s->tables[0]->nr_rows == 3 && !opposite(s),
	   "three quantities in two configurations, all alike");
	ok(strstr(s->answers[0]->text, "none the opposite"), "which is said: %s",
	   s->answers[0]->text);
	close_bed(&b);
	fill(&b, 120);
	s = configs_of(&b);
	ok(strstr(s->answers[0]->text, "\0011\001 have the same sign") &&
		   strstr(s->answers[0]->text, "; 2 more are nothing in one of them or in either"),
	   "what is nothing in one of them has no sign: %s", s->answers[0]->text);
	close_bed(&b);
	fill(&b, 117);
	s = configs_of(&b);
	ok(opposite(s) == 1, "3 more per page in one, 3 less in the other: flagged");
	ok(strstr(s->answers[0]->text, "x86_64-slow, each further page: 3 in min"), "and named: %s",
	   s->answers[0]->text);
	close_bed(&b);
}

static void test_nothing(void)
{
	const struct section *s;
	struct bed b;

	fill(&b, 124);
	b.in.nr_parts = 0;
	s = configs_of(&b);
	ok(!s->answers[0]->mode && !s->tables[0]->nr_rows, "a run without kernels: %s",
	   s->answers[0]->text);
	b.in.nr_parts = 9;
	close_bed(&b);
}

/* The tables of an architecture: a column that no kernel has is not there, nor a reason said
 * twice. */
static void test_arch(void)
{
	const struct section *s;
	const struct table *t;
	struct bed b;
	size_t i;

	fill(&b, 124);
	kernels_build(&b.model);
	s = b.model.pages[0].sections[0];
	t = s->tables[0];
	ok(t->nr_rows == 6 && t->nr_columns == 5 && !strcmp(t->columns[4], "Cross pud"),
	   "six kernels of x86_64, and what any of them has: %zu, %zu", t->nr_rows, t->nr_columns);
	ok(!strcmp(t->rows[0][0].text, "x86_64-5level-stock") &&
		   !strcmp(t->rows[1][0].text, "x86_64-5level-nola57") &&
		   !strcmp(t->rows[2][0].text, "x86_64-stock") &&
		   !strcmp(t->rows[3][0].text, "x86_64-slow"),
	   "each stock kernel stands above its variants");
	t = s->tables[1];
	ok(t->nr_rows == 3 && !strcmp(t->rows[0][2].text, "+2") &&
		   !strcmp(t->rows[1][4].text, "same") && !strcmp(t->rows[1][4].kind, "num same"),
	   "differences have signs");
	t = s->tables[2];
	ok(!strcmp(t->rows[0][2].text, "— (a)") && !strcmp(t->rows[1][2].text, "+10"),
	   "a missing one has a letter: '%s'", t->rows[0][2].text);
	for (i = 0; i < s->nr_notes && strncmp(s->notes[i], "(a) no part of its code", 23); i++)
		;
	ok(i < s->nr_notes, "which a note explains");
	ok(strstr(s->answers[0]->text, "200 instructions\001 on x86_64-stock and up to 300") &&
		   strstr(s->answers[0]->text, "by +2 (x86_64-5level-nola57) to +9 (x86_64-slow-"),
	   "the sentence: %s", s->answers[0]->text);
	close_bed(&b);
}

/* ---- a change of design, beside the reference's ---- */

static void levels_walk(struct results_doc *doc, enum results_subject subject, const char *design,
			int levels, int call, int pmd)
{
	char params[160];

	for (int i = 0; i < 2; i++) {
		snprintf(params, sizeof(params),
			 "cross=none,design=%s,format=s390x,leaf=pte,levels=%d,pages=%d", design,
			 levels, i ? 16 : 1);
		synth_row(doc, "gup_fast/walk", subject, params, "instructions", RESULTS_EXACT,
			  call + 15 * i * 100);
	}
	snprintf(params, sizeof(params),
		 "cross=pmd,design=%s,format=s390x,leaf=pte,levels=%d,pages=16", design, levels);
	synth_row(doc, "gup_fast/walk", subject, params, "instructions", RESULTS_EXACT,
		  call + 1500 + pmd);
}

/* The kernel's change: +4 per call, -3 per crossing. The reference's are given. */
static const struct section *designs_of(struct bed *b, const char *arch, const char *design,
					int ref_call, int ref_pmd)
{
	static char variant[64], stock[64];
	struct results_doc *doc;
	struct page *p;

	open_bed(b);
	snprintf(variant, sizeof(variant), "%s-%s", arch, design);
	snprintf(stock, sizeof(stock), "%s-stock", arch);
	doc = kernel(b, variant, arch, "icount-1cpu", "min");
	levels_walk(doc, RESULTS_KERNEL, design, 3, 304, 37);
	doc = kernel(b, stock, arch, "icount-1cpu", "min");
	levels_walk(doc, RESULTS_KERNEL, "offset_lockless", 3, 300, 40);
	/* Two levels come first, and are no kernel's. */
	levels_walk(doc, RESULTS_REF, "offset_lockless", 2, 200, 20);
	levels_walk(doc, RESULTS_REF, "offset_lockless", 3, 200, 20);
	if (strcmp(design, "offset_lockless")) {
		levels_walk(doc, RESULTS_REF, design, 2, 900, 600);
		levels_walk(doc, RESULTS_REF, design, 3, 200 + ref_call, 20 + ref_pmd);
	}
	kernels_build(&b->model);
	p = &b->model.pages[0];
	return p->sections[p->nr_sections - 1];
}

static void test_designs(void)
{
	const struct section *s;
	struct bed b;

	s = designs_of(&b, "zz", "static", 4, -9);
	ok(s->tables[0]->nr_rows == 2 && !strcmp(s->tables[0]->rows[0][3].text, "+4") &&
		   !strcmp(s->tables[0]->rows[0][4].text, "+4") &&
		   !strcmp(s->tables[0]->rows[0][5].text, "the same") &&
		   !strcmp(s->tables[0]->rows[1][5].text, "agrees"),
	   "the difference per call and per crossing, at the kernel's own depth");
	ok(strstr(s->answers[0]->text, "\0012 of 2\001") &&
		   !strstr(s->answers[0]->text, "explained"),
	   "%s", s->answers[0]->text);
	close_bed(&b);
	s = designs_of(&b, "zz", "static", 0, -3);
	ok(!strcmp(s->tables[0]->rows[0][5].text, "none in the reference") &&
		   strstr(s->answers[0]->text, "\0011 of 2\001") &&
		   strstr(s->answers[0]->text,
			  "In 1 more it makes none in one of them or in either"),
	   "a difference of nothing has no sign that agrees: %s", s->answers[0]->text);
	close_bed(&b);
	s = designs_of(&b, "zz", "static", 13, -3);
	ok(!strcmp(s->tables[0]->rows[0][5].text, "apart, not explained") &&
		   strstr(s->tables[0]->rows[0][5].kind, "bad") &&
		   strstr(s->answers[0]->text, "\0011 of 2\001") &&
		   strstr(s->answers[0]->text, "zz-static, a call for one page, 3 levels: +4"),
	   "nine apart: %s", s->answers[0]->text);
	close_bed(&b);
	s = designs_of(&b, "zz", "static", 4, 1);
	ok(!strcmp(s->tables[0]->rows[1][5].text, "other sign, not explained"),
	   "near, but of the other sign: %s", s->tables[0]->rows[1][5].text);
	close_bed(&b);
	s = designs_of(&b, "s390x", "static", 4, 1);
	ok(!strcmp(s->tables[0]->rows[1][5].text, "other sign (a)") &&
		   strstr(s->notes[1], "(a) ") && strstr(s->notes[1], "gup_fast_fallback()") &&
		   strstr(s->answers[0]->text, "For 1 more"),
	   "or explained by symbol: %s", s->notes[1]);
	close_bed(&b);
	s = designs_of(&b, "s390x", "static", 4, 30);
	ok(strstr(s->tables[0]->rows[1][5].kind, "bad"), "which is no excuse for a large one: %s",
	   s->tables[0]->rows[1][5].text);
	ok(design_explanation_find("arm64", false, -2, 14) &&
		   !design_explanation_find("arm64", false, -2, 15) &&
		   !design_explanation_find("arm64", false, -3, 14) &&
		   !design_explanation_find("s390x", false, -2, 14),
	   "a large one is explained for its two numbers on its architecture, and for no others");
	close_bed(&b);
	s = designs_of(&b, "zz", "offset_lockless", 4, -3);
	ok(!s->tables[0]->nr_rows && !s->answers[0]->mode, "the same design is no change: %s",
	   s->answers[0]->text);
	close_bed(&b);
}

/* ---- the driver's rows of a family ---- */

static bool is_of_kmap(struct model *m, const struct report_part *part)
{
	return strstr(part->scenario, "-kmap-") != NULL;
}

static const struct row_family family = {
	.id = "f",
	.title = "t",
	.question = "q",
	.caption = "c",
	.setup = "icount-1cpu",
	.cases = (const char *const[]){ "kmap/pair" },
	.nr_cases = 1,
	.also = is_of_kmap,
	.head_case = "kmap/pair",
	.head_params = "depth=1",
	.head_metric = "instructions",
	.head_words = "a pair",
};

static void pair(struct results_doc *doc, const char *params, int value)
{
	synth_row(doc, "kmap/pair", RESULTS_KERNEL, params, "instructions", RESULTS_EXACT, value);
}

static void test_rows(void)
{
	struct results_doc *doc;
	const struct section *s;
	const struct table *t;
	struct bed b;

	open_bed(&b);
	doc = kernel(&b, "a-kmap-debug", "a", "icount-1cpu", "min");
	pair(doc, "backend=highmem,depth=1,format=f", 30);
	pair(kernel(&b, "a-long-stock", "a", "icount-1cpu", "min"), "depth=1,format=f", 25);
	doc = kernel(&b, "a-stock", "a", "icount-1cpu", "min");
	pair(doc, "backend=highmem,depth=1,format=f", 20);
	pair(doc, "backend=highmem,depth=2,format=f", 21);
	synth_skip(doc, "kmap/pair", RESULTS_KERNEL, "depth=9,format=f", "too deep");
	synth_row(doc, "kmap/pair", RESULTS_REF, "depth=3,format=f", "instructions", RESULTS_EXACT,
		  1);
	pair(kernel(&b, "a-variant", "a", "icount-1cpu", "min"), "depth=4,format=f", 99);
	doc = kernel(&b, "b-stock", "b", "icount-1cpu", "min");
	pair(doc, "backend=direct,depth=1,format=g", 6);
	synth_skip(doc, "kmap/pair", RESULTS_KERNEL, "depth=2,format=g", "direct map");
	kernel_rows_build(&b.model, model_page(&b.model, "p", "n", "t", "l"), &family);
	s = b.model.pages[0].sections[0];
	t = s->tables[0];
	ok(t->nr_columns == 7 && !strcmp(t->columns[3] + (*t->columns[3] == '#'), "a-kmap-debug"),
	   "stock kernels, and those of the family, are columns; a variant is none: %zu",
	   t->nr_columns);
	ok(t->nr_rows == 2, "a line per params, whatever the format: %zu", t->nr_rows);
	ok(!strcmp(t->rows[0][3].text, "30") && !strcmp(t->rows[0][5].text, "20") &&
		   !strcmp(t->rows[0][6].text, "6") && !strcmp(t->rows[1][5].text, "21"),
	   "with their values");
	ok(strstr(t->rows[1][6].kind, "missing") != NULL, "what was skipped is missing: '%s'",
	   t->rows[1][6].text);
	ok(!strcmp(s->answers[0]->text,
		   "a pair, in instructions: \00120\001 to 25 on a, \0016\001 on b; \00130\001 on "
		   "a-kmap-debug."),
	   "the row that answers, by architecture: %s", s->answers[0]->text);
	ok(s->nr_notes == 1 && strstr(s->notes[0], "1 more row was skipped"), "%s", s->notes[0]);
	close_bed(&b);
}

int main(void)
{
	test_rows();
	test_read();
	test_arch();
	test_configs();
	test_designs();
	test_nothing();
	return tap_done();
}
