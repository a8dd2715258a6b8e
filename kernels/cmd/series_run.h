/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds, boots and judges the commits of a range. */
#ifndef KERNELS_SERIES_RUN_H
#define KERNELS_SERIES_RUN_H

#include "ab.h"
#include "measured.h"
#include "series.h"

struct series_options {
	struct ab_options ab; /* base and head: ids of commits */
	const char *folder;   /* of the git tree */
	bool no_symbols;
};

/*
 * Fills the table, whose strings are from o and from the commits that it reads to v. 0, EXIT_USAGE,
 * EXIT_PART_FAILED (said on stderr) or EXIT_INTERRUPTED: what was measured is kept.
 */
int series_run(struct series_options *o, volatile sig_atomic_t *stopped, struct commit **v,
	       size_t *nr, struct series_table *t);

#endif
