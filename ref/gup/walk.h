/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one source of the lockless walk: always-inline functions over a constant format and variant.
 *
 * Steps and their order are those of mm/gup.c (Linux 6.12); each function names its counterpart.
 * What get_user_pages_fast_only() does for FOLL_GET is here; FOLL_PIN, FOLL_LONGTERM and device
 * memory are not, and pages of the latter stop the walk.
 */
#ifndef REF_GUP_WALK_H
#define REF_GUP_WALK_H

/* As the kernel is compiled: GCC would else spill to floating-point registers here. */
#ifdef __s390x__
#pragma GCC target("soft-float")
#endif

#include <ref/gup.h>

#include "../pgtable/mm.h"

enum gup_design {
	GUP_STATIC,	     /* constant pXd_addr_end(), pXd_offset(&value): v5.2 to v5.8 */
	GUP_ADDR_END_FOLDED, /* pgd and p4d clip by the entry's value (RFC v2, September 2020) */
	GUP_ADDR_END_GLOBAL, /* every level's clip takes the value (that RFC's further patches) */
	GUP_OFFSET_LOCKLESS, /* pXd_offset_lockless(pointer, value): d3f7b1bb2040, as merged */
};

/*
 * What is instantiated. The booleans are for tests only: one lays out the copies of entries so
 * that reading past one is defined, the others leave out a step whose absence has to be noticed.
 */
struct gup_variant {
	enum gup_design design;
	bool one_object;
	bool no_entry_recheck, no_pmd_recheck, no_head_recheck;
	bool get_after_recheck; /* the entries are read again, and then the reference is taken */
	bool relaxed_get;	/* the try-get orders nothing: the recheck may come before it */
	bool no_write_check, no_clip, no_limit;
	bool clip_without_wrap; /* next > end instead of comparing both less one */
	void (*before_table)(uint64_t pmd); /* between a PMD's load and its table's first entry's */
	void (*before_get)(struct ref_page *page);   /* between an entry's load and the try-get */
	void (*before_head)(struct ref_page *page);  /* between finding the head and the try-get */
	void (*before_recheck)(struct ref_page *page);
};

/*
 * Copies of entries on the walker's stack, as a compiler may well lay them out: innermost frame
 * first, each entry both as argument and as its caller's local. Only for variants with one_object.
 */
enum gup_copy {
	GUP_PUD_ARG, GUP_PUD_LOCAL, GUP_P4D_ARG, GUP_P4D_LOCAL, GUP_PGD_ARG, GUP_PGD_LOCAL,
	GUP_COPY_GUARD, GUP_NR_COPIES
};

struct gup_walk {
	const struct ref_mm *mm;
	char *mem;
	struct ref_page *memmap;
	struct ref_page **pages;
	unsigned long nr;
	unsigned flags;
	uint64_t *copies; /* GUP_NR_COPIES, or NULL */
};

#define GUP_ARGS const struct pgt_fmt *f, const struct gup_variant *v, struct gup_walk *w

/* ---- what a format says about an entry ---- */

REF_ALWAYS_INLINE unsigned gup_entry_type(const struct pgt_fmt *f, uint64_t entry)
{
	return (unsigned)(entry & f->type_mask) >> f->type_shift;
}

/* pXd_folded(): the level of this entry is not `level` but one below. */
REF_ALWAYS_INLINE bool gup_folded(const struct pgt_fmt *f, enum pgt_level level, uint64_t entry)
{
	return f->level[level].fold == PGT_FOLD_MM &&
	       gup_entry_type(f, entry) < (unsigned)(level - PGT_PMD);
}

/* The level below `level` is folded into it, for this kernel or machine. */
REF_ALWAYS_INLINE bool gup_below_folded(const struct pgt_fmt *f, enum pgt_level level)
{
	enum pgt_fold fold = f->level[level - 1].fold;

	return fold == PGT_FOLD_STATIC || (fold == PGT_FOLD_MACHINE && f->machine_folds);
}

/* pXd_present(), for the top level !pgd_none(): "present, fine" where the level is folded. */
REF_ALWAYS_INLINE bool gup_present(const struct pgt_fmt *f, enum pgt_level level, uint64_t entry)
{
	const struct pgt_level_fmt *l = &f->level[level];

	if (gup_below_folded(f, level) || gup_folded(f, level, entry))
		return true;
	return (entry & l->present_mask) != l->absent;
}

/* pXd_leaf() */
REF_ALWAYS_INLINE bool gup_leaf(const struct pgt_fmt *f, enum pgt_level level, uint64_t entry)
{
	const struct pgt_level_fmt *l = &f->level[level];

	return l->can_leaf && (entry & l->leaf_mask) == l->leaf_set;
}

/* pXd_protnone() */
REF_ALWAYS_INLINE bool gup_protnone(const struct pgt_fmt *f, enum pgt_level level, uint64_t entry)
{
	const struct pgt_level_fmt *l = &f->level[level];

	return l->protnone_mask && (entry & l->protnone_mask) == l->protnone_set;
}

/* pXd_access_permitted(), then pXd_special() and pXd_devmap(). */
REF_ALWAYS_INLINE bool gup_access_permitted(GUP_ARGS, enum pgt_level level, uint64_t entry)
{
	const struct pgt_level_fmt *l = &f->level[level];
	uint64_t need = l->need_read;

	if (w->flags & GUP_WRITE && !v->no_write_check)
		need |= l->need_write;
	if ((entry & need) != need)
		return false;
	return !(entry & (l->special | l->devmap));
}

/* ---- clip: pXd_addr_end() ---- */

/* The least of end and the next multiple of size. Less one on both sides makes 0 the top of the
 * address space, for a boundary as for an end (include/linux/pgtable.h). */
REF_ALWAYS_INLINE uint64_t gup_clip(const struct gup_variant *v, uint64_t size, uint64_t addr,
				    uint64_t end)
{
	uint64_t boundary = (addr + size) & ~(size - 1);

	if (v->no_clip)
		return end;
	if (v->clip_without_wrap)
		return boundary < end ? boundary : end;
	return boundary - 1 < end - 1 ? boundary : end;
}

REF_ALWAYS_INLINE uint64_t gup_addr_end(GUP_ARGS, enum pgt_level level, uint64_t entry,
					uint64_t addr, uint64_t end)
{
	const struct pgt_level_fmt *l = &f->level[level];
	bool by_value = v->design == GUP_ADDR_END_GLOBAL ||
			(v->design == GUP_ADDR_END_FOLDED && level >= PGT_P4D);

	if (l->fold == PGT_FOLD_STATIC)
		return end;
	if (f->type_mask && by_value)
		return gup_clip(v, 1ULL << (f->type_base_shift +
					    gup_entry_type(f, entry) * f->type_bits), addr, end);
	if (level == PGT_PGD && f->level[PGT_P4D].fold == PGT_FOLD_MACHINE)
		return gup_clip(v, 1ULL << w->mm->pgdir_shift, addr, end);
	return gup_clip(v, 1ULL << l->shift, addr, end);
}

/* ---- descent: pXd_offset() ---- */

/* The table below an entry of `level`, at addr's index. */
REF_ALWAYS_INLINE uint64_t *gup_deref(const struct pgt_fmt *f, const struct gup_walk *w,
				      enum pgt_level level, uint64_t entry, uint64_t addr)
{
	const struct pgt_level_fmt *l = &f->level[level], *below = &f->level[level - 1];
	uint64_t *table = (uint64_t *)(w->mem + (entry & l->table_origin));
	uint64_t nr = 1ULL << below->bits;

	if (below->fold == PGT_FOLD_MACHINE)
		nr = w->mm->ptrs_per_p4d;
	return table + ((addr >> below->shift) & (nr - 1));
}

/*
 * pXd_offset_lockless(real, entry, addr) of the level below `level`. Only an architecture's own
 * gives the real pointer back when that level is folded; the generic one, and every other design,
 * gives the address of the caller's copy. The next word after that is not a page-table entry, and
 * the same word read again is not what the table says by then.
 */
REF_ALWAYS_INLINE uint64_t *gup_offset(GUP_ARGS, enum pgt_level level, uint64_t *real,
				       uint64_t *copy, uint64_t entry, uint64_t addr)
{
	if (!gup_below_folded(f, level) && !gup_folded(f, level, entry))
		return gup_deref(f, w, level, entry, addr);
	if (v->design == GUP_OFFSET_LOCKLESS && f->has_offset_lockless)
		return real;
	return copy;
}

/* Where the by-value argument `own` of a level's function lies; see enum gup_copy. */
REF_ALWAYS_INLINE uint64_t *gup_copy(const struct gup_variant *v, struct gup_walk *w,
				     enum gup_copy arg, uint64_t *own)
{
	if (!v->one_object)
		return own;
	w->copies[arg] = w->copies[arg + 1] = *own;
	return &w->copies[arg];
}

/* pgd_offset(): where levels fold per mm, by the type of the table's first entry. */
REF_ALWAYS_INLINE uint64_t *gup_pgd_offset(const struct pgt_fmt *f, const struct gup_walk *w,
					   uint64_t addr)
{
	uint64_t *pgd = ref_load_acquire(&w->mm->pgd);
	unsigned shift = f->level[PGT_PGD].shift;

	if (f->level[PGT_P4D].fold == PGT_FOLD_MACHINE)
		shift = w->mm->pgdir_shift;
	if (f->type_mask)
		shift = f->type_base_shift +
			gup_entry_type(f, REF_READ_ONCE(pgd[0])) * f->type_bits;
	return pgd + ((addr >> shift) & ((1ULL << f->level[PGT_PGD].bits) - 1));
}

/* ---- references ---- */

REF_ALWAYS_INLINE bool gup_add_refs(const struct gup_variant *v, struct ref_page *folio, int refs)
{
	if (v->relaxed_get)
		return ref_count_add_unless_zero_relaxed(&folio->refcount, refs);
	return ref_count_add_unless_zero(&folio->refcount, refs);
}

/* try_get_folio(): a reference, and then that the page still belongs to that folio. */
REF_ALWAYS_INLINE struct ref_page *gup_try_get_folio(const struct gup_variant *v,
						     struct ref_page *page, int refs)
{
	struct ref_page *folio;

	if (v->before_get)
		v->before_get(page);
	for (;;) {
		folio = ref_page_folio(page);
		if (v->before_head)
			v->before_head(page);
		if (ref_unlikely(REF_READ_ONCE(folio->refcount) < 0))
			return NULL;
		if (ref_unlikely(!gup_add_refs(v, folio, refs)))
			return NULL;
		REF_STEP("gup: folio referenced");
		if (v->no_head_recheck || ref_likely(ref_page_folio(page) == folio))
			return folio;
		ref_folio_put(folio, refs);
	}
}

/*
 * gup_fast_folio_allowed() for FOLL_GET: no page is refused for being file-backed; a small folio's
 * mapping is looked at for secretmem (on by default on both architectures), which exists here as
 * no mapping at all, so that what is left is the answer for a truncated one.
 */
REF_ALWAYS_INLINE bool gup_folio_allowed(struct ref_page *folio)
{
	if (folio->nr > 1)
		return true;
	if (REF_READ_ONCE(folio->flags) & (REF_PG_SLAB | REF_PG_HUGETLB))
		return REF_READ_ONCE(folio->flags) & REF_PG_HUGETLB;
	return REF_READ_ONCE(folio->mapping) != NULL;
}

/* folio_set_referenced(): an atomic bit, as the kernel's. */
REF_ALWAYS_INLINE void gup_set_referenced(struct ref_page *folio)
{
	(void)ref_fetch_or(&folio->flags, REF_PG_REFERENCED);
}

/* ---- the walk ---- */

/* The PMD too: a table that is being collapsed has valid PTEs yet (70cbc3cc78a9). */
REF_ALWAYS_INLINE bool gup_pte_changed(const struct gup_variant *v, const uint64_t *pmdp,
				       uint64_t pmd, const uint64_t *ptep, uint64_t pte)
{
	return (!v->no_pmd_recheck && ref_unlikely(REF_READ_ONCE(*pmdp) != pmd)) ||
	       (!v->no_entry_recheck && ref_unlikely(REF_READ_ONCE(*ptep) != pte));
}

/* gup_fast_pte_range() */
REF_ALWAYS_INLINE bool gup_pte_range(GUP_ARGS, uint64_t pmd, uint64_t *pmdp, uint64_t addr,
				     uint64_t end)
{
	uint64_t *ptep = gup_deref(f, w, PGT_PMD, pmd, addr);

	if (v->before_table)
		v->before_table(pmd);
	do {
		uint64_t pte = ref_load_acquire(ptep); /* pairs with pgt_map()'s release */
		struct ref_page *page, *folio;

		REF_STEP("gup: pte loaded");
		if (gup_protnone(f, PGT_PTE, pte) || !gup_access_permitted(f, v, w, PGT_PTE, pte))
			return false;
		page = w->memmap + ((pte & f->level[PGT_PTE].leaf_origin) >> f->page_shift);
		if (v->get_after_recheck && gup_pte_changed(v, pmdp, pmd, ptep, pte))
			return false;
		folio = gup_try_get_folio(v, page, 1);
		if (!folio)
			return false;
		if (v->before_recheck)
			v->before_recheck(page);
		/* The try-get was a full barrier. */
		if ((!v->get_after_recheck && gup_pte_changed(v, pmdp, pmd, ptep, pte)) ||
		    ref_unlikely(!gup_folio_allowed(folio))) {
			ref_folio_put(folio, 1);
			return false;
		}
		/* gup_must_unshare() says no at once without FOLL_PIN. */
		gup_set_referenced(folio);
		w->pages[w->nr++] = page;
	} while (ptep++, addr += 1ULL << f->page_shift, addr != end);
	return true;
}

/* gup_fast_pmd_leaf(), gup_fast_pud_leaf() */
REF_ALWAYS_INLINE bool gup_huge_leaf(GUP_ARGS, enum pgt_level level, uint64_t entry, uint64_t *ep,
				     uint64_t addr, uint64_t end)
{
	const struct pgt_level_fmt *l = &f->level[level];
	struct ref_page *page, *folio, **pages = w->pages + w->nr;
	unsigned long refs, i;

	if (!gup_access_permitted(f, v, w, level, entry))
		return false;
	/* record_subpages() */
	page = w->memmap + (((entry & l->leaf_origin) | (addr & ((1ULL << l->shift) - 1))) >>
			    f->page_shift);
	refs = (unsigned long)((end - addr) >> f->page_shift);
	for (i = 0; i < refs; i++)
		pages[i] = page + i;
	if (v->get_after_recheck && REF_READ_ONCE(*ep) != entry)
		return false;
	folio = gup_try_get_folio(v, page, (int)refs);
	if (!folio)
		return false;
	if (v->before_recheck)
		v->before_recheck(page);
	if ((!v->no_entry_recheck && !v->get_after_recheck &&
	     ref_unlikely(REF_READ_ONCE(*ep) != entry)) ||
	    ref_unlikely(!gup_folio_allowed(folio))) {
		ref_folio_put(folio, (int)refs);
		return false;
	}
	w->nr += refs;
	gup_set_referenced(folio);
	return true;
}

/* gup_fast_pmd_range() */
REF_ALWAYS_INLINE bool gup_pmd_range(GUP_ARGS, uint64_t *pudp, uint64_t pud, uint64_t addr,
				     uint64_t end)
{
	uint64_t *copy = gup_copy(v, w, GUP_PUD_ARG, &pud);
	uint64_t *pmdp = gup_offset(f, v, w, PGT_PUD, pudp, copy, pud, addr);
	uint64_t next;

	do {
		uint64_t pmd = ref_load_acquire(pmdp);

		REF_STEP("gup: pmd loaded");
		next = gup_addr_end(f, v, w, PGT_PMD, pmd, addr, end);
		if (!gup_present(f, PGT_PMD, pmd))
			return false;
		if (ref_unlikely(gup_leaf(f, PGT_PMD, pmd))) {
			if (gup_protnone(f, PGT_PMD, pmd) ||
			    !gup_huge_leaf(f, v, w, PGT_PMD, pmd, pmdp, addr, next))
				return false;
		} else if (!gup_pte_range(f, v, w, pmd, pmdp, addr, next)) {
			return false;
		}
	} while (pmdp++, addr = next, addr != end);
	return true;
}

/* gup_fast_pud_range() */
REF_ALWAYS_INLINE bool gup_pud_range(GUP_ARGS, uint64_t *p4dp, uint64_t p4d, uint64_t addr,
				     uint64_t end)
{
	uint64_t *copy = gup_copy(v, w, GUP_P4D_ARG, &p4d);
	uint64_t *pudp = gup_offset(f, v, w, PGT_P4D, p4dp, copy, p4d, addr);
	uint64_t next;

	do {
		uint64_t pud = ref_load_acquire(pudp);

		REF_STEP("gup: pud loaded");
		next = gup_addr_end(f, v, w, PGT_PUD, pud, addr, end);
		if (ref_unlikely(!gup_present(f, PGT_PUD, pud)))
			return false;
		if (ref_unlikely(gup_leaf(f, PGT_PUD, pud))) {
			if (!gup_huge_leaf(f, v, w, PGT_PUD, pud, pudp, addr, next))
				return false;
		} else if (!gup_pmd_range(f, v, w, pudp, pud, addr, next)) {
			return false;
		}
	} while (pudp++, addr = next, addr != end);
	return true;
}

/* gup_fast_p4d_range() */
REF_ALWAYS_INLINE bool gup_p4d_range(GUP_ARGS, uint64_t *pgdp, uint64_t pgd, uint64_t addr,
				     uint64_t end)
{
	uint64_t *copy = gup_copy(v, w, GUP_PGD_ARG, &pgd);
	uint64_t *p4dp = gup_offset(f, v, w, PGT_PGD, pgdp, copy, pgd, addr);
	uint64_t next;

	do {
		uint64_t p4d = ref_load_acquire(p4dp);

		REF_STEP("gup: p4d loaded");
		next = gup_addr_end(f, v, w, PGT_P4D, p4d, addr, end);
		if (!gup_present(f, PGT_P4D, p4d))
			return false;
		if (!gup_pud_range(f, v, w, p4dp, p4d, addr, next))
			return false;
	} while (p4dp++, addr = next, addr != end);
	return true;
}

/* gup_fast_pgd_range(); no architecture here has leaves at the top. */
REF_ALWAYS_INLINE void gup_pgd_range(GUP_ARGS, uint64_t addr, uint64_t end)
{
	uint64_t *pgdp = gup_pgd_offset(f, w, addr);
	uint64_t next;

	do {
		uint64_t pgd = ref_load_acquire(pgdp);

		REF_STEP("gup: pgd loaded");
		next = gup_addr_end(f, v, w, PGT_PGD, pgd, addr, end);
		if (!gup_present(f, PGT_PGD, pgd))
			return;
		if (!gup_p4d_range(f, v, w, pgdp, pgd, addr, next))
			return;
	} while (pgdp++, addr = next, addr != end);
}

/* gup_fast_fallback() as far as FOLL_FAST_ONLY goes, and gup_fast(). */
REF_ALWAYS_INLINE unsigned long gup_fast_walk(const struct pgt_fmt *f, const struct gup_variant *v,
					      struct ref_mm *mm, uint64_t start, unsigned long nr,
					      unsigned flags, struct ref_page **pages)
{
	struct gup_walk w = { mm, mm->mem, mm->memmap, pages, 0, flags, NULL };
	uint64_t copies[GUP_NR_COPIES], end;
	int irq_flags;

	start &= ~((1ULL << f->page_shift) - 1);
	if (!nr || nr > f->task_size_max >> f->page_shift ||
	    __builtin_add_overflow(start, (uint64_t)nr << f->page_shift, &end))
		return 0;
	if (!v->no_limit) {
		if (end > f->task_size_max)
			return 0;
		/* gup_fast_permitted() */
		if (f->permitted_shift ? end >> f->permitted_shift != 0 : end > mm->limit)
			return 0;
	}
	if (v->one_object) {
		copies[GUP_COPY_GUARD] = f->level[PGT_PGD].empty;
		w.copies = copies;
	}
	irq_flags = ref_irq_save();
	gup_pgd_range(f, v, &w, start, end);
	ref_irq_restore(irq_flags);
	return w.nr;
}

/* ---- instances ---- */

/* One walker: gup_fast_<format>_<design>(). Never merged with one that compiles to the same. */
#define GUP_WALKER(ident, name, ...)                                                          \
	unsigned long gup_fast_##ident##_##name(struct ref_mm *mm, uint64_t start,            \
						unsigned long nr, unsigned flags,             \
						struct ref_page **pages);                     \
	__attribute__((no_icf, noinline)) unsigned long gup_fast_##ident##_##name(            \
		struct ref_mm *mm, uint64_t start, unsigned long nr, unsigned flags,          \
		struct ref_page **pages)                                                      \
	{                                                                                     \
		static const struct gup_variant variant = { __VA_ARGS__ };                    \
                                                                                              \
		return gup_fast_walk(&pgt_fmt_##ident, &variant, mm, start, nr, flags, pages); \
	}

#define GUP_WALKERS(ident)                                                            \
	GUP_WALKER(ident, static, .design = GUP_STATIC)                               \
	GUP_WALKER(ident, addr_end_folded, .design = GUP_ADDR_END_FOLDED)             \
	GUP_WALKER(ident, addr_end_global, .design = GUP_ADDR_END_GLOBAL)             \
	GUP_WALKER(ident, offset_lockless, .design = GUP_OFFSET_LOCKLESS)

#endif
