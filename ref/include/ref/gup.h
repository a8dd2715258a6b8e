/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GUP-fast: the lockless walk of mm/gup.c (Linux 6.12), instantiated per format and design.
 */
#ifndef REF_GUP_H
#define REF_GUP_H

#include <ref/pgtable.h>

/* As FOLL_WRITE and its like; without GUP_PIN a walk is FOLL_GET. */
enum gup_flags {
	GUP_WRITE = 1 << 0,
	GUP_PIN = 1 << 1,
	GUP_LONGTERM = 1 << 2,	/* with GUP_PIN only */
	GUP_FAST_ONLY = 1 << 3, /* for gup_pages_fast() alone: no slow path */
};

/* GUP_PIN_COUNTING_BIAS: what one pin adds to the references of a small folio. A large one gets a
 * reference, and a pin in its pincount. */
#define GUP_PIN_BIAS 1024

/*
 * Walks [start, start + nr pages) and takes one reference, or pin, on the folio of each page
 * found, in order, stopping at the first page that it cannot take. start is rounded down to a
 * page. Returns how many pages[] were filled: 0 when nr is 0, or any part of the range is not
 * permitted (past pgt_last_addr()). Needs no lock; tables may be freed beside it only by a
 * discipline of ref/gather.h. Runs with interrupts off (ref_irq_save()).
 */
typedef unsigned long (*gup_fast_fn)(struct ref_mm *mm, uint64_t start, unsigned long nr,
				     unsigned flags, struct ref_page **pages);

/* One instantiation. */
struct gup_walker {
	const char *format; /* as in pgt_opts */
	const char *design; /* as in ref/gup_designs.h */
	gup_fast_fn fast;
	const char *symbol; /* of `fast`, for code_bytes and disassembly */
	/*
	 * This pair (design, format) returns wrong pages. `static` where levels fold per mm: do not
	 * let it cross a boundary of the top table (s390x with 2 levels: 1 MiB, 3: 2 GiB, 4:
	 * 4 TiB). Do not call at all: any design but reload_real on arm64-16k-52-folded, any but
	 * reload_real and align_real on arm64-4k-52-folded. They read past a local variable on
	 * their stack, and may crash.
	 */
	bool busted;
	/*
	 * The walker has no pointer to an entry of the mm's top table, only its own copy. Where
	 * such an entry is a leaf, or a PMD above PTEs (s390x with 2 levels, and 2 GiB leaves with
	 * 3), the recheck compares the copy with itself and misses an unmap that runs beside it.
	 * True for every design but offset_lockless where levels fold per mm, and for every design
	 * where a PMD (two levels), or a PUD that may be a leaf, is folded into the top when
	 * compiled.
	 */
	bool rechecks_copy;
};
size_t gup_nr_walkers(void);
const struct gup_walker *gup_walker_at(size_t i);
const struct gup_walker *gup_walker_find(const char *format, const char *design); /* or NULL */
/* Do two designs of one format do different things there? Asks the functions that the walk itself
 * uses; false: nothing is left by which their code could differ. a and b are from the table. */
bool gup_designs_differ(const struct gup_walker *a, const struct gup_walker *b);

/*
 * get_user_pages_fast() and, with GUP_PIN, pin_user_pages_fast(): calls `fast`, and takes the pages
 * from the first missing one on by the slow path, which looks at the VMA (ref/mapping.h), handles
 * faults, and moves folios out of memory where long-term pins are not allowed.
 *
 * Returns how many pages were taken, fewer than nr if a page cannot be; or, if none was taken,
 * -EFAULT: no VMA, one that does not permit the access, or a huge leaf that would have to be split
 * first; -EOPNOTSUPP: long-term in FS-DAX; -ENOMEM: no frames, or a folio that cannot be moved
 * because somebody else holds a reference; -EINVAL: flags that contradict each other; -EOVERFLOW.
 * Takes mmap_lock and page_table_lock in the slow path.
 */
long gup_pages_fast(gup_fast_fn fast, struct ref_mm *mm, uint64_t start, unsigned long nr,
		    unsigned flags, struct ref_page **pages);

/* ---- sharing of anonymous pages; takes page_table_lock ---- */

/*
 * As KSM, swap and migration do with folio_try_share_anon_rmap_pte(): makes the page that a small
 * leaf at addr maps no longer exclusive, and its entry read-only. 0; -EBUSY: the page may be
 * pinned, and nothing changed; -ENOENT: no such leaf.
 */
int gup_share_anon(struct ref_mm *mm, uint64_t addr);
/* fork(): between begin and end, gup_fork_page() shares the parent's page at addr with the child,
 * read-only for both, or copies it for the child if it may be pinned. The child's entry is at
 * address `child` of the same mm. 0; -ENOENT: no small leaf at addr; -ENOMEM, -EEXIST: as
 * pgt_map(). One fork at a time. */
void gup_fork_begin(struct ref_mm *mm);
int gup_fork_page(struct ref_mm *mm, uint64_t addr, uint64_t child);
void gup_fork_end(struct ref_mm *mm);
/* do_wp_page(): handles a write to addr, and may copy the page. 0; -EFAULT: nothing is mapped;
 * -ENOMEM. */
int gup_write_fault(struct ref_mm *mm, uint64_t addr);

/* Takes a reference on each page by pgt_lookup(), page by page; stops at the first hole. Returns
 * how many pages[] were filled. Not beside a builder. */
unsigned long gup_slow(struct ref_mm *mm, uint64_t start, unsigned long nr, unsigned flags,
		       struct ref_page **pages);
/* Drops the references, page by page, as put_page() does through the head. */
void gup_put(struct ref_page **pages, unsigned long nr);
/* unpin_user_pages(): drops the pins, folio by folio. */
void gup_unpin(struct ref_page **pages, unsigned long nr);

/* folio_maybe_dma_pinned(): false is exact. True is exact for a large folio; a small one may have
 * GUP_PIN_BIAS plain references instead. */
bool gup_maybe_pinned(struct ref_page *folio);

/*
 * For the bench of single steps: a walker over that format (x86_64-4k-48 or s390x) without one step
 * of ref/gup_steps.h. how: "removed", or "opaque": an empty asm in place of the step. Step "none"
 * with how "present" is the whole walk. NULL: no such walker. All but the whole walk are wrong:
 * nothing else may run beside them.
 */
gup_fast_fn gup_step_walker_find(const char *format, const char *step, const char *how);

/* WARN_ON_ONCE(): how often a walk met a state that must not occur. */
extern int gup_warnings;
void gup_warn(void);

#endif
