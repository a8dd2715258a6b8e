/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of libresults share and nobody else may use: rules, limits, errors, file I/O.
 *
 * Names begin with results__. Every rule of the format that one value can break stands in rules.c
 * and is used by the functions that build a document, by the writer and by the reader, so that
 * nothing can be written that would be refused when read.
 */
#ifndef RESULTS_INTERNAL_H
#define RESULTS_INTERNAL_H

#include <stdint.h>

#include <results/results.h>

#define RESULTS_RUN_FORMAT "ptbench-run"
#define RESULTS_RUN_FILE "run.json"
#define RESULTS__EXPLORE_FILE "explore.json" /* of a run: what the explorer found, if it ran */

/* Limits of the format; the schemas state the same numbers. Text is counted in code points. */
#define RESULTS_MAX_FILE (16UL << 20)		  /* bytes */
#define RESULTS_MAX_DEPTH 16			  /* arrays and objects inside one another */
#define RESULTS_MAX_INT ((1LL << 53) - 1)	  /* what every reader holds exactly */
#define RESULTS_MAX_SAMPLES 65536
#define RESULTS_MAX_SHARES 4096			  /* symbols of a breakdown */
#define RESULTS_MAX_PARAMS 16
#define RESULTS_MAX_PAIRS 256			  /* keys of a provenance block */
#define RESULTS_MAX_PARTS 4096
#define RESULTS_MAX_KEY 64
#define RESULTS_MAX_NAME 128
#define RESULTS_MAX_VALUE 256			  /* a parameter's string */
#define RESULTS_MAX_TEXT 16384			  /* reasons, commands, provenance */

/* ---- error.c ---- */
/* Fills err (which may be NULL) and returns code. */
int results__error(struct results_error *err, int code, const char *file, const char *path,
		   const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* Puts prefix before err->path. */
void results__error_prefix(struct results_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* ---- rules.c: 0, or -EINVAL with err->path relative to the thing that is checked ---- */
bool results__is_key(const char *s);	/* [a-z][a-z0-9_]* */
bool results__is_name(const char *s);	/* of a part or a file: no '/', no ".." */
bool results__is_time(const char *s);	/* 2026-01-31T23:59:59Z */
bool results__is_integer(const char *s); /* -?[0-9]+ */
bool results__is_mode(const char *s);
/* What is wrong with s as a parameter's string, or NULL. */
const char *results__value_problem(const char *s);
int results__check_text(const char *s, bool may_be_empty, const char *path,
			struct results_error *err);
int results__check_params(const struct results_params *p, struct results_error *err);
int results__check_measurement(const struct results_measurement *m, struct results_error *err);
int results__check_check(const struct results_check *c, struct results_error *err);
int results__check_header(const struct results_doc *doc, struct results_error *err);
int results__check_part(const struct results_part *p, struct results_error *err);
int results__check_run(const struct results_run *run, struct results_error *err);
/* ---- stat.c ---- */
/* A sorted copy, malloc'ed; NULL without memory. */
double *results__sorted(const double *samples, size_t nr);
/* The most frequent of sorted samples (the smallest of several) and how many there are of it. */
double results__mode(const double *sorted, size_t nr, size_t *count);
/*
 * Whether count of nr samples that agree are enough to call a measurement of metric exact. Counts of
 * events all have to agree, and none may have been thrown away.
 */
bool results__is_exact(const struct results_metric *metric, size_t count, size_t nr,
		       long long discarded);
/*
 * The largest k for which the k-th smallest and the k-th largest of nr samples enclose the median
 * with a probability of at least 95 %; 0 when nr < 6 and there is none.
 */
size_t results__median_rank(size_t nr);

/* ---- doc.c ---- */
/* Order by what identifies the thing measured: (case, params, subject), without the metric. */
int results__row_cmp(const struct results_measurement *a, const struct results_measurement *b);
/* Order by (case, params, subject, metric); a skipped measurement comes first. */
int results__measurement_cmp(const struct results_measurement *a,
			     const struct results_measurement *b);
int results__check_cmp(const struct results_check *a, const struct results_check *b);
/*
 * Pointers to the doc's measurements (checks) in that order, malloc'ed. When two have one identity:
 * NULL and err says which.
 */
const struct results_measurement **results__sorted_measurements(const struct results_doc *doc,
								struct results_error *err);
const struct results_check **results__sorted_checks(const struct results_doc *doc,
						    struct results_error *err);
/* Largest first, then by name: how a breakdown is written. malloc'ed; NULL without memory. */
struct results_share *results__sorted_shares(const struct results_measurement *m);
/* What an array of nr entries has room for that results_doc_add*() made: a power of two. A reader that
 * makes one at once allocates that many, so that rows can be added to what was read. */
size_t results__room(size_t nr);
void results__measurement_free(struct results_measurement *m);
void results__check_free(struct results_check *c);
void results__pairs_sort(struct results_pairs *p);

/* ---- index.c: the entries of an array that only grows, by hash ---- */
#define RESULTS__NOWHERE ((size_t)-1)
struct results__index *results__index_new(void); /* NULL: no memory, or no random seed */
void results__index_free(struct results__index *x);
size_t results__index_nr(const struct results__index *x);
/* Without the metric: what is skipped has none, and excludes every measurement of its row. */
uint64_t results__row_hash(const struct results__index *x, const struct results_measurement *m);
uint64_t results__check_hash(const struct results__index *x, const struct results_check *c);
/* The array's next entry. 0 or -ENOMEM. */
int results__index_add(struct results__index *x, uint64_t hash);
/* The entry of that hash of which is_it() is true, or RESULTS__NOWHERE. */
size_t results__index_find(const struct results__index *x, uint64_t hash,
			   bool (*is_it)(const void *arg, size_t i), const void *arg);

/* ---- file.c ---- */
/* The whole file ("-": standard input), NUL-terminated; -EFBIG, -EINVAL (not a regular file). */
int results__read_file(const char *file, char **out, size_t *len, struct results_error *err);
/* Temporary name in the same folder, fsync, rename, fsync of the folder. */
int results__write_file(const char *file, const char *data, size_t len, struct results_error *err);
/* digits random hexadecimal digits and a NUL; 0 or -errno. */
int results__random(char *hex, size_t digits);
/* UTC, 2026-01-31T23:59:59Z; malloc'ed. */
char *results__now(void);

/* ---- write.c ---- */
/* A string as JSON, quotes included. -EINVAL: not UTF-8. */
int results__json_string(FILE *f, const char *s);
/* The shortest decimal that reads back as x. */
void results__put_number(FILE *f, double x);

/* ---- text.c ---- */
/* Prints a character as results_text_step() finds it: written out when it is harmful. */
void results__put_char(FILE *to, const char *s, size_t len, bool harmful);

/* ---- table.c: text for a terminal ---- */
/*
 * Prints s with harmful characters (results/text.h) written out; continued lines are indented by indent, or follow a
 * bar on the same line when it is negative.
 */
void results__print_text(FILE *f, const char *s, int indent);
/* The same for the first line alone; " ..." stands for the rest. */
void results__print_first_line(FILE *f, const char *s);
/* What a plural ends in: "" or "s". */
const char *results__s(size_t nr);
/* A number for people: whole, or with six significant digits or two decimals. */
const char *results__number(char *buf, size_t size, double x);

struct results__table {
	size_t nr_columns, nr_rows;
	const char *align; /* one of "l" and "r" per column */
	char **cells;	   /* nr_rows * nr_columns, the heading first */
};
/* Adds a row: nr_columns strings, copied. */
int results__table_row(struct results__table *t, ...);
int results__table_print(FILE *f, const struct results__table *t);
void results__table_free(struct results__table *t);

/* ---- source.c: what the subcommands take as RUN or FILE ---- */
/* A run's folder, its run.json or one document. */
struct results__source {
	char *path;
	struct results_run *run;   /* NULL: a document alone */
	struct results_doc **docs; /* with a run: one per part, NULL where a part has no file */
	size_t nr_docs;
	struct results_explore *explored; /* NULL: it has none, or it was not asked for */
};
enum results__kind { RESULTS__DOC, RESULTS__RUN, RESULTS__EXPLORE };
/* Which of them it says it is, or -errno with err filled: none. */
int results__kind(const char *path, struct results_error *err);
/* The document of a part of a run, which must be of that part's name. */
int results__part_read(const struct results_run *run, const struct results_part *part,
		       struct results_doc **out, struct results_error *err);
int results__source_read(const char *path, struct results__source **out,
			 struct results_error *err);
void results__source_free(struct results__source *s);
/* The exploration in a run's folder; *out NULL: there is none. What is no regular file is an error. */
int results__explored_read(const char *dir, struct results_explore **out,
			   struct results_error *err);
/* That of the source, if it is a run. */
int results__source_explored(struct results__source *s, struct results_error *err);

/* ---- allow.c: changes that are wanted ---- */
/* CASE[:PARAMS]:METRIC. */
struct results__allowance {
	const char *text; /* as it was given */
	char *pattern;	  /* of a case, as a shell has them */
	struct results_params params; /* those that a row must have; it may have others */
	const struct results_metric *metric;
	size_t used; /* rows that changed and were allowed to */
};
/* text is kept, not copied. -EINVAL, -ENOMEM: err says what is wrong. */
int results__allowance_parse(const char *text, struct results__allowance *a,
			     struct results_error *err);
bool results__allows(const struct results__allowance *a, const struct results_measurement *m);
void results__allowance_free(struct results__allowance *a);

/* ---- compare_rows.c and compare_checks.c: one part of both sides ---- */
enum results__verdict {
	RESULTS__EQUAL,
	RESULTS__BETTER,
	RESULTS__WORSE,
	RESULTS__CHANGED,    /* another value of a metric of which neither direction is better */
	RESULTS__ALLOWED,    /* worse or changed, and allowed to be */
	RESULTS__UNSTEADY,   /* runs of one side disagree; no new one is beyond the base's */
	RESULTS__NOISE,	     /* deterministic on both sides, one mode, one median, none beyond */
	RESULTS__UNCLEAR,    /* not judged: the sides overlap */
	RESULTS__MISSING,    /* not judged: not in every run of both sides, and in the base */
	RESULTS__EXTRA,	     /* not judged: in the new runs alone */
	RESULTS__NOT_JUDGED, /* sampled on both sides */
	RESULTS__NR_VERDICTS,
};
bool results__is_judged(enum results__verdict v);

struct results__compared_row {
	const struct results_measurement *m; /* of either side, for the names */
	const struct results_measurement *base, *new; /* the lowest of each side, or NULL */
	enum results__verdict verdict;
	const char *why; /* NULL, or more about it */
};

enum results__check_verdict {
	RESULTS__CHECK_FINE,
	RESULTS__CHECK_MENDED,	/* failed in the base */
	RESULTS__CHECK_LOST,	/* fails, and was fine in the base */
	RESULTS__CHECK_STILL,	/* fails, as in the base */
	RESULTS__CHECK_NEW,	/* fails, and the base has none */
	RESULTS__CHECK_EXTRA,	/* fine, and the base has none */
	RESULTS__CHECK_MISSING, /* in the base, and not in every new run */
	RESULTS__NR_CHECK_VERDICTS,
};

struct results__compared_check {
	const struct results_check *base, *new; /* one that failed, if any did; or NULL */
	enum results__check_verdict verdict;
};

/* One part on both sides. */
struct results__compared {
	const char *part;
	const struct results_doc **base, **new;
	size_t nr_base, nr_new;
	struct results__compared_row *rows;
	size_t nr_rows;
	size_t count[RESULTS__NR_VERDICTS];
	size_t nr_exact;   /* rows that are exact on one side at least */
	size_t nr_skipped; /* rows that nobody measured, and somebody skipped */
	struct results__compared_check *checks;
	size_t nr_checks;
	size_t check_count[RESULTS__NR_CHECK_VERDICTS];
};
/* Fill rows and checks, and count them, from base and new. 0 or -ENOMEM. */
int results__compare_rows(struct results__compared *c, struct results__allowance *allowed,
			  size_t nr_allowed);
int results__compare_checks(struct results__compared *c);
void results__compared_free(struct results__compared *c);

/* ---- compare_parts.c: who has which part ---- */
struct results__holder {
	const struct results__source *source;
	bool is_new;
	const struct results_part *part; /* as the run has it; NULL: a document alone */
	const struct results_doc *doc;	 /* NULL: it has none */
	size_t order;
};
struct results__joined_part {
	const char *name;
	const struct results__holder *holders; /* the base's first; at most one of each source */
	size_t nr;
};
struct results__joined {
	struct results__joined_part *parts; /* as the base has them, then those of the new runs */
	size_t nr;
	struct results__holder *holders;
};
/* 0 or -ENOMEM. */
int results__join(struct results__source *const *base, size_t nr_base,
		  struct results__source *const *new, size_t nr_new, struct results__joined *j);
void results__joined_free(struct results__joined *j);

/* ---- compare.c ---- */
struct results__compare_options {
	bool exact_equal; /* every difference of an exact metric counts */
	bool all;	  /* print equal and unjudged rows too */
	const char **ignored; /* keys of the environment that need not match */
	size_t nr_ignored;
	struct results__allowance *allowed;
	size_t nr_allowed;
};
/* Prints the comparison to f and returns ptbench's exit status. */
int results__compare(FILE *f, struct results__source **base, size_t nr_base,
		     struct results__source **new, size_t nr_new,
		     const struct results__compare_options *options);

/* ---- conclude.c: what a comparison amounts to ---- */
enum results__model_verdict {
	RESULTS__MODEL_FINE,
	RESULTS__MODEL_MENDED,	/* other than claimed in the base */
	RESULTS__MODEL_LOST,	/* other than claimed now, and as claimed in the base */
	RESULTS__MODEL_STILL,	/* other than claimed, as in the base */
	RESULTS__MODEL_NEW,	/* other than claimed, and the base has none */
	RESULTS__MODEL_EXTRA,	/* as claimed, and the base has none */
	RESULTS__MODEL_MISSING, /* in the base, and not in every new exploration */
	RESULTS__MODEL_LESS,	/* unfinished, or less of it was explored than in the base */
	RESULTS__NR_MODEL_VERDICTS,
};

struct results__totals {
	size_t rows[RESULTS__NR_VERDICTS];
	size_t exact, skipped; /* rows */
	size_t checks[RESULTS__NR_CHECK_VERDICTS];
	size_t compared, incomparable; /* parts */
	size_t unjudged; /* parts that were compared, with no row or check that could be judged */
	size_t one_sided; /* parts that not every run of both sides has */
	size_t failed;	  /* parts that failed on a side */
	size_t empty;	  /* parts with a document that has neither rows nor checks */
	size_t nowhere;	  /* parts skipped on both sides, or not there */
	size_t partial;	  /* runs that were interrupted */
	size_t models[RESULTS__NR_MODEL_VERDICTS];
	size_t unexplored;    /* runs without an exploration, where others have one */
	size_t half_explored; /* explorations that were cut short */
};
/* Prints what was judged, what was not and why, and returns ptbench's exit status. */
int results__conclude(FILE *f, const struct results__totals *t, bool exact_equal);

/* ---- compare_models.c: what the explorer found ---- */
/* Prints and counts it, if any run has an exploration. 0 or -ENOMEM. */
int results__compare_models(FILE *f, struct results__source *const *base, size_t nr_base,
			    struct results__source *const *new, size_t nr_new, bool print_all,
			    struct results__totals *t);

#endif
