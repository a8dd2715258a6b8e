/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From measured rows to the quantities that answer a question: per call, per page, per crossing,
 * per table. Every derived value is a linear combination of rows of one part.
 */
#ifndef REPORT_DERIVE_H
#define REPORT_DERIVE_H

#include "input.h"

/*
 * A value per operation, or the reason why there is none (metric == NULL). low..high is the 95 %
 * interval of a sampled value; a combination's is computed from the ends of its terms' intervals
 * and so is no narrower than the true one. An exact or deterministic value is its own interval.
 */
struct rvalue {
	const struct results_metric *metric;
	double v, low, high;
	enum results_kind kind;
	double agreement; /* exact, deterministic: smallest share of samples that agree */
	size_t n;	  /* fewest samples behind it */
	const char *how;  /* the rows it comes from, in words */
	const char *why;
};

struct rterm {
	struct rvalue value;
	double coef;
};

static inline bool rv_ok(const struct rvalue *v)
{
	return v->metric != NULL;
}

struct rvalue rv_missing(const char *why);
struct rvalue rv_of(const struct results_measurement *m);
/*
 * The value of a row. A row whose param `part` names a half, and which costs more than the same row
 * with part=both beyond both intervals, is a wrong measurement: it is missing for that reason.
 */
struct rvalue rv_of_row(struct arena *a, const struct report_part *part,
			const struct results_measurement *m);
/* The row with exactly these params, written "key=value,key=value" (printf's format); else missing,
 * for a skipped row's reason or because the part has no such row. part may be NULL. */
struct rvalue rv_at(struct arena *a, const struct report_part *part, enum results_subject subject,
		    const char *case_id, const char *metric, const char *params, ...)
	__attribute__((format(printf, 6, 7)));
/* The value of the row that rows_find() finds; else missing for its reason. rows->part may be
 * NULL. */
struct rvalue rv_find(struct arena *a, const struct report_rows *rows,
		      const struct results_params *like, const struct report_cond *conds,
		      size_t nr);
/* The sum of coef * value over the terms; missing if a term is missing, for its reason. */
struct rvalue rv_linear(const struct rterm *terms, size_t nr, const char *how);
struct rvalue rv_sub(struct rvalue a, struct rvalue b, const char *how);
/* The slope of nr points (x, y) by least squares; with one point y / x. */
struct rvalue rv_slope(struct arena *a, const double *x, const struct rvalue *y, size_t nr,
		       const char *how);
/* Whether the intervals of a and b have a point in common. */
bool rv_overlap(const struct rvalue *a, const struct rvalue *b);

/* Marks in a sentence: STRONG around the number that answers, WEAK around remarks. */
#define STRONG "\001"
#define WEAK "\002"

/* "1,798", "4.70 µs [4.61, 4.83]", "1,234 (mode, 61 % agree)", or "—" when missing. */
const char *rv_text(struct arena *a, const struct rvalue *v);
/* The same, the number strong. */
const char *rv_strong(struct arena *a, const struct rvalue *v);
/* A difference in a sentence; words in place of the number if its interval contains 0. */
const char *rv_difference(struct arena *a, const struct rvalue *v);
/* The number alone; and the text behind it: the interval or the agreement, "" when exact. */
const char *rv_number(struct arena *a, const struct rvalue *v);
const char *rv_detail(struct arena *a, const struct rvalue *v);
/* The number with its unit in words: "1,798 instructions". */
const char *rv_words(struct arena *a, const struct rvalue *v);
/* v as a number of the metric, without interval. */
const char *number_text(struct arena *a, const struct results_metric *metric, double v);
const char *group_digits(struct arena *a, double v, int decimals);

/* ---- GUP: rows of one series that differ in pages and cross alone ---- */
enum { CROSS_PMD, CROSS_PUD, CROSS_P4D, CROSS_PGD, NR_CROSS };
extern const char *const cross_names[NR_CROSS];

struct gup_cost {
	struct report_rows rows;
	const struct results_params *like;    /* one of the rows' params */
	const struct results_measurement **v; /* the rows, as the document orders them */
	size_t nr;
	struct rvalue call, page, cross[NR_CROSS];
};
/* Makes one entry per design, format, leaf, ..., in the document's order. Returns how many. */
size_t gup_costs(struct arena *a, const struct report_rows *rows, struct gup_cost **out);
/* The same, with an entry also of each series whose rows were all skipped. */
size_t gup_costs_all(struct arena *a, const struct report_rows *rows, struct gup_cost **out);
/*
 * A walk's params other than format, levels, design, leaf, pages and cross, as text: "mem=dax"; ""
 * is a plain walk, of anonymous memory with no flags.
 */
const char *gup_kind(struct arena *a, const struct results_params *p);
/* Is it a plain walk of small pages? Kernel and reference are compared by those. */
bool gup_is_plain(const struct results_params *p);

/* ---- freeing: munmap minus its twin that keeps the tables, over the number of tables ---- */
#define MAX_TABLE_POINTS 16
/* The sizes that a slope is over, and its least and greatest value between neighbouring sizes. */
struct sizes {
	size_t nr;
	double from, to; /* tables */
	struct rvalue least, most;
};

struct table_cost {
	struct report_rows rows;	   /* of munmap */
	const struct results_params *like; /* one of the rows' params */
	size_t nr;
	double tables[MAX_TABLE_POINTS];
	struct rvalue munmap[MAX_TABLE_POINTS], keep[MAX_TABLE_POINTS], diff[MAX_TABLE_POINTS];
	/* munmap minus MADV_DONTNEED of the same region, which frees no table but scans them all */
	struct rvalue control[MAX_TABLE_POINTS];
	/* diff at the fewest tables; slope of diff over the sizes with one kind of twin */
	struct rvalue first, per_table;
	struct rvalue per_table_control;   /* slope of control */
	struct sizes sizes, sizes_control; /* of the two slopes */
};
/* Makes one entry per discipline, readers, peer, ... Returns how many. */
size_t table_costs(struct arena *a, const struct report_part *part, enum results_subject subject,
		   const char *metric, struct table_cost **out);
/* The entry of rows that have no params but format and tables; NULL: there is none. */
const struct table_cost *table_plain(const struct table_cost *list, size_t nr);

#endif
