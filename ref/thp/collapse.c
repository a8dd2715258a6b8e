// SPDX-License-Identifier: GPL-2.0-or-later
/* The collapsers: the kernel's, the kernel's before 2ba99c5e0881, and one without a barrier. */
#include <array_size.h>

#include "collapse.h"

void thp_sync_rcu(void *arg)
{
	ref_synchronize_rcu();
}

#define COLLAPSER(name, ...)                                                                       \
	static int collapse_##name(struct ref_mm *mm, uint64_t addr, void (*sync_one)(void *arg),  \
				   void *arg)                                                      \
	{                                                                                          \
		static const struct thp_collapse_variant v = { __VA_ARGS__ };                      \
                                                                                                   \
		return thp_collapse_range(&v, mm, addr, sync_one, arg);                            \
	}

COLLAPSER(sync, .no_sync = false)
COLLAPSER(table_reuse, .no_sync = true)
COLLAPSER(unordered, .unordered = true)

static const struct thp_collapser collapsers[] = {
	{ "sync", "walkers are waited for once the PMD is clear", false, collapse_sync },
	{ "table_reuse", "walkers are not waited for: the table may be another's under one", true,
	  collapse_table_reuse },
	{ "unordered", "nothing orders the PMD's clear before the look at the counts", true,
	  collapse_unordered },
};

size_t thp_nr_collapsers(void)
{
	return ARRAY_SIZE(collapsers);
}

const struct thp_collapser *thp_collapser_at(size_t i)
{
	return i < thp_nr_collapsers() ? &collapsers[i] : NULL;
}

int thp_collapse(struct ref_mm *mm, uint64_t addr, void (*sync_one)(void *arg), void *arg)
{
	return collapse_sync(mm, addr, sync_one, arg);
}
