/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Axes: what the params of a document's rows mean, as whoever measured them says.
 *
 * So that a reader can show a value that it has never heard of by the label that came with it, in the
 * order that its producer gave, and know a broken scenario or discipline by its mark. Nothing is judged
 * by them. `busted` is for what is wrong wherever it is used: a design is wrong on some formats alone,
 * which its meaning names.
 */
#ifndef RESULTS_AXES_H
#define RESULTS_AXES_H

#include <stdbool.h>
#include <stddef.h>

struct results_doc;
struct results_error;

/* Whether a format has a table at that level, and if not, who decides that it is folded. */
enum results_fold {
	RESULTS_FOLD_NO,       /* it has one */
	RESULTS_FOLD_COMPILED, /* the kernel's configuration */
	RESULTS_FOLD_BOOT,     /* the machine, when the kernel boots */
	RESULTS_FOLD_MM,       /* each mm for itself */
};
const char *results_fold_name(enum results_fold f); /* "no", "compiled", "boot", "mm" */

struct results_level {
	char *name; /* "pte".."pgd" */
	enum results_fold fold;
};

/* One value that a param may have. */
struct results_value {
	char *value; /* as the param has it: never all digits */
	char *label; /* a few words on one line, for a table or a figure */
	char *means; /* what it is, in a sentence */
	bool busted; /* wrong on purpose: rows of it show what a check catches, and are no result */
	char *of;    /* the value of this axis of which it is a variant, or NULL; never in a circle */
	struct results_level *levels; /* of the axis `format` alone, from the top */
	size_t nr_levels;
};

/*
 * One key. With families it speaks of their cases and checks alone ("kmap" of kmap/pair), and the
 * same key may mean something else in others. Without values every value is allowed: figures, names of functions.
 * With values, a param that is a string is one of them; they stand in the order in which to show them.
 */
struct results_axis {
	char *key;
	char **families;
	size_t nr_families;
	char *means; /* what is varied, in a sentence */
	struct results_value *values;
	size_t nr_values;
};

/*
 * Adds a copy. -EEXIST: the document says already what that key means in one of these families.
 * -EINVAL: not a valid axis (err says why). -ENOMEM.
 */
int results_doc_add_axis(struct results_doc *doc, const struct results_axis *axis,
			 struct results_error *err);
/* What key means in the case or check "family/name", or NULL: the document does not say. */
const struct results_axis *results_axis_of(const struct results_doc *doc, const char *key,
					   const char *case_id);
/* NULL: axis is NULL, or has no such value. */
const struct results_value *results_value_of(const struct results_axis *axis, const char *value);

#endif
