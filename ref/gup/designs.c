// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finds designs that do the same on a format: asks both designs the walk's two questions, where to
 * clip and where the next entry is, at every level, for every mm and machine that is possible.
 */
#include "instance.h"

/* Pointers that stand for an entry in a table and for a copy: compared, never followed. */
#define IN_TABLE ((struct pgt_entry *)0x10000000UL)
#define COPY ((struct pgt_entry *)0x20000000UL)

/* A value with type bits, where levels fold per mm: entries of levels that are folded into the top
 * have the top table's type, entries below it their own level's. */
static uint64_t entry_of(const struct pgt_fmt *f, enum pgt_level level, unsigned top)
{
	unsigned own = level - PGT_PMD;

	return f->type_mask ? (uint64_t)(top < own ? top : own) << f->type_shift : 0;
}

/*
 * Where a walk that is at `at` goes from an entry of `level`. All copies count as one: a walk reads
 * the same value from any of them.
 */
static struct pgt_entry *step_down(GUP_ARGS, enum pgt_level level, uint64_t entry,
				   struct pgt_entry *at)
{
	if (!gup_below_folded(f, w, level) && !gup_folded(f, level, entry))
		return IN_TABLE; /* the table that the entry points to */
	return gup_offset(f, v, w, level, at, COPY, entry, 0);
}

static bool differ_on(const struct pgt_fmt *f, const struct gup_variant *a,
		      const struct gup_variant *b, struct gup_walk *w, unsigned top)
{
	struct pgt_entry *at_a = IN_TABLE, *at_b = IN_TABLE;

	for (int level = PGT_PGD; level >= PGT_PMD; level--) {
		uint64_t entry = entry_of(f, level, top);

		/* From address 0 to the end of the address space. */
		if (gup_addr_end(f, a, w, level, entry, 0, 0) !=
		    gup_addr_end(f, b, w, level, entry, 0, 0))
			return true;
		if (level == PGT_PMD)
			break;
		at_a = step_down(f, a, w, level, entry, at_a);
		at_b = step_down(f, b, w, level, entry, at_b);
		if (at_a != at_b)
			return true;
	}
	return false;
}

bool gup_instances_differ(const struct gup_instance *a, const struct gup_instance *b)
{
	const struct gup_variant va = { .design = a->design }, vb = { .design = b->design };
	unsigned nr_tops = a->fmt->type_mask ? PGT_PGD - PGT_PMD + 1 : 1;
	const struct pgt_fmt *f = a->fmt;

	/* Every machine that the kernel may boot on, for the levels that it decides at run time. */
	for (unsigned machine = 0; machine < 1U << PGT_NR_LEVELS; machine++) {
		struct ref_mm mm = { .pgdir_shift = f->level[PGT_PGD].shift, .ptrs_per_p4d = 1 };
		struct gup_walk w = { .mm = &mm };

		for (int l = 0; l < PGT_NR_LEVELS; l++) {
			mm.enabled[l] = machine >> l & 1;
			mm.index_size[l] = f->level[l].bits;
		}
		for (unsigned top = 0; top < nr_tops; top++)
			if (differ_on(f, &va, &vb, &w, top))
				return true;
	}
	return false;
}
