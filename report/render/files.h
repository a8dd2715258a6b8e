/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole files in and out. A link is never followed: who plants one in a run's folder chooses
 * neither what is read nor what is written.
 */
#ifndef REPORT_FILES_H
#define REPORT_FILES_H

/* A new file in the folder; -EEXIST: there is something of that name. 0 or -errno. */
int file_make(int folder, const char *name, const char *text);
/*
 * A regular file of at most 64 MiB, malloc'ed, ends with a NUL; NULL and errno. folder: an open
 * one, or AT_FDCWD.
 */
char *file_read_at(int folder, const char *name);
char *file_read(const char *path);
/* Says on stderr what could not be done to which file, and returns err. */
int file_say(const char *what, const char *path, int err);

#endif
