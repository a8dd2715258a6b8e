/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads and writes whole files. Links are never followed, so that one planted in a run's folder
 * cannot choose which file is read or written.
 */
#ifndef REPORT_FILES_H
#define REPORT_FILES_H

/* Writes a new file into the folder. 0 or -errno; -EEXIST: the name is taken. */
int file_make(int folder, const char *name, const char *text);
/*
 * Reads a regular file of at most 64 MiB. malloc'ed, with a NUL at its end; NULL: see errno.
 * folder: an open one, or AT_FDCWD.
 */
char *file_read_at(int folder, const char *name);
char *file_read(const char *path);
/* Prints on stderr what failed for which file, and returns err. */
int file_say(const char *what, const char *path, int err);

#endif
