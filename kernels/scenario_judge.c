// SPDX-License-Identifier: GPL-2.0-or-later
/* Judges the checks of a boot by what its scenario expects of them. */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "scenario.h"

static bool fits(const struct scenario_expect *e, const char *id,
		 const struct results_params *params)
{
	size_t i;

	if (strcmp(e->id, id))
		return false;
	for (i = 0; i < e->params.nr; i++) {
		const struct results_param *want = &e->params.v[i], *have;

		have = results_params_get(params, want->key);
		if (!have || !have->str != !want->str)
			return false;
		if (want->str ? strcmp(have->str, want->str) : have->num != want->num)
			return false;
	}
	return true;
}

static bool matches(const char *patterns, const char *seen)
{
	char copy[SCENARIO_MAX_LINE], *p = copy, *next;
	bool found = false;

	snprintf(copy, sizeof(copy), "%s", patterns);
	for (; p && !found; p = next) {
		next = strstr(p, " | ");
		if (next) {
			*next = '\0';
			next += 3;
		}
		found = !fnmatch(p + strspn(p, " \t"), seen, 0);
	}
	return found;
}

bool scenario_judge(const struct scenario *s, const char *id, const struct results_params *params,
		    const char *seen, const char **expect)
{
	size_t i;

	*expect = "right";
	for (i = 0; i < s->nr_expects; i++) {
		const struct scenario_expect *e = &s->expects[i];

		if (!e->some && fits(e, id, params)) {
			*expect = e->seen;
			break;
		}
	}
	return matches(*expect, seen);
}

const struct scenario_expect *scenario_unmet(const struct scenario *s,
					     const struct results_doc *doc)
{
	size_t i, j;

	for (i = 0; i < s->nr_expects; i++) {
		const struct scenario_expect *e = &s->expects[i];
		bool met = false, any = false;

		for (j = 0; j < doc->nr_checks; j++) {
			const struct results_check *c = &doc->checks[j];

			any = any || !strcmp(c->id, e->id);
			met = met || (fits(e, c->id, &c->params) &&
				      (!e->some || matches(e->seen, c->seen)));
		}
		/* A boot that runs no check of that id has nothing to show. */
		if (any && !met && !e->common)
			return e;
	}
	return NULL;
}
