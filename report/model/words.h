/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The meanings of the params of a part's rows, from its document's axes. Pages take names, order
 * and the mark "busted" from here: the report knows no design, discipline, step or format by
 * itself. A value that no axis has is shown by its name, after all others.
 */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include "model.h"

/* The axis' entry for a value of key in rows of the case; NULL: the document has none. */
const struct results_value *word_of(const struct report_part *part, const char *case_id,
				    const char *key, const char *value);
/* The value's label, or the value itself. */
const char *word_label(struct arena *a, const struct report_part *part, const char *case_id,
		       const char *key, const char *value);
/* The label, and " (busted)" if the document calls it so: "rfc_task_sweep (busted)". */
const char *word_marked(struct arena *a, const struct report_part *part, const char *case_id,
			const char *key, const char *value);
/* The value's place in the order of the axis; a value that no axis has comes last. */
size_t word_place(const struct report_part *part, const char *case_id, const char *key,
		  const char *value);
bool word_is_busted(const struct report_part *part, const char *case_id, const char *key,
		    const char *value);

/*
 * The values of key that rows of the case have, measured or skipped, each once: in the order of the
 * axis, and then as the document has them. Returns how many; *out is the arena's.
 */
size_t words_used(struct arena *a, const struct report_part *part, const char *case_id,
		  enum results_subject subject, const char *key, const char *const **out);

/* Adds a folded table of these values: name, label, meaning. Adds nothing if no axis has any of
 * them. */
void section_words(struct model *m, struct section *s, const struct report_part *part,
		   const char *case_id, const char *key, const char *const *values, size_t nr,
		   const char *caption);

/* The numbers that rows of the case have for key, measured or skipped, each once, sorted up.
 * Returns how many; *out is the arena's. */
size_t numbers_used(struct arena *a, const struct report_part *part, const char *case_id,
		    enum results_subject subject, const char *key, const long long **out);

#endif
