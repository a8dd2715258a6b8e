/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The description of a page-table format: constants only, so that a walker instantiated for one
 * format decides nothing at run time.
 *
 * To add a format (docs/adding.md has an example that is compiled by the tests):
 *  1. fmt_<arch>.h: `static const struct pgt_fmt pgt_fmt_<ident>` with designated initialisers,
 *  each
 *     group of bits citing the kernel header it was read in, and `#define PGT_FORMATS_<arch>(X)`,
 *     which names each ident. Fill the fields in the order of struct pgt_fmt.
 *  2. ../gup/archs.h: the file's row, when the architecture is new.
 * The walkers, their table, the tests and `ref.static` take every format from archs.h. If its
 * levels fold in a way that enum pgt_fold does not have, extend enum pgt_fold first.
 */
#ifndef REF_PGTABLE_FORMAT_H
#define REF_PGTABLE_FORMAT_H

#include <ref/pgtable.h>

enum pgt_fold {
	PGT_FOLD_NEVER,	  /* the level is always a table of its own */
	PGT_FOLD_STATIC,  /* no table: folded into the level above when compiled (-nop4d.h) */
	PGT_FOLD_MACHINE, /* the kernel decides at boot: pgt_level_fmt.folded, pgt_fmt.fold_how */
	PGT_FOLD_MM,	  /* per mm: an entry's type bits say whether its level is real */
};

/* PGT_FOLD_MACHINE: how the kernel finds out, and where the entry of a folded level is. */
enum pgt_fold_how {
	/* x86: code patched at boot, so a constant; pgdir_shift and ptrs_per_p4d are variables in
	 * memory. The folded level's entry is the entry of the level above. */
	PGT_HOW_PATCHED,
	/* riscv: variables in memory, read every time, and the upper levels' shifts with them.
	 * The folded level's entry is the entry of the level above. */
	PGT_HOW_VARIABLE,
	/* arm64: code patched at boot, and PGDIR_SHIFT stays as compiled: the top table is a table
	 * of the folded level. The kernel aligns the pointer to the entry above down to a page to
	 * find that table, and indexes it by the folded level's bits. */
	PGT_HOW_REINDEXED,
};

/* The words of an entry in memory. */
enum pgt_entry_kind {
	PGT_U64,
	PGT_U32,
	PGT_U32X2,    /* a 64-bit entry of a 32-bit machine: low word, high word */
	PGT_U32_PAIR, /* two 32-bit entries of the hardware; Linux reads the first */
};

/* One level. All values are bits of this level's entries. */
struct pgt_level_fmt {
	uint8_t shift; /* log2 of what one entry covers, with no level above folded into it */
	uint8_t bits;  /* log2 of the entries of a table; 0 where the level is folded for good */
	enum pgt_fold fold;
	bool folded; /* PGT_FOLD_MACHINE: folded on this machine */
	enum pgt_entry_kind entry;
	bool fragments; /* tables smaller than a page share pages */

	uint64_t empty;	       /* an empty entry: 0, or its type bits where there are any */
	uint64_t present_mask; /* an entry is present unless (entry & present_mask) == */
	uint64_t absent;       /* absent: what the kernel's pXd_present() or pgd_none() tests */
	uint64_t table;	       /* bits beside the address in an entry that points to a table */
	uint64_t table_origin; /* address bits of such an entry */
	uint8_t table_shift;   /* shift them left by this to get the address */

	bool can_leaf;
	uint64_t leaf_mask; /* pXd_leaf(): (entry & leaf_mask) == leaf_set */
	uint64_t leaf_set;
	bool leaf_unless;      /* true: pXd_leaf() is != leaf_set instead */
	uint64_t leaf_present; /* a leaf is present if any of these is set; 0: as other entries */
	uint64_t leaf_origin;  /* address bits of a leaf */
	int8_t leaf_shift;     /* shift them left by this; negative: right */
	uint64_t leaf_ro;      /* bits of a young leaf, read only and writable (then also dirty) */
	uint64_t leaf_rw;
	bool permitted_present; /* pXd_access_permitted(): pXd_present(), if true, */
	uint64_t need_read;	/* and all of these bits set, */
	uint64_t need_write;	/* these too when the caller wants to write, */
	uint64_t deny_read;	/* and none of these (to write: nor of deny_write) */
	uint64_t deny_write;
	uint64_t protnone_mask; /* pXd_protnone(): (entry & protnone_mask) == protnone_set; */
	uint64_t protnone_set;	/* mask 0: no such entry */
	uint64_t special;	/* pXd_special(); 0: no such bit */
	uint64_t devmap;	/* pXd_devmap(); 0: no such bit */
	/* Contiguous ranges of 1 << cont_bits entries, each with all bits of cont set. A range is
	 * young or dirty if any of its entries is. cont 0: the format has no ranges. */
	uint64_t cont;
	uint8_t cont_bits;
	uint64_t young;
	uint64_t dirty; /* dirty; also need_write set and rdonly clear, by the hardware */
	uint64_t rdonly;

	/* For ref/thp, which refuses a format where they are 0. */
	uint64_t invalid_clear; /* pmdp_invalidate() of a leaf: invalid to the MMU, but still a */
	uint64_t invalid_set;	/* leaf to software */
	uint64_t migration;	/* bits beside the frame of a migration entry (not present): */
	uint64_t migration_exclusive; /* the same for a read-only page that is this mm's alone, */
	uint64_t migration_write;     /* and for a writable page */
};

struct pgt_fmt {
	const char *name; /* <arch>-<page>-<va>[-folded], or the arch when it folds per mm */
	uint8_t page_shift;
	bool big_endian; /* of entries in memory, on any host */
	/* End of the largest user range: TASK_SIZE_MAX. */
	uint64_t task_size_max;
	/* gup_fast_permitted(): end >> permitted_shift is 0; or, where levels fold per mm, end is
	 * at most the mm's own limit. 0: the architecture has no gup_fast_permitted(). */
	uint8_t permitted_shift;
	enum pgt_fold_how fold_how;
	/* The levels' index sizes, and so their shifts, are variables in memory. */
	bool variable_geometry;
	/* The architecture has a pXd_offset_lockless() of its own, which returns the real pointer
	 * where a level is folded (d3f7b1bb2040). Others use the generic pXd_offset(&value). */
	bool has_offset_lockless;
	/* The first address of the simulated memory: PHYS_OFFSET. */
	uint64_t phys_base;
	/* Address bits outside the origin field: (entry & addr_high) << addr_high_shift. */
	uint64_t addr_high;
	uint8_t addr_high_shift;
	/* PGT_FOLD_MM: the type bits of an entry, and their shift; type t covers
	 * 1 << (type_base_shift + t * type_bits). A level's own type is level - PGT_PMD. */
	uint64_t type_mask;
	uint8_t type_shift;
	uint8_t type_base_shift;
	uint8_t type_bits;
	/* Lowest and highest `levels` of struct pgt_opts; 0 and 0 when the format has one shape. */
	uint8_t min_levels, max_levels;
	struct pgt_level_fmt level[PGT_NR_LEVELS];
};

/* ---- ../gup/formats.c ---- */
const struct pgt_fmt *pgt_format_at(size_t i); /* NULL after the last */
const struct pgt_fmt *pgt_format_find(const char *name);

#endif
