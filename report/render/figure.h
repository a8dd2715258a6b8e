/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Figures: data and script files in a folder, gnuplot over them, and SVG fit to be inlined.
 */
#ifndef REPORT_FIGURE_H
#define REPORT_FIGURE_H

#include "../model/model.h"

/* How long gnuplot may take for one figure, of the environment. -EINVAL: has been said on
 * stderr. */
int figures_limit(double *seconds);
/*
 * Draws all figures of the model that have something to show into the open folder, and keeps the
 * text to inline in each figure's svg. One that gnuplot does not draw, or complains about, or takes
 * longer for than a minute (PTBENCH_GNUPLOT_SECONDS), is left out and gets a reason. Returns how
 * many these are, or -errno when the folder cannot be written; either is said on stderr.
 */
int figures_draw(struct model *m, int folder);
void figures_free(struct model *m);

/* Whether the figure has anything to show. */
bool figure_has_data(const struct figure *f);

/*
 * Turns gnuplot's SVG into what a page needs: no prolog, role and title and description for those
 * who cannot see it, currentColor for black, identifiers that are the figure's own. style: a style
 * sheet to carry, or NULL. malloc'ed; NULL: gnuplot's output is not what it was.
 */
char *figure_svg(const struct figure *f, const char *raw, const char *style);

#endif
