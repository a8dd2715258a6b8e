/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parameters of a walker's instantiation: a design, and for each step whether it is taken.
 */
#ifndef REF_GUP_VARIANT_H
#define REF_GUP_VARIANT_H

#include <ref/gup.h>
#include <ref/gup_designs.h>
#include <ref/port.h>

/* GUP_STATIC and so on; ref/gup_designs.h describes each. */
#define GUP_DESIGN_CONSTANT(a, name, constant, ...) constant,
enum gup_design { GUP_DESIGNS(GUP_DESIGN_CONSTANT, GUP_DESIGN_CONSTANT, ) };

/*
 * PRESENT takes the step. REMOVED leaves the step out, and the compiler may leave out or rearrange
 * other code as well. OPAQUE leaves out only the work of the step: in its place is an empty asm
 * with the step's operands, whose answer the compiler cannot know, so that the code around it stays
 * the same.
 */
enum gup_how { GUP_STEP_PRESENT, GUP_STEP_REMOVED, GUP_STEP_OPAQUE };

/*
 * Everything but the design is for tests, models and the bench of single steps: zero is the
 * kernel's way.
 */
struct gup_variant {
	enum gup_design design;
	/* Lays out the copies of entries so that reading past one is defined. */
	bool one_object;
	void *scratch; /* an aligned page; the copies begin there: for designs that align */

	/* In the order in which a walk takes them. */
	enum gup_how fork_seq, irq_save;
	enum gup_how clip, limit; /* never OPAQUE */
	enum gup_how write_check;
	enum gup_how try_get, head_recheck, pin_count;
	enum gup_how pmd_recheck, entry_recheck;
	enum gup_how folio_allowed, unshare;
	enum gup_how set_referenced;

	/* Steps in the wrong place, or done wrong. */
	bool clip_without_wrap; /* next > end instead of comparing both less one */
	bool get_after_recheck; /* the reference is taken after the entries are read again */
	bool relaxed_get;	/* references and pins order nothing: the recheck may come before */
	bool pin_after_recheck; /* takes a reference, rechecks, and then makes it a pin */
	bool fork_seq_once;	/* write_protect_seq is read before the walk and not after */
	bool allowed_first;	/* the folio is judged before the entry is read again */
	bool inverted;		/* the judgement of the folio is inverted */
	bool double_load;	/* the folio's mapping is loaded twice */

	bool torn_load; /* two words, whatever is written between their loads */
	/* a contiguous range's bits are gathered at first, and not again */
	bool recheck_ungathered;
	bool gather_unchecked; /* bits are gathered without the check for one range */

	/* Asserts what the kernel asserts with CONFIG_PROVE_LOCKING. */
	bool debug;
	void (*before_table)(uint64_t pmd); /* between a PMD's load and its table's first entry's */
	void (*before_get)(struct ref_page *page);  /* between an entry's load and the try-get */
	void (*before_head)(struct ref_page *page); /* between finding the head and the try-get */
	void (*before_recheck)(struct ref_page *page);
	void (*before_mapping)(struct ref_page *folio); /* before each load of its mapping */
	void (*between_words)(void);			/* of an entry of two */
	void (*in_gather)(unsigned i); /* before the i-th entry of a contiguous range is loaded */
	void (*before_ops)(struct ref_page *folio); /* before mapping->a_ops is read */
};

/* The opaque no-op: no instruction; the compiler has to expect either answer. */
REF_ALWAYS_INLINE bool gup_opaque(uintptr_t a, uintptr_t b)
{
	__asm__ goto("" : : "r"(a), "r"(b) : : yes);
	return false;
yes:
	return true;
}

/* Does the step fail? Evaluates `test` only where the step is PRESENT; a and b are its operands. */
#define GUP_STEP_FAILS(how, test, a, b)                                                            \
	((how) == GUP_STEP_PRESENT                                                                 \
		 ? ref_unlikely(test)                                                              \
		 : (how) == GUP_STEP_OPAQUE &&                                                     \
			   ref_unlikely(gup_opaque((uintptr_t)(a), (uintptr_t)(b))))

#endif
