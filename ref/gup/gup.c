// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of walkers, the slow walk with references, and the put. */
#include <array_size.h>
#include <string.h>

#include "archs.h"
#include "instance.h"

#define ARCH(arch) &pgt_arch_##arch,
static const struct pgt_arch *const archs[] = { PGT_ARCHS(ARCH) };

/* True: this level's entry may be the entry of the level above; a generic pXd_offset() then gives
 * the caller's copy of that entry. A walk reads past the copy, or reads the copy again. */
static bool may_be_folded(const struct pgt_fmt *f, int level)
{
	const struct pgt_level_fmt *l = &f->level[level];

	return l->fold == PGT_FOLD_STATIC || (l->fold == PGT_FOLD_MACHINE && l->folded) ||
	       (level < PGT_PGD && f->level[level + 1].fold == PGT_FOLD_MM);
}

/* True: the walker's pointer to an entry of `level` points into a table, not to a copy. */
static bool pointer_is_real(const struct pgt_fmt *f, enum gup_design design, int level)
{
	const struct pgt_level_fmt *l = &f->level[level];
	bool arm64_own = design == GUP_ALIGN_REAL || design == GUP_RELOAD_REAL;

	if (!may_be_folded(f, level))
		return true;
	if (f->fold_how == PGT_HOW_REINDEXED && l->fold == PGT_FOLD_MACHINE)
		return arm64_own && pointer_is_real(f, design, level + 1);
	if (design == GUP_RELOAD_REAL && level == PGT_P4D)
		return true;
	return design == GUP_OFFSET_LOCKLESS && f->has_offset_lockless;
}

/* `static` walks levels that the mm may not have. A walk that aligns the pointer to an entry down
 * to the table around it (arm64) needs a pointer into that table. */
static bool is_busted(const struct pgt_fmt *f, enum gup_design design)
{
	for (int l = PGT_PMD; l < PGT_PGD; l++)
		if (f->fold_how == PGT_HOW_REINDEXED && f->level[l].folded &&
		    !pointer_is_real(f, design, l))
			return true;
	return f->type_mask && design == GUP_STATIC;
}

/* A PTE table's parent is read again, and so is a huge leaf. */
static bool rechecks_copy(const struct pgt_fmt *f, enum gup_design design)
{
	return !pointer_is_real(f, design, PGT_PMD) ||
	       (f->level[PGT_PUD].can_leaf && !pointer_is_real(f, design, PGT_PUD));
}

/* Runs before main(), so that all later code sees a complete table. */
__attribute__((constructor)) static void describe_walkers(void)
{
	for (size_t a = 0; a < ARRAY_SIZE(archs); a++) {
		for (size_t i = 0; i < archs[a]->nr_walkers; i++) {
			struct gup_instance *inst = &archs[a]->walkers[i];

			inst->walker.format = inst->fmt->name;
			inst->walker.busted = is_busted(inst->fmt, inst->design);
			inst->walker.rechecks_copy = rechecks_copy(inst->fmt, inst->design);
		}
	}
}

size_t gup_nr_walkers(void)
{
	size_t nr = 0;

	for (size_t a = 0; a < ARRAY_SIZE(archs); a++)
		nr += archs[a]->nr_walkers;
	return nr;
}

const struct gup_walker *gup_walker_at(size_t i)
{
	for (size_t a = 0; a < ARRAY_SIZE(archs); i -= archs[a++]->nr_walkers)
		if (i < archs[a]->nr_walkers)
			return &archs[a]->walkers[i].walker;
	return NULL;
}

const struct gup_walker *gup_walker_find(const char *format, const char *design)
{
	const struct gup_walker *w;

	for (size_t i = 0; (w = gup_walker_at(i)); i++)
		if (!strcmp(w->format, format) && !strcmp(w->design, design))
			return w;
	return NULL;
}

static const struct gup_instance *gup_instance_of(const struct gup_walker *w)
{
	return (const struct gup_instance *)((const char *)w -
					     offsetof(struct gup_instance, walker));
}

bool gup_designs_differ(const struct gup_walker *a, const struct gup_walker *b)
{
	return gup_instances_differ(gup_instance_of(a), gup_instance_of(b));
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
