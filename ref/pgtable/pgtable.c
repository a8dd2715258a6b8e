// SPDX-License-Identifier: GPL-2.0-or-later
/* The builder: makes an mm, maps and unmaps leaves, takes tables out and puts them back. */
#include <errno.h>
#include <stdlib.h>

#include "mm.h"

static bool folded(const struct pgt_fmt *f, int level)
{
	const struct pgt_level_fmt *l = &f->level[level];

	return l->fold == PGT_FOLD_STATIC || (l->fold == PGT_FOLD_MACHINE && l->folded);
}

/* PGT_HOW_REINDEXED: a table of a level below stands in place of `level`'s. */
static bool has_folded_below(const struct pgt_fmt *f, int level)
{
	while (--level > PGT_PTE)
		if (f->level[level].folded)
			return true;
	return false;
}

/*
 * The next table down that exists. A table that several levels are folded into has the name of the
 * lowest of them whose entry is a leaf or points to a PTE table: so the top of i386's two levels is
 * PGT_PMD here, as on s390x with 2 levels.
 */
static struct pgt_real next_real(const struct pgt_fmt *f, int *level)
{
	struct pgt_real real = { (enum pgt_level) * level, f->level[*level].shift,
				 f->level[*level].bits };
	int l = *level;

	while (l > PGT_PTE && folded(f, l - 1))
		l--;
	if (l <= PGT_PUD)
		real.level = (enum pgt_level)l;
	real.shift = f->level[l].shift;
	*level = l - 1;
	return real;
}

/* Sets the tables that an mm with that number of levels really has, and the end of its range. */
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
	/* The top table is a table of the folded level, and no table is above it. */
	if (f->fold_how == PGT_HOW_REINDEXED)
		while (top > PGT_PTE && !f->level[top].folded && has_folded_below(f, top))
			top--;
	for (int l = top; l >= PGT_PTE;)
		mm->real[mm->nr_real++] = next_real(f, &l);
	mm->limit = f->task_size_max;
	if (mm->real[0].shift + mm->real[0].bits < 64 && f->max_levels)
		mm->limit = 1ULL << (mm->real[0].shift + mm->real[0].bits);
	mm->pgdir_shift = f->level[PGT_PGD].shift;
	mm->ptrs_per_p4d = f->level[PGT_P4D].folded ? 1 : 1U << f->level[PGT_P4D].bits;
	for (int l = PGT_PTE; l < PGT_NR_LEVELS; l++)
		mm->enabled[l] = !folded(f, l);
	for (int l = PGT_PTE; l < PGT_NR_LEVELS; l++)
		mm->index_size[l] = f->level[l].bits;
	return 0;
}

static size_t table_size(const struct ref_mm *mm, const struct pgt_real *r)
{
	return (size_t)1 << (r->bits + pgt_entry_shift(&mm->fmt->level[r->level]));
}

static unsigned table_order(const struct ref_mm *mm, const struct pgt_real *r)
{
	size_t size = table_size(mm, r);
	unsigned order = 0;

	while ((size_t)1 << (mm->fmt->page_shift + order) < size)
		order++;
	return order;
}

static void *table_below(const struct ref_mm *mm, enum pgt_level level, uint64_t entry)
{
	return mm->mem + (pgt_table_phys(mm->fmt, level, entry) - mm->fmt->phys_base);
}

/* Fills a table with empty entries; no walker sees it before the release store in its parent. */
static void init_table(struct ref_mm *mm, const struct pgt_real *r, void *table)
{
	const struct pgt_level_fmt *l = &mm->fmt->level[r->level];

	for (size_t i = 0; i < (size_t)1 << r->bits; i++)
		pgt_write_relaxed(mm->fmt, r->level, pgt_entry_at(l, table, i), l->empty);
}

static struct ref_page *alloc_table(struct ref_mm *mm, const struct pgt_real *r)
{
	struct ref_page *page = __ref_folio_alloc(mm, table_order(mm, r), NULL, r->level);

	if (!page)
		return NULL;
	REF_WRITE_ONCE(page->flags, REF_PG_TABLE);
	init_table(mm, r, ref_page_mem(mm, page));
	return page;
}

/* pte_fragment_alloc() of powerpc: takes tables from one page one after the other, each with a
 * reference on the page. Returns the physical address; 0: no memory. */
static uint64_t new_fragment(struct ref_mm *mm, const struct pgt_real *r)
{
	struct ref_page **page = &mm->frag[r->level];
	size_t *used = &mm->frag_used[r->level], at;
	uint64_t phys;

	if (!*page) {
		*page = __ref_folio_alloc(mm, 0, NULL, r->level);
		if (!*page)
			return 0;
		REF_WRITE_ONCE((*page)->flags, REF_PG_TABLE);
		*used = 0;
	} else {
		(void)ref_fetch_add(&(*page)->refcount, 1);
	}
	at = *used;
	phys = ref_page_phys(mm, *page) + at;
	init_table(mm, r, (char *)ref_page_mem(mm, *page) + at);
	*used += table_size(mm, r);
	if (*used >> mm->fmt->page_shift)
		*page = NULL;
	return phys;
}

static bool has_fragments(const struct ref_mm *mm, const struct pgt_real *r)
{
	return mm->fmt->level[r->level].fragments &&
	       table_size(mm, r) < (size_t)1 << mm->fmt->page_shift;
}

static uint64_t new_table(struct ref_mm *mm, const struct pgt_real *r)
{
	struct ref_page *page;

	if (has_fragments(mm, r))
		return new_fragment(mm, r);
	page = alloc_table(mm, r);
	return page ? ref_page_phys(mm, page) : 0;
}

struct ref_page *__pgt_alloc_table_at(struct ref_mm *mm, const struct pgt_real *r)
{
	return alloc_table(mm, r);
}

struct ref_page *__pgt_alloc_table(struct ref_mm *mm, enum pgt_level level)
{
	for (unsigned i = 0; i < mm->nr_real; i++)
		if (mm->real[i].level == level)
			return alloc_table(mm, &mm->real[i]);
	return NULL;
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
	ref_store_release(&mm->pgd, ref_page_mem(mm, mm->pgd_page));
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

/* PXd_SHIFT of the kernel; on riscv PGDIR_SHIFT alone depends on the levels that the CPU has. */
static unsigned kernel_shift(const struct ref_mm *mm, int level)
{
	if (level == PGT_PGD && mm->fmt->fold_how == PGT_HOW_VARIABLE)
		return mm->real[0].shift;
	return mm->fmt->level[level].shift;
}

unsigned pgt_boundary_shift(const struct ref_mm *mm, enum pgt_level level)
{
	unsigned shift;

	if (level < PGT_PMD || level > PGT_PGD)
		return 0;
	shift = kernel_shift(mm, level);
	if (level < PGT_PGD && shift == kernel_shift(mm, level + 1))
		return 0;
	return 1ULL << shift < mm->limit ? shift : 0;
}

bool pgt_level_can_leaf(const struct ref_mm *mm, enum pgt_level level)
{
	return pgt_level_shift(mm, level) && mm->fmt->level[level].can_leaf;
}

static enum pgt_decides who_folds(const struct pgt_level_fmt *l)
{
	switch (l->fold) {
	case PGT_FOLD_STATIC:
		return PGT_FOLDED_COMPILED;
	case PGT_FOLD_MACHINE:
		return l->folded ? PGT_FOLDED_BOOT : PGT_NOT_FOLDED;
	case PGT_FOLD_MM:
		return PGT_FOLDED_MM;
	default:
		return PGT_NOT_FOLDED;
	}
}

int pgt_fmt_shape(const struct pgt_fmt *f, unsigned levels, struct pgt_shape *shape)
{
	struct ref_mm mm = { .fmt = f };
	int err = set_geometry(&mm, levels);

	if (err)
		return err;
	shape->page_shift = mm.fmt->page_shift;
	for (int l = PGT_PTE; l < PGT_NR_LEVELS; l++) {
		shape->level[l].shift = pgt_level_shift(&mm, l);
		shape->level[l].boundary = pgt_boundary_shift(&mm, l);
		shape->level[l].can_leaf = pgt_level_can_leaf(&mm, l);
		shape->level[l].folded = who_folds(&mm.fmt->level[l]);
	}
	return 0;
}

const char *pgt_level_name(enum pgt_level level)
{
	static const char *const names[PGT_NR_LEVELS] = {
		[PGT_PTE] = "pte", [PGT_PMD] = "pmd", [PGT_PUD] = "pud",
		[PGT_P4D] = "p4d", [PGT_PGD] = "pgd",
	};

	return (unsigned)level < PGT_NR_LEVELS ? names[level] : "?";
}

uint64_t pgt_last_addr(const struct ref_mm *mm)
{
	return mm->limit - 1;
}

size_t ref_page_index(struct ref_mm *mm, const struct ref_page *page)
{
	return (size_t)(page - mm->memmap);
}

static struct pgt_entry *entry_of(const struct ref_mm *mm, void *table, const struct pgt_real *r,
				  uint64_t addr)
{
	return pgt_entry_at(&mm->fmt->level[r->level], table,
			    addr >> r->shift & ((1ULL << r->bits) - 1));
}

static bool is_empty(const struct ref_mm *mm, enum pgt_level level, uint64_t entry)
{
	return entry == mm->fmt->level[level].empty;
}

static bool is_leaf(const struct ref_mm *mm, enum pgt_level level, uint64_t entry)
{
	return !is_empty(mm, level, entry) && pgt_leaf(mm->fmt, level, entry);
}

/* A place in the tables, and the entry read there. */
struct place {
	struct pgt_entry *e;
	const struct pgt_real *at;
	uint64_t entry;
};

/*
 * Finds the entry of addr at `level`, or at the first level above whose entry is a leaf or (without
 * `make`) empty. -ENOMEM: no memory for a table. Builder's lock held: nobody else writes.
 */
static int find_entry(struct ref_mm *mm, uint64_t addr, enum pgt_level level, bool make,
		      struct place *p)
{
	void *table = mm->pgd;

	for (p->at = mm->real;; p->at++) {
		p->e = entry_of(mm, table, p->at, addr);
		p->entry = pgt_read(mm->fmt, p->at->level, p->e);
		if (p->at->level == level || is_leaf(mm, p->at->level, p->entry))
			return 0;
		if (is_empty(mm, p->at->level, p->entry)) {
			uint64_t phys;

			if (!make)
				return 0;
			phys = new_table(mm, p->at + 1);
			if (!phys)
				return -ENOMEM;
			/* Release: the new table's empty entries before the pointer to it. */
			p->entry = pgt_table_entry(mm->fmt, p->at->level, phys);
			pgt_write(mm->fmt, p->at->level, p->e, p->entry);
		}
		table = table_below(mm, p->at->level, p->entry);
	}
}

void *__pgt_entry(struct ref_mm *mm, uint64_t addr, enum pgt_level level)
{
	struct place p;

	if (addr >= mm->limit || !pgt_level_shift(mm, level))
		return NULL;
	find_entry(mm, addr, level, false, &p);
	return p.at->level == level ? p.e : NULL;
}

void *__pgt_make_entry(struct ref_mm *mm, uint64_t addr, enum pgt_level level)
{
	struct place p;

	if (addr >= mm->limit || !pgt_level_shift(mm, level))
		return NULL;
	if (find_entry(mm, addr, level, true, &p))
		return NULL;
	return p.at->level == level ? p.e : NULL;
}

/* Finds the empty entry for a leaf of that level at addr. */
static int find_place(struct ref_mm *mm, uint64_t addr, enum pgt_level leaf, struct place *p)
{
	uint64_t size;

	if ((unsigned)leaf >= PGT_NR_LEVELS || !pgt_level_can_leaf(mm, leaf))
		return -EINVAL;
	size = 1ULL << pgt_level_shift(mm, leaf);
	if (addr & (size - 1) || addr >= mm->limit || mm->limit - addr < size)
		return -EINVAL;
	if (find_entry(mm, addr, leaf, true, p))
		return -ENOMEM;
	return is_empty(mm, p->at->level, p->entry) ? 0 : -EEXIST;
}

static void set_leaf(struct ref_mm *mm, const struct place *p, struct ref_page *page, bool writable)
{
	enum pgt_level leaf = p->at->level;

	ref_fetch_add(&ref_page_folio(page)->mapcount, 1);
	pgt_write(mm->fmt, leaf, p->e,
		  pgt_leaf_entry(mm->fmt, leaf, ref_page_phys(mm, page), writable));
}

int pgt_map_folio(struct ref_mm *mm, uint64_t addr, enum pgt_level leaf, bool writable,
		  void *mapping, uint32_t page_flags)
{
	unsigned page_shift = mm->fmt->page_shift;
	struct ref_page *page;
	struct place p;
	int err;

	err = find_place(mm, addr, leaf, &p);
	if (err)
		return err;
	page = __ref_folio_alloc(mm, p.at->shift - page_shift, mapping, addr >> page_shift);
	if (!page)
		return -ENOMEM;
	/* A walker with an old entry may hold the folio already, but will fail its recheck. */
	(void)ref_fetch_or(&page->flags, page_flags);
	set_leaf(mm, &p, page, writable);
	return 0;
}

int pgt_map(struct ref_mm *mm, uint64_t addr, enum pgt_level leaf, bool writable)
{
	return pgt_map_folio(mm, addr, leaf, writable, (char *)mm + REF_MAPPING_ANON,
			     REF_PG_ANON_EXCLUSIVE);
}

int pgt_map_page(struct ref_mm *mm, uint64_t addr, struct ref_page *page, bool writable)
{
	struct place p;
	int err = find_place(mm, addr, PGT_PTE, &p);

	if (!err)
		set_leaf(mm, &p, page, writable);
	return err;
}

/* Clears the entry and returns its page. NULL: the entry was not present (a migration entry,
 * ref/thp), and had no reference. */
static struct ref_page *clear_leaf(struct ref_mm *mm, const struct place *p)
{
	uint64_t old =
		pgt_exchange(mm->fmt, p->at->level, p->e, mm->fmt->level[p->at->level].empty);
	struct ref_page *page;

	if (!pgt_present(mm->fmt, p->at->level, old))
		return NULL;
	page = ref_phys_page(mm, pgt_leaf_phys(mm->fmt, p->at->level, old));
	ref_fetch_add(&ref_page_folio(page)->mapcount, -1);
	return page;
}

struct ref_page *pgt_unmap_page(struct ref_mm *mm, uint64_t addr)
{
	struct place p;

	if (addr >= mm->limit)
		return NULL;
	find_entry(mm, addr, PGT_PTE, false, &p);
	return is_empty(mm, p.at->level, p.entry) ? NULL : clear_leaf(mm, &p);
}

/* Clears the entry, then drops the reference: a walker's try-get and recheck rely on that order. */
int pgt_unmap(struct ref_mm *mm, uint64_t addr)
{
	struct ref_page *page;
	struct place p;

	if (addr >= mm->limit)
		return -ENOENT;
	find_entry(mm, addr, PGT_PTE, false, &p);
	if (is_empty(mm, p.at->level, p.entry))
		return -ENOENT;
	/* contpte_try_unfold(): one entry of a range cannot be cleared alone. */
	if (p.at->level == PGT_PTE && mm->fmt->level[PGT_PTE].cont && pgt_cont(mm->fmt, p.entry))
		pgt_unfold(mm, addr);
	page = clear_leaf(mm, &p);
	if (page)
		ref_folio_put(ref_page_folio(page), 1);
	return 0;
}

/* Finds the entry that points to addr's PTE table, if any; false: no PMD table covers addr. */
static bool parent_entry(struct ref_mm *mm, uint64_t addr, struct place *p)
{
	if (addr >= mm->limit)
		return false;
	find_entry(mm, addr, PGT_PMD, false, p);
	return p->at->level == PGT_PMD && !is_leaf(mm, PGT_PMD, p->entry);
}

struct ref_page *pgt_unlink_table(struct ref_mm *mm, uint64_t addr)
{
	struct place p;

	if (!parent_entry(mm, addr, &p) || is_empty(mm, PGT_PMD, p.entry))
		return NULL;
	if (has_fragments(mm, p.at + 1))
		return NULL;
	pgt_clear(mm->fmt, PGT_PMD, p.e);
	return ref_phys_page(mm, pgt_table_phys(mm->fmt, PGT_PMD, p.entry));
}

int pgt_link_table(struct ref_mm *mm, uint64_t addr, struct ref_page *table)
{
	struct place p;

	if (!parent_entry(mm, addr, &p))
		return -ENOENT;
	if (!is_empty(mm, PGT_PMD, p.entry))
		return -EEXIST;
	pgt_write(mm->fmt, PGT_PMD, p.e,
		  pgt_table_entry(mm->fmt, PGT_PMD, ref_page_phys(mm, table)));
	return 0;
}

void *pgt_table_mem(struct ref_mm *mm, struct ref_page *table, size_t *size)
{
	*size = table_size(mm, &mm->real[mm->nr_real - 1]);
	return ref_page_mem(mm, table);
}
