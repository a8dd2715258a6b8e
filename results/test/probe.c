// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The script tests' program around the library.
 *
 *   probe make DIR          documents and runs as the writer writes them
 *   probe read [--lax]      for each file named on standard input: "accept" or
 *                           "reject TAB path TAB reason"; an accepted document is written again to
 *                           FILE.again. --lax: a busted reader, which accepts any JSON that has a
 *                           format; the tests' oracle must catch it.
 *   probe stat FILE         for each measurement: case, value low high min max agreement n
 *   probe metrics           the list of metrics: name, unit, better, samples that make it exact
 */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <results/explore.h>

#include "../internal.h"

static void die(const struct results_error *err)
{
	results_error_print(stderr, err);
	exit(1);
}

static void add(struct results_doc *doc, const char *metric, enum results_kind kind, int n)
{
	struct results_measurement m = {
		.case_id = n % 2 ? "gup_fast/walk" : "table_free/munmap",
		.subject = n % 3,
		.metric = results_metric_find(metric),
		.kind = kind,
		.nr_ops = 1 + 7 * n,
		.discarded = n % 4,
		.nr_samples = 1 + n % 31,
	};
	struct results_share shares[] = {
		{ "[user]", 1 },
		{ "gup_fast", 1000 * n + 1 },
		{ "empty\"op", -2 },
	};
	struct results_error err;
	double samples[64];

	if (kind == RESULTS_EXACT)
		m.nr_samples = m.metric->exact_samples + n;
	results_params_set_int(&m.params, "n", n);
	if (n % 2)
		results_params_set_str(&m.params, "format", n % 5 ? "s390x-4l" : "x86_64-4k-48");
	for (size_t i = 0; i < m.nr_samples; i++)
		samples[i] = kind == RESULTS_EXACT	     ? 1000 * n + (i == 10)
			     : kind == RESULTS_DETERMINISTIC ? 1000 * n + i % 5
							     : n / 7.0 + i * 0.1;
	m.samples = samples;
	if (n % 5 && n > 1 && !strcmp(metric, "instructions")) {
		m.breakdown = shares;
		m.nr_breakdown = 3;
	}
	if (results_doc_add(doc, &m, &err))
		die(&err);
	results_params_free(&m.params);
}

static void add_axes(struct results_doc *doc)
{
	static char *families[] = { "table_free", "gup_fast" };
	static struct results_level levels[] = {
		{ "pgd", RESULTS_FOLD_BOOT },
		{ "p4d", RESULTS_FOLD_COMPILED },
		{ "pmd", RESULTS_FOLD_NO },
		{ "pte", RESULTS_FOLD_MM },
	};
	static struct results_value formats[] = {
		{ "s390x-4l", "s390x, 4 levels", "two \"folded\" <levels> ✓", false, NULL, levels,
		  4 },
		{ "x86_64-4k-48", "x86-64", "as\nit is", true, "s390x-4l", NULL, 0 },
	};
	static const struct results_axis axes[] = {
		{ "n", NULL, 0, "how many", NULL, 0 },
		{ "format", families, 2, "which page tables", formats, 2 },
	};
	struct results_error err;

	for (size_t i = 0; i < 2; i++)
		if (results_doc_add_axis(doc, &axes[i], &err))
			die(&err);
}

static void make_doc(const char *dir, const char *name, int rows)
{
	struct results_params params = { 0 };
	struct results_error err;
	struct results_doc *doc;
	char path[256];

	if (results_doc_new(name, "icount", &doc))
		exit(1);
	doc->command = strdup("ptbench kernels run \"x86_64-stock\" ✓");
	strcpy(doc->created, "2026-01-31T23:59:59Z");
	results_pairs_set(&doc->environment, "qemu", "7.2 (Debian)");
	results_pairs_set(&doc->environment, "cpus", "1");
	results_pairs_set(&doc->environment, "load", "0.10");
	results_pairs_set(&doc->subject, "image_sha256", "0123abcd");
	results_pairs_set(&doc->subject, "patches", "");
	for (int i = 0; i < rows; i++) {
		add(doc, i % 2 ? "instructions" : "ipis_sent",
		    i % 3 ? RESULTS_EXACT : RESULTS_DETERMINISTIC, i);
		add(doc, "time", RESULTS_SAMPLED, i);
		results_params_set_int(&params, "n", i);
		if (results_doc_add_skipped(doc, "thp/split", &params, RESULTS_KERNEL,
					    "no huge pages\n", &err) ||
		    results_doc_add_check(doc, "gup_fast/only", &params, "0 wrong",
					  i ? "0 wrong" : "", i > 0, &err))
			die(&err);
	}
	if (rows)
		add_axes(doc);
	doc->extra = rows ? strdup("{\"notes\": [1, 2.5, null, true, {\"deep\": \"\\u00e9\"}]}")
			  : NULL;
	snprintf(path, sizeof(path), "%s/%s.json", dir, name);
	if (results_doc_write(doc, path, &err))
		die(&err);
	results_params_free(&params);
	results_doc_free(doc);
}

/* One model of each verdict. */
static void add_models(struct results_explore *doc, bool unfinished)
{
	static const struct results_explore_step steps[] = {
		{ 0, "task", "walker", "walk.h:123 ✓", "read pmd[1] = 0x2067" },
		{ 1, "softirq", "callback", "", "" },
		{ 1, "irq", "flush", "ref/gather/gather.c:7", "stores\n\x1b[2J" },
		{ 0, "nmi", "nmi", "x", "y" },
		{ 0, "fault", "fault", "x", "reads <b>&\"'" },
	};
	static const struct results_explore_failure failure = {
		"read of a freed table", "pmd[1] of \"mm\"", "0.1.2!3", 2, steps, 5,
	};
	struct results_explore_model m = {
		.summary = "Is a table read after it was freed?",
		.mode = "sc",
		.bound = 3,
		.nr_cpus = 2,
		.schedules = 123456789,
		.steps = RESULTS_MAX_INT,
		.states = 77,
		.seconds = 0.1,
	};
	struct results_error err;

	for (int v = 0; v < RESULTS_EXPLORE_NR_VERDICTS - !unfinished; v++) {
		m.mechanism = v % 2 ? "gather" : "gup";
		m.variant = results_explore_verdict_name(v);
		m.verdict = v;
		m.busted = v == RESULTS_EXPLORE_CAUGHT || v == RESULTS_EXPLORE_SURVIVED ||
			   v == RESULTS_EXPLORE_OTHER;
		m.caught_by = !m.busted			   ? NULL
			      : v == RESULTS_EXPLORE_OTHER ? "deadlock"
							   : "read of a freed table";
		m.failure = v == RESULTS_EXPLORE_CAUGHT || v == RESULTS_EXPLORE_BROKEN ||
					    v == RESULTS_EXPLORE_OTHER
				    ? &failure
				    : NULL;
		m.complete = v == RESULTS_EXPLORE_CLEAN || v == RESULTS_EXPLORE_SURVIVED;
		m.method = v == RESULTS_EXPLORE_HELD ? RESULTS_EXPLORE_REPLAY
			   : v % 2		     ? RESULTS_EXPLORE_REDUCED
						     : RESULTS_EXPLORE_FULL;
		if (results_explore_add(doc, &m, &err))
			die(&err);
	}
}

static void make_explore(const char *dir, const char *name, bool models, bool complete)
{
	struct results_explore *doc;
	struct results_error err;
	char path[256];

	if (results_explore_new("abc123", "ptbench explore gup ✓", &doc))
		exit(1);
	doc->complete = complete;
	if (models)
		add_models(doc, !complete);
	snprintf(path, sizeof(path), "%s/%s.json", dir, name);
	if (results_explore_write(doc, path, &err))
		die(&err);
	results_explore_free(doc);
}

static int make(const char *dir)
{
	struct results_error err;
	struct results_run *run;

	make_doc(dir, "rich", 12);
	make_doc(dir, "small", 1);
	make_doc(dir, "empty", 0);
	make_explore(dir, "explore", true, true);
	make_explore(dir, "explore-cut", true, false);
	make_explore(dir, "explore-none", false, false);
	if (results_run_create(dir, "make bench", "abc123", &run, &err) ||
	    results_run_part(run, "small", "small.json", RESULTS_PASSED, NULL, &err) ||
	    results_run_part(run, "b", NULL, RESULTS_FAILED, "panic ✓\nend", &err) ||
	    results_run_part(run, "c", "c.json", RESULTS_SKIPPED, "no KVM here", &err) ||
	    results_run_finish(run, true, &err))
		die(&err);
	make_doc(run->dir, "small", 1);
	puts(run->dir);
	results_run_free(run);
	return 0;
}

static int read_lax(const char *file, struct results_error *err)
{
	json_error_t problem;
	json_t *root = json_load_file(file, 0, &problem);
	int ret = json_is_string(json_object_get(root, "format")) ? 0 : -1;

	snprintf(err->reason, sizeof(err->reason), "not even JSON with a format");
	json_decref(root);
	return ret;
}

static int explore_again(const char *file, struct results_error *err)
{
	struct results_explore *doc;
	char again[512];
	int ret = results_explore_read(file, &doc, err);

	if (ret)
		return ret;
	snprintf(again, sizeof(again), "%s.again", file);
	ret = results_explore_write(doc, again, err);
	results_explore_free(doc);
	if (!ret)
		return 0;
	fprintf(stderr, "%s: what was read cannot be written\n", file);
	die(err);
	return ret;
}

static int read_again(const char *file, struct results_error *err)
{
	int ret = results__kind(file, err);
	struct results_run *run;
	struct results_doc *doc;
	char again[512];

	if (ret < 0)
		return ret;
	if (ret == RESULTS__EXPLORE)
		return explore_again(file, err);
	if (ret) {
		ret = results_run_read(file, &run, err);
		results_run_free(run);
		return ret;
	}
	ret = results_doc_read(file, &doc, err);
	if (ret)
		return ret;
	snprintf(again, sizeof(again), "%s.again", file);
	ret = results_doc_write(doc, again, err);
	results_doc_free(doc);
	if (!ret)
		return 0;
	fprintf(stderr, "%s: what was read cannot be written\n", file);
	die(err);
	return ret;
}

static int read_files(bool lax)
{
	char file[400];

	while (fgets(file, sizeof(file), stdin)) {
		struct results_error err = { 0 };

		file[strcspn(file, "\n")] = '\0';
		if (!(lax ? read_lax(file, &err) : read_again(file, &err))) {
			puts("accept");
			continue;
		}
		fputs("reject\t", stdout);
		results__print_text(stdout, err.path, -1);
		putchar('\t');
		results__print_text(stdout, err.reason, -1);
		putchar('\n');
	}
	return 0;
}

static int stat_file(const char *file)
{
	struct results_error err;
	struct results_doc *doc;

	if (results_doc_read(file, &doc, &err))
		die(&err);
	for (size_t i = 0; i < doc->nr_measurements; i++) {
		struct results_stat s;

		if (doc->measurements[i].skipped)
			continue;
		results_stat(&doc->measurements[i], &s);
		printf("%zu %.17g %.17g %.17g %.17g %.17g %.17g %zu\n", i, s.value, s.low, s.high,
		       s.min, s.max, s.agreement, s.n);
	}
	results_doc_free(doc);
	return 0;
}

static int metrics(void)
{
	for (size_t i = 0; i < results_nr_metrics(); i++) {
		const struct results_metric *m = results_metric_at(i);

		printf("%s\t%s\t%s\t%zu\n", m->name, m->unit, results_better_name(m->better),
		       m->exact_samples);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "make"))
		return make(argv[2]);
	if (argc >= 2 && !strcmp(argv[1], "read"))
		return read_files(argc == 3 && !strcmp(argv[2], "--lax"));
	if (argc == 3 && !strcmp(argv[1], "stat"))
		return stat_file(argv[2]);
	if (argc == 2 && !strcmp(argv[1], "metrics"))
		return metrics();
	fputs("usage: probe make DIR | read [--lax] | stat FILE | metrics\n", stderr);
	return 2;
}
