/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernels of commits that are built and booted once: what an image was measured to take is kept in
 * its run, and found again by all that determines it. A command that was interrupted goes on so,
 * and what one command measured another one finds.
 */
#ifndef KERNELS_MEASURED_H
#define KERNELS_MEASURED_H

#include <signal.h>

#include <results/results.h>

#include "../boot/emulator.h"
#include "../boot/image.h"
#include "../kernels.h"
#include "commits.h"

struct measuring {
	struct kernels_options kernels; /* jobs, timeout and the like */
	const char *runs;		/* the folder in which runs are made */
	const char *command;		/* what was typed, for the runs' records */
	const char *folder;		/* of the git tree */
	volatile sig_atomic_t *stopped;
	size_t nr_run, nr_found;    /* kernels that were booted, or found measured */
	struct emulators emulators; /* for emulators_free() */
};

enum measured_what {
	MEASURED_ROWS,	    /* costs, events and code bytes */
	MEASURED_FUNCTIONS, /* the costs once more, by function */
};

/* FOLDER#COMMIT, as kernels/build takes it; malloc'ed. */
char *measured_source(const struct measuring *m, const struct commit *c);

/*
 * The run of the image of the scenario, built from the commit: *dir, malloc'ed, is its folder.
 * 0: it is whole. EXIT_PART_FAILED, EXIT_INCONCLUSIVE (nothing was booted): *dir is what there is,
 * which is not kept for the next time. EXIT_USAGE, EXIT_INTERRUPTED: *dir is NULL.
 */
int measured_run(struct measuring *m, const struct commit *c, const char *scenario,
		 const struct image *image, enum measured_what what, char **dir);

/* The reason of the first part of a run that failed or, if none did, was skipped; malloc'ed. NULL:
 * there is none. */
char *measured_reason(const char *dir);
/* Has the run the document of a boot? */
bool measured_booted(const char *dir);

/* Starts kernels/build for the commit's scenarios; images (zeroed) is for its verdicts. */
int measured_build_start(struct measuring *m, struct image_build *b, const struct commit *c,
			 char *const *names, size_t nr, struct image *images);
/*
 * Waits at most ms milliseconds for its end. -EAGAIN: it runs. 0: each image is built, or has a
 * reason. EXIT_INTERRUPTED: *m->stopped was set, and it is ended.
 */
int measured_build_poll(struct measuring *m, struct image_build *b, int ms);

#endif
