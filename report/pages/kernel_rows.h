/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A section that shows the driver's rows of some cases, kernel by kernel.
 */
#ifndef REPORT_KERNEL_ROWS_H
#define REPORT_KERNEL_ROWS_H

#include "pages.h"

struct row_family {
	const char *id, *title, *question, *caption, *note;
	const char *setup; /* "icount-1cpu": costs; "icount-2cpu": events */
	const char *const *cases;
	size_t nr_cases;
	bool (*only)(const struct results_params *p); /* selects rows; NULL: all */
	/* Whether a variant gets a column beside the stock kernels; NULL: none does. */
	bool (*also)(struct model *m, const struct report_part *part);
	/* The row that answers: case, params as text without the kernel's own, metric, words. */
	const char *head_case, *head_params, *head_metric, *head_words;
};

/* Each adds the sections of a page's families. */
void families_freeing(struct model *m, struct page *p);
void families_kmap(struct model *m, struct page *p);
void families_steps(struct model *m, struct page *p);
void families_dax(struct model *m, struct page *p);

/* Whether the part has a measured row of the case that its stock kernel lacks. */
bool has_own_rows(struct model *m, const struct report_part *part, const char *case_id);

void kernel_rows_build(struct model *m, struct page *p, const struct row_family *family);

#endif
