/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The versions of kernels that a line of a scenario is for: "since 6.15", "until 6.14", or both. */
#ifndef KERNELS_SCENARIO_RANGE_H
#define KERNELS_SCENARIO_RANGE_H

#include <stdbool.h>

#define SCENARIO_VERSION 3 /* numbers of a version, at most: 6.12.117 */

struct scenario_version {
	unsigned short v[SCENARIO_VERSION];
	unsigned char nr; /* how many of them were given; 0: no version */
};

struct scenario_range {
	struct scenario_version since, until;
};

/* Parses "6.12" or "6.12.117". -EINVAL. */
int scenario_version_parse(const char *text, struct scenario_version *to);
/* Does text begin with a version? A kernel's release may go on: 6.12.0-rc1+. */
bool scenario_version_of_release(const char *text, struct scenario_version *to);
/*
 * Compares as many numbers as the range's versions have, so that 6.12.117 is in "until 6.12". Holds for
 * a kernel without a version.
 */
bool scenario_range_holds(const struct scenario_range *r, const struct scenario_version *kernel);
/* Is each version of b also in a? */
bool scenario_range_covers(const struct scenario_range *a, const struct scenario_range *b);

#endif
