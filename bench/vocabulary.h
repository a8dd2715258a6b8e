/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the params of every case mean, of the bench's and of the kernels' driver: a document's
 * axes. */
#ifndef BENCH_VOCABULARY_H
#define BENCH_VOCABULARY_H

#include <results/results.h>

/*
 * Adds every axis there is, from the lists of ref/ and the table of bench/words.h. 0, or -errno
 * with err filled.
 */
int bench_add_axes(struct results_doc *doc, struct results_error *err);

#endif
