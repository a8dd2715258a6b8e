/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether two kernels were compiled to the same code, by the hashes of their objects. */
#ifndef KERNELS_IDENTICAL_H
#define KERNELS_IDENTICAL_H

#include <stddef.h>

/*
 * Compares the lists of objects (the file "objects" of each image folder) where their paths fit the
 * pattern of fnmatch(3), or after '!' do not. seen becomes "identical", "different: N of M objects: PATH ..." (one that
 * only one kernel has is different) or "no such object". -errno when a list cannot be read: why
 * says which.
 */
int identical_objects(const char *folder, const char *base, const char *pattern, char *seen,
		      size_t seen_size, char *why, size_t why_size);

#endif
