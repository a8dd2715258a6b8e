/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of build/bench: its own options, and those of Google Benchmark it looks at. */
#ifndef BENCH_NATIVE_OPTIONS_H
#define BENCH_NATIVE_OPTIONS_H

#include <stdbool.h>

/* All point into argv; NULL: not given. */
struct native_options {
	const char *out, *codes, *objects, *every;
	const char *min_time, *repetitions; /* Google Benchmark's, or the default */
	const char *process, *like;	    /* of several: "3/12"; the document of the first */
	const char *slow;
	bool quiet, any_load;
};

extern const char native_usage[];

/* Reads the runner's own options and removes them from argv. */
void native_options_parse(int *argc, char **argv, struct native_options *o);
/* Rejects options that cannot be used before minutes of measuring. Returns an exit status. */
int native_options_check(const struct native_options *o);
bool native_asks_for_help(char **argv);
/*
 * Puts the default flags of Google Benchmark before the user's, which override them. malloc'ed;
 * NULL without memory.
 */
char **native_with_defaults(int *argc, char **argv, bool one_of_several);
/*
 * The command that a document records. It names FILE in place of the document: a reader who pastes
 * the command into a shell does not overwrite the run. malloc'ed; NULL without memory.
 */
char *native_command(int argc, char **argv);

#endif
