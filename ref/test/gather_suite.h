/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every discipline of the gather must do: run by test_gather.c and test_gather_urcu.c. */
#ifndef REF_TEST_GATHER_SUITE_H
#define REF_TEST_GATHER_SUITE_H

/* Runs the checks over all registered disciplines; the caller ends with tap_done(). */
void gather_suite_run(void);
/* Number of failed checks so far. */
int gather_suite_done(void);

#endif
