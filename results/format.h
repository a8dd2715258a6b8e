/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A comparison in the formats of `ptbench compare --format`. Each function returns 0 or -ENOMEM. */
#ifndef RESULTS_FORMAT_H
#define RESULTS_FORMAT_H

#include "internal.h"

struct results__format_options {
	bool all;	     /* also rows and checks that are unchanged */
	const char *command; /* that shows the comparison again */
};

int results__write_markdown(FILE *f, const struct results_comparison *c,
			    const struct results__format_options *o);
int results__write_mail(FILE *f, const struct results_comparison *c,
			const struct results__format_options *o);
int results__write_json(FILE *f, const struct results_comparison *c,
			const struct results__format_options *o);
int results__write_junit(FILE *f, const struct results_comparison *c,
			 const struct results__format_options *o);
int results__write_csv(FILE *f, const struct results_comparison *c,
		       const struct results__format_options *o);
int results__write_github(FILE *f, const struct results_comparison *c,
			  const struct results__format_options *o);

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

/* "gup_fast/walk pages=1,put=no: instructions (kernel)". malloc'ed; NULL without memory. */
char *results__row_text(const struct results_compared_row *r);
/* "gup_fast/only n=1". malloc'ed; NULL without memory. */
char *results__check_text_of(const struct results_compared_check *check);

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
/* "gup_fast_fallback +3, try_grab_folio_fast -1 and 2 more"; "" without. malloc'ed. */
char *results__moved_text(const struct results_compared_row *r);

/* "base 421, new 424": the value of a side; "-" without one. Returns buf. */
const char *results__value_text(char *buf, size_t size, const struct results_measurement *m,
				const struct results_amount *v);

#endif
