/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Versions of one scenario: names as "x86_64-stock@7.3", releases as "7.3.4".
 */
#ifndef REPORT_VERSIONS_H
#define REPORT_VERSIONS_H

#include "input.h"

/* The scenario's name without "@VERSION". */
const char *version_stem(struct arena *a, const char *scenario);
/* The kernel's release by the first of the scenario's documents that has one, else the version in
 * its name, else "". */
const char *version_release(const struct report_input *in, const char *scenario);
/* < 0, 0, > 0: by the numbers of two releases; 7.0-rc3 is before 7.0, "" before all. */
int version_cmp(const char *a, const char *b);

/*
 * Of each stock kernel with its variants that the run has in several versions, keeps one version
 * among the parts, and sets the others aside. Of those with the most figures of the stock kernel
 * it is the scenario without a version, else the newest release.
 */
void versions_choose(struct report_input *in);

#endif
