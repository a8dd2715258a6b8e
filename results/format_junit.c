// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A comparison as JUnit's XML, as CI systems read it: a test suite per part, a test per row and
 * check, and one of its own for the comparison. A regression is a failure. What could not be judged
 * is an error: it is shown as red as a failure, and not taken for one. Rows of the new side alone,
 * and what a policy lets pass, are skipped.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

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

enum outcome { OK, FAILURE, ERROR, SKIPPED };

static enum outcome outcome_of_row(const struct results_compared_row *r)
{
	switch (r->verdict) {
	case RESULTS_ROW_WORSE:
	case RESULTS_ROW_CHANGED:
		return FAILURE;
	case RESULTS_ROW_UNCLEAR:
	case RESULTS_ROW_MISSING:
		return ERROR;
	case RESULTS_ROW_EXTRA:
		return SKIPPED;
	case RESULTS_ROW_UNGATED:
		return results_row_stands_out(r) ? SKIPPED : OK;
	default:
		return OK;
	}
}

static enum outcome outcome_of_check(const struct results_compared_check *check)
{
	switch (check->verdict) {
	case RESULTS_CHECK_LOST:
	case RESULTS_CHECK_NEW:
		return FAILURE;
	case RESULTS_CHECK_STILL:
	case RESULTS_CHECK_MISSING:
		return ERROR;
	case RESULTS_CHECK_EXTRA:
		return SKIPPED;
	default:
		return OK;
	}
}

/* A test: its name and class, what came of it, and that in words. */
static void put_test(FILE *f, const char *class, const char *name, enum outcome outcome,
		     const char *message)
{
	static const char *const tags[] = { NULL, "failure", "error", "skipped" };

	fputs("    <testcase classname=\"", f);
	put(f, class);
	fputs("\" name=\"", f);
	put(f, name);
	if (outcome == OK) {
		fputs("\"/>\n", f);
		return;
	}
	fprintf(f, "\"><%s message=\"", tags[outcome]);
	put(f, message);
	fputs("\"/></testcase>\n", f);
}

static int put_row(FILE *f, const struct results_compared_part *p,
		   const struct results_compared_row *r)
{
	char base[32], head[32], *name = results__row_text(r), *moved = results__moved_text(r);
	char *change = results_row_change_text(r), *verdict = results_row_verdict_text(r);
	char *message = NULL;
	int err = 0;

	if (!name || !moved || !change || !verdict ||
	    asprintf(&message, "base %s, new %s%s%s: %s%s%s",
		     results__value_text(base, sizeof(base), r->base, &r->base_value),
		     results__value_text(head, sizeof(head), r->head, &r->head_value),
		     *change ? ", " : "", change, verdict, *moved ? "; " : "", moved) < 0)
		err = -ENOMEM;
	else
		put_test(f, p->name, name, outcome_of_row(r), message);
	free(message);
	free(verdict);
	free(change);
	free(moved);
	free(name);
	return err;
}

static int put_check(FILE *f, const struct results_compared_part *p,
		     const struct results_compared_check *check)
{
	const struct results_check *c = check->head ? check->head : check->base;
	char *name = results__check_text_of(check), *message = NULL;
	int err = 0;

	if (!name || asprintf(&message, "base %s, new %s: %s seen, %s expected",
			      results_check_base_text(check), results_check_head_text(check),
			      c->seen, c->expect) < 0)
		err = -ENOMEM;
	else
		put_test(f, p->name, name, outcome_of_check(check), message);
	free(message);
	free(name);
	return err;
}

struct tally {
	size_t tests, of[4];
};

static void tally_part(const struct results_compared_part *p, struct tally *t)
{
	for (size_t i = 0; i < p->nr_rows; i++)
		t->of[outcome_of_row(&p->rows[i])]++;
	for (size_t i = 0; i < p->nr_checks; i++)
		t->of[outcome_of_check(&p->checks[i])]++;
	t->tests = p->nr_rows + p->nr_checks;
}

static void open_suite(FILE *f, const char *name, const struct tally *t)
{
	fputs("  <testsuite name=\"", f);
	put(f, name);
	fprintf(f, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n", t->tests,
		t->of[FAILURE], t->of[ERROR], t->of[SKIPPED]);
}

static int put_part(FILE *f, const struct results_compared_part *p)
{
	struct tally t = { 0 };
	int err = 0;

	tally_part(p, &t);
	open_suite(f, p->name, &t);
	for (size_t i = 0; i < p->nr_rows && !err; i++)
		err = put_row(f, p, &p->rows[i]);
	for (size_t i = 0; i < p->nr_checks && !err; i++)
		err = put_check(f, p, &p->checks[i]);
	fputs("  </testsuite>\n", f);
	return err;
}

/* The comparison as a test: what is not a row's or a check's fault shows here, too. */
static void put_all(FILE *f, const struct results_comparison *c)
{
	static const enum outcome outcomes[] = {
		[EXIT_FINE] = OK,	    [EXIT_WORSE] = FAILURE,
		[EXIT_USAGE] = ERROR,	    [EXIT_INCONCLUSIVE] = ERROR,
		[EXIT_PART_FAILED] = ERROR,
	};
	struct tally t = { .tests = 1 };

	t.of[outcomes[c->status]] = 1;
	open_suite(f, "comparison", &t);
	put_test(f, "comparison", "conclusion", outcomes[c->status], c->conclusion);
	fputs("  </testsuite>\n", f);
}

int results__write_junit(FILE *f, const struct results_comparison *c,
			 const struct results__format_options *o)
{
	int err = 0;

	(void)o; /* a test that passed is listed like any other */
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ptbench\">\n", f);
	put_all(f, c);
	for (size_t i = 0; i < c->nr_parts && !err; i++)
		err = put_part(f, &c->parts[i]);
	fputs("</testsuites>\n", f);
	return err;
}
