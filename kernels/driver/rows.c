// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of all rows: those of every family, in the order in which they run.
 */
#include "ptbench.h"

static const struct ptb_rows *const families[] = {
	&ptb_costs_gup_rows,	 &ptb_costs_free_rows, &ptb_costs_kmap_rows, &ptb_costs_dax_rows,
#if PTB_GROWS
	&ptb_costs_grown_rows, /* nearly last: an address space never shrinks again */
#endif
	&ptb_costs_variant_rows, /* last: they change the code */
	&ptb_events_free_rows,
};

/* The boot of costs and the one of events have rows of their own, each numbered from 0. */
const struct ptb_row *ptb_row_nr(u32 nr, bool events)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(families); i++)
		for (j = 0; families[i]->events == events && j < families[i]->nr; j++)
			if (!nr--)
				return &families[i]->rows[j];
	return NULL;
}
