/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the instructions go: between QEMU's plugin (kernels/profile/plugin/profile.c) and the results. */
#ifndef KERNELS_PROFILE_H
#define KERNELS_PROFILE_H

#include <results/results.h>

#include "../boot/boot.h"
#include "../kernels.h"
#include "../boot/scenario.h"

#define PROFILE_WHY 512

/* Writes the plugin's table of an image folder. -errno with why. */
int profile_table(const char *folder, const struct scenario *scenario, const char *file,
		  char why[PROFILE_WHY]);

/* Why irqs_off_instructions is not known on this architecture, malloc'ed; NULL: it is. */
char *profile_irqs_unknown(const struct scenario *s);

/*
 * Adds what the plugin wrote during a boot to the document of that boot: a breakdown to each of the
 * kernel's measurements in instructions, and irqs_off_instructions of each row. Each window must
 * have the driver's count. -errno with why; -ENODATA: the file is not whole.
 */
int profile_apply(const char *file, struct results_doc *doc, char why[PROFILE_WHY]);

/*
 * Prints every breakdown of the document, or the differences to the same rows of base (params
 * format and design may differ); of many rows, the totals.
 */
void profile_print(FILE *f, const struct results_doc *doc, const struct results_doc *base);

/* Are the plugin and a QEMU that takes it there? -EINVAL, said on stderr: no. */
int profile_usable(const struct kernels_options *o, const struct scenario *s);

/*
 * Makes a boot one that is profiled: writes the table of the image in folder to the file table, and
 * fills the boot's plugin, which will write out, and profile. -EINVAL, said on stderr: it cannot be.
 */
int profile_boot(const struct kernels_options *o, const char *folder, const char *table,
		 const char *out, struct qemu_boot *b);

/* What a kernel's command line needs for that: row is CASE or CASE:KEY=VALUE,... */
void profile_words(char *to, size_t size, const char *row);

/* ptbench kernels profile: argv[0] is the command's name for messages. Returns ptbench's exit status. */
int profile_cmd(int argc, char **argv, const struct kernels_options *kernels);

#endif
