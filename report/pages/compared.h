/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What results_compare() says, for a page.
 */
#ifndef REPORT_COMPARED_H
#define REPORT_COMPARED_H

#include "../model/model.h"

/* Joins lines, with a bar between them. */
const char *compared_line(struct model *m, const char *text);
/* Copies a malloc'ed text of results_compare() into the arena and frees it; m->held keeps it for
 * head_base_free() if the copy runs out of memory. */
const char *compared_said(struct model *m, char *text);
/* The row's difference, with the sign that the other pages use. */
const char *compared_difference(struct model *m, const struct results_compared_row *r);
/* qsort() order of pointers to rows: the largest relative change first. */
int compared_most_first(const void *va, const void *vb);

#endif
