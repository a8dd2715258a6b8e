/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files that read, write and show ptbench-explore documents. */
#ifndef RESULTS_EXPLORE_INTERNAL_H
#define RESULTS_EXPLORE_INTERNAL_H

#include <results/explore.h>

#include "internal.h"

/* NULL-terminated, in the order of the enums. */
extern const char *const results__explore_verdicts[];
extern const char *const results__explore_methods[];
extern const char *const results__explore_modes[];
extern const char *const results__explore_contexts[];

/* 0, or -EINVAL with err->path relative to the checked value. */
int results__explore_check_model(const struct results_explore_model *m, struct results_error *err);
int results__explore_check(const struct results_explore *doc, struct results_error *err);
/* The number of steps that a document keeps of a failure with nr_steps. */
size_t results__explore_kept(size_t nr_steps);

/* Prints the document as tables. 0 or -ENOMEM. */
int results__explore_show(const struct results_explore *doc);

#endif
