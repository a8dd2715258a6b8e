/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DAX: entries that are locked by a bit in them, and a page's entry locked by speculation.
 *
 * After fs/dax.c of Linux 6.12. A file's pages are the storage's own; what stands in the page cache
 * is a word per page, and that word's lowest bit is the lock that a page of DRAM would have in its
 * struct page. dax_lock_folio() has to find the word from the page: the page's mapping is read
 * without a lock, the mapping's lock taken, and the mapping read again, while RCU keeps the inode
 * that holds the lock from going away in between (c2a7d2a11552).
 */
#ifndef REF_DAX_H
#define REF_DAX_H

#include <ref/mapping.h>
#include <ref/pgtable.h>
#include <ref/port.h>

/* ---- the entry word (fs/dax.c) ---- */

typedef uint64_t dax_entry_t; /* 0: no entry */

#define DAX_SHIFT 4
#define DAX_LOCKED (1ULL << 0)
#define DAX_PMD (1ULL << 1)
#define DAX_ZERO_PAGE (1ULL << 2)
#define DAX_EMPTY (1ULL << 3)
/* What dax_lock_folio() returns where nothing has to be locked: device-dax. */
#define DAX_NO_LOCK (~0ULL)
/* What grabbing a PMD entry returns where there are PTE entries (dax_is_conflict()). */
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
 * Simulated storage: pages that belong to no allocator. They are frames of a struct ref_mm's arena
 * where they are to be mapped, and any array of struct ref_page where not.
 */
struct dax_device {
	struct ref_page *pages; /* [nr] */
	uint64_t first_pfn; /* of pages[0] */
	size_t nr;
	unsigned pmd_order;	/* log2 of the pages that a PMD entry covers; 9 with 4 KiB pages */
	const struct dax_refs *refs;
	struct ref_pgmap pgmap;
};
/* 1 << order pages of a new device in mm's arena. -ENOMEM. The pages stay the device's. */
int dax_device_create(struct dax_device *dev, const struct dax_refs *refs, struct ref_mm *mm,
		      unsigned order, unsigned pmd_order);
/* Makes pages of what lies there: zone_device_page_init() and memmap_init_zone_device(). */
void dax_device_init(struct dax_device *dev, const struct dax_refs *refs, struct ref_page *pages,
		     uint64_t first_pfn, size_t nr, unsigned pmd_order);

/* An inode and, in one piece of memory, its address_space. */
struct dax_inode;

struct dax_mapping {
	struct ref_mapping mapping; /* what other walkers of a folio look at */
	struct dax_inode *host;
	bool dax;		     /* dax_mapping(): of a DAX file */
	struct ref_spinlock i_pages; /* the xarray's, taken with interrupts off */
	const struct dax_device *dev;
	struct dax_vma *i_mmap;	     /* set up before there are two threads */
	struct dax_rwsem {
		int count;	     /* readers, or -1: a writer */
	} invalidate_lock;	     /* faults read, who takes pages away writes */
	uint64_t nrpages;
	uint64_t nr_slots;
	dax_entry_t *slot; /* the xarray; a PMD entry stands at its first index alone */
};

/* Where the file system has the blocks of a file; without one a fault's caller says it. */
struct dax_iomap_ops {
	/* The pfn of the block at that index, a new one if there is none; 0: no space. The entry
	 * is locked, and invalidate_lock held. */
	uint64_t (*begin)(struct dax_inode *inode, uint64_t index);
	/* Truncated. invalidate_lock is held for writing. */
	void (*free)(struct dax_inode *inode, uint64_t index);
};

struct dax_inode {
	bool chardev; /* S_ISCHR(i_mode): device-dax */
	const struct dax_iomap_ops *iomap; /* or NULL */
	unsigned id;
	struct dax_mapping i_data;
	void (*free)(struct dax_inode *inode); /* i_callback(), after a grace period */
	dax_entry_t slot[];
};

size_t dax_inode_size(uint64_t nr_slots);
/* An inode of nr_slots pages in memory from ref_alloc(), or NULL. */
struct dax_inode *dax_inode_create(const struct dax_device *dev, unsigned id, uint64_t nr_slots);
/* The same in memory of dax_inode_size() bytes, zeroed; free is called when nobody can reach it. */
void dax_inode_init(struct dax_inode *inode, const struct dax_device *dev, unsigned id,
		    uint64_t nr_slots, void (*free)(struct dax_inode *inode));

/* ---- the protocol ---- */

/*
 * One way to do it: mainline's, or one with a step left out. All but `delete` and `evict` may run
 * at the same time as each other on the same inode; the file system's locks are the caller's, as in
 * the kernel. Threads have called ref_thread_online().
 */
struct dax_protocol {
	const char *name;    /* "merged", or what is missing */
	const char *summary;
	bool busted;
	/* Locks the entry of a page: the entry as it was, to be given to unlock_folio; 0: the page
	 * belongs to no file; DAX_NO_LOCK: no need to. The caller keeps the device (get_dev_pagemap)
	 * but not the file. Sleeps while another has it. */
	dax_entry_t (*lock_folio)(struct ref_page *folio);
	void (*unlock_folio)(struct ref_page *folio, dax_entry_t cookie);
	/* grab_mapping_entry(): locks the entry at index, or a new empty one. order: 0, or the
	 * device's pmd_order; the entry returned may be a PMD where 0 was asked. DAX_CONFLICT: there
	 * are PTE entries where a PMD was asked for. */
	dax_entry_t (*grab_entry)(struct dax_mapping *mapping, uint64_t index, unsigned order);
	/* dax_insert_entry(): stores a page, or with DAX_ZERO_PAGE the zero page, in an entry that
	 * the caller has locked and got as `old`, unless there is a page already. Stays locked. */
	dax_entry_t (*insert_entry)(struct dax_mapping *mapping, uint64_t index, dax_entry_t old,
				    uint64_t pfn, uint64_t flags);
	void (*unlock_entry)(struct dax_mapping *mapping, uint64_t index, dax_entry_t entry);
	/* dax_delete_mapping_entry(): waits until nobody has it locked. false: there was none. */
	bool (*delete_entry)(struct dax_mapping *mapping, uint64_t index);
	/* dax_layout_busy_page(): takes the pages from every page table, and then looks for one that
	 * is in use yet; NULL: none. invalidate_lock held for writing. */
	struct ref_page *(*busy_page)(struct dax_mapping *mapping, uint64_t start, uint64_t end);
	/* evict(): deletes every entry and frees the inode after a grace period. Nobody may have
	 * the file open: but lock_folio may yet be on its way to it. */
	void (*evict)(struct dax_inode *inode);
};
size_t dax_nr_protocols(void);
const struct dax_protocol *dax_protocol_at(size_t i);
const struct dax_protocol *dax_protocol_find(const char *name); /* or NULL */

/* What the running thread's calls have met since it began. */
struct dax_stats {
	uint64_t retries;	 /* lock_folio: the mapping was another when its lock was held */
	uint64_t waits;		 /* lock_folio: slept for a locked entry */
	uint64_t busy_truncated; /* WARN_ON_ONCE(trunc && page_ref_count(page) > 1) */
};
extern __thread struct dax_stats dax_stats;

/* BUG_ON() and WARN_ON() of fs/dax.c come here. NULL: a message and abort(). */
extern void (*dax_bug_hook)(const char *what);
/* But for the one that busy_truncated counts; NULL: nothing more is done. */
extern void (*dax_warn_hook)(const char *what);

/* ---- references: which page is in use ---- */

/*
 * A convention, or one test of another's pages. Before v6.15 a page is initialised with one
 * reference, and idle with that; nothing but get_user_pages() takes more, page tables do not. Since
 * 38607c62b34b it is an ordinary page: none when idle, one for each entry that maps it.
 */
struct dax_refs {
	const char *name; /* "1-is-idle", "0-is-idle", or what is changed of one */
	const char *summary;
	bool busted;
	int initial;	     /* the count of a page that is not in use */
	bool mapped_counts;  /* a page table's entry has a reference, and counts as a mapping */
	int idle;	     /* the count that dax_break_layouts() waits for */
	bool less_mappings;  /* busy: count less mappings is not 0; else: count is more than 1 */
	bool scan_first;     /* looks for busy pages, and then takes them from the page tables */
	bool keep_lock;	     /* faults wait with us, instead of mapping the page anew */
	bool flush_waits;    /* the flush after unmapping interrupts walkers, as x86's */
};
size_t dax_nr_refs(void);
const struct dax_refs *dax_refs_at(size_t i);
const struct dax_refs *dax_refs_find(const char *name); /* or NULL */

/* dax_busy_page() for one page. */
bool dax_page_busy(const struct dax_refs *refs, struct ref_page *page);
/* Drops a reference: who brings the count back to where it began wakes who waits for that
 * (put_devmap_managed_folio_refs(), or folio_put() and free_zone_device_folio()). */
void dax_put_page(struct ref_page *page);

/* ---- pages in page tables ---- */

/* A file mapped: nr pages from pgoff on at addr. The caller's memory. */
struct dax_vma {
	struct ref_mm *mm;
	struct dax_mapping *mapping;
	uint64_t addr, pgoff, nr;
	struct ref_spinlock ptl; /* one for all of its page tables */
	struct dax_vma *next;	 /* mapping->i_mmap */
};
void dax_mmap(struct dax_vma *vma, struct ref_mm *mm, struct dax_mapping *mapping, uint64_t addr,
	      uint64_t pgoff, uint64_t nr);
/* A fault at addr, for which the file system has the page at pfn, or what its iomap ops say, unless
 * there is one already. 0; -ENOMEM: no memory for a page table; -ENOSPC. */
int dax_fault(const struct dax_protocol *p, struct dax_vma *vma, uint64_t addr, uint64_t pfn);
/* The page mapped at addr, with a reference, by the slow way: under the page table's lock. NULL:
 * nothing is mapped. */
struct ref_page *dax_gup_slow(struct dax_vma *vma, uint64_t addr);
/* unmap_mapping_pages(): takes pages of the file from all page tables. */
void dax_unmap_pages(struct dax_mapping *mapping, uint64_t start, uint64_t nr);
/*
 * Truncates pages [start, start + nr) of the file, as ext4_punch_hole(): waits until none of them is in use
 * (break_layouts) and then deletes their entries; returns how many. From then on they are free.
 */
uint64_t dax_truncate(const struct dax_protocol *p, struct dax_mapping *mapping, uint64_t start,
		      uint64_t nr);

/* The queue that the waiters for an entry stand in: for tests, and models. */
unsigned dax_wait_table_index(const struct dax_mapping *mapping, uint64_t index, dax_entry_t entry);
unsigned dax_nr_waiters(const struct dax_mapping *mapping, uint64_t index, dax_entry_t entry);

#endif
