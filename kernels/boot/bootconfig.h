/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A boot configuration behind the initramfs: the kernel's command line for machines whose own way
 * is too short for it. Needs CONFIG_BOOT_CONFIG (Linux 5.6), and the word bootconfig on the command
 * line that is left. Format: Documentation/admin-guide/bootconfig.rst. The kernel reads it after
 * its early parameters (early_param(): quiet, loglevel, maxcpus, mem): they have no effect there.
 */
#ifndef KERNELS_BOOTCONFIG_H
#define KERNELS_BOOTCONFIG_H

/*
 * Copies the file of an initramfs into memory, with words (separated by blanks, KEY or KEY=VALUE)
 * behind it. Returns a descriptor that programs which are executed inherit, for the caller to
 * close; or -EINVAL: a word cannot stand in a boot configuration; -EEXIST: a key stands
 * twice, or is the beginning of another one, a.b of a.b.c;
 * -E2BIG: it is longer than the kernel reads; or another -errno.
 */
int bootconfig_behind(const char *initramfs, const char *words);

#endif
