/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a run to answers, figures and a folder of static pages.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdio.h>

/* `ptbench report [--base RUN] [-o DIR | -a] RUN`: argv[0] is the subcommand. Returns ptbench's exit status. */
int report_cmd(int argc, char **argv);

/*
 * Prints the answers of the run (a folder, its run.json or a link to it) as plain text: the same
 * sentences as the pages'. Returns 0 or -errno; what went wrong has been said on stderr.
 */
int report_answers(const char *run, FILE *to);

/*
 * Renders the run into the folder out (NULL: <run>/report), made if it is not there; its
 * parent has to be. Returns 0 or
 * -errno; what went wrong has been said on stderr.
 */
int report_render(const char *run, const char *out);

#endif
