/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the native numbers were measured: machine, kernel, clock, tools.
 */
#ifndef BENCH_ENVIRONMENT_H
#define BENCH_ENVIRONMENT_H

#include <results/results.h>

/* Adds the facts on this machine, as it is now. 0 or -ENOMEM. */
int bench_environment(struct results_pairs *env);
/* Adds the suite's revision and the libraries that are part of what is measured. 0 or -ENOMEM. */
int bench_subject_pairs(struct results_pairs *subject);
const char *bench_arch(void);

#endif
