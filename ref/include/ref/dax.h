/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DAX: entries that are locked by a bit in them, and a page's entry locked by speculation.
 *
 * After fs/dax.c of Linux 6.12. A file's pages are the storage's own; the page cache holds one word
 * per page, and the lowest bit of that word is the lock, where a page of DRAM has it in its struct
 * page. dax_lock_folio() has to find the word from the page: it reads the page's mapping without a
 * lock, takes the mapping's lock, and reads the mapping again, while RCU keeps the inode that holds
 * the lock from being freed in between (c2a7d2a11552).
 */
#ifndef REF_DAX_H
#define REF_DAX_H

#include <ref/mapping.h>
#include <ref/pgtable.h>
#include <ref/port.h>

/* ---- the entry word (fs/dax.c) ---- */

typedef uint64_t dax_entry_t; /* 0: no entry */

/* In the flags of insert_entry(), never in an entry: IOMAP_F_SHARED, other files may have the page.
 */
#define DAX_SHARED (1ULL << 63)
#define DAX_SHIFT 4
#define DAX_LOCKED (1ULL << 0)
#define DAX_PMD (1ULL << 1)
#define DAX_ZERO_PAGE (1ULL << 2)
#define DAX_EMPTY (1ULL << 3)
/* dax_lock_folio() returns it for a page of device-dax, which needs no lock. */
#define DAX_NO_LOCK (~0ULL)
/* grab_entry() returns it when asked for a PMD entry where PTE entries are (dax_is_conflict()). */
#define DAX_CONFLICT (~1ULL)

static inline dax_entry_t dax_make_entry(uint64_t pfn, uint64_t flags)
{
	return pfn << DAX_SHIFT | flags;
}

static inline uint64_t dax_to_pfn(dax_entry_t entry)
{
	return entry >> DAX_SHIFT;
}

#define DAX_WAIT_TABLE_BITS 12
#define DAX_WAIT_TABLE_ENTRIES (1 << DAX_WAIT_TABLE_BITS)

/* ---- the device: its pages, and the inodes that hold the locks ---- */

struct dax_refs;
struct dax_vma;

/*
 * Simulated storage: pages that belong to no allocator. Pages that page tables will map are frames
 * of a struct ref_mm's arena; other pages are any array of struct ref_page.
 */
struct dax_device {
	struct ref_page *pages; /* [nr] */
	uint64_t first_pfn;	/* of pages[0] */
	size_t nr;
	unsigned pmd_order; /* log2 of the pages that a PMD entry covers; 9 with 4 KiB pages */
	const struct dax_refs *refs;
	struct ref_pgmap pgmap;
	struct ref_spinlock share_lock; /* DAX_SHARE_ONE_LOCK */
};
/* Fills dev with 1 << order new pages of mm's arena, which stay the device's. 0 or -ENOMEM. */
int dax_device_create(struct dax_device *dev, const struct dax_refs *refs, struct ref_mm *mm,
		      unsigned order, unsigned pmd_order);
/* Initialises dev and pages[nr]: zone_device_page_init() and memmap_init_zone_device(). */
void dax_device_init(struct dax_device *dev, const struct dax_refs *refs, struct ref_page *pages,
		     uint64_t first_pfn, size_t nr, unsigned pmd_order);

/* An inode and, in one piece of memory, its address_space. */
struct dax_inode;

struct dax_mapping {
	struct ref_mapping mapping; /* read by GUP's walkers, through the folio */
	struct dax_inode *host;
	bool dax;		     /* dax_mapping(): of a DAX file */
	struct ref_spinlock i_pages; /* the xarray's, taken with interrupts off */
	const struct dax_device *dev;
	struct dax_vma *i_mmap; /* set up before there are two threads */
	struct dax_rwsem {
		int count; /* readers, or -1: a writer */
	} invalidate_lock; /* faults take it for reading, truncation for writing */
	uint64_t nrpages;
	uint64_t nr_slots;
	dax_entry_t *slot; /* the xarray; a PMD entry stands at its first index alone */
};

/* Finds a file's blocks; for a file without these operations dax_fault()'s caller gives the pfn. */
struct dax_iomap_ops {
	/* Returns the pfn of the block at that index, of a new block if there is none; 0: no space.
	 * The caller has locked the entry and holds invalidate_lock. */
	uint64_t (*begin)(struct dax_inode *inode, uint64_t index);
	/* Frees the block of a truncated page. The caller holds invalidate_lock for writing. */
	void (*free)(struct dax_inode *inode, uint64_t index);
};

struct dax_inode {
	bool chardev;			   /* S_ISCHR(i_mode): device-dax */
	const struct dax_iomap_ops *iomap; /* or NULL */
	unsigned id;
	struct dax_mapping i_data;
	void (*free)(struct dax_inode *inode); /* i_callback(), after a grace period */
	dax_entry_t slot[];
};

/* Bytes of an inode of nr_slots pages. */
size_t dax_inode_size(uint64_t nr_slots);
/* An inode of nr_slots pages in memory from ref_alloc(), or NULL. */
struct dax_inode *dax_inode_create(const struct dax_device *dev, unsigned id, uint64_t nr_slots);
/* The same in the caller's zeroed memory of dax_inode_size() bytes; evict() has free() called after
 * a grace period. */
void dax_inode_init(struct dax_inode *inode, const struct dax_device *dev, unsigned id,
		    uint64_t nr_slots, void (*free)(struct dax_inode *inode));

/* ---- the protocol ---- */

/*
 * One version of the protocol: mainline's, or mainline's without one step. All operations but
 * delete_entry and evict may run at the same time on one inode; the caller takes the file system's
 * locks, as in the kernel. Each calling thread has called ref_thread_online().
 */
struct dax_protocol {
	const char *name; /* "merged", or what is missing */
	const char *summary;
	bool busted;
	/* Locks the entry of a page and returns the entry as it was, for unlock_folio; 0: the page
	 * belongs to no file; DAX_NO_LOCK: device-dax. The caller pins the device
	 * (get_dev_pagemap), but not the file. Sleeps while another task has the entry locked. */
	dax_entry_t (*lock_folio)(struct ref_page *folio);
	void (*unlock_folio)(struct ref_page *folio, dax_entry_t cookie);
	/* grab_mapping_entry(): locks and returns the entry at index, or a new empty one. order: 0,
	 * or the device's pmd_order; for order 0 it may return a PMD entry. DAX_CONFLICT: a PMD
	 * entry was asked for, and there are PTE entries. */
	dax_entry_t (*grab_entry)(struct dax_mapping *mapping, uint64_t index, unsigned order);
	/* dax_insert_entry(): stores the page at pfn, or with DAX_ZERO_PAGE the zero page, in the
	 * entry that grab_entry() returned as `old`, unless that has a page already. Returns the
	 * entry, which stays locked. */
	dax_entry_t (*insert_entry)(struct dax_mapping *mapping, uint64_t index, dax_entry_t old,
				    uint64_t pfn, uint64_t flags);
	void (*unlock_entry)(struct dax_mapping *mapping, uint64_t index, dax_entry_t entry);
	/* dax_delete_mapping_entry(): waits until nobody has the entry locked, then deletes it.
	 * false: there was no entry. */
	bool (*delete_entry)(struct dax_mapping *mapping, uint64_t index);
	/* dax_layout_busy_page(): unmaps pages [start, end) from every page table, then returns a
	 * page that is still in use; NULL: none. The caller holds invalidate_lock for writing. */
	struct ref_page *(*busy_page)(struct dax_mapping *mapping, uint64_t start, uint64_t end);
	/* evict(): deletes every entry and frees the inode after a grace period. Nobody has the
	 * file open, but a lock_folio() that runs may still look at the inode. */
	void (*evict)(struct dax_inode *inode);
};
size_t dax_nr_protocols(void);
const struct dax_protocol *dax_protocol_at(size_t i);
const struct dax_protocol *dax_protocol_find(const char *name); /* or NULL */

/* Counted in the running thread's calls, since it began. */
struct dax_stats {
	uint64_t retries;	 /* lock_folio: folio->mapping changed before its lock was held */
	uint64_t waits;		 /* lock_folio: slept for a locked entry */
	uint64_t busy_truncated; /* WARN_ON_ONCE(trunc && page_ref_count(page) > 1) */
};
extern __thread struct dax_stats dax_stats;

/* Called for each BUG_ON() and WARN_ON() of fs/dax.c but the next. NULL: a message and abort(). */
extern void (*dax_bug_hook)(const char *what);
/* Called for the warning that busy_truncated counts. NULL: it is only counted. */
extern void (*dax_warn_hook)(const char *what);

/* ---- references: which page is in use ---- */

/*
 * How the files are counted that have a page in common (reflink). The first is in the page's
 * mapping and index; with a second the mapping is NULL and the index is their number, as
 * folio->share is in a union with folio->index (dax_folio_make_shared() of Linux 7.3.4).
 * lock_folio() finds no file of such a page.
 */
enum dax_share {
	DAX_NO_SHARE,	     /* a page of two files is a bug */
	DAX_SHARE_OWN_LOCKS, /* each file changes the number with its own i_pages held */
	DAX_SHARE_ONE_LOCK,  /* and with a lock of the device */
	DAX_SHARE_UNCOUNTED, /* the second file leaves the page to the first */
};

/*
 * A convention of counting references, or a variant of one. Before v6.15 a page begins with one
 * reference and is idle with one; get_user_pages() takes more, page tables take none. Since
 * 38607c62b34b a device page is an ordinary page: no reference when idle, one for each page-table
 * entry that maps it.
 */
struct dax_refs {
	const char *name; /* "1-is-idle", "0-is-idle", or the name of a variant */
	const char *summary;
	bool busted;
	int initial;	    /* the count of a page that is not in use */
	bool mapped_counts; /* each page-table entry holds a reference and counts as a mapping */
	int idle;	    /* the count that dax_break_layouts() waits for */
	bool less_mappings; /* a page is busy if count - mapcount is not 0; else: if count > 1 */
	bool scan_first;    /* busy_page() looks for busy pages before it unmaps them */
	bool keep_lock;	    /* truncation waits with invalidate_lock held, so faults wait too */
	bool flush_waits;   /* the flush after unmapping waits for walkers, as x86's interrupts */
	enum dax_share share;
};
size_t dax_nr_refs(void);
const struct dax_refs *dax_refs_at(size_t i);
const struct dax_refs *dax_refs_find(const char *name); /* or NULL */

/* dax_busy_page() for one page. */
bool dax_page_busy(const struct dax_refs *refs, struct ref_page *page);
/* Drops a reference of the page's folio; wakes the waiters when the count is `initial` again
 * (put_devmap_managed_folio_refs(), or folio_put() and free_zone_device_folio()). */
void dax_put_page(struct ref_page *page);

/* ---- pages in page tables ---- */

/* A mapping of nr pages of a file, from page pgoff on, at addr. The caller owns the memory. */
struct dax_vma {
	struct ref_mm *mm;
	struct dax_mapping *mapping;
	uint64_t addr, pgoff, nr;
	struct ref_spinlock ptl; /* one for all of its page tables */
	struct dax_vma *next;	 /* mapping->i_mmap */
};
/* Fills vma and adds it to the file's i_mmap, before there are two threads. */
void dax_mmap(struct dax_vma *vma, struct ref_mm *mm, struct dax_mapping *mapping, uint64_t addr,
	      uint64_t pgoff, uint64_t nr);
/* Handles a fault at addr: maps the page that the file's entry has, or else stores there and maps
 * the page at pfn, or the one that the file's iomap->begin() returns. Takes invalidate_lock for
 * reading. 0; -ENOMEM: no memory for a page table; -ENOSPC. */
int dax_fault(const struct dax_protocol *p, struct dax_vma *vma, uint64_t addr, uint64_t pfn);
/* Takes a reference on the page mapped at addr, under the page-table lock, and returns the page.
 * NULL: nothing is mapped. */
struct ref_page *dax_gup_slow(struct dax_vma *vma, uint64_t addr);
/* unmap_mapping_pages(): unmaps pages [start, start + nr) of the file from all page tables. */
void dax_unmap_pages(struct dax_mapping *mapping, uint64_t start, uint64_t nr);
/*
 * Truncates pages [start, start + nr) of the file, as ext4_punch_hole(): waits until none of them
 * is in use (break_layouts), deletes their entries, and returns the number of entries deleted. The
 * pages are free then. Takes invalidate_lock for writing.
 */
uint64_t dax_truncate(const struct dax_protocol *p, struct dax_mapping *mapping, uint64_t start,
		      uint64_t nr);

/* For tests and models: the index of the wait queue of an entry, and how many of the
 * file's waiters are in it. */
unsigned dax_wait_table_index(const struct dax_mapping *mapping, uint64_t index, dax_entry_t entry);
unsigned dax_nr_waiters(const struct dax_mapping *mapping, uint64_t index, dax_entry_t entry);

#endif
