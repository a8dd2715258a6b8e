/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boots in which QEMU's plugin counts instructions by function. */
#ifndef KERNELS_PROFILED_H
#define KERNELS_PROFILED_H

#include "../kernels.h"
#include "boot.h"

/* Are the plugin and a QEMU that takes it there? -EINVAL, said on stderr: no. */
int profiled_usable(const struct kernels_options *o, const struct scenario *s);

/*
 * Makes a boot one that is profiled: writes the table of the image in folder to the file table, and
 * fills the boot's plugin, which will write out, and profile. -EINVAL, said on stderr: it cannot
 * be.
 */
int profiled_boot(const struct kernels_options *o, const char *folder, const char *table,
		  const char *out, struct qemu_boot *b);

/* What a kernel's command line needs for that: row is CASE or CASE:KEY=VALUE,... */
void profiled_words(char *to, size_t size, const char *row);

#endif
