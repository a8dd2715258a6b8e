/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the instructions go: between QEMU's plugin (kernels/profile/plugin/profile.c) and the
 * results. */
#ifndef KERNELS_PROFILE_H
#define KERNELS_PROFILE_H

#include <results/results.h>

#define PROFILE_WHY 512
/* Of an architecture's irqs: which instructions switch interrupts is not known, for what
 * follows. */
#define PROFILE_IRQS_UNKNOWN "unknown "

/* What the plugin has to know of a kernel. */
struct profile_image {
	const char *folder;    /* with the files symbols, System.map and config */
	const char *scenario;  /* for messages */
	const char *irqs;      /* lines "KIND VALUE/MASK", or "unknown REASON"; NULL: none */
	const char *text_base; /* the option to add to addresses, or NULL */
};
/* Writes the plugin's table of an image. -errno with why. */
int profile_table(const struct profile_image *image, const char *file, char why[PROFILE_WHY]);

/* Why irqs_off_instructions is not known where an architecture has these irqs, malloc'ed; NULL: it
 * is. */
char *profile_irqs_unknown(const char *irqs);

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

#endif
