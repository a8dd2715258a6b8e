/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a program to its end. SIGINT, SIGTERM and SIGHUP are passed on to it, and whatever ends us
 * ends it, too: nothing goes on measuring for nobody.
 */
#ifndef BENCH_PROGRAM_H
#define BENCH_PROGRAM_H

#include <stddef.h>

enum program_out { PROGRAM_OUT, PROGRAM_OUT_DROPPED, PROGRAM_OUT_TO_STDERR };

/* How it ended: one of the three is not 0, or it ended well. */
struct program_end {
	int error;  /* -errno: it could not be run */
	int signal; /* that ended it */
	int status;
};

/* From now on these signals end programs, and not us. One that is ignored, as under nohup, stays
 * so. */
void program_catch_signals(void);
/* From now on they do again what they did before. */
void program_release_signals(void);
/* The first of them that came, or 0. */
int program_interrupted(void);

/*
 * argv[0] is looked up in PATH unless it has a slash. on_death: the signal that it gets when this
 * process is gone. One that does not end within ten seconds after it was interrupted is killed.
 * After an interruption nothing is started, and what would have been has ended by that signal.
 */
struct program_end program_run(char *const *argv, enum program_out out, int on_death);

/* "make ended with status 2", "build/bench was ended by signal 11 (Segmentation fault)" */
void program_end_text(const struct program_end *end, const char *what, char *buf, size_t size);

#endif
