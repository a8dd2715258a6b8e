/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts of interrupts and flushes, of two kernels.
 */
#ifndef REPORT_FREEING_FLUSHES_H
#define REPORT_FREEING_FLUSHES_H

#include "pages.h"

/* A row in which they differ. */
struct apart {
	const struct results_measurement *row; /* the first kernel's */
	size_t metric;
	struct rvalue stock, forced;
	/* Of those that differ in the same way, and of these, of the same row but for the peer:
	 * whether it is the first, and where the next one is; 0: there is none. */
	struct chain {
		bool first;
		size_t next;
	} change, peers;
};

struct flushes {
	size_t nr, more, fewer; /* in both; of these, where the second has more, or fewer */
	size_t unsure;		/* and where they vary, and one may be as the other */
	size_t seen;		/* where at least one of them is above 0 */
	size_t only_one;	/* counted in one of the two alone */
	struct apart *v;
	size_t nr_apart;
};

/* Which of the counts a row is; NR_FLUSH_METRICS: none of them. The first is of interrupts sent. */
enum flush_metric { FLUSH_IPIS_SENT, FLUSH_CPUS, FLUSH_TLB, NR_FLUSH_METRICS };
enum flush_metric flush_metric(const struct results_measurement *row);

struct flushes flushes_compare(struct model *m, const struct report_part *stock,
			       const struct report_part *forced);
/* "In part: of 30 counts of interrupts and flushes that both kernels have, ..." */
const char *flushes_text(struct model *m, const struct flushes *f);
/* Every row in which they differ; nothing if there is none. */
void flushes_table(struct model *m, struct section *s, const struct flushes *f);

#endif
