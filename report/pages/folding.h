/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files on folding share.
 */
#ifndef REPORT_FOLDING_H
#define REPORT_FOLDING_H

#include "../model/words.h"
#include "pages.h"

#define FOLDING_CASE "gup_fast/walk"
#define FOLDING_SETUP "icount-1cpu" /* of the guests that the page is about */

void folding_checks(struct model *m, struct page *p); /* the section on correctness */
void folding_code(struct model *m, struct page *p);   /* and the one on code bytes */

/* ---- walks: in folding_walks.c ---- */

/* What one design costs in one address space. */
struct walk {
	const char *who;    /* "kernel", "reference" */
	const char *format; /* its name */
	const char *levels; /* NULL: the format always has as many */
	const char *space;  /* both: "FORMAT, 3 levels" */
	const char *design, *label;
	const char *kind; /* "mem=dax"; "" of anonymous memory: these alone are compared */
	const struct results_value *word; /* of the format; NULL: no axis has it */
	size_t place;			  /* of the design in the order of the axis */
	size_t nr_identical;		  /* designs that label stands for, if all; else 0 */
	bool busted;
	int series;
	struct gup_cost cost;
};

struct walks {
	struct walk *v;
	size_t nr;
};

/* Adds a part's walks of small pages, as its document orders them; returns how many. */
size_t walks_read(struct model *m, struct walks *list, const struct report_part *part,
		  enum results_subject subject, const char *metric);
/* By address space, kernel and reference, and then in the order of the axis of designs. */
void walks_sort(struct walks *list);
struct walks walks_in(struct model *m, const struct walks *list, const char *space);
struct walks walks_of_format(struct model *m, const struct walks *list, const char *format);
/* Of the formats that its kernels in the list have, or that are called after the architecture. */
struct walks walks_of_arch(struct model *m, const struct walks *list, const char *arch);

/* Whether that level has no tables there, by the axis of formats and the walk's levels. */
bool walk_is_folded(const struct walk *w, int level);

/*
 * A walk in the address space that a sentence is about: of anonymous memory; a kernel's first one,
 * or if the list has none of a kernel, the reference's first in which a level that folds per mm is
 * there. The list has to be as the documents order it. arch: of its formats alone; NULL: of any.
 * NULL: there is none.
 */
enum walks_fold { WALKS_ANY, WALKS_PER_MM, WALKS_NOT_PER_MM };
const struct walk *walks_head(struct model *m, const struct walks *list, enum walks_fold fold,
			      const char *arch);

/* The design of the part's first walk of a kernel; NULL: it has none. */
const char *folding_row_design(struct model *m, const struct report_part *part);
/*
 * The parts that show an architecture's designs: the stock kernel's, and of its variants one of
 * each other design; where no document says which is the stock kernel, one of each design of all.
 * It is the first by name, but before others one beside which the reference ran, and last one that
 * failed. Returns how many.
 */
size_t folding_kernels(struct model *m, const char *arch, const struct report_part ***out);

/* ---- which of a format's designs are one code, as ref.static has it ---- */

/* The first design, by the axis, whose code this one shares: it speaks for all. Itself if none. */
const char *folding_spokesman(struct model *m, const char *format, const char *design);
/* How many designs the format has, if this one's code is that of all others; else 0. */
size_t folding_nr_identical(struct model *m, const char *format, const char *design);
/* Its name; "NAME, NAME (identical)"; or "all four (identical)": as many as the format has. */
const char *folding_label(struct model *m, const char *format, const char *design);
/* "two" to "twelve", and figures from there. */
const char *folding_number(struct model *m, size_t nr);
/* The colour of a bar with that label; a bar that several designs share has that of none. */
int folding_series(const struct report_part *part, const char *label, const char *design);

#endif
