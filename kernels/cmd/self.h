/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Subcommands of this program that another one runs. */
#ifndef KERNELS_SELF_H
#define KERNELS_SELF_H

#include <signal.h>
#include <stdio.h>

/*
 * Runs this program again with argv, what it prints appended to out, which can be read, too: a
 * reader of our own standard output who leaves must not end it, nor take its exit status away. It
 * ends when we do, and when *stop is set. Its exit status; EXIT_PART_FAILED when it has none.
 */
int self_run(const char *const *argv, FILE *out, volatile sig_atomic_t *stop);
/* All that out holds, on stdout. */
void self_print(FILE *out);

#endif
