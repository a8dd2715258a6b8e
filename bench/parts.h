/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of a run that other programs of this build make, each recorded with its reason if it
 * failed: `ref.static` and `native` by build/bench, and what ptbench explore found.
 */
#ifndef BENCH_PARTS_H
#define BENCH_PARTS_H

#include <results/results.h>

#include "program.h"

/* The worse of two exit statuses: EXIT_INTERRUPTED, else the larger. */
int parts_worse(int a, int b);

/* Makes <run>/<name>.json by `<build>/bench <option>=...`. Returns an exit status. */
int parts_bench(struct results_run *run, const char *build, const char *name, const char *option);

/*
 * Makes <run>/explore.json by `<build>/ptbench explore`. It is no part, for it measures nothing. If
 * the explorer failed, or the file has another number of models than this program, a failed part
 * `explore` without a document is recorded. Returns an exit status.
 */
int parts_explore(struct results_run *run, const char *build);

/* Records and prints a failed part without a document. Returns EXIT_PART_FAILED. */
int parts_failed(struct results_run *run, const char *name, const char *reason);

#endif
