/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a run: its parts with their documents; and finds parts and rows.
 */
#ifndef REPORT_INPUT_H
#define REPORT_INPUT_H

#include <results/explore.h>
#include <results/results.h>

#include "arena.h"

/* A part and its document, if it has one that can be read. */
struct report_part {
	const struct results_part *part;
	struct results_doc *doc; /* NULL: none; `why` has the reason */
	const char *scenario;	 /* "x86_64-stock", "x86_64-stock@7.3"; NULL: not a guest's */
	const char *arch;	 /* "x86_64"; NULL: not a guest's */
	const char *setup;	 /* "icount-1cpu", "static", or the whole name of another part */
	const char *why;	 /* why its figures are not used; NULL when they are */
	/* The scenario's role, from the document. */
	bool has_role;	      /* the document describes the scenario; else the next three are 0 */
	const char *of;	      /* the scenario that it is a variant of; NULL: it is a stock one */
	const char *stock_of; /* the stock scenario at the end of that chain, or itself */
	bool busted;	      /* wrong on purpose */
	/* Its stock kernel's name without a version; set by versions_choose(). */
	const char *family;
};

/* A stock kernel and its variants that the run has in several versions. */
struct report_family {
	const char *name;   /* the stock kernel's, without a version */
	const char *shown;  /* "x86_64-stock@7.3 (7.3.4)": the version that pages show */
	const char *why;    /* why that one, in words */
	const char *others; /* the kernels of other versions, of which history.html speaks */
};

struct report_input {
	struct arena *arena;
	struct results_run *run;
	/*
	 * Of the run, sorted by name; versions_choose() moves the kernels of other versions behind
	 * them: nr_aside more parts, for the page of history alone.
	 */
	struct report_part *parts;
	size_t nr_parts, nr_aside;
	struct report_family *families; /* those with kernels set aside */
	size_t nr_families;
	struct results_explore *explored; /* the run's explore.json; NULL: see explored_why */
	const char *explored_why;
};

/* Reads the run and all its parts. A part that cannot be read is kept, with the reason. 0, or
 * -errno with err filled. */
int input_read(struct report_input *in, struct arena *arena, const char *run,
	       struct results_error *err);
void input_free(struct report_input *in);

/* Of all parts, those set aside too. */
static inline size_t input_nr_all(const struct report_input *in)
{
	return in->nr_parts + in->nr_aside;
}

/* The part of that name, set aside or not, or NULL. */
const struct report_part *input_part(const struct report_input *in, const char *name);
/* A part "<scenario>.<setup>", or NULL. */
const struct report_part *input_guest(const struct report_input *in, const char *scenario,
				      const char *setup);
/* Why the named part gives no figures: "part x86_64-stock.kvm-1cpu: skipped: no KVM here". */
const char *input_why(const struct report_input *in, const char *name);

/*
 * The architecture's stock scenario, which the report's answers are about. Of several the one with
 * the most variants in the run, then the shortest name, then the first. NULL: no document of the
 * run names a stock scenario of that architecture.
 */
const char *input_stock(const struct report_input *in, const char *arch);
/* The stock scenario's part of that setup, or NULL; and that part's name, even if there is none. */
const struct report_part *input_stock_part(const struct report_input *in, const char *arch,
					   const char *setup);
const char *input_stock_name(const struct report_input *in, const char *arch, const char *setup);

/* The part, if its document's figures may be used; else NULL. part may be NULL. */
const struct report_part *input_usable(const struct report_part *part);

/* The part's scenario, and " (busted)" if it is wrong on purpose. */
const char *part_marked(struct arena *a, const struct report_part *part);

/* If other work disturbed a part, "7.9 8.9 7.6; other work took the CPU from ..."; else NULL. */
const char *part_busy(struct arena *a, const struct report_part *part);

/* A condition on a row: key=str, or key=num when str is NULL. absent: a row without the key holds
 * it, too. */
struct report_cond {
	const char *key;
	const char *str;
	long long num;
	bool absent;
};

/* Whether two rows are alike but for the nr keys. */
bool params_alike(const struct results_params *a, const struct results_params *b,
		  const char *const *keys, size_t nr);
/* The params without the nr keys, as text: "design=static, format=s390x". */
const char *params_without(struct arena *a, const struct results_params *p, const char *const *keys,
			   size_t nr);
/* A key for hashing, not for output: equal texts if and only if the rows are alike but for the nr
 * keys. */
const char *params_id(struct arena *a, const struct results_params *p, const char *const *keys,
		      size_t nr);
/* The value of a key as text, or dflt. */
const char *param_text(struct arena *a, const struct results_params *p, const char *key,
		       const char *dflt);

/* Selects a series of rows of a document. */
struct report_rows {
	const struct report_part *part;
	const char *case_id;
	enum results_subject subject;
	const char *metric;
};
/*
 * The row of the series that holds conds (a few) and is like `like` in every other param; of
 * several the document's first. NULL: none; then *why (if not NULL) is the reason of a skipped row
 * that fits, or "not run". Uses the document's index, and does not go over its rows.
 */
const struct results_measurement *rows_find(struct arena *a, const struct report_rows *rows,
					    const struct results_params *like,
					    const struct report_cond *conds, size_t nr,
					    const char **why);

/*
 * Of the case's rows, measured or skipped, that hold the conditions: the one with the fewest
 * params, of several the document's first. NULL: none. Linear in the document's rows.
 */
const struct results_measurement *rows_plain(const struct report_part *part, const char *case_id,
					     enum results_subject subject,
					     const struct report_cond *conds, size_t nr);

/* A document's string made safe to print: '?' for each character that results_text_step() calls
 * harmful. */
const char *clean(struct arena *a, const char *text);

#endif
