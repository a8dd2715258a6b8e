/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A comparison in the formats of `ptbench compare --format`. Each function returns 0 or -ENOMEM. */
#ifndef RESULTS_FORMAT_H
#define RESULTS_FORMAT_H

#include "internal.h"

int results__write_markdown(FILE *f, const struct results_comparison *c,
			    const struct results_write_options *o);
int results__write_mail(FILE *f, const struct results_comparison *c,
			const struct results_write_options *o);
int results__write_json(FILE *f, const struct results_comparison *c,
			const struct results_write_options *o);
int results__write_csv(FILE *f, const struct results_comparison *c,
		       const struct results_write_options *o);
int results__write_github(FILE *f, const struct results_comparison *c,
			  const struct results_write_options *o);

/* ---- shared by the formats ---- */

/* A row or check of a part, worst first. */
struct results__found {
	const struct results_compared_part *part;
	const struct results_compared_row *row;	    /* NULL: a check */
	const struct results_compared_check *check; /* NULL: a row */
};
/*
 * The rows and checks of all parts that stand out, or all of them: *out is malloc'ed. Returns their
 * number, or -ENOMEM.
 */
ssize_t results__found(const struct results_comparison *c, bool all, struct results__found **out);

/* What is said of a row, as text; all of it malloc'ed, but for base and head. */
struct results__row_words {
	char *name; /* "gup_fast/walk pages=1,put=no: instructions (kernel)" */
	char *change, *verdict;
	char *moved; /* "gup_fast_fallback +3, try_grab_folio_fast -1 and 2 more"; "" without */
	char base[32], head[32]; /* the sides' values; "-" without one */
};
/* 0 or -ENOMEM; results__row_words_free() in any case. */
int results__row_words(const struct results_compared_row *r, struct results__row_words *w);
void results__row_words_free(struct results__row_words *w);
struct results__check_words {
	char *name; /* "gup_fast/only n=1" */
	char *seen; /* "3 wrong seen, 0 wrong expected" */
};
int results__check_words(const struct results_compared_check *check,
			 struct results__check_words *w);
void results__check_words_free(struct results__check_words *w);
/* The name of a row and of a check, as above. malloc'ed; NULL without memory. */
char *results__row_name(const struct results_measurement *m);
char *results__check_name(const struct results_check *c);
/* A field of comma-separated values, quoted where it must be; harmful characters written out. */
void results__csv_field(FILE *f, const char *s);

/* A function whose share of a row changed, in instructions per operation. */
struct results__moved {
	const char *symbol;
	double by;
};
/*
 * The functions that account for the change of a row, the largest first; *out is malloc'ed. Returns
 * their number, 0 where the row has no breakdown on both sides, or -ENOMEM.
 */
ssize_t results__moved(const struct results_compared_row *r, struct results__moved **out);

#endif
