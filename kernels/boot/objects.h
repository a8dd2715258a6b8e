/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The objects that an image was linked from: lines "SHA256  PATH" in the order of paths, which
 * kernels/build writes to the file "objects" of an image folder. A line that two kernels have in
 * common is code that they have in common.
 */
#ifndef KERNELS_OBJECTS_H
#define KERNELS_OBJECTS_H

#include <stddef.h>
#include <stdio.h>

/*
 * Compares the objects of two image folders whose paths match a pattern of fnmatch(3); "!PATTERN":
 * whose paths do not. seen becomes "identical", "different: N of M objects: PATH ..." (an object
 * that only one kernel has is different) or "no such object". -errno when a list cannot be read:
 * why says which.
 */
int objects_compare(const char *folder, const char *base, const char *pattern, char *seen,
		    size_t seen_size, char *why, size_t why_size);

/*
 * Prints in one line how many objects of two image folders differ, and which: "2 of 640 objects
 * differ: mm/gup.o, mm/memory.o (new)", or which list cannot be read. Returns how many, or -errno.
 */
int objects_print_difference(FILE *f, const char *base, const char *head);

#endif
