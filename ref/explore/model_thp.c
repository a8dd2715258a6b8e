// SPDX-License-Identifier: GPL-2.0-or-later
/* Models of thp. */
#include "models.h"

const struct explore_model explore_thp_models[] = {
	{ 0 },
};
