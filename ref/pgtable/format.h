/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a page-table format is: constants only, so that a walker instantiated for one format has
 * nothing left to decide.
 *
 * To add a format, in this order (CONTRIBUTING.md has the wider list):
 *  1. fmt_<arch>.h: `static const struct pgt_fmt` with designated initialisers, each group of bits
 *     citing the kernel header it was read in. Fill the fields in the order they stand here.
 *  2. name it in formats.c. The tests take every format from there.
 *  3. ../gup/walk_<arch>.c: GUP_WALKERS(ident), and in ../gup/gup.c the rows of it.
 *  4. If its levels fold in a way that enum pgt_fold does not know, say so here first.
 */
#ifndef REF_PGTABLE_FORMAT_H
#define REF_PGTABLE_FORMAT_H

#include <ref/pgtable.h>

enum pgt_fold {
	PGT_FOLD_NEVER,	  /* the level is always a table of its own */
	PGT_FOLD_STATIC,  /* never: the one above took its place when compiled (pgtable-nop4d.h) */
	PGT_FOLD_MACHINE, /* the kernel decides at boot; see pgt_fmt.machine_folds */
	PGT_FOLD_MM,	  /* per mm: an entry's type bits say whether its level is real */
};

/* One level. All values are of this level's entries, in the format's own bits. */
struct pgt_level_fmt {
	uint8_t shift; /* log2 of what one entry covers, with no level above folded into it */
	uint8_t bits;  /* log2 of the entries of a table; 0 where the level is folded for good */
	enum pgt_fold fold;

	uint64_t empty;		/* an entry that maps nothing: type bits stay where there are any */
	uint64_t present_mask;	/* an entry is present unless (entry & present_mask) == */
	uint64_t absent;	/* absent: what the kernel's pXd_present() or pgd_none() tests */
	uint64_t table;		/* bits beside the address in an entry that points to a table */
	uint64_t table_origin;	/* address bits of such an entry */

	bool can_leaf;
	uint64_t leaf_mask;	/* pXd_leaf(): (entry & leaf_mask) == leaf_set */
	uint64_t leaf_set;
	uint64_t leaf_origin;	/* address bits of a leaf */
	uint64_t leaf_ro;	/* bits of a young leaf, read only and writable (then also dirty) */
	uint64_t leaf_rw;
	uint64_t need_read;	/* pXd_access_permitted(): all of these are set */
	uint64_t need_write;	/* and these too when the caller wants to write */
	uint64_t protnone_mask; /* pXd_protnone(): (entry & protnone_mask) == protnone_set; */
	uint64_t protnone_set;	/* mask 0: no such entry */
	uint64_t special;	/* pXd_special(); 0: no such bit */
	uint64_t devmap;	/* pXd_devmap(); 0: no such bit */

	/* What ref/thp writes, which does without such a format where they are 0. */
	uint64_t invalid_clear; /* pmdp_invalidate() of a leaf: no longer the MMU's, but still a */
	uint64_t invalid_set;	/* leaf to software */
	uint64_t migration;	/* bits beside the frame in a migration entry, which is not present, */
	uint64_t migration_write; /* and in one for a writable page */
};

struct pgt_fmt {
	const char *name; /* <arch>-<page>-<va>[-folded], or the arch when it folds per mm */
	uint8_t page_shift;
	/* End of the largest user range: TASK_SIZE_MAX. */
	uint64_t task_size_max;
	/* gup_fast_permitted(): end >> permitted_shift is 0, or, when that is 0, end is at most the
	 * mm's own limit. */
	uint8_t permitted_shift;
	/* PGT_FOLD_MACHINE levels are folded on this machine. The kernel patches its code for that
	 * at boot, so a walker has it as a constant, while pgdir_shift and ptrs_per_p4d stay
	 * variables in memory. */
	bool machine_folds;
	/* The architecture has pXd_offset_lockless() of its own, which hands on the real pointer
	 * where a level is folded (d3f7b1bb2040). Others use the generic pXd_offset(&value). */
	bool has_offset_lockless;
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

extern const struct pgt_fmt *const pgt_formats[]; /* ends with NULL */
const struct pgt_fmt *pgt_format_find(const char *name);

#endif
