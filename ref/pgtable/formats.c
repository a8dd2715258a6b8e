// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of page-table formats. */
#include <string.h>

#include "archs.h"

#define ARCH(arch) &pgt_arch_##arch,
static const struct pgt_arch *const archs[] = { PGT_ARCHS(ARCH) };
#define NR_ARCHS (sizeof(archs) / sizeof(archs[0]))

const struct pgt_fmt *pgt_format_at(size_t i)
{
	for (size_t a = 0; a < NR_ARCHS; i -= archs[a++]->nr_formats)
		if (i < archs[a]->nr_formats)
			return archs[a]->formats[i];
	return NULL;
}

const struct pgt_fmt *pgt_format_find(const char *name)
{
	const struct pgt_fmt *f;

	for (size_t i = 0; name && (f = pgt_format_at(i)); i++)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

size_t pgt_nr_formats(void)
{
	size_t nr = 0;

	for (size_t a = 0; a < NR_ARCHS; a++)
		nr += archs[a]->nr_formats;
	return nr;
}

const char *pgt_format_name(size_t i)
{
	const struct pgt_fmt *f = pgt_format_at(i);

	return f ? f->name : NULL;
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
