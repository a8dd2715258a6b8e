/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report's contents: answers, and pages of sections with figures and tables. Made once from a
 * run; report_answers() prints it as text, report_render() as pages.
 */
#ifndef REPORT_MODEL_H
#define REPORT_MODEL_H

#include <results/compare.h>
#include <results/judge.h>
#include <results/trend.h>

#include "derive.h"
#include "names.h"

/* One sentence or two that answer a question. */
struct answer {
	const char *question; /* short: "Does RCU save the flush interrupt on x86?" */
	const char *text;
	const char *mode; /* "icount, 1 CPU", "native"; NULL: not measured */
	const char *page; /* file of the page with the answer */
	const char *anchor;
};

struct cell {
	const char *text, *detail; /* detail: the interval, on a line of its own; NULL: none */
	const char *kind;	   /* class for the style sheet: "num", "bad", "missing" or "" */
	/* the cell holds a result, or why there is none; cells before it are the row's name */
	bool value;
};

struct table {
	const char *caption;
	const char **columns;
	bool *numeric;
	size_t nr_columns;
	struct cell **rows; /* nr_columns cells each; the first is the row's header */
	size_t nr_rows;
	bool folded; /* shown only when the reader opens it */
};

enum figure_kind { FIGURE_BARS, FIGURE_LINES, FIGURE_FACTORS };

/* A bar, or a factor's dot; with a heading alone, a line of text above the bars that follow. */
struct bar {
	const char *heading, *label;
	struct rvalue value;
	int series; /* colour: 0.. */
};

struct line {
	const char *label;
	int series;
	size_t nr;
	double *x;
	struct rvalue *y;
};

struct figure {
	enum figure_kind kind;
	const char *id; /* file name and anchor: [a-z0-9-]+ */
	const char *title;
	const char *desc;    /* the contents, for readers who cannot see it */
	const char *caption; /* mode, samples, how to read it */
	const char *xlabel, *ylabel;
	bool logscale;
	struct bar *bars;
	size_t nr_bars;
	struct line *lines;
	size_t nr_lines;
	const char *undrawn; /* labels of values that the axis cannot show, or NULL */
	char *svg;	     /* malloc'ed by figures_draw() */
	const char *lost;    /* why it could not be drawn: half a sentence; else NULL */
};

struct section {
	const char *id, *title;
	struct answer **answers; /* the sentences at its beginning */
	size_t nr_answers;
	const char **notes;
	size_t nr_notes;
	struct figure **figures;
	size_t nr_figures;
	struct table **tables;
	size_t nr_tables;
	const struct report_part **sources;
	size_t nr_sources;
};

struct page {
	const char *file, *nav, *title, *lede;
	struct section **sections;
	size_t nr_sections;
};

#define MAX_PAGES 12
struct model {
	struct arena *arena;
	struct report_input *in;
	struct report_input *base;	     /* the run to compare with, or NULL */
	struct results_comparison *compared; /* with base; NULL: see not_compared */
	const char *not_compared;
	struct results_trend *trend;   /* of the runs in a folder, or NULL */
	struct results_judged *judged; /* how often the judge is wrong, or NULL */
	/* Comparisons of kernels' versions, for history_free(). */
	struct results_comparison **steps;
	size_t nr_steps;
	struct results_doc **step_docs; /* what they compare */
	size_t nr_step_docs;
	char *held; /* a malloc'ed text while head_base.c copies it into the arena; else NULL */
	struct page pages[MAX_PAGES];
	size_t nr_pages;
	bool all_rows;		       /* the text has the rows of tables that the pages fold */
	struct folding_codes *folding; /* folding_code.c's; NULL until its first use */
};

/* Has to be the last step: adds to each figure's caption the values that it could not draw. */
void model_finish(struct model *m);

struct page *model_page(struct model *m, const char *file, const char *nav, const char *title,
			const char *lede);
struct section *page_section(struct model *m, struct page *p, const char *id, const char *title);
struct answer *section_answer(struct model *m, struct page *p, struct section *s,
			      const char *question, const char *mode, const char *text);
/*
 * A sentence in place of an answer whose rows are missing, for the reason why (NULL: the part's
 * own). "Not measured here" only if the part has no measured row of the cases
 * ("dax/lock,dax/fault"); else it tells that other rows were measured.
 */
const char *unanswered(struct model *m, const char *part, const char *cases, const char *why);
void section_note(struct model *m, struct section *s, const char *text);
/* Adds the part to the section's sources, unless it is one already; NULL is ignored. */
void section_source(struct model *m, struct section *s, const struct report_part *part);

/* columns: names, NULL at the end; a name that starts with '#' is a column of numbers. */
struct table *section_table(struct model *m, struct section *s, const char *caption,
			    const char *const *columns);
void table_row(struct model *m, struct table *t);
struct cell *table_cell(struct table *t, const char *kind, const char *text);
/* Adds a cell that is a result, and no part of the row's name. */
struct cell *table_seen(struct table *t, const char *kind, const char *text);
/* Adds v as a cell; a missing value shows a dash, with the reason as title. */
void table_value(struct model *m, struct table *t, const struct rvalue *v);

struct figure *section_figure(struct model *m, struct section *s, enum figure_kind kind,
			      const char *id, const char *title);
/* Adds a bar. A missing value is left out: the table beside the figure shows why. On a logarithmic
 * axis a value of 0 or less is left out, and the caption names it. */
void figure_bar(struct model *m, struct figure *f, const char *heading, const char *label,
		const struct rvalue *value, int series);
/* Adds a label to the caption's list of values that are not drawn. */
void figure_undrawn(struct model *m, struct figure *f, const char *heading, const char *label);
struct line *figure_line(struct model *m, struct figure *f, const char *label, int series);
void line_point(struct model *m, struct line *l, double x, const struct rvalue *y);

/* Adds a note if other work disturbed a native part's measurement. */
void section_load(struct model *m, struct section *s, const struct report_part *part);

/* The part's mode in words: "icount, 1 CPU", "native", "kvm, 1 CPU". */
const char *mode_words(struct arena *a, const struct report_part *part);

#endif
