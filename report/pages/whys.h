/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reasons why cells of tables have no number, each listed once below the tables.
 */
#ifndef REPORT_WHYS_H
#define REPORT_WHYS_H

#include "../model/model.h"

#define MAX_WHYS 26

struct whys {
	const char *v[MAX_WHYS];
	size_t nr;
};

/* Adds a cell "— (b)" to the table; the reason itself where the letters have run out. */
void whys_cell(struct model *m, struct table *t, struct whys *w, const char *why);
/* Adds the note "(a) ...; (b) ..."; or nothing. */
void whys_say(struct model *m, struct section *s, const struct whys *w);

#endif
