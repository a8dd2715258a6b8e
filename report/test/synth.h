/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Synthetic runs for the report's tests: every number is chosen so that the derived values can be
 * worked out by hand.
 */
#ifndef REPORT_TEST_SYNTH_H
#define REPORT_TEST_SYNTH_H

#include <results/results.h>

enum synth_kind {
	SYNTH_COMPLETE,
	SYNTH_HOLES,   /* parts failed, skipped, unreadable, without rows; rows skipped */
	SYNTH_HOSTILE, /* strings that try to become markup, script or commands */
	SYNTH_EMPTY,   /* a run without parts */
	SYNTH_TIMED,   /* the complete one, with further parts under KVM */
};

/* The file that hostile strings try to make: if it exists afterwards, one of them was executed. */
#define SYNTH_TRAP "ptbench-report-trap"

/*
 * Makes a run in the folder `runs` (which exists) and prints errors. trap: the folder in which
 * hostile strings try to make SYNTH_TRAP. dir: at least 512 bytes, gets the run's folder.
 */
int synth_run(const char *runs, enum synth_kind kind, const char *trap, char *dir);

/* ---- pieces, for tests that build a document by hand ---- */
/* Adds a row of which every sample is value; samples of a sampled row spread by +-2 %. */
void synth_row(struct results_doc *doc, const char *case_id, enum results_subject subject,
	       const char *params, const char *metric, enum results_kind kind, double value);
void synth_skip(struct results_doc *doc, const char *case_id, enum results_subject subject,
		const char *params, const char *reason);

#endif
