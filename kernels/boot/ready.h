/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run of kernels needs, for those who look before it is made and those who make it. */
#ifndef KERNELS_READY_H
#define KERNELS_READY_H

#include <stdbool.h>
#include <stddef.h>

#include "../kernels.h"
#include "scenario.h"

/* Is a file missing that the guests of this scenario run? Which is in file, then. */
bool ready_guest_lacks(const struct kernels_options *o, const struct scenario *s, char *file,
		       size_t size);
/* Has this machine no compiler for them? Then why is a reason to skip the scenario. */
bool ready_no_compiler(const struct scenario *s, char *why, size_t size);
/* Makes a folder of our own in TMPDIR. -errno, said on stderr; path is "" then. */
int ready_make_scratch(char *path, size_t size);

#endif
