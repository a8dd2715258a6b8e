// SPDX-License-Identifier: GPL-2.0-or-later
/* Models of dax. */
#include "models.h"

const struct explore_model explore_dax_models[] = {
	{ 0 },
};
