// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The page of history: its tables, sentences, commands and known changes. Numbers are worked out by
 * hand.
 */
#include <array_size.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/tap.h"
#include "../model/versions.h"
#include "../pages/history.h"
#include "../pages/pages.h"
#include "bed.h"
#include "synth.h"
#include "synth_priv.h"

static void row(struct report_part *p, const char *case_id, const char *params, const char *metric,
		enum results_kind kind, double v)
{
	synth_row(p->doc, case_id, RESULTS_KERNEL, params, metric, kind, v);
}

static struct report_part *events(struct bed *b, const char *scenario, const char *release,
				  double ipis)
{
	struct report_part *p = add_kernel(b, scenario, "x86_64", "icount-2cpu", NULL);

	if (results_pairs_set(&p->doc->subject, "release", release))
		abort();
	row(p, "table_free/munmap", "format=f,peer=spin,tables=8", "cpus_interrupted",
	    RESULTS_EXACT, ipis);
	return p;
}

static void fill_history(struct bed *b)
{
	struct report_part *p;

	p = add_kernel(b, "x86_64-a@6.1", "x86_64", "icount-1cpu", NULL);
	results_pairs_set(&p->doc->subject, "release", "6.1.192");
	add_walk(p, 100);
	row(p, "kmap/pair", "api=kmap_local,backend=direct,debug=0,depth=1,design=merged",
	    "instructions", RESULTS_EXACT, 10);
	events(b, "x86_64-a@6.1", "6.1.192", 1);
	p = add_kernel(b, "x86_64-a@6.12", "x86_64", "icount-1cpu", NULL);
	results_pairs_set(&p->doc->subject, "release", "6.12.117");
	add_walk(p, 110);
	row(p, "kmap/pair", "api=kmap_local,backend=direct,debug=0,depth=1,design=merged",
	    "instructions", RESULTS_EXACT, 8);
	synth_skip(p->doc, "pin_fast/walk", RESULTS_KERNEL,
		   "cross=none,design=static,format=f,leaf=pte,pages=16", "no pins here");
	events(b, "x86_64-a@6.12", "6.12.117", 0);
	add_part(b, "x86_64-a@7.2", "x86_64", "icount-1cpu")->why = "failed: hangs";
	p = add_kernel(b, "x86_64-a@7.3", "x86_64", "icount-1cpu", NULL);
	results_pairs_set(&p->doc->subject, "release", "7.3.4");
	add_walk(p, 110);
	row(p, "pin_fast/walk", "cross=none,design=static,format=f,leaf=pte,pages=16",
	    "instructions", RESULTS_EXACT, 50);
	events(b, "x86_64-a@7.3", "7.3.4", 3);
	versions_choose(&b->in);
	pages_build(&b->model);
}

static void test_history(void)
{
	const struct section *s;
	const struct answer *a;
	const char *cell;
	struct bed b;

	open_bed(&b);
	fill_history(&b);
	a = answer_of(&b, "history.html", "worse");
	ok(says(a, "From x86_64-a@6.1 (6.1.192) to x86_64-a@6.12 (6.12.117) 1 of 3 exact rows got "
		   "worse: 1 takes more (the most, relatively, gup_fast/walk (cross=none, "
		   "leaf=pte, pages=1), instructions: 100, then 110); 1 "
		   "row takes fewer; 1 count fell; 1 is measured in neither."),
	   "what got worse, and what not: %s", a->text);
	ok(says(a, "x86_64-a@7.2 (7.2) has no figures: part x86_64-a@7.2.icount-1cpu: failed: "
		   "hangs."),
	   "a version without figures is named with its reason");
	ok(says(a, "From x86_64-a@6.12 (6.12.117) to x86_64-a@7.3 (7.3.4) 1 of 2 exact rows got "
		   "worse: 1 count of events rose (the most, relatively, table_free/munmap "
		   "(peer=spin, tables=8), cpus_interrupted: 0, then 3; known changes in "
		   "between: 209954cbc7d0,"),
	   "and the next is compared with the last one that has figures: %s", a->text);
	ok(says(a, "1 row is missing in the newer; 1 row is new."), "with the rows of one side");
	s = section_of(&b, "history.html", "worse");
	ok(notes_say(page_of(&b, "history.html"),
		     "ptbench kernels profile --case gup_fast/walk:cross=none,leaf=pte,"
		     "pages=1 --base x86_64-a@6.1.192 x86_64-a@6.12.117"),
	   "the command that shows it function by function");
	ok(notes_say(page_of(&b, "history.html"), "x86 always frees tables by RCU (a37259732a7d)"),
	   "what the known change is");
	cell = cell_of(s, "Other rows that are not the same, from x86_64-a@6.12 to x86_64-a@7.3",
		       "pin_fast/walk", 6);
	ok(cell && !strcmp(cell, "extra: no pins here"), "a skipped row's reason is told: %s",
	   cell);
	a = answer_of(&b, "history.html", "gup");
	ok(says(a, "A get_user_pages_fast_only() of one page, in instructions: 100 on 6.1.192, 110 "
		   "on 6.12.117, 110 on 7.3.4."),
	   "the headline over the releases: %s", a->text);
	ok(says(a,
		"A pin_user_pages_fast() of 16 pages, in instructions: 50 on 7.3.4; no number on "
		"6.1.192 (no such row), 6.12.117 (no pins here)."),
	   "a row that is not there has its reason");
	ok(says(a, "Nothing from 7.2 (part x86_64-a@7.2.icount-1cpu: failed: hangs)."),
	   "so has a version that is not there");
	a = answer_of(&b, "history.html", "events");
	ok(says(a, "CPUs interrupted, in CPUs: 1 on 6.1.192, 0 on 6.12.117, 3 on 7.3.4."),
	   "and a zero is a number: %s", a->text);
	a = answer_of(&b, "history.html", "faults");
	ok(says(a,
		"On x86_64-a not measured here: 6.1.192 (no such row), 6.12.117 (no such row), 7.2 "
		"(part x86_64-a@7.2.icount-1cpu: failed: hangs), 7.3.4 (no such row).") &&
		   !a->mode,
	   "what nobody measured is said");
	close_bed(&b);
}

/* Documents of two environments have their values, and no verdict. */
static void test_incomparable(void)
{
	struct report_part *p;
	struct bed b;

	open_bed(&b);
	p = add_release(&b, "z-a@6.12", NULL, "6.12.1");
	add_walk(p, 100);
	if (results_pairs_set(&p->doc->environment, "compiler", "gcc 12"))
		abort();
	p = add_release(&b, "z-a@7.3", NULL, "7.3.4");
	add_walk(p, 200);
	if (results_pairs_set(&p->doc->environment, "compiler", "gcc 14"))
		abort();
	versions_choose(&b.in);
	pages_build(&b.model);
	ok(says(answer_of(&b, "history.html", "worse"),
		"From z-a@6.12 (6.12.1) to z-a@7.3 (7.3.4) nothing is compared; costs not "
		"compared: environments differ in compiler; events not compared: part "
		"z-a@6.12.icount-2cpu: not in this run."),
	   "two compilers: no verdict");
	ok(notes_say(page_of(&b, "history.html"), "the versions of z-a differ in: Compiler"),
	   "and the page says that they differ");
	close_bed(&b);
}

/* Rows of two formats: the format is the kernel's, and the row is the same. */
static void test_own(void)
{
	static const char *const formats[] = { "short", "long" };
	const char *scenarios[] = { "z-a@6.1", "z-a@7.3" };
	struct bed b;

	open_bed(&b);
	for (int i = 0; i < 2; i++) {
		struct report_part *p =
			add_release(&b, scenarios[i], NULL, i ? "7.3.4" : "6.1.192");

		row(p, "gup_fast/walk",
		    synth_text("cross=none,design=d%d,format=%s,leaf=pte,levels=3,pages=1", i,
			       formats[i]),
		    "instructions", RESULTS_EXACT, 100 + i);
		row(p, "gup_fast/walk",
		    synth_text("cross=none,design=d%d,format=%s,leaf=pte,levels=4,pages=1", i,
			       formats[i]),
		    "instructions", RESULTS_EXACT, 90 + 20 * i);
	}
	versions_choose(&b.in);
	pages_build(&b.model);
	ok(says(answer_of(&b, "history.html", "worse"),
		"2 of 2 exact rows got worse: 2 take more (the most, relatively, gup_fast/walk "
		"(cross=none, leaf=pte, levels=4, pages=1), instructions: 90, then 110; known change in "
		"between: ae75e88d8c25)"),
	   "another format is no other row; levels that tell rows apart stay");
	ok(notes_say(page_of(&b, "history.html"),
		     "differs in format (short, then long); design (d0, then d1)."),
	   "and what differs is said");
	ok(notes_say(page_of(&b, "history.html"),
		     "--case gup_fast/walk:cross=none,leaf=pte,levels=4,pages=1 --base z-a@6.1.192 "
		     "z-a@7.3.4"),
	   "the command fits both kernels");
	close_bed(&b);
}

/* ---- sentences over rows that few runs have ---- */

static struct report_part *setup(struct bed *b, const char *scenario, const char *boot,
				 const char *release)
{
	struct report_part *p = add_kernel(b, scenario, "z", boot, NULL);

	if (results_pairs_set(&p->doc->subject, "release", release))
		abort();
	return p;
}

/* A count of events that is v in most samples and one more in the others. */
static void count_of(struct report_part *p, double v)
{
	double samples[5] = { v, v, v, v + 1, v + 1 };
	struct results_error err = { 0 };
	struct results_measurement m = {
		.case_id = (char *)"table_free/munmap",
		.subject = RESULTS_KERNEL,
		.metric = results_metric_find("cpus_interrupted"),
		.kind = RESULTS_DETERMINISTIC,
		.nr_ops = 1,
		.samples = samples,
		.nr_samples = ARRAY_SIZE(samples),
	};

	if (results_params_parse(&m.params, "format=f,peer=spin,tables=8") ||
	    results_doc_add(p->doc, &m, &err))
		abort();
	results_params_free(&m.params);
}

/* Counts that are not exact, next to an exact row that got worse. */
static void test_vague(void)
{
	static const char *const releases[] = { "6.12.95", "6.12.107", "6.12.111" };
	struct bed b;

	open_bed(&b);
	for (int i = 0; i < 3; i++) {
		const char *name = synth_text("z-a@%s", releases[i]);

		add_walk(setup(&b, name, "icount-1cpu", releases[i]), 100 + (i > 0) * 10);
		count_of(setup(&b, name, "icount-2cpu", releases[i]), i == 1 ? 2 : 6);
	}
	versions_choose(&b.in);
	pages_build(&b.model);
	ok(says(answer_of(&b, "history.html", "points"),
		"From z-a@6.12.95 (6.12.95) to z-a@6.12.107 (6.12.107) 1 of 1 exact row changed: 1 "
		"got worse, 0 take fewer, 0 counts fell; 1 count that is not exact fell. Of all these changed the most, "
		"relatively, gup_fast/walk (cross=none, leaf=pte, pages=1), instructions: 100, then 110."),
	   "a count that is not exact fell, and no exact one did");
	ok(notes_say(
		   page_of(&b, "history.html"),
		   "the most: ptbench kernels profile --case gup_fast/walk:cross=none,leaf=pte,pages=1 "
		   "--base z-a@6.12.95 z-a@6.12.107"),
	   "with the command that shows it function by function");
	ok(says(answer_of(&b, "history.html", "points"),
		"no row of 1 changed; 1 count that is not exact rose."),
	   "one that rose is told, though no exact row moved");
	close_bed(&b);

	open_bed(&b);
	for (int i = 0; i < 2; i++)
		count_of(setup(&b, synth_text("z-a@%s", releases[i]), "icount-2cpu", releases[i]),
			 6 - 4 * i);
	versions_choose(&b.in);
	pages_build(&b.model);
	ok(says(answer_of(&b, "history.html", "points"),
		"(6.12.107) no row is exact in both; 1 count that is not exact fell;"),
	   "where nothing is exact, no row is said to be unchanged");
	close_bed(&b);
}

/* Each version has its own reason. */
static void test_reasons(void)
{
	struct report_part *p;
	struct bed b;

	open_bed(&b);
	p = setup(&b, "z-a@5.10", "icount-1cpu", "5.10.262");
	add_walk(p, 100);
	synth_skip(p->doc, "kmap/pair", RESULTS_KERNEL,
		   "api=kmap_local,backend=stack,debug=0,depth=1,design=merged", "no such map yet");
	synth_skip(p->doc, "dax/fault", RESULTS_KERNEL,
		   "access=read,entry=present,leaf=pte,mem=file,pages=1", "no disk");
	synth_skip(p->doc, "dax/lock", RESULTS_REF, "how=present,leaf=pte", "not for it");
	p = setup(&b, "z-a@6.12", "icount-1cpu", "6.12.117");
	add_walk(p, 100);
	synth_skip(p->doc, "kmap/pair", RESULTS_KERNEL,
		   "api=kmap_local,backend=stack,debug=0,depth=1,design=merged", "all is mapped");
	synth_skip(p->doc, "dax/fault", RESULTS_KERNEL,
		   "access=read,entry=present,leaf=pte,mem=file,pages=1", "no disk");
	synth_skip(p->doc, "dax/lock", RESULTS_REF, "how=present,leaf=pte", "not for it");
	add_part(&b, "z-a@7.2", "z", "icount-2cpu")->why = "failed: panic";
	add_part(&b, "z-a@7.3", "z", "static")->why = "failed: no driver";
	versions_choose(&b.in);
	pages_build(&b.model);
	ok(says(answer_of(&b, "history.html", "maps"),
		"On z-a not measured here: 5.10.262 (no such map yet), 6.12.117 (all is mapped), "
		"7.2 (part z-a@7.2.icount-1cpu: not in this run), "
		"7.3 (part z-a@7.3.icount-1cpu: not in this run)."),
	   "why nothing was measured, of each version");
	ok(says(answer_of(&b, "history.html", "worse"),
		"0 of 1 exact row got worse; 2 are measured in neither;"),
	   "rows that both skip, without the reference's");
	ok(says(answer_of(&b, "history.html", "worse"),
		"z-a@7.2 (7.2) has no figures: part z-a@7.2.icount-2cpu: failed: panic."),
	   "a boot that failed goes before one that nobody asked for");
	ok(says(answer_of(&b, "history.html", "worse"),
		"z-a@7.3 (7.3) has no figures: part z-a@7.3.static: failed: no driver."),
	   "and a kernel that was not built before all");
	close_bed(&b);
}

/* The reference's rows, in guests of one suite and of two. */
static void test_suites(void)
{
	struct report_part *p;
	struct bed b;

	for (int same = 0; same < 2; same++) {
		open_bed(&b);
		for (int i = 0; i < 2; i++) {
			p = setup(&b, i ? "z-a@7.3" : "z-a@6.12", "icount-1cpu",
				  i ? "7.3.4" : "6.12.117");
			add_walk(p, 100);
			synth_row(p->doc, "gup_fast/walk", RESULTS_REF,
				  "cross=none,leaf=pte,pages=1", "instructions", RESULTS_EXACT,
				  50 + i);
			if (results_pairs_set(&p->doc->subject, "suite",
					      i && !same ? "bbb" : "aaa"))
				abort();
		}
		versions_choose(&b.in);
		pages_build(&b.model);
		ok(notes_say(page_of(&b, "history.html"),
			     same ? "1 row of the reference moved, too, whose code is the same in "
				    "both guests"
				  : "1 row of the reference moved, too: its own code may have "
				    "changed (suite aaa, then bbb)."),
		   "the reference, by %s", same ? "one suite" : "two suites");
		close_bed(&b);
	}
}

/* A command needs what the kernels' own commands took from the environment. */
static void test_commands(void)
{
	struct report_part *p;
	struct bed b;

	open_bed(&b);
	p = setup(&b, "z-a", "icount-1cpu", "7.4.0");
	add_walk(p, 110);
	free(p->doc->command);
	p->doc->command =
		strdup("env KSRC=/home/me/linux PTBENCH_QEMU=/opt/q ptbench kernels run z-a");
	p = setup(&b, "z-a@7.3", "icount-1cpu", "7.3.4");
	add_walk(p, 100);
	free(p->doc->command);
	p->doc->command = strdup("env PTBENCH_QEMU=/opt/q ptbench kernels run z-a@7.3");
	versions_choose(&b.in);
	pages_build(&b.model);
	ok(notes_say(
		   page_of(&b, "history.html"),
		   "the most: env KSRC=/home/me/linux PTBENCH_QEMU=/opt/q ptbench kernels "
		   "profile --case gup_fast/walk:cross=none,leaf=pte,pages=1 --base z-a@7.3.4 z-a"),
	   "the printed command names the source and the QEMU");
	close_bed(&b);
}

/* ---- known changes ---- */

static bool known(const char *old, const char *new, const char *arch, const char *case_id,
		  const char *mem, const char *commit)
{
	struct results_param v = { (char *)"mem", (char *)mem, 0 };
	const struct results_measurement row = { .case_id = (char *)case_id,
						 .params = { &v, mem ? 1 : 0 } };
	const struct known_change *k;
	size_t from = 0;

	while ((k = history_known(old, new, arch, &row, &from)))
		if (strstr(k->commits, commit))
			return true;
	return false;
}

static void test_known(void)
{
	const char *munmap = "table_free/munmap", *madvise = "table_free/madvise";
	const char *rcu = "a37259732a7d";

	ok(known("6.12.117", "7.2.13", "x86_64", munmap, NULL, rcu), "6.15 lies between");
	ok(known("6.14.2", "6.15", "x86_64", munmap, NULL, rcu), "just so");
	ok(!known("6.15", "7.2.13", "x86_64", munmap, NULL, rcu), "the older has it");
	ok(!known("6.1.192", "6.14.9", "x86_64", munmap, NULL, rcu), "the newer has it not yet");
	ok(!known("6.12.117", "7.2.13", "s390x", munmap, NULL, rcu), "another architecture");
	ok(!known("6.12.117", "7.2.13", "x86_64", "kmap/pair", NULL, rcu), "another case");
	ok(!known("", "7.2.13", "x86_64", munmap, NULL, rcu), "a release that nobody knows");
	ok(known("6.12", "7.3", "x86_64", "gup_fast/walk", "dax", "38607c62b34b") &&
		   !known("6.12", "7.3", "x86_64", "gup_fast/walk", "file", "38607c62b34b") &&
		   !known("6.12", "7.3", "x86_64", "gup_fast/walk", NULL, "38607c62b34b"),
	   "a change for one kind of memory is one of its rows alone");
	ok(known("6.18", "7.0", "s390x", "table_free/unshare", NULL, "8ce720d5bd91") &&
		   known("6.18.0", "7.0", "s390x", "table_free/unshare", NULL, "8ce720d5bd91") &&
		   !known("6.18.21", "7.0", "s390x", "table_free/unshare", NULL, "8ce720d5bd91"),
	   "a change that fix releases have, too, is not known to follow one");
	ok(!known("6.12.117", "7.2.13", "x86_64", "gup_fast/walk", NULL, "ae75e88d8c25") &&
		   known("7.2.13", "7.3.4", "x86_64", "gup_fast/walk", NULL, "ae75e88d8c25"),
	   "a folio without a mapping: between 7.2 and 7.3");
	ok(!known("6.12.117", "7.3.4", "ppc64le", madvise, NULL, "4c640eb4181c") &&
		   known("6.12.117", "7.3.4", "arm64", madvise, NULL, "4c640eb4181c") &&
		   !known("6.12.117", "7.3.4", "arm64", munmap, NULL, "4c640eb4181c"),
	   "PT_RECLAIM came to no architecture that frees tables in its own way");
}

int main(void)
{
	test_history();
	test_incomparable();
	test_own();
	test_vague();
	test_reasons();
	test_suites();
	test_commands();
	test_known();
	return tap_done();
}
