/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What went wrong in a run, for the front page and for the answers as text.
 */
#ifndef REPORT_PROBLEMS_H
#define REPORT_PROBLEMS_H

#include "model.h"

/* A part that failed, or passed although checks of it came out otherwise than expected. */
struct problem {
	const char *part, *state; /* "failed", "unreadable", "passed" */
	const char *reason;
	const char **checks; /* each: which, its params, what was expected, what was seen */
	size_t nr_checks;
};

/* Parts that were skipped for one reason: "a, b". */
struct skipped {
	const char *reason, *parts;
};

struct problems {
	struct problem *v;
	size_t nr;
	struct skipped *skipped;
	size_t nr_skips;
	size_t passed, failed, nr_skipped; /* parts; one that cannot be read failed */
	/* "unfinished", "partial"; of a run that went to its end "failed", where anything did, and
	 * else "complete" */
	const char *state;
	const char *summary; /* "14 parts passed, 1 failed, 2 skipped" */
};

void problems_find(struct arena *a, const struct report_input *in, struct problems *out);

#endif
