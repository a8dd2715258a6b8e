// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A comparison as workflow commands of GitHub Actions: an annotation for the conclusion, then one
 * per row and check that stands out, worst first. GitHub shows ten of a kind for a step: more are
 * counted in the last.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

#define ANNOTATIONS 9 /* of rows and checks; the conclusion is another */

/* The escapes of workflow commands; in a property, such as the title, also of its separators. */
static void put(FILE *f, const char *s, bool is_property)
{
	for (bool harmful; *s; s++) {
		size_t len = results_text_step(s, &harmful);

		if (*s == '%' || *s == '\r' || *s == '\n' || (is_property && strchr(":,", *s)))
			fprintf(f, "%%%02X", (unsigned)*s);
		else
			results__put_char(f, s, len, harmful);
		s += len - 1;
	}
}

static void put_command(FILE *f, const char *level, const char *title, const char *message)
{
	fprintf(f, "::%s title=", level);
	put(f, title, true);
	fputs("::", f);
	put(f, message, false);
	fputc('\n', f);
}

static const char *level_of_row(enum results_verdict v)
{
	if (v == RESULTS_ROW_WORSE || v == RESULTS_ROW_CHANGED)
		return "error";
	return v == RESULTS_ROW_UNCLEAR || v == RESULTS_ROW_MISSING ? "warning" : "notice";
}

static int put_row(FILE *f, const struct results__found *found)
{
	const struct results_compared_row *r = found->row;
	struct results__row_words w;
	char *message = NULL;
	int err = results__row_words(r, &w);

	if (!err && asprintf(&message, "%s, %s: base %s, new %s%s%s%s%s", w.verdict,
			     found->part->name, w.base, w.head, *w.change ? ", " : "", w.change,
			     *w.moved ? "; " : "", w.moved) < 0)
		err = -ENOMEM;
	if (!err)
		put_command(f, level_of_row(r->verdict), w.name, message);
	free(message);
	results__row_words_free(&w);
	return err;
}

static int put_check(FILE *f, const struct results__found *found)
{
	const struct results_compared_check *check = found->check;
	bool lost = check->verdict == RESULTS_CHECK_LOST || check->verdict == RESULTS_CHECK_NEW;
	bool open = check->verdict == RESULTS_CHECK_STILL ||
		    check->verdict == RESULTS_CHECK_MISSING;
	struct results__check_words w;
	char *message = NULL;
	int err = results__check_words(check, &w);

	if (!err &&
	    asprintf(&message, "check of %s: base %s, new %s: %s", found->part->name,
		     results_check_base_text(check), results_check_head_text(check), w.seen) < 0)
		err = -ENOMEM;
	if (!err)
		put_command(f, lost ? "error" : open ? "warning" : "notice", w.name, message);
	free(message);
	results__check_words_free(&w);
	return err;
}

int results__write_github(FILE *f, const struct results_comparison *c,
			  const struct results_write_options *o)
{
	static const char *const levels[] = {
		[EXIT_FINE] = "notice",	      [EXIT_WORSE] = "error",
		[EXIT_USAGE] = "error",	      [EXIT_INCONCLUSIVE] = "warning",
		[EXIT_PART_FAILED] = "error",
	};
	struct results__found *found;
	ssize_t nr = results__found(c, o->all, &found);
	char more[64];
	int err = nr < 0 ? -ENOMEM : 0;

	put_command(f, levels[c->status], "ptbench", c->conclusion);
	for (ssize_t i = 0; i < nr && i < ANNOTATIONS && !err; i++)
		err = found[i].row ? put_row(f, &found[i]) : put_check(f, &found[i]);
	snprintf(more, sizeof(more), "%zd more stand out; see the job summary", nr - ANNOTATIONS);
	if (nr > ANNOTATIONS)
		put_command(f, "notice", "ptbench", more);
	free(found);
	return err;
}
