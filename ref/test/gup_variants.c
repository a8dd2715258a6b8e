// SPDX-License-Identifier: GPL-2.0-or-later
/* The tests' own instances of the walker. */
#include "gup_variants.h"

#include <string.h>

#include "../gup/walk.h"
#include "../pgtable/fmt_s390x.h"
#include "../pgtable/fmt_x86_64.h"

void (*gup_test_before_get)(struct ref_page *page);
void (*gup_test_before_recheck)(struct ref_page *page);
void (*gup_test_before_head)(struct ref_page *page);

static void hook_get(struct ref_page *page)
{
	if (gup_test_before_get)
		gup_test_before_get(page);
}

static void hook_recheck(struct ref_page *page)
{
	if (gup_test_before_recheck)
		gup_test_before_recheck(page);
}

static void hook_head(struct ref_page *page)
{
	if (gup_test_before_head)
		gup_test_before_head(page);
}

#define HOOKS .before_get = hook_get, .before_recheck = hook_recheck
#define FIXED .design = GUP_OFFSET_LOCKLESS

#define VARIANTS(ident)                                                               \
	GUP_WALKER(ident, one_object, .design = GUP_STATIC, .one_object = true)       \
	GUP_WALKER(ident, no_clip, FIXED, .clip = GUP_STEP_REMOVED)                            \
	GUP_WALKER(ident, no_limit, FIXED, .limit = GUP_STEP_REMOVED)                          \
	GUP_WALKER(ident, clip_without_wrap, FIXED, .clip_without_wrap = true)        \
	GUP_WALKER(ident, no_write_check, FIXED, .write_check = GUP_STEP_REMOVED)              \
	GUP_WALKER(ident, hooked, FIXED, HOOKS)                                       \
	GUP_WALKER(ident, hooked_static, .design = GUP_STATIC, HOOKS)                 \
	GUP_WALKER(ident, hooked_addr_end_folded, .design = GUP_ADDR_END_FOLDED, HOOKS) \
	GUP_WALKER(ident, hooked_addr_end_global, .design = GUP_ADDR_END_GLOBAL, HOOKS) \
	GUP_WALKER(ident, hooked_no_entry_recheck, FIXED, HOOKS, .entry_recheck = GUP_STEP_REMOVED) \
	GUP_WALKER(ident, hooked_no_pmd_recheck, FIXED, HOOKS, .pmd_recheck = GUP_STEP_REMOVED)
VARIANTS(x86_64_4k_48)
VARIANTS(x86_64_4k_57)
VARIANTS(x86_64_4k_57_folded)
VARIANTS(s390x)

#define ROW(ident, format, name) { #name, format, gup_fast_##ident##_##name }
#define ROWS(ident, format)                                                               \
	ROW(ident, format, one_object), ROW(ident, format, no_clip),                      \
		ROW(ident, format, no_limit), ROW(ident, format, clip_without_wrap),      \
		ROW(ident, format, no_write_check), ROW(ident, format, hooked),           \
		ROW(ident, format, hooked_static),                                        \
		ROW(ident, format, hooked_addr_end_folded),                               \
		ROW(ident, format, hooked_addr_end_global),                               \
		ROW(ident, format, hooked_no_entry_recheck),                              \
		ROW(ident, format, hooked_no_pmd_recheck)

static const struct gup_test_variant variants[] = {
	ROWS(x86_64_4k_48, "x86_64-4k-48"),
	ROWS(x86_64_4k_57, "x86_64-4k-57"),
	ROWS(x86_64_4k_57_folded, "x86_64-4k-57-folded"),
	ROWS(s390x, "s390x"),
};

size_t gup_nr_test_variants(void)
{
	return sizeof(variants) / sizeof(variants[0]);
}

const struct gup_test_variant *gup_test_variant_at(size_t i)
{
	return &variants[i];
}

gup_fast_fn gup_test_variant_find(const char *name, const char *format)
{
	for (size_t i = 0; i < gup_nr_test_variants(); i++)
		if (!strcmp(variants[i].name, name) && !strcmp(variants[i].format, format))
			return variants[i].fast;
	return NULL;
}

struct ref_page *gup_test_try_get(struct ref_page *page, int refs)
{
	static const struct gup_variant v = { .before_head = hook_head };

	return gup_try_get_folio(&v, page, refs);
}

struct ref_page *gup_test_try_get_no_head_recheck(struct ref_page *page, int refs)
{
	static const struct gup_variant v = { .before_head = hook_head, .head_recheck = GUP_STEP_REMOVED };

	return gup_try_get_folio(&v, page, refs);
}

uint64_t gup_test_clip(uint64_t size, uint64_t addr, uint64_t end)
{
	static const struct gup_variant v = { .design = GUP_STATIC };

	return gup_clip(&v, size, addr, end);
}

uint64_t gup_test_clip_without_wrap(uint64_t size, uint64_t addr, uint64_t end)
{
	static const struct gup_variant v = { .clip_without_wrap = true };

	return gup_clip(&v, size, addr, end);
}
