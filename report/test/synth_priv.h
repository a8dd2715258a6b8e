/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the makers of synthetic runs share.
 */
#ifndef REPORT_TEST_SYNTH_PRIV_H
#define REPORT_TEST_SYNTH_PRIV_H

#include "synth.h"

/* Remembers the first failure of the run that is being made, and says what it was. */
void synth_check(int ret, const struct results_error *err);
/* Formats into one of 64 buffers, in turn. */
const char *synth_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* NULL after a failure. The first says what its params mean, the second says nothing. */
struct results_doc *synth_doc(const char *part, const char *mode);
struct results_doc *synth_bare_doc(const char *part, const char *mode);
/* Adds each key that the producers know and the document does not: it may have any value. */
void synth_open_words(struct results_doc *doc);
/* Says what the document's scenario is: stock, or a variant of another one. */
void synth_scenario(struct results_doc *doc, const char *name, const char *of, bool busted);
/* Writes the document, records the part, frees the document. */
void synth_part(struct results_run *run, struct results_doc *doc, enum results_state state,
		const char *reason);

/* Rows of a native part: the reference's disciplines, and the host's kernel. */
void synth_disciplines(struct results_doc *doc);
void synth_host(struct results_doc *doc);
/* What the reference's stacks and locks cost, in any metric. */
void synth_kmap(struct results_doc *doc, const char *metric, enum results_kind kind);
void synth_dax(struct results_doc *doc, const char *metric, enum results_kind kind);
void synth_steps(struct results_doc *doc, const char *format, const char *metric,
		 enum results_kind kind);
void synth_split(struct results_doc *doc);
/* explore.json; text: hostile, or NULL. */
void synth_explored(struct results_run *run, const char *text);

void synth_hostile(struct results_run *run, const char *trap);

#endif
