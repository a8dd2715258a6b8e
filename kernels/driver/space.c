// SPDX-License-Identifier: GPL-2.0-only
/*
 * User memory of the caller: mapped where a row wants it, present, young and dirty.
 */
#include <linux/mman.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>

#include "ptbench.h"

int ptb_map(struct ptb_state *s, unsigned long addr, unsigned long len, unsigned long prot)
{
	unsigned long ret;

	ret = vm_mmap(NULL, addr, len, prot,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, 0);
	if (ret == addr)
		return 0;
	ptb_fail(s, "cannot map %lu bytes at 0x%lx: error %ld", len, addr, (long)ret);
	return IS_ERR_VALUE(ret) ? (long)ret : -EEXIST;
}

void ptb_unmap(unsigned long addr, unsigned long len)
{
	vm_munmap(addr, len);
}

/* Writes to @nr pages, so that GUP-fast finds them as it wants them. */
int ptb_touch(struct ptb_state *s, unsigned long addr, unsigned long nr)
{
	for (; nr; nr--, addr += PAGE_SIZE)
		if (put_user((u8)nr, (u8 __user *)addr))
			return ptb_fail(s, "cannot write to 0x%lx", addr);
	return 0;
}

/* Which page is mapped there; NULL: none. Its reference is dropped, so compare only. */
struct page *ptb_slow_page(unsigned long addr)
{
	struct page *page;

	if (get_user_pages_unlocked(addr, 1, &page, 0) != 1)
		return NULL;
	put_page(page);
	return page;
}

/* Where an mm grows a level by being asked for more address space, ask for it. */
int ptb_want_levels(struct ptb_state *s, int levels)
{
	int have = ptb_arch_levels(current->mm);
	unsigned long at;

	if (!levels || have == levels)
		return 0;
	if (have > levels)
		return ptb_fail(s, "the address space already has %d levels", have);
	at = levels == 4 ? PTB_AT_P4D : PTB_AT_PGD;
	if (ptb_map(s, at, PAGE_SIZE, PROT_READ))
		return -EIO;
	ptb_unmap(at, PAGE_SIZE);
	have = ptb_arch_levels(current->mm);
	return have == levels ? 0 : ptb_fail(s, "mapping at 0x%lx gave %d levels", at, have);
}

unsigned long ptb_level_span(const char *level)
{
	if (!strcmp(level, "pmd"))
		return PMD_SIZE;
	if (!strcmp(level, "pud"))
		return PUD_SIZE;
	if (!strcmp(level, "p4d"))
		return P4D_SIZE;
	return PGDIR_SIZE;
}
