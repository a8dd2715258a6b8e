/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * struct ref_mm and its arena, for the builder and the walkers.
 */
#ifndef REF_PGTABLE_MM_H
#define REF_PGTABLE_MM_H

#include <ref/port.h>

#include "entry.h"

#define PGT_MAX_ORDER 19 /* 2 GiB of 4 KiB frames: the largest leaf there is */

/* A table that this mm really has, top first. */
struct pgt_real {
	enum pgt_level level;
	unsigned shift;
	unsigned bits;
};

enum ref_mm_flags { REF_MM_HAS_PINNED = 1 << 0 };

struct ref_mm {
	/* Read by walkers. */
	struct pgt_entry *pgd;	 /* the top table, as mm->pgd */
	char *mem;		 /* the memory of physical address fmt->phys_base */
	struct ref_page *memmap; /* the struct ref_page of that address */
	uint64_t limit;		 /* end of the mappable range; s390x: asce_limit */
	unsigned pgdir_shift;	 /* PGT_HOW_PATCHED: the kernel's variables of that name */
	unsigned ptrs_per_p4d;
	bool enabled[PGT_NR_LEVELS]; /* PGT_HOW_VARIABLE: pgtable_l4_enabled, pgtable_l5_enabled */
	unsigned index_size[PGT_NR_LEVELS]; /* variable_geometry: __pte_index_size and the like */
	unsigned write_protect_seq;	    /* odd: a fork() write-protects entries */
	unsigned flags;			    /* enum ref_mm_flags */

	/* Used by the builder alone. */
	const struct pgt_fmt *fmt;
	struct pgt_real real[PGT_NR_LEVELS];
	unsigned nr_real;
	struct ref_page *pgd_page;
	size_t nr_frames;
	struct ref_spinlock mmap_lock; /* of vmas; taken before page_table_lock */
	struct ref_vma *vmas;
	struct ref_spinlock page_table_lock; /* for builders that run beside each other (ref/thp) */
	struct ref_spinlock rmap_lock;	     /* ref/thp: for anon_vma's lock and i_mmap's */
	struct ref_page *frag[PGT_NR_LEVELS]; /* the next fragment is taken from this page */
	size_t frag_used[PGT_NR_LEVELS];      /* bytes of that page taken */
	struct ref_page *deposited;	      /* PTE tables kept for the split of huge leaves */
	struct ref_page *freed; /* the last put of a folio, in any thread, pushes its head */
	struct ref_page buddy[PGT_MAX_ORDER + 1]; /* list heads of free blocks */
};

/* ---- frames.c ---- */
int ref_frames_init(struct ref_mm *mm, size_t nr_frames);
void ref_frames_exit(struct ref_mm *mm);
/* Allocates a folio of 1 << order frames, aligned to its size, with one reference; NULL: no memory.
 * mapping may be NULL. The caller holds the builder's lock. */
struct ref_page *__ref_folio_alloc(struct ref_mm *mm, unsigned order, void *mapping,
				   uint64_t index);
/* Called when the last reference is gone, by any thread. */
void ref_folio_free(struct ref_page *head);

/* ---- pgtable.c ---- */
/* ref_mm_create() for a format that is on no list, as a test's own. */
int ref_mm_create_fmt(const struct pgt_fmt *f, unsigned levels, size_t nr_frames,
		      struct ref_mm **out);
/* pgt_format_shape() of a format that is at hand. */
int pgt_fmt_shape(const struct pgt_fmt *f, unsigned levels, struct pgt_shape *shape);
/* Allocates a table of empty entries, with one reference; NULL: no memory. Builder's lock held. */
struct ref_page *__pgt_alloc_table(struct ref_mm *mm, enum pgt_level level);
/* The same by a shape that no table of the mm has yet. */
struct ref_page *__pgt_alloc_table_at(struct ref_mm *mm, const struct pgt_real *r);
/* The entry for addr in an existing table of `level`; NULL: there is no such table. */
void *__pgt_entry(struct ref_mm *mm, uint64_t addr, enum pgt_level level);
/* The same, but makes tables as needed. NULL: an entry above is a leaf, or no memory. Builder's
 * lock held. */
void *__pgt_make_entry(struct ref_mm *mm, uint64_t addr, enum pgt_level level);

/* ---- contpte.c ---- */
struct pgt_upgrade_variant {
	bool limit_first; /* busted: walkers look in the old top for addresses past its reach */
};
int __pgt_upgrade(const struct pgt_upgrade_variant *v, struct ref_mm *mm);

REF_ALWAYS_INLINE uint64_t ref_page_phys(const struct ref_mm *mm, const struct ref_page *page)
{
	return mm->fmt->phys_base + ((uint64_t)(page - mm->memmap) << mm->fmt->page_shift);
}

REF_ALWAYS_INLINE struct ref_page *ref_phys_page(const struct ref_mm *mm, uint64_t phys)
{
	return mm->memmap + ((phys - mm->fmt->phys_base) >> mm->fmt->page_shift);
}

REF_ALWAYS_INLINE void *ref_page_mem(const struct ref_mm *mm, const struct ref_page *page)
{
	return mm->mem + ((size_t)(page - mm->memmap) << mm->fmt->page_shift);
}

REF_ALWAYS_INLINE struct ref_page *ref_page_folio(struct ref_page *page)
{
	return REF_READ_ONCE(page->head);
}

/* As folio_put_refs(). */
REF_ALWAYS_INLINE void ref_folio_put(struct ref_page *head, int nr)
{
	if (ref_unlikely(ref_count_sub_and_test(&head->refcount, nr)))
		ref_folio_free(head);
}

#endif
