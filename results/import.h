/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results of other programs as a ptbench-result document (docs/exports.md has the rules). */
#ifndef RESULTS_IMPORT_H
#define RESULTS_IMPORT_H

#include "json.h"

#define RESULTS__IMPORTED_PART "imported"
#define RESULTS__IMPORTED_FAMILY "google_benchmark"

/* What was left out, and why. */
struct results__import_counts {
	size_t rows, skipped; /* of the document */
	size_t aggregates;    /* means and the like: they are made of what is taken */
	size_t counters;      /* different ones that the user's program counts */
	char names[160];      /* the first of them, by name */
	size_t elsewhere;     /* rows that not all files have */
};

/*
 * Reads what Google Benchmark wrote with --benchmark_format=json. Of one file each repetition is a
 * sample; of several, each of a process, one file is one sample: the median of its repetitions.
 * command: what makes the document again. -EINVAL: a file is not that, or they are not of one
 * program on one machine; err says where and why.
 */
int results__import_google(const char *const *files, size_t nr, const char *command,
			   struct results_doc **out, struct results__import_counts *counts,
			   struct results_error *err);

/* ---- import_google.c ---- */
/* How many nanoseconds a time_unit of Google Benchmark has; 0: it is none. */
double results__import_ns(const char *unit);

/* ---- import_context.c: the part of Google Benchmark's JSON that says where it ran ---- */
/*
 * Fills the document's environment, subject and time from the first file's context, and holds the
 * context of a further one against them.
 */
int results__import_context(struct results__in *in, const json_t *context, bool first,
			    struct results_doc *doc);

#endif
