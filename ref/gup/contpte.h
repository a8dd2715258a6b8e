/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bits of a contiguous range, gathered: out of line, as in arch/arm64/mm/contpte.c. */
#ifndef REF_GUP_CONTPTE_H
#define REF_GUP_CONTPTE_H

#include "../pgtable/mm.h"
#include "variant.h"

/* contpte_ptep_get_lockless(): returns the entry with the bits of a range that was consistent while
 * it was read, or an entry that is in no range. v: NULL, or a test's variant. */
uint64_t gup_contpte_get_lockless(const struct pgt_fmt *f, const struct gup_variant *v,
				  const struct pgt_entry *ptep);
/* contpte_ptep_get(), for which the kernel wants the page-table lock. GUP-fast's recheck holds no
 * lock: it may get an entry of a changing range, which then differs from the first entry. */
uint64_t gup_contpte_get(const struct pgt_fmt *f, const struct pgt_entry *ptep, uint64_t pte);

#endif
