/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Huge folios under lockless walkers: splitting their PMD, splitting the folio, collapsing pages
 * into one. Rules and order follow mm/huge_memory.c and mm/khugepaged.c (Linux 6.12).
 *
 * What a folio's reference count is made of: one per leaf that maps it or a part of it, one per page
 * for the page cache or the swap cache, and whoever else holds it. Whoever replaces pages under a
 * walker first takes the leaves away and then makes the count 0, or sees that it is as expected;
 * the walker takes a reference, unless it is 0, and then looks at the leaf again.
 *
 * Locking, from the outside: the folio lock; mm->rmap_lock; a file's lock; mm->page_table_lock.
 * Functions that begin with thp_ take the last three themselves, so that they may run beside each
 * other; pgt_map() and pgt_unmap() take none and may not. All return 0 or -errno.
 */
#ifndef REF_THP_H
#define REF_THP_H

#include <ref/mapping.h>
#include <ref/pgtable.h>
#include <ref/port.h>

/* ---- leaves ---- */

/*
 * Maps a new anonymous folio of a PMD leaf's size at addr, and deposits the PTE table that a split
 * of the leaf will need (pgtable_trans_huge_deposit()). -EINVAL, -EEXIST, -ENOMEM: as pgt_map();
 * -EOPNOTSUPP: the format does not say how its leaves are split.
 */
int thp_map(struct ref_mm *mm, uint64_t addr, bool writable);

/*
 * Clears the leaf that covers addr, flushes, and drops its reference, in that order, which is
 * zap_pte_range()'s and zap_huge_pmd()'s with their mmu_gather; a large leaf's deposited table is
 * freed at once, as zap_deposited_table() does. flush is the interrupt that waits for every
 * walker, NULL a broadcast that waits for none. -ENOENT: nothing is mapped there.
 */
int thp_unmap(struct ref_mm *mm, uint64_t addr, void (*flush)(void *arg), void *arg);

/* Replaces the huge leaf that covers addr by a table of small ones; the folio stays whole
 * (__split_huge_pmd()). -ENOENT: no huge leaf there; -ENOMEM: no table was deposited. */
int thp_split_pmd(struct ref_mm *mm, uint64_t addr);

/* ---- the folio lock ---- */

bool thp_trylock(struct ref_page *folio);
void thp_lock(struct ref_page *folio);
void thp_unlock(struct ref_page *folio);

/* ---- file folios ---- */

/* One mapping of one file: as an address_space, its page cache and the one VMA that maps it. */
struct thp_file {
	struct ref_mapping mapping; /* what a folio points to; first */
	struct ref_spinlock lock; /* i_pages' */
	struct ref_mm *mm;
	uint64_t addr;		/* where its first page is mapped */
	size_t nr_pages;
	struct ref_page **pages; /* the page cache: the folio of each page, or NULL */
};

/* A file of nr_pages, aligned to a huge leaf and all of it in folios of that size; it is not mapped
 * yet. -ENOMEM, -EINVAL. */
int thp_file_create(struct ref_mm *mm, uint64_t addr, size_t nr_pages, struct thp_file **out);
/* Truncates, and frees. */
void thp_file_destroy(struct thp_file *file);
/* Maps what the page cache has for addr: by a huge leaf where the whole folio fits one and no table
 * is in its place, else one page. -ENOENT: not in the page cache; -EEXIST, -ENOMEM. */
int thp_file_fault(struct thp_file *file, uint64_t addr);
/* Takes the folio of that page out of the page cache and unmaps it, as truncate_inode_folio(). The
 * caller holds a reference and the folio lock. -ENOENT: it was not there. */
int thp_file_truncate(struct thp_file *file, struct ref_page *folio);

/* ---- splitting ---- */

/*
 * Splits the folio of `page` into single pages (split_huge_page()). The caller holds a reference on
 * the folio, and the folio lock; afterwards both are `page`'s, whose folio is itself then. -EAGAIN:
 * somebody else holds a reference, or the folio left the page cache: the folio is whole, mapped by
 * small leaves (anonymous) or not at all (file). -EINVAL: a small folio; -EBUSY: truncated.
 */
typedef int (*thp_split_fn)(struct ref_page *page);

struct thp_splitter {
	const char *name; /* freeze | no_freeze | ignore_pins */
	const char *summary;
	bool busted;
	thp_split_fn split;
};
size_t thp_nr_splitters(void);
const struct thp_splitter *thp_splitter_at(size_t i);
int thp_split(struct ref_page *page); /* the good one */

/* ---- collapsing ---- */

/*
 * Copies what the PTE table that covers addr maps into a new huge folio, which takes its place; the
 * table is deposited, for the next split. Pages that nobody has mapped are zeros. The caller keeps
 * everybody from mapping and unmapping there, as mmap_lock for writing does; walkers may run.
 * sync_one waits for every walk that has begun (tlb_remove_table_sync_one()); NULL: a grace
 * period, which does that too. -EAGAIN: somebody holds a page, or has it locked, or it is not one to
 * collapse (not anonymous, not present, none writable); -ENOENT: no table there; -EEXIST: a huge
 * leaf; -ENOMEM; -EOPNOTSUPP.
 */
typedef int (*thp_collapse_fn)(struct ref_mm *mm, uint64_t addr, void (*sync_one)(void *arg),
			       void *arg);

struct thp_collapser {
	const char *name; /* sync | table_reuse | unordered */
	const char *summary;
	bool busted;
	thp_collapse_fn collapse;
};
size_t thp_nr_collapsers(void);
const struct thp_collapser *thp_collapser_at(size_t i);
int thp_collapse(struct ref_mm *mm, uint64_t addr, void (*sync_one)(void *arg), void *arg);

/* ---- the oracle ---- */

/*
 * Every folio's references are its leaves', its caches' and those of held[], one per element; no
 * free frame is mapped or held; every page table has one. Brute force over the tables and all
 * frames; for a state in which nobody runs. False: `why` says what is wrong.
 */
bool thp_balanced(struct ref_mm *mm, struct ref_page *const *held, size_t nr_held, char *why,
		  size_t size);

#endif
