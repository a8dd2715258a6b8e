/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run for the page on folding, whose designs, formats and scenarios nobody has heard of.
 */
#ifndef REPORT_TEST_FOLDING_WORLD_H
#define REPORT_TEST_FOLDING_WORLD_H

#include "bed.h"

struct world {
	bool axes;	    /* the documents say what params mean, and what their scenarios are */
	const char *busted; /* a design that the axis calls so, or NULL */
	bool guests;
	const char *lost;    /* a part that failed and left no document, or NULL */
	const char *failed;  /* a kernel whose part failed and left its document, or NULL */
	const char *skipped; /* a design whose walks the reference skipped, or NULL; "": all */
	const char *no_rows; /* a design of which the reference has no rows, or NULL */
	const char *half;    /* one of which it has no calls that cross, or NULL */
	const char *second;  /* a kernel in which a second design was checked, or NULL */
};

/* Makes the run in the folder `runs`, reads it and builds the page. */
void folding_bed(struct bed *b, const struct world *w, const char *runs);

#endif
