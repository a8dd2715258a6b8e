// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes ptbench-explore documents: read, written, read again; validate and show agree.
 *
 * Covers: results/explore_read.c results/explore_write.c results/explore_show.c results/explore.c
 * Covers: results/json.c
 */
#include <stdlib.h>
#include <string.h>

#include <results/explore.h>

#include "../internal.h"
#include "fuzz.h"

static int command(int (*cmd)(int argc, char **argv), char *path)
{
	char name[] = "fuzz", *argv[] = { name, path, NULL };

	return cmd(2, argv);
}

static struct results_explore *must_read(const char *path)
{
	struct results_error err = { .reason = "" };
	struct results_explore *doc;

	if (results_explore_read(path, &doc, &err))
		fuzz_fail("what was written is refused: %s: %s", err.path, err.reason);
	return doc;
}

static void must_write(const struct results_explore *doc, const char *path)
{
	struct results_error err = { .reason = "" };

	if (results_explore_write(doc, path, &err))
		fuzz_fail("what was read cannot be written: %s: %s", err.path, err.reason);
}

static void check(const char *text, size_t size, struct results_explore *doc)
{
	char *path = fuzz_path("in.json"), *first_path = fuzz_path("first.json");
	char *second_path = fuzz_path("second.json");
	struct results_explore *again;

	must_write(doc, first_path);
	again = must_read(first_path);
	must_write(again, second_path);
	fuzz_same_files(text, size, "first.json", "second.json");
	if (command(results_cmd_validate, path) || command(results_cmd_show, first_path))
		fuzz_fail("the reader takes it, and validate or show does not");
	results_explore_free(again);
	free(second_path);
	free(first_path);
	free(path);
}

/* Each model's verdict has to follow from its other fields. */
static void judge(const struct results_explore *doc)
{
	for (size_t i = 0; i < doc->nr_models; i++) {
		const struct results_explore_model *m = &doc->models[i];

		if (m->verdict == RESULTS_EXPLORE_UNFINISHED || m->method == RESULTS_EXPLORE_REPLAY)
			continue;
		if (results_explore_judge(m, false) != m->verdict)
			fuzz_fail("model %zu is %s by its facts, and read as %s", i,
				  results_explore_verdict_name(results_explore_judge(m, false)),
				  results_explore_verdict_name(m->verdict));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *path = fuzz_path("in.json");
	struct results_error err = { .reason = "" };
	struct results_explore *doc;

	fuzz_put("in.json", data, size);
	if (!results_explore_read(path, &doc, &err)) {
		fuzz_accepted++;
		check((const char *)data, size, doc);
		judge(doc);
		results_explore_free(doc);
	} else if (doc || !err.reason[0] || strcmp(err.file, path)) {
		fuzz_fail("refused, and it is not said why: %s: %s", err.file, err.reason);
	}
	free(path);
	return 0;
}
