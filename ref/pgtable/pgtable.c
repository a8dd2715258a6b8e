// SPDX-License-Identifier: GPL-2.0-or-later
/* The builder: makes an mm, maps and unmaps leaves, takes tables out and puts them back. */
#include <errno.h>
#include <stdlib.h>

#include "mm.h"

/* The tables that an mm with so many levels really has, and the end of its range. */
static int set_geometry(struct ref_mm *mm, unsigned levels)
{
	const struct pgt_fmt *f = mm->fmt;
	int top = PGT_PGD;

	if (f->max_levels) {
		if (levels < f->min_levels || levels > f->max_levels)
			return -EINVAL;
		top = (int)levels - 1;
	} else if (levels) {
		return -EINVAL;
	}
	for (int l = top; l >= 0; l--) {
		const struct pgt_level_fmt *lf = &f->level[l];
		struct pgt_real real = { (enum pgt_level)l, lf->shift, lf->bits };

		if (lf->fold == PGT_FOLD_STATIC)
			continue;
		if (lf->fold == PGT_FOLD_MACHINE && f->machine_folds)
			continue;
		mm->real[mm->nr_real++] = real;
	}
	mm->limit = f->task_size_max;
	if (mm->real[0].shift + mm->real[0].bits < 64 && f->max_levels)
		mm->limit = 1ULL << (mm->real[0].shift + mm->real[0].bits);
	mm->pgdir_shift = f->level[PGT_PGD].shift;
	mm->ptrs_per_p4d = f->machine_folds ? 1 : 1U << f->level[PGT_P4D].bits;
	return 0;
}

static unsigned table_order(const struct ref_mm *mm, unsigned bits)
{
	unsigned bytes_shift = bits + 3;

	return bytes_shift > mm->fmt->page_shift ? bytes_shift - mm->fmt->page_shift : 0;
}

static uint64_t *table_of(struct ref_mm *mm, const struct ref_page *page)
{
	return (uint64_t *)(mm->mem + ref_page_phys(mm, page));
}

/* A table full of empty entries; nobody sees it before its parent's release store. */
static struct ref_page *alloc_table(struct ref_mm *mm, const struct pgt_real *r)
{
	struct ref_page *page = __ref_folio_alloc(mm, table_order(mm, r->bits), NULL, r->level);
	uint64_t *table;

	if (!page)
		return NULL;
	REF_WRITE_ONCE(page->flags, REF_PG_TABLE);
	table = table_of(mm, page);
	for (size_t i = 0; i < (size_t)1 << r->bits; i++)
		REF_WRITE_ONCE(table[i], mm->fmt->level[r->level].empty);
	return page;
}

struct ref_page *__pgt_alloc_table(struct ref_mm *mm, enum pgt_level level)
{
	for (unsigned i = 0; i < mm->nr_real; i++)
		if (mm->real[i].level == level)
			return alloc_table(mm, &mm->real[i]);
	return NULL;
}

int ref_mm_create(const struct pgt_opts *opts, struct ref_mm **out)
{
	return ref_mm_create_fmt(pgt_format_find(opts->format), opts->levels, opts->nr_frames, out);
}

int ref_mm_create_fmt(const struct pgt_fmt *f, unsigned levels, size_t nr_frames,
		      struct ref_mm **out)
{
	struct ref_mm *mm;
	int err;

	*out = NULL;
	mm = aligned_alloc(64, (sizeof(*mm) + 63) & ~(size_t)63);
	if (!mm)
		return -ENOMEM;
	*mm = (struct ref_mm){ .fmt = f };
	err = f ? set_geometry(mm, levels) : -EINVAL;
	if (err)
		goto out_free;
	err = ref_frames_init(mm, nr_frames);
	if (err)
		goto out_free;
	err = -ENOMEM;
	mm->pgd_page = alloc_table(mm, &mm->real[0]);
	if (!mm->pgd_page)
		goto out_frames;
	ref_store_release(&mm->pgd, table_of(mm, mm->pgd_page));
	*out = mm;
	return 0;

out_frames:
	ref_frames_exit(mm);
out_free:
	free(mm);
	return err;
}

void ref_mm_destroy(struct ref_mm *mm)
{
	if (!mm)
		return;
	ref_frames_exit(mm);
	free(mm);
}

unsigned pgt_page_shift(const struct ref_mm *mm)
{
	return mm->fmt->page_shift;
}

unsigned pgt_level_shift(const struct ref_mm *mm, enum pgt_level level)
{
	for (unsigned i = 0; i < mm->nr_real; i++)
		if (mm->real[i].level == level)
			return mm->real[i].shift;
	return 0;
}

bool pgt_level_can_leaf(const struct ref_mm *mm, enum pgt_level level)
{
	return pgt_level_shift(mm, level) && mm->fmt->level[level].can_leaf;
}

uint64_t pgt_last_addr(const struct ref_mm *mm)
{
	return mm->limit - 1;
}

size_t ref_page_index(struct ref_mm *mm, const struct ref_page *page)
{
	return (size_t)(page - mm->memmap);
}

static uint64_t *entry_of(uint64_t *table, const struct pgt_real *r, uint64_t addr)
{
	return table + ((addr >> r->shift) & ((1ULL << r->bits) - 1));
}

static bool is_empty(const struct ref_mm *mm, enum pgt_level level, uint64_t entry)
{
	return entry == mm->fmt->level[level].empty;
}

static bool is_leaf(const struct ref_mm *mm, enum pgt_level level, uint64_t entry)
{
	const struct pgt_level_fmt *l = &mm->fmt->level[level];

	return l->can_leaf && (entry & l->leaf_mask) == l->leaf_set;
}

/*
 * The entry of addr at `level`, or at the first level above whose entry is a leaf (*at says which)
 * or, unless tables may be made, empty. NULL: no memory for a table.
 */
static uint64_t *find_entry(struct ref_mm *mm, uint64_t addr, enum pgt_level level, bool make,
			    const struct pgt_real **at)
{
	uint64_t *table = mm->pgd;

	for (const struct pgt_real *r = mm->real;; r++) {
		const struct pgt_level_fmt *l = &mm->fmt->level[r->level];
		uint64_t *e = entry_of(table, r, addr);

		*at = r;
		if (r->level == level || is_leaf(mm, r->level, *e))
			return e;
		if (is_empty(mm, r->level, *e)) {
			struct ref_page *page;

			if (!make)
				return e;
			page = alloc_table(mm, r + 1);
			if (!page)
				return NULL;
			/* The new table's empty entries before the pointer to it; pairs with the
			 * walkers' acquire. */
			ref_store_release(e, ref_page_phys(mm, page) | l->table);
		}
		table = (uint64_t *)(mm->mem + (*e & l->table_origin));
	}
}

void *__pgt_entry(struct ref_mm *mm, uint64_t addr, enum pgt_level level)
{
	const struct pgt_real *at;
	uint64_t *e;

	if (addr >= mm->limit || !pgt_level_shift(mm, level))
		return NULL;
	e = find_entry(mm, addr, level, false, &at);
	return at->level == level ? e : NULL;
}

void *__pgt_make_entry(struct ref_mm *mm, uint64_t addr, enum pgt_level level)
{
	const struct pgt_real *at;
	uint64_t *e;

	if (addr >= mm->limit || !pgt_level_shift(mm, level))
		return NULL;
	e = find_entry(mm, addr, level, true, &at);
	return e && at->level == level ? e : NULL;
}

/* The empty entry where such a leaf can go. */
static int find_place(struct ref_mm *mm, uint64_t addr, enum pgt_level leaf, uint64_t **e)
{
	const struct pgt_real *at;
	uint64_t size;

	if ((unsigned)leaf >= PGT_NR_LEVELS || !pgt_level_can_leaf(mm, leaf))
		return -EINVAL;
	size = 1ULL << mm->fmt->level[leaf].shift;
	if (addr & (size - 1) || addr >= mm->limit || mm->limit - addr < size)
		return -EINVAL;
	*e = find_entry(mm, addr, leaf, true, &at);
	if (!*e)
		return -ENOMEM;
	return is_empty(mm, at->level, **e) ? 0 : -EEXIST;
}

static void set_leaf(struct ref_mm *mm, uint64_t *e, enum pgt_level leaf, struct ref_page *page,
		     bool writable)
{
	const struct pgt_level_fmt *l = &mm->fmt->level[leaf];

	ref_fetch_add(&ref_page_folio(page)->mapcount, 1);
	ref_store_release(e, ref_page_phys(mm, page) | (writable ? l->leaf_rw : l->leaf_ro));
}

int pgt_map_folio(struct ref_mm *mm, uint64_t addr, enum pgt_level leaf, bool writable,
		  void *mapping, uint32_t page_flags)
{
	unsigned page_shift = mm->fmt->page_shift;
	struct ref_page *page;
	uint64_t *e;
	int err;

	err = find_place(mm, addr, leaf, &e);
	if (err)
		return err;
	page = __ref_folio_alloc(mm, mm->fmt->level[leaf].shift - page_shift, mapping,
				 addr >> page_shift);
	if (!page)
		return -ENOMEM;
	/* A walker with an old entry may have the folio already, but not pass its recheck. */
	(void)ref_fetch_or(&page->flags, page_flags);
	set_leaf(mm, e, leaf, page, writable);
	return 0;
}

int pgt_map(struct ref_mm *mm, uint64_t addr, enum pgt_level leaf, bool writable)
{
	return pgt_map_folio(mm, addr, leaf, writable, (char *)mm + REF_MAPPING_ANON,
			     REF_PG_ANON_EXCLUSIVE);
}

int pgt_map_page(struct ref_mm *mm, uint64_t addr, struct ref_page *page, bool writable)
{
	uint64_t *e;
	int err = find_place(mm, addr, PGT_PTE, &e);

	if (!err)
		set_leaf(mm, e, PGT_PTE, page, writable);
	return err;
}

/*
 * Clear the entry, then drop the reference: a walker's try-get and recheck rely on that order. An
 * entry that is not present (a migration entry, ref/thp) has none.
 */
static void clear_leaf(struct ref_mm *mm, enum pgt_level level, uint64_t *e)
{
	const struct pgt_level_fmt *l = &mm->fmt->level[level];
	uint64_t old = ref_xchg(e, l->empty);
	struct ref_page *folio;

	if ((old & l->present_mask) == l->absent)
		return;
	folio = ref_page_folio(&mm->memmap[(old & l->leaf_origin) >> mm->fmt->page_shift]);
	ref_fetch_add(&folio->mapcount, -1);
	ref_folio_put(folio, 1);
}

int pgt_unmap(struct ref_mm *mm, uint64_t addr)
{
	const struct pgt_real *at;
	uint64_t *e;

	if (addr >= mm->limit)
		return -ENOENT;
	e = find_entry(mm, addr, PGT_PTE, false, &at);
	if (is_empty(mm, at->level, *e))
		return -ENOENT;
	clear_leaf(mm, at->level, e);
	return 0;
}

/* The entry that would point to addr's PTE table, or NULL when no PMD table covers addr. */
static uint64_t *parent_entry(struct ref_mm *mm, uint64_t addr)
{
	const struct pgt_real *at;
	uint64_t *e;

	if (addr >= mm->limit)
		return NULL;
	e = find_entry(mm, addr, PGT_PMD, false, &at);
	return at->level == PGT_PMD && !is_leaf(mm, PGT_PMD, *e) ? e : NULL;
}

struct ref_page *pgt_unlink_table(struct ref_mm *mm, uint64_t addr)
{
	const struct pgt_level_fmt *l = &mm->fmt->level[PGT_PMD];
	uint64_t *e = parent_entry(mm, addr);
	uint64_t old;

	if (!e || is_empty(mm, PGT_PMD, *e))
		return NULL;
	old = *e;
	ref_store_release(e, l->empty);
	return &mm->memmap[(old & l->table_origin) >> mm->fmt->page_shift];
}

int pgt_link_table(struct ref_mm *mm, uint64_t addr, struct ref_page *table)
{
	uint64_t *e = parent_entry(mm, addr);

	if (!e)
		return -ENOENT;
	if (!is_empty(mm, PGT_PMD, *e))
		return -EEXIST;
	ref_store_release(e, ref_page_phys(mm, table) | mm->fmt->level[PGT_PMD].table);
	return 0;
}

void *pgt_table_mem(struct ref_mm *mm, struct ref_page *table, size_t *size)
{
	*size = (size_t)8 << mm->fmt->level[PGT_PTE].bits;
	return table_of(mm, table);
}
