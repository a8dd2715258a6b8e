/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Renders the model as HTML and as plain text.
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <stdio.h>

#include "../model/model.h"

/* Writes index.html, the model's pages and style.css into the open folder. 0, or -errno after a
 * message on stderr. */
int pages_write(struct model *m, int folder);

/* Copies the parts' documents to the open folder, so that the report's links work without the run.
 * 0, or -errno after a message on stderr. */
int parts_copy(struct model *m, int folder);

/* Prints a page as text, wrapped for a terminal: answers, tables and notes of each section. */
void page_print(const struct model *m, const struct page *p, FILE *to);

/* Prints the answers as text, wrapped for a terminal; of an unfinished run those that it has so
 * far. */
void answers_print(const struct model *m, FILE *to);

#endif
