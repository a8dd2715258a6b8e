// SPDX-License-Identifier: GPL-2.0-or-later
/* References on device pages: two conventions, and the test of each on pages of the other. */
#include <array_size.h>
#include <errno.h>
#include <string.h>

#include <ref/dax.h>

#include "../pgtable/mm.h"

static const struct dax_refs refs_table[] = {
	{
		.name = "1-is-idle",
		.summary = "before v6.15: one reference when idle, none for a mapping",
		.initial = 1,
		.idle = 1,
	},
	{
		.name = "0-is-idle",
		.summary = "since v6.15 (38607c62b34b): none when idle, one for each mapping",
		.initial = 0,
		.idle = 0,
		.mapped_counts = true,
		.less_mappings = true,
	},
	{
		.name = "1-is-idle_flush_waits",
		.summary = "1-is-idle, where no walker is left when the pages are unmapped (x86)",
		.initial = 1,
		.idle = 1,
		.flush_waits = true,
	},
	{
		.name = "0-is-idle_lock_kept",
		.summary =
			"0-is-idle, and no fault while truncation waits: a mapping is a reference, "
			"and the page idle only without",
		.initial = 0,
		.idle = 0,
		.mapped_counts = true,
		.less_mappings = true,
		.keep_lock = true,
	},
	{
		.name = "share_one_lock",
		.summary = "0-is-idle, and the files of a shared page are counted under one lock",
		.mapped_counts = true,
		.less_mappings = true,
		.share = DAX_SHARE_ONE_LOCK,
	},
	{
		.name = "share_own_locks",
		.summary =
			"0-is-idle, and they are counted by plain stores under each file's own lock "
			"(fs/dax.c of Linux 7.3.4)",
		.busted = true,
		.mapped_counts = true,
		.less_mappings = true,
		.share = DAX_SHARE_OWN_LOCKS,
	},
	{
		.name = "share_uncounted",
		.summary = "0-is-idle, and the file that truncates first frees the page of both",
		.busted = true,
		.mapped_counts = true,
		.less_mappings = true,
		.share = DAX_SHARE_UNCOUNTED,
	},
	{
		.name = "idle_1_on_0_pages",
		.summary = "0-is-idle, with the tests of 1-is-idle: one reference goes unseen",
		.busted = true,
		.initial = 0,
		.idle = 1,
		.mapped_counts = true,
	},
	{
		.name = "idle_0_on_1_pages",
		.summary = "1-is-idle, with the tests of 0-is-idle: every page is busy for good",
		.busted = true,
		.initial = 1,
		.idle = 0,
		.less_mappings = true,
	},
	{
		.name = "scan_first",
		.summary =
			"1-is-idle, where busy pages are looked for before the pages are unmapped",
		.busted = true,
		.initial = 1,
		.idle = 1,
		.scan_first = true,
	},
};

size_t dax_nr_refs(void)
{
	return ARRAY_SIZE(refs_table);
}

const struct dax_refs *dax_refs_at(size_t i)
{
	return i < dax_nr_refs() ? &refs_table[i] : NULL;
}

const struct dax_refs *dax_refs_find(const char *name)
{
	for (size_t i = 0; i < dax_nr_refs(); i++)
		if (!strcmp(refs_table[i].name, name))
			return &refs_table[i];
	return NULL;
}

/* Nobody has a reference: wakes the waiters for an idle page. */
static void folio_free(struct ref_page *folio)
{
	ref_wake(&folio->refcount);
}

static void put_refs(struct ref_page *folio, int nr, int initial)
{
	if (ref_fetch_add(&folio->refcount, -nr) - nr == initial)
		ref_wake(&folio->refcount);
}

static void put_refs_0(struct ref_page *folio, int nr)
{
	put_refs(folio, nr, 0);
}

static void put_refs_1(struct ref_page *folio, int nr)
{
	put_refs(folio, nr, 1);
}

void dax_put_page(struct ref_page *page)
{
	struct ref_page *folio = REF_READ_ONCE(page->head);

	folio->pgmap->put(folio, 1);
}

int dax_device_create(struct dax_device *dev, const struct dax_refs *refs, struct ref_mm *mm,
		      unsigned order, unsigned pmd_order)
{
	struct ref_page *pages = __ref_folio_alloc(mm, order, NULL, 0);

	if (!pages)
		return -ENOMEM;
	dax_device_init(dev, refs, pages, ref_page_index(mm, pages), 1ULL << order, pmd_order);
	return 0;
}

void dax_device_init(struct dax_device *dev, const struct dax_refs *refs, struct ref_page *pages,
		     uint64_t first_pfn, size_t nr, unsigned pmd_order)
{
	*dev = (struct dax_device){
		.pages = pages,
		.first_pfn = first_pfn,
		.nr = nr,
		.pmd_order = pmd_order,
		.refs = refs,
		.pgmap = { folio_free, refs->initial ? put_refs_1 : put_refs_0 },
	};
	for (size_t i = 0; i < nr; i++) {
		pages[i].head = &pages[i];
		pages[i].nr = 1;
		pages[i].mapcount = 0;
		pages[i].pgmap = &dev->pgmap;
		REF_WRITE_ONCE(pages[i].flags, REF_PG_DEVICE);
		pages[i].mapping = NULL;
		ref_count_set_release(&pages[i].refcount, refs->initial);
	}
}

bool dax_page_busy(const struct dax_refs *refs, struct ref_page *page)
{
	int count = REF_READ_ONCE(page->refcount);

	if (refs->less_mappings)
		return count - REF_READ_ONCE(page->mapcount) != 0;
	return count > 1;
}
