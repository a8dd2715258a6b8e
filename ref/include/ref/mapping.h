/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a folio belongs to, struct ref_page.mapping, as the kernel's folio->mapping; and what a range
 * of addresses is mapped from.
 *
 * A mapping is a pointer to a struct ref_mapping for a file's folio; NULL once truncated; else with a low bit
 * set, and then no struct ref_mapping at all (include/linux/page-flags.h, Linux 6.12).
 */
#ifndef REF_MAPPING_H
#define REF_MAPPING_H

#include <ref/pgtable.h>
#include <ref/port.h>

/* address_space_operations: a mapping is told by which of these it has. */
struct ref_aops {
	const char *name;
	bool can_writeback; /* mapping_can_writeback() */
};
extern const struct ref_aops ref_file_aops, ref_shmem_aops, ref_secretmem_aops, ref_hugetlb_aops;

/* address_space, within its inode. Freed by RCU: who found it in a folio may look at it as long as
 * a section lasts that began before. */
struct ref_mapping {
	const struct ref_aops *a_ops;
	struct ref_rcu_head rcu;
} __attribute__((aligned(8)));

/* A file's; NULL: no memory. */
struct ref_mapping *ref_mapping_alloc(const struct ref_aops *a_ops);
/* The last reference to the inode is gone, and its folios' mappings are NULL: call_rcu(). Pairs
 * with the walker's section of interrupts off. */
void ref_mapping_free(struct ref_mapping *mapping);
/* Busted: frees it under whoever still looks at it. */
void ref_mapping_free_now(struct ref_mapping *mapping);

/* truncate_inode_folio(), the part that a lockless walker can see: the folio has no mapping any
 * more. The caller holds a reference on the folio. */
void ref_folio_truncate(struct ref_page *folio);

/* ---- vm_area_struct, as far as get_user_pages() looks at it ---- */

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

/* The caller's, until ref_mm_destroy(). */
struct ref_vma {
	uint64_t start, end; /* the last byte is end - 1 */
	unsigned flags;
	struct ref_mapping *mapping; /* of the file; NULL: anonymous */
	struct ref_vma *next;
};

/* Takes mmap_lock. -EEXIST: overlaps another; -EINVAL: empty, or past the end. */
int ref_vma_add(struct ref_mm *mm, struct ref_vma *vma);
/* vma_needs_dirty_tracking(): a shared writable mapping whose file system wants to know of writes,
 * or writes back. */
bool ref_vma_needs_dirty_tracking(const struct ref_vma *vma);

#endif
