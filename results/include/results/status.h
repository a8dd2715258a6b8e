/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The exit statuses of every program here; docs/design.md has them as a table. Scripts have the numbers.
 */
#ifndef RESULTS_STATUS_H
#define RESULTS_STATUS_H

enum results_exit {
	EXIT_FINE = 0,		/* it was judged, and is well */
	EXIT_WORSE = 1,		/* than the base; for explore: a good variant failed, or a busted one survived */
	EXIT_USAGE = 2,		/* usage, or bad input */
	EXIT_INCONCLUSIVE = 3,	/* nothing failed, but something was not judged, or cannot be compared */
	EXIT_PART_FAILED = 4,	/* or what had to be said could not be written */
	EXIT_INTERRUPTED = 130, /* what was finished is kept */
};

#endif
