/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why the reference and a kernel differ: facts about their code paths, one row each.
 */
#ifndef REPORT_EXPLAIN_H
#define REPORT_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

/* The compiler whose code the explanations are about. */
#define EXPLAINED_WITH "gcc 12.2"

/* A factor beyond this, either way, has to be explained. */
#define FACTOR_LIMIT 1.3

enum more { KERNEL_DOES_MORE, REFERENCE_DOES_MORE };

struct explanation {
	const char *quantity; /* "get call", "get page", "get pmd", ..., "put call", "put page" */
	const char *leaf;     /* "pte", "pmd" */
	const char *arch;     /* NULL: all */
	enum more more;
	const char *text;
};

/* NULL: nobody has explained that yet. */
const struct explanation *explanation_find(const char *quantity, const char *leaf, const char *arch,
					   enum more more);

/*
 * Why a change of design makes another difference in the reference than in a kernel, both in
 * instructions. small: by a few, with another sign; what is not small is explained for these two
 * numbers and no others. NULL: nobody has explained that yet.
 */
const char *design_explanation_find(const char *arch, bool small, double kernel, double ref);

#endif
