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
	bool (*only)(const struct results_params *p); /* NULL: every row of them */
	/* Whether a variant is shown beside the stock kernels; NULL: none is. */
	bool (*also)(struct model *m, const struct report_part *part);
	/* The row that answers, its params as text without those of the kernel itself. */
	const char *head_case, *head_params, *head_metric, *head_words;
};

/* The families of a page. */
void families_freeing(struct model *m, struct page *p);
void families_kmap(struct model *m, struct page *p);
void families_steps(struct model *m, struct page *p);
void families_dax(struct model *m, struct page *p);

/* Whether it measured a row of a case that its stock kernel has not. */
bool has_own_rows(struct model *m, const struct report_part *part, const char *case_id);

void kernel_rows_build(struct model *m, struct page *p, const struct row_family *family);

#endif
