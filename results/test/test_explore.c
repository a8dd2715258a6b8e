// SPDX-License-Identifier: GPL-2.0-or-later
/* Explorations as documents: rules of adding, verdicts, and that a file has the same content. */
#include <array_size.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../scripts/tap.h"
#include "../explore.h"

static const struct results_explore_step steps[] = {
	{ 0, "task", "walker", "walk.h:1", "read pmd[1]" },
	{ 1, "irq", "flush", "", "" },
};
static const struct results_explore_failure failure = {
	"deadlock", "nobody \x1b[2J can run", "0.1", 1, steps, 2,
};
static const struct results_explore_model good = {
	.mechanism = "kmap", .variant = "merged", .summary = "q", .mode = "sc", .bound = 3,
	.nr_cpus = 2, .schedules = 10, .steps = 100, .seconds = 0.25, .complete = true,
}, same_code = {
	.mechanism = "kmap", .variant = "sweep_alone", .summary = "q", .mode = "sc", .bound = 3,
	.nr_cpus = 1, .complete = true, .busted_code_said = true, .busted_code = "sweep",
}, busted = {
	.mechanism = "kmap", .variant = "sweep", .summary = "q", .mode = "store-buffer", .bound = 1,
	.nr_cpus = 2, .busted = true, .caught_by = "deadlock", .failure = &failure,
	.verdict = RESULTS_EXPLORE_CAUGHT,
};

static const char *judged(const struct results_explore_model *base, const char *broke,
			  bool interrupted, enum results_explore_method method)
{
	struct results_explore_failure f = failure;
	struct results_explore_model m = *base;

	f.invariant = broke;
	m.failure = broke ? &f : NULL;
	m.method = method;
	return results_explore_verdict_name(results_explore_judge(&m, interrupted));
}

static void test_judge(void)
{
	static const struct {
		const struct results_explore_model *m;
		const char *broke;
		bool interrupted;
		enum results_explore_method method;
		const char *verdict;
		bool fine;
	} rows[] = {
		{ &good, NULL, false, RESULTS_EXPLORE_REDUCED, "clean", true },
		{ &good, NULL, true, RESULTS_EXPLORE_REDUCED, "unfinished", false },
		{ &good, NULL, false, RESULTS_EXPLORE_REPLAY, "held", true },
		{ &good, "deadlock", false, RESULTS_EXPLORE_FULL, "broken", false },
		{ &good, "deadlock", true, RESULTS_EXPLORE_REPLAY, "broken", false },
		{ &busted, NULL, false, RESULTS_EXPLORE_FULL, "survived", false },
		{ &busted, NULL, true, RESULTS_EXPLORE_FULL, "unfinished", false },
		{ &busted, "deadlock", false, RESULTS_EXPLORE_REDUCED, "caught", true },
		{ &busted, "deadlock", false, RESULTS_EXPLORE_REPLAY, "caught", true },
		{ &busted, "livelock", false, RESULTS_EXPLORE_REDUCED, "other-invariant", false },
		{ &busted, NULL, false, RESULTS_EXPLORE_REPLAY, "held", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *v =
			judged(rows[i].m, rows[i].broke, rows[i].interrupted, rows[i].method);
		struct results_explore_failure f = failure;
		struct results_explore_model m = *rows[i].m;

		f.invariant = rows[i].broke;
		m.failure = f.invariant ? &f : NULL;
		m.method = rows[i].method;
		ok(!strcmp(v, rows[i].verdict) && results_explore_is_fine(results_explore_judge(
							  &m, rows[i].interrupted)) == rows[i].fine,
		   "%s, %s, %s: %s", m.variant, f.invariant ? f.invariant : "nothing broke",
		   results_explore_method_name(m.method), v);
	}
}

/* Each change makes a good row one that must not be added, at the place named. */
static void refused(struct results_explore *doc, struct results_explore_model m, const char *path,
		    const char *what)
{
	struct results_error err = { 0 };
	int ret = results_explore_add(doc, &m, &err);

	ok(ret == -EINVAL && !strcmp(err.path, path), "refused: %s (%s: %s)", what, err.path,
	   err.reason);
}

/* `change` is a statement about m, m's failure f and f's steps s. */
#define REFUSED(doc, path, base, change)                                                           \
	do {                                                                                       \
		struct results_explore_step s[2] = { steps[0], steps[1] };                         \
		struct results_explore_failure f = failure;                                        \
		struct results_explore_model m = base;                                             \
                                                                                                   \
		f.steps = s;                                                                       \
		if (m.failure)                                                                     \
			m.failure = &f;                                                            \
		change;                                                                            \
		refused(doc, m, path, #change);                                                    \
	} while (0)

static void test_refused(struct results_explore *doc)
{
	REFUSED(doc, ".mechanism", good, m.mechanism = NULL);
	REFUSED(doc, ".variant", good, m.variant = "a/b");
	REFUSED(doc, ".summary", good, m.summary = "\xff");
	REFUSED(doc, ".mode", good, m.mode = NULL);
	REFUSED(doc, ".seconds", good, m.seconds = 0.0 / 0.0);
	REFUSED(doc, ".schedules", good, m.schedules = -1);
	REFUSED(doc, ".nr_cpus", good, m.nr_cpus = 65);
	REFUSED(doc, ".caught_by", busted, m.caught_by = NULL);
	REFUSED(doc, ".busted_code", good, m.busted_code = "sweep"); /* without busted_code_said */
	REFUSED(doc, ".busted_code", busted, (m.busted_code_said = true, m.busted_code = "sweep"));
	REFUSED(doc, ".busted_code", good, (m.busted_code_said = true, m.busted_code = "a/b"));
	REFUSED(doc, ".complete", good, m.complete = false);
	REFUSED(doc, ".verdict", busted, m.caught_by = "livelock");
	REFUSED(doc, ".failure", busted, m.failure = NULL);
	REFUSED(doc, ".failure.schedule", busted, f.schedule = "a b");
	REFUSED(doc, ".failure.why", busted, f.why = NULL);
	REFUSED(doc, ".failure.steps[1].cpu", busted, s[1].cpu = 2);
	REFUSED(doc, ".failure.steps[0].context", busted, s[0].context = NULL);
	REFUSED(doc, ".failure.steps[0].text", busted, s[0].text = NULL);
	ok(!doc->nr_models, "what is refused is not there");
}

static void test_round_trip(struct results_explore *doc, const char *file)
{
	struct results_explore *again = NULL;
	struct results_error err = { 0 };
	const struct results_explore_failure *f;

	ok(!results_explore_add(doc, &good, &err) && !results_explore_add(doc, &busted, &err),
	   "a good and a busted model are added");
	ok(results_explore_add(doc, &good, &err) == -EEXIST, "none of them twice");
	doc->complete = true;
	ok(!results_explore_write(doc, file, &err) && !results_explore_read(file, &again, &err),
	   "written and read: %s", err.reason);
	if (!again)
		return;
	f = again->models[1].failure;
	ok(again->complete && again->nr_models == 2 && !again->models[0].failure &&
		   again->models[0].schedules == 10 && again->models[0].seconds == 0.25 &&
		   !again->models[0].caught_by && again->models[1].bound == 1 &&
		   !strcmp(again->models[1].mode, "store-buffer") && f->nr_steps == 2 &&
		   f->steps[1].cpu == 1 && !strcmp(f->steps[1].context, "irq") &&
		   !strcmp(f->why, failure.why) && !strcmp(f->schedule, "0.1") &&
		   !strcmp(again->claim, results_explore_claim),
	   "it says the same");
	ok(!again->models[0].busted_code_said && !again->models[1].busted_code_said,
	   "and of whose code it is nothing, where nothing was said");
	results_explore_free(again);
	ok(!results_explore_add(doc, &same_code, &err) && !results_explore_write(doc, file, &err) &&
		   !results_explore_read(file, &again, &err) && again->models[2].busted_code_said &&
		   !strcmp(again->models[2].busted_code, "sweep"),
	   "whose code a model runs is written and read: %s", err.reason);
	results_explore_free(again);
}

static void test_long_schedule(struct results_explore *doc, const char *file)
{
	struct results_explore_step *many = calloc(RESULTS_EXPLORE_MAX_STEPS, sizeof(*many));
	struct results_explore_failure f = failure;
	struct results_explore_model m = busted;
	struct results_explore *again = NULL;
	struct results_error err = { 0 };

	for (size_t i = 0; i < RESULTS_EXPLORE_MAX_STEPS; i++)
		many[i] = steps[i % 2];
	m.variant = "livelock";
	m.failure = &f;
	f.steps = many;
	f.nr_steps = 100000;
	ok(!results_explore_add(doc, &m, &err) && !results_explore_write(doc, file, &err) &&
		   !results_explore_read(file, &again, &err) &&
		   again->models[again->nr_models - 1].failure->nr_steps == 100000,
	   "of 100,000 steps the first 10,000 are kept: %s", err.reason);
	results_explore_free(again);
	free(many);
}

static void test_write_errors(struct results_explore *doc)
{
	struct results_error err = { 0 };

	ok(results_explore_write(doc, "/nowhere/x.json", &err) < 0 && strstr(err.reason, "folder"),
	   "a folder that is not there: %s", err.reason);
	doc->models[0].seconds = -1;
	ok(results_explore_write(doc, "/nowhere/x.json", &err) == -EINVAL &&
		   !strcmp(err.path, "$.models[0].seconds"),
	   "what was changed by hand is checked again: %s: %s", err.path, err.reason);
	doc->models[0].seconds = 0;
}

static void test_failed_text(void)
{
	struct results_explore_failure f = failure;
	struct results_explore_model m = good, survivor = busted, other = busted;
	struct results_explore *doc;
	char text[512] = "untouched";

	if (results_explore_new("abc", "ptbench explore", &doc) ||
	    results_explore_add(doc, &good, NULL) || results_explore_add(doc, &busted, NULL))
		exit(1);
	ok(!results_explore_failed_text(doc, text, sizeof(text)) && !strcmp(text, "untouched"),
	   "of models that came out as claimed there is no text");
	m.variant = "bad";
	m.failure = &f;
	m.verdict = RESULTS_EXPLORE_BROKEN;
	survivor.variant = "survivor";
	survivor.failure = NULL;
	survivor.complete = true;
	survivor.verdict = RESULTS_EXPLORE_SURVIVED;
	f.invariant = "livelock";
	other.variant = "other";
	other.failure = &f;
	other.verdict = RESULTS_EXPLORE_OTHER;
	if (results_explore_add(doc, &m, NULL) || results_explore_add(doc, &survivor, NULL) ||
	    results_explore_add(doc, &other, NULL))
		exit(1);
	ok(results_explore_failed_text(doc, text, sizeof(text)) == 3 &&
		   !strcmp(text,
			   "3 of 5 models came out otherwise than claimed: kmap/bad broken (livelock); "
			   "kmap/survivor survived (has to break: deadlock); "
			   "kmap/other other-invariant (livelock) (has to break: deadlock)"),
	   "%s", text);
	results_explore_free(doc);
}

int main(void)
{
	char file[] = "/tmp/ptbench-test-explore-XXXXXX";
	struct results_explore *doc;
	int fd = mkstemp(file);

	if (fd < 0 || results_explore_new("abc", "ptbench explore", &doc))
		return 1;
	close(fd);
	test_judge();
	test_refused(doc);
	test_round_trip(doc, file);
	test_long_schedule(doc, file);
	test_write_errors(doc);
	test_failed_text();
	results_explore_free(doc);
	results_explore_free(NULL);
	unlink(file);
	return tap_done();
}
