// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Functions of the kernel that have another name in a later version.
 */
#include <array_size.h>
#include <string.h>

#include "history_functions.h"

/*
 * A function that has the work of another since: the commit that says so, or the two versions whose
 * sources show it.
 */
static const struct {
	const char *old, *new, *by;
} renames[] = {
	{ "gup_pgd_range", "gup_fast_pgd_range", "23babe1934d7" },
	{ "gup_p4d_range", "gup_fast_p4d_range", "23babe1934d7" },
	{ "gup_pud_range", "gup_fast_pud_range", "23babe1934d7" },
	{ "gup_pmd_range", "gup_fast_pmd_range", "23babe1934d7" },
	{ "gup_pte_range", "gup_fast_pte_range", "23babe1934d7" },
	{ "gup_huge_pud", "gup_fast_pud_leaf", "23babe1934d7" },
	{ "gup_huge_pmd", "gup_fast_pmd_leaf", "23babe1934d7" },
	{ "internal_get_user_pages_fast", "gup_fast_fallback", "23babe1934d7" },
	{ "lockless_pages_from_mm", "gup_fast", "23babe1934d7" },
	{ "try_grab_compound_head", "try_grab_folio", "sources of 5.10 and 6.1" },
	{ "try_grab_folio", "try_grab_folio_fast", "f442fa614137" },
	{ "try_get_compound_head", "try_get_folio", "sources of 5.10 and 6.1" },
	{ "put_compound_head", "gup_put_folio", "sources of 5.10 and 6.1" },
	{ "__alloc_pages_nodemask", "__alloc_pages", "sources of 5.10 and 6.1" },
	{ "__alloc_pages", "__alloc_pages_noprof", "sources of 6.1 and 6.12" },
	{ "__alloc_pages_noprof", "__alloc_frozen_pages_noprof", "sources of 6.12 and 7.2" },
	{ "free_unref_page_list", "free_unref_folios", "sources of 6.1 and 6.12" },
	{ "free_unref_page_commit", "free_frozen_page_commit", "sources of 6.12 and 7.2" },
	{ "get_pfnblock_flags_mask", "get_pfnblock_migratetype", "sources of 6.12 and 7.2" },
	{ "page_remove_rmap", "folio_remove_rmap_ptes", "sources of 6.1 and 6.12" },
	{ "page_add_file_rmap", "folio_add_file_rmap_ptes", "sources of 6.1 and 6.12" },
	{ "unmap_page_range", "__zap_vma_range", "sources of 6.12 and 7.2" },
	{ "__do_munmap", "do_mas_align_munmap", "sources of 5.10 and 6.1" },
	{ "do_mas_align_munmap", "do_vmi_align_munmap", "sources of 6.1 and 6.12" },
	{ "alloc_set_pte", "do_set_pte", "sources of 5.10 and 6.1" },
	{ "do_set_pte", "set_pte_range", "sources of 6.1 and 6.12" },
	{ "next_uptodate_page", "next_uptodate_folio", "sources of 6.1 and 6.12" },
	{ "dax_lock_page", "dax_lock_folio", "sources of 6.1 and 6.12" },
	{ "dax_unlock_page", "dax_unlock_folio", "sources of 6.1 and 6.12" },
};

/* Follows a function that was renamed more than once; no name comes back in the table. */
const char *function_known_rename(struct arena *a, const char *old, const char *new)
{
	const char *by = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(renames); i++) {
		if (strcmp(renames[i].old, old))
			continue;
		by = by ? arena_str(a, "%s, %s", by, renames[i].by) : renames[i].by;
		old = renames[i].new;
		if (!strcmp(old, new))
			return arena_str(a, "known: %s", by);
	}
	return NULL;
}

/* Of words between underscores: how many the name has, and whether it has this one. */
static size_t nr_words(const char *name)
{
	size_t nr = 0, n;

	for (; *name; name += n) {
		name += strspn(name, "_");
		n = strcspn(name, "_");
		nr += n > 0;
	}
	return nr;
}

static bool has_word(const char *name, const char *word, size_t len)
{
	for (size_t n; *name; name += n) {
		name += strspn(name, "_");
		n = strcspn(name, "_");
		if (n == len && !strncmp(name, word, len))
			return true;
	}
	return false;
}

bool function_names_are_like(const char *old, const char *new)
{
	size_t words = nr_words(old), others = nr_words(new), common = 0;

	for (size_t n; *old; old += n) {
		old += strspn(old, "_");
		n = strcspn(old, "_");
		common += n > 0 && has_word(new, old, n);
	}
	words = words < others ? words : others;
	return common >= 2 && 2 * common >= words;
}
