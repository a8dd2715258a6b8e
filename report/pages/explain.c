// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why the reference and a kernel differ: facts about their code paths, one row each.
 *
 * Kernel paths are those of Linux 6.12: mm/gup.c, mm/pgtable-generic.c, include/linux/mm.h, and the
 * architectures' pgtable.h. Each row comes from reading both disassemblies. Numbers are
 * instructions of the measured path of the scenarios' kernels, compiled by gcc 12.2; the
 * reference's numbers are in the report's table, since they change with the reference.
 */
#include <array_size.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "explain.h"

#define THROUGH_PMD                                                                                \
	"the far side is reached through a new pmd entry, and the step from there into its page "  \
	"table is what differs, by as much as at a pmd boundary; the levels above it differ by 8 " \
	"at most"

#define PUT_WINDOW                                                                                 \
	"around the reference the window holds the call of gup_put() from the case’s "           \
	"loop, 15; gup_put() itself takes 20, and put_page() is inline in the "                    \
	"driver’s loop, 26 in all"

#define PUT_PAGE_X86                                                                               \
	"the driver’s loop reads its page count from memory each turn, 2; put_page() "           \
	"tests the low bit of compound_head and steps over a static branch for hugetlb, "          \
	"3, where the reference’s page points at its head"

#define GET_CALL                                                                                   \
	"; what a page, and the step into its page table, take more is in the rows below, and "    \
	"the rest lies between gup_fast_fallback()’s entry and its return"

static const struct explanation explanations[] = {
	{ "get call", "pte", "x86_64", KERNEL_DOES_MORE,
	  "get_user_pages_fast_only() and is_valid_gup_args() take 47 that the reference does not "
	  "have" GET_CALL },
	{ "get call", "pte", "s390x", KERNEL_DOES_MORE,
	  "get_user_pages_fast_only() and is_valid_gup_args() take 45 that the reference does not "
	  "have" GET_CALL },
	{ "get call", "pmd", "x86_64", KERNEL_DOES_MORE,
	  "get_user_pages_fast_only() and is_valid_gup_args() take 47 that the reference does not "
	  "have; try_grab_folio_fast() and gup_fast_folio_allowed() are calls, 54 and 16, which are "
	  "inline in the reference" },
	{ "get page", "pte", "x86_64", KERNEL_DOES_MORE,
	  "try_grab_folio_fast() takes 54, two calls among it, the low bit of compound_head tested "
	  "before and after the try-get, and the count read once more; gup_fast_folio_allowed(), a "
	  "call too, 28. In the reference both are inline, and a page points at its head" },
	{ "get page", "pte", "s390x", KERNEL_DOES_MORE,
	  "try_grab_folio_fast() takes 41, a call among it, the low bit of compound_head tested "
	  "before and after the try-get, and the count read once more; gup_fast_folio_allowed(), a "
	  "call too, 24. In the reference both are inline, and a page points at its head" },
	{ "get page", "pmd", "x86_64", KERNEL_DOES_MORE,
	  "record_subpages() makes the page and its place in pages[] from the index in each turn, "
	  "10; in the reference the compiler has made two pointers of them that advance, 5" },
	{ "get pmd", "pte", "x86_64", KERNEL_DOES_MORE,
	  "pte_offset_map() takes 49: a call of __pte_offset_map(), 36, reads the entry again and "
	  "tests it for none, leaf, device and bad before it gives the table, where the reference "
	  "steps into it at once" },
	{ "get pmd", "pte", "s390x", KERNEL_DOES_MORE,
	  "pte_offset_map() takes 24: a call of __pte_offset_map(), 17, reads the entry again and "
	  "tests it for none, leaf and bad before it gives the table, where the reference steps into "
	  "it at once" },
	{ "get pud", "pte", NULL, KERNEL_DOES_MORE, THROUGH_PMD },
	{ "get p4d", "pte", NULL, KERNEL_DOES_MORE, THROUGH_PMD },
	{ "get pgd", "pte", NULL, KERNEL_DOES_MORE, THROUGH_PMD },
	{ "put call", "pte", "x86_64", REFERENCE_DOES_MORE, PUT_WINDOW },
	{ "put call", "pmd", "x86_64", REFERENCE_DOES_MORE, PUT_WINDOW },
	{ "put page", "pte", "x86_64", KERNEL_DOES_MORE, PUT_PAGE_X86 },
	{ "put page", "pmd", "x86_64", KERNEL_DOES_MORE,
	  PUT_PAGE_X86 "; all pages but the first are tail pages, which take 1 more" },
	{ "put page", "pte", "s390x", KERNEL_DOES_MORE,
	  "the driver’s loop reads its page count from memory each turn, 2; put_page() "
	  "tests the low bit of compound_head, 2, where the reference’s page points at "
	  "its head, and has a barrier after the atomic, 1. The reference takes 2 more for the "
	  "decrement and its test" },
};

const struct explanation *explanation_find(const char *quantity, const char *leaf, const char *arch,
					   enum more more)
{
	const struct explanation *general = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(explanations); i++) {
		const struct explanation *e = &explanations[i];

		if (strcmp(e->quantity, quantity) || strcmp(e->leaf, leaf) || e->more != more)
			continue;
		if (e->arch && !strcmp(e->arch, arch))
			return e;
		if (!e->arch)
			general = e;
	}
	return general;
}

#define IN_FALLBACK                                                                                \
	"the kernel’s is all in gup_fast_fallback(), into which gcc has inlined the "            \
	"loops of every level"

/*
 * Explanations of changes of design, by symbol: from `ptbench kernels profile` with the stock
 * scenario as base, and from ref/gup/walk.h.
 */
static const struct {
	const char *arch;
	const char *text;
	bool small;
	long kernel, ref; /* if not small: the only two numbers that the text explains */
} design_explanations[] = {
	{ "s390x", IN_FALLBACK, true, 0, 0 },
	{ "arm64", IN_FALLBACK, true, 0, 0 },
	{ "arm64",
	  IN_FALLBACK "; so is the reference’s, a function whose frame gcc makes 288 bytes "
		      "instead of 272 for the copies of entries, and which saves more registers",
	  false, -2, 14 },
};

const char *design_explanation_find(const char *arch, bool small, double kernel, double ref)
{
	for (size_t i = 0; i < ARRAY_SIZE(design_explanations); i++) {
		if (!strcmp(design_explanations[i].arch, arch) &&
		    design_explanations[i].small == small &&
		    (small || (lround(kernel) == design_explanations[i].kernel &&
			       lround(ref) == design_explanations[i].ref)))
			return design_explanations[i].text;
	}
	return NULL;
}
