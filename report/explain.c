// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why the reference and a kernel differ: facts about their code paths, one row each.
 *
 * Kernel paths are those of Linux 6.12: mm/gup.c, include/linux/mm.h, and the architectures'
 * pgtable.h. A row stands here when somebody has read both disassemblies.
 */
#include <string.h>

#include "explain.h"

static const struct explanation explanations[] = {
	{ "get call", "pte", NULL, KERNEL_DOES_MORE,
	  "before and after the walk the kernel validates the flags, checks the range against the task's "
	  "limit, and saves, disables and restores interrupts in hardware; the reference's interrupt flag "
	  "is a store" },
};

const struct explanation *explanation_find(const char *quantity, const char *leaf, const char *arch,
					   enum more more)
{
	const struct explanation *general = NULL;
	size_t i;

	for (i = 0; i < sizeof(explanations) / sizeof(*explanations); i++) {
		const struct explanation *e = &explanations[i];

		if (strcmp(e->quantity, quantity) != 0 || strcmp(e->leaf, leaf) != 0 || e->more != more)
			continue;
		if (e->arch && strcmp(e->arch, arch) == 0)
			return e;
		if (!e->arch)
			general = e;
	}
	return general;
}
