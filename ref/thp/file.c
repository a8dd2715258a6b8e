// SPDX-License-Identifier: GPL-2.0-or-later
/* Huge folios of a file: in the page cache, mapped by faults, and truncated. */
#include <errno.h>

#include "thp_priv.h"

static int fill_cache(struct thp_file *file, unsigned nr)
{
	for (size_t i = 0; i < file->nr_pages; i += nr) {
		struct ref_page *folio;

		ref_spin_lock(&file->mm->page_table_lock);
		folio = __ref_folio_alloc(file->mm, (unsigned)__builtin_ctz(nr), file, i);
		ref_spin_unlock(&file->mm->page_table_lock);
		if (!folio)
			return -ENOMEM;
		ref_fetch_add(&folio->refcount, (int)nr - 1);
		for (unsigned n = 0; n < nr; n++)
			REF_WRITE_ONCE(file->pages[i + n], folio);
	}
	return 0;
}

int thp_file_create(struct ref_mm *mm, uint64_t addr, size_t nr_pages, struct thp_file **out)
{
	struct thp_file *file;
	int err;

	*out = NULL;
	if (!thp_supported(mm))
		return -EOPNOTSUPP;
	if (!nr_pages || nr_pages % thp_nr(mm) || addr != thp_align(mm, addr))
		return -EINVAL;
	file = ref_alloc(sizeof(*file) + nr_pages * sizeof(file->pages[0]));
	if (!file)
		return -ENOMEM;
	file->mapping.a_ops = &ref_file_aops;
	file->mm = mm;
	file->addr = addr;
	file->nr_pages = nr_pages;
	file->pages = (struct ref_page **)(file + 1);
	err = fill_cache(file, thp_nr(mm));
	if (err) {
		thp_file_destroy(file);
		return err;
	}
	*out = file;
	return 0;
}

/* filemap_get_folio(): looks the folio up under the cache's lock and takes a reference. */
static struct ref_page *get_folio(struct thp_file *file, size_t index)
{
	struct ref_page *folio;

	ref_spin_lock(&file->lock);
	folio = REF_READ_ONCE(file->pages[index]);
	if (folio && !ref_count_add_unless_zero(&folio->refcount, 1))
		folio = NULL;
	ref_spin_unlock(&file->lock);
	return folio;
}

void thp_file_destroy(struct thp_file *file)
{
	for (size_t i = 0; i < file->nr_pages; i++) {
		struct ref_page *folio = get_folio(file, i);

		if (!folio)
			continue;
		thp_lock(folio);
		thp_file_truncate(file, folio);
		thp_unlock(folio);
		ref_folio_put(folio, 1);
	}
	ref_free(file);
}

/* set_pte_range(), do_set_pmd(): the leaf takes over the fault's reference. */
static int __map(struct thp_file *file, uint64_t addr, struct ref_page *folio)
{
	struct ref_mm *mm = file->mm;
	size_t at = (size_t)((addr - file->addr) >> mm->fmt->page_shift) - folio->index;
	enum pgt_level level = folio->nr == thp_nr(mm) ? PGT_PMD : PGT_PTE;
	void *e = __pgt_make_entry(mm, addr, level);

	if (level == PGT_PMD && e && !thp_is_empty(mm, PGT_PMD, thp_read(mm, PGT_PMD, e)) &&
	    !thp_is_leaf(mm, PGT_PMD, thp_read(mm, PGT_PMD, e)))
		e = __pgt_make_entry(mm, addr, level = PGT_PTE);
	if (!e)
		return -ENOMEM;
	if (!thp_is_empty(mm, level, thp_read(mm, level, e)))
		return -EEXIST;
	ref_fetch_add(&folio->mapcount, 1);
	thp_publish(mm, level, e,
		    thp_leaf_entry(mm, level, level == PGT_PMD ? folio : folio + at, true));
	return 0;
}

int thp_file_fault(struct thp_file *file, uint64_t addr)
{
	struct ref_page *folio;
	int err = -ENOENT;
	size_t index;

	index = (size_t)((addr - file->addr) >> file->mm->fmt->page_shift);
	if (addr < file->addr || index >= file->nr_pages)
		return err;
	folio = get_folio(file, index);
	if (!folio)
		return err;
	thp_lock(folio);
	/* The folio may have been truncated or split while we waited for its lock. */
	if (REF_READ_ONCE(folio->mapping) == file &&
	    index - folio->index < REF_READ_ONCE(folio->nr)) {
		ref_spin_lock(&file->mm->page_table_lock);
		err = __map(file, addr, folio);
		ref_spin_unlock(&file->mm->page_table_lock);
	}
	thp_unlock(folio);
	if (err)
		ref_folio_put(folio, 1);
	return err;
}

int thp_file_truncate(struct thp_file *file, struct ref_page *folio)
{
	size_t index = folio->index, nr = folio->nr;

	ref_spin_lock(&file->mm->rmap_lock);
	if (REF_READ_ONCE(folio->mapping) == file)
		thp_unmap_folio(folio, false);
	ref_spin_unlock(&file->mm->rmap_lock);
	ref_spin_lock(&file->lock);
	if (REF_READ_ONCE(file->pages[index]) != folio) {
		ref_spin_unlock(&file->lock);
		return -ENOENT;
	}
	for (size_t i = 0; i < nr; i++)
		REF_WRITE_ONCE(file->pages[index + i], NULL);
	REF_WRITE_ONCE(folio->mapping, NULL);
	ref_spin_unlock(&file->lock);
	ref_folio_put(folio, (int)nr);
	return 0;
}
