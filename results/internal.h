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

#include <results/compare.h>
#include <results/results.h>

#define RESULTS_RUN_FORMAT "ptbench-run"
#define RESULTS__RUN_VERSION 1
#define RESULTS__EXPLORE_VERSION 1
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
#define RESULTS_MAX_AXES 64			  /* and families of one */
#define RESULTS_MAX_VALUES 1024			  /* of an axis */
#define RESULTS_MAX_LEVELS 16			  /* of a format */
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
/* axes.c: also that every param has an axis, and is a value of it if it is a string and that has any. */
int results__check_axis(const struct results_axis *axis, struct results_error *err);
int results__check_axes(const struct results_doc *doc, struct results_error *err);
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
void results__axis_free(struct results_axis *axis); /* what it holds */
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

/* ---- json.c ---- */
/* A string as JSON, quotes included. -EINVAL: not UTF-8. */
int results__json_string(FILE *f, const char *s);

/* ---- write.c ---- */
/* The shortest decimal that reads back as x. */
void results__put_number(FILE *f, double x);

/* ---- axes_json.c ---- */
/* The key "axes" and what is under it; 0 or -ENOMEM. */
int results__put_axes(FILE *f, const struct results_doc *doc);

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

/* ---- compare_entries.c: what all documents of a part have, side by side ---- */
struct results__entry {
	const void *of; /* a measurement, a check, a model */
	bool is_head;
	size_t order; /* in which it was added */
};
struct results__entries {
	struct results__entry *v; /* free() it */
	size_t nr, room;
};
/* Adds the nr elements of that size from array on. 0 or -ENOMEM. */
int results__entries_add(struct results__entries *e, const void *array, size_t nr, size_t size,
			 bool is_head);
/* By cmp, then those of the base first, then as they were added. */
void results__entries_sort(struct results__entries *e, int (*cmp)(const void *a, const void *b));
/* The first entry behind the i-th that cmp tells from it, or nr. */
size_t results__entries_next(const struct results__entries *e, size_t i,
			     int (*cmp)(const void *a, const void *b));

/* ---- compare_provenance.c, compare_rows.c, compare_checks.c: one part, of which docs is set ---- */
/* Fills other_mode, image and differences. Whether it can be compared, or -ENOMEM. */
int results__compare_provenance(struct results_compared_part *p,
				const struct results_compare_options *options);
/* Fill rows and checks, and count them. 0 or -ENOMEM. */
int results__compare_rows(struct results_compared_part *p, struct results__allowance *allowed,
			  size_t nr_allowed);
int results__compare_checks(struct results_compared_part *p);

/* ---- compare_parts.c: who has which part ---- */
struct results__holder {
	const struct results__source *source;
	bool is_head;
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
	struct results__joined_part *parts; /* as the base has them, then those of the head */
	size_t nr;
	struct results__holder *holders;
};
/* 0 or -ENOMEM. */
int results__join(struct results__source *const *base, size_t nr_base,
		  struct results__source *const *head, size_t nr_head, struct results__joined *j);
void results__joined_free(struct results__joined *j);

/* ---- compare.c ---- */
/*
 * results_compare() of what is read already, and which has to live longer than the comparison. 0 or
 * -errno, and err says why.
 */
int results__compare(struct results__source *const *base, size_t nr_base,
		     struct results__source *const *head, size_t nr_head,
		     const struct results_compare_options *options, struct results_comparison **out,
		     struct results_error *err);

/* ---- conclude.c: what a comparison amounts to ---- */
/* Sets the status, and the totals in words. 0 or -ENOMEM. */
int results__conclude(struct results_comparison *c, bool exact_equal);

/* ---- compare_models.c: what the explorer found ---- */
/* Compares and counts it, if any run has an exploration. 0 or -ENOMEM. */
int results__compare_models(struct results_comparison *c, struct results__source *const *base,
			    size_t nr_base, struct results__source *const *head, size_t nr_head);

#endif
