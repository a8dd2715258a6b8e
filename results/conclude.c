// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The conclusion of a comparison: what was judged, what was not and why, and the exit status. The
 * status is 0 only if something was judged and all is well; a regression (1) outweighs rows that
 * could not be judged (3).
 */
#include <array_size.h>
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

/* Prints "BEGIN2 rows are worse, 1 check fails": only items whose number is not 0. */
struct list {
	FILE *f;
	const char *begin;
	size_t nr;
};

static void item(struct list *l, size_t nr, const char *one, const char *many)
{
	if (!nr)
		return;
	fprintf(l->f, "%s%zu %s", l->nr++ ? ", " : l->begin, nr, nr == 1 ? one : many);
}

static size_t nr_judged(const struct results_totals *t)
{
	size_t nr = 0;

	for (int v = 0; v < RESULTS_NR_VERDICTS; v++)
		nr += results_verdict_is_judged(v) ? t->rows[v] : 0;
	return nr;
}

/* The checks that both sides have. */
static size_t nr_checks(const struct results_totals *t)
{
	size_t nr = 0;

	for (int v = 0; v < RESULTS_CHECK_NEW; v++)
		nr += t->checks[v];
	return nr;
}

/* The models that both sides have, comparable ones only. */
static size_t nr_models(const struct results_totals *t)
{
	size_t nr = 0;

	for (int v = 0; v < RESULTS_MODEL_NEW; v++)
		nr += t->models[v];
	return nr;
}

/*
 * Whether nothing was judged: no row, if there are rows; else no check, if a part was compared,
 * skipped or failed; else no model.
 */
static bool is_nothing(const struct results_totals *t)
{
	size_t rows = t->skipped;

	for (int v = 0; v < RESULTS_NR_VERDICTS; v++)
		rows += t->rows[v];
	if (nr_judged(t))
		return false;
	if (rows || t->compared || t->nowhere || t->failed)
		return rows || !nr_checks(t);
	return !nr_models(t);
}

/* Each is_*() prints its findings on f, a line without a newline. Returns whether it found any. */
static bool is_judged(FILE *f, const struct results_totals *t)
{
	size_t rows = nr_judged(t), checks = nr_checks(t), parts = t->compared - t->unjudged;

	fprintf(f, "judged: %zu row%s and %zu check%s of %zu part%s", rows, results__s(rows),
		checks, results__s(checks), parts, results__s(parts));
	if (nr_models(t))
		fprintf(f, ", %zu model%s", nr_models(t), results__s(nr_models(t)));
	return true;
}

static bool is_identical(FILE *f, const struct results_totals *t)
{
	if (!t->identical)
		return false;
	fprintf(f,
		"identical images: %zu row%s unchanged by identity; by values %zu would have moved",
		t->identical, t->identical == 1 ? " is" : "s are", t->moved);
	return true;
}

static bool is_unjudged(FILE *f, const struct results_totals *t)
{
	struct list l = { f, "not judged: ", 0 };

	item(&l, t->rows[RESULTS_ROW_UNCLEAR], "row is inconclusive", "rows are inconclusive");
	item(&l, t->rows[RESULTS_ROW_MISSING], "row is missing", "rows are missing");
	item(&l, t->rows[RESULTS_ROW_EXTRA], "row is extra", "rows are extra");
	item(&l, t->rows[RESULTS_ROW_UNGATED], "row does not gate", "rows do not gate");
	item(&l, t->skipped, "row is skipped", "rows are skipped");
	item(&l, t->left_out, "entry was left out by a filter",
	     "entries were left out by a filter");
	item(&l, t->checks[RESULTS_CHECK_MISSING], "check is missing", "checks are missing");
	item(&l, t->checks[RESULTS_CHECK_EXTRA], "check is extra", "checks are extra");
	item(&l, t->models[RESULTS_MODEL_MISSING], "model is missing", "models are missing");
	item(&l, t->models[RESULTS_MODEL_LESS], "model was explored less",
	     "models were explored less");
	item(&l, t->models[RESULTS_MODEL_EXTRA], "model is extra", "models are extra");
	item(&l, t->unjudged, "part has nothing that can be judged",
	     "parts have nothing that can be judged");
	item(&l, t->incomparable, "part is not comparable", "parts are not comparable");
	item(&l, t->one_sided, "part is not in all runs", "parts are not in all runs");
	item(&l, t->nowhere, "part is skipped on both sides", "parts are skipped on both sides");
	if (t->too_few)
		fprintf(f,
			"; of the rows %zu ha%s fewer than %zu values a side, and could not have been "
			"found alone",
			t->too_few, t->too_few == 1 ? "s" : "ve", t->needed);
	return l.nr;
}

static bool is_regression(FILE *f, const struct results_totals *t)
{
	struct list l = { f, "regression: ", 0 };

	item(&l, t->rows[RESULTS_ROW_WORSE], "row regressed", "rows regressed");
	item(&l, t->rows[RESULTS_ROW_CHANGED], "row changed and is not allowed to",
	     "rows changed and are not allowed to");
	item(&l, t->checks[RESULTS_CHECK_LOST], "check fails that passed in the base",
	     "checks fail that passed in the base");
	item(&l, t->checks[RESULTS_CHECK_NEW], "check fails that the base lacks",
	     "checks fail that the base lacks");
	item(&l, t->models[RESULTS_MODEL_LOST], "model is no longer as claimed",
	     "models are no longer as claimed");
	item(&l, t->models[RESULTS_MODEL_NEW], "new model is not as claimed",
	     "new models are not as claimed");
	return l.nr;
}

static bool is_unequal(FILE *f, const struct results_totals *t)
{
	struct list l = { f, "not equal: ", 0 };

	if (!t->compared)
		return false; /* no part was compared */
	item(&l, t->exact - t->rows[RESULTS_ROW_EQUAL],
	     "exact row moved or stands on one side alone",
	     "exact rows moved or stand on one side alone");
	item(&l, t->rows[RESULTS_ROW_MISSING], "row is missing", "rows are missing");
	item(&l, t->checks[RESULTS_CHECK_MISSING] + t->checks[RESULTS_CHECK_EXTRA],
	     "check stands on one side alone", "checks stand on one side alone");
	item(&l, t->models[RESULTS_MODEL_MISSING] + t->models[RESULTS_MODEL_EXTRA],
	     "model stands on one side alone", "models stand on one side alone");
	item(&l, t->one_sided, "part is not in all runs", "parts are not in all runs");
	return l.nr;
}

static bool is_open(FILE *f, const struct results_totals *t, bool exact_equal)
{
	struct list l = { f, "inconclusive: ", 0 };

	item(&l, t->partial, "run is partial", "runs are partial");
	item(&l, t->failed, "part failed", "parts failed");
	item(&l, t->incomparable, "part is not comparable", "parts are not comparable");
	item(&l, t->one_sided, "part is not in all runs", "parts are not in all runs");
	item(&l, t->empty, "part has an empty document", "parts have empty documents");
	item(&l, t->rows[RESULTS_ROW_UNCLEAR], "row is inconclusive", "rows are inconclusive");
	item(&l, t->rows[RESULTS_ROW_MISSING], "row of the base is missing",
	     "rows of the base are missing");
	item(&l, t->checks[RESULTS_CHECK_MISSING], "check is missing", "checks are missing");
	item(&l, t->checks[RESULTS_CHECK_STILL], "check fails as in the base",
	     "checks fail as in the base");
	item(&l, t->unexplored, "run has no exploration", "runs have no exploration");
	item(&l, t->half_explored, "exploration is partial", "explorations are partial");
	item(&l, t->other_explorers, "exploration was made by another program than the first",
	     "explorations were made by another program than the first");
	item(&l, t->models[RESULTS_MODEL_MISSING], "model of the base is missing",
	     "models of the base are missing");
	item(&l, t->models[RESULTS_MODEL_LESS],
	     "model was explored less than in the base, or claims something else",
	     "models were explored less than in the base, or claim something else");
	item(&l, t->models[RESULTS_MODEL_STILL], "model is other than claimed, as in the base",
	     "models are other than claimed, as in the base");
	if (exact_equal ? !t->exact : is_nothing(t))
		fprintf(f, "%s%s", l.nr++ ? ", " : l.begin,
			exact_equal ? "there is no exact row" : "nothing was judged");
	if (t->incomparable && l.nr)
		fputs("; compare runs made in the same environment, or make the base again here",
		      f);
	return l.nr;
}

static bool is_counted(FILE *f, const struct results_totals *t)
{
	fprintf(f, "%zu of %zu exact rows are equal (%.2f %%)", t->rows[RESULTS_ROW_EQUAL],
		t->exact, 100.0 * t->rows[RESULTS_ROW_EQUAL] / t->exact);
	return true;
}

static bool is_open_of_all(FILE *f, const struct results_totals *t)
{
	return is_open(f, t, false);
}

static bool is_open_of_exact(FILE *f, const struct results_totals *t)
{
	return is_open(f, t, true);
}

static bool is_well(FILE *f, const struct results_totals *t)
{
	fputs("nothing that was judged regressed", f);
	return true;
}

/* Sets *line to fn's findings, malloc'ed. Returns whether fn found any, or -ENOMEM. */
static int say(char **line, bool (*fn)(FILE *f, const struct results_totals *t),
	       const struct results_totals *t)
{
	size_t len;
	FILE *f = open_memstream(line, &len);
	bool any, lost;

	if (!f)
		return -ENOMEM;
	any = fn(f, t);
	lost = ferror(f);
	if (!fclose(f) && !lost && any)
		return true;
	free(*line);
	*line = NULL;
	return lost || any ? -ENOMEM : false;
}

/* The first of how[] that finds something is the conclusion; is_well() always does. */
static int conclude(struct results_comparison *c, bool exact_equal)
{
	const struct {
		bool asked;
		bool (*fn)(FILE *f, const struct results_totals *t);
		enum results_exit status;
	} how[] = {
		{ true, is_regression, EXIT_WORSE },
		{ exact_equal, is_unequal, EXIT_WORSE },
		{ true, exact_equal ? is_open_of_exact : is_open_of_all, EXIT_INCONCLUSIVE },
		{ true, is_well, EXIT_FINE },
	};
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(how) && !ret; i++) {
		if (how[i].asked)
			ret = say(&c->conclusion, how[i].fn, &c->totals);
		c->status = how[i].status;
	}
	return ret < 0 ? ret : 0;
}

int results__conclude(struct results_comparison *c, bool exact_equal)
{
	if (say(&c->judged, is_judged, &c->totals) < 0 ||
	    say(&c->identical, is_identical, &c->totals) < 0 ||
	    say(&c->not_judged, is_unjudged, &c->totals) < 0 ||
	    (exact_equal && c->totals.exact && say(&c->equal, is_counted, &c->totals) < 0))
		return -ENOMEM;
	return conclude(c, exact_equal);
}
