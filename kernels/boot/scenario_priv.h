/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files that read scenarios: lines, and what one is a variant of. */
#ifndef KERNELS_SCENARIO_PRIV_H
#define KERNELS_SCENARIO_PRIV_H

#include <stdio.h>

#include "scenario.h"

struct scenario_reader {
	char file[1024];
	unsigned nr; /* of the line */
	char *why;   /* SCENARIO_WHY bytes */
};

/* "FILE:LINE: " and this go to why: -EINVAL. */
__attribute__((format(printf, 2, 3))) int scenario__refuse(struct scenario_reader *r,
							   const char *fmt, ...);
/* The next line, without its end: 1; 0 at the end of the file. */
int scenario__next_line(struct scenario_reader *r, FILE *f, char line[SCENARIO_MAX_LINE]);
/* Without the blanks at both ends, in place. */
char *scenario__trim(char *s);
/* A file beside the others; capitals are lists. */
bool scenario__is_name(const char *s);

/* scenario_read() of one that `depth` others are variants of, the one by way of the other. */
int scenario__read(const char *dir, const char *name, unsigned depth, struct scenario **out,
		   char why[SCENARIO_WHY]);
/* Fills s->kin. -EINVAL with why filled, -ENOMEM. */
int scenario__read_kin(const char *dir, struct scenario *s, unsigned depth, char why[SCENARIO_WHY]);

#endif
