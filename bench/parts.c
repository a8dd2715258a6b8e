// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs the programs that make parts of a run, and finds out why a part failed: from its document,
 * or from how its program ended.
 *
 * PTBENCH_EXPLORE names a program to run in place of ptbench, for tests of an explorer that errs.
 */

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ref/explore.h>
#include <results/explore.h>

#include "parts.h"
#include "parts_bench.h"

int parts_worse(int a, int b)
{
	if (a == EXIT_INTERRUPTED || b == EXIT_INTERRUPTED)
		return EXIT_INTERRUPTED;
	return a > b ? a : b;
}

static int record(struct results_run *run, const char *name, const char *file, const char *reason)
{
	enum results_state state = reason ? RESULTS_FAILED : RESULTS_PASSED;
	struct results_error err;

	if (reason) {
		fprintf(stderr, "%s: FAILED: ", name);
		results_text_print(stderr, reason);
		fputc('\n', stderr);
	}
	if (!results_run_part(run, name, file, state, reason, &err))
		return 0;
	results_error_print(stderr, &err);
	return -EIO;
}

int parts_failed(struct results_run *run, const char *name, const char *reason)
{
	record(run, name, NULL, reason);
	return EXIT_PART_FAILED;
}

bool parts_was_interrupted(const struct program_end *end)
{
	return program_interrupted() || end->status == EXIT_INTERRUPTED;
}

static bool ended_well(const struct program_end *end)
{
	return !end->error && !end->signal && !end->status;
}

/* ---- build/bench ---- */

/* Fills why if no row of the document has a sample. */
static void nothing_measured(const struct results_doc *doc, char *why, size_t size)
{
	const struct results_measurement *first = doc->measurements;

	for (size_t i = 0; i < doc->nr_measurements; i++)
		if (!doc->measurements[i].skipped)
			return;
	if (!doc->nr_measurements)
		snprintf(why, size, "nothing was measured: there are no rows");
	else
		snprintf(why, size,
			 "nothing was measured: all of %zu rows were skipped, first "
			 "%.200s: %.200s",
			 doc->nr_measurements, first->case_id, first->skipped);
}

/* Fills why if a part with a document failed; else "". */
static void why_of_doc(const struct results_doc *doc, const struct program_end *end, char *why,
		       size_t size)
{
	why[0] = '\0';
	if (results_checks_failed_text(doc, why, size))
		return;
	if (ended_well(end)) {
		nothing_measured(doc, why, size);
		return;
	}
	program_end_text(end, "build/bench", why, size);
	snprintf(why + strlen(why), size - strlen(why),
		 "; no check of its document came out wrong");
}

/* Fills why for a part without a document: the reader's error, or how the program ended. */
static void why_of_none(const struct results_error *err, const struct program_end *end,
			const char *option, char *why, size_t size)
{
	size_t len;

	if (ended_well(end)) {
		snprintf(why, size,
			 "build/bench ended well, but its document cannot be used: "
			 "%s%s%s",
			 err->path, err->path[0] ? ": " : "", err->reason);
		return;
	}
	program_end_text(end, "build/bench", why, size);
	len = strlen(why);
	snprintf(
		why + len, size - len,
		end->error
			? "; run make first"
			: "; it left no document that can be used; to see more: build/bench %s=FILE",
		option);
}

static int read_document(const char *file, const char *part, struct results_doc **doc,
			 struct results_error *err)
{
	int ret = results_doc_read(file, doc, err);

	if (ret || !strcmp((*doc)->part, part))
		return ret;
	snprintf(err->reason, sizeof(err->reason), "it is of the part %.200s", (*doc)->part);
	err->path[0] = '\0';
	results_doc_free(*doc);
	*doc = NULL;
	return -EINVAL;
}

struct program_end parts_run_bench(const char *program, const char *part, const char *option,
				   const char *file, char **argv, struct results_doc **doc,
				   char *why, size_t size)
{
	char first[PATH_MAX + 32], out[3 * PATH_MAX];
	struct results_error err = { 0 };
	struct program_end end;

	snprintf(first, sizeof(first), "%s", program);
	snprintf(out, sizeof(out), "%s=%s", option, file);
	argv[0] = first;
	argv[1] = out;
	end = program_run(argv, PROGRAM_OUT, SIGKILL);
	if (!read_document(file, part, doc, &err))
		why_of_doc(*doc, &end, why, size);
	else
		why_of_none(&err, &end, option, why, size);
	return end;
}

int parts_record_bench(struct results_run *run, const char *name, const char *file,
		       bool interrupted, char *why, size_t size)
{
	if (interrupted)
		snprintf(why, size,
			 file ? "interrupted; what was complete is kept"
			      : "interrupted before anything was complete");
	if (record(run, name, file, why[0] ? why : NULL))
		snprintf(why, size, "not recorded");
	return interrupted ? EXIT_INTERRUPTED : why[0] ? EXIT_PART_FAILED : EXIT_FINE;
}

int parts_bench(struct results_run *run, const char *build, const char *name, const char *option)
{
	char file[NAME_MAX], path[2 * PATH_MAX], program[PATH_MAX + 8], why[PARTS_REASON] = "";
	char *argv[] = { NULL, NULL, NULL };
	struct results_doc *doc = NULL;
	struct program_end end;
	int status;

	snprintf(file, sizeof(file), "%s.json", name);
	snprintf(path, sizeof(path), "%s/%s", run->dir, file);
	snprintf(program, sizeof(program), "%s/bench", build);
	end = parts_run_bench(program, name, option, path, argv, &doc, why, sizeof(why));
	status = parts_record_bench(run, name, doc ? file : NULL, parts_was_interrupted(&end), why,
				    sizeof(why));
	results_doc_free(doc);
	return status;
}

/* ---- ptbench explore ---- */

static void why_of_models(const struct results_explore *doc, const struct program_end *end,
			  char *why, size_t size)
{
	size_t len;

	why[0] = '\0';
	if (results_explore_failed_text(doc, why, size))
		return;
	if (ended_well(end) && doc->complete) {
		if (doc->nr_models != explore_nr_models())
			snprintf(why, size, "explore.json has %zu models, ptbench has %zu",
				 doc->nr_models, explore_nr_models());
		return;
	}
	if (ended_well(end))
		snprintf(why, size, "ptbench explore ended well");
	else
		program_end_text(end, "ptbench explore", why, size);
	len = strlen(why);
	snprintf(why + len, size - len, "; explore.json has %zu models%s", doc->nr_models,
		 doc->complete ? "" : " and is not complete");
}

/* Prints how many models came out as claimed, of all that ptbench has: some may be missing. */
static void say_explored(const struct results_explore *doc, const char *file)
{
	size_t fine = 0;

	for (size_t i = 0; i < doc->nr_models; i++)
		fine += results_explore_is_fine(doc->models[i].verdict);
	fprintf(stderr, "%zu of %zu models came out as claimed (ptbench show %s)\n", fine,
		explore_nr_models(), results_shown(file));
}

/* Records in explore.json which program stood in for the explorer. */
static void sign(struct results_explore *doc, const char *stand_in, const char *file, char *why,
		 size_t size)
{
	struct results_error err = { .reason = "no memory" };

	if ((results_explore_set_stand_in(doc, results_shown(stand_in)) ||
	     results_explore_write(doc, file, &err)) &&
	    !why[0])
		snprintf(why, size, "explore.json cannot say what stood in for the explorer: %s",
			 err.reason);
}

int parts_explore(struct results_run *run, const char *build)
{
	const char *stand_in = getenv("PTBENCH_EXPLORE");
	char program[PATH_MAX + 8], file[2 * PATH_MAX], why[PARTS_REASON] = "";
	char *argv[] = { program, "explore", "--quiet", "--json", file, NULL };
	struct results_explore *doc = NULL;
	struct results_error err = { 0 };
	struct program_end end;

	snprintf(program, sizeof(program), "%s", stand_in && *stand_in ? stand_in : "");
	if (!program[0])
		snprintf(program, sizeof(program), "%s/ptbench", build);
	else
		fprintf(stderr, "PTBENCH_EXPLORE is set: %s stands in for the explorer\n",
			results_shown(stand_in));
	snprintf(file, sizeof(file), "%s/explore.json", run->dir);
	end = program_run(argv, PROGRAM_OUT_DROPPED, SIGKILL);
	if (!results_explore_read(file, &doc, &err)) {
		say_explored(doc, file);
		why_of_models(doc, &end, why, sizeof(why));
		if (stand_in && *stand_in)
			sign(doc, stand_in, file, why, sizeof(why));
	} else {
		program_end_text(&end, "ptbench explore", why, sizeof(why));
		snprintf(why + strlen(why), sizeof(why) - strlen(why),
			 "; explore.json cannot be used: %s%s%s", err.path, err.path[0] ? ": " : "",
			 err.reason);
	}
	if (parts_was_interrupted(&end))
		snprintf(why, sizeof(why),
			 doc ? "interrupted; what was explored is in explore.json"
			     : "interrupted before anything was explored");
	results_explore_free(doc);
	if (why[0])
		parts_failed(run, "explore", why);
	return parts_was_interrupted(&end) ? EXIT_INTERRUPTED
	       : why[0]			   ? EXIT_PART_FAILED
					   : EXIT_FINE;
}
