/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The values of one run in the formats of `ptbench export`. */
#ifndef RESULTS_EXPORT_H
#define RESULTS_EXPORT_H

#include "internal.h"

/* A measurement or a skipped row of a part. */
struct results__value_row {
	const struct results_doc *doc;
	const struct results_part *part; /* NULL: the source is a document alone */
	const struct results_measurement *m;
	struct results_stat stat; /* of what is not skipped */
	bool failed;		  /* of a part that failed: the value says nothing */
	bool skipped;
};

struct results__values {
	const struct results__source *source;
	struct results__value_row *v; /* by part, as the run has them, then as the document */
	size_t nr;
	size_t nr_failed, nr_skipped; /* of these */
	enum results_better better;   /* which of them github-action-benchmark is told */
};

/* Whether the part failed, or a check in its document. part NULL: there is a document alone. */
bool results__part_failed(const struct results_part *part, const struct results_doc *doc);
/* The selected rows of the source. 0 or -ENOMEM; results__values_free() in any case. */
int results__values_of(const struct results__source *source, const struct results__selection *only,
		       struct results__values *out);
void results__values_free(struct results__values *v);
/* Whether the row has a value that can stand for itself: neither skipped nor failed. */
bool results__is_value(const struct results__value_row *row);
/*
 * "native (native) gup_fast/walk pages=1 (ref)", with metric also ": time": no two rows of a run
 * have one name, for a part has one mode. malloc'ed; NULL without memory.
 */
char *results__series_name(const struct results__value_row *row, bool metric);

/*
 * Each writes what it can of v, and returns 0, or -ENOMEM; the caller looks for errors of f. What a
 * format has no place for is told to say.
 */
int results__export_bencher(FILE *f, const struct results__values *v, FILE *say);
int results__export_github(FILE *f, const struct results__values *v, FILE *say);
int results__export_openmetrics(FILE *f, const struct results__values *v, FILE *say);
int results__export_csv(FILE *f, const struct results__values *v, FILE *say);

#endif
