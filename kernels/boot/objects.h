/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The objects that an image was linked from: lines "SHA256  PATH" in the order of paths, as
 * kernels/build leaves them in the file "objects" of an image folder. Where two kernels have the
 * same line, they run the same code.
 */
#ifndef KERNELS_OBJECTS_H
#define KERNELS_OBJECTS_H

#include <stddef.h>
#include <stdio.h>

/*
 * Compares the objects of two image folders whose paths fit the pattern of fnmatch(3), or after '!'
 * do not. seen becomes "identical", "different: N of M objects: PATH ..." (one that only one kernel
 * has is different) or "no such object". -errno when a list cannot be read: why says which.
 */
int objects_compare(const char *folder, const char *base, const char *pattern, char *seen,
		    size_t seen_size, char *why, size_t why_size);

/*
 * Prints in one line how many objects of two image folders differ, and which: "2 of 640 objects
 * differ: mm/gup.o, mm/memory.o (new)", or why that cannot be said. Returns how many, or -errno.
 */
int objects_print_difference(FILE *f, const char *base, const char *head);

#endif
