/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Figures: data and script files in a folder, gnuplot over them, and SVG fit to be inlined.
 */
#ifndef REPORT_FIGURE_H
#define REPORT_FIGURE_H

#include "../model/model.h"

/* Reads gnuplot's time limit per figure from the environment (PTBENCH_GNUPLOT_SECONDS). 0, or
 * -EINVAL after a message on stderr. */
int figures_limit(double *seconds);
/*
 * Draws all figures of the model that have data into the open folder, and keeps the text to inline
 * in each figure's svg. A figure is left out, with the reason in `lost`, if gnuplot fails, warns or
 * takes longer than a minute (PTBENCH_GNUPLOT_SECONDS). Returns the number of those figures, or
 * -errno if the folder cannot be written; prints either on stderr.
 */
int figures_draw(struct model *m, int folder);
void figures_free(struct model *m);

/* Whether the figure has a value to show. */
bool figure_has_data(const struct figure *f);

/*
 * Converts gnuplot's SVG for a page: no prolog; role, title and description for screen readers;
 * currentColor for black; identifiers unique to the figure. style: a style sheet to embed, or NULL.
 * malloc'ed; NULL: gnuplot's output has another form than expected.
 */
char *figure_svg(const struct figure *f, const char *raw, const char *style);

#endif
