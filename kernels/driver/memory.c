// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maps the memory that a row walks: anonymous memory, shmem, hugetlb, the pages of a file, FS-DAX;
 * by PTEs, by PTEs to one large folio, or by huge entries. Each page is present, young and dirty.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/shmem_fs.h>
#include <linux/version.h>

#include "ptbench.h"

static const char *const mem_names[] = {
	[PTB_ANON] = "anon", [PTB_SHMEM] = "shmem", [PTB_HUGETLB] = "hugetlb",
	[PTB_FILE] = "file", [PTB_DAX] = "dax",
};

const char *ptb_mem_name(enum ptb_mem mem)
{
	return mem_names[mem];
}

const char *ptb_leaf_name(enum ptb_leaf leaf)
{
	static const char *const names[] = {
		[PTB_PTE] = "pte",	   [PTB_PTE_FOLIO] = "pte_folio",
		[PTB_CONTPTE] = "contpte", [PTB_CONTPTE_UNFOLDED] = "contpte_unfolded",
		[PTB_PMD] = "pmd",	   [PTB_PUD] = "pud",
	};

	return names[leaf];
}

static __printf(2, 3) int cannot(struct ptb_state *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->why, sizeof(s->why), fmt, ap);
	va_end(ap);
	return -EOPNOTSUPP;
}

/* The size of the folio that this kind of leaf maps. */
static unsigned long unit_of(enum ptb_leaf leaf)
{
	return leaf == PTB_PUD ? PUD_SIZE : leaf == PTB_PTE ? PAGE_SIZE : PMD_SIZE;
}

/* ---- the entries as they are ---- */

static pmd_t *pmd_of(unsigned long addr, pud_t *pud)
{
	pgd_t *pgd = pgd_offset(current->mm, addr);
	p4d_t *p4d = pgd_none(*pgd) ? NULL : p4d_offset(pgd, addr);
	pud_t *pudp = !p4d || p4d_none(*p4d) ? NULL : pud_offset(p4d, addr);

	*pud = pudp ? READ_ONCE(*pudp) : (pud_t){ 0 };
	return !pudp || pud_none(*pud) || pud_leaf(*pud) ? NULL : pmd_offset(pudp, addr);
}

static enum ptb_leaf pte_kind(pmd_t *pmd, unsigned long addr)
{
	enum ptb_leaf leaf = PTB_NO_LEAF;
	pte_t *ptep = pte_offset_map(pmd, addr), pte;

	if (!ptep)
		return leaf;
	pte = ptep_get(ptep);
	if (!pte_present(pte))
		leaf = PTB_NO_LEAF;
	else if (ptb_arch_contiguous(pte))
		leaf = PTB_CONTPTE;
	else
		leaf = PageCompound(pte_page(pte)) ? PTB_PTE_FOLIO : PTB_PTE;
	pte_unmap(ptep);
	return leaf;
}

static enum ptb_leaf leaf_at(unsigned long addr)
{
	enum ptb_leaf leaf = PTB_NO_LEAF;
	pmd_t *pmd;
	pud_t pud;

	mmap_read_lock(current->mm);
	pmd = pmd_of(addr, &pud);
	if (!pmd)
		leaf = pud_leaf(pud) ? PTB_PUD : PTB_NO_LEAF;
	else if (!pmd_none(*pmd))
		leaf = pmd_leaf(*pmd) ? PTB_PMD : pte_kind(pmd, addr);
	mmap_read_unlock(current->mm);
	return leaf;
}

/* Proves that the kernel has mapped the row's kind of leaf: it may have given another. */
static int check_leaves(struct ptb_state *s)
{
	enum ptb_leaf want = s->row->leaf, leaf;
	int i;

	want = want == PTB_CONTPTE_UNFOLDED ? PTB_PTE_FOLIO : want;
	for (i = 0; i < s->row->pages; i++) {
		leaf = leaf_at(s->addr + i * PAGE_SIZE);
		if (leaf != want)
			return cannot(s, "page %d is mapped as %s", i,
				      leaf ? ptb_leaf_name(leaf) : "nothing");
	}
	return 0;
}

/*
 * Clearing one entry of a contiguous block takes the contiguous bit from the whole block. Setting
 * the entry again gives the bit back only if it is the block's last entry.
 */
static void unfold_one(unsigned long addr)
{
	spinlock_t *lock;
	pte_t *ptep, pte;
	pmd_t *pmd;
	pud_t pud;

	pmd = pmd_of(addr, &pud);
	ptep = pmd ? pte_offset_map_lock(current->mm, pmd, addr, &lock) : NULL;
	if (!ptep)
		return;
	if (ptb_arch_contiguous(ptep_get(ptep))) {
		pte = ptep_get_and_clear(current->mm, addr, ptep);
		set_pte_at(current->mm, addr, ptep, pte);
	}
	pte_unmap_unlock(ptep, lock);
}

void ptb_unfold(struct ptb_state *s)
{
	unsigned long addr;

	mmap_read_lock(current->mm);
	for (addr = s->addr; addr < s->addr + s->len; addr += PAGE_SIZE)
		unfold_one(addr);
	mmap_read_unlock(current->mm);
}

/* Replaces huge entries by tables of PTEs; the folios stay whole. */
static void split_entries(struct ptb_state *s)
{
	struct vm_area_struct *vma;
	unsigned long addr;

	mmap_write_lock(current->mm);
	vma = find_vma(current->mm, s->addr);
	for (addr = s->addr; vma && addr < s->addr + s->len; addr += PMD_SIZE)
		ptb_split_entry(vma, addr);
	mmap_write_unlock(current->mm);
}

/* ---- each kind of memory ---- */

static bool has_thp(void)
{
	return IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE) && has_transparent_hugepage();
}

static int map_anon(struct ptb_state *s)
{
	bool huge = s->row->leaf != PTB_PTE;
	int ret;

	if (s->row->leaf == PTB_PUD)
		return cannot(s, "no anonymous memory has leaves at this level");
	if (huge && !has_thp())
		return cannot(s, "this machine has no huge pages at this level");
	ret = ptb_map(s, s->addr, s->len, PROT_READ | PROT_WRITE);
	/* Otherwise the kernel may choose huge pages for a row of PTEs. */
	if (!ret && IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE))
		do_madvise(current->mm, s->addr, s->len, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	if (!ret)
		ret = ptb_touch(s, s->addr, huge ? s->len >> PAGE_SHIFT : s->row->pages);
	if (ret || !huge)
		return ret;
	if (leaf_at(s->addr) != PTB_PMD)
		return cannot(s, "no transparent huge page was given");
	if (s->row->leaf == PTB_PMD)
		return 0;
	split_entries(s);
	if (s->row->leaf != PTB_CONTPTE)
		ptb_unfold(s);
	return 0;
}

/* The mapping keeps the file. */
static int map_file(struct ptb_state *s, struct file *file, unsigned long offset)
{
	int ret;

	if (IS_ERR(file)) {
		s->len = 0;
		return PTR_ERR(file);
	}
	ret = ptb_map_file(s, file, s->addr, s->len, offset);
	fput(file);
	if (ret)
		s->len = 0;
	return ret;
}

/* shmem gives huge pages if its mount says so. */
static struct vfsmount *huge_mount(void)
{
	static struct vfsmount *mnt;
	char options[] = "huge=always";

	if (!mnt)
		mnt = vfs_kern_mount(get_fs_type("tmpfs"), SB_KERNMOUNT, "ptbench", options);
	return mnt;
}

static int map_shmem(struct ptb_state *s)
{
	bool huge = s->row->leaf == PTB_PMD;
	struct file *file;
	int ret;

	if (!huge && s->row->leaf != PTB_PTE)
		return cannot(s, "shmem is mapped by PTEs and PMDs here");
	if (huge && !has_thp())
		return cannot(s, "this machine has no huge pages at this level");
	file = huge ? shmem_file_setup_with_mnt(huge_mount(), "ptbench", s->len, PTB_NORESERVE)
		    : shmem_kernel_file_setup("ptbench", s->len, PTB_NORESERVE);
	if (IS_ERR(file)) {
		s->len = 0;
		return cannot(s, "no shmem file: error %ld", PTR_ERR(file));
	}
	ret = map_file(s, file, 0);
	return ret ?: ptb_touch(s, s->addr, s->len >> PAGE_SHIFT);
}

#if defined(CONFIG_HUGETLB_PAGE) && LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
/*
 * A gigantic page is put into the file as the fault would do it, but for the zeroing, which takes
 * more instructions than all the rest of the boot. Nobody reads it.
 */
static int add_gigantic(struct ptb_state *s)
{
	struct vm_area_struct *vma;
	struct folio *folio;
	int ret;

	mmap_read_lock(current->mm);
	vma = find_vma(current->mm, s->addr);
	folio = vma ? alloc_hugetlb_folio(vma, s->addr, 0) : ERR_PTR(-EFAULT);
	ret = IS_ERR(folio) ? PTR_ERR(folio) : 0;
	if (!ret) {
		__folio_mark_uptodate(folio);
		ret = hugetlb_add_to_page_cache(folio, vma->vm_file->f_mapping, 0);
		if (!ret)
			folio_unlock(folio);
		folio_put(folio);
	}
	mmap_read_unlock(current->mm);
	return ret ? cannot(s, "no 1 GiB page could be had: error %d", ret) : 0;
}
#else
static int add_gigantic(struct ptb_state *s)
{
	return cannot(s, "this kernel cannot take a 1 GiB page without zeroing it");
}
#endif

static int map_hugetlb(struct ptb_state *s)
{
	unsigned long unit = unit_of(s->row->leaf), addr;
	struct file *file;
	int ret;

	file = ptb_hugetlb_file("ptbench", s->len, ilog2(unit));
	if (IS_ERR(file)) {
		s->len = 0;
		return cannot(s, "no hugetlb pages of %lu KiB in this guest", unit >> 10);
	}
	ret = map_file(s, file, 0);
	if (ret)
		return cannot(s, "no hugetlb page of %lu KiB could be had", unit >> 10);
	if (s->row->leaf == PTB_PUD)
		ret = add_gigantic(s);
	for (addr = s->addr; !ret && addr < s->addr + s->len; addr += unit)
		if (put_user(1, (u8 __user *)addr))
			ret = cannot(s, "no hugetlb page of %lu KiB could be had", unit >> 10);
	return ret;
}

static int map_path(struct ptb_state *s, const char *mem)
{
	unsigned long offset = 0;
	struct file *file;
	int ret;

	if (s->row->leaf != PTB_PTE && (s->row->leaf != PTB_PMD || strcmp(mem, "dax"))) {
		s->len = 0;
		return cannot(s, "files of this file system are not mapped so");
	}
	/* What FS-DAX has once mapped by PTEs it never maps by a huge entry. So rows of huge leaves
	 * have the file's first half and the others its second half, as in dax.c. */
	file = ptb_file(s, mem);
	if (!IS_ERR(file) && s->row->leaf == PTB_PTE)
		offset = i_size_read(file_inode(file)) / 2;
	ret = map_file(s, file, offset);
	return ret ?: ptb_touch(s, s->addr, s->row->pages);
}

static int map_ext4(struct ptb_state *s)
{
	return map_path(s, "file");
}

static int map_dax(struct ptb_state *s)
{
	return map_path(s, "dax");
}

/* A row of PTEs that crosses no boundary has to fit into one table, any other into one folio. */
static int check_length(struct ptb_state *s, unsigned long unit)
{
	const char *cross = s->row->cross;
	unsigned long most = unit / PAGE_SIZE;

	if (unit == PAGE_SIZE)
		most = cross && !strcmp(cross, "none") ? PTRS_PER_PTE : PTB_MAX_PAGES;
	if (s->row->pages <= most)
		return 0;
	s->len = 0;
	return cannot(s, "%s %lu pages here",
		      unit == PAGE_SIZE ? "a table maps" : "a huge page has", most);
}

int ptb_memory_map(struct ptb_state *s, enum ptb_mem mem)
{
	static int (*const map[])(struct ptb_state * s) = {
		[PTB_ANON] = map_anon, [PTB_SHMEM] = map_shmem, [PTB_HUGETLB] = map_hugetlb,
		[PTB_FILE] = map_ext4, [PTB_DAX] = map_dax,
	};
	unsigned long unit = unit_of(s->row->leaf);
	int ret;

	s->len = ALIGN(s->row->pages * PAGE_SIZE, unit);
	s->addr = ALIGN(s->addr, unit);
	ret = check_length(s, unit);
	if (!ret)
		ret = map[mem](s);
	return ret ?: check_leaves(s);
}

void ptb_memory_unmap(struct ptb_state *s)
{
	if (s->len)
		ptb_unmap(s->addr, s->len);
	s->len = 0;
}
