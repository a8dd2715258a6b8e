// SPDX-License-Identifier: GPL-2.0-or-later
/* Registers the liburcu disciplines in the programs that link them. */
#include <array_size.h>

#include "urcu.h"

#define ROW(name, ...) &gather_##name,
static const struct gather_discipline *const disciplines[] = { GATHER_URCU_DISCIPLINES(ROW) };

void gather_register_urcu(void)
{
	gather_register(disciplines, ARRAY_SIZE(disciplines));
}
