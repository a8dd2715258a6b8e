/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a program to its end. SIGINT, SIGTERM and SIGHUP are passed on to it, and it is ended when
 * this process dies, so that no orphan goes on measuring.
 */
#ifndef BENCH_PROGRAM_H
#define BENCH_PROGRAM_H

#include <stddef.h>

enum program_out { PROGRAM_OUT, PROGRAM_OUT_DROPPED, PROGRAM_OUT_TO_STDERR };

/* How a program ended: well if all three are 0; else one of them is not. */
struct program_end {
	int error;  /* -errno: it could not be run */
	int signal; /* the signal that ended it */
	int status;
};

/* From now on SIGINT, SIGTERM and SIGHUP end the child, not this process. A signal that is ignored,
 * as under nohup, stays ignored. */
void program_catch_signals(void);
/* Restores the signals' former actions. */
void program_release_signals(void);
/* The first of these signals that arrived, or 0. */
int program_interrupted(void);

/*
 * argv[0] is looked up in PATH unless it has a slash. on_death: the signal that the program gets
 * when this process dies. A program that does not end within ten seconds of a signal is killed.
 * After an interruption no program is started; the result has that signal as its end.
 */
struct program_end program_run(char *const *argv, enum program_out out, int on_death);

/* "make ended with status 2", "build/bench was ended by signal 11 (Segmentation fault)" */
void program_end_text(const struct program_end *end, const char *what, char *buf, size_t size);

#endif
