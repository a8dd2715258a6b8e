/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page tables as data: formats, a simulated physical memory, a builder, and a slow walker.
 *
 * A table lives in simulated frames of a struct ref_mm's arena; every frame has a struct ref_page,
 * as every page frame of the kernel has a struct page. Builders need external locking (one at a
 * time); lockless walkers (ref/gup.h) may run beside them.
 */
#ifndef REF_PGTABLE_H
#define REF_PGTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pgt_level { PGT_PTE, PGT_PMD, PGT_PUD, PGT_P4D, PGT_PGD, PGT_NR_LEVELS };

struct pgt_fmt; /* private to ref/pgtable; one file per architecture */
struct ref_mm;

/* In ref_page.flags. */
enum ref_page_flags {
	REF_PG_REFERENCED = 1 << 0, /* set by a walker that took a reference */
	REF_PG_SLAB = 1 << 1,
	REF_PG_HUGETLB = 1 << 2,
	REF_PG_BUDDY = 1 << 3,		/* heads a free block of the allocator */
	REF_PG_LOCKED = 1 << 4,		/* the folio lock */
	REF_PG_SWAPCACHE = 1 << 5,	/* in the swap cache, which holds a reference per page */
	REF_PG_TABLE = 1 << 6,		/* a page table */
	REF_PG_ANON_EXCLUSIVE = 1 << 7, /* the page is this mm's alone; huge leaf: in the head */
	REF_PG_MOVABLE = 1 << 8,	/* in ZONE_MOVABLE or a CMA block: no long-term pins */
	REF_PG_DEVICE = 1 << 9,		/* ZONE_DEVICE: belongs to a driver, and has a pgmap */
};
/* Low bits of mapping (include/linux/page-flags.h): clear for a file's folio, see ref/mapping.h. */
#define REF_MAPPING_ANON 1UL
#define REF_MAPPING_MOVABLE 2UL /* a driver's movable page; with ANON: KSM */
#define REF_MAPPING_FLAGS 3UL

/*
 * One per simulated frame; 64 bytes, as the kernel's struct page. refcount is 0 for a free frame,
 * and for a frozen folio. Fields that a lockless walker reads are written by atomic stores only.
 */
struct ref_page {
	int refcount; /* of the folio; meaningful in the head */
	uint32_t flags;
	struct ref_page *head; /* the folio's first page; itself for a small folio */
	uint32_t nr;	       /* pages in the folio (head only) */
	uint32_t generation;   /* times the frame was freed; the tests' oracle compares it */
	void *mapping;	       /* address_space stand-in; low bit: anonymous */
	uint64_t index;
	struct ref_mm *mm; /* the owner of the arena that the frame is in */
	union {
		struct {
			struct ref_page *next, *prev; /* free frames: the allocator's; tables: the
						       * list of those deposited */
		};
		struct {	      /* of a folio; meaningful in the head */
			int mapcount; /* leaves that map it or a part of it, large ones as one */
			int pincount; /* a large folio's FOLL_PIN references, also in refcount */
			const struct ref_pgmap *pgmap; /* REF_PG_DEVICE */
		};
	};
} __attribute__((aligned(64)));

/* The owner of pages that are not the arena allocator's: as struct dev_pagemap. */
struct ref_pgmap {
	void (*free)(struct ref_page *folio);	       /* the last reference is gone; any thread */
	void (*put)(struct ref_page *folio, int refs); /* drops references */
};

struct pgt_opts {
	const char *format; /* "x86_64-4k-48", "x86_64-4k-57", "x86_64-4k-57-folded", "s390x" */
	unsigned levels;    /* formats that fold per mm (s390x): 2..5; others: 0 */
	size_t nr_frames;   /* size of the arena, in base pages: reserved, committed when used */
};

/* Makes an mm with an arena of its own. 0; -EINVAL: unknown format, or levels out of range;
 * -ENOMEM. */
int ref_mm_create(const struct pgt_opts *opts, struct ref_mm **out);
void ref_mm_destroy(struct ref_mm *mm);

/* The list of formats, for loops over all of them. */
size_t pgt_nr_formats(void);
const char *pgt_format_name(size_t i);
bool pgt_format_folds_per_mm(const char *format); /* true: `levels` 2..5 has to be given */

/* Who decides that a level of the kernel is folded into the level above. */
enum pgt_decides {
	PGT_NOT_FOLDED,	     /* there is a table of its own, on this format's machine */
	PGT_FOLDED_COMPILED, /* the kernel's configuration */
	PGT_FOLDED_BOOT,     /* the machine, when the kernel boots */
	PGT_FOLDED_MM,	     /* each mm for itself, by how many levels it has */
};
/* The levels of an mm of a format. pgt_format_shape() fills it without making an mm. */
struct pgt_shape {
	unsigned page_shift;
	struct {
		unsigned shift;		 /* pgt_level_shift() */
		unsigned boundary;	 /* pgt_boundary_shift() */
		bool can_leaf;		 /* pgt_level_can_leaf() */
		enum pgt_decides folded; /* PGT_FOLDED_MM: folded if shift is 0 */
	} level[PGT_NR_LEVELS];
};
/* levels as in pgt_opts. Makes no arena. 0; -EINVAL: unknown format, or levels out of range. */
int pgt_format_shape(const char *format, unsigned levels, struct pgt_shape *shape);

unsigned pgt_page_shift(const struct ref_mm *mm);
/* log2 of what one entry of that level covers; 0 when the level is folded in this mm. */
unsigned pgt_level_shift(const struct ref_mm *mm, enum pgt_level level);
bool pgt_level_can_leaf(const struct ref_mm *mm, enum pgt_level level);
/*
 * log2 of the distance between the boundaries that the format's kernel names after that level: its
 * PMD_SIZE, PUD_SIZE, P4D_SIZE or PGDIR_SIZE. 0: the level above has the same size and gives its
 * name to the boundaries, or the size is beyond the mm's range. It differs from pgt_level_shift():
 * the kernel calls the top of three levels pgd, because the levels above are folded into it; here
 * that table is PGT_PUD, because a leaf in it is a PUD leaf. Sv39 has the same boundary as PUD and
 * as PGD, because P4D_SHIFT stays larger than both.
 */
unsigned pgt_boundary_shift(const struct ref_mm *mm, enum pgt_level level);
/* Last mappable byte address; a range may end at that + 1, which is 0 if all of 2^64 is
 * mappable. */
uint64_t pgt_last_addr(const struct ref_mm *mm);
const char *pgt_level_name(enum pgt_level level); /* "pte".."pgd" */

/* Maps a new folio of the leaf's size at addr (aligned to it), building tables as needed. 0;
 * -EEXIST: a page is mapped there, or, for a huge leaf, a table is in its place (tables stay when
 * their last page is unmapped); -ENOMEM: the arena is full; -EINVAL: the format has no such leaf,
 * or addr is not aligned, or past the end. */
int pgt_map(struct ref_mm *mm, uint64_t addr, enum pgt_level leaf, bool writable);
/* The same with a folio of the given mapping (ref/mapping.h) and flags, REF_PG_*. pgt_map()'s folio
 * is anonymous and exclusive to this mm. */
int pgt_map_folio(struct ref_mm *mm, uint64_t addr, enum pgt_level leaf, bool writable,
		  void *mapping, uint32_t page_flags);
/* Maps an existing page by a small leaf, which takes over the caller's reference on its folio. */
int pgt_map_page(struct ref_mm *mm, uint64_t addr, struct ref_page *page, bool writable);
/* Clears the leaf at addr and returns its page, with the leaf's reference; NULL: nothing is
 * mapped. */
struct ref_page *pgt_unmap_page(struct ref_mm *mm, uint64_t addr);
/*
 * pgt_map_cont() maps a new folio by a contiguous range of small leaves (arm64; addr is aligned to
 * the range), with a reference for each leaf. pgt_unfold() makes the range that covers addr
 * ordinary leaves; pgt_unmap() of a leaf in a range does that first. -EINVAL: the format has no
 * such ranges, or addr is not aligned; -EEXIST, -ENOMEM as pgt_map(); pgt_unfold(): -ENOENT: addr
 * is in no range.
 */
int pgt_map_cont(struct ref_mm *mm, uint64_t addr, bool writable);
int pgt_unfold(struct ref_mm *mm, uint64_t addr);
/* Adds a level at the top of an mm of at least 3 levels, for formats that fold per mm. Walkers may
 * run beside it. 0; -EINVAL: another format, or no more levels; -ENOMEM. */
int pgt_upgrade(struct ref_mm *mm);
/* Clears the leaf that covers addr and drops the leaf's reference. -ENOENT: nothing is mapped. */
int pgt_unmap(struct ref_mm *mm, uint64_t addr);

/* The oracle: returns the page mapped at addr, or NULL; write: only of a writable leaf. Brute force
 * from the format's description, without any of the fast walker's code. Takes no reference. */
struct ref_page *pgt_lookup(struct ref_mm *mm, uint64_t addr, bool write);
size_t ref_page_index(struct ref_mm *mm, const struct ref_page *page); /* frame number */

/*
 * For freeing page tables (ref/gather.h): takes the PTE table that covers addr out of its parent
 * (clears the entry; empty entries keep their type bits where the format says so) and returns its
 * frame. The leaves in it stay, so that pgt_link_table() can put it back. NULL: no table there, or
 * one that shares its frame with others (ppc64 with 64 KiB pages). The clear is a release store.
 */
struct ref_page *pgt_unlink_table(struct ref_mm *mm, uint64_t addr);
/* Puts such a table back. 0; -ENOENT: no PMD table covers addr; -EEXIST: a table or a leaf is
 * there. */
int pgt_link_table(struct ref_mm *mm, uint64_t addr, struct ref_page *table);
/* The memory of a table, *size bytes: for poisoning it when freed. */
void *pgt_table_mem(struct ref_mm *mm, struct ref_page *table, size_t *size);

#endif
