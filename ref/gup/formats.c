// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of page-table formats, and what is asked of one by its name. */
#include <array_size.h>
#include <errno.h>
#include <string.h>

#include "../pgtable/mm.h"
#include "archs.h"

#define ARCH(arch) &pgt_arch_##arch,
static const struct pgt_arch *const archs[] = { PGT_ARCHS(ARCH) };

const struct pgt_fmt *pgt_format_at(size_t i)
{
	for (size_t a = 0; a < ARRAY_SIZE(archs); i -= archs[a++]->nr_formats)
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

	for (size_t a = 0; a < ARRAY_SIZE(archs); a++)
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

int ref_mm_create(const struct pgt_opts *opts, struct ref_mm **out)
{
	return ref_mm_create_fmt(pgt_format_find(opts->format), opts->levels, opts->nr_frames, out);
}

int pgt_format_shape(const char *format, unsigned levels, struct pgt_shape *shape)
{
	const struct pgt_fmt *f = pgt_format_find(format);

	return f ? pgt_fmt_shape(f, levels, shape) : -EINVAL;
}
