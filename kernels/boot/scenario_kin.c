// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The scenarios that one starts from: its base or image, the base's base, and so on. A variant is
 * one of each of them. check_kin() of kernels/lib.sh refuses the same.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenario_priv.h"

#define MAX_DEPTH 8 /* of bases of bases; a circle exceeds it */

static int refuse(const char *dir, const struct scenario *s, const char *what,
		  char why[SCENARIO_WHY])
{
	snprintf(why, SCENARIO_WHY, "%.200s/scenarios/%.64s: its %s '%.64s' %s", dir, s->name,
		 s->base ? "base" : "image", s->base ?: s->image, what);
	return -EINVAL;
}

static bool is_scenario(const char *dir, const char *name)
{
	char file[1024];

	snprintf(file, sizeof(file), "%s/scenarios/%.*s", dir, (int)strcspn(name, "@"), name);
	return !scenario_is_list(name) && !access(file, F_OK);
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
	int ret = 0;

	if (!of)
		return 0;
	if (!is_scenario(dir, of))
		return refuse(dir, s, "is no scenario", why);
	if (depth == MAX_DEPTH)
		return refuse(dir, s,
			      "comes after 8 others; bases must not be so many, nor form a circle",
			      why);
	ret = scenario__read(dir, of, depth + 1, &other, why);
	if (ret)
		return ret;
	if (strcmp(other->arch.name, s->arch.name))
		ret = refuse(dir, s, "is of another architecture", why);
	else if (s->image && other->image)
		ret = refuse(dir, s, "has itself the image of another; name that one", why);
	else if (s->role != SCENARIO_STOCK)
		ret = take(s, other);
	scenario_free(other);
	return ret;
}
