/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A model whose parts a test makes by hand, or reads from a run's folder; and what pages that were
 * built from it have.
 */
#ifndef REPORT_TEST_BED_H
#define REPORT_TEST_BED_H

#include "../model/model.h"

#define BED_MAX_PARTS 16

struct bed {
	struct arena arena;
	struct report_input in;
	struct model model;
	struct results_run run; /* finished */
	struct report_part parts[BED_MAX_PARTS];
	struct results_part records[BED_MAX_PARTS];
};

/* Without parts. Each bed that was opened is closed. */
void open_bed(struct bed *b);
/* With the parts of the run in that folder. */
void open_bed_of_run(struct bed *b, const char *dir);
void close_bed(struct bed *b);

/* ---- parts, which a test adds in the order of their names, as a run has them ---- */

/* A guest's, without a document. */
struct report_part *add_part(struct bed *b, const char *scenario, const char *arch,
			     const char *setup);
/* One with an empty document and a role. of: its stock kernel; NULL: it is one. */
struct report_part *add_kernel(struct bed *b, const char *scenario, const char *arch,
			       const char *setup, const char *of);
/* One of the architecture z and of that release. NULL: its document has none. */
struct report_part *add_release(struct bed *b, const char *scenario, const char *of,
				const char *release);
/* The row of gup_fast/walk of one page. instructions: a call's. */
void add_walk(struct report_part *p, double instructions);
/* Its document has seen tables freed in that way: "rcu", "immediate". */
void set_freeing(struct report_part *p, const char *way);
/* The native part's empty document. */
struct results_doc *add_native(struct bed *b);

/* ---- pages; what has to be there aborts where it is not ---- */

/* file: the page's; NULL: the first page. */
const struct section *section_of(const struct bed *b, const char *file, const char *id);
const struct answer *answer_of(const struct bed *b, const char *file, const char *id);
/* NULL: no such page. */
const struct page *page_of(const struct bed *b, const char *file);
bool notes_say(const struct page *p, const char *words);
/* Whether the answer, without the marks of what is strong, has these words; if not, prints it. */
bool says(const struct answer *a, const char *words);
/* The same of a section of the first page. */
bool section_says(const struct bed *b, const char *id, const char *words);
/* The table of that caption. NULL: there is none. */
const struct table *table_of(const struct section *s, const char *caption);
/* What the tables whose caption begins so have in that column of that row. NULL: no such row. */
const char *cell_of(const struct section *s, const char *caption, const char *row, size_t column);

#endif
