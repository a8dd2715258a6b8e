/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of what a run of kernels needs: kernels_ready() and kernels_run() use them. */
#ifndef KERNELS_READY_H
#define KERNELS_READY_H

#include <stdbool.h>
#include <stddef.h>

#include "../kernels.h"
#include "scenario.h"

/* Is a file missing that the guests of this scenario run? Its path goes to file. */
bool ready_guest_lacks(const struct kernels_options *o, const struct scenario *s, char *file,
		       size_t size);
/* Has this machine no compiler for the guests' programs? why is the reason to skip the scenario. */
bool ready_no_compiler(const struct scenario *s, char *why, size_t size);
/* Makes a temporary folder in TMPDIR. -errno, said on stderr; path is "" then. */
int ready_make_scratch(char *path, size_t size);

#endif
