/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The exit statuses of every program here; docs/design.md has them as a table. Scripts have the
 * numbers.
 */
#ifndef RESULTS_STATUS_H
#define RESULTS_STATUS_H

enum results_exit {
	EXIT_FINE = 0, /* it was judged, and is well */
	/* than the base; for explore: a good variant failed, or a busted one survived */
	EXIT_WORSE = 1,
	EXIT_USAGE = 2, /* usage, or bad input */
	/* nothing failed, but something was not judged, or cannot be compared */
	EXIT_INCONCLUSIVE = 3,
	EXIT_PART_FAILED = 4,	/* or what had to be said could not be written */
	EXIT_INTERRUPTED = 130, /* what was finished is kept */
};

#endif
