// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of disciplines. */
#include <array_size.h>
#include <string.h>

#include "gather_priv.h"

#define ROW(name, ...) &gather_##name,
static const struct gather_discipline *const disciplines[] = { GATHER_DISCIPLINES(ROW, ROW) };

static const struct gather_discipline *const *more;
static size_t nr_more;

void gather_register(const struct gather_discipline *const *list, size_t nr)
{
	more = list;
	nr_more = nr;
}

size_t gather_nr_disciplines(void)
{
	return ARRAY_SIZE(disciplines) + nr_more;
}

const struct gather_discipline *gather_discipline_at(size_t i)
{
	if (i < ARRAY_SIZE(disciplines))
		return disciplines[i];
	return i < gather_nr_disciplines() ? more[i - ARRAY_SIZE(disciplines)] : NULL;
}

const struct gather_discipline *gather_discipline_find(const char *name)
{
	for (size_t i = 0; i < gather_nr_disciplines(); i++)
		if (!strcmp(gather_discipline_at(i)->name, name))
			return gather_discipline_at(i);
	return NULL;
}
