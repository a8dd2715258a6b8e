/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A document's axes: the meanings of the params of all cases, the bench's and those of the kernels'
 * driver. */
#ifndef BENCH_VOCABULARY_H
#define BENCH_VOCABULARY_H

#include <results/results.h>

/*
 * Adds all axes to the document, from the lists of ref/ and the table of bench/words.h. 0, or
 * -errno with err filled.
 */
int bench_add_axes(struct results_doc *doc, struct results_error *err);

#endif
