/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * p?d_addr_end_folded(entry, addr, end): p?d_addr_end() with the value of the entry as an argument.
 *
 * From "[RFC PATCH v2 1/3] mm/gup: fix gup_fast with dynamic page table folding" (Alexander
 * Gordeev, posted by Gerald Schaefer, 7 Sep 2020, <20200907180058.64880-2-gerald.schaefer@
 * linux.ibm.com>; not merged: d3f7b1bb2040 passes the real pointers instead). An architecture
 * that folds levels at run time clips by the entry, all others ignore it.
 */
#ifndef PTBENCH_ADDR_END_FOLDED_H
#define PTBENCH_ADDR_END_FOLDED_H

#include <linux/pgtable.h>

#ifdef CONFIG_S390
#include "addr_end_s390.h"
#endif

#ifndef pgd_addr_end_folded
#define pgd_addr_end_folded(pgd, addr, end) pgd_addr_end(addr, end)
#endif

#ifndef p4d_addr_end_folded
#define p4d_addr_end_folded(p4d, addr, end) p4d_addr_end(addr, end)
#endif

#ifndef pud_addr_end_folded
#define pud_addr_end_folded(pud, addr, end) pud_addr_end(addr, end)
#endif

#ifndef pmd_addr_end_folded
#define pmd_addr_end_folded(pmd, addr, end) pmd_addr_end(addr, end)
#endif

#endif
