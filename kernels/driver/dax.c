// SPDX-License-Identifier: GPL-2.0-only
/*
 * dax/fault, dax/lock and dax/count.
 *
 * The window of a fault holds handle_mm_fault(), with the mmap lock held before. It leaves out the
 * exception and the search for the VMA, which are the same for every kind of memory. With FS-DAX
 * handle_mm_fault() calls the file system's handler, which locks and unlocks the file's entry,
 * looks the block up and sets the leaf (fs/dax.c). In the twin, on the page cache, it finds, locks
 * and maps the folio. A write fault also asks the file system first (FS-DAX: in the handler; page
 * cache: page_mkwrite).
 * dax_lock_folio() has one caller in the kernel, memory-failure, which holds a reference to the
 * folio, as lock_setup() does.
 */
#include <linux/dax.h>
#include <linux/fs.h>
#include <linux/file.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/pgtable.h>
#include <linux/swap.h>
#include <linux/xarray.h>

#include "compat_dax.h"
#include "dax.h"

static struct file *file;
static struct vm_area_struct *vma;
static ptb_dax_page *page;
static dax_entry_t cookie;

static const struct ptb_dax_row *row_of(const struct ptb_state *s)
{
	return s->row->arg;
}

/* ---- the file's pages ---- */

/*
 * Entries of the file for huge pages and for small ones exclude one another, so its first half is
 * for rows of huge leaves and its second half for the others.
 */
static unsigned long offset_of(const struct ptb_state *s)
{
	return s->row->leaf == PTB_PMD ? 0 : (unsigned long)i_size_read(file_inode(file)) / 2;
}

/* NULL: there is no PMD table. */
static pmd_t *pmd_at(unsigned long addr)
{
	pgd_t *pgd = pgd_offset(current->mm, addr);
	p4d_t *p4d = pgd_none(*pgd) ? NULL : p4d_offset(pgd, addr);
	pud_t *pud = !p4d || p4d_none(*p4d) ? NULL : pud_offset(p4d, addr);

	return !pud || pud_none(*pud) ? NULL : pmd_offset(pud, addr);
}

static enum ptb_leaf leaf_at(unsigned long addr)
{
	enum ptb_leaf leaf = PTB_NO_LEAF;
	pmd_t *pmd = pmd_at(addr);
	pte_t *pte;

	if (!pmd || pmd_none(*pmd))
		return PTB_NO_LEAF;
	if (ptb_pmd_is_leaf(*pmd))
		return PTB_PMD;
	pte = pte_offset_map(pmd, addr);
	if (pte && pte_present(ptep_get(pte)))
		leaf = PTB_PTE;
	if (pte)
		pte_unmap(pte);
	return leaf;
}

static unsigned long pages_of(const struct ptb_state *s)
{
	return s->row->leaf == PTB_PMD ? PMD_SIZE / PAGE_SIZE : max(s->row->pages, 1);
}

/* How many of the row's pages a fault has mapped. */
static unsigned long mapped(const struct ptb_state *s)
{
	unsigned long i, n = 0;

	if (leaf_at(s->addr) == PTB_PMD)
		return PMD_SIZE / PAGE_SIZE;
	for (i = 0; i < pages_of(s); i++)
		n += leaf_at(s->addr + i * PAGE_SIZE) == PTB_PTE;
	return n;
}

static int map_file(struct ptb_state *s, const char *mem, unsigned long pages)
{
	int ret;

	file = ptb_file(s, mem);
	if (IS_ERR(file)) {
		ret = PTR_ERR(file);
		file = NULL;
		return ret;
	}
	s->addr = s->at;
	ret = ptb_map_file(s, file, s->addr, pages * PAGE_SIZE, offset_of(s));
	if (!ret)
		s->len = pages * PAGE_SIZE;
	return ret;
}

static void unmap_file(struct ptb_state *s)
{
	if (page)
		ptb_dax_put(page);
	if (s->len)
		ptb_unmap(s->addr, s->len);
	if (file)
		fput(file);
	page = NULL;
	file = NULL;
}

/* ---- dax/fault ---- */

static void fault_describe(struct ptb_state *s)
{
	ptb_param(s, ",access=%s,entry=%s,mem=%s", row_of(s)->write ? "write" : "read",
		  row_of(s)->fresh ? "new" : "present", row_of(s)->mem);
}

static void fault(struct ptb_state *s)
{
	unsigned int flags = FAULT_FLAG_USER | (row_of(s)->write ? FAULT_FLAG_WRITE : 0);

	s->got = handle_mm_fault(vma, s->addr, flags, NULL);
}

/* Writes back first: invalidate_inode_pages2_range() drops clean entries only. */
static int drop_entry(struct ptb_state *s)
{
	pgoff_t index = offset_of(s) >> PAGE_SHIFT;

	return filemap_write_and_wait(file->f_mapping)
		       ?: invalidate_inode_pages2_range(file->f_mapping, index, index);
}

/* Removes the leaf but no table; for entry=new also the file's entry. */
static int fault_prepare(struct ptb_state *s)
{
	int ret = do_madvise(current->mm, s->addr, s->len, MADV_DONTNEED);

	if (!ret && row_of(s)->fresh)
		ret = drop_entry(s);
	if (ret)
		return ptb_fail(s, "the page stays mapped: error %d", ret);
	if (mapped(s))
		return ptb_fail(s, "the page is mapped before the fault");
	mmap_read_lock(current->mm);
	vma = find_vma(current->mm, s->addr);
	return 0;
}

static int fault_finish(struct ptb_state *s)
{
	mmap_read_unlock(current->mm);
	if (s->got & (VM_FAULT_ERROR | VM_FAULT_RETRY))
		return ptb_fail(s, "the fault returns 0x%lx", s->got);
	if (leaf_at(s->addr) != s->row->leaf || mapped(s) != pages_of(s)) {
		ptb_fail(s, "the fault maps %lu pages, in a leaf of another size or number",
			 mapped(s));
		return -EOPNOTSUPP;
	}
	return 0;
}

/* For entry=new the next page is touched: it keeps the xarray node that the new entry goes into. */
static int fault_setup(struct ptb_state *s)
{
	int ret = map_file(s, row_of(s)->mem, pages_of(s) + row_of(s)->fresh);

	if (!ret && row_of(s)->fresh)
		ret = ptb_touch(s, s->addr + PAGE_SIZE, 1);
	return ret;
}

const struct ptb_ops ptb_dax_fault = {
	.case_id = "dax/fault",
	.run = ptb_run_cost,
	.setup = fault_setup,
	.prepare = fault_prepare,
	.op = fault,
	.finish = fault_finish,
	.teardown = unmap_file,
	.describe = fault_describe,
};

/* ---- dax/lock ---- */

/* Params as of the reference's rows. step=none: none of the protocol's steps is left out. */
static void lock_describe(struct ptb_state *s)
{
	ptb_param(s, ",how=present,page=%s,part=%s,step=none", row_of(s)->mem, row_of(s)->part);
}

static int lock_setup(struct ptb_state *s)
{
	struct page *got;
	int ret = map_file(s, "dax", pages_of(s));

	if (ret)
		return ret;
	if (get_user_pages_fast(s->addr, 1, FOLL_WRITE, &got) != 1)
		return ptb_fail(s, "the page cannot be had");
	page = ptb_dax_page_of(got);
	if (leaf_at(s->addr) == s->row->leaf)
		return 0;
	ptb_fail(s, "FS-DAX gives no leaf of that size here");
	return -EOPNOTSUPP;
}

static void lock(struct ptb_state *s)
{
	cookie = ptb_dax_lock(page);
}

static void unlock(struct ptb_state *s)
{
	ptb_dax_unlock(page, cookie);
}

static void lock_unlock(struct ptb_state *s)
{
	ptb_dax_unlock(page, ptb_dax_lock(page));
}

static unsigned long entry_of(const ptb_dax_page *p)
{
	return (unsigned long)xa_load(&p->mapping->i_pages, p->index);
}

/* Is the entry unlocked, and this page's? Bit 0 of an entry's value is its lock (fs/dax.c). */
static int unlocked(struct ptb_state *s)
{
	unsigned long value = xa_to_value((void *)entry_of(page)), first = value >> 4;
	unsigned long pfn = ptb_dax_pfn(page);

	if (value & 1 || pfn < first || pfn >= first + pages_of(s))
		return ptb_fail(s, "the entry is 0x%lx afterwards", value);
	return 0;
}

static int locked(struct ptb_state *s)
{
	if (xa_to_value((void *)entry_of(page)) & 1)
		return 0;
	return ptb_fail(s, "the kernel did not lock the entry");
}

static int lock_before(struct ptb_state *s)
{
	lock(s);
	return locked(s);
}

static int unlock_after(struct ptb_state *s)
{
	int ret = locked(s);

	if (ret)
		return ret;
	unlock(s);
	return unlocked(s);
}

const struct ptb_ops ptb_dax_lock = {
	.case_id = "dax/lock",
	.run = ptb_run_cost,
	.setup = lock_setup,
	.op = lock_unlock,
	.finish = unlocked,
	.teardown = unmap_file,
	.describe = lock_describe,
};

const struct ptb_ops ptb_dax_lock_only = {
	.case_id = "dax/lock",
	.run = ptb_run_cost,
	.setup = lock_setup,
	.op = lock,
	.finish = unlock_after,
	.teardown = unmap_file,
	.describe = lock_describe,
};

const struct ptb_ops ptb_dax_unlock_only = {
	.case_id = "dax/lock",
	.run = ptb_run_cost,
	.setup = lock_setup,
	.prepare = lock_before,
	.op = unlock,
	.finish = unlocked,
	.teardown = unmap_file,
	.describe = lock_describe,
};

const struct ptb_ops ptb_dax_lock_device = {
	.case_id = "dax/lock",
	.describe = lock_describe,
};

/* ---- dax/count ---- */

/* Has the row's page mapped and taken: NULL where that fails. */
static struct page *take(struct ptb_state *s, unsigned long addr)
{
	struct page *got;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &got) == 1)
		return got;
	ptb_fail(s, "the page cannot be had");
	return NULL;
}

/*
 * The references to a page of the file: with nobody using it, mapped once and twice, and taken
 * beside one mapping. Until 6.14 the first one says that the page exists, and mappings have none
 * (38607c62b34b, v6.15).
 */
static int count_refs(struct ptb_state *s, char *seen, size_t size)
{
	unsigned long second = s->addr + 2 * PAGE_SIZE;
	struct page *got = take(s, s->addr);
	int once, twice, taken, ret;

	if (!got)
		return -EIO;
	taken = page_ref_count(got);
	put_page(got);
	once = page_ref_count(got);
	ret = ptb_map_file(s, file, second, PAGE_SIZE, offset_of(s));
	if (ret)
		return ret;
	s->len = 3 * PAGE_SIZE; /* for unmap_file() */
	if (take(s, second) != got)
		return ptb_fail(s, "the second mapping has another page");
	put_page(got);
	twice = page_ref_count(got);
	ptb_unmap(s->addr, s->len);
	s->len = 0;
	snprintf(seen, size, "idle %d, mapped %d, twice %d, taken %d", page_ref_count(got), once,
		 twice, taken);
	return 0;
}

static int count_run(struct ptb_state *s)
{
	char seen[sizeof(s->why)];
	int ret = map_file(s, "dax", 1);

	if (!ret)
		ret = count_refs(s, seen, sizeof(seen));
	unmap_file(s);
	if (ret == -EOPNOTSUPP)
		return ptb_emit_skip(s, s->why);
	return ret ?: ptb_emit_check(s, s->row->ops->case_id, seen);
}

const struct ptb_ops ptb_dax_count = {
	.case_id = "dax/count",
	.run = count_run,
};
