// SPDX-License-Identifier: GPL-2.0-or-later
/* The tests' own instances of the walker. */
#include "gup_variants.h"

#include <array_size.h>
#include <string.h>

#include "../gup/walk.h"
#include "../pgtable/fmt_arm64.h"
#include "../pgtable/fmt_i386.h"
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

#define VARIANTS(ident)                                                                            \
	GUP_WALKER(ident, one_object, .design = GUP_STATIC, .one_object = true)                    \
	GUP_WALKER(ident, no_clip, FIXED, .clip = GUP_STEP_REMOVED)                                \
	GUP_WALKER(ident, no_limit, FIXED, .limit = GUP_STEP_REMOVED)                              \
	GUP_WALKER(ident, clip_without_wrap, FIXED, .clip_without_wrap = true)                     \
	GUP_WALKER(ident, no_write_check, FIXED, .write_check = GUP_STEP_REMOVED)                  \
	GUP_WALKER(ident, hooked, FIXED, HOOKS)                                                    \
	GUP_WALKER(ident, hooked_static, .design = GUP_STATIC, HOOKS)                              \
	GUP_WALKER(ident, hooked_addr_end_folded, .design = GUP_ADDR_END_FOLDED, HOOKS)            \
	GUP_WALKER(ident, hooked_addr_end_global, .design = GUP_ADDR_END_GLOBAL, HOOKS)            \
	GUP_WALKER(ident, hooked_no_entry_recheck, FIXED, HOOKS,                                   \
		   .entry_recheck = GUP_STEP_REMOVED)                                              \
	GUP_WALKER(ident, hooked_no_pmd_recheck, FIXED, HOOKS, .pmd_recheck = GUP_STEP_REMOVED)
VARIANTS(x86_64_4k_48)
VARIANTS(x86_64_4k_57)
VARIANTS(x86_64_4k_57_folded)
VARIANTS(s390x)
/* Two words per entry, and two levels, of which the upper is the PMD. */
VARIANTS(i386_4k_32_pae)
VARIANTS(i386_4k_32)

/* ---- entries of two words ---- */

void (*gup_test_between_words)(void);

static void hook_words(void)
{
	if (gup_test_between_words)
		gup_test_between_words();
}

GUP_WALKER(i386_4k_32_pae, words, FIXED, HOOKS, .between_words = hook_words)
GUP_WALKER(i386_4k_32_pae, torn_load, FIXED, HOOKS, .between_words = hook_words, .torn_load = true)

/* ---- contiguous ranges ---- */

void (*gup_test_in_gather)(unsigned i);

static void hook_gather(unsigned i)
{
	if (gup_test_in_gather)
		gup_test_in_gather(i);
}

#define CONT(ident)                                                                                \
	GUP_WALKER(ident, gather, FIXED, HOOKS, .in_gather = hook_gather)                          \
	GUP_WALKER(ident, recheck_ungathered, FIXED, HOOKS, .recheck_ungathered = true)            \
	GUP_WALKER(ident, gather_unchecked, FIXED, HOOKS, .in_gather = hook_gather,                \
		   .gather_unchecked = true)
CONT(arm64_4k_48)
CONT(arm64_16k_47)
CONT(arm64_64k_52)

/* ---- arm64's folded levels: copies in a page of their own ---- */

_Alignas(65536) char gup_test_scratch[65536];

#define SCRATCH_WALKER(ident, name, constant, ...)                                                 \
	GUP_WALKER(ident, scratch_##name, .design = constant, .scratch = gup_test_scratch)
#define SCRATCH(ident) GUP_DESIGNS(SCRATCH_WALKER, SCRATCH_WALKER, ident)
SCRATCH(arm64_16k_52)
SCRATCH(arm64_16k_52_folded)
SCRATCH(arm64_4k_52)
SCRATCH(arm64_4k_52_folded)

/* clang-format off */
#define ROW(ident, format, name) { #name, format, gup_fast_##ident##_##name }
/* clang-format on */
#define ROWS(ident, format)                                                                        \
	ROW(ident, format, one_object), ROW(ident, format, no_clip), ROW(ident, format, no_limit), \
		ROW(ident, format, clip_without_wrap), ROW(ident, format, no_write_check),         \
		ROW(ident, format, hooked), ROW(ident, format, hooked_static),                     \
		ROW(ident, format, hooked_addr_end_folded),                                        \
		ROW(ident, format, hooked_addr_end_global),                                        \
		ROW(ident, format, hooked_no_entry_recheck),                                       \
		ROW(ident, format, hooked_no_pmd_recheck)

#define CONT_ROWS(ident, format)                                                                   \
	ROW(ident, format, gather), ROW(ident, format, recheck_ungathered),                        \
		ROW(ident, format, gather_unchecked)
#define FORMAT_arm64_16k_52 "arm64-16k-52"
#define FORMAT_arm64_16k_52_folded "arm64-16k-52-folded"
#define FORMAT_arm64_4k_52 "arm64-4k-52"
#define FORMAT_arm64_4k_52_folded "arm64-4k-52-folded"
#define SCRATCH_ROW(ident, name, ...) ROW(ident, FORMAT_##ident, scratch_##name),
#define SCRATCH_ROWS(ident) GUP_DESIGNS(SCRATCH_ROW, SCRATCH_ROW, ident)

static const struct gup_test_variant variants[] = {
	ROWS(x86_64_4k_48, "x86_64-4k-48"),
	ROWS(x86_64_4k_57, "x86_64-4k-57"),
	ROWS(x86_64_4k_57_folded, "x86_64-4k-57-folded"),
	ROWS(s390x, "s390x"),
	ROWS(i386_4k_32_pae, "i386-4k-32-pae"),
	ROWS(i386_4k_32, "i386-4k-32"),
	ROW(i386_4k_32_pae, "i386-4k-32-pae", words),
	ROW(i386_4k_32_pae, "i386-4k-32-pae", torn_load),
	CONT_ROWS(arm64_4k_48, "arm64-4k-48"),
	CONT_ROWS(arm64_16k_47, "arm64-16k-47"),
	CONT_ROWS(arm64_64k_52, "arm64-64k-52"),
	SCRATCH_ROWS(arm64_16k_52) SCRATCH_ROWS(arm64_16k_52_folded) SCRATCH_ROWS(arm64_4k_52)
		SCRATCH_ROWS(arm64_4k_52_folded)
};

size_t gup_nr_test_variants(void)
{
	return ARRAY_SIZE(variants);
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
	static const struct gup_variant v = { .before_head = hook_head,
					      .head_recheck = GUP_STEP_REMOVED };

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
