/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BENCH_INTERLEAVE_H
#define BENCH_INTERLEAVE_H

/* ptbench interleave. build: the folder of this program; root: the checkout. Returns an exit
 * status. */
int bench_cmd_interleave(int argc, char **argv, const char *build, const char *root);

#endif
