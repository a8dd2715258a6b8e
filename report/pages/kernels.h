/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernels of a run by quantity, each with its stock kernel: shared by the pages that compare
 * scenarios.
 */
#ifndef REPORT_KERNELS_H
#define REPORT_KERNELS_H

#include "pages.h"

enum quantity {
	Q_CALL,
	Q_PAGE,
	Q_PMD,
	Q_PUD,
	Q_P4D,
	Q_PGD, /* Q_CALL..Q_PGD: GUP-fast's walk */
	Q_FIRST,
	Q_TABLE,
	Q_LATER, /* Q_FIRST..Q_LATER: freeing by munmap */
	Q_PATH,
	Q_TEXT, /* Q_PATH, Q_TEXT: code bytes */
	NR_QUANTITIES,
};
extern const char *const quantity_names[NR_QUANTITIES];
extern const char *const quantity_columns[NR_QUANTITIES];

struct kernel {
	const char *scenario, *arch, *design;
	const char *shown;	    /* the scenario, and " (busted)" if it is wrong on purpose */
	const char *config;	    /* "min", "distro", "rt", ... */
	const char *stem;	    /* the scenario without its config */
	const char *stock_name;	    /* NULL: no document names its stock kernel */
	const struct kernel *stock; /* itself for a stock kernel; NULL: not in this run */
	const struct report_part *costs, *code;
	struct rvalue q[NR_QUANTITIES];
	/* The costs of a crossing in the kernel's other address spaces, in words: "109 on SCENARIO
	 * with levels=4, ...". NULL: there is none. */
	const char *elsewhere[NR_QUANTITIES];
};

struct kernels {
	struct kernel *v;
	size_t nr;
};

/* All scenarios with a part for costs or code, in the order of the run's parts. */
struct kernels kernels_read(struct model *m);
/* The kernel of that stem and config, or NULL. */
const struct kernel *kernels_find(const struct kernels *all, const char *stem, const char *config);
/* The quantity's difference from the stock kernel's; missing for the stock kernel itself. */
struct rvalue kernel_against_stock(const struct kernel *k, enum quantity q);

#endif
