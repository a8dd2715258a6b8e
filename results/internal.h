/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files of libresults, and private to them: rules, limits, errors, file I/O.
 *
 * Names begin with results__. Every rule of the format that one value can break stands in rules.c;
 * the functions that build a document, the writer and the reader all use it, so that the reader
 * accepts all that the writer writes.
 */
#ifndef RESULTS_INTERNAL_H
#define RESULTS_INTERNAL_H

#include <stdint.h>

#include <results/compare.h>
#include <results/results.h>

#define RESULTS_RUN_FORMAT "ptbench-run"
#define RESULTS__POLICY_FORMAT "ptbench-policy"
#define RESULTS__RUN_VERSION 1
#define RESULTS__EXPLORE_VERSION 1
#define RESULTS_RUN_FILE "run.json"
#define RESULTS__EXPLORE_FILE "explore.json" /* in a run's folder, if the explorer ran */

/* Limits of the format; the schemas state the same numbers. Text is counted in code points. */
#define RESULTS_MAX_FILE (16UL << 20)	  /* bytes */
#define RESULTS_MAX_DEPTH 16		  /* arrays and objects inside one another */
#define RESULTS_MAX_INT ((1LL << 53) - 1) /* a double holds integers up to it exactly */
#define RESULTS_MAX_SAMPLES 65536
#define RESULTS_MAX_SHARES 4096 /* symbols of a breakdown */
#define RESULTS_MAX_PARAMS 16
#define RESULTS_MAX_PAIRS 256 /* keys of a provenance block */
#define RESULTS_MAX_PARTS 4096
#define RESULTS_MAX_AXES 64	/* also the limit of one axis's families */
#define RESULTS_MAX_VALUES 1024 /* of an axis */
#define RESULTS_MAX_LEVELS 16	/* of a format */
#define RESULTS_MAX_KEY 64
#define RESULTS_MAX_NAME 128
#define RESULTS_MAX_VALUE 256  /* a parameter's string */
#define RESULTS_MAX_TEXT 16384 /* reasons, commands, provenance */

/* ---- error.c ---- */
/* Fills err (which may be NULL) and returns code. */
int results__error(struct results_error *err, int code, const char *file, const char *path,
		   const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* Puts prefix before err->path. */
void results__error_prefix(struct results_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* ---- rules.c: 0, or -EINVAL with err->path relative to the checked value ---- */
bool results__is_key(const char *s);	 /* [a-z][a-z0-9_]* */
bool results__is_name(const char *s);	 /* of a part or a file: no '/', no ".." */
bool results__is_time(const char *s);	 /* 2026-01-31T23:59:59Z */
bool results__is_integer(const char *s); /* -?[0-9]+ */
bool results__is_mode(const char *s);
/* The reason why s is not valid as a parameter's string; NULL: it is valid. */
const char *results__value_problem(const char *s);
int results__check_text(const char *s, bool may_be_empty, const char *path,
			struct results_error *err);
int results__check_params(const struct results_params *p, struct results_error *err);
int results__check_measurement(const struct results_measurement *m, struct results_error *err);
int results__check_check(const struct results_check *c, struct results_error *err);
int results__check_header(const struct results_doc *doc, struct results_error *err);
/* axes.c. check_axes: every param has an axis, and is a value of it if the axis has
 * values. */
int results__check_axis(const struct results_axis *axis, struct results_error *err);
int results__check_axes(const struct results_doc *doc, struct results_error *err);
int results__check_part(const struct results_part *p, struct results_error *err);
int results__check_run(const struct results_run *run, struct results_error *err);
/* ---- stat.c ---- */
/* A sorted copy, malloc'ed; NULL without memory. */
double *results__sorted(const double *samples, size_t nr);
/* The most frequent of sorted samples (the smallest of several); *count: how often it occurs. */
double results__mode(const double *sorted, size_t nr, size_t *count);
/*
 * Whether a measurement of metric is exact if count of its nr samples agree. Of a count of events
 * all samples have to agree, and no window may have been thrown away.
 */
bool results__is_exact(const struct results_metric *metric, size_t count, size_t nr,
		       long long discarded);
/*
 * The largest k for which the k-th smallest and the k-th largest of nr samples enclose the median
 * with a probability of at least 95 %; 0 when nr < 6 and there is none.
 */
size_t results__median_rank(size_t nr);

/* ---- doc.c ---- */
/* Order by (case, params, subject), without the metric. */
int results__row_cmp(const struct results_measurement *a, const struct results_measurement *b);
/* Order by (case, params, subject, metric); a skipped measurement comes first. */
int results__measurement_cmp(const struct results_measurement *a,
			     const struct results_measurement *b);
int results__check_cmp(const struct results_check *a, const struct results_check *b);
/*
 * Pointers to doc's measurements (checks) in the order of results__measurement_cmp()
 * (results__check_cmp()), malloc'ed. NULL: two have one identity (err names it), or no memory.
 */
const struct results_measurement **results__sorted_measurements(const struct results_doc *doc,
								struct results_error *err);
const struct results_check **results__sorted_checks(const struct results_doc *doc,
						    struct results_error *err);
/* m's breakdown in the order in which it is written: largest first, then by name. malloc'ed; NULL
 * without memory. */
struct results_share *results__sorted_shares(const struct results_measurement *m);
/* Allocated entries of an array of nr that results_doc_add*() grows: a power of two. A reader that
 * makes such an array at once allocates as many, so that rows can be added afterwards. */
size_t results__room(size_t nr);
void results__measurement_free(struct results_measurement *m);
void results__check_free(struct results_check *c);
void results__axis_free(struct results_axis *axis); /* its strings and arrays, not axis itself */
void results__pairs_sort(struct results_pairs *p);

/* ---- index.c: finds entries of an array by hash; the array only grows ---- */
#define RESULTS__NOWHERE ((size_t)-1)
struct results__index *results__index_new(void); /* NULL: no memory, or no random seed */
void results__index_free(struct results__index *x);
size_t results__index_nr(const struct results__index *x);
/* Without the metric: a skipped row has none, and excludes every measurement of that row. */
uint64_t results__row_hash(const struct results__index *x, const struct results_measurement *m);
uint64_t results__check_hash(const struct results__index *x, const struct results_check *c);
/* Adds the array's next entry. 0 or -ENOMEM. */
int results__index_add(struct results__index *x, uint64_t hash);
/* The number of the entry with that hash for which is_it() returns true, or RESULTS__NOWHERE. */
size_t results__index_find(const struct results__index *x, uint64_t hash,
			   bool (*is_it)(const void *arg, size_t i), const void *arg);

/* ---- file.c ---- */
/*
 * Reads the whole file ("-": standard input) into *out, malloc'ed and NUL-terminated. -EFBIG: more
 * than RESULTS_MAX_FILE; -EINVAL: not a regular file.
 */
int results__read_file(const char *file, char **out, size_t *len, struct results_error *err);
/* Replaces file atomically: temporary name in its folder, fsync, rename, fsync of the folder. */
int results__write_file(const char *file, const char *data, size_t len, struct results_error *err);
/* Writes digits random hexadecimal digits and a NUL to hex. 0 or -errno. */
int results__random(char *hex, size_t digits);
/* UTC, 2026-01-31T23:59:59Z; malloc'ed. */
char *results__now(void);

/* ---- json.c ---- */
/* Writes s as a JSON string, quotes included. -EINVAL: not UTF-8. */
int results__json_string(FILE *f, const char *s);

/* ---- write.c ---- */
/* Writes the shortest decimal that reads back as x. */
void results__put_number(FILE *f, double x);

/* ---- axes_json.c ---- */
/* Writes the key "axes" and its value. 0 or -ENOMEM. */
int results__put_axes(FILE *f, const struct results_doc *doc);

/* ---- text.c ---- */
/* Prints the character at s, with the length and harm that results_text_step() found: a harmful one
 * is written out. */
void results__put_char(FILE *to, const char *s, size_t len, bool harmful);

/* ---- table.c: text for a terminal ---- */
/*
 * Prints s with harmful characters (results/text.h) written out. Its further lines are indented by
 * indent; indent negative: they follow on the same line, after a bar.
 */
void results__print_text(FILE *f, const char *s, int indent);
/* Prints the first line of s likewise; " ..." stands for further lines. */
void results__print_first_line(FILE *f, const char *s);
/* The ending of a noun after the number nr: "" or "s". */
const char *results__s(size_t nr);
/* x in buf, for people: whole, or with six significant digits or two decimals. Returns buf. */
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

/* ---- source.c: the arguments RUN and FILE of the subcommands ---- */
/* A run's folder, its run.json or one document. */
struct results__source {
	char *path;
	const char *as;		   /* the part's name in a comparison; NULL: its own */
	struct results_run *run;   /* NULL: a document alone */
	struct results_doc **docs; /* with a run: one per part, NULL where a part has no file */
	size_t nr_docs;
	struct results_explore *explored; /* NULL: the run has none, or it was not read */
};
enum results__kind { RESULTS__DOC, RESULTS__RUN, RESULTS__EXPLORE };
/* RESULTS__RUN for a folder, else by the file's "format"; -errno, err filled: none of them. */
int results__kind(const char *path, struct results_error *err);
/* Reads the document of a part of a run; it must have that part's name. */
int results__part_read(const struct results_run *run, const struct results_part *part,
		       struct results_doc **out, struct results_error *err);
int results__source_read(const char *path, struct results__source **out, struct results_error *err);
void results__source_free(struct results__source *s);
/* Reads the exploration in a run's folder; *out NULL: it has none. -EINVAL: not a regular file. */
int results__explored_read(const char *dir, struct results_explore **out,
			   struct results_error *err);
/* Reads the exploration of the source's run, if s is a run. */
int results__source_explored(struct results__source *s, struct results_error *err);

/* ---- allow.c: allowed changes ---- */
/* CASE[:PARAMS]:METRIC. */
struct results__allowance {
	const char *text;	      /* as it was given */
	char *pattern;		      /* of case ids, for fnmatch(3) */
	struct results_params params; /* a row must have them; it may have others */
	const struct results_metric *metric;
	size_t used; /* worse or changed rows that it named */
};
/* text is kept, not copied. -EINVAL or -ENOMEM, and err says what is wrong. */
int results__allowance_parse(const char *text, struct results__allowance *a,
			     struct results_error *err);
bool results__allows(const struct results__allowance *a, const struct results_measurement *m);
void results__allowance_free(struct results__allowance *a);

/* ---- compare_entries.c: the entries of all documents of a part, sorted ---- */
struct results__entry {
	const void *of; /* a measurement, a check, a model */
	bool is_head;
	size_t order; /* of adding */
};
struct results__entries {
	struct results__entry *v; /* free() it */
	size_t nr, room;
};
/* Adds the nr elements of array, each size bytes long. 0 or -ENOMEM. */
int results__entries_add(struct results__entries *e, const void *array, size_t nr, size_t size,
			 bool is_head);
/* Sorts by cmp, then the base's first, then in the order of adding. */
void results__entries_sort(struct results__entries *e, int (*cmp)(const void *a, const void *b));
/* The number of the first entry after the i-th that differs from it by cmp, or nr. */
size_t results__entries_next(const struct results__entries *e, size_t i,
			     int (*cmp)(const void *a, const void *b));

/* ---- format_csv.c ---- */
/* Writes one field of comma-separated values, quoted where it has to be. */
void results__put_field(FILE *f, const char *s);

/* ---- select.c ---- */
struct results__selection {
	struct results_filter only;
	const struct results_metric *metric; /* NULL: all */
	int subject;			     /* -1: all */
	struct results_params params;
	bool some_rows, some; /* of a part's rows, or of the parts as well, some are left out */
};
/* The filter's strings are kept, not copied. -EINVAL with err, or -ENOMEM. */
int results__selection_init(struct results__selection *s, const struct results_filter *only,
			    struct results_error *err);
void results__selection_free(struct results__selection *s);
bool results__selects_part(const struct results__selection *s, const char *name);
bool results__selects_row(const struct results__selection *s, const struct results_measurement *m);

/* ---- compare_sampled.c: rows that are sampled on both sides ---- */
struct results__ranks;
struct results__sampling {
	bool by_process, paired; /* of results__is_by_process() and results__is_paired() */
	double level;
};
/*
 * Whether a sample is a value: there is one run a side, and its samples come from a process each.
 * With several a value is a run's median, for the processes of one run have its hour in common.
 */
bool results__is_by_process(const struct results_compared_part *p);
/* Whether the i-th sample of the base and the i-th of the head were taken one after the other. */
bool results__is_paired(const struct results_compared_part *p);
/* Fills the row's change and values from its nr entries, in the order of adding. 0 or -ENOMEM. */
int results__change(struct results__ranks *r, const struct results__entry *e, size_t nr,
		    const struct results__sampling *sampling, struct results_compared_row *row);
/* Judges all rows of c that have a change. 0 or -ENOMEM. */
int results__judge_sampled(struct results_comparison *c);
/* So many values of each side can tell that one of nr_rows rows moved, and no other. */
size_t results__values_needed(size_t nr_rows, double level);

/* ---- compare_provenance.c, compare_rows.c, compare_checks.c: one part; p->docs is filled ---- */
/* Fills other_mode, image and differences. 1: p can be compared; 0: it cannot; or -ENOMEM. */
int results__compare_provenance(struct results_compared_part *p,
				const struct results_compare_options *options);
/* Fills rows; those that are sampled on both sides are not judged yet. 0 or -ENOMEM. */
struct results__policy;
int results__compare_rows(struct results_compared_part *p, const struct results__selection *only,
			  const struct results__policy *policy, double level,
			  struct results__ranks *r);
/* Fills checks, and counts them. 0 or -ENOMEM. */
int results__compare_checks(struct results_compared_part *p);
/* The value of total over nr_ops operations. */
struct results_amount results__amount(double total, long long nr_ops);

/* Compares two rows by the order in which they are shown: results_rows_worst_first(). */
int results__row_worst_first(const struct results_compared_row *x,
			     const struct results_compared_row *y);

/* ---- settle.c: the verdicts of all rows ---- */
/*
 * Judges what is left: sampled rows, rows of an identical image unless exact_equal, allowances,
 * the policy, which may be NULL. Counts the rows of each part and family. 0 or -ENOMEM.
 */
int results__settle(struct results_comparison *c, struct results__allowance *allowed,
		    size_t nr_allowed, struct results__policy *policy, bool exact_equal);

/* ---- compare_parts.c: the runs and documents of each part ---- */
struct results__holder {
	const struct results__source *source;
	bool is_head;
	const struct results_part *part; /* of the run; NULL: the source is a document */
	const struct results_doc *doc;	 /* NULL: the part has none */
	size_t order;
};
struct results__joined_part {
	const char *name;
	const struct results__holder *holders; /* the base's first; at most one of each source */
	size_t nr;
};
struct results__joined {
	struct results__joined_part *parts; /* in the base's order, then the head's further ones */
	size_t nr;
	struct results__holder *holders;
};
/* 0 or -ENOMEM. */
int results__join(struct results__source *const *base, size_t nr_base,
		  struct results__source *const *head, size_t nr_head, struct results__joined *j);
void results__joined_free(struct results__joined *j);

/* ---- compare.c ---- */
/*
 * results_compare() of sources that are read already; they must live as long as the comparison. 0
 * or -errno, and err says why.
 */
int results__compare(struct results__source *const *base, size_t nr_base,
		     struct results__source *const *head, size_t nr_head,
		     const struct results_compare_options *options, struct results_comparison **out,
		     struct results_error *err);

/* ---- compare_print.c ---- */
/* "BEFORE2 unchanged, 1 REGRESSED": the verdicts whose number is not 0. */
void results__print_counts(FILE *f, const size_t count[RESULTS_NR_VERDICTS], const char *before);

/* ---- conclude.c: the conclusion of a comparison ---- */
/* Sets the status and the totals in words. 0 or -ENOMEM. */
int results__conclude(struct results_comparison *c, bool exact_equal);

/* ---- compare_models.c: the explorer's findings ---- */
/* Compares and counts the models, if a run has an exploration. 0 or -ENOMEM. */
int results__compare_models(struct results_comparison *c, struct results__source *const *base,
			    size_t nr_base, struct results__source *const *head, size_t nr_head);

#endif
