/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the initramfs of a guest: the same files give the same bytes. */
#ifndef KERNELS_CPIO_H
#define KERNELS_CPIO_H

#include <stddef.h>

struct cpio_entry {
	const char *name;      /* in the guest, without a leading slash */
	const char *file;      /* its content; NULL: a folder, or the console device */
	unsigned mode;	       /* with the file type */
	unsigned major, minor; /* of a device */
};

/* Writes the archive. -errno: *bad is the entry at fault, or NULL: the archive itself. */
int cpio_write(const char *archive, const struct cpio_entry *entries, size_t nr,
	       const struct cpio_entry **bad);

#endif
