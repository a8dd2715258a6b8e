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
	/* What walkers read. */
	struct pgt_entry *pgd;	   /* the top table, as mm->pgd */
	char *mem;		   /* where physical address fmt->phys_base is */
	struct ref_page *memmap;   /* and the page of that */
	uint64_t limit;		   /* end of what is mappable; s390x: asce_limit */
	unsigned pgdir_shift;	   /* PGT_HOW_PATCHED: the kernel's variables of that name */
	unsigned ptrs_per_p4d;
	bool enabled[PGT_NR_LEVELS]; /* PGT_HOW_VARIABLE: pgtable_l4_enabled, pgtable_l5_enabled */
	unsigned index_size[PGT_NR_LEVELS]; /* variable_geometry: __pte_index_size and the like */
	unsigned write_protect_seq; /* odd: a fork() write-protects entries */
	unsigned flags;		   /* enum ref_mm_flags */

	/* The builder's. */
	const struct pgt_fmt *fmt;
	struct pgt_real real[PGT_NR_LEVELS];
	unsigned nr_real;
	struct ref_page *pgd_page;
	size_t nr_frames;
	struct ref_spinlock mmap_lock;	     /* of vmas; taken before page_table_lock */
	struct ref_vma *vmas;
	struct ref_spinlock page_table_lock; /* where builders run beside each other (ref/thp) */
	struct ref_spinlock rmap_lock;	     /* there: anon_vma's and i_mmap's */
	struct ref_page *frag[PGT_NR_LEVELS]; /* the page that the next fragment is taken from */
	size_t frag_used[PGT_NR_LEVELS];      /* bytes of it */
	struct ref_page *deposited; /* PTE tables kept for the split of huge leaves */
	struct ref_page *freed;	   /* heads pushed by the last put, in any thread */
	struct ref_page buddy[PGT_MAX_ORDER + 1]; /* list heads of free blocks */
};

/* ---- frames.c ---- */
int ref_frames_init(struct ref_mm *mm, size_t nr_frames);
void ref_frames_exit(struct ref_mm *mm);
/* A folio of 1 << order frames, aligned to its size, with one reference; NULL when there is none.
 * mapping may be NULL. Builder's lock held. */
struct ref_page *__ref_folio_alloc(struct ref_mm *mm, unsigned order, void *mapping,
				   uint64_t index);
/* The last reference is gone. Any thread. */
void ref_folio_free(struct ref_page *head);

/* ---- pgtable.c ---- */
/* ref_mm_create() for a format that is on no list: a test's own. */
int ref_mm_create_fmt(const struct pgt_fmt *f, unsigned levels, size_t nr_frames,
		      struct ref_mm **out);
/* pgt_format_shape() of a format that is at hand. */
int pgt_fmt_shape(const struct pgt_fmt *f, unsigned levels, struct pgt_shape *shape);
/* A table of empty entries, one reference; NULL: no memory. Builder's lock held. */
struct ref_page *__pgt_alloc_table(struct ref_mm *mm, enum pgt_level level);
/* The same, by its shape: one that the mm has no such table of yet. */
struct ref_page *__pgt_alloc_table_at(struct ref_mm *mm, const struct pgt_real *r);
/* The entry for addr in an existing table of `level`; NULL: there is no such table. */
void *__pgt_entry(struct ref_mm *mm, uint64_t addr, enum pgt_level level);
/* The same, with tables made as needed; an entry above that is a leaf, or none for want of memory:
 * NULL. Builder's lock held. */
void *__pgt_make_entry(struct ref_mm *mm, uint64_t addr, enum pgt_level level);

/* ---- contpte.c ---- */
struct pgt_upgrade_variant {
	bool limit_first; /* busted: addresses past the old top's reach are walked in the old top */
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
