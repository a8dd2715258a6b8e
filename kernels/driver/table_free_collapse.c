// SPDX-License-Identifier: GPL-2.0-only
/*
 * table_free/collapse: what MADV_COLLAPSE costs, which takes a PTE table out of use and puts a huge
 * page in its place.
 *
 * Anonymous memory: the pages are copied into a new huge page. The table is kept, for when the huge
 * page is split, so no table is freed. tlb_remove_table_sync_one() waits for walkers that may still
 * be in the table.
 * mem=shmem,cached=small: the page cache's pages are copied into a huge one, and the table is freed
 * after a grace period (pte_free_defer()).
 * mem=shmem,cached=huge: the page cache already has the huge page, and the table maps it: nothing
 * is copied, and only taking the table out is measured.
 * Param pages: how many of the table's pages are present; the others are cleared.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mman.h>
#include <linux/shmem_fs.h>
#include <linux/swap.h>

#include "ptbench.h"

#define TOO_LARGE (16UL << 20)

static const char *cached(const struct ptb_row *row)
{
	return row->arg;
}

static void collapse_describe(struct ptb_state *s)
{
	if (cached(s->row))
		ptb_param(s, ",mem=shmem,cached=%s", cached(s->row));
}

/* With anonymous memory the table is kept, and walkers of it are waited for. */
static bool collapse_waits(const struct ptb_row *row)
{
	return !cached(row);
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
static struct file *file; /* NULL: the row's memory is anonymous */

static int unable(struct ptb_state *s, const char *why)
{
	ptb_fail(s, "%s", why);
	return -EOPNOTSUPP;
}

static int open_file(struct ptb_state *s)
{
	if (!IS_ENABLED(CONFIG_SHMEM))
		return unable(s, "this kernel has no shmem");
	file = shmem_file_setup("ptbench", s->len, PTB_NORESERVE);
	if (!IS_ERR(file))
		return 0;
	ptb_fail(s, "no shmem file: error %ld", PTR_ERR(file));
	file = NULL;
	return -EIO;
}

static int collapse_open(struct ptb_state *s)
{
	file = NULL;
	if (PTB_NO_COLLAPSE)
		return unable(s, PTB_NO_COLLAPSE);
	if (!has_transparent_hugepage())
		return unable(s, "this machine has no huge pages");
	if (PMD_SIZE > TOO_LARGE)
		return unable(s, "huge pages of more than 16 MiB are not collapsed here");
	s->addr = ALIGN(s->at, PMD_SIZE) + PMD_SIZE;
	s->len = s->row->tables * PMD_SIZE;
	return cached(s->row) ? open_file(s) : 0;
}

static void collapse_teardown(struct ptb_state *s)
{
	if (file)
		fput(file);
	file = NULL;
}

static int map_range(struct ptb_state *s)
{
	if (file)
		return ptb_map_file(s, file, s->addr, s->len, 0);
	return ptb_map(s, s->addr, s->len, PROT_READ | PROT_WRITE);
}

static void unmap_range(struct ptb_state *s)
{
	ptb_unmap(s->addr, s->len);
	if (file)
		shmem_truncate_range(file_inode(file), 0, -1);
}

/* Touches pages while huge ones are not wanted: faults then set PTEs, even to a huge page. */
static int touch_small(struct ptb_state *s)
{
	int i, ret;

	ret = do_madvise(s->mm, s->addr, s->len, MADV_NOHUGEPAGE);
	for (i = 0; i < s->row->tables && !ret; i++)
		ret = ptb_touch(s, s->addr + i * PMD_SIZE, s->row->pages);
	return ret ?: do_madvise(s->mm, s->addr, s->len, MADV_HUGEPAGE);
}

static void collapse(struct ptb_state *s)
{
	s->got = do_madvise(s->mm, s->addr, s->len, MADV_COLLAPSE);
}

/* 6.1 refuses it on x86, and not on powerpc: tries one. */
static int collapse_setup(struct ptb_state *s)
{
	int ret = collapse_open(s);

	if (ret || !file || PTB_COLLAPSES_SHMEM)
		return ret;
	ret = map_range(s) ?: touch_small(s);
	if (!ret)
		collapse(s);
	unmap_range(s);
	if (ret || s->got != -EINVAL)
		return ret;
	collapse_teardown(s);
	return unable(s, "this kernel refuses to collapse shmem here (EINVAL)");
}

/* A huge page in the page cache, and nothing of it mapped. */
static int cache_huge(struct ptb_state *s)
{
	int ret = touch_small(s);

	if (ret)
		return ret;
	collapse(s);
	return s->got ?: do_madvise(s->mm, s->addr, s->len, MADV_DONTNEED);
}

static bool is_huge(struct mm_struct *mm, unsigned long addr)
{
	pud_t *pud = pud_offset(p4d_offset(pgd_offset(mm, addr), addr), addr);

	return !pud_none(*pud) && pmd_trans_huge(*pmd_offset(pud, addr));
}

static int collapse_prepare(struct ptb_state *s)
{
	int ret = map_range(s);

	if (!ret && file && !strcmp(cached(s->row), "huge"))
		ret = cache_huge(s);
	ret = ret ?: touch_small(s);
	if (!ret && is_huge(s->mm, s->addr)) {
		unmap_range(s);
		return unable(s,
			      "this kernel's faults map a cached huge page whole, wanted or not");
	}
	lru_add_drain_all(); /* or the call itself wakes other CPUs to do so */
	rcu_barrier();	     /* tables that were freed before are not this call's */
	s->tables_before = mm_pgtables_bytes(s->mm);
	return ret;
}

static int collapsed(struct ptb_state *s)
{
	long bytes = s->tables_before - mm_pgtables_bytes(s->mm);
	int i;

	s->freed = file ? s->row->tables : 0;
	if (s->got)
		return ptb_fail(s, "the call failed: %ld", s->got);
	for (i = 0; i < s->row->tables; i++)
		if (!is_huge(s->mm, s->addr + i * PMD_SIZE))
			return ptb_fail(s, "table %d is not a huge page now", i);
	if (bytes != (long)(s->freed * PTRS_PER_PTE * sizeof(pte_t)))
		return ptb_fail(s, "page tables went by %ld bytes, %llu tables were to be freed",
				bytes, s->freed);
	return 0;
}

static int collapse_finish(struct ptb_state *s)
{
	int ret = collapsed(s);

	unmap_range(s);
	return ret;
}

#else

static int collapse_setup(struct ptb_state *s)
{
	ptb_fail(s, "this kernel has no transparent huge pages");
	return -EOPNOTSUPP;
}

/* Never called. */
static int collapse_prepare(struct ptb_state *s)
{
	return -EOPNOTSUPP;
}
#define collapse_finish collapse_prepare

static void collapse(struct ptb_state *s)
{
}
#define collapse_teardown collapse

#endif

const struct ptb_ops ptb_collapse = {
	.case_id = "table_free/collapse",
	.run = ptb_run_cost,
	.describe = collapse_describe,
	.setup = collapse_setup,
	.prepare = collapse_prepare,
	.op = collapse,
	.finish = collapse_finish,
	.teardown = collapse_teardown,
	.waits_for_walkers = collapse_waits,
	.deferred = true,
};
