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

	ret = vm_mmap(NULL, addr, len, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, 0);
	if (ret == addr)
		return 0;
	ptb_fail(s, "cannot map %lu bytes at 0x%lx: error %ld", len, addr, (long)ret);
	return IS_ERR_VALUE(ret) ? (long)ret : -EEXIST;
}

void ptb_unmap(unsigned long addr, unsigned long len)
{
	vm_munmap(addr, len);
}

/* Writes to @nr pages, so that they are present, young and dirty. */
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

/* Maps a page above the limit for a moment: that makes an mm of s390 grow a level. */
int ptb_want_levels(struct ptb_state *s, int levels)
{
	int have = ptb_arch_levels(current->mm);
	unsigned long at;

	if (!levels || have == levels)
		return 0;
	if (have > levels)
		return ptb_fail(s, "the address space already has %d levels", have);
	at = levels == 4 ? 2 * P4D_SIZE : PGDIR_SIZE;
	if (ptb_map(s, at, PAGE_SIZE, PROT_READ))
		return -EIO;
	ptb_unmap(at, PAGE_SIZE);
	have = ptb_arch_levels(current->mm);
	return have == levels ? 0 : ptb_fail(s, "mapping at 0x%lx gave %d levels", at, have);
}

/*
 * i counts levels from the lowest. Some spans are variables: the machine may fold levels at boot.
 */
static unsigned long span_of(unsigned int i)
{
	return i == 0 ? PMD_SIZE : i == 1 ? PUD_SIZE : i == 2 ? P4D_SIZE : PGDIR_SIZE;
}

static const char *const levels[] = { "pmd", "pud", "p4d", "pgd" };

static unsigned int level_index(const char *level)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(levels) - 1 && strcmp(levels[i], level); i++)
		;
	return i;
}

unsigned long ptb_level_span(const char *level)
{
	return span_of(level_index(level));
}

int ptb_boundary_of(struct ptb_state *s, const char *level, unsigned long at)
{
	unsigned int i = level_index(level);
	unsigned long span = span_of(i), limit = ptb_arch_limit(current->mm);

	if (i + 1 < ARRAY_SIZE(levels) && span == span_of(i + 1))
		ptb_fail(s, "the %s level is folded into the %s: no such boundary", level,
			 levels[i + 1]);
	else if (!at || at >= limit || limit - at < PMD_SIZE)
		ptb_fail(s, "the address space ends at 0x%lx: no such boundary", limit);
	else if (at & (span - 1))
		ptb_fail(s, "a %s entry covers 0x%lx bytes here: no such boundary", level, span);
	else
		return 0;
	return -EOPNOTSUPP;
}

int ptb_boundary(struct ptb_state *s, const char *level, unsigned long *at)
{
	unsigned long span = ptb_level_span(level);

	*at = ALIGN(PTB_AT, span) + span;
	if (*at < span)
		*at = 0; /* beyond the last address */
	return ptb_boundary_of(s, level, *at);
}
