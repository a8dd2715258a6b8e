/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A strict look at a page's markup: the report writes less than HTML allows, and so can be held to
 * more.
 */
#ifndef REPORT_TEST_HTML_H
#define REPORT_TEST_HTML_H

#include <stddef.h>

/*
 * NULL: the text is well-formed: every element is closed in its turn, attributes are quoted,
 * entities are known, no id stands twice, no character is harmful, and each figure holds a picture
 * that is not empty. Else what is wrong, written to why (size bytes), which is returned.
 */
const char *html_problem(const char *text, char *why, size_t size);

#endif
