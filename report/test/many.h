/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs of many rows, for those who look at how the report scales.
 */
#ifndef REPORT_TEST_MANY_H
#define REPORT_TEST_MANY_H

#include <stddef.h>

/*
 * Makes a synthetic run in the folder, each row and check of which stands there `by` times in the
 * parts with `parts` in their name. What forced RCU counts beside a second CPU differs in each
 * copy. Returns how many rows and checks the run has; dir: at least 512 bytes, gets its folder.
 * Exits when it cannot.
 */
size_t many_rows(const char *folder, const char *parts, int by, char *dir);

/* Which parts have so many rows, and in how many copies the least are. */
struct many_shape {
	const char *words, *parts;
	int copies;
};
#define NR_MANY_SHAPES 4
extern const struct many_shape many_shapes[NR_MANY_SHAPES];

#endif
