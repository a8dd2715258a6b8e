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
	GUP_FAST_ONLY = 1 << 3, /* of gup_pages_fast(): no slow path */
};

/* GUP_PIN_COUNTING_BIAS: what one pin adds to the references of a small folio. A large one gets a
 * reference, and a pin in its pincount. */
#define GUP_PIN_BIAS 1024

/*
 * Walks [start, start + nr pages) and takes one reference, or pin, on the folio of each page found,
 * in order, stopping at the first that it cannot take. start is rounded down to a page. Returns how
 * many pages[] were filled: 0 when nr is 0, or any part of the range is not permitted (past
 * pgt_last_addr()). Needs no lock; the caller must not free tables under it except by a discipline
 * of ref/gather.h. Runs with interrupts off (ref_irq_save()).
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
	 * 4 TiB). Any design but reload_real on arm64-16k-52-folded, and any but that and
	 * align_real on arm64-4k-52-folded: do not call it at all. It reads what happens to lie
	 * beside its local, and may well crash.
	 */
	bool busted;
	/*
	 * It has no pointer to an entry of the mm's top table, only its own copy: where such an
	 * entry is a leaf, or a PMD above PTEs (s390x with 2 levels, and 2 GiB leaves with 3), the
	 * recheck compares the copy with itself, and an unmap beside it goes unseen. Where levels
	 * fold per mm, every design but offset_lockless; where the PMD is folded into the top when
	 * compiled (two levels), or a PUD that may be a leaf, every design.
	 */
	bool rechecks_copy;
};
size_t gup_nr_walkers(void);
const struct gup_walker *gup_walker_at(size_t i);
const struct gup_walker *gup_walker_find(const char *format, const char *design); /* or NULL */
/* Two designs of one format: do they do different things there? Asked of the walk's own functions. If
 * not, nothing is left that their code could differ by. Both from the table. */
bool gup_designs_differ(const struct gup_walker *a, const struct gup_walker *b);

/*
 * get_user_pages_fast() and, with GUP_PIN, pin_user_pages_fast(): `fast` first, and what it leaves by
 * the slow path from the first page that is missing, which looks at the VMA (ref/mapping.h), makes
 * faults happen and moves folios out of where long-term pins may not be.
 *
 * Returns how many pages were taken, fewer than nr where something is in the way; or, if that is none,
 * -EFAULT: no VMA, one that does not permit this, or a huge leaf that would have to be split first;
 * -EOPNOTSUPP: long-term in FS-DAX; -ENOMEM: no
 * frames, or a folio that cannot be moved for somebody else holds it; -EINVAL: flags that make no
 * sense together; -EOVERFLOW. Takes mmap_lock and page_table_lock in the slow path.
 */
long gup_pages_fast(gup_fast_fn fast, struct ref_mm *mm, uint64_t start, unsigned long nr,
		    unsigned flags, struct ref_page **pages);

/* ---- what shares anonymous pages; takes page_table_lock ---- */

/*
 * As KSM, swap and migration do with folio_try_share_anon_rmap_pte(): the page mapped by a small leaf
 * at addr is exclusive no more, and its entry not writable. -EBUSY: it may be pinned, and stays
 * what it was; -ENOENT: no such leaf.
 */
int gup_share_anon(struct ref_mm *mm, uint64_t addr);
/* fork(): between begin and end, each page of the parent's is shared with the child, whose entry is
 * at another address of the same arena, read-only for both; or, if it may be pinned, copied for the
 * child. -ENOENT: no small leaf at addr; -ENOMEM, -EEXIST: as pgt_map(). One fork at a time. */
void gup_fork_begin(struct ref_mm *mm);
int gup_fork_page(struct ref_mm *mm, uint64_t addr, uint64_t child);
void gup_fork_end(struct ref_mm *mm);
/* do_wp_page(): a write to addr, which may copy the page. -EFAULT: nothing is mapped; -ENOMEM. */
int gup_write_fault(struct ref_mm *mm, uint64_t addr);

/* Page by page through pgt_lookup(), a reference each; stops at the first hole. */
unsigned long gup_slow(struct ref_mm *mm, uint64_t start, unsigned long nr, unsigned flags,
		       struct ref_page **pages);
/* Drops the references, page by page, as put_page() does through the head. */
void gup_put(struct ref_page **pages, unsigned long nr);
/* unpin_user_pages(): drops the pins, folio by folio. */
void gup_unpin(struct ref_page **pages, unsigned long nr);

/* folio_maybe_dma_pinned(): false is sure; true may be as many plain references of a small folio,
 * and is exact for a large one. */
bool gup_maybe_pinned(struct ref_page *folio);

/*
 * For the bench of single steps: a walker over that format without one of ref/gup_steps.h. how: "removed" (of x86_64-4k-48 alone), or "opaque": an empty asm in its place.
 * "none" and "present" is the whole walk. NULL: no such walker. All but that one are wrong: nothing
 * else may run beside them.
 */
gup_fast_fn gup_step_walker_find(const char *format, const char *step, const char *how);

/* WARN_ON_ONCE(): how often the walk has met what it never should. */
extern int gup_warnings;
void gup_warn(void);

#endif
