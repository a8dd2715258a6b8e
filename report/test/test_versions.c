// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Several versions of one kernel in a run: names and releases, which version the pages show, that
 * no page mixes two. Numbers are worked out by hand.
 */
#include <array_size.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/tap.h"
#include "../model/versions.h"
#include "../pages/pages.h"
#include "bed.h"
#include "synth.h"
#include "synth_priv.h"

static char temp[] = "/tmp/ptbench-versions-XXXXXX";

static void is_str(const char *seen, const char *expect, const char *what)
{
	if (!ok(seen && !strcmp(seen, expect), "%s", what))
		diag("seen: %s, expected: %s", seen ? seen : "NULL", expect);
}

static void test_releases(void)
{
	static const char *const sorted[] = { "",	  "5.10.262", "6.1",	  "6.2.99",
					      "6.12",	  "6.12.9",   "6.12.117", "7.0-rc3",
					      "7.0-rc12", "7.0",      "7.0.1",	  "7.3.4" };
	size_t n = ARRAY_SIZE(sorted);
	unsigned wrong = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			int c = version_cmp(sorted[i], sorted[j]);

			if ((c < 0) != (i < j) || (c > 0) != (i > j)) {
				diag("%s, %s: %d", sorted[i], sorted[j], c);
				wrong++;
			}
		}
	ok(!wrong, "releases are ordered by their numbers, and candidates come before");
	ok(!version_cmp("7.3", "7.3.0") && version_cmp("x", "1") < 0 && !version_cmp("x", ""),
	   "a number that is not there is 0, and no number is before all");
}

/* ---- names of parts ---- */

static void add_to_run(struct results_run *run, const char *scenario, const char *of)
{
	struct results_doc *doc = synth_doc(synth_text("%s.icount-1cpu", scenario), "icount");

	results_pairs_set(&doc->environment, "arch", "x86_64");
	synth_scenario(doc, scenario, of, false);
	synth_row(doc, "gup_fast/walk", RESULTS_KERNEL,
		  "cross=none,design=static,format=x86_64-4k-48,leaf=pte,pages=1", "instructions",
		  RESULTS_EXACT, 100);
	synth_part(run, doc, RESULTS_PASSED, NULL);
}

static const struct report_part *part_at(const struct report_input *in, const char *name)
{
	const struct report_part *p = input_part(in, name);

	if (!p)
		abort();
	return p;
}

static void test_names(void)
{
	struct results_error err = { .reason = "" };
	struct report_input in = { 0 };
	struct results_run *run;
	struct arena arena = { 0 };
	const struct report_part *p;

	if (results_run_create(temp, "ptbench bench", "0000000", &run, &err))
		abort();
	add_to_run(run, "x86_64-plain@7.3", NULL);
	add_to_run(run, "x86_64-plain@6.12.9", NULL);
	add_to_run(run, "x86_64-odd@7.3", "x86_64-plain@7.3");
	if (results_run_part(run, "x86_64-plain@5.10.icount-2cpu", NULL, RESULTS_FAILED, "hangs",
			     &err) ||
	    results_run_finish(run, true, &err) || setjmp(arena.oom) ||
	    input_read(&in, &arena, run->dir, &err))
		abort();
	versions_choose(&in);
	p = part_at(&in, "x86_64-plain@7.3.icount-1cpu");
	is_str(p->scenario, "x86_64-plain@7.3", "the dot of a version does not end the scenario");
	is_str(p->setup, "icount-1cpu", "nor begin the setup");
	ok(p->has_role && !p->of, "its document says that it is a stock kernel");
	p = part_at(&in, "x86_64-odd@7.3.icount-1cpu");
	ok(p->has_role && p->of && !strcmp(p->stock_of, "x86_64-plain@7.3"),
	   "a variant is one of the stock kernel of its own version");
	p = part_at(&in, "x86_64-plain@6.12.9.icount-1cpu");
	is_str(p->scenario, "x86_64-plain@6.12.9", "nor do two dots");
	p = part_at(&in, "x86_64-plain@5.10.icount-2cpu");
	is_str(p->scenario, "x86_64-plain@5.10", "nor where no document says it");
	ok(in.nr_parts == 2 && in.nr_aside == 2, "and one version is shown: %zu, %zu", in.nr_parts,
	   in.nr_aside);
	is_str(input_stock(&in, "x86_64"), "x86_64-plain@7.3", "which is the stock kernel");
	input_free(&in);
	arena_free(&arena);
	results_run_free(run);
}

/* ---- which one ---- */

static void shows(struct bed *b, const char *family, const char *others, const char *why,
		  const char *what)
{
	versions_choose(&b->in);
	if (!ok(b->in.nr_families == 1, "%s: of one kernel there are several", what))
		return;
	is_str(b->in.families[0].shown, family, what);
	is_str(b->in.families[0].others, others, "  and the others are named");
	is_str(b->in.families[0].why, why, "  with the reason");
}

static void test_choice(void)
{
	struct bed b;

	open_bed(&b);
	add_release(&b, "z-a@6.2", NULL, "6.2.9");
	add_release(&b, "z-a@6.12", NULL, "6.12.1");
	shows(&b, "z-a@6.12 (6.12.1)", "z-a@6.2 (6.2.9)", "the newest release",
	      "the newest, by number and not by letter");
	ok(b.in.nr_parts == 1 && b.in.nr_aside == 1 && input_part(&b.in, "z-a@6.2.icount-1cpu"),
	   "the other is set aside, and found by its name");
	close_bed(&b);

	open_bed(&b);
	add_release(&b, "z-a", NULL, "6.12.1");
	add_release(&b, "z-a@7.3", NULL, "7.3.4");
	add_release(&b, "z-new@7.3", "z-a@7.3", "7.3.4");
	shows(&b, "z-a (6.12.1)", "z-a@7.3 (7.3.4), z-new@7.3 (7.3.4)",
	      "the one whose name has no version", "the one without a version, with its variants");
	close_bed(&b);

	open_bed(&b);
	add_release(&b, "z-a@6.12", NULL, "6.12.1");
	add_part(&b, "z-a@7.3", "z", "icount-1cpu")->why = "failed: hangs";
	shows(&b, "z-a@6.12 (6.12.1)", "z-a@7.3 (7.3)",
	      "the newest release whose costs were measured",
	      "one with figures before one without");
	close_bed(&b);

	open_bed(&b);
	add_release(&b, "z-a@7.3", NULL, "7.3.4");
	add_release(&b, "z-b", NULL, "6.12.1");
	versions_choose(&b.in);
	ok(!b.in.nr_families && !b.in.nr_aside,
	   "two kernels of one version each: nothing to choose");
	close_bed(&b);

	open_bed(&b);
	add_release(&b, "z-a@6.1", NULL, NULL);
	add_release(&b, "z-a@6.12", NULL, NULL);
	shows(&b, "z-a@6.12 (6.12)", "z-a@6.1 (6.1)", "the newest release",
	      "without a release in the document that of the name counts");
	close_bed(&b);
}

/* ---- pages ---- */

static void test_pages(void)
{
	const struct answer *a;
	struct bed b;

	open_bed(&b);
	add_walk(add_release(&b, "z-a@6.12", NULL, "6.12.1"), 200);
	add_walk(add_release(&b, "z-a@7.3", NULL, "7.3.4"), 250);
	add_walk(add_release(&b, "z-new@6.12", "z-a@6.12", "6.12.1"), 260);
	add_walk(add_release(&b, "z-new@7.3", "z-a@7.3", "7.3.4"), 240);
	versions_choose(&b.in);
	pages_build(&b.model);
	a = answer_of(&b, "kernels.html", "z");
	ok(says(a, "takes 250 instructions on z-a@7.3.") && !strstr(a->text, "6.12"),
	   "the page of kernels tells of one version: %s", a->text);
	ok(says(a, "differ from their stock kernel by −10"),
	   "and compares a variant with the stock kernel of its own version: %s", a->text);
	ok(notes_say(page_of(&b, "kernels.html"),
		     "Of several versions z-a@7.3 (7.3.4) is shown here, the newest release. Not "
		     "here: z-a@6.12 (6.12.1), z-new@6.12 (6.12.1). The page “History”"),
	   "and says so");
	ok(!notes_say(page_of(&b, "q3.html"), "Of several versions z-b"),
	   "a page that shows none of them does not");
	ok(page_of(&b, "history.html"), "the page of history is there");
	a = answer_of(&b, "history.html", "kernels");
	ok(says(a, "z-a@7.3 (7.3.4), the newest release. Of the others only this page speaks: "
		   "z-a@6.12 (6.12.1), z-new@6.12 (6.12.1)."),
	   "the text output says which version the others show");
	close_bed(&b);

	open_bed(&b);
	add_walk(add_release(&b, "z-a@7.3", NULL, "7.3.4"), 250);
	versions_choose(&b.in);
	pages_build(&b.model);
	ok(!page_of(&b, "history.html") &&
		   !notes_say(page_of(&b, "kernels.html"), "several versions"),
	   "one version: no history, and no words on others");
	close_bed(&b);
}

int main(void)
{
	if (!mkdtemp(temp))
		abort();
	test_releases();
	test_names();
	test_choice();
	test_pages();
	if (system(synth_text("rm -r %s", temp)))
		diag("%s stays", temp);
	return tap_done();
}
