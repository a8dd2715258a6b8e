/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * References and pins on folios: how the lockless walk takes them, and how they are dropped.
 *
 * Steps and their order are those of mm/gup.c (Linux 6.12); each function names its counterpart.
 * The kernel's statistics of pins are not kept.
 */
#ifndef REF_GUP_PIN_H
#define REF_GUP_PIN_H

#include "../pgtable/mm.h"
#include "variant.h"

void gup_drop_folio(struct ref_page *folio, int refs, unsigned flags);

/* folio_test_large() */
REF_ALWAYS_INLINE bool gup_folio_large(const struct ref_page *folio)
{
	return folio->nr > 1;
}

REF_ALWAYS_INLINE bool gup_add_unless_zero(const struct gup_variant *v, int *count, int nr)
{
	return v->relaxed_get ? ref_count_add_unless_zero_relaxed(count, nr)
			      : ref_count_add_unless_zero(count, nr);
}

/* try_get_folio(): takes a reference, then checks that the page still belongs to that folio. */
REF_ALWAYS_INLINE struct ref_page *gup_try_get_folio(const struct gup_variant *v,
						     struct ref_page *page, int refs)
{
	struct ref_page *folio;

	if (v->before_get)
		v->before_get(page);
	for (;;) {
		folio = ref_page_folio(page);
		if (v->before_head)
			v->before_head(page);
		if (v->try_get != GUP_STEP_PRESENT)
			return GUP_STEP_FAILS(v->try_get, false, folio, refs) ? NULL : folio;
		if (ref_unlikely(REF_READ_ONCE(folio->refcount) < 0))
			return NULL;
		if (ref_unlikely(!gup_add_unless_zero(v, &folio->refcount, refs)))
			return NULL;
		REF_STEP("gup: folio referenced");
		if (!GUP_STEP_FAILS(v->head_recheck, ref_page_folio(page) != folio, page, folio))
			return folio;
		gup_drop_folio(folio, refs, 0);
	}
}

/* folio_is_longterm_pinnable(): not in ZONE_MOVABLE, and not in a CMA block. */
REF_ALWAYS_INLINE bool gup_longterm_pinnable(const struct ref_page *folio)
{
	return !(REF_READ_ONCE(folio->flags) & REF_PG_MOVABLE);
}

/*
 * Turns references into pins: a large folio counts its pins apart, a small one in steps of
 * GUP_PIN_BIAS. Fully ordered, as atomic_add() with smp_mb__after_atomic(): the pin is visible
 * before the walker reads the entry and PageAnonExclusive. Pairs with gup_share_anon()'s barrier.
 */
REF_ALWAYS_INLINE void gup_add_pins(const struct gup_variant *v, struct ref_page *folio, int refs)
{
	int *count = gup_folio_large(folio) ? &folio->pincount : &folio->refcount;
	int nr = gup_folio_large(folio) ? refs : refs * (GUP_PIN_BIAS - 1);

	if (v->relaxed_get && !gup_folio_large(folio))
		(void)ref_count_add_unless_zero_relaxed(count, nr);
	else
		(void)ref_fetch_add(count, nr);
	REF_STEP("gup: folio pinned");
}

/* gup_put_folio() */
REF_ALWAYS_INLINE void gup_put_folio(struct ref_page *folio, int refs, unsigned flags)
{
	if (flags & GUP_PIN) {
		if (gup_folio_large(folio))
			(void)ref_fetch_add(&folio->pincount, -refs);
		else
			refs *= GUP_PIN_BIAS;
	}
	ref_folio_put(folio, refs);
}

/* Undoes gup_grab_folio(), on the cold path. */
REF_ALWAYS_INLINE void gup_ungrab_folio(const struct gup_variant *v, struct ref_page *folio,
					int refs, unsigned flags)
{
	if (v->pin_count != GUP_STEP_PRESENT || v->pin_after_recheck)
		flags &= ~GUP_PIN;
	if (v->try_get == GUP_STEP_PRESENT)
		gup_drop_folio(folio, refs, flags);
}

/* try_grab_folio_fast() */
REF_ALWAYS_INLINE struct ref_page *gup_grab_folio(const struct gup_variant *v,
						  struct ref_page *page, int refs, unsigned flags)
{
	struct ref_page *folio = gup_try_get_folio(v, page, refs);

	if (ref_likely(!(flags & GUP_PIN)) || !folio)
		return folio;
	if (ref_unlikely(flags & GUP_LONGTERM && !gup_longterm_pinnable(folio))) {
		if (v->try_get == GUP_STEP_PRESENT)
			gup_drop_folio(folio, refs, 0);
		return NULL;
	}
	if (v->pin_count == GUP_STEP_PRESENT && !v->pin_after_recheck)
		gup_add_pins(v, folio, refs);
	else if (v->pin_count == GUP_STEP_OPAQUE)
		__asm__ volatile("" : : "r"(folio), "r"(refs) : "memory");
	return folio;
}

#endif
