/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes answers, figures and a folder of static pages from a run.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>
#include <stdio.h>

/*
 * `ptbench report [--base RUN] [--trend DIR] [--judged FILE] [-o DIR | -a] RUN`: argv[0] is the
 * subcommand. Returns ptbench's exit status.
 */
int report_cmd(int argc, char **argv);

/*
 * Both return ptbench's exit status: 0; 2, the run or all of its parts cannot be read, or the
 * report's folder cannot be made or replaced; 4, a file could not be written or a figure not drawn.
 * The reason has been printed on stderr.
 *
 * Prints the answers of the run (a folder, its run.json or a link to it) as plain text: the same
 * sentences as the pages'. Of an unfinished run those that it has so far.
 */
int report_answers(const char *run, FILE *to);

/*
 * Prints, for `ptbench kernels history`, what the page of history has of all kernels of these runs.
 * Returns ptbench's exit status: 0; 2, a run cannot be read, or none has a kernel (said on stderr);
 * 4, not all could be printed.
 */
int report_history(const char *const *runs, size_t nr, bool all, FILE *to);

/*
 * Renders the run into the folder out (NULL: <run>/report), whose parent has to exist. An earlier
 * report there is replaced in one step when the new one is complete; anything else there is left
 * alone, and is an error.
 */
int report_render(const char *run, const char *out);

#endif
