/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files on the steps of GUP-fast.
 */
#ifndef REPORT_STEPS_H
#define REPORT_STEPS_H

#include "pages.h"

/*
 * The page-table format that sentences are about: that of the part's kernel rows, if the case has
 * rows of it; else the format with the most rows of the case, the axis' first of several. NULL:
 * there is none.
 */
const char *steps_home_format(struct model *m, const struct report_part *part, const char *case_id);
/* Adds the section on splitting a folio. */
void steps_split(struct model *m, struct page *p, const struct report_part *part);

#endif
