// SPDX-License-Identifier: GPL-2.0-or-later
// Busted: GUP-fast keeps the page it took although the entry may have changed meanwhile.
//
// Without the second look at the entry that follows the reference (for a PTE also at its PMD,
// 70cbc3cc78a9), a page is returned that was unmapped, freed or replaced after the first look. The
// check is as old as the generic walk: 2667f50e8b81 ("mm: introduce a general RCU
// get_user_pages_fast()", v3.18). The patch removes it at every level, except the checks for devmap
// and for powerpc's huge page directories, which no scenario has.
//
// 5.10 calls gup_put_folio() put_compound_head(). By 7.2 the walk takes no leaf of a PGD any more: three
// places are all.
//
// Changes: mm/gup.c 4 7.2:3 7.3:3

@@
expression pmd, pmdp, pte, again, folio, refs, flags;
identifier out, put = {gup_put_folio, put_compound_head};
@@
-if (unlikely(pmd_val(pmd) != pmd_val(pmdp)) || unlikely(pte_val(pte) != pte_val(again))) {
-	put(folio, refs, flags);
-	goto out;
-}

@@
expression entry, again, folio, refs, flags;
identifier put = {gup_put_folio, put_compound_head};
@@
-if (unlikely(pmd_val(entry) != pmd_val(again))) {
-	put(folio, refs, flags);
-	return 0;
-}

@@
expression entry, again, folio, refs, flags;
identifier put = {gup_put_folio, put_compound_head};
@@
-if (unlikely(pud_val(entry) != pud_val(again))) {
-	put(folio, refs, flags);
-	return 0;
-}

@@
expression entry, again, folio, refs, flags;
identifier put = {gup_put_folio, put_compound_head};
@@
-if (unlikely(pgd_val(entry) != pgd_val(again))) {
-	put(folio, refs, flags);
-	return 0;
-}
