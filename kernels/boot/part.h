/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns the output of a boot, or an image, into a part of a run: a document and a verdict. */
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
	const char *root, *ksrc; /* the checkout; the kernel source, as image_build() takes it */
	/* PTBENCH_BUILD, the folder that the guests' programs were taken from; NULL: not set */
	const char *build;
	volatile sig_atomic_t *stopped;
	size_t nr_boots, nr_ended; /* of this run, for the "[ENDED/BOOTS]" that is printed */
	const char *profile;	   /* the case that is profiled, or NULL */
	bool failed;		   /* a part failed */
	bool booted;		   /* the part of a boot passed */
};

/* Writes the name of the boot's part to to[128]: SCENARIO.MODE-Ncpu, SCENARIO.icount-functions. */
void part_name(const struct qemu_boot *b, char *to);
/* Judges a boot that ended; records the part. -errno only when it cannot be recorded. */
int part_of_boot(struct part_context *c, const struct qemu_boot *b, const struct image *image);
int part_of_image(struct part_context *c, const struct scenario *s, const struct image *image);
/* Adds the document's axes: those of kernels_set_axes(), and the scenario. -errno with err
 * filled. */
int part_add_axes(const struct scenario *s, struct results_doc *doc, struct results_error *err);
/* Is the scenario's design a value of the axis design? If not, no document could hold its rows:
 * -EINVAL with why filled. */
int part_check_design(const char *dir, const struct scenario *s, char why[SCENARIO_WHY]);
/* Do the axes have these params of a case? -EINVAL with why filled: no row can have them. */
int part_check_params(const char *case_id, const struct results_params *params,
		      char why[SCENARIO_WHY]);
/* Records and prints that a part was not run. */
int part_skipped(struct part_context *c, const char *name, const char *reason);
int part_failed(struct part_context *c, const char *name, const char *reason);
/* Sorts the parts of a finished run in the order of names; parts of no name stay first. */
void part_sort(struct part_context *c, char *const *names, size_t nr);
/* Judges the boot and fills doc from its stream. -EINVAL with why filled; why is "": it passed. */
int part_judge(const struct qemu_boot *b, const struct scenario *s, struct results_doc *doc,
	       char *why, size_t size);
/* Did the checks of the document come out as the scenario expects of boot b, or (NULL) of its
 * image? -EINVAL with why filled: no. */
int part_judge_checks(const struct scenario *s, const struct qemu_boot *b,
		      const struct results_doc *doc, char *why, size_t size);

#endif
