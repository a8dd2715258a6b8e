/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the params of a part's rows mean, as its document's axes say. Pages take names, order and
 * what is busted from here: the report knows no design, discipline, step or format by itself. A
 * value that no axis has is shown by its name, after all others.
 */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include "model.h"

/* What the document says of a value of key in rows of the case; NULL: nothing. */
const struct results_value *word_of(const struct report_part *part, const char *case_id,
				    const char *key, const char *value);
/* Its label, or the value itself. */
const char *word_label(struct arena *a, const struct report_part *part, const char *case_id,
		       const char *key, const char *value);
/* "rfc_task_sweep (busted)": the label, and whether the document calls it busted. */
const char *word_marked(struct arena *a, const struct report_part *part, const char *case_id,
			const char *key, const char *value);
/* Its place in the order of the axis; one that no axis has comes after all that it has. */
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

/* A folded table of what these values are: name, label, meaning. Nothing if no axis has any of
 * them. */
void section_words(struct model *m, struct section *s, const struct report_part *part,
		   const char *case_id, const char *key, const char *const *values, size_t nr,
		   const char *caption);

/* The numbers that rows of the case have for key, measured or skipped, each once, the least
 * first. */
size_t numbers_used(struct arena *a, const struct report_part *part, const char *case_id,
		    enum results_subject subject, const char *key, const long long **out);

#endif
