// SPDX-License-Identifier: GPL-2.0-or-later
/* Allowed changes: "CASE[:PARAMS]:METRIC" names the rows that may be worse or changed. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static int bad(const char *text, const char *what, struct results_error *err)
{
	return results__error(
		err, -EINVAL, NULL, "",
		"--allow \"%.200s\": %s; give CASE[:PARAM=VALUE,...]:METRIC, such as table_free/munmap:tables=8:ipis_sent",
		text, what);
}

int results__allowance_parse(const char *text, struct results__allowance *a,
			     struct results_error *err)
{
	const char *first = strchr(text, ':'), *last = strrchr(text, ':');
	char *params;
	int ret;

	*a = (struct results__allowance){ .text = text };
	if (!first || first == text || !last[1])
		return bad(text, "has no case or no metric", err);
	a->metric = results_metric_find(last + 1);
	if (!a->metric)
		return bad(text, "is of no metric in the list of results/metrics.h", err);
	a->pattern = strndup(text, first - text);
	params = first == last ? strdup("") : strndup(first + 1, last - first - 1);
	ret = a->pattern && params ? results_params_parse(&a->params, params) : -ENOMEM;
	free(params);
	if (ret == -ENOMEM)
		results__error(err, ret, NULL, "", "no memory for --allow");
	else if (ret)
		bad(text, "has params that no row can have", err);
	if (ret)
		results__allowance_free(a);
	return ret;
}

bool results__allows(const struct results__allowance *a, const struct results_measurement *m)
{
	return m->metric == a->metric && !fnmatch(a->pattern, m->case_id, 0) &&
	       results_params_have(&m->params, &a->params);
}

void results__allowance_free(struct results__allowance *a)
{
	free(a->pattern);
	results_params_free(&a->params);
	a->pattern = NULL;
}

int results_allow_check(const char *text, struct results_error *err)
{
	struct results__allowance a;
	int ret = results__allowance_parse(text, &a, err);

	if (!ret)
		results__allowance_free(&a);
	return ret;
}
