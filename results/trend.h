/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files that make a trend (results/trend.h), and private to them. */
#ifndef RESULTS_TREND_PRIVATE_H
#define RESULTS_TREND_PRIVATE_H

#include <results/trend.h>

#include "internal.h"
#include "twosample.h"

/* ---- trend_value.c ---- */
/* Counts one more; the text, malloc'ed, is kept if it is the first, else freed. */
void results__trend_count(struct results_trend_count *c, size_t nr, char *text);
/* "native gup_fast/walk pages=1: time (ref)". malloc'ed; NULL without memory. */
char *results__trend_name(const struct results_trend *t, const struct results_trend_series *s);
/* Adds a step at the value `at`, behind all others: its levels, and by how much they differ. 0 or
 * -ENOMEM. */
int results__trend_add(struct results_trend_series *s, size_t at, double before, double after,
		       double by, double p);
/* Whether a change from one level to another counts, as a share of the first. */
bool results__trend_counts(double before, double after, double effect);

/* ---- trend_identity.c ---- */
/* Copies pairs, sorted by key; compared: only those of results_env_is_compared(). 0 or -ENOMEM. */
int results__trend_pairs(struct results_pairs *to, const struct results_pairs *from, bool compared);
/* A text that is the same only if all three are. malloc'ed; NULL without memory. */
char *results__trend_key(const char *a, const char *b, const struct results_pairs *p);
/* Equal documents have equal hashes; others have not, unless somebody makes them so. */
void results__trend_hash(const struct results_doc *doc, uint64_t hash[2]);

/* ---- trend_gather.c: the values of all documents, by series ---- */
struct results__gathered;
struct results__gathered *results__gather_new(const struct results__selection *only);
void results__gather_free(struct results__gathered *g);
/*
 * Adds the rows of doc, which is in the source-th entry of the folder. Threads may call it side by
 * side. *skipped: its rows without a value, *first: the first of these (malloc'ed, or NULL). 0 or
 * -ENOMEM.
 */
int results__gather_doc(struct results__gathered *g, const struct results_doc *doc, size_t source,
			size_t *skipped, char **first);
/*
 * Moves all into t, whose runs are there, and counts documents that are the same as another, of
 * which only the first is used. rank[source]: its place among the runs, or RESULTS__NOWHERE to
 * leave it out; names[source]: the entry's name. 0 or -ENOMEM. g is to be freed.
 */
int results__gather_end(struct results__gathered *g, const size_t *rank, const char *const *names,
			struct results_trend *t);

/* ---- trend_read.c: the folder ---- */
/* Reads all of t->dir into t: runs, groups, subjects, series without steps. 0 or -errno. */
int results__trend_read(struct results_trend *t, const struct results_trend_options *options,
			const struct results__selection *only, struct results_error *err);

/* ---- trend_whole.c: steps of series of whole numbers ---- */
/* 0 or -ENOMEM. */
int results__trend_whole(struct results_trend_series *s);

/* ---- trend_sampled.c: steps of sampled series ---- */
/* Judges all sampled series of t. 0 or -ENOMEM. */
int results__trend_sampled(struct results_trend *t);

/* ---- trend_write.c ---- */
int results__trend_json(FILE *f, const struct results_trend *t, bool all, const char *command);
int results__trend_csv(FILE *f, const struct results_trend *t, bool all);
/* ---- trend_print.c ---- */
int results__trend_text(FILE *f, const struct results_trend *t, bool all);
/* A key of two subjects that differs. */
struct results__differs {
	const char *key, *before, *after; /* NULL: lacks the key */
};
/* The keys in which two subjects differ, sorted; room for 2 * RESULTS_MAX_PAIRS. Their number. */
size_t results__trend_differs(const struct results_pairs *a, const struct results_pairs *b,
			      struct results__differs *out);

#endif
