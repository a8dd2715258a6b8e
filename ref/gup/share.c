// SPDX-License-Identifier: GPL-2.0-or-later
/* Sharing of anonymous pages, in the kernel's order, under page_table_lock. */
#include "share.h"

static const struct gup_share_variant good;

int gup_share_anon(struct ref_mm *mm, uint64_t addr)
{
	int err;

	ref_spin_lock(&mm->page_table_lock);
	err = __gup_share(&good, mm, addr);
	ref_spin_unlock(&mm->page_table_lock);
	return err;
}

void gup_fork_begin(struct ref_mm *mm)
{
	__gup_seq_step(&good, mm);
}

int gup_fork_page(struct ref_mm *mm, uint64_t addr, uint64_t child)
{
	int err;

	ref_spin_lock(&mm->page_table_lock);
	err = __gup_dup(&good, mm, addr, child);
	ref_spin_unlock(&mm->page_table_lock);
	return err;
}

void gup_fork_end(struct ref_mm *mm)
{
	__gup_seq_step(&good, mm);
}
