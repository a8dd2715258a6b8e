// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes what is exported of one document: each format is whole, whatever the document's strings
 * hold, and has as many values and tests as are counted here.
 *
 * Covers: results/export.c results/export_values.c results/export_openmetrics.c
 * Covers: results/cmd_export.c results/suites.c results/suites_run.c results/format_ktap.c
 * Covers: results/format_junit.c results/format_kcidb.c results/select.c
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../internal.h"
#include "fuzz.h"

/* What the document has. */
struct counted {
	size_t values, skipped, checks, failed, of[RESULTS_NEITHER + 1];
};

static struct counted count(const struct results_doc *doc)
{
	struct counted c = { 0 };

	for (size_t i = 0; i < doc->nr_measurements; i++) {
		const struct results_measurement *m = &doc->measurements[i];

		c.skipped += !!m->skipped;
		c.values += !m->skipped;
		if (!m->skipped)
			c.of[m->metric->better]++;
	}
	c.checks = doc->nr_checks;
	for (size_t i = 0; i < doc->nr_checks; i++)
		c.failed += !doc->checks[i].ok;
	return c;
}

/* The document in a format, malloc'ed. */
static char *exported(const char *format, const char *better, const struct counted *c, size_t *len)
{
	char name[32], *to = fuzz_path("out"), *path = fuzz_path("in.json"), *text;
	char words[5][16] = { "export", "--format", "-o", "--better" }, how[16];
	char *argv[] = { words[0], words[1], name, words[2], to, path, NULL, NULL, NULL };
	FILE *kept = stderr;
	int argc = 6, status;

	snprintf(name, sizeof(name), "%s", format);
	if (better) {
		snprintf(how, sizeof(how), "%s", better);
		argv[6] = words[3];
		argv[7] = how;
		argc = 8;
	}
	stderr = fuzz_null(); /* it is told there what is left out; glibc's stderr is a variable */
	status = results_cmd_export(argc, argv);
	stderr = kept;
	if (status != (c->failed ? EXIT_PART_FAILED : EXIT_FINE))
		fuzz_fail("%s: exit status %d", format, status);
	text = fuzz_get("out", len);
	free(to);
	free(path);
	return text;
}

static json_t *exported_json(const char *format, const char *better, const struct counted *c)
{
	size_t len;
	char *text = exported(format, better, c, &len);
	json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);

	if (!root)
		fuzz_fail("%s: is no JSON:\n%s", format, text);
	free(text);
	return root;
}

static void must_be(const char *format, const char *what, size_t have, size_t must)
{
	if (have != must)
		fuzz_fail("%s: %s: %zu, must be %zu", format, what, have, must);
}

/* Of a document in which a check failed, nothing is exported as a value. */
static void check_values(const struct counted *c)
{
	json_t *bencher = exported_json("bencher", NULL, c), *of;
	const char *name;
	size_t nr = 0;

	json_object_foreach(bencher, name, of) nr += json_object_size(of);
	/* A name that is too long is left out. */
	if (nr > (c->failed ? 0 : c->values))
		must_be("bencher", "values", nr, c->failed ? 0 : c->values);
	json_decref(bencher);
	for (int i = 0; i < 2; i++) {
		json_t *entries =
			exported_json("github-action-benchmark", i ? "bigger" : "smaller", c);

		must_be("github-action-benchmark", "values", json_array_size(entries),
			c->failed ? 0 : c->of[i ? RESULTS_HIGHER : RESULTS_LOWER]);
		json_decref(entries);
	}
}

static bool begins(const char *line, const char *with)
{
	return !strncmp(line, with, strlen(with));
}

/* How many lines begin so. */
static size_t lines(const char *text, const char *with)
{
	size_t nr = 0;

	for (; text; text = strchr(text, '\n'), text = text ? text + 1 : NULL)
		nr += begins(text, with);
	return nr;
}

static void check_openmetrics(const struct counted *c)
{
	size_t len;
	char *text = exported("openmetrics", NULL, c, &len);

	must_be("openmetrics", "series", lines(text, "ptbench_"), c->failed ? 0 : 3 * c->values);
	if (len < 6 || strcmp(text + len - 6, "# EOF\n"))
		fuzz_fail("openmetrics: has no end");
	must_be("openmetrics", "lines", lines(text, "ptbench_") + lines(text, "# "),
		lines(text, "") - 1);
	free(text);
}

static void check_ktap(const struct counted *c, bool empty)
{
	size_t len;
	char *text = exported("ktap", NULL, c, &len);
	size_t ok = lines(text, "  ok "), bad = lines(text, "  not ok ");

	must_be("ktap", "tests", ok + bad, 1 + c->skipped + c->checks);
	must_be("ktap", "tests that are not ok", bad, c->failed + empty);
	must_be("ktap", "suites", lines(text, "ok 1 ") + lines(text, "not ok 1 "), 1);
	must_be("ktap", "suites that are not ok", lines(text, "not ok 1 "), c->failed || empty);
	must_be("ktap", "lines", 3 + ok + bad + 3 + lines(text, "  # | "), lines(text, "") - 1);
	free(text);
}

static size_t occurs(const char *text, const char *what)
{
	size_t nr = 0;

	for (; (text = strstr(text, what)); text++)
		nr++;
	return nr;
}

static void check_junit(const struct counted *c, bool empty)
{
	size_t len;
	char *text = exported("junit", NULL, c, &len);

	must_be("junit", "tests", occurs(text, "<testcase "), 1 + c->skipped + c->checks);
	must_be("junit", "failures", occurs(text, "<failure "), c->failed);
	must_be("junit", "errors", occurs(text, "<error "), empty);
	must_be("junit", "skipped", occurs(text, "<skipped "), c->skipped);
	free(text);
}

static void check_kcidb(const struct counted *c)
{
	json_t *root = exported_json("kcidb", NULL, c), *tests = json_object_get(root, "tests");
	json_t *ids = json_object(), *test;
	size_t i, nr = 0;

	json_array_foreach(tests, i, test)
	{
		const char *id = json_string_value(json_object_get(test, "id"));

		nr += !!json_object_get(test, "number");
		if (!id || strchr(id, '\n') || json_object_set_new(ids, id, json_true()))
			fuzz_fail("kcidb: a test has no id");
	}
	must_be("kcidb", "tests", json_array_size(tests), 1 + c->values + c->skipped + c->checks);
	must_be("kcidb", "numbers", nr, c->failed ? 0 : c->values);
	/* Ids are one line: what is written out may be there already, as text. */
	if (json_object_size(ids) > json_array_size(tests) || !json_object_size(ids))
		fuzz_fail("kcidb: tests have no ids");
	json_decref(ids);
	json_decref(root);
}

static void check_csv(const struct counted *c)
{
	size_t len;

	free(exported("csv", NULL, c, &len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *path = fuzz_path("in.json");
	struct results_doc *doc;

	fuzz_put("in.json", data, size);
	if (!results_doc_read(path, &doc, NULL)) {
		struct counted c = count(doc);
		bool empty = !doc->nr_measurements && !doc->nr_checks;

		fuzz_accepted++;
		check_values(&c);
		check_openmetrics(&c);
		check_ktap(&c, empty);
		check_junit(&c, empty);
		check_kcidb(&c);
		check_csv(&c);
		results_doc_free(doc);
	}
	free(path);
	return 0;
}
