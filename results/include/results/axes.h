/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Axes: what the params of a document's rows mean, as the producer of the document says.
 *
 * With them a reader shows a value that it does not know by the producer's label and in the
 * producer's order, and knows a busted scenario or discipline by its mark. No judgement uses them.
 * A value is marked `busted` if it is wrong wherever it is used; a design that is wrong on some
 * formats only is not marked, its meaning names those formats.
 *
 * Nothing here takes a lock: a document belongs to one thread at a time.
 */
#ifndef RESULTS_AXES_H
#define RESULTS_AXES_H

#include <stdbool.h>
#include <stddef.h>

struct results_doc;
struct results_error;

/* Whether a format has a table at a level, and if not, where the folding is decided. */
enum results_fold {
	RESULTS_FOLD_NO,       /* not folded */
	RESULTS_FOLD_COMPILED, /* by the kernel's configuration */
	RESULTS_FOLD_BOOT,     /* by the machine, when the kernel boots */
	RESULTS_FOLD_MM,       /* by each mm for itself */
};
const char *results_fold_name(enum results_fold f); /* "no", "compiled", "boot", "mm" */

struct results_level {
	char *name; /* "pte".."pgd" */
	enum results_fold fold;
};

/* One value that a param may have. */
struct results_value {
	char *value; /* as in the param: never all digits */
	char *label; /* a few words on one line, for a table or a figure */
	char *means; /* the value's meaning, in a sentence */
	bool busted; /* wrong on purpose: its rows show what a check catches, and are no result */
	/* the value of this axis of which this one is a variant, or NULL; never in a circle */
	char *of;
	struct results_level *levels; /* of the axis `format` alone, from the top */
	size_t nr_levels;
};

/*
 * One key. With families the axis is for their cases and checks only ("kmap" of kmap/pair), and the
 * same key may mean something else in other families. Without values the param may have any value
 * (figures, names of functions). With values, a param has one of them; they stand
 * in the order in which to show them.
 */
struct results_axis {
	char *key;
	char **families;
	size_t nr_families;
	char *means; /* the key's meaning, in a sentence */
	struct results_value *values;
	size_t nr_values;
};

/*
 * Adds a copy of axis. -EEXIST: the document has an axis of that key in one of these families.
 * -EINVAL: not a valid axis (err says why). -ENOMEM.
 */
int results_doc_add_axis(struct results_doc *doc, const struct results_axis *axis,
			 struct results_error *err);
/* The axis of key in the case or check "family/name"; NULL: the document has none. */
const struct results_axis *results_axis_of(const struct results_doc *doc, const char *key,
					   const char *case_id);
/* The axis's entry of value. NULL: axis is NULL, or has no such value. */
const struct results_value *results_value_of(const struct results_axis *axis, const char *value);

#endif
