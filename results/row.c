// SPDX-License-Identifier: GPL-2.0-or-later
/* A row of a comparison that was judged: whether it is shown, and in which order. */
#include <math.h>
#include <stdlib.h>

#include "internal.h"

bool results_verdict_is_judged(enum results_verdict v)
{
	return v < RESULTS_ROW_UNCLEAR;
}

bool results_row_stands_out(const struct results_compared_row *row)
{
	enum results_verdict v = row->verdict == RESULTS_ROW_UNGATED ? row->judged : row->verdict;

	return v != RESULTS_ROW_EQUAL && v != RESULTS_ROW_NOISE;
}

double results_row_distance(const struct results_compared_row *row)
{
	double by, from;

	if (!row->base || !row->head)
		return 0;
	by = results_amount_change(&row->base_value, &row->head_value);
	from = results_amount_number(&row->base_value);
	return by != 0 && from != 0 ? fabs(by / from) : by != 0 ? INFINITY : 0;
}

/* The order in which rows are shown. */
static int rank_of(enum results_verdict v)
{
	static const int ranks[RESULTS_NR_VERDICTS] = {
		[RESULTS_ROW_WORSE] = 0,    [RESULTS_ROW_CHANGED] = 1, [RESULTS_ROW_MISSING] = 2,
		[RESULTS_ROW_UNCLEAR] = 3,  [RESULTS_ROW_ALLOWED] = 4, [RESULTS_ROW_BETTER] = 5,
		[RESULTS_ROW_UNSTEADY] = 6, [RESULTS_ROW_EXTRA] = 7,   [RESULTS_ROW_UNGATED] = 6,
		[RESULTS_ROW_NOISE] = 8,    [RESULTS_ROW_EQUAL] = 8,
	};

	return ranks[v];
}

int results__row_worst_first(const struct results_compared_row *x,
			     const struct results_compared_row *y)
{
	double dx = results_row_distance(x), dy = results_row_distance(y);

	if (rank_of(x->verdict) != rank_of(y->verdict))
		return rank_of(x->verdict) - rank_of(y->verdict);
	if (dx != dy)
		return dx < dy ? 1 : -1;
	return results__measurement_cmp(x->m, y->m);
}

static int worst_first(const void *a, const void *b)
{
	return results__row_worst_first(*(const struct results_compared_row *const *)a,
					*(const struct results_compared_row *const *)b);
}

void results_rows_worst_first(const struct results_compared_row **rows, size_t nr)
{
	if (nr)
		qsort(rows, nr, sizeof(*rows), worst_first);
}
