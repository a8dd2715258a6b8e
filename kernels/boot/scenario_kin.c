// SPDX-License-Identifier: GPL-2.0-or-later
/* The scenarios that one is a variant of: its base or image, the base's base, up to a stock one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_priv.h"

#define MAX_DEPTH 8 /* of variants of variants; a circle exceeds it */

static int refuse(const char *dir, const struct scenario *s, const char *of, const char *what,
		  char why[SCENARIO_WHY])
{
	snprintf(why, SCENARIO_WHY, "%.200s/scenarios/%.64s: it is a variant of '%.64s', %s", dir,
		 s->name, of, what);
	return -EINVAL;
}

/* Makes s a variant of other and of the scenarios that other is a variant of. */
static int take(struct scenario *s, struct scenario *other)
{
	s->kin = calloc(other->nr_kin + 1, sizeof(*s->kin));
	if (!s->kin)
		return -ENOMEM;
	s->kin[0] = (struct scenario_kin){ other->name, other->title, other->role };
	other->name = other->title = NULL;
	if (other->nr_kin)
		memcpy(s->kin + 1, other->kin, other->nr_kin * sizeof(*s->kin));
	s->nr_kin = other->nr_kin + 1;
	other->nr_kin = 0;
	return 0;
}

int scenario__read_kin(const char *dir, struct scenario *s, unsigned depth, char why[SCENARIO_WHY])
{
	const char *of = s->base ?: s->image;
	struct scenario *other;
	int ret;

	if (s->role == SCENARIO_STOCK)
		return 0;
	if (depth == MAX_DEPTH)
		return refuse(dir, s, of,
			      "and there is no end of variants of variants; name a stock one", why);
	ret = scenario__read(dir, of, depth + 1, &other, why);
	if (ret)
		return ret;
	if (strcmp(other->arch.name, s->arch.name))
		ret = refuse(dir, s, of, "which is of another architecture; name one of its own",
			     why);
	else
		ret = take(s, other);
	scenario_free(other);
	return ret;
}
