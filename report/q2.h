/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of Q2 share.
 */
#ifndef REPORT_Q2_H
#define REPORT_Q2_H

#include "model.h"

void q2_checks(struct model *m, struct page *p); /* the section on correctness */
void q2_code(struct model *m, struct page *p);	 /* and the one on code bytes */

/* The first design whose code this one shares, which speaks for all of them; itself if none. */
const char *q2_spokesman(struct model *m, const char *format, const char *design);
#define Q2_ALL_IDENTICAL "all four (identical)"
/* "static", "offset_lockless, static (identical)", Q2_ALL_IDENTICAL */
const char *q2_label(struct model *m, const char *format, const char *design);
/* The colour of a bar with that label. */
int q2_series(const char *label, const char *design);

#endif
