/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs that are started: no shell reads their arguments, and none of them outlives us. */
#ifndef KERNELS_CHILD_H
#define KERNELS_CHILD_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/*
 * As fork(), but the child and all that it starts are a process group, which ends when the child or
 * this process does, whatever ends it (a program that leaves its group is on its own). It also ends
 * after so many seconds (0: no limit). What is returned is the number of a process that waits for
 * the child and ends as it did, when nothing of the group is left.
 */
pid_t child_fork(unsigned seconds);
/* Has it ended? Then status is waitpid()'s. */
bool child_has_ended(pid_t pid, int *status);
/* Ends it with its group, and waits for it. waitpid()'s status. */
int child_kill(pid_t pid);

struct child {
	pid_t pid;
	FILE *out;
};

/*
 * Starts argv[0], which is looked up in PATH, with input (at most 4096 bytes) on its standard
 * input. What it writes to from, 1 or 2, can be read from c->out; the other is dropped. After so
 * many seconds it is ended (0: no limit). -errno: c is not to be used. A program that is not there
 * ends with 127.
 */
int child_start(struct child *c, const char *const *argv, const char *input, int from,
		unsigned seconds);
/*
 * Waits for its end: its exit status, or 128 + the signal that ended it. When a signal interrupted
 * reading c->out, it is ended.
 */
int child_end(struct child *c);

#endif
