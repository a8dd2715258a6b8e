// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Test suites as KTAP version 1 (Documentation/dev-tools/ktap.rst): a test per suite, with its
 * tests as subtests. What could not be judged is "not ok" with the directive ERROR, as JUnit's error.
 *
 * A '#' begins a directive: in text it is written out. Lines of a message begin with "# | ", so that
 * none is taken for a plan, a result, or "# Subtest:".
 */
#include <array_size.h>
#include <string.h>

#include "suites.h"

/* At these KUnit's parser stops to read (tools/testing/kunit/kunit_parser.py, KTAP_END). */
static bool is_end(const char *s)
{
	static const char *const ends[] = {
		"List of all partitions:",
		"Kernel panic - not syncing: VFS:",
		"reboot: System halted",
	};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (!strncmp(s, ends[i], strlen(ends[i])))
			return true;
	return false;
}

/* One line of text, up to the newline. Returns the rest. */
static const char *put_line(FILE *f, const char *s)
{
	bool harmful;
	size_t len;

	for (; *s != '\n' && (len = results_text_step(s, &harmful)); s += len)
		if (*s == '#' || is_end(s))
			fprintf(f, "\\x%02x", (unsigned char)*s);
		else
			results__put_char(f, s, len, harmful);
	return s;
}

/* Text of one line: a newline is written out, too. */
static void put(FILE *f, const char *s)
{
	while (*(s = put_line(f, s))) {
		fputs("\\x0a", f);
		s++;
	}
}

static void put_message(FILE *f, const char *indent, const char *s)
{
	while (*s) {
		fprintf(f, "%s# | ", indent);
		s = put_line(f, s);
		fputc('\n', f);
		s += *s == '\n';
	}
}

static void put_test(FILE *f, const struct results__test *t, size_t nr)
{
	bool error = t->outcome == RESULTS__ERROR || t->outcome == RESULTS__NOT_RUN;
	bool skipped = t->outcome == RESULTS__SKIPPED;

	if (t->outcome == RESULTS__FAILURE || error)
		put_message(f, "  ", t->message);
	fprintf(f, "  %s %zu ", t->outcome == RESULTS__OK || skipped ? "ok" : "not ok", nr);
	put(f, t->name);
	if (error || skipped) {
		fprintf(f, " # %s ", error ? "ERROR" : "SKIP");
		put_line(f, t->message);
	}
	fputc('\n', f);
}

static void put_suite(FILE *f, const struct results__suite *s, size_t nr)
{
	size_t tests = results__suite_tests(s), k = 0;
	bool bad = s->of[RESULTS__FAILURE] || s->of[RESULTS__ERROR] || s->of[RESULTS__NOT_RUN];

	fputs("  KTAP version 1\n  # Subtest: ", f);
	put(f, s->name);
	fprintf(f, "\n  1..%zu\n", tests);
	for (size_t i = 0; i < s->nr; i++)
		if (s->v[i].outcome != RESULTS__MEASURED)
			put_test(f, &s->v[i], ++k);
	fprintf(f, "%s %zu ", bad ? "not ok" : "ok", nr);
	put(f, s->name);
	fputs(!bad && s->of[RESULTS__SKIPPED] == tests ? " # SKIP all of it is skipped\n" : "\n",
	      f);
}

int results__suites_ktap(FILE *f, const struct results__suites *s)
{
	fprintf(f, "KTAP version 1\n1..%zu\n", s->nr);
	for (size_t i = 0; i < s->nr; i++)
		put_suite(f, &s->v[i], i + 1);
	return 0;
}
