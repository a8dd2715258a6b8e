/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files on folding share.
 */
#ifndef REPORT_FOLDING_H
#define REPORT_FOLDING_H

#include "pages.h"

void folding_checks(struct model *m, struct page *p); /* the section on correctness */
void folding_code(struct model *m, struct page *p);	 /* and the one on code bytes */

/* The first design whose code this one shares, which speaks for all of them; itself if none. */
const char *folding_spokesman(struct model *m, const char *format, const char *design);
#define FOLDING_ALL_IDENTICAL "all four (identical)"
/* "static", "offset_lockless, static (identical)", FOLDING_ALL_IDENTICAL */
const char *folding_label(struct model *m, const char *format, const char *design);
/* The colour of a bar with that label. */
int folding_series(const char *label, const char *design);

#endif
