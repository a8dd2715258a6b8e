// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes run.json: read, written, read again; a run compared with itself, with a small document
 * for every part that has a file.
 *
 * Covers: results/run_read.c results/run.c results/source.c results/compare_parts.c
 * Covers: results/conclude.c results/json.c
 */
#include <stdlib.h>
#include <string.h>

#include "../internal.h"
#include "fuzz.h"

#define MAX_DOCS 8 /* so that one input stays quick */

static struct results_run *must_read(const char *dir)
{
	struct results_error err = { .reason = "" };
	struct results_run *run;

	if (results_run_read(dir, &run, &err))
		fuzz_fail("what was written is refused: %s: %s", err.path, err.reason);
	return run;
}

/* There is no function that only writes a run: this records a part again, unchanged. */
static void must_write(struct results_run *run)
{
	struct results_part p = run->parts[0];
	struct results_error err = { .reason = "" };

	p.name = strdup(p.name);
	p.file = p.file ? strdup(p.file) : NULL;
	p.reason = p.reason ? strdup(p.reason) : NULL;
	if (results_run_part(run, p.name, p.file, p.state, p.reason, &err))
		fuzz_fail("what was read cannot be written: %s: %s", err.path, err.reason);
	free(p.name);
	free(p.file);
	free(p.reason);
}

static void put_doc(const struct results_part *p)
{
	struct results_error err = { .reason = "" };
	struct results_doc *doc;
	double samples[31];
	struct results_measurement m = {
		.case_id = "gup_fast/walk",
		.subject = RESULTS_KERNEL,
		.kind = RESULTS_EXACT,
		.metric = results_metric_find("instructions"),
		.nr_ops = 1,
		.samples = samples,
		.nr_samples = 31,
	};
	char *path = fuzz_path(p->file);

	for (size_t i = 0; i < m.nr_samples; i++)
		samples[i] = 402;
	if (results_doc_new(p->name, "icount", &doc))
		fuzz_fail("no memory");
	doc->command = strdup("make bench");
	if (results_doc_add(doc, &m, &err) || results_doc_write(doc, path, &err))
		fuzz_fail("part \"%s\" of the run cannot be a document: %s: %s", p->name, err.path,
			  err.reason);
	results_doc_free(doc);
	free(path);
}

/*
 * Writes a document for each part with a file. false: a file's name is run.json or another part's,
 * or there are too many. nr: the number of parts in each state; [3]: of skipped ones with a file.
 */
static bool put_docs(const struct results_run *run, size_t nr[4])
{
	memset(nr, 0, 4 * sizeof(*nr));
	for (size_t i = 0; i < run->nr_parts; i++) {
		const struct results_part *p = &run->parts[i];

		nr[p->state == RESULTS_SKIPPED && p->file ? 3 : p->state]++;
		if (!p->file)
			continue;
		if (i >= MAX_DOCS || !strcmp(p->file, RESULTS_RUN_FILE))
			return false;
		for (size_t k = 0; k < i; k++)
			if (run->parts[k].file && !strcmp(run->parts[k].file, p->file))
				return false;
		put_doc(p);
	}
	return true;
}

static int command(int (*cmd)(int argc, char **argv), char *path, bool compare)
{
	char name[] = "fuzz", option[] = "--base", *alone[] = { name, path, NULL };
	char *both[] = { name, option, path, path, NULL };

	return compare ? cmd(4, both) : cmd(2, alone);
}

/* Compares a run with itself: status 0 if parts passed and none failed, else 3. */
static void compare(struct results_run *run)
{
	size_t nr[4];
	int status, must;

	if (!put_docs(run, nr))
		return;
	if (command(results_cmd_show, run->dir, false))
		fuzz_fail("the reader takes the run, and show does not");
	status = command(results_cmd_compare, run->dir, true);
	must = run->complete && nr[RESULTS_PASSED] && !nr[RESULTS_FAILED] ? 0 : 3;
	if (status != must && !(nr[3] && (status == 0 || status == 3)))
		fuzz_fail("compared with itself: exit status %d, must be %d", status, must);
}

static void check(const char *text, size_t size, struct results_run *run)
{
	char *first, *second;
	size_t nr_first, nr_second;
	struct results_run *again;

	if (run->nr_parts) {
		must_write(run);
		first = fuzz_get("run.json", &nr_first);
		again = must_read(run->dir);
		must_write(again);
		second = fuzz_get("run.json", &nr_second);
		if (nr_first != nr_second || memcmp(first, second, nr_first))
			fuzz_fail("written again it is other bytes:\n%s\n%s", first, second);
		fuzz_same_json("the run", text, size, first, nr_first);
		results_run_free(again);
		free(first);
		free(second);
	}
	compare(run);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *path = fuzz_path("run.json");
	struct results_error err = { .reason = "" };
	struct results_run *run;

	fuzz_put("run.json", data, size);
	if (!results_run_read(path, &run, &err)) {
		fuzz_accepted++;
		check((const char *)data, size, run);
		results_run_free(run);
	} else if (run || !err.reason[0] || strcmp(err.file, path)) {
		fuzz_fail("refused, and it is not said why: %s: %s", err.file, err.reason);
	}
	free(path);
	fuzz_clean();
	return 0;
}
