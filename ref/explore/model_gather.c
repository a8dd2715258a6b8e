// SPDX-License-Identifier: GPL-2.0-or-later
/* Models of gather. */
#include "models.h"

const struct explore_model explore_gather_models[] = {
	{ 0 },
};
