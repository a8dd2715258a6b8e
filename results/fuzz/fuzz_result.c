// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes ptbench-result documents: the writer loses nothing that the reader read, and writes the
 * same bytes again; validate, show and compare agree with the reader.
 *
 * Covers: results/read.c results/write.c results/json.c results/rules.c results/doc.c
 * Covers: results/axes.c results/axes_json.c results/params.c results/compare.c
 * Covers: results/compare_rows.c results/compare_sampled.c results/compare_checks.c
 * Covers: results/compare_entries.c results/compare_print.c results/compare_provenance.c
 * Covers: results/compare_parts.c results/settle.c results/twosample.c results/conclude.c
 * Covers: results/cmd_show.c results/cmd_validate.c
 */
#include <stdlib.h>
#include <string.h>

#include "../internal.h"
#include "fuzz.h"

/* Runs "name path", or "name option path path" if option is not NULL. Returns the exit status. */
static int command(int (*cmd)(int argc, char **argv), const char *name, const char *option,
		   char *path)
{
	char *argv[5], copy[2][32];
	int argc = 0;

	snprintf(copy[0], sizeof(copy[0]), "%s", name);
	argv[argc++] = copy[0];
	if (option) {
		snprintf(copy[1], sizeof(copy[1]), "%s", option);
		argv[argc++] = copy[1];
		argv[argc++] = path;
	}
	argv[argc++] = path;
	argv[argc] = NULL;
	return cmd(argc, argv);
}

static struct results_doc *must_read(const char *path, const char *what)
{
	struct results_error err = { .reason = "" };
	struct results_doc *doc;

	if (results_doc_read(path, &doc, &err))
		fuzz_fail("%s is refused: %s: %s", what, err.path, err.reason);
	return doc;
}

static void must_write(const struct results_doc *doc, const char *path)
{
	struct results_error err = { .reason = "" };

	if (results_doc_write(doc, path, &err))
		fuzz_fail("what was read cannot be written: %s: %s", err.path, err.reason);
}

/* Is the row unchanged by identity: of a kernel whose image is said? */
static bool is_identical(const struct results_doc *doc, const struct results_measurement *m)
{
	return m->subject == RESULTS_KERNEL && results_pairs_get(&doc->subject, "image_sha256");
}

/*
 * The exit status of comparing doc with itself: 0 if something is judged (a row, or a check of a
 * document without rows); 3 if nothing is, or a check fails; -1: either, by what a sampled row's
 * interval is.
 */
static int status_of(const struct results_doc *doc)
{
	bool judged = !doc->nr_measurements && doc->nr_checks;

	for (size_t i = 0; i < doc->nr_checks; i++)
		if (!doc->checks[i].ok)
			return 3;
	for (size_t i = 0; i < doc->nr_measurements; i++) {
		const struct results_measurement *m = &doc->measurements[i];

		if (!m->skipped && m->kind == RESULTS_SAMPLED && !is_identical(doc, m))
			return -1;
		judged = judged || !m->skipped;
	}
	return judged ? 0 : 3;
}

static void compare(const struct results_doc *doc, char *path)
{
	int status = command(results_cmd_compare, "compare", "--base", path), must = status_of(doc);

	if (must < 0 ? status && status != 3 : status != must)
		fuzz_fail("compared with itself: exit status %d, must be %d", status, must);
}

static void check(const char *text, size_t size, struct results_doc *doc)
{
	char *path = fuzz_path("in.json"), *first_path = fuzz_path("first.json");
	char *second_path = fuzz_path("second.json");
	struct results_doc *again;

	must_write(doc, first_path);
	again = must_read(first_path, "what was written");
	must_write(again, second_path);
	fuzz_same_files(text, size, "first.json", "second.json");
	/* For one input in four: the subcommands are slow, and mostly run the same code again. */
	if (size % 4 == 0 && (command(results_cmd_validate, "validate", NULL, path) ||
			      command(results_cmd_show, "show", NULL, first_path)))
		fuzz_fail("the reader takes it, and validate or show does not");
	compare(doc, path);
	results_doc_free(again);
	free(second_path);
	free(first_path);
	free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *path = fuzz_path("in.json");
	struct results_error err = { .reason = "" };
	struct results_doc *doc;

	fuzz_put("in.json", data, size);
	if (!results_doc_read(path, &doc, &err)) {
		fuzz_accepted++;
		check((const char *)data, size, doc);
		results_doc_free(doc);
	} else if (doc || !err.reason[0] || strcmp(err.file, path)) {
		fuzz_fail("refused, and it is not said why: %s: %s", err.file, err.reason);
	}
	free(path);
	return 0;
}
