/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions that fill the model: one per page; each reads the input and adds its sections.
 */
#ifndef REPORT_PAGES_H
#define REPORT_PAGES_H

#include "../model/model.h"

/* Builds all pages, in the order in which they are listed. */
void pages_build(struct model *m);

/* Compares the run with its base; call it before pages_build(). */
void head_base_compare(struct model *m, const struct results_compare_options *options);
void head_base_build(struct model *m); /* does nothing without a base */
void head_base_free(struct model *m);
void trend_build(struct model *m); /* does nothing without a trend */
void trend_free(struct model *m);
void judged_build(struct model *m); /* does nothing without a judge's rates */
/* The page on several versions of one kernel; does nothing where the run has one of each. */
void history_build(struct model *m);
/* The same page of several runs, with all their kernels. Returns how many scenarios it has. */
size_t history_build_of(struct model *m, const struct report_input *const *runs, size_t nr);
void history_free(struct model *m);
/* On each page that shows one of several versions, a note which one, and where the others are. */
void history_note(struct model *m);
void freeing_build(struct model *m);
void folding_build(struct model *m);
void kmap_build(struct model *m);
void steps_build(struct model *m);
void dax_build(struct model *m);
void reference_build(struct model *m);
void kernels_build(struct model *m);
void reference_designs_build(struct model *m, struct page *p); /* a section for kernels_build() */
/* Adds a section of the explorer's results for one or two mechanisms; second may be NULL. */
void explored_build(struct model *m, struct page *p, const char *mechanism, const char *second);

#endif
