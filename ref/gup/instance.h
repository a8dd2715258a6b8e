/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A row of the table of walkers, with the format and design that its flags are computed from. */
#ifndef REF_GUP_INSTANCE_H
#define REF_GUP_INSTANCE_H

#include "walk.h"

struct gup_instance {
	const struct pgt_fmt *fmt;
	enum gup_design design;
	struct gup_walker walker; /* format and flags are filled in when the program starts */
};

/* a and b are of one format. Is there a machine and an mm for which their walks differ? */
bool gup_instances_differ(const struct gup_instance *a, const struct gup_instance *b);

#endif
