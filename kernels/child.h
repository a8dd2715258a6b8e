/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program that is asked something: no shell reads its arguments, which come from files. */
#ifndef KERNELS_CHILD_H
#define KERNELS_CHILD_H

#include <stdio.h>
#include <sys/types.h>

struct child {
	pid_t pid;
	FILE *out;
};

/*
 * Starts argv[0], which is looked up in PATH, with input (at most 4096 bytes) on its standard input.
 * What it writes to from, 1 or 2, can be read from c->out; the other is dropped. -errno: c is not to
 * be used. A program that is not there ends with 127.
 */
int child_start(struct child *c, const char *const *argv, const char *input, int from);
/* Waits for its end: its exit status, or 128 + the signal that ended it. */
int child_end(struct child *c);

#endif
