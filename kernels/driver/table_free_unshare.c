// SPDX-License-Identifier: GPL-2.0-only
/*
 * table_free/unshare: what it costs to unmap one of the places that share a PMD table of hugetlb
 * memory.
 *
 * Mappings of one hugetlb file that cover a whole PUD entry share a PMD table (huge_pmd_share()).
 * The window holds the munmap of one of them. sharer=first: two others go on sharing the table.
 * sharer=last: one is left, and owns the table from then on, so tlb_remove_table_sync_one() waits
 * for walkers that came by the mapping that goes. sharer=none, for comparison: the table was never
 * shared, and is freed.
 * All mappings are in one address space. The file has one page; all else is a hole.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/mman.h>
#include <linux/uaccess.h>

#include <asm/tlbflush.h>

#include "ptbench.h"

static const char *sharer(const struct ptb_row *row)
{
	return row->arg;
}

static void unshare_describe(struct ptb_state *s)
{
	ptb_param(s, ",mem=hugetlb,sharer=%s", sharer(s->row));
}

/* One of two sharers goes, and the other one keeps the table. */
static bool unshare_waits(const struct ptb_row *row)
{
	return !strcmp(sharer(row), "last");
}

#ifdef PTB_SHARES_TABLES

static struct file *file, *other;

/*
 * Three mappings with a whole PUD entry between them. GOES is mapped and unmapped for each window.
 * FIRST and SECOND stay; each maps the same file or, where it is not to share, the other one, so
 * that all rows have the same number of mappings.
 */
enum { FIRST, SECOND, GOES };

static unsigned long place(const struct ptb_state *s, int i)
{
	return ALIGN(s->at, PUD_SIZE) + 2 * i * PUD_SIZE;
}

static int nr_sharers(const struct ptb_state *s)
{
	const char *who = sharer(s->row);

	return !strcmp(who, "first") ? 2 : !strcmp(who, "last") ? 1 : 0;
}

static int map_one(struct ptb_state *s, struct file *of, int i)
{
	unsigned long addr = place(s, i), ret;

	ret = vm_mmap(of, addr, PUD_SIZE, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_FIXED_NOREPLACE | MAP_NORESERVE, 0);
	if (ret != addr)
		return ptb_fail(s, "cannot map the hugetlb file at 0x%lx: error %ld", addr,
				(long)ret);
	return ptb_touch(s, addr, 1);
}

static int open_file(struct ptb_state *s, struct file **to)
{
	struct file *f = ptb_hugetlb_file("ptbench", PUD_SIZE, PMD_SHIFT);

	if (IS_ERR(f)) {
		ptb_fail(s, "no hugetlb file with pages of a PMD entry: error %ld", PTR_ERR(f));
		return -EOPNOTSUPP;
	}
	*to = f;
	return 0;
}

static int no_huge_page(struct ptb_state *s)
{
	ptb_fail(s, "this guest has no memory for a huge page of %lu KiB", PMD_SIZE >> 10);
	return -EOPNOTSUPP;
}

/*
 * Checks that memory cannot be read any more after its munmap. In 6.12 it can where a PUD entry
 * covers 4 GiB or more: __tlb_adjust_range() takes that size as an unsigned int, which makes it 0,
 * and nothing is flushed (cocci/tlb-range-long.cocci).
 */
static int check_flush(struct ptb_state *s)
{
	bool stale;
	u8 byte;
	int ret;

	if (!nr_sharers(s))
		return 0;
	ret = map_one(s, file, GOES);
	if (ret)
		return ret;
	ptb_unmap(s->addr, s->len);
	stale = !get_user(byte, (u8 __user *)s->addr);
	flush_tlb_mm(current->mm);
	ret = ptb_emit_check(s, "table_free/unshare_flush",
			     stale ? "stale: what was unmapped can still be read" : "right");
	if (ret || !stale)
		return ret;
	ptb_fail(s, "what was unmapped stays in the TLB; see table_free/unshare_flush");
	return -EOPNOTSUPP;
}

static int unshare_setup(struct ptb_state *s)
{
	int i, ret;

	s->addr = place(s, GOES);
	s->len = PUD_SIZE;
	ret = open_file(s, &file) ?: open_file(s, &other);
	if (ret)
		return ret;
	for (i = FIRST; i < GOES && !ret; i++)
		ret = map_one(s, i < nr_sharers(s) ? file : other, i);
	return ret ? no_huge_page(s) : check_flush(s);
}

static void unshare_teardown(struct ptb_state *s)
{
	int i;

	for (i = FIRST; i <= GOES; i++)
		ptb_unmap(place(s, i), PUD_SIZE);
	if (file)
		fput(file);
	if (other)
		fput(other);
	file = other = NULL;
}

static pud_t *pud_at(struct mm_struct *mm, unsigned long addr)
{
	return pud_offset(p4d_offset(pgd_offset(mm, addr), addr), addr);
}

static int unshare_prepare(struct ptb_state *s)
{
	int ret = map_one(s, file, GOES);

	s->tables_before = mm_pgtables_bytes(s->mm);
	if (!ret && nr_sharers(s) &&
	    pud_pgtable(*pud_at(s->mm, s->addr)) != pud_pgtable(*pud_at(s->mm, place(s, FIRST))))
		return ptb_fail(s, "the mappings do not share a table");
	return ret;
}

static void unmap_one(struct ptb_state *s)
{
	s->got = vm_munmap(s->addr, s->len);
}

/* mm_pgtables_bytes() counts a shared table once for each place where it is used. */
static int unshare_finish(struct ptb_state *s)
{
	long bytes = s->tables_before - mm_pgtables_bytes(s->mm);
	int i;

	s->freed = !nr_sharers(s);
	if (s->got)
		return ptb_fail(s, "the call failed: %ld", s->got);
	if (bytes != PTRS_PER_PMD * sizeof(pmd_t))
		return ptb_fail(s, "page tables went by %ld bytes instead of one PMD table's",
				bytes);
	for (i = FIRST; i < GOES; i++)
		if (!ptb_slow_page(place(s, i)))
			return ptb_fail(s, "mapping %d lost its page", i);
	return 0;
}

#else

static int unshare_setup(struct ptb_state *s)
{
	ptb_fail(s, IS_ENABLED(CONFIG_HUGETLB_PAGE)
			    ? "this architecture shares no tables of hugetlb memory"
			    : "this kernel has no hugetlb memory");
	return -EOPNOTSUPP;
}

/* Never called. */
static int unshare_prepare(struct ptb_state *s)
{
	return -EOPNOTSUPP;
}
#define unshare_finish unshare_prepare

static void unmap_one(struct ptb_state *s)
{
}
#define unshare_teardown unmap_one

#endif

const struct ptb_ops ptb_unshare = {
	.case_id = "table_free/unshare",
	.run = ptb_run_cost,
	.describe = unshare_describe,
	.setup = unshare_setup,
	.prepare = unshare_prepare,
	.op = unmap_one,
	.finish = unshare_finish,
	.teardown = unshare_teardown,
	.waits_for_walkers = unshare_waits,
	.deferred = true,
	.frees = true,
};
