/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files that read scenarios: what one is a variant of. */
#ifndef KERNELS_SCENARIO_KIN_H
#define KERNELS_SCENARIO_KIN_H

#include "scenario.h"

/* scenario_read() of one that `depth` others are variants of, the one by way of the other. */
int scenario__read(const char *dir, const char *name, unsigned depth, struct scenario **out,
		   char why[SCENARIO_WHY]);
/* Fills s->kin. -EINVAL with why filled, -ENOMEM. */
int scenario__read_kin(const char *dir, struct scenario *s, unsigned depth, char why[SCENARIO_WHY]);

#endif
