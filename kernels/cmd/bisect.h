/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptbench kernels bisect: at which commits of a range an exact metric changed. */
#ifndef KERNELS_BISECT_H
#define KERNELS_BISECT_H

#include <stdio.h>

#include <results/compare.h>

#include "../kernels.h"
#include "measured.h"

int bisect_cmd(int argc, char **argv, const struct kernels_options *o);

struct bisect_options {
	const char *scenario;
	const char *case_id, *params; /* params: NULL, or those that a row must have */
	const char *metric;
	bool every;	   /* look at every commit */
	bool no_functions; /* do not name functions */
};

/* A commit of the range. */
struct bisect_point {
	const struct commit *commit;
	enum { BISECT_UNKNOWN, BISECT_SEEN, BISECT_SKIPPED } state;
	char *reason; /* why it is skipped */
	struct image image;
	char *run;
	struct results_doc *doc; /* the part with the case */
};

/* What git was told: the answer for a commit. */
struct bisect_answer {
	size_t at;
	enum { BISECT_GOOD, BISECT_BAD, BISECT_SKIP } is;
};

/* A change: between a commit and a later one. More than one apart: those between were skipped. */
struct bisect_change {
	size_t good, bad;
	struct bisect_answer *answers; /* that lead to it */
	size_t nr_answers;
	char *row;	/* "gup_fast/walk pages=1": the one that moved by the largest ratio */
	char *text;	/* "412 -> 415, +3 (+0.73 %)" */
	size_t nr_rows; /* that moved */
	char *symbols;	/* "gup_fast_fallback +3"; "": not known */
};

/* Commits between two kernels of the same values, not looked at. */
struct bisect_gap {
	size_t from, to;
};

struct bisect {
	const struct bisect_options *o;
	struct measuring m;
	struct bisect_point *points; /* the good end first, the bad end last */
	size_t nr;
	struct bisect_change *changes;
	size_t nr_changes;
	struct bisect_gap *gaps;
	size_t nr_gaps;
	char *part;	   /* the part that has the case: SCENARIO.icount-1cpu */
	size_t nr_inexact; /* rows of the case that are not exact, and not looked at */
	size_t nr_exact;   /* that are */
	char *same;	   /* the values of both ends, if they are the same: "412 (12 rows)" */
};

/*
 * Looks for the changes. 0: there are some, or the ends are the same (nr_changes is 0); or
 * EXIT_INCONCLUSIVE (no exact row), EXIT_PART_FAILED (an end has no kernel), EXIT_USAGE, all said
 * on stderr; EXIT_INTERRUPTED.
 */
int bisect_search(struct bisect *b);
void bisect_free(struct bisect *b);

/* ---- bisect_compare.c: two kernels ---- */
/* Compares the rows that are asked for, of documents. 0, or EXIT_PART_FAILED, said on stderr. */
int bisect_compare(const struct bisect *b, const struct results_doc *base,
		   const struct results_doc *head, struct results_comparison **out);
/* Is the row exact, wherever it has a value? */
bool bisect_is_exact(const struct results_compared_row *r);
/* Has the row, an exact one, another value, or one side alone a value? */
bool bisect_moved(const struct results_compared_row *r);
/* 1: the commits differ, 0: they do not; -1: no memory, said on stderr. */
int bisect_differ(const struct bisect *b, size_t x, size_t y);
/* Fills the text of a change: the row that moved by the largest ratio. An exit status. */
int bisect_describe(const struct bisect *b, struct bisect_change *to);
/*
 * Names the functions of each change, by booting the kernels beside it once more. Without a QEMU
 * that takes plugins, and for metrics other than instructions, it does nothing. An exit status.
 */
int bisect_explain(struct bisect *b);

/* ---- bisect_text.c ---- */
void bisect_print(FILE *to, const struct bisect *b);
/* What git bisect log prints of the search for one change; git bisect replay takes it. */
void bisect_print_log(FILE *to, const struct bisect *b, const struct bisect_change *c);

#endif
