/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rows that a boot must have, known without asking the guest: the driver's from the tables that
 * were linked into the kernel (the image's file rows, see PTB_ROWS() of driver/ptbench.h), the
 * reference's from its table of cases (guest-rows of the build folder: bench-guest --rows).
 */
#ifndef KERNELS_ROWS_H
#define KERNELS_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "stream.h"

#define ROWS_WHY 1024
#define ROWS_MAX_CASES 64
#define ROWS_MAX_LACKS 8

struct rows_of_case {
	char id[64];
	size_t nr;
};

struct boot_rows {
	bool whole;	  /* no word of the command line leaves rows out */
	size_t driver;	  /* rows of the driver's tables for this boot */
	char tables[256]; /* the same by table, to be printed */
	size_t own;	  /* checks that PID 1 makes itself */
	struct rows_of_case reference[ROWS_MAX_CASES];
	size_t nr_reference;
	char lacks[ROWS_MAX_LACKS][STREAM_MAX_STRING]; /* reasons of reference rows not run here */
	size_t nr_lacks;
	char why[ROWS_WHY]; /* why these rows are not known, or "" */
};

/*
 * Fills rows for a boot of that image with the words of its command line. A table that cannot be
 * read is named in rows->why; no boot passes with that.
 */
void rows_read(struct boot_rows *rows, const char *image, const char *build, const char *format,
	       const char *words, bool events);
/* Was the row skipped because nothing of its kind runs in a guest? */
bool rows_lacks(const struct boot_rows *rows, const struct stream_record *r);
/* Has the stream each row? -EINVAL with why: no. */
int rows_judge(const struct boot_rows *rows, const struct stream *stream, char *why, size_t size);

#endif
