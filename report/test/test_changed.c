// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A run whose rows and checks are changed one by one: the answers change with them.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../scripts/tap.h"

#include "look.h"
#include "synth.h"

static char temp[] = "/tmp/ptbench-changed-XXXXXX";

/* Each sample of the rows that match becomes value; returns how many rows. */
static int change_rows(const char *run, const char *part, const char *case_id, const char *metric,
		       const char *params, double value)
{
	const char *file = look_path(run, part);
	struct results_params p = { 0 };
	struct results_error err;
	struct results_doc *doc;
	int changed = 0;

	if (results_doc_read(file, &doc, &err) || results_params_parse(&p, params))
		return -1;
	for (size_t i = 0; i < doc->nr_measurements; i++) {
		struct results_measurement *m = &doc->measurements[i];

		if (m->skipped || strcmp(m->case_id, case_id) || strcmp(m->metric->name, metric) ||
		    results_params_cmp(&m->params, &p) != 0)
			continue;
		for (size_t j = 0; j < m->nr_samples; j++)
			m->samples[j] = value * (double)m->nr_ops;
		changed++;
	}
	if (results_doc_write(doc, file, &err))
		changed = -1;
	results_params_free(&p);
	results_doc_free(doc);
	return changed;
}

/* The checks of that name and format come out as `seen` says; returns how many. */
static int change_checks(const char *run, const char *part, const char *id, const char *format,
			 const char *seen)
{
	const char *file = look_path(run, part);
	struct results_error err;
	struct results_doc *doc;
	int changed = 0;

	if (results_doc_read(file, &doc, &err))
		return -1;
	for (size_t i = 0; i < doc->nr_checks; i++) {
		struct results_check *c = &doc->checks[i];
		const char *f = results_params_str(&c->params, "format");

		if (strcmp(c->id, id) || !f || strcmp(f, format))
			continue;
		free(c->seen);
		c->seen = keep(seen);
		changed++;
	}
	if (results_doc_write(doc, file, &err))
		changed = -1;
	results_doc_free(doc);
	return changed;
}

static void test_changed_checks(const char *run)
{
	char *text;

	ok(change_checks(run, "ref.static.json", "gup_fast/identical", "x86_64-4k-48",
			 "different") == 6,
	   "one format's designs are no longer identical");
	ok(change_checks(run, "s390x-stock.icount-1cpu.json", "gup_fast/only", "s390x",
			 "wrong 1 of 16: pages of no known address") == 6,
	   "offset_lockless returns wrong pages");
	text = answers(run);
	ok(strstr(text, "12 of 24 pairs of designs"), "then fewer pairs are identical");
	ok(strstr(text, "offset_lockless is right on 0 of 6 on s390x"),
	   "and offset_lockless is not right");
	free(text);
}

/* The rows beside a spinning peer are skipped, as where other work took the peer's CPU away. */
static int skip_peers(const char *run)
{
	const char *file = look_path(run, "native.json");
	struct results_error err;
	struct results_doc *doc;
	int skipped = 0;

	if (results_doc_read(file, &doc, &err))
		return -1;
	for (size_t i = 0; i < doc->nr_measurements; i++) {
		struct results_measurement *m = &doc->measurements[i];
		const char *peer = results_params_str(&m->params, "peer");

		if (m->skipped || !peer || strcmp(peer, "spin"))
			continue;
		/* A row that was skipped has no count either. */
		if (strcmp(m->metric->name, "time")) {
			results_params_set_str(&m->params, "peer", "idle");
			continue;
		}
		m->skipped = keep("the peer lost its CPU");
		skipped++;
	}
	if (results_doc_write(doc, file, &err))
		skipped = -1;
	results_doc_free(doc);
	return skipped;
}

static void test_skipped_peers(const char *run)
{
	char *text;

	ok(skip_peers(run) == 4, "no operation is timed beside a peer");
	text = answers(run);
	ok(strstr(text,
		  "Not answered here: nothing was timed beside a thread of the same process "
		  "spinning on another CPU (the peer lost its CPU). munmap of 1 table takes 4.70 "
		  "µs [4.66, 4.74] alone; beside") &&
		   !strstr(text, "interrupted;"),
	   "then that is said, and why, and nothing of interrupts");
	free(text);
}

static void test_mutations(const char *run)
{
	char *out = keep(look_path(temp, "mutated")), *text;

	ok(change_rows(run, "x86_64-forced-rcu.icount-2cpu.json", "table_free/munmap",
		       "cpus_interrupted", "format=x86_64-4k-48,peer=spin,tables=32", 2) == 1,
	   "one cell interrupts 2 CPUs");
	text = answers(run);
	ok(strstr(text, "No, it adds some: of 18 counts") &&
		   strstr(text, "and 2 CPUs on x86_64-forced-rcu") &&
		   strstr(text, "RCU has fewer in 0 and more in 1, and 17 are equal"),
	   "then the interrupts are no longer said to be the same");
	free(text);

	ok(change_rows(run, "x86_64-stock.icount-1cpu.json", "gup_fast/walk", "instructions",
		       "cross=none,design=static,format=x86_64-4k-48,leaf=pte,pages=128", 2690) > 0,
	   "a kernel's and a reference's row change alike");
	ok(change_rows(run, "s390x-stock.icount-1cpu.json", "gup_fast/put", "instructions",
		       "format=s390x,leaf=pte,pages=128", 7 + 12 * 16 + 112 * 4) == 1,
	   "a put costs 4 a page");
	text = answers(run);
	ok(strstr(text, "1 factor is unexplained"), "a factor that nobody explained is said to be "
						    "unexplained");
	free(text);
	ok(!render_quietly(run, out) && page_says(out, "ref-kernel.html", "2.75×unexplained"),
	   "and is flagged in the table");
	ok(change_rows(run, "s390x-stock.icount-2cpu.json", "table_free/munmap", "ipis_sent",
		       "format=s390x,peer=none,tables=1", 1) == 1,
	   "s390x sends an interrupt");
	text = answers(run);
	ok(strstr(text, "On s390x one munmap sends up to 1 interrupts") != NULL,
	   "then s390x is not said to broadcast");
	free(text);
	free(out);
}

int main(void)
{
	char run[512], command[64];

	if (!mkdtemp(temp) || synth_run(temp, SYNTH_COMPLETE, temp, run))
		return 1;
	test_mutations(run);
	test_changed_checks(run);
	test_skipped_peers(run);
	snprintf(command, sizeof(command), "rm -rf %s", temp);
	if (!getenv("KEEP") && system(command))
		return 1;
	return tap_done();
}
