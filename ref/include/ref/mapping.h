/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The owner of a folio, struct ref_page.mapping, as the kernel's folio->mapping; and the VMA of a
 * range of addresses.
 *
 * The mapping of a file's folio points to a struct ref_mapping, and is NULL once the folio is
 * truncated. Other folios' mappings have a low bit set and point to no struct ref_mapping
 * (include/linux/page-flags.h, Linux 6.12).
 */
#ifndef REF_MAPPING_H
#define REF_MAPPING_H

#include <ref/pgtable.h>
#include <ref/port.h>

/* address_space_operations: their address tells what kind of file a mapping belongs to. */
struct ref_aops {
	const char *name;
	bool can_writeback; /* mapping_can_writeback() */
};
extern const struct ref_aops ref_file_aops, ref_shmem_aops, ref_secretmem_aops, ref_hugetlb_aops;

/* address_space, within its inode. Freed by RCU: a walker that found it in a folio may look at it
 * until the end of the walker's read-side critical section. */
struct ref_mapping {
	const struct ref_aops *a_ops;
	struct ref_rcu_head rcu;
} __attribute__((aligned(8)));

/* Allocates the mapping of a file. NULL: no memory. */
struct ref_mapping *ref_mapping_alloc(const struct ref_aops *a_ops);
/* Frees it by call_rcu(). The last reference to the inode is gone, and no folio's mapping points to
 * it. Pairs with the walker's section of interrupts off. */
void ref_mapping_free(struct ref_mapping *mapping);
/* Busted: frees it at once, while walkers may still look at it. */
void ref_mapping_free_now(struct ref_mapping *mapping);

/* truncate_inode_folio(), the part that a lockless walker can see: sets the folio's mapping to
 * NULL. The caller holds a reference on the folio. */
void ref_folio_truncate(struct ref_page *folio);

/* ---- vm_area_struct: the fields that get_user_pages() reads ---- */

enum ref_vm_flags {
	REF_VM_READ = 1 << 0,
	REF_VM_WRITE = 1 << 1,
	REF_VM_MAYWRITE = 1 << 2, /* mprotect() may allow it; without SHARED it is copy-on-write */
	REF_VM_SHARED = 1 << 3,
	REF_VM_IO = 1 << 4,
	REF_VM_PFNMAP = 1 << 5,
	REF_VM_NOTIFY = 1 << 6, /* vm_ops has page_mkwrite or pfn_mkwrite */
	REF_VM_FSDAX = 1 << 7,
};

/* The caller owns it, and keeps it until ref_mm_destroy(). */
struct ref_vma {
	uint64_t start, end; /* the last byte is end - 1 */
	unsigned flags;
	struct ref_mapping *mapping; /* of the file; NULL: anonymous */
	struct ref_vma *next;
};

/* Adds vma to mm. Takes mmap_lock. 0; -EEXIST: it overlaps another; -EINVAL: empty, or past the
 * end. */
int ref_vma_add(struct ref_mm *mm, struct ref_vma *vma);
/* vma_needs_dirty_tracking(): a shared writable mapping whose file system wants to know of writes,
 * or writes back. */
bool ref_vma_needs_dirty_tracking(const struct ref_vma *vma);

#endif
