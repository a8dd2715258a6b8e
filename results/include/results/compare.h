/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Comparing runs with those of a base: the one place where two values become a verdict.
 *
 * `ptbench compare`, `ptbench kernels ab` and the report print what results_compare() found; they
 * judge nothing themselves. A side is one or more runs; parts are compared with parts of the same
 * name, rows with rows of one identity (case, params, subject, metric).
 *
 * A comparison is complete when results_compare() returns and is not changed afterwards. All that
 * it points to (documents, rows, strings) belongs to it; results_comparison_free() frees it.
 * No function here takes a lock or keeps state of its own: threads may make comparisons side by
 * side, and read one together.
 */
#ifndef RESULTS_COMPARE_H
#define RESULTS_COMPARE_H

#include <results/explore.h>
#include <results/results.h>

#define RESULTS_MAX_FAMILY 129 /* bytes, with the NUL */

/* ---- values ---- */

/*
 * The value of one side: a total over nr_ops operations, in the metric's unit. Totals of exact and
 * deterministic rows are integers and are compared as fractions of integers: no value is rounded
 * before it is judged. A sampled row's total is the median, which may be no integer.
 */
struct results_amount {
	bool is_integer;
	long long total;  /* is_integer; within +-(2^53 - 1) */
	double real;	  /* else */
	long long nr_ops; /* >= 1 */
};
/* < 0, 0 or > 0: a is less than, equal to or greater than b, per operation. */
int results_amount_cmp(const struct results_amount *a, const struct results_amount *b);
/* The value per operation, to be shown: rounded where a double cannot hold the fraction. */
double results_amount_number(const struct results_amount *v);
/* head minus base per operation; two integers are subtracted exactly, so 0 means equal. */
double results_amount_change(const struct results_amount *base, const struct results_amount *head);

/* ---- rows ---- */

enum results_verdict {
	RESULTS_ROW_EQUAL,
	RESULTS_ROW_BETTER,
	RESULTS_ROW_WORSE,
	RESULTS_ROW_CHANGED,  /* changed, and the metric has no better direction */
	RESULTS_ROW_ALLOWED,  /* worse or changed, and an allowance names it */
	RESULTS_ROW_UNSTEADY, /* runs of a side disagree; no head run is beyond all of the base */
	RESULTS_ROW_NOISE,    /* not exact, and moved by less than counts */
	RESULTS_ROW_UNCLEAR,  /* inconclusive: not judged */
	RESULTS_ROW_MISSING,  /* not judged: in the base, and not in every run of both sides */
	RESULTS_ROW_EXTRA,    /* not judged: in the head only */
	RESULTS_ROW_UNGATED,  /* not judged: the policy lets it pass, whatever it is */
	RESULTS_NR_VERDICTS,
};
/*
 * "unchanged", "REGRESSED", "changed, allowed", ...: capitals mark verdicts with a status other
 * than 0. Several verdicts have one name: all that are unchanged.
 */
const char *results_verdict_name(enum results_verdict v);
/* Whether the row was judged: false for the verdicts marked "not judged" above. */
bool results_verdict_is_judged(enum results_verdict v);

/*
 * How far the head lies from the base of a row that is sampled on both sides. A value is what one
 * process measured, if there is one run a side and the samples come from a process each
 * (environment key sample: process), else the median of one run: samples of one process have its
 * addresses in common, those of one run its hour, and say nothing of the next one's.
 */
struct results_change {
	size_t nr_base, nr_head; /* values; 0: this is no such row */
	bool is_ratio; /* of head to base, less 1; false: head less base, since a value is 0 */
	bool paired;   /* the sides were measured in turn, and are compared pair by pair */
	bool exact;    /* p is from the exact distribution, else from the normal one */
	double estimate, low, high; /* low and high infinite: too few values for an interval */
	double p, adjusted; /* adjusted: for all rows of the comparison; NAN: too few values */
	unsigned base_shape, head_shape; /* of enum results_shape */
};
/* What makes a median say less than it seems to: flags. */
enum results_shape {
	RESULTS_SHAPE_DRIFTS = 1,  /* later samples are larger, or smaller, than earlier ones */
	RESULTS_SHAPE_BIMODAL = 2, /* the samples are two clusters, with nothing between */
};

struct results_compared_row {
	const struct results_measurement *m; /* of either side, for the names */
	/* The measurement with the lowest mode of the side's runs; NULL: the side has none. */
	const struct results_measurement *base, *head;
	struct results_amount base_value, head_value; /* values of base and head */
	enum results_verdict verdict;
	enum results_verdict judged; /* by the values alone: before allowances and identity */
	const char *why;	     /* NULL, or the reason of the verdict */
	bool gates;		     /* the policy, if any, lets the row count */
	double effect;		     /* the smallest change that counts, a share of the base */
	struct results_change change;
};
/* Whether people should look at the row: it is not unchanged. */
bool results_row_stands_out(const struct results_compared_row *row);
/*
 * The distance of the values relative to the base's: orders rows that are shown, judges nothing.
 * 0: a side has no value, or the values are equal. INFINITY: the base's is 0, the head's is not.
 */
double results_row_distance(const struct results_compared_row *row);
/* Sorts rows: regressed, changed, missing, inconclusive, others; of each the largest first. */
void results_rows_worst_first(const struct results_compared_row **rows, size_t nr);
/*
 * "+3 (+0.75 %)"; "0" for equal values; "+3.10 % (+2.52 to +3.77)", with the interval, of a sampled
 * row; "" when a side has none. malloc'ed; NULL without memory.
 */
char *results_row_change_text(const struct results_compared_row *row);
/*
 * The verdict in words with its reason, and with the ranges of both sides unless both are exact.
 * malloc'ed; NULL without memory.
 */
char *results_row_verdict_text(const struct results_compared_row *row);

/* ---- checks ---- */

/* A check was fine in the base if it passed in one run, and is fine in the head if in every run. */
enum results_check_verdict {
	RESULTS_CHECK_FINE,
	RESULTS_CHECK_MENDED,  /* fine, and failed in a run of the base */
	RESULTS_CHECK_LOST,    /* fails, and was fine in the base */
	RESULTS_CHECK_STILL,   /* fails, as in the base */
	RESULTS_CHECK_NEW,     /* fails, and the base does not have the check */
	RESULTS_CHECK_EXTRA,   /* fine, and the base does not have the check */
	RESULTS_CHECK_MISSING, /* in the base, and not in every run of the head */
	RESULTS_NR_CHECK_VERDICTS,
};

struct results_compared_check {
	/* Of each side a check that failed, if any did; NULL: the side does not have it. */
	const struct results_check *base, *head;
	enum results_check_verdict verdict;
};
/* The outcome on each side in words: "ok" and "FAILED as before"; "(none)" and "FAILED". */
const char *results_check_base_text(const struct results_compared_check *check);
const char *results_check_head_text(const struct results_compared_check *check);

/* ---- parts ---- */

enum results_part_verdict {
	RESULTS_PART_COMPARED,
	RESULTS_PART_INCOMPARABLE, /* modes or environments differ: no row or check was compared */
	RESULTS_PART_MISSING,	   /* only the base has a document of the part */
	RESULTS_PART_EXTRA,	   /* only the head has a document of the part */
	RESULTS_PART_NOWHERE,	   /* neither side has a document of the part */
};

/* A run in which the part did not pass. */
struct results_part_note {
	const char *run; /* its path */
	bool is_head;
	const struct results_part *part; /* failed or skipped; NULL: the run lacks the part */
};

/* A key of the provenance whose value differs between documents of a part. */
struct results_difference {
	const char *key;
	bool is_environment; /* else of the subject: what is compared may differ */
	bool ignored;	     /* options->ignored names the key */
	const char **values; /* one per document, in the order of docs; NULL: lacks the key */
};

struct results_compared_part {
	const char *name;
	enum results_part_verdict verdict;
	bool failed;	/* in a run of either side */
	bool one_sided; /* a run of either side skipped the part, or has no document of it */
	bool unjudged;	/* compared, and no row or check could be judged */
	bool base_empty, head_empty; /* a document of the side has neither rows nor checks */
	struct results_part_note *notes;
	size_t nr_notes;
	const struct results_doc **docs; /* the base's first */
	size_t nr_base, nr_docs;
	const char *other_mode; /* a mode other than docs[0]'s; NULL: all have one mode */
	struct results_difference *differences; /* the environment's first */
	size_t nr_differences;
	const char *image; /* sha256 of the image, if it is the same for all documents; else NULL */
	struct results_compared_row *rows; /* sorted by identity (case, params, subject, metric) */
	size_t nr_rows;
	size_t count[RESULTS_NR_VERDICTS];
	size_t nr_identical;	  /* rows that are unchanged because the image is identical */
	size_t nr_moved;	  /* of these, those whose values moved: false alarms */
	size_t nr_exact;	  /* rows that are exact on one side at least */
	size_t nr_left_out;	  /* rows and checks that options->only leaves out */
	size_t nr_skipped;	  /* rows that no document measured, and one skipped */
	size_t nr_skipped_kernel; /* of these, those whose subject is the kernel */
	struct results_compared_check *checks;
	size_t nr_checks;
	size_t check_count[RESULTS_NR_CHECK_VERDICTS];
};
/* "184 rows, 184 of them exact: 184 unchanged; skipped: 3". malloc'ed; NULL without memory. */
char *results_part_count_text(const struct results_compared_part *part);

/* ---- what the explorer found ---- */

enum results_model_verdict {
	RESULTS_MODEL_FINE,
	RESULTS_MODEL_MENDED,  /* as claimed; in the base other than claimed, or unfinished */
	RESULTS_MODEL_LOST,    /* other than claimed, and as claimed in the base */
	RESULTS_MODEL_STILL,   /* other than claimed, as in the base */
	RESULTS_MODEL_NEW,     /* other than claimed, and the base does not have the model */
	RESULTS_MODEL_EXTRA,   /* not in the base, and not other than claimed */
	RESULTS_MODEL_MISSING, /* in the base, and not in every exploration of the head */
	RESULTS_MODEL_LESS,    /* unfinished, or less of it was explored than in the base */
	RESULTS_NR_MODEL_VERDICTS,
};
/* "fine", "REGRESSED", "EXPLORED LESS", ... */
const char *results_model_verdict_name(enum results_model_verdict v);

struct results_compared_model {
	/* Base: of a run where it is fine, if any; head: of the worst run. NULL: in no run. */
	const struct results_explore_model *base, *head;
	enum results_model_verdict verdict;
};
/* "clean (sc, bound 3, 2 CPUs)"; m NULL: "(none)". malloc'ed; NULL without memory. */
char *results_model_text(const struct results_explore_model *m);
/* The invariant that the head's model broke, if it came out other than claimed; else NULL. */
const char *results_model_broke(const struct results_compared_model *model);

/* ---- all of it ---- */

struct results_compared_run {
	const char *path; /* as it was given */
	bool is_head;
	bool is_document;   /* a single document: other parts and an exploration are not expected */
	bool partial;	    /* the run was interrupted, or is still under way */
	bool explored;	    /* the run has an exploration */
	bool half_explored; /* the exploration was interrupted */
	const char *stand_in; /* the program that explored in place of ptbench; NULL: none */
};

struct results_compared_allowance {
	const char *text;
	bool expired; /* acknowledged by a policy, until a day that is past */
	size_t used;  /* rows that are worse or changed, and named by it */
};

/* All rows of one family, of all parts. */
struct results_compared_family {
	char name[RESULTS_MAX_FAMILY];
	size_t nr_rows, count[RESULTS_NR_VERDICTS];
};

struct results_totals {
	size_t rows[RESULTS_NR_VERDICTS];
	size_t exact, skipped;	 /* rows */
	size_t identical, moved; /* rows: results_compared_part's */
	size_t left_out;	 /* rows, checks, models and parts: results_filter */
	size_t tested; /* sampled rows with enough values: among so many a p-value is adjusted */
	/* Inconclusive ones with fewer values a side than `needed`: alone, none could be found. */
	size_t too_few, needed;
	size_t checks[RESULTS_NR_CHECK_VERDICTS];
	size_t compared, incomparable; /* parts */
	size_t unjudged;  /* parts that were compared, with no row or check that could be judged */
	size_t one_sided; /* parts that a run of either side skipped or lacks */
	size_t failed;	  /* parts that failed on a side */
	size_t empty;	  /* parts with a document that has neither rows nor checks */
	size_t nowhere;	  /* parts that every run skipped */
	size_t partial;	  /* runs that were interrupted */
	size_t models[RESULTS_NR_MODEL_VERDICTS];
	size_t unexplored;	/* runs without an exploration, where others have one */
	size_t half_explored;	/* explorations that were interrupted */
	size_t other_explorers; /* by another program than the first; then no model is compared */
};

struct results_comparison {
	struct results_compared_run *runs; /* the base's first */
	size_t nr_runs;
	struct results_compared_part *parts; /* in the base's order, then the head's further ones */
	size_t nr_parts;
	bool explored; /* a run has an exploration; models are compared if both sides have one */
	struct results_compared_model *models; /* by mechanism, then by variant */
	size_t nr_models;
	/* In the order of options->allowed, then the policy's. */
	struct results_compared_allowance *allowed;
	size_t nr_allowed;
	struct results_compared_family *families; /* sorted by name */
	size_t nr_families;
	double level; /* of significance */
	struct results_totals totals;
	/*
	 * EXIT_FINE: something was judged, and all that was is well. EXIT_WORSE: a regression (with
	 * exact_equal also a difference). EXIT_INCONCLUSIVE.
	 */
	enum results_exit status;
	/* The totals in words, a line each, without a newline. */
	char *judged;	  /* "judged: 2 rows and 1 check of 1 part" */
	char *identical;  /* "identical images: 184 rows, 2 of them moved"; NULL: no such row */
	char *not_judged; /* "not judged: 1 row is extra"; NULL: all was judged */
	/* "2 of 3 exact rows are equal (66.67 %)"; NULL: not exact_equal, or no exact row. */
	char *equal;
	/* "regression: 1 row regressed", "inconclusive: ...", "nothing that was judged regressed" */
	char *conclusion;
	struct results__sources *sources; /* private to libresults */
};

/* Paths of runs' folders, run.json files or single documents; at least one. */
struct results_side {
	const char *const *runs;
	size_t nr;
};

/* The rows to compare; NULL or 0: all. Checks and models are compared only if all rows are. */
struct results_filter {
	const char *part, *case_id;   /* patterns as in a shell */
	const char *metric, *subject; /* names */
	const char *params;	      /* "key=value,key=value": a row has these, and others */
};

struct results_compare_options {
	struct results_filter only;
	bool exact_equal; /* for repeats: every difference of an exact metric is EXIT_WORSE */
	const char *const *ignored; /* keys of the environment that need not match */
	size_t nr_ignored;
	const char *const *allowed; /* "CASE[:PARAM=VALUE,...]:METRIC": rows that may change */
	size_t nr_allowed;
	/*
	 * The share of false ones among the changes that are found in sampled rows, and of
	 * intervals that miss the change; 0: RESULTS_LEVEL.
	 */
	double level;
	/*
	 * A policy's file, or NULL: what gates, what counts, what is acknowledged until when. Its
	 * level is used where `level` is 0. today: 2026-12-31; NULL: the day that it is, in UTC.
	 */
	const char *policy, *today;
};
#define RESULTS_LEVEL 0.01

/*
 * Reads both sides and compares them. options may be NULL; its strings are copied. Returns 0 with
 * the comparison in *out, or -errno with *out NULL and err filled: -EINVAL (a file, an allowance or
 * an ignored key is not valid), -ENOMEM, or the errno of reading a file.
 */
int results_compare(const struct results_side *base, const struct results_side *head,
		    const struct results_compare_options *options, struct results_comparison **out,
		    struct results_error *err);
/*
 * results_compare() of two documents, whatever their parts are called, such as those of one
 * scenario on two versions of a kernel. They must live as long as the comparison.
 */
int results_compare_docs(const struct results_doc *base, const struct results_doc *head,
			 const struct results_compare_options *options,
			 struct results_comparison **out, struct results_error *err);
/*
 * Prints c as `ptbench compare` does; all: also rows that are equal or sampled. Strings from
 * results are made harmless for a terminal. The caller checks `to` for errors. 0 or -ENOMEM.
 */
int results_comparison_print(FILE *to, const struct results_comparison *c, bool all);
struct results_write_options {
	bool all;	     /* also rows and checks that are unchanged */
	const char *command; /* that shows the comparison again; NULL: not said */
	const char *origin;  /* the CI system that kcidb is told of; NULL: ptbench */
};
#define RESULTS_COMPARISON_FORMATS "markdown, mail, json, junit, ktap, kcidb, csv or github"
/* Writes c in a format: text (as above), or one of these. 0, -ENOMEM, or -EINVAL for another. */
int results_comparison_write(FILE *to, const struct results_comparison *c, const char *format,
			     const struct results_write_options *options);
bool results_comparison_has_format(const char *format);
void results_comparison_free(struct results_comparison *c);

/* Whether the file is a policy: 0, or as results_compare(), with err saying why not. */
int results_policy_check(const char *file, struct results_error *err);
/* Whether text is valid in options->allowed: 0, -EINVAL with err saying why, or -ENOMEM. */
int results_allow_check(const char *text, struct results_error *err);

#endif
