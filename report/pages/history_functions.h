/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions that account for the difference of a measure between two versions, by the counts of
 * QEMU's plugin.
 */
#ifndef REPORT_HISTORY_FUNCTIONS_H
#define REPORT_HISTORY_FUNCTIONS_H

#include "history.h"

/*
 * Numbers are in hundredths of an instruction, rounded: slopes are fractions, and sums of these are
 * exact.
 */

/* What a function takes of a measure. */
struct function_share {
	const char *symbol;
	long long hundredths;
};

/* A measure of one kernel by function. */
struct function_shares {
	const char *why; /* NULL: there are shares; else why not */
	struct function_share *v;
	size_t nr;
	long long total; /* of the measure; the shares' sum but for their rounding */
	/* The boot that counts by function has another value than the boot of costs. */
	bool differs;
	struct rvalue value, of_costs;
};

struct function_shares function_shares(struct model *m, const struct version_kernel *k,
				       const struct measure *what);

/* How the functions of two kernels belong together. */
enum function_kind { FUNCTION_BOTH, FUNCTION_RENAMED, FUNCTION_OLD, FUNCTION_NEW };

struct function_change {
	enum function_kind kind;
	const char *symbol; /* of the newer kernel; FUNCTION_OLD: of the older one */
	const char *before; /* FUNCTION_RENAMED: its older name */
	const char *how;    /* FUNCTION_RENAMED: who says that it is the same function */
	long long old, new; /* hundredths; 0: not called */
};

struct function_changes {
	struct function_change *v; /* the largest difference first */
	size_t nr;
	long long old, new; /* of the measure */
	long long rounding; /* new - old less the sum of the differences */
};

/* Names of the functions that any row of a kernel calls. */
struct function_names {
	struct names names;
};
void function_names(struct model *m, const struct version_kernel *k, struct function_names *to);

/* x, y: all names of the older and the newer kernel: a function that is in both is not renamed. */
struct function_changes function_changes(struct model *m, const struct function_shares *old,
					 const struct function_shares *new,
					 const struct function_names *x,
					 const struct function_names *y);

/* Who says that the function has the other name since, such as a commit; NULL: nobody. */
const char *function_known_rename(struct arena *a, const char *old, const char *new);
/* Have the names at least two words in common, and half of the shorter one's? */
bool function_names_are_like(const char *old, const char *new);

#endif
