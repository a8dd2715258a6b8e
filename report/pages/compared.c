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

/* As the pages write numbers: with a minus sign, and whole digits in groups of three. */
const char *compared_difference(struct model *m, const struct results_compared_row *r)
{
	static const char digits[] = "0123456789", minus[] = "−";
	const char *text = compared_said(m, results_row_change_text(r));
	char *all = arena_alloc(m->arena, strlen(text) * (sizeof(minus) - 1) + 1), *to = all;
	size_t n;

	for (const char *at = text; *at; at += n) {
		bool whole = at == text || at[-1] != '.';

		n = strspn(at, digits);
		for (size_t i = 0; i < n; i++) {
			if (i && whole && (n - i) % 3 == 0)
				*to++ = ',';
			*to++ = at[i];
		}
		if (n)
			continue;
		n = 1;
		if (*at == '-')
			to = stpcpy(to, minus);
		else
			*to++ = *at;
	}
	*to = '\0';
	return all;
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
