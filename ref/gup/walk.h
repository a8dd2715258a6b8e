/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one source of the lockless walk: always-inline functions over a constant format and variant.
 *
 * Steps and their order are those of mm/gup.c (Linux 6.12); each function names its counterpart.
 * pin.h and longterm.h take and judge the folio. Device memory is not modelled; its pages stop the
 * walk, as they stop the kernel's with FOLL_LONGTERM.
 */
#ifndef REF_GUP_WALK_H
#define REF_GUP_WALK_H

/* As the kernel is compiled: GCC would else spill to floating-point registers here. */
#ifdef __s390x__
#pragma GCC target("soft-float")
#endif

#include "contpte.h"
#include "longterm.h"

/*
 * Copies of entries on the walker's stack, in an order that a compiler may choose: innermost frame
 * first, each entry both as argument and as its caller's local. Only for variants with one_object.
 */
enum gup_copy {
	GUP_PUD_ARG,
	GUP_PUD_LOCAL,
	GUP_P4D_ARG,
	GUP_P4D_LOCAL,
	GUP_PGD_ARG,
	GUP_PGD_LOCAL,
	GUP_COPY_GUARD,
	GUP_NR_COPIES,
};

struct gup_walk {
	const struct ref_mm *mm;
	char *mem;
	struct ref_page *memmap;
	struct ref_page **pages;
	unsigned long nr;
	unsigned flags;
	void *copies; /* one_object, scratch: GUP_NR_COPIES entries; else NULL */
};

/* A copy of an entry, laid out as an entry is. */
union gup_slot {
	uint64_t entry;
	uint32_t word[2];
};

#define GUP_ARGS const struct pgt_fmt *f, const struct gup_variant *v, struct gup_walk *w

/* ---- the format's tests of an entry ---- */

REF_ALWAYS_INLINE unsigned gup_entry_type(const struct pgt_fmt *f, uint64_t entry)
{
	return (unsigned)(entry & f->type_mask) >> f->type_shift;
}

/* pXd_folded(): true if this entry belongs to a level below `level`. */
REF_ALWAYS_INLINE bool gup_folded(const struct pgt_fmt *f, enum pgt_level level, uint64_t entry)
{
	return f->level[level].fold == PGT_FOLD_MM &&
	       gup_entry_type(f, entry) < (unsigned)(level - PGT_PMD);
}

/* The level below `level` is folded into it, for this kernel or machine. */
REF_ALWAYS_INLINE bool gup_below_folded(const struct pgt_fmt *f, const struct gup_walk *w,
					enum pgt_level level)
{
	const struct pgt_level_fmt *below = &f->level[level - 1];

	if (below->fold == PGT_FOLD_MACHINE && f->fold_how == PGT_HOW_VARIABLE)
		return !REF_READ_ONCE(w->mm->enabled[level - 1]);
	return below->fold == PGT_FOLD_STATIC || (below->fold == PGT_FOLD_MACHINE && below->folded);
}

/* pXd_present(), for the top level !pgd_none(): "present, fine" where the level is folded. */
REF_ALWAYS_INLINE bool gup_present(const struct pgt_fmt *f, const struct gup_walk *w,
				   enum pgt_level level, uint64_t entry)
{
	if (level > PGT_PMD && (gup_below_folded(f, w, level) || gup_folded(f, level, entry)))
		return true;
	return pgt_present(f, level, entry);
}

/* pXd_access_permitted(), then pXd_special() and pXd_devmap(). */
REF_ALWAYS_INLINE bool gup_access_permitted(GUP_ARGS, enum pgt_level level, uint64_t entry)
{
	bool write = w->flags & GUP_WRITE;

	if (v->write_check == GUP_STEP_OPAQUE)
		__asm__ volatile("" : : "r"(w->flags));
	if (!pgt_permitted(f, level, entry, write && v->write_check == GUP_STEP_PRESENT))
		return false;
	return !(entry & (f->level[level].special | f->level[level].devmap));
}

/* PGDIR_SHIFT and the like of a level that is real. */
REF_ALWAYS_INLINE unsigned gup_shift(const struct pgt_fmt *f, const struct gup_walk *w,
				     enum pgt_level level)
{
	if (f->variable_geometry) {
		unsigned shift = f->page_shift;

		for (int l = PGT_PTE; l < (int)level; l++)
			if (f->level[l].bits)
				shift += REF_READ_ONCE(w->mm->index_size[l]);
		return shift;
	}
	if (f->fold_how == PGT_HOW_PATCHED && level == PGT_PGD &&
	    f->level[PGT_P4D].fold == PGT_FOLD_MACHINE)
		return w->mm->pgdir_shift;
	if (f->fold_how == PGT_HOW_VARIABLE && level == PGT_PGD && gup_below_folded(f, w, PGT_PGD))
		level = PGT_P4D;
	if (f->fold_how == PGT_HOW_VARIABLE && level == PGT_P4D && gup_below_folded(f, w, PGT_P4D))
		level = PGT_PUD;
	return f->level[level].shift;
}

/* ---- clip: pXd_addr_end() ---- */

/* The least of end and the next multiple of size. Less one on both sides makes 0 the top of the
 * address space, for a boundary as for an end (include/linux/pgtable.h). */
REF_ALWAYS_INLINE uint64_t gup_clip(const struct gup_variant *v, uint64_t size, uint64_t addr,
				    uint64_t end)
{
	uint64_t boundary = (addr + size) & ~(size - 1);

	if (v->clip == GUP_STEP_REMOVED)
		return end;
	if (v->clip_without_wrap)
		return boundary < end ? boundary : end;
	return boundary - 1 < end - 1 ? boundary : end;
}

REF_ALWAYS_INLINE uint64_t gup_addr_end(GUP_ARGS, enum pgt_level level, uint64_t entry,
					uint64_t addr, uint64_t end)
{
	const struct pgt_level_fmt *l = &f->level[level];
	bool by_value = level >= PGT_P4D &&
			(v->design == GUP_ADDR_END_FOLDED || v->design == GUP_ADDR_END_GLOBAL);

	if (l->fold == PGT_FOLD_STATIC)
		return end;
	if (f->type_mask && by_value)
		return gup_clip(
			v, 1ULL << (f->type_base_shift + gup_entry_type(f, entry) * f->type_bits),
			addr, end);
	return gup_clip(v, 1ULL << gup_shift(f, w, level), addr, end);
}

/* ---- descent: pXd_offset() ---- */

/* pXd_index(): the index of addr's entry in a table of `level`. */
REF_ALWAYS_INLINE uint64_t gup_index(const struct pgt_fmt *f, const struct gup_walk *w,
				     enum pgt_level level, uint64_t addr)
{
	uint64_t nr = 1ULL << f->level[level].bits;

	if (f->fold_how == PGT_HOW_PATCHED && f->level[level].fold == PGT_FOLD_MACHINE)
		nr = w->mm->ptrs_per_p4d;
	if (f->variable_geometry)
		nr = 1ULL << REF_READ_ONCE(w->mm->index_size[level]);
	return addr >> gup_shift(f, w, level) & (nr - 1);
}

/* The table below an entry of `level`, at addr's index. */
REF_ALWAYS_INLINE struct pgt_entry *gup_deref(const struct pgt_fmt *f, const struct gup_walk *w,
					      enum pgt_level level, uint64_t entry, uint64_t addr)
{
	void *table = w->mem + (pgt_table_phys(f, level, entry) - f->phys_base);

	return pgt_entry_at(&f->level[level - 1], table, gup_index(f, w, level - 1, addr));
}

/* p4d_to_folded_pud() and the like of arm64: the table around the entry is one of the folded level.
 * For an address on the stack it returns another address on the stack, or beside it. */
REF_ALWAYS_INLINE struct pgt_entry *gup_reindex(const struct pgt_fmt *f, const struct gup_walk *w,
						enum pgt_level level, struct pgt_entry *e,
						uint64_t addr)
{
	void *table = (void *)((uintptr_t)e & -((uintptr_t)1 << f->page_shift));

	return pgt_entry_at(&f->level[level], table, gup_index(f, w, level, addr));
}

/*
 * pXd_offset_lockless(real, entry, addr) of the level below `level`. Only an architecture's own
 * returns the real pointer when that level is folded; the generic one, and every other design,
 * returns the address of the caller's copy. The word after the copy is no page-table entry, and a
 * second read of the copy misses changes of the table. Up to v6.10 arm64 had its own only for
 * levels folded at boot (align_real); 36639013b346 gave it one for a P4D folded when compiled.
 */
REF_ALWAYS_INLINE struct pgt_entry *gup_offset(GUP_ARGS, enum pgt_level level,
					       struct pgt_entry *real, struct pgt_entry *copy,
					       uint64_t entry, uint64_t addr)
{
	bool arm64_own = v->design == GUP_ALIGN_REAL || v->design == GUP_RELOAD_REAL;

	if (!gup_below_folded(f, w, level) && !gup_folded(f, level, entry))
		return gup_deref(f, w, level, entry, addr);
	if (f->fold_how == PGT_HOW_REINDEXED && f->level[level - 1].fold == PGT_FOLD_MACHINE)
		return gup_reindex(f, w, level - 1, arm64_own ? real : copy, addr);
	if (v->design == GUP_RELOAD_REAL && level == PGT_PGD)
		return real;
	if (v->design == GUP_OFFSET_LOCKLESS && f->has_offset_lockless)
		return real;
	return copy;
}

/* The address of the by-value argument `entry` of a level's function: the slot given, or the place
 * that enum gup_copy gives it, beside the caller's local. */
REF_ALWAYS_INLINE struct pgt_entry *gup_copy(GUP_ARGS, enum pgt_level level, enum gup_copy arg,
					     uint64_t entry, union gup_slot *own)
{
	const struct pgt_level_fmt *l = &f->level[level];
	struct pgt_entry *e = (struct pgt_entry *)own;

	if (v->one_object || v->scratch) {
		pgt_write_local(f, level, pgt_entry_at(l, w->copies, arg + 1), entry);
		e = pgt_entry_at(l, w->copies, arg);
	}
	pgt_write_local(f, level, e, entry);
	return e;
}

REF_ALWAYS_INLINE struct pgt_entry *gup_next(const struct pgt_fmt *f, enum pgt_level level,
					     struct pgt_entry *e)
{
	return pgt_entry_at(&f->level[level], e, 1);
}

/* pgd_offset(): where levels fold per mm, by the type of the table's first entry. */
REF_ALWAYS_INLINE struct pgt_entry *gup_pgd_offset(const struct pgt_fmt *f,
						   const struct gup_walk *w, uint64_t addr)
{
	struct pgt_entry *pgd = ref_load_acquire(&w->mm->pgd);
	unsigned shift;

	if (!f->type_mask)
		return pgt_entry_at(&f->level[PGT_PGD], pgd, gup_index(f, w, PGT_PGD, addr));
	shift = f->type_base_shift + gup_entry_type(f, pgt_read(f, PGT_PGD, pgd)) * f->type_bits;
	return pgt_entry_at(&f->level[PGT_PGD], pgd,
			    addr >> shift & ((1ULL << f->level[PGT_PGD].bits) - 1));
}

/* ---- the folio found ---- */

/* folio_set_referenced(): an atomic bit, as the kernel's. */
REF_ALWAYS_INLINE void gup_set_referenced(const struct gup_variant *v, struct ref_page *folio)
{
	if (v->set_referenced == GUP_STEP_PRESENT)
		(void)ref_fetch_or(&folio->flags, REF_PG_REFERENCED);
	else if (v->set_referenced == GUP_STEP_OPAQUE)
		__asm__ volatile("" : : "r"(folio));
}

/*
 * May the folio of this entry be returned? Called with a reference held and after the recheck of
 * the entry: before that, the folio may have been freed and reused.
 */
REF_ALWAYS_INLINE bool gup_folio_right(GUP_ARGS, enum pgt_level level, uint64_t entry,
				       struct ref_page *page, struct ref_page *folio, int refs)
{
	if (!v->allowed_first &&
	    GUP_STEP_FAILS(v->folio_allowed, !gup_folio_allowed(v, folio, w->flags), folio,
			   w->flags))
		return false;
	if (v->pin_after_recheck && w->flags & GUP_PIN)
		gup_add_pins(v, folio, refs);
	if (pgt_writable(f, level, entry) ||
	    !GUP_STEP_FAILS(v->unshare, gup_must_unshare(page, folio, w->flags, true), page, folio))
		return true;
	if (v->pin_after_recheck && w->flags & GUP_PIN)
		gup_put_folio(folio, refs * (GUP_PIN_BIAS - 1), 0);
	return false;
}

/* ---- the walk ---- */

/* pfn_to_page() */
REF_ALWAYS_INLINE struct ref_page *gup_page(const struct pgt_fmt *f, const struct gup_walk *w,
					    uint64_t phys)
{
	return w->memmap + ((phys - f->phys_base) >> f->page_shift);
}

/*
 * ptep_get_lockless(), pmdp_get_lockless(). Of two words (CONFIG_GUP_GET_PXX_LOW_HIGH) the high
 * word belongs to the low word only if the low word was the same before and after. It cannot have
 * changed and changed back: between two frames the kernel makes the entry not present, and its
 * flush waits for this walk (include/linux/pgtable.h). The acquires stand for smp_rmb().
 */
REF_ALWAYS_INLINE uint64_t gup_get_lockless(const struct pgt_fmt *f, const struct gup_variant *v,
					    enum pgt_level level, const struct pgt_entry *e)
{
	const uint32_t *word = (const uint32_t *)e;
	uint32_t low, high;

	if (f->level[level].entry != PGT_U32X2)
		return pgt_read_acquire(f, level, e);
	do {
		low = ref_load_acquire(&word[0]);
		if (v->between_words)
			v->between_words();
		high = ref_load_acquire(&word[1]);
	} while (!v->torn_load && ref_unlikely(REF_READ_ONCE(word[0]) != low));
	return low | (uint64_t)high << 32;
}

/* arm64's ptep_get_lockless() and ptep_get(): any entry of a contiguous range may hold the young
 * and dirty bits of all; code out of line gathers them. */
REF_ALWAYS_INLINE uint64_t gup_ptep_get_lockless(const struct pgt_fmt *f,
						 const struct gup_variant *v,
						 const struct pgt_entry *ptep)
{
	uint64_t pte = gup_get_lockless(f, v, PGT_PTE, ptep);

	/* Passes v only where it matters, so that the code of designs can be compared. */
	if (f->level[PGT_PTE].cont && ref_unlikely(pgt_cont(f, pte)))
		return gup_contpte_get_lockless(f, v->in_gather || v->gather_unchecked ? v : NULL,
						ptep);
	return pte;
}

REF_ALWAYS_INLINE uint64_t gup_ptep_get(const struct pgt_fmt *f, const struct gup_variant *v,
					const struct pgt_entry *ptep)
{
	uint64_t pte = pgt_read_acquire(f, PGT_PTE, ptep);

	if (f->level[PGT_PTE].cont && !v->recheck_ungathered && ref_unlikely(pgt_cont(f, pte)))
		return gup_contpte_get(f, ptep, pte);
	return pte;
}

/* Rechecks the PMD too: a table that is being collapsed still has valid PTEs (70cbc3cc78a9). */
REF_ALWAYS_INLINE bool gup_pte_changed(const struct pgt_fmt *f, const struct gup_variant *v,
				       const struct pgt_entry *pmdp, uint64_t pmd,
				       const struct pgt_entry *ptep, uint64_t pte)
{
	return GUP_STEP_FAILS(v->pmd_recheck, pgt_read_acquire(f, PGT_PMD, pmdp) != pmd, pmdp,
			      pmd) ||
	       GUP_STEP_FAILS(v->entry_recheck, gup_ptep_get(f, v, ptep) != pte, ptep, pte);
}

/* gup_fast_pte_range() */
REF_ALWAYS_INLINE bool gup_pte_range(GUP_ARGS, uint64_t pmd, struct pgt_entry *pmdp, uint64_t addr,
				     uint64_t end)
{
	struct pgt_entry *ptep = gup_deref(f, w, PGT_PMD, pmd, addr);

	if (v->before_table)
		v->before_table(pmd);
	do {
		uint64_t pte = gup_ptep_get_lockless(f, v, ptep); /* pairs with pgt_map() */
		struct ref_page *page, *folio;

		REF_STEP("gup: pte loaded");
		if (pgt_protnone(f, PGT_PTE, pte) || !gup_access_permitted(f, v, w, PGT_PTE, pte))
			return false;
		page = gup_page(f, w, pgt_leaf_phys(f, PGT_PTE, pte));
		if (v->get_after_recheck && gup_pte_changed(f, v, pmdp, pmd, ptep, pte))
			return false;
		folio = gup_grab_folio(v, page, 1, w->flags);
		if (!folio)
			return false;
		if (v->before_recheck)
			v->before_recheck(page);
		/* The try-get was a full barrier. */
		if ((v->allowed_first && !gup_folio_allowed(v, folio, w->flags)) ||
		    (!v->get_after_recheck && gup_pte_changed(f, v, pmdp, pmd, ptep, pte)) ||
		    !gup_folio_right(f, v, w, PGT_PTE, pte, page, folio, 1)) {
			gup_ungrab_folio(v, folio, 1, w->flags);
			return false;
		}
		gup_set_referenced(v, folio);
		w->pages[w->nr++] = page;
	} while (ptep = gup_next(f, PGT_PTE, ptep), addr += 1ULL << f->page_shift, addr != end);
	return true;
}

/* gup_fast_pmd_leaf(), gup_fast_pud_leaf() */
REF_ALWAYS_INLINE bool gup_huge_leaf(GUP_ARGS, enum pgt_level level, uint64_t entry,
				     struct pgt_entry *ep, uint64_t addr, uint64_t end)
{
	const struct pgt_level_fmt *l = &f->level[level];
	struct ref_page *page, *folio, **pages = w->pages + w->nr;
	unsigned long refs;

	if (!gup_access_permitted(f, v, w, level, entry))
		return false;
	/* record_subpages() */
	page = gup_page(f, w, pgt_leaf_phys(f, level, entry) | (addr & ((1ULL << l->shift) - 1)));
	refs = (unsigned long)((end - addr) >> f->page_shift);
	for (unsigned long i = 0; i < refs; i++)
		pages[i] = page + i;
	if (v->get_after_recheck && pgt_read_acquire(f, level, ep) != entry)
		return false;
	folio = gup_grab_folio(v, page, (int)refs, w->flags);
	if (!folio)
		return false;
	if (v->before_recheck)
		v->before_recheck(page);
	/* The head has PageAnonExclusive for the folio of a huge entry. */
	if ((v->allowed_first && !gup_folio_allowed(v, folio, w->flags)) ||
	    (!v->get_after_recheck &&
	     GUP_STEP_FAILS(v->entry_recheck, pgt_read_acquire(f, level, ep) != entry, ep,
			    entry)) ||
	    !gup_folio_right(f, v, w, level, entry, folio, folio, (int)refs)) {
		gup_ungrab_folio(v, folio, (int)refs, w->flags);
		return false;
	}
	w->nr += refs;
	gup_set_referenced(v, folio);
	return true;
}

/* gup_fast_pmd_range() */
REF_ALWAYS_INLINE bool gup_pmd_range(GUP_ARGS, struct pgt_entry *pudp, uint64_t pud, uint64_t addr,
				     uint64_t end)
{
	union gup_slot own;
	struct pgt_entry *copy = gup_copy(f, v, w, PGT_PUD, GUP_PUD_ARG, pud, &own);
	struct pgt_entry *pmdp = gup_offset(f, v, w, PGT_PUD, pudp, copy, pud, addr);
	uint64_t next;

	do {
		uint64_t pmd = gup_get_lockless(f, v, PGT_PMD, pmdp);

		REF_STEP("gup: pmd loaded");
		next = gup_addr_end(f, v, w, PGT_PMD, pmd, addr, end);
		if (!gup_present(f, w, PGT_PMD, pmd))
			return false;
		if (ref_unlikely(pgt_leaf(f, PGT_PMD, pmd))) {
			if (pgt_protnone(f, PGT_PMD, pmd) ||
			    !gup_huge_leaf(f, v, w, PGT_PMD, pmd, pmdp, addr, next))
				return false;
		} else if (!gup_pte_range(f, v, w, pmd, pmdp, addr, next)) {
			return false;
		}
	} while (pmdp = gup_next(f, PGT_PMD, pmdp), addr = next, addr != end);
	return true;
}

/* gup_fast_pud_range() */
REF_ALWAYS_INLINE bool gup_pud_range(GUP_ARGS, struct pgt_entry *p4dp, uint64_t p4d, uint64_t addr,
				     uint64_t end)
{
	union gup_slot own;
	struct pgt_entry *copy = gup_copy(f, v, w, PGT_P4D, GUP_P4D_ARG, p4d, &own);
	struct pgt_entry *pudp = gup_offset(f, v, w, PGT_P4D, p4dp, copy, p4d, addr);
	uint64_t next;

	do {
		uint64_t pud = pgt_read_acquire(f, PGT_PUD, pudp);

		REF_STEP("gup: pud loaded");
		next = gup_addr_end(f, v, w, PGT_PUD, pud, addr, end);
		if (ref_unlikely(!gup_present(f, w, PGT_PUD, pud)))
			return false;
		if (ref_unlikely(pgt_leaf(f, PGT_PUD, pud))) {
			if (!gup_huge_leaf(f, v, w, PGT_PUD, pud, pudp, addr, next))
				return false;
		} else if (!gup_pmd_range(f, v, w, pudp, pud, addr, next)) {
			return false;
		}
	} while (pudp = gup_next(f, PGT_PUD, pudp), addr = next, addr != end);
	return true;
}

/* gup_fast_p4d_range() */
REF_ALWAYS_INLINE bool gup_p4d_range(GUP_ARGS, struct pgt_entry *pgdp, uint64_t pgd, uint64_t addr,
				     uint64_t end)
{
	union gup_slot own;
	struct pgt_entry *copy = gup_copy(f, v, w, PGT_PGD, GUP_PGD_ARG, pgd, &own);
	struct pgt_entry *p4dp = gup_offset(f, v, w, PGT_PGD, pgdp, copy, pgd, addr);
	uint64_t next;

	do {
		uint64_t p4d = pgt_read_acquire(f, PGT_P4D, p4dp);

		REF_STEP("gup: p4d loaded");
		next = gup_addr_end(f, v, w, PGT_P4D, p4d, addr, end);
		if (!gup_present(f, w, PGT_P4D, p4d))
			return false;
		if (!gup_pud_range(f, v, w, p4dp, p4d, addr, next))
			return false;
	} while (p4dp = gup_next(f, PGT_P4D, p4dp), addr = next, addr != end);
	return true;
}

/* gup_fast_pgd_range(); no architecture here has leaves at the top. */
REF_ALWAYS_INLINE void gup_pgd_range(GUP_ARGS, uint64_t addr, uint64_t end)
{
	struct pgt_entry *pgdp = gup_pgd_offset(f, w, addr);
	uint64_t next;

	do {
		uint64_t pgd = pgt_read_acquire(f, PGT_PGD, pgdp);

		REF_STEP("gup: pgd loaded");
		next = gup_addr_end(f, v, w, PGT_PGD, pgd, addr, end);
		if (!gup_present(f, w, PGT_PGD, pgd))
			return;
		if (!gup_p4d_range(f, v, w, pgdp, pgd, addr, next))
			return;
	} while (pgdp = gup_next(f, PGT_PGD, pgdp), addr = next, addr != end);
}

/*
 * gup_fast(): the walk with interrupts off and, for FOLL_PIN, outside every fork() of this mm: a
 * fork() that runs may have seen no pin and shared the page, but not yet write-protected its entry.
 */
REF_ALWAYS_INLINE void gup_walk_pages(GUP_ARGS, struct ref_mm *mm, uint64_t start, uint64_t end)
{
	bool pin = w->flags & GUP_PIN && v->fork_seq != GUP_STEP_REMOVED;
	int irq_flags = 0;
	unsigned seq = 0;

	if (pin) {
		if (v->fork_seq == GUP_STEP_PRESENT)
			seq = ref_load_acquire(&mm->write_protect_seq);
		if (GUP_STEP_FAILS(v->fork_seq, seq & 1, mm, 0))
			return;
	}
	if (v->irq_save == GUP_STEP_PRESENT)
		irq_flags = ref_irq_save();
	else
		ref_barrier();
	gup_pgd_range(f, v, w, start, end);
	if (v->irq_save == GUP_STEP_PRESENT)
		ref_irq_restore(irq_flags);
	else
		ref_barrier();
	/* Read after the pins, each of which was a full barrier. Pairs with gup_fork_page(). */
	if (pin && !v->fork_seq_once &&
	    GUP_STEP_FAILS(v->fork_seq, REF_READ_ONCE(mm->write_protect_seq) != seq, mm, seq)) {
		gup_unpin(w->pages, w->nr);
		w->nr = 0;
	}
}

/* gup_fast_fallback() with FOLL_FAST_ONLY. */
REF_ALWAYS_INLINE unsigned long gup_fast_walk(const struct pgt_fmt *f, const struct gup_variant *v,
					      struct ref_mm *mm, uint64_t start, unsigned long nr,
					      unsigned flags, struct ref_page **pages)
{
	struct gup_walk w = { mm, mm->mem, mm->memmap, pages, 0, flags, NULL };
	union gup_slot copies[GUP_NR_COPIES];
	uint64_t end;

	/* mm_set_has_pinned_flag() */
	if (flags & GUP_PIN && !(REF_READ_ONCE(mm->flags) & REF_MM_HAS_PINNED))
		(void)ref_fetch_or(&mm->flags, REF_MM_HAS_PINNED);
	start &= ~((1ULL << f->page_shift) - 1);
	if (!nr || nr > f->task_size_max >> f->page_shift ||
	    __builtin_add_overflow(start, (uint64_t)nr << f->page_shift, &end))
		return 0;
	if (v->limit == GUP_STEP_PRESENT) {
		if (end > f->task_size_max)
			return 0;
		/* gup_fast_permitted() */
		if (f->permitted_shift && end >> f->permitted_shift)
			return 0;
		if (f->max_levels && end > ref_load_acquire(&mm->limit))
			return 0;
	}
	if (v->one_object) {
		pgt_write_local(f, PGT_PGD,
				pgt_entry_at(&f->level[PGT_PGD], copies, GUP_COPY_GUARD),
				f->level[PGT_PGD].empty);
		w.copies = copies;
	} else if (v->scratch) {
		w.copies = v->scratch;
	}
	gup_walk_pages(f, v, &w, mm, start, end);
	return w.nr;
}

/* ---- instances ---- */

/* Defines gup_fast_<format>_<design>(). The compiler never merges it with an equal function. */
#define GUP_WALKER(ident, name, ...)                                                               \
	unsigned long gup_fast_##ident##_##name(struct ref_mm *mm, uint64_t start,                 \
						unsigned long nr, unsigned flags,                  \
						struct ref_page **pages);                          \
	__attribute__((no_icf, noinline)) unsigned long gup_fast_##ident##_##name(                 \
		struct ref_mm *mm, uint64_t start, unsigned long nr, unsigned flags,               \
		struct ref_page **pages)                                                           \
	{                                                                                          \
		static const struct gup_variant variant = { __VA_ARGS__ };                         \
                                                                                                   \
		return gup_fast_walk(&pgt_fmt_##ident, &variant, mm, start, nr, flags, pages);     \
	}

/* Defines the walkers of a list of designs. */
#define GUP_DESIGN_WALKER(ident, name, constant, ...) GUP_WALKER(ident, name, .design = constant)
#define GUP_NO_WALKER(...)
#define GUP_WALKERS(ident) GUP_DESIGNS(GUP_DESIGN_WALKER, GUP_NO_WALKER, ident)
#define GUP_REAL_WALKERS(ident) GUP_DESIGNS(GUP_NO_WALKER, GUP_DESIGN_WALKER, ident)

#endif
