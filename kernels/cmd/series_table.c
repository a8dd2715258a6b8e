// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench kernels series: the table of commits and cases, from comparisons. */
#include <array_size.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../boot/scenario.h"
#include "series.h"

const char *series_state_name(enum series_state s)
{
	static const char *const names[] = {
		[SERIES_SAME_IMAGE] = "the same image",
		[SERIES_SAME] = "nothing moved",
		[SERIES_CHANGED] = "changed",
		[SERIES_WORSE] = "WORSE",
		[SERIES_UNJUDGED] = "NOT JUDGED",
		[SERIES_SKIPPED] = "SKIPPED",
		[SERIES_UNBUILT] = "DOES NOT BUILD",
		[SERIES_UNBOOTED] = "DOES NOT BOOT",
		[SERIES_FAILED] = "FAILED",
	};

	return names[s];
}

/* ---- functions that moved ---- */

struct moved {
	const char *symbol;
	double by;
};

static int by_symbol(const void *a, const void *b)
{
	return strcmp(((const struct moved *)a)->symbol, ((const struct moved *)b)->symbol);
}

static int by_amount(const void *a, const void *b)
{
	const struct moved *x = a, *y = b;

	if (fabs(x->by) != fabs(y->by))
		return fabs(x->by) < fabs(y->by) ? 1 : -1;
	return by_symbol(a, b);
}

static size_t add_shares(struct moved *to, size_t nr, const struct results_measurement *m, int sign)
{
	for (size_t i = 0; i < m->nr_breakdown; i++)
		to[nr++] = (struct moved){ m->breakdown[i].symbol,
					   sign * (double)m->breakdown[i].instructions /
						   (double)m->nr_ops };
	return nr;
}

/* Sorts the shares of both sides into the functions that moved, the largest first. */
static size_t sum_up(struct moved *v, size_t nr)
{
	size_t kept = 0;

	qsort(v, nr, sizeof(*v), by_symbol);
	for (size_t i = 0, next; i < nr; i = next) {
		struct moved m = v[i];

		for (next = i + 1; next < nr && !by_symbol(&m, &v[next]); next++)
			m.by += v[next].by;
		if (m.by != 0)
			v[kept++] = m;
	}
	qsort(v, kept, sizeof(*v), by_amount);
	return kept;
}

#define SYMBOLS_SHOWN 4

char *series_moved_text(const struct results_compared_row *r)
{
	bool both = r->base && r->head && r->base->nr_breakdown && r->head->nr_breakdown;
	size_t nr = both ? r->base->nr_breakdown + r->head->nr_breakdown : 0, size;
	struct moved *v = malloc((nr + 1) * sizeof(*v));
	char *text = NULL;
	FILE *f = v ? open_memstream(&text, &size) : NULL;

	if (f && both) {
		nr = sum_up(v, add_shares(v, add_shares(v, 0, r->base, -1), r->head, 1));
		for (size_t i = 0; i < nr && i < SYMBOLS_SHOWN; i++)
			fprintf(f, "%s%s %+.10g", i ? ", " : "", results_shown(v[i].symbol),
				v[i].by);
		if (nr > SYMBOLS_SHOWN)
			fprintf(f, " and %zu more", nr - SYMBOLS_SHOWN);
	}
	free(v);
	if (!f)
		return NULL;
	if (!fclose(f))
		return text;
	free(text);
	return NULL;
}

/* ---- the cells of a row ---- */

static struct series_cell *find_cell(struct series_row *row, const char *case_id,
				     const char *metric)
{
	for (size_t i = 0; i < row->nr_cells; i++)
		if (!strcmp(row->cells[i].case_id, case_id) &&
		    !strcmp(row->cells[i].metric, metric))
			return &row->cells[i];
	return NULL;
}

static struct series_cell *add_cell(struct series_row *row, const char *case_id, const char *metric)
{
	struct series_cell *more = realloc(row->cells, (row->nr_cells + 1) * sizeof(*more)), *cell;

	if (!more)
		return NULL;
	row->cells = more;
	cell = &more[row->nr_cells++];
	*cell = (struct series_cell){ .metric = metric };
	cell->case_id = strdup(results_shown(case_id));
	cell->symbols = strdup("");
	return cell->case_id && cell->symbols ? cell : NULL;
}

static char *shown(char *text)
{
	char *copy = text ? strdup(results_shown(text)) : NULL;

	free(text);
	return copy;
}

/*
 * Takes a row that stands out. Those of one cell come the worst first, the largest of them first.
 */
static int take_row(struct series_row *row, const struct results_compared_row *r)
{
	const char *metric = r->m->metric ? r->m->metric->name : "skipped";
	struct series_cell *cell = find_cell(row, r->m->case_id, metric);

	if (cell) {
		cell->nr_rows++;
		return 0;
	}
	cell = add_cell(row, r->m->case_id, metric);
	if (!cell)
		return -ENOMEM;
	cell->nr_rows = 1;
	cell->has_base = r->base;
	cell->has_head = r->head;
	cell->base = r->base ? results_amount_number(&r->base_value) : 0;
	cell->head = r->head ? results_amount_number(&r->head_value) : 0;
	cell->params = shown(results_params_text(&r->m->params));
	cell->change = shown(results_row_change_text(r));
	cell->verdict = shown(results_row_verdict_text(r));
	return cell->params && cell->change && cell->verdict ? 0 : -ENOMEM;
}

static int take_check(struct series_row *row, const struct results_compared_check *check)
{
	const struct results_check *c = check->head ? check->head : check->base;
	struct series_cell *cell;

	if (check->verdict == RESULTS_CHECK_FINE || check->verdict == RESULTS_CHECK_EXTRA ||
	    check->verdict == RESULTS_CHECK_STILL)
		return 0;
	cell = find_cell(row, c->id, "check");
	if (cell) {
		cell->nr_rows++;
		return 0;
	}
	cell = add_cell(row, c->id, "check");
	if (!cell)
		return -ENOMEM;
	cell->nr_rows = 1;
	cell->params = shown(results_params_text(&c->params));
	if (asprintf(&cell->change, "%s -> %s", results_check_base_text(check),
		     results_check_head_text(check)) < 0)
		cell->change = NULL;
	if (asprintf(&cell->verdict, "%s",
		     check->verdict == RESULTS_CHECK_MENDED ? "improved" : "REGRESSED") < 0)
		cell->verdict = NULL;
	return cell->params && cell->change && cell->verdict ? 0 : -ENOMEM;
}

static int take_part(struct series_row *row, const struct results_compared_part *p)
{
	const struct results_compared_row **rows = calloc(p->nr_rows + 1, sizeof(*rows));
	size_t nr = 0;
	int err = rows ? 0 : -ENOMEM;

	for (size_t i = 0; i < p->nr_rows && !err; i++)
		if (results_row_stands_out(&p->rows[i]))
			rows[nr++] = &p->rows[i];
	if (!err)
		results_rows_worst_first(rows, nr);
	for (size_t i = 0; i < nr && !err; i++)
		err = take_row(row, rows[i]);
	for (size_t i = 0; i < p->nr_checks && !err; i++)
		err = take_check(row, &p->checks[i]);
	free(rows);
	return err;
}

static int by_case(const void *a, const void *b)
{
	const struct series_cell *x = a, *y = b;
	int by = strcmp(x->case_id, y->case_id);

	return by ? by : strcmp(x->metric, y->metric);
}

static enum series_state state_of(const struct results_comparison *c, size_t nr_cells)
{
	switch (c->status) {
	case EXIT_FINE:
		return nr_cells ? SERIES_CHANGED : SERIES_SAME;
	case EXIT_WORSE:
		return SERIES_WORSE;
	case EXIT_PART_FAILED:
		return SERIES_FAILED;
	default:
		return SERIES_UNJUDGED;
	}
}

int series_row_judge(struct series_row *row, const struct results_comparison *c)
{
	int err = 0;

	for (size_t i = 0; i < c->nr_parts && !err; i++)
		err = take_part(row, &c->parts[i]);
	if (err)
		return err;
	if (row->nr_cells)
		qsort(row->cells, row->nr_cells, sizeof(*row->cells), by_case);
	if (row->state == SERIES_FAILED)
		return 0; /* the reason says which part, and why */
	row->state = state_of(c, row->nr_cells);
	free(row->reason);
	row->reason = strdup(results_shown(c->conclusion));
	return row->reason ? 0 : -ENOMEM;
}

/* ---- functions of cells ---- */

static bool is_instructions(const struct series_cell *cell)
{
	return !strcmp(cell->metric, "instructions");
}

bool series_row_has_instructions(const struct series_row *row)
{
	for (size_t i = 0; i < row->nr_cells; i++)
		if (is_instructions(&row->cells[i]))
			return true;
	return false;
}

/* Is it the row that the cell shows? */
static bool is_row_of(const struct series_cell *cell, const struct results_compared_row *r)
{
	char *params;
	bool same;

	if (!r->m->metric || strcmp(r->m->metric->name, cell->metric) ||
	    strcmp(r->m->case_id, cell->case_id) || r->m->subject != RESULTS_KERNEL)
		return false;
	params = shown(results_params_text(&r->m->params));
	same = params && !strcmp(params, cell->params);
	free(params);
	return same;
}

int series_row_explain(struct series_row *row, const struct results_comparison *functions)
{
	for (size_t i = 0; i < row->nr_cells; i++) {
		struct series_cell *cell = &row->cells[i];
		const struct results_compared_row *found = NULL;

		for (size_t p = 0; p < functions->nr_parts && is_instructions(cell); p++)
			for (size_t k = 0; k < functions->parts[p].nr_rows && !found; k++)
				if (is_row_of(cell, &functions->parts[p].rows[k]))
					found = &functions->parts[p].rows[k];
		if (!found)
			continue;
		free(cell->symbols);
		cell->symbols = series_moved_text(found);
		if (!cell->symbols)
			return -ENOMEM;
	}
	return 0;
}

/* ---- all of it ---- */

static struct series_total *total_of(struct series_table *t, const char *scenario,
				     const struct series_cell *cell)
{
	struct series_total *more;

	for (size_t i = 0; i < t->nr_totals; i++)
		if (!strcmp(t->totals[i].scenario, scenario) &&
		    !strcmp(t->totals[i].case_id, cell->case_id) &&
		    !strcmp(t->totals[i].metric, cell->metric))
			return &t->totals[i];
	more = realloc(t->totals, (t->nr_totals + 1) * sizeof(*more));
	if (!more)
		return NULL;
	t->totals = more;
	more[t->nr_totals] =
		(struct series_total){ scenario, cell->case_id, cell->metric, 0, NULL };
	return &more[t->nr_totals++];
}

static int add_totals(struct series_table *t, const struct series_row *rows, size_t nr, bool net)
{
	for (size_t i = 0; i < nr; i++)
		for (size_t k = 0; k < rows[i].nr_cells; k++) {
			const struct series_cell *cell = &rows[i].cells[k];
			struct series_total *total = total_of(t, rows[i].scenario, cell);

			if (!total)
				return -ENOMEM;
			if (net)
				total->net = cell;
			else
				total->nr_commits++;
		}
	return 0;
}

static int by_scenario_and_case(const void *a, const void *b)
{
	const struct series_total *x = a, *y = b;
	int by = strcmp(x->scenario, y->scenario);

	by = by ? by : strcmp(x->case_id, y->case_id);
	return by ? by : strcmp(x->metric, y->metric);
}

/* Is a scenario skipped by some commits, and not by all, or all of everything skipped? */
static bool skips_some(const struct series_table *t)
{
	bool all = t->nr_rows;

	for (size_t i = 0; i < t->nr_rows; i++) {
		bool skipped = t->rows[i].state == SERIES_SKIPPED, other = false;

		all = all && skipped;
		for (size_t k = 0; k < t->nr_rows && skipped; k++)
			other |= !strcmp(t->rows[k].scenario, t->rows[i].scenario) &&
				 t->rows[k].state != SERIES_SKIPPED;
		if (other)
			return true;
	}
	return all;
}

static enum results_exit status_of(const struct series_table *t)
{
	const size_t *n = t->count;

	if (n[SERIES_UNBUILT] + n[SERIES_UNBOOTED] + n[SERIES_FAILED])
		return EXIT_PART_FAILED;
	if (n[SERIES_WORSE])
		return EXIT_WORSE;
	if (n[SERIES_UNJUDGED])
		return EXIT_INCONCLUSIVE;
	return skips_some(t) ? EXIT_INCONCLUSIVE : EXIT_FINE;
}

/* "regression: of 10 commits 2 are worse, 1 changed, 6 did not move anything, 1 does not build" */
static char *conclusion_of(const struct series_table *t)
{
	static const char *const words[] = {
		[SERIES_WORSE] = "worse",
		[SERIES_CHANGED] = "changed and not worse",
		[SERIES_SAME] = "nothing moved",
		[SERIES_SAME_IMAGE] = "the same image",
		[SERIES_UNJUDGED] = "not judged",
		[SERIES_SKIPPED] = "skipped",
		[SERIES_UNBUILT] = "without a kernel, for it does not build",
		[SERIES_UNBOOTED] = "does not boot",
		[SERIES_FAILED] = "a part failed",
	};
	static const enum series_state order[] = {
		SERIES_WORSE,	SERIES_CHANGED, SERIES_SAME,	 SERIES_SAME_IMAGE, SERIES_UNJUDGED,
		SERIES_SKIPPED, SERIES_UNBUILT, SERIES_UNBOOTED, SERIES_FAILED,
	};
	static const char *const verdicts[] = {
		[EXIT_FINE] = "no commit is worse",
		[EXIT_WORSE] = "regression",
		[EXIT_INCONCLUSIVE] = "inconclusive",
		[EXIT_PART_FAILED] = "a commit has no kernel, or a part failed",
	};
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	fprintf(f, "%s: %zu commit%s", verdicts[t->status], t->nr_commits, SERIES_S(t->nr_commits));
	if (t->nr_net > 1)
		fprintf(f, " of %zu scenarios", t->nr_net);
	for (size_t i = 0, n = 0; i < ARRAY_SIZE(order); i++)
		if (t->count[order[i]])
			fprintf(f, "%s %zu %s", n++ ? "," : ":", t->count[order[i]],
				words[order[i]]);
	if (!fclose(f))
		return text;
	free(text);
	return NULL;
}

int series_conclude(struct series_table *t)
{
	int err = add_totals(t, t->rows, t->nr_rows, false)
			  ?: add_totals(t, t->net, t->nr_net, true);

	if (err)
		return err;
	if (t->nr_totals)
		qsort(t->totals, t->nr_totals, sizeof(*t->totals), by_scenario_and_case);
	for (size_t i = 0; i < t->nr_rows; i++)
		t->count[t->rows[i].state]++;
	t->status = status_of(t);
	t->conclusion = conclusion_of(t);
	return t->conclusion ? 0 : -ENOMEM;
}

void series_row_free(struct series_row *row)
{
	for (size_t i = 0; i < row->nr_cells; i++) {
		struct series_cell *cell = &row->cells[i];

		free(cell->case_id);
		free(cell->params);
		free(cell->change);
		free(cell->verdict);
		free(cell->symbols);
	}
	free(row->cells);
	free(row->reason);
	free(row->run);
	*row = (struct series_row){ .commit = NULL };
}

void series_free(struct series_table *t)
{
	for (size_t i = 0; i < t->nr_rows; i++)
		series_row_free(&t->rows[i]);
	for (size_t i = 0; i < t->nr_net; i++)
		series_row_free(&t->net[i]);
	free(t->rows);
	free(t->net);
	free(t->totals);
	scenario_names_free(t->names, t->nr_names);
	free(t->note);
	free(t->conclusion);
}
