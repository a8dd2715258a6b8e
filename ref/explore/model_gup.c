// SPDX-License-Identifier: GPL-2.0-or-later
/* Models of gup. */
#include "models.h"

const struct explore_model explore_gup_models[] = {
	{ 0 },
};
