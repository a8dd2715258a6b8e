// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The page of all kernels: which kernel is whose stock kernel, differences worked out by hand, a
 * sign that differs between configurations, and kernels whose parts are missing.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/tap.h"

#include "../kernel_rows.h"
#include "../kernels.h"
#include "synth.h"

#define MAX_PARTS 16

struct bed {
	struct arena arena;
	struct report_input in;
	struct model model;
	struct report_part parts[MAX_PARTS];
	struct results_part records[MAX_PARTS];
};

/* Parts have to come in the order of their names, as a run's do. */
static struct results_doc *add_part(struct bed *b, const char *scenario, const char *arch,
				    const char *setup, const char *config)
{
	struct report_part *p = &b->parts[b->in.nr_parts];
	char name[128];

	snprintf(name, sizeof(name), "%s.%s", scenario, setup);
	if (results_doc_new(name, strcmp(setup, "static") ? "icount" : "static", &p->doc))
		abort();
	if (config && results_pairs_set(&p->doc->subject, "config", config))
		abort();
	b->records[b->in.nr_parts].name = p->doc->part;
	p->part = &b->records[b->in.nr_parts++];
	p->scenario = scenario;
	p->arch = arch;
	p->setup = setup;
	b->in.parts = b->parts;
	return p->doc;
}

static void walk(struct results_doc *doc, const char *design, int call, int page, int pud)
{
	static const int pages[] = { 1, 16, 128 };
	char params[160];
	int i;

	for (i = 0; i < 3; i++) {
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
	memset(b, 0, sizeof(*b));
	b->in.arena = b->model.arena = &b->arena;
	b->model.in = &b->in;
	walk(add_part(b, "x86_64-5level-nola57", "x86_64", "icount-1cpu", "min"), "static", 212,
	     100, 55);
	walk(add_part(b, "x86_64-5level-stock", "x86_64", "icount-1cpu", "min"), "static", 210, 100,
	     50);
	walk(add_part(b, "x86_64-slow", "x86_64", "icount-1cpu", NULL), "addr_end", 205, 103, 40);
	code(add_part(b, "x86_64-slow", "x86_64", "static", NULL), 1010, 50020);
	walk(add_part(b, "x86_64-slow-distro", "x86_64", "icount-1cpu", "distro"), "addr_end", 309,
	     distro_page, 40);
	walk(add_part(b, "x86_64-stock", "x86_64", "icount-1cpu", "min"), "static", 200, 100, 40);
	code(add_part(b, "x86_64-stock", "x86_64", "static", "min"), 1000, 50000);
	walk(add_part(b, "x86_64-stock-distro", "x86_64", "icount-1cpu", "distro"), "static", 300,
	     120, 40);
	walk(add_part(b, "zz-other", "zz", "icount-1cpu", "min"), "static", 1, 1, 1);
}

static void empty(struct bed *b)
{
	size_t i;

	for (i = 0; i < b->in.nr_parts; i++)
		results_doc_free(b->parts[i].doc);
	arena_free(&b->arena);
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
	empty(&b);
}

static const struct section *configs_of(struct bed *b)
{
	struct page *p;

	kernels_build(&b->model);
	p = &b->model.pages[b->model.nr_pages - 1];
	return p->sections[p->nr_sections - 1];
}

static size_t opposite(const struct section *s)
{
	const struct table *t = s->tables[0];
	size_t i, n = 0;

	for (i = 0; i < t->nr_rows; i++)
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
	empty(&b);
	fill(&b, 117);
	s = configs_of(&b);
	ok(opposite(s) == 1, "3 more per page in one, 3 less in the other: flagged");
	ok(strstr(s->answers[0]->text, "x86_64-slow, each further page: 3 in min"), "and named: %s",
	   s->answers[0]->text);
	empty(&b);
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
	empty(&b);
}

/* ---- the driver's rows of a family ---- */

static const struct row_family family = {
	.id = "f",
	.title = "t",
	.question = "q",
	.caption = "c",
	.setup = "icount-1cpu",
	.cases = (const char *const[]){ "kmap/pair" },
	.nr_cases = 1,
	.also = "-kmap-",
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

	memset(&b, 0, sizeof(b));
	b.in.arena = b.model.arena = &b.arena;
	b.model.in = &b.in;
	doc = add_part(&b, "a-kmap-debug", "a", "icount-1cpu", "min");
	pair(doc, "backend=highmem,depth=1,format=f", 30);
	doc = add_part(&b, "a-stock", "a", "icount-1cpu", "min");
	pair(doc, "backend=highmem,depth=1,format=f", 20);
	pair(doc, "backend=highmem,depth=2,format=f", 21);
	synth_skip(doc, "kmap/pair", RESULTS_KERNEL, "depth=9,format=f", "too deep");
	synth_row(doc, "kmap/pair", RESULTS_REF, "depth=3,format=f", "instructions", RESULTS_EXACT,
		  1);
	pair(add_part(&b, "a-variant", "a", "icount-1cpu", "min"), "depth=4,format=f", 99);
	doc = add_part(&b, "b-stock", "b", "icount-1cpu", "min");
	pair(doc, "backend=direct,depth=1,format=g", 6);
	synth_skip(doc, "kmap/pair", RESULTS_KERNEL, "depth=2,format=g", "direct map");
	kernel_rows_build(&b.model, model_page(&b.model, "p", "n", "t", "l"), &family);
	s = b.model.pages[0].sections[0];
	t = s->tables[0];
	ok(t->nr_columns == 6 && !strcmp(t->columns[3] + (*t->columns[3] == '#'), "a-kmap-debug"),
	   "stock kernels, and those of the family, are columns; a variant is none: %zu",
	   t->nr_columns);
	ok(t->nr_rows == 2, "a line per params, whatever the format: %zu", t->nr_rows);
	ok(!strcmp(t->rows[0][3].text, "30") && !strcmp(t->rows[0][4].text, "20") &&
		   !strcmp(t->rows[0][5].text, "6") && !strcmp(t->rows[1][4].text, "21"),
	   "with their values");
	ok(!strcmp(t->rows[1][5].kind, "missing") || strstr(t->rows[1][5].kind, "missing"),
	   "what was skipped is missing: '%s'", t->rows[1][5].text);
	ok(strstr(s->answers[0]->text, "a pair: ") && strstr(s->answers[0]->text, "on b-stock"),
	   "the row that answers: %s", s->answers[0]->text);
	ok(s->nr_notes == 1 && strstr(s->notes[0], "1 more row was skipped"), "%s", s->notes[0]);
	empty(&b);
}

int main(void)
{
	test_rows();
	test_read();
	test_configs();
	test_nothing();
	return tap_done();
}
