// SPDX-License-Identifier: GPL-2.0-or-later
/* Models of longterm. */
#include "models.h"

const struct explore_model explore_longterm_models[] = {
	{ 0 },
};
