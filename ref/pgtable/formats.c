// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of page-table formats. */
#include <string.h>

#include "fmt_s390x.h"
#include "fmt_x86_64.h"

const struct pgt_fmt *const pgt_formats[] = {
	&pgt_fmt_x86_64_4k_48,
	&pgt_fmt_x86_64_4k_57,
	&pgt_fmt_x86_64_4k_57_folded,
	&pgt_fmt_s390x,
	NULL,
};

const struct pgt_fmt *pgt_format_find(const char *name)
{
	for (const struct pgt_fmt *const *f = pgt_formats; name && *f; f++)
		if (!strcmp((*f)->name, name))
			return *f;
	return NULL;
}

size_t pgt_nr_formats(void)
{
	return sizeof(pgt_formats) / sizeof(pgt_formats[0]) - 1;
}

const char *pgt_format_name(size_t i)
{
	return i < pgt_nr_formats() ? pgt_formats[i]->name : NULL;
}

bool pgt_format_folds_per_mm(const char *format)
{
	const struct pgt_fmt *f = pgt_format_find(format);

	return f && f->max_levels;
}

const char *pgt_level_name(enum pgt_level level)
{
	static const char *const names[PGT_NR_LEVELS] = {
		[PGT_PTE] = "pte", [PGT_PMD] = "pmd", [PGT_PUD] = "pud",
		[PGT_P4D] = "p4d", [PGT_PGD] = "pgd",
	};

	return (unsigned)level < PGT_NR_LEVELS ? names[level] : "?";
}
