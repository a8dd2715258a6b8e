/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why the reference and a kernel differ: facts about their code paths, one row each.
 */
#ifndef REPORT_EXPLAIN_H
#define REPORT_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

/* The compiler of the code that the explanations are about. */
#define EXPLAINED_WITH "gcc 12.2"

/* A factor above this or below its inverse has to be explained. */
#define FACTOR_LIMIT 1.3

enum more { KERNEL_DOES_MORE, REFERENCE_DOES_MORE };

struct explanation {
	const char *quantity; /* "get call", "get page", "get pmd", ..., "put call", "put page" */
	const char *leaf;     /* "pte", "pmd" */
	const char *arch;     /* NULL: all */
	enum more more;
	const char *text;
};

/* Why the quantity differs in that direction; NULL: there is no explanation yet. */
const struct explanation *explanation_find(const char *quantity, const char *leaf, const char *arch,
					   enum more more);

/*
 * Why a change of design makes another difference in the reference (ref) than in a kernel (kernel),
 * both in instructions. small: both are a few instructions, of opposite sign; otherwise only these
 * two numbers are explained. NULL: there is no explanation yet.
 */
const char *design_explanation_find(const char *arch, bool small, double kernel, double ref);

#endif
