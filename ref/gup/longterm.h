/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which folios the lockless walk may return: gup_fast_folio_allowed() of mm/gup.c and
 * gup_must_unshare() of mm/internal.h (Linux 6.12).
 */
#ifndef REF_GUP_LONGTERM_H
#define REF_GUP_LONGTERM_H

#include <ref/mapping.h>

#include "pin.h"

REF_ALWAYS_INLINE uintptr_t gup_load_mapping(const struct gup_variant *v, struct ref_page *folio)
{
	if (v->before_mapping)
		v->before_mapping(folio);
	return (uintptr_t)REF_READ_ONCE(folio->mapping);
}

/*
 * Judges a folio by its mapping. The caller's reference does not keep the mapping: truncation may
 * clear folio->mapping at any moment, so it is loaded once. RCU frees the inode that holds the
 * mapping, and waits for sections with interrupts off; so a_ops may be read without a lock.
 */
REF_ALWAYS_INLINE bool gup_mapping_allowed(const struct gup_variant *v, struct ref_page *folio,
					   bool reject_file, bool check_secret)
{
	uintptr_t m = gup_load_mapping(v, folio);
	const struct ref_aops *ops;

	if (!m) /* truncated: the slow path decides */
		return false;
	if (v->double_load) /* as a compiler may do without READ_ONCE(): v7 of the series */
		m = gup_load_mapping(v, folio);
	if (m & REF_MAPPING_FLAGS) /* anonymous, KSM; but not a driver's movable page */
		return m & REF_MAPPING_ANON;
	if (v->before_ops)
		v->before_ops(folio);
	/* Computed from m, not by a pointer: the second load of a busted variant may give NULL. */
	ops = REF_READ_ONCE(*(const struct ref_aops **)(m + offsetof(struct ref_mapping, a_ops)));
	if (check_secret && ref_unlikely(ops == &ref_secretmem_aops))
		return false;
	return ref_likely(!reject_file) || ops == &ref_shmem_aops;
}

/* A long-term pin for writing: the file system would not notice the writes. */
REF_ALWAYS_INLINE bool gup_file_rejected(unsigned flags)
{
	const unsigned worst = GUP_PIN | GUP_LONGTERM | GUP_WRITE;

	return (flags & worst) == worst;
}

/* gup_fast_folio_allowed(). The caller has a reference, has seen that the entry still maps the
 * folio, and runs with interrupts off. */
REF_ALWAYS_INLINE bool gup_folio_allowed(const struct gup_variant *v, struct ref_page *folio,
					 unsigned flags)
{
	bool reject_file = gup_file_rejected(flags);
	bool check_secret = !gup_folio_large(folio); /* secretmem has only small folios */
	uint32_t page_flags;

	if (!reject_file && !check_secret)
		return true;
	page_flags = REF_READ_ONCE(folio->flags);
	if (ref_unlikely(page_flags & REF_PG_SLAB)) {
		gup_warn();
		return false;
	}
	if (page_flags & REF_PG_HUGETLB)
		return true;
	if (v->debug && !REF_READ_ONCE(ref_this_cpu()->irqs_off))
		gup_warn();
	return gup_mapping_allowed(v, folio, reject_file, check_secret) != v->inverted;
}

/*
 * gup_must_unshare(), for an entry that is not writable: may the page be pinned as it is, or would
 * a later copy-on-write leave the pin with a page that nobody maps? The kernel's smp_rmb() is the
 * acquire of the entry's second load.
 */
REF_ALWAYS_INLINE bool gup_must_unshare(struct ref_page *page, struct ref_page *folio,
					unsigned flags, bool cow_mapping)
{
	if ((flags & (GUP_WRITE | GUP_PIN)) != GUP_PIN)
		return false;
	if (!((uintptr_t)REF_READ_ONCE(folio->mapping) & REF_MAPPING_ANON))
		return flags & GUP_LONGTERM && cow_mapping;
	return !(REF_READ_ONCE(page->flags) & REF_PG_ANON_EXCLUSIVE);
}

#endif
