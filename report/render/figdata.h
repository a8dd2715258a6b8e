/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Converts a figure to gnuplot's data file (written to `to`) and to the data of its script's
 * template.
 */
#ifndef REPORT_FIGDATA_H
#define REPORT_FIGDATA_H

#include <stdio.h>

#include "../model/model.h"
#include "mustache.h"

/*
 * Removes values that no axis of the figure can show: infinities and NaNs, and on a logarithmic
 * axis values of 0 or less.
 */
void figure_prune(struct figure *f);
/* f: pruned, and with data (figure_has_data()). */
void figure_bars(struct arena *a, const struct figure *f, FILE *to, struct mu *script);
void figure_lines(struct arena *a, const struct figure *f, FILE *to, struct mu *script);
/* A result's string as a field of a data file: quoted, without characters that gnuplot
 * interprets. */
const char *figure_field(struct arena *a, const char *text);

#endif
