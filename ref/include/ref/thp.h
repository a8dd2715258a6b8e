/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Huge folios under lockless walkers: splitting their PMD, splitting the folio, collapsing pages
 * into one. Rules and order follow mm/huge_memory.c and mm/khugepaged.c (Linux 6.12).
 *
 * A folio's reference count is the sum of: one per leaf that maps it or a part of it, one per page
 * for the page cache or the swap cache, and one per other holder. Code that replaces pages beside
 * a walker first takes the leaves away and then sets the count to 0, or checks that it is as
 * expected; the walker takes a reference unless the count is 0, and then reads the leaf again.
 *
 * Locking, outermost first: the folio lock; mm->rmap_lock; a file's lock; mm->page_table_lock.
 * Functions that begin with thp_ take the last three themselves, so that they may run beside each
 * other; pgt_map() and pgt_unmap() take no lock and may not. Functions that return int return 0 or
 * -errno.
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
 * -EOPNOTSUPP: struct pgt_fmt does not say how the format's leaves are split.
 */
int thp_map(struct ref_mm *mm, uint64_t addr, bool writable);

/*
 * Clears the leaf that covers addr, flushes, and drops the leaf's reference, in the order of
 * zap_pte_range() and zap_huge_pmd() with their mmu_gather; frees a large leaf's deposited table at
 * once, as zap_deposited_table() does. flush(arg) interrupts every walker and waits for it; NULL
 * stands for a broadcast, which waits for none. -ENOENT: nothing is mapped there.
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
	struct ref_mapping mapping; /* folios point to it; has to be the first field */
	struct ref_spinlock lock;   /* i_pages' */
	struct ref_mm *mm;
	uint64_t addr; /* of its first page, when mapped */
	size_t nr_pages;
	struct ref_page **pages; /* the page cache: the folio of each page, or NULL */
};

/* Makes a file of nr_pages in folios of a huge leaf's size; addr and nr_pages are multiples of it.
 * Maps nothing yet. -ENOMEM, -EINVAL, -EOPNOTSUPP: as thp_map(). */
int thp_file_create(struct ref_mm *mm, uint64_t addr, size_t nr_pages, struct thp_file **out);
/* Truncates the file and frees it. */
void thp_file_destroy(struct thp_file *file);
/* Maps the page cache's folio for addr: by a huge leaf where the whole folio fits one and no table
 * is in its place, else its page at addr alone. -ENOENT: not in the page cache; -EEXIST,
 * -ENOMEM. */
int thp_file_fault(struct thp_file *file, uint64_t addr);
/* Takes the folio out of the page cache and unmaps it, as truncate_inode_folio(). The caller holds
 * a reference and the folio lock. -ENOENT: it was not in the page cache. */
int thp_file_truncate(struct thp_file *file, struct ref_page *folio);

/* ---- splitting ---- */

/*
 * Splits the folio of `page` into single pages (split_huge_page()). The caller holds a reference on
 * the folio, and the folio lock; afterwards the caller holds both on `page`, a folio by itself.
 * -EAGAIN: somebody else holds a reference, or the folio left the page cache; the folio is then
 * whole, mapped by small leaves (anonymous) or not at all (file). -EINVAL: a small folio; -EBUSY:
 * truncated.
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
 * Copies the pages that the PTE table covering addr maps into a new huge folio, whose leaf
 * replaces the table, and deposits the table for the next split. Empty entries become pages of
 * zeros. The caller keeps everybody from mapping and unmapping there, as with mmap_lock held for
 * writing; walkers may run. sync_one(arg) waits for every walk that has begun
 * (tlb_remove_table_sync_one()); NULL: waits for a grace period instead. -EAGAIN: somebody holds a
 * reference on a page or has it locked, or pages are not to be collapsed (one not anonymous or not
 * present, none writable); -ENOENT: no table there; -EEXIST: a huge leaf; -ENOMEM; -EOPNOTSUPP.
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
 * True if every folio's reference count is the sum of its leaves', its caches' and held[]'s
 * references (one per element), no free frame is mapped or held, and every page table has one
 * reference. Brute force over the tables and all frames; no other thread may run. False: `why` says
 * what is wrong.
 */
bool thp_balanced(struct ref_mm *mm, struct ref_page *const *held, size_t nr_held, char *why,
		  size_t size);

#endif
