// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of models. A mechanism's models are in its model_<mechanism>.c, in an array that ends
 * with a row without a mechanism. */
#include <array_size.h>

#include "models.h"

static const struct explore_model *const lists[] = {
	explore_litmus_models, explore_litmus_event_models, explore_gup_models,
	explore_gather_models, explore_asid_models,	    explore_reclaim_models,
	explore_thp_models,    explore_longterm_models,	    explore_dax_models,
	explore_kmap_models,
};

const struct explore_model *explore_model_at(size_t i)
{
	for (size_t l = 0; l < ARRAY_SIZE(lists); l++)
		for (const struct explore_model *m = lists[l]; m->mechanism; m++)
			if (!i--)
				return m;
	return NULL;
}

size_t explore_nr_models(void)
{
	size_t n = 0;

	while (explore_model_at(n))
		n++;
	return n;
}
