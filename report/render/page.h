/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the model to HTML, and to plain text.
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <stdio.h>

#include "../model/model.h"

/* Writes index.html, the model's pages and style.css into the open folder. 0 or -errno, said. */
int pages_write(struct model *m, int folder);

/* Copies the results behind the report to the open folder, so that the report stands alone. */
int parts_copy(struct model *m, int folder);

/* The answers as text, wrapped for a terminal; of a run that is not finished those that there
 * are. */
void answers_print(const struct model *m, FILE *to);

#endif
