/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checks that every walker goes through: what it returns and what it counts, against
 * pgt_lookup(). The same routines judge the broken variants, which have to fail them.
 */
#ifndef REF_TEST_GUP_SUITE_H
#define REF_TEST_GUP_SUITE_H

#include <ref/gup.h>

/* One shape of address space. */
struct suite_shape {
	const char *format;
	unsigned levels; /* as in pgt_opts */
};
#define SUITE_MAX_SHAPES 80
size_t suite_shapes(struct suite_shape *shapes); /* returns how many; at most SUITE_MAX_SHAPES */
const char *suite_name(const struct suite_shape *s);  /* "s390x/3"; valid until the next call */
struct ref_mm *suite_mm(const struct suite_shape *s); /* room for two PMD leaves */
struct ref_mm *suite_mm_for(const struct suite_shape *s, enum pgt_level largest);

uint64_t suite_page(const struct ref_mm *mm); /* bytes */

struct suite_tally {
	unsigned long walks, pages;
	unsigned long wrong; /* walks that differ from the oracle, or lose or leak a reference */
	char first[200];     /* the first of them, in words */
};

/* A walker under test. */
struct suite_subject {
	const char *name;
	gup_fast_fn fast;
	struct suite_tally tally;
};

/* Does one walk with each subject, checks it and puts its pages. */
void suite_walk(struct ref_mm *mm, struct suite_subject *s, size_t nr_subjects, uint64_t start,
		unsigned long nr, unsigned flags);

/*
 * Walks every range of a window of pages around `boundary`, over every pattern: all pages writable,
 * all read-only, and one hole, one read-only or one frozen page at each place. alias: all pages are
 * also mapped that many bytes lower; 0: they are not.
 */
void suite_window(struct ref_mm *mm, struct suite_subject *s, size_t nr_subjects, uint64_t boundary,
		  uint64_t alias);
/* An address, not the first of the space, where only entries of `level` and below it change. */
uint64_t suite_boundary(struct ref_mm *mm, enum pgt_level level);
/* Walks pages on both sides of the end of the address space. */
void suite_top(struct ref_mm *mm, struct suite_subject *s, size_t nr);
/* Walks leaves of every size on both sides of a boundary of `level`. Returns the number of frames
 * that were leaked. */
size_t suite_leaves(const struct suite_shape *shape, struct suite_subject *s, size_t nr,
		    enum pgt_level level);
/* Walks random ranges of random mappings. */
void suite_random(struct ref_mm *mm, struct suite_subject *s, size_t nr, uint64_t *seed,
		  unsigned rounds);
/* The number of frames that are neither free nor a table's: after everything is unmapped, these
 * were leaked. */
size_t suite_leaked(struct ref_mm *mm);
/* The first frame from `frame` on that does not head a free block; mm->nr_frames: none. */
size_t suite_next_used(struct ref_mm *mm, size_t frame);

uint64_t suite_rand(uint64_t *seed);
/* PTBENCH_SEED, or a fresh one. */
uint64_t suite_seed(void);

#endif
