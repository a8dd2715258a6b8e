// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Steps of exact and deterministic series: where a value differs from the first value of its level
 * by what counts. Nothing is estimated; docs/trend.md has the rule.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "trend.h"

static double per_op(const struct results_trend_value *v, double total)
{
	return total / (double)v->nr_ops;
}

/* Whether one of mode, median and mean lies further from the level's than counts. */
static bool is_far(const struct results_trend_value *level, const struct results_trend_value *v,
		   double effect)
{
	return results__trend_counts(per_op(level, level->total), per_op(v, v->total), effect) ||
	       results__trend_counts(per_op(level, level->median), per_op(v, v->median), effect) ||
	       results__trend_counts(per_op(level, level->mean), per_op(v, v->mean), effect);
}

static bool is_apart(const struct results_trend_value *a, const struct results_trend_value *b)
{
	return per_op(a, a->max) < per_op(b, b->min) || per_op(b, b->max) < per_op(a, a->min);
}

int results__trend_whole(struct results_trend_series *s)
{
	const struct results_trend_value *level = &s->values[0];

	s->verdict = s->nr_values < 2 ? RESULTS_TREND_SHORT : RESULTS_TREND_LEVEL;
	for (size_t i = 1; i < s->nr_values; i++) {
		const struct results_trend_value *v = &s->values[i];
		struct results_amount a = results_trend_amount(level), b = results_trend_amount(v);
		bool step;

		if (level->kind == RESULTS_EXACT && v->kind == RESULTS_EXACT) {
			step = results_amount_cmp(&a, &b);
		} else {
			bool far = is_far(level, v, s->m->metric->effect);

			step = far && is_apart(level, v);
			s->nr_unclear += far && !step;
		}
		if (!step)
			continue;
		if (results__trend_add(s, i, results_amount_number(&a), results_amount_number(&b),
				       results_amount_change(&a, &b), NAN))
			return -ENOMEM;
		level = v;
		s->verdict = RESULTS_TREND_STEPS;
	}
	return 0;
}
