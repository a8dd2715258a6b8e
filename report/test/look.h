/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking at pages: their words, without markup.
 */
#ifndef REPORT_TEST_LOOK_H
#define REPORT_TEST_LOOK_H

#include <stdbool.h>

/* "dir/file"; the last 8 stay valid. */
const char *look_path(const char *dir, const char *file);
/* A copy, malloc'ed. */
char *keep(const char *text);
/* Writes (or overwrites) a file; aborts when it cannot. */
void look_write(const char *path, const char *text);
/* report_render(), without its line that says where it rendered to, which is no TAP. */
int render_quietly(const char *run, const char *out);
/* Markup removed, entities resolved, white space one blank; in place. */
char *plain(char *html);
/* A page's words, malloc'ed; "" when it cannot be read. */
char *page_text(const char *dir, const char *page);
bool page_says(const char *dir, const char *page, const char *sentence);
/* The answers of a run, malloc'ed. */
char *answers(const char *run);

#endif
