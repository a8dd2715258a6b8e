/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own gup_test beside the driver's rows, in the same guest: do its microseconds agree
 * with the driver's instructions? With icount an instruction is a nanosecond.
 */
#ifndef KERNELS_GUP_TEST_H
#define KERNELS_GUP_TEST_H

#include <results/record.h>

#define GUP_TEST_CASE "gup_fast/gup_test"
#define GUP_TEST_ROWS 6 /* checks, each made or skipped */

/* Runs gup_test in this address space as it is now: before rows that make it grow a level. */
void gup_test_run(void);
/* Takes a record of the driver, and stores it if it will be compared. */
void gup_test_note(const struct ptb_record *r);
/*
 * Writes one check per comparison, or skipped ones with the reason. format: of the page tables.
 * 0 or what write() returned.
 */
int gup_test_checks(const char *format, int (*write)(const struct ptb_record *r));

#endif
