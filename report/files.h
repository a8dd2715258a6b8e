/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole files in and out.
 */
#ifndef REPORT_FILES_H
#define REPORT_FILES_H

int file_write(const char *path, const char *text); /* atomically; 0 or -errno */
char *file_read(const char *path); /* malloc'ed, ends with a NUL; NULL and errno */
/* Says on stderr what could not be done to which file, and returns err. */
int file_say(const char *what, const char *path, int err);

#endif
