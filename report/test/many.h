/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs of many rows, for tests of how the report scales.
 */
#ifndef REPORT_TEST_MANY_H
#define REPORT_TEST_MANY_H

#include <stddef.h>

/*
 * Makes a synthetic run in the folder; parts with `parts` in their name have each row and check
 * `by` times. The counts of forced RCU with two CPUs differ in each copy. Returns the run's number
 * of rows and checks; dir: at least 512 bytes, gets its folder. Exits on error.
 */
size_t many_rows(const char *folder, const char *parts, int by, char *dir);

/* The parts whose rows are copied, and the least number of copies. */
struct many_shape {
	const char *words, *parts;
	int copies;
};
#define NR_MANY_SHAPES 4
extern const struct many_shape many_shapes[NR_MANY_SHAPES];

#endif
