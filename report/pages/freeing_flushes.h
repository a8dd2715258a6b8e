/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compares two kernels' counts of interrupts and flushes.
 */
#ifndef REPORT_FREEING_FLUSHES_H
#define REPORT_FREEING_FLUSHES_H

#include "pages.h"

/* A row in which the two kernels differ. */
struct apart {
	const struct results_measurement *row; /* the first kernel's */
	size_t metric;
	struct rvalue stock, forced;
	/* Chains of the rows that differ in the same way (change) and, of those, of the rows alike
	 * but for the peer (peers). first: of its chain; next: index in v, 0 at the end. */
	struct chain {
		bool first;
		size_t next;
	} change, peers;
};

struct flushes {
	size_t nr, more, fewer; /* rows in both kernels; those with more or fewer in the second */
	size_t unsure;		/* rows that differ, with ranges of samples that overlap */
	size_t seen;		/* rows with a count above 0 in a kernel */
	size_t only_one;	/* rows that only one kernel has */
	struct apart *v;
	size_t nr_apart;
};

/* The metric of a row of a kernel; NR_FLUSH_METRICS: another one, or skipped. */
enum flush_metric { FLUSH_IPIS_SENT, FLUSH_CPUS, FLUSH_TLB, NR_FLUSH_METRICS };
enum flush_metric flush_metric(const struct results_measurement *row);

struct flushes flushes_compare(struct model *m, const struct report_part *stock,
			       const struct report_part *forced);
/* "In part: of 30 counts of interrupts and flushes that both kernels have, ..." */
const char *flushes_text(struct model *m, const struct flushes *f);
/* Adds a table of all rows in which the kernels differ; nothing if there is none. */
void flushes_table(struct model *m, struct section *s, const struct flushes *f);

#endif
