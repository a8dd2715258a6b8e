// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests that the front page and the answers show failed parts with their reasons, skipped parts,
 * and that a run is not finished.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../scripts/tap.h"

#include "../render/files.h"
#include "../report.h"
#include "html.h"
#include "look.h"
#include "synth.h"

static char temp[] = "/tmp/ptbench-front-XXXXXX";

/* The front page's markup, malloc'ed. */
static char *front(const char *run)
{
	char *html;

	if (report_render(run, NULL))
		return keep("not rendered");
	html = file_read(look_path(run, "report/index.html"));
	return html ? html : keep("not there");
}

static bool has(const char *text, const char *words)
{
	bool found = strstr(text, words) != NULL;

	if (!found)
		diag("lacks: %s", words);
	return found;
}

/* Whether the text contains a before b. */
static bool before(const char *text, const char *a, const char *b)
{
	const char *first = strstr(text, a), *second = strstr(text, b);

	return first && second && first < second;
}

static char *make(enum synth_kind kind)
{
	char run[512];

	if (synth_run(temp, kind, temp, run))
		abort();
	return keep(run);
}

/* Adds a failed check to a part of a run, and sets the part's state. */
static void fail_check(const char *run_dir, const char *part, enum results_state state,
		       const char *reason)
{
	char *file = NULL, *path = NULL;
	struct results_params p = { 0 };
	struct results_error err;
	struct results_doc *doc;
	struct results_run *run;

	if (asprintf(&file, "%s.json", part) < 0 || asprintf(&path, "%s/%s", run_dir, file) < 0 ||
	    results_doc_read(path, &doc, &err) || results_run_read(run_dir, &run, &err) ||
	    results_params_parse(&p, "a=static,b=align_real,format=s390x") ||
	    results_doc_add_check(doc, "gup_fast/identical", &p, "different", "identical", false,
				  &err) ||
	    results_doc_write(doc, path, &err) ||
	    results_run_part(run, part, file, state, reason, &err))
		abort();
	results_params_free(&p);
	results_run_free(run);
	results_doc_free(doc);
	free(path);
	free(file);
}

static void test_good(void)
{
	char *run = make(SYNTH_COMPLETE), *html = front(run), *text = answers(run);

	ok(has(html, "<span class=\"badge good\">complete</span>"),
	   "a run in which all passed is good");
	ok(has(html, "14 parts passed, 0 failed, 0 skipped"), "its parts are counted");
	ok(!strstr(html, "What failed") && !strstr(html, "What was skipped"), "nothing is listed");
	ok(has(text, "Complete run of ") && has(text, ": 14 parts passed, 0 failed, 0 skipped"),
	   "and the answers say the same");
	free(text);
	free(html);
	free(run);
}

static void test_failed(void)
{
	static const char check[] =
		"check gup_fast/identical (a=static, b=align_real, format=s390x): "
		"expected different, saw identical";
	char *run = make(SYNTH_COMPLETE), *html, *text;

	fail_check(run, "ref.static", RESULTS_FAILED, "build/bench ended with status 4");
	html = front(run);
	ok(!strstr(html, "badge good\">complete"), "complete is not good when a part failed");
	ok(has(html, "<span class=\"badge bad\">failed</span>") && !strstr(html, ">complete<") &&
		   !strstr(html, "complete, 13") &&
		   has(html, "failed, 13 parts passed, 1 failed, 0 skipped; started") &&
		   has(html, "13 parts passed, 1 failed, 0 skipped"),
	   "the state says failed in words, and nothing else");
	ok(before(html, "What failed", "<section class=\"group\">") &&
		   has(html, "<strong>ref.static</strong> failed: build/bench ended with status 4"),
	   "what failed stands above the answers");
	ok(has(html, check), "with the check, its params, what was expected and what was seen");
	free(html);
	text = answers(run);
	ok(has(text, "Failed run of ") && has(text, "13 parts passed, 1 failed") &&
		   has(text,
		       "! part ref.static: failed: build/bench ended with status 4 check gup_fast") &&
		   has(text, check) && before(text, "! part ref.static", "* Does RCU save"),
	   "and so do the answers, before the first");
	free(text);
	free(run);
}

/* A check that the part's reason names is not listed again. */
static void test_told_once(void)
{
	char *run = make(SYNTH_COMPLETE), *html;

	fail_check(run, "ref.static", RESULTS_FAILED,
		   "1 of 25 checks came out wrong, first gup_fast/identical "
		   "a=static,b=align_real,format=s390x: 'identical' seen, 'different' expected");
	html = front(run);
	ok(has(html, "1 of 25 checks came out wrong, first gup_fast/identical") &&
		   !strstr(html, "check gup_fast/identical ("),
	   "a check that the reason names is told once");
	free(html);
	free(run);
}

static void test_passed_with_bad_check(void)
{
	char *run = make(SYNTH_COMPLETE), *html;

	fail_check(run, "ref.static", RESULTS_PASSED, NULL);
	html = front(run);
	ok(!strstr(html, "badge good\">complete") &&
		   has(html,
		       "<strong>ref.static</strong> passed: yet 1 check came out otherwise than "
		       "expected") &&
		   has(html, "expected different, saw identical"),
	   "a part that passed with a check that did not is no good run");
	free(html);
	free(run);
}

/* All rows of the run were skipped. */
static void test_nothing_measured(void)
{
	char *run = make(SYNTH_COMPLETE), *path = keep(look_path(run, "native.json")), *html;
	struct results_error err;
	struct results_doc *doc;

	if (results_doc_new("native", "native", &doc))
		abort();
	doc->version = 1; /* without axes */
	doc->command = keep("build/bench");
	synth_skip(doc, "table_free/munmap", RESULTS_KERNEL, "peer=spin,tables=1", "too few CPUs");
	if (results_doc_write(doc, path, &err))
		abort();
	results_doc_free(doc);
	html = front(run);
	ok(!strstr(html, "badge good\">complete") &&
		   has(html,
		       "<strong>native</strong> passed: yet nothing was measured in part native"),
	   "a part that measured nothing is said, and the run is not good");
	free(html);
	free(path);
	free(run);
}

static void test_holes(void)
{
	char *run = make(SYNTH_HOLES), *html = front(run), *text = answers(run), why[256];

	ok(!html_problem(html, why, sizeof(why)),
	   "the front page of a run with holes is well-formed");
	ok(has(html, "<span class=\"badge bad\">partial</span>") &&
		   has(html, "This run was cut short:"),
	   "a partial run says so in words");
	ok(has(html, "2 parts passed, 3 failed, 1 skipped"),
	   "one that cannot be read is among the failed");
	ok(has(html, "<strong>x86_64-forced-rcu.icount-1cpu</strong> failed: panic: not syncing") &&
		   has(html,
		       "<strong>s390x-stock.icount-1cpu</strong> unreadable: cannot be read:") &&
		   before(html, "What was skipped", "<section class=\"group\">") &&
		   has(html,
		       "<li>x86_64-stock.icount-2cpu: qemu-system-x86_64 is not installed</li>"),
	   "each with its reason, and what was skipped");
	ok(has(html, "partial, 2 parts passed, 3 failed, 1 skipped; started"),
	   "the foot has it, too");
	ok(has(text,
	       "- part x86_64-stock.icount-2cpu: skipped: qemu-system-x86_64 is not installed"),
	   "the answers list what was skipped");
	free(text);
	free(html);
	free(run);
}

/* An unfinished run, as when `ptbench bench` prints the first answers before it boots kernels. */
static void test_unfinished(void)
{
	char *run_dir = make(SYNTH_COMPLETE), *only[] = { keep("native"), keep("ref.static") };
	struct results_run *run;
	struct results_error err;
	char *text, *html, path[600];

	if (results_run_create(temp, "ptbench bench", "0000000", &run, &err))
		abort();
	text = answers(run->dir);
	ok(has(text, "Unfinished run of ") && has(text, "0 parts passed") && !strstr(text, " * "),
	   "a run that has only begun has no answers, and says so");
	free(text);
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "cp '%s/%s.json' '%s'", run_dir, only[i], run->dir);
		snprintf(path + 500, 100, "%s.json", only[i]);
		if (system(path) ||
		    results_run_part(run, only[i], path + 500, RESULTS_PASSED, NULL, &err))
			abort();
	}
	text = answers(run->dir);
	ok(has(text, "Unfinished run of ") && has(text, "2 parts passed, 0 failed"), "it goes on");
	ok(has(text, "The stack itself takes 12.0 ns"), "what is measured is answered");
	ok(has(text, "questions: not measured yet") && !strstr(text, "not in this run"),
	   "what is not is counted, and not called absent");
	html = front(run->dir);
	ok(has(html, "<span class=\"badge bad\">unfinished</span>") &&
		   !strstr(html, "badge good\">complete") &&
		   has(html, "This run has not ended, or was killed:") &&
		   has(html, "not measured yet"),
	   "and the front page says the same");
	free(html);
	free(text);
	results_run_free(run);
	free(only[0]);
	free(only[1]);
	free(run_dir);
}

int main(void)
{
	char command[64];

	if (!mkdtemp(temp))
		return 1;
	test_good();
	test_failed();
	test_told_once();
	test_passed_with_bad_check();
	test_nothing_measured();
	test_holes();
	test_unfinished();
	snprintf(command, sizeof(command), "rm -rf %s", temp);
	if (!getenv("KEEP") && system(command))
		return 1;
	return tap_done();
}
