// SPDX-License-Identifier: GPL-2.0-or-later
/* Models of kmap. */
#include "models.h"

const struct explore_model explore_kmap_models[] = {
	{ 0 },
};
