/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults and migration, for the slow path; all are called with page_table_lock held. */
#ifndef REF_GUP_SLOW_H
#define REF_GUP_SLOW_H

#include <ref/mapping.h>

#include "longterm.h"

/* is_cow_mapping() */
static inline bool gup_cow_mapping(const struct ref_vma *vma)
{
	return (vma->flags & (REF_VM_SHARED | REF_VM_MAYWRITE)) == REF_VM_MAYWRITE;
}

/* handle_mm_fault() for a page that is missing, not writable though a write is wanted, or, with
 * `unshare`, not this mm's alone (FAULT_FLAG_UNSHARE). 0; -ENOMEM; another -errno: a fault cannot
 * make the page accessible. */
int __gup_fault(struct ref_mm *mm, const struct ref_vma *vma, uint64_t addr, bool write,
		bool unshare);
/* migrate_pages() for the page at addr, to a frame that allows long-term pins. 0; -EBUSY: somebody
 * else has a reference; -ENOMEM. */
int __gup_migrate(struct ref_mm *mm, uint64_t addr);

#endif
