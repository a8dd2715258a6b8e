/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a run to answers, figures and a folder of static pages.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdio.h>

/* `ptbench report [--base RUN] [-o DIR | -a] RUN`: argv[0] is the subcommand. Returns ptbench's
 * exit status. */
int report_cmd(int argc, char **argv);

/*
 * Both return ptbench's exit status: 0; 2, the run or each of its parts cannot be read, or there is
 * no place for the report; 4, something could not be written, or a figure not drawn. What it was
 * has been said on stderr.
 *
 * Prints the answers of the run (a folder, its run.json or a link to it) as plain text: the same
 * sentences as the pages'. Of a run that is not finished those that there are so far.
 */
int report_answers(const char *run, FILE *to);

/*
 * Renders the run into the folder out (NULL: <run>/report), whose parent has to be there. An
 * earlier report that is there is replaced in one step, when the new one is whole; anything else is
 * left alone, and is an error.
 */
int report_render(const char *run, const char *out);

#endif
