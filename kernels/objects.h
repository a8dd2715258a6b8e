/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of objects that an image was linked from: "SHA256  PATH" lines, sorted by path. */
#ifndef KERNELS_OBJECTS_H
#define KERNELS_OBJECTS_H

#include <stdio.h>

/*
 * Prints in one line how many objects of two image folders differ, and which: "2 of 640 objects
 * differ: mm/gup.o, mm/memory.o". Returns how many, -1 when a folder has no list.
 */
int objects_print_difference(FILE *f, const char *base, const char *head);

#endif
