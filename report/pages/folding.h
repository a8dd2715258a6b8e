/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files on folding.
 */
#ifndef REPORT_FOLDING_H
#define REPORT_FOLDING_H

#include "../model/words.h"
#include "pages.h"

#define FOLDING_CASE "gup_fast/walk"
#define FOLDING_SETUP "icount-1cpu" /* setup of the page's guests */

void folding_checks(struct model *m, struct page *p); /* adds the section on correctness */
void folding_code(struct model *m, struct page *p);   /* adds the section on code bytes */

/* ---- walks: in folding_walks.c ---- */

/* The costs of one design in one address space. */
struct walk {
	const char *who;    /* "kernel", "reference" */
	const char *format; /* its name */
	const char *levels; /* NULL: the format's number of levels is fixed */
	const char *space;  /* format and levels: "FORMAT, 3 levels" */
	const char *design; /* its name */
	const char *marked; /* the name, and " (busted)" if the axis calls it so */
	const char *label;  /* the same of all designs that the row stands for */
	const char *bar;    /* the label for a bar */
	const char *kind;   /* "mem=dax"; "" for anonymous memory: only those walks are compared */
	const struct results_value *word; /* the format's entry in the axis; NULL: none */
	size_t place;			  /* the design's place in the axis */
	size_t nr_identical;		  /* folding_nr_identical() */
	bool busted;
	int series;
	struct gup_cost cost;
};

struct walks {
	struct walk *v;
	size_t nr;
};

/*
 * Adds a part's walks of small pages, measured or skipped, in the document's order; returns how
 * many. Of designs with
 * the same code only the first by the axis is added, and those with a figure that it lacks.
 */
size_t walks_read(struct model *m, struct walks *list, const struct report_part *part,
		  enum results_subject subject, const char *metric);
/* Whether any figure of them was measured. */
bool walks_measured(const struct walks *list);
/* Sorts by address space, then kernel before reference, then by the order of the designs' axis. */
void walks_sort(struct walks *list);
struct walks walks_in(struct model *m, const struct walks *list, const char *space);
struct walks walks_of_format(struct model *m, const struct walks *list, const char *format);
/* The walks whose format one of the architecture's kernels in the list has, or whose format is
 * named after the architecture. */
struct walks walks_of_arch(struct model *m, const struct walks *list, const char *arch);

/* Whether the level is folded in the walk's address space, by the axis of formats and the walk's
 * number of levels. level: CROSS_PMD.. */
bool walk_is_folded(const struct walk *w, int level);

/*
 * A walk of anonymous memory in the address space that a sentence is about: a kernel's first one;
 * if the list has none of a kernel, the reference's first in which a level that can fold per mm is
 * not folded. The list has to be in the documents' order. arch: only formats of that architecture;
 * NULL: all formats. Returns NULL if there is none.
 */
enum walks_fold { WALKS_ANY, WALKS_PER_MM, WALKS_NOT_PER_MM };
const struct walk *walks_head(struct model *m, const struct walks *list, enum walks_fold fold,
			      const char *arch);

/* The design of the part's first walk of a kernel; NULL: it has none. */
const char *folding_row_design(struct model *m, const struct report_part *part);
/*
 * The parts that show an architecture's designs: the stock kernel's if its figures are used, and
 * one of its variants for each other design; if no document names the stock kernel, one part for
 * each design. Of several parts with a design: first those beside which the reference ran, last
 * those that failed, then by name. Returns how many.
 */
size_t folding_kernels(struct model *m, const char *arch, const struct report_part ***out);

/* ---- which of a format's designs compile to the same code, by ref.static ---- */

/* The designs with the same code that come before this one in the axis. Returns how many. */
size_t folding_before(struct model *m, const char *format, const char *design,
		      const char *const **out);
/* The format's number of designs if all have the same code as this one; else 0. */
size_t folding_nr_identical(struct model *m, const char *format, const char *design);
/* The design's name, and " (busted)" if the part's axis calls it so. */
const char *folding_marked(struct model *m, const struct report_part *part, const char *design);
/* The label of the design and of all with its code: "NAME", "NAME, NAME (identical)", or "all four
 * (identical)" if those are all designs of the format, with the busted ones named. */
const char *folding_label(struct model *m, const struct report_part *part, const char *format,
			  const char *design);
/* The same for a bar, where not all names have room: "NAME + 1 identical" of "NAME, NAME
 * (identical)". The figure's caption has to say it: folding_shared_caption(). */
const char *folding_bar_label(struct model *m, const struct report_part *part, const char *format,
			      const char *design);
/* The figure's caption, and where the names are if a bar's label does not have all. */
const char *folding_shared_caption(struct model *m, const struct figure *f, const char *caption);
/* nr in words, "two" to "twelve"; in digits above. */
const char *folding_number(struct model *m, size_t nr);
/* The colour of a bar of the designs that folding_label() names; several have a colour of their
 * own. */
int folding_series(struct model *m, const struct report_part *part, const char *label,
		   const char *design);

#endif
