/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walkers that exist for the tests alone: `static` with its copies of entries laid out in one
 * object, and walkers that leave out a step, which the tests have to notice.
 */
#ifndef REF_TEST_GUP_VARIANTS_H
#define REF_TEST_GUP_VARIANTS_H

#include <ref/gup.h>

struct gup_test_variant {
	const char *name; /* one_object, or the step that is missing */
	const char *format;
	gup_fast_fn fast;
};
size_t gup_nr_test_variants(void);
const struct gup_test_variant *gup_test_variant_at(size_t i);
gup_fast_fn gup_test_variant_find(const char *name, const char *format);

/* Run between the steps of the hooked_* variants; NULL: nothing. */
extern void (*gup_test_before_get)(struct ref_page *page);
extern void (*gup_test_before_recheck)(struct ref_page *page);
extern void (*gup_test_before_head)(struct ref_page *page);

/* Run between the words of a two-word entry (words, torn_load), and before the i-th entry of a
 * contiguous range is read (gather, gather_unchecked). */
extern void (*gup_test_between_words)(void);
extern void (*gup_test_in_gather)(unsigned i);
/* Holds the entry copies of scratch_*: a design that aligns a pointer to a copy finds this page. */
extern char gup_test_scratch[65536];

/* The try-get alone, with and without the recheck of the head. */
struct ref_page *gup_test_try_get(struct ref_page *page, int refs);
struct ref_page *gup_test_try_get_no_head_recheck(struct ref_page *page, int refs);

/* A clip alone: the kernel's, and the naive one that takes the lesser of two ends. */
uint64_t gup_test_clip(uint64_t size, uint64_t addr, uint64_t end);
uint64_t gup_test_clip_without_wrap(uint64_t size, uint64_t addr, uint64_t end);

#endif
