/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One interleaving of two threads, as a script: who runs up to which of its steps, in turn. Each
 * side calls reach() where a step begins; the hooks of the walker and of the splitter do.
 */
#ifndef REF_TEST_THP_SCRIPT_H
#define REF_TEST_THP_SCRIPT_H

#include <stdbool.h>

enum side { READER, WRITER };

enum point {
	END,		/* the side has ended */
	BEFORE_TABLE,	/* reader: the PMD is read, nothing of its table */
	BEFORE_GET,	/* reader: the entry is read, no reference taken */
	BEFORE_HEAD,	/* reader: the head is found, no reference taken */
	BEFORE_RECHECK, /* reader: the reference is taken */
	BEFORE_UNMAP,	/* splitter: the count was as expected, the leaves are still there */
	BEFORE_FREEZE,	/* splitter: the leaves are gone */
	FROZEN,		/* splitter: the count is 0 (or, without a freeze, was right) */
	BEFORE_REMAP,	/* splitter: split, or given up */
	SYNCING,	/* collapser: waits for walkers */
	ISOLATED,	/* collapser: the pages' counts were as expected */
	COPIED,		/* collapser: the contents have been copied */
};

struct script_step {
	enum side side;
	enum point until;
};

/* Runs reader() and writer(), each in a thread of its own, as the script says; a side whose end is
 * not in the script runs to its end after it. False: a side did not reach a step of the script. */
bool script_run(const struct script_step *steps, unsigned nr, void (*reader)(void *),
		void (*writer)(void *), void *arg);
void reach(enum side side, enum point point);

#endif
