// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why the reference and a kernel differ: facts about their code paths, one row each.
 *
 * Kernel paths are those of Linux 6.12: mm/gup.c, include/linux/mm.h, and the architectures'
 * pgtable.h. A row stands here when somebody has read both disassemblies.
 */
#include <stddef.h>
#include <string.h>

#include "explain.h"

#define DESCENT                                                                                    \
	"pte_offset_map() is a call of __pte_offset_map(), which reads the entry again and tests " \
	"it "                                                                                      \
	"for none, migration, leaf, device and bad before it gives the table; the reference "      \
	"steps "                                                                                   \
	"into the table at once"

#define THROUGH_PMD                                                                                \
	"the far side is reached through a new pmd entry, and that step is what differs: see the " \
	"crossing of a pmd boundary"

#define CALLS                                                                                      \
	"try_grab_folio_fast() and gup_fast_folio_allowed() are calls, and the loop keeps its "    \
	"state "                                                                                   \
	"on the stack; the reference's walker has all of it inline"

static const struct explanation explanations[] = {
	{ "get call", "pte", "x86_64", KERNEL_DOES_MORE,
	  "get_user_pages_fast_only() checks its flags in is_valid_gup_args(), the range is "
	  "checked for wrapping and against the user limit, and interrupts are saved, disabled and "
	  "restored in hardware (pushf, cli) where the reference stores a flag; its one page and "
	  "the step into its page table cost more too, as the rows below say" },
	{ "get call", "pte", "s390x", KERNEL_DOES_MORE,
	  "get_user_pages_fast_only() checks its flags in is_valid_gup_args(), and interrupts are "
	  "saved, disabled and restored in hardware (stnsm, ssm) where the reference stores a "
	  "flag; its one page and the step into its page table cost more too, as the rows below "
	  "say" },
	{ "get call", "pmd", "x86_64", KERNEL_DOES_MORE,
	  "the checks of flags and range, the interrupt flag in hardware, and record_subpages(), "
	  "which goes through mem_section as for each further page" },
	{ "get page", "pte", "x86_64", KERNEL_DOES_MORE,
	  CALLS ". pte_pfn() undoes the inversion against L1TF, and without SPARSEMEM_VMEMMAP, as "
		"this guest is configured, pfn_to_page() looks the section up in mem_section; the "
		"reference adds an index" },
	{ "get page", "pte", "s390x", KERNEL_DOES_MORE, CALLS },
	{ "get page", "pmd", "x86_64", KERNEL_DOES_MORE,
	  "record_subpages() calls nth_page() for each page, which without SPARSEMEM_VMEMMAP, as "
	  "this guest is configured, goes to a frame number and back through mem_section; the "
	  "reference adds an index" },
	{ "get pmd", "pte", NULL, KERNEL_DOES_MORE, DESCENT },
	{ "get pud", "pte", NULL, KERNEL_DOES_MORE, THROUGH_PMD },
	{ "get p4d", "pte", NULL, KERNEL_DOES_MORE, THROUGH_PMD },
	{ "get pgd", "pte", NULL, KERNEL_DOES_MORE, THROUGH_PMD },
	{ "put call", "pte", NULL, REFERENCE_DOES_MORE,
	  "around the reference the window holds the case's loop and the call of gup_put(); "
	  "put_page() is inline in the driver's loop" },
	{ "put call", "pmd", NULL, REFERENCE_DOES_MORE,
	  "around the reference the window holds the case's loop and the call of gup_put(); "
	  "put_page() is inline in the driver's loop" },
	{ "put page", "pte", NULL, KERNEL_DOES_MORE,
	  "put_page() finds the folio by the low bit of compound_head, where the reference's page "
	  "points at its head, and the driver's loop reads its page count from memory each turn" },
	{ "put page", "pmd", NULL, KERNEL_DOES_MORE,
	  "put_page() finds the folio by the low bit of compound_head, where the reference's page "
	  "points at its head, and the driver's loop reads its page count from memory each turn" },
};

const struct explanation *explanation_find(const char *quantity, const char *leaf, const char *arch,
					   enum more more)
{
	const struct explanation *general = NULL;
	size_t i;

	for (i = 0; i < sizeof(explanations) / sizeof(*explanations); i++) {
		const struct explanation *e = &explanations[i];

		if (strcmp(e->quantity, quantity) != 0 || strcmp(e->leaf, leaf) != 0 ||
		    e->more != more)
			continue;
		if (e->arch && strcmp(e->arch, arch) == 0)
			return e;
		if (!e->arch)
			general = e;
	}
	return general;
}
