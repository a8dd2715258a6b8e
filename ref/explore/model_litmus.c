// SPDX-License-Identifier: GPL-2.0-or-later
/* Models of litmus. */
#include "models.h"

const struct explore_model explore_litmus_models[] = {
	{ 0 },
};
