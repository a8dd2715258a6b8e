// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests derivations against values worked out by hand, and with a row changed or missing: then the
 * derived value has to change accordingly, or to be missing for the right reason.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/tap.h"

#include "../model/derive.h"
#include "../render/figdata.h"
#include "../render/figure.h"
#include "../render/mustache.h"
#include "synth.h"

static struct arena arena;

static bool near(double a, double b)
{
	return fabs(a - b) < 1e-9 * fmax(1, fabs(b));
}

/* ---- a document under test ---- */

struct bed {
	struct results_doc *doc;
	struct results_part part;
	struct report_part rp;
};

static void bed_open(struct bed *b)
{
	memset(b, 0, sizeof(*b));
	if (results_doc_new("x86_64-stock.icount-1cpu", "icount", &b->doc))
		abort();
	b->part.name = b->doc->part;
	b->rp = (struct report_part){ .part = &b->part,
				      .doc = b->doc,
				      .scenario = "x86_64-stock",
				      .arch = "x86_64",
				      .setup = "icount-1cpu" };
}

static void bed_close(struct bed *b)
{
	results_doc_free(b->doc);
}

static void walk_row(struct bed *b, int pages, const char *cross, double value)
{
	char params[128];

	snprintf(params, sizeof(params), "format=f,design=static,leaf=pte,pages=%d,cross=%s", pages,
		 cross);
	synth_row(b->doc, "gup_fast/walk", RESULTS_KERNEL, params, "instructions", RESULTS_EXACT,
		  value);
}

static struct gup_cost walk_cost(struct bed *b)
{
	const struct report_rows rows = { &b->rp, "gup_fast/walk", RESULTS_KERNEL, "instructions" };
	struct gup_cost *list;

	if (gup_costs(&arena, &rows, &list) != 1)
		return (struct gup_cost){ .call = rv_missing("not one group") };
	return list[0];
}

/* call 358; 1798 at 16 pages, 12550 at 128: (12550 - 1798) / 112 = 96; pmd 1830 - 1798 = 32. */
static void good_rows(struct bed *b, int without, double at_128)
{
	bed_open(b);
	if (without != 1)
		walk_row(b, 1, "none", 358);
	if (without != 16)
		walk_row(b, 16, "none", 1798);
	if (without != 128)
		walk_row(b, 128, "none", at_128);
	walk_row(b, 512, "span", 50000); /* several tables: no part of the slope */
	walk_row(b, 16, "pmd", 1830);
}

static void test_walk(void)
{
	struct bed b;
	struct gup_cost c;

	good_rows(&b, 0, 12550);
	c = walk_cost(&b);
	ok(rv_ok(&c.call) && c.call.v == 358, "per call is the call for one page");
	ok(rv_ok(&c.page) && near(c.page.v, 96), "per page is the slope from 16 to 128 pages");
	ok(c.page.kind == RESULTS_EXACT && c.page.n == 31, "a slope of exact rows is exact");
	ok(rv_ok(&c.cross[CROSS_PMD]) && c.cross[CROSS_PMD].v == 32, "a crossing is straddling "
								     "minus not");
	ok(!rv_ok(&c.cross[CROSS_PUD]) && !strcmp(c.cross[CROSS_PUD].why, "not run"),
	   "a crossing that was not run has no value");
	bed_close(&b);

	good_rows(&b, 0, 12550 + 112);
	c = walk_cost(&b);
	ok(near(c.page.v, 97), "112 instructions more at 128 pages are one more per page");
	bed_close(&b);

	good_rows(&b, 128, 0);
	c = walk_cost(&b);
	ok(!rv_ok(&c.page) && !strcmp(c.page.why, "one size only"), "no slope from one point, "
								    "and not to a span");
	bed_close(&b);

	good_rows(&b, 16, 12550);
	c = walk_cost(&b);
	ok(!rv_ok(&c.cross[CROSS_PMD]) && strstr(c.cross[CROSS_PMD].why, "without the crossing"),
	   "no crossing without its control");
	bed_close(&b);

	good_rows(&b, 1, 12550);
	synth_skip(b.doc, "gup_fast/walk", RESULTS_KERNEL,
		   "format=f,design=static,leaf=pte,pages=1,cross=none", "the machine was on fire");
	c = walk_cost(&b);
	ok(!rv_ok(&c.call) && !strcmp(c.call.why, "the machine was on fire"), "a skipped row "
									      "gives its "
									      "reason");
	bed_close(&b);
}

static void test_groups(void)
{
	const struct report_rows rows = { NULL, "gup_fast/walk", RESULTS_REF, "instructions" };
	struct report_rows mine = rows;
	struct gup_cost *list;
	struct bed b;
	size_t nr;

	bed_open(&b);
	synth_row(b.doc, "gup_fast/walk", RESULTS_REF, "design=a,pages=1,cross=none",
		  "instructions", RESULTS_EXACT, 10);
	synth_row(b.doc, "gup_fast/walk", RESULTS_REF, "design=b,pages=1,cross=none",
		  "instructions", RESULTS_EXACT, 20);
	synth_row(b.doc, "gup_fast/walk", RESULTS_KERNEL, "design=a,pages=1,cross=none",
		  "instructions", RESULTS_EXACT, 30);
	synth_row(b.doc, "gup_fast/walk", RESULTS_REF, "design=a,pages=1,cross=none", "time",
		  RESULTS_SAMPLED, 40);
	mine.part = &b.rp;
	nr = gup_costs(&arena, &mine, &list);
	ok(nr == 2 && list[0].call.v == 10 && list[1].call.v == 20,
	   "designs are groups; subjects and metrics do not mix");
	bed_close(&b);
}

static void freeing_rows(struct bed *b, const double *munmap, const double *keep, size_t nr)
{
	static const int tables[] = { 1, 2, 8, 32 };
	char params[64];

	for (size_t i = 0; i < nr; i++) {
		snprintf(params, sizeof(params), "format=f,tables=%d", tables[i]);
		synth_row(b->doc, "table_free/munmap", RESULTS_KERNEL, params, "instructions",
			  RESULTS_EXACT, munmap[i]);
		if (!keep)
			continue;
		snprintf(params, sizeof(params), "format=f,tables=%d,twin=%s", tables[i],
			 i > 1 ? "packed" : "same");
		synth_row(b->doc, "table_free/keep", RESULTS_KERNEL, params, "instructions",
			  RESULTS_EXACT, keep[i]);
	}
}

static struct table_cost freeing_cost(struct bed *b, const double *munmap, const double *keep,
				      size_t nr)
{
	struct table_cost *list;

	bed_open(b);
	freeing_rows(b, munmap, keep, nr);
	if (table_costs(&arena, &b->rp, RESULTS_KERNEL, "instructions", &list) != 1)
		return (struct table_cost){ .first = rv_missing("not one group") };
	return list[0];
}

/* Differences 160, 210 to the same VMA, 530, 1230 to the packed twin, at 1, 2, 8, 32 tables. */
static void test_freeing(void)
{
	static const double munmap[] = { 2160, 2310, 3030, 7230 },
			    keep[] = { 2000, 2100, 2500, 6000 };
	struct table_cost c, *list;
	struct bed b;

	c = freeing_cost(&b, munmap, keep, 4);
	ok(c.nr == 4 && c.diff[3].v == 1230, "four sizes, each with its difference");
	ok(rv_ok(&c.first) && c.first.v == 160, "the first table: munmap minus its twin");
	ok(near(c.per_table.v, 50), "per table: the slope over the same VMA's twin, not over two "
				    "kinds");
	bed_close(&b);

	bed_open(&b);
	freeing_rows(&b, munmap, NULL, 4);
	synth_row(b.doc, "table_free/keep", RESULTS_KERNEL, "format=f,tables=8,twin=packed",
		  "instructions", RESULTS_EXACT, 2500);
	synth_row(b.doc, "table_free/keep", RESULTS_KERNEL, "format=f,tables=32,twin=packed",
		  "instructions", RESULTS_EXACT, 6000);
	synth_row(b.doc, "table_free/madvise", RESULTS_KERNEL, "format=f,tables=8", "instructions",
		  RESULTS_EXACT, 3000);
	synth_row(b.doc, "table_free/madvise", RESULTS_KERNEL, "format=f,tables=32", "instructions",
		  RESULTS_EXACT, 6000);
	if (table_costs(&arena, &b.rp, RESULTS_KERNEL, "instructions", &list) != 1)
		list = &c;
	ok(near(list->per_table.v, 700.0 / 24), "where there is no other, over the packed twin");
	ok(near(list->per_table_control.v, 50), "the control: (7230 - 6000 - 3030 + 3000) / 24 = "
						"50");
	results_pairs_set(&b.doc->subject, "release", "6.12.117");
	table_costs(&arena, &b.rp, RESULTS_KERNEL, "instructions", &list);
	ok(near(list->per_table_control.v, 50), "... also of a kernel that says to be 6.12");
	results_pairs_set(&b.doc->subject, "release", "7.3.4");
	table_costs(&arena, &b.rp, RESULTS_KERNEL, "instructions", &list);
	ok(!rv_ok(&list->per_table_control) && !rv_ok(&list->control[0]) &&
		   near(list->per_table.v, 700.0 / 24),
	   "since 6.14 MADV_DONTNEED is no control; the twin still is");
	bed_close(&b);

	c = freeing_cost(&b, munmap, NULL, 3);
	ok(!rv_ok(&c.per_table) && !rv_ok(&c.first) && rv_ok(&c.munmap[0]), "without the twin "
									    "there is no cost per "
									    "table");
	bed_close(&b);

	c = freeing_cost(&b, munmap, keep, 1);
	ok(rv_ok(&c.per_table) && c.per_table.v == 160, "one size: the difference over it");
	bed_close(&b);
}

/* The reference's twin waits for no reader, so it has no discipline and is never liburcu's. */
static void test_reference_freeing(void)
{
	struct table_cost *list;
	struct bed b;

	bed_open(&b);
	synth_row(b.doc, "table_free/munmap", RESULTS_LIBURCU,
		  "discipline=rcu_qsbr,readers=1,tables=1", "time", RESULTS_SAMPLED, 300);
	synth_row(b.doc, "table_free/munmap", RESULTS_LIBURCU,
		  "discipline=rcu_qsbr,readers=1,tables=64", "time", RESULTS_SAMPLED, 7560);
	synth_row(b.doc, "table_free/keep", RESULTS_REF, "readers=1,tables=1", "time",
		  RESULTS_SAMPLED, 100);
	synth_row(b.doc, "table_free/keep", RESULTS_REF, "readers=1,tables=64", "time",
		  RESULTS_SAMPLED, 6100);
	ok(table_costs(&arena, &b.rp, RESULTS_LIBURCU, "time", &list) == 1 &&
		   near(list[0].per_table.v, 20),
	   "(7560 - 6100 - 300 + 100) / 63 = 20 a table");
	bed_close(&b);
}

/*
 * 160, 210, 530 at 1, 2, 8: mean x 11/3, Sxx 86/3,
 * Sxy = (1-11/3)*160 + (2-11/3)*210 + (8-11/3)*530 = 1520, so 4560/86.
 */
static void test_least_squares(void)
{
	const double x[] = { 1, 2, 8 };
	struct rvalue y[3] = { 0 }, s;

	for (size_t i = 0; i < 3; i++) {
		y[i].metric = results_metric_find("instructions");
		y[i].v = i == 0 ? 160 : i == 1 ? 210 : 530;
	}
	s = rv_slope(&arena, x, y, 3, "");
	ok(near(s.v, 4560.0 / 86), "three points make a least-squares slope");
}

static struct rvalue sampled(double v, double low, double high)
{
	return (struct rvalue){ .metric = results_metric_find("time"),
				.v = v,
				.low = low,
				.high = high,
				.kind = RESULTS_SAMPLED,
				.n = 9 };
}

static void test_intervals(void)
{
	struct rvalue a = sampled(100, 98, 103), b = sampled(40, 39, 42), d = rv_sub(a, b, ""), e,
		      s;
	const double x[] = { 16, 128 };
	struct rvalue y[] = { sampled(160, 150, 170), sampled(1280, 1200, 1300) };

	ok(d.v == 60 && d.low == 98 - 42 && d.high == 103 - 39, "a difference's interval is from "
								"the ends of both");
	ok(rv_overlap(&a, &a) && !rv_overlap(&a, &b), "intervals that touch overlap, others do "
						      "not");
	s = rv_slope(&arena, x, y, 2, "");
	ok(near(s.v, 10) && near(s.low, (1200.0 - 170) / 112) && near(s.high, (1300.0 - 150) / 112),
	   "a slope's interval turns the end that is subtracted");
	e = a;
	e.kind = RESULTS_EXACT;
	e.agreement = 1;
	e.n = 31;
	d = rv_sub(e, b, "");
	ok(d.kind == RESULTS_SAMPLED && d.n == 9, "a combination is no better than its worst term");
	d = rv_sub(e, rv_missing("gone"), "");
	ok(!rv_ok(&d) && !strcmp(d.why, "gone"), "what is missing stays missing, for its "
						 "reason");
	s = rv_slope(&arena, x, y, 0, "");
	ok(!rv_ok(&s), "no points, no slope");
}

static void test_texts(void)
{
	struct rvalue v = { .metric = results_metric_find("instructions"),
			    .v = 1798,
			    .low = 1798,
			    .high = 1798,
			    .kind = RESULTS_EXACT,
			    .agreement = 1,
			    .n = 31 };
	struct rvalue t = sampled(4703.4, 4611, 4829);

	ok(!strcmp(rv_text(&arena, &v), "1,798"), "an exact count is printed whole");
	v.kind = RESULTS_DETERMINISTIC;
	v.agreement = 0.61;
	ok(!strcmp(rv_text(&arena, &v), "1,798 (mode, 61\xc2\xa0% agree)"), "a count that "
									    "moves says how "
									    "much agrees");
	ok(!strcmp(rv_text(&arena, &t), "4.70 µs [4.61, 4.83]"),
	   "time has a unit and its interval: %s", rv_text(&arena, &t));
	t = sampled(-0.5, -1, 0.25);
	ok(!strcmp(rv_text(&arena, &t), "−0.50 ns [−1.00, 0.25]"), "a minus is a minus");
	ok(!strcmp(group_digits(&arena, 1234567, 0), "1,234,567"), "digits are grouped");
	ok(!strcmp(group_digits(&arena, -0.001, 2), "0.00"), "there is no minus zero");
}

static const char *partial(const char *name)
{
	return !strcmp(name, "there") ? "[{{x}}]" : NULL;
}

static char *render(const char *template, const char *value, enum mu_escape escape, int *ret)
{
	static char error[256];
	struct mu *o = mu_object();
	char *out;

	mu_set(o, "x", mu_string(value));
	*ret = mu_render(template, o, escape, partial, &out, error, sizeof(error));
	mu_free(o);
	return out ? out : strdup(error);
}

static bool renders(const char *template, const char *value, enum mu_escape escape,
		    const char *expect)
{
	int err;
	char *out = render(template, value, escape, &err);
	bool same = !err && !strcmp(out, expect);

	if (!same)
		diag("%d: %s", err, out);
	free(out);
	return same;
}

static bool refuses(const char *template, const char *because)
{
	int err;
	char *out = render(template, "", MU_HTML, &err);
	bool good = err < 0 && strstr(out, because);

	if (!good)
		diag("%d: %s", err, out);
	free(out);
	return good;
}

static void test_templates(void)
{
	ok(renders("<b title='{{x}}'>", "<i>&\"'", MU_HTML,
		   "<b title='&lt;i&gt;&amp;&quot;&apos;'>"),
	   "HTML is escaped");
	ok(renders("{{x}}", "{{x}}{{{x}}}{{>there}}", MU_HTML, "{{x}}{{{x}}}{{&gt;there}}"), "data "
											     "is "
											     "never"
											     " a "
											     "templ"
											     "ate");
	ok(renders("{{x}}", "a\001b", MU_HTML,
		   "a\xef\xbf\xbd"
		   "b"),
	   "control characters are shown as such");
	ok(renders("set x '{{x}}'", "'; system('id') #\n`id`", MU_GNUPLOT,
		   "set x '''; system(''id'') # `id`'"),
	   "a gnuplot string cannot end early");
	ok(renders("{{>there}}", "1", MU_HTML, "[1]"), "partials are found");
	ok(refuses("{{>nowhere}}", "nowhere"), "a partial that is not there is an error");
	ok(refuses("{{#x}}", "Unclosed section"), "a section without an end is an error");
	ok(refuses("{{x", "Unclosed tag"), "a tag without an end is an error");
}

static void test_figures(void)
{
	struct figure f = { .id = "name", .title = "a < b", .desc = "\"&\"" };
	const char *raw = "<?xml?>\n<svg \n width=\"9\" viewBox=\"0 0 9 "
			  "9\">\n<title>Gnuplot</title>\n<desc>x</desc>\n"
			  "<g id='gpDot' stroke='black'/><use xlink:href='#gpDot'/></svg>";
	char *svg = figure_svg(&f, raw, NULL);

	ok(svg && strstr(svg, "role=\"img\"") &&
		   strstr(svg, "<title id=\"name-title\">a &lt; b</title>") &&
		   strstr(svg, "&quot;&amp;&quot;</desc>"),
	   "a figure says what it is, escaped");
	ok(svg && strstr(svg, "stroke='currentColor'") && !strstr(svg, "black"), "black follows "
										 "the page");
	ok(svg && strstr(svg, "id='name-Dot'") && strstr(svg, "'#name-Dot'") &&
		   !strstr(svg, "gpDot"),
	   "identifiers are the figure's own");
	free(svg);
	svg = figure_svg(&f, "<svg>", NULL);
	ok(!svg, "what is not gnuplot's SVG is refused");
	free(svg);
	ok(!strcmp(figure_field(&arena, "a\"b\\c%d#e`f$g{i}\n\t"), "\"a?b?c?d?e?f?g?i???\""),
	   "a field holds nothing that gnuplot reads");
	ok(!strcmp(figure_field(&arena, "µs <b> a@7.3"), "\"µs <b> a@7.3\""), "and keeps "
									      "what it does "
									      "not");
}

int main(void)
{
	if (setjmp(arena.oom))
		return 1;
	test_walk();
	test_groups();
	test_freeing();
	test_reference_freeing();
	test_least_squares();
	test_intervals();
	test_texts();
	test_templates();
	test_figures();
	arena_free(&arena);
	return tap_done();
}
