/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report's own files (templates, plots, style sheet), embedded in the program so that it can be
 * started from any folder.
 */
#ifndef REPORT_EMBED_H
#define REPORT_EMBED_H

/* The text of report/<name>, such as "templates/index.mustache"; NULL: there is no such file. */
const char *embed_find(const char *name);

#endif
