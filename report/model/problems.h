/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run's failed parts and checks, for the front page and for the answers as text.
 */
#ifndef REPORT_PROBLEMS_H
#define REPORT_PROBLEMS_H

#include "model.h"

/* A part that failed, or that passed although some of its checks failed. */
struct problem {
	const char *part, *state; /* "failed", "unreadable", "passed" */
	const char *reason;
	const char **checks; /* each: its name and params, what was expected, what was seen */
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
	size_t passed, failed, nr_skipped; /* parts; an unreadable one counts as failed */
	/* "unfinished", "partial"; of a run that went to its end "failed" if any part or check
	 * failed, else "complete" */
	const char *state;
	const char *summary; /* "14 parts passed, 1 failed, 2 skipped" */
};

void problems_find(struct arena *a, const struct report_input *in, struct problems *out);

#endif
