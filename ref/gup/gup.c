// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of walkers, the slow walk with references, and the put. */
#include <string.h>

#include <ref/gup.h>

#include "../pgtable/mm.h"

#define ROW(ident, fmt, name, is_busted, copy) \
	{ fmt, #name, gup_fast_##ident##_##name, "gup_fast_" #ident "_" #name, is_busted, copy }
#define DECLARE(ident)                                                                     \
	extern unsigned long gup_fast_##ident##_static(struct ref_mm *, uint64_t, unsigned long,   \
						       unsigned, struct ref_page **);              \
	extern __typeof__(gup_fast_##ident##_static) gup_fast_##ident##_addr_end_folded,           \
		gup_fast_##ident##_addr_end_global, gup_fast_##ident##_offset_lockless;
/* `static` is wrong exactly where a level folds per mm. */
#define ROWS(ident, fmt, folds_per_mm)                                                     \
	ROW(ident, fmt, static, folds_per_mm, folds_per_mm),                               \
		ROW(ident, fmt, addr_end_folded, false, folds_per_mm),                     \
		ROW(ident, fmt, addr_end_global, false, folds_per_mm),                     \
		ROW(ident, fmt, offset_lockless, false, false)

DECLARE(x86_64_4k_48)
DECLARE(x86_64_4k_57)
DECLARE(x86_64_4k_57_folded)
DECLARE(s390x)

static const struct gup_walker walkers[] = {
	ROWS(x86_64_4k_48, "x86_64-4k-48", false),
	ROWS(x86_64_4k_57, "x86_64-4k-57", false),
	ROWS(x86_64_4k_57_folded, "x86_64-4k-57-folded", false),
	ROWS(s390x, "s390x", true),
};

size_t gup_nr_walkers(void)
{
	return sizeof(walkers) / sizeof(walkers[0]);
}

const struct gup_walker *gup_walker_at(size_t i)
{
	return i < gup_nr_walkers() ? &walkers[i] : NULL;
}

const struct gup_walker *gup_walker_find(const char *format, const char *design)
{
	for (size_t i = 0; i < gup_nr_walkers(); i++)
		if (!strcmp(walkers[i].format, format) && !strcmp(walkers[i].design, design))
			return &walkers[i];
	return NULL;
}

unsigned long gup_slow(struct ref_mm *mm, uint64_t start, unsigned long nr, unsigned flags,
		       struct ref_page **pages)
{
	unsigned long i;

	for (i = 0; i < nr; i++) {
		uint64_t addr = start + ((uint64_t)i << mm->fmt->page_shift);
		struct ref_page *page = pgt_lookup(mm, addr, flags & GUP_WRITE);

		if (!page || !ref_count_add_unless_zero(&ref_page_folio(page)->refcount, 1))
			break;
		pages[i] = page;
	}
	return i;
}

void gup_put(struct ref_page **pages, unsigned long nr)
{
	for (unsigned long i = 0; i < nr; i++)
		ref_folio_put(ref_page_folio(pages[i]), 1);
}
