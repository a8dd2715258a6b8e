// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which kernels a run has, as its documents say: read from files, and rendered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/tap.h"
#include "../model/input.h"
#include "../report.h"
#include "look.h"
#include "synth_priv.h"

static char temp[] = "/tmp/ptbench-input-XXXXXX";

static struct results_run *new_run(void)
{
	struct results_error err = { .reason = "" };
	struct results_run *run;

	if (results_run_create(temp, "ptbench bench", "0000000", &run, &err))
		abort();
	return run;
}

/*
 * A part of the kernel that took `call` instructions for a page. of: the scenario of which its
 * document says that it is a variant, or NULL; unsaid: it is of version 1.
 */
static void add(struct results_run *run, const char *scenario, const char *arch, const char *of,
		bool unsaid, const char *config, double call)
{
	struct results_doc *doc = (unsaid ? synth_bare_doc : synth_doc)(
		synth_text("%s.icount-1cpu", scenario), "icount");

	results_pairs_set(&doc->environment, "arch", arch);
	if (config)
		results_pairs_set(&doc->subject, "config", config);
	if (unsaid)
		doc->version = 1;
	else
		synth_scenario(doc, scenario, of, false);
	synth_row(doc, "gup_fast/walk", RESULTS_KERNEL,
		  "cross=none,design=static,format=x86_64-4k-48,leaf=pte,pages=1", "instructions",
		  RESULTS_EXACT, call);
	synth_part(run, doc, RESULTS_PASSED, NULL);
}

/* Ends the run, reads and renders it. */
static void read_run(struct results_run *run, struct report_input *in, struct arena *arena)
{
	struct results_error err = { .reason = "" };

	if (results_run_finish(run, true, &err) || setjmp(arena->oom) ||
	    input_read(in, arena, run->dir, &err))
		abort();
	ok(!report_render(run->dir, NULL), "the run is rendered");
}

static const struct report_part *part_of(const struct report_input *in, const char *scenario)
{
	return input_part(in, synth_text("%s.icount-1cpu", scenario));
}

static bool is_of(const struct report_input *in, const char *scenario, const char *stock)
{
	const struct report_part *p = part_of(in, scenario);

	return p->has_role && p->of && !strcmp(p->stock_of, stock);
}

static bool is_stock(const struct report_input *in, const char *scenario)
{
	const struct report_part *p = part_of(in, scenario);

	return p->has_role && !p->of && !strcmp(p->stock_of, scenario);
}

static bool kernels_say(const struct results_run *run, const char *words)
{
	return page_says(synth_text("%s/report", run->dir), "kernels.html", words);
}

static void test_said(void)
{
	struct arena arena = { 0 };
	struct report_input in = { 0 };
	struct results_run *run = new_run();

	add(run, "lazy-tlb", "x86_64", "x86_64-stock", false, NULL, 120);
	add(run, "quick", "x86_64", "x86_64-stock", false, NULL, 90);
	add(run, "x86_64-stock", "x86_64", NULL, false, NULL, 100);
	read_run(run, &in, &arena);
	ok(is_of(&in, "lazy-tlb", "x86_64-stock") && is_of(&in, "quick", "x86_64-stock"),
	   "a scenario is what its document says, whatever its name");
	ok(!strcmp(part_of(&in, "lazy-tlb")->arch, "x86_64") &&
		   !strcmp(part_of(&in, "quick")->arch, "x86_64"),
	   "and of the architecture of its document");
	ok(is_stock(&in, "x86_64-stock"), "the stock one is its own");
	ok(kernels_say(run, "differ from their stock kernel by −10 (quick) to +20 (lazy-tlb)"),
	   "each is compared with it");
	input_free(&in);
	arena_free(&arena);
	results_run_free(run);
}

static void test_contradicted(void)
{
	struct arena arena = { 0 };
	struct report_input in = { 0 };
	struct results_run *run = new_run();

	add(run, "x86_64-a", "x86_64", "x86_64-b", false, NULL, 120);
	add(run, "x86_64-b", "x86_64", "x86_64-a", false, NULL, 100);
	read_run(run, &in, &arena);
	ok(!part_of(&in, "x86_64-a")->has_role && !part_of(&in, "x86_64-b")->has_role,
	   "documents that contradict each other say nothing");
	ok(!input_stock(&in, "x86_64"), "so neither is the stock kernel");
	ok(kernels_say(run, "contradict each other") && kernels_say(run, "x86_64-a, x86_64-b"),
	   "which the page says, of both");
	input_free(&in);
	arena_free(&arena);
	results_run_free(run);
}

/* Wrong, and valid: the stock kernel's document says another architecture. */
static void test_other_arch(void)
{
	struct arena arena = { 0 };
	struct report_input in = { 0 };
	struct results_run *run = new_run();

	add(run, "x86_64-a", "x86_64", "x86_64-stock", false, NULL, 120);
	add(run, "x86_64-stock", "i386", NULL, false, NULL, 100);
	read_run(run, &in, &arena);
	ok(kernels_say(run, "x86_64-amin") || kernels_say(run, "x86_64-a min"),
	   "a variant of another architecture's stock kernel has its row");
	input_free(&in);
	arena_free(&arena);
	results_run_free(run);
}

static void test_version_1(void)
{
	struct arena arena = { 0 };
	struct report_input in = { 0 };
	struct results_run *run = new_run();

	add(run, "x86_64-5level-stock", "x86_64", NULL, true, NULL, 130);
	add(run, "x86_64-5level-new", "x86_64", NULL, true, NULL, 131);
	add(run, "x86_64-new", "x86_64", NULL, true, NULL, 101);
	add(run, "x86_64-new-rt", "x86_64", NULL, true, "rt", 111);
	add(run, "x86_64-stock", "x86_64", NULL, true, NULL, 100);
	add(run, "s390x-odd", "s390x", NULL, true, NULL, 50);
	read_run(run, &in, &arena);
	ok(is_stock(&in, "x86_64-stock") && is_stock(&in, "x86_64-5level-stock"),
	   "in version 1 the name says which is stock");
	ok(is_of(&in, "x86_64-new", "x86_64-stock") &&
		   is_of(&in, "x86_64-5level-new", "x86_64-5level-stock"),
	   "and of which one is a variant: the longest such name");
	ok(!part_of(&in, "x86_64-new-rt")->has_role, "but of its own configuration");
	ok(!part_of(&in, "s390x-odd")->has_role && kernels_say(run, "s390x-odd"),
	   "one without a stock kernel has no role, and its place on the page");
	input_free(&in);
	arena_free(&arena);
	results_run_free(run);
}

int main(void)
{
	char command[80];

	if (!mkdtemp(temp))
		return 1;
	test_said();
	test_contradicted();
	test_other_arch();
	test_version_1();
	snprintf(command, sizeof(command), "rm -rf %s", temp);
	if (system(command))
		diag("%s failed", command);
	return tap_done();
}
