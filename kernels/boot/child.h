/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts programs: no shell reads their arguments, and none of them outlives this process. */
#ifndef KERNELS_CHILD_H
#define KERNELS_CHILD_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/*
 * As fork(), but the child and the programs that it starts are a process group, which is killed
 * when the child or this process ends for whatever reason, or after so many seconds (0: no limit).
 * (A program that leaves the group is not killed.) Returns, in this process, the pid of a guard
 * process, which ends when the group is gone, with the child's status; -1 with errno on failure.
 */
pid_t child_fork(unsigned seconds);
/* pid: of child_fork(). Has it ended? Then *status is waitpid()'s. */
bool child_has_ended(pid_t pid, int *status);
/* Ends the child with its group, and waits for it. Returns waitpid()'s status. */
int child_kill(pid_t pid);

struct child {
	pid_t pid;
	FILE *out;
};

/*
 * Starts argv[0], looked up in PATH, with input (at most 4096 bytes) on its standard input. c->out
 * reads the program's file descriptor from, 1 or 2; the output to the other is dropped. The program
 * is ended after so many seconds (0: no limit). -errno: c must not be used. A program that is not
 * found ends with 127.
 */
int child_start(struct child *c, const char *const *argv, const char *input, int from,
		unsigned seconds);
/*
 * Closes c->out and waits for the program's end: its exit status, or 128 + the signal that ended
 * it. If reading c->out failed, as when a signal interrupted it, the program is ended.
 */
int child_end(struct child *c);

#endif
