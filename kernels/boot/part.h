/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns what a boot left, or an image, into a part of a run: a document and a verdict. */
#ifndef KERNELS_PART_H
#define KERNELS_PART_H

#include <signal.h>

#include <results/results.h>

#include "image.h"
#include "boot.h"
#include "scenario.h"

#define PART_REASON 2048 /* bytes of why a part failed */

struct part_context {
	struct results_run *run;
	const char *revision;
	const char *root, *ksrc; /* of the checkout; the kernel source, as image_build() takes it */
	/* the folder that the guests' programs were taken from, if that was set */
	const char *build;
	volatile sig_atomic_t *stopped;
	size_t nr_boots, nr_ended; /* of this run, for what is said of progress */
	const char *profile;	   /* the case that is profiled, or NULL */
	bool failed;		   /* set when a part did */
	bool booted;		   /* set when the part of a boot passed */
};

/* SCENARIO.MODE-Ncpu; to[128] */
void part_name(const struct qemu_boot *b, char *to);
/* Judges a boot that ended; records the part. -errno only when it cannot be recorded. */
int part_of_boot(struct part_context *c, const struct qemu_boot *b, const struct image *image);
int part_of_image(struct part_context *c, const struct scenario *s, const struct image *image);
/* The document's axes: whatever kernels_set_axes() was told, and the scenario. -errno with err
 * filled. */
int part_add_axes(const struct scenario *s, struct results_doc *doc, struct results_error *err);
/* Is its design one that the axes know, so that its parts can be written? -EINVAL with why
 * filled. */
int part_check_design(const char *dir, const struct scenario *s, char why[SCENARIO_WHY]);
/* Do the axes know these params of a case? -EINVAL with why filled: no row can have them. */
int part_check_params(const char *case_id, const struct results_params *params,
		      char why[SCENARIO_WHY]);
/* Records a part that was not run; says so. */
int part_skipped(struct part_context *c, const char *name, const char *reason);
int part_failed(struct part_context *c, const char *name, const char *reason);
/* Puts the run's parts of these scenarios into their order, behind others, when it is finished. */
void part_sort(struct part_context *c, char *const *names, size_t nr);
/* The document's part of a boot: NULL with why filled. For tests, too. */
int part_judge(const struct qemu_boot *b, const struct scenario *s, struct results_doc *doc,
	       char *why, size_t size);
/* Whether the document's checks came out as the scenario expects, of that boot, or of no boot
 * (NULL). */
int part_judge_checks(const struct scenario *s, const struct qemu_boot *b,
		      const struct results_doc *doc, char *why, size_t size);

#endif
