// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Versions of kernels, and whether a line of a scenario is for one. kernels/lib.sh compares them
 * the same way.
 */
#include <errno.h>
#include <stddef.h>

#include "scenario_range.h"

/* Reads numbers with dots between. Returns the first character behind, or NULL. */
static const char *read_version(const char *text, struct scenario_version *to)
{
	*to = (struct scenario_version){ .nr = 0 };
	while (to->nr < SCENARIO_VERSION) {
		unsigned n = 0, digits = 0;

		for (; *text >= '0' && *text <= '9'; text++) {
			if ((digits && !n) || ++digits > 4)
				return NULL;
			n = 10 * n + *text - '0';
		}
		if (!digits)
			return NULL;
		to->v[to->nr++] = n;
		if (*text != '.' || to->nr == SCENARIO_VERSION)
			break;
		text++;
	}
	return to->nr >= 2 ? text : NULL;
}

int scenario_version_parse(const char *text, struct scenario_version *to)
{
	const char *end = read_version(text, to);

	if (end && !*end)
		return 0;
	*to = (struct scenario_version){ .nr = 0 };
	return -EINVAL;
}

bool scenario_version_of_release(const char *text, struct scenario_version *to)
{
	if (read_version(text, to))
		return true;
	*to = (struct scenario_version){ .nr = 0 };
	return false;
}

/* <0, 0, >0, by the numbers that b has; a lacking number of a counts as 0. */
static int compare(const struct scenario_version *a, const struct scenario_version *b)
{
	for (int i = 0; i < b->nr; i++)
		if (a->v[i] != b->v[i])
			return a->v[i] < b->v[i] ? -1 : 1;
	return 0;
}

bool scenario_range_holds(const struct scenario_range *r, const struct scenario_version *kernel)
{
	return !kernel->nr || ((!r->since.nr || compare(kernel, &r->since) >= 0) &&
			       (!r->until.nr || compare(kernel, &r->until) <= 0));
}

/* Does "until a" hold for no version for which "until b" does not? 6.12 ends behind all of 6.12.x. */
static bool ends_by(const struct scenario_version *a, const struct scenario_version *b)
{
	for (int i = 0; i < b->nr; i++)
		if (i == a->nr || a->v[i] != b->v[i])
			return i < a->nr && a->v[i] < b->v[i];
	return true;
}

bool scenario_range_covers(const struct scenario_range *a, const struct scenario_range *b)
{
	if (a->since.nr && (!b->since.nr || compare(&b->since, &a->since) < 0))
		return false;
	return !a->until.nr || (b->until.nr && ends_by(&b->until, &a->until));
}
