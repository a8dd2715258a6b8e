// SPDX-License-Identifier: GPL-2.0-or-later
/* The splitters: the kernel's, one that does not freeze the reference count, and one that ignores
 * pins. */
#include <array_size.h>

#include "split.h"

static int split_freeze(struct ref_page *page)
{
	static const struct thp_split_variant v = { 0 };

	return thp_split_folio(&v, page);
}

static int split_no_freeze(struct ref_page *page)
{
	static const struct thp_split_variant v = { .no_freeze = true };

	return thp_split_folio(&v, page);
}

static int split_ignore_pins(struct ref_page *page)
{
	static const struct thp_split_variant v = { .ignore_pins = true };

	return thp_split_folio(&v, page);
}

static const struct thp_splitter splitters[] = {
	{ "freeze", "the count goes from what is expected to 0 in one step", false, split_freeze },
	{ "no_freeze", "the count is compared with what is expected, and then the folio is split",
	  true, split_no_freeze },
	{ "ignore_pins", "PageAnonExclusive is cleared during the split, even of a pinned page",
	  true, split_ignore_pins },
};

size_t thp_nr_splitters(void)
{
	return ARRAY_SIZE(splitters);
}

const struct thp_splitter *thp_splitter_at(size_t i)
{
	return i < thp_nr_splitters() ? &splitters[i] : NULL;
}

int thp_split(struct ref_page *page)
{
	return split_freeze(page);
}
