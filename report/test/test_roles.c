// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kernels are found by what their documents say of them, whatever they are called: stock kernels,
 * the variant that frees by RCU, and variants with rows that their stock kernel lacks. And a
 * discipline that nobody has heard of is on its page.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/tap.h"
#include "../model/input.h"
#include "../pages/freeing.h"
#include "../pages/kernel_rows.h"
#include "bed.h"
#include "synth.h"

static void is_str(const char *seen, const char *expect, const char *what)
{
	if (!ok(seen && !strcmp(seen, expect), "%s", what))
		diag("seen: %s, expected: %s", seen ? seen : "NULL", expect);
}

/* way: in which it was seen to free tables, or NULL. */
static struct report_part *kernel(struct bed *b, const char *scenario, const char *arch,
				  const char *of, const char *way)
{
	struct report_part *p = add_kernel(b, scenario, arch, "icount-1cpu", of);

	if (way)
		set_freeing(p, way);
	return p;
}

static void test_stock(void)
{
	struct bed b;

	open_bed(&b);
	ok(!input_stock(&b.in, "z"), "no kernel, no stock kernel");
	is_str(input_why(&b.in, input_stock_name(&b.in, "z", "icount-1cpu")),
	       "no kernel of z is in this run", "which is said");
	kernel(&b, "z-quick", "z", "z-usual", NULL);
	is_str(input_stock(&b.in, "z"), "z-usual",
	       "a variant's document names it, if it has left none");
	ok(!input_stock_part(&b.in, "z", "icount-1cpu"), "of which there is no part then");
	is_str(input_stock_name(&b.in, "z", "icount-1cpu"), "z-usual.icount-1cpu", "but a name");
	kernel(&b, "z-tall", "z", NULL, NULL);
	is_str(input_stock(&b.in, "z"), "z-usual", "of two that with more variants");
	kernel(&b, "z-tall-a", "z", "z-tall", NULL);
	is_str(input_stock(&b.in, "z"), "z-tall", "of two with as many the shorter name");
	kernel(&b, "z-tall-b", "z", "z-tall", NULL);
	kernel(&b, "z-usual", "z", NULL, NULL);
	is_str(input_stock(&b.in, "z"), "z-tall", "more variants count first");
	ok(!input_stock(&b.in, "y"), "another architecture has none of them");
	close_bed(&b);

	open_bed(&b);
	kernel(&b, "z-usual", "z", NULL, NULL)->has_role = false;
	ok(!input_stock(&b.in, "z"), "a document that says nothing of its scenario makes none");
	ok(strstr(input_why(&b.in, input_stock_name(&b.in, "z", "icount-1cpu")),
		  "no document of z says"),
	   "which is said");
	add_part(&b, "z-usual", "z", "icount-2cpu")->why = "failed: no such QEMU";
	is_str(input_why(&b.in, input_stock_name(&b.in, "z", "icount-2cpu")),
	       "part z-usual.icount-2cpu: failed: no such QEMU",
	       "one that left no document gives its reason");
	b.run.finished = NULL;
	is_str(input_why(&b.in, input_stock_name(&b.in, "y", "icount-1cpu")),
	       "kernels of y: not measured yet", "of a run that goes on");
	close_bed(&b);
}

static void test_rcu(void)
{
	const struct report_part *found;
	struct report_part *busted;
	struct bed b;

	open_bed(&b);
	busted = kernel(&b, "x86_64-a", "x86_64", "x86_64-plain", "rcu");
	busted->busted = true;
	kernel(&b, "x86_64-b", "x86_64", "x86_64-plain", "immediate");
	kernel(&b, "x86_64-c", "x86_64", "x86_64-plain", "rcu");
	kernel(&b, "x86_64-d", "x86_64", "x86_64-plain", "rcu");
	kernel(&b, "x86_64-plain", "x86_64", NULL, "immediate");
	found = freeing_part(&b.in, BY_RCU, "icount-1cpu");
	ok(found && !strcmp(found->scenario, "x86_64-c"),
	   "the first variant that was seen to free by RCU and is not busted: %s",
	   found ? found->scenario : "none");
	found = freeing_part(&b.in, BY_IPI, "icount-1cpu");
	ok(found && !strcmp(found->scenario, "x86_64-plain"), "beside the stock kernel");
	is_str(freeing_why(&b.in, BY_RCU, "kvm-1cpu"), "part x86_64-c.kvm-1cpu: not in this run",
	       "its part of another setup is named, there or not");
	is_str(freeing_heading(&b.in, BY_RCU), "x86_64-c (RCU)", "a heading names it");
	close_bed(&b);

	open_bed(&b);
	kernel(&b, "x86_64-c", "x86_64", "x86_64-plain", "rcu");
	kernel(&b, "x86_64-plain", "x86_64", NULL, "rcu");
	ok(!freeing_part(&b.in, BY_RCU, "icount-1cpu"), "nor one whose stock kernel does so, too");
	is_str(freeing_why(&b.in, BY_RCU, "icount-1cpu"), "x86_64-plain itself frees by RCU",
	       "which is said");
	close_bed(&b);

	open_bed(&b);
	add_part(&b, "x86_64-c", "x86_64", "icount-1cpu")->why = "failed: it hangs";
	kernel(&b, "x86_64-plain", "x86_64", NULL, "immediate");
	is_str(freeing_why(&b.in, BY_RCU, "icount-1cpu"),
	       "no variant of x86_64’s stock kernel that frees by RCU left a document; part "
	       "x86_64-c.icount-1cpu: failed: it hangs",
	       "one that left no document may have been it");
	close_bed(&b);
}

static void test_own_rows(void)
{
	struct report_part *variant, *stock;
	struct bed b;

	open_bed(&b);
	variant = kernel(&b, "z-a", "z", "z-b", NULL);
	stock = kernel(&b, "z-b", "z", NULL, NULL);
	synth_row(variant->doc, "kmap/pair", RESULTS_KERNEL, "depth=1", "instructions",
		  RESULTS_EXACT, 1);
	synth_row(stock->doc, "kmap/pair", RESULTS_KERNEL, "depth=1", "instructions", RESULTS_EXACT,
		  2);
	synth_row(stock->doc, "kmap/pair", RESULTS_KERNEL, "depth=2", "instructions", RESULTS_EXACT,
		  2);
	ok(!has_own_rows(&b.model, variant, "kmap/pair"),
	   "every row of it is the stock kernel's, too");
	synth_row(variant->doc, "kmap/switch", RESULTS_KERNEL, "depth=3", "instructions",
		  RESULTS_EXACT, 1);
	ok(!has_own_rows(&b.model, variant, "kmap/pair"), "a row of another case is none of it");
	synth_row(variant->doc, "kmap/pair", RESULTS_KERNEL, "depth=3", "instructions",
		  RESULTS_EXACT, 1);
	ok(has_own_rows(&b.model, variant, "kmap/pair"), "and then one is not");
	close_bed(&b);
}

/* A variant has the row that answers, and its stock kernel does not. */
static void test_variant_answers(void)
{
	static const char row[] = "peer=spin,tables=8";
	struct report_part *variant, *stock;
	struct bed b;

	for (int failed = 0; failed < 2; failed++) {
		open_bed(&b);
		variant = add_kernel(&b, "z-a", "z", "icount-2cpu", "z-b");
		stock = add_kernel(&b, "z-b", "z", "icount-2cpu", NULL);
		set_freeing(variant, "rcu");
		synth_row(variant->doc, "table_free/munmap", RESULTS_KERNEL, row,
			  "cpus_interrupted", RESULTS_EXACT, 1);
		if (failed)
			stock->why = "failed: it hangs";
		else
			synth_skip(stock->doc, "table_free/munmap", RESULTS_KERNEL, row, "no peer");
		families_freeing(&b.model, model_page(&b.model, "p", "n", "t", "l"));
		ok(section_says(&b, "peers",
				failed ? ": 1 on z-a (its stock kernel z-b has none: part "
					 "z-b.icount-2cpu: failed: it hangs)."
				       : ": 1 on z-a (its stock kernel z-b has none: no peer)."),
		   "a variant that answers does not stand for its stock kernel, which %s",
		   failed ? "failed" : "skipped the row");
		close_bed(&b);
	}
}

/* ---- disciplines ---- */

static struct results_doc *native(struct bed *b)
{
	struct results_doc *doc = add_native(b);

	if (results_pairs_set(&doc->environment, "cpus", "8"))
		abort();
	return doc;
}

static void frees(struct results_doc *doc, enum results_subject subject, const char *name,
		  double now, double later)
{
	char params[96];

	snprintf(params, sizeof(params), "discipline=%s,readers=1,tables=1", name);
	synth_row(doc, "table_free/munmap", subject, params, "time", RESULTS_SAMPLED, now);
	if (later)
		synth_row(doc, "table_free/munmap", subject, params, "time_deferred",
			  RESULTS_SAMPLED, later);
}

static bool has_bar(const struct figure *f, const char *label)
{
	for (size_t i = 0; i < f->nr_bars; i++)
		if (f->bars[i].label && !strcmp(f->bars[i].label, label))
			return true;
	return false;
}

static void test_disciplines(void)
{
	struct results_value values[] = {
		{ .value = (char *)"hasty",
		  .label = (char *)"hasty",
		  .means = (char *)"Waits for nobody.",
		  .busted = true },
		{ .value = (char *)"patient",
		  .label = (char *)"with patience",
		  .means = (char *)"It waits." },
		{ .value = (char *)"put_off",
		  .label = (char *)"put off",
		  .means = (char *)"Frees later." },
	};
	struct results_axis axis = { .key = (char *)"discipline",
				     .means = (char *)"How it waits.",
				     .values = values,
				     .nr_values = 3 };
	struct results_error err = { .reason = "" };
	const struct section *s;
	struct results_doc *doc;
	struct bed b;

	open_bed(&b);
	doc = native(&b);
	if (results_doc_add_axis(doc, &axis, &err))
		abort();
	frees(doc, RESULTS_REF, "alien", 50, 0);
	frees(doc, RESULTS_REF, "put_off", 20, 900);
	frees(doc, RESULTS_REF, "patient", 70, 0);
	frees(doc, RESULTS_REF, "hasty", 10, 0);
	freeing_disciplines(&b.model, model_page(&b.model, "p", "n", "t", "l"));
	s = b.model.pages[0].sections[0];
	ok(has_bar(s->figures[0], "patient") && has_bar(s->figures[0], "put_off") &&
		   has_bar(s->figures[0], "hasty (busted)"),
	   "each has its bar, and what the document calls busted its mark");
	ok(has_bar(s->figures[0], "alien"), "so has one that no axis has");
	ok(cell_of(s, "The reference’s disciplines", "patient", 3) &&
		   cell_of(s, "The reference’s disciplines", "alien", 3),
	   "and its row");
	is_str(cell_of(s, "The ways of waiting", "patient", 1), "with patience",
	       "the label is the document's");
	is_str(cell_of(s, "The ways of waiting", "hasty", 2), "Waits for nobody.",
	       "and what it is, too");
	is_str(s->tables[0]->rows[0][0].text, "hasty (busted)", "in the document's order");
	is_str(s->tables[0]->rows[3][0].text, "alien", "and then those that it does not order");
	ok(strstr(s->answers[0]->text, "with patient and after ") &&
		   strstr(s->answers[0]->text, "with RCU (put off)"),
	   "the sentence is of the first that frees at once, and the first that frees later: %s",
	   s->answers[0]->text);
	frees(doc, RESULTS_LIBURCU, "urcu", 30, 900);
	freeing_disciplines(&b.model, model_page(&b.model, "p", "n", "t", "l"));
	ok(strstr(b.model.pages[1].sections[0]->answers[0]->text, "with RCU (urcu)"),
	   "of liburcu's, if there is one");
	frees(doc, RESULTS_REF, "loud", 80, 0);
	synth_row(doc, "table_free/munmap", RESULTS_REF, "discipline=loud,readers=1,tables=1",
		  "ipis_sent", RESULTS_SAMPLED, 1);
	freeing_disciplines(&b.model, model_page(&b.model, "p", "n", "t", "l"));
	ok(strstr(b.model.pages[2].sections[0]->answers[0]->text, "with loud and after "),
	   "and of one that was seen to interrupt, if there is one");
	close_bed(&b);

	open_bed(&b);
	doc = native(&b);
	frees(doc, RESULTS_REF, "hasty", 10, 0);
	frees(doc, RESULTS_REF, "put_off", 20, 900);
	freeing_disciplines(&b.model, model_page(&b.model, "p", "n", "t", "l"));
	s = b.model.pages[0].sections[0];
	ok(strstr(s->answers[0]->text, "does not say which ways are busted") &&
		   has_bar(s->figures[0], "hasty"),
	   "where nobody says which are busted none answers, and each is shown: %s",
	   s->answers[0]->text);
	close_bed(&b);

	open_bed(&b);
	doc = native(&b);
	if (results_doc_add_axis(doc, &axis, &err))
		abort();
	frees(doc, RESULTS_REF, "hasty", 10, 0);
	freeing_disciplines(&b.model, model_page(&b.model, "p", "n", "t", "l"));
	ok(strstr(b.model.pages[0].sections[0]->answers[0]->text,
		  "every way of waiting in these rows is busted, which means wrong on purpose; the "
		  "table has 1 row."),
	   "where all are busted that is the reason: %s",
	   b.model.pages[0].sections[0]->answers[0]->text);
	close_bed(&b);
}

/* ---- what a section of two kernels does not speak of ---- */

static void test_others(void)
{
	struct section *s;
	struct page *p;
	struct bed b;

	open_bed(&b);
	kernel(&b, "x86_64-c", "x86_64", "x86_64-plain", "rcu");
	kernel(&b, "x86_64-d", "x86_64", "x86_64-plain", "rcu");
	kernel(&b, "x86_64-e", "x86_64", "x86_64-plain", "immediate");
	kernel(&b, "x86_64-plain", "x86_64", NULL, "immediate");
	p = model_page(&b.model, "p", "n", "t", "l");
	s = page_section(&b.model, p, "s", "t");
	freeing_say_others(&b.model, s, "icount-1cpu");
	ok(s->nr_notes == 1 && strstr(s->notes[0], "RCU is x86_64-c here") &&
		   strstr(s->notes[0], "The others: x86_64-d."),
	   "a further variant that frees by RCU is named: %s", s->nr_notes ? s->notes[0] : "");
	freeing_say_others(&b.model, page_section(&b.model, p, "u", "t"), "icount-2cpu");
	ok(!p->sections[1]->nr_notes, "of another setup there is none");
	close_bed(&b);
}

int main(void)
{
	test_stock();
	test_rcu();
	test_own_rows();
	test_variant_answers();
	test_disciplines();
	test_others();
	return tap_done();
}
