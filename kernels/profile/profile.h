/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions by function: writes the table that QEMU's plugin (kernels/profile/plugin/profile.c)
 * reads, and takes the plugin's counts into a document. */
#ifndef KERNELS_PROFILE_H
#define KERNELS_PROFILE_H

#include <results/results.h>

#define PROFILE_WHY 512
/* In an architecture's irqs: it is not known which instructions switch interrupts; a reason
 * follows. */
#define PROFILE_IRQS_UNKNOWN "unknown "

/* The input of a kernel's table for the plugin. */
struct profile_image {
	const char *folder;    /* the image's, with the files symbols, System.map and config */
	const char *scenario;  /* for messages */
	const char *irqs;      /* lines "KIND VALUE/MASK", or "unknown REASON"; NULL: none */
	const char *text_base; /* kernel option whose value is added to addresses, or NULL */
};
/* Writes the plugin's table of an image. -errno with why. */
int profile_table(const struct profile_image *image, const char *file, char why[PROFILE_WHY]);

/* Why irqs_off_instructions cannot be measured on an architecture with these irqs, malloc'ed; NULL:
 * it can. */
char *profile_irqs_unknown(const char *irqs);

/*
 * Reads the file that the plugin wrote during a boot into the document of that boot: adds a
 * breakdown to each of the kernel's measurements in instructions, and irqs_off_instructions to each
 * row. Each window must have the driver's count. -errno with why; -ENODATA: the file is not whole.
 * every_row: the boot ran all rows, and a row of which the plugin counts more than the driver, for
 * an instruction that faults counts twice there, is left without a breakdown; no_functions of the
 * subject tells it.
 */
int profile_apply(const char *file, struct results_doc *doc, bool every_row, char why[PROFILE_WHY]);

/*
 * Prints every breakdown of the document, or its differences to those of the same rows of base
 * (params format and design may differ); of many rows, the totals only. base may be NULL.
 */
void profile_print(FILE *f, const struct results_doc *doc, const struct results_doc *base);

#endif
