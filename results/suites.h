/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Test suites: what JUnit, KTAP and kcidb have in common. A run or a comparison is gathered as
 * suites once, and each format writes those. A suite is a part; its tests are rows and checks.
 */
#ifndef RESULTS_SUITES_H
#define RESULTS_SUITES_H

#include "internal.h"

enum results__outcome {
	RESULTS__OK,
	RESULTS__FAILURE,  /* it was judged, and is not well */
	RESULTS__ERROR,	   /* it was not judged, and should have been */
	RESULTS__NOT_RUN,  /* the same: there is nothing that could be judged */
	RESULTS__SKIPPED,  /* it was not judged, and need not be */
	RESULTS__MEASURED, /* a value that nobody judges: no test but for kcidb */
	RESULTS__NR_OUTCOMES,
};

struct results__test {
	enum results__outcome outcome;
	char *name;    /* no two of a suite have one */
	char *message; /* "": nothing more to say */
	/* Both NULL: a test of the suite as a whole. */
	const struct results_measurement *m;
	const struct results_check *check;
	bool has_value;
	double value; /* per operation */
};

struct results__suite {
	const char *name;	       /* kept, not copied */
	const struct results_doc *doc; /* what it was measured on; NULL: there is no document */
	struct results__test *v;
	size_t nr, room;
	size_t of[RESULTS__NR_OUTCOMES];
	bool failed; /* so that values say nothing */
};

struct results__suites {
	struct results__suite *v;
	size_t nr, room;
	char *id; /* of the run or the comparison: the same for the same input */
	int err;  /* -ENOMEM: something is lacking */
};

/* Starts the next suite. */
void results__suites_begin(struct results__suites *s, const char *name,
			   const struct results_doc *doc);
/*
 * Adds a test to the last suite. name and message are malloc'ed and belong to the suites from now
 * on; NULL: no memory. Returns it, until the next is added, or NULL.
 */
struct results__test *results__suites_add(struct results__suites *s, enum results__outcome outcome,
					  char *name, char *message);
void results__suites_free(struct results__suites *s);
/* The tests of a suite that are not RESULTS__MEASURED. */
size_t results__suite_tests(const struct results__suite *s);

/* A name for the run or document at path, which does not depend on how it was given. malloc'ed. */
char *results__source_id(const char *path);

/* ---- where they come from: each returns 0 or -ENOMEM, and *s is to be freed in any case ---- */
int results__suites_of_comparison(const struct results_comparison *c, struct results__suites *s);
int results__suites_of_source(const struct results__source *source,
			      const struct results__selection *only, struct results__suites *s);

/* ---- where they go: 0 or -ENOMEM; the caller looks for errors of f ---- */
int results__suites_junit(FILE *f, const struct results__suites *s);
int results__suites_ktap(FILE *f, const struct results__suites *s);
/* origin: the CI system that reports. */
int results__suites_kcidb(FILE *f, const struct results__suites *s, const char *origin);
bool results__is_origin(const char *origin); /* [a-z0-9_]+ */
#define RESULTS__ORIGIN "ptbench"

#endif
