/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each commit of a range against its parent: what was found, and how it is printed. */
#ifndef KERNELS_SERIES_H
#define KERNELS_SERIES_H

#include <stdio.h>

#include <results/compare.h>

#include "../kernels.h"
#include "commits.h"

int series_cmd(int argc, char **argv, const struct kernels_options *o);

/* ---- series_table.c: what was found ---- */

/* Rows of a case that stand out, of one metric; or a check. All text is harmless. */
struct series_cell {
	char *case_id;
	const char *metric; /* its name; "check" */
	size_t nr_rows;	    /* that stand out */
	char *params;	    /* of the one that moved by the largest ratio, as all that follows */
	bool has_base, has_head;
	double base, head; /* values per operation */
	char *change;	   /* "+3 (+0.75 %)"; of a check "ok -> FAILED"; or "" */
	char *verdict;	   /* in words */
	char *symbols;	   /* "gup_fast_fallback +3"; "": not known */
};

enum series_state {
	SERIES_SAME_IMAGE, /* as the parent's: not booted */
	SERIES_SAME,	   /* another image, and nothing stands out */
	SERIES_CHANGED,	   /* cells stand out, and nothing is worse */
	SERIES_WORSE,
	SERIES_UNJUDGED, /* inconclusive, not comparable, nothing to compare with */
	SERIES_SKIPPED,	 /* no kernel: a tool, or code to patch, is missing */
	SERIES_UNBUILT,
	SERIES_UNBOOTED, /* no boot came to its end */
	SERIES_FAILED,	 /* a part of it, or of what it is compared with, failed */
	SERIES_NR_STATES,
};
/* "the same image", "does not build", ... */
const char *series_state_name(enum series_state s);

/* A scenario of a commit. */
struct series_row {
	const struct commit *commit;
	const char *scenario;
	enum series_state state;
	char *reason; /* why there is no verdict, or the verdict in words; or NULL */
	const struct commit *against; /* what it was compared with; NULL: with nothing */
	bool not_parent;	      /* that is an earlier one, since the parent has no kernel */
	char *run;		      /* the folder of its image's run, or NULL */
	struct series_cell *cells;
	size_t nr_cells;
};

/* What became of a case over the whole range: the last kernel against the first. */
struct series_total {
	const char *scenario;
	const char *case_id, *metric;  /* of a cell */
	size_t nr_commits;	       /* that changed it */
	const struct series_cell *net; /* NULL: nothing is left of the changes */
};

struct series_table {
	const char *folder, *command;
	char **names; /* of the scenarios */
	size_t nr_names;
	const struct commit *first,
		*last; /* the first one's parent (NULL: it has none); the last */
	size_t nr_commits, nr_merges;
	struct series_row *rows;
	size_t nr_rows;
	struct series_row *net; /* last against first, one for each scenario */
	size_t nr_net;
	struct series_total *totals;
	size_t nr_totals;
	size_t count[SERIES_NR_STATES]; /* rows */
	char *note;			/* about the range, or NULL */
	const char *no_symbols;		/* why functions are not named; NULL: they are */
	enum results_exit status;
	char *conclusion;
};

/* Fills the row's cells, state and reason from a comparison; a row that failed stays so. -ENOMEM */
int series_row_judge(struct series_row *row, const struct results_comparison *c);
/*
 * Names the functions of each cell of instructions, from a comparison of the kernels' runs by
 * function. -ENOMEM
 */
int series_row_explain(struct series_row *row, const struct results_comparison *functions);
/* Does the row have a cell of which functions can be told? */
bool series_row_has_instructions(const struct series_row *row);
/* Fills totals, count, status and conclusion from rows and net. -ENOMEM */
int series_conclude(struct series_table *t);
void series_row_free(struct series_row *row);
void series_free(struct series_table *t);
/* "gup_fast_fallback +3, try_grab_folio_fast -1 and 2 more" of a row with breakdowns on both sides;
 * "" without. malloc'ed; NULL without memory. */
char *series_moved_text(const struct results_compared_row *r);

/* ---- series_text.c, series_data.c: how it is printed ---- */

/* format: one of compare's. The caller checks `to` for errors. */
void series_write(FILE *to, const struct series_table *t, const char *format);
void series_write_text(FILE *to, const struct series_table *t);
void series_write_markdown(FILE *to, const struct series_table *t);
void series_write_mail(FILE *to, const struct series_table *t);
void series_write_json(FILE *to, const struct series_table *t);
void series_write_junit(FILE *to, const struct series_table *t);
void series_write_csv(FILE *to, const struct series_table *t);
void series_write_github(FILE *to, const struct series_table *t);
/* "12", "0.5", "-": a value of a cell. Returns buf. */
const char *series_value(char *buf, size_t size, bool has, double v);
/* "3 commits", "1 commit" */
#define SERIES_S(n) ((n) == 1 ? "" : "s")

#endif
