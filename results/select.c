// SPDX-License-Identifier: GPL-2.0-or-later
/* Which rows of two sides are compared: the filters of `ptbench compare`. */
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "internal.h"

static int subject_of(const char *name)
{
	for (int s = RESULTS_REF; s <= RESULTS_IMPORTED; s++)
		if (!strcmp(results_subject_name(s), name))
			return s;
	return -1;
}

static int parse(const struct results_filter *only, struct results__selection *s,
		 struct results_error *err)
{
	int ret;

	if (only->metric && !results_metric_find(only->metric))
		return results__error(err, -EINVAL, NULL, "",
				      "\"%.80s\" is no metric; results/metrics.h lists them",
				      only->metric);
	if (only->subject && subject_of(only->subject) < 0)
		return results__error(err, -EINVAL, NULL, "",
				      "\"%.80s\" is no subject: ref, kernel, liburcu or imported",
				      only->subject);
	ret = only->params ? results_params_parse(&s->params, only->params) : 0;
	if (ret == -EINVAL)
		results__error(err, ret, NULL, "", "\"%.200s\" is not key=value,key=value",
			       only->params);
	return ret;
}

int results__selection_init(struct results__selection *s, const struct results_filter *only,
			    struct results_error *err)
{
	int ret;

	*s = (struct results__selection){ .only = *only };
	ret = parse(only, s, err);
	if (ret)
		return ret;
	s->metric = only->metric ? results_metric_find(only->metric) : NULL;
	s->subject = only->subject ? subject_of(only->subject) : -1;
	s->some_rows = only->case_id || only->metric || only->subject || only->params;
	s->some = s->some_rows || only->part;
	return 0;
}

void results__selection_free(struct results__selection *s)
{
	results_params_free(&s->params);
}

bool results__selects_part(const struct results__selection *s, const char *name)
{
	return !s->only.part || !fnmatch(s->only.part, name, 0);
}

bool results__selects_row(const struct results__selection *s, const struct results_measurement *m)
{
	/* A skipped row has no metric. */
	return (!s->metric || !m->metric || m->metric == s->metric) &&
	       (s->subject < 0 || (int)m->subject == s->subject) &&
	       (!s->only.case_id || !fnmatch(s->only.case_id, m->case_id, 0)) &&
	       results_params_have(&m->params, &s->params);
}
