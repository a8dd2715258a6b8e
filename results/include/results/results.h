/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs, parts and ptbench-result documents: the format that all programs of ptbench read and write.
 *
 * A run is a folder; a part is one document in it with one provenance and one mode. No type of
 * the JSON library appears here. Functions return 0 or -errno; a struct results_error (NULL: not
 * wanted) tells what was wrong, where, and what to do. Nothing here is thread-safe; a document
 * belongs to one thread at a time.
 */
#ifndef RESULTS_RESULTS_H
#define RESULTS_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <results/axes.h>
#include <results/metrics.h>
#include <results/status.h>
#include <results/text.h>

#define RESULTS_FORMAT "ptbench-result"
#define RESULTS_VERSION 2 /* written; 1, which has no axes, is read */

struct results_error {
	char file[512];	  /* path, or "-" */
	char path[512];	  /* JSON path such as $.measurements[3].samples[0], or "" */
	char reason[512]; /* what is wrong and what to do */
};
/* Prints "file: path: reason\n", without the parts that are empty. */
void results_error_print(FILE *to, const struct results_error *err);

/* ---- metrics ---- */
enum results_better { RESULTS_LOWER, RESULTS_HIGHER, RESULTS_NEITHER };
struct results_metric {
	const char *name, *unit, *meaning;
	enum results_better better;
	size_t exact_samples; /* an exact measurement has at least so many */
	double effect; /* a share of the base: less does not count where values are not exact */
};
const struct results_metric *results_metric_find(const char *name); /* NULL: no such metric */
size_t results_nr_metrics(void);
const struct results_metric *results_metric_at(size_t i);
const char *results_better_name(enum results_better b); /* "lower", "higher", "neither" */

/* ---- params: sorted by key, each an integer or a string ---- */
struct results_param {
	char *key;
	char *str; /* NULL: the value is num */
	long long num;
};
struct results_params {
	struct results_param *v;
	size_t nr;
};
/*
 * Sets (adds or replaces) one key; strings are copied. -EINVAL: key is not [a-z][a-z0-9_]*, an
 * integer is not within +-(2^53 - 1), or a string is empty, longer than 256 characters, not UTF-8,
 * all digits (make it an integer), or holds a comma or a control character. -E2BIG: more than 16
 * keys. -ENOMEM.
 */
int results_params_set_int(struct results_params *p, const char *key, long long num);
int results_params_set_str(struct results_params *p, const char *key, const char *str);
/*
 * Parses "key=value,key=value"; a value of digits, or '-' and digits, is an integer, without
 * leading zeros. "": no keys. -EINVAL: not that, or a key stands twice.
 */
int results_params_parse(struct results_params *p, const char *text);
const struct results_param *results_params_get(const struct results_params *p, const char *key);
/* Has p each of the params that are wanted, with that value? Others do not matter. */
bool results_params_have(const struct results_params *p, const struct results_params *wanted);
/* The string value, or NULL when absent or an integer. */
const char *results_params_str(const struct results_params *p, const char *key);
/* The integer value, or dflt when absent or a string. */
long long results_params_int(const struct results_params *p, const char *key, long long dflt);
/* Frees the old content of *to. 0, or -ENOMEM with *to empty. */
int results_params_copy(struct results_params *to, const struct results_params *from);
int results_params_cmp(const struct results_params *a, const struct results_params *b);
/* "key=value,key=value", malloc'ed; NULL without memory. */
char *results_params_text(const struct results_params *p);
void results_params_free(struct results_params *p);

/* ---- measurements and checks ---- */
/* IMPORTED: measured by another program, of whatever it measures. */
enum results_subject { RESULTS_REF, RESULTS_KERNEL, RESULTS_LIBURCU, RESULTS_IMPORTED };
/* "ref", "kernel", "liburcu", "imported" */
const char *results_subject_name(enum results_subject s);

/*
 * EXACT: integers; at least 90 % of the samples agree (of a count of events all do, and no window
 * was thrown away), and there are as many as the metric demands. The value is the mode.
 * DETERMINISTIC: integers of which fewer agree, or too few; judged by the range of all samples.
 * SAMPLED: the value is the median, with its order-statistics interval.
 */
enum results_kind { RESULTS_EXACT, RESULTS_DETERMINISTIC, RESULTS_SAMPLED };
const char *results_kind_name(enum results_kind k);

/* One function's part of a total: how many of its instructions were executed. */
struct results_share {
	char *symbol;		/* a function, or [user], [other] */
	long long instructions; /* not 0; below 0: fewer than in the subtracted empty window */
};

struct results_measurement {
	char *case_id; /* family/name */
	struct results_params params;
	enum results_subject subject;
	char *skipped; /* reason; then metric is NULL and there are no samples */
	const struct results_metric *metric;
	enum results_kind kind;
	long long nr_ops;    /* operations behind one sample, >= 1 */
	double *samples;     /* totals over nr_ops operations, in the metric's unit */
	size_t nr_samples;   /* >= 1 */
	long long discarded; /* windows thrown away (0 where the rule does not apply) */
	/*
	 * Instructions by function, each symbol once; their sum is the mode of the samples. Only
	 * for a metric in instructions that is not sampled. NULL: not known.
	 */
	struct results_share *breakdown;
	size_t nr_breakdown;
};

struct results_check {
	char *id;
	struct results_params params;
	char *expect, *seen; /* the demanded and the observed state, in words */
	bool ok;
};

/*
 * String pairs: the provenance blocks. The schema describes the known keys; others of the form
 * [a-z][a-z0-9_]* may be added. The writer sorts them by key. Setting a key copies the value;
 * -EINVAL: the key has another form, or the value is not UTF-8 or longer than 16384 characters.
 */
struct results_pair {
	char *key, *value;
};
struct results_pairs {
	struct results_pair *v;
	size_t nr;
};
int results_pairs_set(struct results_pairs *p, const char *key, const char *value);
int results_pairs_setf(struct results_pairs *p, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
const char *results_pairs_get(const struct results_pairs *p, const char *key); /* NULL: absent */
/*
 * Whether an environment key must match for two parts to be compared. All must but "load" and
 * "qemu_folder", which are recorded for the reader of the numbers: the machine's load average is
 * never the same twice, and of a QEMU the version counts ("qemu"), not where it is installed.
 */
bool results_env_is_compared(const char *key);
void results_pairs_free(struct results_pairs *p); /* a document's are freed with it */

struct results_doc {
	/* RESULTS_VERSION, or that of the file it was read from: it is written as it was */
	int version;
	char *part;			  /* "native", "x86_64-stock.icount-1cpu", ... */
	char *mode;			  /* native | kvm | icount | tcg | static */
	char *created;			  /* UTC, 2026-01-31T23:59:59Z */
	char *command;			  /* the shell command that makes this part again */
	struct results_pairs environment; /* must match for two parts to be compared */
	struct results_pairs subject;	  /* what is compared */
	struct results_measurement *measurements;
	size_t nr_measurements;
	struct results_check *checks;
	size_t nr_checks;
	/* The meaning of the params; none in version 1. A param is a value of its axis. */
	struct results_axis *axes;
	size_t nr_axes;
	char *extra; /* a JSON object of the producer's, copied through uninterpreted, or NULL */
	/* Hashes by which rows and checks are found: private to libresults. */
	struct results__index *row_index, *check_index;
};

/* Sets created to now. The caller sets command (malloc'ed) before the document is written. */
int results_doc_new(const char *part, const char *mode, struct results_doc **out);
void results_doc_free(struct results_doc *doc);
/*
 * Adds a measurement; case_id, params, samples and breakdown are copied. -EEXIST: doc has one of
 * that identity (case, params, subject, metric). -EINVAL: not a valid measurement (err says why).
 * kind RESULTS_EXACT becomes DETERMINISTIC when fewer than 90 % of the samples agree (events: not
 * all, or a window was thrown away), or there are fewer than the metric demands. Only this function
 * applies that rule.
 */
int results_doc_add(struct results_doc *doc, const struct results_measurement *m,
		    struct results_error *err);
/*
 * Gives the document's i-th measurement a copy of the breakdown v. -EINVAL: v is not valid, such as
 * when its sum is not the measurement's mode (err says why).
 */
int results_doc_break_down(struct results_doc *doc, size_t i, const struct results_share *v,
			   size_t nr, struct results_error *err);
/*
 * doc's measurement of m's identity (case, params, subject, metric), or NULL. The first call on a
 * document hashes all of its rows; the identity of a row must not be changed afterwards.
 */
const struct results_measurement *results_doc_find(struct results_doc *doc,
						   const struct results_measurement *m);
int results_doc_add_skipped(struct results_doc *doc, const char *case_id,
			    const struct results_params *params, enum results_subject subject,
			    const char *reason, struct results_error *err);
int results_doc_add_check(struct results_doc *doc, const char *id,
			  const struct results_params *params, const char *expect, const char *seen,
			  bool ok, struct results_error *err);
/*
 * Writes to a temporary name in the same folder, fsyncs, renames. Same document, same bytes: keys,
 * measurements and checks are sorted. -EINVAL: the reader would refuse the document. A failed write
 * leaves an old file as it was, and no temporary one.
 */
int results_doc_write(const struct results_doc *doc, const char *file, struct results_error *err);
/*
 * The strict reader: refuses unknown keys, wrong types, duplicates, a kind that the samples do not
 * support. *out is complete or NULL. file "-": standard input.
 */
int results_doc_read(const char *file, struct results_doc **out, struct results_error *err);

/*
 * Returns the number of failed checks. If any, buf is the reason of a failed part: the number, the
 * first of them, its params, and what it saw and expected.
 */
size_t results_checks_failed_text(const struct results_doc *doc, char *buf, size_t size);

/* ---- statistics ----
 * Mode: the most frequent sample, the smallest of several. Median: the middle sample, or the mean
 * of the two in the middle. The interval of the median is distribution-free: the k-th smallest and
 * the k-th largest sample enclose the median with probability 1 - 2 P(B < k), B binomial (n, 1/2),
 * computed exactly (H. A. David and H. N. Nagaraja, Order Statistics, 3rd edition, 2003, section
 * 7.1); k is the largest for which that probability is at least 95 %. With 5 samples even the
 * extremes give 93.75 %.
 */
struct results_stat {
	double value;	  /* per operation: mode (exact, deterministic) or median (sampled) */
	double low, high; /* per operation. Sampled: 95 % order-statistics interval of the median
			     (min..max when there are fewer than 6 samples); else min and max */
	double min, max;  /* per operation */
	double agreement; /* share of the samples equal to the mode; 0 for sampled */
	size_t n;
};
/* m must not be skipped. Without memory to sort, every figure but n is NaN. */
void results_stat(const struct results_measurement *m, struct results_stat *s);

/* ---- runs ---- */
enum results_state { RESULTS_PASSED, RESULTS_FAILED, RESULTS_SKIPPED };
const char *results_state_name(enum results_state s);

struct results_part {
	char *name;
	char *file; /* its document, relative to the run's folder; NULL: it left none */
	enum results_state state;
	char *reason; /* of a failed or skipped part; passed: NULL */
};
struct results_run {
	char *dir;
	char *command;		  /* as the user typed it */
	char *started, *finished; /* finished: NULL while it runs */
	char *revision;		  /* of the suite */
	bool complete;
	struct results_part *parts;
	size_t nr_parts;
};
/* "ptbench" and the words of argv, quoted for a shell: a run's command. malloc'ed; NULL without
 * memory. */
char *results_command(int argc, char **argv);
/* Whether s is valid as a run's revision (RESULTS_REVISION_RULE). A tag may have slashes. */
bool results_is_revision(const char *s);
#define RESULTS_REVISION_RULE                                                                      \
	"at most 128 letters, digits and _ . + - / @ # = ,; no \"..\", and a letter or digit first"
/*
 * Makes <runs>/<UTC time>-<revision>-<random>/ with a run.json that says "partial" and no parts,
 * and points <runs>/latest at it. In the folder's name, characters of the revision that a file's
 * name cannot have become '-', and a revision of more than 64 characters is cut.
 */
int results_run_create(const char *runs, const char *command, const char *revision,
		       struct results_run **out, struct results_error *err);
/*
 * Records a part (adds it, or replaces the part of that name) and rewrites run.json atomically.
 * -EINVAL: a name (of a part or file) has ".." or other characters than letters, digits, '_', '.',
 * '+', '-'; the file does not end in ".json"; a passed part has no file, or has a reason ("" counts
 * as none); or another part has no reason.
 */
int results_run_part(struct results_run *run, const char *name, const char *file,
		     enum results_state state, const char *reason, struct results_error *err);
/* Sets finished to now, and complete; rewrites run.json atomically. */
int results_run_finish(struct results_run *run, bool complete, struct results_error *err);
/* path: a run's folder, its run.json, or a link to the folder. */
int results_run_read(const char *path, struct results_run **out, struct results_error *err);
void results_run_free(struct results_run *run);

/* ---- subcommands: argv[0] is the subcommand; return ptbench's exit status ---- */
int results_cmd_validate(int argc, char **argv);
int results_cmd_show(int argc, char **argv);
int results_cmd_compare(int argc, char **argv);
int results_cmd_baseline(int argc, char **argv);
int results_cmd_export(int argc, char **argv);
/* runs: where runs are made by default; revision: of the suite. */
int results_cmd_import(int argc, char **argv, const char *runs, const char *revision);
/* policy: the default one's file. */
int results_cmd_gate(int argc, char **argv, const char *policy);
int results_cmd_judge(int argc, char **argv, const char *policy);

#endif
