/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Comparing runs with those of a base: the one place where two values become a verdict.
 *
 * `ptbench compare`, `ptbench kernels ab` and the report print what results_compare() found; they
 * judge nothing themselves. A side is one or more runs; parts are compared with parts of the same
 * name, rows with rows of one identity (case, params, subject, metric).
 *
 * A comparison is complete when results_compare() returns and is not changed afterwards. Everything
 * that it points to belongs to it: documents, rows, strings; results_comparison_free() frees them.
 * No function here takes a lock or keeps state of its own: threads may make comparisons side by
 * side, and read one together.
 */
#ifndef RESULTS_COMPARE_H
#define RESULTS_COMPARE_H

#include <results/explore.h>
#include <results/results.h>

/* ---- values ---- */

/*
 * What a side measured: a total over nr_ops operations, in the metric's unit. Totals of exact and
 * deterministic rows are integers and are compared as such, as fractions: no value is rounded
 * before it is judged. A sampled row's is the median, which may be no integer.
 */
struct results_amount {
	bool is_integer;
	long long total; /* is_integer; within +-(2^53 - 1) */
	double real;	 /* else */
	long long nr_ops; /* >= 1 */
};
/* Below, equal to or above 0 as a is less than, equal to or greater than b, per operation. */
int results_amount_cmp(const struct results_amount *a, const struct results_amount *b);
/* Per operation, for people: rounded, if the fraction is none that a double holds. */
double results_amount_number(const struct results_amount *v);
/* head minus base, per operation, subtracted as integers where both are: 0 only for equal ones. */
double results_amount_change(const struct results_amount *base, const struct results_amount *head);

/* ---- rows ---- */

enum results_verdict {
	RESULTS_ROW_EQUAL,
	RESULTS_ROW_BETTER,
	RESULTS_ROW_WORSE,
	RESULTS_ROW_CHANGED,	/* another value of a metric of which neither direction is better */
	RESULTS_ROW_ALLOWED,	/* worse or changed, and allowed to be */
	RESULTS_ROW_UNSTEADY,	/* runs of one side disagree; none of the head is beyond the base's */
	RESULTS_ROW_NOISE,	/* deterministic on both sides, one mode, one median, none beyond */
	RESULTS_ROW_UNCLEAR,	/* not judged: the sides overlap */
	RESULTS_ROW_MISSING,	/* not judged: in the base, and not in every run of both sides */
	RESULTS_ROW_EXTRA,	/* not judged: in the head alone */
	RESULTS_ROW_NOT_JUDGED, /* sampled on both sides */
	RESULTS_NR_VERDICTS,
};
/* "equal", "WORSE", "changed, allowed", ...: capitals are what makes the status other than 0. */
const char *results_verdict_name(enum results_verdict v);
/* Whether it is a judgement: equal, noise or a change, and not that there is none. */
bool results_verdict_is_judged(enum results_verdict v);

struct results_compared_row {
	const struct results_measurement *m; /* of either side, for the names */
	/* Of several runs of a side the one with the lowest value; NULL: the side has none. */
	const struct results_measurement *base, *head;
	struct results_amount base_value, head_value; /* theirs */
	enum results_verdict verdict;
	enum results_verdict judged; /* before allowances: worse or changed, if verdict is allowed */
	const char *why;	     /* NULL, or more about the verdict */
};
/* Whether it is one to look at: neither equal, nor noise, nor sampled on both sides. */
bool results_row_stands_out(const struct results_compared_row *row);
/*
 * How far the values are apart, relative to the base's: for choosing what to show first, not for
 * judging. 0: one side has none, or they are equal. INFINITY: the base's is 0.
 */
double results_row_distance(const struct results_compared_row *row);
/* "+3 (+0.75 %)"; "" when one side has none. malloc'ed; NULL without memory. */
char *results_row_change_text(const struct results_compared_row *row);
/*
 * The verdict in words, with the reason, and with the range of both sides where one is not exact.
 * malloc'ed; NULL without memory.
 */
char *results_row_verdict_text(const struct results_compared_row *row);

/* ---- checks ---- */

/* A check was fine in the base if one run says so; it is fine in the head if every run does. */
enum results_check_verdict {
	RESULTS_CHECK_FINE,
	RESULTS_CHECK_MENDED,  /* failed in the base */
	RESULTS_CHECK_LOST,    /* fails, and was fine in the base */
	RESULTS_CHECK_STILL,   /* fails, as in the base */
	RESULTS_CHECK_NEW,     /* fails, and the base has none */
	RESULTS_CHECK_EXTRA,   /* fine, and the base has none */
	RESULTS_CHECK_MISSING, /* in the base, and not in every run of the head */
	RESULTS_NR_CHECK_VERDICTS,
};

struct results_compared_check {
	const struct results_check *base, *head; /* one that failed, if any did; or NULL */
	enum results_check_verdict verdict;
};
/* What the sides say, in words: "ok" and "FAILED as before"; "(none)" and "FAILED". */
const char *results_check_base_text(const struct results_compared_check *check);
const char *results_check_head_text(const struct results_compared_check *check);

/* ---- parts ---- */

enum results_part_verdict {
	RESULTS_PART_COMPARED,
	RESULTS_PART_INCOMPARABLE, /* modes or environments differ: no row or check was looked at */
	RESULTS_PART_MISSING,	   /* the base alone has a document of it */
	RESULTS_PART_EXTRA,	   /* the head alone has a document of it */
	RESULTS_PART_NOWHERE,	   /* neither side has a document of it */
};

/* What one run says of a part, other than that it passed. */
struct results_part_note {
	const char *run; /* its path */
	bool is_head;
	const struct results_part *part; /* failed or skipped, with the reason; NULL: it has none */
};

/* A key of the provenance of which not all documents of a part say the same. */
struct results_difference {
	const char *key;
	bool is_environment; /* else of the subject, which is what is compared */
	bool ignored;	     /* options->ignored names it */
	const char **values; /* of each document, as docs has them; NULL: not said */
};

struct results_compared_part {
	const char *name;
	enum results_part_verdict verdict;
	bool failed;	/* in a run of either side */
	bool one_sided; /* not every run of both sides has a document of it */
	bool unjudged;	/* compared, and no row or check of it could be judged */
	bool base_empty, head_empty; /* a document has neither rows nor checks */
	struct results_part_note *notes;
	size_t nr_notes;
	const struct results_doc **docs; /* those of the base first */
	size_t nr_base, nr_docs;
	const char *other_mode; /* the modes differ: one that is not docs[0]'s; else NULL */
	struct results_difference *differences; /* the environment's first */
	size_t nr_differences;
	const char *image; /* sha256 of the image that all documents are of; NULL: not one and the same */
	struct results_compared_row *rows; /* in order of what identifies them */
	size_t nr_rows;
	size_t count[RESULTS_NR_VERDICTS];
	size_t nr_exact;   /* rows that are exact on one side at least */
	size_t nr_skipped; /* rows that nobody measured, and somebody skipped */
	struct results_compared_check *checks;
	size_t nr_checks;
	size_t check_count[RESULTS_NR_CHECK_VERDICTS];
};
/* Whether its image is the same and yet a row moved. */
bool results_part_moved_by_itself(const struct results_compared_part *part);
/* "184 rows, 184 of them exact: 184 equal; skipped: 3". malloc'ed; NULL without memory. */
char *results_part_count_text(const struct results_compared_part *part);

/* ---- what the explorer found ---- */

enum results_model_verdict {
	RESULTS_MODEL_FINE,
	RESULTS_MODEL_MENDED,  /* other than claimed in the base */
	RESULTS_MODEL_LOST,    /* other than claimed now, and as claimed in the base */
	RESULTS_MODEL_STILL,   /* other than claimed, as in the base */
	RESULTS_MODEL_NEW,     /* other than claimed, and the base has none */
	RESULTS_MODEL_EXTRA,   /* as claimed, and the base has none */
	RESULTS_MODEL_MISSING, /* in the base, and not in every exploration of the head */
	RESULTS_MODEL_LESS,    /* unfinished, or less of it was explored than in the base */
	RESULTS_NR_MODEL_VERDICTS,
};
/* "fine", "WORSE", "EXPLORED LESS", ... */
const char *results_model_verdict_name(enum results_model_verdict v);

struct results_compared_model {
	const struct results_explore_model *base, *head; /* those that speak for it; or NULL */
	enum results_model_verdict verdict;
};
/* "clean (sc, bound 3, 2 CPUs)"; "(none)" of NULL. malloc'ed; NULL without memory. */
char *results_model_text(const struct results_explore_model *m);
/* The invariant that the head's broke, if it is other than claimed; else NULL. */
const char *results_model_broke(const struct results_compared_model *model);

/* ---- all of it ---- */

struct results_compared_run {
	const char *path; /* as it was given */
	bool is_head;
	bool is_document;   /* one document, of which neither parts nor an exploration are asked */
	bool partial;	    /* it was interrupted, or is still under way */
	bool explored;	    /* it has an exploration */
	bool half_explored; /* which did not come to its end */
	const char *stand_in; /* the program that explored in the place of ptbench; NULL: none did */
};

struct results_compared_allowance {
	const char *text;
	size_t used; /* rows that are worse or other, and allowed by it */
};

struct results_totals {
	size_t rows[RESULTS_NR_VERDICTS];
	size_t exact, skipped; /* rows */
	size_t checks[RESULTS_NR_CHECK_VERDICTS];
	size_t compared, incomparable; /* parts */
	size_t unjudged;  /* parts that were compared, with no row or check that could be judged */
	size_t one_sided; /* parts that not every run of both sides has */
	size_t failed;	  /* parts that failed on a side */
	size_t empty;	  /* parts with a document that has neither rows nor checks */
	size_t nowhere;	  /* parts skipped on both sides, or not there */
	size_t partial;	  /* runs that were interrupted */
	size_t models[RESULTS_NR_MODEL_VERDICTS];
	size_t unexplored;    /* runs without an exploration, where others have one */
	size_t half_explored; /* explorations that were cut short */
	size_t other_explorers; /* explorations by another program than the first: none is compared */
};

struct results_comparison {
	struct results_compared_run *runs; /* those of the base first */
	size_t nr_runs;
	struct results_compared_part *parts; /* as the base has them, then those of the head */
	size_t nr_parts;
	bool explored; /* a run has an exploration; models are compared where both sides have */
	struct results_compared_model *models;
	size_t nr_models;
	struct results_compared_allowance *allowed; /* as options has them */
	size_t nr_allowed;
	struct results_totals totals;
	/*
	 * EXIT_FINE: something was judged, and all that was is well. EXIT_WORSE: a regression (with
	 * exact_equal also a difference). EXIT_INCONCLUSIVE.
	 */
	enum results_exit status;
	/* The totals in words, a line each, without a newline. */
	char *judged;	  /* "judged: 2 rows and 1 check of 1 part" */
	char *not_judged; /* "not judged: 1 row is sampled"; NULL: nothing */
	char *equal;	  /* "2 of 3 exact rows are equal (66.67 %)"; NULL: not asked for, or none */
	char *conclusion; /* "regression: 1 row is worse", "inconclusive: ...", "no exact row is worse" */
	struct results__sources *sources; /* of libresults alone */
};

/* Paths of runs' folders, run.json files or single documents; at least one. */
struct results_side {
	const char *const *runs;
	size_t nr;
};

struct results_compare_options {
	bool exact_equal; /* for repeats: every difference of an exact metric is EXIT_WORSE */
	const char *const *ignored; /* keys of the environment that need not match */
	size_t nr_ignored;
	const char *const *allowed; /* "CASE[:PARAM=VALUE,...]:METRIC": rows that may be worse or other */
	size_t nr_allowed;
};

/*
 * Reads both sides and compares them. options: NULL, or what is to be compared how; its strings are
 * copied. Returns 0 and a comparison in *out, or with *out NULL and err saying what is wrong where:
 * -EINVAL (a file or an allowance is not what it has to be), -ENOMEM, or why a file cannot be read.
 */
int results_compare(const struct results_side *base, const struct results_side *head,
		    const struct results_compare_options *options, struct results_comparison **out,
		    struct results_error *err);
/*
 * Prints it as `ptbench compare` does; all: also what is equal or was not judged. What the results
 * say is made harmless for a terminal. Errors of `to` are the caller's to look for. 0 or -ENOMEM.
 */
int results_comparison_print(FILE *to, const struct results_comparison *c, bool all);
void results_comparison_free(struct results_comparison *c);

/*
 * Whether options->allowed may have text. -EINVAL: err says what is wrong.
 */
int results_allow_check(const char *text, struct results_error *err);

#endif
