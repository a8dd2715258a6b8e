/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A strict check of a page's markup: the report uses a subset of HTML, so that it can be checked
 * more strictly than HTML.
 */
#ifndef REPORT_TEST_HTML_H
#define REPORT_TEST_HTML_H

#include <stddef.h>

/*
 * NULL: the text is well-formed: every element is closed in its turn, attributes are quoted,
 * entities are known, no id stands twice, no character is harmful, and each figure holds a picture
 * that is not empty. Else writes the error to why (size bytes) and returns why.
 */
const char *html_problem(const char *text, char *why, size_t size);

#endif
