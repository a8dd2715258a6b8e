// SPDX-License-Identifier: GPL-2.0-or-later
/* What all files that make a trend use: counts, steps that are added, words. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trend.h"

void results__trend_count(struct results_trend_count *c, size_t nr, char *text)
{
	c->nr += nr;
	if (nr && !c->first)
		c->first = text;
	else
		free(text);
}

bool results__trend_counts(double before, double after, double effect)
{
	if (before == 0 || after == 0)
		return before != after;
	/* As results_compare(): a rise by the effect, or the fall that such a rise would undo. */
	return after / before > 1 + effect || after / before < 1 / (1 + effect);
}

static enum results_verdict verdict_of(const struct results_metric *metric, bool rose)
{
	if (metric->better == RESULTS_NEITHER)
		return RESULTS_ROW_CHANGED;
	return rose == (metric->better == RESULTS_LOWER) ? RESULTS_ROW_WORSE : RESULTS_ROW_BETTER;
}

int results__trend_add(struct results_trend_series *s, size_t at, double before, double after,
		       double by, double p)
{
	struct results_trend_step *bigger;

	bigger = realloc(s->steps, (s->nr_steps + 1) * sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	s->steps = bigger;
	if (s->nr_steps)
		s->steps[s->nr_steps - 1].to = at;
	s->steps[s->nr_steps] = (struct results_trend_step){
		.at = at,
		.from = s->nr_steps ? s->steps[s->nr_steps - 1].at : 0,
		.to = s->nr_values,
		.before = before,
		.after = after,
		.change = before != 0 ? by / before : INFINITY,
		.verdict = verdict_of(s->m->metric, by > 0),
		.p = p,
	};
	s->nr_steps++;
	return 0;
}

const char *results_trend_verdict_name(enum results_trend_verdict v)
{
	static const char *const names[] = {
		[RESULTS_TREND_STEPS] = "steps",
		[RESULTS_TREND_LEVEL] = "no step",
		[RESULTS_TREND_SHORT] = "too short",
	};

	return names[v];
}

const char *results_trend_direction(const struct results_trend_step *step)
{
	return step->verdict == RESULTS_ROW_WORSE    ? "worse"
	       : step->verdict == RESULTS_ROW_BETTER ? "better"
						     : "changed";
}

struct results_amount results_trend_amount(const struct results_trend_value *v)
{
	return results__amount(v->total, v->nr_ops);
}

char *results__trend_name(const struct results_trend *t, const struct results_trend_series *s)
{
	char *params = results_params_text(&s->m->params), *text;

	if (!params || asprintf(&text, "%s %s%s%s: %s (%s)", t->groups[s->group].part,
				s->m->case_id, *params ? " " : "", params, s->m->metric->name,
				results_subject_name(s->m->subject)) < 0)
		text = NULL;
	free(params);
	return text;
}

char *results_trend_change_text(const struct results_trend_step *step)
{
	char *text;

	if (!isfinite(step->change))
		return strdup("from 0");
	/* A change of one instruction in a million is no "+0.00 %". */
	if (asprintf(&text, fabs(step->change) < 5e-4 ? "%+.2g %%" : "%+.2f %%",
		     100 * step->change) < 0)
		return NULL;
	return text;
}
