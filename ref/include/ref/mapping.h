/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a folio belongs to: struct ref_page.mapping, as the kernel's folio->mapping.
 *
 * A pointer to a struct ref_mapping for a file's folio; NULL once truncated; else with a low bit
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

#endif
