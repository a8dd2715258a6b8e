// SPDX-License-Identifier: GPL-2.0-or-later
/* Documents: rules of adding, the written bytes, and that a failed write leaves nothing behind. */
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <results/results.h>

#include "../../scripts/tap.h"

static char dir[] = "/tmp/ptbench-doc.XXXXXX";
static char file[64];
#define NR_WINDOWS 31
/* 28 times 5, and three others: the most that exact may have. */
static double windows[NR_WINDOWS] = { [0 ... 27] = 5, [28 ... 30] = 6 };

static struct results_measurement exact(void)
{
	return (struct results_measurement){
		.case_id = "gup_fast/walk",
		.subject = RESULTS_REF,
		.metric = results_metric_find("instructions"),
		.kind = RESULTS_EXACT,
		.nr_ops = 100,
		.samples = windows,
		.nr_samples = NR_WINDOWS,
	};
}

static struct results_doc *new_doc(void)
{
	struct results_doc *doc;

	if (results_doc_new("native", "native", &doc))
		exit(1);
	doc->command = strdup("ptbench bench");
	free(doc->created);
	doc->created = strdup("2026-01-31T23:59:59Z");
	return doc;
}

static char *slurp(const char *path)
{
	char *text = NULL, buf[4096];
	size_t len, got;
	FILE *in = fopen(path, "r"), *out = open_memstream(&text, &len);

	while (in && (got = fread(buf, 1, sizeof(buf), in)))
		fwrite(buf, 1, got, out);
	fclose(out);
	if (in)
		fclose(in);
	return text;
}

static size_t nr_files(const char *path)
{
	size_t nr = 0;
	DIR *d = opendir(path);

	while (d && readdir(d))
		nr++;
	if (d)
		closedir(d);
	return nr - 2;
}

static void refused(struct results_doc *doc, const struct results_measurement *m, const char *path,
		    const char *what)
{
	struct results_error err = { 0 };
	int ret = results_doc_add(doc, m, &err);

	if (!ok(ret == -EINVAL && !strcmp(err.path, path) && err.reason[0], "refused: %s", what))
		diag("returned %d, path %s, reason %s", ret, err.path, err.reason);
}

static void test_add(void)
{
	static char *const cases[] = { "walk",	"a/b/c", "/b",	  "a/", "A/b",
				       "a/b c", "",	 "a/<b>", NULL };
	struct results_doc *doc = new_doc();
	struct results_measurement m = exact(), bad;
	double x[1];

	ok(!results_doc_add(doc, &m, NULL) && doc->measurements[0].kind == RESULTS_EXACT,
	   "28 of 31 alike are exact");
	windows[0] = 7;
	m.nr_ops = 7;
	m.case_id = "gup_fast/put";
	ok(!results_doc_add(doc, &m, NULL) && doc->measurements[1].kind == RESULTS_DETERMINISTIC,
	   "27 of 31 are made deterministic");
	windows[0] = 5;
	m.case_id = "gup_fast/only";
	m.nr_samples = 28;
	ok(!results_doc_add(doc, &m, NULL) && doc->measurements[2].kind == RESULTS_DETERMINISTIC,
	   "28 windows are too few, however well they agree");
	m.metric = results_metric_find("ipis_sent");
	m.nr_samples = 4;
	ok(!results_doc_add(doc, &m, NULL) && doc->measurements[3].kind == RESULTS_DETERMINISTIC,
	   "so are 4 of events");
	m.metric = results_metric_find("cpus_interrupted");
	m.nr_samples = 5;
	ok(!results_doc_add(doc, &m, NULL) && doc->measurements[4].kind == RESULTS_EXACT,
	   "5 are enough");
	m.metric = results_metric_find("tlb_flushes");
	m.discarded = 1;
	ok(!results_doc_add(doc, &m, NULL) && doc->measurements[5].kind == RESULTS_DETERMINISTIC,
	   "but not when one more was thrown away");
	m = exact();
	for (size_t i = 0; i == 0 || cases[i - 1]; i++) {
		bad = m;
		bad.case_id = cases[i];
		refused(doc, &bad, ".case", cases[i] ? cases[i] : "no case");
	}
	bad = m, bad.metric = NULL;
	refused(doc, &bad, ".metric", "no metric");
	bad = m, bad.nr_ops = 0;
	refused(doc, &bad, ".nr_ops", "no operations");
	bad = m, bad.discarded = -1;
	refused(doc, &bad, ".discarded", "fewer than none discarded");
	bad = m, bad.nr_samples = 0;
	refused(doc, &bad, ".samples", "no samples");
	bad = m, bad.subject = 9;
	refused(doc, &bad, ".subject", "no such subject");
	bad = m, bad.samples = x, bad.nr_samples = 1;
	for (int kind = RESULTS_EXACT; kind <= RESULTS_SAMPLED; kind++) {
		bad.kind = kind;
		x[0] = NAN;
		refused(doc, &bad, ".samples[0]", "not a number");
		x[0] = INFINITY;
		refused(doc, &bad, ".samples[0]", "infinity");
		x[0] = -1;
		refused(doc, &bad, ".samples[0]", "negative");
		x[0] = 9007199254740992.0;
		refused(doc, &bad, ".samples[0]", "2^53");
		x[0] = 0.5;
		if (kind != RESULTS_SAMPLED)
			refused(doc, &bad, ".samples[0]", "half an instruction");
	}
	ok(doc->nr_measurements == 6, "what was refused is not there");
	results_doc_free(doc);
}

static void refused_shares(struct results_doc *doc, struct results_share *v, size_t nr,
			   const char *path, const char *what)
{
	struct results_error err = { 0 };
	int ret = results_doc_break_down(doc, 0, v, nr, &err);

	if (!ok(ret == -EINVAL && !strcmp(err.path, path) && !doc->measurements[0].nr_breakdown,
		"refused: %s", what))
		diag("returned %d, path %s, reason %s", ret, err.path, err.reason);
}

/* The mode of its samples is 5. */
static void test_breakdown(void)
{
	struct results_share good[] = { { "a", 4 }, { "b", 1 } },
			     twice[] = { { "a", 4 }, { "a", 1 } }, less[] = { { "a", 4 } },
			     nameless[] = { { NULL, 5 } };
	struct results_share huge[] = { { "a", 9007199254740991 }, { "b", 5 - 9007199254740991 } };
	struct results_doc *doc = new_doc();
	struct results_measurement m = exact();

	if (results_doc_add(doc, &m, NULL))
		exit(1);
	refused_shares(doc, less, 1, ".breakdown", "one instruction is not explained");
	refused_shares(doc, twice, 2, ".breakdown", "a symbol twice");
	refused_shares(doc, nameless, 1, ".breakdown[0].symbol", "a symbol without a name");
	ok(!results_doc_break_down(doc, 0, huge, 2, NULL), "large ones that add up");
	ok(!results_doc_break_down(doc, 0, good, 2, NULL) &&
		   doc->measurements[0].nr_breakdown == 2 &&
		   doc->measurements[0].breakdown[0].symbol != good[0].symbol,
	   "another takes its place, copied");
	m.case_id = "gup_fast/put";
	m.breakdown = less;
	m.nr_breakdown = 1;
	refused(doc, &m, ".breakdown", "a measurement with a breakdown that does not add up");
	results_doc_free(doc);
}

static void test_duplicates(void)
{
	struct results_doc *doc = new_doc();
	struct results_measurement m = exact();
	struct results_error err;

	results_params_set_int(&m.params, "pages", 1);
	ok(!results_doc_add(doc, &m, &err) && results_doc_add(doc, &m, &err) == -EEXIST,
	   "the same identity twice is refused");
	ok(strstr(err.reason, "gup_fast/walk") && strstr(err.reason, "pages=1"), "and named: %s",
	   err.reason);
	ok(results_doc_add_skipped(doc, "gup_fast/walk", &m.params, RESULTS_REF, "no", &err) ==
		   -EEXIST,
	   "what was measured cannot be skipped");
	m.metric = results_metric_find("time");
	ok(!results_doc_add(doc, &m, &err), "another metric is another identity");
	m.subject = RESULTS_KERNEL;
	ok(!results_doc_add_skipped(doc, "gup_fast/walk", &m.params, RESULTS_KERNEL, "no", &err) &&
		   results_doc_add(doc, &m, &err) == -EEXIST,
	   "what was skipped cannot be measured");
	ok(results_doc_add_skipped(doc, "a/b", NULL, RESULTS_REF, "", &err) == -EINVAL,
	   "skipping needs a reason");
	ok(!results_doc_add_check(doc, "gup/only", &m.params, "0", "0", true, &err) &&
		   results_doc_add_check(doc, "gup/only", &m.params, "0", "1", false, &err) ==
			   -EEXIST,
	   "a check twice is refused");
	ok(results_doc_add_check(doc, "a b", NULL, "0", "0", true, &err) == -EINVAL &&
		   results_doc_add_check(doc, "a", NULL, "", "0", true, &err) == -EINVAL &&
		   results_doc_add_check(doc, "a", NULL, "0", NULL, true, &err) == -EINVAL &&
		   results_doc_add_check(doc, "a", NULL, "\xff", "0", true, &err) == -EINVAL,
	   "a check needs a name, an expectation and what was seen, in UTF-8");
	results_params_free(&m.params);
	results_doc_free(doc);
}

/* A document with one of everything, its rows added forwards or backwards. */
static struct results_doc *rich_doc(bool backwards)
{
	static double reals[] = { 0.1, 1e-300, 5e-324, 3, 1.0 / 3, 9007199254740991.0, 0, -0.0 };
	static struct results_share shares[] = { { "gup_fast", 5 }, { "b", 1 }, { "[user]", -1 } };
	static const struct results_axis axes[] = { { .key = "n", .means = "which" },
						    { .key = "s", .means = "which, too" } };
	struct results_doc *doc = new_doc();
	struct results_measurement m = exact();
	char ab[2] = { 'a', '\0' };

	results_pairs_set(&doc->environment, backwards ? "cpus" : "qemu", backwards ? "2" : "7\n8");
	results_pairs_set(&doc->environment, backwards ? "qemu" : "cpus", backwards ? "7\n8" : "2");
	results_pairs_set(&doc->subject, "suite", "🐧 \"\\ </script>");
	for (int i = 0; i < 20; i++) {
		int n = backwards ? 19 - i : i;

		results_params_set_int(&m.params, "n", n - 10);
		ab[0] = 'a' + n % 7;
		results_params_set_str(&m.params, "s", ab);
		m.kind = n % 2 ? RESULTS_SAMPLED : RESULTS_EXACT;
		m.metric = results_metric_find(n % 2 ? "time" : "instructions");
		m.samples = n % 2 ? reals : windows;
		m.nr_samples = n % 2 ? 8 : NR_WINDOWS;
		m.discarded = n;
		m.breakdown = shares;
		m.nr_breakdown = n % 2 ? 0 : 3;
		if (results_doc_add(doc, &m, NULL) ||
		    results_doc_add_skipped(doc, "kmap/pair", &m.params, RESULTS_KERNEL, "x\ty\1",
					    NULL) ||
		    results_doc_add_check(doc, "c", &m.params, "e", "", n == 3, NULL))
			exit(1);
	}
	if (results_doc_add_axis(doc, &axes[backwards], NULL) ||
	    results_doc_add_axis(doc, &axes[!backwards], NULL))
		exit(1);
	doc->extra =
		strdup(backwards ? "{\"b\": [1, {}], \"a\": null}" : "{\"a\":null,\"b\":[1,{}]}");
	results_params_free(&m.params);
	return doc;
}

static bool same_rows(const struct results_doc *a, const struct results_doc *b)
{
	if (a->nr_measurements != b->nr_measurements || a->nr_checks != b->nr_checks)
		return false;
	for (size_t i = 0; i < a->nr_measurements; i++) {
		const struct results_measurement *x = &a->measurements[i], *y = b->measurements;
		size_t left = b->nr_measurements;

		while (left && (strcmp(x->case_id, y->case_id) || x->metric != y->metric ||
				results_params_cmp(&x->params, &y->params)))
			y++, left--;
		if (!left || x->subject != y->subject || x->nr_ops != y->nr_ops ||
		    x->kind != y->kind || x->nr_samples != y->nr_samples ||
		    x->discarded != y->discarded || !x->skipped != !y->skipped ||
		    (x->skipped && strcmp(x->skipped, y->skipped)))
			return false;
		for (size_t s = 0; s < x->nr_samples; s++)
			if (x->samples[s] != y->samples[s])
				return false;
		if (x->nr_breakdown != y->nr_breakdown)
			return false;
		/* Written largest first, as rich_doc() has them. */
		for (size_t s = 0; s < x->nr_breakdown; s++)
			if (strcmp(x->breakdown[s].symbol, y->breakdown[s].symbol) ||
			    x->breakdown[s].instructions != y->breakdown[s].instructions)
				return false;
	}
	return true;
}

static void test_round_trip(void)
{
	struct results_doc *doc = rich_doc(false), *back = rich_doc(true), *again = NULL;
	struct results_error err = { 0 };
	char *first, *second, *third;

	ok(!results_doc_write(doc, file, &err), "a document is written");
	first = slurp(file);
	ok(!results_doc_write(back, file, &err), "with its rows added backwards too");
	second = slurp(file);
	ok(!strcmp(first, second), "both are the same bytes");
	if (!ok(!results_doc_read(file, &again, &err), "it is read again"))
		results_error_print(stdout, &err);
	ok(again && same_rows(doc, again), "every figure is the same to the last bit");
	ok(again && !strcmp(results_pairs_get(&again->environment, "qemu"), "7\n8") &&
		   !strcmp(results_pairs_get(&again->subject, "suite"),
			   results_pairs_get(&doc->subject, "suite")) &&
		   !strcmp(again->command, doc->command) && !strcmp(again->created, doc->created) &&
		   again->extra,
	   "and all text");
	ok(again && !results_doc_write(again, file, &err), "what was read is written");
	third = slurp(file);
	ok(!strcmp(first, third), "as the same bytes again");
	free(first);
	free(second);
	free(third);
	results_doc_free(doc);
	results_doc_free(back);
	results_doc_free(again);
}

/* Whole numbers stay integers however large, or the reader would refuse them as fractions. */
static void test_large(void)
{
	static double large[] = { 1e15, 1e15, 1e15 };
	struct results_measurement m = exact();
	struct results_doc *doc = new_doc(), *back = NULL;
	char *text;

	m.samples = large;
	m.nr_samples = 3;
	m.nr_ops = m.discarded = 9007199254740991;
	ok(!results_doc_add(doc, &m, NULL) && !results_doc_write(doc, file, NULL) &&
		   !results_doc_read(file, &back, NULL),
	   "10^15 instructions are written and read");
	text = slurp(file);
	ok(strstr(text, "[1000000000000000, 1000000000000000, 1000000000000000]"),
	   "without an exponent");
	free(text);
	results_doc_free(doc);
	results_doc_free(back);
}

static void write_refused(struct results_doc *doc, const char *path, const char *what)
{
	struct results_error err = { 0 };
	int ret = results_doc_write(doc, file, &err);

	if (!ok(ret == -EINVAL && !strcmp(err.path, path) && !strcmp(err.file, file),
		"not written: %s", what))
		diag("%d at %s: %s", ret, err.path, err.reason);
	results_doc_free(doc);
}

/* Callers can change the structs: a document that the reader would refuse is not written. */
static void test_refused_write(void)
{
	struct results_measurement m = exact();
	struct results_doc *doc = new_doc();

	unlink(file);
	free(doc->command);
	doc->command = NULL;
	write_refused(doc, "$.command", "no command");
	doc = new_doc();
	strcpy(doc->mode, "NATIVE");
	write_refused(doc, "$.mode", "no such mode");
	doc = new_doc();
	strcpy(doc->created, "2026-02-29T00:00:00Z");
	write_refused(doc, "$.created", "29 February 2026");
	doc = new_doc();
	strcpy(doc->part, "../..");
	write_refused(doc, "$.part", "a part that climbs");
	doc = new_doc();
	doc->extra = strdup("[1]");
	write_refused(doc, "$.extra", "extra is an array");
	doc = new_doc();
	results_doc_add(doc, &m, NULL);
	doc->measurements[0].samples[1] = 8;
	write_refused(doc, "$.measurements[0].kind", "a lie about exactness");
	doc = new_doc();
	results_doc_add(doc, &m, NULL);
	doc->measurements[0].nr_samples = 28;
	write_refused(doc, "$.measurements[0].kind", "exact with too few windows");
	doc = new_doc();
	results_doc_add(doc, &m, NULL);
	m.case_id = "gup_fast/put";
	results_doc_add(doc, &m, NULL);
	strcpy(doc->measurements[0].case_id, "gup_fast/put");
	doc->measurements[0].case_id[12] = '\0';
	write_refused(doc, "$.measurements[1]", "two rows of one identity");
	ok(access(file, F_OK) < 0 && !nr_files(dir), "and there is no file");
}

/* Runs fn in a child, so that limits and mounts end with it; its exit status. */
static int in_child(int (*fn)(struct results_doc *doc), struct results_doc *doc)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(fn(doc));
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int write_too_large(struct results_doc *doc)
{
	struct rlimit limit = { 1000, 1000 };
	struct results_error err;

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	return results_doc_write(doc, file, &err) == -EFBIG && strstr(err.reason, "left as it was")
		       ? 0
		       : 1;
}

static int write_disk_full(struct results_doc *doc)
{
	struct results_error err;
	char path[64];
	int ret;

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", dir, "tmpfs", 0, "size=4k"))
		return 77;
	snprintf(path, sizeof(path), "%s/full.json", dir);
	ret = results_doc_write(doc, path, &err);
	return ret == -ENOSPC && strstr(err.reason, "No space") && !nr_files(dir) ? 0 : 1;
}

static void test_failed_write(void)
{
	struct results_doc *doc = rich_doc(false), *small = new_doc();
	struct results_error err;
	char *before, *after, path[80];
	int ret;

	results_doc_write(small, file, &err);
	before = slurp(file);
	ok(!in_child(write_too_large, doc), "a file that may not grow that large is an error");
	after = slurp(file);
	ok(!strcmp(before, after) && nr_files(dir) == 1, "the old file is there, nothing else is");
	ret = in_child(write_disk_full, doc);
	if (ret == 77)
		tap_skip("a full disk: no right to mount a small one");
	else
		ok(!ret, "a full disk is an error, and nothing is left on it");
	snprintf(path, sizeof(path), "%s/none/x.json", dir);
	ok(results_doc_write(small, path, &err) == -ENOENT && err.reason[0], "no folder: %s",
	   err.reason);
	snprintf(path, sizeof(path), "%s/folder", dir);
	mkdir(path, 0777);
	ok(results_doc_write(small, path, &err) < 0 && nr_files(dir) == 2,
	   "a folder of that name stays: %s", err.reason);
	rmdir(path);
	free(before);
	free(after);
	results_doc_free(doc);
	results_doc_free(small);
}

/* ---- the reason of a failed part ---- */

static void add_check(struct results_doc *doc, const char *id, const char *params, const char *seen,
		      bool pass)
{
	struct results_params p = { 0 };

	if (results_params_parse(&p, params) ||
	    results_doc_add_check(doc, id, &p, "right", seen, pass, NULL))
		exit(1);
	results_params_free(&p);
}

static void test_failed_text(void)
{
	struct results_doc *doc = new_doc();
	char text[256] = "untouched", small[80];

	add_check(doc, "gup_fast/only", "cross=pmd", "right", true);
	ok(!results_checks_failed_text(doc, text, sizeof(text)) && !strcmp(text, "untouched"),
	   "of checks that are well there is no text");
	add_check(doc, "gup_fast/only", "cross=pud", "wrong äää", false);
	add_check(doc, "case/runs", "", "wrong", false);
	ok(results_checks_failed_text(doc, text, sizeof(text)) == 2 &&
		   !strcmp(text, "2 of 3 checks came out wrong, first gup_fast/only cross=pud: "
				 "'wrong äää' seen, 'right' expected"),
	   "what failed: %s", text);
	results_checks_failed_text(doc, small, 70);
	ok(!strcmp(small, "2 of 3 checks came out wrong, first gup_fast/only cross=pud: 'wrong "),
	   "cut behind a whole character: %s", small);
	results_doc_free(doc);
	doc = new_doc();
	add_check(doc, "case/runs", "", "wrong", false);
	ok(results_checks_failed_text(doc, text, sizeof(text)) == 1 &&
		   strstr(text, "first case/runs: 'wrong' seen"),
	   "without params: %s", text);
	results_doc_free(doc);
}

int main(void)
{
	if (!mkdtemp(dir)) {
		perror(dir);
		return 1;
	}
	snprintf(file, sizeof(file), "%s/doc.json", dir);
	test_add();
	test_breakdown();
	test_duplicates();
	test_round_trip();
	test_large();
	test_refused_write();
	test_failed_write();
	test_failed_text();
	unlink(file);
	ok(!rmdir(dir), "the folder is empty at the end");
	return tap_done();
}
