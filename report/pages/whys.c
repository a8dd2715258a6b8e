// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reasons why cells have no number, by letters.
 */
#include <string.h>

#include "whys.h"

void whys_cell(struct model *m, struct table *t, struct whys *w, const char *why)
{
	size_t i;

	for (i = 0; i < w->nr && strcmp(w->v[i], why); i++)
		;
	if (i == MAX_WHYS) {
		table_seen(t, "missing", why);
		return;
	}
	w->v[i] = why;
	w->nr += i == w->nr;
	table_seen(t, "missing", arena_str(m->arena, "— (%c)", (char)('a' + i)));
}

void whys_say(struct model *m, struct section *s, const struct whys *w)
{
	const char *text = NULL;

	for (size_t i = 0; i < w->nr; i++)
		text = arena_str(m->arena, "%s%s(%c) %s", text ? text : "", text ? "; " : "",
				 (char)('a' + i), w->v[i]);
	if (text)
		section_note(m, s, arena_str(m->arena, "%s.", text));
}
