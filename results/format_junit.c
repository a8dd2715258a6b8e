// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Test suites as JUnit's XML, as CI systems read it. What was judged and is not well is a failure.
 * What could not be judged is an error: it is shown as red as a failure, and not taken for one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

/* U+FFFE and U+FFFF, which are no characters. */
static bool is_no_character(const char *s)
{
	return !strncmp(s, "\xef\xbf\xbe", 3) || !strncmp(s, "\xef\xbf\xbf", 3);
}

/* XML 1.0 has no place for control characters; others than newline and tab are written out. */
static void put(FILE *f, const char *s)
{
	for (bool harmful; *s; s++) {
		size_t len = results_text_step(s, &harmful);

		harmful = harmful || is_no_character(s);

		if (*s == '<')
			fputs("&lt;", f);
		else if (*s == '>')
			fputs("&gt;", f);
		else if (*s == '&')
			fputs("&amp;", f);
		else if (*s == '"')
			fputs("&quot;", f);
		else if (*s == '\n' || *s == '\t')
			fprintf(f, "&#%d;", *s);
		else
			results__put_char(f, s, len, harmful);
		s += len - 1;
	}
}

/* A test: its name and class, what came of it, and that in words. */
static void put_test(FILE *f, const char *class, const struct results__test *t)
{
	static const char *const tags[RESULTS__NR_OUTCOMES] = {
		[RESULTS__FAILURE] = "failure",
		[RESULTS__ERROR] = "error",
		[RESULTS__NOT_RUN] = "error",
		[RESULTS__SKIPPED] = "skipped",
	};

	if (t->outcome == RESULTS__MEASURED)
		return;
	fputs("    <testcase classname=\"", f);
	put(f, class);
	fputs("\" name=\"", f);
	put(f, t->name);
	if (t->outcome == RESULTS__OK) {
		fputs("\"/>\n", f);
		return;
	}
	fprintf(f, "\"><%s message=\"", tags[t->outcome]);
	put(f, t->message);
	fputs("\"/></testcase>\n", f);
}

static void put_suite(FILE *f, const struct results__suite *s)
{
	fputs("  <testsuite name=\"", f);
	put(f, s->name);
	fprintf(f, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n",
		results__suite_tests(s), s->of[RESULTS__FAILURE],
		s->of[RESULTS__ERROR] + s->of[RESULTS__NOT_RUN], s->of[RESULTS__SKIPPED]);
	for (size_t i = 0; i < s->nr; i++)
		put_test(f, s->name, &s->v[i]);
	fputs("  </testsuite>\n", f);
}

int results__suites_junit(FILE *f, const struct results__suites *s)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ptbench\">\n", f);
	for (size_t i = 0; i < s->nr; i++)
		put_suite(f, &s->v[i]);
	fputs("</testsuites>\n", f);
	return 0;
}
