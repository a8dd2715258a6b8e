/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a subcommand of this program in another one. */
#ifndef KERNELS_SELF_H
#define KERNELS_SELF_H

#include <signal.h>
#include <stdio.h>

/*
 * Runs this program again with argv and appends its standard output to out, a file that is open for
 * reading, too. (On this process's standard output, SIGPIPE could end it.) It is ended when this
 * process ends and when *stop is set. Returns its exit status; EXIT_PART_FAILED if it has none.
 */
int self_run(const char *const *argv, FILE *out, volatile sig_atomic_t *stop);
/* Copies all of out to stdout. */
void self_print(FILE *out);

#endif
