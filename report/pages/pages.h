/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who fills the model: one function a page, each of which asks the input and adds what it found.
 */
#ifndef REPORT_PAGES_H
#define REPORT_PAGES_H

#include "../model/model.h"

/* All pages, in the order in which they are listed. */
void pages_build(struct model *m);

/* Compares the run with its base, before pages_build(); allow: as compare's --allow has them. */
void head_base_compare(struct model *m, const char *const *allow, size_t nr_allow);
void head_base_build(struct model *m); /* nothing without a base */
void head_base_free(struct model *m);
void freeing_build(struct model *m);
void folding_build(struct model *m);
void kmap_build(struct model *m);
void steps_build(struct model *m);
void dax_build(struct model *m);
void reference_build(struct model *m);
void kernels_build(struct model *m);
void reference_designs_build(struct model *m, struct page *p); /* a section of kernels_build()'s */
/* A section of what the explorer found about a mechanism, or two; second may be NULL. */
void explored_build(struct model *m, struct page *p, const char *mechanism, const char *second);

#endif
