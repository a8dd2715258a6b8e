/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * p?d_addr_end(entry, addr, end): every walk of page tables passes the value of the entry.
 *
 * From "[RFC PATCH v2 2/3] mm: make pXd_addr_end() functions page-table entry aware" and "[3/3] mm:
 * make generic pXd_addr_end() macros inline functions" (7 Sep 2020, see addr_end_folded.h).
 * Functions, as in 3/3: a walk that passes an entry of another level does not compile. A level
 * that is folded at compile time ends where the range ends, as the architecture's macro says.
 */
#ifndef PTBENCH_ADDR_END_GLOBAL_H
#define PTBENCH_ADDR_END_GLOBAL_H

#include "addr_end_folded.h"

#define PTB_ADDR_END(level)                                                                        \
	static inline unsigned long ptb_##level##_addr_end(level##_t entry, unsigned long addr,    \
							   unsigned long end)                      \
	{                                                                                          \
		return level##_addr_end_folded(entry, addr, end);                                  \
	}

PTB_ADDR_END(pgd)
PTB_ADDR_END(p4d)
PTB_ADDR_END(pud)
PTB_ADDR_END(pmd)

#undef pgd_addr_end
#undef p4d_addr_end
#undef pud_addr_end
#undef pmd_addr_end
#define pgd_addr_end ptb_pgd_addr_end
#define p4d_addr_end ptb_p4d_addr_end
#define pud_addr_end ptb_pud_addr_end
#define pmd_addr_end ptb_pmd_addr_end

#endif
