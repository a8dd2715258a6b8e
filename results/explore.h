/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that know ptbench-explore documents share. */
#ifndef RESULTS_EXPLORE_INTERNAL_H
#define RESULTS_EXPLORE_INTERNAL_H

#include <results/explore.h>

#include "internal.h"

/* NULL-terminated, in the order of the enums. */
extern const char *const results__explore_verdicts[];
extern const char *const results__explore_methods[];
extern const char *const results__explore_modes[];
extern const char *const results__explore_contexts[];

/* 0, or -EINVAL with err->path relative to what is checked. */
int results__explore_check_model(const struct results_explore_model *m, struct results_error *err);
int results__explore_check(const struct results_explore *doc, struct results_error *err);
/* How many steps of a failure's are kept. */
size_t results__explore_kept(size_t nr_steps);

/* Prints the document as tables. 0 or -ENOMEM. */
int results__explore_show(const struct results_explore *doc);

#endif
