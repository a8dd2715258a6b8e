/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of a run that other programs of this build make, each recorded with its reason if it
 * failed: `ref.static` and `native` by build/bench, and what ptbench explore found.
 */
#ifndef BENCH_PARTS_H
#define BENCH_PARTS_H

#include <results/results.h>

#include "program.h"

/* The worst so far: an interruption, else a failure, else what was. */
int parts_worse(int a, int b);

/* <run>/<name>.json by `<build>/bench <option>=...`. Returns an exit status. */
int parts_bench(struct results_run *run, const char *build, const char *name, const char *option);

/*
 * <run>/explore.json by `<build>/ptbench explore`. It is no part, for it measures nothing; if
 * anything went wrong there, or it has another number of models than this program, there is a part
 * `explore` that failed, without a document.
 */
int parts_explore(struct results_run *run, const char *build);

/* A part without a document that failed, said on the terminal, too. Returns EXIT_PART_FAILED. */
int parts_failed(struct results_run *run, const char *name, const char *reason);

#endif
