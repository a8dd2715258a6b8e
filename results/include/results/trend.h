/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One metric over many runs: series of values, and the steps at which their level changed.
 * docs/trend.md has the method and what was measured of it.
 *
 * A series has the values of one row (case, params, subject, metric) of one part, in one mode and
 * one environment, in the order of the runs' times. `ptbench trend` and the report print what
 * results_trend() found; they judge nothing themselves. All that a trend points to belongs to it
 * and is not changed afterwards.
 */
#ifndef RESULTS_TREND_H
#define RESULTS_TREND_H

#include <stdint.h>

#include <results/compare.h>

/* A run's folder, or a document that lies alone: its own run, of one part. */
struct results_trend_run {
	char *id;   /* the name of the folder, or of the file */
	char *time; /* UTC, 2026-01-31T23:59:59Z: when the run started, or the document was made */
	char *revision; /* of the suite; NULL: a document */
	bool partial;
};

/* Documents that may share a series: of one part, mode and environment. */
struct results_trend_group {
	char *part, *mode;
	struct results_pairs environment; /* only keys of results_env_is_compared() */
	size_t first, last;		  /* the first and the last run, of the trend's runs */
	size_t nr_runs;
};

struct results_trend_value {
	uint32_t run;	  /* of the trend's runs */
	uint32_t subject; /* of the trend's subjects */
	enum results_kind kind;
	/* Totals over nr_ops operations. The value is the mode; of a sampled row the median. */
	double total, median, mean, min, max;
	long long nr_ops;
};
struct results_amount results_trend_amount(const struct results_trend_value *v);

struct results_trend_step {
	size_t at;	 /* the series' first value behind the step; the last before it is at - 1 */
	size_t from, to; /* values from .. at - 1 have the old level, at .. to - 1 the new one */
	double before, after; /* the levels, per operation */
	double change;	      /* a share of `before`; INFINITY: that is 0, and `after` is not */
	enum results_verdict verdict; /* RESULTS_ROW_WORSE, _BETTER or _CHANGED */
	double p; /* of a sampled series, corrected for the places that were tried; else NAN */
	/* Both runs beside it booted one image by one command line: the kernel did not change. */
	bool same_image;
};

enum results_trend_verdict {
	RESULTS_TREND_STEPS, /* it has steps */
	RESULTS_TREND_LEVEL, /* enough values to tell, and no step was found */
	RESULTS_TREND_SHORT, /* too few values: not judged */
};
/* "steps", "no step", "too short". */
const char *results_trend_verdict_name(enum results_trend_verdict v);

struct results_trend_series {
	size_t group;			     /* of the trend's groups */
	const struct results_measurement *m; /* for the names: case, params, subject, metric */
	/* How it is judged: by the least exact of its values. */
	enum results_kind kind;
	enum results_trend_verdict verdict;
	struct results_trend_value *values; /* in the order of the runs */
	size_t nr_values;
	struct results_trend_step *steps;
	size_t nr_steps;
	/*
	 * Values that are not exact and lie further from the level than counts, but whose samples
	 * overlap with the level's: no step, and not the same either.
	 */
	size_t nr_unclear;
	/* Sampled, and values are like those of the run before: a p says less than it seems to. */
	bool wanders;
};

/* So many of something, and the first by name (left_out: by time); NULL: none. */
struct results_trend_count {
	size_t nr;
	char *first;
};

struct results_trend {
	char *dir;
	struct results_trend_run *runs; /* by time, then by id */
	size_t nr_runs;
	struct results_trend_group *groups; /* by part, mode, then by first run */
	size_t nr_groups;
	struct results_pairs *subjects; /* each provenance of a subject once */
	size_t nr_subjects;
	struct results_trend_series *series; /* by group, then by identity */
	size_t nr_series;
	size_t nr_documents, nr_values, nr_steps, nr_unclear;
	size_t verdicts[RESULTS_TREND_SHORT + 1]; /* series */
	double level;	     /* the share of false ones among series in which steps are found */
	size_t nr_tested;    /* sampled series with enough values */
	double threshold;    /* the largest p of a step in a sampled series */
	size_t nr_wandering; /* sampled series */
	size_t needed;	     /* values: with fewer a sampled series cannot have such a p */
	/* What was not, or not wholly, used. */
	struct results_trend_count unreadable; /* files that are refused: with keep_going */
	struct results_trend_count repeated; /* documents that are the same as another: likewise */
	struct results_trend_count partial; /* runs that were interrupted; what they have is used */
	struct results_trend_count failed;  /* parts; what they have is used */
	struct results_trend_count skipped_parts, skipped_rows;
	struct results_trend_count links,
		others;			     /* entries of dir: links, neither run nor result */
	struct results_trend_count left_out; /* runs that `since` or `last` leave out */
	struct results_trend_count ended;    /* series without a value of their group's last run */
	enum results_exit status; /* EXIT_FINE; EXIT_INCONCLUSIVE: nothing could be judged */
};

struct results_trend_options {
	struct results_filter only;
	const char *since; /* 2026-01-31, or a whole time: older runs are left out; NULL: none */
	size_t last;	   /* only so many of the newest runs; 0: all */
	bool keep_going;   /* leave out files that cannot be read, and documents given twice */
	double level;	   /* 0: RESULTS_LEVEL */
};

/*
 * Reads the runs and documents in the folder dir, with as many threads as there are CPUs, and finds
 * the steps. 0, or -errno with *out NULL and err filled. options may be NULL.
 */
int results_trend(const char *dir, const struct results_trend_options *options,
		  struct results_trend **out, struct results_error *err);
void results_trend_free(struct results_trend *t);

/* A step, and where it is found. */
struct results_trend_found {
	const struct results_trend_series *series;
	const struct results_trend_step *step;
};
/*
 * All steps, those of the newest run first; of one run the worse ones, then counts that changed,
 * then the better ones, of each the largest change first. *out is malloc'ed. 0 or -ENOMEM.
 */
int results_trend_newest_first(const struct results_trend *t, struct results_trend_found **out);
/* "+0.71 %"; "from 0" where there is no share. malloc'ed; NULL without memory. */
char *results_trend_change_text(const struct results_trend_step *step);
/* "worse", "better", "changed". */
const char *results_trend_direction(const struct results_trend_step *step);
/*
 * The conclusion over all series: "12 steps in 3 of 40 series; 30 have none, 7 are too short to
 * judge". malloc'ed; NULL without memory.
 */
char *results_trend_conclusion(const struct results_trend *t);
/*
 * Writes t as text, json or csv; all: also series without steps. command: what shows it again;
 * NULL: not said. 0, -ENOMEM, or -EINVAL for another format.
 */
int results_trend_write(FILE *to, const struct results_trend *t, const char *format, bool all,
			const char *command);
bool results_trend_has_format(const char *format);

int results_cmd_trend(int argc, char **argv);

#endif
