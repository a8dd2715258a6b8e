// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Texts of results_compare() as a page shows them.
 */
#include <stdlib.h>
#include <string.h>

#include "compared.h"

const char *compared_line(struct model *m, const char *text)
{
	const char *all = "";

	for (; text[strcspn(text, "\n")]; text += strcspn(text, "\n") + 1)
		all = arena_str(m->arena, "%s%.*s | ", all, (int)strcspn(text, "\n"), text);
	return clean(m->arena, arena_str(m->arena, "%s%s", all, text));
}

const char *compared_said(struct model *m, char *text)
{
	const char *copy;

	if (!text)
		longjmp(m->arena->oom, 1);
	m->held = text;
	copy = compared_line(m, text);
	m->held = NULL;
	free(text);
	return copy;
}

const char *compared_difference(struct model *m, const struct results_compared_row *r)
{
	const char *text = compared_said(m, results_row_change_text(r)), *all = "";

	for (; strchr(text, '-'); text = strchr(text, '-') + 1)
		all = arena_str(m->arena, "%s%.*s−", all, (int)strcspn(text, "-"), text);
	return arena_str(m->arena, "%s%s", all, text);
}

int compared_most_first(const void *va, const void *vb)
{
	const struct results_compared_row *a = *(const struct results_compared_row *const *)va;
	const struct results_compared_row *b = *(const struct results_compared_row *const *)vb;
	double x = results_row_distance(a), y = results_row_distance(b);

	if (x != y)
		return x < y ? 1 : -1;
	return a < b ? -1 : a > b; /* equal ones stay in the comparison's order */
}
