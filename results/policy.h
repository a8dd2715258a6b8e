/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A policy (results/schema/ptbench-policy-1.schema.json), read and asked. */
#ifndef RESULTS_POLICY_H
#define RESULTS_POLICY_H

#include "internal.h"

/* Which rows: patterns as in a shell, NULL for all. */
struct results__which {
	char *part, *case_id, *metric;
	int kind;		      /* enum results_kind; below 0: all */
	struct results_params params; /* a row has these, and may have others */
};

struct results__rule {
	struct results__which which;
	bool gate, pass_inconclusive;
	double effect; /* a share; below 0: the metric's */
	char *reason;  /* or NULL */
};

struct results__acknowledged {
	struct results__which which;
	char *reason;
	char *expires; /* 2026-12-31: the last day */
	char *text;    /* "case table_free/munmap, metric ipis_sent, until 2026-12-31: REASON" */
	bool expired;
	size_t used; /* rows that needed it */
};

struct results__policy {
	double level; /* 0: the default */
	struct results__rule *rules;
	size_t nr_rules;
	struct results__acknowledged *acknowledged;
	size_t nr_acknowledged;
};

/*
 * Reads the file. today: 2026-12-31, which decides what has expired. *out is complete or NULL.
 * -EINVAL, -ENOMEM, or the errno of reading; err says what is wrong and where.
 */
int results__policy_read(const char *file, const char *today, struct results__policy **out,
			 struct results_error *err);
void results__policy_free(struct results__policy *p);
/* The rule of a row of part, or NULL. policy may be NULL. */
const struct results__rule *results__rule_of(const struct results__policy *policy, const char *part,
					     const struct results_measurement *m);
bool results__matches(const struct results__which *w, const char *part,
		      const struct results_measurement *m);

#endif
