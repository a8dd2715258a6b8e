/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boots in which QEMU's plugin counts instructions by function. */
#ifndef KERNELS_PROFILED_H
#define KERNELS_PROFILED_H

#include "../kernels.h"
#include "boot.h"

/* Are the plugin and a QEMU that takes plugins installed? -EINVAL, said on stderr: no. */
int profiled_usable(const struct kernels_options *o, const struct scenario *s);

/*
 * Prepares a boot that is profiled: writes the symbols of the image in folder to the file table,
 * and fills b's table, plugin, and profile, which is out, the file that the plugin will write.
 * -EINVAL, said on stderr: the boot cannot be profiled. -ENOMEM
 */
int profiled_boot(const struct kernels_options *o, const char *folder, const char *table,
		  const char *out, struct qemu_boot *b);

/* Writes the words of a profiled kernel's command line; row is CASE or CASE:KEY=VALUE,... */
void profiled_words(char *to, size_t size, const char *row);

#endif
