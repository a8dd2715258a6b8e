// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table: the rows of every family, in order.
 */
#include "ptbench.h"

static const struct ptb_rows *const families[] = {
	&ptb_gup_rows,
	&ptb_free_rows,
	&ptb_kmap_rows,
	&ptb_dax_rows,
	&ptb_gup_grown_rows,	/* nearly last: an address space never shrinks again */
	&ptb_variant_rows,	/* last: they change the code */
};

/* The boot of costs and the one of events have rows of their own, each numbered from 0. */
const struct ptb_row *ptb_row_nr(u32 nr, bool events)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(families); i++)
		for (j = 0; j < families[i]->nr; j++)
			if (families[i]->rows[j].events == events && !nr--)
				return &families[i]->rows[j];
	return NULL;
}
