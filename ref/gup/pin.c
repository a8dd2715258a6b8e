// SPDX-License-Identifier: GPL-2.0-or-later
/* Dropping pins, telling whether a folio may be pinned, and mappings. */
#include <ref/mapping.h>

#include "pin.h"

int gup_warnings;

__attribute__((noinline, cold)) void gup_warn(void)
{
	(void)ref_fetch_add(&gup_warnings, 1);
}

/* gup_put_folio() out of line, for walkers that give up. */
__attribute__((noinline, cold)) void gup_drop_folio(struct ref_page *folio, int refs,
						    unsigned flags)
{
	/* put_devmap_managed_folio_refs(): only for small folios. */
	if (REF_READ_ONCE(folio->flags) & REF_PG_DEVICE)
		folio->pgmap->put(folio, flags & GUP_PIN ? refs * GUP_PIN_BIAS : refs);
	else
		gup_put_folio(folio, refs, flags);
}

/* Drops the pins of consecutive pages of one folio at once, as with gup_folio_next(). */
void gup_unpin(struct ref_page **pages, unsigned long nr)
{
	for (unsigned long i = 0, n; i < nr; i += n) {
		struct ref_page *folio = ref_page_folio(pages[i]);

		for (n = 1; i + n < nr && ref_page_folio(pages[i + n]) == folio; n++)
			;
		gup_put_folio(folio, (int)n, GUP_PIN);
	}
}

/* Compares unsigned, so that an overflown count is still seen as pinned. */
bool gup_maybe_pinned(struct ref_page *folio)
{
	if (gup_folio_large(folio))
		return REF_READ_ONCE(folio->pincount) > 0;
	return (unsigned)REF_READ_ONCE(folio->refcount) >= GUP_PIN_BIAS;
}

/* ---- mappings ---- */

const struct ref_aops ref_file_aops = { .name = "file", .can_writeback = true };
const struct ref_aops ref_shmem_aops = { .name = "shmem" };
const struct ref_aops ref_secretmem_aops = { .name = "secretmem" };
const struct ref_aops ref_hugetlb_aops = { .name = "hugetlb" };

struct ref_mapping *ref_mapping_alloc(const struct ref_aops *a_ops)
{
	struct ref_mapping *mapping = ref_alloc(sizeof(*mapping));

	if (mapping)
		REF_WRITE_ONCE(mapping->a_ops, a_ops);
	return mapping;
}

void ref_mapping_free_now(struct ref_mapping *mapping)
{
	REF_MEM_FREED(mapping, sizeof(*mapping), "inode");
	ref_free(mapping);
}

static void free_rcu(struct ref_rcu_head *head)
{
	ref_mapping_free_now(
		(struct ref_mapping *)((char *)head - offsetof(struct ref_mapping, rcu)));
}

void ref_mapping_free(struct ref_mapping *mapping)
{
	ref_call_rcu(&mapping->rcu, free_rcu);
}

void ref_folio_truncate(struct ref_page *folio)
{
	REF_WRITE_ONCE(folio->mapping, NULL);
}
