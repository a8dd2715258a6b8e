/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a figure to gnuplot's data file (written to `to`) and the data of its script's template.
 */
#ifndef REPORT_FIGDATA_H
#define REPORT_FIGDATA_H

#include <stdio.h>

#include "../model/model.h"
#include "mustache.h"

/*
 * Drops what no axis of the figure can show: infinities and the like, and on a logarithmic one
 * what is not above 0.
 */
void figure_prune(struct figure *f);
/* Of a figure that has data (figure_has_data()) when it has been pruned. */
void figure_bars(struct arena *a, const struct figure *f, FILE *to, struct mu *script);
void figure_lines(struct arena *a, const struct figure *f, FILE *to, struct mu *script);
/* A result's string as a field of a data file: quoted, without what gnuplot would read in it. */
const char *figure_field(struct arena *a, const char *text);

#endif
