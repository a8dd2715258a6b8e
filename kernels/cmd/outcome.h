/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The folder in which a command leaves what it found of a range of commits. */
#ifndef KERNELS_OUTCOME_H
#define KERNELS_OUTCOME_H

#include <stdio.h>

#include "commits.h"

/*
 * RUNS/WHAT-FIRST-LAST-HASH, made if it is not there; malloc'ed. The same range and question have
 * the same folder. question: what else the outcome depends on. first: NULL, or a commit. NULL, said
 * on stderr with the command's name.
 */
char *outcome_folder(const char *command, const char *runs, const char *what,
		     const struct commit *first, const struct commit *last, const char *question);
/*
 * Has write print the file NAME of the folder, by way of a temporary name, and prints "WHAT: PATH"
 * on stdout. An exit status: 0, or EXIT_PART_FAILED, said on stderr with the command's name.
 */
int outcome_write(const char *command, const char *what, const char *folder, const char *name,
		  void (*write)(FILE *to, const void *arg), const void *arg);

#endif
